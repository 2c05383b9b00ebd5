//! `adjust_adm_credits`: points and cash that the shop gives and takes.

use super::*;

async fn adjust(
    db: &TestDb,
    kind: &str,
    users: &str,
    amount: &str,
    days: &str,
    key: &str,
) -> Result<Sets, CallError> {
    let mut conn = db.conn_as_operator().await;
    let params = (1, kind, users, amount, days, key, "why");
    call(&mut conn, "adjust_adm_credits", params).await
}

fn counts(answer: &Sets) -> [i64; 3] {
    ["adjusted_count", "known_count", "refused_count"].map(|name| answer.first().int(name))
}

#[tokio::test]
async fn a_key_gives_and_takes_once() {
    let db = TestDb::with_fixture().await;
    let given = adjust(&db, "point", r#"["u1","u2","u1"]"#, "500", "30", "k1").await;
    assert_eq!(counts(&given.unwrap()), [2, 0, 0]);
    let again = adjust(&db, "point", r#"["u1","u3"]"#, "500", "30", "k1").await;
    assert_eq!(counts(&again.unwrap()), [1, 1, 0]);
    let cash = adjust(&db, "cash", r#"["u1"]"#, "500", "", "k1").await;
    assert_eq!(counts(&cash.unwrap()), [1, 0, 0], "of another account");
    assert_eq!(has(&db, "u1").await, "500 500");
    let days = "SELECT DATEDIFF(expires_at, granted_at) FROM shop_credit_grants WHERE grant_no = 1";
    assert_eq!(db.int(days).await, 30);

    let taken = adjust(&db, "point", r#"["u1","u2","u9"]"#, "-400", "", "k2").await;
    assert_eq!(counts(&taken.unwrap()), [2, 0, 1]);
    let again = adjust(&db, "point", r#"["u1","u2","u9"]"#, "-400", "", "k2").await;
    assert_eq!(counts(&again.unwrap()), [0, 2, 1]);
    let more = adjust(&db, "point", r#"["u1"]"#, "-101", "", "k3").await;
    assert_eq!(counts(&more.unwrap()), [0, 0, 1]);
    assert_eq!(has(&db, "u1").await, "100 500");
    assert_eq!(has(&db, "u9").await, "0 0");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn bad_input_is_named_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    for (kind, users, amount, days, key, field) in [
        ("points", r#"["u1"]"#, "1", "", "k", "kind"),
        ("point ", r#"["u1"]"#, "1", "", "k", "kind"),
        ("point", "[]", "1", "", "k", "user_ids"),
        ("point", r#"["u1"]"#, "0", "", "k", "amount"),
        ("point", r#"["u1"]"#, "-0", "", "k", "amount"),
        ("point", r#"["u1"]"#, "--1", "", "k", "amount"),
        ("point", r#"["u1"]"#, "", "", "k", "amount"),
        ("point", r#"["u1"]"#, "0.5", "", "k", "amount"),
        ("point", r#"["u1"]"#, "1", "0", "k", "days"),
        ("point", r#"["u1"]"#, "1", "3651", "k", "days"),
        ("point", r#"["u1"]"#, "-1", "5", "k", "days"),
        ("point", r#"["u1"]"#, "1", "", "", "entry_key"),
        ("point", r#"["u1"]"#, "1", "", "a b", "entry_key"),
    ] {
        let refused = adjust(&db, kind, users, amount, days, key).await;
        let refused = refused.unwrap_err();
        refused.expect_code("INVALID_INPUT");
        assert_eq!(refused.row().str("field"), field, "{kind} {amount} {days}");
    }
    let mut conn = db.conn_as_operator().await;
    let nobody = (9, "point", r#"["u1"]"#, "1", "", "k", "why");
    let refused = call(&mut conn, "adjust_adm_credits", nobody).await;
    refused.unwrap_err().expect_code("SHOP_NOT_FOUND");
    for table in [
        "shop_credit_accounts",
        "shop_credit_grants",
        "shop_credit_ledger",
    ] {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
}
