//! The proxy of the harness: what the tests of outages and the benchmark rely on.

use std::time::{Duration, Instant};

use crate::support::*;
use mysql_async::Opts;

/// A table for marks, and a connection through the proxy.
async fn marks(proxy: &Proxy, db: &TestDb) -> Conn {
    db.exec("CREATE TABLE marks (mark VARCHAR(20) PRIMARY KEY) ENGINE = InnoDB")
        .await;
    through(proxy, db).await
}

async fn through(proxy: &Proxy, db: &TestDb) -> Conn {
    let opts = Opts::from_url(&proxy.url(&db.admin_url())).unwrap();
    let opts = mysql_async::OptsBuilder::from_opts(opts).prefer_socket(false);
    Conn::new(opts).await.expect("a connection by the proxy")
}

/// One packet.
async fn mark(conn: &mut Conn, mark: &str) -> mysql_async::Result<()> {
    conn.query_drop(format!("INSERT INTO marks VALUES ('{mark}')"))
        .await
}

/// The shortest of many round trips.
async fn round_trip(conn: &mut Conn) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..100 {
        let start = Instant::now();
        conn.ping().await.unwrap();
        shortest = shortest.min(start.elapsed());
    }
    shortest
}

#[tokio::test]
async fn distance_is_added_to_every_round_trip_and_takes_away_no_bandwidth() {
    let db = TestDb::empty().await;
    let straight = round_trip(&mut db.conn().await).await;
    let near = Proxy::start(&db.admin_url());
    let near = round_trip(&mut through(&near, &db).await).await;
    let half = Duration::from_micros(500);
    let far = Proxy::with_delay(&db.admin_url(), half);
    let far = round_trip(&mut through(&far, &db).await).await;
    println!("round trip {straight:?}, by the proxy {near:?}, with 1 ms {far:?}");
    assert!(far >= 2 * half, "{far:?}");
    assert!(
        far < straight + 2 * half + Duration::from_millis(3),
        "{far:?}"
    );
    assert!(near < straight + Duration::from_millis(3), "{near:?}");

    // Eight megabytes are a hundred chunks and more: one after the other they would take ten seconds.
    let far = Proxy::with_delay(&db.admin_url(), Duration::from_millis(100));
    let mut conn = through(&far, &db).await;
    let start = Instant::now();
    let text: Option<String> = conn
        .query_first("SELECT REPEAT('x', 8000000)")
        .await
        .unwrap();
    assert_eq!(text.map(|text| text.len()), Some(8_000_000));
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(200) && took < Duration::from_secs(5),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_packet_is_cut_off_before_it_is_sent_after_it_and_before_its_answer() {
    let db = TestDb::empty().await;
    let proxy = Proxy::start(&db.admin_url());
    let mut conn = marks(&proxy, &db).await;
    let there = |name: &'static str| {
        let db = &db;
        async move {
            db.int(&format!("SELECT COUNT(*) FROM marks WHERE mark = '{name}'"))
                .await
                == 1
        }
    };

    proxy.arm(Cut::before("early"));
    mark(&mut conn, "other").await.unwrap();
    mark(&mut conn, "early").await.unwrap_err();
    proxy.reached(1).await;
    assert!(there("other").await && !there("early").await);

    let mut conn = through(&proxy, &db).await;
    proxy.arm(Cut::before_answer_to("late"));
    mark(&mut conn, "late").await.unwrap_err();
    assert!(
        there("late").await,
        "it is committed when the client is cut off"
    );

    // A statement that waits goes on without its client.
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; INSERT INTO marks VALUES ('meanwhile')")
        .await
        .unwrap();
    let mut conn = through(&proxy, &db).await;
    proxy.arm(Cut::after("meanwhile").and_everything());
    let statement = "INSERT INTO marks VALUES (?), (?)";
    conn.exec_drop(statement, ("meanwhile", "on its own"))
        .await
        .unwrap_err();
    proxy.reached(3).await;
    assert!(!there("on its own").await);
    holder.query_drop("ROLLBACK").await.unwrap();
    eventually("the statement is done", || there("on its own")).await;

    let opts = Opts::from_url(&proxy.url(&db.admin_url())).unwrap();
    Conn::new(opts).await.unwrap_err();
    proxy.restore().await;
    let mut conn = through(&proxy, &db).await;
    mark(&mut conn, "again").await.unwrap();
    assert_eq!(proxy.seen().open, 1);
}

#[tokio::test]
async fn what_a_client_has_closed_is_not_counted_with_what_it_opens_next() {
    let db = TestDb::empty().await;
    let proxy = Proxy::start(&db.admin_url());
    let mut conn = marks(&proxy, &db).await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; INSERT INTO marks VALUES ('held')")
        .await
        .unwrap();
    // Left alone in the middle of a statement: the server goes on with it, and so does its half of the line.
    let left = tokio::time::timeout(Duration::from_millis(200), mark(&mut conn, "held")).await;
    left.unwrap_err();
    drop(conn);
    let other = through(&proxy, &db).await;
    let seen = proxy.seen();
    assert_eq!((seen.open, seen.most, seen.accepted), (2, 1, 2));
    let more = through(&proxy, &db).await;
    assert_eq!(proxy.seen().most, 2);
    holder.query_drop("ROLLBACK").await.unwrap();
    for conn in [other, more] {
        conn.disconnect().await.unwrap();
    }
    eventually("all are closed", || async { proxy.seen().open == 0 }).await;
}

#[tokio::test]
async fn a_line_is_cut_and_restored_and_falls_silent() {
    let db = TestDb::empty().await;
    let proxy = Proxy::start(&db.admin_url());
    let mut conn = marks(&proxy, &db).await;
    proxy.cut().await;
    mark(&mut conn, "a").await.unwrap_err();
    let opts = Opts::from_url(&proxy.url(&db.admin_url())).unwrap();
    let refused = Conn::new(opts).await.unwrap_err();
    assert!(refused.to_string().contains("refused"), "{refused}");
    proxy.restore().await;
    let mut conn = through(&proxy, &db).await;

    for way in [Way::ToServer, Way::ToClient] {
        proxy.hold(&[way]);
        let name = format!("{way:?}");
        let silent = tokio::time::timeout(Duration::from_millis(200), mark(&mut conn, &name)).await;
        assert!(silent.is_err(), "{silent:?}");
        let done = db.count("marks").await;
        assert_eq!(done, i64::from(way == Way::ToClient), "{way:?}");
        proxy.release();
        let sql = format!("SELECT COUNT(*) FROM marks WHERE mark = '{name}'");
        eventually("it gets through", || async { db.int(&sql).await == 1 }).await;
        conn = through(&proxy, &db).await;
        db.exec("DELETE FROM marks").await;
    }
}
