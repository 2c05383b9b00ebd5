//! What a request says about itself is believed, or the request is refused: never read as something else.

use super::bad_fields::{FORM, JSON, Scene};
use super::payment::{NOTIFY, PAGE, RETURN};
use super::*;

/// `{"mTrdNo":"T1"}` as gzip.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0x0d, 0x29, 0x4a,
    0xf1, 0xcb, 0x57, 0xb2, 0x52, 0x0a, 0x31, 0x54, 0xaa, 0x05, 0x00, 0xc0, 0x11, 0x08, 0x9a, 0x0f,
    0x00, 0x00, 0x00,
];

#[tokio::test]
async fn a_compressed_body_is_refused_and_not_sent_back() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    for encoding in ["gzip", "br", "deflate", "x-gzip", "gzip, identity", "zstd"] {
        for (path, media) in [
            ("/v1/orders", JSON),
            ("/v1/orders", FORM),
            ("/v1/quotes", JSON),
            ("/v1/cart/items", FORM),
            (NOTIFY, FORM),
            (NOTIFY, JSON),
            (RETURN, FORM),
        ] {
            let request = scene.gateway.shop(Method::POST, path, "u1");
            let request = request
                .header("content-type", media)
                .header("content-encoding", encoding);
            Reply::of(request.body(GZIP))
                .await
                .problem(415, "MEDIA_TYPE_NOT_SUPPORTED");
        }
    }
    // Without the label it is no text; nothing of it comes back.
    for (path, media) in [("/v1/orders", JSON), ("/v1/orders", FORM), (NOTIFY, FORM)] {
        let request = scene
            .gateway
            .shop(Method::POST, path, "u1")
            .header("content-type", media);
        let reply = Reply::of(request.body(GZIP)).await;
        reply.invalid("");
        assert!(
            !reply.text.contains(['\u{fffd}', '\u{1f}']) && !reply.text.contains("\\u001f"),
            "{reply:?}"
        );
    }
    for name in ["%00", "a%0Ab", "%EF%BF%BD", "%C0", &"x".repeat(101)] {
        scene
            .refuses_text("/v1/orders", FORM, format!("{name}=%FF"), "")
            .await;
    }
    // What says that it is as it is, is read.
    let request = scene.gateway.shop(Method::POST, "/v1/orders", "u1");
    Reply::of(
        request
            .header("content-encoding", "identity")
            .json(&json!({})),
    )
    .await
    .invalid("mTrdNo");
    scene.end(&before).await;
}

#[tokio::test]
async fn a_body_in_another_character_set_is_refused_unless_it_is_ascii() {
    let scene = Scene::new().await;
    let before = scene.db.snapshot().await;
    let [book, chair] = scene.cart_ids;
    let order = |name: &str| {
        format!(
            "mTrdNo=T1&trdAmt=17000&selected_cart_ids[]={book}&selected_cart_ids[]={chair}&pg=wallet\
             &receiver[receiver_name]={name}&receiver[receiver_phone]=010-0000-0000&receiver[post_code]=04524\
             &receiver[address]=Sejong-daero"
        )
    };
    let send = |path: &str, media: &str, body: Vec<u8>| {
        let request = scene.gateway.shop(Method::POST, path, "u1");
        Reply::of(request.header("content-type", media).body(body))
    };
    // 천 in EUC-KR is two bytes that are good UTF-8 for another letter.
    for name in ["%C3%B5%C3%B6", "\u{f5}\u{f6}", "%ED%99%8D"] {
        for set in [
            "euc-kr",
            "EUC-KR",
            "\"ks_c_5601-1987\"",
            "cp949",
            "iso-8859-1",
            "utf-16",
            "klingon",
        ] {
            let media = format!("{FORM}; charset={set}");
            let reply = send("/v1/orders", &media, order(name).into()).await;
            reply.problem(415, "MEDIA_TYPE_NOT_SUPPORTED");
            assert!(!reply.text.contains('\u{f5}'), "{reply:?}");
            let message = format!("mTrdNo=T1&rsltMsg={name}");
            let reply = send(NOTIFY, &media, message.into()).await;
            reply.problem(415, "MEDIA_TYPE_NOT_SUPPORTED");
        }
    }
    let json = "{\"mTrdNo\":\"õ\"}".as_bytes().to_vec();
    let reply = send("/v1/orders", "application/json; charset=euc-kr", json).await;
    reply.problem(415, "MEDIA_TYPE_NOT_SUPPORTED");
    assert!(scene.db.snapshot().await == before);
    // What every one of them writes alike is read.
    let media = format!("{FORM}; charset=EUC-KR");
    assert_eq!(
        send("/v1/orders", &media, order("Hong").into()).await.ok()["replayed"],
        0
    );
    let media = format!("{FORM}; boundary=x; charset=\"UTF-8\"");
    let again = send("/v1/orders", &media, order("Hong").into()).await.ok();
    assert_eq!(again["replayed"], 1);
    let message = WalletMessage::paid("T1", "W1", "17000").with("rsltMsg", "OK");
    let pairs = message
        .form()
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"));
    let body = pairs.collect::<Vec<_>>().join("&");
    let reply = send(NOTIFY, &format!("{FORM}; charset=euc-kr"), body.into()).await;
    super::payment::assert_acknowledged(&reply);
    scene.db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_header_that_counts_once_is_not_given_twice() {
    let db = TestDb::with_fixture().await;
    db.store_ticket_key(1, "1", TICKET_KEY).await;
    let gateway = Gateway::start(&db).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let before = db.snapshot().await;
    let order = order_body("T1", &[cart_id], "10000");
    for (name, first, second) in [
        ("X-User-Id", "u1", "u2"),
        ("X-User-Id", "u1", "u1"),
        ("Authorization", "", "Bearer x"),
        ("Authorization", "", &format!("Bearer {SHOP_KEY}")),
        ("Content-Type", "", "text/plain"),
        ("Content-Type", "", JSON),
        ("Origin", "http://shop.test", "http://evil.test"),
    ] {
        for (method, path) in [
            (Method::POST, "/v1/orders"),
            (Method::DELETE, "/v1/cart/items"),
        ] {
            let user = if name == "X-User-Id" { first } else { "u1" };
            let mut request = gateway.shop(method, path, user).json(&order);
            if name == "Origin" {
                request = request.header(name, first);
            }
            // A builder replaces a content type, it does not add one.
            let mut request = request.build().expect("a request");
            let value = second.parse().expect("a header");
            request.headers_mut().append(name, value);
            assert_eq!(request.headers().get_all(name).iter().count(), 2);
            let response = reqwest::Client::new()
                .execute(request)
                .await
                .expect("an answer");
            let status = response.status().as_u16();
            let body: Json = response.json().await.expect("JSON");
            assert_eq!(
                (status, &body["field"]),
                (400, &json!(name)),
                "{path}: {body}"
            );
        }
    }
    for path in [NOTIFY, RETURN] {
        let mut request = gateway
            .request(Method::POST, path)
            .form(&WalletMessage::paid("T1", "W1", "1").form())
            .build()
            .expect("a request");
        request
            .headers_mut()
            .append("content-type", JSON.parse().expect("a header"));
        let response = reqwest::Client::new()
            .execute(request)
            .await
            .expect("an answer");
        assert_eq!(response.status().as_u16(), 400);
        let body: Json = response.json().await.expect("JSON");
        assert_eq!(body["field"], "Content-Type");
    }
    assert!(db.snapshot().await == before);
    // The operator's key as well; elsewhere than on a route it is just no key.
    let twice = gateway
        .operator(Method::GET, "/admin/audit")
        .header("authorization", "Bearer x");
    Reply::of(twice).await.invalid("Authorization");
    let twice = gateway
        .operator(Method::GET, "/metrics")
        .header("authorization", "Bearer x");
    assert_eq!(Reply::of(twice).await.status, 401);
    // Lists may be written as several headers.
    let request = gateway
        .request(Method::GET, "/v1/cart")
        .header("accept-language", "fr");
    let reply = Reply::of(request.header("accept-language", "en")).await;
    assert_eq!(reply.json()["title"], "Authentication required");
    let request = gateway
        .request(Method::GET, "/nowhere")
        .header("accept", "image/png");
    let page = Reply::of(request.header("accept", PAGE)).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    // Of two names for one request neither is taken.
    let request = gateway
        .request(Method::GET, "/v1/cart")
        .header("x-request-id", "one");
    let reply = Reply::of(request.header("x-request-id", "two")).await;
    assert!(!["one", "two"].contains(&reply.header("x-request-id").expect("an id")));
}
