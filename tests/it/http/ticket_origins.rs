//! Which pages may post orders: a browser asks first (CORS), and names its page in every order.

use super::tickets::{ask_for_keys, body, form, orders, scene};
use super::*;

const SHOP: &str = "http://shop.test";
const SECOND: &str = "http://second.test";
/// Not a page of any shop, each in its own way.
const FOREIGN: [&str; 10] = [
    "http://evil.test",
    "https://shop.test",
    "http://shop.test:8080",
    "http://shop.test.evil.test",
    "http://www.shop.test",
    "http://SHOP.test",
    "http://shop.test/",
    "null",
    "*",
    "",
];

fn preflight(gateway: &Gateway, path: &str, origin: &str) -> RequestBuilder {
    gateway
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
}

/// What an answer tells a browser's script, besides that it differs from page to page.
fn allowed(reply: &Reply) -> Option<&str> {
    let vary = reply
        .header("vary")
        .unwrap_or_default()
        .to_ascii_lowercase();
    assert!(vary.split(", ").any(|name| name == "origin"), "{reply:?}");
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    reply.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_script_may_ask_from_the_pages_of_shops_and_from_no_other() {
    let (_db, gateway, _) = scene().await;
    for page in [SHOP, SECOND] {
        let reply = Reply::of(preflight(&gateway, "/v1/orders", page)).await;
        assert_eq!((reply.status, reply.text.as_str()), (204, ""), "{reply:?}");
        assert_eq!(allowed(&reply), Some(page));
        assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
        assert_eq!(
            reply.header("access-control-allow-headers"),
            Some("content-type")
        );
        assert!(reply.header("access-control-max-age").is_some());
    }
    for page in FOREIGN {
        let reply = Reply::of(preflight(&gateway, "/v1/orders", page)).await;
        reply.problem(403, "ORIGIN_NOT_ALLOWED");
        assert_eq!(allowed(&reply), None, "{page}");
        assert_eq!(reply.header("access-control-allow-methods"), None);
    }
    // Nothing else is for scripts of other pages.
    for path in [
        "/v1/cart",
        "/v1/quotes",
        "/v1/cart/items",
        "/v1/orders/x",
        "/v1/orders/x/restore-cart",
        "/pg/wallet/M1/notify",
    ] {
        let reply = Reply::of(preflight(&gateway, path, SHOP)).await;
        reply.problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("access-control-allow-origin"), None, "{path}");
    }
}

#[tokio::test]
async fn an_order_is_taken_from_the_pages_of_its_own_shop_only_as_a_form_too() {
    let (db, gateway, cart_id) = scene().await;
    db.exec("UPDATE shops SET allowed_origins_json = '[\"http://shop.test\", \"https://m.shop.test:8443\"]' WHERE shop_id = 1").await;
    let ticket = Ticket::new("T1").sign();
    let before = db.snapshot().await;
    for page in FOREIGN.iter().chain(&[SECOND]) {
        for request in [
            orders(&gateway).json(&body("T1", cart_id, &ticket)),
            orders(&gateway).form(&form("T1", cart_id, &ticket)),
            orders(&gateway)
                .form(&form("T1", cart_id, &ticket))
                .header("accept", "text/html"),
        ] {
            let reply = Reply::of(request.header("origin", *page)).await;
            assert_eq!(reply.status, 403, "{page}: {reply:?}");
            assert!(reply.text.contains("ORIGIN_NOT_ALLOWED"), "{reply:?}");
            assert_eq!(allowed(&reply), None, "{page}");
        }
    }
    assert!(db.snapshot().await == before);
    for page in [SHOP, "https://m.shop.test:8443"] {
        eventually("the page is known", || async {
            ask_for_keys(&gateway).await;
            let request = orders(&gateway).json(&body("T1", cart_id, &ticket));
            let reply = Reply::of(request.header("origin", page)).await;
            reply.status == 200 && allowed(&reply) == Some(page)
        })
        .await;
    }
    // Errors can be read as well, with what a script needs of their headers.
    let mut changed = body("T2", cart_id, &Ticket::new("T2").sign());
    changed["trdAmt"] = "1".into();
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    changed["selected_cart_ids"] = json!([cart_id]);
    let reply = Reply::of(orders(&gateway).json(&changed).header("origin", SHOP)).await;
    assert_eq!(
        reply.problem(409, "PRICE_CHANGED")["quote"][0]["total_payment"],
        "10000.00"
    );
    assert_eq!(allowed(&reply), Some(SHOP));
    assert_eq!(
        reply.header("access-control-expose-headers"),
        Some("retry-after, x-request-id")
    );
    let reply = Reply::of(
        orders(&gateway)
            .json(&json!({"ticket": "x"}))
            .header("origin", SHOP),
    )
    .await;
    reply.problem(401, "UNAUTHENTICATED");
    assert_eq!(allowed(&reply), Some(SHOP));
}

#[tokio::test]
async fn a_shop_s_server_is_no_browser() {
    let (db, gateway, cart_id) = scene().await;
    // Whatever Origin it sends: it has the key. And no script gets to read what a key can do.
    let request = gateway
        .shop(Method::POST, "/v1/orders", "u1")
        .header("origin", SHOP)
        .header("accept", "text/html")
        .json(&order_body("T1", &[cart_id], "10000"));
    let reply = Reply::of(request).await;
    assert_eq!(reply.ok()["replayed"], 0);
    assert_eq!(allowed(&reply), None);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_list_of_origins_with_a_mistake_in_it_allows_none() {
    let (db, gateway, cart_id) = scene().await;
    let ticket = Ticket::new("T1").sign();
    let allows = || async {
        ask_for_keys(&gateway).await;
        let request = orders(&gateway).json(&body("T1", cart_id, &ticket));
        Reply::of(request.header("origin", SHOP)).await.status == 200
    };
    assert!(allows().await);
    for list in [
        r#"["*"]"#,
        r#"["http://shop.test", "*"]"#,
        r#"["http://shop.test/"]"#,
        "{}",
    ] {
        db.exec(&format!(
            "UPDATE shops SET allowed_origins_json = '{list}' WHERE shop_id = 1"
        ))
        .await;
        eventually("the list counts no more", || async { !allows().await }).await;
        let reply = Reply::of(preflight(&gateway, "/v1/orders", SHOP)).await;
        reply.problem(403, "ORIGIN_NOT_ALLOWED");
        db.exec(
            r#"UPDATE shops SET allowed_origins_json = '["http://shop.test"]' WHERE shop_id = 1"#,
        )
        .await;
        eventually("the list counts again", allows).await;
    }
    assert!(gateway.log().contains("allowed_origins_json of shop 1"));
}
