//! Orders in every status: by the real routines where one leads there, otherwise by the statements that such a
//! routine would run, with its log row and its reservations, so that the audit agrees.

use super::*;

/// Every status there is.
pub const ALL: [i64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

/// Moves that no routine makes yet; a DBA may add them just like this.
const MOVES: &str = "INSERT INTO shop_order_transitions (from_status, action, actor, to_status)
VALUES (2, 'prepare', 'shop', 3), (3, 'ship', 'shop', 4), (4, 'deliver', 'shop', 5), (5, 'complete', 'shop', 6),
       (1, 'cancel', 'shop', 7), (2, 'refund', 'shop', 8), (1, 'wait', 'pg', 11), (1, 'approve', 'pg', 13)
ON DUPLICATE KEY UPDATE shop_order_transitions.to_status = shop_order_transitions.to_status";

/// The transaction that settled an order of [`order_in`].
pub fn settling(number: &str) -> String {
    format!("{number}-SETTLED")
}

/// Allows the moves that [`order_in`] makes by hand.
pub async fn allow_every_move(db: &TestDb) {
    db.exec(MOVES).await;
}

/// An order of one book in this status; gives its key.
pub async fn order_in(db: &TestDb, conn: &mut Conn, status: i64, number: &str) -> String {
    let order_key = order(db, conn, number).await;
    if matches!(status, 2..=6 | 8) {
        let message = WalletMessage::paid(number, &settling(number), TOTAL);
        settle(conn, "notify", &message).await.unwrap();
    }
    match status {
        1 | 2 => {}
        3..=6 => {
            let moves = ["prepare", "ship", "deliver", "complete"];
            for (from, action) in (2..status).zip(moves) {
                transition(db, number, from, action, "shop", from + 1).await;
            }
        }
        7 => {
            transition(db, number, 1, "cancel", "shop", 7).await;
            release(db, number).await;
        }
        8 => {
            transition(db, number, 2, "refund", "shop", 8).await;
            release(db, number).await;
            refund_done(db, number).await;
        }
        9 => {
            call(conn, "shop_order_restore_cart", (1, "u1", number))
                .await
                .unwrap();
            db.exec("DELETE FROM shop_cart").await; // the next order shall have a row of its own
        }
        10 => {
            db.let_expire(number).await;
            let answer = call(conn, "shop_order_expire", (100,)).await.unwrap();
            assert_eq!(answer.first().int("expired"), 1);
        }
        11 => transition(db, number, 1, "wait", "pg", 11).await,
        12 => {
            let message = WalletMessage::failed(number, &format!("{number}-REFUSED"), TOTAL);
            settle(conn, "notify", &message).await.unwrap();
        }
        13 => transition(db, number, 1, "approve", "pg", 13).await,
        other => panic!("no status {other}"),
    }
    let reached = format!("SELECT order_status FROM shop_orders WHERE order_number = '{number}'");
    assert_eq!(db.int(&reached).await, status);
    order_key
}

async fn transition(db: &TestDb, number: &str, from: i64, action: &str, actor: &str, to: i64) {
    db.exec(&format!(
        "UPDATE shop_orders SET order_status = {to} WHERE order_number = '{number}' AND order_status = {from};
         INSERT INTO shop_order_logs
             (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
         SELECT seq_no, UTC_TIMESTAMP(6), {from}, {to}, '{action}', '{actor}', 'test', '' FROM shop_orders
         WHERE order_number = '{number}';
         UPDATE shop_order_product l JOIN shop_orders o ON o.seq_no = l.order_seq_no
         SET l.live_cart_seq_no = NULL
         WHERE o.order_number = '{number}' AND o.order_status IN (7, 8, 9, 10, 12)"
    ))
    .await;
}

async fn release(db: &TestDb, number: &str) {
    db.exec(&format!(
        "UPDATE shop_stock_reservations r
         JOIN shop_orders o ON o.seq_no = r.order_seq_no
         JOIN shop_stock s ON s.shop_id = r.shop_id AND s.product_id = r.product_id
             AND s.option_hash = r.option_hash AND s.slot = r.slot
         SET s.free = s.free + r.quantity, r.state = 'released'
         WHERE o.order_number = '{number}' AND r.state IN ('held', 'sold')"
    ))
    .await;
}

async fn refund_done(db: &TestDb, number: &str) {
    db.exec(&format!(
        "INSERT INTO shop_pg_duties (shop_id, order_seq_no, payment_seq_no, pg, merchant_id, duty, duty_key, amount,
             reason, state, due_at, next_try_at, create_date)
         SELECT shop_id, order_seq_no, seq_no, pg, merchant_id, 'refund', pg_tx, amount, 'cancelled', 'owed',
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
         FROM shop_payments WHERE pg_tx = '{}'",
        settling(number)
    ))
    .await;
    let duty = db
        .text("SELECT MAX(seq_no) FROM shop_pg_duties WHERE reason = 'cancelled'")
        .await;
    let mut operator = db.conn_as_operator().await;
    let done = (duty, "done", "R-1", None::<&str>);
    call(&mut operator, "update_adm_pg_duty", done)
        .await
        .unwrap();
}
