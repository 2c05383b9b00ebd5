//! Row 15: negative stock for years. The last unit and 200 callers: one order. With each way of keeping stock.

use super::*;

const SESSIONS: usize = 32;
const CALLERS: usize = 200;
/// Products, each with its option.
type Item = (&'static str, &'static str);
const LAST: Item = ("last", NO_OPTION);
const RED: Item = ("shirt", "red");
const WRAPS: [Item; 2] = [("shirt", "wrap-a"), ("shirt", "wrap-b")];

#[tokio::test]
async fn the_last_unit_is_sold_once() {
    let db = TestDb::with_fixture().await;
    last_unit(&db, LAST, &[LAST], 7_000).await;
}

#[tokio::test]
async fn the_last_unit_in_one_of_many_slots_is_sold_once() {
    let db = TestDb::with_fixture().await;
    db.slots("last", 16).await;
    last_unit(&db, LAST, &[LAST], 7_000).await;
}

#[tokio::test]
async fn the_last_unit_of_an_option_is_sold_once() {
    let db = TestDb::with_fixture().await;
    one_shirt_left(&db, "red").await;
    last_unit(&db, RED, &[RED], 18_000).await;
}

#[tokio::test]
async fn the_last_unit_of_an_option_in_one_of_many_slots_is_sold_once() {
    let db = TestDb::with_fixture().await;
    db.slots("shirt", 16).await;
    one_shirt_left(&db, "red").await;
    last_unit(&db, RED, &[RED], 18_000).await;
}

#[tokio::test]
async fn the_last_unit_of_two_options_with_one_stock_row_is_sold_once() {
    let db = TestDb::with_fixture().await;
    one_shirt_left(&db, "wrap").await;
    last_unit(&db, ("shirt", "wrap"), &WRAPS, 18_500).await;
}

#[tokio::test]
async fn the_last_unit_of_two_options_in_one_of_many_slots_is_sold_once() {
    let db = TestDb::with_fixture().await;
    db.slots("shirt", 16).await;
    one_shirt_left(&db, "wrap").await;
    last_unit(&db, ("shirt", "wrap"), &WRAPS, 18_500).await;
}

async fn one_shirt_left(db: &TestDb, stock_option: &str) {
    db.exec(&format!(
        "CALL shop_stock_set(1, 'shirt', '{stock_option}', 'free', '1', 'one left')"
    ))
    .await;
}

/// The last one alone, and in a set of its own, for the same money.
async fn last_in_a_set(slots: u32) {
    let db = TestDb::with_fixture().await;
    db.slots("last", slots).await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'lastset', 'Set', 7000, 1);
         INSERT INTO shop_set_parts (shop_id, product_id, part_product_id) VALUES (1, 'lastset', 'last')",
    )
    .await;
    last_unit(&db, LAST, &[LAST, ("lastset", NO_OPTION)], 7_000).await;
}

#[tokio::test]
async fn the_last_unit_of_a_product_and_of_a_set_with_it_is_sold_once() {
    last_in_a_set(1).await;
}

#[tokio::test]
async fn the_last_unit_of_a_product_in_slots_and_of_a_set_with_it_is_sold_once() {
    last_in_a_set(16).await;
}

/// Buyers, each of the next of the items, which take from one stock row with one unit.
async fn last_unit(db: &TestDb, stock: Item, items: &[Item], total: u32) {
    let rows: Vec<String> = (1..=CALLERS)
        .map(|n| {
            let (product, option) = items[n % items.len()];
            format!(
                "({n}, 1, 'b{n}', '{product}', '{option}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
            )
        })
        .collect();
    db.exec(&format!("INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date) VALUES {}", rows.join(", ")))
        .await;
    let answers = storm(db, SESSIONS, |session, mut conn| async move {
        let mut answers = Vec::new();
        for buyer in (session + 1..=CALLERS).step_by(SESSIONS) {
            let id = i64::try_from(buyer).unwrap();
            let (number, user) = (format!("T{buyer}"), format!("b{buyer}"));
            let order = guest_order(&number, &user, &[id], &total.to_string());
            answers.push(order.call(&mut conn).await);
        }
        answers
    })
    .await;
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    assert_eq!(answers.len(), CALLERS);
    let (orders, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_ok());
    assert_eq!(orders.len(), 1, "{orders:?}");
    for other in others {
        assert_eq!(code(other), "OUT_OF_STOCK");
        let shortage = other.as_ref().unwrap_err().sets.set(1);
        assert_eq!(shortage.column("wanted"), ["1"]);
        assert_eq!(shortage.column("free"), ["0"]);
    }
    let held = db
        .row("SELECT COUNT(*) AS n, SUM(quantity) AS units FROM shop_stock_reservations")
        .await;
    assert_eq!((held.int("n"), held.int("units")), (1, 1));
    assert_eq!(db.free_stock(stock.0, stock.1).await, 0);
    assert_eq!(db.count("shop_orders").await, 1);
    assert_eq!(
        db.count("shop_cart").await,
        i64::try_from(CALLERS - 1).unwrap(),
        "theirs are untouched"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn as_many_orders_as_units_and_no_unit_left_behind() {
    ten_wraps(&TestDb::with_fixture().await).await;
}

#[tokio::test]
async fn as_many_orders_as_units_and_no_unit_left_behind_in_any_slot() {
    let db = TestDb::with_fixture().await;
    // Ten units over four slots: some orders of two have to take them from two rows.
    db.slots("shirt", 4).await;
    ten_wraps(&db).await;
}

async fn ten_wraps(db: &TestDb) {
    // 10 wraps under two options; 16 buyers want 1 or 2 of them.
    let mut orders = Vec::new();
    for buyer in 0..16_u32 {
        let option = if buyer % 2 == 0 { "wrap-a" } else { "wrap-b" };
        let quantity = 1 + buyer % 2;
        let cart_id = db
            .add_cart(1, &format!("b{buyer}"), "shirt", option, quantity)
            .await;
        let total = (quantity * 15_500 + 3000).to_string();
        orders.push(guest_order(
            &format!("T{buyer}"),
            &format!("b{buyer}"),
            &[cart_id],
            &total,
        ));
    }
    let answers = storm(db, 16, |buyer, mut conn| {
        let order = orders[buyer].clone();
        async move { order.call(&mut conn).await }
    })
    .await;
    let taken: i64 = answers
        .iter()
        .zip(0..)
        .map(|(answer, buyer)| if answer.is_ok() { 1 + buyer % 2 } else { 0 })
        .sum();
    let free = db.free_stock("shirt", "wrap").await;
    assert_eq!(taken + free, 10);
    for (answer, buyer) in answers.iter().zip(0..) {
        if answer.is_err() {
            assert_eq!(code(answer), "OUT_OF_STOCK");
            assert!(
                free < 1 + buyer % 2,
                "refused {} with {free} free",
                1 + buyer % 2
            );
        }
    }
    db.assert_audit_clean().await;
}
