//! Kept quotes: a price that changed between the form and the order is an offer that can be taken, and what has changed is
//! told line by line.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;
use crate::coupon::{coupon, issue};
use crate::credit::give;
use crate::promotion::promotion;

/// What a buyer asks for.
#[derive(Clone, Default)]
struct Asked {
    ids: Vec<i64>,
    coupons: Vec<i64>,
    points: Option<String>,
    post_code: Option<String>,
    /// The quote before.
    before: Option<String>,
}

impl Asked {
    fn new(ids: &[i64]) -> Asked {
        Asked {
            ids: ids.to_vec(),
            ..Asked::default()
        }
    }

    async fn quote(&self, conn: &mut Conn) -> Sets {
        let none = None::<&str>;
        let params = (
            1,
            "u1",
            format!("{:?}", self.ids),
            none,
            format!("{:?}", self.coupons),
            self.points.as_deref(),
            none,
            self.post_code.as_deref(),
            none,
            self.before.as_deref(),
        );
        let quoted = call(conn, "shop_order_quote", params).await;
        quoted.unwrap_or_else(|e| panic!("{:?}: {e:?}", self.ids))
    }
}

/// `kind which name: old new reason` of each change.
fn told(changes: &Set) -> Vec<String> {
    let which = |row: &Row| {
        ["cart_id", "coupon_id", "promotion_code", "policy_ids_json"]
            .iter()
            .find_map(|name| row.opt(name))
            .unwrap_or_default()
    };
    changes
        .rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {}: {} {} {}",
                row.str("kind"),
                which(row),
                row.opt("name").unwrap_or_default(),
                row.str("old_amount"),
                row.str("new_amount"),
                row.str("reason")
            )
            .replace(".00", "")
        })
        .collect()
}

fn number(text: &str) -> i64 {
    text.strip_suffix(".00").unwrap_or(text).parse().unwrap()
}

/// Of a changed order: its refusal.
async fn stopped(db: &TestDb, conn: &mut Conn, order: &OrderCall) -> CallError {
    order_refused(db, conn, order, "PRICE_CHANGED", "trdAmt").await
}

#[tokio::test]
async fn a_changed_price_is_an_offer_that_can_be_taken() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let seen = Asked::new(&[book, lamp]).quote(&mut conn).await;
    let (first, total) = (
        seen.first().str("quote_id"),
        seen.first().str("total_payment"),
    );
    assert_eq!(total, "43000.00", "2 × 10000 + 20000 + 3000");
    db.exec(
        "UPDATE shop_products SET buy_price = 11000 WHERE shop_id = 1 AND product_id = 'book';
         UPDATE shop_products SET sale_price = 18500 WHERE shop_id = 1 AND product_id = 'lamp';
         UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 2",
    )
    .await;
    let order = OrderCall::new("OFFER", &[book, lamp]).client_total("43000");
    let refused = stopped(&db, &mut conn, &order.clone().quote(Some(&first))).await;
    let quote = refused.sets.set(1).rows[0].clone();
    assert_eq!(quote.str("old_total"), "43000.00");
    assert_eq!(quote.str("total_payment"), "44000.00");
    let changes = [
        format!("line {book} 책: 20000 22000 PRICE_RAISED"),
        format!("line {lamp} Lamp: 20000 18500 PRICE_LOWERED"),
        "delivery [2] : 3000 3500 DELIVERY_RULE_CHANGED".to_owned(),
    ];
    assert_eq!(told(refused.sets.set(3)), changes);
    let words = refused.sets.set(3).rows[0].clone();
    assert_eq!(words.str("reason_ko"), "가격이 올랐습니다");
    assert_eq!(words.str("reason_en"), "The price has gone up");
    // A form that does not know quotes is told the same, by the total that it shows.
    let refused = stopped(&db, &mut conn, &order).await;
    assert_eq!(told(refused.sets.set(3)), changes);

    // The offer is taken: everything else stays as it was sent.
    let second = quote.str("quote_id");
    let taken = order.clone().quote(Some(&second));
    let made = placed(&mut conn, &taken).await;
    assert_eq!(made.str("total_payment"), "44000.00");
    assert_eq!(made.int("price_changed"), 0, "it is what the buyer saw");
    let seen = "SELECT client_total FROM shop_orders WHERE order_number = 'OFFER'";
    assert_eq!(db.text(seen).await, "44000.00");
    // The quote belongs to the request.
    assert_eq!(placed_again(&mut conn, &taken).await.int("replayed"), 1);
    for other in [None, Some(first.as_str())] {
        let other = order.clone().quote(other).call(&mut conn).await;
        other.unwrap_err().expect_code("IDEMPOTENCY_MISMATCH");
    }
    db.assert_audit_clean().await;
}

async fn placed_again(conn: &mut Conn, order: &OrderCall) -> Row {
    order.call(conn).await.unwrap().first().clone()
}

#[tokio::test]
async fn an_offer_that_does_not_hold_any_more_is_another_offer() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("AGAIN", &[book]).client_total("10000");
    Asked::new(&[book]).quote(&mut conn).await;
    let mut offered = None;
    for (before, price) in [("10000", "11000"), ("11000", "12000"), ("12000", "9000")] {
        db.exec(&format!(
            "UPDATE shop_products SET buy_price = {price} WHERE shop_id = 1 AND product_id = 'book'"
        ))
        .await;
        let order = order.clone().quote(offered.as_deref());
        let refused = stopped(&db, &mut conn, &order).await;
        let quote = refused.sets.set(1).rows[0].clone();
        assert_eq!(number(&quote.str("old_total")), number(before));
        assert_eq!(number(&quote.str("total_payment")), number(price));
        let reason = if price > before && price != "9000" {
            "PRICE_RAISED"
        } else {
            "PRICE_LOWERED"
        };
        let change = format!("line {book} 책: {before} {price} {reason}");
        assert_eq!(told(refused.sets.set(3)), [change]);
        offered = Some(quote.str("quote_id"));
    }
    let made = placed(&mut conn, &order.quote(offered.as_deref())).await;
    assert_eq!(made.str("total_payment"), "9000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_quote_is_of_its_buyer_its_rows_and_its_time() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    db.exec("UPDATE shop_products SET buy_price = 15000 WHERE shop_id = 1 AND product_id = 'book'")
        .await;
    let good = Asked::new(&[book]).quote(&mut conn).await;
    let good = good.first().str("quote_id");
    let of_other_rows = Asked::new(&[book, pen]).quote(&mut conn).await;
    let of_other_rows = of_other_rows.first().str("quote_id");
    let theirs = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let none = None::<&str>;
    let asked = (
        1,
        "u2",
        format!("[{theirs}]"),
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let of_another = call(&mut conn, "shop_order_quote", asked).await.unwrap();
    let of_another = of_another.first().str("quote_id");
    Asked::new(&[book]).quote(&mut conn).await;
    let over = db.text("SELECT MAX(quote_id) FROM shop_quotes").await;
    db.exec(&format!(
        "UPDATE shop_quotes SET kept_until = UTC_TIMESTAMP(6) WHERE quote_id = {over}; CALL shop_quote_expire(10)"
    ))
    .await;
    // Whatever the form says: which total its buyer has seen is not known.
    for total in ["1", "15000"] {
        let order = OrderCall::new("MINE", &[book]).client_total(total);
        for quote in [&of_other_rows, &of_another, &over, "999999999"] {
            let named = order.clone().quote(Some(quote));
            let error = order_refused(&db, &mut conn, &named, "PRICE_CHANGED", "quote_id").await;
            let shown = error.sets.set(1).rows[0].clone();
            assert_eq!(shown.opt("old_total"), None, "{quote}");
            assert_eq!(shown.str("total_payment"), "15000.00", "{quote}");
            assert_eq!(told(error.sets.set(3)), [""; 0], "{quote}");
            let asked = Asked {
                before: Some(quote.to_string()),
                ..Asked::new(&[book])
            };
            assert_eq!(
                told(asked.quote(&mut conn).await.set(2)),
                [""; 0],
                "{quote}"
            );
        }
    }
    let order = OrderCall::new("MINE", &[book]).client_total("1");
    for bad in [
        "0",
        "-1",
        "1.0",
        "x",
        "1 2",
        "01",
        "9999999999999999999",
        "1\n",
    ] {
        let order = order.clone().quote(Some(bad));
        order_refused(&db, &mut conn, &order, "INVALID_INPUT", "quote_id").await;
        let asked = (
            1,
            "u1",
            format!("[{book}]"),
            none,
            none,
            none,
            none,
            none,
            none,
            bad,
        );
        refused(
            &db,
            &mut conn,
            "shop_order_quote",
            asked,
            "INVALID_INPUT",
            "quote_id",
        )
        .await;
    }
    let made = placed(&mut conn, &order.quote(Some(&good))).await;
    assert_eq!(made.str("total_payment"), "15000.00");
    db.assert_audit_clean().await;
}

/// What the buyer saw last counts, not what the form said at first, by whichever path the order is made.
#[tokio::test]
async fn a_price_that_goes_back_to_the_form_s_is_another_one_again() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    coupon(&db, "C", "amount = 1000").await;
    for (number, with_coupon) in [("PLAIN", false), ("COUPON", true)] {
        let costs = async |price: u32| {
            db.exec(&format!(
                "UPDATE shop_products SET buy_price = {price} WHERE shop_id = 1 AND product_id = 'book'"
            ))
            .await;
        };
        costs(12_000).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let mut order = OrderCall::new(number, &[book]).client_total("12000");
        if with_coupon {
            let mine = issue(&db, "C", "u1").await;
            order = order
                .coupons(Some(&format!("[{mine}]")))
                .client_total("11000");
        }
        for price in [10_000, 14_000] {
            costs(price).await;
            let refused = stopped(&db, &mut conn, &order).await;
            let offered = refused.sets.set(1).rows[0].str("quote_id");
            costs(12_000).await;
            let back = order.clone().quote(Some(&offered));
            let refused = stopped(&db, &mut conn, &back).await;
            let words = told(refused.sets.set(3));
            let reason = if price > 12_000 {
                "PRICE_LOWERED"
            } else {
                "PRICE_RAISED"
            };
            assert_eq!(words, [format!("line {book} 책: {price} 12000 {reason}")]);
        }
        placed(&mut conn, &order).await;
    }
    db.assert_audit_clean().await;
}

/// The shop sells on at the new price, and says so.
#[tokio::test]
async fn an_order_may_go_on_at_the_new_total_and_says_so() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shops SET price_change = 'go_on' WHERE shop_id = 1")
        .await;
    for (policy, total) in [("current", 12000), ("pinned", 13000)] {
        let number = format!("GO-{policy}");
        db.exec(&format!(
            "UPDATE shops SET price_policy = '{policy}', promise_minutes = 0, form_minutes = 0 WHERE shop_id = 1;
             UPDATE shop_products SET buy_price = 10000 WHERE shop_id = 1 AND product_id = 'book'"
        ))
        .await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        let seen = Asked::new(&[book]).quote(&mut conn).await;
        assert_eq!(seen.first().str("total_payment"), "10000.00");
        db.exec(&format!(
            "UPDATE shop_products SET buy_price = {total} WHERE shop_id = 1 AND product_id = 'book';
             UPDATE shop_products SET sale_price = 21000 WHERE shop_id = 1 AND product_id = 'lamp';
             UPDATE shops SET promise_minutes = 60, form_minutes = 60 WHERE shop_id = 1"
        ))
        .await;
        let order = OrderCall::new(&number, &[book]).client_total("10000");
        let made = order.call(&mut conn).await.unwrap();
        let answer = made.first();
        assert_eq!(number_of(answer, "total_payment"), total, "{policy}");
        assert_eq!(answer.int("price_changed"), 1, "{policy}");
        assert_eq!(answer.str("old_total"), "10000.00", "{policy}");
        assert_eq!(made.set(1).rows.len(), 1, "it can be paid");
        let change = format!("line {book} 책: 10000 {total} PRICE_RAISED");
        assert_eq!(told(made.set(2)), [change], "{policy}");
        // Answered again it says the same of the totals.
        let again = order.call(&mut conn).await.unwrap();
        assert_eq!(again.first().int("replayed"), 1);
        assert_eq!(again.first().int("price_changed"), 1);
        assert_eq!(again.first().str("old_total"), "10000.00");
        // A row that was not ordered is told of by the cart, as ever.
        let cart = call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>)).await;
        let cart = cart.unwrap().first().str("price_changes_json");
        let told_of_it = cart.contains(&format!("\"cart_id\": {lamp},"));
        assert_eq!(told_of_it, policy == "pinned", "{cart}");
        db.exec(&format!(
            "UPDATE shop_products SET sale_price = 20000 WHERE shop_id = 1 AND product_id = 'lamp';
             DELETE FROM shop_cart WHERE seq_no = {lamp}"
        ))
        .await;
        let paid = WalletMessage::paid(&number, &format!("W-{number}"), &total.to_string());
        let verdict = settle(&mut conn, "notify", &paid).await.unwrap();
        assert_eq!(verdict.first().str("verdict"), "paid");
        // Nothing has changed: nothing is said.
        let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
        let order = OrderCall::new(&format!("SAME-{policy}"), &[pen]).client_total("3500");
        let made = order.call(&mut conn).await.unwrap();
        assert_eq!(made.first().int("price_changed"), 0);
        assert_eq!(made.first().opt("old_total"), None);
        assert_eq!(made.count(), 2);
    }
    db.assert_audit_clean().await;
}

fn number_of(row: &Row, name: &str) -> i64 {
    number(&row.str(name))
}

#[tokio::test]
async fn each_kind_of_change_has_its_reason() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    promotion(&db, "TENTH", "").await;
    coupon(&db, "C", "amount = 1000").await;
    let mine = issue(&db, "C", "u1").await;
    give(&db, "u1", "point", "5000", None).await;
    let areas = |surcharge: &str| {
        format!(
            r#"CALL update_adm_delivery_areas(1, '[{{"area_code":"jeju","area_name":"제주","surcharge":"{surcharge}",
               "codes":["63000~63644"]}}]')"#
        )
    };
    db.exec(&areas("3000")).await;
    let chair = db.add_cart(1, "u1", "chair", NO_OPTION, 2).await;
    let mut asked = Asked {
        coupons: vec![mine],
        points: Some("500".to_owned()),
        post_code: Some("63001".to_owned()),
        ..Asked::new(&[chair])
    };
    // 54000 − 5400 − 1000 − 500 + 3000 of the area: from 50000 on no more.
    let seen = asked.quote(&mut conn).await;
    assert_eq!(number_of(seen.first(), "total_payment"), 50100);
    let mut before = seen.first().clone();
    for (change, expected) in [
        (areas("4000"), vec!["delivery [3] : 3000 4000 DELIVERY_AREA_CHANGED".to_owned()]),
        (
            "UPDATE shop_promotions SET rate = 0.2 WHERE promotion_code = 'TENTH'".to_owned(),
            vec!["promotion TENTH TENTH 행사: -5400 -10800 DISCOUNT_CHANGED".to_owned()],
        ),
        (
            "UPDATE shop_promotions SET valid_until = UTC_TIMESTAMP(6) WHERE promotion_code = 'TENTH'".to_owned(),
            vec!["promotion TENTH TENTH 행사: -10800 0 DISCOUNT_ENDED".to_owned()],
        ),
        (
            "UPDATE shop_coupons SET amount = 1500 WHERE coupon_code = 'C'".to_owned(),
            vec![format!("coupon {mine} C 쿠폰: -1000 -1500 DISCOUNT_CHANGED")],
        ),
        (
            format!("UPDATE shop_cart SET quantity = 1 WHERE seq_no = {chair}"),
            vec![
                format!("line {chair} Chair: 54000 27000 QUANTITY_CHANGED"),
                "delivery [3] : 4000 7000 DELIVERY_SUM_CHANGED".to_owned(),
            ],
        ),
        (
            "UPDATE shop_delivery_policy SET base_cost = 2000 WHERE shop_id = 1 AND id = 3".to_owned(),
            vec!["delivery [3] : 7000 6000 DELIVERY_RULE_CHANGED".to_owned()],
        ),
        (
            "UPDATE shop_promotions SET valid_until = NULL WHERE promotion_code = 'TENTH'".to_owned(),
            vec!["promotion TENTH TENTH 행사: 0 -5400 DISCOUNT_ADDED".to_owned()],
        ),
    ] {
        db.exec(&change).await;
        asked.before = Some(before.str("quote_id"));
        let now = asked.quote(&mut conn).await;
        assert_eq!(told(now.set(2)), expected, "{change}");
        before = now.first().clone();
    }
    // A row whose product is gone has no price, and is no line of a quote's total.
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 3).await;
    let both = Asked::new(&[chair, pen]);
    let seen = both.quote(&mut conn).await;
    db.exec("DELETE FROM shop_products WHERE shop_id = 1 AND product_id = 'pen'")
        .await;
    let gone = Asked {
        before: Some(seen.first().str("quote_id")),
        ..both
    };
    let now = gone.quote(&mut conn).await;
    assert_eq!(
        told(now.set(2)),
        [
            format!("line {pen} Pen: 3000 0 AVAILABILITY_CHANGED"),
            "promotion TENTH TENTH 행사: -6000 -5400 DISCOUNT_CHANGED".to_owned(),
            "delivery [5] : 2500 0 DELIVERY_SUM_CHANGED".to_owned(),
        ]
    );
    // Price and quantity at once: what the amount follows.
    for (price, quantity, reason) in [
        (40000, 1, "PRICE_RAISED"),
        (50000, 1, "PRICE_RAISED"),
        (10000, 9, "QUANTITY_CHANGED"),
        (12000, 1, "QUANTITY_CHANGED"),
        (10000, 1, "PRICE_LOWERED"),
        (30000, 2, "PRICE_RAISED"),
        (15000, 1, "PRICE_LOWERED"),
        (30000, 1, "PRICE_RAISED"),
    ] {
        let before = Asked::new(&[chair]).quote(&mut conn).await;
        db.exec(&format!(
            "UPDATE shop_products SET buy_price = {price}, sale_price = NULL, discount_rate = 0
             WHERE shop_id = 1 AND product_id = 'chair';
             UPDATE shop_cart SET quantity = {quantity} WHERE seq_no = {chair}"
        ))
        .await;
        let asked = Asked {
            before: Some(before.first().str("quote_id")),
            ..Asked::new(&[chair])
        };
        let now = asked.quote(&mut conn).await;
        assert_eq!(now.set(2).rows[0].str("reason"), reason, "{price}");
    }
    // Other points, and nothing else.
    before = {
        asked.before = None;
        asked.quote(&mut conn).await.first().clone()
    };
    asked.before = Some(before.str("quote_id"));
    asked.points = Some("800".to_owned());
    let now = asked.quote(&mut conn).await;
    assert_eq!(told(now.set(2)), ["point  : -500 -800 CREDITS_CHANGED"]);
    // Asked again nothing has changed.
    asked.before = Some(now.first().str("quote_id"));
    assert_eq!(told(asked.quote(&mut conn).await.set(2)), [""; 0]);
    // A set of changes comes with a quote before only.
    asked.before = None;
    assert_eq!(asked.quote(&mut conn).await.count(), 2);
}

/// Whatever changes, alone or at once: what is told adds up to the difference of the totals.
#[tokio::test]
async fn what_has_changed_adds_up() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let mut dice = StdRng::seed_from_u64(33);
    promotion(
        &db,
        "BOOKS",
        "target = 'product', target_ids = '[\"book\"]'",
    )
    .await;
    promotion(&db, "ALL", "target = 'order'").await;
    coupon(&db, "C", "amount = 1000").await;
    coupon(
        &db,
        "D",
        "target = 'delivery', kind = 'rate', amount = NULL, rate = 0.5",
    )
    .await;
    let coupons = vec![issue(&db, "C", "u1").await, issue(&db, "D", "u1").await];
    give(&db, "u1", "point", "100000", None).await;
    let mut ids = Vec::new();
    for product in ["book", "lamp", "chair", "rice", "pen", "ink"] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, 2).await);
    }
    let mut asked = Asked {
        coupons,
        ..Asked::new(&ids)
    };
    let mut before = asked.quote(&mut conn).await;
    let (mut kinds, mut several) = (std::collections::BTreeSet::new(), 0);
    for round in 0..60 {
        for _ in 0..dice.random_range(0..4) {
            let price = dice.random_range(5..40) * 100;
            let product = ["book", "lamp", "chair", "rice", "pen", "ink"][dice.random_range(0..6)];
            let change = match dice.random_range(0..9) {
                0..3 => format!("UPDATE shop_products SET buy_price = {price}, sale_price = NULL WHERE shop_id = 1 AND product_id = '{product}'"),
                3 => format!("UPDATE shop_delivery_policy SET base_cost = {price} WHERE shop_id = 1 AND id = {} AND type <> 'free'", dice.random_range(2..7)),
                4 => format!("UPDATE shop_products SET delivery_policy_id = {} WHERE shop_id = 1 AND product_id = '{product}'", dice.random_range(1..7)),
                5 => format!("UPDATE shop_promotions SET rate = {} / 100 WHERE promotion_code = 'ALL'", dice.random_range(1..30)),
                6 => "UPDATE shop_promotions SET valid_until = CASE WHEN valid_until IS NULL THEN UTC_TIMESTAMP(6) END WHERE promotion_code = 'BOOKS'".to_owned(),
                7 => format!("UPDATE shop_cart SET quantity = {} WHERE seq_no = {}", dice.random_range(1..9), ids[dice.random_range(0..6)]),
                _ => format!(
                    r#"CALL update_adm_delivery_areas(1, '[{{"area_code":"jeju","area_name":"제주","surcharge":"{price}","codes":["63000~63644"]}}]')"#
                ),
            };
            db.exec(&change).await;
        }
        asked.points =
            [None, Some("100".to_owned()), Some("700".to_owned())][dice.random_range(0..3)].clone();
        asked.post_code = [None, Some("63001".to_owned()), Some("04524".to_owned())]
            [dice.random_range(0..3)]
        .clone();
        asked.before = Some(before.first().str("quote_id"));
        let now = asked.quote(&mut conn).await;
        let sum: i64 = (now.set(2).rows.iter())
            .map(|row| number_of(row, "new_amount") - number_of(row, "old_amount"))
            .sum();
        let totals = [before.first(), now.first()].map(|row| number_of(row, "total_payment"));
        assert_eq!(
            sum,
            totals[1] - totals[0],
            "round {round}: {:?}",
            told(now.set(2))
        );
        kinds.extend(now.set(2).rows.iter().map(|row| row.str("reason")));
        several += usize::from(now.set(2).rows.len() > 1);
        before = now;
    }
    let reasons = db
        .rows("SELECT reason FROM shop_change_reasons WHERE reason <> 'AVAILABILITY_CHANGED' ORDER BY reason")
        .await;
    let reasons: std::collections::BTreeSet<String> =
        reasons.iter().map(|row| row.str("reason")).collect();
    assert_eq!(kinds, reasons, "each was met");
    assert!(several >= 20, "{several}");
}

#[tokio::test]
async fn quotes_that_are_over_are_deleted() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shops SET quote_minutes = 30 WHERE shop_id = 1")
        .await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    for _ in 0..5 {
        Asked::new(&[book]).quote(&mut conn).await;
    }
    let kept = "SELECT COUNT(*) FROM shop_quotes WHERE kept_until = quoted_at + INTERVAL 30 MINUTE";
    assert_eq!(db.int(kept).await, 5);
    db.exec("UPDATE shop_quotes SET kept_until = UTC_TIMESTAMP(6) ORDER BY quote_id LIMIT 3")
        .await;
    for (batch, expired) in [(2, 2), (10, 1), (10, 0)] {
        let done = call(&mut conn, "shop_quote_expire", (batch,))
            .await
            .unwrap();
        assert_eq!(done.first().int("expired"), expired);
        assert_eq!(done.first().int("event_count"), expired);
    }
    assert_eq!(db.count("shop_quotes").await, 2);
    for bad in [0, 10_001] {
        let refused = call(&mut conn, "shop_quote_expire", (bad,))
            .await
            .unwrap_err();
        refused.expect_code("INVALID_INPUT");
        assert_eq!(refused.row().str("field"), "batch_size");
    }
}
