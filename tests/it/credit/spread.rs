//! What may be used, and what it pays of each line and of the delivery.

use super::*;

/// A book 10,000, rice 5,000 (tax free) and delivery 4,000 cost 19,000.
async fn shares(db: &TestDb) -> String {
    db.text(
        "SELECT GROUP_CONCAT(kind, ' ', line_no, ' ', amount ORDER BY kind DESC, line_no SEPARATOR ', ')
         FROM shop_order_credit_lines",
    )
    .await
    .replace(".00", "")
}

#[tokio::test]
async fn they_pay_every_line_and_the_delivery_in_proportion() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "1000", None).await;
    give(&db, "u1", "cash", "2000", None).await;
    let ids = [
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await,
        db.add_cart(1, "u1", "rice", NO_OPTION, 1).await,
    ];
    let mut conn = db.conn_as_gateway().await;
    let quoted = call(
        &mut conn,
        "shop_order_quote",
        quote(&ids, Some("1000"), Some("2000")),
    )
    .await
    .unwrap();
    let names = [
        "product_total_price",
        "discount_total",
        "point_used",
        "cash_used",
        "shipping_fee",
        "total_payment",
        "supply_amount",
        "vat_amount",
        "tax_free_amount",
    ];
    let amounts = |row: &Row| names.map(|name| row.str(name).replace(".00", "")).join(" ");
    // Points: 526.3, 263.2 and 210.5, cut down, and the unit that is left to the largest remainder, the delivery's.
    // Cash: of 9,474, 4,737 and 3,789: 1,052.7, 526.3 and 421. Tax free: 5,000 - 263 - 526. VAT: 11,789 × 0.1 ÷ 1.1.
    let expected = "15000 0 1000 2000 4000 16000 10717 1072 4211";
    assert_eq!(amounts(quoted.first()), expected);
    let order = OrderCall::new("T1", &ids)
        .points(Some("1000"))
        .cash(Some("2000"))
        .client_total("16000");
    order.call(&mut conn).await.unwrap();
    let of_order = db.row("SELECT * FROM shop_orders").await;
    assert_eq!(amounts(&of_order), expected);
    assert_eq!(
        shares(&db).await,
        "point 0 211, point 1 526, point 2 263, cash 0 421, cash 1 1053, cash 2 526"
    );
    db.assert_audit_clean().await;
}

/// Of what discounts have left: half of the book is nothing, and the delivery is free.
#[tokio::test]
async fn they_are_spread_by_what_discounts_have_left() {
    let db = TestDb::with_fixture().await;
    db.exec(
        r#"INSERT INTO shop_promotions (shop_id, promotion_code, promotion_name, target, target_ids, kind, rate)
           VALUES (1, 'P1', 'Books', 'product', '["book"]', 'rate', 0.5), (1, 'P2', 'Delivery', 'delivery', NULL, 'rate', 1)"#,
    )
    .await;
    give(&db, "u1", "point", "10000", None).await;
    let ids = [
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await,
        db.add_cart(1, "u1", "rice", NO_OPTION, 1).await,
    ];
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &ids)
        .points(Some("1001"))
        .client_total("8999");
    order.call(&mut conn).await.unwrap();
    // 500.5 each: the unit that is left goes to the first line.
    assert_eq!(shares(&db).await, "point 1 501, point 2 500");
    db.assert_audit_clean().await;
}

/// Of equal remainders, a line comes before the delivery: half a point each of a lamp and its delivery.
#[tokio::test]
async fn the_odd_unit_of_equal_parts_is_the_line_s() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_delivery_policy SET base_cost = 20000 WHERE shop_id = 1 AND id = 2")
        .await;
    give(&db, "u1", "point", "1", None).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[lamp]).points(Some("1"));
    let mut conn = db.conn_as_gateway().await;
    order.client_total("39999").call(&mut conn).await.unwrap();
    assert_eq!(shares(&db).await, "point 1 1");
    db.assert_audit_clean().await;
}

/// Quote and order refuse the same, for the same reason, and change nothing.
#[tokio::test]
async fn what_may_not_be_used_is_refused_with_its_reason() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "9000", None).await;
    give(&db, "u1", "cash", "7000", None).await;
    db.exec(
        "UPDATE shops SET point_min_use = 1000, point_unit = 10, point_max_rate = 0.55 WHERE shop_id = 1",
    )
    .await;
    let ids = [db.add_cart(1, "u1", "book", NO_OPTION, 1).await];
    let mut conn = db.conn_as_gateway().await;
    let points = ("POINTS_NOT_ENOUGH", "point_to_use");
    let cash = ("CASH_NOT_ENOUGH", "cash_to_use");
    for (used, paid, (code, field), detail) in [
        ("9001", "", points, "balance 9000.00"),
        ("999", "", points, "min_use 1000.00"),
        ("1", "", points, "min_use 1000.00"),
        ("1005", "", points, "unit 10.00"),
        ("5510", "", points, "max_use 5500.00"),
        ("", "7001", cash, "balance 7000.00"),
        ("5500", "4501", cash, "max_use 4500.00"),
        ("0.5", "", ("INVALID_INPUT", "point_to_use"), ""),
        ("", "0.5", ("INVALID_INPUT", "cash_to_use"), ""),
        ("-1", "", ("INVALID_INPUT", "point_to_use"), "not an amount"),
        ("", "x", ("INVALID_INPUT", "cash_to_use"), "not an amount"),
    ] {
        let asked = quote(&ids, Some(used), Some(paid));
        let refused = call(&mut conn, "shop_order_quote", asked)
            .await
            .unwrap_err();
        let order = OrderCall::new("T1", &ids)
            .points(Some(used))
            .cash(Some(paid))
            .client_total("10000");
        let not_made = order.call(&mut conn).await.unwrap_err();
        for error in [refused, not_made] {
            error.expect_code(code);
            assert_eq!(error.row().str("field"), field, "{used} {paid}");
            if !detail.is_empty() {
                assert_eq!(error.row().str("detail"), detail, "{used} {paid}");
            }
        }
    }
    assert_eq!(db.count("shop_orders").await, 0);
    assert_eq!(has(&db, "u1").await, "9000 7000");
    // As many as may be.
    for (number, used, paid, total) in [("T1", "5500", "4500", "0"), ("T2", "1000", "", "9000")] {
        let ids = [db.add_cart(1, "u1", "book", NO_OPTION, 1).await];
        let quoted = call(
            &mut conn,
            "shop_order_quote",
            quote(&ids, Some(used), Some(paid)),
        )
        .await
        .unwrap();
        assert_eq!(quoted.first().str("total_payment"), format!("{total}.00"));
        let order = OrderCall::new(number, &ids)
            .points(Some(used))
            .cash(Some(paid))
            .client_total(total);
        order.call(&mut conn).await.unwrap();
    }
    db.assert_audit_clean().await;
}

/// A price that has changed is told with the points and the cash that were asked for.
#[tokio::test]
async fn a_changed_price_is_quoted_with_them() {
    let db = TestDb::with_fixture().await;
    give(&db, "u1", "point", "1000", None).await;
    give(&db, "u1", "cash", "500", None).await;
    let mut conn = db.conn_as_gateway().await;
    let order = book(&db, "T1", "u1", 1000, 500).await;
    for (price, total, used) in [(12_000, "10500.00", "1000.00"), (1_200, "1200.00", "0.00")] {
        db.exec(&format!(
            "UPDATE shop_products SET buy_price = {price} WHERE shop_id = 1 AND product_id = 'book'"
        ))
        .await;
        let error = order.call(&mut conn).await.unwrap_err();
        if used == "0.00" {
            // More than the order costs now: that is what is to be mended.
            error.expect_code("CASH_NOT_ENOUGH");
            assert_eq!(error.row().str("detail"), "max_use 200.00");
            continue;
        }
        error.expect_code("PRICE_CHANGED");
        let quoted = &error.sets.set(1).rows[0];
        assert_eq!(quoted.str("total_payment"), total);
        assert_eq!(quoted.str("point_used"), used);
        assert_eq!(quoted.str("cash_used"), "500.00");
    }
    db.assert_audit_clean().await;
}
