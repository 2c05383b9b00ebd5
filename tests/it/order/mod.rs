//! The public routines of an order, one file per routine, and what they do with bad input.

mod bad_input;
mod bad_order;
mod bad_receiver;
mod budget;
mod by_hand;
mod by_price_row;
mod crowded_cart;
mod expire_failures;
mod free_order;
mod insert_errors;
mod kept_quotes;
mod large_order;
mod live_cart;
mod long_names;
mod nearly_usual;
mod order_code;
mod precedence;
mod proof;
mod replay;
mod restored_lines;
mod select_shop_orders;
mod shop_order_expire;
mod shop_order_insert;
pub mod shop_order_quote;
mod shop_order_restore_cart;
mod shop_order_select;
mod spoiled;
mod typed;

use crate::support::*;

/// A receiver typed in, as a guest does.
pub const RECEIVER: &str = r#"{"receiver_name":"Guest","receiver_phone":"010-2222-3333","post_code":"04524","address":"1 Sejong-daero"}"#;

/// The standard shops, in which every member has had a cart before: a call that fails must leave the very
/// same rows, and the header of a first cart would be one more.
pub async fn shops() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) SELECT shop_id, user_id FROM member")
        .await;
    db
}

/// A wallet for shop 2 as well: account M2.
pub async fn wallet_of_shop_2(db: &TestDb) {
    db.copy_adapter(2, "M2").await;
}

/// Places an order that must be new; its first row.
pub async fn placed(conn: &mut Conn, order: &OrderCall) -> Row {
    let sets = order
        .call(conn)
        .await
        .unwrap_or_else(|e| panic!("the order was refused: {e:?}"));
    assert_eq!(sets.first().str("result"), "OK");
    assert_eq!(sets.first().int("replayed"), 0);
    sets.first().clone()
}

/// u1 orders one book under this number.
pub async fn one_book(db: &TestDb, conn: &mut Conn, number: &str) -> (OrderCall, Row) {
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new(number, &[cart_id]).client_total("10000");
    let row = placed(conn, &order).await;
    (order, row)
}

/// Every row of the tables that orders lock can be locked by somebody else: no call has left a transaction open.
pub async fn nothing_is_locked(db: &TestDb, after: &str) {
    for table in [
        "shop_cart_headers",
        "shop_cart",
        "shop_orders",
        "shop_stock_reservations",
        "shop_stock",
    ] {
        let free = format!("SELECT COUNT(*) FROM {table} FOR UPDATE SKIP LOCKED");
        assert_eq!(
            db.int(&free).await,
            db.count(table).await,
            "{table} has locked rows after {after}"
        );
    }
}

/// The call must fail with this code about this field, send the sets it names, change nothing at all, and let go of
/// every lock while its connection stays open.
pub async fn refused(
    db: &TestDb,
    conn: &mut Conn,
    procedure: &str,
    params: impl Into<Params>,
    code: &str,
    field: &str,
) -> CallError {
    let params = params.into();
    let before = db.snapshot().await;
    let Err(error) = call(conn, procedure, params.clone()).await else {
        panic!("{procedure} with {params:?} was not refused as {code}");
    };
    error.expect_code(code);
    let row = error.row();
    assert_eq!(row.str("field"), field, "{procedure} {params:?}: {row:?}");
    let more = row.str("more");
    let named = more.split(',').filter(|name| !name.is_empty()).count();
    assert_eq!(error.sets.count(), 1 + named, "{error:?}");
    assert_eq!(
        db.snapshot().await,
        before,
        "{procedure} {params:?} left something"
    );
    nothing_is_locked(db, code).await;
    error
}

/// The same for an order.
pub async fn order_refused(
    db: &TestDb,
    conn: &mut Conn,
    order: &OrderCall,
    code: &str,
    field: &str,
) -> CallError {
    refused(db, conn, "shop_order_insert", order.params(), code, field).await
}

/// Puts an order into a status that no routine leads to yet.
pub async fn force_status(db: &TestDb, number: &str, status: u8) {
    db.any_status_by_hand().await;
    db.exec(&format!(
        "UPDATE shop_orders SET order_status = {status} WHERE order_number = '{number}'"
    ))
    .await;
}

/// Status of an order.
pub async fn status(db: &TestDb, number: &str) -> i64 {
    db.int(&format!(
        "SELECT order_status FROM shop_orders WHERE order_number = '{number}'"
    ))
    .await
}
