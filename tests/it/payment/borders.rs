//! A hash over joined fields proves the letters, not where one field ends and the next begins: whoever holds an
//! authentic message must not be able to cut its letters otherwise. What proves the borders is asked for when an adapter
//! is stored; here every way to cut authentic messages is tried.

use super::*;

mod cuts;
mod stored;

use cuts::{ADAPTERS, Cut};

/// An order of one book by another buyer.
async fn order_of(db: &TestDb, conn: &mut Conn, user: &str, number: &str) -> String {
    let cart_id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
    let call = OrderCall::new(number, &[cart_id])
        .user(1, user)
        .client_total(TOTAL);
    call.call(conn).await.unwrap().first().str("order_key")
}

const TX: &str = "W00112233445566778899aabbccddeeff";
const TIME: &str = "20261120120000";

/// The fields of the wallet that joins them.
fn joined(values: [&str; 5]) -> Cut {
    let names = ["rsltCd", "mTrdNo", "trdNo", "trdAmt", "authDt"];
    let mut cut: Cut = names
        .map(str::to_owned)
        .into_iter()
        .zip(values.map(str::to_owned))
        .collect();
    cut.push(("mId".to_owned(), "M1".to_owned()));
    cut
}

fn hash_of(cut: &Cut) -> String {
    let text: String = cut.iter().map(|(_, value)| value.as_str()).collect();
    sha256_hex(&format!("{text}{WALLET_KEY}"))
}

/// The message with the sign that marks borders for the pattern in one of its fields: the hash passes over it.
fn marked(cut: &Cut) -> Vec<Cut> {
    let mut all = Vec::new();
    for (index, (_, value)) in cut.iter().enumerate() {
        for at in [0, value.len() / 2, value.len()] {
            let mut forged = cut.clone();
            forged[index].1.insert(at, '\u{1e}');
            all.push(forged);
        }
    }
    all
}

fn form(cut: &Cut, hash: &str) -> Vec<(String, String)> {
    let mut form = cut.clone();
    form.push(("pktHash".to_owned(), hash.to_owned()));
    form
}

fn json(form: &[(String, String)]) -> String {
    let object: serde_json::Map<String, serde_json::Value> = form
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    serde_json::Value::Object(object).to_string()
}

/// What holders of messages have tried: the real message, and the same letters cut otherwise.
fn attacks() -> Vec<(Cut, Cut)> {
    let mut attacks = vec![
        // The refusal of one's own order becomes the refusal of another buyer's.
        (
            joined(["1001", "xa-7", TX, TOTAL, TIME]),
            joined(["1001x", "a-7", TX, TOTAL, TIME]),
        ),
        (
            joined(["1001", "xa-7", TX, TOTAL, TIME]),
            joined(["100", "1xa-7", TX, TOTAL, TIME]),
        ),
        // An order number that swallows a part of the amount, or all of it.
        (
            joined(["0000", "xa-7", TX, "110000", TIME]),
            joined(["0000", &format!("xa-7{TX}1"), "", TOTAL, TIME]),
        ),
        // An order number that looks like a transaction: the message's own becomes a part of the amount.
        (
            joined(["0000", &format!("a-7{TX}"), TX, TOTAL, TIME]),
            joined(["0000", "a-7", TX, &format!("{TX}{TOTAL}"), TIME]),
        ),
        (
            joined(["0000", &format!("a-7{TX}10000{TIME}"), TX, "1", TIME]),
            joined(["0000", "a-7", TX, TOTAL, &format!("{TIME}{TX}1{TIME}")]),
        ),
        // Digits of the transaction, of the time and of the account in the amount.
        (
            joined(["0000", "a-7", TX, "1", TIME]),
            joined(["0000", "a-7", &TX[..32], "f1", TIME]),
        ),
        (
            joined(["0000", "a-7", TX, "1", TIME]),
            joined(["0000", "a-7", TX, "120261", &TIME[5..]]),
        ),
    ];
    let (real, _) = attacks[0].clone();
    let mut account = real.clone();
    account[4].1.push('M');
    account[5].1.remove(0);
    attacks.push((real, account));
    attacks
}

#[tokio::test]
async fn a_message_cut_otherwise_is_refused_by_call() {
    let db = TestDb::with_fixture().await;
    db.exec(JOINED_WALLET).await;
    let mut conn = db.conn_as_gateway().await;
    order_of(&db, &mut conn, "u1", "a-7").await;
    order_of(&db, &mut conn, "u2", "xa-7").await;
    let before = db.snapshot().await;
    for (real, forged) in attacks() {
        let text = |cut: &Cut| cut.iter().map(|(_, v)| v.as_str()).collect::<String>();
        assert_eq!(text(&real), text(&forged), "the same letters");
        let hash = hash_of(&real);
        for channel in ["return", "notify"] {
            let fields = json(&form(&forged, &hash));
            let answer = update(&mut conn, "wallet", "M1", channel, Some(&fields)).await;
            answer
                .expect_err(&format!("{forged:?}"))
                .expect_code("SIGNATURE_INVALID");
        }
        assert_eq!(db.snapshot().await, before, "{forged:?}");
    }
    // The real refusal is believed: of the order that it names.
    let real = joined(["1001", "xa-7", TX, TOTAL, TIME]);
    let fields = json(&form(&real, &hash_of(&real)));
    let answer = update(&mut conn, "wallet", "M1", "return", Some(&fields)).await;
    assert_eq!(answer.unwrap().first().str("verdict"), "failed");
    assert_eq!(State::of(&db, "a-7").await.status, 1);
    assert_eq!(State::of(&db, "xa-7").await.status, 12);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_message_cut_otherwise_is_refused_over_http() {
    let db = TestDb::with_fixture().await;
    db.exec(JOINED_WALLET).await;
    let mut conn = db.conn_as_gateway().await;
    order_of(&db, &mut conn, "u1", "a-7").await;
    order_of(&db, &mut conn, "u2", "xa-7").await;
    let gateway = Gateway::start(&db).await;
    let before = db.snapshot().await;
    for (real, forged) in attacks() {
        let form = form(&forged, &hash_of(&real));
        for end in ["return", "notify"] {
            let request = gateway.request(Method::POST, &format!("/pg/wallet/M1/{end}"));
            let answer = request.form(&form).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{forged:?}");
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "SIGNATURE_INVALID", "{forged:?}");
        }
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn a_hash_is_compared_letter_by_letter() {
    let db = TestDb::with_fixture().await;
    db.exec(JOINED_WALLET).await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    let message = joined(["0000", "T1", TX, TOTAL, TIME]);
    let hash = hash_of(&message);
    let before = db.snapshot().await;
    for hash in [
        format!("{hash} "),
        format!("{hash}  "),
        format!(" {hash}"),
        format!("{hash}\n"),
        format!("{hash}\u{3000}"),
        format!("0x{hash}"),
        hash[..63].to_owned(),
    ] {
        let fields = json(&form(&message, &hash));
        for channel in ["return", "notify"] {
            let answer = update(&mut conn, "wallet", "M1", channel, Some(&fields)).await;
            let error = answer.expect_err(&format!("{hash:?}"));
            error.expect_code("SIGNATURE_INVALID");
        }
    }
    // Our account with a blank at its end is another account, in the message and in the call; so are PG and channel.
    let mut other = message.clone();
    other[5].1 = "M1 ".to_owned();
    let fields = json(&form(&other, &hash_of(&other)));
    let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
    answer.unwrap_err().expect_code("SIGNATURE_INVALID");
    let fields = json(&form(&message, &hash));
    for (pg, merchant, channel, code) in [
        ("wallet ", "M1", "notify", "MERCHANT_NOT_FOUND"),
        ("wallet", "M1 ", "notify", "MERCHANT_NOT_FOUND"),
        ("wallet", "M1", "notify ", "CHANNEL_NOT_ALLOWED"),
        ("wallet", "M1", "return ", "CHANNEL_NOT_ALLOWED"),
    ] {
        let answer = update(&mut conn, pg, merchant, channel, Some(&fields)).await;
        answer.unwrap_err().expect_code(code);
    }
    assert_eq!(db.snapshot().await, before);
    // Capitals are another way to write the same number, and some PGs use them.
    let fields = json(&form(&message, &hash.to_uppercase()));
    let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
    assert_eq!(answer.unwrap().first().str("verdict"), "paid");
    db.assert_audit_clean().await;
}

/// Every way to cut the letters of every kind of message into the adapter's fields, by the patterns that are stored.
#[tokio::test]
async fn of_all_cuts_of_every_message_only_the_original_matches() {
    let db = TestDb::with_fixture().await;
    for adapter in &ADAPTERS {
        adapter.store(&db).await;
        let patterns = adapter.stored_patterns(&db).await;
        for message in adapter.messages() {
            let found = adapter.count_cuts(&patterns, &message);
            assert_eq!(found, 1, "{}: {message:?}", adapter.what);
        }
    }
    // The count is not blind: where the patterns say less, there are more ways, and such an adapter is not stored.
    let lax = ADAPTERS[0].with_transactions("[0-9a-fW]{1,33}");
    let patterns = lax.given_patterns();
    let more = lax
        .messages()
        .iter()
        .filter(|m| lax.count_cuts(&patterns, m) > 1)
        .count();
    assert!(more > 10, "{more}");
    assert!(lax.refused(&db).await.contains("nothing proves where"));
}

/// The same by calls: the original passes, and no message with one border moved, by however much, or with one more.
#[tokio::test]
async fn no_call_takes_a_message_with_a_border_moved() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for adapter in &ADAPTERS {
        adapter.store(&db).await;
        let messages = adapter.messages();
        let step = messages.len() / 3;
        for message in messages.iter().step_by(step.max(1)) {
            let hash = adapter.hash(message);
            let before = db.count("shop_pg_messages").await;
            for forged in [adapter.moved(message), marked(message)].concat() {
                let fields = json(&adapter.form(&forged, &hash));
                let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
                let error = answer.expect_err(&format!("{}: {forged:?}", adapter.what));
                error.expect_code("SIGNATURE_INVALID");
            }
            assert_eq!(db.count("shop_pg_messages").await, before);
            let fields = json(&adapter.form(message, &hash));
            let answer = update(&mut conn, "wallet", "M1", "notify", Some(&fields)).await;
            answer.unwrap_or_else(|e| panic!("{}: {message:?}: {e}", adapter.what));
            assert_eq!(db.count("shop_pg_messages").await, before + 1);
        }
    }
    // One transaction, many amounts: they contradict each other.
    db.assert_audit_finds_contradictions_only().await;
}
