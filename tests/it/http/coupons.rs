//! Coupons over HTTP: the list in a query, a code, and the operator who issues them.

use super::*;

/// A coupon with a code, and another one, issued to u1; and where u1's are.
async fn shop() -> (TestDb, Gateway) {
    let db = TestDb::with_fixture().await;
    db.exec(
        "INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount, rate, min_amount)
         VALUES (1, 'C1', '천 원', 'order', 'amount', 1000, NULL, NULL),
                (1, 'C2', '십 퍼센트', 'order', 'rate', NULL, 0.1, 15000);
         INSERT INTO shop_coupon_codes (shop_id, code, coupon_code) VALUES (1, 'HELLO1', 'C1')",
    )
    .await;
    let gateway = Gateway::start(&db).await;
    (db, gateway)
}

async fn issue(gateway: &Gateway, body: &Json) -> Reply {
    let request = gateway.operator(Method::POST, "/admin/coupons/issue");
    Reply::of(request.json(body)).await
}

#[tokio::test]
async fn a_coupon_is_issued_listed_entered_quoted_and_ordered() {
    let (db, gateway) = shop().await;
    let said =
        json!({"shop_id": 1, "coupon_code": "C2", "user_ids": ["u1", "u2"], "issue_key": "spring"});
    let answer = issue(&gateway, &said).await.ok();
    let counts = |answer: &Json| {
        ["issued_count", "known_count", "refused_count"].map(|name| answer[name].as_i64())
    };
    assert_eq!(counts(&answer), [Some(2), Some(0), Some(0)]);
    // Sent once more, as a form, it is known.
    let form = [
        ("shop_id", "1"),
        ("coupon_code", "C2"),
        ("user_ids[]", "u1"),
        ("user_ids[]", "u2"),
        ("issue_key", "spring"),
    ];
    let again = gateway.operator(Method::POST, "/admin/coupons/issue");
    let again = Reply::of(again.form(&form)).await.ok();
    assert_eq!(counts(&again), [Some(0), Some(2), Some(0)]);

    let entered = post(&gateway, "/v1/coupons", "u1", &json!({"code": "hel lo-1"}))
        .await
        .ok();
    assert_eq!(
        (&entered["coupon_code"], &entered["coupon_name"]),
        (&json!("C1"), &json!("천 원"))
    );
    assert!(entered["coupon_id"].is_i64(), "{entered}");

    // One book of 10,000: less than the other coupon asks for.
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let alone = get(
        &gateway,
        &format!("/v1/coupons?selected_cart_ids={cart_id}"),
        "u1",
    )
    .await
    .ok();
    let list = alone["coupons"].as_array().expect("coupons");
    assert_eq!(alone["coupon_count"], 2);
    let of = |code: &str| list.iter().find(|coupon| coupon["coupon_code"] == code);
    let (first, second) = (of("C1").expect("C1"), of("C2").expect("C2"));
    assert_eq!(
        [&first["usable"], &first["reason"], &first["discount"]],
        [&json!(1), &Json::Null, &json!("1000.00")]
    );
    assert_eq!(
        [&second["usable"], &second["reason"], &second["min_amount"]],
        [&json!(0), &json!("min_amount"), &json!("15000.00")]
    );
    assert!(is_time(&first["issued_at"]));
    for query in [
        format!("?selected_cart_ids[]={cart_id}"),
        format!("?selected_cart_ids=[{cart_id}]&post_code="),
        format!("?selected_cart_ids=%5B%7B%22id%22%3A{cart_id}%7D%5D&post_code=04524"),
        // Everything in the cart is that row.
        String::new(),
        "?selected_cart_ids=".to_owned(),
    ] {
        let answer = get(&gateway, &format!("/v1/coupons{query}"), "u1").await;
        assert_eq!(answer.ok(), alone, "{query}");
    }

    let mut body = order_body("T1", &[cart_id], "9000.00");
    body["coupon_ids"] = json!([first["coupon_id"]]);
    let quote = json!({"selected_cart_ids": [cart_id], "coupon_ids": [first["coupon_id"]]});
    let quote = post(&gateway, "/v1/quotes", "u1", &quote).await.ok();
    assert_eq!(
        [&quote["discount_total"], &quote["total_payment"]],
        [&json!("1000.00"), &json!("9000.00")]
    );
    let discount = json!([{
        "coupon_id": first["coupon_id"], "coupon_code": "C1", "coupon_name": "천 원", "promotion_code": null,
        "promotion_name": null, "target": "order",
        "amount": "1000.00", "lines": [{"cart_id": cart_id, "amount": "1000.00"}],
    }]);
    assert_eq!(quote["discounts"], discount);
    post(&gateway, "/v1/orders", "u1", &body).await.ok();
    let order = get(&gateway, &db.order_path("T1").await, "u1").await.ok();
    assert_eq!(
        order["discounts"][0]["lines"],
        json!([{"line_no": 1, "amount": "1000.00"}])
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_wrong_with_coupons_is_said() {
    let (db, gateway) = shop().await;
    for (query, field) in [
        ("?selected_cart_ids=[1", "selected_cart_ids"),
        ("?selected_cart_ids=x", "selected_cart_ids"),
        ("?selected_cart_ids=[]", "selected_cart_ids"),
        ("?post_code=1&post_code=2", "post_code"),
        ("?post_code=12345678901234", "post_code"),
    ] {
        get(&gateway, &format!("/v1/coupons{query}"), "u1")
            .await
            .invalid(field);
    }
    get(&gateway, "/v1/coupons?selected_cart_ids=[999]", "u1")
        .await
        .problem(409, "CART_NOT_FOUND");
    for body in [json!({}), json!({"code": ""}), json!({"code": ["HELLO1"]})] {
        post(&gateway, "/v1/coupons", "u1", &body)
            .await
            .invalid("code");
    }
    let code = json!({"code": "HELLO1"});
    post(&gateway, "/v1/coupons", "u1", &code).await.ok();
    let again = post(&gateway, "/v1/coupons", "u1", &code).await;
    let problem = again.problem(409, "COUPON_NOT_AVAILABLE");
    assert_eq!(problem["detail"], "member_limit");
    for attempt in 0..11 {
        let unknown = json!({"code": format!("GUESS{attempt}")});
        let reply = post(&gateway, "/v1/coupons", "u1", &unknown).await;
        if attempt < 10 {
            reply.problem(404, "COUPON_CODE_NOT_FOUND");
        } else {
            reply.problem(429, "TOO_MANY_ATTEMPTS");
        }
    }
    let said = |name: &str, value: Json| {
        let mut said =
            json!({"shop_id": 1, "coupon_code": "C1", "user_ids": ["u1"], "issue_key": "k"});
        said[name] = value;
        said
    };
    for (body, field) in [
        (said("user_ids", json!([])), "user_ids"),
        (said("user_ids", json!([1])), "user_ids"),
        (said("user_ids", json!({"a": 1})), "user_ids"),
        (said("hours", json!("x")), "hours"),
        (said("issue_key", json!("a b")), "issue_key"),
        (said("issue_key", Json::Null), "issue_key"),
        (said("users", json!(1)), "users"),
    ] {
        issue(&gateway, &body).await.invalid(field);
    }
    issue(&gateway, &said("coupon_code", json!("none")))
        .await
        .problem(404, "COUPON_NOT_FOUND");
    let by_key = gateway.shop(Method::POST, "/admin/coupons/issue", "u1");
    Reply::of(by_key.json(&said("issue_key", json!("other"))))
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    db.assert_audit_clean().await;
}
