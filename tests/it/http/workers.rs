//! Threads, each with its share of the connections to the database, and what a client sees of that: nothing.

use super::*;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A client with a connection of its own, which goes to the next worker.
async fn client(gateway: &Gateway) -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a client");
    let cart = client
        .get(gateway.url("/v1/cart"))
        .bearer_auth(SHOP_KEY)
        .header("X-User-Id", "u9");
    Reply::of(cart).await.ok();
    client
}

fn order(
    gateway: &Gateway,
    client: &reqwest::Client,
    user: &str,
    body: &Json,
) -> JoinHandle<Reply> {
    let request = client
        .post(gateway.url("/v1/orders"))
        .bearer_auth(SHOP_KEY)
        .header("X-User-Id", user);
    tokio::spawn(Reply::of(request.json(body)))
}

#[tokio::test]
async fn while_a_connection_is_free_at_another_worker_nobody_waits_for_one() {
    let db = TestDb::with_fixture().await;
    let settings = [("JUMUN_POOL_SIZE", "2"), ("JUMUN_WORKERS", "2")];
    let gateway = Gateway::start_with(&db, &settings).await;
    // One worker serves the first and the third of them, and has one connection to the database.
    let clients = [
        client(&gateway).await,
        client(&gateway).await,
        client(&gateway).await,
    ];
    let mut orders = Vec::new();
    for (number, user) in [(1, "u1"), (2, "u2")] {
        let cart_id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
        let mut body = order_body(&format!("T{number}"), &[cart_id], "10000");
        body["address_id"] = json!(100 + number);
        orders.push((user, body));
    }
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE")
        .await
        .expect("a lock");
    let first = order(&gateway, &clients[0], orders[0].0, &orders[0].1);
    let second = order(&gateway, &clients[2], orders[1].0, &orders[1].1);
    let held = format!("SELECT ID FROM {PROCESSLIST} WHERE DB = DATABASE() AND USER LIKE 'jumun%'");
    eventually("both wait in the database", || async {
        let mut watcher = db.conn().await;
        let mut waiting = 0;
        for row in db.rows(&held).await {
            let id = u32::try_from(row.int("ID")).expect("a number");
            waiting += usize::from(blocked_on_row(&mut watcher, id).await);
        }
        waiting == 2
    })
    .await;
    assert_eq!(db.rows(&held).await.len(), 2, "no more than the pool has");
    holder.query_drop("COMMIT").await.expect("the lock's end");
    for reply in [first, second] {
        assert_eq!(reply.await.expect("no panic").ok()["replayed"], 0);
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn requests_that_are_sent_ahead_are_answered_one_after_the_other() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let mut stream = TcpStream::connect(gateway.base().trim_start_matches("http://"))
        .await
        .expect("a connection");
    let head = |line: &str, more: &str| {
        format!(
            "{line} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {SHOP_KEY}\r\nX-User-Id: u1\r\n{more}\r\n"
        )
    };
    let body = r#"{"product_id":"book","quantity":3}"#;
    let length = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    let chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    let chunks = format!(
        "5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        &body[..5],
        body.len() - 5,
        &body[5..]
    );
    let all = [
        head("GET /v1/cart", "X-Request-Id: one\r\n"),
        head(
            "POST /v1/cart/items",
            &format!("X-Request-Id: two\r\n{length}"),
        ),
        body.to_owned(),
        head(
            "POST /v1/cart/items",
            &format!("X-Request-Id: three\r\n{chunked}"),
        ),
        chunks,
        // Longer than what is read at once.
        head(
            "GET /v1/cart",
            &format!("X-Long: {}\r\nX-Request-Id: four\r\n", "x".repeat(10_000)),
        ),
        head(
            "GET /nowhere",
            "X-Request-Id: five\r\nConnection: close\r\n",
        ),
    ]
    .concat();
    stream.write_all(all.as_bytes()).await.expect("all at once");
    let mut answers = String::new();
    let read = stream.read_to_string(&mut answers);
    tokio::time::timeout(Duration::from_secs(10), read)
        .await
        .expect("all answers in time")
        .expect("text");
    let lines = |beginning: &str| -> Vec<String> {
        let lines = answers
            .lines()
            .filter_map(|line| line.strip_prefix(beginning));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        lines("x-request-id: "),
        ["one", "two", "three", "four", "five"],
        "{answers}"
    );
    let statuses: Vec<&str> = answers
        .split("HTTP/1.1 ")
        .filter_map(|answer| answer.get(..3))
        .collect();
    assert_eq!(statuses, ["200", "200", "200", "200", "404"]);
    // Both were put into the cart, the second to the first.
    let quantity = "SELECT SUM(quantity) FROM shop_cart WHERE user_id = 'u1'";
    assert_eq!(db.int(quantity).await, 6);
}

#[tokio::test]
async fn a_gateway_that_was_stopped_has_logged_every_request() {
    let db = TestDb::with_fixture().await;
    let mut gateway = Gateway::start(&db).await;
    for number in 0..20 {
        let request = gateway
            .shop(Method::GET, "/v1/cart", "u1")
            .header("X-Request-Id", format!("r{number}"));
        Reply::of(request).await.ok();
    }
    let status = gateway.process.terminate(Duration::from_secs(10));
    assert!(status.expect("it ends").success());
    let log = gateway.process.log();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("GET /v1/cart 200"))
        .collect();
    assert_eq!(lines.len(), 20, "{log}");
    for (number, line) in lines.iter().enumerate() {
        assert!(line.contains(&format!(" r{number} ")), "{line}");
    }
    assert!(
        log.lines()
            .last()
            .is_some_and(|line| line.ends_with("stopped")),
        "{log}"
    );
}
