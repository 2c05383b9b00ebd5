//! Whatever a connection waits for from its client, it does not wait for ever.

use super::*;

#[tokio::test]
async fn every_phase_has_its_limit() {
    let db = TestDb::with_fixture().await;
    let limits = [
        ("JUMUN_HEAD_MS", "1000"),
        ("JUMUN_BODY_MS", "1000"),
        ("JUMUN_ANSWER_MS", "1000"),
        ("JUMUN_IDLE_MS", "1000"),
    ];
    let gateway = Gateway::start_with(&db, &limits).await;
    let address = address(&gateway.base());
    let whole = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";

    let mut silent = connect_from(1, &address).await;
    let mut head = send_from(1, &address, b"GET / HTTP/1.1\r\nHo").await;
    let mut idle = send_from(1, &address, whole.as_bytes()).await;
    let mut second = send_from(1, &address, whole.as_bytes()).await;
    assert!(first_piece(&mut second).await.starts_with("HTTP/1.1 404 "));
    second
        .write_all(b"GET / HTTP/1.1\r\nHo")
        .await
        .expect("to send");
    let body = "POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
    let mut body = send_from(1, &address, body.as_bytes()).await;
    // More answers than the system keeps for somebody who reads none.
    let mut unread = send_from(1, &address, whole.repeat(600).as_bytes()).await;
    tokio::time::sleep(Duration::from_millis(100)).await;

    for (stream, what) in [(&mut silent, "silent"), (&mut head, "head")] {
        let answer = until_closed(stream, what).await;
        assert!(
            answer.starts_with("HTTP/1.1 408 ") || answer.is_empty(),
            "{what}: {answer}"
        );
    }
    assert!(
        until_closed(&mut idle, "idle")
            .await
            .starts_with("HTTP/1.1 404 ")
    );
    assert_eq!(until_closed(&mut second, "second head").await, "");
    let answer = until_closed(&mut body, "body").await;
    assert!(
        answer.contains("did not arrive in time") || answer.contains("UNAUTHENTICATED"),
        "{answer}"
    );
    let closed = r#"jumun_connections_closed_total{address="public",why="#;
    for (why, count) in [("Answer", 1), ("Idle", 1), ("Head", 1)] {
        eventually(why, || async {
            metric(&gateway, &format!("{closed}\"{why}\"}} ")).await >= count
        })
        .await;
    }
    // What had been sent can be read, and then it ends.
    let answers = until_closed(&mut unread, "unread").await;
    assert!((1..600).contains(&answers.matches("HTTP/1.1 404").count()));
    let open = r#"jumun_connections{address="public"} "#;
    eventually("nothing is open", || async {
        metric(&gateway, open).await == 0
    })
    .await;
}

#[tokio::test]
async fn a_byte_now_and_then_does_not_prolong_a_head() {
    let db = TestDb::with_fixture().await;
    let limits = [("JUMUN_HEAD_MS", "1000"), ("JUMUN_IDLE_MS", "60000")];
    let gateway = Gateway::start_with(&db, &limits).await;
    let address = address(&gateway.base());
    for before in ["", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let mut stream = send_from(1, &address, before.as_bytes()).await;
        if !before.is_empty() {
            assert!(first_piece(&mut stream).await.starts_with("HTTP/1.1 404 "));
        }
        let (mut reader, mut writer) = stream.into_split();
        let trickle = tokio::spawn(async move {
            writer
                .write_all(b"GET / HTTP/1.1\r\nX: ")
                .await
                .expect("to send");
            while writer.write_all(b"x").await.is_ok() {
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
        timeout(SOON, trickle)
            .await
            .expect("that sending fails")
            .expect("no panic");
    }
}
