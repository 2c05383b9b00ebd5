//! `select_shop_cart`: the cart as it is, with today's prices; reads, and notes in the header what pages have changed (see
//! `counters.rs`).

use std::time::Duration;

use super::{LINE_COLUMNS, lines, rows_of_others};
use crate::support::refusal::*;
use crate::support::*;

async fn select(db: &TestDb, conn: &mut Conn, shop_id: u32, user_id: &str) -> Sets {
    db.call(conn, "select_shop_cart", (shop_id, user_id, None::<&str>))
        .await
        .unwrap()
}

#[tokio::test]
async fn the_rows_come_oldest_first_with_prices_and_whether_they_can_be_ordered() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    rows_of_others(&db).await;
    for (product, option, quantity) in [
        ("shirt", "wrap-b", 2),
        ("book", NO_OPTION, 3),
        ("chair", NO_OPTION, 1),
        ("rice", NO_OPTION, 2),
        ("hidden", NO_OPTION, 1),
        ("soldout", NO_OPTION, 1),
        ("shirt", NO_OPTION, 1),
        ("shirt", "old", 1),
        ("book", "crafted", 1),
        ("nosuch", NO_OPTION, 1),
        ("mug", NO_OPTION, 1),
    ] {
        db.add_cart(1, "u1", product, option, quantity).await;
    }
    // Rows that pages have written are noted in the header by the first who reads them; then reading changes nothing.
    select(&db, &mut conn, 1, "u1").await;
    let before = db.snapshot().await;
    let cart = select(&db, &mut conn, 1, "u1").await;
    assert_eq!(
        *cart.set(0).columns,
        [
            "result",
            "cart_count",
            "cart_version",
            "cart_amount",
            "cart_total_hash",
            "price_changes_json"
        ]
    );
    assert_eq!(cart.first().str("result"), "OK");
    assert_eq!(cart.first().int("cart_count"), 11);
    assert_eq!(*cart.set(1).columns, LINE_COLUMNS);
    assert_eq!(cart.count(), 2);
    let shown: Vec<String> = cart
        .set(1)
        .rows
        .iter()
        .map(|row| {
            let or_null = |name| row.opt(name).unwrap_or_else(|| "NULL".to_owned());
            format!(
                "{} {} {} × {} = {} {}",
                row.str("product_id"),
                row.str("option_hash"),
                or_null("unit_price"),
                row.int("quantity"),
                or_null("line_amount"),
                row.int("orderable")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "shirt wrap-b 15500.00 × 2 = 31000.00 1",
            "book __noopt__ 10000.00 × 3 = 30000.00 1",
            "chair __noopt__ 27000.00 × 1 = 27000.00 1",
            "rice __noopt__ 5000.00 × 2 = 10000.00 1",
            "hidden __noopt__ 7000.00 × 1 = 7000.00 0",
            "soldout __noopt__ 7000.00 × 1 = 7000.00 0",
            "shirt __noopt__ 15000.00 × 1 = 15000.00 0",
            "shirt old 15000.00 × 1 = 15000.00 0",
            "book crafted NULL × 1 = NULL 0",
            "nosuch __noopt__ NULL × 1 = NULL 0",
            "mug __noopt__ NULL × 1 = NULL 0",
        ]
    );
    let mut ids = cart.set(1).column("cart_id");
    let sorted = ids.clone();
    ids.sort_by_key(|id| id.parse::<i64>().unwrap());
    assert_eq!(ids, sorted);
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn prices_are_those_of_now() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 3).await;
    db.exec("UPDATE shop_products SET sale_price = 9990, discount_rate = 0.15 WHERE product_id = 'book'")
        .await;
    let cart = select(&db, &mut conn, 1, "u1").await;
    assert_eq!(cart.set(1).rows[0].str("unit_price"), "8492.00"); // 8491.5, half away from zero
    assert_eq!(cart.set(1).rows[0].str("line_amount"), "25476.00");
}

#[tokio::test]
async fn nobody_sees_the_cart_of_another() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.add_cart(2, "u1", "mug", NO_OPTION, 2).await;
    assert_eq!(
        lines(&select(&db, &mut conn, 1, "u1").await),
        ["book __noopt__ 1"]
    );
    assert_eq!(
        lines(&select(&db, &mut conn, 2, "u1").await),
        ["mug __noopt__ 2"]
    );
    for other in [
        "u2",
        "U1",
        "u%",
        "u_",
        "%",
        "u1' OR '1'='1",
        "u1'-- x",
        "u１",
        "\\",
        "u1\\",
        "😀",
    ] {
        let cart = select(&db, &mut conn, 1, other).await;
        assert_eq!(cart.first().int("cart_count"), 0, "{other}");
        assert!(cart.set(1).rows.is_empty(), "{other}");
    }
    let unknown = select(&db, &mut conn, 77, "u1").await;
    assert_eq!(unknown.first().int("cart_count"), 0);
}

/// The cart page of one tab must not stand still while another tab orders.
#[tokio::test]
async fn it_waits_for_nobody() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    super::header(&db, 1, "u1").await;
    let mut holder = db.conn().await;
    holder
        .query_drop(format!(
            "BEGIN; UPDATE shop_cart_headers SET version = version + 1;
             UPDATE shop_products SET buy_price = 1; DELETE FROM shop_cart WHERE seq_no = {cart_id}"
        ))
        .await
        .unwrap();
    let cart = tokio::time::timeout(Duration::from_secs(5), select(&db, &mut conn, 1, "u1"))
        .await
        .expect("an answer although others hold every lock");
    assert_eq!(cart.set(1).rows[0].str("line_amount"), "10000.00"); // what is committed
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let conn = db.conn_as_gateway().await;
    let good = vec![1.into(), "u1".into(), Value::NULL];
    let mut hostile = Hostile::new(&db, conn, "select_shop_cart", good).await;
    // A shop that there is not has empty carts.
    hostile
        .refuses_somehow(0, "", values(&["-1", "4294967296"]))
        .await;
    hostile.refuses(1, "X-User-Id", not_user_ids()).await;
    let events = values(&["leave", "Enter", "enter "]);
    hostile
        .refuses_as(2, "INVALID_INPUT", "event", events)
        .await;
    hostile.refuses_what_is_no_text(&[1], &["X-User-Id"]).await;
}

/// Though the server's statistics know nothing of the 6,000 rows that others have put in, nor of 6,000 products.
#[tokio::test]
async fn rows_of_others_are_not_read() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn().await;
    let rows: Vec<String> = (0..6000)
        .map(|n| {
            let (user, product) = (n / 3, ["book", "lamp", "pen"][n % 3]);
            format!("(1, 'u{user}', '{product}', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        })
        .collect();
    db.exec(&format!(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date) VALUES {}",
        rows.join(", ")
    ))
    .await;
    let products: Vec<String> = (0..6000)
        .map(|n| format!("(1, 'x{n}', 'Product {n}', 1000, 1)"))
        .collect();
    db.exec(&format!(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id) VALUES {};
         INSERT INTO shop_stock (shop_id, product_id, option_hash, free, update_date)
         SELECT shop_id, product_id, '__noopt__', 10, UTC_TIMESTAMP(6) FROM shop_products WHERE product_id LIKE 'x%'",
        products.join(", ")
    ))
    .await;
    let none = None::<&str>;
    let ids = "SELECT GROUP_CONCAT(seq_no ORDER BY seq_no) FROM shop_cart WHERE user_id = 'u1'";
    let ids = db.text(ids).await;
    let ids: Vec<&str> = ids.split(',').collect();
    let of = |product: usize| format!("[{}]", ids[product]);
    // 1 pen, and 1 of the buyer whose cart is merged: 2,000 and 2,500 for delivery.
    let order = OrderCall::new("T1", &[]).client_total("4500");
    let calls: [(&str, Params); 9] = [
        ("select_shop_cart", (1, "u1", none).into()),
        ("refresh_shop_cart", (1, "u1", "enter").into()),
        ("add_shop_cart", (1, "u1", "ink", none, "1").into()),
        ("add_shop_cart_buy_now", (1, "u1", "lamp", none, "1").into()),
        (
            "shop_order_quote",
            (1, "u1", of(0), none, none, none, none, none, none, none).into(),
        ),
        ("update_shop_cart", (1, "u1", ids[0], "3").into()),
        ("merge_shop_cart", (1, "u1500", "u1").into()),
        (
            "shop_order_insert",
            order.cart_ids_json(Some(&of(2))).params(),
        ),
        ("delete_shop_cart", (1, "u1", of(1)).into()),
    ];
    // As they are until the server has counted: it thinks that all rows are one buyer's, or that there is one row.
    for (rows, calls) in [(6000, &calls[..7]), (1, &calls[..])] {
        for table in [
            "shop_cart",
            "shop_offers",
            "shop_product_prices",
            "shop_products",
            "shop_stock",
        ] {
            let stale = format!(
                "ALTER TABLE {table} STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0;
                 UPDATE mysql.innodb_table_stats
                 SET n_rows = {rows}, clustered_index_size = 1, sum_of_other_index_sizes = 1
                 WHERE database_name = '{0}' AND table_name = '{table}';
                 UPDATE mysql.innodb_index_stats SET stat_value = 1
                 WHERE database_name = '{0}' AND table_name = '{table}';
                 FLUSH TABLES {table}",
                db.name()
            );
            query(&mut conn, &stale).await.unwrap();
        }
        for (procedure, params) in calls {
            let before = read(&mut conn).await;
            call(&mut conn, procedure, params.clone()).await.unwrap();
            let read = read(&mut conn).await - before;
            assert!(read < 3000, "{procedure} reads {read} rows of {rows}");
        }
    }
}

/// Rows that this connection has read one after the other.
async fn read(conn: &mut Conn) -> i64 {
    let sets = query(conn, "SHOW SESSION STATUS LIKE 'Handler_read%next'").await;
    let rows = sets.unwrap();
    rows.set(0).rows.iter().map(|row| row.int("Value")).sum()
}
