//! Messages that are not a payment gateway's, and what must never be seen of those that are.

use super::payment::{NOTIFY, PAGE, RETURN, assert_acknowledged, browser_return};
use super::*;

#[tokio::test]
async fn a_forged_message_is_refused_to_programs_and_shown_the_door_to_browsers() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let before = db.snapshot().await;
    let right = WalletMessage::paid("T1", "W1", "10000");
    for message in [
        right.clone().key("guessed"),
        right.clone().tamper("trdAmt", "1"),
        right.clone().with("mId", "M2"),
        right.tamper("pktHash", ""),
    ] {
        for (method, path) in [
            (Method::GET, RETURN.to_owned()),
            (Method::POST, RETURN.to_owned()),
            (Method::POST, format!("{RETURN}/x")),
        ] {
            let request = || browser_return(&gateway, &method, &path, &message.form());
            let browser = Reply::of(request().header("accept", PAGE)).await;
            assert_eq!(
                browser.sees(),
                "http://shop.test/error?code=SIGNATURE_INVALID"
            );
            for accept in ["*/*", "application/json"] {
                Reply::of(request().header("accept", accept))
                    .await
                    .problem(403, "SIGNATURE_INVALID");
            }
            Reply::of(request()).await.problem(403, "SIGNATURE_INVALID");
        }
        // To a PG it is an error in any case: there is no shop's page to show.
        for accept in ["*/*", PAGE] {
            let request = gateway
                .request(Method::POST, NOTIFY)
                .header("accept", accept)
                .form(&message.form());
            Reply::of(request).await.problem(403, "SIGNATURE_INVALID");
        }
    }
    for path in [
        "/pg/wallet/M2/return",
        "/pg/toss/M1/return",
        "/pg/wallet/m1/return",
        "/pg/%20/%20/return",
    ] {
        let request = gateway
            .request(Method::POST, path)
            .header("accept", PAGE)
            .form(&WalletMessage::paid("T1", "W1", "10000").form());
        let page = Reply::of(request).await;
        super::unread::not_shown(&page, 404, "MERCHANT_NOT_FOUND");
        let request = gateway.request(Method::POST, path);
        let request = request.form(&WalletMessage::paid("T1", "W1", "10000").form());
        Reply::of(request).await.problem(404, "MERCHANT_NOT_FOUND");
    }
    assert!(db.snapshot().await == before);
}

/// Whoever calls the return URL of an order knows its key: a browser is led to that order's page. An order number, which
/// can be guessed, leads nowhere.
#[tokio::test]
async fn a_wrong_hash_on_return_leads_the_buyer_to_his_order() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let order = place_order(&gateway, &db, "T1").await;
    let key = order["order_key"].as_str().expect("a key");
    let home = order["payment"][0]["pay_fields"]["nextUrl"]
        .as_str()
        .expect("a URL")
        .strip_prefix("http://gateway.test")
        .expect("the gateway's");
    assert_eq!(home, format!("{RETURN}/{key}"));
    db.copy_adapter(2, "M2").await;
    let foreign = home.replace("/M1/", "/M2/");
    let before = db.snapshot().await;
    let forged = WalletMessage::paid("T1", "W1", "10000").key("guessed");
    let no_amount = WalletMessage::paid("T1", "W1", "x");
    let nobody = "http://shop.test/error?code=SIGNATURE_INVALID";
    let order_page = format!("http://shop.test/error?order_key={key}&code=SIGNATURE_INVALID");
    let mut inside = forged.form();
    inside.push((
        "_order_key".to_owned(),
        "01900000-0000-7000-8000-000000000000".to_owned(),
    ));
    for (path, form, right) in [
        (home, forged.form(), order_page.as_str()),
        (home, no_amount.form(), &order_page),
        (home, Vec::new(), &order_page),
        // The URL that was called counts, not a field that says another.
        (home, inside, &order_page),
        (RETURN, forged.form(), nobody),
        (&format!("{RETURN}/T1"), forged.form(), nobody),
        (&format!("{RETURN}/1"), forged.form(), nobody),
        (&format!("{RETURN}/{key}%20"), forged.form(), nobody),
        (
            &format!("{RETURN}/01900000-0000-7000-8000-000000000000"),
            forged.form(),
            nobody,
        ),
        // Another shop has no such order.
        (
            &foreign,
            forged.form(),
            "http://second.test/error?code=SIGNATURE_INVALID",
        ),
    ] {
        for method in [Method::GET, Method::POST] {
            let request = browser_return(&gateway, &method, path, &form).header("accept", PAGE);
            assert_eq!(Reply::of(request).await.sees(), right, "{method} {path}");
        }
    }
    assert!(db.snapshot().await == before);
    // The right one is believed there, too.
    let paid = WalletMessage::paid("T1", "W1", "10000").form();
    let request = browser_return(&gateway, &Method::POST, home, &paid).header("accept", PAGE);
    let right = format!("http://shop.test/result?order_key={key}&mTrdNo=T1");
    assert_eq!(Reply::of(request).await.sees(), right);
}

#[tokio::test]
async fn nobody_speaks_for_a_payment_gateway_through_the_gateway() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let before = db.snapshot().await;
    let unsigned = [
        ("mTrdNo", "T1"),
        ("trdNo", "W1"),
        ("trdAmt", "10000"),
        ("rsltCd", "0000"),
        ("channel", "lookup"),
        ("pi_channel", "lookup"),
    ];
    for path in [RETURN, NOTIFY] {
        let request = gateway
            .request(Method::POST, &with_query(path, &[("channel", "lookup")]))
            .form(&unsigned);
        Reply::of(request).await.problem(403, "SIGNATURE_INVALID");
    }
    assert!(db.snapshot().await == before);
}

#[tokio::test]
async fn card_data_and_keys_are_neither_kept_nor_logged() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("RUST_LOG", "debug")]).await;
    place_order(&gateway, &db, "T1").await;
    let message = WalletMessage::paid("T1", "W1", "10000");
    let mut form = message.form();
    for (name, value) in [
        ("cardNo", "4111111111111111"),
        ("buyer", "홍길동"),
        ("password", "hunter2-secret"),
        ("4111", "x"),
    ] {
        form.push((name.to_owned(), value.to_owned()));
    }
    let hash = form
        .iter()
        .find(|(name, _)| name == "pktHash")
        .map(|(_, hash)| hash.clone())
        .expect("a hash");
    assert_acknowledged(&Reply::of(gateway.request(Method::POST, NOTIFY).form(&form)).await);
    Reply::of(gateway.request(Method::GET, &with_query(RETURN, &form)))
        .await
        .sees();
    form.retain(|(name, _)| name != "mId");
    form.push(("mId".to_owned(), "M2".to_owned()));
    let forged = gateway.request(Method::GET, &with_query(RETURN, &form));
    let reply = Reply::of(forged).await;
    reply.problem(403, "SIGNATURE_INVALID");
    let broken = gateway
        .request(Method::POST, NOTIFY)
        .header("content-type", "application/json")
        .body("{\"cardNo\":4111111111111111,");
    let broken = Reply::of(broken).await;
    broken.invalid("");

    let log = gateway.log();
    assert!(
        log.contains(NOTIFY.replace("wallet/M1", "{pg}/{merchant}").as_str()),
        "{log}"
    );
    let kept = db.snapshot().await;
    let secrets = [
        "4111111111111111",
        "홍길동",
        "hunter2-secret",
        hash.as_str(),
        WALLET_KEY,
        SHOP_KEY,
        OPERATOR_KEY,
        TEST_PASSWORD,
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(
            !reply.text.contains(secret) && !broken.text.contains(secret),
            "{secret} is in an answer"
        );
        let times = kept.matches(secret).count();
        assert_eq!(
            times,
            usize::from(secret == WALLET_KEY),
            "{secret} is in a table"
        );
    }
    for name in ["buyer", "010-0000-0001", "Receiver 1", "u1"] {
        assert!(
            !log.split_whitespace().any(|word| word == name),
            "{name} is in the log"
        );
    }
}
