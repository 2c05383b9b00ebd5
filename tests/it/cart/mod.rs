//! The cart: one file per routine. Here is what their tests share.

mod add_shop_cart;
mod add_shop_cart_buy_now;
mod add_shop_cart_items;
mod counters;
mod delete_shop_cart;
mod double_rows;
mod histories;
mod item_states;
mod known_before;
mod merge_shop_cart;
mod options;
mod quantity_rules;
mod select_shop_cart;
mod shop_cart_clock;
mod shop_cart_expire;
pub mod soft_lock;
mod together;
mod update_shop_cart;

use crate::support::*;

/// Columns of the cart as a result set.
pub const LINE_COLUMNS: [&str; 20] = [
    "cart_id",
    "product_id",
    "product_name",
    "option_hash",
    "option_name",
    "unit_price",
    "quantity",
    "line_amount",
    "orderable",
    "stock_left",
    "added_price",
    "product_thumb_img_url",
    "item_state",
    "option_json",
    "min_quantity",
    "max_quantity",
    "quantity_step",
    "member_quantity",
    "member_days",
    "quantity_kept",
];

/// Rows of a buyer's cart as `product option quantity`, oldest first, read past the procedures.
pub async fn cart_of(db: &TestDb, shop_id: u32, user_id: &str) -> Vec<String> {
    db.rows(&format!(
        "SELECT CONCAT(product_id, ' ', option_hash, ' ', quantity) AS line FROM shop_cart
         WHERE shop_id = {shop_id} AND user_id = '{user_id}' ORDER BY seq_no"
    ))
    .await
    .iter()
    .map(|row| row.str("line"))
    .collect()
}

/// The cart in an answer, in the same words.
pub fn lines(sets: &Sets) -> Vec<String> {
    let line = |row: &Row| {
        format!(
            "{} {} {}",
            row.str("product_id"),
            row.str("option_hash"),
            row.int("quantity")
        )
    };
    sets.set(1).rows.iter().map(line).collect()
}

/// What became of each line, as `line product option quantity: code field → in_cart`.
pub fn fates(sets: &Sets) -> Vec<String> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let items = sets.first().json("items_json");
    let fate = |item: &serde_json::Value| {
        format!(
            "{} {} {}: {} {}→ {}",
            text(&item["product_id"]),
            text(&item["option_hash"]),
            item["quantity"],
            text(&item["code"]),
            match text(&item["field"]).as_str() {
                "" => String::new(),
                field => format!("{field} "),
            },
            item["in_cart"]
        )
    };
    items.as_array().unwrap().iter().map(fate).collect()
}

/// Rows that are not this buyer's to touch: of another buyer, of the same name in another shop, never there,
/// and ordered already.
pub async fn rows_of_others(db: &TestDb) -> Vec<(&'static str, i64)> {
    let foreign = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let namesake = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let consumed = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    OrderCall::new("CONSUMED", &[consumed])
        .client_total("23000")
        .call(&mut conn)
        .await
        .unwrap();
    vec![
        ("another buyer's", foreign),
        ("another shop's", namesake),
        ("ordered already", consumed),
        ("never there", 999_999_999),
        ("the largest id", 999_999_999_999_999_999),
    ]
}

/// Makes the buyer's cart header, so that a call that fails has nothing left to leave behind.
pub async fn header(db: &TestDb, shop_id: u32, user_id: &str) {
    db.exec(&format!(
        "INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES ({shop_id}, '{user_id}')"
    ))
    .await;
}
