//! `shop_order_insert`: every error it declares, what comes with it, and that the key is free afterwards.

use super::*;

/// Rows of a result set as `column=value` texts, for comparing.
fn texts(set: &Set) -> Vec<String> {
    set.rows.iter().map(|row| format!("{row:?}")).collect()
}

/// After a refusal the very same key makes an order.
async fn key_is_free(conn: &mut Conn, order: &OrderCall) {
    let row = placed(conn, order).await;
    assert_eq!(row.int("order_status"), 1);
}

#[tokio::test]
async fn a_changed_price_comes_with_the_quote_and_the_lines_of_now() {
    let db = shops().await;
    let chair = db.add_cart(1, "u1", "chair", NO_OPTION, 1).await;
    let shirt = db.add_cart(1, "u1", "shirt", "wrap-b", 2).await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "UPDATE shop_products SET discount_rate = 0.2, product_thumb_img_url = 'http://img.test/chair.png'
         WHERE product_id = 'chair';
         UPDATE shop_product_options SET add_price = 700 WHERE option_hash = 'wrap-b'",
    )
    .await;
    // The buyer saw 27000 + 31000 + 6000.
    let order = OrderCall::new("T1", &[chair, shirt]).client_total("64000");
    let error = order_refused(&db, &mut conn, &order, "PRICE_CHANGED", "trdAmt").await;
    assert_eq!(error.row().str("more"), "quote,lines,changes");
    assert_eq!(error.row().str("detail"), "61400.00", "the total of now");

    let quote = call(
        &mut conn,
        "shop_order_quote",
        (
            1,
            "u1",
            format!("[{chair},{shirt}]"),
            "101",
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
            None::<&str>,
        ),
    )
    .await
    .unwrap();
    let sent = &error.sets.set(1).rows;
    assert_eq!(sent.len(), 1);
    for column in error.sets.set(1).columns.iter() {
        match column.as_str() {
            "quote_id" => assert!(sent[0].int(column) < quote.first().int(column)),
            "old_total" => assert_eq!(sent[0].str(column), "64000.00"),
            _ => assert_eq!(sent[0].str(column), quote.first().str(column), "{column}"),
        }
    }
    assert_eq!(error.sets.set(1).columns.len(), 14);
    assert_eq!(sent[0].str("total_payment"), "61400.00");
    assert_eq!(sent[0].str("shipping_fee"), "6000.00");
    assert_eq!(sent[0].int("currency_digits"), 0);
    assert_eq!(texts(error.sets.set(2)), texts(quote.set(1)));
    let line = error.sets.set(2).find("product_id", "chair");
    assert_eq!(line.str("unit_price"), "24000.00");
    assert_eq!(
        line.str("product_thumb_img_url"),
        "http://img.test/chair.png"
    );

    key_is_free(&mut conn, &order.client_total("61400")).await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_cannot_be_bought_is_named_line_by_line() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let good = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let cases = [
        ("hidden", NO_OPTION),
        ("soldout", NO_OPTION),
        ("shirt", "old"),       // an option that is not shown
        ("shirt", NO_OPTION),   // an option is required
        ("shirt", "crafted"),   // not in the catalogue: it must not drop the product's price
        ("book", "red"),        // another product's option
        ("unknown", NO_OPTION), // not in the catalogue
    ];
    for (product, option) in cases {
        let bad = db.add_cart(1, "u1", product, option, 1).await;
        // Not even a matching total helps.
        for total in ["10000", "17000", "25000", "28000"] {
            let order = OrderCall::new("T1", &[good, bad]).client_total(total);
            let error = order_refused(
                &db,
                &mut conn,
                &order,
                "PRODUCT_UNAVAILABLE",
                "selected_cart_ids",
            )
            .await;
            assert_eq!(error.row().str("more"), "lines");
            assert_eq!(error.row().str("detail"), product);
            let lines = error.sets.set(1);
            assert_eq!(lines.rows.len(), 2, "{product} {option}");
            assert_eq!(lines.find("cart_id", &good.to_string()).int("orderable"), 1);
            assert_eq!(lines.find("cart_id", &bad.to_string()).int("orderable"), 0);
        }
        db.exec(&format!("DELETE FROM shop_cart WHERE seq_no = {bad}"))
            .await;
    }
    key_is_free(
        &mut conn,
        &OrderCall::new("T1", &[good]).client_total("10000"),
    )
    .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_short_is_named_with_how_much_is_wanted_and_free() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    // The two wraps are taken from one stock row of 10.
    let a = db.add_cart(1, "u1", "shirt", "wrap-a", 6).await;
    let b = db.add_cart(1, "u1", "shirt", "wrap-b", 5).await;
    let none = db.add_cart(1, "u1", "none", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 100).await;
    let order = OrderCall::new("T1", &[a, b, none, book]).client_total("1180500");
    let error = order_refused(&db, &mut conn, &order, "OUT_OF_STOCK", "selected_cart_ids").await;
    assert_eq!(error.row().str("more"), "shortage");
    let shortage = error.sets.set(1);
    for (column, values) in [
        ("product_id", ["none", "shirt"]),
        ("option_hash", [NO_OPTION, "wrap"]),
        ("wanted", ["1", "11"]),
        ("free", ["0", "10"]),
    ] {
        assert_eq!(shortage.column(column), values, "{column}");
    }
    // The cart rows that want the same units together are named, and their page is told which they are.
    let rows: Vec<Vec<i64>> = (shortage.rows.iter())
        .map(|row| serde_json::from_str(&row.str("cart_ids_json")).expect("ids"))
        .collect();
    assert_eq!(rows, [vec![none], vec![a, b]]);
    let location = error.row().str("location");
    let short = format!("&short={none}:0,{a}:10,{b}:10");
    assert!(location.ends_with(&short), "{location} {short}");

    // A product without a stock row has nothing free.
    db.exec("DELETE FROM shop_stock WHERE product_id = 'book'; DROP TRIGGER IF EXISTS tr_shop_stock_ledger_delete; DELETE FROM shop_stock_ledger WHERE product_id = 'book'")
        .await;
    let order = OrderCall::new("T1", &[book]).client_total("1000000");
    let error = order_refused(&db, &mut conn, &order, "OUT_OF_STOCK", "selected_cart_ids").await;
    assert_eq!(error.sets.set(1).rows[0].int("free"), 0);
    assert_eq!(error.sets.set(1).rows[0].int("wanted"), 100);

    db.exec("UPDATE shop_cart SET quantity = 4 WHERE option_hash = 'wrap-b'")
        .await;
    key_is_free(
        &mut conn,
        &OrderCall::new("T1", &[a, b]).client_total("158000"),
    )
    .await;
    assert_eq!(db.free_stock("shirt", "wrap").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn consumed_foreign_and_unknown_cart_rows_get_one_answer() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (_, _) = one_book(&db, &mut conn, "T0").await;
    let consumed = db.int("SELECT cart_seq_no FROM shop_order_product").await;
    let own = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
    let anothers = db.add_cart(1, "u2", "pen", NO_OPTION, 1).await;
    let other_shops = db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    let mut answers = Vec::new();
    for id in [
        consumed,
        anothers,
        other_shops,
        999_999,
        999_999_999_999_999_999,
    ] {
        for ids in [vec![id], vec![own, id]] {
            let order = OrderCall::new("T1", &ids).client_total("3500");
            let error = order_refused(
                &db,
                &mut conn,
                &order,
                "CART_NOT_FOUND",
                "selected_cart_ids",
            )
            .await;
            answers.push(format!("{} {}", without_page(&error), error.sets.count()));
            let quote = refused(
                &db,
                &mut conn,
                "shop_order_quote",
                (
                    1,
                    "u1",
                    serde_json::json!(ids).to_string(),
                    None::<&str>,
                    None::<&str>,
                    None::<&str>,
                    None::<&str>,
                    None::<&str>,
                    None::<&str>,
                    None::<&str>,
                ),
                "CART_NOT_FOUND",
                "selected_cart_ids",
            )
            .await;
            answers.push(format!("{:?} {}", quote.row(), quote.sets.count()));
        }
    }
    answers.dedup();
    assert_eq!(
        answers.len(),
        1,
        "the answers tell them apart: {answers:#?}"
    );
    key_is_free(
        &mut conn,
        &OrderCall::new("T1", &[own]).client_total("3500"),
    )
    .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn every_other_error_leaves_the_key_free_as_well() {
    let db = shops().await;
    wallet_of_shop_2(&db).await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = OrderCall::new("T1", &[cart_id]).client_total("10000");
    let cases = [
        (
            good.clone().address(Some("102")),
            "ADDRESS_NOT_FOUND",
            "address_id",
        ), // u2's
        (
            good.clone().address(Some("201")),
            "ADDRESS_NOT_FOUND",
            "address_id",
        ), // u1's in shop 2
        (
            good.clone().address(Some("9999")),
            "ADDRESS_NOT_FOUND",
            "address_id",
        ),
        (good.clone().pg(Some("card")), "PG_NOT_AVAILABLE", "pg"),
        (good.clone().pg(Some("WALLET")), "PG_NOT_AVAILABLE", "pg"),
        (
            good.clone().coupons(Some("[5]")),
            "COUPON_NOT_AVAILABLE",
            "coupon_ids",
        ),
        (
            good.clone().points(Some("1")),
            "POINTS_NOT_ENOUGH",
            "point_to_use",
        ),
        (
            good.clone()
                .user(3, "u1")
                .receiver(Some(RECEIVER))
                .address(None),
            "SHOP_NOT_FOUND",
            "",
        ),
        (
            good.clone().user(2, "u1"),
            "CART_NOT_FOUND",
            "selected_cart_ids",
        ),
        (good.clone().no_client_total(), "INVALID_INPUT", "trdAmt"),
    ];
    for (order, code, field) in cases {
        order_refused(&db, &mut conn, &order, code, field).await;
    }
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 0 WHERE merchant_id = 'M1'")
        .await;
    order_refused(&db, &mut conn, &good, "PG_NOT_AVAILABLE", "pg").await;
    db.exec("UPDATE shop_pg_adapters SET is_enabled = 1").await;
    assert_eq!(
        db.count("shop_error_log").await,
        0,
        "all of them are expected"
    );
    key_is_free(&mut conn, &good).await;
    db.assert_audit_clean().await;
}

/// The row of a refused order without the page that a browser goes to: a quote has none.
fn without_page(error: &CallError) -> String {
    let page = error.row().opt("location").expect("a page of the shop");
    format!("{:?}", error.row()).replace(&format!("Some({page:?})"), "None")
}

#[tokio::test]
async fn an_address_that_is_not_ones_own_cannot_be_told_from_none() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("10000");
    let mut answers = Vec::new();
    for address in ["102", "201", "9999"] {
        let order = order.clone().address(Some(address));
        let error = order_refused(&db, &mut conn, &order, "ADDRESS_NOT_FOUND", "address_id").await;
        answers.push(without_page(&error).replace(address, "ID"));
        let ids = format!("[{cart_id}]");
        let error = refused(
            &db,
            &mut conn,
            "shop_order_quote",
            (
                1,
                "u1",
                ids,
                address,
                None::<&str>,
                None::<&str>,
                None::<&str>,
                None::<&str>,
                None::<&str>,
                None::<&str>,
            ),
            "ADDRESS_NOT_FOUND",
            "address_id",
        )
        .await;
        answers.push(format!("{:?}", error.row()).replace(address, "ID"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn an_unexpected_error_is_logged_without_personal_data_and_leaves_nothing() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec(
        "CREATE TRIGGER broken BEFORE UPDATE ON shop_stock FOR EACH ROW
         SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1296, MESSAGE_TEXT = 'disk on fire'",
    )
    .await;
    let order = OrderCall::new("T1", &[cart_id])
        .address(None)
        .receiver(Some(RECEIVER))
        .client_total("10000");
    let error = order.call(&mut conn).await.unwrap_err();
    assert_eq!(error.errno, 1296);
    assert_eq!(error.message, "disk on fire");
    assert_eq!(error.row().str("result"), "INTERNAL_ERROR");
    assert_eq!(error.row().int("errno"), 1296);
    assert_eq!(error.row().str("field"), "");
    assert_eq!(error.row().str("detail"), "");
    assert_eq!(db.count("shop_orders").await, 0);
    assert_eq!(db.count("shop_cart").await, 1);
    let log = db.row("SELECT * FROM shop_error_log").await;
    assert_eq!(log.str("routine"), "shop_order_insert");
    assert_eq!(log.str("step"), "hold the stock");
    assert_eq!(log.int("errno"), 1296);
    assert_eq!(log.str("message"), "disk on fire");
    let parameters = log.json("parameters_json");
    assert_eq!(parameters["mTrdNo"], "T1");
    assert_eq!(parameters["user_id"], "u1");
    let text = parameters.to_string();
    for personal in ["Guest", "010-2222", "04524", "Sejong"] {
        assert!(!text.contains(personal), "{text}");
    }

    // A log that cannot be written does not hide the first error.
    db.exec(
        "CREATE TRIGGER full_disk BEFORE INSERT ON shop_error_log FOR EACH ROW
         SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'the table is full'",
    )
    .await;
    let error = order.call(&mut conn).await.unwrap_err();
    assert_eq!(error.errno, 1296);
    assert_eq!(db.count("shop_error_log").await, 1);

    db.exec("DROP TRIGGER broken").await;
    key_is_free(&mut conn, &order).await;
    db.assert_audit_clean().await;
}
