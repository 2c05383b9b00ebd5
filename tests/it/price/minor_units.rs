//! Amounts below the currency's smallest unit: whatever the catalogue says, what is charged can be paid.

use crate::support::*;

#[tokio::test]
async fn options_and_delivery_fees_are_rounded_to_the_currency_before_they_are_added() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shop_product_options SET add_price = 100.50 WHERE option_hash = 'blue';
         UPDATE shop_delivery_policy SET base_cost = 2999.49 WHERE shop_id = 1 AND id = 2",
    )
    .await;
    let cart_id = db.add_cart(1, "u1", "shirt", "blue", 2).await;
    let mut conn = db.conn_as_gateway().await;
    let quote = call(
        &mut conn,
        "shop_order_quote",
        (
            1,
            "u1",
            format!("[{cart_id}]"),
            None::<String>,
            None::<String>,
            None::<String>,
            None::<String>,
            None::<String>,
            None::<String>,
            None::<String>,
        ),
    )
    .await
    .unwrap();
    assert_eq!(quote.set(1).rows[0].str("unit_price"), "15101.00");
    assert_eq!(quote.first().str("shipping_fee"), "2999.00");
    let total = quote.first().str("total_payment");
    assert_eq!(total, "33201.00");
    let order = OrderCall::new("T1", &[cart_id]).client_total(&total);
    let answer = order.call(&mut conn).await.unwrap();
    let asked = answer.set(1).rows[0].json("pay_fields_json");
    assert_eq!(asked["trdAmt"], "33201");
    let paid = WalletMessage::paid("T1", "W1", "33201");
    let answer = settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_tolerance_is_one_minor_unit_unless_the_shop_says_otherwise() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET total_tolerance = NULL").await;
    db.copy_adapter(2, "M2").await;
    let mut conn = db.conn_as_gateway().await;
    // shop, product, total, nearest total that is too far away, nearest one that is not
    for (shop, product, far, near) in [(1, "book", "10002", "10001"), (2, "mug", "25.00", "24.99")]
    {
        let cart_id = db.add_cart(shop, "u1", product, NO_OPTION, 1).await;
        let order = OrderCall::new("T1", &[cart_id]).user(shop, "u1");
        let error = order
            .clone()
            .client_total(far)
            .call(&mut conn)
            .await
            .unwrap_err();
        error.expect_code("PRICE_CHANGED");
        order.client_total(near).call(&mut conn).await.unwrap();
    }
    let charged = "SELECT GROUP_CONCAT(total_payment ORDER BY shop_id) FROM shop_orders";
    assert_eq!(db.text(charged).await, "10000.00,24.98");
}
