//! What the cart and the quote say of a line before an order is refused for it: how many units are left, and what the
//! product cost when it was put in.

use super::*;
use crate::order::shop_order_quote::quote;

/// `product stock_left added_price` of every line, in the cart and, the same, in a quote of all of it.
async fn said(db: &TestDb) -> Vec<String> {
    let mut conn = db.conn_as_gateway().await;
    let cart = db
        .call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await;
    let cart = cart.unwrap();
    let ids = cart.set(1).column("cart_id").join(",");
    let quoted = quote(db, &mut conn, 1, "u1", &format!("[{ids}]")).await;
    let quoted = quoted.unwrap();
    let words = |set: &Set| -> Vec<String> {
        let word = |row: &Row, name: &str| row.opt(name).unwrap_or_else(|| "-".to_owned());
        set.rows
            .iter()
            .map(|row| {
                let names = ["product_id", "stock_left", "added_price"];
                names.map(|name| word(row, name)).join(" ")
            })
            .collect()
    };
    assert_eq!(words(cart.set(1)), words(quoted.set(1)));
    words(cart.set(1))
}

#[tokio::test]
async fn a_line_says_how_many_units_are_left_when_they_are_too_few() {
    let db = TestDb::with_fixture().await;
    // 100 lamps on one row, 10 gift wraps shared by two options, 50 red shirts over four slots, none, and one that is
    // no product.
    for (product, option, quantity) in [
        ("lamp", NO_OPTION, 100),
        ("book", NO_OPTION, 101),
        ("shirt", "wrap-a", 11),
        ("shirt", "blue", 50),
        ("none", NO_OPTION, 1),
    ] {
        db.add_cart(1, "u1", product, option, quantity).await;
    }
    db.slots("shirt", 4).await;
    db.add_cart(1, "u1", "shirt", "red", 51).await;
    db.exec(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date)
         VALUES (1, 'u1', 'nosuch', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
    )
    .await;
    assert_eq!(
        said(&db).await,
        [
            "lamp - 20000.00",
            "book 100 10000.00",
            "shirt 10 15500.00",
            "shirt - 16000.00",
            "none 0 7000.00",
            "shirt 50 15000.00",
            "nosuch 0 -",
        ]
    );
}

/// Every column of every line of u1's cart, as the cart read and a quote of all of it answer them.
async fn read_and_quoted(db: &TestDb) -> [Vec<Vec<Option<String>>>; 2] {
    let mut conn = db.conn_as_gateway().await;
    let cart = db
        .call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await;
    let cart = cart.unwrap();
    let ids = cart.set(1).column("cart_id").join(",");
    let quoted = quote(db, &mut conn, 1, "u1", &format!("[{ids}]")).await;
    let quoted = quoted.unwrap();
    assert_eq!(cart.set(1).columns, quoted.set(1).columns);
    [cart.set(1), quoted.set(1)].map(|set| {
        let row = |row: &Row| set.columns.iter().map(|name| row.opt(name)).collect();
        set.rows.iter().map(row).collect()
    })
}

/// A quote of what can be ordered as it is answers its lines by a statement of its own.
#[tokio::test]
async fn a_quote_says_of_each_line_what_the_cart_says() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_products SET product_thumb_img_url = CONCAT('/', product_id, '.png')")
        .await;
    for (product, option) in [("lamp", NO_OPTION), ("shirt", "blue"), ("book", NO_OPTION)] {
        db.add_cart(1, "u1", product, option, 2).await;
    }
    // An engraving makes lines differ, not the price. A planned price has begun.
    db.exec(
        "UPDATE shop_cart SET combination_hash = option_hash, option_hash = 'blue, for Kim'
         WHERE product_id = 'shirt';
         CALL update_adm_price(1, '[{\"product_id\":\"lamp\",\"sale_price\":\"18000\"}]',
             CAST(UTC_TIMESTAMP(6) + INTERVAL 300000 MICROSECOND AS CHAR), NULL, 'cheaper');
         DO SLEEP(0.4)",
    )
    .await;
    let [read, quoted] = read_and_quoted(&db).await;
    assert_eq!(read, quoted);
    assert_eq!(read[0][5].as_deref(), Some("18000.00"));
    // The same beside a line that is short, one that is off sale, and one of no product.
    for product in ["none", "hidden", "nosuch"] {
        db.exec(&format!(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date)
             VALUES (1, 'u1', '{product}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        ))
        .await;
    }
    let [read_again, quoted] = read_and_quoted(&db).await;
    assert_eq!(read_again, quoted);
    assert_eq!(read_again[..3], read);
}

#[tokio::test]
async fn a_line_says_what_the_product_cost_when_it_was_put_in() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.exec("UPDATE shop_products SET sale_price = 18000 WHERE product_id = 'lamp'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let cart = db
        .call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await;
    let cart = cart.unwrap();
    let line = cart.set(1).find("cart_id", &cart_id.to_string());
    assert_eq!(line.str("unit_price"), "18000.00");
    assert_eq!(line.str("added_price"), "20000.00");
    // Rows from before prices were rows do not know it.
    db.exec("DROP TRIGGER tr_shop_cart_update; UPDATE shop_cart SET price_id = NULL")
        .await;
    assert_eq!(said(&db).await, ["lamp - -"]);
}
