//! The gateway is told to stop (SIGTERM) while buyers are at it, with its database there or away.

use super::buyers::Buyers;
use super::*;

const BUYERS: usize = 16;

// Waiting for the process blocks the thread of the test; the buyers have others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_stopped_under_buyers_answers_whatever_it_has_taken() {
    let mut site = Site::start(&[]).await;
    let buyers = Buyers::start(&site.db, &site.gateway, BUYERS).await;
    buyers.buy(4 * BUYERS).await;
    let start = Instant::now();
    let status = site.gateway.process.terminate(Duration::from_secs(10));
    let took = start.elapsed();
    let status = status.expect("it ends");
    assert!(status.success(), "{status}\n{}", site.gateway.log());
    assert!(took < Duration::from_secs(3), "{took:?}");
    let ledger = buyers.stop().await;
    println!("ended after {took:?}, {:#?}", ledger.answers);
    // Answered well, or refused as a connection: nobody is told of an error, and nothing is done without an answer.
    ledger.assert_told_only(&[(0, "")]);
    let db = &site.db;
    let lines = "SELECT COUNT(*) FROM shop_order_product";
    assert_eq!(db.count("shop_orders").await, db.int(lines).await);
    ledger.assert_kept(db).await;
    assert_sessions(db, 0).await;
    assert_eq!(site.proxy.seen().open, 0);

    // The next one takes over.
    let next = Gateway::start(db).await;
    let buyers = Buyers::start(db, &next, BUYERS).await;
    let again = buyers.buy(1).await;
    assert!(again < Duration::from_secs(2), "{again:?}");
    buyers.stop().await;
    db.assert_audit_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_stopped_while_its_database_is_away_answers_everybody_and_ends() {
    let mut site = Site::start(&[("JUMUN_DEADLINE_MS", "2000")]).await;
    let Site {
        db, proxy, gateway, ..
    } = &mut site;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    proxy.cut().await;
    let orders: Vec<_> = (0..8)
        .map(|number| {
            let body = order_body(&format!("T{number}"), &[cart_id], "10000");
            let request = gateway.shop(Method::POST, "/v1/orders", "u1").json(&body);
            tokio::spawn(timed(request))
        })
        .collect();
    let queued = r#"jumun_calls_waiting{pool="public"} "#;
    let waiting = 8 - POOL;
    eventually("everybody waits", || async {
        metric(gateway, queued).await == waiting
    })
    .await;
    let start = Instant::now();
    let status = gateway.process.terminate(Duration::from_secs(20));
    let took = start.elapsed();
    assert!(status.expect("it ends").success(), "{}", gateway.log());
    assert!(took < Duration::from_secs(6), "{took:?}");
    for order in orders {
        let (reply, waited) = order.await.expect("no panic");
        let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(
            ["DATABASE_UNAVAILABLE", "DEADLINE_EXCEEDED", "OVERLOADED"].contains(&code.as_str()),
            "{reply:?}"
        );
        reply.problem(503, &code);
        assert!(waited < Duration::from_secs(3), "{waited:?}");
    }
    assert_eq!(db.count("shop_orders").await, 0);
    db.assert_audit_clean().await;
}
