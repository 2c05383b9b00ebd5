//! `shop_stock_add`: what came in or went out is booked once under its reference, and what unpaid orders hold stays
//! theirs.

use crate::race::{Holder, guest_order};
use crate::support::refusal::*;
use crate::support::*;

async fn add(
    conn: &mut Conn,
    (product, option): (&str, Option<&str>),
    quantity: &str,
    reference: &str,
) -> Result<Sets, CallError> {
    let params = (1, product, option, quantity, "delivery", reference);
    call(conn, "shop_stock_add", params).await
}

/// replayed, free, held, difference
fn said(answer: &Result<Sets, CallError>) -> (i64, i64, i64, i64) {
    let row = answer.as_ref().expect("booked").first();
    assert_eq!(row.str("result"), "OK");
    (
        row.int("replayed"),
        row.int("free"),
        row.int("held"),
        row.int("difference"),
    )
}

/// `product option difference reason reference` of the bookings after the fixture's.
async fn booked(db: &TestDb) -> Vec<String> {
    let sql =
        "SELECT CONCAT_WS(' ', product_id, option_hash, difference, reason, reference) AS line
               FROM shop_stock_ledger WHERE reason <> 'first stock' ORDER BY seq_no";
    let rows = db.rows(sql).await;
    rows.iter().map(|row| row.str("line")).collect()
}

/// Free units of the slots of a stock row.
async fn slots(db: &TestDb, product: &str, option: &str) -> String {
    db.text(&format!(
        "SELECT GROUP_CONCAT(free ORDER BY slot) FROM shop_stock
         WHERE product_id = '{product}' AND option_hash = '{option}'"
    ))
    .await
}

/// An order of so many books by a buyer of its own.
async fn order_books(db: &TestDb, conn: &mut Conn, number: &str, quantity: u32) -> String {
    let cart_id = db.add_cart(1, number, "book", NO_OPTION, quantity).await;
    let total = (10_000 * quantity).to_string();
    let order = guest_order(number, number, &[cart_id], &total);
    order.call(conn).await.unwrap();
    total
}

const BOOK: (&str, Option<&str>) = ("book", None);

#[tokio::test]
async fn what_came_in_or_went_out_is_booked_with_who_and_why_and_its_reference() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let answer = add(&mut conn, BOOK, "30", "R-1.a_B").await;
    assert_eq!(said(&answer), (0, 130, 0, 30));
    let answer = answer.unwrap();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "replayed", "free", "held", "difference"]
    );
    assert_eq!(answer.count(), 1);
    let params = (1, "book", "", "-50", "  젖었다 ", "R2");
    let answer = call(&mut conn, "shop_stock_add", params).await;
    assert_eq!(said(&answer), (0, 80, 0, -50));
    assert_eq!(
        said(&add(&mut conn, ("book", Some(NO_OPTION)), "1", "R3").await),
        (0, 81, 0, 1)
    );
    assert_eq!(db.free_stock("book", NO_OPTION).await, 81);
    assert_eq!(
        booked(&db).await,
        [
            "book __noopt__ 30 delivery R-1.a_B",
            "book __noopt__ -50 젖었다 R2",
            "book __noopt__ 1 delivery R3"
        ]
    );
    let actors =
        "SELECT GROUP_CONCAT(DISTINCT SUBSTRING_INDEX(actor, '@', 1)) FROM shop_stock_ledger
                  WHERE reference IS NOT NULL";
    assert_eq!(db.text(actors).await, "jumun_operator");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_same_call_again_books_nothing_and_says_what_is_there_now() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let mut gateway = db.conn_as_gateway().await;
    assert_eq!(
        said(&add(&mut conn, BOOK, "30", "R1").await),
        (0, 130, 0, 30)
    );
    order_books(&db, &mut gateway, "T1", 5).await;
    // Everything that is left goes out: there is nothing to take out a second time.
    assert_eq!(
        said(&add(&mut conn, BOOK, "-125", "R2").await),
        (0, 0, 5, -125)
    );
    for _ in 0..2 {
        assert_eq!(said(&add(&mut conn, BOOK, "30", "R1").await), (1, 0, 5, 30));
        let other_words = (1, "book", NO_OPTION, "-0125", "said otherwise", "R2");
        let answer = call(&mut conn, "shop_stock_add", other_words).await;
        assert_eq!(said(&answer), (1, 0, 5, -125));
    }
    assert_eq!(booked(&db).await.len(), 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_repeat_waits_for_nobody_and_does_not_ask_whether_it_is_still_sold() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let blue = ("shirt", Some("blue"));
    assert_eq!(said(&add(&mut conn, blue, "5", "R1").await), (0, 55, 0, 5));
    let held = Holder::stock(&db, "shirt", "blue").await;
    assert_eq!(said(&add(&mut conn, blue, "5", "R1").await), (1, 55, 0, 5));
    held.release().await;
    db.exec("DELETE FROM shop_product_options WHERE option_hash = 'blue'")
        .await;
    assert_eq!(said(&add(&mut conn, blue, "5", "R1").await), (1, 55, 0, 5));
    let error = add(&mut conn, blue, "5", "R2").await.unwrap_err();
    error.expect_code("PRODUCT_NOT_FOUND");
}

#[tokio::test]
async fn a_reference_is_one_booking_of_one_shop() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    let red = ("shirt", Some("red"));
    add(&mut conn, red, "5", "R1").await.unwrap();
    let before = db.snapshot().await;
    for (stock, quantity) in [
        (red, "6"),
        (red, "-5"),
        (("shirt", Some("blue")), "5"),
        (("shirt", Some("nosuch")), "5"),
        (("lamp", None), "5"),
        (("nosuch", Some("red")), "5"),
    ] {
        let error = add(&mut conn, stock, quantity, "R1").await.unwrap_err();
        error.expect_code("IDEMPOTENCY_MISMATCH");
        assert_eq!(error.row().str("field"), "reference");
        assert_eq!(error.row().str("detail"), "was 5 of shirt");
        assert_eq!(db.snapshot().await, before, "{stock:?} {quantity}");
    }
    // Another shop has numbers of its own, and a capital is another letter.
    let other = (2, "mug", None::<&str>, "7", "delivery", "R1");
    let answer = call(&mut conn, "shop_stock_add", other).await;
    assert_eq!(said(&answer), (0, 107, 0, 7));
    assert_eq!(
        said(&add(&mut conn, ("lamp", None), "5", "r1").await),
        (0, 105, 0, 5)
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn more_than_is_free_does_not_go_out_and_held_units_stay_held() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    let total = order_books(&db, &mut gateway, "SOLD", 20).await;
    let paid = WalletMessage::paid("SOLD", "P1", &total);
    settle(&mut gateway, "notify", &paid).await.unwrap();
    let total = order_books(&db, &mut gateway, "HELD", 30).await;
    let mut conn = db.conn_as_operator().await;
    for slots in [1, 4] {
        db.slots("book", slots).await;
        let before = db.snapshot().await;
        for quantity in ["-51", "-80", "-999999999"] {
            let error = add(&mut conn, BOOK, quantity, "R1").await.unwrap_err();
            error.expect_code("OUT_OF_STOCK");
            assert_eq!(error.row().str("field"), "quantity");
            assert_eq!(
                error.row().str("detail"),
                "50 units are free, 30 are held by unpaid orders"
            );
            assert_eq!(db.snapshot().await, before);
        }
    }
    // A call that was refused has not used its reference.
    assert_eq!(
        said(&add(&mut conn, BOOK, "-50", "R1").await),
        (0, 0, 30, -50)
    );
    let paid = WalletMessage::paid("HELD", "P2", &total);
    let answer = settle(&mut gateway, "notify", &paid).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    assert_eq!(said(&add(&mut conn, BOOK, "2", "R2").await), (0, 2, 0, 2));
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_option_has_the_stock_row_that_the_catalogue_names() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    assert_eq!(
        said(&add(&mut conn, ("shirt", Some("red")), "1", "R1").await),
        (0, 51, 0, 1)
    );
    assert_eq!(
        said(&add(&mut conn, ("shirt", Some("wrap")), "-2", "R2").await),
        (0, 8, 0, -2)
    );
    assert_eq!(db.free_stock("shirt", "blue").await, 50);
    let before = db.snapshot().await;
    for (product, option, why) in [
        ("shirt", "wrap-a", "takes from the shared row"),
        ("shirt", "old", "takes from red"),
        ("shirt", "green", "unknown"),
        ("shirt", "RED", "other case"),
        ("book", "red", "another product's"),
        ("mug", NO_OPTION, "another shop's"),
    ] {
        let error = add(&mut conn, (product, Some(option)), "7", "R3")
            .await
            .unwrap_err();
        error.expect_code("PRODUCT_NOT_FOUND");
        assert_eq!(error.row().str("field"), "product_id", "{why}");
        assert_eq!(db.snapshot().await, before, "{product} {option}: {why}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn units_are_spread_over_the_slots_and_go_out_of_all_of_them() {
    let db = TestDb::with_fixture().await;
    db.slots("shirt", 4).await;
    let mut conn = db.conn_as_operator().await;
    let wrap = ("shirt", Some("wrap"));
    assert_eq!(slots(&db, "shirt", "wrap").await, "3,3,2,2");
    for (quantity, reference, free, now) in [
        ("40", "R1", 50, "13,13,12,12"),
        ("6", "R2", 56, "15,15,13,13"),
        ("1", "R3", 57, "16,15,13,13"),
        ("-7", "R4", 50, "13,13,12,12"),
        ("-49", "R5", 1, "1,0,0,0"),
        ("-1", "R6", 0, "0,0,0,0"),
    ] {
        let answer = add(&mut conn, wrap, quantity, reference).await;
        assert_eq!(said(&answer).1, free);
        assert_eq!(slots(&db, "shirt", "wrap").await, now, "{quantity}");
    }
    // In one row again: what lies in the others counts, and nothing is added there.
    add(&mut conn, wrap, "8", "R7").await.unwrap();
    db.exec("UPDATE shop_products SET stock_strategy = 'single', stock_slots = 1 WHERE product_id = 'shirt'")
        .await;
    let answer = add(&mut conn, wrap, "5", "R8").await;
    assert_eq!(said(&answer).1, 13);
    assert_eq!(slots(&db, "shirt", "wrap").await, "7,2,2,2");
    let answer = add(&mut conn, wrap, "-3", "R9").await;
    assert_eq!(said(&answer).1, 10);
    assert_eq!(slots(&db, "shirt", "wrap").await, "10,0,0,0");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_delivery_does_not_queue_for_every_slot() {
    let db = TestDb::with_fixture().await;
    db.slots("book", 64).await;
    let mut conn = db.conn_as_operator().await;
    let count = |slots: &str| {
        format!(
            "SELECT CAST(SUM(free) AS SIGNED) FROM shop_stock WHERE product_id = 'book' AND slot IN ({slots})"
        )
    };
    let held = Holder::take(
        &db,
        "SELECT 1 FROM shop_stock WHERE product_id = 'book' AND slot IN (1, 62, 63) FOR UPDATE",
    )
    .await;
    let before = db.int(&count("1, 62, 63")).await;
    assert_eq!(
        said(&add(&mut conn, BOOK, "610", "R1").await),
        (0, 710, 0, 610)
    );
    held.release().await;
    assert_eq!(db.int(&count("1, 62, 63")).await, before);
    // 100 are 36 slots of 2 and 28 of 1; 610 are 10 for each of 61.
    assert_eq!(db.int(&count("0")).await, 12);
    assert_eq!(db.int(&count("61")).await, 11);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 710);
    // The last slot is the highest bit.
    assert_eq!(
        said(&add(&mut conn, BOOK, "64", "R2").await),
        (0, 774, 0, 64)
    );
    assert_eq!(db.int(&count("63")).await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_product_without_a_stock_row_gets_its_rows() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_operator().await;
    for (slot_count, reference, now) in [(1, "R1", "7"), (3, "R2", "3,2,2")] {
        db.slots("none", slot_count).await;
        db.exec("DELETE FROM shop_stock WHERE product_id = 'none'")
            .await;
        let error = add(&mut conn, ("none", None), "-1", "R0")
            .await
            .unwrap_err();
        error.expect_code("OUT_OF_STOCK");
        db.exec("DELETE FROM shop_stock WHERE product_id = 'none'")
            .await;
        let answer = add(&mut conn, ("none", None), "7", reference).await;
        assert_eq!(said(&answer), (0, 7, 0, 7));
        assert_eq!(slots(&db, "none", NO_OPTION).await, now);
        add(&mut conn, ("none", None), "-7", &format!("{reference}-"))
            .await
            .unwrap();
    }
    db.assert_audit_clean().await;
}

/// What unpaid orders hold comes back to the counter, which must be able to hold it.
#[tokio::test]
async fn free_units_leave_room_for_those_that_are_held() {
    let db = TestDb::with_fixture().await;
    let mut gateway = db.conn_as_gateway().await;
    order_books(&db, &mut gateway, "T1", 3).await;
    // As twelve orders of a thousand rows would hold; 97 are free.
    db.exec("UPDATE shop_stock_reservations SET quantity = 1147483649")
        .await;
    let mut conn = db.conn_as_operator().await;
    for slots in [8, 1] {
        db.slots("book", slots).await;
        let before = db.snapshot().await;
        for quantity in ["999999999", "999999902"] {
            let error = add(&mut conn, BOOK, quantity, "R1").await.unwrap_err();
            error.expect_code("INVALID_INPUT");
            assert_eq!(error.row().str("field"), "quantity");
            assert_eq!(
                error.row().str("detail"),
                "too many beside 97 free and 1147483649 held"
            );
            assert_eq!(db.snapshot().await, before);
        }
    }
    assert_eq!(
        said(&add(&mut conn, BOOK, "999999901", "R1").await).1,
        999_999_998
    );
    db.let_expire("T1").await;
    let expired = call(&mut gateway, "shop_order_expire", (10,)).await;
    assert_eq!(expired.unwrap().first().int("expired"), 1);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 2_147_483_647);
    // What is too many already can still go out.
    assert_eq!(
        said(&add(&mut conn, BOOK, "-999999999", "R2").await).1,
        1_147_483_648
    );
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    let good = vec![
        1.into(),
        "book".into(),
        Value::NULL,
        "7".into(),
        "delivery".into(),
        "R1".into(),
    ];
    let conn = db.conn_as_operator().await;
    let mut hostile = Hostile::new(&db, conn, "shop_stock_add", good).await;
    hostile
        .refuses_as(
            0,
            "PRODUCT_NOT_FOUND",
            "product_id",
            vec![2.into(), 0.into(), u32::MAX.into(), Value::NULL],
        )
        .await;
    hostile
        .refuses_somehow(0, "shop_id", values(&["-1", "4294967296"]))
        .await;
    let mut products = values(&[
        "", "nosuch", "BOOK", "book'", "book\n", "\0", "%", "b%", "😀", "책",
    ]);
    products.push(Value::NULL);
    hostile
        .refuses_as(1, "PRODUCT_NOT_FOUND", "product_id", products)
        .await;
    hostile.refuses(1, "product_id", values(&["book "])).await;
    let long = values(&["p".repeat(31), "책".repeat(31), "p".repeat(60_000)]);
    hostile.refuses_somehow(1, "product_id", long).await;
    let options = values(&["nosuch", "red", "__NOOPT__", "__noopt__x", "%", "\n", "😀"]);
    hostile
        .refuses_as(2, "PRODUCT_NOT_FOUND", "product_id", options)
        .await;
    let long = values(&["o".repeat(65), "o".repeat(60_000), "red ".to_owned()]);
    hostile.refuses(2, "option_hash", long).await;
    hostile.refuses(3, "quantity", not_whole_numbers()).await;
    let bad = [
        "0",
        "-0",
        "000",
        "-000000000",
        "1000000000",
        "-1000000000",
        "0000000001",
        "4294967297",
        "- 1",
        "−1",
        "1-",
    ];
    hostile.refuses(3, "quantity", values(&bad)).await;
    let mut reasons = values(&["", " ", "\u{3000}", "\u{200b}", "a\nb", "a\0", "\u{7f}"]);
    reasons.push(Value::NULL);
    reasons.push("이".repeat(201).into());
    hostile.refuses(4, "reason", reasons).await;
    let mut references = values(&[
        "", " ", "R 1", "R1 ", " R1", "R1\n", "R1\0", "R/1", "R:1", "R'1", "%", "전표", "R１",
    ]);
    references.push(Value::NULL);
    references.push("R".repeat(65).into());
    hostile.refuses(5, "reference", references).await;
    let fields = [
        "product_id",
        "option_hash",
        "quantity",
        "reason",
        "reference",
    ];
    hostile
        .refuses_what_is_no_text(&[1, 2, 3, 4, 5], &fields)
        .await;
}

#[tokio::test]
async fn the_longest_of_everything_is_kept_whole() {
    let db = TestDb::with_fixture().await;
    let hash = "h".repeat(64);
    db.exec(&format!(
        "INSERT INTO shop_product_options (shop_id, product_id, option_hash, option_name, stock_option_hash)
         VALUES (1, 'shirt', '{hash}', 'long', '{hash}')"
    ))
    .await;
    let mut conn = db.conn_as_operator().await;
    let (reason, reference) = ("이".repeat(200), "R".repeat(64));
    for replayed in [0, 1] {
        let params = (1, "shirt", &hash, "999999999", &reason, &reference);
        let answer = call(&mut conn, "shop_stock_add", params).await;
        assert_eq!(said(&answer), (replayed, 999_999_999, 0, 999_999_999));
    }
    assert_eq!(
        booked(&db).await,
        [format!("shirt {hash} 999999999 {reason} {reference}")]
    );
    db.assert_audit_clean().await;
}
