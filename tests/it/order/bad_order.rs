//! Bad input for `shop_order_insert`: the field is named, and nothing is left.

use super::spoiled::{BAD_WON, bad_ids, good_order, spoiled, succeeds};
use super::*;

#[tokio::test]
async fn who_orders_where_and_under_which_number() {
    let db = shops().await;
    let order = good_order(&db).await;
    let shops = [Value::NULL, 0.into(), 3.into(), u32::MAX.into()];
    order.refuses_values(0, "SHOP_NOT_FOUND", "", &shops).await;
    order
        .refused_by_the_engine(0, &[(-1).into(), (1_u64 << 32).into(), "one".into()])
        .await;

    order
        .refuses_values(1, "INVALID_INPUT", "X-User-Id", &[Value::NULL])
        .await;
    let users = [
        "",
        "u1\n",
        "u1\r",
        "\tu1",
        "u\u{0}1",
        "u\u{7f}",
        &"u".repeat(64),
    ];
    order.refuses(1, "INVALID_INPUT", "X-User-Id", &users).await;

    order
        .refuses_values(2, "INVALID_INPUT", "mTrdNo", &[Value::NULL])
        .await;
    let long = "T".repeat(65);
    let numbers = [
        "",
        " ",
        "T 1",
        " T1",
        "T1 ",
        "T1\n",
        "T1\r\n",
        "\nT1",
        "T\u{0}1",
        "T1\u{0}",
        "T\t1",
        "T;1",
        "T'1",
        "T\"1",
        "T\\1",
        "T%1",
        "T/1",
        "../T1",
        "T+1",
        "T,1",
        "T:1",
        "T#1",
        "T&1",
        "T=1",
        "T?1",
        "<T1>",
        "T{1}",
        "T|1",
        "T`1",
        "T~1",
        "T!1",
        "주문1",
        "😀",
        "T\u{ff11}",
        "T\u{661}",
        "Té",
        "'; DROP TABLE shop_orders; --",
        "1' OR '1'='1",
        &long,
    ];
    order.refuses(2, "INVALID_INPUT", "mTrdNo", &numbers).await;
    order.refuses_what_is_no_text(&[1, 2]).await;

    // A name nobody has is refused for its cart; only its empty cart header stays.
    let mut conn = db.conn_as_gateway().await;
    for user in [
        "' OR '1'='1",
        "u1'; --",
        "U1",
        "%",
        "_1",
        "😀😀😀",
        "1e3",
        "\u{661}",
        "12345678901234567890",
    ] {
        let mut params = order.good.clone();
        params[1] = user.into();
        params[4] = Value::NULL;
        params[5] = RECEIVER.into();
        let error = call(&mut conn, order.procedure, Params::Positional(params))
            .await
            .unwrap_err();
        error.expect_code("CART_NOT_FOUND");
    }
    assert_eq!(db.count("shop_orders").await, 0);
    assert_eq!(db.count("shop_cart").await, 1);
    succeeds(&order).await;
}

#[tokio::test]
async fn what_is_ordered() {
    let db = shops().await;
    let order = good_order(&db).await;
    order
        .refuses_values(3, "INVALID_INPUT", "selected_cart_ids", &[Value::NULL])
        .await;
    let ids = bad_ids();
    let ids: Vec<&str> = ids
        .iter()
        .map(String::as_str)
        .chain(["", "[]", "[ ]"])
        .collect();
    order
        .refuses(3, "INVALID_INPUT", "selected_cart_ids", &ids)
        .await;
    order
        .refused_by_the_engine(3, &[Value::from(vec![b'[', b'1', b']', 0xff])])
        .await;
    let unknown = [
        "[2]",
        "[1,2]",
        "[999999999999999999]",
        "[{\"id\":2},{\"id\":1}]",
    ];
    order
        .refuses(3, "CART_NOT_FOUND", "selected_cart_ids", &unknown)
        .await;
    succeeds(&order).await;
}

#[tokio::test]
async fn what_the_buyer_saw_and_wants_to_use() {
    let db = shops().await;
    wallet_of_shop_2(&db).await;
    let order = good_order(&db).await;
    // 10000.000 has more decimals than any currency; 10000.00 is how we print it ourselves.
    order
        .refuses_values(9, "INVALID_INPUT", "trdAmt", &[Value::NULL])
        .await;
    order.refuses(9, "INVALID_INPUT", "trdAmt", &BAD_WON).await;
    order
        .refuses(9, "INVALID_INPUT", "trdAmt", &["", " "])
        .await;
    order
        .refuses(
            9,
            "PRICE_CHANGED",
            "trdAmt",
            &["0", "1", "999999999999999", "100000.00", "00000"],
        )
        .await;
    order
        .refuses(7, "INVALID_INPUT", "point_to_use", &BAD_WON)
        .await;
    order
        .refuses(
            7,
            "POINTS_NOT_ENOUGH",
            "point_to_use",
            &["1", "999999999999999", "01", "1.00"],
        )
        .await;
    let coupons = bad_ids();
    let coupons: Vec<&str> = coupons.iter().map(String::as_str).collect();
    order
        .refuses(6, "INVALID_INPUT", "coupon_ids", &coupons)
        .await;
    order
        .refuses(
            6,
            "COUPON_NOT_AVAILABLE",
            "coupon_ids",
            &["[1]", "[{\"id\":\"5\"}]", "[2,1]"],
        )
        .await;
    order.refuses_what_is_no_text(&[7, 8]).await;

    // Another currency has two decimals, and not three.
    let mug = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let dollars = OrderCall::new("T1", &[mug])
        .user(2, "u1")
        .client_total("24.98");
    let dollars = spoiled(&db, &dollars);
    dollars
        .refuses(
            9,
            "INVALID_INPUT",
            "trdAmt",
            &["24.980", "24.985", "24,98", "$24.98", "2498e-2"],
        )
        .await;
    dollars
        .refuses(7, "POINTS_NOT_ENOUGH", "point_to_use", &["0.01", "24.98"])
        .await;
    dollars
        .refuses(8, "CASH_NOT_ENOUGH", "cash_to_use", &["0.01", "24.98"])
        .await;
    order
        .refuses(8, "INVALID_INPUT", "cash_to_use", &BAD_WON)
        .await;
    order
        .refuses(
            8,
            "CASH_NOT_ENOUGH",
            "cash_to_use",
            &["1", "999999999999999", "01", "1.00"],
        )
        .await;
    succeeds(&dollars).await;
    succeeds(&order).await;
}

#[tokio::test]
async fn how_it_is_ordered_and_paid() {
    let db = shops().await;
    let order = good_order(&db).await;
    let modes = [
        "CART",
        "Cart",
        "x",
        "cart\n",
        "cart\u{0}",
        "cart,direct",
        "direct;",
        "1",
        "\u{ff43}art",
        "😀",
        "' OR '1",
    ];
    order.refuses(10, "INVALID_INPUT", "mode", &modes).await;
    order
        .refuses_values(11, "INVALID_INPUT", "pg", &[Value::NULL])
        .await;
    order
        .refuses(11, "INVALID_INPUT", "pg", &["", "123456789012345678901"])
        .await;
    let unknown = [
        "WALLET",
        "Wallet",
        "wallet\n",
        "wallet\u{0}",
        "wallet'",
        "' OR '1'='1",
        "%",
        "😀",
        "1e3",
        "../wallet",
    ];
    order.refuses(11, "PG_NOT_AVAILABLE", "pg", &unknown).await;
    order.refuses_what_is_no_text(&[10, 11]).await;
    succeeds(&order).await;
}

#[tokio::test]
async fn a_gateway_with_a_blank_at_its_end_is_not_the_gateway() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = OrderCall::new("T1", &[cart_id]).client_total("10000");
    order_refused(
        &db,
        &mut conn,
        &good.clone().pg(Some("wallet ")),
        "INVALID_INPUT",
        "pg",
    )
    .await;
}

#[tokio::test]
async fn json_with_something_behind_its_end_is_not_json() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = OrderCall::new("T1", &[cart_id]).client_total("10000");
    for tail in ["\u{0}", "\u{0}garbage"] {
        let ids = format!("[{cart_id}]{tail}");
        order_refused(
            &db,
            &mut conn,
            &good.clone().cart_ids_json(Some(&ids)),
            "INVALID_INPUT",
            "selected_cart_ids",
        )
        .await;
        order_refused(
            &db,
            &mut conn,
            &good.clone().coupons(Some(&format!("[1]{tail}"))),
            "INVALID_INPUT",
            "coupon_ids",
        )
        .await;
        let r = format!("{RECEIVER}{tail}");
        order_refused(
            &db,
            &mut conn,
            &good.clone().address(None).receiver(Some(&r)),
            "INVALID_INPUT",
            "receiver",
        )
        .await;
    }
}
