//! The catalogue that is bought from: 10,000 products over the delivery policies of shop 1, and two hot ones.

use crate::money::{Delivery, Money};
use crate::support::TestDb;
use crate::ways::POOL;

/// Products that the load is spread over.
pub const PRODUCTS: usize = 10_000;
/// Number of the hot product whose stock is one row.
pub const HOT_SINGLE: usize = PRODUCTS;
/// Number of the hot product whose stock is in slots.
pub const HOT_SLOTS: usize = PRODUCTS + 1;

/// A shop that is shop 1 but for leaving ordered rows in the cart.
pub const SOFT_LOCK_SHOP: u32 = 11;
/// One that promises prices, and whose products have an option, which costs nothing.
pub const PINNED_SHOP: u32 = 12;
/// That option.
pub const OPTION: &str = "red";

/// Coupons of shop 1.
pub mod coupons {
    /// What each takes off an order but the one by rate.
    pub const AMOUNT: i64 = 1_000;
    /// What that takes off what is left.
    pub const RATE: &str = "0.1";
    /// Those that the load is spread over.
    pub const MANY: usize = 1_000;
}

/// More than any run orders.
pub const PLENTY: i64 = 100_000_000;

/// One product as its buyer sees it.
#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub name: String,
    pub price: Money,
    pub tax_free: bool,
    pub policy: u32,
    /// Rows of `shop_product_prices` and `shop_delivery_rules` in force.
    pub price_id: u64,
    pub rule_id: u64,
    pub group: String,
    pub delivery: Delivery,
    pub base_cost: Money,
}

pub struct Catalogue {
    pub products: Vec<Product>,
}

/// 0 to 9.
pub const DIGITS: &str =
    "SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9";

/// The statements that write the catalogue, stock and its ledger.
pub fn sql() -> String {
    format!(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, discount_rate, delivery_policy_id)
         SELECT 1, CONCAT('B', LPAD(n, 5, '0')), CONCAT('상품 ', n), 1000 + (n * 37) MOD 90000, (n MOD 4) * 0.05,
                1 + n MOD 4
         FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
               FROM ({DIGITS}) a, ({DIGITS}) b, ({DIGITS}) c, ({DIGITS}) e, ({DIGITS}) f) s
         WHERE n <= {HOT_SLOTS};
         INSERT INTO shop_stock (shop_id, product_id, free, update_date)
         SELECT 1, product_id, {PLENTY}, UTC_TIMESTAMP(6) FROM shop_products WHERE product_id LIKE 'B_____';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT 1, product_id, '__noopt__', {PLENTY}, 'bench', 'bench', UTC_TIMESTAMP(6)
         FROM shop_products WHERE product_id LIKE 'B_____'"
    )
}

/// The statements that write a shop with the catalogue of shop 1 and another policy.
fn other_shop(shop_id: u32, policy: &str, option: &str) -> String {
    format!(
        "INSERT INTO shops (shop_id, shop_name, currency, currency_digits, vat_rate, total_tolerance,
             utc_offset_minutes, reservation_minutes, gateway_url, result_url, error_url, allowed_origins_json)
         SELECT {shop_id}, 'shop {shop_id}', currency, currency_digits, vat_rate, total_tolerance, utc_offset_minutes,
             reservation_minutes, gateway_url, result_url, error_url, allowed_origins_json
         FROM shops WHERE shop_id = 1;
         UPDATE shops SET {policy} WHERE shop_id = {shop_id};
         INSERT INTO shop_pg_adapters (pg, merchant_id, shop_id, is_enabled, pay_type, secret_key, request_method,
             request_url, request_fields_json, request_hash_template, field_order_number, field_pg_tx,
             field_approval_no, field_amount, field_result_code, field_result_message, field_approved_at,
             field_merchant_id, field_hash, hash_template, pattern_result_code, pattern_pg_tx, pattern_approved_at,
             pattern_others_json, success_code, ack_http_status, ack_content_type, ack_body)
         SELECT pg, 'M{shop_id}', {shop_id}, is_enabled, pay_type, secret_key, request_method,
             request_url, request_fields_json, request_hash_template, field_order_number, field_pg_tx,
             field_approval_no, field_amount, field_result_code, field_result_message, field_approved_at,
             field_merchant_id, field_hash, hash_template, pattern_result_code, pattern_pg_tx, pattern_approved_at,
             pattern_others_json, success_code, ack_http_status, ack_content_type, ack_body
         FROM shop_pg_adapters WHERE shop_id = 1 AND pg = 'wallet' AND merchant_id = 'M1';
         INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, free_over, combine_group_id)
         SELECT {shop_id}, id, policy_name, type, base_cost, free_over, combine_group_id
         FROM shop_delivery_policy WHERE shop_id = 1;
         INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, discount_rate, delivery_policy_id,
             option_required)
         SELECT {shop_id}, product_id, product_name, buy_price, discount_rate, delivery_policy_id,
             '{option}' <> '__noopt__'
         FROM shop_products WHERE shop_id = 1 AND product_id LIKE 'B_____';
         INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash)
         SELECT {shop_id}, product_id, '{option}', '{option}', 0, '{option}' FROM shop_products
         WHERE shop_id = {shop_id} AND '{option}' <> '__noopt__';
         INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
         SELECT {shop_id}, product_id, '{option}', {PLENTY}, UTC_TIMESTAMP(6) FROM shop_products
         WHERE shop_id = {shop_id};
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT {shop_id}, product_id, '{option}', {PLENTY}, 'bench', 'bench', UTC_TIMESTAMP(6) FROM shop_products
         WHERE shop_id = {shop_id}"
    )
}

impl Catalogue {
    /// The shops with other policies, which sell the same.
    pub async fn open_other_shops(db: &TestDb) {
        let soft_lock = other_shop(SOFT_LOCK_SHOP, "cart_at_order = 'soft_lock'", "__noopt__");
        let pinned = other_shop(PINNED_SHOP, "price_policy = 'pinned'", OPTION);
        for sql in [soft_lock, pinned] {
            db.exec(&sql).await;
        }
    }

    /// Coupons: two that are ordered with together, one for all, and many.
    pub async fn issue_coupons(db: &TestDb) {
        db.exec(&format!(
            "INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount, rate, apply_order, use_limit)
             VALUES (1, 'AMOUNT', 'amount', 'order', 'amount', {amount}, NULL, 1, NULL),
                    (1, 'RATE', 'rate', 'order', 'rate', NULL, {rate}, 2, NULL),
                    (1, 'ALL', 'all', 'order', 'amount', {amount}, NULL, 1, {PLENTY});
             INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount, use_limit)
             SELECT 1, CONCAT('MANY', n), 'one of many', 'order', 'amount', {amount}, {PLENTY}
             FROM (SELECT a.d + 10 * b.d + 100 * c.d AS n FROM ({DIGITS}) a, ({DIGITS}) b, ({DIGITS}) c) s
             WHERE n < {many}",
            amount = coupons::AMOUNT,
            rate = coupons::RATE,
            many = coupons::MANY
        ))
        .await;
    }

    /// Writes it and reads back what the shop's own price view makes of it.
    pub async fn create(db: &TestDb) -> Catalogue {
        db.exec(&sql()).await;
        Catalogue::read(db).await
    }

    /// The catalogue as it is in the database.
    pub async fn read(db: &TestDb) -> Catalogue {
        let rows = db
            .rows(
                "SELECT p.product_id, p.product_name, p.final_price, p.tax_type, p.delivery_policy_id, d.type,
                        p.price_id, n.rule_id, d.base_cost, COALESCE(d.free_over, 0) AS free_over, COALESCE(d.combine_group_id, 0) AS parcel
                 FROM v_products_priced p
                 JOIN shop_delivery_policy d ON d.shop_id = p.shop_id AND d.id = p.delivery_policy_id
                 JOIN shop_delivery_now n ON n.shop_id = d.shop_id AND n.policy_id = d.id
                 WHERE p.shop_id = 1 AND p.product_id LIKE 'B_____' ORDER BY p.product_id",
            )
            .await;
        let money = |row: &crate::support::Row, column: &str| crate::money::parse(&row.str(column));
        let products: Vec<Product> = rows
            .iter()
            .map(|row| Product {
                id: row.str("product_id"),
                name: row.str("product_name"),
                price: money(row, "final_price"),
                tax_free: row.str("tax_type") == "free",
                policy: row.str("delivery_policy_id").parse().expect("a policy"),
                price_id: row.str("price_id").parse().expect("a price"),
                rule_id: row.str("rule_id").parse().expect("a rule"),
                group: match row.int("parcel") {
                    0 => format!("policy {}", row.str("delivery_policy_id")),
                    parcel => format!("group {parcel}"),
                },
                delivery: match row.str("type").as_str() {
                    "free" => Delivery::Free,
                    "conditional" => Delivery::FreeOver(money(row, "free_over")),
                    _ => Delivery::Fixed,
                },
                base_cost: money(row, "base_cost"),
            })
            .collect();
        assert_eq!(products.len(), HOT_SLOTS + 1, "the catalogue");
        Catalogue { products }
    }

    /// Spreads the stock of the second hot product over as many slots as there are connections.
    pub async fn use_slots(&self, db: &TestDb) {
        let id = &self.products[HOT_SLOTS].id;
        db.exec(&format!(
            "CALL update_adm_stock_strategy(1, '{id}', 'slots', '{POOL}')"
        ))
        .await;
    }
}
