//! How many connections there may be, whose, and how much memory their requests may take.

use super::*;

const HALF_HEAD: &[u8] = b"GET /v1/cart HTTP/1.1\r\nHost: a\r\n";
const CUT_OFF: &str =
    "POST /v1/orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";

#[tokio::test]
async fn four_hundred_descriptors_are_enough_whoever_holds_connections() {
    allow_descriptors();
    let db = TestDb::with_fixture().await;
    let env = [
        ("JUMUN_TRUSTED_PROXIES", "192.0.2.1"),
        ("JUMUN_CONNECTIONS_PER_ADDRESS", "100"),
    ];
    let gateway = Gateway::start_with_descriptors(&db, &env, 400).await;
    let gateway = on_fresh_connections(gateway);
    let log = gateway.log();
    assert!(log.contains("a limit of 400 descriptors"), "{log}");
    let address = address(&gateway.base());
    let mut held = Vec::new();
    for round in 0..4_u8 {
        for n in 0..400 {
            // From eight addresses, and from one more that has all its connections to itself.
            let from = if n % 2 == 0 { 2 } else { 3 + (n / 2 % 8) as u8 };
            let bytes = if round % 2 == 0 {
                CUT_OFF.as_bytes()
            } else {
                HALF_HEAD
            };
            let mut stream = connect_from(from, &address).await;
            // It may be closed again already.
            stream.write_all(bytes).await.ok();
            held.push(stream);
        }
        let number = format!("T{round}");
        buy(&gateway, &db, "u1", &number).await;
        let live = Reply::of(gateway.operator(Method::GET, "/live")).await;
        assert_eq!(live.status, 200);
    }
    let open = r#"jumun_connections{address="public"} "#;
    assert!(metric(&gateway, open).await <= 400 - 200);
    assert!(
        !gateway.log().contains("Too many open files"),
        "{}",
        gateway.log()
    );
    drop(held);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_address_at_its_cap_closes_its_own_oldest_and_nobody_else_s() {
    let db = TestDb::with_fixture().await;
    let env = [
        ("JUMUN_TRUSTED_PROXIES", "192.0.2.1"),
        ("JUMUN_CONNECTIONS_PER_ADDRESS", "3"),
    ];
    let gateway = Gateway::start_with(&db, &env).await;
    let address = address(&gateway.base());
    let mut other = send_from(9, &address, HALF_HEAD).await;
    let mut own = Vec::new();
    for _ in 0..4 {
        own.push(send_from(8, &address, HALF_HEAD).await);
        // In this order.
        let count = own.len().min(3) as u64 + 1;
        let open = r#"jumun_connections{address="public"} "#;
        eventually("it is taken", || async {
            metric(&gateway, open).await == count
        })
        .await;
    }
    assert_eq!(until_closed(&mut own[0], "the oldest").await, "");
    for stream in own.iter_mut().skip(1) {
        assert!(is_open(stream).await);
    }
    assert!(is_open(&mut other).await);
    other.write_all(b"\r\n").await.expect("to send");
    assert!(first_piece(&mut other).await.starts_with("HTTP/1.1 401 "));
}

#[tokio::test]
async fn behind_a_proxy_its_word_counts_requests_by_their_address() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_CONNECTIONS_PER_ADDRESS", "2")]).await;
    let address = address(&gateway.base());
    let from = |client: &str| {
        format!(
            "POST /v1/orders HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {client}\r\nContent-Length: 9\r\n\r\n"
        )
    };
    // More connections of the proxy than an address may have, two of them with a request of one client.
    let held = [
        send_from(1, &address, from("203.0.113.9").as_bytes()).await,
        send_from(1, &address, from("198.51.100.1, 203.0.113.9").as_bytes()).await,
        send_from(1, &address, HALF_HEAD).await,
        send_from(1, &address, HALF_HEAD).await,
    ];
    let ask = |client: &'static str| {
        let request = gateway.shop(Method::GET, "/v1/cart", "u1");
        Reply::of(request.header("X-Forwarded-For", client))
    };
    let open = r#"jumun_connections{address="public"} "#;
    eventually("all are taken", || async {
        metric(&gateway, open).await == 4
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = ask("203.0.113.9").await;
    assert_eq!(refused.problem(503, "OVERLOADED")["retryable"], true);
    ask("203.0.113.10").await.ok();
    // Whom a client says that it asks for is no matter.
    ask("203.0.113.9, 203.0.113.10").await.ok();
    get(&gateway, "/v1/cart", "u1").await.ok();
    drop(held);
    eventually("the requests are gone", || async {
        ask("203.0.113.9").await.status == 200
    })
    .await;
}

#[tokio::test]
async fn the_memory_of_bodies_is_bounded_and_the_slowest_give_way() {
    allow_descriptors();
    let db = TestDb::with_fixture().await;
    let env = [
        ("JUMUN_BODIES_LIMIT", "1000000"),
        ("JUMUN_BODY_MS", "60000"),
    ];
    let gateway = Gateway::start_with(&db, &env).await;
    let address = address(&gateway.base());
    let half = "x".repeat(60_000);
    let request = format!(
        "POST /pg/wallet/M1/notify HTTP/1.1\r\nHost: a\r\nContent-Length: 65000\r\n\r\n{half}"
    );
    let before = memory(&gateway);
    let mut held = Vec::new();
    for _ in 0..600 {
        held.push(send_from(1, &address, request.as_bytes()).await);
    }
    let gave = r#"jumun_connections_closed_total{address="public",why="BodyMadeRoom"} "#;
    eventually("most bodies were given up", || async {
        metric(&gateway, gave).await >= 580
    })
    .await;
    let grown = memory(&gateway).saturating_sub(before);
    // Unbounded it is three times as much.
    assert!(grown < 40, "600 half bodies take {grown} MiB");
    let answer = until_closed(&mut held[0], "the slowest").await;
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.contains("OVERLOADED"),
        "{answer}"
    );
    assert!(
        answer.contains("connection: close") && answer.contains("retry-after: 1"),
        "{answer}"
    );
    // Two threads read, so that the last to come is not always the last to begin.
    let mut open = 0;
    for stream in held.iter_mut().rev().take(100) {
        open += u32::from(is_open(stream).await);
    }
    assert!((1..=20).contains(&open), "{open} are open");
    buy(&gateway, &db, "u1", "T1").await;
    // A long head is memory as well.
    let long = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(100_000));
    for _ in 0..100 {
        let mut stream = connect_from(1, &address).await;
        stream.write_all(long.as_bytes()).await.ok();
        held.push(stream);
    }
    buy(&gateway, &db, "u1", "T2").await;
    let grown = memory(&gateway).saturating_sub(before);
    assert!(grown < 48, "with 100 half heads {grown} MiB");
}
