//! Promotions: what they take off by themselves, of quotes and orders alike, and what hands can do to them.

mod kept;
mod rules;

use crate::support::*;

/// A promotion of shop 1, 10 % off an order where these columns, as in `SET`, do not say something else.
pub async fn promotion(db: &TestDb, code: &str, columns: &str) {
    let said = |name: &str| {
        columns
            .split(", ")
            .any(|c| c.starts_with(&format!("{name} =")))
    };
    let mut all = format!("shop_id = 1, promotion_code = '{code}'");
    let name = format!("'{code} 행사'");
    for (name, value) in [
        ("promotion_name", name.as_str()),
        ("target", "'order'"),
        ("kind", "'rate'"),
        ("rate", "0.1"),
    ] {
        if !said(name) {
            all += &format!(", {name} = {value}");
        }
    }
    if !columns.is_empty() {
        all += &format!(", {columns}");
    }
    db.exec(&format!("INSERT INTO shop_promotions SET {all}"))
        .await;
}

/// `code amount [cart row or line: share …]` of each discount, in the order in which they were taken off.
fn told(discounts: &serde_json::Value, place: &dyn Fn(&serde_json::Value) -> i64) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("?").to_owned();
    discounts
        .as_array()
        .unwrap()
        .iter()
        .map(|d| {
            let code = d["promotion_code"].as_str().unwrap_or_else(|| {
                assert!(d["coupon_id"].is_i64(), "{d}");
                d["coupon_code"].as_str().unwrap()
            });
            let lines: Vec<String> = d["lines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| format!("{}:{}", place(line), text(&line["amount"])))
                .collect();
            format!("{code} {} [{}]", text(&d["amount"]), lines.join(" "))
        })
        .collect()
}

/// Quotes and orders these products with these coupons, both alike; discounts as `told` with lines by number, and the total.
pub async fn charged(
    db: &TestDb,
    number: &str,
    user: &str,
    products: &[(&str, u32)],
    coupons: &[i64],
) -> (Vec<String>, String) {
    let mut rows = Vec::new();
    for (product, quantity) in products {
        rows.push(db.add_cart(1, user, product, NO_OPTION, *quantity).await);
    }
    let mut conn = db.conn_as_gateway().await;
    let none = None::<&str>;
    let ids = serde_json::json!(rows).to_string();
    let coupon_ids = (!coupons.is_empty()).then(|| serde_json::json!(coupons).to_string());
    let address = OrderCall::new(number, &rows).user(1, user);
    let quote = call(
        &mut conn,
        "shop_order_quote",
        (
            1,
            user,
            ids,
            none,
            coupon_ids.as_deref(),
            none,
            none,
            none,
            none,
            none,
        ),
    )
    .await
    .unwrap();
    let quote = quote.first();
    let quoted = told(&quote.json("discounts_json"), &|line| {
        let row = line["cart_id"].as_i64().unwrap();
        1 + i64::try_from(rows.iter().position(|id| *id == row).unwrap()).unwrap()
    });
    let total = quote.str("total_payment");
    let order = address.coupons(coupon_ids.as_deref()).client_total(&total);
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().str("total_payment"), total);
    let order = call(&mut conn, "shop_order_select", (1, user, number))
        .await
        .unwrap();
    let order = order.first();
    let ordered = told(&order.json("discounts_json"), &|line| {
        line["line_no"].as_i64().unwrap()
    });
    assert_eq!(ordered, quoted);
    for column in [
        "product_total_price",
        "discount_total",
        "shipping_fee",
        "supply_amount",
        "vat_amount",
        "tax_free_amount",
    ] {
        assert_eq!(order.str(column), quote.str(column), "{column}");
    }
    db.assert_audit_clean().await;
    (ordered, total)
}
