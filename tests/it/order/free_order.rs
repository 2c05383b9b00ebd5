//! An order of total 0 has nothing to pay.

use crate::support::*;

#[tokio::test]
async fn an_order_of_total_zero_is_paid_at_once_and_the_total_is_still_compared() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_products SET discount_rate = 1 WHERE product_id = 'book'")
        .await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[cart_id]);
    let error = order
        .clone()
        .client_total("20000")
        .call(&mut conn)
        .await
        .unwrap_err();
    error.expect_code("PRICE_CHANGED");
    let order = order.client_total("0");
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().int("order_status"), 2);
    assert_eq!(answer.first().str("next_step"), "done");
    assert!(answer.set(1).rows.is_empty(), "nothing to pay");
    let again = order.call(&mut conn).await.unwrap();
    assert_eq!(again.first().int("replayed"), 1);
    let log =
        "SELECT GROUP_CONCAT(CONCAT_WS(' ', from_status, action, actor, to_status) ORDER BY seq_no)
               FROM shop_order_logs";
    assert_eq!(db.text(log).await, "0 order buyer 1,1 free buyer 2");
    let units = "SELECT CONCAT_WS(' ', state, quantity) FROM shop_stock_reservations";
    assert_eq!(db.text(units).await, "sold 2");
    db.assert_audit_clean().await;
}
