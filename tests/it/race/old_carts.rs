//! The job that deletes old cart rows beside their buyers: an order or a change of the cart comes wholly before it or wholly
//! after, and the job waits for nobody.

use super::*;

/// Shop 1 keeps cart rows for 30 days.
async fn shop() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET cart_delete_days = 30 WHERE shop_id = 1")
        .await;
    db
}

/// A row that lies in the cart for so long that it may go.
async fn old_row(db: &TestDb, user: &str, product: &str) -> i64 {
    let id = db.add_cart(1, user, product, NO_OPTION, 1).await;
    db.exec(&format!(
        "INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (1, '{user}');
         UPDATE shop_cart SET create_date = '2026-01-01', update_date = '2026-01-01' WHERE seq_no = {id}"
    ))
    .await;
    id
}

/// Deleted rows, and carts that were in use.
async fn expire(db: &TestDb) -> (i64, i64) {
    let mut conn = db.conn_as_gateway().await;
    let answer = call(&mut conn, "shop_cart_expire", (100,)).await;
    let row = ok(&answer);
    assert_eq!(row.int("failed"), 0);
    (row.int("deleted"), row.int("skipped"))
}

/// Lets nobody write down what is deleted: a job that has locked a cart waits here, at its first row.
async fn hold_the_history(db: &TestDb) -> Conn {
    let mut conn = db.conn().await;
    conn.query_drop(
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; BEGIN;
         SELECT * FROM shop_cart_deletions WHERE shop_id = 1 FOR UPDATE",
    )
    .await
    .unwrap();
    conn
}

#[tokio::test]
async fn a_row_that_is_just_being_ordered_is_left_to_its_order() {
    let db = shop().await;
    let cart_id = old_row(&db, "u1", "lamp").await;
    let other = old_row(&db, "u2", "lamp").await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("23000");
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let ordering = waiting_order(&db, &order).await; // with the cart row gone, not committed
    assert_eq!(expire(&db).await, (1, 1), "the other buyer's goes");
    stock.release().await;
    ok(&ordering.finish().await);
    assert_eq!(expire(&db).await, (0, 0));
    let kept = "SELECT GROUP_CONCAT(cart_seq_no) FROM shop_cart_deletions";
    assert_eq!(db.text(kept).await, other.to_string());
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_that_is_rolled_back_leaves_the_row_to_the_job() {
    let db = shop().await;
    let cart_id = old_row(&db, "u1", "lamp").await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("23000");
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let ordering = waiting_order(&db, &order).await;
    assert_eq!(expire(&db).await, (0, 1));
    let (_, killed) = kill(&db, "KILL", ordering).await;
    killed.unwrap_err();
    stock.release().await;
    // The server may still be taking it back.
    eventually("the row is deleted", || async { expire(&db).await.0 == 1 }).await;
    assert_eq!(db.count("shop_cart").await, 0);
    assert_eq!(db.count("shop_orders").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn whoever_comes_during_the_job_comes_after_it() {
    let db = shop().await;
    for (user, what) in [
        ("u1", "order"),
        ("u2", "add"),
        ("u3", "change"),
        ("u4", "delete"),
    ] {
        let cart_id = old_row(&db, user, "lamp").await;
        let young = db.add_cart(1, user, "pen", NO_OPTION, 1).await;
        let mut history = hold_the_history(&db).await;
        let mut job = Running::call(&db, "shop_cart_expire", (100,)).await;
        job.wait_until_blocked().await; // with the header, before its first row is written down
        let mut buyer = match what {
            "order" => {
                let order = OrderCall::new("T1", &[cart_id, young]).client_total("26500");
                Running::order(&db, order).await
            }
            "add" => {
                Running::call(&db, "add_shop_cart", (1, user, "lamp", None::<&str>, "2")).await
            }
            "change" => {
                Running::call(&db, "update_shop_cart", (1, user, cart_id.to_string(), "2")).await
            }
            _ => Running::call(&db, "delete_shop_cart", (1, user, format!("[{cart_id}]"))).await,
        };
        buyer.wait_until_blocked().await;
        history.query_drop("COMMIT").await.unwrap();
        assert_eq!(ok(&job.finish().await).int("deleted"), 1, "{what}");
        let answer = buyer.finish().await;
        let left = match what {
            "order" => {
                assert_eq!(code(&answer), "CART_NOT_FOUND");
                "pen ×1"
            }
            "add" => {
                assert_ne!(ok(&answer).int("cart_id"), cart_id, "a row of its own");
                "pen ×1, lamp ×2"
            }
            "change" => {
                assert_eq!(code(&answer), "CART_NOT_FOUND");
                "pen ×1"
            }
            _ => {
                assert_eq!(ok(&answer).int("deleted"), 0);
                "pen ×1"
            }
        };
        let cart = format!(
            "SELECT GROUP_CONCAT(CONCAT(product_id, ' ×', quantity) ORDER BY seq_no SEPARATOR ', ')
             FROM shop_cart WHERE user_id = '{user}'"
        );
        assert_eq!(db.text(&cart).await, left, "{what}");
        let written =
            format!("SELECT COUNT(*) FROM shop_cart_deletions WHERE cart_seq_no = {cart_id}");
        assert_eq!(db.int(&written).await, 1, "{what}");
    }
    assert_eq!(db.count("shop_orders").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_row_that_is_just_being_changed_is_judged_anew() {
    let db = shop().await;
    for (user, what) in [("u1", "add"), ("u2", "change")] {
        let cart_id = old_row(&db, user, "lamp").await;
        let row = Holder::cart_row(&db, cart_id).await;
        let mut buyer = match what {
            "add" => {
                Running::call(&db, "add_shop_cart", (1, user, "lamp", None::<&str>, "2")).await
            }
            _ => Running::call(&db, "update_shop_cart", (1, user, cart_id.to_string(), "3")).await,
        };
        buyer.wait_until_blocked().await; // with the header
        assert_eq!(expire(&db).await, (0, 1), "{what}");
        row.release().await;
        ok(&buyer.finish().await);
        assert_eq!(expire(&db).await, (0, 0), "{what}: it is young now");
        let quantity = format!("SELECT quantity FROM shop_cart WHERE seq_no = {cart_id}");
        assert_eq!(db.int(&quantity).await, 3, "{what}");
    }
}

/// A page that knows nothing of the header changes a row; the cart's other rows go.
#[tokio::test]
async fn a_row_that_a_hand_holds_is_not_waited_for() {
    let db = shop().await;
    let held = old_row(&db, "u1", "lamp").await;
    let other = old_row(&db, "u1", "pen").await;
    let mut hand = Holder::cart_row(&db, held).await;
    assert_eq!(expire(&db).await, (1, 0));
    hand.exec(&format!(
        "UPDATE shop_cart SET quantity = 7, update_date = UTC_TIMESTAMP(6) WHERE seq_no = {held}"
    ))
    .await;
    hand.release().await;
    assert_eq!(expire(&db).await, (0, 0));
    let kept = "SELECT GROUP_CONCAT(cart_seq_no) FROM shop_cart_deletions";
    assert_eq!(db.text(kept).await, other.to_string());
    assert_eq!(db.int("SELECT quantity FROM shop_cart").await, 7);
}

#[tokio::test]
async fn jobs_and_buyers_in_a_storm_lose_no_row() {
    let db = shop().await;
    db.exec("UPDATE shops SET total_tolerance = 10000000").await;
    for round in 0..4 {
        let mut ids = Vec::new();
        for user in ["u1", "u2", "u3", "u4"] {
            ids.push(old_row(&db, user, "lamp").await);
        }
        let all = ids.clone();
        let answers = storm(&db, 12, |number, mut conn| {
            let (at, ids) = (number % 4, ids.clone());
            async move {
                let user = ["u1", "u2", "u3", "u4"][at];
                match number / 4 {
                    0 => call(&mut conn, "shop_cart_expire", (100,)).await,
                    1 => {
                        let order = OrderCall::new(&format!("T{round}-{user}"), &[ids[at]]);
                        let order = order.user(1, user).client_total("23000");
                        order.call(&mut conn).await
                    }
                    _ => {
                        let id = ids[at].to_string();
                        call(&mut conn, "update_shop_cart", (1, user, id, "2")).await
                    }
                }
            }
        })
        .await;
        for (number, answer) in answers.iter().enumerate() {
            if number < 4 {
                assert_eq!(ok(answer).int("failed"), 0);
            } else if answer.is_err() {
                assert_eq!(code(answer), "CART_NOT_FOUND");
            }
        }
        // Each is where it can be in one place only: in the cart, in an order, or written down as deleted.
        for id in all {
            let places = format!(
                "SELECT (SELECT COUNT(*) FROM shop_cart WHERE seq_no = {id})
                      + (SELECT COUNT(*) FROM shop_order_product WHERE cart_seq_no = {id})
                      + (SELECT COUNT(*) FROM shop_cart_deletions WHERE cart_seq_no = {id})"
            );
            assert_eq!(db.int(&places).await, 1, "row {id}");
        }
        db.exec("DELETE FROM shop_cart").await;
    }
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
