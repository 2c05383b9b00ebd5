//! A buyer whose user id is as long as it may be: an e-mail address, a UUID, another provider's id, 63 Korean characters.

use super::*;

#[tokio::test]
async fn a_buyer_of_63_characters_orders_pays_and_puts_back_like_any_other() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let korean = "가".repeat(63);
    let users = [
        "someone.with.a.long.name+shop@mail.example.co.kr",
        "123e4567-e89b-12d3-a456-426614174000",
        "naver:kRzQ3v9xN2mTf5uYw7bLd1cHs6eJ8gPq0aZiXoVy",
        &korean,
    ];
    let mut conn = db.conn_as_gateway().await;
    for (number, user) in users.iter().enumerate() {
        let post = |path: &str, body: serde_json::Value| {
            gateway.shop(Method::POST, path, user).json(&body).send()
        };
        let mut ids = Vec::new();
        for product in ["book", "pen"] {
            let item = serde_json::json!({"product_id": product, "quantity": 1});
            let answer = post("/v1/cart/items", item).await.unwrap();
            assert_eq!(answer.status(), 200, "{user}");
            let answer: serde_json::Value = answer.json().await.unwrap();
            ids.push(answer["cart_id"].clone());
        }
        for (suffix, id, total) in [("PAID", &ids[0], "10000"), ("BACK", &ids[1], "3500")] {
            let body = serde_json::json!({
                "mTrdNo": format!("{suffix}-{number}"), "trdAmt": total, "selected_cart_ids": [id],
                "receiver": serde_json::from_str::<serde_json::Value>(RECEIVER).unwrap(),
                "mode": "cart", "pg": "wallet"
            });
            let answer = post("/v1/orders", body.clone()).await.unwrap();
            assert_eq!(
                answer.status(),
                200,
                "{user}: {}",
                answer.text().await.unwrap()
            );
            let again: serde_json::Value = post("/v1/orders", body)
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            assert_eq!(again["replayed"], 1, "{again}");
        }
        let paid = WalletMessage::paid(&format!("PAID-{number}"), &format!("W{number}"), "10000");
        let answer = settle(&mut conn, "notify", &paid).await.unwrap();
        assert_eq!(answer.first().str("verdict"), "paid");
        let path = db.order_path(&format!("BACK-{number}")).await;
        let answer = gateway.shop(Method::GET, &path, user).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer = post(&format!("{path}/restore-cart"), serde_json::json!({}))
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }
    let kept =
        "SELECT GROUP_CONCAT(DISTINCT user_id ORDER BY seq_no SEPARATOR '|') FROM shop_orders";
    assert_eq!(db.text(kept).await, users.join("|"));
    assert_eq!(db.count("shop_cart").await, 4);
    db.assert_audit_clean().await;
}
