//! What hands cannot do to coupons, and what `shop_audit` finds when they have done it all the same.

use super::*;

#[tokio::test]
async fn what_was_taken_off_and_by_which_rule_stays() {
    let db = TestDb::with_fixture().await;
    coupon(
        &db,
        "C1",
        "target = 'product', target_ids = '[\"book\",\"pen\"]'",
    )
    .await;
    let id = issue(&db, "C1", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    book(&db, "T1", "u1", &[id], "9000")
        .await
        .call(&mut conn)
        .await
        .unwrap();
    let mut hand = db.conn().await;
    for statement in [
        "UPDATE shop_discount_rules SET amount = 1",
        "DELETE FROM shop_discount_rules",
        "UPDATE shop_discount_targets SET target_id = 'ink' WHERE target_id = 'pen'",
        "DELETE FROM shop_discount_targets",
        "UPDATE shop_order_discounts SET amount = 1",
        "DELETE FROM shop_order_discounts",
        "UPDATE shop_order_discount_lines SET amount = 1",
        "DELETE FROM shop_order_discount_lines",
        "UPDATE shop_issued_coupons SET user_id = 'u2'",
        "UPDATE shop_issued_coupons SET coupon_no = 77",
        "DELETE FROM shop_issued_coupons",
        "UPDATE shop_coupons SET coupon_code = 'c1'",
    ] {
        let error = query(&mut hand, statement).await.unwrap_err();
        assert_eq!(error.code(), "ROW_IS_KEPT", "{statement}");
    }
    assert!(query(&mut hand, "DELETE FROM shop_coupons").await.is_err());
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_coupon_that_says_nothing_is_refused() {
    let db = TestDb::with_fixture().await;
    let mut hand = db.conn().await;
    for columns in [
        "target = 'order', kind = 'amount'",
        "target = 'order', kind = 'amount', amount = 0",
        "target = 'order', kind = 'amount', amount = 0.4",
        "target = 'order', kind = 'rate', rate = 1.01",
        "target = 'order', kind = 'rate', rate = 0",
        "target = 'order', kind = 'rate', rate = 0.1, amount = 100",
        "target = 'order', kind = 'rate', rate = 0.1, round_to = 0.4",
        "target = 'order', kind = 'amount', amount = 1, target_ids = '[\"book\"]'",
        "target = 'product', kind = 'amount', amount = 1",
        "target = 'product', kind = 'amount', amount = 1, target_ids = '[]'",
        "target = 'product', kind = 'amount', amount = 1, target_ids = '{}'",
        "target = 'product', kind = 'amount', amount = 1, target_ids = 'book'",
        "target = 'product', kind = 'amount', amount = 1, target_ids = '[\"book\",\"book\"]'",
        "target = 'product', kind = 'amount', amount = 1, target_ids = '[[\"book\"]]'",
        "target = 'product', kind = 'amount', amount = 1, target_ids = '[\"0123456789012345678901234567890\"]'",
        "target = 'all', kind = 'amount', amount = 1",
        "target = 'order', kind = 'gift', amount = 1",
        "target = 'order', kind = 'amount', amount = 1, valid_from = '2026-02-01', valid_until = '2026-02-01'",
    ] {
        let statement = format!(
            "INSERT INTO shop_coupons SET shop_id = 1, coupon_code = 'C', coupon_name = 'C', {columns}"
        );
        let made = query(&mut hand, &statement).await;
        assert!(made.is_err(), "{columns}");
    }
    for table in [
        "shop_coupons",
        "shop_discount_rules",
        "shop_discount_targets",
    ] {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
}

/// A change that changes nothing makes no rule; one that does makes one, and issued coupons follow it.
#[tokio::test]
async fn a_change_of_a_coupon_is_a_new_rule() {
    let db = TestDb::with_fixture().await;
    coupon(&db, "C1", "round_to = 10.4").await;
    let rules = "SELECT GROUP_CONCAT(CONCAT_WS(' ', amount, round_to, COALESCE(min_amount, '-')) ORDER BY rule_id)
                 FROM shop_discount_rules";
    assert_eq!(db.text(rules).await, "1000.00 10.00 -");
    for (columns, count) in [
        ("amount = 1000.4", 1),
        ("coupon_name = 'C1 쿠폰', enabled = 0", 1),
        (
            "use_limit = 5, issue_limit = 5, member_limit = 5, valid_days = 5",
            1,
        ),
        ("min_amount = 500", 2),
        ("min_amount = 500.2", 2),
        ("coupon_name = '다른 이름'", 3),
    ] {
        db.exec(&format!("UPDATE shop_coupons SET {columns}")).await;
        assert_eq!(db.count("shop_discount_rules").await, count, "{columns}");
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn the_audit_finds_what_a_hand_did_to_coupons() {
    let db = TestDb::with_fixture().await;
    coupon(
        &db,
        "C1",
        "use_limit = 10, issue_limit = 10, target = 'product', target_ids = '[\"book\"]'",
    )
    .await;
    coupon(&db, "C2", "target = 'delivery'").await;
    let mut conn = db.conn_as_gateway().await;
    for (number, user) in [("T1", "u1"), ("T2", "u2"), ("T3", "u3")] {
        let ids = [issue(&db, "C1", user).await, issue(&db, "C2", user).await];
        let lamp = db.add_cart(1, user, "lamp", NO_OPTION, 1).await;
        let book = db.add_cart(1, user, "book", NO_OPTION, 1).await;
        let rice = db.add_cart(1, user, "rice", NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[lamp, book, rice])
            .user(1, user)
            .coupons(Some(&serde_json::json!(ids).to_string()))
            .client_total("40000");
        order.call(&mut conn).await.unwrap();
    }
    let failed = WalletMessage::failed("T3", "F", "40000");
    settle(&mut conn, "notify", &failed).await.unwrap();
    db.assert_audit_clean().await;
    db.without_triggers().await;
    let find = "SELECT GROUP_CONCAT(DISTINCT subject ORDER BY subject) FROM v_audit_coupon";
    let order =
        |number: &str| format!("(SELECT seq_no FROM shop_orders WHERE order_number = '{number}')");
    let (first, third) = (order("T1"), order("T3"));
    for (hand, back) in [
        (
            format!("UPDATE shop_order_discounts SET amount = amount + 1 WHERE order_seq_no = {first} AND discount_no = 1"),
            format!("UPDATE shop_order_discounts SET amount = amount - 1 WHERE order_seq_no = {first} AND discount_no = 1"),
        ),
        (
            format!("UPDATE shop_order_discount_lines SET line_no = 9 WHERE order_seq_no = {first} AND line_no = 2"),
            format!("UPDATE shop_order_discount_lines SET line_no = 2 WHERE order_seq_no = {first} AND line_no = 9"),
        ),
        (
            "UPDATE shop_coupon_counters SET free = free + 1 WHERE kind = 'use' AND slot = 3".into(),
            "UPDATE shop_coupon_counters SET free = free - 1 WHERE kind = 'use' AND slot = 3".into(),
        ),
        (
            "UPDATE shop_coupon_counters SET free = free - 1 WHERE kind = 'issue'".into(),
            "UPDATE shop_coupon_counters SET free = free + 1 WHERE kind = 'issue'".into(),
        ),
        (
            format!("UPDATE shop_issued_coupons SET order_seq_no = {third} WHERE user_id = 'u3' AND coupon_code = 'C2'"),
            "UPDATE shop_issued_coupons SET order_seq_no = NULL WHERE user_id = 'u3'".into(),
        ),
        (
            "UPDATE shop_issued_coupons SET order_seq_no = NULL WHERE user_id = 'u1' AND coupon_code = 'C2'".into(),
            format!("UPDATE shop_issued_coupons SET order_seq_no = {first} WHERE user_id = 'u1' AND coupon_code = 'C2'"),
        ),
        (
            "UPDATE shop_coupons SET amount = 999 WHERE coupon_code = 'C2'".into(),
            "UPDATE shop_coupons SET amount = 1000 WHERE coupon_code = 'C2'".into(),
        ),
        (
            "UPDATE shop_discount_targets SET rule_id = rule_id + 1000".into(),
            "UPDATE shop_discount_targets SET rule_id = rule_id - 1000".into(),
        ),
    ] {
        db.exec(&hand).await;
        assert!(db.row(find).await.only().is_some(), "not found: {hand}");
        db.exec(&back).await;
        assert_eq!(db.row(find).await.only(), None, "{hand}");
    }
}
