//! Some rows of a full cart, and all of them: an order has to do with the rows that it names and with no other.

use super::*;

/// A book in each of so many rows of u1's cart, and enough books.
async fn full_cart(db: &TestDb, rows: i64) -> Vec<i64> {
    let first = db
        .int_after(&format!(
            "INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             VALUES (1, 'book', '__noopt__', 9900, 'more', 'test', UTC_TIMESTAMP(6));
             UPDATE shop_stock SET free = 10000 WHERE product_id = 'book';
             INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date) VALUES {};
             SELECT LAST_INSERT_ID()",
            vec!["(1, 'u1', 'book', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"; usize::try_from(rows).unwrap()].join(", ")
        ))
        .await;
    (first..first + rows).collect()
}

/// Three rows as the usual request names them, and as one that is read with care.
fn three(number: &str, ids: &[i64]) -> [OrderCall; 2] {
    let [a, b, c] = [ids[0], ids[ids.len() / 2], ids[ids.len() - 1]];
    let order = OrderCall::new(number, &[c, a, b]).client_total("30000");
    let careful = format!("[{{\"id\":{c},\"qty\":1}}, \"{a}\", {b}]");
    [order.clone(), order.cart_ids_json(Some(&careful))]
}

/// A session of the gateway that does not wait: who waits at all is answered with 1205.
async fn impatient(db: &TestDb) -> Conn {
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    conn
}

#[tokio::test]
async fn an_order_of_three_rows_waits_for_no_other_row_of_a_thousand() {
    let db = shops().await;
    let mut conn = impatient(&db).await;
    for form in [0, 1] {
        let ids = full_cart(&db, 1000).await;
        let order = &three(&format!("T{form}"), &ids)[form];
        let mut page = db.conn().await;
        // All that is not ordered.
        let hold = format!(
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN;
             UPDATE shop_cart SET quantity = 2 WHERE seq_no BETWEEN {} AND {};
             UPDATE shop_cart SET quantity = 2 WHERE seq_no BETWEEN {} AND {}",
            ids[1], ids[499], ids[501], ids[998]
        );
        page.query_drop(&hold).await.unwrap();
        let none = None::<&str>;
        let asked = (
            1,
            "u1",
            format!("[{},{},{}]", ids[0], ids[500], ids[999]),
            none,
            none,
            none,
            none,
            none,
            none,
            none,
        );
        let quote = call(&mut conn, "shop_order_quote", asked).await.unwrap();
        assert_eq!(quote.first().str("total_payment"), "30000.00");
        let refused = order
            .clone()
            .client_total("1")
            .call(&mut conn)
            .await
            .unwrap_err();
        refused.expect_code("PRICE_CHANGED");
        placed(&mut conn, order).await;
        page.query_drop("COMMIT").await.unwrap();
        assert_eq!(db.count("shop_cart").await, 997);
        assert_eq!(
            db.int("SELECT CAST(SUM(quantity) AS SIGNED) FROM shop_cart")
                .await,
            2 * 997
        );
        db.exec("DELETE FROM shop_cart").await;
    }
}

/// An old page has changed a row that is not ordered and then wants one that is: it waits for the order, which does not
/// wait for the page.
#[tokio::test]
async fn a_page_that_changes_other_rows_of_the_cart_gets_no_deadlock_from_an_order() {
    let db = shops().await;
    for form in [0, 1] {
        let ids = full_cart(&db, 1000).await;
        let order = three(&format!("T{form}"), &ids)[form].clone();
        let mut stock = db.conn().await;
        let hold = "BEGIN; SELECT free FROM shop_stock WHERE shop_id = 1 AND product_id = 'book' AND option_hash = '__noopt__'
                    AND slot = 0 FOR UPDATE";
        stock.query_drop(hold).await.unwrap();
        let mut page = db.conn().await;
        let change = |id: i64| format!("UPDATE shop_cart SET quantity = 7 WHERE seq_no = {id}");
        page.query_drop(format!("BEGIN; {}; {}", change(ids[1]), change(ids[501])))
            .await
            .unwrap();
        let mut ordering = Running::order(&db, order).await;
        ordering.wait_until_blocked().await; // for the stock, with its rows gone
        page.query_drop(format!("DELETE FROM shop_cart WHERE seq_no = {}", ids[2]))
            .await
            .unwrap();
        let mut changing = Running::query_on(&db, page, &change(ids[500])).await;
        changing.wait_until_blocked().await;
        stock.query_drop("COMMIT").await.unwrap();
        assert_eq!(ordering.finish().await.unwrap().first().int("replayed"), 0);
        let (mut page, changed) = changing.finish_with_conn().await;
        changed.expect("no deadlock");
        page.query_drop("COMMIT").await.unwrap();
        assert_eq!(
            db.int("SELECT CAST(SUM(quantity = 7) AS SIGNED) FROM shop_cart")
                .await,
            2
        );
        assert_eq!(db.count("shop_cart").await, 996);
        db.exec("DELETE FROM shop_cart").await;
    }
}

/// A row says more of itself where the buyer chose more than finds its price.
#[tokio::test]
async fn no_long_choice_of_a_buyer_shortens_a_quote_or_an_order() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET SESSION group_concat_max_len = 960")
        .await
        .unwrap();
    let shirts =
        ["(1, 'u1', 'shirt', REPEAT('\"', 64), 'red', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"; 7];
    let first = db
        .int_after(&format!(
            "UPDATE shop_products SET delivery_policy_id = 5 WHERE product_id = 'shirt';
             INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, combination_hash, quantity, create_date, update_date)
             VALUES {}, (1, 'u1', 'ink', '{NO_OPTION}', NULL, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
             SELECT LAST_INSERT_ID()",
            shirts.join(", ")
        ))
        .await;
    let ids: Vec<i64> = (first..first + 8).collect();
    let none = None::<&str>;
    let asked = (
        1,
        "u1",
        serde_json::json!(ids).to_string(),
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let quote = call(&mut conn, "shop_order_quote", asked).await.unwrap();
    // One parcel: seven shirts, one ink, and the dearer of two fees.
    assert_eq!(quote.first().str("total_payment"), "110500.00");
    placed(
        &mut conn,
        &OrderCall::new("T1", &ids).client_total("110500"),
    )
    .await;
    db.assert_audit_clean().await;
}

/// What a session has set for lists does not shorten an order.
#[tokio::test]
async fn no_setting_of_a_session_shortens_an_order() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET SESSION group_concat_max_len = 4")
        .await
        .unwrap();
    for (rows, form) in [
        (30, "ids"),
        (30, "objects"),
        (1000, "ids"),
        (1000, "objects"),
    ] {
        let ids = full_cart(&db, rows).await;
        let total = (rows * 10_000).to_string();
        let order = OrderCall::new(&format!("{form}{rows}"), &ids).client_total(&total);
        let objects: Vec<_> = ids
            .iter()
            .rev()
            .map(|id| serde_json::json!({"id": id}))
            .collect();
        let order = match form {
            "ids" => order,
            _ => order.cart_ids_json(Some(&serde_json::json!(objects).to_string())),
        };
        let refused = order
            .clone()
            .client_total("1")
            .call(&mut conn)
            .await
            .unwrap_err();
        refused.expect_code("PRICE_CHANGED");
        assert_eq!(
            refused.sets.set(1).rows[0].str("total_payment"),
            format!("{total}.00")
        );
        assert_eq!(refused.sets.set(2).rows.len(), ids.len());
        let made = placed(&mut conn, &order).await;
        assert_eq!(
            made.str("total_payment"),
            format!("{total}.00"),
            "{form} {rows}"
        );
        let lines = db
            .rows(
                "SELECT cart_seq_no, line_no FROM shop_order_product
                 WHERE order_seq_no = (SELECT MAX(seq_no) FROM shop_orders) ORDER BY line_no",
            )
            .await;
        let lines: Vec<(i64, i64)> = lines
            .iter()
            .map(|l| (l.int("cart_seq_no"), l.int("line_no")))
            .collect();
        let expected: Vec<(i64, i64)> = ids.iter().copied().zip(1..).collect();
        assert_eq!(lines, expected, "{form} {rows}");
        let held = "SELECT CONCAT(COUNT(*), ' ', SUM(quantity)) FROM shop_stock_reservations
                    WHERE order_seq_no = (SELECT MAX(seq_no) FROM shop_orders)";
        assert_eq!(
            db.text(held).await,
            format!("1 {rows}"),
            "all lines are one hold"
        );
        assert_eq!(db.count("shop_cart").await, 0);
        // A repeat in the other words.
        let again = order.cart_ids_json(Some(&serde_json::json!(ids).to_string()));
        assert_eq!(
            again.call(&mut conn).await.unwrap().first().int("replayed"),
            1
        );
    }
    assert_eq!(db.count("shop_error_log").await, 0);
}

/// Every one of thirty products is short: all are named, though the session would cut a list after four characters.
#[tokio::test]
async fn no_setting_of_a_session_shortens_what_is_short() {
    let db = shops().await;
    let products: Vec<String> = (0..30)
        .map(|n| format!("(1, 'x{n:02}', 'X', 1000, 1)"))
        .collect();
    let rows: Vec<String> = (0..30)
        .map(|n| format!("(1, 'u1', 'x{n:02}', 2, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"))
        .collect();
    let stock: Vec<String> = (0..30)
        .map(|n| format!("(1, 'x{n:02}', 1, UTC_TIMESTAMP(6))"))
        .collect();
    let first = db
        .int_after(&format!(
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id) VALUES {};
             INSERT INTO shop_stock (shop_id, product_id, free, update_date) VALUES {};
             INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date) VALUES {};
             SELECT LAST_INSERT_ID()",
            products.join(", "),
            stock.join(", "),
            rows.join(", ")
        ))
        .await;
    let ids: Vec<i64> = (first..first + 30).collect();
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET SESSION group_concat_max_len = 4")
        .await
        .unwrap();
    let order = OrderCall::new("T1", &ids).client_total("60000");
    let error = order_refused(&db, &mut conn, &order, "OUT_OF_STOCK", "selected_cart_ids").await;
    let shortage = error.sets.set(1);
    assert_eq!(shortage.rows.len(), 30);
    assert_eq!(shortage.column("wanted"), vec!["2"; 30]);
    assert_eq!(shortage.column("free"), vec!["1"; 30]);
}
