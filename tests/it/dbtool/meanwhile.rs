//! Orders and pages while a load replaces what they use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;

/// Replaced by every load of the storm: the outermost and the innermost, a function, a view.
const REPLACED: [&str; 6] = [
    "procedures/order/shop_order_insert.sql",
    "procedures/lib/_report_error.sql",
    "procedures/lib/_uuid_text.sql",
    "procedures/stock/_stock_hold.sql",
    "procedures/lib/_start_writing.sql",
    "procedures/cart/add_shop_cart.sql",
];

/// Between two orders or writes of one session: without it the storm is most of what the loads wait for.
const PAUSE: Duration = Duration::from_millis(5);

/// Loads two versions of the files in turns until told to stop, or that often.
async fn load_in_turns(db: &TestDb, files: &Files, times: u32) {
    for turn in 0..times {
        let command = if turn % 2 == 0 {
            files.load(db)
        } else {
            command(db, "load", &[])
        };
        let words = succeed(command).await;
        assert!(
            words.contains("loaded   sql/procedures"),
            "nothing was replaced: {words}"
        );
    }
}

/// The files with other routines, another view and another trigger. The trigger is the only thing that keeps old pages
/// from writing the copy of the stock.
fn changed_files() -> Files {
    let files = Files::new();
    for path in REPLACED {
        files.edit(path, "BEGIN\n", "BEGIN\n    -- changed\n");
    }
    files.edit(
        "procedures/price/v_cart_lines.sql",
        "FROM shop_cart",
        "FROM /*! */ shop_cart",
    );
    files.edit(
        "procedures/stock/tr_shop_products_mirror.sql",
        "BEGIN\n    IF",
        "BEGIN\n    DO 1;\n    IF",
    );
    files
}

/// Orders until it is over, and asks again as the PHP client does: while it is told to. How many orders, and how often it
/// was told.
async fn buy_until(over: &AtomicBool, db: &TestDb, gateway: &Gateway, number: u32) -> (u32, u32) {
    let user = format!("u{number}");
    let (mut ordered, mut asked_again) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let cart_id = db.add_cart(1, &user, "pen", NO_OPTION, 1).await;
        let body = serde_json::json!({
            "mTrdNo": format!("{user}-{ordered}"), "trdAmt": "3500", "selected_cart_ids": [cart_id],
            "address_id": 100 + number, "mode": "cart", "pg": "wallet"
        });
        let mut refused = 0;
        loop {
            let answer = gateway
                .shop(Method::POST, "/v1/orders", &user)
                .json(&body)
                .send()
                .await
                .unwrap();
            let status = answer.status().as_u16();
            let words: serde_json::Value = answer.json().await.unwrap();
            if status == 200 {
                break;
            }
            assert!(
                status == 503 && words["retryable"] == true,
                "{status}: {words}"
            );
            refused += 1;
            assert!(refused < 200, "never served: {words}");
        }
        ordered += 1;
        asked_again += refused;
        tokio::time::sleep(PAUSE).await;
    }
    (ordered, asked_again)
}

/// Writes a product as an old page does until it is over; how often.
async fn write_until(over: &AtomicBool, db: &TestDb, product: &str) -> u32 {
    let mut conn = db.conn().await;
    let mut writes = 0;
    while !over.load(Ordering::Relaxed) {
        let sql = format!(
            "UPDATE shop_products SET product_name = 'page {writes}', quantity_stock = 777
             WHERE shop_id = 1 AND product_id = '{product}'"
        );
        conn.query_drop(sql).await.unwrap();
        writes += 1;
        tokio::time::sleep(PAUSE).await;
    }
    writes
}

#[tokio::test]
async fn a_buyer_is_served_or_told_to_try_again_and_no_page_writes_past_a_trigger() {
    let db = loaded().await;
    db.exec(
        "UPDATE shop_products SET product_name = 'before';
         UPDATE shop_stock SET free = free + 9900 WHERE product_id = 'pen';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'pen', '__noopt__', 9900, 'more', 'test', UTC_TIMESTAMP(6))",
    )
    .await;
    let files = changed_files();
    let gateway = Arc::new(Gateway::start(&db).await);
    let db = Arc::new(db);
    let over = Arc::new(AtomicBool::new(false));
    let (mut buyers, mut pages) = (Vec::new(), Vec::new());
    for number in 1..=4 {
        let (db, gateway, over) = (db.clone(), gateway.clone(), over.clone());
        buyers.push(tokio::spawn(async move {
            buy_until(&over, &db, &gateway, number).await
        }));
    }
    for product in ["book", "lamp", "chair"] {
        let (db, over) = (db.clone(), over.clone());
        pages.push(tokio::spawn(async move {
            write_until(&over, &db, product).await
        }));
    }
    load_in_turns(&db, &files, 8).await;
    over.store(true, Ordering::Relaxed);
    let (mut ordered, mut asked_again) = (0, 0);
    for buyer in buyers {
        let (orders, again) = buyer.await.unwrap();
        ordered += orders;
        asked_again += again;
    }
    eprintln!("{ordered} orders during 8 loads, {asked_again} answers to try again");
    assert!(ordered >= 40, "only {ordered} orders: no storm");
    for page in pages {
        let writes = page.await.unwrap();
        assert!(writes > 50, "only {writes} writes: no storm");
    }
    assert_eq!(db.count("shop_orders").await, i64::from(ordered));
    let log = gateway.log();
    assert!(!log.contains("ERROR"), "{log}");
    assert_eq!(db.count("shop_error_log").await, 0);
    let products = "SELECT COUNT(*) FROM shop_products WHERE";
    let past = format!("{products} quantity_stock = 777");
    assert_eq!(db.int(&past).await, 0);
    let written = format!("{products} product_name LIKE 'page%'");
    assert_eq!(db.int(&written).await, 3);
    db.assert_audit_clean().await;
    succeed(command(&db, "check", &[])).await;
}

/// Somebody's long transaction on the table: those behind the load wait a few seconds, not until it ends.
#[tokio::test]
async fn a_long_transaction_holds_up_the_load_and_nobody_else() {
    let db = loaded().await;
    let files = Files::new();
    files.edit(
        "procedures/stock/tr_shop_products_mirror.sql",
        "BEGIN\n    IF",
        "BEGIN\n    DO 1;\n    IF",
    );
    let mut long = db.conn().await;
    long.query_drop(
        "BEGIN; SELECT * FROM shop_products WHERE shop_id = 1 AND product_id = 'book' FOR UPDATE",
    )
    .await
    .unwrap();
    let load = tokio::spawn(run(files.load(&db)));
    let waiting = format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE DB = '{}' AND INFO LIKE 'LOCK TABLES%'",
        db.name()
    );
    eventually("the load waits", || async { db.int(&waiting).await == 1 }).await;
    let start = std::time::Instant::now();
    let mut page = db.conn().await;
    page.query_drop("UPDATE shop_products SET product_name = 'Lamp 2' WHERE shop_id = 1 AND product_id = 'lamp'")
        .await
        .unwrap();
    assert!(start.elapsed().as_secs() < 8, "{:?}", start.elapsed());
    assert!(!load.is_finished());
    long.query_drop("COMMIT").await.unwrap();
    let (done, words) = load.await.unwrap();
    assert!(done, "{words}");
    succeed(files.check(&db)).await;
}

/// The new routines read what is filled in: until that is complete, the ones of before are in charge, and buyers order.
#[tokio::test]
async fn the_routines_of_before_serve_until_what_is_on_sale_is_filled_in() {
    let db = loaded().await;
    let files = Files::new();
    files.edit(
        "procedures/price/tr_shop_cart_insert.sql",
        "    IF NOT (",
        "    DO 1;\n    IF NOT (",
    );
    files.edit(
        "procedures/order/shop_order_insert.sql",
        "'OK' AS result",
        "'NEW' AS result",
    );
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    // As after a schema file: nobody has put it on sale yet. The page that has it open keeps the filling from its end.
    db.exec("DELETE FROM shop_offers WHERE product_id = 'pen'")
        .await;
    let mut page = db.conn().await;
    page.query_drop("BEGIN; SELECT * FROM shop_products WHERE product_id = 'pen' FOR UPDATE")
        .await
        .unwrap();
    let load = tokio::spawn(run(files.load(&db)));
    let filling = format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE DB = '{}' AND INFO LIKE '%shop_products%FOR UPDATE'",
        db.name()
    );
    eventually("the load fills", || async { db.int(&filling).await == 1 }).await;

    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("10000");
    let done = order.call(&mut conn).await.unwrap();
    assert_eq!(done.first().str("result"), "OK");
    assert!(!load.is_finished());
    page.query_drop("COMMIT").await.unwrap();
    let (done, words) = load.await.unwrap();
    assert!(done, "{words}");

    let cart_id = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let order = OrderCall::new("T2", &[cart_id]).client_total("3500");
    let done = order.call(&mut conn).await.unwrap();
    assert_eq!(done.first().str("result"), "NEW");
    db.assert_audit_clean().await;
}
