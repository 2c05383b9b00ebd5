//! What a browser gets that has posted an order form: the way to the payment page, a page of the shop, or a page of the
//! gateway's own.

use super::tickets::{body, form, orders, scene};
use super::*;

/// As browsers ask for a page.
const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn browse(gateway: &Gateway, fields: &[(&str, String)]) -> Reply {
    let request = orders(gateway)
        .header("accept", PAGE)
        .header("origin", "http://shop.test");
    Reply::of(request.form(fields)).await
}

/// The form with one field changed.
fn with(
    mut form: Vec<(&'static str, String)>,
    name: &str,
    value: &str,
) -> Vec<(&'static str, String)> {
    form.iter_mut()
        .find(|(existing, _)| *existing == name)
        .expect("a field")
        .1 = value.to_owned();
    form
}

/// A page of the gateway: everything in one file, and nothing that it could load or run besides.
fn own_page(reply: &Reply, status: u16) -> &str {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let policy = reply.header("content-security-policy").expect("a policy");
    for rule in [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action ",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    assert!(reply.text.contains("<html lang=\"ko\">"));
    &reply.text
}

#[tokio::test]
async fn a_form_goes_on_to_the_payment_page() {
    let (db, gateway, cart_id) = scene().await;
    let form = form("T1", cart_id, &Ticket::new("T1").sign());
    let reply = browse(&gateway, &form).await;
    let page = own_page(&reply, 200);
    assert!(
        page.contains("method=\"post\" action=\"http://pg.test/pay\""),
        "{page}"
    );
    for field in [
        "mId", "mTrdNo", "trdAmt", "prdtNm", "nextUrl", "notiUrl", "pktHash",
    ] {
        assert!(page.contains(&format!("name=\"{field}\"")), "{field}");
    }
    assert!(page.contains("<button"), "for a browser without scripts");
    let policy = reply.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action http://pg.test;"), "{policy}");
    // Back, and once more: the same order.
    own_page(&browse(&gateway, &form).await, 200);
    assert_eq!(db.count("shop_orders").await, 1);
    // A payment gateway that is gone to by GET: no page in between.
    db.exec("UPDATE shop_pg_adapters SET request_method = 'GET'")
        .await;
    let away = browse(&gateway, &form).await;
    let address = url::Url::parse(away.sees()).expect("an address");
    assert_eq!(address.origin().ascii_serialization(), "http://pg.test");
    assert!(
        address
            .query_pairs()
            .any(|(name, value)| name == "mTrdNo" && value == "T1")
    );
}

/// Where the shop sells on at a price that has changed, the buyer sees what it is before paying it.
#[tokio::test]
async fn a_changed_total_is_shown_before_it_is_paid() {
    let (db, gateway, cart_id) = scene().await;
    let form = form("T1", cart_id, &Ticket::new("T1").sign());
    let quote = serde_json::json!({"selected_cart_ids": [cart_id]});
    post(&gateway, "/v1/quotes", "u1", &quote).await.ok();
    db.exec(
        "UPDATE shops SET price_change = 'go_on' WHERE shop_id = 1;
         UPDATE shop_products SET product_name = '<책>', buy_price = buy_price + 1234 WHERE shop_id = 1",
    )
    .await;
    let total = form.iter().find(|(name, _)| *name == "trdAmt");
    let seen: i64 = total.expect("a total").1.parse().expect("a number");
    let won = |amount: i64| format!("{},{:03}원", amount / 1000, amount % 1000);
    for by_get in [false, true] {
        let method = if by_get { "GET" } else { "POST" };
        db.exec(&format!(
            "UPDATE shop_pg_adapters SET request_method = '{method}', request_url = 'http://pg.test/pay?way=1'"
        ))
        .await;
        let reply = browse(&gateway, &form).await;
        let page = own_page(&reply, 200);
        let method = method.to_lowercase();
        for words in [
            format!("<s>{}</s>", won(seen)),
            format!("<button>{} 결제하기</button>", won(seen + 1234)),
            format!("<form method=\"{method}\" action=\"http://pg.test/pay?way=1\">"),
            "name=\"pktHash\"".to_owned(),
        ] {
            assert!(page.contains(&words), "{words}: {page}");
        }
        assert_eq!(page.contains("name=\"way\" value=\"1\""), by_get);
        assert!(!page.contains("<script"), "it waits for the buyer");
        // What has changed is told once; sent again the totals are.
        let told = page.contains("가격이 올랐습니다") && page.contains("&lt;책&gt;");
        assert_eq!(told, !by_get, "{page}");
    }
    assert_eq!(db.count("shop_orders").await, 1);
    // A script is told, and asks its buyer.
    let ticket = Ticket::new("T1").sign();
    let placed = Reply::of(orders(&gateway).json(&body("T1", cart_id, &ticket))).await;
    let placed = placed.ok();
    assert_eq!(placed["price_changed"], 1);
    assert_eq!(placed["old_total"], format!("{seen}.00"));
}

#[tokio::test]
async fn when_there_is_nothing_to_pay_the_shop_shows_the_order() {
    let (db, gateway, cart_id) = scene().await;
    let ticket = Ticket::new("T1").sign();
    let form = form("T1", cart_id, &ticket);
    own_page(&browse(&gateway, &form).await, 200);
    let key = db.text("SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(order_key), 21, 0, '-'), 17, 0, '-'), 13, 0, '-'), 9, 0, '-')) FROM shop_orders").await;
    db.any_status_by_hand().await;
    for (status, page, code) in [
        (2, "result", ""),
        (4, "result", ""),
        (9, "error", "&code=STATE_NOT_ALLOWED"),
        (10, "error", "&code=ORDER_EXPIRED"),
        (12, "error", "&code=PAYMENT_FAILED"),
    ] {
        db.exec(&format!("UPDATE shop_orders SET order_status = {status}"))
            .await;
        let expected = format!("http://shop.test/{page}?order_key={key}&mTrdNo=T1{code}");
        assert_eq!(browse(&gateway, &form).await.sees(), expected);
        // A script is told the same.
        let placed = Reply::of(orders(&gateway).json(&body("T1", cart_id, &ticket))).await;
        if placed.status == 200 {
            assert_eq!(placed.ok()["location"], expected);
        }
    }
    db.exec("UPDATE shop_orders SET order_status = 1").await;
    db.let_expire("T1").await;
    let expected = format!("http://shop.test/error?order_key={key}&mTrdNo=T1&code=ORDER_EXPIRED");
    assert_eq!(browse(&gateway, &form).await.sees(), expected);
}

#[tokio::test]
async fn what_a_buyer_can_mend_is_shown_by_the_shop() {
    let (db, gateway, cart_id) = scene().await;
    let form = form("T1", cart_id, &Ticket::new("T1").sign());
    let error = |code: &str| format!("http://shop.test/error?mTrdNo=T1&code={code}");
    for (name, value, expected) in [
        ("trdAmt", "9000", "PRICE_CHANGED&field=trdAmt"),
        ("trdAmt", "", "INVALID_INPUT&field=trdAmt"),
        (
            "selected_cart_ids[]",
            "999",
            "CART_NOT_FOUND&field=selected_cart_ids",
        ),
        ("address_id", "102", "ADDRESS_NOT_FOUND&field=address_id"),
        ("address_id", "", "INVALID_INPUT&field=address_id"),
        (
            "receiver[receiver_name]",
            "Kim",
            "INVALID_INPUT&field=receiver",
        ),
        ("pg", "other", "PG_NOT_AVAILABLE&field=pg"),
        ("mode", "gift", "INVALID_INPUT&field=mode"),
    ] {
        let reply = browse(&gateway, &with(form.clone(), name, value)).await;
        assert_eq!(reply.sees(), error(expected), "{name}={value}");
    }
    let typed = with(form.clone(), "address_id", "");
    let typed = with(typed, "receiver[receiver_name]", "Kim");
    let reply = browse(&gateway, &typed).await;
    assert_eq!(
        reply.sees(),
        error("INVALID_INPUT&field=receiver.receiver_phone")
    );
    db.exec("UPDATE shop_stock SET free = 0 WHERE product_id = 'book'")
        .await;
    let sold_out = browse(&gateway, &form).await.sees().to_owned();
    let short = format!("OUT_OF_STOCK&field=selected_cart_ids&short={cart_id}:0");
    assert_eq!(sold_out, error(&short));
    assert_eq!(db.count("shop_orders").await, 0);
    db.exec("UPDATE shop_stock SET free = 9 WHERE product_id = 'book'")
        .await;
    own_page(&browse(&gateway, &form).await, 200);
    let other = browse(&gateway, &with(form, "trdAmt", "10001")).await;
    assert_eq!(other.sees(), error("IDEMPOTENCY_MISMATCH&field=mTrdNo"));
}

#[tokio::test]
async fn what_no_page_of_the_shop_can_show_is_a_plain_page_in_korean() {
    let (db, gateway, cart_id) = scene().await;
    let good = Ticket::new("T1");
    let over = Ticket {
        expires: in_seconds(-1),
        ..good.clone()
    };
    let reply = browse(&gateway, &form("T1", cart_id, &over.sign())).await;
    assert_eq!(reply.sees(), "http://shop.test/error?code=TICKET_EXPIRED");
    let forged = Ticket {
        key_hex: "00".repeat(32),
        ..good.clone()
    };
    let reply = browse(&gateway, &form("T1", cart_id, &forged.sign())).await;
    let page = own_page(&reply, 401);
    assert!(
        page.contains("인증이 필요합니다") && page.contains("href=\"http://shop.test/\""),
        "{page}"
    );
    assert!(
        !page.contains("<form") && !page.contains("<script"),
        "{page}"
    );
    // From a page that is not the shop's there is no way back to it.
    let request = orders(&gateway)
        .header("accept", PAGE)
        .header("origin", "http://evil.test");
    let reply = Reply::of(request.form(&form("T1", cart_id, &good.sign()))).await;
    assert!(!own_page(&reply, 403).contains("evil.test"), "{reply:?}");
    let english = orders(&gateway)
        .header("accept", PAGE)
        .header("accept-language", "en");
    let reply = Reply::of(english.form(&[("ticket", "x")])).await;
    assert!(own_page(&reply, 401).contains("인증이 필요합니다"));
    // An outage, in words for a buyer.
    db.exec("DROP PROCEDURE shop_order_insert").await;
    let reply = browse(&gateway, &form("T1", cart_id, &good.sign())).await;
    assert!(own_page(&reply, 503).contains("두 번 주문되지 않습니다"));
    assert!(reply.header("retry-after").is_some());
}
