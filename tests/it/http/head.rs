//! HEAD: what GET would answer, without the body. Read as bytes, since an HTTP client would not show one.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Asks on a connection that ends with the answer, and reads everything up to its end: head and body.
async fn ask(base: &str, method: &str, path: &str, headers: &str) -> (Vec<String>, Vec<u8>) {
    let address = base.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nX-Request-Id: same\r\nConnection: close\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("to send");
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.expect("an answer");
    let end = all
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("{method} {path}: no head in {all:?}"));
    let head = String::from_utf8(all[..end].to_vec()).expect("ASCII");
    let mut lines: Vec<String> = head
        .lines()
        .filter(|line| !line.starts_with("date: "))
        .map(str::to_owned)
        .collect();
    lines[1..].sort();
    (lines, all[end + 4..].to_vec())
}

/// Everything but the length, for pages whose text is another each time.
fn without_length(head: &[String]) -> Vec<&String> {
    head.iter()
        .filter(|line| !line.starts_with("content-length: "))
        .collect()
}

/// HEAD first, so that it is what does whatever the route does; then GET, and nothing differs but the body.
async fn compare(base: &str, path: &str, headers: &str, status: &str) {
    let (head, body) = ask(base, "HEAD", path, headers).await;
    assert!(body.is_empty(), "HEAD {path}: {body:?}");
    assert!(
        head[0].starts_with(&format!("HTTP/1.1 {status}")),
        "{path}: {head:?}"
    );
    let (got, text) = ask(base, "GET", path, headers).await;
    if path == "/metrics" {
        assert_eq!(without_length(&head), without_length(&got), "{path}");
        assert!(!head.contains(&"content-length: 0".to_owned()), "{head:?}");
    } else {
        assert_eq!(head, got, "{path}");
        assert!(
            got.contains(&format!("content-length: {}", text.len())),
            "{got:?}"
        );
    }
}

#[tokio::test]
async fn head_is_get_without_a_body_on_every_route_of_both_ports() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let key = placed["order_key"].as_str().expect("a key");
    let (public, operator) = (gateway.base(), gateway.operator_url(""));
    let shop = format!("Authorization: Bearer {SHOP_KEY}\r\nX-User-Id: u1\r\n");
    let admin = format!("Authorization: Bearer {OPERATOR_KEY}\r\n");

    let paid = WalletMessage::paid("T1", "W1", "10000").form();
    let table = Reply::of(gateway.operator(Method::GET, "/procedures"))
        .await
        .json();
    let routes = table["routes"].as_array().expect("the route table");
    let mut compared = 0;
    for route in routes.iter().filter(|route| route["method"] == "GET") {
        let path = route["path"].as_str().expect("a path");
        let path = path.replace("{pg}", "wallet").replace("{merchant}", "M1");
        let path = path
            .replace("{order_key}", key)
            .replace("{order_name}", key);
        match route["address"].as_str().expect("an address") {
            "public" if path.starts_with("/pg/") => {
                compare(&public, &with_query(&path, &paid), "", "303").await;
                compare(&public, &path, "", "").await;
            }
            "public" => {
                let path = match (path.as_str(), route["procedure"].as_str()) {
                    ("/v1/orders", Some("shop_order_select")) => "/v1/orders?mTrdNo=T1".to_owned(),
                    _ => path,
                };
                compare(&public, &path, &shop, "200").await;
                compare(&public, &path, "", "401").await;
            }
            _ => {
                let query = match path.as_str() {
                    "/admin/prices" => "shop_id=1&product_id=lamp",
                    "/admin/abandoned-carts" => "shop_id=1",
                    "/admin/order-modes" => {
                        "shop_id=1&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
                    }
                    path if path.contains("orders") => "shop_id=1&user_id=u1",
                    _ => "",
                };
                let path = format!("{path}?{query}");
                compare(&operator, &path, &admin, "200").await;
                compare(&operator, &path, "", "401").await;
            }
        }
        compared += 1;
    }
    assert!(compared >= 7, "{compared} routes");
    for path in ["/live", "/ready"] {
        compare(&operator, path, "", "200").await;
    }
    for path in ["/metrics", "/procedures"] {
        compare(&operator, path, &admin, "200").await;
        compare(&operator, path, "", "401").await;
    }
    for base in [&public, &operator] {
        compare(base, "/nowhere", "", "404").await;
    }
    // A true message is one, whichever method brought it first.
    assert_eq!(db.count("shop_payments").await, 1);
    assert_eq!(
        get(&gateway, &format!("/v1/orders/{key}"), "u1").await.ok()["order_status"],
        2
    );
    let line = "access] HEAD /v1/cart 200 ";
    assert!(gateway.log().contains(line), "{}", gateway.log());
}

#[tokio::test]
async fn a_connection_goes_on_behind_the_answer_to_head() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let base = gateway.base();
    let address = base.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = |method: &str| {
        format!(
            "{method} /v1/cart HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {SHOP_KEY}\r\nX-User-Id: u1\r\n\r\n"
        )
    };
    for _ in 0..3 {
        stream
            .write_all(request("HEAD").as_bytes())
            .await
            .expect("to send");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("a head"));
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
}
