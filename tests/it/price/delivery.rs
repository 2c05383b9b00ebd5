//! What delivery costs by weight, units and sum, and where: each case with its arithmetic, quoted and charged.

use crate::order::{order_refused, shops};
use crate::support::*;

/// Jeju costs 3000 more for each parcel: 63000 to 63644, and 58800 by itself.
const JEJU: &str = r#"[{"area_code":"jeju","area_name":"제주","surcharge":"3000","codes":["63000~63644","58800"]}]"#;
const SEOUL: &str = "04524";

/// The standard shops with plenty of stock, where totals are exact and Jeju costs more.
async fn shop() -> (TestDb, Conn) {
    let db = shops().await;
    db.exec(
        "UPDATE shop_stock SET free = free + 10000000;
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         SELECT shop_id, product_id, option_hash, 10000000, 'more', 'test', UTC_TIMESTAMP(6) FROM shop_stock;
         UPDATE shops SET total_tolerance = 0",
    )
    .await;
    db.copy_adapter(2, "M2").await;
    set_areas(&db, JEJU).await.unwrap();
    let conn = db.conn_as_gateway().await;
    (db, conn)
}

async fn set_areas(db: &TestDb, areas: &str) -> Result<Sets, CallError> {
    let mut operator = db.conn_as_operator().await;
    call(&mut operator, "update_adm_delivery_areas", (1, areas)).await
}

fn receiver(code: &str) -> String {
    format!(
        r#"{{"receiver_name":"Kim","receiver_phone":"010-1234-5678","post_code":"{code}","address":"1"}}"#
    )
}

/// A quote of u1 in this shop, with the last three parameters that say where it goes.
async fn quote_to(
    conn: &mut Conn,
    shop: u32,
    ids: &[i64],
    [address, receiver, code]: [Option<&str>; 3],
) -> Result<Sets, CallError> {
    let none = None::<&str>;
    let ids = format!("{ids:?}");
    let params = (
        shop, "u1", ids, address, none, none, receiver, code, none, none,
    );
    call(conn, "shop_order_quote", params).await
}

async fn cart(db: &TestDb, shop: u32, lines: &[(&str, u32)]) -> Vec<i64> {
    let mut ids = Vec::new();
    for (product, quantity) in lines {
        let id = db.add_cart(shop, "u1", product, NO_OPTION, *quantity);
        ids.push(id.await);
    }
    ids
}

/// What delivery of these costs there: quoted by the code alone, by a typed receiver, and charged.
async fn fee_in(
    db: &TestDb,
    conn: &mut Conn,
    shop: u32,
    lines: &[(&str, u32)],
    code: &str,
) -> String {
    let ids = cart(db, shop, lines).await;
    let quoted = quote_to(conn, shop, &ids, [None, None, Some(code)]).await;
    let quoted = quoted.unwrap();
    let fee = quoted.first().str("shipping_fee");
    let typed = receiver(code);
    let by_receiver = quote_to(conn, shop, &ids, [None, Some(&typed), None]).await;
    assert_eq!(by_receiver.unwrap().first().str("shipping_fee"), fee);
    let total = quoted.first().str("total_payment");
    let number = format!("T{shop}-{}", ids[0]);
    let order = OrderCall::new(&number, &ids)
        .user(shop, "u1")
        .address(None)
        .receiver(Some(&typed))
        .client_total(&total);
    let done = order
        .call(conn)
        .await
        .unwrap_or_else(|e| panic!("{lines:?} {code}: {e:?}"));
    assert_eq!(done.first().str("total_payment"), total, "{lines:?} {code}");
    let charged = format!("SELECT shipping_fee FROM shop_orders WHERE order_number = '{number}'");
    assert_eq!(db.text(&charged).await, fee, "{lines:?} {code}");
    fee
}

async fn fee(db: &TestDb, conn: &mut Conn, lines: &[(&str, u32)], code: &str) -> String {
    let fee = fee_in(db, conn, 1, lines, code).await;
    fee.strip_suffix(".00").expect("won").to_owned()
}

/// What is ordered, its quantities, where it goes, and what delivery costs.
type Case<'a> = (&'a [(&'a str, u32)], &'a str, u32);

async fn assert_fees(db: &TestDb, conn: &mut Conn, cases: &[Case<'_>]) {
    for (lines, code, expected) in cases {
        let fee = fee(db, conn, lines, code).await;
        assert_eq!(fee, expected.to_string(), "{lines:?} to {code}");
    }
}

/// A change of policy 2, by which lamps ship.
async fn lamps_ship(db: &TestDb, kind: &str, cost: &str, free_over: &str, steps: &str) {
    db.exec(&format!(
        "UPDATE shop_delivery_policy SET type = '{kind}', base_cost = {cost}, free_over = {free_over}, steps = {steps}
         WHERE shop_id = 1 AND id = 2"
    ))
    .await;
}

/// A lamp costs 1 and weighs 1 gram: grams, units and sum are the quantity.
#[tokio::test]
async fn each_type_changes_its_fee_at_its_border_and_not_beside_it() {
    let (db, mut conn) = shop().await;
    db.exec("UPDATE shop_products SET sale_price = 1, weight = 1 WHERE product_id = 'lamp'")
        .await;
    // 2500 below the first border; 4000 from 1000 on; 6000 from 5000 on. The last one first.
    let steps = r#"'[{"from":"5000","fee":"6000"},{"from":1000,"fee":4000}]'"#;
    let by_steps = [
        (1, 2500),
        (999, 2500),
        (1000, 4000),
        (1001, 4000),
        (4999, 4000),
        (5000, 6000),
        (5001, 6000),
        (99999, 6000),
    ];
    let conditional = [(1, 2500), (999, 2500), (1000, 0), (1001, 0)];
    let fixed = [(1, 2500), (1000, 2500)];
    let cases = [
        ("free", "NULL", "NULL", &[(1, 0), (1000, 0)][..]),
        ("fixed", "NULL", "NULL", &fixed),
        ("area", "NULL", "NULL", &fixed),
        ("conditional", "1000", "NULL", &conditional),
        ("weight", "NULL", steps, &by_steps),
        ("quantity", "NULL", steps, &by_steps),
        ("amount", "NULL", steps, &by_steps),
    ];
    for (kind, free_over, steps, fees) in cases {
        lamps_ship(&db, kind, "2500", free_over, steps).await;
        for (quantity, expected) in fees {
            let fee = fee(&db, &mut conn, &[("lamp", *quantity)], SEOUL).await;
            assert_eq!(fee, expected.to_string(), "{kind}: {quantity}");
        }
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_sum_is_what_the_goods_cost_after_their_discount() {
    let (db, mut conn) = shop().await;
    // Three chairs of 30000 less 10 % are 81000, not 90000: 3000. At 81001 the step is not reached, and 2500 is asked.
    for (from, expected) in [("81000", "3000"), ("81001", "2500"), ("90000", "2500")] {
        db.exec(&format!(
            r#"UPDATE shop_delivery_policy SET type = 'amount', base_cost = 2500, free_over = NULL,
                   steps = '[{{"from":"{from}","fee":"3000"}}]' WHERE shop_id = 1 AND id = 3"#
        ))
        .await;
        assert_eq!(
            fee(&db, &mut conn, &[("chair", 3)], SEOUL).await,
            expected,
            "{from}"
        );
    }
}

#[tokio::test]
async fn a_step_asks_more_for_each_full_measure_beyond_its_border() {
    let (db, mut conn) = shop().await;
    db.exec("UPDATE shop_products SET weight = 1 WHERE product_id = 'lamp'")
        .await;
    // 1 to 5 units are 3000, 6 to 10 are 6000, and so on; from 21 on it is 10000, and 500 more for each full ten.
    lamps_ship(
        &db,
        "quantity",
        "0",
        "NULL",
        r#"'[{"from":21,"fee":10000,"every":10,"more":500},{"from":"1","fee":"3000","every":"5","more":"3000"}]'"#,
    )
    .await;
    for (quantity, expected) in [
        (1, "3000"),    // (1 - 1) / 5 = 0
        (5, "3000"),    // 4 / 5 = 0
        (6, "6000"),    // 5 / 5 = 1: 3000 + 3000
        (10, "6000"),   // 9 / 5 = 1
        (11, "9000"),   // 10 / 5 = 2: 3000 + 6000
        (20, "12000"),  // 19 / 5 = 3: 3000 + 9000
        (21, "10000"),  // the other step
        (30, "10000"),  // 9 / 10 = 0
        (31, "10500"),  // 10 / 10 = 1
        (121, "15000"), // 100 / 10 = 10
    ] {
        let fee = fee(&db, &mut conn, &[("lamp", quantity)], SEOUL).await;
        assert_eq!(fee, expected, "{quantity} units");
    }
    // Up to two kilograms 4000, then 5000, and 700 more for each full 500 grams.
    lamps_ship(
        &db,
        "weight",
        "4000",
        "NULL",
        r#"'[{"from":2000,"fee":5000,"every":500,"more":700}]'"#,
    )
    .await;
    for (grams, expected) in [
        (1999, "4000"),
        (2000, "5000"),
        (2499, "5000"), // 499 / 500 = 0
        (2500, "5700"), // 500 / 500 = 1
        (2999, "5700"),
        (3000, "6400"), // 1000 / 500 = 2
    ] {
        let fee = fee(&db, &mut conn, &[("lamp", grams)], SEOUL).await;
        assert_eq!(fee, expected, "{grams} grams");
    }
    // 20000 for a lamp: 3000 from 20000 on, and 1 for each full 30000 beyond it.
    lamps_ship(
        &db,
        "amount",
        "0",
        "NULL",
        r#"'[{"from":20000,"fee":3000,"every":30000,"more":1}]'"#,
    )
    .await;
    // 20000; 40000, that is 20000 / 30000 = 0; 60000, that is 40000 / 30000 = 1; 80000, that is 60000 / 30000 = 2.
    for (quantity, expected) in [(1, "3000"), (2, "3000"), (3, "3001"), (4, "3002")] {
        let fee = fee(&db, &mut conn, &[("lamp", quantity)], SEOUL).await;
        assert_eq!(fee, expected, "{quantity} lamps");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_a_step_asks_is_rounded_to_the_currency_before_it_is_added() {
    let (db, mut conn) = shop().await;
    // 999.49 is 999; 2500.5 is 2501, 99.5 is 100: three units are 2501 + 100, four 2501 + 200, and not 2500.5 + 199.
    lamps_ship(
        &db,
        "quantity",
        "999.49",
        "NULL",
        r#"'[{"from":2,"fee":2500.5,"every":1,"more":"99.5"}]'"#,
    )
    .await;
    for (quantity, expected) in [(1, "999"), (2, "2501"), (3, "2601"), (4, "2701")] {
        let fee = fee(&db, &mut conn, &[("lamp", quantity)], SEOUL).await;
        assert_eq!(fee, expected, "{quantity}");
    }
    // A cent is not rounded away: 4.99 below two mugs, 5.05 + 0.15 for each one more.
    db.exec(
        r#"UPDATE shop_delivery_policy SET type = 'quantity',
               steps = '[{"from":2,"fee":"5.05","every":1,"more":0.15}]' WHERE shop_id = 2"#,
    )
    .await;
    for (quantity, expected) in [(1, "4.99"), (2, "5.05"), (3, "5.20"), (4, "5.35")] {
        let fee = fee_in(&db, &mut conn, 2, &[("mug", quantity)], SEOUL).await;
        assert_eq!(fee, expected, "{quantity}");
    }
    // Two mugs are 39.98.
    for (from, expected) in [("39.98", "1.00"), ("39.99", "4.99")] {
        db.exec(&format!(
            r#"UPDATE shop_delivery_policy SET type = 'amount', steps = '[{{"from":{from},"fee":1}}]'
               WHERE shop_id = 2"#
        ))
        .await;
        let fee = fee_in(&db, &mut conn, 2, &[("mug", 2)], SEOUL).await;
        assert_eq!(fee, expected, "{from}");
    }
    db.assert_audit_clean().await;
}

/// Pens (1000, 100 grams) ship by weight: 2500, from 1000 grams on 3000, from 2000 grams on 5000. Inks (2000,
/// 400 grams) ship for 3500, free from 30000 on. Both go into one parcel.
#[tokio::test]
async fn each_policy_of_a_parcel_measures_all_that_is_in_it() {
    let (db, mut conn) = shop().await;
    db.exec(
        r#"UPDATE shop_products SET weight = IF(product_id = 'pen', 100, 400) WHERE product_id IN ('pen', 'ink');
           UPDATE shop_delivery_policy SET type = 'weight', base_cost = 2500,
               steps = '[{"from":1000,"fee":3000},{"from":2000,"fee":5000}]' WHERE shop_id = 1 AND id = 5;
           UPDATE shop_delivery_policy SET type = 'conditional', free_over = 30000 WHERE shop_id = 1 AND id = 6"#,
    )
    .await;
    assert_fees(
        &db,
        &mut conn,
        &[
            // 500 grams ask 2500; 3000 is below 30000 and asks 3500.
            (&[("pen", 1), ("ink", 1)], SEOUL, 3500),
            // 200 + 800 = 1000 grams ask 3000, 6000 asks 3500.
            (&[("pen", 2), ("ink", 2)], SEOUL, 3500),
            // 400 + 1600 = 2000 grams ask 5000, 12000 asks 3500.
            (&[("pen", 4), ("ink", 4)], SEOUL, 5000),
            // 300 + 1600 = 1900 grams ask 3000, 11000 asks 3500.
            (&[("pen", 3), ("ink", 4)], SEOUL, 3500),
            // 10000 + 20000 = 30000 asks nothing, 1000 + 4000 = 5000 grams ask 5000.
            (&[("pen", 10), ("ink", 10)], SEOUL, 5000),
            // Pens alone: 19 are 1900 grams, and what inks ask is not asked.
            (&[("pen", 19)], SEOUL, 3000),
            // Inks alone: 6000 grams, which their policy does not weigh; 30000 is free, 28000 is not.
            (&[("ink", 15)], SEOUL, 0),
            (&[("ink", 14)], SEOUL, 3500),
        ],
    )
    .await;
    // The pens' policy by units now, of all that is in the parcel: 2500, from 3 units on 4000.
    db.exec(
        r#"UPDATE shop_delivery_policy SET type = 'quantity', steps = '[{"from":3,"fee":4000}]'
           WHERE shop_id = 1 AND id = 5"#,
    )
    .await;
    assert_fees(
        &db,
        &mut conn,
        &[
            (&[("pen", 1), ("ink", 1)], SEOUL, 3500),
            (&[("pen", 1), ("ink", 2)], SEOUL, 4000),
        ],
    )
    .await;
    // And by its sum: 4000 from 5000 on. 1000 + 4000 is 5000, 2000 + 2000 is 4000 and asks the inks' 3500.
    db.exec(
        r#"UPDATE shop_delivery_policy SET type = 'amount', steps = '[{"from":5000,"fee":4000}]'
           WHERE shop_id = 1 AND id = 5"#,
    )
    .await;
    assert_fees(
        &db,
        &mut conn,
        &[
            (&[("pen", 1), ("ink", 2)], SEOUL, 4000),
            (&[("pen", 2), ("ink", 1)], SEOUL, 3500),
        ],
    )
    .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_nobody_weighed_weighs_nothing() {
    let (db, mut conn) = shop().await;
    // 2500 below 400 grams, 3000 from there on; an ink has 400, a pen is not weighed.
    db.exec(
        r#"UPDATE shop_products SET weight = 400 WHERE product_id = 'ink';
           UPDATE shop_delivery_policy SET type = 'weight', base_cost = 2500, steps = '[{"from":400,"fee":3000}]'
           WHERE shop_id = 1 AND id IN (5, 6)"#,
    )
    .await;
    assert_fees(
        &db,
        &mut conn,
        &[
            (&[("pen", 900)], SEOUL, 2500),
            (&[("pen", 900), ("ink", 1)], SEOUL, 3000),
        ],
    )
    .await;
    // 0 grams are a measure like another one: 1000 from 0 on.
    db.exec(
        r#"UPDATE shop_delivery_policy SET steps = '[{"from":400,"fee":3000},{"from":0,"fee":1000}]'
           WHERE shop_id = 1 AND id IN (5, 6)"#,
    )
    .await;
    assert_fees(
        &db,
        &mut conn,
        &[(&[("pen", 900)], SEOUL, 1000), (&[("ink", 1)], SEOUL, 3000)],
    )
    .await;
}

#[tokio::test]
async fn each_parcel_to_an_area_costs_the_surcharge_more_once() {
    let (db, mut conn) = shop().await;
    assert_fees(
        &db,
        &mut conn,
        &[
            // A free parcel: 0 + 3000. A lamp: 3000 + 3000.
            (&[("book", 1)], SEOUL, 0),
            (&[("book", 1)], "63000", 3000),
            (&[("lamp", 1)], SEOUL, 3000),
            (&[("lamp", 1)], "63000", 6000),
            // However many of them there are.
            (&[("lamp", 5)], "63000", 6000),
            // Two chairs are 54000 and ship free from 50000 on: 0 + 3000.
            (&[("chair", 2)], SEOUL, 0),
            (&[("chair", 2)], "63000", 3000),
            // Two parcels: 3000 + 3000, and 0 + 3000.
            (&[("lamp", 1), ("book", 1)], "63000", 9000),
            // One parcel of two policies: 3500 is more than 2500, and 3000 once.
            (&[("pen", 1), ("ink", 1)], SEOUL, 3500),
            (&[("pen", 1), ("ink", 1)], "63000", 6500),
        ],
    )
    .await;
    // Pens say that it costs the same, inks do not: a parcel with an ink in it costs more.
    db.exec("UPDATE shop_delivery_policy SET remote = 'same' WHERE shop_id = 1 AND id IN (2, 5)")
        .await;
    assert_fees(
        &db,
        &mut conn,
        &[
            (&[("lamp", 1)], "63000", 3000),
            (&[("pen", 1)], "63000", 2500),
            (&[("pen", 1), ("ink", 1)], "63000", 6500),
            // 3000, and 0 + 3000.
            (&[("lamp", 1), ("book", 1)], "63000", 6000),
        ],
    )
    .await;
    db.exec("UPDATE shop_delivery_policy SET remote = 'same' WHERE shop_id = 1 AND id = 6")
        .await;
    assert_fees(
        &db,
        &mut conn,
        &[(&[("pen", 1), ("ink", 1)], "63000", 3500)],
    )
    .await;
    // By steps: three lamps are 4000, and 3000 more.
    lamps_ship(&db, "quantity", "0", "NULL", r#"'[{"from":3,"fee":4000}]'"#).await;
    db.exec("UPDATE shop_delivery_policy SET remote = 'surcharge' WHERE shop_id = 1 AND id = 2")
        .await;
    assert_fees(
        &db,
        &mut conn,
        &[
            (&[("lamp", 3)], "63000", 7000),
            (&[("lamp", 2)], "63000", 3000),
        ],
    )
    .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_postal_code_is_in_a_range_of_its_own_length_whatever_stands_between_its_digits() {
    let (db, mut conn) = shop().await;
    // A book ships free: what is asked is the surcharge.
    for (code, expected) in [
        ("63000", 3000),
        ("63644", 3000),
        ("63321", 3000),
        ("58800", 3000),
        ("62999", 0),
        ("63645", 0),
        ("58799", 0),
        ("58801", 0),
        ("63-000", 3000),
        ("63 000", 3000),
        ("6-3 0-0 0", 3000),
        ("5-8800", 3000),
        ("62-999", 0),
        ("6300", 0),
        ("630001", 0),
        ("630-001", 0),
        ("063000", 0),
        ("6", 0),
    ] {
        assert_fees(&db, &mut conn, &[(&[("book", 1)], code, expected)]).await;
    }
    // Codes of six are another range; marks of the operator's do not count either.
    set_areas(
        &db,
        r#"[{"area_code":"x","area_name":"X","surcharge":"700","codes":["630-000 ~ 630-099"]},
            {"area_code":"y","area_name":"Y","surcharge":"90","codes":["63000~63000"]}]"#,
    )
    .await
    .unwrap();
    for (code, expected) in [
        ("630000", 700),
        ("630099", 700),
        ("630100", 0),
        ("63000", 90),
        ("63001", 0),
    ] {
        assert_fees(&db, &mut conn, &[(&[("book", 1)], code, expected)]).await;
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_not_delivered_to_an_area_is_said_in_the_quote_and_refused_in_the_order() {
    let (db, mut conn) = shop().await;
    db.exec("UPDATE shop_delivery_policy SET remote = 'refuse' WHERE shop_id = 1 AND id IN (2, 5)")
        .await;
    let ids = cart(&db, 1, &[("lamp", 1), ("book", 1), ("pen", 1), ("ink", 1)]).await;
    let (lamp, pen) = (ids[0], ids[2]);
    let order = OrderCall::new("T1", &ids);
    // To Seoul: 20000 + 10000 + 1000 + 2000 + 3000 + 0 + 3500.
    let quoted = quote_to(&mut conn, 1, &ids, [None, None, Some(SEOUL)])
        .await
        .unwrap();
    assert_eq!(quoted.first().str("undelivered_ids_json"), "[]");
    assert_eq!(quoted.first().str("total_payment"), "39500.00");
    // To Jeju: nothing more for the lamp, 3000 for the book, and 3000 for the parcel with an ink in it.
    for surcharge in [3000, 0] {
        set_areas(&db, &JEJU.replace("3000\"", &format!("{surcharge}\"")))
            .await
            .unwrap();
        let quoted = quote_to(&mut conn, 1, &ids, [None, None, Some("63000")])
            .await
            .unwrap();
        assert_eq!(
            quoted.first().str("undelivered_ids_json"),
            format!("[{lamp},{pen}]")
        );
        let total = format!("{}.00", 39500 + 2 * surcharge);
        assert_eq!(quoted.first().str("total_payment"), total);
        // By a typed receiver, and by a stored address.
        db.exec("UPDATE shop_shipping_address SET post_code = '63-644' WHERE seq_no = 101")
            .await;
        let typed = receiver("63000");
        let by_address = order.clone().client_total(&total);
        let by_receiver = by_address.clone().address(None).receiver(Some(&typed));
        for order in [by_address, by_receiver] {
            let error = order_refused(&db, &mut conn, &order, "AREA_NOT_SERVED", "post_code").await;
            assert_eq!(error.errno, 2131);
            assert_eq!(error.row().str("detail"), format!("[{lamp},{pen}]"));
        }
    }
    // What is left of the cart is delivered: 10000 + 2000 + 3500.
    let rest = OrderCall::new("T2", &[ids[1], ids[3]]).client_total("15500");
    rest.call(&mut conn).await.unwrap();
    // And the others go where nothing is special: 20000 + 3000 + 1000 + 2500.
    let elsewhere = OrderCall::new("T1", &[lamp, pen])
        .address(None)
        .receiver(Some(&receiver(SEOUL)))
        .client_total("26500");
    elsewhere.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_quote_says_whether_it_knows_where_the_order_goes() {
    let (db, mut conn) = shop().await;
    let ids = cart(&db, 1, &[("lamp", 1)]).await;
    let says = |quoted: &Sets| {
        let row = quoted.first();
        let area = row.opt("area_name").unwrap_or_default();
        let parcel = &row.json("parcels_json")[0];
        let of_parcel = ["fee", "surcharge"].map(|name| parcel[name].as_str().unwrap().to_owned());
        let fee = row.str("shipping_fee");
        assert_eq!(of_parcel[0], fee, "there is one parcel");
        (area, row.int("fee_final"), fee, of_parcel[1].clone())
    };
    let known = |area: &str, fee: &str, surcharge: &str| {
        (area.to_owned(), 1, fee.to_owned(), surcharge.to_owned())
    };
    let seoul = known("", "3000.00", "0.00");
    let jeju = known("제주", "6000.00", "3000.00");
    let typed = receiver("63 644");
    db.exec(
        "INSERT INTO shop_shipping_address (seq_no, shop_id, user_id, receiver_name, receiver_phone, post_code,
             address, is_default, update_date)
         VALUES (150, 1, 'u1', 'Second', '010', '63000', 'B', 0, UTC_TIMESTAMP(6))",
    )
    .await;
    let cases = [
        // The default address of u1 is in 01010.
        ([None, None, None], &seoul),
        ([Some("101"), None, None], &seoul),
        ([Some("150"), None, None], &jeju),
        ([None, Some(typed.as_str()), None], &jeju),
        ([None, None, Some("58-800")], &jeju),
        ([None, None, Some(SEOUL)], &seoul),
    ];
    for (to, expected) in &cases {
        let quoted = quote_to(&mut conn, 1, &ids, *to).await.unwrap();
        assert_eq!(says(&quoted), **expected, "{to:?}");
    }
    // One of the three at most.
    let code = Some(SEOUL);
    let (address, typed) = (Some("101"), Some(typed.as_str()));
    for to in [
        [address, typed, None],
        [address, None, code],
        [None, typed, code],
        [address, typed, code],
    ] {
        let error = quote_to(&mut conn, 1, &ids, to).await.unwrap_err();
        error.expect_code("INVALID_INPUT");
    }
    // The default address is another one now; and there is none.
    db.exec(
        "UPDATE shop_shipping_address SET is_default = (seq_no = 150) WHERE seq_no IN (101, 150)",
    )
    .await;
    let nowhere = [None; 3];
    let quoted = quote_to(&mut conn, 1, &ids, nowhere).await.unwrap();
    assert_eq!(says(&quoted), jeju);
    db.exec("UPDATE shop_shipping_address SET is_default = 0")
        .await;
    let quoted = quote_to(&mut conn, 1, &ids, nowhere).await.unwrap();
    let (area, fee_final, fee, _) = says(&quoted);
    assert_eq!((area.as_str(), fee_final, fee.as_str()), ("", 0, "3000.00"));
    // Where no place costs more, the fee is final without an address.
    set_areas(&db, "[]").await.unwrap();
    let quoted = quote_to(&mut conn, 1, &ids, nowhere).await.unwrap();
    assert_eq!(says(&quoted), seoul);
}

/// Refused at what was quoted, with the fee of now beside it; and charged at the total of now.
async fn assert_told(conn: &mut Conn, order: &OrderCall, before: &str, fee: &str, total: &str) {
    let error = order
        .clone()
        .client_total(before)
        .call(conn)
        .await
        .unwrap_err();
    error.expect_code("PRICE_CHANGED");
    assert_eq!(error.errno, 2101);
    let quote = &error.sets.set(1).rows[0];
    assert_eq!(quote.str("shipping_fee"), fee);
    assert_eq!(quote.str("total_payment"), total);
    let done = order.clone().client_total(total).call(conn).await.unwrap();
    assert_eq!(done.first().str("total_payment"), total);
}

#[tokio::test]
async fn an_address_or_a_surcharge_that_changes_after_the_quote_is_told_before_the_order() {
    let (db, mut conn) = shop().await;
    // A lamp to 01010: 20000 + 3000.
    let ids = cart(&db, 1, &[("lamp", 1)]).await;
    let quoted = quote_to(&mut conn, 1, &ids, [None; 3]).await.unwrap();
    assert_eq!(quoted.first().str("total_payment"), "23000.00");
    // The buyer has moved to Jeju: 3000 + 3000.
    db.exec("UPDATE shop_shipping_address SET post_code = '63100' WHERE seq_no = 101")
        .await;
    let order = OrderCall::new("T1", &ids);
    assert_told(&mut conn, &order, "23000", "6000.00", "26000.00").await;
    // Quoted for Jeju, ordered to a receiver in Seoul.
    let ids = cart(&db, 1, &[("lamp", 1)]).await;
    let order = OrderCall::new("T2", &ids).address(None);
    let order = order.receiver(Some(&receiver(SEOUL)));
    assert_told(&mut conn, &order, "26000", "3000.00", "23000.00").await;
    // Quoted for Jeju at 3000, which costs 3500 since: 3000 + 3500.
    let ids = cart(&db, 1, &[("lamp", 1)]).await;
    let quoted = quote_to(&mut conn, 1, &ids, [None; 3]).await.unwrap();
    assert_eq!(quoted.first().str("total_payment"), "26000.00");
    set_areas(&db, &JEJU.replace("\"3000\"", "\"3500\""))
        .await
        .unwrap();
    let order = OrderCall::new("T3", &ids);
    assert_told(&mut conn, &order, "26000", "6500.00", "26500.00").await;
    // Quoted while Jeju was special, ordered when it is not.
    let ids = cart(&db, 1, &[("lamp", 1)]).await;
    set_areas(&db, "[]").await.unwrap();
    let order = OrderCall::new("T4", &ids);
    assert_told(&mut conn, &order, "26500", "3000.00", "23000.00").await;
    let kept = "SELECT GROUP_CONCAT(CONCAT(o.order_number, ' ', COALESCE(r.surcharge, 'none')) ORDER BY order_number)
                FROM shop_orders o LEFT JOIN shop_area_rules r ON r.area_rule_id = o.area_rule_id";
    assert_eq!(db.text(kept).await, "T1 3000.00,T2 none,T3 3500.00,T4 none");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_keeps_the_area_and_the_steps_it_was_charged_by() {
    let (db, mut conn) = shop().await;
    lamps_ship(
        &db,
        "quantity",
        "0",
        "NULL",
        r#"'[{"from":1,"fee":3000,"every":1,"more":100}]'"#,
    )
    .await;
    let ids = cart(&db, 1, &[("lamp", 3)]).await;
    // 60000 + 3000 + 2 * 100 + 3000.
    let order = OrderCall::new("T1", &ids)
        .address(None)
        .receiver(Some(&receiver("63000")))
        .client_total("66200");
    order.call(&mut conn).await.unwrap();
    let orders = "SELECT CONCAT_WS(' ', o.area_rule_id, r.area_code, r.area_name, r.surcharge, o.shipping_fee, l.rules)
                  FROM shop_orders o JOIN shop_area_rules r ON r.area_rule_id = o.area_rule_id
                  JOIN (SELECT order_seq_no, GROUP_CONCAT(rule_id) AS rules FROM shop_order_product GROUP BY 1) l
                      ON l.order_seq_no = o.seq_no";
    let before = db.text(orders).await;
    assert!(before.contains(" jeju 제주 3000.00 6200.00"), "{before}");
    let steps = "SELECT COUNT(*) FROM shop_delivery_steps";
    assert_eq!(db.int(steps).await, 1);
    let changed = JEJU.replace("\"3000\"", "\"9000\"").replace("제주", "Jeju");
    set_areas(&db, &changed).await.unwrap();
    lamps_ship(
        &db,
        "quantity",
        "0",
        "NULL",
        r#"'[{"from":1,"fee":1,"every":2,"more":5},{"from":9,"fee":2}]'"#,
    )
    .await;
    lamps_ship(&db, "fixed", "7", "NULL", "NULL").await;
    set_areas(&db, "[]").await.unwrap();
    assert_eq!(db.text(orders).await, before);
    assert_eq!(db.int(steps).await, 3, "of every rule that there was");
    let broken = "SELECT COUNT(*) FROM v_order_seals WHERE NOT seal <=> seal_now";
    assert_eq!(db.int(broken).await, 0);
    db.assert_audit_clean().await;
    // Sealed with the rest: another rule is another seal.
    db.without_triggers().await;
    db.exec("UPDATE shop_orders SET area_rule_id = NULL").await;
    assert_eq!(db.int(broken).await, 1);
}

#[tokio::test]
async fn the_rows_of_steps_and_of_areas_stay_as_they_are() {
    let (db, _) = shop().await;
    let mut admin = db.conn().await;
    lamps_ship(&db, "weight", "0", "NULL", r#"'[{"from":1,"fee":3000}]'"#).await;
    let before = db.snapshot().await;
    for (table, column) in [
        ("shop_delivery_steps", "fee"),
        ("shop_area_rules", "surcharge"),
    ] {
        for sql in [
            format!("UPDATE {table} SET {column} = {column} + 1"),
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
        ] {
            let error = query(&mut admin, &sql).await.unwrap_err();
            assert_eq!((error.errno, error.code()), (2140, "ROW_IS_KEPT"), "{sql}");
        }
    }
    assert_eq!(db.snapshot().await, before);
}

#[tokio::test]
async fn steps_that_say_nothing_are_refused_and_change_nothing() {
    let (db, _) = shop().await;
    let mut admin = db.conn().await;
    lamps_ship(
        &db,
        "weight",
        "2500",
        "NULL",
        r#"'[{"from":1000,"fee":3000}]'"#,
    )
    .await;
    let before = db.snapshot().await;
    for steps in [
        "",
        "x",
        "[{\"\tfrom\":1,\"fee\":1}]",
        "null",
        "7",
        r#""[]""#,
        r#"{"from":1,"fee":1}"#,
        "[]",
        "[[]]",
        "[1]",
        "[null]",
        "[{}]",
        r#"[{"from":1}]"#,
        r#"[{"fee":1}]"#,
        r#"[{"from":1,"fee":1},{}]"#,
        r#"[{"from":1,"fee":1,"to":2}]"#,
        r#"[{"from":1,"fee":1,"From":1}]"#,
        r#"[{"from":1,"fee":1,"every":5}]"#,
        r#"[{"from":1,"fee":1,"more":5}]"#,
        r#"[{"from":1,"fee":1,"every":0,"more":5}]"#,
        r#"[{"from":1,"fee":1,"every":-1,"more":5}]"#,
        r#"[{"from":1,"fee":1,"every":1,"more":-5}]"#,
        r#"[{"from":-1,"fee":1}]"#,
        r#"[{"from":1,"fee":-1}]"#,
        r#"[{"from":1,"fee":1},{"from":1,"fee":2}]"#,
        r#"[{"from":1,"fee":1},{"from":"1.00","fee":2}]"#,
        r#"[{"from":"a","fee":1}]"#,
        r#"[{"from":1,"fee":"1x"}]"#,
        r#"[{"from":1,"fee":""}]"#,
        r#"[{"from":1,"fee":null}]"#,
        r#"[{"from":true,"fee":1}]"#,
        r#"[{"from":1,"fee":true}]"#,
        r#"[{"from":1,"fee":1,"every":true,"more":1}]"#,
        r#"[{"from":1,"fee":1,"every":null,"more":null}]"#,
        r#"[{"from":1,"fee":[1]}]"#,
        r#"[{"from":1,"fee":{"a":1}}]"#,
        r#"[{"from":1,"fee":1,"every":"x","more":1}]"#,
        r#"[{"from":1,"fee":99999999999999999999999}]"#,
        r#"[{"from":1,"fee":1}] x"#,
    ] {
        for sql in [
            format!(
                "UPDATE shop_delivery_policy SET steps = '{steps}' WHERE shop_id = 1 AND id = 2"
            ),
            format!(
                "UPDATE shop_delivery_policy SET type = 'amount', steps = '{steps}', remote = 'same'
                 WHERE shop_id = 1 AND id = 1"
            ),
            format!(
                "INSERT INTO shop_delivery_policy (shop_id, id, policy_name, type, base_cost, steps)
                 VALUES (1, 9, 'by units', 'quantity', 1, '{steps}')"
            ),
        ] {
            match query(&mut admin, &sql).await {
                Ok(_) => panic!("not refused: {sql}"),
                Err(error) => assert_eq!(error.code(), "INVALID_INPUT", "{sql}: {error}"),
            }
        }
    }
    // Steps and the types that have them, and words that are none.
    for sql in [
        "UPDATE shop_delivery_policy SET steps = NULL WHERE shop_id = 1 AND id = 2",
        "UPDATE shop_delivery_policy SET type = 'fixed' WHERE shop_id = 1 AND id = 2",
        r#"UPDATE shop_delivery_policy SET steps = '[{"from":1,"fee":1}]' WHERE shop_id = 1 AND id = 3"#,
        "UPDATE shop_delivery_policy SET type = 'quantity' WHERE shop_id = 1 AND id = 3",
        "UPDATE shop_delivery_policy SET remote = 'never' WHERE shop_id = 1 AND id = 3",
        "UPDATE shop_delivery_policy SET remote = '' WHERE shop_id = 1 AND id = 3",
    ] {
        assert!(query(&mut admin, sql).await.is_err(), "{sql}");
    }
    assert_eq!(db.snapshot().await, before);
}

/// `area rule surcharge name codes` of every area in the shop, by its rows.
async fn areas(db: &TestDb) -> Vec<String> {
    let sql = "SELECT CONCAT_WS(' ', a.area_code, a.area_rule_id, a.surcharge, a.area_name, GROUP_CONCAT(CONCAT(
                   c.from_code, IF(c.from_code = c.to_code, '', CONCAT('~', c.to_code))) ORDER BY c.from_code)) AS a
               FROM shop_delivery_areas a
               LEFT JOIN shop_area_codes c ON c.shop_id = a.shop_id AND c.area_code = a.area_code
               WHERE a.shop_id = 1 GROUP BY a.area_code, a.area_rule_id, a.surcharge, a.area_name ORDER BY a.area_code";
    let rows = db.rows(sql).await;
    rows.iter().map(|row| row.str("a")).collect()
}

#[tokio::test]
async fn what_the_operator_says_of_areas_replaces_what_was_said() {
    let (db, _) = shop().await;
    let rule = db
        .text("SELECT area_rule_id FROM shop_delivery_areas")
        .await;
    let rule: u64 = rule.parse().unwrap();
    assert_eq!(
        areas(&db).await,
        [format!("jeju {rule} 3000.00 제주 58800,63000~63644")]
    );
    let counts = |sets: &Sets| {
        let row = sets.first();
        assert_eq!(row.str("result"), "OK");
        ["areas", "codes", "changes"].map(|name| row.int(name))
    };
    // The same again: no new rule.
    let answer = set_areas(&db, JEJU).await.unwrap();
    assert_eq!(counts(&answer), [1, 2, 0]);
    assert_eq!(answer.set(1).column("area_code"), ["jeju"]);
    assert_eq!(answer.set(1).column("surcharge"), ["3000.00"]);
    assert_eq!(
        areas(&db).await,
        [format!("jeju {rule} 3000.00 제주 58800,63000~63644")]
    );
    // Another range and another area: Jeju costs what it did, by its old rule.
    let two = r#"[{"area_code":"ulleung","area_name":"Ulleung","surcharge":"5000","codes":["40200~40240"]},
                  {"area_code":"jeju","area_name":"제주","surcharge":3000,"codes":["63000~63600","63-601~63 644"]}]"#;
    let answer = set_areas(&db, two).await.unwrap();
    assert_eq!(counts(&answer)[..2], [2, 3]);
    assert_eq!(answer.set(1).column("area_code"), ["jeju", "ulleung"]);
    let jeju = format!("jeju {rule} 3000.00 제주 63000~63600,63601~63644");
    let now = areas(&db).await;
    assert_eq!(now[0], jeju);
    assert!(now[1].ends_with(" 5000.00 Ulleung 40200~40240"), "{now:?}");
    // Ulleung costs more: a rule of its own, and Jeju keeps its.
    let answer = set_areas(&db, &two.replace("5000", "6000")).await.unwrap();
    assert_eq!(counts(&answer), [2, 3, 1]);
    let then = areas(&db).await;
    assert_eq!(then[0], jeju);
    assert_ne!(then[1], now[1]);
    assert!(
        then[1].ends_with(" 6000.00 Ulleung 40200~40240"),
        "{then:?}"
    );
    assert_eq!(db.count("shop_area_rules").await, 3);
    // Without Jeju; and nothing at all. Other shops' areas stay.
    let mut operator = db.conn_as_operator().await;
    let of_another = JEJU.replace("\"3000\"", "\"0.05\"");
    let answer = call(&mut operator, "update_adm_delivery_areas", (2, of_another)).await;
    assert_eq!(counts(&answer.unwrap()), [1, 2, 1]);
    let ulleung = r#"[{"area_code":"ulleung","area_name":"Ulleung","surcharge":"6000","codes":["40200~40240"]}]"#;
    let answer = set_areas(&db, ulleung).await.unwrap();
    assert_eq!(counts(&answer), [1, 1, 1]);
    assert_eq!(areas(&db).await, then[1..]);
    let answer = set_areas(&db, "[]").await.unwrap();
    assert_eq!(counts(&answer), [0, 0, 1]);
    assert!(answer.set(1).rows.is_empty());
    assert!(areas(&db).await.is_empty());
    let left = "SELECT GROUP_CONCAT(DISTINCT shop_id) FROM shop_area_codes";
    assert_eq!(db.text(left).await, "2");
    assert_eq!(db.count("shop_delivery_areas").await, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn areas_that_contradict_themselves_are_refused_and_change_nothing() {
    let (db, _) = shop().await;
    let before = db.snapshot().await;
    let one = |codes: &str| {
        format!(r#"[{{"area_code":"a","area_name":"A","surcharge":"1","codes":[{codes}]}}]"#)
    };
    let two = |first: &str, second: &str| {
        format!(
            r#"[{{"area_code":"a","area_name":"A","surcharge":"1","codes":[{first}]}},
                {{"area_code":"b","area_name":"B","surcharge":"1","codes":[{second}]}}]"#
        )
    };
    let of_codes = [
        // Overlapping, in one area and in two; one in another; touching at one code; twice.
        one(r#""100~200","150~250""#),
        two(r#""100~200""#, r#""150~250""#),
        two(r#""100~200""#, r#""150""#),
        two(r#""150~160""#, r#""100~200""#),
        two(r#""100~200""#, r#""200~300""#),
        one(r#""100","100""#),
        one(r#""100","1-00""#),
        two(r#""100""#, r#""100""#),
        // Reversed; ends of different length; no end; three; nothing; no text; too long.
        one(r#""200~100""#),
        one(r#""99~100""#),
        one(r#""100~99""#),
        one(r#""100~""#),
        one(r#""~100""#),
        one(r#""~""#),
        one(r#""100~110~120""#),
        one(r#""""#),
        one(r#"" - ""#),
        one("[]"),
        one("{}"),
        one("null"),
        one(r#""12345678901""#),
        one("true"),
        one(&format!("\"63000{}1\"", " ".repeat(80))),
    ];
    let area = |members: &str| format!(r#"[{{{members}}}]"#);
    let good = r#""area_code":"a","area_name":"A","surcharge":"1","codes":["1"]"#;
    let with = |from: &str, to: &str| area(&good.replace(from, to));
    let of_areas = [
        String::new(),
        "x".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        "7".to_owned(),
        "[7]".to_owned(),
        "[[]]".to_owned(),
        "[{}]".to_owned(),
        area(&format!(r#"{good},"more":1"#)),
        with(r#""area_code":"a","#, ""),
        with(r#""area_name":"A","#, ""),
        with(r#""area_name":"A""#, "\"area_name\":\"A\tB\""),
        with(r#""area_name":"A""#, r#""area_name":"A\nB""#),
        with(
            r#""area_name":"A""#,
            &format!(r#""area_name":"A{}B""#, " ".repeat(300)),
        ),
        with(r#""surcharge":"1","#, ""),
        with(r#""area_code":"a""#, r#""area_code":"""#),
        with(r#""area_code":"a""#, r#""area_code":"a b""#),
        with(
            r#""area_code":"a""#,
            r#""area_code":"123456789012345678901""#,
        ),
        with(r#""area_name":"A""#, r#""area_name":"""#),
        // More digits than a won has, below nothing, no number, none.
        with(r#""surcharge":"1""#, r#""surcharge":"0.5""#),
        with(r#""surcharge":"1""#, r#""surcharge":"-1""#),
        with(r#""surcharge":"1""#, r#""surcharge":"x""#),
        with(r#""surcharge":"1""#, r#""surcharge":"""#),
        with(r#""surcharge":"1""#, r#""surcharge":null"#),
        with(r#""surcharge":"1""#, r#""surcharge":[1]"#),
        // One code of area for two.
        two("\"1\"", "\"2\"").replace("\"b\"", "\"a\""),
    ];
    let no_array = [
        with(r#","codes":["1"]"#, ""),
        with(r#"["1"]"#, "\"1\""),
        with(r#"["1"]"#, "null"),
    ];
    let mut wrong = Vec::new();
    for (bad, fields) in [
        (&of_codes[..], &["areas.codes"][..]),
        (&of_areas[..], &["areas"][..]),
        (&no_array[..], &["areas", "areas.codes"][..]),
    ] {
        for areas in bad {
            match set_areas(&db, areas).await {
                Ok(_) => {
                    wrong.push(format!("not refused: {areas}"));
                    set_areas(&db, JEJU).await.unwrap();
                }
                Err(error) => {
                    let said = error
                        .sets
                        .0
                        .first()
                        .map(|set| set.column("field").join(" "));
                    let is_named = fields.contains(&said.as_deref().unwrap_or_default());
                    if error.code() != "INVALID_INPUT" || !is_named {
                        wrong.push(format!("{said:?}, {error}: {areas}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut operator = db.conn_as_operator().await;
    for shop in [3, 0] {
        let answer = call(&mut operator, "update_adm_delivery_areas", (shop, JEJU)).await;
        answer.unwrap_err().expect_code("SHOP_NOT_FOUND");
    }
    // More digits than a cent, in the shop of dollars.
    let answer = call(
        &mut operator,
        "update_adm_delivery_areas",
        (2, JEJU.replace("\"3000\"", "\"0.005\"")),
    );
    answer.await.unwrap_err().expect_code("INVALID_INPUT");
    assert_eq!(db.snapshot().await, before);
}

/// By hands that know how to get past the triggers: TRUNCATE fires none.
#[tokio::test]
async fn the_audit_finds_steps_that_are_gone_and_an_area_that_an_order_does_not_go_to() {
    let (db, mut conn) = shop().await;
    let steps = r#"[{"from":"5000","fee":"4000"}]"#;
    db.exec(&format!(
        "UPDATE shop_delivery_policy SET type = 'weight', steps = '{steps}' WHERE shop_id = 1 AND id = 1"
    ))
    .await;
    let ids = cart(&db, 1, &[("lamp", 1)]).await;
    let order = OrderCall::new("T1", &ids).client_total("23000");
    order.call(&mut conn).await.unwrap();
    db.assert_audit_clean().await;
    db.exec("TRUNCATE shop_delivery_steps; UPDATE shop_orders SET area_rule_id = 999")
        .await;
    let found = call(&mut db.conn().await, "shop_audit", ()).await.unwrap();
    let found: Vec<String> = found
        .set(1)
        .rows
        .iter()
        .map(|row| row.str("detail"))
        .collect();
    for fault in [
        "has not the steps that it says",
        "names the area rule of something else",
    ] {
        assert!(found.iter().any(|detail| detail == fault), "{found:?}");
    }
    assert_eq!(found.len(), 3, "and the seal: {found:?}");
}
