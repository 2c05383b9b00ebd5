//! Putting back into the cart, line by line: what came back, with how many units, and what stands against it; and by the
//! job, some minutes after the order came to nothing, through the same routine.

use super::*;
use crate::cart::cart_of;

async fn restore(conn: &mut Conn, number: &str) -> Sets {
    let params = (1, "u1", number);
    call(conn, "shop_order_restore_cart", params).await.unwrap()
}

/// `line product option restored/ordered: code → in_cart` of each line.
fn told(sets: &Sets) -> Vec<String> {
    let line = |row: &Row| {
        format!(
            "{} {} {} {}/{}: {} → {}",
            row.str("line_no"),
            row.str("product_id"),
            row.str("option_hash"),
            row.str("restored"),
            row.str("quantity"),
            row.str("code"),
            row.str("in_cart")
        )
    };
    sets.set(2).rows.iter().map(line).collect()
}

/// 1 lamp at 20,000, 3 books at 10,000, two rows of 2 and 3 pens at 1,500 and 1 chair at 30,000.
async fn five_lines(db: &TestDb, conn: &mut Conn, number: &str) {
    let mut ids = Vec::new();
    for (product, quantity) in [
        ("lamp", 1),
        ("book", 3),
        ("pen", 2),
        ("pen", 3),
        ("chair", 1),
    ] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, quantity).await);
    }
    let order = OrderCall::new(number, &ids).client_total("1");
    let error = order.call(conn).await.unwrap_err();
    let total = error.row().str("detail");
    placed(conn, &order.client_total(&total)).await;
}

#[tokio::test]
async fn every_line_says_what_came_back_and_what_stands_against_it() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    five_lines(&db, &mut conn, "T1").await;
    // Since then: 99,998 books are in the cart, so that 1 of 3 fits; the lamp is off sale; the chair is gone.
    db.add_cart(1, "u1", "book", NO_OPTION, 99_998).await;
    db.exec(
        "UPDATE shop_products SET display = '0' WHERE product_id = 'lamp';
         DELETE FROM shop_products WHERE product_id = 'chair'",
    )
    .await;
    let sets = restore(&mut conn, "T1").await;
    assert_eq!(
        *sets.set(2).columns,
        [
            "line_no",
            "product_id",
            "option_hash",
            "quantity",
            "restored",
            "code",
            "detail",
            "cart_id",
            "in_cart",
            "free"
        ]
    );
    assert_eq!(
        told(&sets),
        [
            "1 lamp __noopt__ 1/1: PRODUCT_UNAVAILABLE → 1",
            "2 book __noopt__ 1/3: INVALID_INPUT → 99999",
            "3 pen __noopt__ 2/2: OK → 2",
            "4 pen __noopt__ 3/3: OK → 5",
            "5 chair __noopt__ 1/1: PRODUCT_NOT_FOUND → 1",
        ]
    );
    let rows = &sets.set(2).rows;
    assert_eq!(rows[2].str("cart_id"), rows[3].str("cart_id"), "merged");
    assert_eq!(rows[1].str("detail"), "more than 99999 in the cart");
    let cart = [
        "book __noopt__ 99999",
        "lamp __noopt__ 1",
        "pen __noopt__ 5",
        "chair __noopt__ 1",
    ];
    assert_eq!(cart_of(&db, 1, "u1").await, cart);
    db.assert_audit_clean().await;
    // Once: a repeat tells of nothing and does nothing.
    let again = restore(&mut conn, "T1").await;
    assert_eq!(again.first().int("replayed"), 1);
    assert!(again.set(2).rows.is_empty());
    assert_eq!(cart_of(&db, 1, "u1").await, cart);
}

#[tokio::test]
async fn rows_that_stayed_in_the_cart_say_whether_they_are_there() {
    let db = shops().await;
    db.exec("UPDATE shops SET cart_at_order = 'soft_lock'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    five_lines(&db, &mut conn, "T1").await;
    db.let_expire("T1").await;
    call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    let book = db
        .text("SELECT CONCAT('[', seq_no, ']') FROM shop_cart WHERE product_id = 'book'")
        .await;
    call(&mut conn, "delete_shop_cart", (1, "u1", book))
        .await
        .unwrap();
    db.exec("UPDATE shop_cart SET quantity = 1 WHERE product_id = 'pen' AND quantity = 3")
        .await;
    assert_eq!(
        told(&restore(&mut conn, "T1").await),
        [
            "1 lamp __noopt__ 1/1: OK → 1",
            "2 book __noopt__ 0/3: CART_NOT_FOUND → 0",
            "3 pen __noopt__ 2/2: OK → 2",
            "4 pen __noopt__ 1/3: OK → 1",
            "5 chair __noopt__ 1/1: OK → 1",
        ]
    );
    assert!(
        !cart_of(&db, 1, "u1")
            .await
            .contains(&"book __noopt__ 3".to_owned())
    );
    db.assert_audit_clean().await;
}

/// What stands against ordering them, and how many units there are, as of lines that are put back.
#[tokio::test]
async fn rows_that_stayed_in_the_cart_say_what_stands_against_ordering_them() {
    let db = shops().await;
    db.exec("UPDATE shops SET cart_at_order = 'soft_lock'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    five_lines(&db, &mut conn, "T1").await;
    db.exec(
        "UPDATE shop_products SET display = '0' WHERE product_id = 'lamp';
         UPDATE shop_products SET max_quantity = 2 WHERE product_id = 'book';
         DELETE FROM shop_products WHERE product_id = 'chair'",
    )
    .await;
    let back = restore(&mut conn, "T1").await;
    assert_eq!(
        told(&back),
        [
            "1 lamp __noopt__ 1/1: PRODUCT_UNAVAILABLE → 1",
            "2 book __noopt__ 3/3: QUANTITY_NOT_ALLOWED → 3",
            "3 pen __noopt__ 2/2: OK → 2",
            "4 pen __noopt__ 3/3: OK → 3",
            "5 chair __noopt__ 1/1: PRODUCT_NOT_FOUND → 1",
        ]
    );
    let rows = &back.set(2).rows;
    assert_eq!(rows[1].str("detail"), "at most 2");
    // The order held 1 lamp, 3 books and 5 pens of 100 each; nothing is known of the chair.
    let free: Vec<String> = rows[..4].iter().map(|row| row.str("free")).collect();
    let left = |product: &'static str| db.free_stock(product, NO_OPTION);
    let (lamps, books, pens) = (left("lamp").await, left("book").await, left("pen").await);
    let now = [lamps, books, pens, pens].map(|units| units.to_string());
    assert_eq!(free, now);
    assert_eq!(rows[4].opt("free"), None);
    db.assert_audit_clean().await;
}

/// The order that is given up holds units until the very commit that puts its lines back.
#[tokio::test]
async fn units_that_the_order_gives_back_are_told_as_free() {
    for policy in ["hard_delete", "soft_lock"] {
        let db = shops().await;
        db.exec(&format!("UPDATE shops SET cart_at_order = '{policy}'"))
            .await;
        let mut conn = db.conn_as_gateway().await;
        let all = db.free_stock("lamp", NO_OPTION).await;
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let order = OrderCall::new("T1", &[lamp]).client_total("43000");
        placed(&mut conn, &order).await;
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, all - 2);
        let back = restore(&mut conn, "T1").await;
        assert_eq!(back.set(2).rows[0].int("free"), all, "{policy}");
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, all);
    }
}

async fn run(db: &TestDb) -> (i64, i64) {
    let mut conn = db.conn_as_gateway().await;
    let answer = call(&mut conn, "shop_order_restore_carts", (100,))
        .await
        .unwrap();
    let row = answer.first();
    assert_eq!(row.int("failed"), 0);
    (row.int("restored"), row.int("skipped"))
}

/// Moves the end of an order into the past.
async fn ended_minutes_ago(db: &TestDb, number: &str, minutes: u32) {
    db.without_triggers().await;
    db.exec(&format!(
        "UPDATE shop_order_logs l JOIN shop_orders o ON o.seq_no = l.order_seq_no
         SET l.log_date = l.log_date - INTERVAL {minutes} MINUTE WHERE o.order_number = '{number}'"
    ))
    .await;
}

#[tokio::test]
async fn the_job_puts_back_what_failed_or_expired_some_minutes_ago_where_the_shop_wants_it() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    for (number, end) in [
        ("T-failed", "fail"),
        ("T-expired", "expire"),
        ("T-open", ""),
        ("T-paid", "pay"),
    ] {
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        placed(
            &mut conn,
            &OrderCall::new(number, &[book]).client_total("10000"),
        )
        .await;
        match end {
            "fail" => {
                let message = WalletMessage::failed(number, "F1", "10000");
                settle(&mut conn, "notify", &message).await.unwrap();
            }
            "pay" => {
                let message = WalletMessage::paid(number, "P1", "10000");
                settle(&mut conn, "notify", &message).await.unwrap();
            }
            "expire" => {
                db.let_expire(number).await;
                call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
            }
            _ => {}
        }
        ended_minutes_ago(&db, number, 11).await;
    }
    assert_eq!(run(&db).await, (0, 0), "nothing unless a shop says so");
    db.exec("UPDATE shops SET restore_minutes = 12 WHERE shop_id = 1; UPDATE shops SET restore_minutes = 0 WHERE shop_id = 2")
        .await;
    assert_eq!(run(&db).await, (0, 0), "not yet");
    db.exec("UPDATE shops SET restore_minutes = 10 WHERE shop_id = 1")
        .await;

    // A buyer who is just doing something is left for the next run.
    let mut busy = db.conn().await;
    busy.query_drop("BEGIN; SELECT 1 FROM shop_cart_headers WHERE user_id = 'u1' FOR UPDATE")
        .await
        .unwrap();
    assert_eq!(run(&db).await, (0, 2));
    busy.query_drop("ROLLBACK").await.unwrap();
    assert_eq!(run(&db).await, (2, 0));
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 2"]);
    assert_eq!(run(&db).await, (0, 0), "once");
    // The button comes second.
    for number in ["T-failed", "T-expired"] {
        let back = restore(&mut conn, number).await;
        assert_eq!(back.first().int("replayed"), 1);
    }
    assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 2"]);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 98);
}

#[tokio::test]
async fn button_and_job_at_once_give_back_once() {
    for _ in 0..3 {
        let db = shops().await;
        let mut conn = db.conn_as_gateway().await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        placed(
            &mut conn,
            &OrderCall::new("T1", &[book]).client_total("10000"),
        )
        .await;
        db.let_expire("T1").await;
        call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
        db.exec("UPDATE shops SET restore_minutes = 0").await;
        let results = storm(&db, 6, |number, mut conn| async move {
            if number % 2 == 0 {
                call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1"))
                    .await
                    .map(|_| ())
            } else {
                call(&mut conn, "shop_order_restore_carts", (10,))
                    .await
                    .map(|_| ())
            }
        })
        .await;
        for result in results {
            result.unwrap();
        }
        assert_eq!(cart_of(&db, 1, "u1").await, ["book __noopt__ 1"]);
        db.assert_audit_clean().await;
    }
}
