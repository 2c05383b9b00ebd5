//! Shops that promise prices (`price_policy` pinned): a cart row pays what it was promised until an event or time renews
//! it, `refresh_shop_cart`, and an order pays what its rows were promised or is refused.

use crate::order::shop_order_quote::quote;
use crate::race::{Holder, code, ok};
use crate::support::refusal::*;
use crate::support::*;

/// A standard shop 1 that promises prices.
async fn pinned() -> TestDb {
    let db = TestDb::with_fixture().await;
    db.exec("UPDATE shops SET price_policy = 'pinned' WHERE shop_id = 1")
        .await;
    db
}

async fn lamp_costs(db: &TestDb, price: u32) {
    db.exec(&format!(
        "UPDATE shop_products SET sale_price = {price} WHERE product_id = 'lamp'"
    ))
    .await;
}

/// Rows that are added or renewed now are over at once.
async fn promise_nothing(db: &TestDb, really: bool) {
    let minutes = if really { 0 } else { 60 };
    db.exec(&format!(
        "UPDATE shops SET promise_minutes = {minutes} WHERE shop_id = 1"
    ))
    .await;
}

/// A row of a lamp whose promise of 20000 is over, and the lamp costs 21000.
async fn lapsed_lamp(db: &TestDb) -> i64 {
    promise_nothing(db, true).await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    promise_nothing(db, false).await;
    lamp_costs(db, 21000).await;
    cart_id
}

async fn read(db: &TestDb, event: Option<&str>) -> Sets {
    let mut conn = db.conn_as_gateway().await;
    let cart = db
        .call(&mut conn, "select_shop_cart", (1, "u1", event))
        .await;
    cart.unwrap()
}

async fn refresh(db: &TestDb, event: &str) -> Sets {
    let mut conn = db.conn_as_gateway().await;
    let cart = db
        .call(&mut conn, "refresh_shop_cart", (1, "u1", event))
        .await;
    cart.unwrap()
}

/// `product old new` of what an answer says has changed.
fn changes(row: &Row) -> Vec<String> {
    let list = row.json("price_changes_json");
    let word = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| {
            assert!(one["cart_id"].is_i64(), "{one}");
            ["product_id", "old_price", "new_price"]
                .map(|name| word(one, name))
                .join(" ")
        })
        .collect()
}

/// `product price` of every line.
fn prices(cart: &Sets) -> Vec<String> {
    let rows = &cart.set(1).rows;
    rows.iter()
        .map(|row| format!("{} {}", row.str("product_id"), row.str("unit_price")))
        .collect()
}

/// Whole minutes for which a row is promised its price, rounded up.
async fn minutes(db: &TestDb, cart_id: i64) -> i64 {
    db.int(&format!(
        "SELECT CEIL(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), promised_until) / 60) FROM shop_cart
         WHERE seq_no = {cart_id}"
    ))
    .await
}

async fn row_of(db: &TestDb, cart_id: i64) -> String {
    let row = db
        .row(&format!("SELECT * FROM shop_cart WHERE seq_no = {cart_id}"))
        .await;
    format!("{row:?}")
}

fn order(number: &str, ids: &[i64], total: u32) -> OrderCall {
    OrderCall::new(number, ids).client_total(&total.to_string())
}

#[tokio::test]
async fn a_row_pays_what_it_was_put_in_at() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    // Two lamps at 20000, and one row that an old page writes with a price and a time of its own.
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let book = db
        .int_after(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date, price_id,
                 pinned_no, promised_until)
             VALUES (1, 'u1', 'book', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 1, 99, '2099-01-01');
             SELECT LAST_INSERT_ID()",
        )
        .await;
    assert_eq!(minutes(&db, book).await, 60);
    lamp_costs(&db, 21000).await;
    db.exec("UPDATE shop_products SET buy_price = 9000 WHERE product_id = 'book'")
        .await;
    // Nor by an UPDATE.
    db.exec("UPDATE shop_cart SET price_id = 1, promised_until = '2099-01-01', pinned_no = 5, update_date = UTC_TIMESTAMP(6)")
        .await;
    assert_eq!(minutes(&db, lamp).await, 60);
    let cart = read(&db, None).await;
    assert_eq!(prices(&cart), ["lamp 20000.00", "book 10000.00"]);
    assert_eq!(changes(cart.first()), [""; 0]);
    // 2 × 20000 + 10000, and the lamp's delivery: 53000. The other price would be 54000.
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp},{book}]")).await;
    let quoted = quoted.unwrap();
    assert_eq!(quoted.first().str("total_payment"), "53000.00");
    assert_eq!(
        code(&order("T0", &[lamp, book], 54000).call(&mut conn).await),
        "PRICE_CHANGED"
    );
    let made = order("T1", &[lamp, book], 53000).call(&mut conn).await;
    assert_eq!(ok(&made).str("total_payment"), "53000.00");
    let lines = "SELECT GROUP_CONCAT(unit_price ORDER BY line_no) FROM shop_order_product";
    assert_eq!(db.text(lines).await, "20000.00,10000.00");
    assert_eq!(
        db.int("SELECT pricing_version FROM shop_orders").await,
        2,
        "by promises"
    );
    db.assert_audit_clean().await;

    // The same in a shop that promises nothing.
    db.exec("UPDATE shops SET price_policy = 'current' WHERE shop_id = 1")
        .await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    lamp_costs(&db, 22000).await;
    let made = order("T2", &[lamp], 47000).call(&mut conn).await;
    assert_eq!(ok(&made).str("total_payment"), "47000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_promise_outlives_the_beginning_of_a_planned_price() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let next = db.add_cart(1, "u1", "lamp", "x", 1).await;
    db.exec(
        "CALL update_adm_price(1, '[{\"product_id\":\"lamp\",\"sale_price\":\"18000\"}]',
             CAST(UTC_TIMESTAMP(6) + INTERVAL 300000 MICROSECOND AS CHAR), NULL, 'cheaper');
         DO SLEEP(0.4)",
    )
    .await;
    let cart = read(&db, None).await;
    let line = cart.set(1).find("cart_id", &lamp.to_string());
    assert_eq!(line.str("unit_price"), "20000.00");
    db.exec(&format!("DELETE FROM shop_cart WHERE seq_no = {next}"))
        .await;
    // Renewed, it is the one that has begun.
    let entered = refresh(&db, "enter").await;
    assert_eq!(changes(entered.first()), ["lamp 20000.00 18000.00"]);
    ok(&order("T1", &[lamp], 21000).call(&mut conn).await);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_change_of_quantity_renews_that_row() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    lamp_costs(&db, 21000).await;
    db.exec("UPDATE shop_products SET buy_price = 9000 WHERE product_id = 'book'")
        .await;
    let params = (1, "u1", lamp.to_string(), "3");
    let answer = db
        .call(&mut conn, "update_shop_cart", params)
        .await
        .unwrap();
    assert_eq!(changes(answer.first()), ["lamp 20000.00 21000.00"]);
    assert_eq!(prices(&answer), ["lamp 21000.00", "book 10000.00"]);
    // Said once.
    assert_eq!(changes(read(&db, None).await.first()), [""; 0]);
    lamp_costs(&db, 22000).await;
    let params = (1, "u1", "lamp", None::<&str>, "1");
    let answer = db.call(&mut conn, "add_shop_cart", params).await.unwrap();
    assert_eq!(changes(answer.first()), ["lamp 21000.00 22000.00"]);
    let items = r#"[{"product_id":"book","quantity":1},{"product_id":"pen","quantity":1}]"#;
    let none = None::<&str>;
    let params = (1, "u1", none, none, none, items, none, none);
    let answer = db.call(&mut conn, "add_shop_cart_items", params).await;
    let answer = answer.unwrap();
    assert_eq!(changes(answer.first()), ["book 10000.00 9000.00"]);
    assert_eq!(
        prices(&answer),
        ["lamp 22000.00", "book 9000.00", "pen 1000.00"]
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_deleted_row_renews_what_the_shop_says() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    for (policy, said) in [
        ("product", vec!["shirt 16000.00 17000.00"]),
        (
            "all",
            vec!["book 10000.00 9000.00", "shirt 16000.00 17000.00"],
        ),
        ("nothing", vec![]),
    ] {
        db.exec(&format!(
            "DELETE FROM shop_cart; UPDATE shops SET renewed_on_delete = '{policy}' WHERE shop_id = 1;
             UPDATE shop_products SET buy_price = 15000 WHERE product_id = 'shirt';
             UPDATE shop_products SET buy_price = 10000 WHERE product_id = 'book'"
        ))
        .await;
        let red = db.add_cart(1, "u1", "shirt", "red", 1).await;
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        db.add_cart(1, "u1", "shirt", "blue", 1).await;
        let other = db.add_cart(1, "u2", "shirt", "blue", 1).await;
        db.exec(
            "UPDATE shop_products SET buy_price = 16000 WHERE product_id = 'shirt';
             UPDATE shop_products SET buy_price = 9000 WHERE product_id = 'book'",
        )
        .await;
        let before = row_of(&db, other).await;
        let answer = if policy == "all" {
            let params = (1, "u1", red.to_string(), "0");
            db.call(&mut conn, "update_shop_cart", params).await
        } else {
            let params = (1, "u1", format!("[{red}]"));
            db.call(&mut conn, "delete_shop_cart", params).await
        };
        let mut found = changes(answer.unwrap().first());
        found.sort();
        assert_eq!(found, said, "{policy}");
        assert_eq!(row_of(&db, other).await, before, "{policy}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_cart_page_renews_its_rows_but_not_on_the_way_to_the_order_form_and_back() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    lamp_costs(&db, 21000).await;
    let entered = refresh(&db, "enter").await;
    assert_eq!(changes(entered.first()), ["lamp 20000.00 21000.00"]);
    assert_eq!(minutes(&db, lamp).await, 10, "on the page");

    // To the order form: the page unloads, before the quote or after it, and the price stays for 30 minutes.
    lamp_costs(&db, 22000).await;
    assert_eq!(changes(refresh(&db, "leave").await.first()), [""; 0]);
    assert!(minutes(&db, lamp).await <= 10);
    let ids = format!("[{lamp}]");
    let quoted = quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(quoted.first().str("product_total_price"), "21000.00");
    assert_eq!(minutes(&db, lamp).await, 30, "the form is open");
    refresh(&db, "leave").await;
    assert_eq!(minutes(&db, lamp).await, 30, "it was the unload of before");
    // Back from the form: nothing is renewed. The page once more: all is.
    let back = refresh(&db, "enter").await;
    assert_eq!(prices(&back), ["lamp 21000.00"]);
    let again = refresh(&db, "enter").await;
    assert_eq!(changes(again.first()), ["lamp 21000.00 22000.00"]);

    // Anything in between, and the last step was not the form.
    quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    lamp_costs(&db, 23000).await;
    let params = (1, "u1", "pen", None::<&str>, "1");
    db.call(&mut conn, "add_shop_cart", params).await.unwrap();
    let entered = read(&db, Some("enter")).await;
    assert_eq!(changes(entered.first()), ["lamp 22000.00 23000.00"]);

    // Stayed on: not before its minutes are over.
    lamp_costs(&db, 24000).await;
    assert_eq!(changes(refresh(&db, "stay").await.first()), [""; 0]);
    db.exec("UPDATE shop_cart_headers SET entered_at = entered_at - INTERVAL 10 MINUTE")
        .await;
    let stayed = refresh(&db, "stay").await;
    assert_eq!(changes(stayed.first()), ["lamp 23000.00 24000.00"]);
    assert_eq!(changes(refresh(&db, "stay").await.first()), [""; 0]);
    db.assert_audit_clean().await;
}

/// Two rows, promised for 60 minutes; the page is left, and the order form opened for one of them.
#[tokio::test]
async fn opening_the_order_form_undoes_the_mark_of_leaving_on_all_rows() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    for _ in 0..2 {
        refresh(&db, "leave").await;
        assert_eq!(minutes(&db, lamp).await, 10);
        assert_eq!(minutes(&db, book).await, 10);
    }
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await;
    quoted.unwrap();
    assert_eq!(minutes(&db, lamp).await, 60);
    assert_eq!(minutes(&db, book).await, 60, "as it was before");
    // Left from the cart page once more, and nothing came for 10 minutes: their time is over, for all that comes.
    let params = (1, "u1", "pen", None::<&str>, "1");
    db.call(&mut conn, "add_shop_cart", params).await.unwrap();
    refresh(&db, "leave").await;
    query(&mut conn, "SET timestamp = UNIX_TIMESTAMP() + 601")
        .await
        .unwrap();
    lamp_costs(&db, 21000).await;
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await;
    assert_eq!(changes(quoted.unwrap().first()), ["lamp 20000.00 21000.00"]);
    assert_eq!(minutes(&db, book).await, 10, "over is over");
    db.assert_audit_clean().await;
}

/// An order form that asks for no quote: the order itself says that the page was left on the way to it.
#[tokio::test]
async fn an_order_undoes_the_mark_of_leaving_on_the_rows_that_stay() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    refresh(&db, "leave").await;
    assert_eq!(minutes(&db, book).await, 10);
    // An order that is refused is none: the buyer is still where the page was left.
    let refused = order("T1", &[lamp], 1).call(&mut conn).await;
    assert_eq!(code(&refused), "PRICE_CHANGED");
    assert_eq!(minutes(&db, book).await, 10);
    ok(&order("T1", &[lamp], 23000).call(&mut conn).await);
    assert_eq!(minutes(&db, book).await, 60, "as it was before");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_promise_that_is_over_is_said_and_never_charged_silently() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = lapsed_lamp(&db).await;
    // 2 × 20000 + 3000 was promised, 2 × 21000 + 3000 is in force: neither is charged before it was said.
    for total in [43000, 45000] {
        if total == 45000 {
            db.exec("DELETE FROM shop_cart").await;
            lamp_costs(&db, 20000).await;
        }
        let lamp = if total == 45000 {
            lapsed_lamp(&db).await
        } else {
            lamp
        };
        let refused = order("T1", &[lamp], total).call(&mut conn).await;
        let refused = refused.unwrap_err();
        refused.expect_code("PRICE_CHANGED");
        assert_eq!(refused.sets.set(1).rows[0].str("total_payment"), "45000.00");
        assert_eq!(
            changes(&refused.sets.set(1).rows[0]),
            ["lamp 20000.00 21000.00"]
        );
        assert_eq!(refused.sets.set(2).rows[0].str("unit_price"), "21000.00");
        // From now on that one is promised.
        lamp_costs(&db, 22000).await;
        assert_eq!(prices(&read(&db, None).await), ["lamp 21000.00"]);
        if total == 45000 {
            ok(&order("T1", &[lamp], 45000).call(&mut conn).await);
        }
    }
    // Read first, it is the cart that says so; and a quote likewise.
    lamp_costs(&db, 20000).await;
    lapsed_lamp(&db).await;
    assert_eq!(
        changes(read(&db, None).await.first()),
        ["lamp 20000.00 21000.00"]
    );
    db.exec("DELETE FROM shop_cart").await;
    lamp_costs(&db, 20000).await;
    let lamp = lapsed_lamp(&db).await;
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await;
    assert_eq!(changes(quoted.unwrap().first()), ["lamp 20000.00 21000.00"]);
    // Over, and nothing has changed: there is nothing to say.
    db.exec("DELETE FROM shop_cart").await;
    promise_nothing(&db, true).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    ok(&order("T2", &[book], 10000).call(&mut conn).await);
    db.assert_audit_clean().await;
}

/// One row dearer, one cheaper: the total is the same, and the rows are not.
/// Whoever writes to the cart sees the rest of it too: a row whose time is over is renewed, and said.
#[tokio::test]
async fn an_answer_of_a_call_that_writes_says_which_other_rows_cost_something_else() {
    for writes in ["add", "update", "delete", "items", "merge"] {
        let db = pinned().await;
        let lamp = lapsed_lamp(&db).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let mut conn = db.conn_as_gateway().await;
        let answer = match writes {
            "add" => {
                let params = (1, "u1", "pen", None::<&str>, "1");
                call(&mut conn, "add_shop_cart", params).await
            }
            "update" => {
                let params = (1, "u1", book.to_string(), "1");
                call(&mut conn, "update_shop_cart", params).await
            }
            "delete" => {
                let params = (1, "u1", format!("[{book}]"));
                call(&mut conn, "delete_shop_cart", params).await
            }
            "items" => {
                let items = r#"[{"product_id":"pen","quantity":1}]"#;
                let none = None::<&str>;
                let params = (1, "u1", none, none, none, items, none, none);
                call(&mut conn, "add_shop_cart_items", params).await
            }
            _ => {
                db.add_cart(1, "g1", "pen", NO_OPTION, 1).await;
                call(&mut conn, "merge_shop_cart", (1, "g1", "u1")).await
            }
        };
        let answer = answer.unwrap();
        let told = changes(answer.first());
        assert_eq!(told, ["lamp 20000.00 21000.00"], "{writes}");
        assert_eq!(prices(&answer)[0], "lamp 21000.00", "{writes}");
        assert_eq!(minutes(&db, lamp).await, 60, "{writes}");
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn changes_that_cancel_each_other_are_changes() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    promise_nothing(&db, true).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    promise_nothing(&db, false).await;
    lamp_costs(&db, 21000).await;
    db.exec("UPDATE shop_products SET buy_price = 9000 WHERE product_id = 'book'")
        .await;
    let refused = order("T1", &[lamp, book], 33000).call(&mut conn).await;
    let refused = refused.unwrap_err();
    refused.expect_code("PRICE_CHANGED");
    assert_eq!(
        changes(&refused.sets.set(1).rows[0]),
        ["lamp 20000.00 21000.00", "book 10000.00 9000.00"]
    );
    ok(&order("T1", &[lamp, book], 33000).call(&mut conn).await);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_off_sale_cannot_be_ordered_at_a_promised_price() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'")
        .await;
    let line = read(&db, None).await.set(1).rows[0].clone();
    assert_eq!(line.str("unit_price"), "20000.00");
    assert_eq!(line.int("orderable"), 0);
    assert_eq!(
        code(&order("T1", &[lamp], 23000).call(&mut conn).await),
        "PRODUCT_UNAVAILABLE"
    );
    db.exec("UPDATE shop_products SET display = '1' WHERE product_id = 'lamp'")
        .await;
    ok(&order("T1", &[lamp], 23000).call(&mut conn).await);
    db.assert_audit_clean().await;
}

/// Without the trigger a hand can write any price into a row: it is not charged, and the audit names it.
#[tokio::test]
async fn a_price_that_was_not_promised_is_neither_charged_nor_overlooked() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.exec(
        "CALL update_adm_price(1, '[{\"product_id\":\"lamp\",\"sale_price\":\"100\"}]',
             '2099-01-01 00:00:00', NULL, 'much later')",
    )
    .await;
    db.exec("DROP TRIGGER tr_shop_cart_update").await;
    for made_up in [
        // another product's, one not yet in force, none at all
        "SELECT price_id FROM shop_product_prices WHERE product_id = 'pen'",
        "SELECT MAX(price_id) FROM shop_product_prices WHERE product_id = 'lamp'",
        "SELECT 999999",
    ] {
        db.exec(&format!("UPDATE shop_cart SET price_id = ({made_up})"))
            .await;
        for total in [4000, 3100, 23000] {
            let refused = order("T1", &[lamp], total).call(&mut conn).await;
            assert!(refused.is_err(), "{made_up} at {total}: {refused:?}");
        }
        let found = db.int("SELECT COUNT(*) FROM v_audit_price").await;
        assert!(found > 0, "{made_up}");
    }
    assert_eq!(db.count("shop_orders").await, 0);
}

#[tokio::test]
async fn the_audit_compares_lines_with_what_their_rows_were_promised() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    lamp_costs(&db, 21000).await;
    ok(&order("T1", &[lamp], 23000).call(&mut conn).await);
    db.assert_audit_clean().await;
    for change in [
        "UPDATE shop_cart_promises SET price_id = 1",
        "DELETE FROM shop_cart_promises",
    ] {
        let mut admin = db.conn().await;
        let refused = query(&mut admin, change).await.unwrap_err();
        assert_eq!(refused.message, "ROW_IS_KEPT");
    }
    db.exec(
        "DROP TRIGGER tr_shop_cart_promises_update;
         UPDATE shop_cart_promises SET price_id =
             (SELECT MAX(price_id) FROM shop_product_prices WHERE product_id = 'lamp')",
    )
    .await;
    let found = db.rows("SELECT detail FROM v_audit_price").await;
    assert_eq!(
        found[0].str("detail"),
        "was charged another price than its cart row was promised"
    );
}

#[tokio::test]
async fn going_over_to_promises_and_back_ends_those_of_before_at_once() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    lamp_costs(&db, 21000).await;
    db.exec("UPDATE shops SET price_policy = 'pinned', pinned_no = 7 WHERE shop_id = 1")
        .await;
    assert_eq!(
        db.int("SELECT pinned_no FROM shops WHERE shop_id = 1")
            .await,
        1
    );
    // Nobody has read it since: what it cost then is promised.
    assert_eq!(
        code(&order("T0", &[lamp], 23000).call(&mut conn).await),
        "PRICE_CHANGED"
    );
    let answer = read(&db, None).await;
    assert_eq!(prices(&answer), ["lamp 21000.00"]);
    lamp_costs(&db, 22000).await;
    assert_eq!(prices(&read(&db, None).await), ["lamp 21000.00"]);
    // Back: the price in force, at once. And once more: no promise of before.
    db.exec("UPDATE shops SET price_policy = 'current' WHERE shop_id = 1")
        .await;
    assert_eq!(prices(&read(&db, None).await), ["lamp 22000.00"]);
    let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await;
    assert_eq!(quoted.unwrap().first().str("total_payment"), "25000.00");
    assert_eq!(
        db.text("SELECT unit_price FROM v_cart_lines WHERE user_id = 'u1'")
            .await,
        "22000.00"
    );
    pin(&db).await;
    let fresh = order("T1", &[lamp], 25000).call(&mut conn).await;
    assert_eq!(ok(&fresh).str("total_payment"), "25000.00");
    db.assert_audit_clean().await;
    for (column, value) in [("price_policy", "pined"), ("renewed_on_delete", "some")] {
        let change = format!("UPDATE shops SET {column} = '{value}' WHERE shop_id = 1");
        let refused = query(&mut db.conn().await, &change).await.unwrap_err();
        assert_eq!(refused.message, "INVALID_INPUT");
    }
}

/// The shop goes over to promises.
async fn pin(db: &TestDb) {
    db.exec("UPDATE shops SET price_policy = 'pinned' WHERE shop_id = 1")
        .await;
}

/// A lamp of 20,000 lay in the cart when the shop went over; then lamps cost 21,000. Whoever comes first finds it so.
#[tokio::test]
async fn going_over_promises_each_row_what_it_costs_at_that_moment() {
    for who in [
        "read", "quote", "order", "leave", "page", "stay", "deleted", "quantity", "enter",
    ] {
        let db = TestDb::with_fixture().await;
        let mut conn = db.conn_as_gateway().await;
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        pin(&db).await;
        lamp_costs(&db, 21000).await;
        // What renews a row renews it to what it costs now, and what does not finds the promise.
        let (price, for_minutes) = match who {
            "enter" | "stay" => ("21000", 10),
            "quantity" | "deleted" => ("21000", 60),
            "leave" => ("20000", 10),
            _ => ("20000", 60),
        };
        match who {
            "read" => drop(read(&db, None).await),
            "quote" => {
                let quoted = quote(&db, &mut conn, 1, "u1", &format!("[{lamp}]")).await;
                assert_eq!(quoted.unwrap().first().str("total_payment"), "23000.00");
            }
            "order" => {
                let dear = order("T1", &[lamp], 24000).call(&mut conn).await;
                assert_eq!(code(&dear), "PRICE_CHANGED");
            }
            "page" => {
                db.exec("UPDATE shop_cart SET update_date = UTC_TIMESTAMP(6)")
                    .await;
            }
            "quantity" => {
                let params = (1, "u1", lamp.to_string(), "2");
                call(&mut conn, "update_shop_cart", params).await.unwrap();
            }
            "deleted" => {
                db.exec("UPDATE shops SET renewed_on_delete = 'all' WHERE shop_id = 1")
                    .await;
                let params = (1, "u1", format!("[{book}]"));
                call(&mut conn, "delete_shop_cart", params).await.unwrap();
            }
            event => drop(refresh(&db, event).await),
        }
        let promised = "SELECT FLOOR(r.unit_price) FROM shop_cart c
                        JOIN shop_product_prices r ON r.price_id = c.price_id WHERE c.product_id = 'lamp'";
        assert_eq!(db.text(promised).await, price, "{who}");
        assert_eq!(minutes(&db, lamp).await, for_minutes, "{who}");
        db.assert_audit_clean().await;
    }
    // For as long as a promise holds, from that moment on and not from when somebody came.
    for (minutes_ago, price, left) in [(50, "20000.00", 10), (61, "21000.00", 60)] {
        let db = TestDb::with_fixture().await;
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        pin(&db).await;
        lamp_costs(&db, 21000).await;
        // As if all of it had happened then.
        db.exec(&format!(
            "DROP TRIGGER tr_shops_update;
             DROP TRIGGER tr_shop_product_prices_update;
             UPDATE shops SET pinned_at = pinned_at - INTERVAL {minutes_ago} MINUTE;
             UPDATE shop_product_prices SET valid_from = valid_from - INTERVAL {minutes_ago} MINUTE"
        ))
        .await;
        assert_eq!(prices(&read(&db, None).await), [format!("lamp {price}")]);
        assert_eq!(minutes(&db, lamp).await, left);
        db.assert_audit_clean().await;
    }
    // A planned price that has begun since, and one that was withdrawn before it could.
    let db = TestDb::with_fixture().await;
    db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut admin = db.conn().await;
    let soon = "SELECT UTC_TIMESTAMP(6) + INTERVAL 1200000 MICROSECOND AS soon";
    let soon = db.text(soon).await;
    let planned = r#"[{"product_id":"lamp","sale_price":"19000"}]"#;
    let said = (1, planned, soon.as_str(), None::<&str>, "planned");
    call(&mut admin, "update_adm_price", said).await.unwrap();
    let withdrawn = r#"[{"product_id":"book","sale_price":"9000"}]"#;
    let said = (1, withdrawn, soon.as_str(), None::<&str>, "withdrawn");
    call(&mut admin, "update_adm_price", said).await.unwrap();
    let change = "SELECT MAX(change_no) FROM shop_price_changes WHERE product_id = 'book'";
    let change = db.text(change).await;
    call(&mut admin, "withdraw_adm_price", (change, "no"))
        .await
        .unwrap();
    db.exec("DO SLEEP(1.5)").await;
    pin(&db).await;
    lamp_costs(&db, 21000).await;
    let found = prices(&read(&db, None).await);
    assert_eq!(found, ["lamp 19000.00", "book 10000.00"]);
    db.assert_audit_clean().await;
}

/// What a page writes of a promise is not believed, and neither is a mark from before the shop went over once more.
#[tokio::test]
async fn no_mark_of_somewhere_else_makes_a_promise_longer() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date, unmarked_until)
         VALUES (1, 'u1', 'lamp', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), '2099-01-01');
         UPDATE shop_cart SET unmarked_until = '2099-01-01'",
    )
    .await;
    let lamp = db.int("SELECT MAX(seq_no) FROM shop_cart").await;
    let ids = format!("[{lamp}]");
    quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(minutes(&db, lamp).await, 60);

    // Left with two hours to go; then to current, and back to promises of one hour.
    db.exec("UPDATE shops SET promise_minutes = 120 WHERE shop_id = 1")
        .await;
    let params = (1, "u1", lamp.to_string(), "2");
    call(&mut conn, "update_shop_cart", params).await.unwrap();
    refresh(&db, "leave").await;
    for policy in ["current", "pinned"] {
        db.exec(&format!(
            "UPDATE shops SET price_policy = '{policy}', promise_minutes = 60 WHERE shop_id = 1"
        ))
        .await;
    }
    quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(minutes(&db, lamp).await, 60);
    db.assert_audit_clean().await;
}

/// Of each pair the one that has the cart first happens wholly before the other: an order pays what the row was
/// promised then, or is told.
#[tokio::test]
async fn an_order_meets_each_event_wholly_before_or_wholly_after_it() {
    let db = pinned().await;
    let mut number = 0;
    for event in [
        "enter", "stay", "leave", "quote", "quantity", "delete", "read",
    ] {
        for order_first in [true, false] {
            number += 1;
            lamp_costs(&db, 20000).await;
            let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
            db.exec(
                "INSERT IGNORE INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1');
                 UPDATE shop_cart_headers SET entered_at = NULL, form_version = NULL",
            )
            .await;
            if event == "read" {
                db.exec(&format!("DELETE FROM shop_cart WHERE seq_no = {lamp}"))
                    .await;
            }
            let lamp = if event == "read" {
                let lamp = lapsed_lamp(&db).await;
                db.exec(&format!(
                    "UPDATE shop_cart SET quantity = 2 WHERE seq_no = {lamp}"
                ))
                .await;
                lamp
            } else {
                lamp
            };
            lamp_costs(&db, 21000).await;
            let header = Holder::cart_header(&db, "u1").await;
            // A quote reads after it has written its promise: until then the order that comes after it stands before
            // the stock, with nothing committed.
            let stock = match (event, order_first) {
                ("quote", false) => Some(Holder::stock(&db, "lamp", NO_OPTION).await),
                _ => None,
            };
            let total = if event == "read" { 43000 } else { 23000 };
            let ordering = || Running::order(&db, order(&format!("T{number}"), &[lamp], total));
            let acting = async || match event {
                "quote" => {
                    let none = None::<&str>;
                    let params = (
                        1,
                        "u1",
                        format!("[{lamp}]"),
                        none,
                        none,
                        none,
                        none,
                        none,
                        none,
                        none,
                    );
                    Running::call(&db, "shop_order_quote", params).await
                }
                "quantity" => {
                    let params = (1, "u1", lamp.to_string(), "2");
                    Running::call(&db, "update_shop_cart", params).await
                }
                "delete" => {
                    let params = (1, "u1", format!("[{lamp}]"));
                    Running::call(&db, "delete_shop_cart", params).await
                }
                "read" => Running::call(&db, "select_shop_cart", (1, "u1", None::<&str>)).await,
                _ => Running::call(&db, "refresh_shop_cart", (1, "u1", event)).await,
            };
            let (mut first, mut second) = if order_first {
                let mut first = ordering().await;
                first.wait_until_blocked().await;
                (first, acting().await)
            } else {
                let mut first = acting().await;
                first.wait_until_blocked().await;
                (first, ordering().await)
            };
            first.wait_until_blocked().await;
            second.wait_until_blocked().await;
            header.release().await;
            let first = first.finish().await;
            if let Some(stock) = stock {
                stock.release().await;
            }
            let second = second.finish().await;
            let (ordered, acted) = if order_first {
                (first, second)
            } else {
                (second, first)
            };
            let what = format!("{event}, order first {order_first}");
            match (event, order_first) {
                ("read", _) | ("enter" | "stay" | "quantity", false) => {
                    assert_eq!(code(&ordered), "PRICE_CHANGED", "{what}");
                    ok(&acted);
                }
                ("delete", false) => assert_eq!(code(&ordered), "CART_NOT_FOUND", "{what}"),
                ("leave" | "quote", false) => {
                    ok(&ordered);
                    ok(&acted);
                }
                (_, true) => {
                    ok(&ordered);
                    match event {
                        "quote" | "quantity" => assert_eq!(code(&acted), "CART_NOT_FOUND"),
                        _ => assert_eq!(ok(&acted).int("cart_count"), 0, "{what}"),
                    }
                }
                _ => unreachable!(),
            }
            db.exec("DELETE FROM shop_cart").await;
            db.assert_audit_clean().await;
        }
    }
}

#[tokio::test]
async fn in_a_shop_that_promises_nothing_events_do_nothing() {
    let db = TestDb::with_fixture().await;
    db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    lamp_costs(&db, 21000).await;
    let before = db.snapshot().await;
    for event in ["enter", "stay", "leave"] {
        let answer = refresh(&db, event).await;
        assert_eq!(changes(answer.first()), [""; 0]);
        assert_eq!(prices(&answer), ["lamp 21000.00"]);
    }
    assert_eq!(prices(&read(&db, Some("enter")).await), ["lamp 21000.00"]);
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = pinned().await;
    db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let conn = db.conn_as_gateway().await;
    let good = vec![1.into(), "u1".into(), "leave".into()];
    let mut hostile = Hostile::new(&db, conn, "refresh_shop_cart", good).await;
    let events = values(&["", "Enter", "enter ", "open", "0"]);
    hostile
        .refuses_as(2, "INVALID_INPUT", "event", events)
        .await;
    hostile.refuses(1, "X-User-Id", not_user_ids()).await;
    hostile
        .refuses_what_is_no_text(&[1, 2], &["X-User-Id", "event"])
        .await;
}

/// A page whose sum follows the boxes asks a quote at each of them: it says `stay` after it, and is no order form.
#[tokio::test]
async fn a_quote_of_the_cart_page_itself_is_no_order_form() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let ids = format!("[{lamp}]");
    refresh(&db, "enter").await;
    lamp_costs(&db, 21000).await;

    // The sum is what the page shows, and the page has not been stayed on for its ten minutes yet.
    let quoted = quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(quoted.first().str("product_total_price"), "20000.00");
    let stayed = refresh(&db, "stay").await;
    assert_eq!(changes(stayed.first()), [""; 0]);
    assert_eq!(prices(&stayed), ["lamp 20000.00"]);
    // Loaded again it renews, as without a quote.
    let entered = refresh(&db, "enter").await;
    assert_eq!(changes(entered.first()), ["lamp 20000.00 21000.00"]);
    assert_eq!(minutes(&db, lamp).await, 10);

    // Its minutes go on from when it was entered, through quotes.
    lamp_costs(&db, 22000).await;
    quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    db.exec("UPDATE shop_cart_headers SET entered_at = entered_at - INTERVAL 10 MINUTE")
        .await;
    let stayed = refresh(&db, "stay").await;
    assert_eq!(changes(stayed.first()), ["lamp 21000.00 22000.00"]);

    // Left for good: the price holds ten minutes, not the half hour of a form.
    quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(minutes(&db, lamp).await, 30);
    refresh(&db, "stay").await;
    refresh(&db, "leave").await;
    assert_eq!(minutes(&db, lamp).await, 10);

    // A page that says nothing after its quote is taken for the form, as ever.
    lamp_costs(&db, 23000).await;
    refresh(&db, "enter").await;
    lamp_costs(&db, 24000).await;
    quote(&db, &mut conn, 1, "u1", &ids).await.unwrap();
    assert_eq!(changes(refresh(&db, "enter").await.first()), [""; 0]);
    db.assert_audit_clean().await;
}

/// A row that came back from its order is promised other prices: the order was charged what it was promised then.
#[tokio::test]
async fn the_audit_knows_what_was_promised_when_it_was_ordered() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shops SET cart_at_order = 'soft_lock' WHERE shop_id = 1")
        .await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    ok(&order("T1", &[lamp], 23000).call(&mut conn).await);
    settle(
        &mut conn,
        "notify",
        &WalletMessage::failed("T1", "P1", "23000"),
    )
    .await
    .unwrap();
    lamp_costs(&db, 21000).await;
    let entered = refresh(&db, "enter").await;
    assert_eq!(changes(entered.first()), ["lamp 20000.00 21000.00"]);
    db.assert_audit_clean().await;
}

/// A quote that is refused opens no order form, and says nothing of prices: it promises none.
#[tokio::test]
async fn a_refused_quote_renews_nothing() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = lapsed_lamp(&db).await;
    let refused = quote(&db, &mut conn, 1, "u1", &format!("[{lamp},999999]")).await;
    assert_eq!(code(&refused), "CART_NOT_FOUND");
    let none = None::<&str>;
    let params = (
        1,
        "u1",
        format!("[{lamp}]"),
        "999999",
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let refused = db.call(&mut conn, "shop_order_quote", params).await;
    assert_eq!(code(&refused), "ADDRESS_NOT_FOUND");
    let cart = read(&db, None).await;
    assert_eq!(changes(cart.first()), ["lamp 20000.00 21000.00"]);
}

/// The price has changed and changed back: nothing is there to be said.
#[tokio::test]
async fn a_promise_that_is_over_at_the_same_price_is_ordered() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = lapsed_lamp(&db).await;
    lamp_costs(&db, 20000).await;
    let made = order("T1", &[lamp], 43000).call(&mut conn).await;
    assert_eq!(ok(&made).str("total_payment"), "43000.00");
    db.assert_audit_clean().await;
}

/// Several rows of one product are one item: it has another quantity, though the row that stays has its own.
#[tokio::test]
async fn another_quantity_of_an_item_renews_the_row_that_stays() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    db.add_cart(1, "u1", "lamp", NO_OPTION, 3).await;
    lamp_costs(&db, 21000).await;
    let params = (1, "u1", lamp.to_string(), "2");
    let answer = db.call(&mut conn, "update_shop_cart", params).await;
    assert_eq!(changes(answer.unwrap().first()), ["lamp 20000.00 21000.00"]);
}

/// Reading is no step: who looks at the cart from the order form is still there.
#[tokio::test]
async fn a_read_between_the_order_form_and_the_cart_page_changes_nothing() {
    let db = pinned().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = lapsed_lamp(&db).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    quote(&db, &mut conn, 1, "u1", &format!("[{book}]"))
        .await
        .unwrap();
    db.exec("UPDATE shop_products SET buy_price = 9000 WHERE product_id = 'book'")
        .await;
    assert_eq!(
        changes(read(&db, None).await.first()),
        ["lamp 20000.00 21000.00"]
    );
    let back = refresh(&db, "enter").await;
    assert_eq!(changes(back.first()), [""; 0], "{lamp}");
}

/// A price row says which kind of tax is in it: an order's tax is that of the prices it charges, in its header as in its lines.
#[tokio::test]
async fn a_promised_price_is_taxed_as_it_was_promised() {
    let db = pinned().await;
    let rice = db.add_cart(1, "u1", "rice", NO_OPTION, 2).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    db.exec(
        "UPDATE shop_products SET tax_type = CASE product_id WHEN 'rice' THEN 'taxable' ELSE 'free' END
         WHERE product_id IN ('rice', 'lamp')",
    )
    .await;
    // 10,000 tax free, 20,000 and 7,000 of delivery taxable.
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[rice, lamp]).client_total("37000");
    ok(&order.call(&mut conn).await);
    let tax = "SELECT CONCAT_WS(' ', tax_free_amount, vat_amount) FROM shop_orders";
    assert_eq!(db.text(tax).await, "10000.00 2455.00");
    db.assert_audit_clean().await;
}
