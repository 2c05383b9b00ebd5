//! A line that falls silent: connections stay open and nothing comes, as when a machine or a firewall on the way dies.

use super::buyers::Buyers;
use super::*;

/// So that a test need not wait for the figures of production.
const DEADLINE: Duration = Duration::from_millis(1500);
const ABANDON: Duration = Duration::from_millis(500);
const SHORT: [(&str, &str); 2] = [("JUMUN_DEADLINE_MS", "1500"), ("JUMUN_ABANDON_MS", "500")];

/// Has all connections open and idle.
async fn fill_the_pool(site: &Site) {
    let idle = r#"jumun_pool_connections{pool="public",state="idle"} "#;
    eventually("all connections are open", || async {
        let users = ["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"];
        let all = users.map(|user| {
            let request = site.gateway.shop(Method::GET, "/v1/cart", user);
            tokio::spawn(Reply::of(request))
        });
        for one in all {
            one.await.expect("no panic").ok();
        }
        metric(&site.gateway, idle).await == POOL
    })
    .await;
}

#[tokio::test]
async fn idle_connections_that_died_without_a_word_cost_no_caller_a_deadline() {
    let site = Site::start(&[]).await;
    let Site {
        db, proxy, gateway, ..
    } = &site;
    let body = json!({"product_id": "book", "quantity": 1});
    for round in 1..=2 {
        fill_the_pool(&site).await;
        proxy.forget();
        // A connection that answered a moment ago is taken at its word.
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        let add = gateway
            .shop(Method::POST, "/v1/cart/items", "u1")
            .json(&body);
        let (reply, took) = timed(add).await;
        // Not to be repeated, so it must have gone out once, on a connection that lives.
        assert_eq!(reply.ok()["lines"][0]["quantity"], round);
        // Half a second is what the first of them is given to prove itself; a deadline would be ten.
        assert!(took < Duration::from_secs(4), "{took:?}");
        let (reply, took) = timed(gateway.shop(Method::GET, "/v1/cart", "u1")).await;
        reply.ok();
        assert!(took < Duration::from_secs(2), "{took:?}");
        site.assert_bounded().await;
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn connections_that_fall_silent_under_load_are_replaced_after_one_deadline() {
    let site = Site::start(&SHORT).await;
    let Site {
        db, proxy, gateway, ..
    } = &site;
    let buyers = Buyers::start(db, gateway, 12).await;
    buyers.buy(36).await;
    let start = Instant::now();
    proxy.forget();
    let before = buyers.bought();
    eventually("orders go on", || async { buyers.bought() > before + 12 }).await;
    let again = start.elapsed();
    assert!(
        again < DEADLINE + ABANDON + Duration::from_secs(2),
        "{again:?}"
    );
    buyers.buy(36).await;
    let ledger = buyers.stop().await;
    println!("served again after {again:?}, {:#?}", ledger.answers);
    ledger.assert_told_only(&[
        (503, "DEADLINE_EXCEEDED"),
        (503, "OVERLOADED"),
        (504, "OUTCOME_UNKNOWN"),
    ]);
    assert!(
        ledger.longest() < DEADLINE + Duration::from_secs(1),
        "{ledger:#?}"
    );
    ledger.assert_kept(db).await;
    site.assert_bounded().await;
}

#[tokio::test]
async fn a_call_too_late_to_connect_is_told_of_its_deadline_and_not_of_an_outage() {
    let site = Site::start(&SHORT).await;
    let Site { proxy, gateway, .. } = &site;
    // No connection is left, and a new one takes longer than the call may.
    proxy.cut().await;
    proxy.restore().await;
    proxy.hold(&[Way::ToClient]);
    // A job of the gateway may have met the cut itself, which is one.
    let before = gateway.log().len();
    let (reply, took) = timed(gateway.shop(Method::GET, "/v1/cart", "u1")).await;
    reply.problem(503, "DEADLINE_EXCEEDED");
    assert!(took >= DEADLINE, "{took:?}");
    proxy.release();
    eventually("it serves again", || async {
        let again = gateway.shop(Method::GET, "/v1/cart", "u1");
        Reply::of(again).await.status == 200
    })
    .await;
    let log = gateway.log();
    let since = &log[before..];
    assert!(!since.contains("no connection to the database"), "{log}");
}

#[tokio::test]
async fn a_silent_line_keeps_nobody_beyond_the_deadline_and_comes_back_by_itself() {
    let site = Site::start(&SHORT).await;
    let Site {
        db, proxy, gateway, ..
    } = &site;
    fill_the_pool(&site).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    proxy.hold(&[Way::ToServer, Way::ToClient]);
    let body = order_body("T1", &[cart_id], "10000");
    let book = json!({"product_id": "book", "quantity": 1});
    let start = Instant::now();
    let (mut in_time, mut asked) = (0, 0);
    while start.elapsed() < 2 * DEADLINE {
        let requests = [
            gateway.shop(Method::POST, "/v1/orders", "u1").json(&body),
            gateway
                .shop(Method::POST, "/v1/cart/items", "u2")
                .json(&book),
            gateway.shop(Method::GET, "/v1/cart", "u3"),
        ];
        for request in requests.map(|request| tokio::spawn(timed(request))) {
            let (reply, took) = request.await.expect("no panic");
            let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
            let silent = [
                "DEADLINE_EXCEEDED",
                "OUTCOME_UNKNOWN",
                "OVERLOADED",
                "DATABASE_UNAVAILABLE",
            ];
            assert!(silent.contains(&code.as_str()), "{reply:?}");
            reply.problem(reply.status, &code);
            asked += 1;
            in_time += usize::from(took < DEADLINE + Duration::from_millis(500));
        }
    }
    assert_eq!(in_time, asked);
    assert_eq!(db.count("shop_orders").await, 0);

    proxy.release();
    let start = Instant::now();
    let ordered = gateway.shop(Method::POST, "/v1/orders", "u1").json(&body);
    eventually("it serves again", || {
        let again = ordered.try_clone().expect("a request");
        async move { Reply::of(again).await.status == 200 }
    })
    .await;
    let again = start.elapsed();
    assert!(
        again < DEADLINE + ABANDON + Duration::from_secs(1),
        "{again:?}"
    );
    println!("served again after {again:?}");
    assert_eq!(db.count("shop_orders").await, 1);
    site.ready().await;
    site.assert_bounded().await;
    db.assert_audit_clean().await;
}
