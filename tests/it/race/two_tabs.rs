//! Row 6: two orders from one cart. Two tabs with keys of their own: one order, the other one is told that the cart
//! has no such rows any more.

use super::*;

#[tokio::test]
async fn of_two_tabs_one_orders_and_the_other_finds_no_cart() {
    let db = TestDb::with_fixture().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let first = OrderCall::new("T1", &[lamp, pen]).client_total("26500");
    let second = OrderCall::new("T2", &[pen]).client_total("3500"); // only a part of it
    let stock = Holder::stock(&db, "pen", NO_OPTION).await;
    let first_tab = waiting_order(&db, &first).await;
    let second_tab = waiting_order(&db, &second).await;
    stock.release().await;
    assert_eq!(ok(&first_tab.finish().await).str("order_number"), "T1");
    assert_eq!(code(&second_tab.finish().await), "CART_NOT_FOUND");
    assert_eq!(db.count("shop_orders").await, 1);
    assert_eq!(db.free_stock("pen", NO_OPTION).await, 99);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn of_many_tabs_one_orders() {
    let db = TestDb::with_fixture().await;
    for round in 0..4 {
        let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let answers = storm(&db, 12, |tab, mut conn| {
            let order =
                OrderCall::new(&format!("T{round}-{tab}"), &[cart_id]).client_total("23000");
            async move { order.call(&mut conn).await }
        })
        .await;
        let (orders, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_ok());
        assert_eq!(orders.len(), 1, "{orders:?}");
        for other in others {
            assert_eq!(code(other), "CART_NOT_FOUND");
        }
        assert_eq!(db.count("shop_orders").await, round + 1);
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, 99 - round);
    }
    db.assert_audit_clean().await;
}
