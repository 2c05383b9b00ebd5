//! Several products that run out while many buy several of them at once, single stock rows and slots, with units that
//! lapsed orders hold: what is there is sold and no more, what is short is named, and nobody is answered with a deadlock.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;

use super::*;

const CALLERS: usize = 12;
const ORDERS: usize = 8; // of each
/// The wraps share a stock row.
const PRODUCTS: [(&str, &str, &str); 5] = [
    ("book", NO_OPTION, NO_OPTION),
    ("lamp", NO_OPTION, NO_OPTION),
    ("pen", NO_OPTION, NO_OPTION),
    ("shirt", "wrap-a", "wrap"),
    ("shirt", "wrap-b", "wrap"),
];
/// Free units of each stock row, and as many that lapsed orders hold.
const UNITS: i64 = 40;

async fn run_out(slots: u32) {
    let db = TestDb::with_fixture().await;
    db.exec(&format!(
        "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, {0} - free, 'count', 'test', UTC_TIMESTAMP(6) FROM shop_stock
         WHERE shop_id = 1 AND free <> {0};
         UPDATE shop_stock SET free = {0} WHERE shop_id = 1;
         UPDATE shops SET total_tolerance = 1000000000",
        2 * UNITS
    ))
    .await;
    for product in ["book", "shirt"] {
        db.slots(product, slots).await;
    }
    // Half of everything is held by orders that nobody pays any more.
    let mut conn = db.conn_as_gateway().await;
    for number in 0..UNITS / 4 {
        let user = format!("lapsed{number}");
        let mut ids = Vec::new();
        for (product, option, units) in [
            ("book", NO_OPTION, 4),
            ("lamp", NO_OPTION, 4),
            ("pen", NO_OPTION, 4),
            ("shirt", "wrap-a", 4),
        ] {
            ids.push(db.add_cart(1, &user, product, option, units).await);
        }
        let number = format!("L{number}");
        ok(&guest_order(&number, &user, &ids, "1").call(&mut conn).await);
        db.let_expire(&number).await;
    }

    let mut rows = Vec::new();
    let mut wanted = BTreeMap::new();
    for buyer in 0..CALLERS * ORDERS {
        let mut products = PRODUCTS;
        products.shuffle(&mut rand::rng());
        for (number, (product, option, _)) in products[..3].iter().enumerate() {
            let seq_no = 1_000_000 + buyer * 3 + number;
            rows.push(format!(
                "({seq_no}, 1, 'b{buyer}', '{product}', '{option}', {}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                number + 1
            ));
        }
        wanted.insert(buyer, products);
    }
    db.exec(&format!(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         VALUES {}",
        rows.join(", ")
    ))
    .await;
    let answers = storm(&db, CALLERS, |caller, mut conn| async move {
        let mut answers = Vec::new();
        for number in 0..ORDERS {
            let buyer = caller * ORDERS + number;
            let first = i64::try_from(1_000_000 + buyer * 3).unwrap();
            let ids: Vec<i64> = (first..first + 3).rev().collect();
            let order = guest_order(&format!("T{buyer}"), &format!("b{buyer}"), &ids, "1");
            answers.push((buyer, order.call(&mut conn).await));
        }
        answers
    })
    .await;
    let mut sold: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut refused = 0;
    for (buyer, answer) in answers.iter().flatten() {
        if answer.is_err() {
            assert_eq!(code(answer), "OUT_OF_STOCK");
            refused += 1;
            continue;
        }
        for ((product, _, stock), units) in wanted[buyer][..3].iter().zip(1..) {
            *sold.entry((product, stock)).or_default() += units;
        }
    }
    let made = CALLERS * ORDERS - refused;
    assert!(refused > 0 && made > 30, "{made} made, {refused} refused");
    assert_eq!(
        db.count("shop_cart").await,
        i64::try_from(3 * refused).unwrap()
    );
    let held = "SELECT product_id, option_hash, CAST(SUM(CASE WHEN o.order_number LIKE 'L%' THEN 0 ELSE r.quantity END) AS SIGNED) AS sold,
                       CAST(SUM(r.quantity) AS SIGNED) AS held
                FROM shop_stock_reservations r JOIN shop_orders o ON o.seq_no = r.order_seq_no
                WHERE r.state = 'held' GROUP BY product_id, option_hash";
    for row in db.rows(held).await {
        let (product, option) = (row.str("product_id"), row.str("option_hash"));
        assert_eq!(
            row.int("sold"),
            sold[&(product.as_str(), option.as_str())],
            "{row:?}"
        );
        let free = db.free_stock(&product, &option).await;
        assert!(
            free >= 0 && free + row.int("held") == 2 * UNITS,
            "{row:?}, {free} are free"
        );
    }
    // Whoever was refused could not have been served: of something that he wants there is too little, held or lapsed.
    for (buyer, answer) in answers.iter().flatten() {
        let all_there = (wanted[buyer][..3].iter())
            .zip(1..)
            .all(|((product, _, stock), units)| {
                let gone = sold.get(&(*product, *stock)).copied().unwrap_or(0);
                2 * UNITS - gone >= units + 3
            });
        assert!(
            answer.is_ok() || !all_there,
            "{buyer} was refused: {answer:?}"
        );
    }
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn products_that_run_out_are_sold_to_the_last_unit_and_not_beyond() {
    run_out(1).await;
}

#[tokio::test]
async fn products_in_slots_that_run_out_are_sold_to_the_last_unit_and_not_beyond() {
    run_out(3).await;
}
