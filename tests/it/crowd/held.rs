//! Thousands of connections in each phase at once, and buyers who buy.

use super::*;
use std::time::Instant;

const EACH: usize = 2000;
const UNREAD: &str = "answers not read";
/// How long a phase is held: buyers have come and gone by then.
const HELD: &str = "5000";

/// What one of them sends, and whether it is answered at once.
struct Phase {
    name: &'static str,
    sends: String,
    answered: bool,
    count: usize,
}

fn phases() -> Vec<Phase> {
    let phase = |name, sends: &str, answered, count| Phase {
        name,
        sends: sends.to_owned(),
        answered,
        count,
    };
    let whole = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    let post = "POST /pg/wallet/M1/notify HTTP/1.1\r\nHost: a\r\n";
    let half = format!("{post}Content-Length: 65000\r\n\r\n{}", "x".repeat(64_000));
    vec![
        phase("nothing sent", "", false, EACH),
        phase(
            "a head begun",
            "GET /v1/cart HTTP/1.1\r\nHost: a\r\nX: ",
            false,
            EACH,
        ),
        phase("a body begun", &half, false, EACH),
        phase(
            "answered, with a body that never ends",
            "OPTIONS /v1/orders HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            true,
            EACH,
        ),
        phase(UNREAD, &whole.repeat(150), false, EACH / 10),
        phase("idle", whole, true, EACH),
    ]
}

async fn hold(phase: &Phase, address: &str) -> Vec<TcpStream> {
    let mut opening = Vec::new();
    let mut held = Vec::new();
    for n in 0..phase.count {
        let (address, sends, answered) = (address.to_owned(), phase.sends.clone(), phase.answered);
        opening.push(tokio::spawn(async move {
            let mut stream = connect_from(2 + (n % 50) as u8, &address).await;
            // At the cap one may be gone before it has sent anything.
            let sent = stream.write_all(sends.as_bytes()).await;
            if answered && sent.is_ok() {
                let mut bytes = [0; 4096];
                timeout(SOON, stream.read(&mut bytes))
                    .await
                    .expect("an answer in time")
                    .ok();
            }
            stream
        }));
        if opening.len() == 50 {
            for one in opening.drain(..) {
                held.push(one.await.expect("no panic"));
            }
        }
    }
    held
}

async fn crowd(connections: &str) {
    allow_descriptors();
    let db = TestDb::with_fixture().await;
    let env = [
        ("JUMUN_CONNECTIONS", connections),
        ("JUMUN_TRUSTED_PROXIES", "192.0.2.1"),
        ("JUMUN_HEAD_MS", HELD),
        ("JUMUN_BODY_MS", HELD),
        ("JUMUN_ANSWER_MS", HELD),
        ("JUMUN_IDLE_MS", HELD),
        ("RUST_LOG", "warn"),
    ];
    let gateway = on_fresh_connections(Gateway::start_with(&db, &env).await);
    let address = address(&gateway.base());
    buy(&gateway, &db, "u1", "before").await;
    let before = memory(&gateway);
    let open = r#"jumun_connections{address="public"} "#;
    for (number, phase) in phases().iter().enumerate() {
        let mut held = hold(phase, &address).await;
        let cap: u64 = connections.parse().expect("a number");
        if !phase.answered {
            // A part may be gone again: those that gave their bodies up.
            let most = cap.min(phase.count as u64);
            eventually("all are taken", || async {
                metric(&gateway, open).await >= most / 4
            })
            .await;
        }
        let counted = metric(&gateway, open).await;
        assert!(counted <= cap, "{counted} connections");
        let start = Instant::now();
        for buyer in 0..3 {
            buy(&gateway, &db, "u1", &format!("T{number}-{buyer}")).await;
        }
        let grown = memory(&gateway).saturating_sub(before);
        println!(
            "{}: {counted} open, {} ms for three buyers, {grown} MiB more",
            phase.name,
            start.elapsed().as_millis()
        );
        assert!(grown < 160, "{}: {grown} MiB more", phase.name);
        // Closed by the gateway: their owners still hold every one.
        eventually("their limit closes them", || async {
            metric(&gateway, open).await <= 4
        })
        .await;
        // What has been written for somebody who does not read goes on coming, at his pace.
        if phase.name != UNREAD {
            for stream in &mut held {
                until_closed(stream, phase.name).await;
            }
        }
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn thousands_of_connections_in_every_phase_leave_buyers_alone() {
    crowd("2500").await;
}

#[tokio::test]
async fn so_do_more_than_there_may_be() {
    crowd("300").await;
}
