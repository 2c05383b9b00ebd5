//! Money on the operator's port: a payment entered by hand, a duty closed; and a buyer who tries a second card.

use super::*;

async fn post(gateway: &Gateway, path: &str, body: Json) -> Reply {
    Reply::of(gateway.operator(Method::POST, path).json(&body)).await
}

async fn notify(gateway: &Gateway, message: &WalletMessage) {
    let request = gateway.request(Method::POST, "/pg/wallet/M1/notify");
    let reply = Reply::of(request.form(&message.form())).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "OK"));
}

#[tokio::test]
async fn an_operator_enters_a_payment_and_the_notification_afterwards_changes_nothing() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let payment = json!({"shop_id": 1, "pg": "wallet", "merchant_id": "M1", "pg_tx": "W1", "amount": 10000,
        "approval_no": "W1", "reason": "콘솔에는 승인, 알림 없음"});
    let path = "/admin/orders/T1/payment";
    let before = db.snapshot().await;
    for (name, value, status, code) in [
        ("amount", json!(1), 409, "AMOUNT_MISMATCH"),
        ("merchant_id", json!("M2"), 404, "MERCHANT_NOT_FOUND"),
        ("reason", json!(""), 400, "INVALID_INPUT"),
        ("pg_tx", json!("W1 "), 400, "INVALID_INPUT"),
        ("shop_id", json!(2), 404, "MERCHANT_NOT_FOUND"),
    ] {
        let mut wrong = payment.clone();
        wrong[name] = value;
        post(&gateway, path, wrong).await.problem(status, code);
    }
    post(&gateway, "/admin/orders/NOSUCH/payment", payment.clone())
        .await
        .problem(404, "ORDER_NOT_FOUND");
    // A shop's key is not the operator's, and buyers have no such address.
    let forged = gateway
        .client
        .post(gateway.operator_url(path))
        .bearer_auth(SHOP_KEY)
        .json(&payment);
    Reply::of(forged).await.problem(401, "UNAUTHENTICATED");
    let outside = gateway.request(Method::POST, path).json(&payment);
    Reply::of(outside).await.problem(404, "ROUTE_NOT_FOUND");
    assert!(db.snapshot().await == before);

    for replayed in [0, 1] {
        let answer = post(&gateway, path, payment.clone()).await.ok();
        assert_eq!(answer["order_key"], placed["order_key"]);
        assert_eq!(
            (&answer["order_status"], &answer["replayed"]),
            (&json!(2), &json!(replayed))
        );
    }
    let order = Reply::of(gateway.operator(Method::GET, "/admin/orders/T1?shop_id=1")).await;
    let log = &order.ok()["log"][1];
    assert_eq!(
        (&log["actor"], &log["log_message"]),
        (&json!("dba"), &json!("콘솔에는 승인, 알림 없음"))
    );
    let before = db.count("shop_pg_duties").await;
    notify(&gateway, &WalletMessage::paid("T1", "W1", "10000")).await;
    assert_eq!(db.count("shop_pg_duties").await, before);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_operator_closes_a_duty_and_opens_it_again() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    notify(&gateway, &WalletMessage::paid("T1", "W1", "1")).await;
    let list = |state: &str| {
        let path = format!("/admin/pg-duties?state={state}");
        Reply::of(gateway.operator(Method::GET, &path))
    };
    let duty = list("owed").await.ok()["duties"][0]["duty_no"].clone();
    let path = format!("/admin/pg-duties/{duty}");
    post(&gateway, &path, json!({"state": "done"}))
        .await
        .invalid("proof");
    let done = json!({"state": "done", "proof": "R20261128-1"});
    for replayed in [0, 1] {
        let answer = post(&gateway, &path, done.clone()).await.ok();
        assert_eq!(answer["replayed"], replayed);
        assert!(is_time(&answer["done_at"]));
    }
    assert_eq!(list("done").await.ok()["duties"][0]["proof"], "R20261128-1");
    let withdrawn = json!({"state": "withdrawn", "reason": "a slip"});
    post(&gateway, &path, withdrawn.clone())
        .await
        .problem(409, "STATE_NOT_ALLOWED");
    let form = [("state", "owed"), ("reason", "a slip")];
    let request = gateway.operator(Method::POST, &path).form(&form);
    assert_eq!(Reply::of(request).await.ok()["state"], "owed");
    post(&gateway, &path, withdrawn).await.ok();
    assert_eq!(list("withdrawn").await.ok()["duty_count"], 1);
    post(&gateway, "/admin/pg-duties/99", done)
        .await
        .problem(404, "DUTY_NOT_FOUND");
    db.assert_audit_clean().await;
}

/// Two notifications of one visit to the gateway's window, and then the buyer comes back.
#[tokio::test]
async fn declined_then_approved_in_the_same_visit_is_paid() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    notify(&gateway, &WalletMessage::failed("T1", "W1", "10000")).await;
    let approved = WalletMessage::paid("T1", "W2", "10000");
    notify(&gateway, &approved).await;
    let request = gateway.request(Method::POST, "/pg/wallet/M1/return");
    let reply = Reply::of(request.form(&approved.form())).await;
    let page = reply.sees();
    assert!(page.starts_with("http://shop.test/result?"), "{page}");
    let path = format!(
        "/v1/orders/{}",
        placed["order_key"].as_str().expect("a key")
    );
    let order = get(&gateway, &path, "u1").await.ok();
    assert_eq!(
        (&order["order_status"], &order["next_step"]),
        (&json!(2), &json!("done"))
    );
    assert_eq!(db.count("shop_pg_duties").await, 0);
    db.assert_audit_clean().await;
}
