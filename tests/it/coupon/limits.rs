//! Limits under many callers: so many are issued, so many are used, and not one more or less.

use super::*;
use crate::race::{Holder, code, guest_order, ok, waiting_order};

const CALLERS: usize = 10;

/// A tenth of a thousand uses and five thousand callers; FUZZ_COUNT=5000 is all of them.
#[tokio::test]
async fn a_hundred_uses_and_five_hundred_callers_are_a_hundred_uses() {
    let all = std::env::var("FUZZ_COUNT")
        .ok()
        .and_then(|count| count.parse::<usize>().ok())
        .map_or(500, |count| count.min(5000));
    let uses = i64::try_from(all / 5).unwrap();
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", &format!("use_limit = {uses}")).await;
    db.exec(&format!(
        "UPDATE shop_stock SET free = free + {all} WHERE product_id = 'book';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'book', '{NO_OPTION}', {all}, 'more', 'test', UTC_TIMESTAMP(6))"
    ))
    .await;
    let digits = "JSON_TABLE('[0,1,2,3,4,5,6,7,8,9]', '$[*]' COLUMNS (d INT PATH '$'))";
    let range = format!(
        "SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS i FROM {digits} a, {digits} b, {digits} c, {digits} e
         HAVING i <= {all}"
    );
    db.exec(&format!(
        "INSERT INTO shop_issued_coupons (coupon_no, shop_id, coupon_code, user_id, member_no, issued_at)
         SELECT 1000000 + n.i, 1, 'C1', CONCAT('b', n.i), 1, UTC_TIMESTAMP(6) FROM ({range}) n;
         INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         SELECT 1000000 + n.i, 1, CONCAT('b', n.i), 'book', '{NO_OPTION}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
         FROM ({range}) n"
    ))
    .await;
    let answers = storm(&db, CALLERS, |caller, mut conn| async move {
        let mut answers = Vec::new();
        for buyer in (1..=all).filter(|buyer| buyer % CALLERS == caller) {
            let row = 1_000_000 + i64::try_from(buyer).unwrap();
            let order = guest_order(&format!("T{buyer}"), &format!("b{buyer}"), &[row], "9000")
                .coupons(Some(&format!("[{row}]")));
            answers.push(order.call(&mut conn).await);
        }
        answers
    })
    .await;
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    let made = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(made, all / 5);
    for answer in answers.iter().filter(|answer| answer.is_err()) {
        assert_eq!(code(answer), "COUPON_NOT_AVAILABLE");
    }
    let held = "SELECT COUNT(order_seq_no) FROM shop_issued_coupons";
    assert_eq!(db.int(held).await, uses);
    assert_eq!(
        db.int("SELECT SUM(free) FROM shop_coupon_counters").await,
        0
    );
    db.assert_audit_clean().await;
}

/// The last use is with an order that is not committed: another one waits for what becomes of it.
#[tokio::test]
async fn the_last_use_is_given_to_whoever_waits_when_its_order_fails() {
    for comes_back in [true, false] {
        let db = TestDb::with_fixture().await;
        coupon(&db, "C1", "use_limit = 1").await;
        let ids = [issue(&db, "C1", "u1").await, issue(&db, "C1", "u2").await];
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
        let first = OrderCall::new("T1", &[lamp])
            .coupons(Some(&format!("[{}]", ids[0])))
            .client_total("22000");
        let first = waiting_order(&db, &first).await;
        let second = book(&db, "T2", "u2", &ids[1..], "9000").await;
        let second = waiting_order(&db, &second).await;
        if comes_back {
            db.exec(&format!("KILL QUERY {}", first.id)).await;
            assert!(first.finish().await.is_err());
            assert_eq!(ok(&second.finish().await).str("total_payment"), "9000.00");
            stock.release().await;
        } else {
            stock.release().await;
            assert_eq!(ok(&first.finish().await).str("total_payment"), "22000.00");
            let refused = second.finish().await;
            assert_eq!(code(&refused), "COUPON_NOT_AVAILABLE");
            assert_eq!(db.count("shop_orders").await, 1);
        }
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn a_limit_that_is_changed_leaves_more_or_less() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = NULL").await;
    let mut conn = db.conn_as_gateway().await;
    for number in ["T1", "T2"] {
        let id = issue(&db, "C1", "u1").await;
        let order = book(&db, number, "u1", &[id], "9000").await;
        order.call(&mut conn).await.unwrap();
    }
    let id = issue(&db, "C1", "u1").await;
    let order = book(&db, "T3", "u1", &[id], "9000").await;
    for limit in ["2", "1", "0"] {
        db.exec(&format!("UPDATE shop_coupons SET use_limit = {limit}"))
            .await;
        let error = order.call(&mut conn).await.unwrap_err();
        assert_eq!(
            error.row().str("detail"),
            format!("{id} used_up"),
            "{limit}"
        );
        db.assert_audit_clean().await;
    }
    db.exec("UPDATE shop_coupons SET use_limit = 3, issue_limit = 4")
        .await;
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
    issue(&db, "C1", "u2").await;
    let more =
        "INSERT INTO shop_issued_coupons (shop_id, coupon_code, user_id, member_no, issued_at)
                VALUES (1, 'C1', 'u3', 1, UTC_TIMESTAMP(6))";
    let error = query(&mut db.conn().await, more).await.unwrap_err();
    assert_eq!(error.code(), "COUPON_NOT_AVAILABLE");
    db.exec("UPDATE shop_coupons SET use_limit = NULL, issue_limit = NULL")
        .await;
    assert_eq!(db.count("shop_coupon_counters").await, 0);
    issue(&db, "C1", "u3").await;
    db.assert_audit_clean().await;
}

/// Two coupons of one kind in one order are two uses, and two come back.
#[tokio::test]
async fn two_coupons_of_one_kind_are_two_uses() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "member_limit = 2, use_limit = 2").await;
    let ids = [issue(&db, "C1", "u1").await, issue(&db, "C1", "u1").await];
    let mut conn = db.conn_as_gateway().await;
    book(&db, "T1", "u1", &ids, "8000")
        .await
        .call(&mut conn)
        .await
        .unwrap();
    let left = "SELECT SUM(free) FROM shop_coupon_counters";
    assert_eq!(db.int(left).await, 0);
    db.assert_audit_clean().await;
    let message = WalletMessage::failed("T1", "F1", "8000");
    settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(db.int(left).await, 2);
    db.assert_audit_clean().await;
}
