//! `shop_order_select`: an order by any of its names, to whom it concerns.

use super::*;

#[tokio::test]
async fn an_order_is_found_by_each_of_its_four_names() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let mut operator = db.conn_as_operator().await;
    let (_, first) = one_book(&db, &mut conn, "T-1").await;
    one_book(&db, &mut conn, "T-2").await;
    let seq_no = db
        .text("SELECT seq_no FROM shop_orders WHERE order_number = 'T-1'")
        .await;
    let key = first.str("order_key");
    let names = [
        "T-1".to_owned(),
        key.to_uppercase(),
        key,
        first.str("order_code"),
        seq_no,
    ];
    for name in &names {
        let sets = call(&mut conn, "shop_order_select", (1, "u1", name))
            .await
            .unwrap();
        assert_eq!(sets.first().str("order_number"), "T-1", "{name}");
        assert_eq!(sets.first().str("result"), "OK");
        assert_eq!(sets.count(), 4);
        // An operator does not know the buyer.
        let sets = call(&mut operator, "shop_order_select", (1, None::<&str>, name))
            .await
            .unwrap();
        assert_eq!(sets.first().str("order_number"), "T-1", "{name}");
        // Another buyer, and another shop, are told that there is none.
        for (shop, user) in [(1, Some("u2")), (2, Some("u1")), (2, None), (1, Some(""))] {
            refused(
                &db,
                &mut conn,
                "shop_order_select",
                (shop, user, name),
                "ORDER_NOT_FOUND",
                "order_key",
            )
            .await;
        }
    }
}

/// Number of the order that a name finds.
async fn found(conn: &mut Conn, user: Option<&str>, name: &str) -> String {
    let sets = call(conn, "shop_order_select", (1, user, name))
        .await
        .unwrap_or_else(|e| panic!("{name}: {e:?}"));
    sets.first().str("order_number")
}

#[tokio::test]
async fn a_name_that_two_orders_answer_to_finds_neither() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (_, first) = one_book(&db, &mut conn, "T-1").await;
    let seq_no = db.text("SELECT seq_no FROM shop_orders").await;
    let names = [
        ("order_key", first.str("order_key")),
        ("order_code", first.str("order_code")),
        ("seq_no", seq_no),
    ];
    for (_, name) in &names {
        one_book(&db, &mut conn, name).await;
    }
    for (kind, name) in &names {
        for procedure in ["shop_order_select", "shop_order_restore_cart"] {
            let params = (1, "u1", name);
            let error = refused(
                &db,
                &mut conn,
                procedure,
                params,
                "ORDER_NAME_AMBIGUOUS",
                "order_key",
            )
            .await;
            let by = match *kind {
                "order_key" => "order_key, order_number".to_owned(),
                kind => format!("order_number, {kind}"),
            };
            assert_eq!(error.row().str("detail"), by);
        }
        // With its kind it is the one or the other.
        let one = found(&mut conn, Some("u1"), &format!("{kind}:{name}")).await;
        assert_eq!(one, "T-1");
        let other = found(&mut conn, None, &format!("order_number:{name}")).await;
        assert_eq!(&other, name);
        // Another buyer's order that looks alike neither hides nor shows itself.
        db.exec("UPDATE shop_orders SET user_id = 'u2' WHERE order_number <> 'T-1'")
            .await;
        assert_eq!(found(&mut conn, Some("u1"), name).await, "T-1");
        assert_eq!(&found(&mut conn, Some("u2"), name).await, name);
        db.exec("UPDATE shop_orders SET user_id = 'u1'").await;
    }
    // Two names of one order are one order.
    let next = db
        .int("SELECT MAX(seq_no) + 1 FROM shop_orders")
        .await
        .to_string();
    one_book(&db, &mut conn, &next).await;
    let own = "SELECT seq_no FROM shop_orders ORDER BY seq_no DESC LIMIT 1";
    assert_eq!(db.text(own).await, next, "this one is its own number");
    assert_eq!(found(&mut conn, Some("u1"), &next).await, next);
}

#[tokio::test]
async fn a_name_is_taken_as_it_is_written() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (_, first) = one_book(&db, &mut conn, "T-1").await;
    let seq_no = db.text("SELECT seq_no FROM shop_orders").await;
    let names = [
        ("order_number", "T-1".to_owned()),
        ("order_key", first.str("order_key")),
        ("order_code", first.str("order_code")),
        ("seq_no", seq_no),
    ];
    for (kind, name) in &names {
        let mut wrong = vec![
            format!("{name} "),
            format!(" {name}"),
            format!("{name}\n"),
            format!("{kind}:{name} "),
            format!("{kind}: {name}"),
            format!("{kind} :{name}"),
            format!("{kind}:{kind}:{name}"),
            format!(":{name}"),
            format!("{}:{name}", kind.to_uppercase()),
        ];
        // No other kind answers to it.
        let others = names.iter().filter(|(other, _)| other != kind);
        wrong.extend(others.map(|(other, _)| format!("{other}:{name}")));
        for name in wrong {
            for procedure in ["shop_order_select", "shop_order_restore_cart"] {
                let params = (1, "u1", &name);
                refused(
                    &db,
                    &mut conn,
                    procedure,
                    params,
                    "ORDER_NOT_FOUND",
                    "order_key",
                )
                .await;
            }
        }
        let params = (1, "u1 ", name);
        refused(
            &db,
            &mut conn,
            "shop_order_select",
            params,
            "ORDER_NOT_FOUND",
            "order_key",
        )
        .await;
    }
}

#[tokio::test]
async fn it_shows_lines_payments_and_log_as_they_are_now() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let shirt = db.add_cart(1, "u1", "shirt", "wrap-b", 1).await;
    let order = OrderCall::new("T1", &[lamp, shirt]).client_total("58501");
    let placed = placed(&mut conn, &order).await;
    let sets = call(&mut conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    let row = sets.first();
    for column in [
        "order_key",
        "order_code",
        "order_status",
        "next_step",
        "currency",
        "total_payment",
        "expires_at",
    ] {
        assert_eq!(row.str(column), placed.str(column), "{column}");
    }
    let amounts = [
        ("product_total_price", "55500.00"),
        ("shipping_fee", "3000.00"),
        ("discount_total", "0.00"),
        ("point_used", "0.00"),
        ("total_payment", "58500.00"),
        ("supply_amount", "53182.00"),
        ("vat_amount", "5318.00"),
        ("tax_free_amount", "0.00"),
    ];
    for (column, amount) in amounts {
        assert_eq!(row.str(column), amount, "{column}");
    }
    assert_eq!(row.int("line_count"), 2);
    assert_eq!(row.str("receiver_name"), "Receiver 1");
    assert_eq!(row.opt("paid_at"), None);
    for secret in ["request_sha256", "client_total"] {
        assert!(!row.has(secret), "{secret} is nobody's business");
    }
    let lines = sets.set(1);
    assert_eq!(lines.column("product_id"), ["lamp", "shirt"]);
    assert_eq!(lines.column("line_no"), ["1", "2"]);
    assert_eq!(lines.column("option_name"), ["", "gift, box"]);
    assert_eq!(lines.column("unit_price"), ["20000.00", "15500.00"]);
    assert_eq!(lines.column("line_amount"), ["40000.00", "15500.00"]);
    assert_eq!(
        lines.column("cart_seq_no"),
        [lamp.to_string(), shirt.to_string()]
    );
    assert!(sets.set(2).rows.is_empty());
    assert_eq!(sets.set(3).column("to_status"), ["1"]);

    let message = WalletMessage::paid("T1", "P1", "58500");
    settle(&mut conn, "return", &message).await.unwrap();
    let sets = call(&mut conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    let row = sets.first();
    assert_eq!(row.int("order_status"), 2);
    assert_eq!(row.str("next_step"), "done");
    assert_eq!(row.str("approval_no"), "P1");
    assert!(row.opt("paid_at").is_some());
    let payment = &sets.set(2).rows[0];
    assert_eq!(payment.str("pg_tx"), "P1");
    assert_eq!(payment.str("amount"), "58500.00");
    assert_eq!(payment.str("status"), "paid");
    assert_eq!(sets.set(3).column("to_status"), ["1", "2"]);
    assert_eq!(sets.set(3).column("action"), ["order", "pay"]);
    assert_eq!(sets.set(3).column("actor"), ["buyer", "pg"]);
}

#[tokio::test]
async fn its_items_are_what_was_chosen_in_line_order() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let shirt = db.add_cart(1, "u1", "shirt", "wrap-b", 1).await;
    let books = [
        db.add_cart(1, "u1", "book", NO_OPTION, 2).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 3).await,
    ];
    // All that was chosen, not the part of it that has a price.
    let named = db
        .int_after(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, option_hash, combination_hash, quantity, create_date, update_date)
             VALUES (1, 'u1', 'shirt', 'red, \"for\" 가', 'red', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));
             SELECT LAST_INSERT_ID()",
        )
        .await;
    let ids = [shirt, books[0], books[1], named];
    let order = OrderCall::new("T1", &ids).client_total("83500");
    placed(&mut conn, &order).await;
    // A session that cuts long texts short is made fit.
    conn.query_drop("SET SESSION group_concat_max_len = 4")
        .await
        .unwrap();
    for name in ["T1", "order_number:T1"] {
        let sets = call(&mut conn, "shop_order_select", (1, "u1", name))
            .await
            .unwrap();
        assert_eq!(
            sets.first().json("items_json"),
            serde_json::json!([
                {"product_id": "shirt", "option_hash": "wrap-b", "quantity": 1},
                {"product_id": "book", "option_hash": NO_OPTION, "quantity": 2},
                {"product_id": "book", "option_hash": NO_OPTION, "quantity": 3},
                {"product_id": "shirt", "option_hash": "red, \"for\" 가", "quantity": 1},
            ])
        );
    }
}

#[tokio::test]
async fn it_reads_one_moment_and_locks_nothing() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T1").await;
    db.without_triggers().await;
    // Somebody holds everything and has changed it, uncommitted: a reader neither waits nor sees it.
    let mut holder = db.conn().await;
    holder
        .query_drop(
            "BEGIN; UPDATE shop_cart_headers SET version = 99; UPDATE shop_orders SET order_status = 2;
             UPDATE shop_order_product SET quantity = 2, line_amount = 2 * unit_price; UPDATE shop_stock SET free = 0",
        )
        .await
        .unwrap();
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    let sets = call(&mut conn, "shop_order_select", (1, "u1", "T1"))
        .await
        .unwrap();
    assert_eq!(sets.first().int("order_status"), 1);
    assert_eq!(sets.set(1).column("quantity"), ["1"]);
    holder.query_drop("ROLLBACK").await.unwrap();
}
