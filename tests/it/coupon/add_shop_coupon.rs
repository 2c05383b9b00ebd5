//! `add_shop_coupon`: a code that is entered.

use super::*;
use crate::race::{code, ok};

async fn add(conn: &mut Conn, user: &str, code: &str) -> Result<Sets, CallError> {
    call(conn, "add_shop_coupon", (1, user, code)).await
}

async fn code_for(db: &TestDb, code: &str, coupon_code: &str, once: u8) {
    db.exec(&format!(
        "INSERT INTO shop_coupon_codes (shop_id, code, coupon_code, once) VALUES (1, '{code}', '{coupon_code}', {once})"
    ))
    .await;
}

#[tokio::test]
async fn a_code_gives_a_coupon_however_it_is_written() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "WELCOME", "valid_days = 7, member_limit = 3").await;
    code_for(&db, "Hello-2026", "WELCOME", 0).await;
    let mut conn = db.conn_as_gateway().await;
    for text in ["HELLO2026", "hello-2026", " hel lo 20-26 "] {
        let answer = add(&mut conn, "u1", text).await.unwrap();
        let row = answer.first();
        assert_eq!(row.str("coupon_code"), "WELCOME");
        assert_eq!(row.str("coupon_name"), "WELCOME 쿠폰");
        let good = format!(
            "SELECT COUNT(*) FROM shop_issued_coupons WHERE coupon_no = {} AND user_id = 'u1'
             AND valid_until = issued_at + INTERVAL 7 DAY AND order_seq_no IS NULL",
            row.int("coupon_id")
        );
        assert_eq!(db.int(&good).await, 1);
    }
    let error = add(&mut conn, "u1", "hello2026").await.unwrap_err();
    error.expect_code("COUPON_NOT_AVAILABLE");
    assert_eq!(error.row().str("detail"), "member_limit");
    add(&mut conn, "u2", "hello2026").await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_with_the_reason_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "OFF", "enabled = 0").await;
    coupon(&db, "PAST", "valid_until = '2026-01-01'").await;
    coupon(&db, "FEW", "issue_limit = 1").await;
    coupon(&db, "CARD", "member_limit = NULL").await;
    for (text, coupon_code, once) in [
        ("OFF", "OFF", 0),
        ("PAST", "PAST", 0),
        ("FEW", "FEW", 0),
        ("ONCE", "CARD", 1),
    ] {
        code_for(&db, text, coupon_code, once).await;
    }
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "u2", "few").await.unwrap();
    add(&mut conn, "u2", "once").await.unwrap();
    for (text, reason) in [
        ("OFF", "disabled"),
        ("PAST", "over"),
        ("FEW", "issue_limit"),
        ("ONCE", "used_code"),
    ] {
        let error = add(&mut conn, "u1", text).await.unwrap_err();
        error.expect_code("COUPON_NOT_AVAILABLE");
        assert_eq!(error.row().str("detail"), reason);
    }
    assert_eq!(db.count("shop_issued_coupons").await, 2);
    let long = "x".repeat(81);
    for text in ["", " - ", &long] {
        add(&mut conn, "u1", text)
            .await
            .unwrap_err()
            .expect_code("INVALID_INPUT");
    }
    let other_shop = call(&mut conn, "add_shop_coupon", (9, "u1", "few")).await;
    assert_eq!(code(&other_shop), "SHOP_NOT_FOUND");
    let error = call(&mut conn, "add_shop_coupon", (2, "u1", "few")).await;
    assert_eq!(code(&error), "COUPON_CODE_NOT_FOUND");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn ten_unknown_codes_within_an_hour_are_enough() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    code_for(&db, "RIGHT", "C1", 0).await;
    let mut conn = db.conn_as_gateway().await;
    // Also when they come at once.
    let answers = storm(&db, 4, |_, mut conn| async move {
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(add(&mut conn, "u1", "wrong").await);
        }
        answers
    })
    .await;
    let codes: Vec<String> = answers.iter().flatten().map(code).collect();
    let unknown = codes
        .iter()
        .filter(|c| *c == "COUPON_CODE_NOT_FOUND")
        .count();
    let stopped = codes.iter().filter(|c| *c == "TOO_MANY_ATTEMPTS").count();
    assert_eq!((unknown, stopped), (10, 6), "{codes:?}");
    let error = add(&mut conn, "u1", "right").await.unwrap_err();
    error.expect_code("TOO_MANY_ATTEMPTS");
    add(&mut conn, "u2", "right").await.unwrap();
    db.exec("UPDATE shop_coupon_attempts SET first_at = first_at - INTERVAL 1 HOUR")
        .await;
    add(&mut conn, "u1", "right").await.unwrap();
}

/// A printed code is good once, whoever is quick.
#[tokio::test]
async fn a_code_that_is_good_once_is_one_buyer_s() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "").await;
    code_for(&db, "ONCE", "C1", 1).await;
    let answers = storm(&db, 6, |caller, mut conn| async move {
        add(&mut conn, &format!("b{caller}"), "once").await
    })
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_ok());
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in lost {
        assert_eq!(code(answer), "COUPON_NOT_AVAILABLE");
    }
    let winner = ok(won[0]).int("coupon_id");
    let used_by = format!(
        "SELECT COUNT(*) FROM shop_coupon_codes k JOIN shop_issued_coupons i ON i.user_id = k.used_by
         WHERE i.coupon_no = {winner}"
    );
    assert_eq!(db.int(&used_by).await, 1);
    assert_eq!(db.count("shop_issued_coupons").await, 1);
}

/// One buyer in two tabs: as many as the member_limit.
#[tokio::test]
async fn one_buyer_at_once_gets_no_more_than_the_member_limit() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = 2").await;
    code_for(&db, "CODE", "C1", 0).await;
    let answers = storm(&db, 6, |_, mut conn| async move {
        add(&mut conn, "u1", "code").await
    })
    .await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won, 2, "{answers:?}");
    db.assert_audit_clean().await;
}
