//! The shop after the move: an old member's old cart is ordered and paid through the gateway.

use super::*;

#[tokio::test]
async fn an_old_cart_is_ordered_and_paid_and_old_orders_are_shown() {
    let db = adopted(DIRTY).await;
    db.wallet_and_key().await;
    let gateway = Gateway::start(&db).await;
    let job = "SELECT is_enabled FROM shop_jobs WHERE job_name = 'shop_stock_mirror'";
    assert_eq!(db.int(job).await, 1, "pages read the copy of its stock");
    assert_eq!(
        TestDb::new().await.int(job).await,
        0,
        "nobody does in a new shop"
    );
    let address = db
        .text("SELECT seq_no FROM shop_shipping_address WHERE user_id = 'kim' AND is_default = 1")
        .await;
    // The number of an old order cannot be used again.
    let mut conn = db.conn_as_gateway().await;
    OrderCall::new("A-101", &[11])
        .user(1, "kim")
        .address(Some(&address))
        .client_total("64800")
        .call(&mut conn)
        .await
        .unwrap_err()
        .expect_code("IDEMPOTENCY_MISMATCH");
    // Six teas at 12,000 less 10 %, free delivery from 30,000 on.
    let body = serde_json::json!({
        "mTrdNo": "NEW-1", "trdAmt": "64800", "selected_cart_ids": [11], "address_id": address, "mode": "cart",
        "pg": "wallet",
    });
    let answer = gateway
        .shop(Method::POST, "/v1/orders", "kim")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let message = WalletMessage::paid("NEW-1", "W1", "64800");
    let answer = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message.form())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let order: serde_json::Value = gateway
        .shop(Method::GET, &db.order_path("NEW-1").await, "kim")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(order["order_status"], 2);
    assert_eq!(order["user_name"], "김손님");
    assert_eq!(db.free_stock("TEA-1", NO_OPTION).await, 44);
    // An order from before.
    let order: serde_json::Value = gateway
        .shop(Method::GET, &db.order_path("A-101").await, "kim")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(order["order_status"], 6);
    assert_eq!(order["total_payment"], "24000.00");
    assert_eq!(order["payments"][0]["status"], "adopted");
    assert_eq!(order["log"][1]["log_message"], "결제 완료");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn unpaid_orders_from_before_expire_and_a_deposit_may_still_come() {
    let db = adopted(DIRTY).await;
    db.wallet_and_key().await;
    let mut conn = db.conn_as_gateway().await;
    db.call(&mut conn, "shop_order_expire", (100,))
        .await
        .unwrap();
    assert_eq!(
        db.int("SELECT order_status FROM shop_orders WHERE seq_no = 105")
            .await,
        10
    );
    assert_eq!(
        db.int("SELECT order_status FROM shop_orders WHERE seq_no = 106")
            .await,
        11
    );
    assert_eq!(
        db.free_stock("POT-1", NO_OPTION).await,
        1,
        "its unit is back"
    );
    db.assert_audit_clean().await;
    let message = WalletMessage::paid("A-106", "W6", "18000");
    settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(
        db.int("SELECT order_status FROM shop_orders WHERE seq_no = 106")
            .await,
        2
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_later_load_and_check_leave_what_was_adopted_alone() {
    let db = adopted(DIRTY).await;
    let rows = state(&db).await;
    for verb in ["load", "check"] {
        let (done, words) = run(command(&db, verb, &[])).await;
        assert!(done, "{verb}: {words}");
    }
    assert_eq!(state(&db).await, rows);
    // What nobody marked is told.
    db.exec("ALTER TABLE shop_cart ADD COLUMN stray INT").await;
    let (done, words) = run(command(&db, "check", &[])).await;
    assert!(
        !done && words.contains("extra    column shop_cart.stray"),
        "{words}"
    );
}
