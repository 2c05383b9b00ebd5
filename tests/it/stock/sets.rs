//! Sets: several products, each with its option, at one price. Their units are those of their parts.

use crate::cart::lines;
use crate::order::shop_order_quote::quote;
use crate::race::{code, ok};
use crate::support::*;

/// A kit for 20,000, no delivery fee: 1 book, 2 shirts wrapped in paper, 3 pens. A pair for 9,000: a shirt wrapped in
/// paper and one in a box, which share a stock row with 10 units.
pub async fn sets() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec(
        "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
         VALUES (1, 'kit', '선물 세트', 20000, 1), (1, 'pair', 'Pair', 9000, 1);
         INSERT INTO shop_set_parts
             (shop_id, product_id, part_product_id, part_option_hash, quantity, position)
         VALUES (1, 'kit', 'book', '__noopt__', 1, 1), (1, 'kit', 'shirt', 'wrap-a', 2, 2),
                (1, 'kit', 'pen', '__noopt__', 3, 3),
                (1, 'pair', 'shirt', 'wrap-a', 1, 1), (1, 'pair', 'shirt', 'wrap-b', 1, 2)",
    )
    .await;
    db
}

/// Free units of the parts: book, wrapped shirt, pen.
async fn frees(db: &TestDb) -> [i64; 3] {
    [
        db.free_stock("book", NO_OPTION).await,
        db.free_stock("shirt", "wrap").await,
        db.free_stock("pen", NO_OPTION).await,
    ]
}

/// Holds of an order: `product option quantity state`.
async fn holds(db: &TestDb, number: &str) -> Vec<String> {
    let sql = format!(
        "SELECT CONCAT_WS(' ', r.product_id, r.option_hash, r.quantity, r.state) AS line
         FROM shop_stock_reservations r JOIN shop_orders o ON o.seq_no = r.order_seq_no
         WHERE o.order_number = '{number}' ORDER BY r.product_id, r.option_hash, r.slot"
    );
    let rows = db.rows(&sql).await;
    rows.iter().map(|row| row.str("line")).collect()
}

async fn kits(db: &TestDb, user: &str, quantity: u32) -> i64 {
    db.add_cart(1, user, "kit", NO_OPTION, quantity).await
}

#[tokio::test]
async fn a_set_takes_its_units_from_each_part_and_says_what_it_consisted_of() {
    let db = sets().await;
    let mut conn = db.conn_as_gateway().await;
    // 2 kits (2 books, 4 shirts, 6 pens) and, beside them, 3 books: 40,000 + 30,000.
    let ids = [
        kits(&db, "u1", 2).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 3).await,
    ];
    let order = OrderCall::new("T1", &ids).client_total("70000");
    ok(&order.call(&mut conn).await);
    assert_eq!(frees(&db).await, [95, 6, 94]);
    assert_eq!(
        holds(&db, "T1").await,
        [
            "book __noopt__ 5 held",
            "pen __noopt__ 6 held",
            "shirt wrap 4 held"
        ]
    );
    db.assert_audit_clean().await;

    // What the set is later, and what its parts are called, does not matter to the order.
    db.exec(
        "DELETE FROM shop_set_parts WHERE product_id = 'kit' AND part_product_id = 'pen';
         UPDATE shop_set_parts SET quantity = 5 WHERE product_id = 'kit' AND part_product_id = 'book';
         UPDATE shop_products SET product_name = 'New book' WHERE product_id = 'book'",
    )
    .await;
    let answer = call(&mut conn, "shop_order_select", (1, "u1", "T1")).await;
    let answer = answer.unwrap();
    let parts = answer.set(1).rows[0].json("parts_json");
    let told: Vec<String> = parts
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            let text = |name: &str| part[name].as_str().unwrap().to_owned();
            let names = ["product_id", "product_name", "option_hash", "option_name"];
            format!("{} × {}", part["quantity"], names.map(text).join("/"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 × book/책/__noopt__/",
            "2 × shirt/Shirt/wrap-a/gift, paper",
            "3 × pen/Pen/__noopt__/"
        ]
    );
    assert_eq!(answer.set(1).rows[1].opt("parts_json"), None, "no set");
    assert_eq!(
        answer.first().json("items_json")[0]["product_id"],
        "kit",
        "what is put into a cart again is the set"
    );

    let paid = WalletMessage::paid("T1", "P1", "70000");
    ok(&settle(&mut conn, "notify", &paid).await);
    assert_eq!(
        holds(&db, "T1").await,
        [
            "book __noopt__ 5 sold",
            "pen __noopt__ 6 sold",
            "shirt wrap 4 sold"
        ]
    );
    assert_eq!(frees(&db).await, [95, 6, 94]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_was_taken_goes_back_and_is_taken_again_by_late_money() {
    let db = sets().await;
    let mut conn = db.conn_as_gateway().await;
    let id = kits(&db, "u1", 2).await;
    let order = OrderCall::new("T1", &[id]).client_total("40000");
    ok(&order.call(&mut conn).await);
    db.let_expire("T1").await;
    ok(&call(&mut db.conn().await, "shop_order_expire", (100,)).await);
    assert_eq!(frees(&db).await, [100, 10, 100]);
    db.exec("DELETE FROM shop_set_parts WHERE product_id = 'kit' AND part_product_id = 'pen'")
        .await;
    db.assert_audit_clean().await;
    let paid = WalletMessage::paid("T1", "P1", "40000");
    let answer = settle(&mut conn, "notify", &paid).await;
    assert_eq!(ok(&answer).str("verdict"), "paid");
    assert_eq!(frees(&db).await, [98, 6, 94]);
    db.assert_audit_clean().await;

    // A part has run out: the money is late, and nothing is taken.
    let id = db.add_cart(1, "u2", "pair", NO_OPTION, 3).await;
    let order = OrderCall::new("T2", &[id])
        .user(1, "u2")
        .client_total("27000");
    ok(&order.call(&mut conn).await);
    db.let_expire("T2").await;
    ok(&call(&mut db.conn().await, "shop_order_expire", (100,)).await);
    db.exec("CALL shop_stock_set(1, 'shirt', 'wrap', 'free', '5', 'counted')")
        .await;
    let paid = WalletMessage::paid("T2", "P2", "27000");
    let answer = settle(&mut conn, "notify", &paid).await;
    assert_eq!(ok(&answer).str("verdict"), "late");
    assert_eq!(frees(&db).await, [98, 5, 94]);
    db.assert_audit_clean().await;
}

/// `product quantity stock_left` of u1's lines, in the cart and, the same, in a quote.
async fn left(db: &TestDb) -> Vec<String> {
    let mut conn = db.conn_as_gateway().await;
    let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>)).await;
    let cart = cart.unwrap();
    let ids = cart.set(1).column("cart_id").join(",");
    let quoted = quote(db, &mut conn, 1, "u1", &format!("[{ids}]")).await;
    let said = [cart.set(1), quoted.unwrap().set(1)].map(|set| -> Vec<String> {
        let line = |row: &Row| {
            let left = row.opt("stock_left").unwrap_or_else(|| "-".to_owned());
            format!("{} {} {left}", row.str("product_id"), row.str("quantity"))
        };
        set.rows.iter().map(line).collect()
    });
    assert_eq!(said[0], said[1]);
    said[0].clone()
}

#[tokio::test]
async fn cart_and_quote_say_how_many_sets_are_left() {
    let db = sets().await;
    // 10 wrapped shirts: 5 kits of two, 5 pairs of one and one.
    kits(&db, "u1", 6).await;
    db.add_cart(1, "u1", "pair", NO_OPTION, 5).await;
    assert_eq!(left(&db).await, ["kit 6 5", "pair 5 -"]);
    db.slots("shirt", 4).await;
    assert_eq!(left(&db).await, ["kit 6 5", "pair 5 -"]);
    // 9 shirts: 4 pairs. 8 pens: 2 kits.
    db.exec(
        "CALL shop_stock_set(1, 'shirt', 'wrap', 'free', '9', 'counted');
         CALL shop_stock_set(1, 'pen', NULL, 'free', '8', 'counted')",
    )
    .await;
    assert_eq!(left(&db).await, ["kit 6 2", "pair 5 4"]);
    let view = "SELECT GROUP_CONCAT(CONCAT(product_id, ' ', sets_left) ORDER BY product_id)
                FROM v_sets_left";
    assert_eq!(db.text(view).await, "kit 2,pair 4");
    // A set without parts is a product with units of its own: none here.
    db.exec("DELETE FROM shop_set_parts WHERE product_id = 'pair'")
        .await;
    assert_eq!(left(&db).await, ["kit 6 2", "pair 5 0"]);
}

#[tokio::test]
async fn pages_that_show_one_number_are_told_how_many_sets_are_left() {
    let db = sets().await;
    let shown = "SELECT GROUP_CONCAT(CONCAT(product_id, ' ', quantity_stock) ORDER BY product_id)
                 FROM shop_products WHERE product_id IN ('kit', 'pair', 'pen')";
    let mut conn = db.conn().await;
    ok(&call(&mut conn, "shop_stock_mirror", (1000,)).await);
    assert_eq!(db.text(shown).await, "kit 5,pair 5,pen 100");
    let id = kits(&db, "u1", 2).await;
    ok(&OrderCall::new("T1", &[id])
        .client_total("40000")
        .call(&mut conn)
        .await);
    let answer = call(&mut conn, "shop_stock_mirror", (1000,)).await;
    assert_eq!(db.text(shown).await, "kit 3,pair 3,pen 94");
    // book, pen, shirt and both sets
    assert_eq!(ok(&answer).str("copied"), "5");
    let answer = call(&mut conn, "shop_stock_mirror", (1000,)).await;
    assert_eq!(ok(&answer).str("copied"), "0");
}

#[tokio::test]
async fn what_is_short_is_summed_over_sets_and_single_lines_and_named_line_by_line() {
    for slots in [1, 4] {
        let db = sets().await;
        db.slots("shirt", slots).await;
        let mut conn = db.conn_as_gateway().await;
        // 3 kits with 2 wrapped shirts each, 1 pair with 2, 3 shirts alone: 11 of 10.
        let ids = [
            kits(&db, "u1", 3).await,
            db.add_cart(1, "u1", "pair", NO_OPTION, 1).await,
            db.add_cart(1, "u1", "shirt", "wrap-b", 3).await,
        ];
        // 60,000 + 9,000 + 46,500 + 3,000 delivery
        let order = OrderCall::new("T1", &ids).client_total("118500");
        let refused = order.call(&mut conn).await;
        assert_eq!(code(&refused), "OUT_OF_STOCK");
        let refused = refused.unwrap_err();
        let shortage = refused.sets.set(1);
        assert_eq!(shortage.column("product_id"), ["shirt"]);
        assert_eq!(shortage.column("option_hash"), ["wrap"]);
        assert_eq!(shortage.column("wanted"), ["11"]);
        assert_eq!(shortage.column("free"), ["10"]);
        let named = shortage.rows[0].json("cart_ids_json");
        assert_eq!(named, serde_json::json!(ids));
        assert_eq!(frees(&db).await, [100, 10, 100]);
        assert_eq!(db.count("shop_order_parts").await, 0);
        // One shirt fewer: all ten.
        db.exec(&format!(
            "UPDATE shop_cart SET quantity = 2 WHERE seq_no = {}",
            ids[2]
        ))
        .await;
        ok(&order.client_total("103000").call(&mut conn).await);
        assert_eq!(frees(&db).await, [97, 0, 91]);
        db.assert_audit_clean().await;
        // Sold out now, and said before anything is written.
        let id = kits(&db, "u2", 1).await;
        let order = OrderCall::new("T2", &[id])
            .user(1, "u2")
            .client_total("20000");
        assert_eq!(code(&order.call(&mut conn).await), "OUT_OF_STOCK");
        // The units of an order whose time is over are there for a set, too.
        db.let_expire("T1").await;
        ok(&order.call(&mut conn).await);
        db.assert_audit_clean().await;
    }
}

/// Units that no column can hold are short, not an error.
#[tokio::test]
async fn more_units_than_a_stock_row_can_have_are_short() {
    let db = sets().await;
    db.exec("UPDATE shop_set_parts SET quantity = 999 WHERE part_product_id = 'pen'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let mut ids = Vec::new();
    for _ in 0..50 {
        ids.push(
            db.int_after(
                "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date)
                 VALUES (1, 'u1', 'kit', 99999, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
                 SELECT LAST_INSERT_ID()",
            )
            .await,
        );
    }
    // 50 × 99,999 × 20,000
    let order = OrderCall::new("T1", &ids).client_total("99999000000");
    let refused = order.call(&mut conn).await;
    assert_eq!(code(&refused), "OUT_OF_STOCK");
    let refused = refused.unwrap_err();
    let pens = refused.sets.set(1).find("product_id", "pen").str("wanted");
    assert_eq!(pens, "4994950050", "50 × 99,999 × 999");
    assert_eq!(db.count("shop_orders").await, 0);
}

#[tokio::test]
async fn a_part_is_a_product_that_is_there_and_no_set() {
    let db = sets().await;
    let mut conn = db.conn().await;
    let refused = [
        "'kit', 'pair', '__noopt__'",
        "'book', 'pen', '__noopt__'",
        "'lamp', 'kit', '__noopt__'",
        "'lamp', 'lamp', '__noopt__'",
        "'lamp', 'nosuch', '__noopt__'",
        "'nosuch', 'pen', '__noopt__'",
        "'lamp', 'mug', '__noopt__'",
        "'lamp', 'shirt', 'green'",
    ];
    let before = db.snapshot().await;
    for row in refused {
        let sql = format!(
            "INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, part_option_hash)
             VALUES (1, {row})"
        );
        let error = query(&mut conn, &sql).await.unwrap_err();
        assert_eq!(error.message, "INVALID_INPUT");
        assert_eq!(db.snapshot().await, before, "{row}");
    }
    for (sql, refusal) in [
        (
            "UPDATE shop_set_parts SET part_product_id = 'lamp' WHERE part_product_id = 'pen'",
            "INVALID_INPUT",
        ),
        (
            "UPDATE shop_set_parts SET part_option_hash = 'wrap-b' WHERE product_id = 'kit' AND part_product_id = 'shirt'",
            "INVALID_INPUT",
        ),
    ] {
        let error = query(&mut conn, sql).await.unwrap_err();
        assert_eq!(error.message, refusal);
    }
    for sql in [
        "UPDATE shop_set_parts SET quantity = 0 WHERE part_product_id = 'pen'",
        "UPDATE shop_set_parts SET quantity = 1000 WHERE part_product_id = 'pen'",
        "DELETE FROM shop_products WHERE product_id = 'pen'",
        "DELETE FROM shop_products WHERE product_id = 'kit'",
    ] {
        assert!(query(&mut conn, sql).await.is_err(), "{sql}");
    }
    assert_eq!(db.snapshot().await, before);
    // The stock row is not a hand's to say.
    db.exec("UPDATE shop_set_parts SET stock_option_hash = 'red'")
        .await;
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn two_sessions_do_not_make_a_set_of_a_set() {
    let db = sets().await;
    let mut first = db.conn().await;
    let lamp_of_pens = "BEGIN; INSERT INTO shop_set_parts (shop_id, product_id, part_product_id)
                        VALUES (1, 'lamp', 'chair')";
    query(&mut first, lamp_of_pens).await.unwrap();
    // A set with the lamp waits for it, and is refused once the lamp is a set.
    let second = "INSERT INTO shop_set_parts (shop_id, product_id, part_product_id)
                  VALUES (1, 'rice', 'lamp')";
    let mut second = Running::query_on(&db, db.conn().await, second).await;
    second.wait_until_blocked().await;
    query(&mut first, "COMMIT").await.unwrap();
    let refused = second.finish().await.unwrap_err();
    assert_eq!(refused.message, "INVALID_INPUT");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_part_follows_its_option_to_another_stock_row() {
    let db = sets().await;
    let rows =
        "SELECT GROUP_CONCAT(CONCAT(product_id, ' ', part_option_hash, ' ', stock_option_hash)
                                    ORDER BY product_id, part_option_hash)
                FROM shop_set_parts WHERE part_product_id = 'shirt'";
    let of_option = "shop_product_options WHERE product_id = 'shirt' AND option_hash = 'wrap-a'";
    assert_eq!(
        db.text(rows).await,
        "kit wrap-a wrap,pair wrap-a wrap,pair wrap-b wrap"
    );
    db.exec(
        "UPDATE shop_product_options SET stock_option_hash = 'red'
         WHERE product_id = 'shirt' AND option_hash = 'wrap-a'",
    )
    .await;
    assert_eq!(
        db.text(rows).await,
        "kit wrap-a red,pair wrap-a red,pair wrap-b wrap"
    );
    let mut conn = db.conn_as_gateway().await;
    let id = db.add_cart(1, "u1", "pair", NO_OPTION, 2).await;
    ok(&OrderCall::new("T1", &[id])
        .client_total("18000")
        .call(&mut conn)
        .await);
    assert_eq!(
        holds(&db, "T1").await,
        ["shirt red 2 held", "shirt wrap 2 held"]
    );
    db.assert_audit_clean().await;

    // An option that is gone makes the set sold out; the audit says why; with the option the set comes back.
    db.exec(&format!(
        "CREATE TABLE kept AS SELECT * FROM {of_option}; DELETE FROM {of_option}"
    ))
    .await;
    let id = kits(&db, "u2", 1).await;
    let order = OrderCall::new("T2", &[id])
        .user(1, "u2")
        .client_total("20000");
    let refused = order.call(&mut conn).await;
    assert_eq!(code(&refused), "OUT_OF_STOCK");
    let said = "SELECT GROUP_CONCAT(CONCAT(subject, ': ', detail) ORDER BY subject SEPARATOR '; ') FROM v_audit_set";
    assert_eq!(
        db.text(said).await,
        "set kit shirt wrap-a: on stock row none, its option on none: it is gone; \
         set pair shirt wrap-a: on stock row none, its option on none: it is gone"
    );
    db.exec("INSERT INTO shop_product_options SELECT * FROM kept; DROP TABLE kept")
        .await;
    ok(&order.call(&mut conn).await);
    db.assert_audit_clean().await;
}

/// An option's row that moves meanwhile is waited for.
#[tokio::test]
async fn a_part_that_is_written_while_its_option_moves_gets_the_new_row() {
    let db = TestDb::with_fixture().await;
    let moves = "UPDATE shop_product_options SET stock_option_hash = 'blue'
                 WHERE product_id = 'shirt' AND option_hash = 'red'";
    let insert =
        "INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, part_option_hash)
                  VALUES (1, 'lamp', 'shirt', 'red')";
    let row = "SELECT stock_option_hash FROM shop_set_parts";
    for (first, second) in [(moves, insert), (insert, moves)] {
        let mut conn = db.conn().await;
        query(&mut conn, &format!("BEGIN; {first}")).await.unwrap();
        let mut waits = Running::query_on(&db, db.conn().await, second).await;
        waits.wait_until_blocked().await;
        query(&mut conn, "COMMIT").await.unwrap();
        waits.finish().await.unwrap();
        assert_eq!(db.text(row).await, "blue", "{first}");
        db.assert_audit_clean().await;
        db.exec(
            "DELETE FROM shop_set_parts;
             UPDATE shop_product_options SET stock_option_hash = 'red'
             WHERE product_id = 'shirt' AND option_hash = 'red'",
        )
        .await;
    }
}

#[tokio::test]
async fn a_set_has_no_stock_of_its_own_to_book() {
    let db = sets().await;
    let mut conn = db.conn_as_operator().await;
    let before = db.snapshot().await;
    let none = None::<&str>;
    let set = (1, "kit", none, "free", "5", "counted");
    let add = (1, "kit", none, "5", "delivery", "R-1");
    let spread = (1, "kit", "slots", "4");
    let answers = [
        call(&mut conn, "shop_stock_set", set).await,
        call(&mut conn, "shop_stock_add", add).await,
        call(&mut conn, "update_adm_stock_strategy", spread).await,
    ];
    for answer in answers {
        let refused = answer.unwrap_err();
        refused.expect_code("INVALID_INPUT");
        assert_eq!(refused.row().str("field"), "product_id");
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn what_a_set_consisted_of_is_kept() {
    let db = sets().await;
    let mut conn = db.conn().await;
    let id = kits(&db, "u1", 1).await;
    ok(&OrderCall::new("T1", &[id])
        .client_total("20000")
        .call(&mut conn)
        .await);
    for sql in [
        "UPDATE shop_order_parts SET quantity = 9",
        "DELETE FROM shop_order_parts",
    ] {
        let error = query(&mut conn, sql).await.unwrap_err();
        assert_eq!(error.message, "ROW_IS_KEPT");
    }
    assert_eq!(db.count("shop_order_parts").await, 3);
    // What the audit would find.
    db.without_triggers().await;
    db.exec("UPDATE shop_order_parts SET quantity = 9 WHERE product_id = 'pen'")
        .await;
    let found = "SELECT GROUP_CONCAT(detail) FROM v_audit_reservation";
    assert_eq!(db.text(found).await, "ordered 9, reserved 3");
    db.exec("UPDATE shop_order_parts SET quantity = 3, part_no = 7 WHERE product_id = 'pen'")
        .await;
    let found = "SELECT GROUP_CONCAT(detail) FROM v_audit_set";
    assert_eq!(db.text(found).await, "3 parts, numbered up to 7");
    db.exec(
        "UPDATE shop_order_parts SET part_no = 3 WHERE product_id = 'pen';
         UPDATE shop_products SET set_parts = 2 WHERE product_id = 'kit'",
    )
    .await;
    assert_eq!(
        db.text(found).await,
        "counts 2 parts, has 3; in 0 sets, is in 0"
    );
    db.exec(
        "UPDATE shop_products SET set_parts = 3 WHERE product_id = 'kit';
         UPDATE shops SET set_parts = 0 WHERE shop_id = 1",
    )
    .await;
    assert_eq!(db.text(found).await, "counts 0 parts, has 5");
}

#[tokio::test]
async fn a_set_is_put_into_the_cart_and_back_as_one_item() {
    let db = sets().await;
    let mut conn = db.conn_as_gateway().await;
    let added = call(
        &mut conn,
        "add_shop_cart",
        (1, "u1", "kit", None::<&str>, "2"),
    )
    .await;
    assert_eq!(lines(added.as_ref().unwrap()), ["kit __noopt__ 2"]);
    let id = ok(&added).int("cart_id");
    ok(&OrderCall::new("T1", &[id])
        .client_total("40000")
        .call(&mut conn)
        .await);
    let restored = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await;
    let restored = restored.unwrap();
    let line = &restored.set(2).rows[0];
    assert_eq!(line.str("code"), "OK");
    assert_eq!(
        line.str("free"),
        "5",
        "whole sets, with those that come back"
    );
    assert_eq!(frees(&db).await, [100, 10, 100]);
    // Of a list.
    let items = r#"[{"product_id":"pair","quantity":3}]"#;
    let none = None::<&str>;
    let params = (1, "u1", none, none, none, items, none, none);
    let answer = call(&mut conn, "add_shop_cart_items", params)
        .await
        .unwrap();
    assert_eq!(answer.first().json("items_json")[0]["free"], 5);
    // Off sale is the set's own affair: its parts may be sold in it alone.
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'pen'")
        .await;
    let id = kits(&db, "u2", 1).await;
    let order = OrderCall::new("T2", &[id])
        .user(1, "u2")
        .client_total("20000");
    ok(&order.call(&mut conn).await);
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'kit'")
        .await;
    let id = kits(&db, "u3", 1).await;
    let order = OrderCall::new("T3", &[id])
        .user(1, "u3")
        .client_total("20000");
    assert_eq!(code(&order.call(&mut conn).await), "PRODUCT_UNAVAILABLE");
    db.assert_audit_clean().await;
}

/// Pages that write a part again, in each of the ways in which a row may be there already.
#[tokio::test]
async fn a_part_that_is_there_already_is_not_counted_again() {
    let db = sets().await;
    let counted = "SELECT CONCAT((SELECT set_parts FROM shops WHERE shop_id = 1), ': ',
                       GROUP_CONCAT(product_id, ' ', set_parts, ' ', in_sets ORDER BY product_id)) FROM shop_products
                   WHERE set_parts > 0 OR in_sets > 0";
    let before = db.text(counted).await;
    let row = db.row("SELECT * FROM shop_set_parts LIMIT 1").await;
    let row = format!(
        "shop_set_parts (shop_id, product_id, part_product_id, part_option_hash, quantity) VALUES (1, '{}', '{}', '{}', {})",
        row.str("product_id"),
        row.str("part_product_id"),
        row.str("part_option_hash"),
        row.str("quantity")
    );
    for sql in [
        format!("INSERT IGNORE INTO {row}"),
        format!("INSERT INTO {row} ON DUPLICATE KEY UPDATE position = position"),
        format!("REPLACE INTO {row}"),
    ] {
        db.exec(&sql).await;
        assert_eq!(db.text(counted).await, before, "{sql}");
        db.assert_audit_clean().await;
    }
    let again = query(&mut db.conn().await, &format!("INSERT INTO {row}")).await;
    assert_eq!(again.unwrap_err().errno, 1062);
    assert_eq!(db.text(counted).await, before);
}
