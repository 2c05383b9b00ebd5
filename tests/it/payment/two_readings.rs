//! A usual message is read at once, any other name by name: both readings must take it for the same. The same thousand
//! messages go to two shops, as they are and with a blank that makes none of them usual, and leave the same behind.

use super::*;
use crate::fuzz::Dice;

/// How many messages, and how many orders they speak of.
const MESSAGES: usize = 1_000;
const ORDERS: usize = 100;

/// Values of a field, as JSON text: most are what a gateway sends.
fn value(dice: &mut Dice, name: &str, plain: &[&str]) -> String {
    let card = r#""card 4111-1111-1111-1111""#;
    let odd: &[&str] = match name {
        "trdAmt" => &[
            "10000",
            "10000.00",
            "1e4",
            r#""1e4""#,
            r#""""#,
            r#""10000 ""#,
        ],
        "trdNo" => &[r#""""#, r#""{key}""#, r#""W1 ""#, "null", r#""null""#],
        "mTrdNo" => &[r#""T1 ""#, r#""{trdNo}""#, r#""T가""#, r#""""#],
        "rsltMsg" => &[
            card,
            r#""{ tx}""#,
            r#""\uc2b9\uc778""#,
            r#""say \"yes\"""#,
            r#"":""#,
        ],
        "authDt" => &[r#""}}""#, r#""{ at}""#, r#""20\u0031""#],
        _ => &[
            "null",
            "{}",
            "[]",
            "true",
            "-0.5e-3",
            r#""\u001e""#,
            r#""\t""#,
            card,
        ],
    };
    match dice.below(60) {
        0 => (*dice.pick(odd)).to_owned(),
        1 => (*dice.pick(&["null", r#"{"x":"1"}"#, "[1]", "false", "17", r#""a\\b""#])).to_owned(),
        2 => format!(
            r#""{}""#,
            dice.pick(&["가", "x", "7"]).repeat(1 + dice.below(220))
        ),
        _ => format!(r#""{}""#, dice.pick(plain)),
    }
}

/// What the value counts as in the text that is hashed.
fn text(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => json.to_owned(),
        _ => String::new(),
    }
}

/// The members of a message, without its braces.
fn members(dice: &mut Dice) -> String {
    let order = dice.below(ORDERS + 3);
    let number = format!("T{order}");
    // Mostly a transaction of the order's own, so that it comes again, or one that any order may have.
    let own = format!("W{order}");
    let any = format!("W{}", dice.below(3 * ORDERS));
    let tx = [own.as_str(), own.as_str(), own.as_str(), any.as_str()];
    let codes = ["0000", "0000", "0000", "1001"];
    let words = [
        "approved",
        "승인",
        "the payment was approved",
        "1234 5678 9012 3456",
    ];
    let mut all: Vec<(String, String)> = [
        ("mId", ["M1"].as_slice()),
        ("mTrdNo", &[number.as_str()]),
        ("trdNo", &tx),
        ("trdAmt", &["10000", "10000", "10000", "10000.00", "9999"]),
        ("rsltCd", &codes),
        ("rsltMsg", &words),
        ("authDt", &["20261120120000", "2026-11-20 12:00"]),
        ("apprNo", &["", "30012345"]),
    ]
    .iter()
    .map(|(name, plain)| ((*name).to_owned(), value(dice, name, plain)))
    .collect();
    // Missing ones, others, some twice, in any order.
    if dice.percent(6) {
        all.remove(dice.below(all.len()));
    }
    while dice.percent(40) {
        let odd = [
            "",
            "mId ",
            "rsltMsg ",
            "a b",
            "가",
            "x\\\"y",
            "card4111111111111111",
            "{key}",
            "key",
            "$.mId",
        ];
        let usual = [
            "cardNm",
            "P_FN_NM",
            "card_number",
            "vbank2_no",
            "_order_key",
        ];
        let names = if dice.percent(80) {
            &usual[..]
        } else {
            &odd[..]
        };
        let name = *dice.pick(names);
        all.push((
            (*name).to_owned(),
            value(dice, name, &["신한", "411111111111", "x,y:z"]),
        ));
    }
    let signed: String = [
        "rsltCd", "mTrdNo", "trdNo", "trdAmt", "authDt", "apprNo", "mId",
    ]
    .iter()
    .map(|name| all.iter().find(|(field, _)| field == name))
    .map(|found| found.map_or(String::new(), |(_, json)| text(json)) + "|")
    .collect();
    let key = if dice.percent(94) {
        WALLET_KEY
    } else {
        "forged"
    };
    let hash = sha256_hex(&(signed + key));
    let hash = if dice.percent(20) {
        hash.to_uppercase()
    } else {
        hash
    };
    all.push(("pktHash".to_owned(), format!(r#""{hash}""#)));
    if dice.percent(4) {
        let again = dice.pick(&all).0.clone();
        all.push((again, value(dice, "", &["10000", "0000", "T1"])));
    }
    let at = dice.below(all.len());
    all.rotate_left(at);
    let all: Vec<String> = all
        .iter()
        .map(|(name, json)| format!(r#""{name}":{json}"#))
        .collect();
    all.join(",")
}

/// A shop of its own with the orders that the messages speak of, a session, and the keys of the orders.
async fn shop() -> (TestDb, Conn, Vec<String>) {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut keys = Vec::new();
    for number in 0..ORDERS {
        keys.push(order(&db, &mut conn, &format!("T{number}")).await);
    }
    (db, conn, keys)
}

/// An answer, with the number of an order instead of its random key.
fn said_by(answer: &Result<Sets, CallError>, keys: &[String]) -> String {
    let said = match answer {
        Ok(sets) => format!("{:?}", sets.first()),
        Err(error) => format!("{} {} {:?}", error.errno, error.message, error.row()),
    };
    let of = keys.iter().enumerate().find(|(_, key)| said.contains(*key));
    of.map_or(said.clone(), |(number, key)| {
        said.replace(key, &format!("key of T{number}"))
    })
}

/// Everything that was written, but for times.
async fn left_behind(db: &TestDb) -> Vec<String> {
    let mut all = Vec::new();
    for columns in [
        "seq_no, order_number, order_status, approval_no, approval_msg, paid_at IS NULL FROM shop_orders",
        "seq_no, order_seq_no, from_status, to_status, action, actor, log_message FROM shop_order_logs",
        "order_seq_no AS seq_no, state, quantity FROM shop_stock_reservations",
        "seq_no, order_seq_no, pg, merchant_id, pg_tx, approval_no, amount, status, result_code, result_msg, approved_at,
            order_number, used_approval_no FROM shop_payments",
        "seq_no, order_seq_no, payment_seq_no, message_seq_no, duty, duty_key, amount, reason FROM shop_pg_duties",
        "seq_no, pg, merchant_id, channel, order_number, order_seq_no, pg_tx, verdict FROM shop_pg_messages",
    ] {
        let rows = db.rows(&format!("SELECT {columns} ORDER BY seq_no")).await;
        assert!(!rows.is_empty());
        all.extend(rows.iter().map(|row| format!("{row:?}")));
    }
    all
}

#[tokio::test]
async fn a_message_means_the_same_whichever_way_it_is_read() {
    let mut dice = Dice::new(20_261_129, 0);
    let (usual, mut at_once, keys) = shop().await;
    let (careful, mut by_name, other_keys) = shop().await;
    let mut verdicts = std::collections::BTreeMap::new();
    for _ in 0..MESSAGES {
        let members = members(&mut dice);
        let channel = *dice.pick(&["return", "notify"]);
        let first = format!("{{{members}}}");
        let second = format!("{{ {members}}}");
        let first = update(&mut at_once, "wallet", "M1", channel, Some(&first)).await;
        let second = update(&mut by_name, "wallet", "M1", channel, Some(&second)).await;
        let said = (said_by(&first, &keys), said_by(&second, &other_keys));
        assert_eq!(said.0, said.1, "{members}");
        let verdict = first.map_or_else(|e| e.message, |sets| sets.first().str("verdict"));
        *verdicts.entry(verdict).or_insert(0) += 1;
    }
    let kept = "SELECT fields_json FROM shop_pg_messages ORDER BY seq_no";
    let (one, other) = (usual.rows(kept).await, careful.rows(kept).await);
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one.json("fields_json"), other.json("fields_json"));
    }
    assert_eq!(left_behind(&usual).await, left_behind(&careful).await);
    for db in [&usual, &careful] {
        assert_eq!(db.count("shop_error_log").await, 0);
        db.assert_audit_finds_contradictions_only().await;
    }
    // It was not always the same that was said.
    for verdict in [
        "paid",
        "failed",
        "repeated",
        "contradiction",
        "surplus",
        "SIGNATURE_INVALID",
    ] {
        assert!(verdicts.get(verdict) > Some(&10), "{verdict}: {verdicts:?}");
    }
}
