//! The route table: every request that is answered by a procedure, and the procedures called in between.
//!
//! Adding a route is adding a row here; one handler serves them all. A row is for a buyer, idempotent, and answers one row,
//! unless it says something else.

mod route;

pub use self::route::{Auth, Route, Shape, Source, Verb};
use self::route::{
    Parameter, delete, field, get, number, patch, path, payment, post, query, query_number,
};

const SHOP: Parameter = ("pi_shop_id", Source::Shop);
const USER: Parameter = ("pi_user_id", Source::User);
const CART_IDS: Parameter = ("pi_cart_ids_json", Source::FieldList("selected_cart_ids"));
const COUPONS: Parameter = ("pi_coupon_ids_json", Source::FieldList("coupon_ids"));
const OPTION: Parameter = (
    "pi_option_hash",
    Source::FieldObjectOr {
        object: "option",
        text: "option_hash",
    },
);
const RECEIVER: Parameter = ("pi_receiver_json", Source::FieldObject("receiver"));
const TOTAL: Parameter = ("pi_client_total", Source::Field("trdAmt"));
const MODE: Parameter = ("pi_order_mode", Source::Field("mode"));
/// A shop that has not heard the answer to an order knows its number only.
const BY_NUMBER: Parameter = (
    "pi_order_name",
    Source::QueryName {
        query: "mTrdNo",
        kind: "order_number",
    },
);
const BY_KEY: Parameter = ("pi_order_name", Source::Name("order_key"));
const KEY: Parameter = ("pi_order_key", Source::Name("order_key"));

const PG: Parameter = path("pi_pg");
const MERCHANT: Parameter = ("pi_merchant_id", Source::Path("merchant"));
const RETURN: Parameter = ("pi_channel", Source::Constant("return"));
const NOTIFY: Parameter = ("pi_channel", Source::Constant("notify"));
const ALL: Parameter = ("pi_fields_json", Source::AllFields);
const ALL_AND_KEY: Parameter = (
    "pi_fields_json",
    Source::AllFieldsAndPath {
        placeholder: "order_key",
        name: "_order_key",
    },
);

const LINES: &[&str] = &["lines"];
const ORDER: &[&str] = &["lines", "payments", "log"];

/// What shops, buyers and payment gateways may ask.
#[rustfmt::skip] // a table
pub const PUBLIC: &[Route] = &[
    get("/v1/cart", "select_shop_cart", &[SHOP, USER, query("pi_event")]).with(LINES),
    // Not idempotent: what it says has changed it says once.
    post("/v1/cart/refresh", "refresh_shop_cart", &[SHOP, USER, field("pi_event")]).with(LINES).once(),
    // Not idempotent: the same product adds up its quantity.
    post("/v1/cart/items", "add_shop_cart_items",
        &[SHOP, USER, field("pi_product_id"), OPTION, field("pi_quantity"),
          ("pi_items_json", Source::FieldList("items")), ("pi_order_name", Source::Field("order")),
          ("pi_lines_json", Source::FieldList("lines"))]).with(LINES).once(),
    // Bought again before it is ordered, it is that many: said twice is said once.
    post("/v1/cart/buy-now", "add_shop_cart_buy_now",
        &[SHOP, USER, field("pi_product_id"), OPTION, field("pi_quantity")]).with(LINES),
    // Nor this: a quantity of zero deletes the row, and a second time there is none: the answer would differ.
    patch("/v1/cart/items/{cart_id}", "update_shop_cart",
        &[SHOP, USER, path("pi_cart_id"), field("pi_quantity")]).with(LINES).once(),
    delete("/v1/cart/items", "delete_shop_cart", &[SHOP, USER, CART_IDS]).with(LINES),
    // A second time the guest's cart is empty, and the member's is as it was.
    post("/v1/cart/merge", "merge_shop_cart", &[SHOP, field("pi_guest_id"), USER]).with(LINES),
    post("/v1/quotes", "shop_order_quote",
        &[SHOP, USER, CART_IDS, field("pi_address_id"), COUPONS, field("pi_point_to_use"), RECEIVER,
          field("pi_post_code"), field("pi_cash_to_use"), field("pi_quote_id")])
        .with(&["lines", "changes?"]).reads(),
    post("/v1/quotes/explain", "shop_order_explain",
        &[SHOP, USER, CART_IDS, field("pi_address_id"), RECEIVER, field("pi_post_code"), COUPONS,
          field("pi_point_to_use"), field("pi_cash_to_use")])
        .with(&["steps"]).reads(),
    get("/v1/coupons", "select_shop_coupons",
        &[SHOP, USER, ("pi_cart_ids_json", Source::QueryList("selected_cart_ids")), query("pi_post_code")])
        .with(&["coupons"]),
    // Not idempotent: a second time the buyer has it.
    post("/v1/coupons", "add_shop_coupon", &[SHOP, USER, field("pi_code")]).once(),
    get("/v1/credits", "select_shop_credits", &[SHOP, USER, query("pi_before")]).with(&["entries"]),
    // mTrdNo is the key: a retry finds the order.
    post("/v1/orders", "shop_order_insert",
        &[SHOP, USER, field("pi_mTrdNo"), CART_IDS, field("pi_address_id"), RECEIVER, COUPONS,
          field("pi_point_to_use"), field("pi_cash_to_use"), TOTAL, MODE, field("pi_pg"), field("pi_quote_id")])
        .to_payment(&["payment", "changes?"]),
    get("/v1/orders", "shop_order_select", &[SHOP, USER, BY_NUMBER]).with(ORDER).given("mTrdNo"),
    get("/v1/orders", "select_shop_orders", &[SHOP, USER, query("pi_after"), query("pi_limit")])
        .with(&["orders"]),
    get("/v1/orders/{order_key}", "shop_order_select", &[SHOP, USER, BY_KEY]).with(ORDER),
    post("/v1/orders/{order_key}/restore-cart", "shop_order_restore_cart", &[SHOP, USER, KEY])
        .with(&["lines", "restored"]),
    post("/v1/orders/{order_key}/complete", "shop_order_complete", &[SHOP, USER, KEY]),

    payment(Verb::Get,  "/pg/{pg}/{merchant}/return",             &[PG, MERCHANT, RETURN, ALL]),
    payment(Verb::Post, "/pg/{pg}/{merchant}/return",             &[PG, MERCHANT, RETURN, ALL]),
    payment(Verb::Get,  "/pg/{pg}/{merchant}/return/{order_key}", &[PG, MERCHANT, RETURN, ALL_AND_KEY]),
    payment(Verb::Post, "/pg/{pg}/{merchant}/return/{order_key}", &[PG, MERCHANT, RETURN, ALL_AND_KEY]),
    payment(Verb::Post, "/pg/{pg}/{merchant}/notify",             &[PG, MERCHANT, NOTIFY, ALL]),
];

/// What operators may ask.
#[rustfmt::skip] // a table
pub const OPERATOR: &[Route] = &[
    get("/admin/pg-duties", "select_adm_pg_duties",
        &[query_number("pi_shop_id"), query("pi_state")]).admin().with(&["duties"]),
    // Closed with the same words, it is closed.
    post("/admin/pg-duties/{duty_no}", "update_adm_pg_duty",
        &[path("pi_duty_no"), field("pi_state"), field("pi_proof"), field("pi_reason")]).admin(),
    // It reads every order of the period.
    get("/admin/order-modes", "select_adm_order_modes",
        &[query_number("pi_shop_id"), query("pi_from"), query("pi_to")]).admin().with(&["modes"]).slow(),
    get("/admin/abandoned-carts", "select_adm_abandoned_carts",
        &[query_number("pi_shop_id"), query("pi_hours"), query("pi_after"), query("pi_limit")])
        .admin().with(&["carts"]),
    // Said again, they were contacted.
    post("/admin/abandoned-carts/contacted", "update_adm_cart_contacted",
        &[number("pi_shop_id"), ("pi_user_ids_json", Source::FieldList("user_ids")), field("pi_note")]).admin(),
    // The key, or the cart that was left, gives nobody a coupon twice.
    post("/admin/coupons/issue", "issue_adm_coupon",
        &[number("pi_shop_id"), field("pi_coupon_code"), ("pi_user_ids_json", Source::FieldList("user_ids")),
          field("pi_hours"), field("pi_after"), field("pi_issue_key")]).admin().slow(),
    // The entry's key gives or takes nothing twice.
    post("/admin/credits", "adjust_adm_credits",
        &[number("pi_shop_id"), field("pi_kind"), ("pi_user_ids_json", Source::FieldList("user_ids")),
          field("pi_amount"), field("pi_days"), field("pi_entry_key"), field("pi_reason")]).admin().slow(),
    get("/admin/audit", "shop_audit", &[]).admin().with(&["violations"]).slow(),
    get("/admin/audit/new", "shop_audit_new", &[]).admin().with(&["violations"]).slow(),
    // Not idempotent: between two runs somebody may have bought, and setting it again would lose that.
    post("/admin/stock", "shop_stock_set",
        &[number("pi_shop_id"), field("pi_product_id"), field("pi_option_hash"), field("pi_counted"),
          field("pi_quantity"), field("pi_reason")]).admin().once(),
    // A price that is said already makes no other.
    post("/admin/prices", "update_adm_price",
        &[number("pi_shop_id"), ("pi_prices_json", Source::FieldList("prices")), field("pi_valid_from"),
          field("pi_valid_until"), field("pi_reason")]).admin().with(&["prices"]).slow(),
    post("/admin/prices/{change_no}/withdraw", "withdraw_adm_price",
        &[path("pi_change_no"), field("pi_reason")]).admin(),
    get("/admin/prices", "select_adm_prices",
        &[query_number("pi_shop_id"), query("pi_product_id"), query("pi_option_hash"), query("pi_before")])
        .admin().with(&["planned", "prices"]),
    // Said again, it is so.
    post("/admin/delivery-areas", "update_adm_delivery_areas",
        &[number("pi_shop_id"), ("pi_areas_json", Source::FieldList("areas"))]).admin().with(&["areas"]),
    // The reference is the key: a retry finds the booking.
    post("/admin/stock-receipts", "shop_stock_add",
        &[number("pi_shop_id"), field("pi_product_id"), field("pi_option_hash"), field("pi_quantity"),
          field("pi_reason"), field("pi_reference")]).admin(),
    post("/admin/stock-strategy", "update_adm_stock_strategy",
        &[number("pi_shop_id"), field("pi_product_id"), field("pi_strategy"), field("pi_slots")]).admin(),
    post("/admin/ticket-keys", "update_adm_ticket_key",
        &[number("pi_shop_id"), field("pi_key_no"), field("pi_key_hex"), field("pi_valid_until")])
        .admin().with(&["keys"]),
    get("/admin/orders/{order_name}", "shop_order_select",
        &[query_number("pi_shop_id"), query("pi_user_id"), path("pi_order_name")]).admin().with(ORDER),
    get("/admin/orders/{order_name}/proof", "shop_order_prove",
        &[query_number("pi_shop_id"), path("pi_order_name")]).admin().with(&["steps", "differences"]),
    // The same payment again is found.
    post("/admin/orders/{order_name}/payment", "update_adm_order_payment",
        &[number("pi_shop_id"), path("pi_order_name"), field("pi_pg"), field("pi_merchant_id"), field("pi_pg_tx"),
          field("pi_amount"), field("pi_approval_no"), field("pi_reason")]).admin(),
];

/// What says whether the other procedures can do their work.
pub const HEALTH: &str = "select_gateway_health";

/// A procedure that the gateway calls on its own account, and its parameters.
pub type Internal = (&'static str, &'static [&'static str]);

/// What the gateway calls by itself with the public account.
pub const INTERNAL: &[Internal] = &[
    ("select_error_codes", &[]),
    (HEALTH, &[]),
    ("select_gateway_keys", &[]),
    ("lease_job", &["pi_holder"]),
    ("finish_job", &["pi_job_name", "pi_holder", "pi_result"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::is_procedure_name;

    #[test]
    fn every_placeholder_is_used_and_every_used_one_exists() {
        for route in PUBLIC.iter().chain(OPERATOR) {
            let mut used: Vec<String> = route
                .parameters
                .iter()
                .filter_map(|(_, from)| match from {
                    Source::Path(name)
                    | Source::Name(name)
                    | Source::AllFieldsAndPath {
                        placeholder: name, ..
                    } => Some(format!("{{{name}}}")),
                    _ => None,
                })
                .collect();
            let mut written: Vec<String> = route
                .path
                .split('/')
                .filter(|part| part.starts_with('{'))
                .map(str::to_owned)
                .collect();
            used.sort();
            written.sort();
            assert_eq!(used, written, "{}", route.path);
        }
    }

    #[test]
    fn no_two_rows_answer_the_same_request_and_names_are_plain() {
        let mut seen = std::collections::HashSet::new();
        for route in PUBLIC.iter().chain(OPERATOR) {
            assert!(
                seen.insert((route.verb.name(), route.path, route.given)),
                "{}",
                route.path
            );
            assert!(is_procedure_name(route.procedure));
        }
    }
}
