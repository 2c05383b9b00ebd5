//! What became of each row.

use super::*;

/// Rows of a query as texts, columns joined by a bar.
async fn rows(db: &TestDb, columns: &str, rest: &str) -> Vec<String> {
    let list: Vec<String> = columns
        .split(", ")
        .map(|column| format!("COALESCE(CAST({column} AS CHAR), 'NULL')"))
        .collect();
    let sql = format!(
        "SELECT CONCAT_WS('|', {}) AS r FROM {rest}",
        list.join(", ")
    );
    let rows = db.rows(&sql).await;
    rows.iter().map(|row| row.str("r")).collect()
}

#[tokio::test]
async fn the_schema_is_that_of_a_new_database_and_the_audit_is_content() {
    let db = adopted_to_read().await;
    db.assert_audit_clean().await;
    let (done, words) = run(command(&db, "check", &[])).await;
    assert!(done && words.contains("is as the files say"), "{words}");
    // Not only in the words of db check: line by line, but for what is marked.
    let fresh = TestDb::new().await;
    let fresh = schema_dump(&fresh).await;
    let mut wanted = fresh.lines().filter(|line| !line.is_empty());
    for line in schema_dump(&db).await.lines() {
        let foreign = line.contains("shop_couriers")
            || line.starts_with("  name varchar(40)")
            || line.starts_with("  id varchar(20)")
            || line == "  unique PRIMARY (id)";
        if line.is_empty() || foreign || line.contains("adopted_") {
            continue;
        }
        match line.split_once("; adopted: ") {
            // A default and its mark.
            Some((line, _)) => {
                let wanted = wanted.next().expect("a line");
                let name = line.split(" DEFAULT ").next().expect("a name");
                assert!(wanted.starts_with(name), "{line} is {wanted}");
                assert!(wanted.ends_with(line.split(" -- ").nth(1).expect("a comment")));
            }
            None if line.contains("-- adopted:") => {}
            None => assert_eq!(Some(line), wanted.next()),
        }
    }
    assert_eq!(wanted.next(), None);
}

#[tokio::test]
async fn cart_rows_are_added_up_repaired_or_put_aside_with_a_reason() {
    let db = adopted_to_read().await;
    assert_eq!(
        rows(
            &db,
            "seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, memo",
            "shop_cart ORDER BY seq_no"
        )
        .await,
        [
            "11|1|kim|TEA-1|__noopt__|6|2024-02-29 14:00:00.000000|선물",
            "14|1|kim|CUP-1|__noopt__|1000|2024-03-03 03:00:00.000000|NULL",
            "20|1|guest-77|CUP-1|__noopt__|1|2024-03-03 03:00:00.000000|NULL",
            "22|1|Lee|TEA-1|large|1|2024-03-03 03:00:00.000000|NULL",
            "23|1|Lee|TEA-1|__noopt__|99999|2024-03-03 03:00:00.000000|NULL",
        ]
    );
    let rejected = format!("{}_before_jumun.shop_cart_rejected", db.name());
    assert_eq!(
        rows(
            &db,
            "seq_no, quantity, adopt_fault",
            &format!("{rejected} ORDER BY seq_no")
        )
        .await,
        [
            "12| 3|added to row 11",
            "13|1|added to row 11",
            "15|abc|quantity is not a number",
            "16||quantity is not a number",
            "17|0|quantity is not at least 1",
            "18|-1|quantity is not at least 1",
            "19|1|no such product",
            "21|1|no user_id",
            "24|70000|added to row 23",
        ]
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn orders_keep_what_was_charged_and_add_up() {
    let db = adopted_to_read().await;
    assert_eq!(
        rows(
            &db,
            "seq_no, order_number, order_date, order_status, user_id, product_total_price, discount_total, \
             shipping_fee, total_payment, vat_amount, approval_no, paid_at",
            "shop_orders ORDER BY seq_no"
        )
        .await,
        [
            "101|A-101|2023-12-31 23:00:00.000000|6|kim|24000.00|0.00|0.00|24000.00|2182.00|AP-1|2023-12-31 23:05:00.000000",
            "102|A-102|2024-01-02 14:30:00.000000|2|kim|9000.00|0.00|2500.00|11500.00|1045.00|AP-1|NULL",
            "103|A-102-103|2024-01-02 14:30:00.000000|4|Lee|20002.00|2002.00|3000.00|21000.00|1909.00|NULL|NULL",
            "104|adopted-104|2024-01-03 15:10:00.000000|5|nobody|5000.00|0.00|7000.00|12000.00|1091.00|AP-4|2024-01-03 15:10:00.000000",
            "105|A-105|2024-01-05 03:00:00.000000|1|Lee|27000.00|0.00|0.00|27000.00|2455.00|NULL|NULL",
            "106|A-106|2024-01-06 03:00:00.000000|11|kim|15000.00|0.00|3000.00|18000.00|1636.00|NULL|NULL",
            "107|A-107|2024-01-07 03:00:00.000000|9|kim|10800.00|0.00|3000.00|13800.00|1255.00|NULL|NULL",
            "108|A-108|2024-01-08 03:00:00.000000|8|kim|10800.00|0.00|3000.00|13800.00|1255.00|AP-8|2024-01-08 03:01:00.000000",
            "109|A-109|2024-01-09 03:00:00.000000|2|Lee|5000.00|0.00|0.00|5000.00|455.00|AP-9|2024-01-09 03:01:00.000000",
            "111|A-111|2024-01-11 03:00:00.000000|12|kim|2000.00|0.00|0.00|2000.00|182.00|NULL|NULL",
        ]
    );
    assert_eq!(
        rows(
            &db,
            "order_seq_no, line_no, product_id, quantity, unit_price, price",
            "shop_order_product WHERE order_seq_no IN (103, 104, 108, 109, 111) ORDER BY 1"
        )
        .await,
        [
            "103|1|CUP-1|3|4616.00|NULL",
            "103|2|TEA-1|1|6154.00|NULL",
            "104|1|TEA-2|1|5000.00|5000",
            "108|1|TEA-1|1|10800.00|10800",
            "109|1|__unknown__|1|5000.00|NULL",
            "111|1|GONE|2|1000.00|1000",
        ]
    );
    // Paid on the old shop's word; an approval number proves one order only.
    assert_eq!(
        rows(
            &db,
            "order_seq_no, status, amount, approval_no",
            "shop_payments ORDER BY seq_no"
        )
        .await,
        [
            "101|adopted|24000.00|AP-1",
            "102|adopted|11500.00|NULL",
            "103|adopted|21000.00|NULL",
            "104|adopted|12000.00|AP-4",
            "108|adopted|13800.00|AP-8",
            "109|adopted|5000.00|AP-9",
        ]
    );
    assert_eq!(
        rows(
            &db,
            "order_seq_no, log_date, from_status, to_status, action, LEFT(log_message,5)",
            "shop_order_logs WHERE order_seq_no IN (101, 103) ORDER BY seq_no"
        )
        .await,
        [
            "101|2023-12-31 23:00:00.000000|0|6|adopt_6|taken",
            "103|2024-01-02 14:30:00.000000|0|4|adopt_4|taken",
            "101|2023-12-31 23:05:00.000000|6|6|note|결제 완료",
            "101|2024-01-02 01:00:00.000000|6|6|note|송장 등록",
            "103|2024-01-03 01:00:00.000000|4|4|note|긴 글 긴",
        ]
    );
    let before = format!("{}_before_jumun", db.name());
    for (table, faults) in [
        ("shop_orders", vec!["total_payment is negative"]),
        (
            "shop_order_product",
            vec![
                "its order: total_payment is negative",
                "no such order",
                "quantity is not at least 1",
            ],
        ),
        ("shop_order_logs", vec!["no such order"]),
        ("shop_shipping_address", vec!["no user_id"]),
        ("member", vec![]),
    ] {
        let found = rows(
            &db,
            "adopt_fault",
            &format!("{before}.{table}_rejected ORDER BY 1"),
        )
        .await;
        assert_eq!(found, faults, "{table}");
    }
}

#[tokio::test]
async fn texts_prices_stock_and_people_are_read_as_they_were_meant() {
    let db = adopted_to_read().await;
    assert_eq!(
        rows(
            &db,
            "user_id, user_name, user_cash, nick, reg_date",
            "member ORDER BY user_id"
        )
        .await,
        [
            "Lee|이손님|0.00|봄비|2020-05-05 00:30:00",
            "kim|김손님|5000.00|성실|2019-03-01 10:00:00",
            "park||0.00|parky|NULL",
        ]
    );
    assert_eq!(
        rows(
            &db,
            "product_id, buy_price, sale_price, discount_rate, display, stat, delivery_policy_id, quantity_stock, maker",
            "shop_products ORDER BY product_id"
        )
        .await,
        [
            "CUP-1|9000.00|NULL|0.1000|1|1|2|20|NULL",
            "CUP-2|0.00|NULL|0.0000|1|2|2|10|NULL",
            "OLD-1|5000.00|5000.00|0.0000|0|2|3|0|NULL",
            "POT-1|30000.00|27000.00|0.0000|1|2|0|0|NULL",
            "TEA-1|12900.00|12000.00|0.1000|1|1|1|50|보성다원",
            "TEA-2|15000.00|0.00|0.0000|1|1|1|3|NULL",
        ]
    );
    assert_eq!(
        rows(
            &db,
            "user_id, receiver_name, CHAR_LENGTH(address), is_default, \
             CASE WHEN update_date < '2025-01-01' THEN update_date END",
            "shop_shipping_address ORDER BY user_id, receiver_name"
        )
        .await,
        [
            "Lee|이본보기|200|1|NULL",
            "kim|김견본|15|1|2024-01-01 23:59:59.000000",
            "kim|김직장|15|0|NULL"
        ]
    );
    assert_eq!(
        rows(
            &db,
            "id, type, base_cost, free_over",
            "shop_delivery_policy ORDER BY id"
        )
        .await,
        [
            "0|fixed|0.00|NULL",
            "1|conditional|3000.00|30000.00",
            "2|free|0.00|NULL",
            "3|fixed|2500.00|NULL",
            "4|fixed|9000.00|NULL",
        ]
    );
    assert_eq!(db.free_stock("TEA-1", NO_OPTION).await, 50);
    assert_eq!(
        db.int("SELECT CAST(SUM(difference) AS SIGNED) FROM shop_stock_ledger WHERE product_id = 'TEA-1'").await,
        53,
        "three were sold"
    );
    // The old routines are replaced, their text is kept.
    let kept = format!("{}_before_jumun.adopt_replaced", db.name());
    let text = db
        .text(&format!(
            "SELECT definition FROM {kept} WHERE object_name = 'add_shop_cart'"
        ))
        .await;
    assert!(text.contains("SET po_rc = 0"), "{text}");
}

#[tokio::test]
async fn units_of_unpaid_orders_are_taken_off_when_the_old_shop_took_them_at_payment() {
    let db = old_shop(DIRTY).await;
    let args = [&ANSWERS[..10], &["--stock-taken", "payment", "--apply"]].concat();
    let (done, words) = run(command(&db, "adopt", &args)).await;
    assert!(done, "{words}");
    // Order 106 waits for a deposit with one of three.
    assert_eq!(db.free_stock("TEA-2", NO_OPTION).await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_tidy_shop_moves_in_unchanged() {
    let db = adopted(CLEAN).await;
    assert_eq!(
        rows(
            &db,
            "seq_no, user_id, product_id, quantity, create_date",
            "shop_cart"
        )
        .await,
        ["11|kim|TEA-1|2|2024-02-29 15:30:00.000000"]
    );
    assert_eq!(
        rows(
            &db,
            "product_total_price, discount_total, shipping_fee, total_payment",
            "shop_orders"
        )
        .await,
        ["10800.00|0.00|3000.00|13800.00"]
    );
    db.assert_audit_clean().await;
    let (done, words) = run(command(&db, "check", &[])).await;
    assert!(done, "{words}");
    // Old pages that add by its unique key still add up.
    for _ in 0..2 {
        db.exec(
            "INSERT INTO shop_cart (user_id, product_id, quantity, create_date, update_date)
             VALUES ('kim', 'TEA-1', 1, UTC_TIMESTAMP(), UTC_TIMESTAMP())
             ON DUPLICATE KEY UPDATE quantity = shop_cart.quantity + 1",
        )
        .await;
    }
    assert_eq!(db.int("SELECT quantity FROM shop_cart").await, 4);
    db.assert_audit_clean().await;
}
