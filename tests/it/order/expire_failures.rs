//! What `shop_order_expire` does with orders that cannot be expired.

use crate::support::*;

async fn lapsed(db: &TestDb, conn: &mut Conn, number: &str, product: &str, total: &str) {
    let cart_id = db.add_cart(1, "u1", product, NO_OPTION, 1).await;
    let order = OrderCall::new(number, &[cart_id]).client_total(total);
    order.call(conn).await.unwrap();
    db.let_expire(number).await;
}

#[tokio::test]
async fn orders_that_fail_are_logged_and_do_not_use_up_the_batch_of_those_behind_them() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, "T1", "book", "10000").await;
    lapsed(&db, &mut conn, "T2", "last", "7000").await;
    // One unit more does not fit into the column any more: T1 cannot give its book back.
    db.exec("UPDATE shop_stock SET free = 2147483647 WHERE product_id = 'book'")
        .await;
    let answer = call(&mut conn, "shop_order_expire", (1,)).await.unwrap();
    assert_eq!(answer.first().int("expired"), 1);
    assert_eq!(answer.first().int("failed"), 1);
    let statuses = "SELECT GROUP_CONCAT(order_status ORDER BY order_number) FROM shop_orders";
    assert_eq!(db.text(statuses).await, "1,10");
    let logged = db
        .row("SELECT routine, step, errno, parameters_json FROM shop_error_log")
        .await;
    assert_eq!(logged.str("routine"), "shop_order_expire");
    assert_eq!(logged.int("errno"), 1264);
    let order = &logged.json("parameters_json")["order_seq_no"];
    assert_eq!(order.to_string().trim_matches('"'), "1");
}
