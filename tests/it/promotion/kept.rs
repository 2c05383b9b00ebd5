//! What hands can do to promotions, and what `shop_audit` finds.

use super::*;

#[tokio::test]
async fn a_promotion_that_says_nothing_is_refused() {
    let db = TestDb::with_fixture().await;
    let mut hand = db.conn().await;
    for columns in [
        "target = 'order', kind = 'rate'",
        "target = 'order', kind = 'rate', rate = 1.1",
        "target = 'order', kind = 'rate', rate = 0.1, amount = 1",
        "target = 'order', kind = 'amount', amount = 0.4",
        "target = 'order', kind = 'units', buy_units = 2",
        "target = 'order', kind = 'units', buy_units = 0, free_units = 1",
        "target = 'order', kind = 'units', buy_units = 2, free_units = 1, max_discount = 5",
        "target = 'delivery', kind = 'units', buy_units = 2, free_units = 1",
        "target = 'order', kind = 'steps'",
        "target = 'order', kind = 'steps', steps = '[]'",
        "target = 'order', kind = 'steps', steps = '{\"from\":1,\"rate\":0.1}'",
        "target = 'order', kind = 'steps', steps = '[{\"from\":0,\"rate\":0.1}]'",
        "target = 'order', kind = 'steps', steps = '[{\"from\":1,\"rate\":0}]'",
        "target = 'order', kind = 'steps', steps = '[{\"from\":1,\"rate\":1.01}]'",
        "target = 'order', kind = 'steps', steps = '[{\"from\":1,\"rate\":0.1,\"x\":1}]'",
        "target = 'order', kind = 'steps', steps = '[{\"from\":1,\"rate\":0.1},{\"from\":1,\"rate\":0.2}]'",
        "target = 'product', kind = 'rate', rate = 0.1",
        "target = 'order', kind = 'rate', rate = 0.1, target_ids = '[\"book\"]'",
        "target = 'order', kind = 'rate', rate = 0.1, valid_from = '2026-02-01', valid_until = '2026-02-01'",
    ] {
        let statement = format!(
            "INSERT INTO shop_promotions SET shop_id = 1, promotion_code = 'P', promotion_name = 'P', {columns}"
        );
        assert!(query(&mut hand, &statement).await.is_err(), "{columns}");
    }
    for table in [
        "shop_promotions",
        "shop_discount_rules",
        "shop_discount_steps",
    ] {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
    assert_eq!(db.int("SELECT SUM(promotions) FROM shops").await, 0);
}

#[tokio::test]
async fn a_change_is_a_new_rule_and_the_shop_counts_what_is_enabled() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "P",
        "kind = 'steps', rate = NULL, steps = '[{\"from\":1,\"rate\":0.1}]'",
    )
    .await;
    promotion(&db, "Q", "enabled = 0").await;
    let promotions = "SELECT promotions FROM shops WHERE shop_id = 1";
    for (columns, rules, enabled) in [
        ("promotion_name = promotion_name", 2, 1),
        ("enabled = 1 - enabled", 2, 1),
        ("enabled = 1", 2, 2),
        ("min_amount = 5.4", 4, 2),
        ("min_amount = 5", 4, 2),
        ("first_order = 1", 6, 2),
    ] {
        db.exec(&format!("UPDATE shop_promotions SET {columns}"))
            .await;
        assert_eq!(db.count("shop_discount_rules").await, rules, "{columns}");
        assert_eq!(db.int(promotions).await, enabled, "{columns}");
        db.assert_audit_clean().await;
    }
    db.exec("INSERT IGNORE INTO shop_promotions SELECT * FROM shop_promotions")
        .await;
    assert_eq!(db.int(promotions).await, 2);
    let mut hand = db.conn().await;
    for statement in [
        "UPDATE shop_discount_steps SET rate = 0.2",
        "DELETE FROM shop_discount_steps",
        "UPDATE shop_promotions SET promotion_code = 'R' WHERE promotion_code = 'P'",
    ] {
        let error = query(&mut hand, statement).await.unwrap_err();
        assert_eq!(error.code(), "ROW_IS_KEPT", "{statement}");
    }
    db.exec("DELETE FROM shop_promotions WHERE promotion_code = 'P'")
        .await;
    assert_eq!(db.int(promotions).await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_audit_finds_what_a_hand_did_to_promotions() {
    let db = TestDb::with_fixture().await;
    promotion(
        &db,
        "P",
        "kind = 'steps', rate = NULL, steps = '[{\"from\":1,\"rate\":0.1}]'",
    )
    .await;
    charged(&db, "T1", "u1", &[("book", 1)], &[]).await;
    db.without_triggers().await;
    let find = "SELECT GROUP_CONCAT(DISTINCT subject ORDER BY subject) FROM v_audit_coupon";
    for (hand, back) in [
        (
            "UPDATE shops SET promotions = 2 WHERE shop_id = 1",
            "UPDATE shops SET promotions = 1 WHERE shop_id = 1",
        ),
        (
            "UPDATE shop_promotions SET first_order = 1",
            "UPDATE shop_promotions SET first_order = 0",
        ),
        (
            "UPDATE shop_discount_steps SET rule_id = rule_id + 1000",
            "UPDATE shop_discount_steps SET rule_id = rule_id - 1000",
        ),
        (
            "UPDATE shop_order_discounts SET amount = amount - 1",
            "UPDATE shop_order_discounts SET amount = amount + 1",
        ),
    ] {
        db.exec(hand).await;
        assert!(db.row(find).await.only().is_some(), "not found: {hand}");
        db.exec(back).await;
        assert_eq!(db.row(find).await.only(), None, "{hand}");
    }
}
