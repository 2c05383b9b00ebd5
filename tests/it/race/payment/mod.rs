//! Payment messages that meet each other, or the end of their order, in real sessions of a real server.

mod claims;
mod ends;
mod one_approval_one_payment;
mod return_and_notification;
mod revival;

use crate::payment::{State, TOTAL, messages, order, said};
use crate::support::*;

/// Statements of a session that holds something until it is told to let go.
pub struct Holder(Conn);

impl Holder {
    /// Begins a transaction and takes what these statements take.
    pub async fn of(db: &TestDb, sql: &str) -> Holder {
        let mut conn = db.conn().await;
        let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        conn.query_drop(format!("{isolation}; BEGIN"))
            .await
            .unwrap();
        conn.query_drop(sql).await.unwrap();
        Holder(conn)
    }

    /// The row of one order.
    pub async fn of_order(db: &TestDb, number: &str) -> Holder {
        let sql = format!("SELECT * FROM shop_orders WHERE order_number = '{number}' FOR UPDATE");
        Holder::of(db, &sql).await
    }

    /// The stock row of a product: whoever gives units back waits here, with the order in hand.
    pub async fn of_stock(db: &TestDb) -> Holder {
        Holder::of(
            db,
            "SELECT * FROM shop_stock WHERE product_id = 'book' FOR UPDATE",
        )
        .await
    }

    /// The reservations of one order: whoever sells its units waits here, with the order in hand.
    pub async fn of_reservations(db: &TestDb, number: &str) -> Holder {
        let seq_no = db
            .int(&format!(
                "SELECT seq_no FROM shop_orders WHERE order_number = '{number}'"
            ))
            .await;
        let sql = format!(
            "SELECT * FROM shop_stock_reservations WHERE order_seq_no = {seq_no} FOR UPDATE"
        );
        Holder::of(db, &sql).await
    }

    /// Lets everything go, as if it had never been there.
    pub async fn let_go(mut self) {
        self.0.query_drop("ROLLBACK").await.unwrap();
    }
}

/// A message that is under way.
pub async fn sent(db: &TestDb, channel: &str, message: &WalletMessage) -> Running {
    let parameters = ("wallet", "M1", channel, message.json());
    Running::call(db, "shop_order_update", parameters).await
}

/// The verdict of a message that was under way; it must have been answered.
pub async fn verdict_of(running: Running) -> String {
    running.finish().await.unwrap().first().str("verdict")
}

/// What a gateway does with an error that the catalogue tells it to repeat.
pub async fn settle_again(conn: &mut Conn, channel: &str, message: &WalletMessage) -> Sets {
    for _ in 0..20 {
        match settle(conn, channel, message).await {
            Ok(answer) => return answer,
            Err(error) => assert_eq!(error.errno, 1213, "{error}"),
        }
    }
    panic!("a deadlock every time");
}
