//! What is on sale, filled in and repaired by `db load`, also when it was stopped in the middle, and while others buy.

use std::process::Stdio;
use std::time::Duration;

use super::*;

/// So many products besides those of the fixture: several batches.
const MANY: i64 = 4_000;

async fn with_many_products() -> TestDb {
    let db = loaded().await;
    db.exec(&format!(
        "SET SESSION /*M! max_recursive_iterations = 1000000 *//*!80000 cte_max_recursion_depth = 1000000 */;
         INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})
         SELECT 1, CONCAT('many ', i), CONCAT('Product ', i), 1000 + i, 1 FROM n;
         INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
         SELECT 1, product_id, 'red', 'red', 'red' FROM shop_products WHERE product_id LIKE 'many %5'"
    ))
    .await;
    db
}

/// As a database is that is being brought up: products and no offers.
async fn forget_offers(db: &TestDb) {
    db.exec("DELETE FROM shop_offers WHERE product_id LIKE 'many %'")
        .await;
}

#[tokio::test]
async fn a_load_that_was_killed_in_the_middle_is_gone_on_with() {
    let db = with_many_products().await;
    let all = db.count("shop_offers").await;
    forget_offers(&db).await;
    let rest = db.count("shop_offers").await;
    let mut child = command(&db, "load", &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("some offers are there", || async {
        db.count("shop_offers").await > rest
    })
    .await;
    let lock = "CONCAT('jumun_load_', LEFT(SHA2(DATABASE(), 256), 16))";
    let others = format!("SELECT IS_USED_LOCK({lock}) IS NOT NULL");
    assert_eq!(db.int(&others).await, 1);
    child.kill().unwrap();
    child.wait().unwrap();
    // What the killed one still had under way ends by itself, and its lock last of all. The list of sessions would not do:
    // MySQL leaves the database of a session out of a row that it reads while the session changes.
    let ended = format!("SELECT GET_LOCK({lock}, 60) + RELEASE_LOCK({lock})");
    assert_eq!(db.int(&ended).await, 2);
    let some = db.count("shop_offers").await;
    assert!(
        some > rest && some < all,
        "{rest}, {some}, {all}: killed too late"
    );
    let found = "SELECT COUNT(*) FROM v_audit_price";
    assert_eq!(db.int(found).await, all - some);
    let prices = db.count("shop_product_prices").await;
    let said = succeed(command(&db, "load", &[])).await;
    assert!(
        said.contains(&format!("repaired {} offers", all - some)),
        "{said}"
    );
    assert!(said.contains("offers   [####"), "no progress: {said}");
    assert_eq!(db.count("shop_product_prices").await, prices + all - some);
    db.assert_audit_clean().await;
    let said = succeed(command(&db, "load", &[])).await;
    assert!(!said.contains("repaired"), "{said}");
}

#[tokio::test]
async fn orders_go_on_while_it_fills_and_pages_wait_for_a_batch_at_most() {
    let db = with_many_products().await;
    forget_offers(&db).await;
    // A page has one product in the middle: the repair waits for it.
    let mut page = db.conn().await;
    page.query_drop(
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN;
         UPDATE shop_products SET buy_price = 7 WHERE shop_id = 1 AND product_id = 'many 2500'",
    )
    .await
    .unwrap();
    let mut repair = Running::query_on(&db, db.conn().await, "CALL shop_offers_repair(NULL)").await;
    repair.wait_until_blocked().await;
    buy(&db, "T1").await;
    // Batches before that are there, and their products free; the batch that waits and those behind it are not there.
    let mut other = db.conn().await;
    other
        .query_drop("SET SESSION innodb_lock_wait_timeout = 1; UPDATE shop_products SET buy_price = 8 WHERE shop_id = 1 AND product_id = 'many 1'")
        .await
        .unwrap();
    // An option that is new while its product has no offer yet gets one with it.
    other
        .query_drop(
            "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
             VALUES (1, 'many 999', 'late', 'late', 'late')",
        )
        .await
        .unwrap();
    page.query_drop("COMMIT").await.unwrap();
    repair.finish().await.unwrap();
    let prices = "SELECT GROUP_CONCAT(CONCAT(product_id, ' ', option_hash, ' ', unit_price) ORDER BY product_id SEPARATOR ', ')
                  FROM shop_offers WHERE product_id IN ('many 1', 'many 2500') OR option_hash = 'late'";
    assert_eq!(
        db.text(prices).await,
        "many 1 __noopt__ 8.00, many 2500 __noopt__ 7.00, many 999 late 1999.00"
    );
    db.assert_audit_clean().await;
}

/// A trigger is replaced only where its text differs, and no page gets through while there is none.
#[tokio::test]
async fn a_trigger_is_replaced_while_pages_write_and_no_change_is_lost() {
    let db = std::sync::Arc::new(loaded().await);
    let created = "SELECT GROUP_CONCAT(TRIGGER_NAME, ' ', CREATED ORDER BY TRIGGER_NAME) FROM information_schema.TRIGGERS
                   WHERE TRIGGER_SCHEMA = DATABASE()";
    db.exec("SET SESSION group_concat_max_len = 100000").await;
    let before = db.text(created).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    succeed(command(&db, "load", &[])).await;
    assert_eq!(db.text(created).await, before, "the same text");

    let files = Files::new();
    for name in [
        "tr_shop_products_update",
        "tr_shop_offers_update",
        "tr_shop_products_mirror",
    ] {
        let folder = if name.ends_with("mirror") {
            "stock"
        } else {
            "price"
        };
        files.edit(
            &format!("procedures/{folder}/{name}.sql"),
            "\nBEGIN\n",
            "\nBEGIN\n    -- changed\n",
        );
    }
    let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let pages: Vec<_> = (0..3)
        .map(|page| {
            let (db, over) = (db.clone(), over.clone());
            tokio::spawn(async move {
                let mut conn = db.conn().await;
                let mut done = 0_u32;
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    done += 1;
                    let sql = format!("UPDATE shop_products SET sale_price = {done} WHERE product_id IN ('lamp', 'book') AND {page} >= 0");
                    match conn.query_drop(sql).await {
                        Ok(()) => {}
                        Err(mysql_async::Error::Server(e)) if [1205, 1213].contains(&e.code) => {}
                        Err(e) => panic!("{e}"),
                    }
                }
                done
            })
        })
        .collect();
    for turn in 0..4 {
        let load = if turn % 2 == 0 {
            files.load(&db)
        } else {
            command(&db, "load", &[])
        };
        let said = succeed(load).await;
        assert!(
            said.contains("loaded   sql/procedures/price/tr_shop_products_update.sql"),
            "{said}"
        );
        assert!(!said.contains("repaired"), "a change was lost: {said}");
    }
    over.store(true, std::sync::atomic::Ordering::Relaxed);
    for page in pages {
        assert!(page.await.unwrap() > 20);
    }
    db.assert_audit_clean().await;
}

/// The formula stands in one place: who changes it there has every price anew with the next load, and the old ones kept.
#[tokio::test]
async fn a_changed_formula_prices_everything_anew() {
    let db = loaded().await;
    let prices = db.count("shop_product_prices").await;
    let of = "SELECT CAST(SUM(unit_price) AS SIGNED) FROM shop_offers";
    let before = db.int(of).await;
    let files = Files::new();
    files.edit(
        "procedures/price/_unit_price.sql",
        "+ ROUND(pi_add_price, pi_digits)",
        "+ ROUND(pi_add_price, pi_digits) + 100",
    );
    let said = succeed(files.load(&db)).await;
    assert!(
        said.contains(&format!("repaired {prices} offers")),
        "{said}"
    );
    assert_eq!(db.int(of).await, before + 100 * prices);
    assert_eq!(db.count("shop_product_prices").await, 2 * prices);
    let found = "SELECT COUNT(*) FROM v_audit_price";
    assert_eq!(db.int(found).await, 0);
}
