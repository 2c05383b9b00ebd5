//! Orders posted by the buyer's own browser, with a ticket that the shop has signed: what a ticket is good for, and
//! what is not a ticket.

use super::*;

/// The fixture with a ticket key of shop 1, its gateway, and a cart row of u1.
pub async fn scene() -> (TestDb, Gateway, i64) {
    let db = TestDb::with_fixture().await;
    db.store_ticket_key(1, "1", TICKET_KEY).await;
    let gateway = Gateway::start(&db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    (db, gateway, cart_id)
}

pub fn body(number: &str, cart_id: i64, ticket: &str) -> Json {
    let mut body = order_body(number, &[cart_id], "10000");
    body["ticket"] = ticket.into();
    body
}

/// The same as a form, as `order_form.php` writes it: fields that the buyer left empty are there as well.
pub fn form(number: &str, cart_id: i64, ticket: &str) -> Vec<(&'static str, String)> {
    vec![
        ("ticket", ticket.to_owned()),
        ("mTrdNo", number.to_owned()),
        ("trdAmt", "10000".to_owned()),
        ("selected_cart_ids[]", cart_id.to_string()),
        ("address_id", "101".to_owned()),
        ("receiver[receiver_name]", String::new()),
        ("receiver[post_code]", String::new()),
        ("mode", "cart_selected".to_owned()),
        ("pg", "wallet".to_owned()),
        ("scope", "selected".to_owned()),
    ]
}

pub fn orders(gateway: &Gateway) -> reqwest::RequestBuilder {
    gateway.request(Method::POST, "/v1/orders")
}

/// Makes the gateway load its keys before their time, as it does for a key that may be new; once a second at most.
pub async fn ask_for_keys(gateway: &Gateway) {
    let unknown = Ticket {
        key_no: "200".to_owned(),
        ..Ticket::new("none")
    };
    let request = orders(gateway).json(&body("none", 1, &unknown.sign()));
    Reply::of(request).await.problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn with_a_ticket_an_order_needs_no_key_as_json_or_as_a_form() {
    let (db, gateway, cart_id) = scene().await;
    let ticket = Ticket::new("T1").sign();
    let placed = Reply::of(orders(&gateway).json(&body("T1", cart_id, &ticket)))
        .await
        .ok();
    assert_eq!(
        (&placed["replayed"], &placed["location"]),
        (&json!(0), &Json::Null)
    );
    assert_eq!(placed["payment"][0]["pay_fields"]["mTrdNo"], "T1");
    // A repeat is a replay, also in the other form, also when it claims to come from another buyer.
    let again = orders(&gateway)
        .header("X-User-Id", "u2")
        .form(&form("T1", cart_id, &ticket));
    let again = Reply::of(again).await.ok();
    assert_eq!(
        (&again["replayed"], &again["order_key"]),
        (&json!(1), &placed["order_key"])
    );
    let other = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let ticket = Ticket::new("T-2.x_Y").sign();
    let request = orders(&gateway).form(&form("T-2.x_Y", other, &ticket));
    assert_eq!(Reply::of(request).await.ok()["replayed"], 0);
    let owners = db
        .text("SELECT GROUP_CONCAT(DISTINCT shop_id, user_id) FROM shop_orders")
        .await;
    assert_eq!(owners, "1u1");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_ticket_is_for_its_own_order_and_its_own_buyer() {
    let (db, gateway, cart_id) = scene().await;
    let ticket = Ticket::new("T1").sign();
    for number in ["T2", "t1", "T1 ", "", "T11"] {
        for request in [
            orders(&gateway).json(&body(number, cart_id, &ticket)),
            orders(&gateway).form(&form(number, cart_id, &ticket)),
        ] {
            let problem = Reply::of(request).await.problem(401, "UNAUTHENTICATED");
            assert_eq!(problem["field"], "mTrdNo");
        }
    }
    let absent = {
        let mut body = body("T1", cart_id, &ticket);
        body.as_object_mut().expect("an object").remove("mTrdNo");
        body
    };
    let problem = Reply::of(orders(&gateway).json(&absent)).await;
    assert_eq!(problem.problem(401, "UNAUTHENTICATED")["field"], "mTrdNo");
    // Another buyer's ticket does not reach this one's cart, nor does another shop's.
    db.store_ticket_key(2, "1", TICKET_KEY).await;
    for (shop, user) in [("1", "u2"), ("2", "u1")] {
        let ticket = Ticket {
            shop: shop.to_owned(),
            user: user.to_owned(),
            ..Ticket::new("T1")
        };
        let mut body = body("T1", cart_id, &ticket.sign());
        body["address_id"] = Json::Null;
        body["receiver"] = json!({"receiver_name": "a", "receiver_phone": "010-0000-0000", "post_code": "1", "address": "b"});
        body["pg"] = "wallet".into();
        let expected = if shop == "1" {
            "CART_NOT_FOUND"
        } else {
            "PG_NOT_AVAILABLE"
        };
        // The other shop's key is a new one to the gateway.
        eventually("the key is known", || async {
            Reply::of(orders(&gateway).json(&body)).await.json()["code"] == expected
        })
        .await;
    }
    assert_eq!(db.count("shop_orders").await, 0);
}

#[tokio::test]
async fn nothing_else_can_be_done_with_a_ticket() {
    let (db, gateway, cart_id) = scene().await;
    let placed = place_order(&gateway, &db, "T1").await;
    let ticket = Ticket::new("T1").sign();
    let key = placed["order_key"].as_str().expect("a key");
    let before = db.snapshot().await;
    let requests = [
        (Method::GET, "/v1/cart".to_owned(), json!({})),
        (
            Method::POST,
            "/v1/cart/items".to_owned(),
            json!({"product_id": "book", "quantity": 1}),
        ),
        (
            Method::PATCH,
            format!("/v1/cart/items/{cart_id}"),
            json!({"quantity": 1}),
        ),
        (
            Method::DELETE,
            "/v1/cart/items".to_owned(),
            json!({"selected_cart_ids": [cart_id]}),
        ),
        (
            Method::POST,
            "/v1/quotes".to_owned(),
            json!({"selected_cart_ids": [cart_id]}),
        ),
        (Method::GET, format!("/v1/orders/{key}"), json!({})),
        (
            Method::POST,
            format!("/v1/orders/{key}/restore-cart"),
            json!({}),
        ),
    ];
    for (method, path, mut fields) in requests {
        for bearer in [false, true] {
            fields["ticket"] = ticket.as_str().into();
            let mut request = gateway
                .request(method.clone(), &with_query(&path, &[("ticket", &ticket)]))
                .header("X-User-Id", "u1")
                .header("origin", "http://shop.test")
                .json(&fields);
            if bearer {
                request = request.bearer_auth(&ticket);
            }
            let reply = Reply::of(request).await;
            reply.problem(401, "UNAUTHENTICATED");
            assert_eq!(reply.header("access-control-allow-origin"), None);
        }
    }
    // In the address or in place of a key it is none here either.
    let in_query = gateway
        .request(
            Method::POST,
            &with_query("/v1/orders", &[("ticket", &ticket)]),
        )
        .json(&order_body("T1", &[cart_id], "10000"));
    Reply::of(in_query).await.problem(401, "UNAUTHENTICATED");
    let as_key = gateway
        .request(Method::POST, "/v1/orders")
        .bearer_auth(&ticket)
        .header("X-User-Id", "u1")
        .json(&order_body("T1", &[cart_id], "10000"));
    Reply::of(as_key).await.problem(401, "UNAUTHENTICATED");
    // With a key a ticket is a field that nobody knows.
    let both = gateway
        .shop(Method::POST, "/v1/orders", "u1")
        .json(&body("T2", cart_id, &ticket));
    Reply::of(both).await.invalid("ticket");
    assert!(db.snapshot().await == before);
}

#[tokio::test]
async fn what_is_no_good_ticket_is_refused_in_the_same_words() {
    let (db, gateway, cart_id) = scene().await;
    let before = db.snapshot().await;
    let good = Ticket::new("T1");
    let text = good.sign();
    let other_key = "5a17c0ffee0000000000000000000000000000000000000000000000000000a2";
    let mut bad: Vec<String> = [
        Ticket {
            key_hex: other_key.to_owned(),
            ..good.clone()
        },
        // Forged and over: that its time is over is not said.
        Ticket {
            key_hex: other_key.to_owned(),
            expires: in_seconds(-5),
            ..good.clone()
        },
        Ticket {
            shop: "2".to_owned(),
            ..good.clone()
        },
        Ticket {
            shop: "01".to_owned(),
            ..good.clone()
        },
        Ticket {
            key_no: "2".to_owned(),
            ..good.clone()
        },
        Ticket {
            key_no: "257".to_owned(),
            ..good.clone()
        },
        Ticket {
            expires: in_seconds(24 * 3600 + 60),
            ..good.clone()
        },
        Ticket {
            expires: format!("{}000", in_seconds(60)),
            ..good.clone()
        },
        Ticket {
            expires: String::new(),
            ..good.clone()
        },
    ]
    .iter()
    .map(Ticket::sign)
    .collect();
    let (signed, signature) = text.rsplit_once('.').expect("a dot");
    bad.extend([
        signed.to_owned(),
        format!("{signed}."),
        format!("{signed}.{}", &signature[2..]),
        format!("{text}.{signature}"),
        format!("{text} "),
        text.replace("jumun1", "jumun2"),
        // The shift of a letter from one field to the next: what is signed has the dots in it.
        text.replace(
            &format!(".{}.", hex::encode("u1")),
            &format!(".{}.", hex::encode("u")),
        ),
        "demo".to_owned(),
        SHOP_KEY.to_owned(),
        "x".repeat(5000),
    ]);
    let mut said = std::collections::BTreeSet::new();
    for ticket in &bad {
        for request in [
            orders(&gateway).json(&body("T1", cart_id, ticket)),
            orders(&gateway).form(&form("T1", cart_id, ticket)),
        ] {
            let reply = Reply::of(request).await;
            let mut problem = reply.problem(401, "UNAUTHENTICATED");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            problem["request_id"] = Json::Null;
            said.insert(problem.to_string());
        }
    }
    assert_eq!(said.len(), 1, "{said:?}");
    // Whoever has signed it may be told that it is over.
    let over = Ticket {
        expires: in_seconds(-1),
        ..good
    };
    let reply = Reply::of(orders(&gateway).json(&body("T1", cart_id, &over.sign()))).await;
    reply.problem(401, "TICKET_EXPIRED");
    for (absent, code) in [
        (json!({}), "UNAUTHENTICATED"),
        (json!({"ticket": ""}), "UNAUTHENTICATED"),
    ] {
        Reply::of(orders(&gateway).json(&absent))
            .await
            .problem(401, code);
    }
    for odd in [
        json!({"ticket": ["a"]}),
        json!({"ticket": {"a": "b"}}),
        json!({"ticket": true}),
    ] {
        Reply::of(orders(&gateway).json(&odd))
            .await
            .invalid("ticket");
    }
    assert!(db.snapshot().await == before);
    let log = gateway.log();
    assert!(
        !log.contains(signature) && !log.contains(TICKET_KEY),
        "{log}"
    );
    assert_eq!(
        Reply::of(orders(&gateway).json(&body("T1", cart_id, &text)))
            .await
            .ok()["replayed"],
        0
    );
}

#[tokio::test]
async fn keys_are_changed_without_a_restart_and_without_a_gap() {
    let (db, gateway, cart_id) = scene().await;
    let new_key = "b2".repeat(32);
    let old = Ticket::new("T1").sign();
    let new = Ticket {
        key_no: "2".to_owned(),
        key_hex: new_key.clone(),
        ..Ticket::new("T1")
    }
    .sign();
    let status = |ticket: String| {
        let request = orders(&gateway).json(&body("T1", cart_id, &ticket));
        async { Reply::of(request).await.status }
    };
    assert_eq!(status(new.clone()).await, 401);
    db.store_ticket_key(1, "2", &new_key).await;
    eventually("the new key is known", || async {
        status(new.clone()).await == 200
    })
    .await;
    assert_eq!(status(old.clone()).await, 200);
    let mut operator = db.conn_as_operator().await;
    operator
        .query_drop("CALL update_adm_ticket_key(1, '1', NULL, UTC_TIMESTAMP())")
        .await
        .expect("the end of the old key");
    eventually("the old key has ended", || async {
        ask_for_keys(&gateway).await;
        status(old.clone()).await == 401
    })
    .await;
    assert_eq!(status(new).await, 200);
    assert_eq!(db.count("shop_orders").await, 1);
}

#[tokio::test]
async fn an_operator_can_store_a_key_over_http_and_nobody_gets_to_see_it() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("RUST_LOG", "debug")]).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let key = json!({"shop_id": 1, "key_no": 1, "key_hex": TICKET_KEY});
    let forged = gateway
        .client
        .post(gateway.operator_url("/admin/ticket-keys"))
        .bearer_auth(SHOP_KEY)
        .json(&key);
    Reply::of(forged).await.problem(401, "UNAUTHENTICATED");
    let answer = Reply::of(
        gateway
            .operator(Method::POST, "/admin/ticket-keys")
            .json(&key),
    )
    .await;
    assert_eq!(
        answer.ok()["keys"],
        json!([{"key_no": 1, "valid_until": null, "is_valid": 1}])
    );
    let refused = json!({"shop_id": 1, "key_no": 1, "key_hex": format!("{TICKET_KEY}0")});
    let refused = Reply::of(
        gateway
            .operator(Method::POST, "/admin/ticket-keys")
            .json(&refused),
    )
    .await;
    refused.invalid("key_hex");
    eventually("the key is known", || async {
        let request = orders(&gateway).json(&body("T1", cart_id, &Ticket::new("T1").sign()));
        Reply::of(request).await.status == 200
    })
    .await;
    let log = gateway.log();
    assert!(log.contains("/admin/ticket-keys"), "{log}");
    for text in [&log, &answer.text, &refused.text] {
        assert!(!text.contains(&TICKET_KEY[..20]), "{text}");
    }
}
