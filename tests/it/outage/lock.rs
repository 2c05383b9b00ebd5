//! Somebody holds a lock that every order needs, for much longer than any deadline, while buyers go on.

use super::buyers::Buyers;
use super::*;

const DEADLINE: Duration = Duration::from_millis(1500);
/// An order waits for a lock for a second at a time, so that none is left behind in the database for long.
const LIMITS: [(&str, &str); 4] = [
    ("JUMUN_DEADLINE_MS", "1500"),
    ("JUMUN_ABANDON_MS", "500"),
    ("JUMUN_LOCK_WAIT_SECONDS", "1"),
    ("JUMUN_QUEUE", "4"),
];
const BUYERS: usize = 16;

#[tokio::test]
async fn a_lock_held_for_long_under_buyers_leaves_connections_bounded_and_nothing_half_done() {
    let site = Site::start(&LIMITS).await;
    let Site { db, gateway, .. } = &site;
    let buyers = Buyers::start(db, gateway, BUYERS).await;
    buyers.buy(2 * BUYERS).await;
    let mut holder = db.conn().await;
    let lock = "BEGIN; SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE";
    holder.query_drop(lock).await.expect("a lock");
    let orders = db.count("shop_orders").await;
    let start = Instant::now();
    while start.elapsed() < 3 * DEADLINE {
        // What was given up may wait in the database for a while, and its successor waits as well.
        assert_sessions(db, 2 * POOL + OTHERS).await;
        site.assert_bounded_here().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Whoever was past the lock already may have been acknowledged, and nobody since.
    assert_eq!(
        db.count("shop_orders").await,
        orders,
        "an order without its stock"
    );
    holder.query_drop("COMMIT").await.expect("the lock's end");
    let again = buyers.buy(BUYERS).await;
    assert!(again < DEADLINE + Duration::from_secs(4), "{again:?}");
    let ledger = buyers.stop().await;
    println!("served again after {again:?}, {:#?}", ledger.answers);
    ledger.assert_told_only(&[
        (503, "DEADLINE_EXCEEDED"),
        (503, "LOCK_WAIT_TIMEOUT"),
        (503, "OVERLOADED"),
        (504, "OUTCOME_UNKNOWN"),
    ]);
    for code in ["DEADLINE_EXCEEDED", "OVERLOADED"] {
        let told = ledger.answers.get(&(503, code.to_owned()));
        assert!(
            told.is_some_and(|told| told.times > 0),
            "{:#?}",
            ledger.answers
        );
    }
    assert!(
        ledger.longest() < DEADLINE + Duration::from_secs(2),
        "{:#?}",
        ledger.answers
    );
    ledger.assert_kept(db).await;
    site.assert_bounded().await;
}
