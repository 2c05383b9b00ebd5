//! Who only reads waits for nobody. A subquery in SET or IF takes shared locks on both engines, and so does everything
//! that a function or trigger reads on a MariaDB whose binary log is not in ROW format: orders that were refused for
//! want of stock waited for all others of that product, and deadlocks reached buyers.

use super::*;

/// A binary log in the format that the engine has by itself: MIXED on MariaDB.
const OPTIONS: [&str; 3] = [
    "--innodb-flush-log-at-trx-commit=0",
    "--sync-binlog=0",
    "--innodb-lock-wait-timeout=2",
];

/// Somebody has these open in an editor.
const HELD: &str = "
    SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
    BEGIN;
    UPDATE shops SET shop_name = CONCAT(shop_name, ' ');
    UPDATE shop_pg_adapters SET duty_minutes = duty_minutes + 1;
    UPDATE shop_products SET category_id = 'held';
    UPDATE shop_product_options SET option_name = CONCAT(option_name, ' ');
    UPDATE shop_order_statuses SET name = CONCAT(name, ' ');
    UPDATE shop_payment_verdicts SET meaning = CONCAT(meaning, ' ');
    UPDATE shop_delivery_policy SET policy_name = CONCAT(policy_name, ' ');
    UPDATE member SET user_phone = '010-0000-0000';
    UPDATE shop_shipping_address SET delivery_msg = 'held';
    UPDATE shop_stock SET free = free - 1 WHERE product_id = 'rice';
    UPDATE shop_orders SET tracking_number = 'held' WHERE order_number = 'OLD'";

#[tokio::test]
async fn nobody_waits_for_a_row_that_he_only_reads() {
    let server = PrivateServer::start_with(engine(), &OPTIONS).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let old = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let old = OrderCall::new("OLD", &[old]).client_total("10000");
    old.call(&mut conn).await.unwrap();
    let key = db.text("SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(order_key), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'))
                       FROM shop_orders").await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let none = db.add_cart(1, "u1", "none", NO_OPTION, 1).await;
    let rice = db.add_cart(1, "u1", "rice", NO_OPTION, 1).await;
    let hidden = db.add_cart(1, "u1", "hidden", NO_OPTION, 1).await;
    for (number, product, total) in [("BAD", "book", "10000"), ("LAPSED", "pen", "3500")] {
        let id = db.add_cart(1, "u1", product, NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[id]).client_total(total);
        order.call(&mut conn).await.unwrap();
    }
    db.let_expire("LAPSED").await;
    let mut editor = db.conn().await;
    editor.query_drop(HELD).await.unwrap();

    // Refused, with what the buyer has to see.
    for (code, ids, total) in [
        ("OUT_OF_STOCK", vec![none, rice], "16000"),
        ("PRICE_CHANGED", vec![rice], "1"),
        ("PRODUCT_UNAVAILABLE", vec![hidden], "7000"),
        ("CART_NOT_FOUND", vec![9999], "1"),
    ] {
        let order = OrderCall::new("NEW", &ids).client_total(total);
        let error = order.call(&mut conn).await.unwrap_err();
        error.expect_code(code);
    }
    // Somebody's first visit, an order, the same again, its payment and a return that does not fit.
    let first = ("1", "guest-1", "lamp", NO_OPTION, "1");
    call(&mut conn, "add_shop_cart", first).await.unwrap();
    let order = OrderCall::new("NEW", &[lamp]).client_total("23000");
    for replayed in [0, 1] {
        let answer = order.call(&mut conn).await.unwrap();
        assert_eq!(answer.first().int("replayed"), replayed);
    }
    let paid = WalletMessage::paid("NEW", "P1", "23000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    // Everything that has to be judged: what it means stands in rows, which are held as well.
    for (number, transaction, amount, verdict) in [
        ("NEW", "P1", "23000", "repeated"),
        ("NEW", "P3", "23000", "surplus"),
        ("NOBODY", "P4", "1", "unknown_order"),
        ("BAD", "P5", "1", "amount_mismatch"),
    ] {
        let message = WalletMessage::paid(number, transaction, amount);
        let answer = settle(&mut conn, "return", &message).await.unwrap();
        assert_eq!(answer.first().str("verdict"), verdict);
    }
    let expired = call(&mut conn, "shop_order_expire", (10,)).await;
    assert_eq!(expired.unwrap().first().int("expired"), 1);
    let forged = WalletMessage::paid("OLD", "P2", "10000")
        .with("_order_key", &key)
        .tamper("trdAmt", "1");
    let error = settle(&mut conn, "return", &forged).await.unwrap_err();
    let location = error.expect_code("SIGNATURE_INVALID").row().str("location");
    assert!(location.contains(&key), "{location}");
    // What only looks.
    let ids = format!("[{none},{rice}]");
    call(
        &mut conn,
        "shop_order_quote",
        (
            1,
            "u1",
            ids,
            "101",
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
    call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    call(&mut conn, "shop_order_select", (1, "u1", "OLD"))
        .await
        .unwrap();

    editor.query_drop("ROLLBACK").await.unwrap();
    db.assert_audit_clean().await;
}
