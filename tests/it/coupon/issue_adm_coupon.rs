//! `issue_adm_coupon`: to those who are named, and to carts that were left.

use super::*;
use crate::race::code;

const NONE: Option<&str> = None;

async fn to(conn: &mut Conn, users: &str, key: &str) -> Result<Sets, CallError> {
    call(conn, "issue_adm_coupon", (1, "C1", users, NONE, NONE, key)).await
}

async fn to_carts(conn: &mut Conn, hours: &str, after: Option<&str>) -> Result<Sets, CallError> {
    call(
        conn,
        "issue_adm_coupon",
        (1, "C1", NONE, hours, after, NONE),
    )
    .await
}

fn counts(answer: &Sets) -> (i64, i64, i64) {
    let row = answer.first();
    (
        row.int("issued_count"),
        row.int("known_count"),
        row.int("refused_count"),
    )
}

#[tokio::test]
async fn a_list_gets_it_once_for_each_key() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = 2, issue_limit = 4").await;
    let mut conn = db.conn_as_operator().await;
    let both = r#"["u1","손님 2","u1"]"#;
    assert_eq!(counts(&to(&mut conn, both, "k1").await.unwrap()), (2, 0, 0));
    assert_eq!(counts(&to(&mut conn, both, "k1").await.unwrap()), (0, 2, 0));
    assert_eq!(
        counts(&to(&mut conn, r#"["u1"]"#, "k2").await.unwrap()),
        (1, 0, 0)
    );
    assert_eq!(counts(&to(&mut conn, both, "k3").await.unwrap()), (1, 0, 1));
    assert_eq!(
        counts(&to(&mut conn, r#"["u9"]"#, "k3").await.unwrap()),
        (0, 0, 1)
    );
    assert_eq!(db.count("shop_issued_coupons").await, 4);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn two_operators_at_once_give_nobody_two() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = NULL").await;
    let users: Vec<String> = (0..50).map(|n| format!("b{n}")).collect();
    let users = serde_json::json!(users).to_string();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (mut conn, users) = (db.conn_as_operator().await, users.clone());
        calls.spawn(async move { to(&mut conn, &users, "k1").await });
    }
    let answers = calls.join_all().await;
    let mut issued = 0;
    for answer in &answers {
        // Whoever meets the others crosswise is told to repeat the call.
        match answer {
            Ok(answer) => issued += counts(answer).0,
            Err(error) => assert_eq!(error.errno, 1213, "{error}"),
        }
    }
    assert_eq!(issued, 50);
    let twice = "SELECT COUNT(*) FROM (SELECT user_id FROM shop_issued_coupons GROUP BY user_id HAVING COUNT(*) > 1) x";
    assert_eq!(db.int(twice).await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn carts_that_were_left_get_it_once_each() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = 2").await;
    for user in ["u1", "u2", "u3"] {
        db.add_cart(1, user, "book", NO_OPTION, 1).await;
    }
    // u3 has changed something since.
    db.add_cart(1, "u3", "pen", NO_OPTION, 1).await;
    db.exec(
        "UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6) - INTERVAL 30 HOUR
         WHERE user_id IN ('u1', 'u2') OR product_id = 'pen'",
    )
    .await;
    let mut conn = db.conn_as_operator().await;
    assert_eq!(
        counts(&to_carts(&mut conn, "24", NONE).await.unwrap()),
        (2, 0, 0)
    );
    assert_eq!(
        counts(&to_carts(&mut conn, "24", NONE).await.unwrap()),
        (0, 2, 0)
    );
    assert_eq!(
        counts(&to_carts(&mut conn, "48", NONE).await.unwrap()),
        (0, 0, 0)
    );
    // u1 comes back, and leaves again.
    db.exec("UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6) - INTERVAL 26 HOUR WHERE user_id = 'u1'")
        .await;
    assert_eq!(
        counts(&to_carts(&mut conn, "24", Some("u1")).await.unwrap()),
        (0, 1, 0)
    );
    let answer = to_carts(&mut conn, "24", NONE).await.unwrap();
    assert_eq!(counts(&answer), (1, 1, 0));
    assert_eq!(answer.first().opt("next_after"), None);
    assert_eq!(db.count("shop_issued_coupons").await, 3);
    db.assert_audit_clean().await;
}

/// A thousand buyers a call.
#[tokio::test]
async fn more_carts_than_a_page_are_told_where_to_go_on() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    let rows: Vec<String> = (0..1005)
        .map(|n| format!("(1, 'b{n:04}', 'book', '{NO_OPTION}', 1, '2026-01-01', '2026-01-01')"))
        .collect();
    db.exec(&format!(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date) VALUES {}",
        rows.join(", ")
    ))
    .await;
    let mut conn = db.conn_as_operator().await;
    let first = to_carts(&mut conn, "24", NONE).await.unwrap();
    assert_eq!(counts(&first), (1000, 0, 0));
    assert_eq!(first.first().str("next_after"), "b0999");
    let second = to_carts(&mut conn, "24", Some("b0999")).await.unwrap();
    assert_eq!(counts(&second), (5, 0, 0));
    assert_eq!(second.first().opt("next_after"), None);
}

#[tokio::test]
async fn bad_requests_name_their_field_and_issue_nothing() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    coupon(&db, "OFF", "enabled = 0").await;
    coupon(&db, "PAST", "valid_until = '2026-01-01'").await;
    let mut conn = db.conn_as_operator().await;
    let users = Some(r#"["u1"]"#);
    let key = Some("k1");
    let many =
        serde_json::json!((0..1001).map(|n| format!("b{n}")).collect::<Vec<_>>()).to_string();
    for (coupon_code, users, hours, after, key, field) in [
        ("C1", None, NONE, NONE, key, "user_ids"),
        ("C1", Some("[1]"), NONE, NONE, key, "user_ids"),
        ("C1", Some("[]"), NONE, NONE, key, "user_ids"),
        ("C1", Some(many.as_str()), NONE, NONE, key, "user_ids"),
        ("C1", users, NONE, NONE, NONE, "issue_key"),
        ("C1", users, NONE, NONE, Some("a b"), "issue_key"),
        ("C1", users, NONE, Some("x"), key, "after"),
        ("C1", users, Some("24"), NONE, key, "hours"),
        ("C1", None, Some("0"), NONE, NONE, "hours"),
        ("C1", None, Some("8761"), NONE, NONE, "hours"),
        ("", users, NONE, NONE, key, "coupon_code"),
    ] {
        let request = (1, coupon_code, users, hours, after, key);
        let error = call(&mut conn, "issue_adm_coupon", request)
            .await
            .unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), field, "{request:?}");
    }
    for (shop, coupon_code, refusal) in [
        (9, "C1", "SHOP_NOT_FOUND"),
        (2, "C1", "COUPON_NOT_FOUND"),
        (1, "c1", "COUPON_NOT_FOUND"),
        (1, "C1 ", "COUPON_NOT_FOUND"),
        (1, "OFF", "COUPON_NOT_AVAILABLE"),
        (1, "PAST", "COUPON_NOT_AVAILABLE"),
    ] {
        let request = (shop, coupon_code, users, NONE, NONE, key);
        let answer = call(&mut conn, "issue_adm_coupon", request).await;
        assert_eq!(code(&answer), refusal, "{request:?}");
    }
    assert_eq!(db.count("shop_issued_coupons").await, 0);
}
