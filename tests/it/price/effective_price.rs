//! `v_products_priced` and `v_products_effective`: what a product costs and whether it can be bought, the same
//! for lists, cart, quote and order.

use super::oracle::*;
use super::random_shop::*;
use crate::support::*;

async fn product(db: &TestDb, shop_id: u32, id: &str, list: &str, sale: &str, discount: &str) {
    db.exec(&format!(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, sale_price, discount_rate,
             delivery_policy_id)
         VALUES ({shop_id}, '{id}', '{id}', {list}, {sale}, {discount}, 1)"
    ))
    .await;
}

#[tokio::test]
async fn the_sale_price_counts_unless_it_is_0_or_missing_and_the_discount_is_rounded_to_the_unit() {
    let db = TestDb::with_fixture().await;
    // shop, list price, sale price, discount -> base, final
    let cases = [
        (1, "10000", "NULL", "0", "10000.00", "10000.00"),
        (1, "10000", "0", "0", "10000.00", "10000.00"),
        (1, "10000", "9000", "0", "9000.00", "9000.00"),
        (1, "10000", "12000", "0", "12000.00", "12000.00"), // a sale price may be higher
        (1, "10000", "0.01", "0", "0.01", "0.00"),
        (1, "10000", "NULL", "1", "10000.00", "0.00"),
        (1, "0", "NULL", "0", "0.00", "0.00"),
        (1, "5", "NULL", "0.5", "5.00", "3.00"), // 2.5: half to even would be 2
        (1, "25", "NULL", "0.1", "25.00", "23.00"), // 22.5: half to even would be 22
        (1, "15", "NULL", "0.1", "15.00", "14.00"), // 13.5
        (1, "10", "NULL", "0.0501", "10.00", "9.00"), // 9.499
        (1, "10", "NULL", "0.0500", "10.00", "10.00"), // 9.5
        (1, "999.50", "NULL", "0", "999.50", "1000.00"),
        (1, "3", "NULL", "0.3333", "3.00", "2.00"),
        (
            1,
            "9999999999999999.99",
            "NULL",
            "0.5",
            "9999999999999999.99",
            "5000000000000000.00",
        ),
        (2, "0.05", "NULL", "0.5", "0.05", "0.03"), // 0.025
        (2, "0.15", "NULL", "0.1", "0.15", "0.14"), // 0.135
        (2, "19.99", "NULL", "0.15", "19.99", "16.99"), // 16.9915
        (2, "19.99", "18.5", "0.3333", "18.50", "12.33"), // 12.33395
        (2, "0.01", "NULL", "0.5001", "0.01", "0.00"),
    ];
    for (number, (shop, list, sale, discount, _, _)) in cases.iter().enumerate() {
        product(&db, *shop, &format!("c{number}"), list, sale, discount).await;
    }
    for (number, (shop, list, sale, discount, base, price)) in cases.iter().enumerate() {
        for view in ["v_products_priced", "v_products_effective"] {
            let sql = format!(
                "SELECT CAST(base_price AS CHAR) AS base, CAST(final_price AS CHAR) AS price FROM {view}
                 WHERE shop_id = {shop} AND product_id = 'c{number}'"
            );
            let row = db.row(&sql).await;
            assert_eq!(
                (row.str("base").as_str(), row.str("price").as_str()),
                (*base, *price),
                "{view}: list {list}, sale {sale}, discount {discount}"
            );
        }
    }
}

/// To a multiple of the shop's unit, the way the shop says; what somebody has said himself is not touched.
#[tokio::test]
async fn a_discounted_price_is_rounded_as_the_shop_says() {
    let db = TestDb::with_fixture().await;
    // shop, unit, rounding, list price, discount -> final
    let cases = [
        (1, "10", "down", "9990", "0.15", "8490.00"), // 8491.5
        (1, "10", "half_up", "9990", "0.15", "8490.00"),
        (1, "10", "up", "9990", "0.15", "8500.00"),
        (1, "100", "half_up", "9000", "0.05", "8600.00"), // 8550: half goes up
        (1, "100", "down", "9000", "0.05", "8500.00"),
        (1, "100", "down", "9999", "0.0001", "9900.00"), // 9998.0001
        (1, "100", "up", "9000", "0.5", "4500.00"),      // exactly: stays
        (1, "100", "up", "9001", "0", "9001.00"),        // no rate: what was said
        (1, "100", "down", "99", "0.5", "50.00"),        // 49.5: not 0
        (1, "100", "half_up", "40", "0.1", "36.00"),     // nor here
        (1, "100", "up", "950", "0.01", "941.00"),       // 940.5: not 1000, it was 950
        (1, "100", "half_up", "960", "0.01", "950.00"),  // 950.4
        (1, "100", "down", "5000", "1", "0.00"),         // given away
        (1, "NULL", "down", "5", "0.5", "2.00"),         // 2.5, to the won
        (1, "NULL", "up", "1001", "0.1", "901.00"),      // 900.9
        (1, "NULL", "half_up", "5", "0.5", "3.00"),      // as ever
        (1, "7", "down", "1000", "0.0001", "994.00"),    // 999.9 = 142 × 7 + 5.9
        (2, "0.05", "half_up", "19.99", "0.15", "17.00"), // 16.9915
        (2, "0.05", "down", "19.99", "0.15", "16.95"),
        (2, "0.10", "up", "19.99", "0.15", "17.00"),
        (2, "NULL", "down", "19.99", "0.15", "16.99"),
        (2, "NULL", "up", "19.99", "0.15", "17.00"), // 16.9915, to the cent
    ];
    for (number, (shop, unit, rounding, list, discount, price)) in cases.iter().enumerate() {
        let id = format!("r{number}");
        // Half of the products are there before the shop says so.
        let says = format!(
            "UPDATE shops SET price_unit = {unit}, price_rounding = '{rounding}' WHERE shop_id = {shop}"
        );
        if number % 2 == 0 {
            db.exec(&says).await;
        }
        product(&db, *shop, &id, list, "NULL", discount).await;
        db.exec(&format!(
            "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash)
             VALUES ({shop}, '{id}', 'more', 'more', 3, '__noopt__')"
        ))
        .await;
        db.exec(&says).await;
        let told = format!("{unit} {rounding}: {list} less {discount}");
        for (option, more) in [(NO_OPTION, 0), ("more", 3)] {
            let found = format!(
                "SELECT CONCAT_WS(' ', f.unit_price - {more}, r.unit_price - {more}) FROM shop_offers f
                 JOIN shop_product_prices r ON r.price_id = f.price_id
                 WHERE f.shop_id = {shop} AND f.product_id = '{id}' AND f.option_hash = '{option}'"
            );
            assert_eq!(db.text(&found).await, format!("{price} {price}"), "{told}");
        }
    }
    db.assert_audit_clean().await;
    // A unit that the currency does not have, or none at all, is none.
    let mut conn = db.conn().await;
    for bad in [
        "price_unit = 0.5",
        "price_unit = 0",
        "price_unit = -10",
        "price_rounding = 'even'",
    ] {
        let refused = query(
            &mut conn,
            &format!("UPDATE shops SET {bad} WHERE shop_id = 1"),
        )
        .await;
        assert!(refused.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn prices_of_random_products_are_what_the_rules_say() {
    let db = TestDb::with_fixture().await;
    let mut random = Random::new(20);
    for (id, currency, digits) in [(10, "KRW", 0), (11, "XTS", 1), (12, "USD", 2)] {
        let shop = random.shop(id, currency, digits, 1_000);
        write_shop(&db, &shop).await;
        let rows = db
            .rows(&format!(
                "SELECT product_id, CAST(final_price AS CHAR) AS price FROM v_products_effective WHERE shop_id = {id}"
            ))
            .await;
        assert_eq!(rows.len(), shop.products.len());
        for row in rows {
            let product = shop
                .products
                .iter()
                .find(|p| p.id == row.str("product_id"))
                .unwrap();
            assert_eq!(
                row.str("price"),
                money(shop.effective_price(product)),
                "{product:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_displayed_or_marked_sold_out_cannot_be_bought() {
    let db = TestDb::with_fixture().await;
    let expected = [
        ("1", "1", 1),
        ("1", "2", 0),
        ("0", "1", 0),
        ("0", "2", 0),
        ("1", "3", 1),
        ("2", "1", 0),
        ("", "1", 0),
    ];
    for (number, (display, stat, _)) in expected.iter().enumerate() {
        product(&db, 1, &format!("s{number}"), "1000", "NULL", "0").await;
        db.exec(&format!(
            "UPDATE shop_products SET display = '{display}', stat = '{stat}' WHERE product_id = 's{number}'"
        ))
        .await;
    }
    for (number, (display, stat, orderable)) in expected.iter().enumerate() {
        let told = format!("display {display:?}, stat {stat:?}");
        let filter = format!("WHERE product_id = 's{number}'");
        let priced = db
            .int(&format!("SELECT orderable FROM v_products_priced {filter}"))
            .await;
        assert_eq!(priced, *orderable, "{told}");
        let listed = db
            .int(&format!(
                "SELECT COUNT(*) FROM v_products_effective {filter}"
            ))
            .await;
        assert_eq!(listed, *orderable, "{told}");
        db.add_cart(1, "u1", &format!("s{number}"), NO_OPTION, 1)
            .await;
        let in_cart = db
            .int(&format!("SELECT orderable FROM v_cart_lines {filter}"))
            .await;
        assert_eq!(in_cart, *orderable, "{told}");
    }
}

#[tokio::test]
async fn a_product_of_another_shop_with_the_same_id_has_its_own_price() {
    let db = TestDb::with_fixture().await;
    product(&db, 2, "book", "7.50", "NULL", "0").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.add_cart(2, "u1", "book", NO_OPTION, 1).await;
    let prices = db
        .rows("SELECT CONCAT(shop_id, ' ', unit_price) AS price FROM v_cart_lines ORDER BY shop_id")
        .await;
    let prices: Vec<String> = prices.iter().map(|row| row.str("price")).collect();
    assert_eq!(prices, ["1 10000.00", "2 7.50"]);
}

/// A cart row is never free because its option was made up: not in the view, not in the quote, not in the order.
#[tokio::test]
async fn a_crafted_option_neither_drops_the_price_nor_can_be_ordered() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (product, option, price) in [
        ("book", "crafted", None),
        ("book", "blue", None),
        ("shirt", NO_OPTION, Some("15000.00")),
        ("shirt", "old", Some("15000.00")),
    ] {
        let cart_id = db.add_cart(1, "u1", product, option, 1).await;
        let row = db
            .row(&format!("SELECT CAST(unit_price AS CHAR) AS price, orderable FROM v_cart_lines WHERE cart_id = {cart_id}"))
            .await;
        assert_eq!(
            (row.opt("price").as_deref(), row.int("orderable")),
            (price, 0)
        );
        for total in ["0", "3000", "10000", "15000", "18000"] {
            let error = OrderCall::new("T1", &[cart_id])
                .client_total(total)
                .call(&mut conn)
                .await
                .unwrap_err();
            error.expect_code("PRODUCT_UNAVAILABLE");
        }
    }
    assert_eq!(db.count("shop_orders").await, 0);
}

#[tokio::test]
async fn an_option_that_takes_off_more_than_the_price_cannot_be_ordered() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shop_product_options SET add_price = -15000 WHERE option_hash = 'red'")
        .await;
    db.exec("UPDATE shop_product_options SET add_price = -15001 WHERE option_hash = 'blue'")
        .await;
    let free = db.add_cart(1, "u1", "shirt", "red", 1).await;
    let below = db.add_cart(1, "u1", "shirt", "blue", 1).await;
    let error = OrderCall::new("T1", &[below])
        .client_total("0")
        .call(&mut conn)
        .await
        .unwrap_err();
    error.expect_code("PRODUCT_UNAVAILABLE");
    let both = OrderCall::new("T1", &[free, below])
        .client_total("2999")
        .call(&mut conn)
        .await
        .unwrap_err();
    both.expect_code("PRODUCT_UNAVAILABLE");
    let done = OrderCall::new("T1", &[free])
        .client_total("3000")
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(done.first().str("total_payment"), "3000.00"); // delivery alone
}

/// The currency has no half units, whatever the catalogue says: nobody could pay them.
#[tokio::test]
async fn no_amount_has_more_decimals_than_the_currency() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shop_product_options SET add_price = 500.50 WHERE option_hash = 'red'")
        .await;
    db.exec("UPDATE shop_delivery_policy SET base_cost = 2500.25 WHERE shop_id = 1 AND id = 2")
        .await;
    let cart_id = db.add_cart(1, "u1", "shirt", "red", 3).await;
    let params = (
        1,
        "u1",
        format!("[{cart_id}]"),
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<&str>,
    );
    let quote = db
        .call(&mut conn, "shop_order_quote", params)
        .await
        .unwrap();
    for amount in super::amounts(quote.first()) {
        assert!(amount.ends_with(".00"), "{:?}", quote.first());
    }
    assert!(quote.set(1).rows[0].str("line_amount").ends_with(".00"));
    let total = quote.first().str("total_payment");
    let order = OrderCall::new("T1", &[cart_id])
        .client_total(&total)
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(order.first().str("total_payment"), total);
}
