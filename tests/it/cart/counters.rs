//! What a cart comes to, in its header and in every answer: rows, amount, version and hash; by whoever changed it.

use super::header;
use crate::support::*;

/// `rows amount version hash` as an answer says it.
fn said(row: &Row) -> String {
    let names = [
        "cart_count",
        "cart_amount",
        "cart_version",
        "cart_total_hash",
    ];
    names.map(|name| row.str(name)).join(" ")
}

/// The same, as the header has it.
async fn kept(db: &TestDb, user: &str) -> String {
    let sql = format!(
        "SELECT CONCAT_WS(' ', item_count, amount, cart_version, COALESCE(cart_total_hash, 'none')) AS line
         FROM shop_cart_headers WHERE shop_id = 1 AND user_id = '{user}'"
    );
    db.text(&sql).await
}

/// The documented text of rows, hashed.
fn hash_of(rows: &[String]) -> String {
    sha256_hex(&rows.join("\n"))
}

async fn read(db: &TestDb, user: &str) -> String {
    let mut conn = db.conn_as_gateway().await;
    let cart = call(&mut conn, "select_shop_cart", (1, user, None::<&str>))
        .await
        .unwrap();
    said(cart.first())
}

async fn add(conn: &mut Conn, product: &str, quantity: &str) -> Sets {
    let params = (1, "u1", product, None::<&str>, quantity);
    let added = call(conn, "add_shop_cart", params).await.unwrap();
    // It leaves the counters as they were, and marks them; who reads next brings them up.
    call(conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    added
}

/// 2 lamps at 20,000, then 1 book at 10,000, then 3 lamps.
#[tokio::test]
async fn every_call_that_changes_rows_says_what_the_cart_comes_to() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let made = add(&mut conn, "lamp", "2").await;
    let lamp = made.first().int("cart_id");
    let rows = |lamps: i64, book: Option<i64>| {
        let mut rows = vec![format!("{lamp} lamp __noopt__ {lamps} 20000.00")];
        rows.extend(book.map(|id| format!("{id} book __noopt__ 1 10000.00")));
        hash_of(&rows)
    };
    let one = format!("1 40000.00 1 {}", rows(2, None));
    assert_eq!(read(&db, "u1").await, one);
    assert_eq!(kept(&db, "u1").await, one);

    let items = r#"[{"product_id":"book","quantity":1}]"#;
    let none = None::<&str>;
    let params = (1, "u1", none, none, none, items, none, none);
    let made = call(&mut conn, "add_shop_cart_items", params)
        .await
        .unwrap();
    let book = made.first().json("items_json")[0]["cart_id"]
        .as_i64()
        .unwrap();
    let two = format!("2 50000.00 2 {}", rows(2, Some(book)));
    assert_eq!(said(made.first()), two);
    assert_eq!(kept(&db, "u1").await, two);

    let params = (1, "u1", lamp.to_string(), "3");
    let set = call(&mut conn, "update_shop_cart", params).await.unwrap();
    let three = format!("2 70000.00 3 {}", rows(3, Some(book)));
    assert_eq!(said(set.first()), three);
    assert_eq!(kept(&db, "u1").await, three);

    // What is said of the cart is what is read of it, and reading changes nothing.
    assert_eq!(read(&db, "u1").await, three);
    let seen = call(&mut conn, "refresh_shop_cart", (1, "u1", "enter")).await;
    assert_eq!(said(seen.unwrap().first()), three);
    let carts = db
        .text("SELECT CONCAT_WS(' ', item_count, unit_count, amount, cart_version, is_known) FROM v_carts")
        .await;
    assert_eq!(carts, "2 4 70000.00 3 1");

    // The header is locked, and nothing changes: the version stays.
    let version = "SELECT version FROM shop_cart_headers";
    let before = db.int(version).await;
    let merged = call(&mut conn, "merge_shop_cart", (1, "nobody", "u1")).await;
    assert_eq!(said(merged.unwrap().first()), three);
    assert!(db.int(version).await > before);

    let gone = call(
        &mut conn,
        "delete_shop_cart",
        (1, "u1", format!("[{book}]")),
    )
    .await;
    let four = format!("1 60000.00 4 {}", rows(3, None));
    assert_eq!(said(gone.unwrap().first()), four);
    let gone = call(
        &mut conn,
        "delete_shop_cart",
        (1, "u1", format!("[{lamp}]")),
    )
    .await;
    let empty = format!("0 0.00 5 {}", hash_of(&[]));
    assert_eq!(said(gone.unwrap().first()), empty);
    assert_eq!(kept(&db, "u1").await, empty);
    assert_eq!(read(&db, "u1").await, empty);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn counters_that_may_be_out_of_date_are_marked() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let fresh = "SELECT CONCAT_WS(' ', k.calc_version <=> k.version, v.is_known, k.item_count, v.item_count)
                 FROM shop_cart_headers k JOIN v_carts v ON v.shop_id = k.shop_id AND v.user_id = k.user_id";
    let id = add(&mut conn, "book", "1").await.first().int("cart_id");
    assert_eq!(db.text(fresh).await, "1 1 1 1");
    let params = (1, "u1", "lamp", None::<&str>, "1");
    call(&mut conn, "add_shop_cart", params).await.unwrap();
    assert_eq!(db.text(fresh).await, "0 0 1 2");
    read(&db, "u1").await;
    assert_eq!(db.text(fresh).await, "1 1 2 2");
    let order = OrderCall::new("T1", &[id]).client_total("10000");
    order.call(&mut conn).await.unwrap();
    assert_eq!(db.text(fresh).await, "0 0 2 1");
    read(&db, "u1").await;
    assert_eq!(db.text(fresh).await, "1 1 1 1");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_guest_s_cart_that_moves_is_counted_where_it_is_now() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let none = None::<&str>;
    let params = (1, "g1", "book", none, "2");
    call(&mut conn, "add_shop_cart", params).await.unwrap();
    read(&db, "g1").await;
    add(&mut conn, "book", "1").await;
    let merged = call(&mut conn, "merge_shop_cart", (1, "g1", "u1")).await;
    let merged = merged.unwrap();
    assert!(said(merged.first()).starts_with("1 30000.00 2 "));
    assert_eq!(kept(&db, "u1").await, said(merged.first()));
    let empty = format!("0 0.00 2 {}", hash_of(&[]));
    assert_eq!(kept(&db, "g1").await, empty);
    db.assert_audit_clean().await;
}

/// An order leaves the counters as they are; what it has taken is seen by whoever looks next, and is told of no order twice.
#[tokio::test]
async fn what_an_order_takes_or_gives_back_is_counted_by_the_next_who_looks() {
    for policy in ["hard_delete", "soft_lock"] {
        let db = TestDb::with_fixture().await;
        db.exec(&format!("UPDATE shops SET cart_at_order = '{policy}'"))
            .await;
        let mut conn = db.conn_as_gateway().await;
        let book = add(&mut conn, "book", "1").await.first().int("cart_id");
        let lamp = add(&mut conn, "lamp", "1").await.first().int("cart_id");
        let both = kept(&db, "u1").await;
        assert!(both.starts_with("2 30000.00 2 "), "{both}");
        let order = OrderCall::new("T1", &[book]).client_total("10000");
        order.call(&mut conn).await.unwrap();
        assert_eq!(kept(&db, "u1").await, both, "{policy}");
        let marked = "SELECT calc_version < version FROM shop_cart_headers WHERE user_id = 'u1'";
        assert_eq!(db.int(marked).await, 1, "a mark says that it may be old");
        let left = hash_of(&[format!("{lamp} lamp __noopt__ 1 20000.00")]);
        let left = format!("1 20000.00 3 {left}");
        assert_eq!(read(&db, "u1").await, left, "{policy}");
        assert_eq!(kept(&db, "u1").await, left, "{policy}");
        // A replay is a lock and nothing else.
        let again = order.call(&mut conn).await;
        assert_eq!(again.unwrap().first().int("replayed"), 1);
        assert_eq!(read(&db, "u1").await, left, "{policy}");
        db.assert_audit_clean().await;
        let back = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await;
        let back = back.unwrap();
        assert!(
            said(back.first()).starts_with("2 30000.00 4 "),
            "{policy} {}",
            said(back.first())
        );
        assert_eq!(kept(&db, "u1").await, said(back.first()));
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn what_was_bought_now_is_in_no_sum() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "book", "1").await;
    let before = read(&db, "u1").await;
    let params = (1, "u1", "lamp", None::<&str>, "3");
    call(&mut conn, "add_shop_cart_buy_now", params)
        .await
        .unwrap();
    assert_eq!(read(&db, "u1").await, before);
    assert_eq!(kept(&db, "u1").await, before);
    db.assert_audit_clean().await;
}

/// Pages that write rows themselves know no header; prices change without anybody touching a cart.
#[tokio::test]
async fn what_pages_change_and_what_costs_something_else_is_recognised() {
    let db = TestDb::with_fixture().await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let line = |quantity: i64, price: i64| {
        let hash = hash_of(&[format!("{id} book __noopt__ {quantity} {price}.00")]);
        format!("{}.00 {{}} {hash}", quantity * price)
    };
    let is = |quantity, price, version: i64| {
        format!("1 {}", line(quantity, price)).replace("{}", &version.to_string())
    };
    // Who reads makes no header: until a routine has locked the cart there is nothing to be wrong.
    assert_eq!(read(&db, "u1").await, is(1, 10_000, 1));
    assert_eq!(db.count("shop_cart_headers").await, 0);
    header(&db, 1, "u1").await;
    assert_eq!(read(&db, "u1").await, is(1, 10_000, 1));
    assert_eq!(kept(&db, "u1").await, is(1, 10_000, 1));
    for (sql, quantity, price, version) in [
        ("UPDATE shop_cart SET quantity = 4", 4, 10_000, 2),
        (
            "UPDATE shop_products SET buy_price = 11000 WHERE product_id = 'book'",
            4,
            11_000,
            3,
        ),
        (
            "UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6)",
            4,
            11_000,
            3,
        ),
        (
            "UPDATE shop_products SET product_name = 'B' WHERE product_id = 'book'",
            4,
            11_000,
            3,
        ),
        (
            "UPDATE shop_cart_headers SET version = version + 9",
            4,
            11_000,
            3,
        ),
    ] {
        db.exec(sql).await;
        assert_eq!(read(&db, "u1").await, is(quantity, price, version), "{sql}");
        assert_eq!(kept(&db, "u1").await, is(quantity, price, version), "{sql}");
        db.assert_audit_clean().await;
    }
    // The row becomes another one of the same price: another hash.
    db.exec("UPDATE shop_cart SET option_hash = 'x'").await;
    let other = format!("1 0.00 4 {}", hash_of(&[format!("{id} book x 4 -")]));
    assert_eq!(read(&db, "u1").await, other);
    db.exec("DELETE FROM shop_cart").await;
    assert_eq!(read(&db, "u1").await, format!("0 0.00 5 {}", hash_of(&[])));
    // More than a column holds, and than any order may cost.
    let price = "UPDATE shop_products SET buy_price = {} WHERE product_id = 'ink'";
    db.exec(&price.replace("{}", "999999999999999")).await;
    db.add_cart(1, "u1", "ink", NO_OPTION, 99_999).await;
    assert!(
        read(&db, "u1")
            .await
            .starts_with("1 9999999999999999.99 6 ")
    );
    db.exec(&price.replace("{}", "2000")).await;
    db.exec("DELETE FROM shop_cart").await;
    assert_eq!(read(&db, "u1").await, format!("0 0.00 7 {}", hash_of(&[])));
    // By whoever locks it as well, and once for all that came together.
    db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    db.add_cart(1, "u1", "ink", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    let made = add(&mut conn, "book", "1").await;
    assert_eq!(made.first().int("cart_count"), 3);
    assert!(kept(&db, "u1").await.starts_with("3 14000.00 8 "));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn it_is_known_when_something_was_put_in_last() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let added = "SELECT COALESCE(last_added_at, 'never') FROM shop_cart_headers";
    let id = add(&mut conn, "book", "3").await.first().str("cart_id");
    let first = db.text(added).await;
    // Fewer, and none, is nothing put in.
    for quantity in ["3", "2", "0"] {
        let params = (1, "u1", id.clone(), quantity);
        call(&mut conn, "update_shop_cart", params).await.unwrap();
        assert_eq!(db.text(added).await, first, "{quantity}");
    }
    let id = add(&mut conn, "book", "1").await.first().str("cart_id");
    let second = db.text(added).await;
    assert!(second > first);
    let params = (1, "u1", id, "5");
    call(&mut conn, "update_shop_cart", params).await.unwrap();
    let third = db.text(added).await;
    assert!(third > second);
    // Added to a row that is there.
    add(&mut conn, "book", "1").await;
    let fourth = db.text(added).await;
    assert!(fourth > third);
    read(&db, "u1").await;
    assert_eq!(db.text(added).await, fourth);
    // A page's row says it by its create_date.
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    db.exec(&format!(
        "UPDATE shop_cart SET create_date = '2099-01-01 00:00:00' WHERE seq_no = {pen}"
    ))
    .await;
    read(&db, "u1").await;
    assert_eq!(db.text(added).await, "2099-01-01 00:00:00.000000");
}

/// Whoever reads writes down what is new only where nobody holds the header, and answers it in any case.
#[tokio::test]
async fn a_reader_waits_for_nobody() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let book = add(&mut conn, "book", "1").await.first().int("cart_id");
    let before = kept(&db, "u1").await;
    let mut busy = db.conn().await;
    busy.query_drop(
        "BEGIN; UPDATE shop_cart_headers SET version = version + 1 WHERE user_id = 'u1'",
    )
    .await
    .unwrap();
    db.exec("UPDATE shop_cart SET quantity = 2").await;
    let now = hash_of(&[format!("{book} book __noopt__ 2 10000.00")]);
    let now = format!("1 20000.00 2 {now}");
    // Too short for any wait.
    conn.query_drop("SET innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    for _ in 0..2 {
        let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>)).await;
        assert_eq!(said(cart.unwrap().first()), now);
        let cart = call(&mut conn, "refresh_shop_cart", (1, "u1", "stay")).await;
        assert_eq!(said(cart.unwrap().first()), now);
        assert_eq!(kept(&db, "u1").await, before);
    }
    busy.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(read(&db, "u1").await, now);
    assert_eq!(kept(&db, "u1").await, now);
}

/// A page that changes rows while an order of the same buyer is under way meets no header: no trigger names it.
#[tokio::test]
async fn no_trigger_of_the_cart_knows_the_header() {
    let db = TestDb::with_fixture().await;
    let sql = "SELECT COUNT(*) FROM information_schema.triggers
               WHERE trigger_schema = DATABASE() AND event_object_table = 'shop_cart'";
    assert!(db.int(sql).await >= 3);
    let sql = format!("{sql} AND action_statement LIKE '%shop_cart_headers%'");
    assert_eq!(db.int(&sql).await, 0);
}

/// A text of 100 kB: MySQL cuts lists at 1,024 characters unless told otherwise.
#[tokio::test]
async fn large_carts_are_hashed_whole() {
    let db = TestDb::with_fixture().await;
    let long = "o".repeat(60);
    let values: Vec<String> = (0..900)
        .map(|n| format!("(1, 'u1', 'book', '{long}{n}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"))
        .collect();
    db.exec(&format!(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, quantity, create_date, update_date) VALUES {}",
        values.join(",")
    ))
    .await;
    header(&db, 1, "u1").await;
    let rows = db
        .rows("SELECT CONCAT(seq_no, ' book ', option_hash, ' 1 -') AS line FROM shop_cart ORDER BY seq_no")
        .await;
    let rows: Vec<String> = rows.iter().map(|row| row.str("line")).collect();
    let now = format!("900 0.00 1 {}", hash_of(&rows));
    assert_eq!(read(&db, "u1").await, now);
    assert_eq!(kept(&db, "u1").await, now);
}

#[tokio::test]
async fn the_audit_sees_a_header_that_says_something_else_of_the_same_rows() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    add(&mut conn, "book", "2").await;
    header(&db, 1, "u2").await;
    read(&db, "u2").await;
    db.assert_audit_clean().await;
    let found = "SELECT GROUP_CONCAT(CONCAT(subject, ': ', detail) ORDER BY subject SEPARATOR '; ') FROM v_audit_cart";
    for (sql, words) in [
        (
            "UPDATE shop_cart_headers SET item_count = 2 WHERE user_id = 'u1'",
            "header of u1: 2 rows for 20000.00, not 1 for 20000.00",
        ),
        (
            "UPDATE shop_cart_headers SET item_count = 1, amount = 1 WHERE user_id = 'u1'",
            "header of u1: 1 rows for 1.00, not 1 for 20000.00",
        ),
        (
            "UPDATE shop_cart_headers SET amount = 20000 WHERE user_id = 'u1';
             UPDATE shop_cart_headers SET amount = 5, cart_total_hash = SHA2('', 256) WHERE user_id = 'u2'",
            "header of u2: 0 rows for 5.00, not 0 for 0.00",
        ),
    ] {
        db.exec(sql).await;
        assert_eq!(db.text(found).await, words);
    }
}
