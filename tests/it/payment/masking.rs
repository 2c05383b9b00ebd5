//! Nothing that a payment gateway sends besides what we need is kept: not in any table, not in the log. And
//! nothing in a message is ever taken for a template, whatever its names and values look like.

use super::*;
use serde_json::json;

/// Values that nobody may find again.
const SECRETS: [&str; 6] = [
    "4111111111111111",
    "4111-1111-1111-1111",
    "740",
    "홍길동",
    "900101-1234567",
    "p@ss\"w'0rd",
];

/// An approval of "T1" with these members besides.
fn with_members(members: &serde_json::Value) -> String {
    let mut object: serde_json::Value =
        serde_json::from_str(&WalletMessage::paid("T1", "W1", TOTAL).json()).unwrap();
    for (name, value) in members.as_object().unwrap() {
        object[name] = value.clone();
    }
    object.to_string()
}

async fn assert_no_trace(db: &TestDb, secrets: &[&str]) {
    let everything = db.snapshot().await;
    assert!(everything.contains("T1"), "the snapshot is not empty");
    for secret in secrets {
        assert!(!everything.contains(secret), "{secret} is kept");
    }
}

#[tokio::test]
async fn of_fields_that_the_adapter_does_not_name_only_the_names_are_kept() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let fields = with_members(&json!({
        "cardNo": SECRETS[0], "card_number": SECRETS[1], "cvc": "cvc740", "buyerName": SECRETS[3],
        "rrn": SECRETS[4], "password": SECRETS[5], "amount": 4111111111111111_u64,
        "cardNo4111-1111-1111-1111": "", "card": {"number": SECRETS[0], "holder": SECRETS[3]}, "cards": [SECRETS[0], [SECRETS[1]]],
    }));
    let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields))
        .await
        .unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    assert_no_trace(
        &db,
        &[
            "411111", "4111-", "cvc740", SECRETS[3], SECRETS[4], SECRETS[5], "p@ss",
        ],
    )
    .await;
    let kept: serde_json::Value =
        serde_json::from_str(&db.text("SELECT fields_json FROM shop_pg_messages").await).unwrap();
    assert_eq!(kept["cardNo"], "***");
    assert_eq!(kept["card"], "***");
    assert_eq!(kept["pktHash"], "***", "the hash is of no use to a reader");
    let named = [
        "mId", "mTrdNo", "trdNo", "trdAmt", "rsltCd", "rsltMsg", "authDt",
    ]
    .map(|name| kept[name].clone());
    assert_eq!(
        named,
        [
            "M1",
            "T1",
            "W1",
            "10000",
            "0000",
            "approved",
            "20261120120000"
        ]
    );
    assert_eq!(kept.as_object().unwrap().len(), 18);
}

/// The engines take a name with a blank at its end for the name without it, and a gateway that does not send our account
/// has no name for it: neither makes a field one that the adapter names.
#[tokio::test]
async fn a_name_that_is_almost_one_of_the_adapter_s_is_none() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    db.exec(
        "UPDATE shop_pg_adapters SET field_merchant_id = '',
             hash_template = '{rsltCd}|{mTrdNo}|{trdNo}|{trdAmt}|{authDt}|{apprNo}|{key}'",
    )
    .await;
    let hash = sha256_hex(&format!("0000|T1|W1|10000|20261120120000||{WALLET_KEY}"));
    let fields = with_members(&json!({
        "": SECRETS[4], "trdAmt ": SECRETS[0], "rsltMsg  ": SECRETS[3], "pktHash": hash,
    }));
    let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
    assert_eq!(answer.unwrap().first().str("verdict"), "paid");
    assert_no_trace(&db, &[SECRETS[4], SECRETS[0], SECRETS[3]]).await;
}

#[tokio::test]
async fn the_hash_key_is_nowhere_but_in_the_adapter() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let fields =
        with_members(&json!({"key": "{key}", "{key}": "{key}", "rsltMsg": "{key} {secret_key}"}));
    let answer = update(&mut conn, "wallet", "M1", "return", Some(&fields))
        .await
        .unwrap();
    assert!(!format!("{answer:?}").contains(WALLET_KEY));
    let everything = db.snapshot().await;
    assert_eq!(
        everything.matches(WALLET_KEY).count(),
        1,
        "only shop_pg_adapters has it"
    );
    let error = update(
        &mut conn,
        "wallet",
        "M1",
        "return",
        Some(r#"{"pktHash":"x"}"#),
    )
    .await
    .unwrap_err();
    assert!(!format!("{error:?}").contains(WALLET_KEY));
}

#[tokio::test]
async fn values_that_look_like_templates_are_hashed_as_they_are() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (index, value) in [
        "{key}", "{trdNo}", "{", "}", "}{", "{}", "{{key}}", "{key", "a{b}c", "\\", "\"", "%s",
        "';",
    ]
    .iter()
    .enumerate()
    {
        let number = format!("T{index}");
        order(&db, &mut conn, &number).await;
        // `authDt` is hashed; the wallet hashes what it sends.
        let message =
            WalletMessage::paid(&number, &format!("W{index}{value}"), TOTAL).with("authDt", value);
        let answer = settle(&mut conn, "notify", &message)
            .await
            .unwrap_or_else(|e| panic!("{value}: {e}"));
        assert_eq!(answer.first().str("verdict"), "paid", "{value}");
    }
    // What a clever sender would hope for: that his braces are filled in.
    order(&db, &mut conn, "T99").await;
    let hoped = sha256_hex(&format!("0000|T99|W99|10000|{WALLET_KEY}||M1|{WALLET_KEY}"));
    let message = WalletMessage::paid("T99", "W99", TOTAL)
        .with("authDt", "{key}")
        .tamper("pktHash", &hoped);
    settle(&mut conn, "notify", &message)
        .await
        .unwrap_err()
        .expect_code("SIGNATURE_INVALID");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_field_named_key_is_not_the_key() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let before = db.snapshot().await;
    for name in ["key", "{key}", "secret_key"] {
        let hash = sha256_hex("0000|T1|W1|10000|20261120120000||M1|mine");
        let fields = with_members(&json!({name: "mine", "pktHash": hash}));
        let error = update(&mut conn, "wallet", "M1", "notify", Some(&fields))
            .await
            .unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
    }
    assert!(db.snapshot().await == before);
}

#[tokio::test]
async fn a_name_twice_nested_values_nulls_and_odd_names_break_nothing() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let odd = [
        r#""cardNo":"4111111111111111","cardNo":"4111111111111112""#.to_owned(),
        r#""a":null,"b":{},"c":[],"d":true,"e":1e30,"f":-0.0,"g":12345678901234567890123"#.to_owned(),
        r#""":"4111111111111111""#.to_owned(),
        r#""we\"ird":"4111111111111111","new\nline":1,"back\\slash":1,"$.x":1,"$":1,"*":1,"[0]":1,"가":"나","😀":"😀""#.to_owned(),
        format!(r#""{}":"4111111111111111""#, "n".repeat(64)),
        format!(r#""{}":"4111111111111111""#, "n".repeat(65)),
        format!(r#""{}":"4111111111111111""#, "n".repeat(300)),
        format!(r#""{}":"4111111111111111""#, "긴".repeat(3000)),
        (0..100).map(|n| format!(r#""f{n}":"4111111111111111""#)).collect::<Vec<_>>().join(","),
        (0..192).map(|n| format!(r#""f{n}":"4111111111111111""#)).collect::<Vec<_>>().join(","),
        format!(r#""deep":{}1{}"#, "[".repeat(30), "]".repeat(30)),
        format!(r#""big":"{}""#, "4111111111111111".repeat(3000)),
    ];
    for (index, members) in odd.iter().enumerate() {
        let number = format!("T{index}");
        order(&db, &mut conn, &number).await;
        let json = WalletMessage::paid(&number, &format!("W{index}"), TOTAL).json();
        let fields = format!("{},{members}}}", json.strip_suffix('}').unwrap());
        let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
        let answer = answer.unwrap_or_else(|e| panic!("{members:.80}: {e}"));
        assert_eq!(answer.first().str("verdict"), "paid", "{members:.80}");
        let kept = db
            .text("SELECT fields_json FROM shop_pg_messages ORDER BY seq_no DESC LIMIT 1")
            .await;
        assert!(
            serde_json::from_str::<serde_json::Value>(&kept).is_ok(),
            "{kept:.200}"
        );
    }
    assert_no_trace(&db, &["411111111111111"]).await;
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_hash_covers_what_is_read_also_when_a_name_comes_twice() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    // Signed for 1, with the right amount besides: either one of both is both hashed and read, or none is.
    let json = WalletMessage::paid("T1", "W1", "1").json();
    let first = format!("{},\"trdAmt\":\"10000\"}}", json.strip_suffix('}').unwrap());
    let last = format!("{{\"trdAmt\":\"10000\",{}", json.strip_prefix('{').unwrap());
    for fields in [first, last] {
        match update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await {
            Ok(answer) => assert_ne!(answer.first().str("verdict"), "paid"),
            Err(error) => drop(error.expect_code("SIGNATURE_INVALID")),
        }
    }
    assert_ne!(State::of(&db, "T1").await.status, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_field_that_is_no_text_counts_as_missing() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let hash = |text: &str| sha256_hex(&format!("{text}{WALLET_KEY}"));
    let fields = with_members(&json!({"trdNo": "W1", "trdAmt": ["10000"],
        "pktHash": hash("0000|T1|W1||20261120120000||M1|")}));
    let error = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
    error.unwrap_err().expect_code("SIGNATURE_INVALID");
    let fields = with_members(&json!({"trdNo": {"x": "W1"},
        "pktHash": hash("0000|T1||10000|20261120120000||M1|")}));
    let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields))
        .await
        .unwrap();
    assert_eq!(answer.first().str("verdict"), "incomplete");
    let state = State::of(&db, "T1").await;
    let key = said("order T1", &["T1", "10000.00", "", "20261120120000"]);
    assert_eq!(
        (state.status, state.duties),
        (1, vec![format!("lookup {key} 10000.00 incomplete owed")])
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_unexpected_error_is_logged_without_what_the_message_said() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    // A broken installation: the first write of the transaction fails.
    db.exec("RENAME TABLE shop_stock_reservations TO elsewhere")
        .await;
    let fields = with_members(&json!({"cardNo": SECRETS[0], "rsltMsg": "words of the PG"}));
    let error = update(&mut conn, "wallet", "M1", "return", Some(&fields))
        .await
        .unwrap_err();
    assert_eq!(error.errno, 1146);
    assert_eq!(
        error.row().str("location"),
        "http://shop.test/error?code=INTERNAL_ERROR"
    );
    assert_eq!(error.row().str("detail"), "");
    let log = db.row("SELECT * FROM shop_error_log").await;
    assert_eq!(
        (log.str("routine"), log.int("errno")),
        ("shop_order_update".to_owned(), 1146)
    );
    let parameters = log.json("parameters_json");
    assert_eq!(parameters["order_number"], "T1");
    assert_no_trace(&db, &[SECRETS[0], "words of the PG"]).await;
    db.exec("RENAME TABLE elsewhere TO shop_stock_reservations")
        .await;
    let answer = update(&mut conn, "wallet", "M1", "return", Some(&fields))
        .await
        .unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
}

#[tokio::test]
async fn a_card_number_in_the_gateways_words_is_kept_nowhere() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let words = "card 4111-1111-1111-1111 refused, 4111111111111111";
    let message = WalletMessage::failed("T1", "W1", TOTAL).with("rsltMsg", words);
    let answer = settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "failed");
    let everything = db.snapshot().await;
    for digits in ["411111", "4111-"] {
        assert!(!everything.contains(digits), "{everything}");
    }
    assert_eq!(
        db.text("SELECT result_msg FROM shop_payments").await,
        "card *** refused, ***"
    );
}
