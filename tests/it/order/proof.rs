//! `shop_order_explain`: how a cart's total comes about, before it is ordered. `shop_order_prove`: an order computed once
//! more from the rows it names, whatever has become of the shop since.

use super::*;
use crate::coupon::{coupon, issue};
use crate::credit::give;
use crate::promotion::promotion;

const JEJU: &str =
    r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644"]}]"#;
const ON_JEJU: &str = r#"{"receiver_name":"Guest","receiver_phone":"010-2222-3333","post_code":"63001","address":"1 Jeju-daero"}"#;

/// `kind name: rules, detail, amount, total lines` of each step.
fn steps(set: &Set) -> Vec<String> {
    let step = |row: &Row| {
        let [name, rules, lines] =
            ["name", "rules", "lines_json"].map(|name| row.opt(name).unwrap_or_default());
        let rules = rules
            .split_whitespace()
            .filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
            .collect::<Vec<_>>()
            .join(" ");
        format!(
            "{} {name}: {rules}, {}, {}, {} {lines}",
            row.str("kind"),
            row.str("detail"),
            row.str("amount"),
            row.str("total")
        )
        .replace(".00", "")
    };
    set.rows.iter().map(step).collect()
}

/// `what: recorded recomputed` of each difference.
fn differences(proof: &Sets) -> Vec<String> {
    let told = |row: &Row| {
        let [recorded, recomputed] =
            ["recorded", "recomputed"].map(|name| row.opt(name).unwrap_or("none".to_owned()));
        format!("{}: {recorded} {recomputed}", row.str("what"))
    };
    let told: Vec<String> = proof.set(2).rows.iter().map(told).collect();
    let first = proof.first();
    let count = usize::try_from(first.int("difference_count")).unwrap();
    assert_eq!(count, told.len());
    assert_eq!(first.int("proven"), i64::from(told.is_empty()));
    told
}

/// Two lamps of 20,000 and two of rice, 5,000 each and tax free, for Jeju, with a promotion, a coupon, points and cash.
struct Case {
    db: TestDb,
    conn: Conn,
    operator: Conn,
    order: OrderCall,
    explain: Params,
}

async fn case() -> Case {
    let db = shops().await;
    let mut operator = db.conn_as_operator().await;
    call(&mut operator, "update_adm_delivery_areas", (1, JEJU))
        .await
        .unwrap();
    promotion(
        &db,
        "LAMPS",
        "target = 'product', target_ids = '[\"lamp\"]'",
    )
    .await;
    coupon(&db, "C1", "amount = 3000, min_amount = 30000").await;
    let coupon = issue(&db, "C1", "u1").await;
    give(&db, "u1", "point", "5000", None).await;
    give(&db, "u1", "cash", "700", None).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let rice = db.add_cart(1, "u1", "rice", NO_OPTION, 2).await;
    let (ids, coupons) = (format!("[{lamp},{rice}]"), format!("[{coupon}]"));
    let none = None::<&str>;
    let explain = (1, "u1", ids, none, ON_JEJU, none, coupons, "1000", "700").into();
    let order = OrderCall::new("T1", &[lamp, rice])
        .address(None)
        .receiver(Some(ON_JEJU))
        .coupons(Some(&format!("[{coupon}]")))
        .points(Some("1000"))
        .cash(Some("700"))
        .client_total("54300");
    let conn = db.conn_as_gateway().await;
    Case {
        db,
        conn,
        operator,
        order,
        explain,
    }
}

/// 50,000, of the lamps 10 % and of all 3,000 less; two parcels of 3,000 and 4,000, each 3,000 more on Jeju. The coupon
/// is spread by 36,000 to 10,000; points and cash by what is left: of the rice 10,000 - 652 - 167 - 117 is tax free, the
/// rest contains 1/11 of VAT.
const STEPS: [&str; 13] = [
    "line Lamp: price, 2 × 20000, 40000, 40000 ",
    "line 쌀: price, 2 × 5000, tax free, 10000, 50000 ",
    "delivery : delivery rule, parcel of 40000, 3000, 53000 ",
    "delivery : delivery rule, parcel of 10000, 4000, 57000 ",
    "area 제주: area rule, parcel of 40000, 3000, 60000 ",
    "area 제주: area rule, parcel of 10000, 3000, 63000 ",
    "promotion LAMPS 행사: discount rule, product, rate 0.1000, -4000, 59000 [[1,\"4000\"]]",
    "coupon C1 쿠폰: discount rule, order, amount 3000, from 30000, -3000, 56000 [[1,\"2348\"],[2,\"652\"]]",
    "point : , , -1000, 55000 [[0,\"232\"],[1,\"601\"],[2,\"167\"]]",
    "cash : , , -700, 54300 [[0,\"162\"],[1,\"421\"],[2,\"117\"]]",
    "supply : , contained, without VAT, 41124, 54300 ",
    "vat : , contained, rate 0.1000, 4112, 54300 ",
    "tax_free : , contained, 9064, 54300 ",
];

impl Case {
    async fn proof(&mut self) -> Sets {
        let proof = call(&mut self.operator, "shop_order_prove", (1, "T1")).await;
        proof.unwrap_or_else(|e| panic!("{e:?}"))
    }
}

#[tokio::test]
async fn a_cart_is_explained_rule_by_rule_without_a_trace() {
    let mut case = case().await;
    let before = case.db.snapshot().await;
    let told = call(&mut case.conn, "shop_order_explain", case.explain.clone())
        .await
        .unwrap();
    assert_eq!(steps(told.set(1)), STEPS);
    let first = told.first();
    let amounts = [
        "product_total_price",
        "discount_total",
        "shipping_fee",
        "total_payment",
    ];
    assert_eq!(
        amounts.map(|name| first.str(name)),
        ["50000.00", "7000.00", "13000.00", "54300.00"]
    );
    assert_eq!(case.db.snapshot().await, before);
    assert_eq!(case.db.count("shop_quotes").await, 0);
    nothing_is_locked(&case.db, "explaining").await;
}

#[tokio::test]
async fn what_cannot_be_ordered_is_not_explained() {
    let mut case = case().await;
    let Params::Positional(well) = case.explain.clone() else {
        panic!("positional")
    };
    for (place, value, code, field) in [
        (1, "", "INVALID_INPUT", "X-User-Id"),
        (2, "[999999]", "CART_NOT_FOUND", "selected_cart_ids"),
        (2, "[", "INVALID_INPUT", "selected_cart_ids"),
        (3, "102", "INVALID_INPUT", "receiver"), // beside a typed one
        (6, "[999999]", "COUPON_NOT_AVAILABLE", "coupon_ids"),
        (7, "5001", "POINTS_NOT_ENOUGH", "point_to_use"),
        (7, "1.5", "INVALID_INPUT", "point_to_use"),
        (8, "701", "CASH_NOT_ENOUGH", "cash_to_use"),
    ] {
        let mut params = well.clone();
        params[place] = value.into();
        let params = Params::Positional(params);
        refused(
            &case.db,
            &mut case.conn,
            "shop_order_explain",
            params,
            code,
            field,
        )
        .await;
    }
    let mut params = well.clone();
    params[0] = 99.into();
    let params = Params::Positional(params);
    refused(
        &case.db,
        &mut case.conn,
        "shop_order_explain",
        params,
        "SHOP_NOT_FOUND",
        "shop_id",
    )
    .await;
    let mut params = well;
    (params[3], params[4]) = ("102".into(), "".into()); // another buyer's
    let params = Params::Positional(params);
    refused(
        &case.db,
        &mut case.conn,
        "shop_order_explain",
        params,
        "ADDRESS_NOT_FOUND",
        "address_id",
    )
    .await;
}

#[tokio::test]
async fn an_order_is_proven_whatever_has_become_of_the_shop() {
    let mut case = case().await;
    placed(&mut case.conn, &case.order).await;
    let proof = case.proof().await;
    assert_eq!(differences(&proof), [""; 0]);
    assert_eq!(steps(proof.set(1)), STEPS);
    // Prices, policies, areas, the promotion, the coupon: the order names what they were.
    case.db
        .exec(
            "UPDATE shop_products SET sale_price = 1, tax_type = 'taxable';
             UPDATE shop_delivery_policy SET base_cost = 9000, type = 'fixed', free_over = NULL;
             UPDATE shop_delivery_areas SET surcharge = 1;
             UPDATE shop_promotions SET rate = 0.5;
             UPDATE shop_coupons SET amount = 1, enabled = 0;
             UPDATE shops SET vat_rate = 0.2, point_min_use = 3000",
        )
        .await;
    case.db.let_expire("T1").await;
    call(&mut case.conn, "shop_order_expire", (10,))
        .await
        .unwrap();
    let proof = case.proof().await;
    assert_eq!(differences(&proof), [""; 0]);
    assert_eq!(steps(proof.set(1)), STEPS);
    let totals = ["total_payment", "recorded_total"].map(|name| proof.first().str(name));
    assert_eq!(totals, ["54300.00", "54300.00"]);
}

#[tokio::test]
async fn whatever_an_order_says_instead_is_named() {
    let mut case = case().await;
    placed(&mut case.conn, &case.order).await;
    case.db.without_triggers().await;
    case.db
        .exec(
            "CREATE TABLE copy_of_orders AS SELECT * FROM shop_orders;
             CREATE TABLE copy_of_lines AS SELECT * FROM shop_order_product;
             CREATE TABLE copy_of_discounts AS SELECT * FROM shop_order_discounts;
             CREATE TABLE copy_of_shares AS SELECT * FROM shop_order_discount_lines;
             CREATE TABLE copy_of_credits AS SELECT * FROM shop_order_credit_lines",
        )
        .await;
    for (sql, told) in [
        (
            "UPDATE shop_orders SET shipping_fee = 12000, total_payment = 53300, supply_amount = 40124",
            &[
                "shipping_fee: 12000.00 13000.00",
                "total_payment: 53300.00 54300.00",
                "supply_amount: 40124.00 41124.00",
            ][..],
        ),
        (
            "UPDATE shop_orders SET vat_amount = 4113, supply_amount = 41123",
            &["supply_amount: 41123.00 41124.00", "vat_amount: 4113.00 4112.00"],
        ),
        (
            "UPDATE shop_order_product SET unit_price = 19000, line_amount = 38000 WHERE line_no = 1",
            &["line 1 line_amount: 38000.00 40000.00"],
        ),
        (
            "UPDATE shop_order_product SET tax_type = 'taxable' WHERE line_no = 2",
            &["line 2 tax free: 0.00 1.00"],
        ),
        (
            "UPDATE shop_order_discounts SET amount = 4001 WHERE discount_no = 1",
            &["discount 1 by rule {1}: 4001.00 4000.00"],
        ),
        (
            "UPDATE shop_order_discount_lines SET amount = amount + 1 WHERE discount_no = 2 AND line_no = 1;
             UPDATE shop_order_discount_lines SET amount = amount - 1 WHERE discount_no = 2 AND line_no = 2",
            &[
                "discount 2 on line 1: 2349.00 2348.00",
                "discount 2 on line 2: 651.00 652.00",
            ],
        ),
        (
            "DELETE FROM shop_order_credit_lines WHERE kind = 'cash' AND line_no = 0;
             INSERT INTO shop_order_credit_lines SELECT seq_no, 'point', 3, 5 FROM shop_orders",
            &["cash on line 0: none 162.00", "point on line 3: 5.00 none"],
        ),
        // The price of something that was put on sale later.
        (
            "INSERT INTO shop_product_prices (shop_id, product_id, option_hash, unit_price, list_price, discount_rate,
                 product_name, option_name, tax_type, stock_option_hash, valid_from, actor, reason)
             SELECT shop_id, product_id, option_hash, unit_price, list_price, discount_rate, product_name, option_name,
                 tax_type, stock_option_hash, '2999-01-01', actor, reason FROM shop_product_prices
             WHERE price_id = (SELECT price_id FROM shop_order_product WHERE line_no = 1);
             UPDATE shop_order_product SET price_id = (SELECT MAX(price_id) FROM shop_product_prices) WHERE line_no = 1",
            &["line 1 by price {price}: {date} in force from 2999-01-01 00:00:00.000000"],
        ),
        // A coupon's rule that was over by then, or asks for more.
        (
            "UPDATE shop_discount_rules SET valid_until = '2020-01-01' WHERE coupon_code = 'C1'",
            &["discount 2 by rule {2}: {date} valid until 2020-01-01 00:00:00.000000"],
        ),
    ] {
        case.db.exec(sql).await;
        let names = case
            .db
            .rows(
                "SELECT (SELECT MIN(rule_id) FROM shop_order_discounts WHERE discount_no = 1) AS first,
                        (SELECT MIN(rule_id) FROM shop_order_discounts WHERE discount_no = 2) AS second,
                        (SELECT MAX(price_id) FROM shop_product_prices) AS price,
                        (SELECT CAST(order_date AS CHAR) FROM shop_orders) AS date",
            )
            .await;
        let named = |text: &&str| {
            text.replace("{1}", &names[0].str("first"))
                .replace("{2}", &names[0].str("second"))
                .replace("{price}", &names[0].str("price"))
                .replace("{date}", &names[0].str("date"))
        };
        let told: Vec<String> = told.iter().map(named).collect();
        assert_eq!(differences(&case.proof().await), told, "{sql}");
        case.db
            .exec(
                "DELETE FROM shop_orders; INSERT INTO shop_orders SELECT * FROM copy_of_orders;
                 DELETE FROM shop_order_product; INSERT INTO shop_order_product SELECT * FROM copy_of_lines;
                 DELETE FROM shop_order_discounts; INSERT INTO shop_order_discounts SELECT * FROM copy_of_discounts;
                 DELETE FROM shop_order_discount_lines;
                 INSERT INTO shop_order_discount_lines SELECT * FROM copy_of_shares;
                 DELETE FROM shop_order_credit_lines;
                 INSERT INTO shop_order_credit_lines SELECT * FROM copy_of_credits",
            )
            .await;
    }
    // One that its order could not have used: nothing is proven of the discounts then.
    case.db
        .exec("UPDATE shop_discount_rules SET valid_until = NULL, min_amount = 50001 WHERE coupon_code = 'C1'")
        .await;
    let told = differences(&case.proof().await);
    let coupon = case
        .db
        .text("SELECT MAX(coupon_no) FROM shop_issued_coupons")
        .await;
    assert!(
        told.contains(&format!("coupon {coupon}: used min_amount")),
        "{told:?}"
    );
    assert!(
        told.contains(&"discount_total: 7000.00 0.00".to_owned()),
        "{told:?}"
    );
}

/// Prices were not rows yet: it cannot be proven, and is not called wrong.
#[tokio::test]
async fn an_order_from_before_there_were_price_rows_is_not_judged() {
    let mut case = case().await;
    let (_, _) = one_book(&case.db, &mut case.conn, "OLD").await;
    case.db.without_triggers().await;
    case.db
        .exec("UPDATE shop_orders SET pricing_version = NULL, vat_rate = NULL, seal = NULL")
        .await;
    let proof = call(&mut case.operator, "shop_order_prove", (1, "OLD"))
        .await
        .unwrap();
    let first = proof.first();
    assert_eq!(
        [first.opt("proven"), first.opt("total_payment")],
        [None, None]
    );
    assert_eq!(first.str("recorded_total"), "10000.00");
    assert_eq!(first.int("difference_count"), 0);
    for (shop, name, code) in [
        (1, "NOSUCH", "ORDER_NOT_FOUND"),
        (2, "OLD", "ORDER_NOT_FOUND"),
    ] {
        let params = (shop, name);
        refused(
            &case.db,
            &mut case.operator,
            "shop_order_prove",
            params,
            code,
            "order_key",
        )
        .await;
    }
}
