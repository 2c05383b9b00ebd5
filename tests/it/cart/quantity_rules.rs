//! How many units of a product an order, or a buyer, may have: known beforehand in cart and quote, upper limits when units
//! are added, all of it inside the order.

use serde_json::json;

use super::{cart_of, fates};
use crate::order::shop_order_quote::quote;
use crate::support::*;

const NONE: Option<&str> = None;

async fn rule(db: &TestDb, product: &str, rules: &str) {
    db.exec(&format!(
        "UPDATE shop_products SET {rules} WHERE product_id = '{product}'"
    ))
    .await;
}

async fn add(conn: &mut Conn, product: &str, option: &str, quantity: u32) -> String {
    let params = (1, "u1", product, option, quantity.to_string());
    match call(conn, "add_shop_cart", params).await {
        Ok(_) => "OK".to_owned(),
        Err(error) => {
            assert_eq!(error.row().str("field"), "quantity");
            format!("{}: {}", error.code(), error.row().str("detail"))
        }
    }
}

/// An order of these rows, and what stands against it.
async fn order(conn: &mut Conn, number: &str, ids: &[i64], total: &str) -> String {
    let order = OrderCall::new(number, ids).client_total(total);
    match order.call(conn).await {
        Ok(_) => "OK".to_owned(),
        Err(error) => {
            error.expect_code("QUANTITY_NOT_ALLOWED");
            assert_eq!(error.row().str("more"), "lines");
            let kept = error.sets.set(1).column("quantity_kept");
            format!("{} {kept:?}", error.row().str("detail"))
        }
    }
}

#[tokio::test]
async fn an_order_has_at_least_at_most_and_a_multiple() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    rule(
        &db,
        "book",
        "min_quantity = 4, max_quantity = 12, quantity_step = 4",
    )
    .await;
    // (books, what is said): 4, 8 and 12 are multiples of 4 from 4 to 12.
    let cases = [
        (1, r#"book: at least 4 ["0"]"#),
        (3, r#"book: at least 4 ["0"]"#),
        (6, r#"book: a multiple of 4 ["0"]"#),
        (13, r#"book: at most 12 ["0"]"#),
        (16, r#"book: at most 12 ["0"]"#),
        (4, "OK"),
        (12, "OK"),
    ];
    for (books, said) in cases {
        let id = db.add_cart(1, "u1", "book", NO_OPTION, books).await;
        // Known beforehand, in the cart and in a quote.
        let kept = i64::from(said == "OK");
        let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
            .await
            .unwrap();
        let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{id}]")).await;
        let quoted = quoted.unwrap();
        for line in [&cart.set(1).rows[0], &quoted.set(1).rows[0]] {
            let rules = ["min_quantity", "max_quantity", "quantity_step"];
            assert_eq!(rules.map(|name| line.int(name)), [4, 12, 4]);
            assert_eq!(line.int("quantity_kept"), kept, "{books}");
            assert_eq!(line.int("orderable"), 1);
        }
        let total = (books * 10_000).to_string();
        let number = format!("T{books}");
        assert_eq!(order(&mut conn, &number, &[id], &total).await, said);
        db.exec("DELETE FROM shop_cart").await;
    }
    assert_eq!(db.count("shop_orders").await, 2);
    // 4 + 12 = 16 of 100 are gone.
    assert_eq!(db.free_stock("book", NO_OPTION).await, 84);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn all_options_of_a_product_count_together_and_no_rule_is_no_rule() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    rule(&db, "shirt", "min_quantity = 3, max_quantity = 5").await;
    let red = db.add_cart(1, "u1", "shirt", "red", 2).await;
    let blue = db.add_cart(1, "u1", "shirt", "blue", 2).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    // Red ones alone are 2, less than 3; both are 4. In the cart they are together, whatever is ordered of it.
    let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    assert_eq!(cart.set(1).column("quantity_kept"), ["1", "1", "1"]);
    assert_eq!(cart.set(1).column("min_quantity"), ["3", "3", ""]);
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{red},{lamp}]")).await;
    assert_eq!(quoted.unwrap().set(1).column("quantity_kept"), ["0", "1"]);
    let said = order(&mut conn, "T1", &[red, lamp], "53000").await;
    assert_eq!(said, r#"shirt: at least 3 ["0", "1"]"#);
    // A seventh: 2 + 2 + 1 = 5 is the most, and 6 are too many, of whatever option.
    assert_eq!(add(&mut conn, "shirt", "wrap-a", 1).await, "OK");
    for option in ["red", "wrap-b"] {
        let said = add(&mut conn, "shirt", option, 1).await;
        assert_eq!(said, "QUANTITY_NOT_ALLOWED: at most 5");
    }
    let more = (1, "u1", red.to_string(), "3");
    let error = call(&mut conn, "update_shop_cart", more).await.unwrap_err();
    error.expect_code("QUANTITY_NOT_ALLOWED");
    // A row may always become smaller, also where all together are still too many.
    rule(&db, "shirt", "max_quantity = 3").await;
    let fewer = (1, "u1", red.to_string(), "1");
    call(&mut conn, "update_shop_cart", fewer).await.unwrap();
    let ids = [red, blue, lamp];
    // 15,000 + 2 × 16,000 + 20,000 and the parcel, 3,000; 1 + 2 shirts are 3.
    assert_eq!(order(&mut conn, "T2", &ids, "70000").await, "OK");
    // 0 and 1 are no rules; nothing but NULL costs no look.
    rule(&db, "book", "min_quantity = 0, quantity_step = 0").await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 7).await;
    assert_eq!(order(&mut conn, "T3", &[book], "70000").await, "OK");
    let looked = "SELECT GROUP_CONCAT(product_id ORDER BY product_id) FROM shop_offers
                  WHERE orderable = 2 AND option_hash = '__noopt__'";
    assert_eq!(db.text(looked).await, "book");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_buyer_has_at_most_so_many_within_some_days() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    rule(&db, "book", "member_quantity = 5, member_days = 30").await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 3).await;
    assert_eq!(order(&mut conn, "T1", &[id], "30000").await, "OK");
    // 3 are ordered, 2 are left; the other buyer has his own 5.
    assert_eq!(
        add(&mut conn, "book", "", 3).await,
        "QUANTITY_NOT_ALLOWED: at most 5 for one buyer in 30 days, 3 ordered"
    );
    assert_eq!(add(&mut conn, "book", "", 2).await, "OK");
    let other = db.add_cart(1, "u2", "book", NO_OPTION, 5).await;
    OrderCall::new("U1", &[other])
        .user(1, "u2")
        .client_total("50000")
        .call(&mut conn)
        .await
        .unwrap();
    // A hand writes a third one: 3 + 3 are 6.
    db.exec("UPDATE shop_cart SET quantity = 3 WHERE user_id = 'u1'")
        .await;
    let id = db.int("SELECT seq_no FROM shop_cart").await;
    let said = r#"book: at most 5 for one buyer in 30 days, 3 ordered ["1"]"#;
    assert_eq!(order(&mut conn, "T2", &[id], "30000").await, said);
    let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    // That is known of one order; what was ordered before is looked at when somebody orders.
    assert_eq!(cart.set(1).column("quantity_kept"), ["1"]);
    assert_eq!(cart.set(1).column("member_quantity"), ["5"]);
    assert_eq!(cart.set(1).column("member_days"), ["30"]);
    // An order that ended does not count; what it had goes back into the cart whatever the rule says.
    call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 6"]);
    let said = r#"book: at most 5 for one buyer in 30 days ["1"]"#;
    assert_eq!(order(&mut conn, "T3", &[id], "60000").await, said);
    call(
        &mut conn,
        "update_shop_cart",
        (1, "u1", id.to_string(), "5"),
    )
    .await
    .unwrap();
    assert_eq!(order(&mut conn, "T4", &[id], "50000").await, "OK");
    // Thirty days later there are five again.
    assert_ne!(add(&mut conn, "book", "", 1).await, "OK");
    db.without_triggers().await;
    db.exec("UPDATE shop_orders SET order_date = order_date - INTERVAL 31 DAY")
        .await;
    assert_eq!(add(&mut conn, "book", "", 5).await, "OK");
    // For ever is longer.
    rule(&db, "book", "member_days = NULL").await;
    assert_eq!(
        add(&mut conn, "book", "", 1).await,
        "QUANTITY_NOT_ALLOWED: at most 5 for one buyer, 5 ordered"
    );
}

#[tokio::test]
async fn what_is_too_much_is_refused_wherever_it_is_added() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    rule(&db, "book", "max_quantity = 5").await;
    let items = json!([
        {"product_id": "book", "quantity": 4},
        {"product_id": "book", "quantity": 2},
        {"product_id": "book", "quantity": 1},
        {"product_id": "pen", "quantity": 99_999},
        {"product_id": "pen", "quantity": 1},
    ]);
    let params = (1, "u1", NONE, NONE, NONE, items.to_string(), NONE, NONE);
    let answer = call(&mut conn, "add_shop_cart_items", params)
        .await
        .unwrap();
    assert_eq!(
        fates(&answer),
        [
            "book __noopt__ 4: OK → 4",
            "book __noopt__ 2: QUANTITY_NOT_ALLOWED quantity → 4",
            "book __noopt__ 1: OK → 5",
            "pen __noopt__ 99999: OK → 99999",
            "pen __noopt__ 1: INVALID_INPUT quantity → 99999",
        ]
    );
    let told = answer.first().json("items_json");
    assert_eq!(told[1]["detail"], "at most 5");
    // A guest's books do not fit to the member's five, and stay whole; where the member has none they move as they are.
    db.add_cart(1, "guest-1", "book", NO_OPTION, 1).await;
    let merge = (1, "guest-1", "u1");
    let answer = call(&mut conn, "merge_shop_cart", merge).await.unwrap();
    let row = answer.first();
    assert_eq!((row.int("moved"), row.int("kept")), (0, 1));
    let told = row.json("items_json");
    assert_eq!(told[0]["code"], "QUANTITY_NOT_ALLOWED");
    assert_eq!(told[0]["field"], "quantity");
    db.exec("UPDATE shop_cart SET quantity = 9 WHERE user_id = 'guest-1'")
        .await;
    let merge = (1, "guest-1", "u2");
    let answer = call(&mut conn, "merge_shop_cart", merge).await.unwrap();
    assert_eq!(answer.first().int("moved"), 1);
    assert_eq!(answer.set(1).column("quantity_kept"), ["0"]);
    db.assert_audit_clean().await;
    // What an offer says of its rules is compared with the product.
    db.exec("UPDATE shop_offers SET quantity_rules = 0 WHERE product_id = 'book'")
        .await;
    let found = "SELECT fault FROM v_offers_compared WHERE product_id = 'book'";
    assert_eq!(db.text(found).await, "is not as its product is");
    db.exec("CALL shop_offers_repair(NULL)").await;
    db.assert_audit_clean().await;
}
