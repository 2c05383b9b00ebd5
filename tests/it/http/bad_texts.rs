//! Texts that are malformed as such: amounts, lists of ids, UTF-8, JSON. Refused with the field's name, and nothing
//! changed.

use super::bad_fields::{FORM, JSON, Scene};
use super::*;

#[tokio::test]
async fn amounts_are_exact_texts_also_when_json_writes_them_as_numbers() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    let [one, two] = scene.cart_ids;
    let order = |number: &str, amount: &str| {
        format!(
            r#"{{"mTrdNo":"{number}","trdAmt":{amount},"selected_cart_ids":[{one},{two}],"address_id":101,"pg":"wallet"}}"#
        )
    };
    let malformed = [
        "17000.001",
        "17000.50",
        "17000.05",
        "1.7e4",
        "1e4",
        "1E4",
        "-17000",
        "-0",
        "0.001",
        "1e400",
        "99999999999999999999",
        "\"17000.001\"",
        "\"17000.5\"",
        "\"1e4\"",
        "\"17,000\"",
        "\"+17000\"",
        "\" 17000\"",
        "\"17000 \"",
        "\"0x4268\"",
        "\"17000원\"",
        "\"１７０００\"",
        "\"NaN\"",
        "\"17000.\"",
        "\".5\"",
        "\"17000\\n\"",
        "\"1234567890123456\"",
    ];
    for amount in malformed {
        scene
            .refuses_text("/v1/orders", JSON, order("T1", amount), "trdAmt")
            .await;
    }
    for amount in [
        "17000.001",
        "17000.50",
        "1e4",
        "17,000",
        "%2B17000",
        "17000%20",
        "-17000",
    ] {
        let form =
            format!("mTrdNo=T1&trdAmt={amount}&selected_cart_ids[]={one}&address_id=101&pg=wallet");
        scene.refuses_text("/v1/orders", FORM, form, "trdAmt").await;
    }
    // How many decimals the shop's currency has is read with the buyer's cart locked: that lock is no change.
    let without_headers = |text: &str| {
        let kept = text
            .lines()
            .filter(|line| !line.starts_with("shop_cart_headers"));
        kept.map(str::to_owned).collect::<Vec<_>>()
    };
    let now = scene.db.snapshot().await;
    assert_eq!(without_headers(&now), without_headers(&before));
    // What is an amount in won, however it is written, is one request with one outcome.
    for (index, amount) in [
        "17000.00",
        "17000",
        "\"17000\"",
        "\"17000.0\"",
        "\"17000.00\"",
    ]
    .iter()
    .enumerate()
    {
        let request = scene
            .gateway
            .shop(Method::POST, "/v1/orders", "u1")
            .header("content-type", JSON);
        let answer = Reply::of(request.body(order("T1", amount))).await.ok();
        assert_eq!(answer["replayed"], i32::from(index > 0), "{amount}");
    }
}

#[tokio::test]
async fn ids_come_once_and_at_most_a_thousand() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    let id = scene.cart_ids[0];
    for ids in [
        json!([id, id]),
        json!([id, id.to_string()]),
        json!([{"id": id}, {"id": id}]),
        json!([{"id": id}, id]),
        json!((1..=1001).collect::<Vec<_>>()),
        json!((1..=5000).collect::<Vec<_>>()),
    ] {
        let body = scene.order_with("selected_cart_ids", Some(ids.clone()));
        scene.refuses_order(&body, "selected_cart_ids").await;
        let ids = json!({"selected_cart_ids": ids});
        post(&scene.gateway, "/v1/quotes", "u1", &ids)
            .await
            .invalid("selected_cart_ids");
        let delete = scene
            .gateway
            .shop(Method::DELETE, "/v1/cart/items", "u1")
            .json(&ids);
        Reply::of(delete).await.invalid("selected_cart_ids");
    }
    let twice = format!("selected_cart_ids[]={id}&selected_cart_ids[]={id}");
    scene
        .refuses_text("/v1/quotes", FORM, twice, "selected_cart_ids")
        .await;
    let many: Vec<String> = (1..=1001)
        .map(|id| format!("selected_cart_ids[]={id}"))
        .collect();
    scene
        .refuses_text("/v1/quotes", FORM, many.join("&"), "selected_cart_ids")
        .await;
    // A thousand are read; that they are not in the cart is another matter.
    let thousand = json!({"selected_cart_ids": (1..=1000).collect::<Vec<_>>()});
    post(&scene.gateway, "/v1/quotes", "u1", &thousand)
        .await
        .problem(409, "CART_NOT_FOUND");
    scene.end(&before).await;
}

#[tokio::test]
async fn a_text_that_is_not_utf_8_is_named_where_it_has_a_name() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    scene
        .refuses_text("/v1/orders", FORM, &b"trdAmt=1&mTrdNo=T%FF"[..], "mTrdNo")
        .await;
    scene
        .refuses_text(
            "/v1/orders",
            FORM,
            &b"trdAmt=1&mTrdNo=\xb0\xa1"[..],
            "mTrdNo",
        )
        .await;
    scene
        .refuses_text(
            "/v1/orders",
            FORM,
            &b"receiver[receiver_name]=%B0%A1"[..],
            "receiver[receiver_name]",
        )
        .await;
    scene
        .refuses_text("/v1/orders", FORM, &b"trdAmt=%ED%A0%80"[..], "trdAmt")
        .await;
    scene
        .refuses_text("/v1/orders", FORM, &b"trdAmt=%C0%80"[..], "trdAmt")
        .await;
    scene
        .refuses_text("/v1/orders", JSON, &b"{\"mTrdNo\":\"\xff\"}"[..], "")
        .await;
    scene
        .refuses_text(
            "/v1/orders",
            JSON,
            &b"{\"mTrdNo\":\"\\ud800\"}"[..],
            "mTrdNo",
        )
        .await;
    let by_path = get(&scene.gateway, "/v1/orders/%FF", "u1").await;
    by_path.invalid("order_key");
    let by_query = scene.gateway.shop(
        Method::DELETE,
        "/v1/cart/items?selected_cart_ids[]=%FF",
        "u1",
    );
    Reply::of(by_query).await.invalid("selected_cart_ids[]");
    scene.end(&before).await;
}

#[tokio::test]
async fn json_that_is_broken_or_has_a_field_too_many_is_refused() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    for body in [
        "{",
        "",
        "[]",
        "null",
        "1",
        "\"x\"",
        "{\"mTrdNo\":\"T1\",}",
        "{\"mTrdNo\":\"T1\"} {}",
        "{'mTrdNo':'T1'}",
        "mTrdNo=T1",
        "{\"mTrdNo\":T1}",
        "{\"mTrdNo\":\"T1\"",
        "\u{feff}{}",
    ] {
        if !body.is_empty() {
            scene.refuses_text("/v1/orders", JSON, body, "").await;
        }
    }
    for name in [
        "price",
        "amount",
        "trdamt",
        "user_id",
        "shop_id",
        "order_status",
        "seq_no",
        "__proto__",
        "ticket",
    ] {
        let body = scene.order_with(name, Some(json!(1)));
        scene.refuses_order(&body, name).await;
    }
    scene
        .refuses_text(
            "/v1/orders",
            JSON,
            r#"{"mTrdNo":"T1","mTrdNo":"T2"}"#,
            "mTrdNo",
        )
        .await;
    scene
        .refuses_text(
            "/v1/orders",
            JSON,
            r#"{"receiver":{"address":"a","address":"b"}}"#,
            "receiver",
        )
        .await;
    let deep = format!(
        r#"{{"receiver":{}{}}}"#,
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    scene
        .refuses_text("/v1/orders", JSON, deep, "receiver")
        .await;
    scene
        .refuses_text("/v1/orders", FORM, "trdAmt=1&trdAmt=2&mTrdNo=T1", "trdAmt")
        .await;
    scene
        .refuses_text("/v1/orders", FORM, "mTrdNo=T1&mTrdNo[a]=1", "mTrdNo")
        .await;
    scene.end(&before).await;
}
