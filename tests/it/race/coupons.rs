//! One coupon that two orders want: of one buyer in two tabs, of an order that is paid late and one that is made
//! meanwhile. One of them has it, and the other one is told.

use super::*;
use crate::coupon::{book, coupon, holder, issue};

/// u1's order T1 of a lamp with the coupon, which has expired.
async fn expired(db: &TestDb, id: i64) {
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[lamp])
        .coupons(Some(&format!("[{id}]")))
        .client_total("22000");
    order.call(&mut conn).await.unwrap();
    db.let_expire("T1").await;
    call(&mut conn, "shop_order_expire", (100,)).await.unwrap();
    assert_eq!(holder(db, id).await, "free");
}

async fn late_payment(db: &TestDb) -> Running {
    let message = WalletMessage::paid("T1", "P1", "22000").json();
    Running::call(db, "shop_order_update", ("wallet", "M1", "notify", message)).await
}

#[tokio::test]
async fn two_tabs_with_one_coupon_are_one_order_with_it() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "use_limit = 5").await;
    let id = issue(&db, "C1", "u1").await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let first = OrderCall::new("T1", &[lamp])
        .coupons(Some(&format!("[{id}]")))
        .client_total("22000");
    let first = waiting_order(&db, &first).await;
    let second = book(&db, "T2", "u1", &[id], "9000").await;
    let second = waiting_order(&db, &second).await;
    stock.release().await;
    assert_eq!(ok(&first.finish().await).str("total_payment"), "22000.00");
    let refused = second.finish().await.unwrap_err();
    refused.expect_code("COUPON_NOT_AVAILABLE");
    assert_eq!(refused.row().str("detail"), format!("{id} held"));
    assert_eq!(holder(&db, id).await, "T1 1");
    db.assert_audit_clean().await;
}

/// The money comes first: whoever orders with the coupon waits for it, under its lock, and is told that it is used by now.
#[tokio::test]
async fn an_order_that_is_revived_keeps_its_coupon_from_one_that_is_made() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    let id = issue(&db, "C1", "u1").await;
    expired(&db, id).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut paying = late_payment(&db).await;
    paying.wait_until_blocked().await;
    let made = book(&db, "T2", "u1", &[id], "9000").await;
    let made = waiting_order(&db, &made).await;
    stock.release().await;
    assert_eq!(ok(&paying.finish().await).str("verdict"), "paid");
    let refused = made.finish().await.unwrap_err();
    refused.expect_code("COUPON_NOT_AVAILABLE");
    assert_eq!(refused.row().str("detail"), format!("{id} used"));
    assert_eq!(holder(&db, id).await, "T1 2");
    assert_eq!(db.count("shop_orders").await, 1);
    db.assert_audit_clean().await;
}

/// The order comes first: the money waits for what becomes of it.
#[tokio::test]
async fn money_for_an_order_whose_coupon_is_being_ordered_with_waits_and_is_late_or_not() {
    for made_in_the_end in [true, false] {
        let db = TestDb::with_fixture().await;
        coupon(&db, "C1", "").await;
        let id = issue(&db, "C1", "u1").await;
        expired(&db, id).await;
        let stock = Holder::stock(&db, "book", NO_OPTION).await;
        let made = book(&db, "T2", "u1", &[id], "9000").await;
        let made = waiting_order(&db, &made).await;
        let mut paying = late_payment(&db).await;
        paying.wait_until_blocked().await;
        let verdict = if made_in_the_end {
            stock.release().await;
            ok(&made.finish().await);
            "late"
        } else {
            let (_, killed) = kill(&db, "KILL QUERY", made).await;
            assert!(killed.is_err());
            stock.release().await;
            "paid"
        };
        assert_eq!(ok(&paying.finish().await).str("verdict"), verdict);
        let has_it = if made_in_the_end { "T2 1" } else { "T1 2" };
        assert_eq!(holder(&db, id).await, has_it);
        db.assert_audit_clean().await;
    }
}
