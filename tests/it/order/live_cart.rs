//! `live_cart_seq_no`: an order line stands for its cart row while its order lives, and lets go of it when it has ended, so
//! that one cart row is in at most one live order, by a constraint.

use super::*;

const TRIGGER: &str = "tr_shop_order_product_update";

/// Gives the lines what an order that is priced by price rows writes, where its routine has not.
async fn price_by_rows(db: &TestDb, conn: &mut Conn) {
    db.exec(&format!("DROP TRIGGER {TRIGGER}")).await;
    db.exec(
        "UPDATE shop_order_product l
         JOIN shop_offers f ON f.shop_id = l.shop_id AND f.product_id = l.product_id AND f.option_hash = l.option_hash
         JOIN shop_delivery_now d ON d.shop_id = l.shop_id AND d.policy_id = l.delivery_policy_id
         SET l.price_id = f.price_id, l.rule_id = d.rule_id, l.live_cart_seq_no = l.cart_seq_no WHERE l.price_id IS NULL;
         UPDATE shop_orders SET vat_rate = 0.1, pricing_version = 1 WHERE pricing_version IS NULL",
    )
    .await;
    for row in db.rows("SELECT seq_no FROM shop_orders").await {
        call(conn, "_seal_order", (row.int("seq_no"),))
            .await
            .unwrap();
    }
    let file = scripts()
        .iter()
        .find(|script| script.path.ends_with(&format!("/{TRIGGER}.sql")))
        .expect("its file");
    for statement in &file.statements {
        db.exec(statement).await;
    }
    db.assert_audit_clean().await;
}

/// Live and all lines of an order.
async fn live(db: &TestDb, number: &str) -> String {
    db.text(&format!(
        "SELECT CONCAT(COUNT(l.live_cart_seq_no), ' of ', COUNT(*)) FROM shop_order_product l
         JOIN shop_orders o ON o.seq_no = l.order_seq_no WHERE o.order_number = '{number}'"
    ))
    .await
}

#[tokio::test]
async fn a_line_stands_for_its_cart_row_exactly_while_its_order_lives() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut admin = db.conn().await;
    for (number, user) in [
        ("PAID", "u1"),
        ("FAILED", "u2"),
        ("EXPIRED", "u3"),
        ("CANCELLED", "u4"),
        ("REVIVED", "u5"),
    ] {
        let ids = [
            db.add_cart(1, user, "book", NO_OPTION, 1).await,
            db.add_cart(1, user, "shirt", "red", 1).await,
        ];
        let order = OrderCall::new(number, &ids).user(1, user);
        order.client_total("28000").call(&mut conn).await.unwrap();
    }
    price_by_rows(&db, &mut admin).await;
    for number in ["PAID", "FAILED", "EXPIRED", "CANCELLED", "REVIVED"] {
        assert_eq!(live(&db, number).await, "2 of 2", "{number}");
    }
    let paid = WalletMessage::paid("PAID", "W1", "28000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    for (number, transaction) in [("FAILED", "W2"), ("REVIVED", "W3")] {
        let refused = WalletMessage::failed(number, transaction, "28000");
        settle(&mut conn, "notify", &refused).await.unwrap();
        assert_eq!(live(&db, number).await, "0 of 2", "{number}");
    }
    let late = WalletMessage::paid("REVIVED", "W4", "28000");
    let answer = settle(&mut conn, "notify", &late).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    db.let_expire("EXPIRED").await;
    call(&mut admin, "shop_order_expire", (10,)).await.unwrap();
    let key = db
        .text("SELECT _uuid_text(order_key) FROM shop_orders WHERE order_number = 'CANCELLED'")
        .await;
    call(&mut conn, "shop_order_restore_cart", (1, "u4", key))
        .await
        .unwrap();
    for (number, expected) in [
        ("PAID", "2 of 2"),
        ("FAILED", "0 of 2"),
        ("EXPIRED", "0 of 2"),
        ("CANCELLED", "0 of 2"),
        ("REVIVED", "2 of 2"),
    ] {
        assert_eq!(live(&db, number).await, expected, "{number}");
    }
    db.assert_audit_clean().await;
}

/// Orders from before it was kept never have one: what they stand for cannot be proved afterwards.
#[tokio::test]
async fn a_line_without_a_price_row_never_stands_for_one() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut admin = db.conn().await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("OLD", &[id]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    db.exec(&format!("DROP TRIGGER {TRIGGER}")).await;
    db.exec(
        "UPDATE shop_order_product SET price_id = NULL, rule_id = NULL, live_cart_seq_no = NULL;
         UPDATE shop_orders SET vat_rate = NULL, pricing_version = NULL",
    )
    .await;
    call(&mut admin, "_seal_order", (1,)).await.unwrap();
    let refused = WalletMessage::failed("OLD", "W1", "10000");
    settle(&mut conn, "notify", &refused).await.unwrap();
    let paid = WalletMessage::paid("OLD", "W2", "10000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    assert_eq!(live(&db, "OLD").await, "0 of 1");
    let status = "SELECT order_status FROM shop_orders WHERE order_number = 'OLD'";
    assert_eq!(db.int(status).await, 2);
    db.assert_audit_clean().await;
}

/// On the way back older procedures, which do not keep it, end orders and revive them: `db load` calls this on the way
/// forward again.
#[tokio::test]
async fn what_older_procedures_ended_or_revived_is_taken_over() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut admin = db.conn().await;
    for (number, user) in [("ENDED", "u1"), ("REVIVED", "u2"), ("OTHER", "u3")] {
        let id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[id]).user(1, user);
        order.client_total("10000").call(&mut conn).await.unwrap();
    }
    price_by_rows(&db, &mut admin).await;
    // As those procedures leave it.
    db.let_expire("ENDED").await;
    call(&mut admin, "shop_order_expire", (10,)).await.unwrap();
    db.exec(
        "UPDATE shop_order_product SET live_cart_seq_no = cart_seq_no WHERE order_seq_no = 1;
         UPDATE shop_order_product SET live_cart_seq_no = NULL WHERE order_seq_no = 2",
    )
    .await;
    let found = "SELECT COUNT(*) FROM v_audit_price";
    assert_eq!(db.int(found).await, 2);
    for taken_over in [2, 0] {
        admin
            .query_drop("CALL _take_over_lines(@orders)")
            .await
            .unwrap();
        let orders: Option<i64> = admin.query_first("SELECT @orders").await.unwrap();
        assert_eq!(orders, Some(taken_over));
    }
    assert_eq!(live(&db, "ENDED").await, "0 of 1");
    assert_eq!(live(&db, "REVIVED").await, "1 of 1");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn one_cart_row_is_in_at_most_one_live_order_by_a_constraint() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut admin = db.conn().await;
    for (number, user) in [("A", "u1"), ("B", "u2")] {
        let id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[id]).user(1, user);
        order.client_total("10000").call(&mut conn).await.unwrap();
    }
    price_by_rows(&db, &mut admin).await;
    let line = "INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name, option_hash,
                    option_name, unit_price, quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no, price_id,
                    rule_id, live_cart_seq_no)
                SELECT 2, 2, shop_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount,
                       tax_type, delivery_policy_id, 999, price_id, rule_id, live_cart_seq_no
                FROM shop_order_product WHERE order_seq_no = 1";
    assert_eq!(query(&mut admin, line).await.unwrap_err().errno, 1062);
    // By hand it may be let go of and taken again, which the audit sees; never another one, and nothing beside it.
    let found = "SELECT GROUP_CONCAT(subject) FROM v_audit_violations";
    db.exec("UPDATE shop_order_product SET live_cart_seq_no = NULL WHERE order_seq_no = 1")
        .await;
    assert_eq!(db.text(found).await, "order 1 line 1");
    for change in [
        "live_cart_seq_no = cart_seq_no + 1",
        "live_cart_seq_no = cart_seq_no, quantity = quantity + 1, line_amount = line_amount + unit_price",
        "live_cart_seq_no = cart_seq_no, product_name = CONCAT(product_name, ' ')",
        "live_cart_seq_no = cart_seq_no, option_name = ' '",
        "live_cart_seq_no = cart_seq_no, combination_hash = 'x'",
        "price_id = NULL",
        "rule_id = rule_id + 1",
    ] {
        let sql = format!("UPDATE shop_order_product SET {change} WHERE order_seq_no = 1");
        let error = query(&mut admin, &sql).await.unwrap_err();
        assert_eq!(error.code(), "ROW_IS_KEPT", "{sql}");
    }
    db.exec("UPDATE shop_order_product SET live_cart_seq_no = cart_seq_no WHERE order_seq_no = 1")
        .await;
    db.assert_audit_clean().await;
}

/// What the audit says of lines that do not say what their price rows say.
#[tokio::test]
async fn the_audit_compares_every_line_with_its_price_row() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut admin = db.conn().await;
    let ids = [
        db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await,
        db.add_cart(1, "u1", "shirt", "red", 1).await,
    ];
    let order = OrderCall::new("T1", &ids).client_total("38000");
    order.call(&mut conn).await.unwrap();
    price_by_rows(&db, &mut admin).await;
    db.exec(&format!("DROP TRIGGER {TRIGGER}")).await;
    let other = "names a price that says something else";
    for (change, words) in [
        ("price_id = price_id + 100000", other),
        (
            "price_id = (SELECT price_id FROM shop_offers WHERE product_id = 'book')",
            other,
        ),
        (
            "price_id = (SELECT price_id FROM shop_offers WHERE product_id = 'mug')",
            other,
        ),
        ("combination_hash = 'red'", other),
        ("product_name = 'Lamp '", other),
        ("option_name = 'x'", other),
        ("tax_type = 'free'", other),
        ("price_id = NULL", "names no price, or none was asked for"),
        ("rule_id = NULL", "names no price, or none was asked for"),
        (
            "rule_id = rule_id + 1",
            "names a delivery rule of something else",
        ),
        (
            "rule_id = 100000",
            "names a delivery rule of something else",
        ),
        (
            "live_cart_seq_no = NULL",
            "stands for its cart row after its end, or does not before",
        ),
    ] {
        let mut session = db.conn().await;
        session.query_drop("BEGIN").await.unwrap();
        let sql = format!("UPDATE shop_order_product SET {change} WHERE product_id = 'lamp'");
        session.query_drop(sql).await.unwrap();
        let found: Vec<(String, String)> = session
            .query("SELECT subject, detail FROM v_audit_price")
            .await
            .unwrap();
        assert_eq!(
            found,
            [("order 1 line 1".to_owned(), words.to_owned())],
            "{change}"
        );
        session.query_drop("ROLLBACK").await.unwrap();
    }
    // An order that says how it was priced, and lines that do not, or the other way round.
    for change in ["pricing_version = NULL", "vat_rate = NULL"] {
        let mut session = db.conn().await;
        session.query_drop("BEGIN").await.unwrap();
        let sql = format!("UPDATE shop_orders SET {change}");
        session.query_drop(sql).await.unwrap();
        let found: Option<u64> = session
            .query_first("SELECT COUNT(*) FROM v_audit_price")
            .await
            .unwrap();
        assert!(found > Some(0), "{change}");
        session.query_drop("ROLLBACK").await.unwrap();
    }
    db.assert_audit_clean().await;
}
