//! The key of an order: the same request again is answered with the order, another one under it is refused.

use super::*;

/// What an answer says about the order itself, whatever has become of it.
fn identity(row: &Row) -> [String; 6] {
    [
        "order_number",
        "order_key",
        "order_code",
        "currency",
        "total_payment",
        "expires_at",
    ]
    .map(|column| row.str(column))
}

/// The request again: current state, current next step, and how to pay only while that helps.
async fn assert_replay(
    conn: &mut Conn,
    order: &OrderCall,
    first: &Row,
    status: i64,
    next_step: &str,
) {
    let sets = order.call(conn).await.unwrap();
    let row = sets.first();
    assert_eq!(row.int("replayed"), 1);
    assert_eq!(row.int("order_status"), status);
    assert_eq!(row.str("next_step"), next_step, "status {status}");
    if status == 1 {
        // expires_at may have been moved by the test
        assert_eq!(identity(row)[..5], identity(first)[..5]);
    } else {
        assert_eq!(identity(row), identity(first));
    }
    assert_eq!(sets.count(), 2);
    let payable = usize::from(next_step == "pay");
    assert_eq!(sets.set(1).rows.len(), payable, "status {status}");
}

#[tokio::test]
async fn the_same_request_again_is_answered_with_the_order_in_every_status() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (order, first) = one_book(&db, &mut conn, "T1").await;
    let steps = [
        (1, "pay", "pay"),
        (2, "done", "done"),
        (3, "done", "done"),
        (4, "done", "done"),
        (5, "done", "done"),
        (6, "done", "done"),
        (7, "restore_cart", "none"),
        (8, "none", "none"),
        (9, "restore_cart", "none"),
        (10, "restore_cart", "none"),
        (11, "deposit", "deposit"),
        (12, "restore_cart", "none"),
        (13, "wait", "wait"),
    ];
    for (status, next_step, restored) in steps {
        force_status(&db, "T1", status).await;
        let status = i64::from(status);
        assert_replay(&mut conn, &order, &first, status, next_step).await;
        if [7, 8, 9, 10, 12].contains(&status) {
            db.exec("UPDATE shop_orders SET restored_at = UTC_TIMESTAMP(6)")
                .await;
            assert_replay(&mut conn, &order, &first, status, restored).await;
            db.exec("UPDATE shop_orders SET restored_at = NULL").await;
        }
    }
    // Lapsed, and nobody has expired it yet.
    force_status(&db, "T1", 1).await;
    db.let_expire("T1").await;
    assert_replay(&mut conn, &order, &first, 1, "restore_cart").await;
    assert_eq!(db.count("shop_orders").await, 1);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99, "taken once");
}

#[tokio::test]
async fn a_replay_follows_the_order_on_its_way() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (paid, first) = one_book(&db, &mut conn, "T-paid").await;
    let message = WalletMessage::paid("T-paid", "P1", "10000");
    settle(&mut conn, "notify", &message).await.unwrap();
    assert_replay(&mut conn, &paid, &first, 2, "done").await;

    let (failed, first) = one_book(&db, &mut conn, "T-failed").await;
    let message = WalletMessage::failed("T-failed", "P2", "10000");
    settle(&mut conn, "return", &message).await.unwrap();
    assert_replay(&mut conn, &failed, &first, 12, "restore_cart").await;
    call(&mut conn, "shop_order_restore_cart", (1, "u1", "T-failed"))
        .await
        .unwrap();
    assert_replay(&mut conn, &failed, &first, 12, "none").await;
    db.exec("DELETE FROM shop_cart").await;

    let (restored, first) = one_book(&db, &mut conn, "T-restored").await;
    call(
        &mut conn,
        "shop_order_restore_cart",
        (1, "u1", "T-restored"),
    )
    .await
    .unwrap();
    assert_replay(&mut conn, &restored, &first, 9, "none").await;
    db.exec("DELETE FROM shop_cart").await;

    let (expired, _) = one_book(&db, &mut conn, "T-expired").await;
    db.let_expire("T-expired").await;
    call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    let sets = expired.call(&mut conn).await.unwrap();
    assert_eq!(sets.first().int("order_status"), 10);
    assert_eq!(sets.first().str("next_step"), "restore_cart");
    assert_eq!(sets.set(1).rows.len(), 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_replay_changes_nothing_and_needs_nothing_of_the_catalogue() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (order, first) = one_book(&db, &mut conn, "T1").await;
    db.exec(
        "UPDATE shop_products SET display = '0', buy_price = 1;
         UPDATE shop_stock SET free = 0;
         UPDATE shop_pg_adapters SET is_enabled = 0;
         DELETE FROM shop_shipping_address;
         DELETE FROM member;
         UPDATE shops SET total_tolerance = 0",
    )
    .await;
    let version = db
        .int("SELECT version FROM shop_cart_headers WHERE shop_id = 1 AND user_id = 'u1'")
        .await;
    let before = db.snapshot().await;
    for _ in 0..3 {
        assert_replay(&mut conn, &order, &first, 1, "pay").await;
    }
    db.exec(&format!(
        "UPDATE shop_cart_headers SET version = {version} WHERE shop_id = 1 AND user_id = 'u1'"
    ))
    .await;
    assert_eq!(db.snapshot().await, before, "a replay left something");
    nothing_is_locked(&db, "a replay").await;
}

#[tokio::test]
async fn the_same_request_in_other_words_is_the_same_request() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id])
        .address(None)
        .receiver(Some(RECEIVER))
        .client_total("10000");
    let first = placed(&mut conn, &order).await;
    let padded = r#"{"delivery_msg":"\n", "address":" 1 Sejong-daero ","post_code":"04524 ",
                     "receiver_phone":"010-2222-3333","receiver_name":"Guest","address_detail":null}"#;
    let same = [
        order
            .clone()
            .cart_ids_json(Some(&format!(r#"[{{"id":"{cart_id}","x":7}}]"#))),
        order.clone().cart_ids_json(Some(&format!(
            r#"[{{"qty":"1","id":{cart_id},"quantity":1}}]"#
        ))),
        order.clone().client_total("10000.0"),
        order.clone().client_total("010000.00"),
        order.clone().mode(Some("cart_all")),
        order.clone().mode(None),
        order.clone().coupons(Some("[]")),
        order.clone().coupons(Some("")),
        order.clone().points(Some("0")),
        order.clone().points(Some("0.00")),
        order.clone().points(Some("")),
        order.clone().address(Some("")),
        order.clone().receiver(Some(padded)),
    ];
    for (number, order) in same.iter().enumerate() {
        let sets = order.call(&mut conn).await;
        let sets = sets.unwrap_or_else(|e| panic!("request {number}: {e:?}"));
        assert_eq!(sets.first().int("replayed"), 1, "request {number}");
        assert_eq!(identity(sets.first()), identity(&first));
    }
}

#[tokio::test]
async fn another_request_under_a_used_key_is_refused_whatever_differs() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let other = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let u2s = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    db.exec(
        "INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone, post_code,
                                            address, update_date)
         SELECT 900, shop_id, user_id, receiver_name, receiver_phone, post_code, address, update_date
         FROM shop_shipping_address WHERE seq_no = 101",
    )
    .await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("10000");
    placed(&mut conn, &order).await;
    let typed = order.clone().address(None);
    let changed = [
        order.clone().cart_ids_json(Some(&format!("[{other}]"))),
        order
            .clone()
            .cart_ids_json(Some(&format!("[{cart_id},{other}]"))),
        order.clone().address(Some("900")),
        order.clone().address(Some("102")),
        typed.clone().receiver(Some(RECEIVER)),
        order.clone().coupons(Some("[1]")),
        order.clone().points(Some("1")),
        order.clone().client_total("10001"), // within the tolerance, and yet another request
        order.clone().client_total("20000"),
        order.clone().mode(Some("direct")),
        order.clone().pg(Some("card")),
        order.clone().user(1, "u2"),
        order
            .clone()
            .user(1, "u2")
            .cart_ids_json(Some(&format!("[{u2s}]"))),
    ];
    for order in &changed {
        let error = order_refused(&db, &mut conn, order, "IDEMPOTENCY_MISMATCH", "mTrdNo").await;
        assert_eq!(error.row().str("more"), "");
    }

    // Every part of a typed receiver counts.
    let fields = [
        "receiver_name",
        "receiver_phone",
        "post_code",
        "address",
        "address_detail",
        "delivery_msg",
    ];
    let mut receiver: serde_json::Value = serde_json::from_str(RECEIVER).unwrap();
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T2", &[cart_id])
        .address(None)
        .client_total("10000");
    placed(
        &mut conn,
        &order.clone().receiver(Some(&receiver.to_string())),
    )
    .await;
    for field in fields {
        let was = receiver[field].take();
        receiver[field] = "99".repeat(4).into();
        let order = order.clone().receiver(Some(&receiver.to_string()));
        order_refused(&db, &mut conn, &order, "IDEMPOTENCY_MISMATCH", "mTrdNo").await;
        receiver[field] = was;
    }
    // Neither is it anybody else's, who asks for exactly the same.
    for user in ["u2", "u3"] {
        let order = order
            .clone()
            .user(1, user)
            .address(None)
            .receiver(Some(&receiver.to_string()));
        order_refused(&db, &mut conn, &order, "IDEMPOTENCY_MISMATCH", "mTrdNo").await;
    }
    // The parts are not run together: one field's end is not the next one's beginning.
    receiver["address_detail"] = receiver["address"].clone();
    receiver["address"] = "x".into();
    let order = order.receiver(Some(&receiver.to_string()));
    order_refused(&db, &mut conn, &order, "IDEMPOTENCY_MISMATCH", "mTrdNo").await;
    assert_eq!(db.count("shop_orders").await, 2);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_key_is_one_of_its_shop_and_exact() {
    let db = shops().await;
    wallet_of_shop_2(&db).await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T1").await;
    // Another case, another key.
    one_book(&db, &mut conn, "t1").await;
    one_book(&db, &mut conn, &"x".repeat(64)).await;
    let mug = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[mug])
        .user(2, "u1")
        .client_total("24.98");
    placed(&mut conn, &order).await;
    assert_eq!(db.count("shop_orders").await, 4);
}
