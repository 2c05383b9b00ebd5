//! An order of as many lines as an order may have, each as long as a line may be.

use super::*;

/// u1's cart of 1,000 rows: every name and every address as long as its column.
async fn a_thousand_rows(db: &TestDb) -> Vec<i64> {
    let name = "가".repeat(200);
    let picture = "\u{1f600}".repeat(400);
    let products: Vec<String> = (1..=1000)
        .map(|n| format!("(1, '{n:0>30}', '{name}', 1000, 1, 5, '{picture}')"))
        .collect();
    db.exec(&format!(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, option_required, delivery_policy_id,
                                    product_thumb_img_url)
         VALUES {}",
        products.join(", ")
    ))
    .await;
    db.exec(&format!(
        "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, display,
                                           stock_option_hash)
         SELECT shop_id, product_id, '{hash}', '{name}', 1, '1', '{hash}' FROM shop_products
         WHERE CHAR_LENGTH(product_id) = 30;
         INSERT INTO shop_stock (shop_id, product_id, option_hash, slot, free, update_date)
         SELECT shop_id, product_id, option_hash, 0, 3, UTC_TIMESTAMP(6) FROM shop_product_options
         WHERE CHAR_LENGTH(product_id) = 30;
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, free, 'first stock', 'test', UTC_TIMESTAMP(6) FROM shop_stock
         WHERE CHAR_LENGTH(product_id) = 30;
         INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         SELECT shop_id, 'u1', product_id, option_hash, 2, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM shop_product_options
         WHERE CHAR_LENGTH(product_id) = 30 ORDER BY product_id DESC",
        hash = "h".repeat(64)
    ))
    .await;
    let rows = db
        .rows("SELECT seq_no AS id FROM shop_cart ORDER BY seq_no")
        .await;
    rows.iter().map(|row| row.int("id")).collect()
}

#[tokio::test]
async fn a_thousand_lines_of_the_longest_names_are_one_order() {
    let db = shops().await;
    let ids = a_thousand_rows(&db).await;
    assert_eq!(ids.len(), 1000);
    let mut conn = db.conn_as_gateway().await;
    // 1000 × 2 × 1001, and one parcel
    let order = OrderCall::new("T1", &ids).client_total("2004500");

    let error = order
        .clone()
        .client_total("1")
        .call(&mut conn)
        .await
        .unwrap_err();
    error.expect_code("PRICE_CHANGED");
    assert_eq!(error.sets.set(1).rows[0].str("total_payment"), "2004500.00");
    assert_eq!(error.sets.set(2).rows.len(), 1000);

    db.exec("UPDATE shop_cart SET quantity = 4").await;
    let error = order
        .clone()
        .client_total("4006500")
        .call(&mut conn)
        .await
        .unwrap_err();
    error.expect_code("OUT_OF_STOCK");
    assert_eq!(error.sets.set(1).rows.len(), 1000);
    db.exec("UPDATE shop_cart SET quantity = 2").await;

    let quote = call(
        &mut conn,
        "shop_order_quote",
        (
            1,
            "u1",
            serde_json::json!(ids).to_string(),
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
        ),
    )
    .await
    .unwrap();
    assert_eq!(quote.first().str("total_payment"), "2004500.00");
    assert_eq!(quote.set(1).rows.len(), 1000);

    let first = placed(&mut conn, &order).await;
    assert_eq!(first.str("total_payment"), "2004500.00");
    assert_eq!(db.count("shop_cart").await, 0);
    let objects: Vec<_> = ids
        .iter()
        .rev()
        .map(|id| serde_json::json!({"id": id.to_string()}))
        .collect();
    let again = order
        .clone()
        .cart_ids_json(Some(&serde_json::json!(objects).to_string()));
    assert_eq!(
        again.call(&mut conn).await.unwrap().first().int("replayed"),
        1
    );

    let sets = call(&mut conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(sets.first().int("line_count"), 1000);
    let lines: Vec<String> = ids.iter().map(ToString::to_string).collect();
    assert_eq!(sets.set(1).column("cart_seq_no"), lines);
    assert_eq!(
        sets.set(1).rows[999].str("product_name").chars().count(),
        200
    );

    let sets = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(sets.first().int("cart_count"), 1000);
    assert_eq!(sets.set(1).rows.len(), 1000);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
