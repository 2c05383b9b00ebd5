//! Row 7: under load a few orders are always missing. Buyers who want the same products in every possible order
//! never deadlock: no call is answered with 1213, and no order is lost.

use rand::seq::SliceRandom;

use super::*;

const CALLERS: usize = 16;
const ORDERS: usize = 20; // of each caller
/// The two wraps are taken from one stock row.
const PRODUCTS: [(&str, &str); 10] = [
    ("book", NO_OPTION),
    ("chair", NO_OPTION),
    ("ink", NO_OPTION),
    ("lamp", NO_OPTION),
    ("pen", NO_OPTION),
    ("rice", NO_OPTION),
    ("shirt", "blue"),
    ("shirt", "red"),
    ("shirt", "wrap-a"),
    ("shirt", "wrap-b"),
];

#[tokio::test]
async fn no_order_is_lost_to_a_deadlock_over_shared_products() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shop_stock SET free = 10000 WHERE shop_id = 1;
         DROP TRIGGER IF EXISTS tr_shop_stock_ledger_delete; DELETE FROM shop_stock_ledger;
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, free, 'more', 'test', UTC_TIMESTAMP(6) FROM shop_stock;
         UPDATE shops SET total_tolerance = 1000000",
    )
    .await;
    // Every buyer's cart rows name five of the products, in an order of their own.
    let mut rows = Vec::new();
    for buyer in 0..CALLERS * ORDERS {
        let mut products = PRODUCTS;
        products.shuffle(&mut rand::rng());
        for (number, (product, option)) in products[..5].iter().enumerate() {
            let seq_no = buyer * 5 + number + 1;
            rows.push(format!(
                "({seq_no}, 1, 'b{buyer}', '{product}', '{option}', {}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                number + 1
            ));
        }
    }
    db.exec(&format!("INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date) VALUES {}", rows.join(", ")))
        .await;

    let answers = storm(&db, CALLERS, |caller, mut conn| async move {
        let mut answers = Vec::new();
        for number in 0..ORDERS {
            let buyer = caller * ORDERS + number;
            let first = i64::try_from(buyer * 5 + 1).unwrap();
            // Named backwards: the order of a request must not matter either.
            let ids: Vec<i64> = (first..first + 5).rev().collect();
            let order = guest_order(&format!("T{buyer}"), &format!("b{buyer}"), &ids, "300000");
            answers.push(order.call(&mut conn).await);
        }
        answers
    })
    .await;
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    let deadlocks = answers
        .iter()
        .filter(|a| a.as_ref().is_err_and(|e| e.errno == 1213))
        .count();
    assert_eq!(
        deadlocks,
        0,
        "of {} orders so many were answered with 1213",
        answers.len()
    );
    for answer in &answers {
        assert_eq!(ok(answer).int("replayed"), 0);
    }
    assert_eq!(
        db.count("shop_orders").await,
        i64::try_from(CALLERS * ORDERS).unwrap()
    );
    assert_eq!(db.count("shop_cart").await, 0);
    // 1 + 2 + 3 + 4 + 5 units of each buyer
    let units = "SELECT CAST(SUM(10000 - free) AS SIGNED) FROM shop_stock WHERE shop_id = 1";
    assert_eq!(
        db.int(units).await,
        i64::try_from(CALLERS * ORDERS * 15).unwrap()
    );
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
