//! A buyer may have so many units of a product: two orders of one buyer at once, each of which would be allowed alone.

use super::*;

#[tokio::test]
async fn two_orders_of_one_buyer_at_once_do_not_pass_what_the_buyer_may_have() {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shop_products SET member_quantity = 3 WHERE product_id = 'book'")
        .await;
    let rows = [
        db.add_cart(1, "u1", "book", NO_OPTION, 2).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 2).await,
    ];
    // The first has written its lines and waits for the stock, not committed: the second cannot see them, and must not
    // be judged before it can.
    let stock = Holder::stock(&db, "book", NO_OPTION).await;
    let first = OrderCall::new("T1", &rows[..1]).client_total("20000");
    let first = waiting_order(&db, &first).await;
    let second = OrderCall::new("T2", &rows[1..]).client_total("20000");
    let second = waiting_order(&db, &second).await;
    stock.release().await;
    let first = first.finish().await;
    assert_eq!(ok(&first).int("order_status"), 1);
    let second = second.finish().await;
    assert_eq!(code(&second), "QUANTITY_NOT_ALLOWED");
    assert_eq!(db.free_stock("book", NO_OPTION).await, 98);
    // The first one ends: its units count no more.
    db.let_expire("T1").await;
    let mut conn = db.conn_as_gateway().await;
    call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    OrderCall::new("T3", &rows[1..])
        .client_total("20000")
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(db.free_stock("book", NO_OPTION).await, 98);
}
