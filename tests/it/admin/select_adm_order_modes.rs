//! `select_adm_order_modes`: orders of a period, from the cart or bought now, and how long their items had lain.

use crate::support::refusal::*;
use crate::support::*;

const ROUTINE: &str = "select_adm_order_modes";
const ALWAYS: (&str, &str) = ("2026-01-01 00:00:00", "2126-01-01 00:00:00");

async fn modes(db: &TestDb, shop_id: u32, period: (&str, &str)) -> Sets {
    let mut conn = db.conn_as_operator().await;
    let answer = db
        .call(&mut conn, ROUTINE, (shop_id, period.0, period.1))
        .await
        .unwrap();
    assert_eq!(
        *answer.set(0).columns,
        ["result", "currency", "time_from", "time_to"]
    );
    assert_eq!(
        *answer.set(1).columns,
        [
            "order_mode",
            "order_count",
            "total_payment",
            "paid_count",
            "paid_total",
            "line_count",
            "known_count",
            "lay_min",
            "lay_avg",
            "lay_max"
        ]
    );
    assert_eq!(answer.set(1).column("order_mode"), ["cart", "direct"]);
    answer
}

/// Mode, orders, total, paid, their total, lines.
fn figures(answer: &Sets) -> Vec<String> {
    let names = [
        "order_mode",
        "order_count",
        "total_payment",
        "paid_count",
        "paid_total",
        "line_count",
    ];
    let rows = answer.set(1).rows.iter();
    rows.map(|row| names.map(|name| row.str(name)).join(" "))
        .collect()
}

/// Three orders of shop 1: two from the cart, of which one is paid, and one bought now.
async fn three_orders() -> TestDb {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (number, user, products, total, mode) in [
        ("C1", "u1", &["book", "lamp"][..], "33000", "cart_all"),
        ("C2", "u2", &["book"], "10000", "cart"),
        ("D1", "u3", &["chair"], "30000", "direct_buy"),
    ] {
        let mut ids = Vec::new();
        for product in products {
            ids.push(db.add_cart(1, user, product, NO_OPTION, 1).await);
        }
        if mode == "direct_buy" {
            db.exec("UPDATE shop_cart SET buy_now = 1 WHERE user_id = 'u3'")
                .await;
        }
        let order = OrderCall::new(number, &ids).user(1, user).mode(Some(mode));
        order.client_total(total).call(&mut conn).await.unwrap();
    }
    let paid = WalletMessage::paid("C1", "P1", "33000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    db
}

#[tokio::test]
async fn each_mode_has_its_orders_and_those_that_are_paid() {
    let db = three_orders().await;
    let before = db.snapshot().await;
    let answer = modes(&db, 1, ALWAYS).await;
    assert_eq!(answer.first().str("currency"), "KRW");
    assert_eq!(
        figures(&answer),
        ["cart 2 43000.00 1 33000.00 3", "direct 1 30000.00 0 0.00 1"]
    );
    assert_eq!(
        figures(&modes(&db, 2, ALWAYS).await),
        ["cart 0 0.00 0 0.00 0", "direct 0 0.00 0 0.00 0"]
    );
    // Paid once and refunded since is not paid.
    assert!(db.snapshot().await == before);
    db.any_status_by_hand().await;
    db.exec("UPDATE shop_orders SET order_status = 8 WHERE order_number = 'C1'")
        .await;
    assert_eq!(
        figures(&modes(&db, 1, ALWAYS).await)[0],
        "cart 2 43000.00 0 0.00 3"
    );
}

/// The day in an order's code is the shop's, wherever the shop is, or was when the order was made.
#[tokio::test]
async fn the_period_is_from_its_first_instant_to_just_before_its_last() {
    let db = TestDb::with_fixture().await;
    db.without_triggers().await;
    for offset in [-840, -1, 0, 540, 840] {
        db.exec(&format!("UPDATE shops SET utc_offset_minutes = {offset}"))
            .await;
        let mut conn = db.conn_as_gateway().await;
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let order = OrderCall::new(&format!("T{offset}"), &[cart_id]).client_total("10000");
        order.call(&mut conn).await.unwrap();
        // In another shop's time now: what is asked does not depend on it.
        db.exec("UPDATE shops SET utc_offset_minutes = -600").await;
        let ordered = |at: &str| {
            // The code stays that of its day: the date is moved, and the code with it.
            format!(
                "UPDATE shop_orders SET order_date = '{at}', order_code = CONCAT(DATE_FORMAT('{at}'
                     + INTERVAL {offset} MINUTE, '%Y%m%d'), RIGHT(order_code, 9)) WHERE order_number = 'T{offset}'"
            )
        };
        for (at, from, to, expected) in [
            (
                "2026-11-20 12:00:00.5",
                "2026-11-20 12:00:00.5",
                "2026-11-20 12:00:01",
                1,
            ),
            (
                "2026-11-20 12:00:00.5",
                "2026-11-20T12:00:00Z",
                "2026-11-20T12:00:00.500000Z",
                0,
            ),
            (
                "2026-11-20 12:00:00.5",
                "2026-11-20 12:00:00.500001",
                "2027-11-20 12:00:00",
                0,
            ),
            (
                "2026-11-20 00:00:00",
                "2026-11-20 00:00:00",
                "2026-11-20 00:00:00.1",
                1,
            ),
            (
                "2026-11-20 23:59:59",
                "2026-11-20 23:59:59",
                "2026-11-21 00:00:00",
                1,
            ),
            (
                "2026-12-31 14:59:59",
                "2026-12-31 14:59:59",
                "2026-12-31 15:00:00",
                1,
            ),
        ] {
            db.exec(&ordered(at)).await;
            let found: i64 = modes(&db, 1, (from, to)).await.set(1).rows[0].int("order_count");
            assert_eq!(found, expected, "offset {offset}, {at} from {from} to {to}");
        }
        db.exec("DELETE FROM shop_orders").await;
    }
}

#[tokio::test]
async fn how_long_items_lay_is_told_by_when_their_numbers_were_given() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut look = async |db: &TestDb| {
        call(&mut conn, "shop_cart_clock", (1,)).await.unwrap();
        // A minute passes.
        db.exec(
            "UPDATE shop_cart_clock SET not_before = not_before - INTERVAL 1 MINUTE,
                 seen_at = seen_at - INTERVAL 1 MINUTE, checked_at = checked_at - INTERVAL 1 MINUTE",
        )
        .await;
    };
    let before = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    look(&db).await; // 6 minutes ago
    look(&db).await; // 5 minutes ago
    let longest = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    look(&db).await; // 4 minutes ago
    let longer = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    for _ in 0..3 {
        look(&db).await;
    }
    let bought_now = db.add_cart(1, "u2", "chair", NO_OPTION, 1).await;
    db.exec("UPDATE shop_cart SET buy_now = 1 WHERE user_id = 'u2'")
        .await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("C1", &[before, longest, longer]).client_total("36500");
    order.call(&mut conn).await.unwrap();
    let order = OrderCall::new("D1", &[bought_now])
        .user(1, "u2")
        .mode(Some("direct"));
    order.client_total("30000").call(&mut conn).await.unwrap();
    // Not noted yet.
    let lay = |answer: &Sets| -> Vec<Vec<Option<String>>> {
        let names = ["line_count", "known_count", "lay_min", "lay_avg", "lay_max"];
        let rows = answer.set(1).rows.iter();
        rows.map(|row| names.iter().map(|name| row.opt(name)).collect())
            .collect()
    };
    let unknown = |lines: &str| {
        let mut row = vec![Some(lines.to_owned()), Some("0".to_owned())];
        row.resize(5, None);
        row
    };
    assert_eq!(lay(&modes(&db, 1, ALWAYS).await)[1], unknown("1"));
    call(&mut conn, "shop_cart_clock", (1,)).await.unwrap();
    let answer = modes(&db, 1, ALWAYS).await;
    // The book was added between the looks 5 and 4 minutes before the order, the lamp between 4 and 3; how old the pen
    // is nobody knows, it was there before anybody looked. The chair was added within the last minute.
    let seconds = |row: usize, name: &str| answer.set(1).rows[row].int(name);
    for (row, name, expected) in [
        (0, "known_count", 2),
        (0, "line_count", 3),
        (0, "lay_min", 210),
        (0, "lay_avg", 240),
        (0, "lay_max", 270),
        (1, "known_count", 1),
        (1, "lay_max", 30),
    ] {
        let found = seconds(row, name);
        assert!(
            (expected..=expected + 3).contains(&found),
            "{name}: {found}, not {expected}"
        );
    }
    // Where nobody looked for some minutes, nothing is said.
    db.exec(
        "UPDATE shop_cart_clock SET not_before = not_before - INTERVAL 3 MINUTE ORDER BY cart_seq_no DESC LIMIT 1",
    )
    .await;
    assert_eq!(lay(&modes(&db, 1, ALWAYS).await)[1], unknown("1"));
}

#[tokio::test]
async fn a_period_that_is_none_is_refused() {
    let db = three_orders().await;
    let good = vec![
        1.into(),
        "2026-11-01 00:00:00".into(),
        "2026-11-02T00:00:00Z".into(),
    ];
    let conn = db.conn_as_operator().await;
    let mut hostile = Hostile::new(&db, conn, ROUTINE, good).await;
    let mut bad = values(&[
        "",
        " ",
        "now",
        "2026-11-01",
        "2026-11-01 00:00",
        "2026-11-31 00:00:00",
        "2026-11-01 24:00:00",
        "2026-13-01 00:00:00",
        "2026-11-01 00:00:00+09:00",
        "2026-11-01 00:00:00 ",
        "2026-11-01 00:00:00\n",
        "1969-12-31 23:59:59",
        "0000-00-00 00:00:00",
        "20261101000000",
        "２026-11-01 00:00:00",
    ]);
    bad.push(Value::NULL);
    hostile.refuses(1, "from", bad.clone()).await;
    bad.retain(|value| *value != Value::from("1969-12-31 23:59:59"));
    bad.extend(values(&[
        "2026-11-01 00:00:00",
        "2026-10-31 00:00:00",
        "1969-12-31 23:59:59",
        "2970-01-01 00:00:00",
        "9999-12-31 23:59:59",
    ]));
    hostile.refuses(2, "to", bad).await;
    let unknown = vec![3.into(), 0.into(), Value::NULL];
    hostile
        .refuses_as(0, "SHOP_NOT_FOUND", "shop_id", unknown)
        .await;
    hostile
        .refuses_what_is_no_text(&[1, 2], &["from", "to"])
        .await;
}
