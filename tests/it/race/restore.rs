//! Putting an order's lines back beside its payment, its expiry, and a second click on the same button.

use super::*;

/// An order of u1: two lamps, number T1.
async fn an_order(db: &TestDb) -> Conn {
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    ok(&OrderCall::new("T1", &[cart_id])
        .client_total("43000")
        .call(&mut conn)
        .await);
    conn
}

async fn restore(db: &TestDb) -> Running {
    Running::call(db, "shop_order_restore_cart", (1, "u1", "T1")).await
}

async fn pay(db: &TestDb) -> Running {
    let message = WalletMessage::paid("T1", "P1", "43000");
    Running::call(
        db,
        "shop_order_update",
        ("wallet", "M1", "notify", message.json()),
    )
    .await
}

async fn lamps_in_the_cart(db: &TestDb) -> i64 {
    db.int("SELECT CAST(COALESCE(SUM(quantity), 0) AS SIGNED) FROM shop_cart")
        .await
}

#[tokio::test]
async fn a_payment_that_comes_while_the_cart_is_restored_is_owed_back() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut restoring = restore(&db).await;
    restoring.wait_until_blocked().await; // with the order locked
    let mut paying = pay(&db).await;
    paying.wait_until_blocked().await;
    stock.release().await;
    assert_eq!(ok(&restoring.finish().await).int("order_status"), 9);
    assert_eq!(ok(&paying.finish().await).str("verdict"), "late");
    assert_eq!(status(&db, "T1").await, 9);
    assert_eq!(lamps_in_the_cart(&db).await, 2);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_pg_duties WHERE state = 'owed' AND amount = 43000")
            .await,
        1
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_that_is_being_paid_is_not_put_back() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    let holds = Holder::reservations(&db, "T1").await;
    let mut paying = pay(&db).await;
    paying.wait_until_blocked().await; // with the order locked
    let mut restoring = restore(&db).await;
    restoring.wait_until_blocked().await;
    holds.release().await;
    assert_eq!(ok(&paying.finish().await).str("verdict"), "paid");
    assert_eq!(code(&restoring.finish().await), "STATE_NOT_ALLOWED");
    assert_eq!(status(&db, "T1").await, 2);
    assert_eq!(lamps_in_the_cart(&db).await, 0);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98);
    assert_eq!(db.count("shop_pg_duties").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_second_click_waits_for_the_first_and_adds_nothing() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut first = restore(&db).await;
    first.wait_until_blocked().await;
    let mut second = restore(&db).await;
    second.wait_until_blocked().await;
    stock.release().await;
    assert_eq!(ok(&first.finish().await).int("replayed"), 0);
    assert_eq!(ok(&second.finish().await).int("replayed"), 1);
    assert_eq!(lamps_in_the_cart(&db).await, 2);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn many_clicks_restore_once() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    let answers = storm(&db, 12, |_, mut conn| async move {
        call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await
    })
    .await;
    let replays: i64 = answers
        .iter()
        .map(|answer| ok(answer).int("replayed"))
        .sum();
    assert_eq!(replays, 11);
    assert_eq!(lamps_in_the_cart(&db).await, 2);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn expiry_passes_over_an_order_that_is_being_restored() {
    let db = TestDb::with_fixture().await;
    let mut conn = an_order(&db).await;
    db.let_expire("T1").await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut restoring = restore(&db).await;
    restoring.wait_until_blocked().await;
    let expired = call(&mut conn, "shop_order_expire", (100,)).await;
    assert_eq!(ok(&expired).int("expired"), 0);
    stock.release().await;
    assert_eq!(ok(&restoring.finish().await).int("order_status"), 9);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_that_expires_just_now_is_restored_after_it() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    db.let_expire("T1").await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut expiring = Running::call(&db, "shop_order_expire", (100,)).await;
    expiring.wait_until_blocked().await;
    let mut restoring = restore(&db).await;
    restoring.wait_until_blocked().await;
    stock.release().await;
    assert_eq!(ok(&expiring.finish().await).int("expired"), 1);
    let restored = restoring.finish().await;
    assert_eq!(ok(&restored).int("order_status"), 10);
    assert_eq!(ok(&restored).int("replayed"), 0);
    assert_eq!(lamps_in_the_cart(&db).await, 2);
    assert_eq!(
        db.free_stock("lamp", NO_OPTION).await,
        100,
        "given back once"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_added_while_the_cart_is_restored_adds_up_in_one_row() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut restoring = restore(&db).await;
    restoring.wait_until_blocked().await;
    let add = (1, "u1", "lamp", None::<&str>, "3");
    let mut adding = Running::call(&db, "add_shop_cart", add).await;
    adding.wait_until_blocked().await;
    stock.release().await;
    ok(&restoring.finish().await);
    ok(&adding.finish().await);
    assert_eq!(lamps_in_the_cart(&db).await, 5);
    assert_eq!(db.count("shop_cart").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_and_a_restore_of_one_buyer_wait_for_each_other() {
    let db = TestDb::with_fixture().await;
    an_order(&db).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
    let mut restoring = restore(&db).await;
    restoring.wait_until_blocked().await;
    let order = OrderCall::new("T2", &[pen]).client_total("3500");
    let ordering = waiting_order(&db, &order).await;
    stock.release().await;
    ok(&restoring.finish().await);
    ok(&ordering.finish().await);
    assert_eq!(
        lamps_in_the_cart(&db).await,
        2,
        "the pen is ordered, the lamps are back"
    );
    db.assert_audit_clean().await;
}
