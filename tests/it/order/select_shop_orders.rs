//! `select_shop_orders`: the orders of a buyer, page by page, and what can still be done with each.

use super::*;

const NONE: Option<&str> = None;

/// A page of u1's orders.
async fn page(conn: &mut Conn, after: Option<&str>, limit: &str) -> Sets {
    call(conn, "select_shop_orders", (1, "u1", after, limit))
        .await
        .unwrap_or_else(|e| panic!("{after:?} {limit}: {e:?}"))
}

/// All pages of u1, each as its order numbers.
async fn pages(conn: &mut Conn, limit: &str) -> Vec<Vec<String>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let sets = page(conn, after.as_deref(), limit).await;
        let numbers = sets.set(1).column("order_number");
        assert_eq!(
            sets.first().str("order_count"),
            numbers.len().to_string(),
            "{sets:?}"
        );
        let last = sets.set(1).rows.last().map(|row| row.str("order_key"));
        all.push(numbers);
        after = sets.first().opt("next_after");
        if after.is_none() {
            return all;
        }
        assert_eq!(after, last);
    }
}

#[tokio::test]
async fn an_order_is_told_in_a_line() {
    let db = shops().await;
    db.exec(
        "INSERT INTO shop_promotions (shop_id, promotion_code, promotion_name, target, kind, amount)
         VALUES (1, 'P', 'P', 'order', 'amount', 500)",
    )
    .await;
    let mut conn = db.conn_as_gateway().await;
    let empty = page(&mut conn, None, "20").await;
    assert_eq!(empty.count(), 2);
    assert_eq!(empty.first().str("result"), "OK");
    assert_eq!(empty.first().int("order_count"), 0);
    assert_eq!(empty.first().opt("next_after"), None);
    assert!(empty.set(1).rows.is_empty());

    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let order = OrderCall::new("T-1", &[book, lamp]).client_total("42500");
    let placed = placed(&mut conn, &order).await;
    db.exec("UPDATE shop_products SET product_name = 'Another' WHERE product_id = 'lamp'")
        .await;
    let sets = page(&mut conn, None, "").await;
    let row = &sets.set(1).rows[0];
    for column in [
        "order_number",
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
    assert_eq!(row.str("total_payment"), "42500.00");
    assert_eq!(row.str("discount_total"), "500.00");
    assert_eq!(row.int("line_count"), 2);
    // The first line is the row that was put in first, under the name that it had.
    assert_eq!(row.str("product_name"), "Lamp");
    assert_eq!(row.str("phase"), "open");
    let date = "SELECT order_date FROM shop_orders";
    assert_eq!(row.str("order_date"), db.text(date).await);
    assert_eq!((row.int("payable"), row.int("restorable")), (1, 1));
    let one = call(&mut conn, "shop_order_select", (1, "u1", "T-1"))
        .await
        .unwrap();
    for column in sets.set(1).columns.iter() {
        if one.first().has(column) {
            assert_eq!(row.opt(column), one.first().opt(column), "{column}");
        }
    }
}

#[tokio::test]
async fn pages_meet_whenever_the_orders_were_made() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    for number in 1..=7 {
        one_book(&db, &mut conn, &format!("T-{number}")).await;
    }
    let newest_first: Vec<String> = (1..=7).rev().map(|n| format!("T-{n}")).collect();
    // All of one moment, and one that says that it is older than those before it.
    db.exec("UPDATE shop_orders SET order_date = '2026-01-01 00:00:00'")
        .await;
    for (limit, lengths) in [
        ("1", vec![1; 7]),
        ("3", vec![3, 3, 1]),
        ("6", vec![6, 1]),
        ("7", vec![7]),
        ("100", vec![7]),
        ("", vec![7]),
    ] {
        let pages = pages(&mut conn, limit).await;
        let found: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(found, lengths, "{limit}");
        assert_eq!(pages.concat(), newest_first, "{limit}");
    }
    // Twenty are a page where nothing is said.
    for number in 8..=21 {
        one_book(&db, &mut conn, &format!("T-{number}")).await;
    }
    for limit in [NONE, Some("")] {
        let sets = call(&mut conn, "select_shop_orders", (1, "u1", NONE, limit))
            .await
            .unwrap();
        assert_eq!(sets.first().int("order_count"), 20);
        assert!(sets.first().opt("next_after").is_some());
    }
}

#[tokio::test]
async fn what_happens_between_two_pages_moves_none_of_them() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    for number in 1..=5 {
        one_book(&db, &mut conn, &format!("T-{number}")).await;
    }
    let first = page(&mut conn, None, "2").await;
    assert_eq!(first.set(1).column("order_number"), ["T-5", "T-4"]);
    let after = first.first().str("next_after");
    // One is made, the last one of the page is given up, and one of the next page is paid.
    one_book(&db, &mut conn, "T-6").await;
    call(&mut conn, "shop_order_restore_cart", (1, "u1", "T-4"))
        .await
        .unwrap();
    let paid = WalletMessage::paid("T-3", "W3", "10000");
    settle(&mut conn, "notify", &paid).await.unwrap();
    let second = page(&mut conn, Some(&after), "2").await;
    assert_eq!(second.set(1).column("order_number"), ["T-3", "T-2"]);
    assert_eq!(second.set(1).column("phase"), ["paid", "open"]);
    // However the key is written.
    let upper = page(&mut conn, Some(&after.to_uppercase()), "2").await;
    assert_eq!(upper.set(1).column("order_number"), ["T-3", "T-2"]);
    let third = page(&mut conn, second.first().opt("next_after").as_deref(), "2").await;
    assert_eq!(third.set(1).column("order_number"), ["T-1"]);
    assert_eq!(third.first().opt("next_after"), None);
    // Any order of the buyer can be asked behind, the last one too.
    let last = third.set(1).rows[0].str("order_key");
    let behind = page(&mut conn, Some(&last), "2").await;
    assert_eq!(behind.first().int("order_count"), 0);
    assert_eq!(behind.first().opt("next_after"), None);
}

#[tokio::test]
async fn a_buyer_sees_the_own_orders_only() {
    let db = shops().await;
    wallet_of_shop_2(&db).await;
    let mut conn = db.conn_as_gateway().await;
    let (_, own) = one_book(&db, &mut conn, "T-1").await;
    let mut foreign = Vec::new();
    for (shop, user, number, product, total) in [
        (1, "u2", "T-2", "book", "10000"),
        (2, "u1", "T-3", "mug", "24.98"),
    ] {
        let id = db.add_cart(shop, user, product, NO_OPTION, 1).await;
        let order = OrderCall::new(number, &[id])
            .user(shop, user)
            .client_total(total);
        foreign.push(placed(&mut conn, &order).await.str("order_key"));
    }
    for (shop, user, numbers) in [
        (1, "u1", vec!["T-1"]),
        (1, "u2", vec!["T-2"]),
        (2, "u1", vec!["T-3"]),
        (1, "U1", vec![]),
        (1, "u", vec![]),
        (1, "u1x", vec![]),
    ] {
        let sets = call(&mut conn, "select_shop_orders", (shop, user, NONE, NONE))
            .await
            .unwrap();
        assert_eq!(sets.set(1).column("order_number"), numbers, "{shop} {user}");
    }
    // A page begins behind an order of this buyer, by its key, and nowhere else.
    let key = own.str("order_key");
    let mut forged = vec![
        "00000000-0000-0000-0000-000000000000".to_owned(),
        "T-1".to_owned(),
        own.str("order_code"),
        key.replace('-', ""),
        format!("{key} "),
        format!(" {key}"),
        format!("{key}\n"),
        format!("order_key:{key}"),
        "0".to_owned(),
        "' OR 1=1 -- ".to_owned(),
        "x".repeat(65_000),
    ];
    forged.extend(foreign);
    for after in &forged {
        refused(
            &db,
            &mut conn,
            "select_shop_orders",
            (1, "u1", after, NONE),
            "INVALID_INPUT",
            "after",
        )
        .await;
    }
    for limit in ["0", "101", "-1", "1.0", "1e1", " 1", "1 ", "01", "x", "1\n"] {
        let params = (1, "u1", NONE, limit);
        refused(
            &db,
            &mut conn,
            "select_shop_orders",
            params,
            "INVALID_INPUT",
            "limit",
        )
        .await;
    }
    for (shop, user, code, field) in [
        (Some(9), Some("u1"), "SHOP_NOT_FOUND", "shop_id"),
        (None, Some("u1"), "SHOP_NOT_FOUND", "shop_id"),
        (Some(1), Some("u1 "), "INVALID_INPUT", "X-User-Id"),
        (Some(1), Some(""), "INVALID_INPUT", "X-User-Id"),
        (Some(1), None, "INVALID_INPUT", "X-User-Id"),
    ] {
        let params = (shop, user, NONE, NONE);
        refused(&db, &mut conn, "select_shop_orders", params, code, field).await;
    }
}

/// For every status, in time and too late, put back or not: what the list says is what the routines do.
#[tokio::test]
async fn what_the_list_says_can_be_done_can_be_done() {
    let db = shops().await;
    // Among them are orders that no routine makes.
    db.without_triggers().await;
    let mut conn = db.conn_as_gateway().await;
    let mut orders = Vec::new();
    for status in 1..=13_u8 {
        for (late, restored) in [(false, false), (true, false), (false, true), (true, true)] {
            let number = format!("T-{status}-{late}-{restored}");
            let (order, _) = one_book(&db, &mut conn, &number).await;
            let change = |column: &str, yes: bool, value: &str| {
                let value = if yes { value } else { column };
                format!("{column} = {value}")
            };
            db.exec(&format!(
                "UPDATE shop_orders SET order_status = {status}, {}, {} WHERE order_number = '{number}'",
                change("expires_at", late, "UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"),
                change("restored_at", restored, "UTC_TIMESTAMP(6)"),
            ))
            .await;
            orders.push((number, order));
        }
    }
    let listed = page(&mut conn, None, "100").await;
    assert_eq!(listed.first().int("order_count"), 52);
    let (mut payable, mut restorable) = (Vec::new(), Vec::new());
    for (number, order) in &orders {
        let row = listed.set(1).find("order_number", number);
        let one = call(&mut conn, "shop_order_select", (1, "u1", number))
            .await
            .unwrap();
        assert_eq!(
            row.str("next_step"),
            one.first().str("next_step"),
            "{number}"
        );
        // A repeated order says how it is paid only while it can be.
        let again = order.call(&mut conn).await.unwrap();
        let to_pay = !again.set(1).rows.is_empty();
        let deposit = number == "T-11-false-false" || number == "T-11-false-true";
        assert_eq!(row.int("payable") == 1, to_pay || deposit, "{number}");
        let back = call(&mut conn, "shop_order_restore_cart", (1, "u1", number)).await;
        let done = back.is_ok_and(|sets| sets.first().int("replayed") == 0);
        assert_eq!(row.int("restorable") == 1, done, "{number}");
        if row.int("payable") == 1 {
            payable.push(number.as_str());
        }
        if row.int("restorable") == 1 {
            restorable.push(number.as_str());
        }
    }
    assert_eq!(
        payable,
        [
            "T-1-false-false",
            "T-1-false-true",
            "T-11-false-false",
            "T-11-false-true"
        ]
    );
    assert_eq!(
        restorable,
        [1, 7, 9, 10, 12]
            .map(|n| [format!("T-{n}-false-false"), format!("T-{n}-true-false")])
            .concat()
    );
}

/// A shop may let its buyers give up more than it does by itself.
#[tokio::test]
async fn a_transition_that_a_shop_adds_is_told() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T-1").await;
    force_status(&db, "T-1", 11).await;
    let restorable = |sets: Sets| sets.set(1).rows[0].int("restorable");
    assert_eq!(restorable(page(&mut conn, None, "1").await), 0);
    for (action, actor, expected) in [
        ("restore_cart", "shop", 0),
        ("cancel", "buyer", 0),
        ("restore_cart", "buyer", 1),
    ] {
        db.exec(&format!(
            "INSERT INTO shop_order_transitions (from_status, action, actor, to_status)
             VALUES (11, '{action}', '{actor}', 9)"
        ))
        .await;
        let found = restorable(page(&mut conn, None, "1").await);
        assert_eq!(found, expected, "{action} {actor}");
    }
    call(&mut conn, "shop_order_restore_cart", (1, "u1", "T-1"))
        .await
        .unwrap();
    assert_eq!(restorable(page(&mut conn, None, "1").await), 0);
}

/// Orders of an old shop, which may have no lines.
#[tokio::test]
async fn an_order_without_lines_is_listed() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T-1").await;
    db.without_triggers().await;
    db.exec("DELETE FROM shop_order_product").await;
    let sets = page(&mut conn, None, "1").await;
    assert_eq!(sets.set(1).rows[0].opt("product_name"), None);
}
