//! `shop_order_update` as a routine: who may call it how, what it refuses, and that a refusal changes nothing.

use super::*;

const COLUMNS: [&str; 10] = [
    "result",
    "http_status",
    "content_type",
    "body",
    "location",
    "order_key",
    "order_number",
    "order_status",
    "verdict",
    "events",
];

/// The right message for [`order`] "T1".
fn approved() -> WalletMessage {
    WalletMessage::paid("T1", "W1", TOTAL)
}

/// A message signed by this text instead of the adapter's template.
fn signed_over(text: &str) -> WalletMessage {
    approved().tamper("pktHash", &sha256_hex(&format!("{text}{WALLET_KEY}")))
}

#[tokio::test]
async fn the_answer_is_one_row_with_these_columns() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    for channel in ["return", "notify"] {
        let answer = settle(&mut conn, channel, &approved()).await.unwrap();
        assert_eq!(answer.count(), 1);
        assert_eq!(*answer.set(0).columns, COLUMNS.map(str::to_owned));
    }
}

#[tokio::test]
async fn a_message_that_is_not_authentic_changes_nothing() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    order(&db, &mut conn, "T2").await;
    let in_order = "0000|T1|W1|10000|20261120120000||M1|";
    let mut no_hash = approved();
    no_hash = no_hash.tamper("pktHash", "");
    let forged = [
        ("no hash", no_hash),
        ("another key", approved().key("guessed")),
        ("the empty key", approved().key("")),
        (
            "hash of nothing",
            approved().tamper("pktHash", &sha256_hex("")),
        ),
        (
            "hash without the key",
            approved().tamper("pktHash", &sha256_hex(in_order)),
        ),
        (
            "key first",
            approved().tamper("pktHash", &sha256_hex(&format!("{WALLET_KEY}{in_order}"))),
        ),
        (
            "other field order",
            signed_over("T1|W1|10000|0000|20261120120000||M1|"),
        ),
        ("the request's hash", signed_over("M1T110000")),
        (
            "half a hash",
            approved().tamper(
                "pktHash",
                &sha256_hex(&format!("{in_order}{WALLET_KEY}"))[..32],
            ),
        ),
        ("amount changed", approved().tamper("trdAmt", "1")),
        ("order changed", approved().tamper("mTrdNo", "T2")),
        ("transaction changed", approved().tamper("trdNo", "W2")),
        (
            "result changed",
            WalletMessage::failed("T1", "W1", TOTAL).tamper("rsltCd", "0000"),
        ),
        (
            "time changed",
            approved().tamper("authDt", "20261120120001"),
        ),
        ("other merchant, signed", approved().with("mId", "M2")),
        ("other merchant, not signed", approved().tamper("mId", "M2")),
        (
            "merchant in lower case, signed",
            approved().with("mId", "m1"),
        ),
        (
            "the template as hash",
            approved().tamper(
                "pktHash",
                "{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{mId}|{key}",
            ),
        ),
        (
            "the key's place filled in",
            approved().with("authDt", "{key}").tamper(
                "pktHash",
                &sha256_hex(&format!("0000|T1|W1|10000|{WALLET_KEY}||M1|{WALLET_KEY}")),
            ),
        ),
    ];
    let before = db.snapshot().await;
    for (what, message) in forged {
        for channel in ["return", "notify"] {
            let error = settle(&mut conn, channel, &message).await.expect_err(what);
            error.expect_code("SIGNATURE_INVALID");
            assert_eq!(error.errno, 2107, "{what}");
            let page = "http://shop.test/error?code=SIGNATURE_INVALID";
            let right = (channel == "return").then(|| page.to_owned());
            assert_eq!(error.row().opt("location"), right, "{what}");
        }
        assert!(db.snapshot().await == before, "{what} changed something");
    }
    // The same conn, the same order: what is authentic still works.
    let answer = settle(&mut conn, "notify", &approved()).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
}

#[tokio::test]
async fn without_any_hash_field_nothing_is_believed() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let before = db.snapshot().await;
    let hash = sha256_hex(&format!("0000|T1|W1|10000|20261120120000||M1|{WALLET_KEY}"));
    let fields = r#""mId":"M1","mTrdNo":"T1","trdNo":"W1","trdAmt":"10000","rsltCd":"0000","authDt":"20261120120000""#;
    for hash in [
        "",
        r#","pktHash":null"#,
        r#","pktHash":["x"]"#,
        r#","pktHash":true"#,
        r#","pktHash":0"#,
    ] {
        let text = format!("{{{fields}{hash}}}");
        let error = update(&mut conn, "wallet", "M1", "notify", Some(&text))
            .await
            .unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
    }
    for nested in [
        format!(r#",{{"pktHash":"{hash}"}}"#),
        format!(r#"{{"pktHash":"{hash}"}}"#),
    ] {
        let text = format!(r#"{{{fields},"x":[1{nested}]}}"#);
        update(&mut conn, "wallet", "M1", "notify", Some(&text))
            .await
            .unwrap_err();
    }
    assert!(db.snapshot().await == before);
    let text = format!(r#"{{{fields},"pktHash":"{hash}"}}"#);
    update(&mut conn, "wallet", "M1", "notify", Some(&text))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_hash_in_upper_case_is_the_same_hash() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let hash =
        sha256_hex(&format!("0000|T1|W1|10000|20261120120000||M1|{WALLET_KEY}")).to_uppercase();
    let message = approved().tamper("pktHash", &hash);
    let answer = settle(&mut conn, "return", &message).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
}

#[tokio::test]
async fn a_message_without_our_account_in_it_is_authentic_only_where_the_gateway_never_sends_it() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let text = format!("0000|T1|W1|10000|20261120120000|||{WALLET_KEY}");
    let fields = format!(
        r#"{{"mTrdNo":"T1","trdNo":"W1","trdAmt":"10000","rsltCd":"0000","authDt":"20261120120000","pktHash":"{}"}}"#,
        sha256_hex(&text)
    );
    let before = db.snapshot().await;
    let error = update(&mut conn, "wallet", "M1", "notify", Some(&fields))
        .await
        .unwrap_err();
    error.expect_code("SIGNATURE_INVALID");
    assert_eq!(db.snapshot().await, before);
    db.exec(
        r#"UPDATE shop_pg_adapters SET field_merchant_id = '',
               pattern_others_json = '{"apprNo":"[^| ]{0,100}","mId":"[A-Z0-9]{0,9}"}'"#,
    )
    .await;
    let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields))
        .await
        .unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
}

#[tokio::test]
async fn an_unknown_merchant_or_gateway_is_told_nothing_and_leaves_nothing() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let before = db.snapshot().await;
    let json = approved().json();
    let long = "M1".repeat(3000);
    for (pg, merchant) in [
        ("wallet", "M2"),
        ("wallet", "m1"),
        ("Wallet", "M1"),
        ("toss", "M1"),
        ("", ""),
        ("wallet", &long),
    ] {
        for channel in ["return", "notify"] {
            let error = update(&mut conn, pg, merchant, channel, Some(&json))
                .await
                .unwrap_err();
            error.expect_code("MERCHANT_NOT_FOUND");
            assert_eq!(error.row().opt("location"), None);
        }
    }
    assert!(db.snapshot().await == before);
}

#[tokio::test]
async fn the_account_that_serves_the_web_cannot_speak_for_a_payment_gateway() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    order(&db, &mut gateway, "T1").await;
    let before = db.snapshot().await;
    for channel in [
        "manual",
        "manual ",
        "MANUAL",
        "approve",
        "lookup",
        "",
        "returns",
        "return,manual",
    ] {
        let error = settle(&mut gateway, channel, &approved())
            .await
            .expect_err(channel);
        error.expect_code("CHANNEL_NOT_ALLOWED");
    }
    let none: Option<&str> = None;
    let json = approved().json();
    let error = call(
        &mut gateway,
        "shop_order_update",
        ("wallet", "M1", none, &json),
    )
    .await
    .unwrap_err();
    error.expect_code("CHANNEL_NOT_ALLOWED");
    assert!(db.snapshot().await == before);

    // Nor can anybody else: a payment by hand has a procedure of its own.
    let mut dba = db.conn().await;
    let unsigned = approved().tamper("pktHash", "");
    for (channel, code) in [
        ("manual", "CHANNEL_NOT_ALLOWED"),
        ("notify", "SIGNATURE_INVALID"),
    ] {
        let error = settle(&mut dba, channel, &unsigned).await.unwrap_err();
        error.expect_code(code);
    }
    let mut operator = db.conn_as_operator().await;
    let error = settle(&mut operator, "notify", &approved())
        .await
        .unwrap_err();
    assert_eq!(error.errno, 1370, "{error}");
    assert!(db.snapshot().await == before);
}

#[tokio::test]
async fn fields_that_are_no_json_object_are_refused() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let before = db.snapshot().await;
    for fields in [
        None,
        Some(""),
        Some("{"),
        Some("[]"),
        Some("\"x\""),
        Some("1"),
        Some("null"),
        Some("mTrdNo=T1"),
        Some("{} {}"),
        Some("{\"a\":1,}"),
        Some("{\"mTrdNo\":\"T1\",\"\ta\":1}"),
        Some("{\"mTrdNo\":\"T1\"}\0"),
        Some("[{\"mTrdNo\":\"T1\"}]"),
    ] {
        let error = update(&mut conn, "wallet", "M1", "notify", fields)
            .await
            .unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "fields", "{fields:?}");
    }
    let error = update(&mut conn, "wallet", "M1", "notify", Some("{}"))
        .await
        .unwrap_err();
    error.expect_code("SIGNATURE_INVALID");
    assert!(db.snapshot().await == before);
}
