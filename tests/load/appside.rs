//! (d) The same transaction out of an application, in its best form: ten round trips, statements prepared once,
//! several rows to a statement, the same locks in the same order and the same checks as `shop_order_insert`.
//!
//! The connection has `autocommit` off, so the first statement begins the transaction; the key and everything that is
//! known by key come with one SELECT; what the engine rolled back as a deadlock's victim is repeated.

use std::hint::black_box;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params, Pool, Row, Value};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::carts::{Cart, RECEIVER};
use crate::money::{self, Delivery, Line, Money, Totals};
use crate::stamps::{Stamps, request_sha256, stamps};
use crate::support::{TEST_PASSWORD, TestDb};
use crate::ways::{Outcome, get};

/// Account of the application: it may read and write every table of the database.
pub const ACCOUNT: &str = "bench_app";
const DEADLOCK: u16 = 1213;
const TRIES: usize = 10;

const LOCK_CART: &str =
    "UPDATE shop_cart_headers SET version = version + 1 WHERE shop_id = ? AND user_id = ?";
const FIND: &str = "SELECT o.seq_no, o.request_sha256, s.currency, s.currency_digits, s.vat_rate,
       COALESCE(s.total_tolerance, CASE s.currency_digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 ELSE 0.01 END) AS tolerance,
       s.utc_offset_minutes, s.reservation_minutes, s.gateway_url, p.merchant_id, p.pay_type, p.secret_key,
       p.request_fields_json, p.request_hash_template, m.user_name, m.user_phone
FROM shops s
LEFT JOIN shop_orders o ON o.shop_id = s.shop_id AND o.order_number = ?
LEFT JOIN shop_pg_adapters p ON p.shop_id = s.shop_id AND p.enabled_pg = ?
LEFT JOIN member m ON m.shop_id = s.shop_id AND m.user_id = ?
WHERE s.shop_id = ?";
const INSERT_ORDER: &str = "INSERT INTO shop_orders
    (shop_id, order_number, order_key, order_code, order_date, order_mode, order_status, user_id, user_name,
     user_phone, receiver_name, receiver_phone, post_code, address, address_detail, delivery_msg, currency,
     line_count, product_total_price, discount_total, point_used, shipping_fee, total_payment, supply_amount,
     vat_amount, tax_free_amount, client_total, request_sha256, pg, merchant_id, pay_type, expires_at, update_date,
     vat_rate, pricing_version)
VALUES (?, ?, ?, ?, ?, 'cart', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)";
const INSERT_LOG: &str = "INSERT INTO shop_order_logs
    (order_seq_no, log_date, from_status, to_status, action, actor, actor_name, log_message)
VALUES (?, ?, 0, 1, 'order', 'buyer', LEFT(USER(), 100), '')";

/// Creates the account.
pub async fn prepare(db: &TestDb) {
    db.exec(&format!(
        "CREATE USER IF NOT EXISTS '{ACCOUNT}'@'%' IDENTIFIED BY '{TEST_PASSWORD}';
         GRANT SELECT, INSERT, UPDATE, DELETE ON {}.* TO '{ACCOUNT}'@'%'",
        db.name()
    ))
    .await;
}

enum Failure {
    SoldOut,
    Sql(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Sql(error)
    }
}

pub async fn order(pool: &Pool, cart: &Cart) -> Outcome {
    check_request(cart);
    let mut conn = get(pool).await;
    for _ in 0..TRIES {
        match transaction(&mut conn, cart).await {
            Ok(payment) => {
                black_box(payment);
                return Outcome::Done;
            }
            Err(failure) => {
                conn.query_drop("ROLLBACK").await.expect("a rollback");
                match failure {
                    Failure::SoldOut => return Outcome::SoldOut,
                    Failure::Sql(Error::Server(e)) if e.code == DEADLOCK => {}
                    Failure::Sql(e) => panic!("no order: {e}"),
                }
            }
        }
    }
    Outcome::Deadlock
}

/// What the form sent, before anything is locked.
fn check_request(cart: &Cart) {
    let printable = |text: &str| !text.chars().any(|c| c.is_control());
    let user = cart.user_id.chars().count();
    assert!((1..=20).contains(&user) && printable(&cart.user_id) && !cart.user_id.ends_with(' '));
    let word = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    assert!((1..=64).contains(&cart.order_number.len()) && cart.order_number.chars().all(word));
    let ids = cart.cart_ids();
    assert!(
        (1..=1_000).contains(&ids.len())
            && ids.windows(2).all(|pair| 0 < pair[0] && pair[0] < pair[1])
    );
    assert!(
        RECEIVER
            .iter()
            .all(|(_, value)| printable(value) && value.chars().count() <= 200)
    );
    assert!(
        cart.totals.total.fract().is_zero(),
        "more decimals than the currency has"
    );
}

/// One cart row, priced by what is on sale.
struct Priced {
    cart_id: i64,
    product_id: String,
    product_name: String,
    option_hash: String,
    option_name: String,
    unit_price: Money,
    quantity: i64,
    tax_type: String,
    stock_option: String,
    policy: u32,
    price_id: u64,
    rule_id: u64,
    line: Line,
}

/// What the buyer's browser is sent to the payment page with.
struct Payment {
    _order_key: String,
    _order_code: String,
    _fields: String,
}

async fn transaction(conn: &mut Conn, cart: &Cart) -> Result<Payment, Failure> {
    let shop = 1;
    conn.exec_drop(LOCK_CART, (shop, &cart.user_id)).await?;
    assert_eq!(conn.affected_rows(), 1, "the cart's header");

    let known: Option<Row> = conn
        .exec_first(FIND, (&cart.order_number, "wallet", &cart.user_id, shop))
        .await?;
    let known = known.expect("the shop");
    let text = |column: &str| known.get::<Option<String>, _>(column).expect("a column");
    let number = |column: &str| known.get::<i64, _>(column).expect("a number");
    let sha256 = request_sha256(cart);
    if let Some(before) = known
        .get::<Option<Vec<u8>>, _>("request_sha256")
        .expect("a column")
    {
        assert_eq!(before, sha256, "the key was used for another request");
        panic!("a replay is not part of this load");
    }
    let merchant = text("merchant_id").expect("the payment gateway");
    let digits = u32::try_from(number("currency_digits")).expect("digits");
    let tolerance = money::parse(&text("tolerance").expect("a tolerance"));
    let rate = money::parse(&text("vat_rate").expect("a rate"));
    let minutes = number("reservation_minutes");

    let lines = price(conn, cart).await?;
    let parts: Vec<Line> = lines.iter().map(|line| line.line.clone()).collect();
    let totals = money::totals(&parts, digits, rate);
    assert!(
        (totals.total - cart.totals.total).abs() <= tolerance,
        "the price has changed"
    );

    let stamps = stamps(minutes);
    let user_name = text("user_name").unwrap_or_else(|| RECEIVER[0].1.to_owned());
    let user_phone = text("user_phone").unwrap_or_else(|| RECEIVER[1].1.to_owned());
    let mut values: Vec<Value> = vec![
        shop.into(),
        cart.order_number.as_str().into(),
        stamps.key.as_slice().into(),
        stamps.code.as_str().into(),
        stamps.now.clone(),
        cart.user_id.as_str().into(),
        user_name.into(),
        user_phone.into(),
    ];
    values.extend(RECEIVER.iter().map(|(_, value)| Value::from(*value)));
    values.extend([text("currency").into(), lines.len().into()]);
    let Totals {
        products,
        shipping,
        total,
        supply,
        vat,
        tax_free,
    } = totals;
    let amounts = [
        products,
        shipping,
        total,
        supply,
        vat,
        tax_free,
        cart.totals.total,
    ];
    values.extend(amounts.map(|amount| Value::from(money::text(amount))));
    values.extend([
        sha256.as_slice().into(),
        "wallet".into(),
        merchant.as_str().into(),
        text("pay_type").into(),
        stamps.expires_at.clone(),
        stamps.now.clone(),
        text("vat_rate").into(),
    ]);
    conn.exec_drop(INSERT_ORDER, Params::Positional(values))
        .await?;
    let order = conn.last_insert_id().expect("the order's number");

    write_lines(conn, order, &lines).await?;
    conn.exec_drop(INSERT_LOG, (order, &stamps.now)).await?;
    hold_stock(conn, order, &lines, &stamps).await?;
    conn.query_drop("COMMIT").await?;

    let order_key = uuid::Uuid::from_bytes(stamps.key).to_string();
    let title = format!("{} 외 {}건", lines[0].product_name, lines.len() - 1);
    let amount = total.trunc().to_string();
    let fill = |template: &str, hash: &str, key: &str| {
        let base = format!(
            "{}/pg/wallet/{merchant}",
            text("gateway_url").unwrap_or_default()
        );
        template
            .replace("{merchant_id}", &merchant)
            .replace("{order_number}", &cart.order_number)
            .replace("{amount}", &amount)
            .replace("{hash}", hash)
            .replace("{key}", key)
            .replace("{return_url}", &format!("{base}/return/{order_key}"))
            .replace("{notify_url}", &format!("{base}/notify"))
            .replace("{title}", &title)
    };
    let hashed = fill(
        &text("request_hash_template").expect("a template"),
        "",
        &text("secret_key").expect("a key"),
    );
    let hash = hex::encode(Sha256::digest(hashed));
    let fields = fill(&text("request_fields_json").expect("fields"), &hash, "");
    Ok(Payment {
        _order_key: order_key,
        _order_code: stamps.code,
        _fields: fields,
    })
}

/// All rows of the cart at the price of now, in the order of their ids; one that is missing or cannot be bought ends it.
async fn price(conn: &mut Conn, cart: &Cart) -> Result<Vec<Priced>, Failure> {
    let ids = cart.cart_ids();
    let sql = format!(
        "SELECT c.seq_no AS cart_id, c.product_id, f.product_name, c.option_hash, f.option_name, f.unit_price, c.quantity,
                f.orderable, f.tax_type, f.stock_option_hash, f.price_id, d.rule_id, d.policy_id AS delivery_policy_id,
                d.parcel AS delivery_group, d.fee AS delivery_fee, d.free_over AS delivery_free_over
         FROM shop_cart c
         JOIN shop_offers f ON f.shop_id = c.shop_id AND f.product_id = c.product_id AND f.option_hash = c.option_hash
             AND f.plan_id = 0
         JOIN shop_delivery_now d ON d.shop_id = f.shop_id AND d.policy_id = f.delivery_policy_id
         WHERE c.seq_no IN ({}) AND c.shop_id + 0 = ? AND CONCAT(c.user_id) = ? ORDER BY c.seq_no",
        marks("?", ids.len())
    );
    let mut values: Vec<Value> = ids.iter().map(|&id| id.into()).collect();
    values.extend([1.into(), cart.user_id.as_str().into()]);
    let rows: Vec<Row> = conn.exec(sql, Params::Positional(values)).await?;
    assert_eq!(rows.len(), ids.len(), "cart rows are missing");
    Ok(rows.into_iter().map(priced).collect())
}

fn priced(row: Row) -> Priced {
    let text = |column: &str| {
        row.get::<Option<String>, _>(column)
            .expect("a column")
            .unwrap_or_default()
    };
    let unit_price = money::parse(&text("unit_price"));
    let quantity: i64 = row.get("quantity").expect("a quantity");
    assert_eq!(
        row.get::<i64, _>("orderable"),
        Some(1),
        "a product cannot be bought"
    );
    let tax_type = text("tax_type");
    Priced {
        cart_id: row.get("cart_id").expect("an id"),
        product_id: text("product_id"),
        product_name: text("product_name"),
        option_hash: text("option_hash"),
        option_name: text("option_name"),
        unit_price,
        quantity,
        stock_option: text("stock_option_hash"),
        policy: row.get("delivery_policy_id").expect("a policy"),
        price_id: row.get("price_id").expect("a price"),
        rule_id: row.get("rule_id").expect("a rule"),
        line: Line {
            amount: unit_price * Decimal::from(quantity),
            tax_free: tax_type == "free",
            group: text("delivery_group"),
            delivery: match text("delivery_free_over").as_str() {
                "" => Delivery::Fixed,
                over => Delivery::FreeOver(money::parse(over)),
            },
            base_cost: money::parse(&text("delivery_fee")),
        },
        tax_type,
    }
}

/// Cart rows become order lines: only those whose quantity is still what was priced.
async fn write_lines(conn: &mut Conn, order: u64, lines: &[Priced]) -> Result<(), Failure> {
    let sql = format!(
        "DELETE FROM shop_cart WHERE seq_no IN ({}) AND quantity = CASE seq_no{} END",
        marks("?", lines.len()),
        " WHEN ? THEN ?".repeat(lines.len())
    );
    let ids = lines.iter().map(|line| Value::from(line.cart_id));
    let pairs = lines
        .iter()
        .flat_map(|line| [Value::from(line.cart_id), line.quantity.into()]);
    conn.exec_drop(sql, Params::Positional(ids.chain(pairs).collect()))
        .await?;
    assert_eq!(
        conn.affected_rows() as usize,
        lines.len(),
        "the cart was changed while it was ordered"
    );

    let sql = format!(
        "INSERT INTO shop_order_product (order_seq_no, line_no, shop_id, product_id, product_name, option_hash,
             option_name, unit_price, quantity, line_amount, tax_type, delivery_policy_id, cart_seq_no, price_id, rule_id,
             live_cart_seq_no) VALUES {}",
        marks("(?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", lines.len())
    );
    let values = lines.iter().enumerate().flat_map(|(at, line)| {
        [
            Value::from(order),
            (at + 1).into(),
            line.product_id.as_str().into(),
            line.product_name.as_str().into(),
            line.option_hash.as_str().into(),
            line.option_name.as_str().into(),
            money::text(line.unit_price).into(),
            line.quantity.into(),
            money::text(line.line.amount).into(),
            line.tax_type.as_str().into(),
            line.policy.into(),
            line.cart_id.into(),
            line.price_id.into(),
            line.rule_id.into(),
            line.cart_id.into(),
        ]
    });
    conn.exec_drop(sql, Params::Positional(values.collect()))
        .await?;
    Ok(())
}

/// Reservations, then stock in the order of its primary key, in one conditional UPDATE.
async fn hold_stock(
    conn: &mut Conn,
    order: u64,
    lines: &[Priced],
    stamps: &Stamps,
) -> Result<(), Failure> {
    let mut units: Vec<(&str, &str, i64)> = Vec::with_capacity(lines.len());
    for line in lines {
        match units
            .iter_mut()
            .find(|unit| unit.0 == line.product_id && unit.1 == line.stock_option)
        {
            Some(unit) => unit.2 += line.quantity,
            None => units.push((&line.product_id, &line.stock_option, line.quantity)),
        }
    }
    units.sort_unstable();

    let sql = format!(
        "INSERT INTO shop_stock_reservations
             (order_seq_no, shop_id, product_id, option_hash, slot, quantity, state, expires_at, update_date) VALUES {}",
        marks("(?, 1, ?, ?, 0, ?, 'held', ?, ?)", units.len())
    );
    let values = units.iter().flat_map(|&(product, option, quantity)| {
        [
            Value::from(order),
            product.into(),
            option.into(),
            quantity.into(),
            stamps.expires_at.clone(),
            stamps.now.clone(),
        ]
    });
    conn.exec_drop(sql, Params::Positional(values.collect()))
        .await?;

    // Written as ranges of the primary key: both engines visit just these rows, and in its order.
    let wanted = format!(
        "CASE{} END",
        " WHEN product_id = ? AND option_hash = ? THEN ?".repeat(units.len())
    );
    let sql = format!(
        "UPDATE shop_stock SET free = free - {wanted} WHERE ({}) AND free >= {wanted}",
        vec!["(shop_id = 1 AND product_id = ? AND option_hash = ? AND slot = 0)"; units.len()]
            .join(" OR ")
    );
    let cases = || {
        units
            .iter()
            .flat_map(|&(p, o, quantity)| [Value::from(p), o.into(), quantity.into()])
    };
    let keys = units
        .iter()
        .flat_map(|&(p, o, _)| [Value::from(p), o.into()]);
    conn.exec_drop(
        sql,
        Params::Positional(cases().chain(keys).chain(cases()).collect()),
    )
    .await?;
    if conn.affected_rows() as usize != units.len() {
        return Err(Failure::SoldOut);
    }
    Ok(())
}

fn marks(one: &str, count: usize) -> String {
    vec![one; count].join(", ")
}
