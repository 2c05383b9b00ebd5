//! Bad input for the routines that read, restore and expire.

use super::spoiled::{BAD_WON, Spoiled, bad_ids, deep_json};
use super::*;

#[tokio::test]
async fn a_quote_names_the_field_that_is_wrong() {
    let db = shops().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    assert_eq!(cart_id, 1, "bad_ids() counts on it");
    let quote = Spoiled {
        db: &db,
        procedure: "shop_order_quote",
        good: vec![
            1.into(),
            "u1".into(),
            "[1]".into(),
            "101".into(),
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
            Value::NULL,
        ],
    };
    let mut conn = db.conn_as_gateway().await;
    call(
        &mut conn,
        quote.procedure,
        Params::Positional(quote.good.clone()),
    )
    .await
    .unwrap();

    let shops = [Value::NULL, 0.into(), 3.into(), u32::MAX.into()];
    quote.refuses_values(0, "SHOP_NOT_FOUND", "", &shops).await;
    quote
        .refused_by_the_engine(0, &[(-1).into(), (1_u64 << 32).into(), "one".into()])
        .await;
    quote
        .refuses_values(1, "INVALID_INPUT", "X-User-Id", &[Value::NULL])
        .await;
    let long = "u".repeat(64);
    let users = ["", "u1\n", "u\t1", "u\u{0}1", long.as_str()];
    quote.refuses(1, "INVALID_INPUT", "X-User-Id", &users).await;
    let strangers = ["' OR '1'='1", "u1'; --", "U1", "%", "😀", "1e3", "\u{661}"];
    quote
        .refuses(1, "CART_NOT_FOUND", "selected_cart_ids", &strangers)
        .await;
    quote
        .refuses_values(2, "INVALID_INPUT", "selected_cart_ids", &[Value::NULL])
        .await;
    let ids = bad_ids();
    let ids: Vec<&str> = ids
        .iter()
        .map(String::as_str)
        .chain(["", "[]", "[ ]"])
        .collect();
    quote
        .refuses(2, "INVALID_INPUT", "selected_cart_ids", &ids)
        .await;
    let addresses = [
        "0",
        "-1",
        "+101",
        "101.0",
        "1e2",
        "0101",
        "0x65",
        " 101",
        "101 ",
        "101\n",
        "1000000000000000000",
        "abc",
        "\u{661}",
        "😀",
        "101 OR 1=1",
        "[101]",
    ];
    quote
        .refuses(3, "INVALID_INPUT", "address_id", &addresses)
        .await;
    let coupons = bad_ids();
    let coupons: Vec<&str> = coupons.iter().map(String::as_str).collect();
    quote
        .refuses(4, "INVALID_INPUT", "coupon_ids", &coupons)
        .await;
    quote
        .refuses(5, "INVALID_INPUT", "point_to_use", &BAD_WON[..3])
        .await;
    quote.refuses_what_is_no_text(&[1, 3, 5]).await;
}

#[tokio::test]
async fn json_that_is_nested_too_deeply_is_the_callers_mistake() {
    let db = shops().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = OrderCall::new("T1", &[1]).client_total("10000").params();
    let Params::Positional(good) = good else {
        unreachable!()
    };
    let order = Spoiled {
        db: &db,
        procedure: "shop_order_insert",
        good,
    };
    for depth in [33, 101, 5_000] {
        let deep = [
            Value::from(deep_json(depth)),
            Value::from(format!("[1,{}]", deep_json(depth))),
            Value::from(format!("{{\"a\":{}}}", deep_json(depth))),
        ];
        // Said by us and not by the engine, of which one has an error of its own for it and the other none.
        for (number, field) in [(3, "selected_cart_ids"), (6, "coupon_ids")] {
            let refused = order.refuses_values(number, "INVALID_INPUT", field, &deep);
            refused.await;
        }
        if depth == 33 {
            continue; // good JSON on MySQL, and without a name
        }
        let mut no_address = order.good.clone();
        no_address[4] = Value::NULL;
        let typed = Spoiled {
            db: &db,
            procedure: "shop_order_insert",
            good: no_address,
        };
        let refused = typed.refuses_values(5, "INVALID_INPUT", "receiver", &deep);
        refused.await;
        let message = Spoiled {
            db: &db,
            procedure: "shop_order_update",
            good: vec!["wallet".into(), "M1".into(), "notify".into(), "{}".into()],
        };
        let refused = message.refuses_values(3, "INVALID_INPUT", "fields", &deep[..1]);
        refused.await;
    }
}

#[tokio::test]
async fn a_name_that_is_none_finds_no_order() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T1").await;
    let long = "1".repeat(65_000);
    let names = [
        "",
        "T1\n",
        "T1\u{0}",
        "T_",
        "T%",
        "%",
        "t1",
        "T2",
        "1e0",
        "-1",
        "0",
        "+1",
        "1.0",
        "01",
        "0x1",
        "\u{661}",
        "😀",
        "T1' OR '1'='1",
        "'; DROP TABLE shop_orders; --",
        "\\",
        "[]",
        "{}",
        "null",
        &long,
        "99999999999999999999",
        "00000000-0000-0000-0000-000000000000",
        "0000000000000000000000000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "{00000000-0000-0000-0000-000000000000}",
        "zzzzzzzz-0000-0000-0000-000000000000",
    ];
    let select = Spoiled {
        db: &db,
        procedure: "shop_order_select",
        good: vec![1.into(), "u1".into(), "T1".into()],
    };
    select
        .refuses(2, "ORDER_NOT_FOUND", "order_key", &names)
        .await;
    select
        .refuses_values(2, "ORDER_NOT_FOUND", "order_key", &[Value::NULL])
        .await;
    let strangers = [
        "",
        "u2",
        "U1",
        "u1\n",
        "' OR '1'='1",
        "%",
        "😀",
        "123456789012345678901",
    ];
    select
        .refuses(1, "ORDER_NOT_FOUND", "order_key", &strangers)
        .await;
    select
        .refuses_values(
            0,
            "ORDER_NOT_FOUND",
            "order_key",
            &[Value::NULL, 0.into(), 2.into()],
        )
        .await;
    select
        .refused_by_the_engine(0, &[(-1).into(), (1_u64 << 32).into()])
        .await;
    select.refuses_what_is_no_text(&[1, 2]).await;

    let restore = Spoiled {
        db: &db,
        procedure: "shop_order_restore_cart",
        ..select
    };
    restore
        .refuses(2, "ORDER_NOT_FOUND", "order_key", &names)
        .await;
    restore
        .refuses_values(2, "ORDER_NOT_FOUND", "order_key", &[Value::NULL])
        .await;
    let long = "u".repeat(64);
    let users = ["", "u1\n", "u\t1", "u\u{0}1", long.as_str()];
    restore
        .refuses(1, "INVALID_INPUT", "X-User-Id", &users)
        .await;
    restore
        .refuses_values(1, "INVALID_INPUT", "X-User-Id", &[Value::NULL])
        .await;
    restore
        .refuses_values(0, "SHOP_NOT_FOUND", "", &[Value::NULL, 0.into(), 3.into()])
        .await;
    restore
        .refused_by_the_engine(0, &[(-1).into(), (1_u64 << 32).into()])
        .await;
    restore.refuses_what_is_no_text(&[1, 2]).await;

    let expire = Spoiled {
        db: &db,
        procedure: "shop_order_expire",
        good: vec![1.into()],
    };
    expire
        .refuses_values(
            0,
            "INVALID_INPUT",
            "batch_size",
            &[0.into(), 10_001.into(), u32::MAX.into()],
        )
        .await;
    expire
        .refused_by_the_engine(0, &[(-1).into(), (1_u64 << 32).into(), "many".into()])
        .await;
    assert_eq!(status(&db, "T1").await, 1);
}
