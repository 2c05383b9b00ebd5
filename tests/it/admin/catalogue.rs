//! The error catalogue: what is raised is in it, and what is in it can be answered.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{File, files};
use super::public::all;
use crate::support::*;

/// Code -> errno.
async fn catalogue(db: &TestDb) -> BTreeMap<String, i64> {
    let rows = db.rows("SELECT code, errno FROM shop_error_codes").await;
    rows.iter()
        .map(|row| (row.str("code"), row.int("errno")))
        .collect()
}

#[tokio::test]
async fn every_error_that_a_header_names_or_a_routine_raises_is_in_the_catalogue() {
    let db = TestDb::new().await;
    let catalogue = catalogue(&db).await;
    let mut named = 0;
    for file in files() {
        for word in File::words(&file.section("Errors").unwrap().join("\n")) {
            let is_code =
                word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            if is_code && !word.starts_with('_') && word != "READ_COMMITTED" {
                named += 1;
                assert!(catalogue.contains_key(word), "{}: {word}", file.path);
            }
        }
        for code in raised(&file) {
            assert!(catalogue.contains_key(code), "{} raises {code}", file.path);
        }
    }
    assert!(named > 50);
}

/// What nobody says would be one more thing to prepare for. Those from 2180 on are the gateway's: its own tests say so.
#[tokio::test]
async fn every_error_of_the_procedures_is_said_by_one_of_them() {
    let db = TestDb::new().await;
    let files = files();
    let rows = db
        .rows(
            "SELECT error_code AS code FROM shop_order_statuses
             UNION SELECT error_code FROM shop_payment_verdicts WHERE error_code IS NOT NULL
             UNION SELECT code_if_paid FROM shop_payment_verdicts WHERE code_if_paid IS NOT NULL
             UNION SELECT code_if_expired FROM shop_payment_verdicts WHERE code_if_expired IS NOT NULL",
        )
        .await;
    let rows: Vec<String> = rows.iter().map(|row| row.str("code")).collect();
    let known = catalogue(&db).await;
    for code in rows.iter().filter(|code| !code.is_empty()) {
        assert!(known.contains_key(code), "{code} is not in the catalogue");
    }
    let said: BTreeSet<&str> = files
        .iter()
        .flat_map(|file| file.code.split('\'').skip(1).step_by(2))
        .chain(rows.iter().map(String::as_str))
        .collect();
    for (code, errno) in known {
        assert!(
            !(2101..2180).contains(&errno) || said.contains(code.as_str()),
            "{code} ({errno}) is said by nobody"
        );
    }
}

/// Codes in `CALL _raise('CODE', …)`; where a variable is raised, all codes in quotes.
fn raised(file: &File) -> BTreeSet<&str> {
    let mut codes = BTreeSet::new();
    let calls: Vec<&str> = file.code.split("CALL _raise(").skip(1).collect();
    for rest in &calls {
        if let Some(rest) = rest.strip_prefix('\'') {
            codes.insert(rest.split('\'').next().unwrap());
        }
    }
    if calls.iter().any(|rest| rest.starts_with("v_")) {
        let quoted = file.code.split('\'').skip(1).step_by(2);
        codes.extend(quoted.filter(|text| {
            text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        }));
    }
    codes
}

/// The Errors of a public routine are what it and everything below it can raise: no less, no more. INTERNAL_ERROR
/// is nobody's promise, and an order that cannot be expired, completed or computed is counted by its job or told, not raised.
#[test]
fn the_errors_of_a_public_routine_are_those_that_can_come_out_of_it() {
    let files: BTreeMap<String, File> = files()
        .into_iter()
        .map(|file| (file.name.clone(), file))
        .collect();
    for public in all() {
        let (mut open, mut reached) = (vec![public.name.to_owned()], BTreeSet::new());
        let mut possible: BTreeSet<&str> = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !reached.insert(name.clone())
                || (public.name == "shop_order_expire" && name == "_order_expire")
                || (public.name == "shop_orders_complete" && name == "_complete_order")
                || (public.name == "shop_audit_new" && name == "_prove_order")
            {
                continue;
            }
            possible.extend(raised(&files[&name]));
            open.extend(
                File::words(&files[&name].code)
                    .filter(|word| files.contains_key(*word))
                    // It ends only what may expire, by the table that _order_transition looks at.
                    .filter(|word| {
                        !["_settle_checkouts", "_order_expire"].contains(&name.as_str())
                            || *word != "_order_transition"
                    })
                    .map(str::to_owned),
            );
        }
        possible.remove("INTERNAL_ERROR");
        if public.name == "shop_order_update" {
            possible.remove("OUT_OF_STOCK"); // caught by _stock_hold_again: the money is late
        }
        let section = files[public.name].section("Errors").unwrap().join("\n");
        let declared: BTreeSet<&str> = File::words(&section)
            .filter(|word| {
                word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            })
            .collect();
        assert_eq!(
            declared, possible,
            "{}: header, and what can be raised",
            public.name
        );
        if declared.is_empty() {
            assert!(section.contains("none"), "{}: {section}", public.name);
        }
    }
}

#[tokio::test]
async fn select_error_codes_is_the_catalogue_and_each_row_can_be_answered() {
    let db = TestDb::new().await;
    let expected = db.count("shop_error_codes").await;
    for mut conn in [db.conn_as_gateway().await, db.conn_as_operator().await] {
        let answer = db.call(&mut conn, "select_error_codes", ()).await.unwrap();
        assert_eq!(answer.first().int("error_count"), expected);
        assert_eq!(
            *answer.set(1).columns,
            [
                "errno",
                "code",
                "http_status",
                "retryable",
                "repeat_call",
                "title_ko",
                "title_en",
                "remedy"
            ]
        );
        assert_eq!(i64::try_from(answer.set(1).rows.len()).unwrap(), expected);
        let numbers: Vec<i64> = answer
            .set(1)
            .rows
            .iter()
            .map(|row| row.int("errno"))
            .collect();
        assert!(numbers.is_sorted());
        for row in &answer.set(1).rows {
            let code = row.str("code");
            assert!(
                code.chars().all(|c| c.is_ascii_uppercase() || c == '_') && code.len() <= 40,
                "{row:?}"
            );
            assert!(
                row.str("title_ko")
                    .chars()
                    .any(|c| ('가'..='힣').contains(&c)),
                "{row:?}"
            );
            assert!(
                row.str("title_en").is_ascii() && !row.str("remedy").is_empty(),
                "{row:?}"
            );
            // What the gateway repeats by itself must be worth repeating for a caller too.
            assert!(row.int("repeat_call") <= row.int("retryable"), "{row:?}");
            assert!(
                row.int("retryable") == 0 || row.int("http_status") >= 500,
                "{row:?}"
            );
            let ours = (2101..=2199).contains(&row.int("errno"));
            assert!(!ours || row.int("repeat_call") == 0, "{row:?}");
        }
    }
}

#[tokio::test]
async fn the_codes_that_callers_know_keep_their_numbers_and_statuses() {
    let db = TestDb::new().await;
    let rows = db
        .rows("SELECT CONCAT(errno, ' ', code, ' ', http_status) AS line FROM shop_error_codes WHERE errno BETWEEN 2101 AND 2122")
        .await;
    let lines: BTreeSet<String> = rows.iter().map(|row| row.str("line")).collect();
    let expected = [
        "2101 PRICE_CHANGED 409",
        "2102 IDEMPOTENCY_MISMATCH 422",
        "2103 CART_NOT_FOUND 409",
        "2104 PRODUCT_UNAVAILABLE 409",
        "2105 OUT_OF_STOCK 409",
        "2106 AMOUNT_MISMATCH 409",
        "2107 SIGNATURE_INVALID 403",
        "2108 DUPLICATE_APPROVAL 409",
        "2109 ORDER_NOT_FOUND 404",
        "2110 STATE_NOT_ALLOWED 409",
        "2111 ORDER_EXPIRED 410",
        "2112 INVALID_INPUT 400",
        "2113 MERCHANT_NOT_FOUND 404",
        "2114 PG_NOT_AVAILABLE 409",
        "2115 ADDRESS_NOT_FOUND 409",
        "2116 COUPON_NOT_AVAILABLE 409",
        "2117 POINTS_NOT_ENOUGH 409",
        "2118 CART_FULL 409",
        "2119 SHOP_NOT_FOUND 404",
        "2120 PAYMENT_FAILED 402",
        "2121 CHANNEL_NOT_ALLOWED 403",
        "2122 PRODUCT_NOT_FOUND 404",
    ];
    assert_eq!(
        lines,
        expected.iter().map(|line| (*line).to_owned()).collect()
    );
}

/// A DBA's own error, and one whose text was changed: the next load must not take them away or touch the others.
#[tokio::test]
async fn loading_again_keeps_the_errors_and_jobs_that_a_dba_has_added() {
    let db = TestDb::new().await;
    db.exec(
        "INSERT INTO shop_error_codes (errno, code, http_status, retryable, title_ko, title_en, remedy)
         VALUES (2150, 'OWN_RULE', 409, 0, '규칙', 'Own rule', 'none');
         UPDATE shop_jobs SET interval_seconds = 77, is_enabled = 0",
    )
    .await;
    let before = db.snapshot().await;
    for script in scripts()
        .iter()
        .filter(|script| !script.path.contains("/schema/"))
    {
        for statement in &script.statements {
            db.exec(statement).await;
        }
    }
    assert_eq!(db.snapshot().await, before);
    let mut conn = db.conn_as_gateway().await;
    db.call(&mut conn, "select_error_codes", ()).await.unwrap(); // the grants are there again
    db.exec("CREATE PROCEDURE own() CALL _raise('OWN_RULE', 'field', 'why')")
        .await;
    let mut admin = db.conn().await;
    let error = query(&mut admin, "CALL own()").await.unwrap_err();
    assert_eq!((error.errno, error.code()), (2150, "OWN_RULE"));
}
