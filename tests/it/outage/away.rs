//! A database that cannot be reached for a while: what callers are told meanwhile, and how soon they are served again.

use super::buyers::Buyers;
use super::*;

/// What callers may be told besides success while the database is away.
const AWAY: [(u16, &str); 4] = [
    (503, "DATABASE_UNAVAILABLE"),
    (503, "OVERLOADED"),
    (503, "DEADLINE_EXCEEDED"),
    (504, "OUTCOME_UNKNOWN"),
];
/// More than there are connections.
const BUYERS: usize = 16;

/// The line is down for this long, under buyers who do not stop. `failover` is how long calls wait for it.
async fn outage(length: Duration, failover: Duration) {
    let patience = failover.as_millis().to_string();
    let site = Site::start(&[("JUMUN_FAILOVER_MS", &patience)]).await;
    let Site {
        db, proxy, gateway, ..
    } = &site;
    let buyers = Buyers::start(db, gateway, BUYERS).await;
    buyers.buy(3 * BUYERS).await;
    proxy.cut().await;
    let start = Instant::now();
    let before = buyers.bought();
    tokio::time::sleep(failover).await;
    // From here on nobody is kept waiting for what does not come.
    let unavailable = r#"jumun_http_requests_total{method="GET",route="/v1/cart",status="503"} "#;
    eventually("calls fail at once", || async {
        let (reply, took) = timed(gateway.shop(Method::GET, "/v1/cart", "u1")).await;
        let code = reply.json()["code"].clone();
        reply.status == 503 && code == "DATABASE_UNAVAILABLE" && took < Duration::from_millis(500)
    })
    .await;
    let hopeless = start.elapsed();
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let mut asked = 0;
    while asked < 8 || start.elapsed() < length {
        for request in [
            gateway.shop(Method::GET, "/v1/cart", "u1"),
            gateway
                .shop(Method::POST, "/v1/orders", "u1")
                .json(&order_body("T1", &[1], "10000")),
            gateway
                .shop(Method::POST, "/v1/cart/items", "u1")
                .json(&json!({"product_id": "book", "quantity": 1})),
            gateway
                .request(Method::POST, "/pg/wallet/M1/notify")
                .form(&message),
        ] {
            let (reply, took) = timed(request).await;
            reply.problem(503, "DATABASE_UNAVAILABLE");
            assert_eq!(reply.header("retry-after"), Some("3"));
            assert!(took < Duration::from_secs(1), "{took:?}");
            asked += 1;
        }
        let ready = Reply::of(gateway.operator(Method::GET, "/ready")).await;
        assert_eq!(ready.status, 503);
        site.assert_bounded().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(metric(gateway, unavailable).await > 0);
    assert!(buyers.bought() <= before + BUYERS, "acknowledged by nobody");
    let grown = memory(gateway).saturating_sub(site.memory);

    proxy.restore().await;
    let again = buyers.buy(1).await;
    assert!(again < Duration::from_secs(2), "{again:?}");
    let ready = site.ready().await;
    buyers.buy(3 * BUYERS).await;
    let ledger = buyers.stop().await;
    println!(
        "{:?} away ({asked} asked): at once after {hopeless:?}, served again after {again:?}, ready after {ready:?}, \
         {grown} KiB more, {:#?}",
        length, ledger.answers
    );
    ledger.assert_told_only(&AWAY);
    // Adding is unknown only where it was under way when the line was cut.
    let unknown = ledger.answers.get(&(504, "OUTCOME_UNKNOWN".to_owned()));
    let unknown = unknown.map_or(0, |told| told.times);
    assert!(unknown <= usize::try_from(POOL).expect("few"), "{unknown}");
    let longest = failover.min(Duration::from_secs(10)) + Duration::from_secs(6);
    assert!(ledger.longest() < longest, "{:#?}", ledger.answers);
    ledger.assert_kept(db).await;
    site.assert_bounded().await;
}

#[tokio::test]
async fn a_database_that_is_away_for_longer_than_a_failover_takes() {
    outage(Duration::from_secs(3), Duration::from_secs(1)).await;
}

/// With the figures of production: `cargo test --test it -- --ignored a_database_that_is_away_for_a_minute`.
#[tokio::test]
#[ignore = "takes more than a minute; JUMUN_OUTAGE_SECONDS says how long the database is away"]
async fn a_database_that_is_away_for_a_minute() {
    let seconds = std::env::var("JUMUN_OUTAGE_SECONDS").ok();
    let seconds = seconds.map_or(60, |text| text.parse().expect("seconds"));
    outage(Duration::from_secs(seconds), Duration::from_secs(15)).await;
}

#[tokio::test]
async fn what_was_sent_and_what_was_not_are_told_apart() {
    let site = Site::start(&[("JUMUN_DEADLINE_MS", "1000")]).await;
    let Site {
        db, proxy, gateway, ..
    } = &site;
    let first = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let second = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let mut orders = [
        ("u1", order_body("T-sent", &[first], "10000")),
        ("u2", order_body("T-unsent", &[second], "10000")),
    ];
    orders[1].1["address_id"] = json!(102);
    let send = |(user, body): &(&str, Json)| {
        timed(gateway.shop(Method::POST, "/v1/orders", user).json(body))
    };
    proxy.arm(Cut::before_answer_to("T-sent").and_everything());
    let (reply, took) = send(&orders[0]).await;
    reply.problem(503, "DEADLINE_EXCEEDED");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(took < Duration::from_secs(3), "{took:?}");
    let (reply, took) = send(&orders[1]).await;
    reply.problem(503, "DATABASE_UNAVAILABLE");
    assert_eq!(reply.header("retry-after"), Some("3"));
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(db.count("shop_orders").await, 1);
    proxy.restore().await;
    assert_eq!(send(&orders[0]).await.0.ok()["replayed"], 1);
    assert_eq!(send(&orders[1]).await.0.ok()["replayed"], 0);
    assert_eq!(db.count("shop_orders").await, 2);
    db.assert_audit_clean().await;
}
