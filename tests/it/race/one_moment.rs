//! Prices, delivery and cart rows that change all the time while others order: an order is of one moment. Its lines are at
//! the prices of one change, its parcel at the fee of the same one, its quantities are those that its cart had, and its
//! total is their sum; and nobody is answered with a deadlock, neither buyers nor the pages that change.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

const BUYERS: usize = 6;
const ORDERS: usize = 16; // of each
const PRODUCTS: [&str; 5] = ["book", "chair", "ink", "lamp", "pen"];

/// All products cost the same, and their one parcel ten times that: the highest of two fees.
fn change(price: u32) -> String {
    format!(
        "START TRANSACTION;
         UPDATE shop_products SET buy_price = {price} WHERE shop_id = 1;
         UPDATE shop_delivery_policy SET base_cost = {price} * CASE id WHEN 5 THEN 5 ELSE 10 END WHERE shop_id = 1 AND id IN (5, 6);
         COMMIT"
    )
}

/// One buyer after the other puts five rows into the cart, asks what they cost, and orders them.
async fn buy(
    buyer: usize,
    mut conn: Conn,
    mut admin: Conn,
) -> (Vec<Result<Sets, CallError>>, Vec<Sets>) {
    let user = format!("b{buyer}");
    let (mut answers, mut quotes) = (Vec::new(), Vec::new());
    let mut first = 0;
    for number in 0..ORDERS {
        let rows: Vec<String> = (PRODUCTS.iter().enumerate())
            .map(|(n, product)| {
                format!(
                    "(1, '{user}', '{product}', {}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                    n + 1
                )
            })
            .collect();
        // What is left, by primary key as the pages below: a range of the buyer's index and they would deadlock each other.
        let sql = format!(
            "DELETE FROM shop_cart WHERE seq_no BETWEEN {first} AND {first} + 4;
             INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date) VALUES {};
             SELECT LAST_INSERT_ID() AS id",
            rows.join(", ")
        );
        first = query(&mut admin, &sql).await.unwrap().first().int("id");
        let ids: Vec<i64> = (first..first + 5).collect();
        let none = None::<&str>;
        let asked = (
            1,
            user.as_str(),
            format!("{ids:?}"),
            none,
            none,
            none,
            none,
            none,
            none,
            none,
        );
        // A hand may have taken a row out.
        quotes.extend(call(&mut conn, "shop_order_quote", asked).await.ok());
        let order = guest_order(&format!("T{buyer}-{number}"), &user, &ids, "1");
        answers.push(order.call(&mut conn).await);
    }
    (answers, quotes)
}

/// Columns of an order or a quote, and its lines.
fn assert_of_one_moment(row: &Row, lines: &[Row], what: &str) {
    let number = |text: String| text.parse::<f64>().unwrap();
    let price = number(lines[0].str("unit_price"));
    let mut sum = 0.0;
    for line in lines {
        assert_eq!(number(line.str("unit_price")), price, "{what}: {lines:?}");
        let amount = number(line.str("line_amount"));
        assert_eq!(amount, price * number(line.str("quantity")), "{what}");
        sum += amount;
    }
    let column = |name: &str| number(row.str(name));
    for (name, expected) in [
        ("product_total_price", sum),
        ("discount_total", 0.0),
        ("point_used", 0.0),
        ("cash_used", 0.0),
        ("shipping_fee", 10.0 * price),
        ("total_payment", sum + 10.0 * price),
    ] {
        assert_eq!(column(name), expected, "{name}, {what}: {lines:?}");
    }
    let parts = ["supply_amount", "vat_amount", "tax_free_amount"].map(column);
    assert_eq!(parts.iter().sum::<f64>(), column("total_payment"), "{what}");
}

#[tokio::test]
async fn an_order_mixes_nothing_while_everything_changes() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shops SET total_tolerance = 1000000000;
         UPDATE shop_products SET sale_price = NULL, discount_rate = 0,
             delivery_policy_id = CASE WHEN product_id IN ('book', 'ink') THEN 5 ELSE 6 END WHERE shop_id = 1;
         UPDATE shop_delivery_policy SET type = 'conditional', free_over = 900000000 WHERE id IN (5, 6);
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, 10000 - free, 'more', 'test', UTC_TIMESTAMP(6) FROM shop_stock
         WHERE shop_id = 1 AND free <> 10000;
         UPDATE shop_stock SET free = 10000 WHERE shop_id = 1",
    )
    .await;
    db.exec(&change(100)).await;
    let done = Arc::new(AtomicBool::new(false));
    let mut pages = Vec::new();
    for page in 0..3 {
        let (mut conn, done) = (db.conn().await, done.clone());
        pages.push(tokio::spawn(async move {
            let mut changes = 0_u32;
            while !done.load(Ordering::Relaxed) {
                changes += 1;
                let buyer = changes as usize % BUYERS;
                let row = format!(
                    "SELECT COALESCE(MAX(seq_no), 0) - {} INTO @row FROM shop_cart WHERE user_id = 'b{buyer}'",
                    changes % 5
                );
                let sql = match page {
                    0 => change(100 + changes),
                    // An old page, one row at a time and past the lock of the cart.
                    1 => format!("{row}; UPDATE shop_cart SET quantity = quantity + 1 WHERE seq_no = @row"),
                    _ => format!("{row}; DELETE FROM shop_cart WHERE seq_no = @row"),
                };
                query(&mut conn, &sql).await.unwrap_or_else(|e| panic!("{sql}: {e:?}"));
                tokio::time::sleep(Duration::from_millis([1, 4, 25][page])).await;
            }
            changes
        }));
    }
    let mut admins = Vec::new();
    for _ in 0..BUYERS {
        let mut admin = db.conn().await;
        let level = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        admin.query_drop(level).await.unwrap();
        admins.push(Some(admin));
    }
    let admins = Arc::new(std::sync::Mutex::new(admins));
    let results = storm(&db, BUYERS, |buyer, conn| {
        let admin = admins.lock().unwrap()[buyer].take().unwrap();
        buy(buyer, conn, admin)
    })
    .await;
    done.store(true, Ordering::Relaxed);
    for page in pages {
        page.await.expect("no page was answered with an error");
    }

    let mut made = 0;
    for (answers, quotes) in &results {
        for answer in answers {
            match answer {
                Ok(_) => made += 1,
                Err(_) => assert_eq!(code(answer), "CART_NOT_FOUND"),
            }
        }
        for quote in quotes {
            assert_of_one_moment(quote.first(), &quote.set(1).rows, "quoted");
        }
    }
    assert!(made >= BUYERS * ORDERS / 4, "{made} orders only");
    let orders = db.rows("SELECT * FROM shop_orders").await;
    assert_eq!(orders.len(), made);
    for order in orders {
        let lines = format!(
            "SELECT * FROM shop_order_product WHERE order_seq_no = {}",
            order.int("seq_no")
        );
        let lines = db.rows(&lines).await;
        assert_eq!(lines.len(), PRODUCTS.len());
        assert_of_one_moment(&order, &lines, "ordered");
    }
    // What each line names is what it was charged by.
    let unproven = "SELECT COUNT(*) FROM shop_order_product l
        LEFT JOIN shop_product_prices p ON p.price_id = l.price_id AND p.shop_id = l.shop_id
            AND p.product_id = l.product_id AND p.option_hash = l.option_hash AND p.unit_price = l.unit_price
        LEFT JOIN shop_delivery_rules r ON r.rule_id = l.rule_id AND r.shop_id = l.shop_id
            AND r.policy_id = l.delivery_policy_id AND r.fee = l.unit_price * CASE r.policy_id WHEN 5 THEN 5 ELSE 10 END
        WHERE p.price_id IS NULL OR r.rule_id IS NULL";
    assert_eq!(
        db.int(unproven).await,
        0,
        "lines without a price or rule of their moment"
    );
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
