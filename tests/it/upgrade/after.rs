//! What works in a database that was brought up.

use super::*;

/// Rows of the tables that say what was ordered, paid and owed, in the columns that they had before.
async fn rows_of_before(db: &TestDb, columns: &[(String, String)]) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, columns) in columns {
        for row in db.rows(&format!("SELECT {columns} FROM {table}")).await {
            lines.push(format!("{table} {row:?}"));
        }
    }
    lines.sort();
    lines
}

/// Tables and their columns; those that a load adds rows to are left out.
async fn columns_of(db: &TestDb) -> Vec<(String, String)> {
    let columns = db
        .rows(
            "SELECT TABLE_NAME AS t, GROUP_CONCAT(CONCAT('`', COLUMN_NAME, '`') ORDER BY ORDINAL_POSITION) AS c
             FROM information_schema.COLUMNS
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.TABLES
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE')
               AND TABLE_NAME NOT IN ('shop_schema_version', 'shop_error_codes', 'shop_order_transitions', 'shop_jobs',
                   'shop_pg_adapters', 'shop_health', 'shop_help')
             GROUP BY TABLE_NAME ORDER BY TABLE_NAME",
        )
        .await;
    columns
        .iter()
        .map(|row| (row.str("t"), row.str("c")))
        .collect()
}

/// Brings it up: nothing is lost, and everything is as the files say.
async fn brought_up(fixture: &Fixture) -> TestDb {
    let db = old_database(fixture).await;
    let columns = columns_of(&db).await;
    let before = rows_of_before(&db, &columns).await;
    let own = "SELECT COUNT(*) FROM shop_error_codes WHERE code = 'SHOP_IS_MOVING'";
    let own_code = db.int(own).await;
    let moves = db.rows("SELECT * FROM shop_order_transitions").await.len();
    let (done, words) = load(&db).await;
    assert!(done, "{}: {words}", fixture.name());
    prices::assert_everything_costs_what_it_did(&db, fixture, &words).await;
    if fixture.version < 11 {
        write_patterns(&db).await;
    }
    let after = rows_of_before(&db, &columns).await;
    assert_eq!(after, before, "{}", fixture.name());
    assert_eq!(db.int(own).await, own_code, "a row of the shop's own");
    assert!(db.rows("SELECT * FROM shop_order_transitions").await.len() >= moves);
    let (same, words) = run(command(&db, "check", &[])).await;
    assert!(same && words.contains("is as the files say"), "{words}");
    db.assert_audit_clean().await;
    let help = db.rows("CALL jumun_help('shop_order_insert')").await;
    assert_eq!(help[0].str("result"), "OK", "{}", fixture.name());
    assert!(db.count("shop_help").await > 100);
    // A second load finds nothing to do, and changes nothing.
    let (done, words) = load(&db).await;
    assert!(done && !words.contains("applied  sql/schema"), "{words}");
    db.assert_audit_clean().await;
    db
}

/// To bring a database up takes much longer than what is then done in it: one for all that do not get in each other's way.
#[tokio::test]
async fn nothing_of_a_filled_database_is_lost_and_its_orders_go_on() {
    for fixture in fixtures("filled") {
        let db = brought_up(&fixture).await;
        an_old_request_sent_again_gives_the_old_order(&db).await;
        an_old_order_is_paid_and_a_new_one_too(&db).await;
        an_old_order_that_ended_is_treated_as_a_new_one(&db).await;
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn nothing_of_an_adopted_database_is_lost_and_the_shop_goes_on() {
    for fixture in fixtures("adopted") {
        let db = brought_up(&fixture).await;
        an_adopted_shop_goes_on(&db).await;
        db.assert_audit_clean().await;
    }
}

/// State of an order: its status, payments and duties.
async fn state(db: &TestDb, number: &str) -> String {
    db.text(&format!(
        "SELECT CONCAT_WS(' | ', o.order_status,
             (SELECT GROUP_CONCAT(p.status ORDER BY p.seq_no) FROM shop_payments p WHERE p.order_seq_no = o.seq_no),
             (SELECT GROUP_CONCAT(d.duty, ' ', d.state ORDER BY d.seq_no) FROM shop_pg_duties d
              WHERE d.order_seq_no = o.seq_no))
         FROM shop_orders o WHERE o.order_number = '{number}'"
    ))
    .await
}

async fn new_order(db: &TestDb, conn: &mut Conn, number: &str) {
    let cart_id = db.add_cart(1, "u9", "book", NO_OPTION, 1).await;
    let order = OrderCall::new(number, &[cart_id])
        .user(1, "u9")
        .client_total("10000");
    order.call(conn).await.unwrap();
}

async fn notify(conn: &mut Conn, number: &str, transaction: &str) -> String {
    let message = history::approved(number, transaction, "10000");
    let answer = settle(conn, "notify", &message).await.unwrap();
    answer.first().str("verdict")
}

async fn an_old_order_is_paid_and_a_new_one_too(db: &TestDb) {
    let mut conn = db.conn_as_gateway().await;
    assert_eq!(notify(&mut conn, "PENDING-1", "N1").await, "paid");
    assert_eq!(notify(&mut conn, "PENDING-1", "N1").await, "repeated");
    assert_eq!(state(db, "PENDING-1").await, "2 | paid");
    assert_eq!(notify(&mut conn, "PAID", "P1").await, "repeated");
    // Many lines, over HTTP, by the buyer's return.
    let gateway = Gateway::start(db).await;
    let total = db
        .text("SELECT CAST(total_payment AS CHAR) FROM shop_orders WHERE order_number = 'PENDING-MANY'")
        .await;
    let total = total.trim_end_matches(".00");
    let answer = gateway
        .request(Method::POST, "/pg/wallet/M1/return")
        .form(&history::approved("PENDING-MANY", "N2", total).form())
        .send()
        .await
        .unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(
        location.starts_with("http://shop.test/result"),
        "{location}"
    );
    assert_eq!(state(db, "PENDING-MANY").await, "2 | paid");
    let answer = settle(
        &mut conn,
        "notify",
        &history::approved("SLOTS-PENDING", "N3", "803000"),
    )
    .await;
    assert_eq!(answer.unwrap().first().str("verdict"), "paid");
    new_order(db, &mut conn, "NEW").await;
    assert_eq!(notify(&mut conn, "NEW", "N4").await, "paid");
}

/// Not what the rules say, but that they are the same: an old order and a new one with the same past end alike.
async fn an_old_order_that_ended_is_treated_as_a_new_one(db: &TestDb) {
    let mut conn = db.conn_as_gateway().await;
    let mut admin = db.conn().await;
    for number in [
        "NEW-FAILED",
        "NEW-FAILED-RESTORED",
        "NEW-EXPIRED",
        "NEW-EXPIRED-RESTORED",
        "NEW-CANCELLED",
        "NEW-LAPSED",
    ] {
        new_order(db, &mut conn, number).await;
    }
    for (number, transaction) in [("NEW-FAILED", "NF1"), ("NEW-FAILED-RESTORED", "NF2")] {
        let refused = WalletMessage::failed(number, transaction, "10000");
        settle(&mut conn, "notify", &refused).await.unwrap();
    }
    for number in ["NEW-EXPIRED", "NEW-EXPIRED-RESTORED"] {
        db.let_expire(number).await;
    }
    // The old one that has lapsed stays as it is.
    db.exec("UPDATE shop_orders SET expires_at = expires_at + INTERVAL 9999 DAY WHERE order_number = 'LAPSED'").await;
    call(&mut admin, "shop_order_expire", (100,)).await.unwrap();
    for number in [
        "NEW-FAILED-RESTORED",
        "NEW-EXPIRED-RESTORED",
        "NEW-CANCELLED",
    ] {
        restore(db, &mut conn, number, "u9").await;
    }
    db.exec("UPDATE shop_orders SET expires_at = expires_at - INTERVAL 9999 DAY WHERE order_number = 'LAPSED'").await;
    db.let_expire("NEW-LAPSED").await;
    for (index, number) in [
        "FAILED",
        "FAILED-RESTORED",
        "EXPIRED",
        "EXPIRED-RESTORED",
        "CANCELLED",
        "LAPSED",
    ]
    .iter()
    .enumerate()
    {
        let new = format!("NEW-{number}");
        assert_eq!(
            state(db, number).await,
            state(db, &new).await,
            "{number} before"
        );
        let old_verdict = notify(&mut conn, number, &format!("OLD-{index}")).await;
        let new_verdict = notify(&mut conn, &new, &format!("NEW-{index}")).await;
        assert_eq!(old_verdict, new_verdict, "{number}");
        assert_eq!(
            state(db, number).await,
            state(db, &new).await,
            "{number} after"
        );
    }
}

async fn restore(db: &TestDb, conn: &mut Conn, number: &str, user: &str) {
    let key =
        format!("SELECT _uuid_text(order_key) FROM shop_orders WHERE order_number = '{number}'");
    let key = db.text(&key).await;
    call(conn, "shop_order_restore_cart", (1, user, key))
        .await
        .unwrap();
}

/// The hash of what was asked for is kept with the order: the same request is the same order after any number of versions.
async fn an_old_request_sent_again_gives_the_old_order(db: &TestDb) {
    let mut conn = db.conn_as_gateway().await;
    for (number, user) in [
        ("PENDING-1", "u2"),
        ("PAID", "u7"),
        ("FAILED", "u2"),
        ("EXPIRED-RESTORED", "u3"),
    ] {
        let lines = db
            .rows(&format!(
                "SELECT l.cart_seq_no AS c FROM shop_order_product l JOIN shop_orders o ON o.seq_no = l.order_seq_no
                 WHERE o.order_number = '{number}'"
            ))
            .await;
        let ids: Vec<i64> = lines.iter().map(|line| line.int("c")).collect();
        let order = OrderCall::new(number, &ids)
            .user(1, user)
            .client_total("10000");
        let answer = order.call(&mut conn).await.unwrap();
        assert_eq!(answer.first().int("replayed"), 1, "{number}");
        assert_eq!(answer.first().str("order_number"), number);
        let other = order
            .client_total("10001")
            .call(&mut conn)
            .await
            .unwrap_err();
        other.expect_code("IDEMPOTENCY_MISMATCH");
    }
    let guest = db
        .text("SELECT l.cart_seq_no FROM shop_order_product l JOIN shop_orders o ON o.seq_no = l.order_seq_no
               WHERE o.order_number = 'PENDING-GUEST'")
        .await;
    let order = OrderCall::new("PENDING-GUEST", &[guest.parse().unwrap()])
        .user(1, "guest-7")
        .address(None)
        .receiver(Some(history::RECEIVER))
        .mode(Some("direct"))
        .client_total("30000");
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().int("replayed"), 1, "a typed address");
}

#[tokio::test]
async fn old_carts_orders_stock_and_duties_are_served() {
    for fixture in fixtures("filled") {
        let db = upgraded(&fixture).await;
        let mut conn = db.conn_as_gateway().await;
        let mut admin = db.conn().await;
        // Carts that were there are ordered; a cart row's number is never given twice.
        let used = db
            .int("SELECT MAX(cart_seq_no) FROM shop_order_product")
            .await;
        let id = db
            .int("SELECT seq_no FROM shop_cart WHERE user_id = 'u6'")
            .await;
        let order = OrderCall::new("OLD-CART", &[id])
            .user(1, "u6")
            .client_total("20000");
        order.call(&mut conn).await.unwrap();
        assert!(db.add_cart(1, "u6", "pen", NO_OPTION, 1).await > used);
        // An order is ended by the job, its units go back, its lines into the cart.
        let free = db.free_stock("book", NO_OPTION).await;
        call(&mut admin, "shop_order_expire", (100,)).await.unwrap();
        assert_eq!(state(&db, "LAPSED").await, "10");
        assert_eq!(state(&db, "TAKEN-BACK").await, "10");
        assert_eq!(db.free_stock("book", NO_OPTION).await, free + 1);
        restore(&db, &mut conn, "LAPSED", "u4").await;
        restore(&db, &mut conn, "PENDING-2", "u2").await;
        assert_eq!(state(&db, "PENDING-2").await, "9");
        // Everything that was owed is still owed.
        let owed = "SELECT COUNT(*) FROM shop_pg_duties WHERE state = 'owed'";
        let answer = call(&mut admin, "select_adm_pg_duties", (None::<&str>, "owed"))
            .await
            .unwrap();
        let owed = usize::try_from(db.int(owed).await).unwrap();
        assert!(owed >= 5, "{owed}");
        assert_eq!(answer.set(1).rows.len(), owed);
        // An order by its name for people, with its whole past.
        for number in ["PAID-SHIPPED", "SURPLUS", "PENDING-GUEST"] {
            let answer = call(&mut admin, "shop_order_select", (1, None::<&str>, number))
                .await
                .unwrap();
            assert_eq!(answer.first().str("order_number"), number);
        }
        // Spread and gathered again, with units held and sold.
        db.slots("lamp", 8).await;
        db.slots("lamp", 1).await;
        db.assert_audit_clean().await;
    }
}

async fn an_adopted_shop_goes_on(db: &TestDb) {
    db.wallet_and_key().await;
    let gateway = Gateway::start(db).await;
    let item = serde_json::json!({"product_id": "CUP-1", "quantity": 1});
    let answer = gateway
        .shop(Method::POST, "/v1/cart/items", "kim")
        .json(&item)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let old = "SELECT order_number FROM shop_orders WHERE order_status = 6 ORDER BY seq_no LIMIT 1";
    let number = db.text(old).await;
    let mut admin = db.conn().await;
    let answer = call(&mut admin, "shop_order_select", (1, None::<&str>, number))
        .await
        .unwrap();
    assert_eq!(answer.first().int("order_status"), 6);
}

/// Of the wallet that everybody knows the patterns are known, too: it goes on without a word from anybody, by exactly what
/// the trigger would have written.
#[tokio::test]
async fn the_known_wallet_goes_on_and_any_other_adapter_waits_for_its_patterns() {
    for fixture in fixtures("filled").iter().filter(|f| f.version < 11) {
        let db = old_database(fixture).await;
        db.exec(
            "UPDATE shop_pg_adapters SET pattern_pg_tx = 'W[0-9a-f]{32}', pattern_approved_at = '[0-9]{14}'
             WHERE field_approval_no = 'trdNo'",
        )
        .await;
        let (done, words) = load(&db).await;
        assert!(done, "{}: {words}", fixture.name());
        let adapters = "SELECT GROUP_CONCAT(merchant_id, ' ', is_enabled, ' ', read_pattern <> '' ORDER BY merchant_id)
                        FROM shop_pg_adapters";
        assert_eq!(
            db.text(adapters).await,
            "M1 0 0,M2 1 1",
            "{}",
            fixture.name()
        );
        let found = "SELECT GROUP_CONCAT(subject, ': ', detail) FROM v_audit_violations";
        let right = "wallet M1: rsltCd has no pattern, or one that says too little";
        assert_eq!(db.text(found).await, right);
        let read = "SELECT CONCAT_WS('\n', read_template, read_pattern) FROM shop_pg_adapters WHERE merchant_id = 'M2'";
        let by_file = db.text(read).await;
        db.exec("UPDATE shop_pg_adapters SET read_pattern = 'x' WHERE merchant_id = 'M2'")
            .await;
        assert_eq!(db.text(read).await, by_file);
        // The other one may be changed in other ways, believes nobody and takes no orders.
        db.exec("UPDATE shop_pg_adapters SET secret_key = 'another' WHERE merchant_id = 'M1'")
            .await;
        let mut admin = db.conn().await;
        let enable = "UPDATE shop_pg_adapters SET is_enabled = 1 WHERE merchant_id = 'M1'";
        let error = query(&mut admin, enable).await.unwrap_err();
        assert_eq!(error.code(), "ADAPTER_NOT_PROVEN");
        let mut conn = db.conn_as_gateway().await;
        let message = history::approved("PENDING-1", "N1", "10000").key("another");
        let error = settle(&mut conn, "notify", &message).await.unwrap_err();
        error.expect_code("SIGNATURE_INVALID");
        let cart_id = db.add_cart(1, "u9", "book", NO_OPTION, 1).await;
        let order = OrderCall::new("NEW", &[cart_id])
            .user(1, "u9")
            .client_total("10000");
        let error = order.call(&mut conn).await.unwrap_err();
        error.expect_code("PG_NOT_AVAILABLE");
    }
}

/// What a page inserted again was counted again, up to 0027: the counts are what is there.
#[tokio::test]
async fn what_was_counted_too_often_is_counted_anew() {
    let db = old_database(&fixture("filled", 26)).await;
    db.exec(
        "UPDATE shop_products SET option_groups = 6, required_choices = 3, required_texts = 1 WHERE product_id = 'band';
         UPDATE shop_products SET option_groups = 1 WHERE product_id = 'lamp';
         UPDATE shop_products SET set_parts = set_parts + 2 WHERE product_id = 'trio';
         UPDATE shop_products SET in_sets = in_sets + 2 WHERE product_id = 'pen';
         UPDATE shops SET set_parts = set_parts + 2 WHERE shop_id = 1",
    )
    .await;
    let (done, words) = load(&db).await;
    assert!(done, "{words}");
    db.assert_audit_clean().await;
    let counted = "SELECT CONCAT_WS(' ', (SELECT set_parts FROM shops WHERE shop_id = 1),
                       GROUP_CONCAT(product_id, ' ', option_groups, required_choices, required_texts, ' ', set_parts,
                                    in_sets ORDER BY product_id SEPARATOR ', '))
                   FROM shop_products WHERE shop_id = 1 AND (option_groups > 0 OR set_parts > 0 OR in_sets > 0)";
    assert_eq!(
        db.text(counted).await,
        "3 band 210 00, book 000 01, ink 000 01, pen 000 01, trio 000 30"
    );
    let offer = "SELECT CONCAT(option_groups, required_texts) FROM shop_offers WHERE product_id = 'band' LIMIT 1";
    assert_eq!(db.text(offer).await, "20");
}

/// Delivery costs what it did, everywhere, until the shop says where it costs more; that is for orders from then on.
#[tokio::test]
async fn delivery_costs_what_it_did_until_areas_are_said() {
    let db = old_database(fixtures("filled").last().unwrap()).await;
    let fees = "SELECT GROUP_CONCAT(policy_id, ' ', rule_id, ' ', fee, ' ', COALESCE(free_over, '-') ORDER BY policy_id)
                FROM shop_delivery_now WHERE shop_id = 1";
    let before = db.text(fees).await;
    let (done, words) = load(&db).await;
    assert!(done, "{words}");
    assert_eq!(db.text(fees).await, before, "the same rules");
    let mut conn = db.conn_as_gateway().await;
    let mut orders = Vec::new();
    for (number, total) in [("BEFORE", "23000"), ("AFTER", "26000")] {
        let lamp = db.add_cart(1, "islander", "lamp", NO_OPTION, 1).await;
        let receiver = history::RECEIVER.replace("04524", "63001");
        let order = OrderCall::new(number, &[lamp])
            .user(1, "islander")
            .receiver(Some(&receiver))
            .client_total(total);
        let made = order.call(&mut conn).await.unwrap();
        orders.push(made.first().str("total_payment"));
        db.exec(
            "CALL update_adm_delivery_areas(1, '[{\"area_code\":\"jeju\",\"area_name\":\"제주\",
                 \"surcharge\":\"3000\",\"codes\":[\"63000~63644\"]}]')",
        )
        .await;
    }
    assert_eq!(orders, ["23000.00", "26000.00"]);
    db.assert_audit_clean().await;
}
