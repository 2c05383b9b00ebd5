//! A DBA in the mysql client gets the same answers and the same errors, whatever the session is set to.

use super::*;

/// How a session may be set that somebody has opened by hand.
const ODD_SESSIONS: [&str; 4] = [
    "SET SESSION sql_mode = ''",
    "SET SESSION autocommit = 0, SESSION time_zone = '+09:00', SESSION div_precision_increment = 0",
    "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci; SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SET SESSION sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES', SESSION transaction_alloc_block_size = 4096",
];

#[tokio::test]
async fn an_order_by_hand_is_the_same_order() {
    let db = shops().await;
    for (number, settings) in ODD_SESSIONS.into_iter().enumerate() {
        let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let mut conn = db.conn().await;
        conn.query_drop(settings).await.unwrap();
        let order = |total: &str| {
            format!(
                "CALL shop_order_insert(1, 'u1', 'T{number}', '[{cart_id}]', '101', NULL, NULL, NULL, NULL, '{total}', 'cart', 'wallet', NULL)"
            )
        };
        let error = query(&mut conn, &order("1")).await.unwrap_err();
        error.expect_code("PRICE_CHANGED");
        assert_eq!(error.row().str("field"), "trdAmt", "{settings}");
        assert_eq!(error.sets.set(1).rows[0].str("total_payment"), "23000.00");

        let first = query(&mut conn, &order("23000")).await.unwrap();
        assert_eq!(first.first().int("replayed"), 0, "{settings}");
        assert_eq!(first.set(1).rows.len(), 1);
        // Committed, whatever the session thinks of autocommit.
        assert_eq!(status(&db, &format!("T{number}")).await, 1, "{settings}");
        let lasts = "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), expires_at) FROM shop_orders ORDER BY seq_no DESC LIMIT 1";
        let lasts = db.int(lasts).await;
        assert!((1700..=1800).contains(&lasts), "{settings}: {lasts} s");

        // The gateway gets the same answer for it.
        let mut gateway = db.conn_as_gateway().await;
        let order = OrderCall::new(&format!("T{number}"), &[cart_id]).client_total("23000");
        let again = order.call(&mut gateway).await.unwrap();
        assert_eq!(again.first().int("replayed"), 1);
        for column in [
            "order_key",
            "order_code",
            "total_payment",
            "expires_at",
            "next_step",
        ] {
            assert_eq!(
                again.first().str(column),
                first.first().str(column),
                "{column}"
            );
        }
        assert_eq!(
            again.set(1).rows[0].json("pay_fields_json"),
            first.set(1).rows[0].json("pay_fields_json")
        );

        let select = format!("CALL shop_order_select(1, NULL, 'T{number}')");
        let sets = query(&mut conn, &select).await.unwrap();
        assert_eq!(sets.count(), 4);
        let restore = format!("CALL shop_order_restore_cart(1, 'u1', 'T{number}')");
        let sets = query(&mut conn, &restore).await.unwrap();
        assert_eq!(sets.first().int("order_status"), 9, "{settings}");
        let sets = query(&mut conn, "CALL shop_order_expire(NULL)")
            .await
            .unwrap();
        assert_eq!(sets.first().int("expired"), 0);
        db.exec("DELETE FROM shop_cart").await;
        conn.disconnect().await.unwrap();
    }
    let by = db
        .rows("SELECT actor, actor_name FROM shop_order_logs WHERE actor_name NOT LIKE 'root@%'")
        .await;
    assert!(by.is_empty(), "{by:?}");
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_transaction_that_somebody_has_open_is_not_committed_by_a_call() {
    let db = shops().await;
    let mut conn = db.conn().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let before = db.snapshot().await;
    let calls = [
        "CALL shop_order_quote(1, 'u1', '[ID]', NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        "CALL shop_order_select(1, NULL, 'T1')",
        "CALL shop_order_expire(NULL)",
        "CALL shop_order_restore_cart(1, 'u1', 'T1')",
        "CALL shop_order_insert(1, 'u1', 'T1', '[ID]', '101', NULL, NULL, NULL, NULL, '1', 'cart', 'wallet', NULL)",
    ];
    for sql in calls {
        conn.query_drop(
            "BEGIN; UPDATE shop_stock SET free = 7; DELETE FROM shop_cart WHERE user_id <> 'u1'",
        )
        .await
        .unwrap();
        query(&mut conn, &sql.replace("ID", &cart_id.to_string()))
            .await
            .ok();
        assert_eq!(
            db.snapshot().await,
            before,
            "{sql} committed the half of something else"
        );
        nothing_is_locked(&db, sql).await;
        conn.query_drop("ROLLBACK").await.unwrap();
        assert_eq!(db.snapshot().await, before, "{sql}");
    }
}

#[tokio::test]
async fn the_accounts_may_call_and_do_nothing_else() {
    let db = shops().await;
    let mut gateway = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    let (_, _) = one_book(&db, &mut gateway, "T1").await;
    let forbidden = [
        "UPDATE shop_orders SET order_status = 2",
        "SELECT * FROM shop_orders",
        "SELECT * FROM v_cart_lines",
        "CALL _order_transition(1, 1, 'pay', 'pg', '', @x)",
        "CALL _stock_release(1)",
        "SELECT _return_url(NULL, NULL, NULL, NULL)",
    ];
    for sql in forbidden {
        for conn in [&mut gateway, &mut operator] {
            let error = query(conn, sql).await.unwrap_err();
            assert!([1142, 1370].contains(&error.errno), "{sql}: {error:?}");
        }
    }
    let error = call(&mut operator, "shop_order_restore_cart", (1, "u1", "T1"))
        .await
        .unwrap_err();
    assert_eq!(error.errno, 1370);
    assert_eq!(status(&db, "T1").await, 1);
}
