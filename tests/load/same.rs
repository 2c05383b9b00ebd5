//! Proof, before anything is timed, that all ways write the same rows: one cart is ordered by each in turn, and what
//! was written is compared, column by column, but for random names, numbers and times.

use std::collections::BTreeMap;

use crate::beside;
use crate::carts::{Cart, Carts, Content, insert_sql};
use crate::catalogue::HOT_SINGLE;
use crate::support::TestDb;
use crate::ways::{Outcome, Side, Way};

/// Tables with a row of the order in them, and the column that names the order.
const TABLES: [(&str, &str); 4] = [
    ("shop_orders", "seq_no"),
    ("shop_order_product", "order_seq_no"),
    ("shop_order_logs", "order_seq_no"),
    ("shop_stock_reservations", "order_seq_no"),
];
/// What may differ: random, counted on, a time, the account that wrote it, and the seal over those, which only the
/// procedure writes.
const OWN: &str =
    "'seq_no','order_seq_no','order_key','order_code','order_date','log_date','expires_at',
    'update_date','create_date','actor_name','seal'";

/// Panics when two ways differ, or when the total that a buyer is shown is not the one of `shop_order_quote`.
pub async fn assert_same_rows(db: &TestDb, side: &Side, carts: &Carts<'_>) {
    for content in [
        Content::Spread,
        Content::Spread,
        Content::Spread,
        Content::Hot(HOT_SINGLE),
        Content::OneParcel,
        Content::SharedParcel,
    ] {
        let cart = carts.make(content, 1).await.remove(0);
        beside::quote(&mut db.conn_as_gateway().await, &cart).await;
        let before = counts(db).await;
        let mut first: Option<(Way, String)> = None;
        for way in [Way::Direct, Way::Gateway, Way::Floor, Way::AppSide] {
            let outcome = side.caller(way).take(&cart).await;
            assert_eq!(outcome, Outcome::Done, "{way:?}");
            let rows = written(db, &cart, &before).await;
            match &first {
                None => first = Some((way, rows)),
                Some((other, expected)) => {
                    for (line, expected) in rows.lines().zip(expected.lines()) {
                        assert_eq!(
                            line, expected,
                            "{way:?} does not write what {other:?} writes"
                        );
                    }
                    assert_eq!(rows.len(), expected.len(), "{way:?} and {other:?} differ");
                }
            }
            undo(db, &cart).await;
            assert_eq!(counts(db).await, before, "rows are left behind by {way:?}");
        }
        // For the final audit: this cart is ordered by nobody.
        let ids = serde_json::to_string(&cart.cart_ids()).expect("ids");
        db.exec(&format!(
            "DELETE FROM shop_cart WHERE seq_no IN ({})",
            ids.trim_matches(['[', ']'])
        ))
        .await;
    }
}

/// How many rows every table has.
async fn counts(db: &TestDb) -> BTreeMap<String, i64> {
    let tables = db
        .rows(
            "SELECT TABLE_NAME AS t FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
        )
        .await;
    let mut counts = BTreeMap::new();
    for table in tables {
        let table = table.str("t");
        counts.insert(table.clone(), db.count(&table).await);
    }
    counts
}

/// Everything that one order changed, as text.
async fn written(db: &TestDb, cart: &Cart, before: &BTreeMap<String, i64>) -> String {
    let mut text = String::new();
    let order = order_of(db, cart).await;
    for (table, key) in TABLES {
        let columns = db
            .text(&format!(
                "SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION) FROM information_schema.COLUMNS
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' AND COLUMN_NAME NOT IN ({OWN})"
            ))
            .await;
        for row in db
            .rows(&format!(
                "SELECT {columns} FROM {table} WHERE {key} = {order} ORDER BY 1, 2, 3"
            ))
            .await
        {
            text.push_str(&format!("{table} {row:?}\n"));
        }
    }
    let hold = db
        .text(&format!(
            "SELECT GROUP_CONCAT(DISTINCT CONCAT(TIMESTAMPDIFF(MICROSECOND, o.order_date, o.expires_at), ' ',
                    TIMESTAMPDIFF(MICROSECOND, o.expires_at, r.expires_at), ' ', o.update_date = o.order_date))
             FROM shop_orders o JOIN shop_stock_reservations r ON r.order_seq_no = o.seq_no WHERE o.seq_no = {order}"
        ))
        .await;
    text.push_str(&format!("hold {hold}\n"));
    let buyer = &cart.user_id;
    let header = db
        .text(&format!(
            "SELECT version FROM shop_cart_headers WHERE user_id = '{buyer}'"
        ))
        .await;
    text.push_str(&format!("cart header {header}\n"));
    for line in &cart.lines {
        let free = db.free_stock(&line.product.id, "__noopt__").await;
        text.push_str(&format!("stock {} {free}\n", line.product.id));
    }
    for (table, count) in counts(db).await {
        let change = count - before[&table];
        if change != 0 {
            text.push_str(&format!("{table} {change:+}\n"));
        }
    }
    text
}

async fn order_of(db: &TestDb, cart: &Cart) -> i64 {
    db.int(&format!(
        "SELECT seq_no FROM shop_orders WHERE shop_id = 1 AND order_number = '{}'",
        cart.order_number
    ))
    .await
}

/// As if it had never been ordered.
async fn undo(db: &TestDb, cart: &Cart) {
    // Orders and their history are not deleted otherwise.
    for table in ["shop_orders", "shop_order_product", "shop_order_logs"] {
        db.exec(&format!("DROP TRIGGER IF EXISTS tr_{table}_delete"))
            .await;
    }
    let order = order_of(db, cart).await;
    db.exec(&format!(
        "UPDATE shop_stock s JOIN shop_stock_reservations r ON r.shop_id = s.shop_id AND r.product_id = s.product_id
             AND r.option_hash = s.option_hash AND r.slot = s.slot
         SET s.free = s.free + r.quantity WHERE r.order_seq_no = {order}"
    ))
    .await;
    for (table, key) in TABLES {
        db.exec(&format!("DELETE FROM {table} WHERE {key} = {order}"))
            .await;
    }
    db.exec(&format!(
        "DELETE FROM shop_cart_headers WHERE user_id = '{}'",
        cart.user_id
    ))
    .await;
    db.exec(&insert_sql(std::slice::from_ref(cart))).await;
}
