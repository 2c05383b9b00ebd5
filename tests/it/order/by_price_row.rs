//! An order line names what it was charged by: an immutable price row, and the rule of its parcel.

use super::*;

/// Lines of an order beside the rows that they name and what is in force now, each with the columns that must agree.
async fn assert_proven(db: &TestDb, number: &str, lines: usize) -> Vec<(i64, i64)> {
    let rows = db
        .rows(&format!(
            "SELECT l.line_no, l.price_id, l.rule_id,
                    p.shop_id = l.shop_id AND p.product_id = l.product_id AND p.plan_id = 0
                        AND p.option_hash = COALESCE(l.combination_hash, l.option_hash) AS same_product,
                    p.unit_price = l.unit_price AS same_price,
                    p.product_name = l.product_name AND p.option_name = l.option_name AS same_names,
                    p.tax_type = l.tax_type AS same_tax,
                    p.valid_from <= o.order_date AS was_in_force,
                    r.shop_id = l.shop_id AND r.policy_id = l.delivery_policy_id AS same_policy,
                    r.valid_from <= o.order_date AS rule_was_in_force
             FROM shop_orders o
             JOIN shop_order_product l ON l.order_seq_no = o.seq_no
             LEFT JOIN shop_product_prices p ON p.price_id = l.price_id
             LEFT JOIN shop_delivery_rules r ON r.rule_id = l.rule_id
             WHERE o.order_number = '{number}' ORDER BY l.line_no"
        ))
        .await;
    assert_eq!(rows.len(), lines, "{number}");
    for row in &rows {
        for column in [
            "same_product",
            "same_price",
            "same_names",
            "same_tax",
            "was_in_force",
            "same_policy",
            "rule_was_in_force",
        ] {
            assert_eq!(
                row.opt(column).as_deref(),
                Some("1"),
                "{number}: {column} of {row:?}"
            );
        }
    }
    let fee = format!(
        "SELECT COALESCE(SUM(g.fee), 0) = o.shipping_fee AND o.pricing_version = 1 AND o.vat_rate = s.vat_rate
         FROM shop_orders o JOIN shops s ON s.shop_id = o.shop_id
         LEFT JOIN (SELECT x.order_seq_no, MAX(CASE WHEN x.amount >= x.free_over THEN 0 ELSE x.fee END) AS fee
               FROM (SELECT l.order_seq_no, r.parcel, r.fee, r.free_over,
                            SUM(l.line_amount) OVER (PARTITION BY l.order_seq_no, r.parcel) AS amount
                     FROM shop_order_product l JOIN shop_delivery_rules r ON r.rule_id = l.rule_id) x
               GROUP BY x.order_seq_no, x.parcel) g ON g.order_seq_no = o.seq_no
         WHERE o.order_number = '{number}' GROUP BY o.seq_no, s.shop_id"
    );
    assert_eq!(
        db.int(&fee).await,
        1,
        "{number}: the fee is that of its rules"
    );
    rows.iter()
        .map(|row| (row.int("price_id"), row.int("rule_id")))
        .collect()
}

async fn cart_of_four(db: &TestDb) -> Vec<i64> {
    let mut ids = Vec::new();
    for (product, option, units) in [
        ("lamp", NO_OPTION, 2),
        ("shirt", "wrap-a", 1),
        ("rice", NO_OPTION, 3),
        ("pen", NO_OPTION, 1),
    ] {
        ids.push(db.add_cart(1, "u1", product, option, units).await);
    }
    ids
}

#[tokio::test]
async fn every_line_names_the_price_and_the_rule_that_it_was_charged_by() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    // 40000 + 15500 with a parcel of 3000; 15000 with 4000; 1000 with 2500.
    let order = OrderCall::new("T1", &cart_of_four(&db).await).client_total("81000");
    placed(&mut conn, &order).await;
    let first = assert_proven(&db, "T1", 4).await;

    // What holds no price makes no row.
    db.exec(
        "UPDATE shop_products SET product_thumb_img_url = 'http://i/1';
         UPDATE shop_delivery_policy SET policy_name = 'other'",
    )
    .await;
    let order = OrderCall::new("T2", &cart_of_four(&db).await).client_total("81000");
    placed(&mut conn, &order).await;
    assert_eq!(assert_proven(&db, "T2", 4).await, first);

    db.exec(
        "UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp';
         UPDATE shop_product_options SET option_name = 'other paper' WHERE option_hash = 'wrap-a';
         UPDATE shop_products SET tax_type = 'taxable' WHERE product_id = 'rice';
         UPDATE shop_delivery_policy SET base_cost = 2600 WHERE id = 5",
    )
    .await;
    let order = OrderCall::new("T3", &cart_of_four(&db).await).client_total("83100");
    placed(&mut conn, &order).await;
    let third = assert_proven(&db, "T3", 4).await;
    for line in 0..4 {
        let price_changed = line != 3;
        assert_eq!(
            first[line].0 != third[line].0,
            price_changed,
            "price of line {line}"
        );
        assert_eq!(
            first[line].1 != third[line].1,
            line == 3,
            "rule of line {line}"
        );
    }
    // The first ones are what they were.
    assert_eq!(assert_proven(&db, "T1", 4).await, first);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn orders_by_way_of_the_careful_reading_and_from_slots_are_proven_too() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    db.slots("lamp", 3).await;
    let ids = cart_of_four(&db).await;
    let objects: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({"id": id, "x": {}}))
        .collect();
    let order = OrderCall::new("T1", &[])
        .cart_ids_json(Some(&serde_json::json!(objects).to_string()))
        .client_total("81000");
    placed(&mut conn, &order).await;
    assert_proven(&db, "T1", 4).await;
    // Units that had lapsed.
    let last = db.add_cart(1, "u1", "last", NO_OPTION, 1).await;
    placed(
        &mut conn,
        &OrderCall::new("T2", &[last]).client_total("7000"),
    )
    .await;
    db.let_expire("T2").await;
    let last = db.add_cart(1, "u1", "last", NO_OPTION, 1).await;
    placed(
        &mut conn,
        &OrderCall::new("T3", &[last]).client_total("7000"),
    )
    .await;
    assert_proven(&db, "T3", 1).await;
    db.assert_audit_clean().await;
}

/// A cart row is one live order's: the line says so, and lets go of it when the order has ended.
#[tokio::test]
async fn a_line_has_its_cart_row_as_long_as_the_order_lives() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let live = "SELECT CONCAT(o.order_number, ' ', COALESCE(l.live_cart_seq_no = l.cart_seq_no, 'NULL')) AS t
                FROM shop_order_product l JOIN shop_orders o ON o.seq_no = l.order_seq_no ORDER BY l.order_seq_no";
    for number in ["paid", "failed", "restored", "expired"] {
        one_book(&db, &mut conn, number).await;
    }
    let texts =
        async || -> Vec<String> { db.rows(live).await.iter().map(|row| row.str("t")).collect() };
    assert_eq!(
        texts().await,
        ["paid 1", "failed 1", "restored 1", "expired 1"]
    );
    for message in [
        WalletMessage::paid("paid", "P1", "10000"),
        WalletMessage::failed("failed", "P2", "10000"),
    ] {
        settle(&mut conn, "notify", &message).await.unwrap();
    }
    call(&mut conn, "shop_order_restore_cart", (1, "u1", "restored"))
        .await
        .unwrap();
    db.let_expire("expired").await;
    call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    assert_eq!(
        texts().await,
        ["paid 1", "failed NULL", "restored NULL", "expired NULL"]
    );
}

/// A hand that writes a cart row under a number that an order has: no engine's error, and no second order of it.
#[tokio::test]
async fn a_row_that_an_order_has_taken_is_not_found() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    placed(
        &mut conn,
        &OrderCall::new("T1", &[cart_id]).client_total("10000"),
    )
    .await;
    db.exec(&format!(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date)
         VALUES ({cart_id}, 1, 'u1', 'book', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
    ))
    .await;
    let order = OrderCall::new("T2", &[cart_id, pen]).client_total("13500");
    order_refused(
        &db,
        &mut conn,
        &order,
        "CART_NOT_FOUND",
        "selected_cart_ids",
    )
    .await;
    assert_eq!(db.count("shop_error_log").await, 0);
    // Under the key of the first one it is the first one.
    let again = OrderCall::new("T1", &[cart_id])
        .client_total("10000")
        .call(&mut conn)
        .await;
    assert_eq!(again.unwrap().first().int("replayed"), 1);
    placed(
        &mut conn,
        &OrderCall::new("T2", &[pen]).client_total("3500"),
    )
    .await;
}
