//! Delivery judged after discounts: each case with its arithmetic, quoted and charged.

use crate::coupon::{coupon, issue};
use crate::credit::give;
use crate::order::{order_refused, placed, refused, shops};
use crate::promotion::{charged, promotion};
use crate::support::*;

/// The standard shops with exact totals. A chair costs 27000 and ships for 3000, free from 50000 after discounts.
async fn shop() -> TestDb {
    let db = shops().await;
    db.exec("UPDATE shops SET total_tolerance = 0").await;
    basis(&db, 3, "after").await;
    db
}

async fn basis(db: &TestDb, policy: u32, basis: &str) {
    db.exec(&format!(
        "UPDATE shop_delivery_policy SET amount_basis = '{basis}_discounts' WHERE shop_id = 1 AND id = {policy}"
    ))
    .await;
}

/// What u1 pays with new coupons of these codes: `goods - discounts + delivery = total`, quoted and charged alike.
async fn paid(db: &TestDb, lines: &[(&str, u32)], codes: &[&str]) -> String {
    let mut coupons = Vec::new();
    for code in codes {
        coupons.push(issue(db, code, "u1").await);
    }
    let number = format!("AFTER-{}", db.count("shop_orders").await);
    let (_, total) = charged(db, &number, "u1", lines, &coupons).await;
    let row = format!("SELECT * FROM shop_orders WHERE order_number = '{number}'");
    let row = db.rows(&row).await.remove(0);
    assert_eq!(row.str("total_payment"), total);
    format!(
        "{} - {} + {} = {total}",
        row.str("product_total_price"),
        row.str("discount_total"),
        row.str("shipping_fee"),
    )
    .replace(".00", "")
}

/// A coupon of so much off these products, or off the order.
async fn takes_off(db: &TestDb, code: &str, amount: u32, products: &str) {
    let target = match products {
        "" => String::new(),
        ids => format!(", target = 'product', target_ids = '{ids}'"),
    };
    let columns = format!("member_limit = NULL, amount = {amount}{target}");
    coupon(db, code, &columns).await;
}

const TWO_CHAIRS: &[(&str, u32)] = &[("chair", 2)];

#[tokio::test]
async fn free_over_is_reached_by_what_is_left_of_the_goods() {
    let db = shop().await;
    takes_off(&db, "4000", 4000, "").await;
    takes_off(&db, "4001", 4001, "").await;
    // 54000 less 4000 is 50000, which is free; less 4001 it is a won short.
    assert_eq!(paid(&db, TWO_CHAIRS, &[]).await, "54000 - 0 + 0 = 54000");
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["4000"]).await,
        "54000 - 4000 + 0 = 50000"
    );
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["4001"]).await,
        "54000 - 4001 + 3000 = 52999"
    );
    basis(&db, 3, "before").await;
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["4001"]).await,
        "54000 - 4001 + 0 = 49999"
    );
}

#[tokio::test]
async fn promotions_and_coupons_count_together() {
    let db = shop().await;
    promotion(
        &db,
        "CHAIRS",
        r#"target = 'product', target_ids = '["chair"]', rate = 0.05"#,
    )
    .await;
    takes_off(&db, "1300", 1300, "").await;
    takes_off(&db, "1301", 1301, "").await;
    // A promotion alone, as the usual order has it: 54000 less 5 % is 51300.
    assert_eq!(paid(&db, TWO_CHAIRS, &[]).await, "54000 - 2700 + 0 = 51300");
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["1300"]).await,
        "54000 - 4000 + 0 = 50000"
    );
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["1301"]).await,
        "54000 - 4001 + 3000 = 52999"
    );
    // 54000 less 10 % is 48600: the usual order pays delivery.
    db.exec("UPDATE shop_promotions SET rate = 0.1").await;
    assert_eq!(
        paid(&db, TWO_CHAIRS, &[]).await,
        "54000 - 5400 + 3000 = 51600"
    );
}

#[tokio::test]
async fn each_policy_of_a_parcel_is_judged_as_it_says() {
    let db = shop().await;
    db.exec(
        "UPDATE shop_delivery_policy SET type = 'conditional', free_over = 10000
         WHERE shop_id = 1 AND id IN (5, 6)",
    )
    .await;
    takes_off(&db, "PEN", 1, r#"["pen"]"#).await;
    // Six pens and two inks in one parcel are 10000, and 9999 after the coupon of the pens. Pens ask for 2500 and ink for
    // 3500, whichever sees the less.
    let lines: &[(&str, u32)] = &[("pen", 6), ("ink", 2)];
    for (pens, ink, fee) in [
        ("before", "before", 0),
        ("before", "after", 3500),
        ("after", "before", 2500),
        ("after", "after", 3500),
    ] {
        basis(&db, 5, pens).await;
        basis(&db, 6, ink).await;
        let total = 9999 + fee;
        assert_eq!(
            paid(&db, lines, &["PEN"]).await,
            format!("10000 - 1 + {fee} = {total}"),
            "{pens} {ink}"
        );
        assert_eq!(paid(&db, lines, &[]).await, "10000 - 0 + 0 = 10000");
    }
}

#[tokio::test]
async fn steps_of_the_sum_are_those_of_what_is_left() {
    let db = shop().await;
    db.exec(
        r#"UPDATE shop_delivery_policy SET type = 'amount', base_cost = 2500, amount_basis = 'after_discounts',
               steps = '[{"from":20000,"fee":1000},{"from":30000,"fee":500,"every":1000,"more":100}]'
           WHERE shop_id = 1 AND id = 2"#,
    )
    .await;
    takes_off(&db, "1", 1, "").await;
    // 20000 is the first step, 19999 is below it; of 40000 ten full thousands are beyond 30000, of 39999 nine.
    for (lamps, codes, expected) in [
        (1, &[][..], "20000 - 0 + 1000 = 21000"),
        (1, &["1"], "20000 - 1 + 2500 = 22499"),
        (2, &[], "40000 - 0 + 1500 = 41500"),
        (2, &["1"], "40000 - 1 + 1400 = 41399"),
    ] {
        assert_eq!(paid(&db, &[("lamp", lamps)], codes).await, expected);
    }
}

#[tokio::test]
async fn each_parcel_is_judged_by_what_is_taken_off_its_own_goods() {
    let db = shop().await;
    takes_off(&db, "5000", 5000, "").await;
    takes_off(&db, "8000", 8000, "").await;
    takes_off(&db, "LAMP", 8000, r#"["lamp"]"#).await;
    // Of 8000 off 74000 the chairs' part is 8000 × 54000 / 74000 = 5837.8: they keep 48162. Of 5000 it is 3648.6: 50351.
    let lines: &[(&str, u32)] = &[("chair", 2), ("lamp", 1)];
    for (code, expected) in [
        ("8000", "74000 - 8000 + 6000 = 72000"),
        ("5000", "74000 - 5000 + 3000 = 72000"),
        ("LAMP", "74000 - 8000 + 3000 = 69000"),
    ] {
        assert_eq!(paid(&db, lines, &[code]).await, expected);
    }
}

#[tokio::test]
async fn what_is_tax_free_stays_so_and_its_delivery_is_taxed() {
    let db = shop().await;
    db.exec(
        "UPDATE shop_delivery_policy SET type = 'conditional', free_over = 10000, amount_basis = 'after_discounts'
         WHERE shop_id = 1 AND id = 4",
    )
    .await;
    takes_off(&db, "5000", 5000, "").await;
    takes_off(&db, "5001", 5001, "").await;
    // Three bags of rice at 5000. VAT is 1/11 of the delivery alone: 363.6.
    for (code, expected, tax) in [
        ("5000", "15000 - 5000 + 0 = 10000", "10000 0 0"),
        ("5001", "15000 - 5001 + 4000 = 13999", "9999 3636 364"),
    ] {
        assert_eq!(paid(&db, &[("rice", 3)], &[code]).await, expected);
        let last = "SELECT CONCAT_WS(' ', tax_free_amount, supply_amount, vat_amount)
                    FROM shop_orders ORDER BY seq_no DESC LIMIT 1";
        assert_eq!(db.text(last).await.replace(".00", ""), tax);
    }
}

#[tokio::test]
async fn what_is_taken_off_delivery_comes_last_and_once() {
    let db = shop().await;
    takes_off(&db, "4001", 4001, "").await;
    let of_delivery = "member_limit = NULL, target = 'delivery', kind = 'rate', amount = NULL";
    for (code, rate) in [("FIFTH", "0.2"), ("HALF", "0.5")] {
        coupon(&db, code, &format!("{of_delivery}, rate = {rate}")).await;
    }
    // 3000 less a fifth is 2400, less half of that 1200: 1800 in all, beside 4001.
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["4001", "FIFTH", "HALF"]).await,
        "54000 - 5801 + 3000 = 51199"
    );
    // A promotion of delivery comes after the coupon of the goods that makes it cost something.
    let promoted = "target = 'delivery', rate = 1, max_discount = 1000";
    promotion(&db, "SHIP", promoted).await;
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["4001"]).await,
        "54000 - 5001 + 3000 = 51999"
    );
    assert_eq!(paid(&db, TWO_CHAIRS, &[]).await, "54000 - 0 + 0 = 54000");
    // Where delivery costs nothing, a coupon of it takes nothing off.
    let fifth = issue(&db, "FIFTH", "u1").await;
    let chairs = db.add_cart(1, "u1", "chair", NO_OPTION, 2).await;
    let order = OrderCall::new("NOTHING", &[chairs])
        .coupons(Some(&format!("[{fifth}]")))
        .client_total("54000");
    let mut conn = db.conn_as_gateway().await;
    let refused = order_refused(&db, &mut conn, &order, "COUPON_NOT_AVAILABLE", "coupon_ids");
    let detail = refused.await.row().str("detail");
    assert_eq!(detail, format!("{fifth} nothing"));
}

/// A quote of u1's for this postal code.
async fn quote_to(
    conn: &mut Conn,
    ids: &[i64],
    coupons: &[i64],
    points: Option<&str>,
    code: &str,
) -> Row {
    let none = None::<&str>;
    let params = (
        1,
        "u1",
        format!("{ids:?}"),
        none,
        format!("{coupons:?}"),
        points,
        none,
        code,
        none,
        none,
    );
    let quoted = call(conn, "shop_order_quote", params).await.unwrap();
    quoted.first().clone()
}

#[tokio::test]
async fn an_area_costs_its_surcharge_once_and_points_change_nothing() {
    let db = shop().await;
    let jeju =
        r#"[{"area_code":"jeju","area_name":"제주","surcharge":"2000","codes":["63000~63644"]}]"#;
    let mut operator = db.conn_as_operator().await;
    call(&mut operator, "update_adm_delivery_areas", (1, jeju))
        .await
        .unwrap();
    takes_off(&db, "4001", 4001, "").await;
    let coupon = issue(&db, "4001", "u1").await;
    give(&db, "u1", "point", "5000", None).await;
    let mut conn = db.conn_as_gateway().await;
    let chairs = [db.add_cart(1, "u1", "chair", NO_OPTION, 2).await];
    let missing = |row: &Row| row.json("parcels_json")[0].clone();
    for (coupons, points, code, fee) in [
        (&[coupon][..], None, "04524", "3000.00"),
        (&[coupon], None, "63000", "5000.00"),
        (&[], Some("5000"), "04524", "0.00"),
        (&[], Some("5000"), "63000", "2000.00"),
    ] {
        let quoted = quote_to(&mut conn, &chairs, coupons, points, code).await;
        assert_eq!(quoted.str("shipping_fee"), fee, "{coupons:?} {code}");
        if let [_] = coupons {
            // 49999 of 50000.
            let parcel = missing(&quoted);
            let told = ["amount", "free_over", "missing"].map(|name| parcel[name].clone());
            assert_eq!(told, ["49999.00", "50000.00", "1.00"], "{parcel}");
        }
    }
    let receiver = crate::order::RECEIVER.replace("04524", "63000");
    let order = OrderCall::new("JEJU", &chairs)
        .address(None)
        .receiver(Some(&receiver))
        .coupons(Some(&format!("[{coupon}]")))
        .client_total("54999");
    // 54000 - 4001 + 3000 + 2000.
    let made = placed(&mut conn, &order).await;
    assert_eq!(made.str("total_payment"), "54999.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_policy_that_is_judged_another_way_is_a_changed_price() {
    let db = shop().await;
    basis(&db, 3, "before").await;
    takes_off(&db, "4001", 4001, "").await;
    let coupon_id = issue(&db, "4001", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let chairs = [db.add_cart(1, "u1", "chair", NO_OPTION, 2).await];
    let seen = quote_to(&mut conn, &chairs, &[coupon_id], None, "04524").await;
    assert_eq!(seen.str("total_payment"), "49999.00");
    basis(&db, 3, "after").await;
    let order = OrderCall::new("SWITCHED", &chairs)
        .coupons(Some(&format!("[{coupon_id}]")))
        .client_total("49999")
        .quote(Some(&seen.str("quote_id")));
    let refused = order_refused(&db, &mut conn, &order, "PRICE_CHANGED", "trdAmt").await;
    let quote = refused.sets.set(1).rows[0].clone();
    assert_eq!(quote.str("total_payment"), "52999.00");
    let told = |set: &Set| -> Vec<String> {
        let columns = ["kind", "old_amount", "new_amount", "reason"];
        let told = |row: &Row| columns.map(|name| row.str(name)).join(" ");
        set.rows.iter().map(told).collect()
    };
    assert_eq!(
        told(refused.sets.set(3)),
        ["delivery 0.00 3000.00 DELIVERY_RULE_CHANGED"]
    );
    // The coupon takes 4000 off by now: delivery is free again, since the sum is another one.
    db.exec("UPDATE shop_coupons SET amount = 4000").await;
    let order = order.quote(Some(&quote.str("quote_id")));
    let refused = order_refused(&db, &mut conn, &order, "PRICE_CHANGED", "trdAmt").await;
    assert_eq!(
        told(refused.sets.set(3)),
        [
            "coupon -4001.00 -4000.00 DISCOUNT_CHANGED",
            "delivery 3000.00 0.00 DELIVERY_SUM_CHANGED"
        ]
    );
    let offered = refused.sets.set(1).rows[0].str("quote_id");
    let made = placed(&mut conn, &order.quote(Some(&offered))).await;
    assert_eq!(made.str("total_payment"), "50000.00");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_list_of_coupons_tells_what_each_takes_off_such_delivery() {
    let db = shop().await;
    promotion(&db, "TENTH", "rate = 0.1").await;
    takes_off(&db, "1000", 1000, "").await;
    let half = "target = 'delivery', kind = 'rate', amount = NULL, rate = 0.5";
    coupon(&db, "HALF", half).await;
    issue(&db, "1000", "u1").await;
    issue(&db, "HALF", "u1").await;
    let chairs = db.add_cart(1, "u1", "chair", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    let listed = async |conn: &mut Conn| {
        let asked = (1, "u1", format!("[{chairs}]"), None::<&str>);
        let sets = call(conn, "select_shop_coupons", asked).await.unwrap();
        let told = |row: &Row| {
            let columns = ["coupon_code", "discount", "reason"];
            columns
                .map(|name| row.opt(name).unwrap_or_default())
                .join(" ")
        };
        sets.set(1).rows.iter().map(told).collect::<Vec<_>>()
    };
    // 48600 are left of the chairs: delivery is 3000, of which half is 1500.
    assert_eq!(listed(&mut conn).await, ["HALF 1500.00 ", "1000 1000.00 "]);
    basis(&db, 3, "before").await;
    assert_eq!(
        listed(&mut conn).await,
        ["1000 1000.00 ", "HALF 0.00 nothing"]
    );
    // Each is tried alone: what one that is tried before makes of delivery is not there for the next.
    basis(&db, 3, "after").await;
    db.exec("UPDATE shop_promotions SET enabled = 0").await;
    takes_off(&db, "4001", 4001, "").await;
    issue(&db, "4001", "u1").await;
    assert_eq!(
        listed(&mut conn).await,
        ["4001 4001.00 ", "1000 1000.00 ", "HALF 0.00 nothing"]
    );
}

#[tokio::test]
async fn more_than_an_amount_can_say_is_refused() {
    let db = shop().await;
    db.exec(
        "UPDATE shop_delivery_policy SET base_cost = 999999999999999 WHERE shop_id = 1 AND id = 3",
    )
    .await;
    takes_off(&db, "4000", 4000, "").await;
    takes_off(&db, "4001", 4001, "").await;
    assert_eq!(
        paid(&db, TWO_CHAIRS, &["4000"]).await,
        "54000 - 4000 + 0 = 50000"
    );
    let coupon_id = issue(&db, "4001", "u1").await;
    let mut conn = db.conn_as_gateway().await;
    let chairs = db.add_cart(1, "u1", "chair", NO_OPTION, 2).await;
    let order = OrderCall::new("TOO-MUCH", &[chairs])
        .coupons(Some(&format!("[{coupon_id}]")))
        .client_total("49999");
    order_refused(&db, &mut conn, &order, "INVALID_INPUT", "selected_cart_ids").await;
    let none = None::<&str>;
    let asked = (
        1,
        "u1",
        format!("[{chairs}]"),
        none,
        format!("[{coupon_id}]"),
        none,
        none,
        none,
        none,
        none,
    );
    let (code, field) = ("INVALID_INPUT", "selected_cart_ids");
    refused(&db, &mut conn, "shop_order_quote", asked, code, field).await;
}

#[tokio::test]
async fn a_basis_is_one_of_two_and_is_kept_with_the_rule() {
    let db = shop().await;
    let mut admin = db.conn().await;
    for basis in ["'never'", "''", "NULL", "'AFTER_DISCOUNTS'"] {
        let sql = format!("UPDATE shop_delivery_policy SET amount_basis = {basis} WHERE id = 3");
        assert!(query(&mut admin, &sql).await.is_err(), "{basis}");
    }
    let rules = "SELECT GROUP_CONCAT(amount_basis ORDER BY rule_id) FROM shop_delivery_rules
                 WHERE shop_id = 1 AND policy_id = 3";
    assert_eq!(db.text(rules).await, "before_discounts,after_discounts");
    // What a hand makes of the row in force is seen and repaired, and the policy's own rule is in force again.
    db.exec(
        "UPDATE shop_delivery_now SET amount_basis = 'before_discounts' WHERE shop_id = 1 AND policy_id = 3",
    )
    .await;
    let fault = "SELECT fault FROM v_delivery_compared WHERE fault IS NOT NULL";
    assert_eq!(db.text(fault).await, "is not as its policy is");
    let repaired = db.rows("CALL shop_offers_repair(1)").await;
    assert_eq!(repaired[0].int("repaired"), 1);
    let now = "SELECT r.amount_basis FROM shop_delivery_now f JOIN shop_delivery_rules r ON r.rule_id = f.rule_id
               WHERE f.shop_id = 1 AND f.policy_id = 3";
    assert_eq!(db.text(now).await, "after_discounts");
    db.assert_audit_clean().await;
}
