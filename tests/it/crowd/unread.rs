//! A request that is answered before its body has come: the connection ends, whatever was asked and however the
//! body was announced.

use super::*;

const BODIES: [(&str, &str); 7] = [
    (
        "chunked, without end",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ),
    (
        "the same, to be closed",
        "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ),
    (
        "chunked, between chunks",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
    ),
    (
        "chunked, without a byte",
        "Transfer-Encoding: chunked\r\n\r\n",
    ),
    ("shorter than announced", "Content-Length: 100\r\n\r\nab"),
    (
        "not yet allowed to be sent",
        "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    ),
    (
        "of another protocol",
        "Connection: upgrade\r\nUpgrade: websocket\r\n\r\nab",
    ),
];

const PUBLIC: [&str; 12] = [
    "POST /nowhere",
    "GET /nowhere",
    "POST /v1/orders",
    "OPTIONS /v1/orders",
    "PUT /v1/orders",
    "GET /v1/cart",
    "HEAD /v1/cart",
    "PATCH /v1/cart/items/1",
    "DELETE /v1/cart/items",
    "POST /pg/wallet/M1/notify",
    "GET /pg/wallet/M1/return",
    "POST /pg/wallet/M1/return/x",
];
const OPERATOR: [&str; 6] = [
    "GET /live",
    "GET /ready",
    "HEAD /live",
    "POST /metrics",
    "POST /admin/stock",
    "GET /nowhere",
];

/// Sends it, answers nothing more, and sees an answer that announces the end, and the end.
async fn ends(address: String, request: String, what: String) {
    let mut stream = send_from(1, &address, request.as_bytes()).await;
    let answer = until_closed(&mut stream, &what).await;
    let answer = answer
        .strip_prefix("HTTP/1.1 100 Continue\r\n\r\n")
        .unwrap_or(&answer);
    assert!(answer.starts_with("HTTP/1.1 "), "{what}: {answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: {answer}");
    assert!(
        answer.to_lowercase().contains("\r\nconnection: close\r\n"),
        "{what}: {answer}"
    );
}

#[tokio::test]
async fn a_connection_whose_body_was_not_read_to_its_end_is_closed_on_every_route() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_BODY_MS", "1000")]).await;
    let mut ending = Vec::new();
    let ports = [
        (gateway.base(), &PUBLIC[..]),
        (gateway.operator_url(""), &OPERATOR[..]),
    ];
    for (base, routes) in ports {
        for route in routes {
            for (what, body) in BODIES {
                // One that may post from a page, so that OPTIONS is more than a method that is not allowed.
                let head = "Host: a\r\nOrigin: http://shop.test\r\n";
                let request = format!("{route} HTTP/1.1\r\n{head}{body}");
                ending.push(tokio::spawn(ends(
                    address(&base),
                    request,
                    format!("{route}, {what}"),
                )));
            }
        }
    }
    assert_eq!(ending.len(), 126);
    for one in ending {
        one.await.expect("no panic");
    }
}

#[tokio::test]
async fn so_is_one_that_sends_too_much_or_too_slowly() {
    let db = TestDb::with_fixture().await;
    let limits = [("JUMUN_BODY_MS", "1500"), ("JUMUN_BODY_LIMIT", "1000")];
    let gateway = Gateway::start_with(&db, &limits).await;
    let address = address(&gateway.base());
    // Beyond the limit, and then nothing.
    for framing in [
        "Transfer-Encoding: chunked\r\n\r\nffff\r\n",
        "Content-Length: 65535\r\n\r\n",
    ] {
        let large = "x".repeat(5000);
        let request = format!("POST /v1/orders HTTP/1.1\r\nHost: a\r\n{framing}{large}");
        let mut stream = send_from(1, &address, request.as_bytes()).await;
        let answer = until_closed(&mut stream, framing).await;
        assert!(
            answer.contains("BODY_TOO_LARGE") || answer.contains("UNAUTHENTICATED"),
            "{answer}"
        );
    }
    // A byte now and then keeps nothing alive, neither before the answer nor behind it.
    let request = "POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let stream = send_from(1, &address, request.as_bytes()).await;
    let (mut reader, mut writer) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while writer.write_all(b"1\r\nx\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = Vec::new();
    let end = timeout(SOON, reader.read_to_end(&mut answer)).await;
    assert!(
        end.is_ok(),
        "still open: {}",
        String::from_utf8_lossy(&answer)
    );
    assert!(
        answer.starts_with(b"HTTP/1.1 404 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    timeout(SOON, trickle)
        .await
        .expect("that sending fails")
        .expect("no panic");
}

#[tokio::test]
async fn one_whose_body_was_read_goes_on_and_takes_requests_that_were_sent_ahead() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let address = address(&gateway.base());
    let ahead = "POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n\
        HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n\
        GET /v1/cart HTTP/1.1\r\nHost: a\r\n\r\n\
        HEAD /v1/cart HTTP/1.1\r\nHost: a\r\n\r\n\
        POST /v1/quotes HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}\
        \r\nGET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let mut stream = send_from(1, &address, ahead.as_bytes()).await;
    let answers = until_closed(&mut stream, "requests sent ahead").await;
    let told: Vec<(&str, bool)> = answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| (&answer[..3], answer.ends_with('}')))
        .collect();
    let expected = [
        ("404", true),
        ("404", false),
        ("401", true),
        ("401", false),
        ("401", true),
        ("404", true),
    ];
    assert_eq!(told, expected, "{answers}");
    // Byte by byte as well.
    let mut stream = connect_from(1, &address).await;
    for _ in 0..2 {
        let request = "POST /v1/quotes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
        for byte in request.bytes() {
            stream.write_all(&[byte]).await.expect("to send");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(first_piece(&mut stream).await.starts_with("HTTP/1.1 401 "));
    }
}
