//! What a buyer's browser shows when it comes back from paying while the database cannot be asked.

use super::*;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const RETURN: &str = "/pg/wallet/M1/return";

/// The page, with everything that it must have whatever it says.
fn page(reply: &Reply, status: u16, code: &str, retry_after: &str) -> String {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(reply.header("retry-after"), Some(retry_after));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let policy = reply.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    let html = reply.text.clone();
    assert!(
        html.contains(r#"<meta name="viewport" content="width=device-width, initial-scale=1">"#)
    );
    assert!(html.contains(code) && html.contains(reply.header("x-request-id").expect("an id")));
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside} in {html}");
    }
    // What is inline is allowed by its nonce, and only that.
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let nonce = format!(r#"nonce="{}""#, nonce.expect("a nonce"));
    let inline = html.matches("<style").count() + html.matches("<script").count();
    assert_eq!(html.matches(&nonce).count(), inline, "{html}");
    assert!(!html.contains("onclick") && !html.contains("style="));
    html
}

/// The fields of the page's form, as a browser would send them.
fn form_of(html: &str) -> Vec<(String, String)> {
    let unescape = |text: &str| {
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"");
        text.replace("&#39;", "'")
            .replace("&#13;", "\r")
            .replace("&#10;", "\n")
            .replace("&amp;", "&")
    };
    html.split(r#"<input type="hidden" name=""#)
        .skip(1)
        .map(|input| {
            let (name, rest) = input.split_once(r#"" value=""#).expect("a value");
            let (value, _) = rest.split_once(r#"">"#).expect("an end");
            let raw = |text: &str| text.contains(['"', '<', '>', '\'', '\r', '\n']);
            assert!(!raw(name) && !raw(value), "{input}");
            (unescape(name), unescape(value))
        })
        .collect()
}

#[tokio::test]
async fn a_browser_that_comes_back_gets_a_page_that_asks_again() {
    let site = Site::start(&[("JUMUN_FAILOVER_MS", "0")]).await;
    let Site {
        db, proxy, gateway, ..
    } = &site;
    for number in ["T1", "T2"] {
        place_order(gateway, db, number).await;
    }
    proxy.cut().await;
    let first = WalletMessage::paid("T1", "W1", "10000").form();
    let get_return = |path: &str| {
        let url = crate::http::with_query(path, &first);
        gateway.request(Method::GET, &url).header("accept", BROWSER)
    };
    let (reply, took) = timed(get_return(RETURN)).await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    let html = page(&reply, 503, "DATABASE_UNAVAILABLE", "3");
    assert!(
        html.contains(r#"<html lang="ko">"#) && html.contains("다시 결제하지 마세요"),
        "{html}"
    );
    // What the shop will want to know is no bare code.
    assert!(
        html.contains("<small>상점에 문의하실 때 알려 주세요: DATABASE_UNAVAILABLE"),
        "{html}"
    );
    // The same address again, by itself and by hand; nothing of the message is in the page.
    assert!(
        html.contains(r#"<meta http-equiv="refresh" content=""#),
        "{html}"
    );
    assert!(
        html.contains(r#"<a class="again" href="">"#) && !html.contains("W1"),
        "{html}"
    );
    let english = get_return(RETURN).header("accept-language", "en");
    let html = page(&Reply::of(english).await, 503, "DATABASE_UNAVAILABLE", "3");
    assert!(
        html.contains(r#"<html lang="en">"#) && html.contains("do not pay again"),
        "{html}"
    );

    // A form is sent again as it was, whatever is in it.
    let mut second = WalletMessage::paid("T2", "W2", "10000").form();
    second.push((
        "\"><script>alert(1)</script>".to_owned(),
        "a\r\n'b' \"c\" &amp; <d> 한글+%".to_owned(),
    ));
    let post_return = |form: &[(String, String)]| {
        let request = gateway.request(Method::POST, RETURN);
        request.header("accept", BROWSER).form(form)
    };
    let reply = Reply::of(post_return(&second)).await;
    let html = page(&reply, 503, "DATABASE_UNAVAILABLE", "3");
    assert!(
        html.contains(r#"<form method="post" accept-charset="utf-8">"#),
        "{html}"
    );
    assert_eq!(html.matches("<script").count(), 1, "{html}");
    let again = form_of(&html);
    assert_eq!(again, second);

    // Everybody else gets the error as ever.
    for request in [
        gateway.request(Method::GET, RETURN).header("accept", "*/*"),
        gateway.request(Method::POST, RETURN).form(&second),
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .header("accept", BROWSER)
            .form(&second),
        gateway
            .shop(Method::GET, "/v1/cart", "u1")
            .header("accept", BROWSER),
    ] {
        Reply::of(request)
            .await
            .problem(503, "DATABASE_UNAVAILABLE");
    }

    proxy.restore().await;
    for request in [get_return(RETURN), post_return(&again)] {
        let reply = Reply::of(request).await;
        assert!(
            reply.sees().starts_with("http://shop.test/result?"),
            "{reply:?}"
        );
    }
    let paid = "SELECT COUNT(*) FROM shop_orders WHERE order_status = 2";
    assert_eq!(db.int(paid).await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_page_is_shown_as_well_when_there_are_too_many_callers_or_a_lock_is_held() {
    let limits = [
        ("JUMUN_POOL_SIZE", "1"),
        ("JUMUN_QUEUE", "0"),
        ("JUMUN_DEADLINE_MS", "700"),
    ];
    let site = Site::start(&limits).await;
    let Site { db, gateway, .. } = &site;
    let order = place_order(gateway, db, "T1").await;
    let key = order["order_key"].as_str().expect("a key");
    let mut holder = db.conn().await;
    let lock = "BEGIN; SELECT * FROM shop_orders FOR UPDATE";
    holder.query_drop(lock).await.expect("a lock");
    let message = WalletMessage::paid("T1", "W1", "10000").form();
    let path = format!("{RETURN}/{key}");
    let request = || {
        let request = gateway.request(Method::POST, &path).form(&message);
        request.header("accept", BROWSER)
    };
    let waiting = tokio::spawn(Reply::of(request()));
    let in_use = r#"jumun_pool_connections{pool="public",state="in_use"} "#;
    eventually("the connection is in use", || async {
        metric(gateway, in_use).await == 1
    })
    .await;
    page(&Reply::of(request()).await, 503, "OVERLOADED", "1");
    let reply = waiting.await.expect("no panic");
    let html = page(&reply, 503, "DEADLINE_EXCEEDED", "1");
    assert_eq!(form_of(&html), message);
    holder.query_drop("COMMIT").await.expect("the lock's end");
    eventually("the return gets through", || async {
        let reply = Reply::of(request()).await;
        reply.status == 303 && reply.sees().contains("/result?")
    })
    .await;
    let payments = "SELECT COUNT(*) FROM shop_payments WHERE status = 'paid'";
    assert_eq!(db.int(payments).await, 1);
    db.assert_audit_clean().await;
}
