//! Thousands of connections in each phase, and buyers who buy at their usual pace.

use std::collections::VecDeque;

use tokio::task::JoinSet;

use super::*;

const EACH: usize = 2000;
/// Purchases that a pace is taken from.
const PURCHASES: usize = 9;

/// What one of them sends, and whether it is answered at once.
struct Phase {
    name: &'static str,
    sends: String,
    answered: bool,
    /// How many of them stay.
    held: u64,
}

fn phases() -> Vec<Phase> {
    let phase = |name, sends: &str, answered| Phase {
        name,
        sends: sends.to_owned(),
        answered,
        held: EACH as u64,
    };
    let whole = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    // What a browser gets for it is a page.
    let page = "GET /nowhere HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n";
    let post = "POST /pg/wallet/M1/notify HTTP/1.1\r\nHost: a\r\n";
    let half = |bytes| format!("{post}Content-Length: 65000\r\n\r\n{}", "x".repeat(bytes));
    let endless = "OPTIONS /v1/orders HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\n\
        Transfer-Encoding: chunked\r\n\r\n5\r\nab";
    // Most of these are given up, or there would be no bound to what they take.
    let large = Phase {
        held: 16,
        ..phase("the most of a large body", &half(64_000), false)
    };
    vec![
        phase("nothing sent", "", false),
        phase(
            "a head begun",
            "GET /v1/cart HTTP/1.1\r\nHost: a\r\nX: ",
            false,
        ),
        phase("a body begun", &half(4000), false),
        large,
        // Of these none stays for longer than two seconds.
        Phase {
            held: 0,
            ..phase("answered, with a body that never ends", endless, true)
        },
        // More answers than the system keeps for somebody who reads none.
        phase("answers not read", &page.repeat(60), false),
        phase("idle", whole, true),
    ]
}

/// Brings a crowd of so many into a phase, from fifty addresses.
async fn hold(phase: &Phase, count: usize, address: &str) -> Vec<TcpStream> {
    let mut opening = Vec::new();
    let mut held = Vec::new();
    for n in 0..count {
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
        if opening.len() == 50 || n + 1 == count {
            for one in opening.drain(..) {
                held.push(one.await.expect("no panic"));
            }
        }
    }
    held
}

/// A gateway whose limits are these.
async fn gateway_with(db: &TestDb, connections: &str, limit: &str) -> Gateway {
    let env = [
        ("JUMUN_CONNECTIONS", connections),
        ("JUMUN_TRUSTED_PROXIES", "192.0.2.1"),
        ("JUMUN_HEAD_MS", limit),
        ("JUMUN_BODY_MS", limit),
        ("JUMUN_ANSWER_MS", limit),
        ("JUMUN_IDLE_MS", limit),
        ("RUST_LOG", "warn"),
    ];
    on_fresh_connections(Gateway::start_with(db, &env).await)
}

/// The middle one of some purchases' times.
async fn pace(gateway: &Gateway, db: &TestDb, what: &str) -> Duration {
    let mut times = Vec::new();
    for n in 0..PURCHASES {
        times.push(buy(gateway, db, "u1", &format!("{what}-{n}")).await);
    }
    times.sort();
    times[PURCHASES / 2]
}

async fn nobody_is_left(gateway: &Gateway) {
    eventually("they are gone", || async {
        metric(gateway, OPEN).await <= 4
    })
    .await;
}

/// As long as a purchase may take when it takes so long without a crowd.
fn usual(alone: Duration) -> Duration {
    5 * alone + Duration::from_millis(100)
}

/// The pace beside a crowd. It stays; other work that this machine has comes and goes, so that the best of some counts.
async fn pace_beside(gateway: &Gateway, db: &TestDb, alone: Duration, what: &str) -> Duration {
    let mut best = Duration::MAX;
    for round in 0..5 {
        best = best.min(pace(gateway, db, &format!("{what}-{round}")).await);
        if best <= usual(alone) {
            break;
        }
    }
    best
}

fn compare(phase: &str, before: Duration, beside: Duration, after: Duration) {
    println!(
        "{phase}: a purchase takes {before:.1?}, beside them {beside:.1?}, after them {after:.1?}"
    );
    let alone = before.max(after);
    assert!(
        beside <= usual(alone),
        "{phase}: a purchase takes {beside:?}, alone {alone:?}"
    );
}

/// A shop that does not run out of books.
async fn shop() -> TestDb {
    allow_descriptors();
    let db = TestDb::with_fixture().await;
    db.exec("CALL shop_stock_set(1, 'book', NULL, 'free', '9000', 'for everybody')")
        .await;
    db
}

async fn crowd(connections: u64) {
    let db = shop().await;
    let gateway = gateway_with(&db, &connections.to_string(), "60000").await;
    let address = address(&gateway.base());
    pace(&gateway, &db, "first").await;
    let memory_before = memory(&gateway);
    let mut before = pace(&gateway, &db, "before").await;
    for (number, phase) in phases().iter().enumerate() {
        let held = hold(phase, EACH, &address).await;
        let (least, most) = (connections.min(phase.held), connections.min(EACH as u64));
        // Connections of the test's own may be open as well, or have made others give way.
        let are_there = || async {
            let count = metric(&gateway, OPEN).await;
            assert!(count <= most + 4, "{}: {count} are open", phase.name);
            count >= least * 9 / 10
        };
        eventually(phase.name, are_there).await;
        until_quiet(&gateway).await;
        let beside = pace_beside(&gateway, &db, before, &format!("B{number}")).await;
        assert!(are_there().await, "{}: too few stay", phase.name);
        let grown = memory(&gateway).saturating_sub(memory_before);
        assert!(grown < 160, "{}: {grown} MiB more", phase.name);
        drop(held);
        nobody_is_left(&gateway).await;
        let after = pace(&gateway, &db, &format!("A{number}")).await;
        compare(phase.name, before, beside, after);
        before = after;
    }
    // They come again and again, hundreds in a second, and go when they have to make room.
    let coming: JoinSet<()> = (2..10)
        .map(|last| come_again(last, address.clone()))
        .collect();
    let closed = r#"jumun_connections_closed_total{address="public",why="MadeRoom"} "#;
    let room = metric(&gateway, closed).await + 50;
    if connections < 1000 {
        eventually("they make room", || async {
            metric(&gateway, closed).await > room
        })
        .await;
    }
    let beside = pace_beside(&gateway, &db, before, "B").await;
    drop(coming);
    nobody_is_left(&gateway).await;
    let after = pace(&gateway, &db, "after").await;
    compare("coming again and again", before, beside, after);
    db.assert_audit_clean().await;
}

/// Opens connections that begin a head, and keeps a hundred.
async fn come_again(last: u8, address: String) {
    let mut held = VecDeque::new();
    loop {
        let mut stream = connect_from(last, &address).await;
        // It may have had to make room already.
        stream.write_all(b"GET / HTTP/1.1\r\nX: ").await.ok();
        held.push_back(stream);
        if held.len() > 100 {
            held.pop_front();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn thousands_of_connections_in_every_phase_leave_buyers_alone() {
    crowd(2500).await;
}

#[tokio::test]
async fn so_do_more_than_there_may_be() {
    crowd(300).await;
}

#[tokio::test]
async fn each_of_thousands_is_let_go_by_its_limit() {
    let db = shop().await;
    let gateway = gateway_with(&db, "7000", "2000").await;
    let address = address(&gateway.base());
    let phases = phases();
    let mut held = Vec::new();
    for phase in &phases {
        held.push((phase.name, hold(phase, EACH / 2, &address).await));
    }
    // Closed by the gateway: their owners still hold every one.
    nobody_is_left(&gateway).await;
    for (name, streams) in &mut held {
        for stream in streams {
            until_closed(stream, name).await;
        }
    }
    let closed = r#"jumun_connections_closed_total{address="public",why="#;
    for (why, phases) in [("Body", 1), ("Answer", 1), ("Idle", 1)] {
        let count = metric(&gateway, &format!("{closed}\"{why}\"}} ")).await;
        assert!(count >= phases * EACH as u64 / 2, "{why}: {count}");
    }
}
