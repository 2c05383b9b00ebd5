//! The database server restarts under buyers: killed, as by a power cut, or shut down in order, as for an update.

use super::buyers::Buyers;
use super::*;

/// What callers may be told besides success. Calls wait for a server that comes back within their deadline, so most
/// of them are only late.
const RESTARTING: [(u16, &str); 4] = [
    (503, "OVERLOADED"),
    (503, "DATABASE_UNAVAILABLE"),
    (503, "DEADLINE_EXCEEDED"),
    (504, "OUTCOME_UNKNOWN"),
];
const BUYERS: usize = 16;

/// `stop` takes the server away; when it returns, it is gone.
async fn restarts(stop: impl Fn(&mut PrivateServer)) {
    let mut server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    let site = Site::of(db, &[]).await;
    let Site { db, gateway, .. } = &site;
    let buyers = Buyers::start(db, gateway, BUYERS).await;
    for round in 1..=2 {
        buyers.buy(4 * BUYERS).await;
        let start = Instant::now();
        stop(&mut server);
        let gone = start.elapsed();
        server.restart().await;
        let back = start.elapsed();
        let again = buyers.buy(1).await;
        println!("round {round}: gone after {gone:?}, back after {back:?}, served {again:?} later");
        assert!(again < Duration::from_secs(2), "{again:?}");
        site.assert_bounded().await;
    }
    site.ready().await;
    buyers.buy(4 * BUYERS).await;
    let ledger = buyers.stop().await;
    println!("{:#?}", ledger.answers);
    ledger.assert_told_only(&RESTARTING);
    // Only what may not be repeated is unknown, and only where it was under way.
    let unknown = ledger.answers.get(&(504, "OUTCOME_UNKNOWN".to_owned()));
    let unknown = i64::try_from(unknown.map_or(0, |told| told.times)).expect("few");
    assert!(unknown <= 2 * POOL, "{unknown}");
    ledger.assert_kept(db).await;
    site.assert_bounded().await;
}

// Stopping a server blocks the thread of the test; the buyers have others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_under_buyers_loses_no_order_that_was_acknowledged() {
    restarts(PrivateServer::kill9).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_shut_down_under_buyers_loses_no_order_that_was_acknowledged() {
    restarts(PrivateServer::shut_down).await;
}
