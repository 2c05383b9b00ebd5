//! Payments: what `shop_order_update` answers, records and leaves owed, message by message.

mod approvals;
mod borders;
mod boundaries;
mod contradictions;
mod every_status;
mod masking;
mod return_url;
mod revival;
mod shop_order_update;
pub mod statuses;
mod texts;
mod two_readings;
mod update_adm_order_payment;
mod verdicts;

use crate::support::*;

/// What every order of these tests costs: one book.
pub const TOTAL: &str = "10000";

/// An order of one book by u1, waiting for its payment.
pub async fn order(db: &TestDb, conn: &mut Conn, number: &str) -> String {
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let call = OrderCall::new(number, &[cart_id]).client_total(TOTAL);
    let answer = call.call(conn).await.unwrap();
    answer.first().str("order_key")
}

/// What is known about an order after some messages; everything that they could have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub status: i64,
    /// `transaction status amount`, in the order of writing.
    pub payments: Vec<String>,
    /// `duty key amount reason state`.
    pub duties: Vec<String>,
    /// In which states its reservations are.
    pub units: String,
    /// Books that can be ordered.
    pub free: i64,
    /// `action actor to_status`.
    pub log: Vec<String>,
}

impl State {
    pub async fn of(db: &TestDb, number: &str) -> State {
        let of_order = |table: &str, columns: &str| {
            format!(
                "SELECT {columns} AS x FROM {table} t JOIN shop_orders o ON o.seq_no = t.order_seq_no
                 WHERE o.order_number = '{number}' ORDER BY t.seq_no"
            )
        };
        let column = |rows: Vec<Row>| rows.iter().map(|row| row.str("x")).collect();
        let payments = "CONCAT_WS(' ', COALESCE(t.pg_tx, '-'), t.status, t.amount)";
        let duties = "CONCAT_WS(' ', t.duty, t.duty_key, t.amount, t.reason, t.state)";
        let log = "CONCAT_WS(' ', t.action, t.actor, t.to_status)";
        State {
            status: db
                .int(&format!(
                    "SELECT order_status FROM shop_orders WHERE order_number = '{number}'"
                ))
                .await,
            payments: column(db.rows(&of_order("shop_payments", payments)).await),
            duties: column(db.rows(&of_order("shop_pg_duties", duties)).await),
            units: db
                .text(&format!(
                    "SELECT GROUP_CONCAT(DISTINCT r.state) FROM shop_stock_reservations r
                     JOIN shop_orders o ON o.seq_no = r.order_seq_no WHERE o.order_number = '{number}'"
                ))
                .await,
            free: db.free_stock("book", NO_OPTION).await,
            log: column(db.rows(&of_order("shop_order_logs", log)).await),
        }
    }
}

/// Key of a duty to look up what a message said that has no transaction number of its own, or contradicts another one:
/// the name that it is about, and a hash of everything that tells it from another such message.
pub fn said(name: &str, parts: &[&str]) -> String {
    let hex = |text: &&str| hex::encode_upper(text.as_bytes());
    let [number, amount, rest @ ..] = parts else {
        panic!("order number, amount, approval number and the time of the approval")
    };
    let rest: Vec<String> = rest.iter().map(hex).collect();
    let text = [
        hex(&name),
        hex(number),
        (*amount).to_owned(),
        rest.join(","),
    ]
    .join(",");
    let begin: String = name.chars().take(35).collect();
    format!("{begin} {}", sha256_hex(&text))
}

/// Where a buyer's browser goes when the order is paid.
pub fn paid_page(order_key: &str, number: &str) -> String {
    format!("http://shop.test/result?order_key={order_key}&mTrdNo={number}")
}

/// Where it goes otherwise.
pub fn error_page(order_key: &str, number: &str, code: &str) -> String {
    format!("http://shop.test/error?order_key={order_key}&mTrdNo={number}&code={code}")
}

/// Messages of an order number, as `channel verdict transaction`.
pub async fn messages(db: &TestDb, number: &str) -> Vec<String> {
    let rows = db
        .rows(&format!(
            "SELECT CONCAT_WS(' ', channel, verdict, pg_tx) AS x FROM shop_pg_messages
             WHERE order_number = '{number}' ORDER BY seq_no"
        ))
        .await;
    rows.iter().map(|row| row.str("x")).collect()
}

/// `shop_order_update` with this text instead of a message's JSON.
pub async fn update(
    conn: &mut Conn,
    pg: &str,
    merchant: &str,
    channel: &str,
    fields: Option<&str>,
) -> Result<Sets, CallError> {
    call(conn, "shop_order_update", (pg, merchant, channel, fields)).await
}
