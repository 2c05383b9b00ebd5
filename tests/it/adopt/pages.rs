//! Pages of the old shop go on: those that read see what they saw, those that write a little still can.

use super::*;

/// Runs the old shop's pages against a database.
async fn pages(db: &TestDb, database: &str, shift: &str) -> String {
    let url = db.admin_url();
    let port = url
        .rsplit(':')
        .next()
        .and_then(|rest| rest.split('/').next())
        .expect("a port");
    let mut command = Command::new("php");
    command
        .args(["-d", "display_errors=stderr", "tests/php/old_pages.php"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("OLD_DB", format!("127.0.0.1:{port}:root::{database}"))
        .env("OLD_SHIFT", shift)
        .stdin(Stdio::null());
    let (done, words) = run(command).await;
    assert!(done, "{words}");
    words
}

#[tokio::test]
async fn old_pages_show_the_same_before_and_after() {
    let db = old_shop(DIRTY).await;
    let before = pages(&db, db.name(), "0").await;
    for part in [
        "보성 녹차 tea 보성다원 12,000원 50개",
        "2024-01-01 08:00",
        "송장 등록",
        "백자 찻잔 __noopt__ ×1 2024-03-03 12:00",
    ] {
        assert!(before.contains(part), "{part}\n{before}");
    }
    let (done, words) = adopt(&db, &["--apply"]).await;
    assert!(done, "{words}");
    // Without a change to the page, in the database of views; and with the offset added, in the shop's own.
    assert_eq!(
        pages(&db, &format!("{}_pages", db.name()), "0").await,
        before
    );
    assert_eq!(pages(&db, db.name(), "540").await, before);
}

#[tokio::test]
async fn the_old_view_answers_as_before_in_the_database_for_pages() {
    let db = adopted_to_read().await;
    let rows = db
        .rows(&format!(
            "SELECT product_id, quantity_stock FROM {}_pages.v_products_effective ORDER BY product_id",
            db.name()
        ))
        .await;
    let found: Vec<(String, i64)> = rows
        .iter()
        .map(|row| (row.str("product_id"), row.int("quantity_stock")))
        .collect();
    assert_eq!(
        found,
        [
            ("CUP-1".to_owned(), 20),
            ("TEA-1".to_owned(), 50),
            ("TEA-2".to_owned(), 3)
        ]
    );
}

/// Old times were whole seconds. One that is rounded up shows an order on the day after.
#[tokio::test]
async fn a_page_sees_the_second_of_an_order_and_not_the_next() {
    let db = adopted_to_read().await;
    let mut conn = db.conn().await;
    conn.query_drop("BEGIN; UPDATE shop_orders SET order_date = '2024-01-01 14:59:59.7'")
        .await
        .unwrap();
    let local = format!(
        "SELECT DISTINCT CAST(order_date AS CHAR) FROM {}_pages.shop_orders",
        db.name()
    );
    let seen: Vec<String> = conn.query(&local).await.unwrap();
    conn.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(seen, ["2024-01-01 23:59:59"]);
}

/// A page that adds a row every time, and jumun beside it.
#[tokio::test]
async fn rows_that_a_page_has_added_several_of_are_added_to_once() {
    let db = adopted(DIRTY).await;
    for quantity in [2, 3] {
        db.exec(&format!(
            "INSERT INTO shop_cart (user_id, product_id, quantity, create_date, memo)
             VALUES ('park', 'TEA-2', {quantity}, UTC_TIMESTAMP(6), '')"
        ))
        .await;
    }
    // No row that comes is given a number that an order line has.
    let first = "SELECT MIN(seq_no) FROM shop_cart WHERE user_id = 'park'";
    let used = "SELECT MAX(cart_seq_no) FROM shop_order_product";
    assert!(db.int(first).await > db.int(used).await);
    let mut conn = db.conn_as_gateway().await;
    let params = (1, "park", "TEA-2", None::<&str>, "1");
    let cart = db.call(&mut conn, "add_shop_cart", params).await.unwrap();
    assert_eq!(cart.set(1).column("quantity"), ["3", "3"]);
}

#[tokio::test]
async fn old_pages_that_write_carts_members_and_products_still_can() {
    let db = adopted(DIRTY).await;
    let mut page = db.conn().await;
    page.query_drop("SET SESSION sql_mode = 'STRICT_TRANS_TABLES', time_zone = '+00:00'")
        .await
        .unwrap();
    for statement in [
        // As the old pages have them: no shop_id, and columns left out that were optional.
        "INSERT INTO shop_cart (user_id, product_id, quantity, create_date, memo) VALUES ('park', 'TEA-2', '2', NOW(), '')",
        "UPDATE shop_cart SET quantity = quantity + 1 WHERE user_id = 'park' AND product_id = 'TEA-2'",
        "INSERT INTO member (user_id, passwd, nick) VALUES ('choi', '*4', '새싹')",
        "INSERT INTO shop_shipping_address (user_id, receiver_name, post_code, address, is_default, update_date)
         VALUES ('choi', '최보기', '03187', '보기로 3', '1', NOW())",
        "UPDATE shop_products SET product_name = '제주 홍차 새 봉지', sale_price = '14000', quantity_stock = 999,
             read_count = read_count + 1 WHERE product_id = 'TEA-2'",
        "INSERT INTO shop_products (product_id, product_name, buy_price, sale_price, discount_rate, quantity_stock,
             display, stat, delivery_policy_id, read_count) VALUES ('NEW-1', '새 다기', 10000, '9000', 0, 5, '1', '1', 1, 0)",
    ] {
        page.query_drop(statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    let row = db
        .row(
            "SELECT shop_id, quantity, update_date > UTC_TIMESTAMP() - INTERVAL 1 MINUTE AS fresh
              FROM shop_cart WHERE user_id = 'park'",
        )
        .await;
    assert_eq!(
        (row.int("shop_id"), row.int("quantity"), row.int("fresh")),
        (1, 3, 1)
    );
    // The price counts, the stock does not: that is jumun's.
    let row = db
        .row("SELECT sale_price, quantity_stock FROM shop_products WHERE product_id = 'TEA-2'")
        .await;
    assert_eq!(
        (row.str("sale_price"), row.int("quantity_stock")),
        ("14000.00".to_owned(), 3)
    );
    let mut gateway = db.conn_as_gateway().await;
    db.call(&mut gateway, "shop_stock_mirror", (100,))
        .await
        .unwrap();
    assert_eq!(
        db.int("SELECT quantity_stock FROM shop_products WHERE product_id = 'NEW-1'")
            .await,
        0,
        "stock comes by shop_stock_set"
    );
    // What they cannot write: what the rules of the table forbid, and orders.
    for (statement, errnos) in [
        (
            "INSERT INTO shop_cart (user_id, product_id, quantity) VALUES ('park', 'TEA-1', '0')",
            [3819, 4025],
        ),
        (
            "INSERT INTO shop_cart (user_id, product_id, quantity) VALUES ('park', 'TEA-1', 'abc')",
            [1366, 1366],
        ),
        (
            "INSERT INTO shop_orders (order_number, user_id, total_payment) VALUES ('B-1', 'park', 1000)",
            [1364, 1364],
        ),
    ] {
        match page.query_drop(statement).await {
            Err(mysql_async::Error::Server(e)) => assert!(errnos.contains(&e.code), "{e}"),
            other => panic!("{statement}: {other:?}"),
        }
    }
    db.assert_audit_clean().await;
}

/// Old pages do not know the lock of the cart: an order that priced the row before they changed it reads it again, and is
/// refused at the total of before.
#[tokio::test]
async fn a_cart_row_that_an_old_page_changes_during_an_order_is_not_ordered_at_the_old_quantity() {
    let db = adopted(CLEAN).await;
    db.wallet_and_key().await;
    let mut page = db.conn().await;
    page.query_drop("BEGIN; UPDATE shop_cart SET quantity = 5 WHERE seq_no = 11")
        .await
        .unwrap();
    let order = OrderCall::new("T1", &[11])
        .user(1, "kim")
        .address(Some("7"))
        .client_total("24600");
    let mut running = Running::order(&db, order.clone()).await;
    running.wait_until_blocked().await;
    page.query_drop("COMMIT").await.unwrap();
    running
        .finish()
        .await
        .unwrap_err()
        .expect_code("PRICE_CHANGED");
    let mut conn = db.conn_as_gateway().await;
    order.client_total("54000").call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}
