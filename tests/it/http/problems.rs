//! Errors as documents: words in the reader's language, numbers of the catalogue, what the buyer must see now; and
//! nothing that only the database's owner should know.

use super::*;

async fn ask(gateway: &Gateway, language: Option<&str>, body: &Json) -> Reply {
    let mut request = gateway.shop(Method::POST, "/v1/orders", "u1").json(body);
    if let Some(language) = language {
        request = request.header("accept-language", language);
    }
    Reply::of(request).await
}

#[tokio::test]
async fn titles_are_the_catalogue_s_in_korean_unless_english_is_asked_for() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let row = db
        .row("SELECT * FROM shop_error_codes WHERE code = 'CART_NOT_FOUND'")
        .await;
    let body = order_body("T1", &[999], "1");
    for (language, column) in [
        (None, "title_ko"),
        (Some("ko"), "title_ko"),
        (Some("en"), "title_en"),
        (Some("en-GB,en;q=0.9"), "title_en"),
        (Some("ko-KR,ko;q=0.9,en;q=0.8"), "title_ko"),
        (Some("ja,en;q=0.5"), "title_en"),
        (Some("fr"), "title_ko"),
        (Some("*"), "title_ko"),
        (Some("en;q=0"), "title_ko"),
        (Some("\u{7f}"), "title_ko"),
    ] {
        let language = language.filter(|text| text.is_ascii() && !text.contains('\u{7f}'));
        let problem = ask(&gateway, language, &body)
            .await
            .problem(409, "CART_NOT_FOUND");
        assert_eq!(problem["title"], row.str(column), "{language:?}");
        assert_eq!(problem["errno"], row.int("errno"));
        assert_eq!(problem["retryable"], row.int("retryable") == 1);
        assert_eq!(problem["field"], "selected_cart_ids");
    }
    // The gateway's own errors are in the catalogue too.
    let row = db
        .row("SELECT * FROM shop_error_codes WHERE code = 'ROUTE_NOT_FOUND'")
        .await;
    let reply = Reply::of(
        gateway
            .shop(Method::GET, "/x", "u1")
            .header("accept-language", "en"),
    )
    .await;
    let problem = reply.problem(404, "ROUTE_NOT_FOUND");
    assert_eq!(
        (problem["title"].as_str(), problem["errno"].as_i64()),
        (Some(&*row.str("title_en")), Some(row.int("errno")))
    );
}

#[tokio::test]
async fn a_changed_price_comes_with_the_quote_and_lines_of_now() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let quote = post(
        &gateway,
        "/v1/quotes",
        "u1",
        &json!({"selected_cart_ids": [cart_id]}),
    )
    .await
    .ok();
    db.exec("UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp'")
        .await;
    let before = db.snapshot().await;
    let mut body = order_body(
        "T1",
        &[cart_id],
        quote["total_payment"].as_str().expect("a text"),
    );
    let problem = post(&gateway, "/v1/orders", "u1", &body)
        .await
        .problem(409, "PRICE_CHANGED");
    assert_eq!(problem["field"], "trdAmt");
    assert_eq!(problem["retryable"], false);
    let now = post(
        &gateway,
        "/v1/quotes",
        "u1",
        &json!({"selected_cart_ids": [cart_id], "quote_id": quote["quote_id"]}),
    )
    .await
    .ok();
    assert_eq!(problem["lines"], now["lines"]);
    assert_eq!(problem["changes"], now["changes"]);
    let change = &problem["changes"][0];
    assert_eq!(problem["changes"].as_array().expect("a list").len(), 1);
    assert_eq!(change["cart_id"], cart_id);
    assert_eq!(change["name"], "Lamp");
    assert_eq!(
        [&change["old_amount"], &change["new_amount"]],
        ["40000.00", "42000.00"]
    );
    assert_eq!(change["reason"], "PRICE_RAISED");
    assert_eq!(change["policy_ids"], serde_json::Value::Null);
    let amounts = problem["quote"][0].as_object().expect("one row");
    assert_eq!(amounts["total_payment"], "45000.00");
    for (name, value) in amounts {
        match name.as_str() {
            "quote_id" => assert_ne!(*value, now[name]),
            "old_total" => assert_eq!(*value, quote["total_payment"]),
            _ => assert_eq!(*value, now[name], "{name}"),
        }
    }
    assert_eq!(amounts["price_changes"], json!([]));
    assert_eq!(amounts.len(), 14);
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
    // The key is free: the buyer agrees, and the form may be sent again, with nothing but the new quote.
    body["quote_id"] = amounts["quote_id"].clone();
    let placed = post(&gateway, "/v1/orders", "u1", &body).await.ok();
    assert_eq!(placed["replayed"], 0);
    assert_eq!(placed["total_payment"], "45000.00");
    assert_eq!(placed["price_changed"], 0);
    assert_eq!(placed.get("changes"), None);
}

#[tokio::test]
async fn what_is_short_or_cannot_be_bought_is_named() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let one = db.add_cart(1, "u1", "last", NO_OPTION, 3).await;
    let two = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let body = order_body("T1", &[one, two], "31000");
    let problem = post(&gateway, "/v1/orders", "u1", &body)
        .await
        .problem(409, "OUT_OF_STOCK");
    let short = json!([{"product_id": "last", "option_hash": NO_OPTION, "wanted": "3", "free": "1", "cart_ids": [one]}]);
    assert_eq!(problem["shortage"], short);

    let hidden = db.add_cart(1, "u1", "hidden", NO_OPTION, 1).await;
    let body = order_body("T1", &[two, hidden], "17000");
    let problem = post(&gateway, "/v1/orders", "u1", &body)
        .await
        .problem(409, "PRODUCT_UNAVAILABLE");
    let orderable: Vec<&Json> = problem["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| &line["orderable"])
        .collect();
    assert_eq!(orderable, [&json!(1), &json!(0)]);
    assert_eq!(db.count("shop_orders").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_other_refusals_have_their_status_and_field() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let right = order_body("T1", &[cart_id], "10000");
    let with = |name: &str, value: Json| {
        let mut body = right.clone();
        body[name] = value;
        body
    };
    for (body, status, code, field) in [
        (with("pg", json!("toss")), 409, "PG_NOT_AVAILABLE", "pg"),
        (
            with("coupon_ids", json!([7])),
            409,
            "COUPON_NOT_AVAILABLE",
            "coupon_ids",
        ),
        (
            with("point_to_use", json!(100)),
            409,
            "POINTS_NOT_ENOUGH",
            "point_to_use",
        ),
    ] {
        let problem = post(&gateway, "/v1/orders", "u1", &body)
            .await
            .problem(status, code);
        assert_eq!(problem["field"], field);
    }
    post(&gateway, "/v1/orders", "u1", &right).await.ok();
    let mismatch = with("mode", json!("direct"));
    post(&gateway, "/v1/orders", "u1", &mismatch)
        .await
        .problem(422, "IDEMPOTENCY_MISMATCH");
    let own = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let mut other_buyer = order_body("T1", &[own], "10000");
    other_buyer["address_id"] = json!(102);
    post(&gateway, "/v1/orders", "u2", &other_buyer)
        .await
        .problem(422, "IDEMPOTENCY_MISMATCH");
    let mut conn = db.conn_as_gateway().await;
    settle(
        &mut conn,
        "notify",
        &WalletMessage::paid("T1", "W1", "10000"),
    )
    .await
    .expect("a payment");
    let restore = post(
        &gateway,
        &format!("{}/restore-cart", db.order_path("T1").await),
        "u1",
        &json!({}),
    )
    .await;
    restore.problem(409, "STATE_NOT_ALLOWED");
    get(&gateway, "/v1/orders/T2", "u1")
        .await
        .problem(404, "ORDER_NOT_FOUND");
    let soldout = json!({"product_id": "soldout", "quantity": 1});
    post(&gateway, "/v1/cart/items", "u1", &soldout)
        .await
        .problem(409, "PRODUCT_UNAVAILABLE");
}

#[tokio::test]
async fn a_plain_request_id_is_given_back_and_any_other_replaced() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for (sent, kept) in [
        ("order-form_7.3", true),
        ("0f8c1d0e-1111-2222-3333-444455556666", true),
        ("a b", false),
        ("<x>", false),
        ("x\"y", false),
        (&"x".repeat(65), false),
        ("", false),
        ("a,b", false),
    ] {
        for path in ["/v1/cart", "/nowhere"] {
            let reply = Reply::of(
                gateway
                    .shop(Method::GET, path, "u1")
                    .header("x-request-id", sent),
            )
            .await;
            let id = reply.header("x-request-id").expect("an id").to_owned();
            assert_eq!(id == sent, kept, "{sent:?}");
            assert!((1..=64).contains(&id.len()));
            if path == "/nowhere" {
                reply.problem(404, "ROUTE_NOT_FOUND");
            }
            assert!(
                gateway.log().contains(&id),
                "its line in the log has the same id"
            );
        }
    }
}

/// Replaces a routine by one with this body, and grants it again.
async fn replace_select_cart(db: &TestDb, body: &str) {
    db.exec(&format!(
        "DROP PROCEDURE select_shop_cart;
         CREATE DEFINER = 'jumun_definer'@'localhost'
             PROCEDURE select_shop_cart(pi_shop_id INT UNSIGNED, pi_user_id TEXT, pi_event TEXT) {body};
         GRANT EXECUTE ON PROCEDURE select_shop_cart TO 'jumun_gateway'@'%'"
    ))
    .await;
}

#[tokio::test]
async fn a_dba_adds_an_error_without_a_new_build_or_a_restart() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    get(&gateway, "/v1/cart", "u1").await.ok();
    db.exec(
        "INSERT INTO shop_error_codes (errno, code, http_status, retryable, title_ko, title_en, remedy)
         VALUES (2150, 'SHOP_CLOSED', 423, 1, '쉬는 날입니다', 'The shop is closed', 'Come back tomorrow')",
    )
    .await;
    replace_select_cart(
        &db,
        "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 2150, MESSAGE_TEXT = 'SHOP_CLOSED'",
    )
    .await;
    let problem = get(&gateway, "/v1/cart", "u1")
        .await
        .problem(423, "SHOP_CLOSED");
    assert_eq!(
        (problem["errno"].as_i64(), problem["title"].as_str()),
        (Some(2150), Some("쉬는 날입니다"))
    );
    assert_eq!(problem["retryable"], true);
}

#[tokio::test]
async fn what_the_engine_says_is_for_the_log_only() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    replace_select_cart(&db, "SELECT 'secret', 18446744073709551615 + 1").await;
    let reply = get(&gateway, "/v1/cart", "u1").await;
    let problem = reply.problem(500, "INTERNAL_ERROR");
    assert!(problem.get("detail").is_none(), "{problem}");
    for word in [
        "secret",
        "18446744073709551615",
        "select_shop_cart",
        "1690",
        "BIGINT",
        "SQL",
    ] {
        assert!(!reply.text.contains(word), "{word}: {}", reply.text);
    }
    let id = reply.header("x-request-id").expect("an id").to_owned();
    assert!(gateway.log().contains(&id));
    // An answer that breaks the convention is an error as well, and not an empty success.
    replace_select_cart(&db, "SELECT 1 AS cart_id").await;
    get(&gateway, "/v1/cart", "u1")
        .await
        .problem(500, "INTERNAL_ERROR");
    replace_select_cart(&db, "BEGIN END").await;
    get(&gateway, "/v1/cart", "u1")
        .await
        .problem(500, "INTERNAL_ERROR");
    // Rows that came before an error are no success either.
    replace_select_cart(&db, "BEGIN SELECT 'OK' AS result, 0 AS cart_count; SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 2110; END").await;
    get(&gateway, "/v1/cart", "u1")
        .await
        .problem(409, "STATE_NOT_ALLOWED");
    // And the connections of all those are as good as before.
    for _ in 0..20 {
        get(&gateway, "/v1/orders/x", "u1")
            .await
            .problem(404, "ORDER_NOT_FOUND");
    }
}
