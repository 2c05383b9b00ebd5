//! Coupons: how a buyer gets one, what can be done with it, and what becomes of it with its order. What it takes off is
//! tested in `price`.

mod add_shop_coupon;
mod held;
mod issue_adm_coupon;
mod kept;
mod limits;
mod select_shop_coupons;

use crate::support::*;

/// A coupon of shop 1: 1,000 off an order, where these columns, as in `SET`, do not say something else.
pub async fn coupon(db: &TestDb, code: &str, columns: &str) {
    let said = |name: &str| {
        columns
            .split(", ")
            .any(|c| c.starts_with(&format!("{name} =")))
    };
    let mut all = format!("shop_id = 1, coupon_code = '{code}'");
    for (name, value) in [
        ("coupon_name", format!("'{code} 쿠폰'")),
        ("target", "'order'".into()),
        ("kind", "'amount'".into()),
        ("amount", "1000".into()),
    ] {
        if !said(name) {
            all += &format!(", {name} = {value}");
        }
    }
    if !columns.is_empty() {
        all += &format!(", {columns}");
    }
    db.exec(&format!("INSERT INTO shop_coupons SET {all}"))
        .await;
}

/// Gives a buyer of shop 1 the next one of it; its coupon_id.
pub async fn issue(db: &TestDb, code: &str, user: &str) -> i64 {
    db.exec(&format!(
        "INSERT INTO shop_issued_coupons (shop_id, coupon_code, user_id, member_no, issued_at)
         SELECT 1, '{code}', '{user}', 1 + COUNT(*), UTC_TIMESTAMP(6) FROM shop_issued_coupons
         WHERE shop_id = 1 AND coupon_code = '{code}' AND user_id = '{user}'"
    ))
    .await;
    db.int("SELECT MAX(coupon_no) FROM shop_issued_coupons")
        .await
}

/// An order of one book, 10,000, with these coupons.
pub async fn book(
    db: &TestDb,
    number: &str,
    user: &str,
    coupons: &[i64],
    total: &str,
) -> OrderCall {
    let cart_id = db.add_cart(1, user, "book", NO_OPTION, 1).await;
    OrderCall::new(number, &[cart_id])
        .user(1, user)
        .coupons(Some(&serde_json::json!(coupons).to_string()))
        .client_total(total)
}

/// `number status` of the order that has a coupon, or `free`.
pub async fn holder(db: &TestDb, coupon_id: i64) -> String {
    db.text(&format!(
        "SELECT COALESCE((SELECT CONCAT_WS(' ', o.order_number, o.order_status) FROM shop_orders o
                          WHERE o.seq_no = i.order_seq_no), 'free')
         FROM shop_issued_coupons i WHERE i.coupon_no = {coupon_id}"
    ))
    .await
}
