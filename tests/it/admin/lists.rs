//! Statuses of orders and verdicts on messages are rows. What else has to know them (constraints, moves) says the same, and no
//! procedure has a list of its own.

use std::collections::BTreeSet;

use super::files::files;
use crate::support::*;

/// A CHECK constraint as its engine keeps it, to be evaluated over columns of the same names.
async fn check(db: &TestDb, name: &str) -> String {
    let sql = format!(
        "SELECT CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
         WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_NAME = '{name}'"
    );
    db.text(&sql).await.replace("\\'", "'")
}

/// What of the first column of a list satisfies a condition.
async fn allowed(db: &TestDb, list: &str, condition: &str) -> BTreeSet<String> {
    let rows = db
        .rows(&format!(
            "SELECT CAST(x.which AS CHAR) AS which FROM ({list}) x WHERE {condition}"
        ))
        .await;
    rows.iter().map(|row| row.str("which")).collect()
}

async fn set(db: &TestDb, sql: &str) -> BTreeSet<String> {
    let rows = db.rows(sql).await;
    rows.iter().map(|row| row.str("which")).collect()
}

#[tokio::test]
async fn the_constraints_of_orders_know_the_statuses_of_the_rows() {
    let db = TestDb::new().await;
    // 0 to 255 are what the column holds.
    let every = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255)
                 SELECT i AS which, i AS order_status FROM n";
    let status = check(&db, "ck_shop_orders_status").await;
    assert_eq!(
        allowed(&db, every, &status).await,
        set(
            &db,
            "SELECT CAST(order_status AS CHAR) AS which FROM shop_order_statuses"
        )
        .await
    );
}

#[tokio::test]
async fn the_constraints_of_payments_know_the_verdicts_of_the_rows() {
    let db = TestDb::new().await;
    let every =
        "SELECT verdict AS which, verdict AS status, 0 AS amount, NULL AS order_seq_no, NULL AS pg_tx
         FROM shop_payment_verdicts UNION ALL SELECT 'nonsense', 'nonsense', 0, NULL, NULL";
    let mut status = allowed(&db, every, &check(&db, "ck_shop_payments_status").await).await;
    // Allowed when the constraint was made; no routine writes it.
    assert!(status.remove("contradiction"));
    let kept = "SELECT verdict AS which FROM shop_payment_verdicts WHERE keeps_payment = 1";
    assert_eq!(status, set(&db, kept).await);
    for name in ["ck_shop_payments_amount", "ck_shop_payments_order"] {
        let refused = format!("NOT ({})", check(&db, name).await);
        let settling = "SELECT verdict AS which FROM shop_payment_verdicts WHERE settles = 1";
        assert_eq!(
            allowed(&db, every, &refused).await,
            set(&db, settling).await,
            "{name}"
        );
    }
    // Money without a transaction number could not be given back: only what is no money has none.
    let nameless = allowed(&db, every, &check(&db, "ck_shop_payments_tx").await).await;
    assert_eq!(nameless, BTreeSet::from(["failed".to_owned()]));
}

/// Each of these would be a contradiction of two rows.
#[tokio::test]
async fn the_rows_agree_with_each_other_and_with_the_moves() {
    let db = TestDb::new().await;
    for (what, sql) in [
        (
            "an open order is one that can be paid, a paid one not once more",
            "SELECT order_status AS which FROM shop_order_statuses
             WHERE (phase = 'open') <> (on_payment = 'pay') OR (phase = 'paid') <> (on_payment = 'surplus')
                OR (phase = 'paid') <> (settled = 'yes') OR (phase = 'open' AND settled <> 'no')
                OR (on_payment = 'revive' AND settled <> 'no')
                OR on_payment NOT IN ('pay', 'revive', 'surplus', 'late')",
        ),
        (
            "a paid one is done, only an ended one gives its lines back",
            "SELECT order_status AS which FROM shop_order_statuses
             WHERE (phase = 'paid') <> (next_step = 'done')
                OR (next_step = 'restore_cart' AND phase <> 'ended') OR (late_step = 'pay')
                OR (phase = 'ended' AND late_step <> next_step)",
        ),
        (
            "what can be paid has a page that says so or a time",
            "SELECT order_status AS which FROM shop_order_statuses
             WHERE (phase = 'paid' AND error_code <> '') OR (phase = 'ended' AND error_code = '')",
        ),
        (
            "a payment that moves an order is a move of the table, by both who may enter one",
            "SELECT s.order_status AS which FROM shop_order_statuses s
             JOIN (SELECT 'pg' AS actor UNION ALL SELECT 'dba') a
             LEFT JOIN (shop_order_transitions m JOIN shop_order_statuses t ON t.order_status = m.to_status AND t.phase = 'paid')
                 ON m.from_status = s.order_status AND m.action = s.on_payment AND m.actor = a.actor
             WHERE (s.on_payment IN ('pay', 'revive')) <> (m.to_status IS NOT NULL)",
        ),
        (
            "and the other way round",
            "SELECT m.from_status AS which FROM shop_order_transitions m
             LEFT JOIN shop_order_statuses s ON s.order_status = m.from_status AND s.on_payment = m.action
             WHERE m.action IN ('pay', 'revive') AND s.order_status IS NULL",
        ),
        (
            "a move leads to a status of the table, and comes from one or from nothing",
            "SELECT m.action AS which FROM shop_order_transitions m
             LEFT JOIN shop_order_statuses f ON f.order_status = m.from_status
             LEFT JOIN shop_order_statuses t ON t.order_status = m.to_status
             WHERE t.name IS NULL OR (f.name IS NULL AND m.from_status <> 0)",
        ),
        (
            "an open order can fail, expire by a message and be ended by nobody twice",
            "SELECT s.order_status AS which FROM shop_order_statuses s
             JOIN (SELECT DISTINCT moves FROM shop_payment_verdicts WHERE moves IS NOT NULL) v
             LEFT JOIN shop_order_transitions m
                 ON m.from_status = s.order_status AND m.action = v.moves AND m.actor = 'pg'
             WHERE s.phase = 'open' AND m.to_status IS NULL",
        ),
        (
            "what settles keeps a payment and owes nothing; what owes money back keeps it",
            "SELECT verdict AS which FROM shop_payment_verdicts
             WHERE (settles = 1 AND (keeps_payment = 0 OR duty IS NOT NULL)) OR (duty = 'refund' AND keeps_payment = 0)
                OR keeps_approval > keeps_payment OR duty NOT IN ('refund', 'lookup')",
        ),
    ] {
        assert_eq!(set(&db, sql).await, BTreeSet::new(), "{what}");
    }
}

/// The words between the quotes of a file's first list, by the name before AS or at their row's beginning.
fn verdicts() -> Vec<String> {
    let text = include_str!("../../../sql/reference/shop_payment_verdicts.sql");
    let rows = text.split("SELECT '").skip(1);
    rows.map(|row| row.split('\'').next().unwrap().to_owned())
        .collect()
}

/// `IN (…)`, `BETWEEN`, OR and CASE over statuses or verdicts are lists: what they say belongs into the rows.
#[test]
fn no_procedure_has_a_list_of_statuses_or_verdicts() {
    let verdicts = verdicts();
    assert!(verdicts.len() > 10 && verdicts.contains(&"surplus".to_owned()));
    for file in files() {
        let words: Vec<&str> = file.code.split_whitespace().collect();
        let code = words.join(" ");
        let found = lists(&code, &verdicts);
        assert_eq!(found, Vec::<String>::new(), "{}", file.path);
    }
}

/// The lists in a text of SQL whose blanks are single.
fn lists(code: &str, verdicts: &[String]) -> Vec<String> {
    let about_status = |name: &str| name.to_lowercase().ends_with("status");
    let is_verdict = |text: &str| {
        let word = text
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''));
        word.is_some_and(|word| verdicts.iter().any(|verdict| verdict == word))
    };
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let name_before = |text: &str| {
        let text = text.trim_end();
        let text = text.strip_suffix(" NOT").unwrap_or(text);
        text.rsplit([' ', '(', ',']).next().unwrap_or("").to_owned()
    };
    let mut found = Vec::new();
    for (at, _) in code.match_indices(" IN (") {
        let rest = &code[at + 5..];
        let items: Vec<&str> = rest[..rest.find(')').unwrap_or(rest.len())]
            .split(',')
            .map(str::trim)
            .collect();
        let numbers = about_status(&name_before(&code[..at])) && items.iter().all(|x| is_number(x));
        if numbers || items.iter().filter(|item| is_verdict(item)).count() > 1 {
            found.push(format!("IN ({})", items.join(", ")));
        }
    }
    for (at, _) in code.match_indices(" BETWEEN ") {
        let next = code[at + 9..].split(' ').next().unwrap_or("");
        if about_status(&name_before(&code[..at])) && is_number(next) {
            found.push(format!("BETWEEN {next}"));
        }
    }
    // status = 1 OR status = 2, CASE status WHEN 1 THEN … WHEN 2 THEN …
    for separator in [" OR ", " AND "] {
        let parts: Vec<&str> = code.split(separator).collect();
        for pair in parts.windows(2) {
            let compared = |text: &str, last: bool| {
                let mut words: Vec<&str> = text.split([' ', '(', ')', ';']).collect();
                words.retain(|word| !word.is_empty());
                let at = if last { words.len().checked_sub(3)? } else { 0 };
                let three = words.get(at..at + 3)?;
                let literal =
                    is_verdict(three[2]) || (is_number(three[2]) && about_status(three[0]));
                (["=", "<>"].contains(&three[1]) && literal).then(|| three[0].to_owned())
            };
            let (one, other) = (compared(pair[0], true), compared(pair[1], false));
            if one.is_some() && one == other {
                found.push(format!("{}{separator}…", one.unwrap_or_default()));
            }
        }
    }
    for (at, _) in code.match_indices("CASE ") {
        let rest = &code[at + 5..];
        let mut parts = rest[..rest.find(" END").unwrap_or(rest.len())].split("WHEN ");
        let name = parts.next().unwrap_or("").trim();
        let values: Vec<&str> = parts
            .map(|part| part.split(' ').next().unwrap_or(""))
            .collect();
        let literal = |value: &&&str| is_verdict(value) || (about_status(name) && is_number(value));
        if values.iter().filter(literal).count() > 1 && !name.is_empty() {
            found.push(format!("CASE {name}"));
        }
    }
    found
}

#[test]
fn a_list_is_recognised() {
    let verdicts = verdicts();
    for code in [
        "WHERE o.order_status IN (2, 3, 4)",
        "IF v_status NOT IN (7, 9) THEN",
        "WHERE order_status BETWEEN 2 AND 6",
        "IF pi_verdict IN ('paid', 'late') THEN",
        "IF po_status NOT IN ('failed', 'approval_reused') THEN",
        "IF v_status = 1 OR v_status = 11 THEN",
        "IF (pio_verdict = 'failed' OR pio_verdict = 'amount_mismatch') AND 1 = 1 THEN",
        "IF v_status <> 1 AND v_status <> 11 THEN",
        "SET v = CASE v_status WHEN 2 THEN 'pay' WHEN 10 THEN 'expire' END;",
        "SET v = CASE v_verdict WHEN 'paid' THEN 1 WHEN 'late' THEN 2 END;",
    ] {
        assert_ne!(lists(code, &verdicts), Vec::<String>::new(), "{code}");
    }
    for code in [
        "WHERE o.order_status = 12 AND p.status = 'paid'",
        "WHERE r.state IN ('held', 'sold')",
        "IF v_errno IN (1317, 1053) THEN",
        "SET v = CASE v_status WHEN 1 THEN 'order' ELSE 'order,free' END;",
    ] {
        assert_eq!(lists(code, &verdicts), Vec::<String>::new(), "{code}");
    }
}
