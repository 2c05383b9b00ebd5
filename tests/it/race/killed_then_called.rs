//! KILL QUERY on MySQL passes over every handler and leaves the transaction open: whatever is called next on that
//! connection must not commit the half of an order, and must let go of its locks.

use super::*;

/// What is called next, for every routine that an account may call: once as it succeeds and once as it fails, since a
/// refused call leaves by another way. The buyer whose order was killed is {user}, with the cart row {cart}; {pen} is a
/// cart row of u1.
const NEXT: [(&str, &[&str]); 56] = [
    (
        "add_shop_cart",
        &[
            "(1, 'other', 'pen', NULL, '1')",
            "(1, 'other', 'pen', NULL, '0')",
        ],
    ),
    (
        "add_shop_cart_items",
        &[
            "(1, 'other', NULL, NULL, NULL, '[{\"product_id\":\"pen\",\"quantity\":1}]', NULL, NULL)",
            "(1, 'other', NULL, NULL, NULL, NULL, 'none', NULL)",
            "(1, 'other', 'pen', NULL, '0', NULL, NULL, NULL)",
        ],
    ),
    (
        "add_shop_cart_buy_now",
        &[
            "(1, 'other', 'pen', NULL, '1')",
            "(1, 'other', 'pen', NULL, '0')",
        ],
    ),
    (
        "merge_shop_cart",
        &["(1, 'guest', '{user}')", "(1, 'u1', '{user}')"],
    ),
    (
        "update_shop_cart",
        &[
            "(1, '{user}', '{cart}', '2')",
            "(1, 'other', '999999', '1')",
            "(1, '', '1', '1')",
        ],
    ),
    (
        "delete_shop_cart",
        &["(1, 'other', '[999999]')", "(1, 'other', '[]')"],
    ),
    (
        "select_shop_cart",
        &["(1, '{user}', 'enter')", "(1, '', NULL)"],
    ),
    (
        "refresh_shop_cart",
        &["(1, '{user}', 'leave')", "(1, '{user}', '')"],
    ),
    (
        "shop_order_quote",
        &[
            "(1, '{user}', '[{cart}]', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
            "(1, 'other', '[1]', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        ],
    ),
    (
        "shop_order_explain",
        &[
            "(1, '{user}', '[{cart}]', NULL, NULL, NULL, NULL, NULL, NULL)",
            "(1, 'other', '[1]', NULL, NULL, NULL, NULL, NULL, NULL)",
        ],
    ),
    ("shop_order_prove", &["(1, 'FIRST')", "(1, 'none')"]),
    (
        "shop_order_insert",
        &[
            "(1, 'u1', 'OTHER-{n}', '[{pen}]', '101', NULL, NULL, NULL, NULL, '3500', 'cart', 'wallet', NULL)",
            "(1, 'u1', 'OTHER-{n}', '[999999]', '101', NULL, NULL, NULL, NULL, '3500', 'cart', 'wallet', NULL)",
            "(1, 'u1', '', '[{pen}]', '101', NULL, NULL, NULL, NULL, '3500', 'cart', 'wallet', NULL)",
        ],
    ),
    (
        "shop_order_update",
        &[
            "('wallet', 'M1', 'notify', '{signed}')",
            "('wallet', 'M1', 'notify', '{}')",
            "('none', 'M1', 'notify', '{}')",
        ],
    ),
    (
        "update_adm_order_payment",
        &[
            "(1, 'SECOND', 'wallet', 'M1', 'W2', '10000', NULL, 'by hand')",
            "(1, 'SECOND', 'wallet', 'M1', 'W3', '10000', NULL, 'by hand')",
            "(1, 'none', 'wallet', 'M1', 'W2', '10000', NULL, '')",
        ],
    ),
    (
        "update_adm_pg_duty",
        &[
            "('1', 'done', 'R1', NULL)",
            "('1', 'withdrawn', NULL, 'other')",
            "('0', 'done', 'R1', NULL)",
        ],
    ),
    (
        "shop_order_select",
        &["(1, NULL, 'FIRST')", "(1, NULL, 'none')"],
    ),
    (
        "select_shop_orders",
        &[
            "(1, '{user}', NULL, '1')",
            "(1, '{user}', '0000', '1')",
            "(1, '', NULL, NULL)",
        ],
    ),
    (
        "shop_order_restore_cart",
        &[
            "(1, 'u1', 'FIRST')",
            "(1, 'other', 'none')",
            "(1, '', 'none')",
        ],
    ),
    ("shop_order_expire", &["(10)", "(0)"]),
    (
        "shop_order_complete",
        &[
            "(1, 'u1', 'PAID')",
            "(1, 'other', 'none')",
            "(1, '', 'none')",
        ],
    ),
    ("shop_orders_complete", &["(10)", "(0)"]),
    ("shop_credit_expire", &["(10)", "(0)"]),
    ("shop_quote_expire", &["(10)", "(0)"]),
    (
        "select_shop_credits",
        &["(1, '{user}', NULL)", "(1, 'other', 'x')", "(1, '', NULL)"],
    ),
    (
        "adjust_adm_credits",
        &[
            r#"(1, 'point', '["{user}"]', '100', NULL, 'key', 'why')"#,
            r#"(1, 'point', '["{user}"]', '0', NULL, 'key', 'why')"#,
            "(1, 'coins', '[]', NULL, NULL, NULL, NULL)",
        ],
    ),
    ("shop_stock_mirror", &["(10)", "(0)"]),
    ("shop_cart_expire", &["(10)", "(0)"]),
    ("shop_cart_settle", &["(10)", "(0)"]),
    ("shop_order_restore_carts", &["(10)", "(0)"]),
    ("shop_cart_clock", &["(1)"]),
    ("shop_offers_repair", &["(10)", "(0)"]),
    ("shop_prices_begin", &["(10)", "(0)"]),
    (
        "update_adm_price",
        &[
            r#"(1, '[{"product_id":"hidden","sale_price":"6000"}]', NULL, NULL, 'why')"#,
            r#"(1, '[{"product_id":"nothing","sale_price":"6000"}]', NULL, NULL, 'why')"#,
            "(1, '[]', NULL, NULL, 'why')",
        ],
    ),
    (
        "select_shop_coupons",
        &[
            "(1, '{user}', '[{cart}]', NULL)",
            "(1, 'other', '[1]', NULL)",
            "(1, '', NULL, NULL)",
        ],
    ),
    (
        "add_shop_coupon",
        &[
            "(1, '{user}', 'code')",
            "(1, '{user}', 'none')",
            "(1, '', 'code')",
        ],
    ),
    (
        "issue_adm_coupon",
        &[
            r#"(1, 'coupon', '["{user}"]', NULL, NULL, 'key')"#,
            r#"(1, 'none', '["{user}"]', NULL, NULL, 'key')"#,
            "(1, 'coupon', '[]', NULL, NULL, NULL)",
        ],
    ),
    (
        "update_adm_delivery_areas",
        &[
            r#"(1, '[{"area_code":"a","area_name":"a","surcharge":"1","codes":["1"]}]')"#,
            "(1, '[1]')",
            "(1, '')",
        ],
    ),
    (
        "withdraw_adm_price",
        &["('1', 'why')", "('999', 'why')", "('0', 'why')"],
    ),
    (
        "select_adm_prices",
        &["(1, 'hidden', NULL, NULL)", "(1, 'nothing', NULL, NULL)"],
    ),
    (
        "shop_stock_add",
        &[
            "(1, 'hidden', NULL, '3', 'came in', 'R1')",
            "(1, 'none', NULL, '-1', 'broken', 'R2')",
            "(1, 'nothing', NULL, '1', 'came in', 'R3')",
        ],
    ),
    (
        "shop_stock_set",
        &[
            "(1, 'hidden', NULL, 'shelf', '10', NULL)",
            "(1, 'none', NULL, 'shelf', '-1', NULL)",
            "(1, 'nothing', NULL, 'shelf', '1', NULL)",
        ],
    ),
    (
        "update_adm_stock_strategy",
        &[
            "(1, 'hidden', 'slots', '4')",
            "(1, 'none', 'slots', '1')",
            "(1, 'nothing', 'single', NULL)",
        ],
    ),
    (
        "update_adm_ticket_key",
        &[
            "(1, '7', REPEAT('ab', 32), NULL)",
            "(1, '0', NULL, NULL)",
            "(9, '7', REPEAT('ab', 32), NULL)",
        ],
    ),
    ("select_adm_pg_duties", &["(NULL, NULL)", "(NULL, 'no')"]),
    (
        "select_adm_order_modes",
        &[
            "(1, '2026-01-01 00:00:00', '2126-01-01 00:00:00')",
            "(1, '2026-01-01 00:00:00', NULL)",
        ],
    ),
    (
        "select_adm_abandoned_carts",
        &["(1, '1', NULL, '10')", "(9, NULL, NULL, NULL)"],
    ),
    (
        "update_adm_cart_contacted",
        &[
            "(1, '[\"{user}\"]', NULL)",
            "(9, '[\"{user}\"]', NULL)",
            "(1, '[]', NULL)",
        ],
    ),
    ("shop_audit", &["()"]),
    ("shop_audit_new", &["()"]),
    ("select_adm_metrics", &["()"]),
    ("select_gateway_health", &["()"]),
    ("select_gateway_keys", &["()"]),
    ("select_error_codes", &["()"]),
    ("jumun_help", &["(NULL)", "('none')"]),
    ("lease_job", &["('test')", "('')"]),
    ("finish_job", &["('none', 'test', '')"]),
];

/// Kills a new order of this buyer while it waits for its last lock; the connection it ran on.
async fn kill_an_order(db: &TestDb, order: &OrderCall) -> Conn {
    let stock = Holder::stock(db, "lamp", NO_OPTION).await;
    // By hand: somebody presses Ctrl-C in the mysql client and goes on.
    let running = Running::call_on(db, db.conn().await, "shop_order_insert", order.params()).await;
    let (conn, killed) = kill(db, "KILL QUERY", running).await;
    assert_eq!(code(&killed), "1317");
    stock.release().await;
    conn
}

#[tokio::test]
async fn no_next_call_commits_the_half_of_a_killed_order_or_keeps_its_locks() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1'), (1, 'other')")
        .await;
    db.exec("CALL shop_stock_set(1, 'lamp', NULL, 'free', '1000', 'two for every call')")
        .await;
    let mut other = db.conn_as_gateway().await;
    other
        .query_drop("SET SESSION innodb_lock_wait_timeout = 3")
        .await
        .unwrap();
    for number in ["FIRST", "SECOND", "PAID"] {
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[cart_id]).client_total("10000");
        ok(&order.call(&mut other).await);
    }
    let paid = WalletMessage::paid("PAID", "W0", "10000");
    ok(&settle(&mut other, "notify", &paid).await);
    let unknown = WalletMessage::paid("NOSUCH", "W1", "1");
    ok(&settle(&mut other, "notify", &unknown).await);
    let signed = WalletMessage::failed("none", "W9", "1").json();
    let planned = r#"CALL update_adm_price(1, '[{"product_id":"none","sale_price":"6000"}]', '2999-01-01 00:00:00', NULL, 'sale')"#;
    db.exec(planned).await;
    db.exec(
        "INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount)
         VALUES (1, 'coupon', 'One thousand', 'order', 'amount', 1000);
         INSERT INTO shop_coupon_codes (shop_id, code, coupon_code) VALUES (1, 'CODE', 'coupon')",
    )
    .await;

    let granted = db
        .rows(
            "SELECT DISTINCT Routine_name AS name FROM mysql.procs_priv
             WHERE Db = DATABASE() AND User IN ('jumun_gateway', 'jumun_operator')",
        )
        .await;
    for routine in &granted {
        let name = routine.str("name");
        assert!(
            NEXT.iter().any(|(known, _)| *known == name),
            "{name} is not tried: add it"
        );
    }
    assert_eq!(granted.len(), NEXT.len());

    let mut number = 0;
    for (routine, calls) in NEXT {
        for parameters in calls {
            number += 1;
            let user = format!("b{number}");
            let cart_id = db.add_cart(1, &user, "lamp", NO_OPTION, 2).await;
            let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
            let order = guest_order(&format!("T{number}"), &user, &[cart_id], "43000");
            let free = db.free_stock("lamp", NO_OPTION).await;
            let mut conn = kill_an_order(&db, &order).await;

            let sql = format!("CALL {routine}{parameters}")
                .replace("{user}", &user)
                .replace("{cart}", &cart_id.to_string())
                .replace("{pen}", &pen.to_string())
                .replace("{signed}", &signed)
                .replace("{n}", &number.to_string());
            let next = query(&mut conn, &sql).await;
            let succeeds = *parameters == calls[0];
            assert_eq!(next.is_ok(), succeeds, "{sql}: {next:?}");

            let half = format!("SELECT COUNT(*) FROM shop_orders WHERE order_number = 'T{number}'");
            assert_eq!(db.int(&half).await, 0, "{sql} committed the killed order");
            let cart =
                format!("SELECT COUNT(*) FROM shop_cart WHERE seq_no = {cart_id} AND quantity = 2");
            assert_eq!(db.int(&cart).await, 1, "{sql} lost the cart row");
            assert_eq!(db.free_stock("lamp", NO_OPTION).await, free, "{sql}");
            // The connection stays open and idle; somebody else orders the same thing with the same key.
            let again = order.call(&mut other).await;
            assert_eq!(ok(&again).int("replayed"), 0, "after {sql}");
            drop(conn);
            db.exec("DELETE FROM shop_cart WHERE user_id = 'u1'").await;
        }
    }
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_same_request_again_on_the_same_connection_is_the_order() {
    let db = TestDb::with_fixture().await;
    for round in 0..3 {
        let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let order = OrderCall::new(&format!("T{round}"), &[cart_id]).client_total("43000");
        let mut conn = kill_an_order(&db, &order).await;
        assert_eq!(ok(&order.call(&mut conn).await).int("replayed"), 0);
        assert_eq!(ok(&order.call(&mut conn).await).int("replayed"), 1);
        assert_eq!(db.count("shop_orders").await, round + 1);
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98 - 2 * round);
    }
    db.assert_audit_clean().await;
}
