//! Every route of the shop, as JSON and as a form.

use super::*;

const LINE: [&str; 20] = [
    "cart_id",
    "product_id",
    "product_name",
    "option_hash",
    "option_name",
    "unit_price",
    "quantity",
    "line_amount",
    "orderable",
    "stock_left",
    "added_price",
    "product_thumb_img_url",
    "item_state",
    "option",
    "min_quantity",
    "max_quantity",
    "quantity_step",
    "member_quantity",
    "member_days",
    "quantity_kept",
];

fn names(object: &Json) -> Vec<&str> {
    object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn every_route_as_json() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;

    let book = json!({"product_id": "book", "quantity": 2});
    let answer = post(&gateway, "/v1/cart/items", "u1", &book).await.ok();
    assert_eq!(
        names(&answer),
        ["result", "cart_id", "cart_count", "price_changes", "lines"]
    );
    assert_eq!(names(&answer["lines"][0]), LINE);
    let book_id = answer["cart_id"].as_i64().expect("a number");
    let line = &answer["lines"][0];
    assert_eq!(
        (&line["unit_price"], &line["line_amount"]),
        (&json!("10000.00"), &json!("20000.00"))
    );
    assert_eq!(
        (&line["quantity"], &line["product_name"]),
        (&json!(2), &json!("책"))
    );

    let shirt = json!({"product_id": "shirt", "option_hash": "blue", "quantity": "1"});
    let answer = post(&gateway, "/v1/cart/items", "u1", &shirt).await.ok();
    let shirt_id = answer["cart_id"].as_i64().expect("a number");
    assert_eq!(answer["cart_count"], 2);

    let path = format!("/v1/cart/items/{book_id}");
    let more = json!({"quantity": 3});
    let answer = Reply::of(gateway.shop(Method::PATCH, &path, "u1").json(&more))
        .await
        .ok();
    assert_eq!(answer["cart_id"], book_id);
    let cart = get(&gateway, "/v1/cart", "u1").await.ok();
    assert_eq!(cart["lines"], answer["lines"]);
    assert_eq!(
        get(&gateway, "/v1/cart", "u2").await.ok()["lines"],
        json!([])
    );

    let wanted = json!({"selected_cart_ids": [book_id, {"id": shirt_id}], "address_id": "101"});
    let quote = post(&gateway, "/v1/quotes", "u1", &wanted).await;
    let ids = json!({"selected_cart_ids": [book_id, shirt_id]});
    let quote_again = post(&gateway, "/v1/quotes", "u1", &ids).await.ok();
    let quote = quote.ok();
    assert!(quote["quote_id"].as_i64() < quote_again["quote_id"].as_i64());
    assert_eq!(
        without_id(&quote),
        without_id(&quote_again),
        "the default address is 101"
    );
    assert_eq!(quote["total_payment"], "49000.00");
    assert_eq!(
        (&quote["currency"], &quote["currency_digits"]),
        (&json!("KRW"), &json!(0))
    );
    assert_eq!(
        (&quote["user_name"], &quote["address_id"]),
        (&json!("Buyer 1"), &json!(101))
    );

    let body = order_body("T1", &[book_id, shirt_id], "49000.00");
    let placed = post(&gateway, "/v1/orders", "u1", &body).await.ok();
    let members = [
        "result",
        "replayed",
        "order_number",
        "order_key",
        "order_code",
        "order_status",
        "next_step",
        "currency",
        "total_payment",
        "expires_at",
        "location",
        "price_changed",
        "old_total",
        "payment",
    ];
    assert_eq!(names(&placed), members);
    assert_eq!(
        (&placed["replayed"], &placed["next_step"]),
        (&json!(0), &json!("pay"))
    );
    assert_eq!(placed["total_payment"], "49000.00");
    assert!(is_time(&placed["expires_at"]), "{placed}");
    let payment = &placed["payment"][0];
    assert_eq!(
        (&payment["pay_method"], &payment["pay_url"]),
        (&json!("POST"), &json!("http://pg.test/pay"))
    );
    let fields = &payment["pay_fields"];
    assert_eq!(
        fields["pktHash"],
        sha256_hex(&format!("M1T149000{WALLET_KEY}"))
    );
    let home = format!(
        "http://gateway.test/pg/wallet/M1/return/{}",
        placed["order_key"].as_str().unwrap()
    );
    assert_eq!(fields["nextUrl"], home, "a buyer is led home by it");
    assert_eq!(fields["notiUrl"], "http://gateway.test/pg/wallet/M1/notify");

    let again = post(&gateway, "/v1/orders", "u1", &body).await.ok();
    assert_eq!(again["replayed"], 1);
    for member in members.iter().filter(|member| **member != "replayed") {
        assert_eq!(again[member], placed[member], "{member}");
    }

    let path = db.order_path("T1").await;
    let order = get(&gateway, &path, "u1").await.ok();
    assert_eq!(order["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&order["payments"], &order["log"][0]["action"]),
        (&json!([]), &json!("order"))
    );
    assert!(is_time(&order["order_date"]) && is_time(&order["log"][0]["log_date"]));
    assert!(order["paid_at"].is_null());

    let path = format!("{path}/restore-cart");
    let restored = post(&gateway, &path, "u1", &json!({})).await.ok();
    assert_eq!(
        (&restored["replayed"], &restored["cart_count"]),
        (&json!(0), &json!(2))
    );
    let restored = Reply::of(gateway.shop(Method::POST, &path, "u1"))
        .await
        .ok();
    assert_eq!(restored["replayed"], 1, "and without any body");

    let ids: Vec<&Json> = restored["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| &line["cart_id"])
        .collect();
    let body = json!({"selected_cart_ids": ids});
    let deleted = Reply::of(
        gateway
            .shop(Method::DELETE, "/v1/cart/items", "u1")
            .json(&body),
    )
    .await
    .ok();
    assert_eq!(
        (&deleted["deleted"], &deleted["cart_count"]),
        (&json!(2), &json!(0))
    );
    db.assert_audit_clean().await;
}

/// A quote but for its number: each is kept under one of its own.
fn without_id(quote: &serde_json::Value) -> serde_json::Value {
    let mut quote = quote.clone();
    quote["quote_id"].take();
    quote
}

#[tokio::test]
async fn every_route_as_a_form_with_whatever_else_a_form_sends() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let form = |method: Method, path: &str, fields: &[(&str, &str)]| {
        let mut fields = fields.to_vec();
        fields.extend([
            ("csrf_token", "x"),
            ("scope", "order"),
            ("price", "1"),
            ("submit", ""),
        ]);
        gateway.shop(method, path, "u1").form(&fields)
    };

    let add = form(
        Method::POST,
        "/v1/cart/items",
        &[
            ("product_id", "book"),
            ("option_hash", ""),
            ("quantity", "2"),
        ],
    );
    let answer = Reply::of(add).await.ok();
    let cart_id = answer["cart_id"].to_string();
    let path = format!("/v1/cart/items/{cart_id}");
    let answer = Reply::of(form(Method::PATCH, &path, &[("quantity", "3")]))
        .await
        .ok();
    assert_eq!(answer["lines"][0]["line_amount"], "30000.00");

    let spellings: [&[(&str, &str)]; 5] = [
        &[("selected_cart_ids[]", &cart_id)],
        &[("selected_cart_ids", &cart_id)],
        &[("selected_cart_ids[0]", &cart_id)],
        &[("selected_cart_ids", &format!("[{cart_id}]"))],
        &[("selected_cart_ids", &format!("[{{\"id\":{cart_id}}}]"))],
    ];
    let as_json = json!({"selected_cart_ids": [answer["cart_id"]]});
    let quote = post(&gateway, "/v1/quotes", "u1", &as_json).await.ok();
    for fields in spellings {
        let answer = Reply::of(form(Method::POST, "/v1/quotes", fields))
            .await
            .ok();
        assert_eq!(without_id(&answer), without_id(&quote), "{fields:?}");
    }

    let order = [
        ("mTrdNo", "T1"),
        ("trdAmt", "30000"),
        ("selected_cart_ids[]", &cart_id),
        ("mode", "cart_selected"),
        ("pg", "wallet"),
        ("receiver[receiver_name]", "김 받는 이"),
        ("receiver[receiver_phone]", "010-1234-5678"),
        ("receiver[post_code]", "04524"),
        ("receiver[address]", "세종대로 110"),
        (
            "receiver[delivery_msg]",
            "문 앞에\r\n두세요 & 고마워요 100%",
        ),
        ("coupon_ids", ""),
        ("point_to_use", "0"),
        ("address_id", ""),
    ];
    let placed = Reply::of(form(Method::POST, "/v1/orders", &order))
        .await
        .ok();
    assert_eq!(placed["total_payment"], "30000.00");
    let path = format!(
        "/v1/orders/{}",
        placed["order_key"].as_str().expect("a key")
    );
    let kept = get(&gateway, &path, "u1").await.ok();
    let receiver = ["receiver_name", "post_code", "address", "delivery_msg"]
        .map(|name| kept[name].as_str().expect(name));
    assert_eq!(
        receiver,
        [
            "김 받는 이",
            "04524",
            "세종대로 110",
            "문 앞에 두세요 & 고마워요 100%"
        ]
    );
    // The same order as JSON is the same request.
    let body = json!({
        "mTrdNo": "T1", "trdAmt": 30000, "selected_cart_ids": [answer["cart_id"]], "mode": "cart", "pg": "wallet",
        "receiver": {"receiver_name": "김 받는 이", "receiver_phone": "010-1234-5678", "post_code": "04524",
                     "address": "세종대로 110", "delivery_msg": "문 앞에 두세요 & 고마워요 100%"},
        "coupon_ids": [], "point_to_use": null,
    });
    assert_eq!(
        post(&gateway, "/v1/orders", "u1", &body).await.ok()["replayed"],
        1
    );

    let restored = Reply::of(form(Method::POST, &format!("{path}/restore-cart"), &[]))
        .await
        .ok();
    assert_eq!(restored["cart_count"], 1);
    let cart_id = restored["lines"][0]["cart_id"].to_string();
    // Many clients cannot send a body with DELETE.
    let by_query = gateway.shop(
        Method::DELETE,
        &format!("/v1/cart/items?selected_cart_ids[]={cart_id}&x=y"),
        "u1",
    );
    assert_eq!(Reply::of(by_query).await.ok()["deleted"], 1);
    let by_form = form(
        Method::DELETE,
        "/v1/cart/items",
        &[("selected_cart_ids[]", &cart_id)],
    );
    assert_eq!(Reply::of(by_form).await.ok()["deleted"], 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn several_things_go_into_the_cart_as_json_as_a_form_and_from_an_order() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let path = "/v1/cart/items";
    let items = json!([{"product_id": "book", "quantity": 2},
                       {"product_id": "shirt", "option_hash": "red", "quantity": "1"},
                       {"product_id": "nosuch", "quantity": 1}]);
    let expected = ["OK", "OK", "PRODUCT_NOT_FOUND"];
    let codes = |answer: &Json| -> Vec<String> {
        let items = answer["items"].as_array().expect("items");
        items
            .iter()
            .map(|i| i["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let answer = post(&gateway, path, "u1", &json!({"items": items}))
        .await
        .ok();
    let members = [
        "result",
        "added",
        "refused",
        "cart_count",
        "cart_version",
        "cart_amount",
        "cart_total_hash",
        "items",
        "price_changes",
        "lines",
    ];
    assert_eq!(names(&answer), members);
    assert_eq!(codes(&answer), expected);
    assert_eq!(
        (&answer["added"], &answer["refused"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(names(&answer["lines"][0]), LINE);
    // A form says the same with brackets, or as JSON in a field.
    let text = items.to_string();
    let forms: [&[(&str, &str)]; 2] = [
        &[
            ("items[0][product_id]", "book"),
            ("items[0][quantity]", "2"),
            ("items[1][product_id]", "shirt"),
            ("items[1][option_hash]", "red"),
            ("items[1][qty]", "1"),
            ("items[2][product_id]", "nosuch"),
            ("items[2][option_hash]", ""),
            ("items[2][quantity]", "1"),
            ("order", ""),
            ("csrf_token", "x"),
        ],
        &[("items", &text), ("product_id", ""), ("csrf_token", "x")],
    ];
    for form in forms {
        let answer = Reply::of(gateway.shop(Method::POST, path, "u1").form(&form));
        assert_eq!(codes(&answer.await.ok()), expected, "{form:?}");
    }
    let cart = get(&gateway, "/v1/cart", "u1").await.ok();
    assert_eq!(cart["lines"][0]["quantity"], 6);

    // An order says what it was made of, and that makes another cart of it.
    let ids = [&cart["lines"][0]["cart_id"], &cart["lines"][1]["cart_id"]];
    let body = json!({"mTrdNo": "T1", "trdAmt": 108_000, "selected_cart_ids": ids, "address_id": 101, "pg": "wallet"});
    let placed = post(&gateway, "/v1/orders", "u1", &body).await.ok();
    let order = get(&gateway, &db.order_path("T1").await, "u1").await.ok();
    let made_of = json!([{"product_id": "book", "option_hash": NO_OPTION, "quantity": 6},
                         {"product_id": "shirt", "option_hash": "red", "quantity": 3}]);
    assert_eq!(order["items"], made_of);
    let answer = post(&gateway, path, "u1", &json!({"items": order["items"]}))
        .await
        .ok();
    assert_eq!(answer["added"], 2);
    let chosen = json!({"order": placed["order_key"], "lines": [2]});
    let answer = post(&gateway, path, "u1", &chosen).await.ok();
    assert_eq!(
        (&answer["added"], &answer["items"][0]["line_no"]),
        (&json!(1), &json!(2))
    );
    let form = [
        ("order", "order_number:T1"),
        ("lines[]", "1"),
        ("lines[]", "2"),
    ];
    let answer = Reply::of(gateway.shop(Method::POST, path, "u1").form(&form))
        .await
        .ok();
    let quantities = [
        &answer["lines"][0]["quantity"],
        &answer["lines"][1]["quantity"],
    ];
    assert_eq!(quantities, [&json!(12), &json!(9)]);

    for (body, field) in [
        (
            json!({"items": [{"product_id": "book", "price": 1}]}),
            "items",
        ),
        (json!({"items": {"product_id": "book"}}), "items"),
        (json!({"items": items, "order": "T1"}), "items"),
        (json!({"order": "T1", "lines": [9]}), "lines"),
        (json!({"item": []}), "item"),
    ] {
        let problem = post(&gateway, path, "u1", &body)
            .await
            .problem(400, "INVALID_INPUT");
        assert_eq!(problem["field"], field, "{body}");
    }
    let problem = post(&gateway, path, "u2", &json!({"order": "T1"})).await;
    problem.problem(404, "ORDER_NOT_FOUND");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_guests_cart_becomes_the_members_at_login() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let book = json!({"product_id": "book", "quantity": 2});
    for user in ["u1", "guest-7f3a"] {
        post(&gateway, "/v1/cart/items", user, &book).await.ok();
    }
    let guest = json!({"guest_id": "guest-7f3a"});
    let merged = post(&gateway, "/v1/cart/merge", "u1", &guest).await.ok();
    let members = [
        "result",
        "moved",
        "kept",
        "cart_count",
        "cart_version",
        "cart_amount",
        "cart_total_hash",
        "items",
        "price_changes",
        "lines",
    ];
    assert_eq!(names(&merged), members);
    assert_eq!((&merged["moved"], &merged["kept"]), (&json!(1), &json!(0)));
    assert_eq!(
        (&merged["items"][0]["code"], &merged["items"][0]["in_cart"]),
        (&json!("OK"), &json!(4))
    );
    assert_eq!(merged["lines"][0]["quantity"], 4);
    // As a form, and again.
    let form = gateway.shop(Method::POST, "/v1/cart/merge", "u1");
    let again = Reply::of(form.form(&[("guest_id", "guest-7f3a"), ("csrf", "x")]))
        .await
        .ok();
    assert_eq!(
        (&again["moved"], &again["lines"]),
        (&json!(0), &merged["lines"])
    );
    let other = post(&gateway, "/v1/cart/merge", "u1", &json!({"guest_id": "u2"})).await;
    assert_eq!(other.problem(400, "INVALID_INPUT")["field"], "guest_id");
}

#[tokio::test]
async fn a_shop_with_cents_gets_and_gives_cents() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    db.exec("UPDATE shop_pg_adapters SET shop_id = 2").await;
    let cart_id = db.add_cart(2, "u1", "mug", NO_OPTION, 3).await;
    let quote = gateway
        .shop_2(Method::POST, "/v1/quotes", "u1")
        .json(&json!({"selected_cart_ids": [cart_id]}));
    let quote = Reply::of(quote).await.ok();
    assert_eq!(
        (&quote["currency"], &quote["currency_digits"]),
        (&json!("USD"), &json!(2))
    );
    assert_eq!(quote["total_payment"], "64.96");
    // As a number, whose text counts: no float ever sees it.
    let body = format!(
        r#"{{"mTrdNo":"T1","trdAmt":64.96,"selected_cart_ids":[{cart_id}],"address_id":"201","pg":"wallet"}}"#
    );
    let order = gateway
        .shop_2(Method::POST, "/v1/orders", "u1")
        .header("content-type", "application/json")
        .body(body);
    let placed = Reply::of(order).await.ok();
    assert_eq!(placed["total_payment"], "64.96");
    assert_eq!(placed["payment"][0]["pay_fields"]["trdAmt"], "64.96");
}

#[tokio::test]
async fn a_shop_sees_its_own_buyers_only() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let path = db.order_path("T1").await;
    get(&gateway, &path, "u1").await.ok();
    get(&gateway, &path, "u2")
        .await
        .problem(404, "ORDER_NOT_FOUND");
    let other_shop = gateway.shop_2(Method::GET, &path, "u1");
    Reply::of(other_shop).await.problem(404, "ORDER_NOT_FOUND");
    let restore = format!("{path}/restore-cart");
    post(&gateway, &restore, "u2", &json!({}))
        .await
        .problem(404, "ORDER_NOT_FOUND");
    // The same key in another shop is another order.
    db.exec("UPDATE shop_pg_adapters SET shop_id = 2").await;
    let cart_id = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let mut body = order_body("T1", &[cart_id], "24.98");
    body["address_id"] = json!(201);
    let order = gateway.shop_2(Method::POST, "/v1/orders", "u1").json(&body);
    assert_eq!(Reply::of(order).await.ok()["replayed"], 0);
    assert_eq!(db.count("shop_orders").await, 2);
}

#[tokio::test]
async fn a_path_finds_an_order_by_its_key_and_the_operators_by_any_name() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let [key, number, code] =
        ["order_key", "order_number", "order_code"].map(|name| placed[name].as_str().expect(name));
    let seq_no = db.text("SELECT seq_no FROM shop_orders").await;
    // A shop that numbers its orders like that: each of these is an order of the same buyer.
    for look_alike in [key, code, &seq_no] {
        place_order(&gateway, &db, look_alike).await;
    }
    let found = |path: String| {
        let gateway = &gateway;
        async move { get(gateway, &path, "u1").await.ok()["order_number"].clone() }
    };
    for name in [key.to_owned(), key.to_uppercase()] {
        assert_eq!(found(format!("/v1/orders/{name}")).await, "T1");
    }
    let before = db.snapshot().await;
    for name in [
        number.to_owned(),
        code.to_owned(),
        seq_no.clone(),
        format!("{key}%20"),
        format!("%20{key}"),
        key.replace('-', ""),
        format!("order_key:{key}"),
        format!("order_number:{number}"),
        format!(":{key}"),
    ] {
        let path = format!("/v1/orders/{name}");
        get(&gateway, &path, "u1")
            .await
            .problem(404, "ORDER_NOT_FOUND");
        post(&gateway, &format!("{path}/restore-cart"), "u1", &json!({}))
            .await
            .problem(404, "ORDER_NOT_FOUND");
    }
    // By its number an order is found by its number only, and by its buyer only.
    let numbered =
        async |query: &str, user: &str| get(&gateway, &format!("/v1/orders{query}"), user).await;
    for number in ["T1", code] {
        let query = format!("?mTrdNo={number}");
        let order = numbered(&query, "u1").await;
        assert_eq!(order.ok()["order_number"], number);
        let other = numbered(&query, "u2").await;
        other.problem(404, "ORDER_NOT_FOUND");
    }
    let seq_no_of_another = format!("?mTrdNo=seq_no:{seq_no}");
    for query in [&seq_no_of_another, "?mTrdNo=T1%20", "?mTrdNo=T"] {
        let reply = numbered(query, "u1").await;
        reply.problem(404, "ORDER_NOT_FOUND");
    }
    for query in ["?mTrdNo=", "?mTrdNo=T1&mTrdNo=T2", "?mTrdNo[]=T1"] {
        let reply = numbered(query, "u1").await;
        assert_eq!(reply.problem(400, "INVALID_INPUT")["field"], "mTrdNo");
    }

    let operator = |name: String| {
        let path = format!("/admin/orders/{name}?shop_id=1");
        Reply::of(gateway.operator(Method::GET, &path))
    };
    for name in [key, code, &seq_no] {
        let reply = operator(name.to_owned()).await;
        let problem = reply.problem(409, "ORDER_NAME_AMBIGUOUS");
        assert_eq!(problem["title"], "같은 이름의 주문이 두 건 있습니다");
    }
    for (name, number) in [
        ("T1".to_owned(), "T1"),
        (format!("order_key:{key}"), "T1"),
        (format!("order_code:{code}"), "T1"),
        (format!("seq_no:{seq_no}"), "T1"),
        (format!("order_number:{code}"), code),
    ] {
        assert_eq!(operator(name).await.ok()["order_number"], number);
    }
    operator("T1%20".to_owned())
        .await
        .problem(404, "ORDER_NOT_FOUND");
    assert_eq!(
        db.snapshot().await,
        before,
        "nothing was changed by all that"
    );

    let path = format!("/v1/orders/{key}/restore-cart");
    post(&gateway, &path, "u1", &json!({})).await.ok();
    let restored = "SELECT GROUP_CONCAT(order_number) FROM shop_orders WHERE order_status = 9";
    assert_eq!(db.text(restored).await, "T1");
}
