//! A browser that comes back from paying with something that cannot be read, or to the wrong place: its buyer may have
//! paid a moment ago. The shop's page, or a page in words; never a document for programs.

use super::payment::{NOTIFY, PAGE, RETURN};
use super::tickets::{body as order_of, form, scene};
use super::*;

/// The gateway's own page for a return that it cannot show, in Korean.
pub fn not_shown(reply: &Reply, status: u16, code: &str) {
    let html = page(reply, status, code);
    assert!(html.contains("<html lang=\"ko\">"), "{html}");
    for words in [
        "결제 결과를",
        "결제하셨다면 그 결과는 사라지지 않습니다",
        "다시 결제하지 마세요",
        "주문 내역",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
}

/// A page in words, with the code only beside what the shop will be asked.
fn page<'a>(reply: &'a Reply, status: u16, code: &str) -> &'a str {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8"),
        "{reply:?}"
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let policy = reply.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"),
        "{policy}"
    );
    let id = reply.header("x-request-id").expect("an id");
    assert!(reply.text.contains(&format!("{code} · {id}")), "{reply:?}");
    assert!(
        !reply.text.contains("<script") && !reply.text.contains("http"),
        "{reply:?}"
    );
    &reply.text
}

/// Everything that a return may come as and cannot be read: content type, body, and what is wrong.
fn unreadable() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let multipart = "multipart/form-data; boundary=x";
    let form = "application/x-www-form-urlencoded";
    let parts = "--x\r\nContent-Disposition: form-data; name=\"mTrdNo\"\r\n\r\nT1\r\n--x--\r\n";
    vec![
        (
            form,
            b"mTrdNo=T1&rsltMsg=%C1%A4%BB%F3".to_vec(),
            400,
            "INVALID_INPUT",
        ),
        (
            form,
            b"mTrdNo=T1&rsltMsg=\xc1\xa4".to_vec(),
            400,
            "INVALID_INPUT",
        ),
        (
            "application/x-www-form-urlencoded;charset=euc-kr",
            b"rsltMsg=%C3%B5".to_vec(),
            415,
            "MEDIA_TYPE_NOT_SUPPORTED",
        ),
        (multipart, parts.into(), 415, "MEDIA_TYPE_NOT_SUPPORTED"),
        (
            "text/plain",
            b"mTrdNo=T1".to_vec(),
            415,
            "MEDIA_TYPE_NOT_SUPPORTED",
        ),
        ("application/json", b"{".to_vec(), 400, "INVALID_INPUT"),
        (
            form,
            format!("rsltMsg={}", "x".repeat(70_000)).into(),
            413,
            "BODY_TOO_LARGE",
        ),
        (form, "a=1&".repeat(2_100).into(), 400, "INVALID_INPUT"),
    ]
}

#[tokio::test]
async fn a_return_that_cannot_be_read_leads_to_the_shop() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let order = place_order(&gateway, &db, "T1").await;
    let with_key = format!("{RETURN}/{}", order["order_key"].as_str().expect("a key"));
    let before = db.snapshot().await;
    for (media, body, status, code) in unreadable() {
        let post = |path: &str| {
            let request = gateway
                .request(Method::POST, path)
                .header("content-type", media);
            request.body(body.clone())
        };
        for path in [RETURN, &with_key] {
            let reply = Reply::of(post(path).header("accept", PAGE)).await;
            assert_eq!(
                reply.sees(),
                format!("http://shop.test/error?code={code}"),
                "{media}"
            );
            // A program is told as ever.
            Reply::of(post(path)).await.problem(status, code);
        }
        let notified = Reply::of(post(NOTIFY).header("accept", PAGE)).await;
        notified.problem(status, code);
        let stranger = post("/pg/wallet/M9/return").header("accept", PAGE);
        not_shown(&Reply::of(stranger).await, status, code);
    }
    let many = format!("{RETURN}?{}", "a=1&".repeat(2_100));
    for query in [
        format!("{RETURN}?mTrdNo=T1&rsltMsg=%C1%A4"),
        many,
        format!("{RETURN}/%FF"),
    ] {
        let reply = Reply::of(gateway.request(Method::GET, &query).header("accept", PAGE)).await;
        assert_eq!(reply.sees(), "http://shop.test/error?code=INVALID_INPUT");
    }
    let twice = gateway.request(Method::POST, RETURN).header("accept", PAGE);
    let mut twice = twice.form(&[("a", "b")]).build().expect("a request");
    twice
        .headers_mut()
        .append("content-type", "text/plain".parse().expect("a header"));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let reply = client
        .build()
        .expect("a client")
        .execute(twice)
        .await
        .expect("an answer");
    assert_eq!(
        reply.headers()["location"],
        "http://shop.test/error?code=INVALID_INPUT"
    );
    // No room for its body: there is nothing that the page which asks again could send.
    let full = Gateway::start_with(&db, &[("JUMUN_BODIES_LIMIT", "1000")]).await;
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    for (accept, busy) in [(PAGE, false), ("application/json", true)] {
        let request = full.request(Method::POST, RETURN).header("accept", accept);
        let reply = Reply::of(request.form(&message)).await;
        if busy {
            reply.problem(503, "OVERLOADED");
        } else {
            assert_eq!(reply.sees(), "http://shop.test/error?code=OVERLOADED");
        }
    }
    assert!(db.snapshot().await == before);
}

#[tokio::test]
async fn a_return_to_an_account_that_is_unknown_gets_a_page_in_words() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let request = |path: &str| {
        gateway
            .request(Method::GET, &with_query(path, &message))
            .header("accept", PAGE)
    };
    for path in [
        "/pg/wallet/M9/return",
        "/pg/other/M1/return/x",
        "/pg/wallet/%FF/return",
    ] {
        let reply = Reply::of(request(path)).await;
        let (status, code) = if path.contains("%FF") {
            (400, "INVALID_INPUT")
        } else {
            (404, "MERCHANT_NOT_FOUND")
        };
        not_shown(&reply, status, code);
        let english = Reply::of(request(path).header("accept-language", "en-US,en;q=0.9")).await;
        let html = page(&english, status, code);
        assert!(
            html.contains("<html lang=\"en\">") && html.contains("do not pay again"),
            "{html}"
        );
    }
    // A new account is asked for, long before the keys are loaded again by themselves.
    db.copy_adapter(2, "M9").await;
    let start = std::time::Instant::now();
    eventually("the new account is known", || async {
        let path = "/pg/wallet/M9/return";
        let request = gateway.request(Method::POST, path).header("accept", PAGE);
        let reply = Reply::of(request.header("content-type", "text/plain").body("x")).await;
        reply.header("location") == Some("http://second.test/error?code=MEDIA_TYPE_NOT_SUPPORTED")
    })
    .await;
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn a_return_that_fails_inside_leads_to_the_shop() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let order = place_order(&gateway, &db, "T1").await;
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let request = || {
        gateway
            .request(Method::GET, &with_query(RETURN, &message))
            .header("accept", PAGE)
    };
    // An error that no catalogue has, and no procedure could say anything about; and one inside of it.
    db.exec(
        "RENAME TABLE shop_pg_adapters TO shop_pg_adapters_away;
         CREATE TABLE shop_pg_adapters LIKE shop_pg_adapters_away;
         ALTER TABLE shop_pg_adapters DROP COLUMN ack_body",
    )
    .await;
    let reply = Reply::of(request()).await;
    assert!(
        reply.sees().starts_with("http://shop.test/error?code="),
        "{reply:?}"
    );
    db.exec("DROP TABLE shop_pg_adapters; RENAME TABLE shop_pg_adapters_away TO shop_pg_adapters")
        .await;
    db.exec("RENAME TABLE shop_payments TO shop_payments_away")
        .await;
    let reply = Reply::of(request()).await;
    // A table that is not there may be there again in a moment: asked again. Anything else is the shop's.
    if reply.status == 303 {
        assert!(
            reply.sees().starts_with("http://shop.test/error?code="),
            "{reply:?}"
        );
    } else {
        assert!(
            reply.status >= 500 && reply.text.contains("다시 결제하지 마세요"),
            "{reply:?}"
        );
    }
    db.exec("RENAME TABLE shop_payments_away TO shop_payments")
        .await;
    let key = order["order_key"].as_str().expect("a key");
    let paid = format!("http://shop.test/result?order_key={key}&mTrdNo=T1");
    assert_eq!(Reply::of(request()).await.sees(), paid);
}

#[tokio::test]
async fn a_browser_at_a_wrong_address_is_told_in_words() {
    let (_db, gateway, _) = scene().await;
    let browse = |method: Method, path: &str| gateway.request(method, path).header("accept", PAGE);
    // Below an account the shop is known.
    for (method, path, code) in [
        (Method::GET, "/pg/wallet/M1/return/", "ROUTE_NOT_FOUND"),
        (Method::GET, "/pg/wallet/M1/retrun", "ROUTE_NOT_FOUND"),
        (Method::POST, "/pg/wallet/M1/return/a/b", "ROUTE_NOT_FOUND"),
        (Method::POST, "/pg/wallet/M1", "ROUTE_NOT_FOUND"),
        (Method::GET, NOTIFY, "METHOD_NOT_ALLOWED"),
        (Method::PUT, RETURN, "METHOD_NOT_ALLOWED"),
    ] {
        let reply = Reply::of(browse(method.clone(), path).body("a=1")).await;
        assert_eq!(
            reply.sees(),
            format!("http://shop.test/error?code={code}"),
            "{method} {path}"
        );
    }
    for (method, path, code) in [
        (Method::GET, "/pg/wallet/M9/retrun", "ROUTE_NOT_FOUND"),
        (Method::GET, "/pg/wallet", "ROUTE_NOT_FOUND"),
        (Method::GET, "/pg/", "ROUTE_NOT_FOUND"),
        (Method::GET, "/pg/%FF/M1/x", "ROUTE_NOT_FOUND"),
        (Method::GET, "/pg/wallet/M9/notify", "METHOD_NOT_ALLOWED"),
    ] {
        let status = if code == "ROUTE_NOT_FOUND" { 404 } else { 405 };
        not_shown(&Reply::of(browse(method, path)).await, status, code);
    }
    for (method, path, code) in [
        (Method::GET, "/", "ROUTE_NOT_FOUND"),
        (Method::POST, "/v1/order", "ROUTE_NOT_FOUND"),
        // A page that was the answer to an order form, loaded again by its address.
        (Method::GET, "/v1/orders", "UNAUTHENTICATED"),
        (Method::GET, "/v1/quotes", "METHOD_NOT_ALLOWED"),
    ] {
        let status = match code {
            "ROUTE_NOT_FOUND" => 404,
            "UNAUTHENTICATED" => 401,
            _ => 405,
        };
        let reply = Reply::of(browse(method.clone(), path)).await;
        let html = page(&reply, status, code);
        assert!(
            html.contains("이 주소에는 페이지가 없습니다") && html.contains("상점으로 돌아가"),
            "{html}"
        );
        let english = Reply::of(browse(method, path).header("accept-language", "en")).await;
        assert!(page(&english, status, code).contains("no page at this address"));
    }
    // Who has a key is a program, whatever it would like to read; so is who asks the operator's address.
    let program = gateway
        .shop(Method::GET, "/nowhere", "u1")
        .header("accept", PAGE);
    Reply::of(program).await.problem(404, "ROUTE_NOT_FOUND");
    let url = gateway.operator_url("/nowhere");
    let operator = reqwest::Client::new().get(url).header("accept", PAGE);
    Reply::of(operator).await.problem(404, "ROUTE_NOT_FOUND");
}

#[tokio::test]
async fn an_order_form_that_cannot_be_read_is_refused_in_words() {
    let (db, gateway, cart_id) = scene().await;
    let ticket = Ticket::new("T1").sign();
    let before = db.snapshot().await;
    for (media, body, status, code) in unreadable() {
        if media == "application/json" {
            continue;
        }
        let request = super::tickets::orders(&gateway)
            .header("accept", PAGE)
            .header("content-type", media);
        let reply =
            Reply::of(request.body([format!("ticket={ticket}&").into_bytes(), body].concat()))
                .await;
        assert_eq!(reply.status, status, "{media}: {reply:?}");
        assert!(
            reply.text.contains("주문을 접수하지 못했습니다") && reply.text.contains(code),
            "{reply:?}"
        );
        assert!(reply.text.contains("주문하던 페이지로 돌아가"), "{reply:?}");
    }
    assert!(db.snapshot().await == before);
    let good = super::tickets::orders(&gateway).form(&form("T1", cart_id, &ticket));
    Reply::of(good).await.ok();
    let again = super::tickets::orders(&gateway).json(&order_of("T1", cart_id, &ticket));
    assert_eq!(Reply::of(again).await.ok()["replayed"], 1);
}
