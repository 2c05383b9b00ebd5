//! Requests that are wrong as a whole: keys, buyers, addresses, methods, media types, sizes; and things that are not
//! there or not the buyer's, which must look alike.

use super::*;

/// The answer without what differs from request to request.
fn comparable(reply: &Reply) -> Json {
    let mut body = reply.json();
    body["request_id"] = Json::Null;
    body
}

#[tokio::test]
async fn without_a_key_of_a_shop_nothing_is_answered() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let path = format!(
        "/v1/orders/{}",
        placed["order_key"].as_str().expect("a key")
    );
    db.exec(
        "INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date, revoked_at)
         VALUES (UNHEX(SHA2('revoked-key', 256)), 1, 'test', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
    )
    .await;
    let before = db.snapshot().await;
    let hash = sha256_hex(SHOP_KEY);
    let forged = [
        None,
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer forged".to_owned()),
        Some(format!("Bearer {SHOP_KEY}x")),
        Some(format!("Bearer {}", SHOP_KEY.to_uppercase())),
        Some(format!("Bearer {SHOP_KEY} {SHOP_KEY}")),
        Some(format!("Bearer {hash}")),
        Some(format!("Basic {SHOP_KEY}")),
        Some(SHOP_KEY.to_owned()),
        Some("Bearer revoked-key".to_owned()),
        Some(format!("Bearer {OPERATOR_KEY}")),
        Some("Bearer ' OR '1'='1".to_owned()),
    ];
    for key in forged {
        let requests = [
            (Method::GET, path.as_str()),
            (Method::GET, "/v1/cart"),
            (Method::POST, "/v1/orders"),
            (Method::POST, "/v1/quotes"),
            (Method::POST, "/v1/cart/items"),
            (Method::DELETE, "/v1/cart/items"),
        ];
        for (method, path) in requests {
            let mut request = gateway.request(method, path).header("X-User-Id", "u1");
            if let Some(key) = &key {
                request = request.header("authorization", key);
            }
            let reply = Reply::of(request).await;
            reply.problem(401, "UNAUTHENTICATED");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{key:?}");
        }
    }
    assert!(db.snapshot().await == before);
    // A new key works without a restart.
    db.exec(
        "INSERT INTO shop_keys (key_sha256, shop_id, key_label, create_date)
         VALUES (UNHEX(SHA2('new-key', 256)), 1, 'test', UTC_TIMESTAMP(6))",
    )
    .await;
    eventually("a new key is known", || async {
        let request = gateway
            .request(Method::GET, &path)
            .bearer_auth("new-key")
            .header("X-User-Id", "u1");
        Reply::of(request).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn a_shop_must_say_for_which_buyer() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let ask = |user: Option<&[u8]>| {
        let mut request = gateway
            .request(Method::GET, "/v1/cart")
            .bearer_auth(SHOP_KEY);
        if let Some(user) = user {
            request = request.header(
                "X-User-Id",
                reqwest::header::HeaderValue::from_bytes(user).expect("a header"),
            );
        }
        Reply::of(request)
    };
    let long = [b'u'; 64];
    // More than the parameter can hold: the database itself would refuse it, and name no field.
    let very_long = [b'u'; 65_536];
    for user in [
        None,
        Some(&b""[..]),
        Some(b"   "),
        Some(&long),
        Some(&very_long),
        Some(b"\xb0\xa1"),
        Some(b"a\tb"),
    ] {
        ask(user).await.invalid("X-User-Id");
    }
    for user in ["u1", "guest-7f3a", "홍길동", "u'1", "a b"] {
        let body = ask(Some(user.as_bytes())).await.ok();
        assert_eq!(body["cart_count"], 0, "{user}");
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_told_apart() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/carts",
        "/v1/cart/",
        "/v2/cart",
        "/v1/orders/a/b",
        "/live",
        "/metrics",
        "/admin/audit",
        "/pg/wallet/M1",
        "/pg/wallet/M1/manual",
        "/pg/wallet/M1/approve",
        "/pg/wallet/M1/return/a/b",
        "/v1/cart/items/1/2",
        "/favicon.ico",
        "/v1/../admin/audit",
    ] {
        for method in [Method::GET, Method::POST] {
            let reply = Reply::of(gateway.shop(method, path, "u1")).await;
            reply.problem(404, "ROUTE_NOT_FOUND");
        }
    }
    let cases = [
        ("/v1/cart", Method::POST, "GET, HEAD"),
        ("/v1/cart/items", Method::GET, "POST, DELETE"),
        ("/v1/cart/items/1", Method::POST, "PATCH"),
        ("/v1/quotes", Method::GET, "POST"),
        ("/v1/orders", Method::PUT, "POST, GET, HEAD"),
        ("/v1/orders/x", Method::DELETE, "GET, HEAD"),
        ("/v1/orders/x/restore-cart", Method::GET, "POST"),
        ("/pg/wallet/M1/notify", Method::GET, "POST"),
        ("/pg/wallet/M1/return", Method::PUT, "GET, HEAD, POST"),
        ("/pg/wallet/M1/return/x", Method::DELETE, "GET, HEAD, POST"),
        ("/v1/orders", Method::OPTIONS, "POST, GET, HEAD"),
        (
            "/v1/orders",
            Method::from_bytes(b"BREW").expect("a method"),
            "POST, GET, HEAD",
        ),
    ];
    for (path, method, allowed) in cases {
        let reply = Reply::of(gateway.shop(method.clone(), path, "u1").body("{\"a\":1}")).await;
        reply.problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
    }
    for path in ["/live", "/ready", "/metrics", "/procedures"] {
        let reply = Reply::of(gateway.operator(Method::POST, path)).await;
        reply.problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("allow"), Some("GET, HEAD"), "{path}");
    }
    // Where there is nothing to get there is no HEAD either.
    let head = gateway
        .shop(Method::HEAD, "/v1/quotes", "u1")
        .send()
        .await
        .expect("an answer");
    assert_eq!(head.status().as_u16(), 405, "{head:?}");
}

#[tokio::test]
async fn a_body_of_another_type_is_not_guessed_at() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let types = [
        Some("text/plain"),
        Some("application/xml"),
        Some("multipart/form-data; boundary=x"),
        Some("application/jsonx"),
        Some("json"),
        Some(""),
        None,
    ];
    for media in types {
        for (method, path) in [
            (Method::POST, "/v1/orders"),
            (Method::POST, "/v1/cart/items"),
            (Method::DELETE, "/v1/cart/items"),
        ] {
            let mut request = gateway.shop(method, path, "u1").body("{\"mTrdNo\":\"T1\"}");
            if let Some(media) = media {
                request = request.header("content-type", media);
            }
            Reply::of(request)
                .await
                .problem(415, "MEDIA_TYPE_NOT_SUPPORTED");
        }
    }
    for media in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/x-www-form-urlencoded;charset=UTF-8",
    ] {
        let request = gateway
            .shop(Method::POST, "/v1/orders", "u1")
            .header("content-type", media);
        let body = if media.contains("form") { "x=1" } else { "{}" };
        Reply::of(request.body(body)).await.invalid("mTrdNo");
    }
}

#[tokio::test]
async fn a_body_of_two_megabytes_is_refused_and_its_sender_sees_why() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let large = "x".repeat(2 * 1024 * 1024);
    let json = format!("{{\"mTrdNo\":\"{large}\"}}");
    let bodies = [
        ("application/json", json),
        (
            "application/x-www-form-urlencoded",
            format!("mTrdNo={large}"),
        ),
    ];
    for (media, body) in bodies {
        for path in [
            "/v1/orders",
            "/v1/cart/items",
            "/v1/quotes",
            "/pg/wallet/M1/notify",
            "/pg/wallet/M1/return",
        ] {
            let request = gateway
                .shop(Method::POST, path, "u1")
                .header("content-type", media)
                .body(body.clone());
            Reply::of(request).await.problem(413, "BODY_TOO_LARGE");
        }
    }
    // A little below the limit it is read.
    let body = json!({"mTrdNo": "x".repeat(60_000)});
    post(&gateway, "/v1/orders", "u1", &body)
        .await
        .invalid("mTrdNo");
    let unknown = gateway.shop(Method::POST, "/nowhere", "u1").body(large);
    Reply::of(unknown).await.problem(404, "ROUTE_NOT_FOUND");
}

#[tokio::test]
async fn cart_rows_that_are_foreign_unknown_or_ordered_look_alike() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let ordered = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    post(
        &gateway,
        "/v1/orders",
        "u1",
        &order_body("T0", &[ordered], "10000"),
    )
    .await
    .ok();
    let own = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let foreign = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let other_shop = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let before = db.snapshot().await;

    for with_own in [false, true] {
        let mut answers = Vec::new();
        for id in [ordered, foreign, other_shop, 999_999] {
            let ids = if with_own { vec![own, id] } else { vec![id] };
            let order = post(
                &gateway,
                "/v1/orders",
                "u1",
                &order_body("T1", &ids, "10000"),
            )
            .await;
            order.problem(409, "CART_NOT_FOUND");
            let quote = post(
                &gateway,
                "/v1/quotes",
                "u1",
                &json!({"selected_cart_ids": ids}),
            )
            .await;
            quote.problem(409, "CART_NOT_FOUND");
            answers.push((comparable(&order), comparable(&quote)));
        }
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
    }
    let mut answers = Vec::new();
    for id in [ordered, foreign, other_shop, 999_999] {
        let patch = gateway
            .shop(Method::PATCH, &format!("/v1/cart/items/{id}"), "u1")
            .json(&json!({"quantity": 5}));
        let reply = Reply::of(patch).await;
        reply.problem(409, "CART_NOT_FOUND");
        let text = comparable(&reply).to_string();
        answers.push(text.replace(&format!("\"{id}\""), "\"ID\""));
        let delete = gateway
            .shop(Method::DELETE, "/v1/cart/items", "u1")
            .json(&json!({"selected_cart_ids": [id]}));
        assert_eq!(Reply::of(delete).await.ok()["deleted"], 0);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    // Locking one's own cart is no change that anybody else could see.
    let without_version = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("shop_cart_headers"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        without_version(&db.snapshot().await),
        without_version(&before)
    );
}

#[tokio::test]
async fn a_foreign_address_looks_like_an_unknown_one() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut answers = Vec::new();
    for address in [102, 201, 999_999] {
        let mut body = order_body("T1", &[cart_id], "10000");
        body["address_id"] = json!(address);
        let order = post(&gateway, "/v1/orders", "u1", &body).await;
        assert_eq!(
            order.problem(409, "ADDRESS_NOT_FOUND")["field"],
            "address_id"
        );
        let body = json!({"selected_cart_ids": [cart_id], "address_id": address});
        let quote = post(&gateway, "/v1/quotes", "u1", &body).await;
        quote.problem(409, "ADDRESS_NOT_FOUND");
        let texts = [order, quote].map(|reply| {
            comparable(&reply)
                .to_string()
                .replace(&format!("\"{address}\""), "\"ID\"")
        });
        assert!(texts.iter().all(|text| !text.contains("Sejong")));
        answers.push(texts);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    assert_eq!(db.count("shop_orders").await, 0);
    post(
        &gateway,
        "/v1/orders",
        "u1",
        &order_body("T1", &[cart_id], "10000"),
    )
    .await
    .ok();
}
