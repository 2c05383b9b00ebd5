//! `shop_order_expire`: orders that nobody paid give their stock back, one by one.

use super::*;

async fn expire(conn: &mut Conn, batch_size: Option<u32>) -> (i64, i64) {
    let sets = call(conn, "shop_order_expire", (batch_size,))
        .await
        .unwrap();
    assert_eq!(sets.first().str("result"), "OK");
    (sets.first().int("expired"), sets.first().int("failed"))
}

/// Orders T1, T2, … of u1 with one book each, lapsed in this order.
async fn lapsed(db: &TestDb, conn: &mut Conn, count: usize) {
    for number in 1..=count {
        one_book(db, conn, &format!("T{number}")).await;
        db.exec(&format!(
            "UPDATE shop_orders o JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no
             SET o.expires_at = UTC_TIMESTAMP(6) - INTERVAL {late} MINUTE,
                 r.expires_at = UTC_TIMESTAMP(6) - INTERVAL {late} MINUTE
             WHERE o.order_number = 'T{number}'",
            late = 100 - number
        ))
        .await;
    }
}

async fn statuses(db: &TestDb) -> Vec<String> {
    db.rows("SELECT order_status AS s FROM shop_orders ORDER BY seq_no")
        .await
        .iter()
        .map(|row| row.str("s"))
        .collect()
}

#[tokio::test]
async fn only_lapsed_orders_end_and_their_stock_comes_back_once() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let a = db.add_cart(1, "u1", "shirt", "wrap-a", 3).await;
    let b = db.add_cart(1, "u1", "shirt", "wrap-b", 4).await;
    placed(
        &mut conn,
        &OrderCall::new("T1", &[a, b]).client_total("111500"),
    )
    .await;
    one_book(&db, &mut conn, "T2").await;
    assert_eq!(expire(&mut conn, Some(100)).await, (0, 0), "none is late");
    db.let_expire("T1").await;
    let mut operator = db.conn_as_operator().await;
    assert_eq!(expire(&mut operator, Some(100)).await, (1, 0));
    assert_eq!(statuses(&db).await, ["10", "1"]);
    assert_eq!(db.free_stock("shirt", "wrap").await, 10);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    let log = db
        .row("SELECT * FROM shop_order_logs ORDER BY seq_no DESC LIMIT 1")
        .await;
    assert_eq!(log.str("action"), "expire");
    assert_eq!(log.str("actor"), "job");
    assert!(
        log.str("actor_name").starts_with("jumun_operator@"),
        "{log:?}"
    );
    assert_eq!(log.int("from_status"), 1);
    assert_eq!(log.int("to_status"), 10);
    assert_eq!(
        expire(&mut conn, Some(100)).await,
        (0, 0),
        "twice does no harm"
    );
    assert_eq!(db.free_stock("shirt", "wrap").await, 10);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_ends_only_while_it_waits_for_money() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 13).await;
    for code in 1..=13 {
        force_status(&db, &format!("T{code}"), code).await;
    }
    assert_eq!(expire(&mut conn, None).await, (2, 0));
    let after = statuses(&db).await;
    assert_eq!(
        after,
        [
            "10", "2", "3", "4", "5", "6", "7", "8", "9", "10", "10", "12", "13"
        ]
    );
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100 - 13 + 2);
}

#[tokio::test]
async fn the_oldest_end_first_and_no_more_than_asked_for() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 5).await;
    assert_eq!(expire(&mut conn, Some(2)).await, (2, 0));
    assert_eq!(statuses(&db).await, ["10", "10", "1", "1", "1"]);
    assert_eq!(expire(&mut conn, Some(1)).await, (1, 0));
    assert_eq!(statuses(&db).await, ["10", "10", "10", "1", "1"]);
    assert_eq!(expire(&mut conn, Some(10_000)).await, (2, 0));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn of_orders_that_wait_for_different_things_the_oldest_end_first() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 4).await;
    // Two wait for a deposit.
    for number in ["T1", "T3"] {
        force_status(&db, number, 11).await;
    }
    assert_eq!(expire(&mut conn, Some(1)).await, (1, 0));
    assert_eq!(statuses(&db).await, ["10", "1", "11", "1"]);
    assert_eq!(expire(&mut conn, Some(1)).await, (1, 0));
    assert_eq!(statuses(&db).await, ["10", "10", "11", "1"]);
    assert_eq!(expire(&mut conn, Some(2)).await, (2, 0));
    assert_eq!(statuses(&db).await, ["10"; 4]);
}

#[tokio::test]
async fn an_order_that_cannot_end_does_not_keep_the_others() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 4).await;
    db.exec(
        "CREATE TRIGGER poison BEFORE UPDATE ON shop_orders FOR EACH ROW
         IF OLD.order_number IN ('T1', 'T3') THEN
             SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1296, MESSAGE_TEXT = 'this page is corrupt';
         END IF",
    )
    .await;
    assert_eq!(expire(&mut conn, Some(100)).await, (2, 2));
    assert_eq!(statuses(&db).await, ["1", "10", "1", "10"]);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 98);
    let log = db
        .rows("SELECT * FROM shop_error_log ORDER BY seq_no")
        .await;
    assert_eq!(log.len(), 2);
    for (entry, number) in log.iter().zip(["T1", "T3"]) {
        assert_eq!(entry.str("routine"), "shop_order_expire");
        assert_eq!(entry.str("message"), "this page is corrupt");
        let seq_no = db
            .text(&format!(
                "SELECT seq_no FROM shop_orders WHERE order_number = '{number}'"
            ))
            .await;
        // A number or a text, as the engine likes.
        let logged = entry.json("parameters_json")["order_seq_no"].to_string();
        assert_eq!(logged.trim_matches('"'), seq_no);
    }
    db.assert_audit_clean().await;
    db.exec("DROP TRIGGER poison").await;
    assert_eq!(expire(&mut conn, Some(100)).await, (2, 0));
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_stock_row_that_is_busy_too_long_delays_only_its_own_order() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let last = db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    let order = OrderCall::new("T0", &[last])
        .user(1, "u2")
        .client_total("7000");
    placed(&mut conn, &order).await;
    db.let_expire("T0").await;
    db.exec(
        "UPDATE shop_orders o JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no
         SET o.expires_at = o.expires_at - INTERVAL 2 HOUR, r.expires_at = r.expires_at - INTERVAL 2 HOUR",
    )
    .await;
    lapsed(&db, &mut conn, 2).await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; SELECT free FROM shop_stock WHERE shop_id = 1 AND product_id = 'last' AND option_hash = '__noopt__' AND slot = 0 FOR UPDATE")
        .await
        .unwrap();
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    assert_eq!(expire(&mut conn, Some(100)).await, (2, 1));
    assert_eq!(statuses(&db).await, ["1", "10", "10"]);
    db.assert_audit_clean().await;
    holder.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(expire(&mut conn, Some(100)).await, (1, 0));
    assert_eq!(db.free_stock("last", NO_OPTION).await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn two_runs_side_by_side_end_every_order_once() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 20).await;
    let runs = storm(&db, 4, |_, mut conn| async move {
        expire(&mut conn, Some(100)).await
    })
    .await;
    // Each run passes over what another one has just locked.
    let expired: i64 = runs.iter().map(|run| run.0).sum();
    assert!(runs.iter().all(|run| run.1 == 0), "{runs:?}");
    assert_eq!(expired, 20, "{runs:?}");
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_order_logs WHERE action = 'expire'")
            .await,
        20
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_batch_size_has_limits() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 1).await;
    for wrong in [0_u32, 10_001, u32::MAX] {
        refused(
            &db,
            &mut conn,
            "shop_order_expire",
            (wrong,),
            "INVALID_INPUT",
            "batch_size",
        )
        .await;
    }
}

#[tokio::test]
async fn an_order_that_is_locked_just_now_is_left_for_the_next_run() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    lapsed(&db, &mut conn, 3).await;
    let mut holder = db.conn().await;
    holder
        .query_drop(
            "BEGIN; SELECT 1 FROM shop_orders WHERE shop_id = 1 AND order_number = 'T1' FOR UPDATE",
        )
        .await
        .unwrap();
    // Not waited for: it does not even block.
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    assert_eq!(expire(&mut conn, Some(100)).await, (2, 0));
    assert_eq!(statuses(&db).await, ["1", "10", "10"]);
    holder.query_drop("COMMIT").await.unwrap();
    assert_eq!(expire(&mut conn, Some(100)).await, (1, 0));
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
