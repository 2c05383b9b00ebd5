//! A connection that is cut in the middle of a CALL, alone or with the whole line: before the CALL is sent, while it
//! waits for a lock in the database, and between its commit and its answer.

use super::*;
use tokio::task::JoinHandle;

/// Where the line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Before,
    Running,
    Answer,
}

/// One request whose CALL is cut.
struct Case {
    name: &'static str,
    request: RequestBuilder,
    /// A text that only the packet of its CALL has.
    mark: &'static str,
    /// What somebody has locked while it runs.
    lock: &'static str,
    /// How often it has taken effect.
    effect: &'static str,
    /// Whether the gateway may repeat it.
    repeatable: bool,
}

impl Case {
    /// What a caller is told when all is well.
    fn is_good(&self, reply: &Reply) -> bool {
        match self.name {
            "return" => reply.status == 303 && reply.sees().contains("shop.test/result"),
            "notify" => reply.status == 200 && reply.text == "OK",
            _ => reply.ok()["result"] == "OK",
        }
    }
}

/// Each kind of request, with what it needs in the tables.
async fn cases(site: &Site) -> Vec<Case> {
    let Site { db, gateway, .. } = site;
    for number in ["P1", "P2", "P3"] {
        place_order(gateway, db, number).await;
    }
    let in_cart = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let to_delete = db.add_cart(1, "u2", "lamp", NO_OPTION, 1).await;
    let to_change = db.add_cart(1, "u3", "lamp", NO_OPTION, 1).await;
    for user in ["u1", "u2", "u3", "adding-guest"] {
        db.exec(&format!(
            "INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (1, '{user}')"
        ))
        .await;
    }
    let restore = format!("{}/restore-cart", db.order_path("P3").await);
    let form = |number, transaction| WalletMessage::paid(number, transaction, "10000").form();
    vec![
        Case {
            name: "order",
            request: gateway
                .shop(Method::POST, "/v1/orders", "u1")
                .json(&order_body("T-cut", &[in_cart], "10000")),
            mark: "T-cut",
            lock: "SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE",
            effect: "SELECT COUNT(*) FROM shop_orders WHERE order_number = 'T-cut'",
            repeatable: true,
        },
        Case {
            name: "notify",
            request: gateway
                .request(Method::POST, "/pg/wallet/M1/notify")
                .form(&form("P1", "W-notify")),
            mark: "W-notify",
            lock: "SELECT * FROM shop_orders WHERE order_number = 'P1' FOR UPDATE",
            effect: "SELECT COUNT(*) FROM shop_payments WHERE pg_tx = 'W-notify' AND status = 'paid'",
            repeatable: true,
        },
        Case {
            name: "return",
            request: gateway
                .request(Method::POST, "/pg/wallet/M1/return")
                .header("accept", "text/html")
                .form(&form("P2", "W-return")),
            mark: "W-return",
            lock: "SELECT * FROM shop_orders WHERE order_number = 'P2' FOR UPDATE",
            effect: "SELECT COUNT(*) FROM shop_payments WHERE pg_tx = 'W-return' AND status = 'paid'",
            repeatable: true,
        },
        Case {
            name: "restore",
            request: gateway.shop(Method::POST, &restore, "u1"),
            mark: "order_key:",
            lock: "SELECT * FROM shop_orders WHERE order_number = 'P3' FOR UPDATE",
            effect: "SELECT CAST(COALESCE(SUM(quantity), 0) AS SIGNED) FROM shop_cart WHERE user_id = 'u1'",
            repeatable: true,
        },
        Case {
            name: "delete",
            request: gateway
                .shop(Method::DELETE, "/v1/cart/items", "u2")
                .json(&json!({"selected_cart_ids": [to_delete]})),
            mark: "u2",
            lock: "SELECT * FROM shop_cart_headers WHERE user_id = 'u2' FOR UPDATE",
            effect: "SELECT 1 - COUNT(*) FROM shop_cart WHERE user_id = 'u2'",
            repeatable: true,
        },
        Case {
            name: "add",
            request: gateway
                .shop(Method::POST, "/v1/cart/items", "adding-guest")
                .json(&json!({"product_id": "book", "quantity": 1})),
            mark: "adding-guest",
            lock: "SELECT * FROM shop_cart_headers WHERE user_id = 'adding-guest' FOR UPDATE",
            effect: "SELECT CAST(COALESCE(SUM(quantity), 0) AS SIGNED) FROM shop_cart WHERE user_id = 'adding-guest'",
            repeatable: false,
        },
        Case {
            name: "change",
            request: gateway
                .shop(Method::PATCH, &format!("/v1/cart/items/{to_change}"), "u3")
                .json(&json!({"quantity": 7})),
            mark: "u3",
            lock: "SELECT * FROM shop_cart_headers WHERE user_id = 'u3' FOR UPDATE",
            effect: "SELECT COUNT(*) FROM shop_cart WHERE user_id = 'u3' AND quantity = 7",
            repeatable: false,
        },
    ]
}

/// How many sessions of this database wait for a row lock.
async fn waiting(db: &TestDb) -> usize {
    let rows = db
        .rows(&format!(
            "SELECT ID FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER LIKE 'jumun%'"
        ))
        .await;
    let mut watcher = db.conn().await;
    let mut waiting = 0;
    for row in rows {
        let id = u32::try_from(row.int("ID")).expect("a number");
        waiting += usize::from(blocked_on_row(&mut watcher, id).await);
    }
    waiting
}

fn spawn(case: &Case) -> JoinHandle<(Reply, Duration)> {
    tokio::spawn(timed(case.request.try_clone().expect("a request")))
}

/// Cuts every kind of request at this moment; `outage` is how long nothing can be reached then, if it is not only
/// that one connection.
async fn each_is_cut(moment: Moment, outage: Option<Duration>) {
    let site = Site::start(&[]).await;
    let db = &site.db;
    let mut cases = cases(&site).await;
    if outage.is_some() {
        cases.retain(|case| ["order", "return", "add"].contains(&case.name));
    }
    let settled = cases
        .iter()
        .filter(|case| case.effect.contains("shop_payments"));
    let settled = i64::try_from(settled.count()).expect("few");
    for (number, case) in cases.into_iter().enumerate() {
        let name = case.name;
        let cut = match moment {
            Moment::Before => Cut::before(case.mark),
            Moment::Running => Cut::after(case.mark),
            Moment::Answer => Cut::before_answer_to(case.mark),
        };
        site.proxy.arm(match outage {
            Some(_) => cut.and_everything(),
            None => cut,
        });
        let mut holder = db.conn().await;
        if moment == Moment::Running {
            let lock = format!("BEGIN; {}", case.lock);
            holder.query_drop(lock).await.expect("a lock");
        }
        let running = spawn(&case);
        site.proxy.reached(number + 1).await;
        // Whoever may not be repeated is answered now, with the line still down and the lock still held.
        let mut unknown = None;
        let mut running = Some(running);
        if !case.repeatable {
            let (reply, took) = running.take().expect("it").await.expect("no panic");
            reply.problem(504, "OUTCOME_UNKNOWN");
            assert_eq!(reply.header("retry-after"), Some("1"));
            assert!(took < Duration::from_secs(2), "{name}: {took:?}");
            unknown = Some(took);
        }
        if let Some(outage) = outage {
            tokio::time::sleep(outage).await;
            site.proxy.restore().await;
        }
        if moment == Moment::Running {
            // Without its client the first CALL waits on; one that is repeated waits behind it.
            let calls = 1 + usize::from(case.repeatable);
            eventually("the calls wait", || async { waiting(db).await == calls }).await;
            assert_eq!(db.int(case.effect).await, 0, "{name}");
            holder.query_drop("COMMIT").await.expect("the lock's end");
        }
        if let Some(running) = running {
            let (reply, took) = running.await.expect("no panic");
            assert!(case.is_good(&reply), "{name}: {reply:?}");
            if name == "order" {
                // Whoever did the work, the answer is the order; only its being a repeat shows.
                let replayed = i32::from(moment != Moment::Before);
                assert_eq!(reply.ok()["replayed"], replayed);
                assert_eq!(reply.ok()["payment"].as_array().map(Vec::len), Some(1));
            }
            let least = outage.unwrap_or_default();
            let most = least + Duration::from_secs(4);
            assert!(took >= least && took < most, "{name}: {took:?}");
        }
        let sent = i64::from(unknown.is_none() || moment != Moment::Before);
        eventually("what was sent has taken effect", || async {
            db.int(case.effect).await == sent
        })
        .await;
    }
    // Nothing is done twice, and all of it goes on as if nothing had been.
    assert_eq!(db.count("shop_orders").await, 4);
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_payments WHERE status = 'paid'")
            .await,
        settled
    );
    let unexpected = db.rows("SELECT * FROM shop_error_log").await;
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    get(&site.gateway, &db.order_path("T-cut").await, "u1")
        .await
        .ok();
    site.ready().await;
    site.assert_bounded().await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_connection_cut_before_the_call_is_sent() {
    each_is_cut(Moment::Before, None).await;
}

#[tokio::test]
async fn a_connection_cut_while_the_call_runs() {
    each_is_cut(Moment::Running, None).await;
}

#[tokio::test]
async fn a_connection_cut_after_the_commit_and_before_the_answer() {
    each_is_cut(Moment::Answer, None).await;
}

#[tokio::test]
async fn a_second_s_outage_that_begins_before_the_call_is_sent() {
    each_is_cut(Moment::Before, Some(Duration::from_secs(1))).await;
}

#[tokio::test]
async fn a_second_s_outage_that_begins_while_the_call_runs() {
    each_is_cut(Moment::Running, Some(Duration::from_secs(1))).await;
}

#[tokio::test]
async fn a_second_s_outage_that_begins_after_the_commit_and_before_the_answer() {
    each_is_cut(Moment::Answer, Some(Duration::from_secs(1))).await;
}
