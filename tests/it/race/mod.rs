//! Interleavings that other shops lost, one file each: rows of the list of failures in public trackers, the races
//! that follow from our own locks, and calls and servers that are killed.

mod buyer_limit;
mod cart_edit;
mod checkout;
mod coupons;
mod delivery;
mod expire_and_pay;
mod first_header;
mod held_before_payment;
mod killed;
mod killed_then_called;
mod last_unit;
mod merged_carts;
mod old_carts;
mod one_key_one_order;
mod one_moment;
mod other_buyers;
mod payment;
mod price_change;
mod reading;
mod restore;
mod running_out;
mod same_key_other_buyer;
mod server_killed;
mod shared_products;
mod shared_stock_row;
mod sold_out;
mod stalled_server;
mod strikes;
mod two_tabs;
mod victim;

use std::time::{Duration, Instant};

use crate::support::*;

/// A guest types this.
pub const RECEIVER: &str = r#"{"receiver_name":"Guest","receiver_phone":"010-2222-3333","post_code":"04524","address":"1 Sejong-daero"}"#;

/// An order of somebody who has no address of the fixture.
pub fn guest_order(number: &str, user_id: &str, cart_ids: &[i64], total: &str) -> OrderCall {
    OrderCall::new(number, cart_ids)
        .user(1, user_id)
        .receiver(Some(RECEIVER))
        .client_total(total)
}

/// A session that holds row locks in an open transaction, and so decides where others wait.
pub struct Holder(Conn);

impl Holder {
    /// Locks what the statement names.
    pub async fn take(db: &TestDb, sql: &str) -> Holder {
        let mut conn = db.conn().await;
        // READ COMMITTED: only the rows that are named, no gaps between them.
        let begin = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN";
        conn.query_drop(begin).await.unwrap();
        let sets = query(&mut conn, sql).await.unwrap();
        assert!(!sets.set(0).rows.is_empty(), "nothing to hold: {sql}");
        Holder(conn)
    }

    /// The first lock of every call of this buyer in shop 1.
    pub async fn cart_header(db: &TestDb, user_id: &str) -> Holder {
        let sql = format!(
            "SELECT 1 FROM shop_cart_headers WHERE shop_id = 1 AND user_id = '{user_id}' FOR UPDATE"
        );
        Holder::take(db, &sql).await
    }

    /// What an order deletes after it has written itself.
    pub async fn cart_row(db: &TestDb, cart_id: i64) -> Holder {
        let sql = format!("SELECT 1 FROM shop_cart WHERE seq_no = {cart_id} FOR UPDATE");
        Holder::take(db, &sql).await
    }

    /// The last lock of an order.
    pub async fn stock(db: &TestDb, product_id: &str, option_hash: &str) -> Holder {
        let sql = format!(
            "SELECT 1 FROM shop_stock WHERE shop_id = 1 AND product_id = '{product_id}' AND option_hash = '{option_hash}'
                AND slot = 0 FOR UPDATE"
        );
        Holder::take(db, &sql).await
    }

    /// What a payment locks after its order.
    pub async fn reservations(db: &TestDb, order_number: &str) -> Holder {
        let seq_no = db
            .int(&format!(
                "SELECT seq_no FROM shop_orders WHERE order_number = '{order_number}'"
            ))
            .await;
        let sql = format!(
            "SELECT 1 FROM shop_stock_reservations WHERE order_seq_no = {seq_no} FOR UPDATE"
        );
        Holder::take(db, &sql).await
    }

    /// Changes something in the held transaction.
    pub async fn exec(&mut self, sql: &str) {
        self.0.query_drop(sql).await.unwrap();
    }

    /// Lets the others go on.
    pub async fn release(mut self) {
        self.0.query_drop("COMMIT").await.unwrap();
    }
}

/// Starts an order and returns when it waits for a row.
pub async fn waiting_order(db: &TestDb, order: &OrderCall) -> Running {
    let mut running = Running::order(db, order.clone()).await;
    running.wait_until_blocked().await;
    running
}

/// KILL or KILL QUERY of a call that waits for a row; its connection and its answer.
pub async fn kill(
    db: &TestDb,
    kill: &str,
    mut running: Running,
) -> (Conn, Result<Sets, CallError>) {
    running.wait_until_blocked().await;
    let sql = format!("{kill} {}", running.id);
    // A server may miss it just when the wait begins: said again, as one would by hand.
    while !running.is_finished() {
        db.exec(&sql).await;
        let start = Instant::now();
        while !running.is_finished() && start.elapsed() < Duration::from_secs(1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    running.finish_with_conn().await
}

/// The first row of a call that must have succeeded.
pub fn ok(result: &Result<Sets, CallError>) -> &Row {
    match result {
        Ok(sets) => {
            assert_eq!(sets.first().str("result"), "OK");
            sets.first()
        }
        Err(error) => panic!("{error:?}"),
    }
}

/// The code of a call that must have failed; engine errors by number.
pub fn code(result: &Result<Sets, CallError>) -> String {
    match result {
        Ok(sets) => panic!("not refused: {sets:?}"),
        Err(error) if error.code().is_empty() => error.errno.to_string(),
        Err(error) => error.code().to_owned(),
    }
}

/// Status of an order.
pub async fn status(db: &TestDb, number: &str) -> i64 {
    let sql = format!("SELECT order_status FROM shop_orders WHERE order_number = '{number}'");
    db.int(&sql).await
}
