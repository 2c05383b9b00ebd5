//! Shops that keep ordered rows in the cart until the order is paid (`shops.cart_at_order` = soft_lock): what such a row
//! is follows from its order. Races are in `race/checkout.rs`.

use super::{cart_of, lines};
use crate::order::shop_order_quote::quote;
use crate::support::*;

/// Shop 1 with soft_lock; u1 has 2 lamps (43,000 with delivery) and 1 book in the cart.
pub async fn shop() -> (TestDb, i64, i64) {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET cart_at_order = 'soft_lock' WHERE shop_id = 1")
        .await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    (db, lamp, book)
}

pub fn lamps(number: &str, lamp: i64) -> OrderCall {
    OrderCall::new(number, &[lamp]).client_total("43000")
}

/// The cart as it is read: `count: product quantity state orderable, …`.
pub async fn seen(db: &TestDb) -> String {
    let mut conn = db.conn_as_gateway().await;
    let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    told(&cart)
}

fn told(cart: &Sets) -> String {
    let line = |row: &Row| {
        let names = ["product_id", "quantity", "item_state", "orderable"];
        names.map(|name| row.str(name)).join(" ")
    };
    let rows: Vec<String> = cart.set(1).rows.iter().map(line).collect();
    format!("{}: {}", cart.first().int("cart_count"), rows.join(", "))
}

async fn pay(conn: &mut Conn, number: &str) -> String {
    let paid = WalletMessage::paid(number, &format!("P-{number}"), "43000");
    let answer = settle(conn, "notify", &paid).await.unwrap();
    answer.first().str("verdict")
}

async fn status(db: &TestDb, number: &str) -> i64 {
    let sql = format!("SELECT order_status FROM shop_orders WHERE order_number = '{number}'");
    db.int(&sql).await
}

/// Marks as they are stored: `row order`.
async fn marks(db: &TestDb) -> Vec<String> {
    let sql = "SELECT CONCAT(c.seq_no, ' ', o.order_number) AS line FROM shop_cart c
               JOIN shop_orders o ON o.seq_no = c.order_seq_no ORDER BY c.seq_no";
    db.rows(sql)
        .await
        .iter()
        .map(|row| row.str("line"))
        .collect()
}

const FREE: &str = "2: lamp 2 in_cart 1, book 1 in_cart 1";
const LOCKED: &str = "1: lamp 2 in_checkout 0, book 1 in_cart 1";
const GONE: &str = "1: book 1 in_cart 1";

#[tokio::test]
async fn a_shop_deletes_ordered_rows_unless_it_says_otherwise() {
    let db = TestDb::with_fixture().await;
    let policies = "SELECT GROUP_CONCAT(DISTINCT cart_at_order) FROM shops";
    assert_eq!(db.text(policies).await, "hard_delete");
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    lamps("T1", lamp).call(&mut conn).await.unwrap();
    assert_eq!(db.count("shop_cart").await, 0);
    assert_eq!(db.count("shop_cart_checkouts").await, 0);
    let wrong = "UPDATE shops SET cart_at_order = 'none' WHERE shop_id = 1";
    assert!(query(&mut db.conn().await, wrong).await.is_err());
}

#[tokio::test]
async fn an_ordered_row_stays_is_not_counted_and_cannot_be_touched() {
    let (db, lamp, book) = shop().await;
    let mut conn = db.conn_as_gateway().await;
    assert_eq!(seen(&db).await, FREE);
    let made = lamps("T1", lamp).call(&mut conn).await.unwrap();
    assert_eq!(made.first().int("order_status"), 1);
    assert_eq!(seen(&db).await, LOCKED);
    let until = "SELECT COUNT(*) FROM shop_cart c JOIN shop_orders o ON o.seq_no = c.order_seq_no
                 WHERE c.locked_until = o.expires_at";
    assert_eq!(db.int(until).await, 1);
    db.assert_audit_clean().await;

    // The same request again is the same order; another one is refused by name, and so is every change.
    let again = lamps("T1", lamp).call(&mut conn).await.unwrap();
    assert_eq!(again.first().int("replayed"), 1);
    let before = (seen(&db).await, marks(&db).await);
    let both = OrderCall::new("T2", &[lamp, book]).client_total("53000");
    let id = lamp.to_string();
    for answer in [
        lamps("T2", lamp).call(&mut conn).await,
        both.call(&mut conn).await,
        call(&mut conn, "update_shop_cart", (1, "u1", id.clone(), "3")).await,
        call(&mut conn, "update_shop_cart", (1, "u1", id.clone(), "0")).await,
        call(
            &mut conn,
            "delete_shop_cart",
            (1, "u1", format!("[{book},{lamp}]")),
        )
        .await,
        quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await,
    ] {
        let error = answer.unwrap_err();
        error.expect_code("CART_IN_CHECKOUT");
        assert_eq!(error.row().str("detail"), id);
    }
    assert_eq!((seen(&db).await, marks(&db).await), before);

    // More of it is another row, and what is added is in the cart.
    let add = (1, "u1", "lamp", None::<&str>, "1");
    let cart = call(&mut conn, "add_shop_cart", add).await.unwrap();
    assert_eq!(
        told(&cart),
        "2: lamp 2 in_checkout 0, book 1 in_cart 1, lamp 1 in_cart 1"
    );
    // A guest's cart of the same goes there too, and old rows are left alone.
    db.add_cart(1, "guest", "lamp", NO_OPTION, 4).await;
    let merged = call(&mut conn, "merge_shop_cart", (1, "guest", "u1")).await;
    assert_eq!(
        told(&merged.unwrap()),
        "2: lamp 2 in_checkout 0, book 1 in_cart 1, lamp 5 in_cart 1"
    );
    db.exec(
        "UPDATE shops SET cart_delete_days = 1;
         UPDATE shop_cart SET update_date = update_date - INTERVAL 9 DAY",
    )
    .await;
    call(&mut conn, "shop_cart_expire", (100,)).await.unwrap();
    assert_eq!(seen(&db).await, "0: lamp 2 in_checkout 0");
    db.assert_audit_clean().await;
}

/// By predicate at once, and stored by whoever comes next: the job, or the buyer.
#[tokio::test]
async fn paid_it_is_gone() {
    for by_job in [true, false] {
        let (db, lamp, _) = shop().await;
        let mut conn = db.conn_as_gateway().await;
        lamps("T1", lamp).call(&mut conn).await.unwrap();
        let mark = marks(&db).await;
        assert_eq!(pay(&mut conn, "T1").await, "paid");
        assert_eq!(marks(&db).await, mark, "a payment touches no cart row");
        let fate = "SELECT fate FROM v_cart_checkouts";
        assert_eq!(db.text(fate).await, "ordered");
        assert_eq!(seen(&db).await, GONE);
        db.assert_audit_clean().await;
        let error = lamps("T2", lamp).call(&mut conn).await.unwrap_err();
        error.expect_code("CART_NOT_FOUND");
        if by_job {
            let answer = call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
            assert_eq!(answer.first().str("result"), "OK");
        } else {
            let add = (1, "u1", "pen", None::<&str>, "1");
            call(&mut conn, "add_shop_cart", add).await.unwrap();
        }
        assert_eq!(cart_of(&db, 1, "u1").await[0], "book __noopt__ 1");
        assert_eq!(db.count("shop_cart_checkouts").await, 0);
        // Refunded, it does not come back.
        db.any_status_by_hand().await;
        db.exec("UPDATE shop_orders SET order_status = 8").await;
        assert!(seen(&db).await.contains("book 1 in_cart 1"));
        assert!(!seen(&db).await.contains("lamp"));
    }
}

#[tokio::test]
async fn refunded_before_anybody_looked_it_stays_gone() {
    let (db, lamp, _) = shop().await;
    let mut conn = db.conn_as_gateway().await;
    lamps("T1", lamp).call(&mut conn).await.unwrap();
    pay(&mut conn, "T1").await;
    db.any_status_by_hand().await;
    db.exec("UPDATE shop_orders SET order_status = 8").await;
    assert_eq!(seen(&db).await, GONE);
    call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
    assert_eq!(seen(&db).await, GONE);
    assert_eq!(db.count("shop_cart").await, 1);
}

/// However the order came to nothing: its row is in the cart as it was, under its number, and is ordered again.
#[tokio::test]
async fn come_to_nothing_it_is_free_again_and_ordered_as_it_was() {
    for how in [
        "failed",
        "expired",
        "out of time",
        "out of time, quoted",
        "cancelled",
        "job",
    ] {
        let (db, lamp, _) = shop().await;
        let mut conn = db.conn_as_gateway().await;
        lamps("T1", lamp).call(&mut conn).await.unwrap();
        let before = db.free_stock("lamp", NO_OPTION).await;
        assert_eq!(before, 98);
        match how {
            "failed" => {
                let message = WalletMessage::failed("T1", "F1", "43000");
                settle(&mut conn, "notify", &message).await.unwrap();
            }
            "cancelled" => {
                call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1"))
                    .await
                    .unwrap();
            }
            _ => db.let_expire("T1").await,
        }
        if ["expired", "job"].contains(&how) {
            call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
        }
        if how == "job" {
            assert_eq!(marks(&db).await.len(), 1, "expiry touches no cart row");
            let answer = call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
            assert_eq!(answer.first().int("settled"), 1);
            assert!(marks(&db).await.is_empty());
        }
        assert_eq!(seen(&db).await, FREE, "{how}");
        db.assert_audit_clean().await;
        if how == "out of time, quoted" {
            let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await;
            assert_eq!(quoted.unwrap().first().str("total_payment"), "43000.00");
        }
        let made = lamps("T2", lamp).call(&mut conn).await.unwrap();
        assert_eq!(made.first().int("replayed"), 0, "{how}");
        assert_eq!(seen(&db).await, LOCKED, "{how}");
        assert_eq!(marks(&db).await, [format!("{lamp} T2")], "{how}");
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98, "{how}");
        if how.starts_with("out of time") {
            assert_eq!(status(&db, "T1").await, 10, "the old order has ended first");
        }
        db.assert_audit_clean().await;
        // Money for the old one finds its row with another order.
        assert_eq!(pay(&mut conn, "T1").await, "late", "{how}");
        assert_eq!(pay(&mut conn, "T2").await, "paid", "{how}");
        assert_eq!(seen(&db).await, GONE, "{how}");
        db.assert_audit_clean().await;
    }
}

/// What an order was refused for leaves its rows free: a second order with another total.
#[tokio::test]
async fn a_refused_order_of_a_row_out_of_time_says_what_it_costs_now() {
    let (db, lamp, _) = shop().await;
    let mut conn = db.conn_as_gateway().await;
    lamps("T1", lamp).call(&mut conn).await.unwrap();
    db.let_expire("T1").await;
    let error = lamps("T2", lamp).client_total("1").call(&mut conn).await;
    let error = error.unwrap_err();
    error.expect_code("PRICE_CHANGED");
    assert_eq!(seen(&db).await, FREE);
    lamps("T2", lamp).call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}

/// A payment that comes too late revives its order only with the rows it was made of.
#[tokio::test]
async fn a_late_payment_takes_its_rows_again_only_if_they_are_unchanged_and_free() {
    let change = |sql: &str| sql.to_owned();
    for (what, sql, verdict) in [
        ("nothing", change(""), "paid"),
        ("settled", change("settle"), "paid"),
        (
            "quantity",
            change("UPDATE shop_cart SET quantity = 3"),
            "late",
        ),
        ("deleted", change("DELETE FROM shop_cart"), "late"),
        (
            "option",
            change("UPDATE shop_cart SET option_hash = 'x'"),
            "late",
        ),
    ] {
        for kind in ["expired", "failed"] {
            let (db, lamp, _) = shop().await;
            let mut conn = db.conn_as_gateway().await;
            lamps("T1", lamp).call(&mut conn).await.unwrap();
            if kind == "expired" {
                db.let_expire("T1").await;
                call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
            } else {
                let message = WalletMessage::failed("T1", "F1", "43000");
                settle(&mut conn, "notify", &message).await.unwrap();
            }
            match sql.as_str() {
                "" => {}
                "settle" => {
                    call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
                    assert!(marks(&db).await.is_empty());
                }
                _ => {
                    call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
                    db.exec(&format!("{sql} WHERE seq_no = {lamp}")).await;
                }
            }
            assert_eq!(pay(&mut conn, "T1").await, verdict, "{what} {kind}");
            if verdict == "paid" {
                assert_eq!(seen(&db).await, GONE, "{what} {kind}");
                call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
                assert_eq!(db.count("shop_cart").await, 1);
                assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98);
            } else {
                assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100, "{what} {kind}");
                assert_eq!(
                    db.int("SELECT COUNT(*) FROM shop_pg_duties WHERE state = 'owed'")
                        .await,
                    1
                );
            }
            db.assert_audit_clean().await;
        }
    }
}

#[tokio::test]
async fn an_operator_enters_a_late_payment_by_the_same_rule() {
    for (deleted, code) in [(false, ""), (true, "OUT_OF_STOCK")] {
        let (db, lamp, _) = shop().await;
        let mut conn = db.conn_as_gateway().await;
        lamps("T1", lamp).call(&mut conn).await.unwrap();
        db.let_expire("T1").await;
        call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
        if deleted {
            let ids = format!("[{lamp}]");
            call(&mut conn, "delete_shop_cart", (1, "u1", ids))
                .await
                .unwrap();
        }
        let tx = format!("W{}", &sha256_hex("T1")[..32]);
        let by_hand = (
            1,
            "T1",
            "wallet",
            "M1",
            tx,
            "43000",
            None::<&str>,
            "in the console",
        );
        let answer = call(
            &mut db.conn_as_operator().await,
            "update_adm_order_payment",
            by_hand,
        )
        .await;
        match answer {
            Ok(_) => assert!(!deleted),
            Err(error) => assert_eq!(error.code(), code),
        }
        assert_eq!(seen(&db).await, GONE);
        db.assert_audit_clean().await;
    }
}

/// The button gives the rows back once: they are there already, or have been.
#[tokio::test]
async fn restoring_the_cart_frees_the_rows_once() {
    for settled in [true, false] {
        let (db, lamp, _) = shop().await;
        let mut conn = db.conn_as_gateway().await;
        lamps("T1", lamp).call(&mut conn).await.unwrap();
        let message = WalletMessage::failed("T1", "F1", "43000");
        settle(&mut conn, "notify", &message).await.unwrap();
        if settled {
            call(&mut conn, "shop_cart_settle", (10,)).await.unwrap();
        }
        for replayed in [0, 1] {
            let back = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1")).await;
            let back = back.unwrap();
            assert_eq!(back.first().int("replayed"), replayed);
            assert_eq!(told(&back), FREE);
        }
        db.assert_audit_clean().await;
        // Thrown out afterwards, they stay out.
        let ids = format!("[{lamp}]");
        call(&mut conn, "delete_shop_cart", (1, "u1", ids))
            .await
            .unwrap();
        call(&mut conn, "shop_order_restore_cart", (1, "u1", "T1"))
            .await
            .unwrap();
        assert_eq!(seen(&db).await, GONE);
    }
}

#[tokio::test]
async fn what_was_bought_now_is_locked_and_comes_back_likewise() {
    let (db, _, _) = shop().await;
    let mut conn = db.conn_as_gateway().await;
    let buy = (1, "u1", "lamp", None::<&str>, "1");
    let bought = call(&mut conn, "add_shop_cart_buy_now", buy).await.unwrap();
    let id = bought.first().int("cart_id");
    let order = OrderCall::new("T1", &[id]).client_total("23000");
    order.call(&mut conn).await.unwrap();
    assert_eq!(seen(&db).await, FREE);
    // Buying again makes another row, since this one is on its way.
    let bought = call(&mut conn, "add_shop_cart_buy_now", buy).await.unwrap();
    assert_ne!(bought.first().int("cart_id"), id);
    db.let_expire("T1").await;
    let order = OrderCall::new("T2", &[id]).client_total("23000");
    order.call(&mut conn).await.unwrap();
    let modes = "SELECT GROUP_CONCAT(DISTINCT order_mode) FROM shop_orders";
    assert_eq!(db.text(modes).await, "direct");
    // Given back by the button, it is in the cart where the buyer looks for it.
    let back = call(&mut conn, "shop_order_restore_cart", (1, "u1", "T2")).await;
    assert_eq!(
        lines(&back.unwrap()),
        ["lamp __noopt__ 2", "book __noopt__ 1", "lamp __noopt__ 1"]
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_policy_may_change_while_rows_are_in_checkout() {
    let (db, lamp, book) = shop().await;
    let mut conn = db.conn_as_gateway().await;
    lamps("T1", lamp).call(&mut conn).await.unwrap();
    db.exec("UPDATE shops SET cart_at_order = 'hard_delete'")
        .await;
    assert_eq!(seen(&db).await, LOCKED);
    lamps("T2", lamp)
        .call(&mut conn)
        .await
        .unwrap_err()
        .expect_code("CART_IN_CHECKOUT");
    let other = OrderCall::new("B1", &[book]).client_total("10000");
    other.call(&mut conn).await.unwrap();
    assert_eq!(cart_of(&db, 1, "u1").await, ["lamp __noopt__ 2"]);
    db.let_expire("T1").await;
    lamps("T2", lamp).call(&mut conn).await.unwrap();
    assert_eq!(db.count("shop_cart").await, 0);
    assert_eq!(status(&db, "T1").await, 10);
    // Its rows are with another order: late.
    assert_eq!(pay(&mut conn, "T1").await, "late");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_with_nothing_to_pay_takes_its_rows_at_once() {
    let (db, _, _) = shop().await;
    db.exec("UPDATE shop_products SET buy_price = 0 WHERE product_id = 'book'")
        .await;
    db.exec("UPDATE shop_delivery_policy SET base_cost = 0")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let free = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("F1", &[free])
        .user(1, "u2")
        .client_total("0");
    let made = order.call(&mut conn).await.unwrap();
    assert_eq!(made.first().int("order_status"), 2);
    assert!(cart_of(&db, 1, "u2").await.is_empty());
    assert_eq!(db.count("shop_cart_checkouts").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_audit_sees_marks_that_nothing_explains() {
    let (db, lamp, book) = shop().await;
    let mut conn = db.conn_as_gateway().await;
    lamps("T1", lamp).call(&mut conn).await.unwrap();
    let details = "SELECT GROUP_CONCAT(REGEXP_REPLACE(detail, '[0-9]+', 'n') ORDER BY subject, detail SEPARATOR '; ') FROM v_audit_cart";
    db.exec(&format!(
        "UPDATE shop_cart SET order_seq_no = (SELECT seq_no FROM shop_orders) WHERE seq_no = {book}"
    ))
    .await;
    assert_eq!(
        db.text(details).await,
        "marked with order n, which does not have it"
    );
    db.exec(&format!(
        "UPDATE shop_cart SET order_seq_no = NULL WHERE seq_no IN ({lamp}, {book})"
    ))
    .await;
    assert_eq!(db.text(details).await, "ordered by order n");
    db.exec(&format!(
        "UPDATE shop_cart SET order_seq_no = (SELECT seq_no FROM shop_orders) WHERE seq_no = {lamp};
         DELETE FROM shop_cart_checkouts"
    ))
    .await;
    assert_eq!(
        db.text(details).await,
        "marked with order n, which gives back nothing"
    );
}
