//! What becomes of products, carts and order lines that were there before prices were rows.

use super::*;

/// Every product is on sale at the price that it had, and old lines get none that is made up. Fixtures of later versions have
/// their price rows.
pub async fn assert_everything_costs_what_it_did(db: &TestDb, fixture: &Fixture, words: &str) {
    if fixture.version >= 15 {
        return;
    }
    assert!(words.contains("repaired "), "{words}");
    let combinations = db.count("shop_products").await + db.count("shop_product_options").await;
    assert_eq!(db.count("shop_offers").await, combinations);
    assert_eq!(
        db.count("shop_product_prices").await,
        combinations,
        "one each"
    );
    assert_eq!(
        db.count("shop_delivery_rules").await,
        db.count("shop_delivery_policy").await
    );
    // As it was computed when it was looked at, by no routine of ours.
    let differs = "SELECT COUNT(*) FROM shop_offers f
         JOIN shop_products p ON p.shop_id = f.shop_id AND p.product_id = f.product_id
         JOIN shops s ON s.shop_id = f.shop_id
         LEFT JOIN shop_product_options o ON o.shop_id = f.shop_id AND o.product_id = f.product_id
             AND o.option_hash = f.option_hash
         WHERE f.unit_price <> ROUND(IF(p.sale_price > 0, p.sale_price, p.buy_price) * (1 - p.discount_rate), s.currency_digits)
             + ROUND(COALESCE(o.add_price, 0), s.currency_digits)";
    assert_eq!(db.int(differs).await, 0);
    for (table, column) in [
        ("shop_order_product", "price_id"),
        ("shop_order_product", "rule_id"),
        ("shop_order_product", "live_cart_seq_no"),
        ("shop_orders", "pricing_version"),
        ("shop_orders", "vat_rate"),
        ("shop_cart", "price_id"),
    ] {
        let named = format!("SELECT COUNT({column}) FROM {table}");
        assert_eq!(db.int(&named).await, 0, "{table}.{column}");
    }
    assert!(db.count("shop_order_product").await > 0);
}

/// Columns are added and widened where they are: no table is copied, so nobody waits for ten million orders.
#[tokio::test]
async fn the_schema_file_of_prices_copies_no_table() {
    let file = scripts()
        .iter()
        .find(|script| script.path.ends_with("/0015_prices.sql"))
        .expect("the file");
    let mut altered = 0;
    for statement in &file.statements {
        if statement.starts_with("ALTER TABLE") && !statement.contains("DROP CONSTRAINT") {
            altered += 1;
            let said = statement.contains("ALGORITHM = INSTANT")
                || (statement.contains("ALGORITHM = INPLACE") && statement.contains("LOCK = NONE"));
            assert!(said, "{statement}");
        }
    }
    assert!(altered >= 10, "{altered}");
}
