//! Pages, bulk changes and buyers at once, under both isolation levels that pages use: afterwards every price is what the
//! formula makes of its product and option, and every order was made at a price that there was.

use std::time::Instant;

use crate::support::*;

/// What a page is told to try again: another one was in the way.
const AGAIN: [u16; 4] = [1213, 1205, 1020, 1467];
const PAGES: usize = 6;
const BUYERS: usize = 3;

/// Products of one bulk change: PRICE_STORM_PRODUCTS.
fn products() -> u32 {
    let given = std::env::var("PRICE_STORM_PRODUCTS");
    given.map_or(3_000, |text| text.parse().expect("a number"))
}

/// Changes of one page, chosen by its number: of a product, of an option, of many.
fn change(page: usize, round: usize) -> String {
    let price = 1_000 + (page * 7_919 + round * 104_729) % 9_000;
    let product = ["book", "lamp", "shirt", "chair"][(page + round) % 4];
    let option = ["red", "blue", "wrap-a", "wrap-b"][(page + round) % 4];
    match (page + round) % 12 {
        0 => format!("UPDATE shop_products SET sale_price = {price} WHERE shop_id = 1 AND product_id = '{product}'"),
        1 => format!("UPDATE shop_product_options SET add_price = {price} WHERE product_id = 'shirt' AND option_hash = '{option}'"),
        2 => format!("UPDATE shop_products SET buy_price = {price}, product_name = 'Shirt {price}' WHERE product_id = 'shirt'"),
        3 => format!("UPDATE shop_products SET discount_rate = {}", (price % 10) as f64 / 20.0),
        4 => format!("UPDATE shop_product_options SET add_price = {price}, option_name = '{price}'"),
        5 => format!("UPDATE shop_products SET sale_price = {price} WHERE shop_id = 1 ORDER BY product_id DESC"),
        6 => format!("UPDATE shop_product_options SET display = '{}' ORDER BY option_hash DESC", price % 2),
        7 => format!("REPLACE INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
                      VALUES (1, 'page {page}', 'x', {price}, 1)"),
        8 => format!("DELETE FROM shop_products WHERE shop_id = 1 AND product_id = 'page {page}'"),
        9 => format!("REPLACE INTO shop_product_options (shop_id, product_id, option_hash, option_name, add_price, stock_option_hash)
                      VALUES (1, 'book', 'page {page}', 'x', {price}, 'x')"),
        10 => format!("DELETE FROM shop_product_options WHERE shop_id = 1 AND option_hash = 'page {page}'"),
        _ => format!("UPDATE shop_delivery_policy SET base_cost = {price} WHERE shop_id = 1 AND id = {}", 2 + page % 4),
    }
}

/// A page: each change alone, or three in a transaction, again until it got through.
async fn page(mut conn: Conn, number: usize, until: Instant) -> usize {
    let level = ["READ COMMITTED", "REPEATABLE READ"][number % 2];
    conn.query_drop(format!("SET SESSION TRANSACTION ISOLATION LEVEL {level}"))
        .await
        .unwrap();
    let mut done = 0;
    for round in 0.. {
        if Instant::now() > until {
            return done;
        }
        let together = if round % 5 == 4 { 3 } else { 1 };
        loop {
            let mut outcome = conn.query_drop("START TRANSACTION").await;
            for step in 0..together {
                if outcome.is_ok() {
                    outcome = conn.query_drop(change(number, round + step)).await;
                }
            }
            if outcome.is_ok() {
                outcome = conn.query_drop("COMMIT").await;
            }
            match outcome {
                Ok(()) => break,
                Err(mysql_async::Error::Server(e)) if AGAIN.contains(&e.code) => {
                    conn.query_drop("ROLLBACK").await.unwrap();
                }
                Err(e) => panic!("page {number}: {}: {e}", change(number, round)),
            }
        }
        done += 1;
    }
    done
}

/// A buyer who orders at the total that he was told, however often it changes.
async fn buyer(mut conn: Conn, number: usize, until: Instant) -> usize {
    let user = format!("u{}", number + 1);
    let mut done = 0;
    for round in 0.. {
        if Instant::now() > until {
            return done;
        }
        let product = ["lamp", "chair", "rice", "pen"][(number + round) % 4];
        let params = (1, &user, product, None::<&str>, "1");
        let row = call(&mut conn, "add_shop_cart", params).await.unwrap();
        let ids = [row.first().int("cart_id")];
        let order = OrderCall::new(&format!("{user}-{round}"), &ids).user(1, &user);
        let mut total = "1".to_owned();
        loop {
            match order.clone().client_total(&total).call(&mut conn).await {
                Ok(_) => break,
                Err(error) if error.code() == "PRICE_CHANGED" => {
                    total = error.sets.set(1).rows[0].str("total_payment");
                }
                Err(error) if AGAIN.contains(&error.errno) => {}
                Err(error) => panic!("{user}: {error:?}"),
            }
        }
        done += 1;
    }
    done
}

/// Runs it in this database.
async fn run(db: &TestDb, seconds: u64) {
    let until = Instant::now() + std::time::Duration::from_secs(seconds);
    let mut pages = Vec::new();
    for number in 0..PAGES {
        pages.push(tokio::spawn(page(db.conn().await, number, until)));
    }
    let mut buyers = Vec::new();
    for number in 0..BUYERS {
        buyers.push(tokio::spawn(buyer(
            db.conn_as_gateway().await,
            number,
            until,
        )));
    }
    let (mut changes, mut orders) = (0, 0);
    for page in pages {
        changes += page.await.expect("a page");
    }
    for buyer in buyers {
        orders += buyer.await.expect("a buyer");
    }
    assert!(
        changes > 20 && orders > 5,
        "{changes} changes, {orders} orders"
    );
    db.assert_audit_clean().await;
    // The audit compares with the formula; so does the repair, which finds nothing.
    let mut conn = db.conn().await;
    let repaired = call(&mut conn, "shop_offers_repair", (None::<u32>,))
        .await
        .unwrap();
    assert_eq!(repaired.first().int("repaired"), 0);
}

async fn stocked(db: &TestDb) {
    for product in ["lamp", "chair", "rice", "pen"] {
        db.exec(&format!(
            "CALL shop_stock_set(1, '{product}', NULL, 'shelf', '90000', NULL)"
        ))
        .await;
    }
}

#[tokio::test]
async fn changes_of_products_options_and_policies_meet_and_every_price_is_right() {
    let db = TestDb::with_fixture().await;
    stocked(&db).await;
    run(&db, 4).await;
}

/// With a binary log as servers have it that nobody has set up: on MariaDB triggers lock what they read.
#[tokio::test]
async fn the_same_with_a_binary_log() {
    let extra: &[&str] = match engine() {
        Engine::MariaDb => &["--binlog-format=MIXED"],
        Engine::MySql => &[],
    };
    let server = PrivateServer::start_with(engine(), extra).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    stocked(&db).await;
    run(&db, 4).await;
}

/// Many products in one statement, while single ones are changed and bought. `make soak` takes 100,000.
#[tokio::test]
async fn one_statement_changes_all_products_while_single_ones_are_changed() {
    let db = TestDb::with_fixture().await;
    stocked(&db).await;
    let many = products();
    let mut conn = db.conn().await;
    conn.query_drop(format!(
        "SET SESSION /*M! max_recursive_iterations = 1000000 *//*!80000 cte_max_recursion_depth = 1000000 */;
         INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
         SELECT 1, CONCAT('many ', i), CONCAT('Product ', i), 1000 + i, 1 FROM n"
    ))
    .await
    .unwrap();
    let prices = db.count("shop_product_prices").await;
    let until = Instant::now() + std::time::Duration::from_secs(5);
    let mut running = Vec::new();
    for number in 0..2 {
        running.push(tokio::spawn(page(db.conn().await, number, until)));
    }
    let buyer = tokio::spawn(buyer(db.conn_as_gateway().await, 0, until));
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 60")
        .await
        .unwrap();
    let start = Instant::now();
    loop {
        match conn
            .query_drop(
                "UPDATE shop_products SET discount_rate = 0.25 WHERE product_id LIKE 'many %'",
            )
            .await
        {
            Ok(()) => break,
            Err(mysql_async::Error::Server(e)) if AGAIN.contains(&e.code) => {}
            Err(e) => panic!("{e}"),
        }
    }
    println!(
        "{many} products in one UPDATE: {:.1} s",
        start.elapsed().as_secs_f64()
    );
    for single in running {
        single.await.expect("a page");
    }
    buyer.await.expect("a buyer");
    assert!(db.count("shop_product_prices").await >= prices + i64::from(many));
    db.assert_audit_clean().await;
}
