//! What payment gateways and the browsers that come from them are told, over HTTP.

use super::*;

pub(super) const PAGE: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
pub(super) const NOTIFY: &str = "/pg/wallet/M1/notify";
pub(super) const RETURN: &str = "/pg/wallet/M1/return";

/// A notification as the wallet sends it.
async fn notify(gateway: &Gateway, message: &WalletMessage) -> Reply {
    Reply::of(gateway.request(Method::POST, NOTIFY).form(&message.form())).await
}

/// A browser that comes back: the message in the query of a GET, or in the form of a POST.
pub(super) fn browser_return(
    gateway: &Gateway,
    method: &Method,
    path: &str,
    form: &[(String, String)],
) -> RequestBuilder {
    match *method {
        Method::GET => gateway.request(Method::GET, &with_query(path, form)),
        _ => gateway.request(method.clone(), path).form(form),
    }
}

pub(super) fn assert_acknowledged(reply: &Reply) {
    let told = (
        reply.status,
        reply.header("content-type"),
        reply.text.as_str(),
    );
    assert_eq!(
        told,
        (200, Some("text/plain"), "OK"),
        "exactly, or the PG resends for days"
    );
    assert_eq!(reply.header("content-length"), Some("2"));
}

fn page(order: &Json, result: &str, code: &str) -> String {
    let (key, number) = (
        order["order_key"].as_str().expect("a key"),
        order["order_number"].as_str().expect("a number"),
    );
    format!("http://shop.test/{result}?order_key={key}&mTrdNo={number}{code}")
}

#[tokio::test]
async fn a_notification_is_acknowledged_exactly_whatever_it_says() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let messages = [
        WalletMessage::paid("T1", "W1", "10000"),
        WalletMessage::paid("T1", "W1", "10000"),
        WalletMessage::paid("T1", "W2", "10000"),
        WalletMessage::failed("T1", "W3", "10000"),
        WalletMessage::paid("T1", "W4", "1"),
        WalletMessage::paid("T1", "", "10000"),
        WalletMessage::paid("NOWHERE", "W6", "10000"),
    ];
    for message in &messages {
        assert_acknowledged(&notify(&gateway, message).await);
        let with_page = gateway
            .request(Method::POST, NOTIFY)
            .header("accept", PAGE)
            .form(&message.form());
        assert_acknowledged(&Reply::of(with_page).await);
    }
    // What is no amount is no message of this wallet.
    let odd = WalletMessage::paid("T1", "W5", "x");
    notify(&gateway, &odd)
        .await
        .problem(403, "SIGNATURE_INVALID");
    let order = get(&gateway, &db.order_path("T1").await, "u1").await.ok();
    assert_eq!(order["order_status"], 2);
    assert_eq!(order["payments"][0]["status"], "paid");
    assert!(is_time(&order["paid_at"]));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_notification_may_come_as_json_without_a_type_or_with_a_query() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for (index, how) in ["json", "no type", "query and body", "query only"]
        .iter()
        .enumerate()
    {
        let number = format!("T{index}");
        place_order(&gateway, &db, &number).await;
        let message = WalletMessage::paid(&number, &format!("W{index}"), "10000");
        let form = message.form();
        let encoded = serde_urlencoded(&form);
        let request = gateway.request(Method::POST, NOTIFY);
        let request = match *how {
            "json" => request
                .header("content-type", "application/json")
                .body(message.json()),
            "no type" => request.body(encoded),
            // What the body says wins over the query, or a link could change a message.
            "query and body" => {
                let path = with_query(NOTIFY, &[("trdAmt", "1"), ("mTrdNo", "X")]);
                gateway.request(Method::POST, &path).form(&form)
            }
            _ => gateway.request(Method::POST, &with_query(NOTIFY, &form)),
        };
        assert_acknowledged(&Reply::of(request).await);
        let order = get(&gateway, &db.order_path(&number).await, "u1")
            .await
            .ok();
        assert_eq!(order["order_status"], 2, "{how}");
    }
    let other = gateway
        .request(Method::POST, NOTIFY)
        .header("content-type", "text/xml")
        .body("<x/>");
    Reply::of(other)
        .await
        .problem(415, "MEDIA_TYPE_NOT_SUPPORTED");
    for (body, field) in [
        ("mTrdNo=%B0%A1", "mTrdNo"),
        ("rsltMsg=%ff&mTrdNo=T1", "rsltMsg"),
    ] {
        let other = gateway
            .request(Method::POST, NOTIFY)
            .header("content-type", "application/x-www-form-urlencoded");
        Reply::of(other.body(body)).await.invalid(field);
    }
}

/// `a=b&c=d` of these pairs.
fn serde_urlencoded(form: &[(String, String)]) -> String {
    let pair = |(name, value): &(String, String)| format!("{name}={value}");
    form.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_browser_that_returns_is_sent_to_the_shop() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for (index, (method, with_key)) in [
        (Method::GET, false),
        (Method::POST, false),
        (Method::GET, true),
        (Method::POST, true),
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("T{index}");
        let order = place_order(&gateway, &db, &number).await;
        let path = match with_key {
            true => format!("{RETURN}/{}", order["order_key"].as_str().expect("a key")),
            false => RETURN.to_owned(),
        };
        let message = WalletMessage::paid(&number, &format!("W{index}"), "10000").form();
        let request = || browser_return(&gateway, &method, &path, &message).header("accept", PAGE);
        for _ in 0..2 {
            assert_eq!(
                Reply::of(request()).await.sees(),
                page(&order, "result", "")
            );
        }
        // Also for a client that says nothing about pages: the location is what counts.
        let plain = gateway.request(Method::GET, &with_query(&path, &message));
        assert_eq!(Reply::of(plain).await.sees(), page(&order, "result", ""));
        let order = get(&gateway, &db.order_path(&number).await, "u1")
            .await
            .ok();
        assert_eq!(
            (&order["order_status"], &order["next_step"]),
            (&json!(2), &json!("done"))
        );
    }
    // The order in the path is the gateway's word, whatever the client sends under that name.
    let order = place_order(&gateway, &db, "T9").await;
    let path = format!("{RETURN}/{}", order["order_key"].as_str().expect("a key"));
    let mut message = WalletMessage::paid("T9", "W9", "10000").form();
    message.push(("_order_key".to_owned(), "4111111111111111".to_owned()));
    let request = gateway
        .request(Method::POST, &with_query(&path, &[("_order_key", "evil")]))
        .form(&message);
    assert_eq!(Reply::of(request).await.sees(), page(&order, "result", ""));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_browser_whose_payment_came_to_nothing_is_sent_to_the_error_page() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let cases = [
        (
            "T1",
            WalletMessage::failed("T1", "W1", "10000"),
            "PAYMENT_FAILED",
        ),
        (
            "T2",
            WalletMessage::paid("T2", "W2", "9999"),
            "AMOUNT_MISMATCH",
        ),
        (
            "T3",
            WalletMessage::paid("T3", "", "10000"),
            "INVALID_INPUT",
        ),
    ];
    for (number, message, code) in cases {
        let order = place_order(&gateway, &db, number).await;
        let request = browser_return(&gateway, &Method::GET, RETURN, &message.form());
        assert_eq!(
            Reply::of(request).await.sees(),
            page(&order, "error", &format!("&code={code}"))
        );
    }
    let unknown = gateway.request(
        Method::GET,
        &with_query(RETURN, &WalletMessage::paid("X", "W9", "1").form()),
    );
    assert_eq!(
        Reply::of(unknown).await.sees(),
        "http://shop.test/error?code=ORDER_NOT_FOUND"
    );
    let lapsed = place_order(&gateway, &db, "T4").await;
    db.exec("UPDATE shops SET late_payment = 'refund'").await;
    db.let_expire("T4").await;
    let mut conn = db.conn_as_gateway().await;
    call(&mut conn, "shop_order_expire", (10,))
        .await
        .expect("expiry");
    let late = gateway
        .request(Method::POST, RETURN)
        .form(&WalletMessage::paid("T4", "W4", "10000").form());
    assert_eq!(
        Reply::of(late).await.sees(),
        page(&lapsed, "error", "&code=ORDER_EXPIRED")
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_storm_of_returns_and_notifications_over_http_settles_once() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_POOL_SIZE", "8")]).await;
    for round in 0..3 {
        let number = format!("T{round}");
        let order = place_order(&gateway, &db, &number).await;
        let message = WalletMessage::paid(&number, &format!("W{round}"), "10000").form();
        let requests = (0..32).map(|caller| {
            let request = match caller % 3 {
                0 => gateway.request(Method::POST, NOTIFY).form(&message),
                1 => gateway.request(Method::GET, &with_query(RETURN, &message)),
                _ => gateway.request(Method::POST, RETURN).form(&message),
            };
            tokio::spawn(Reply::of(request))
        });
        for (caller, task) in requests.collect::<Vec<_>>().into_iter().enumerate() {
            let reply = task.await.expect("an answer");
            match caller % 3 {
                0 => assert_acknowledged(&reply),
                _ => assert_eq!(reply.sees(), page(&order, "result", "")),
            }
        }
        let order = get(&gateway, &db.order_path(&number).await, "u1")
            .await
            .ok();
        assert_eq!(order["payments"].as_array().map(Vec::len), Some(1));
        assert_eq!(order["log"].as_array().map(Vec::len), Some(2));
    }
    assert_eq!(db.count("shop_pg_messages").await, 96);
    db.assert_audit_clean().await;
}
