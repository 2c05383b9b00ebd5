//! Requests that look like the usual one, which is recognised and not read with care, but are none: the same answers.

use super::*;

/// A buyer whose cart has been ordered from before, with one book in it.
async fn buyer(db: &TestDb) -> i64 {
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await
}

async fn refuses(db: &TestDb, order: &OrderCall, field: &str) {
    let mut conn = db.conn_as_gateway().await;
    let error = order.call(&mut conn).await.unwrap_err();
    let row = error.expect_code("INVALID_INPUT").row();
    assert_eq!(row.str("field"), field, "{order:?}");
    assert_eq!(db.count("shop_orders").await, 0, "{order:?}");
}

#[tokio::test]
async fn a_list_that_is_one_only_without_its_quotes_and_braces_is_none() {
    let db = TestDb::with_fixture().await;
    let id = buyer(&db).await;
    for ids in [
        format!("[{{id:{id}}}]"),
        format!("[\"{{id:{id}}}\"]"),
        format!("[{{\"id\":\"{id}}}]"),
        format!("[{{\"id\":{id}\"}}]"),
        format!("[{{\"id:{id}\"}}]"),
        format!("[\"{id}]"),
        format!("[{id}}}]"),
    ] {
        let order = OrderCall::new("T1", &[id]).client_total("10000");
        refuses(&db, &order.cart_ids_json(Some(&ids)), "selected_cart_ids").await;
    }
}

#[tokio::test]
async fn a_value_with_a_line_break_does_not_stand_for_its_missing_neighbour() {
    let db = TestDb::with_fixture().await;
    let id = buyer(&db).await;
    let order = || OrderCall::new("T1", &[id]).client_total("10000");
    refuses(
        &db,
        &order().number(None).client_total("T1\n10000"),
        "mTrdNo",
    )
    .await;
    refuses(
        &db,
        &order().no_client_total().mode(Some("10000\ncart")),
        "mode",
    )
    .await;
    refuses(&db, &order().pg(None).user(1, "wallet\nu1"), "X-User-Id").await;

    let typed = order().address(None);
    for (receiver, field) in [
        (
            r#"{"receiver_name":"04524\nKim","post_code":"010-0000-0000","address":"1 Road"}"#,
            "receiver.receiver_phone",
        ),
        (
            r#"{"receiver_name":"Kim","receiver_phone":"010-0000-0000\n04524","address":"1 Road"}"#,
            "receiver.receiver_phone",
        ),
        (
            r#"{"receiver_phone":"010-0000-0000","post_code":"04524","address":"Kim\n1 Road"}"#,
            "receiver.receiver_name",
        ),
    ] {
        refuses(&db, &typed.clone().receiver(Some(receiver)), field).await;
    }

    let mut conn = db.conn_as_gateway().await;
    let none = None::<String>;
    let quote = (
        1,
        &none,
        format!("u1\n[{id}]"),
        &none,
        &none,
        &none,
        &none,
        &none,
        &none,
        &none,
    );
    let error = call(&mut conn, "shop_order_quote", quote)
        .await
        .unwrap_err();
    assert_eq!(
        error.expect_code("INVALID_INPUT").row().str("field"),
        "X-User-Id"
    );
}

#[tokio::test]
async fn a_blank_behind_a_list_makes_no_other_request() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let (first, second) = (
        buyer(&db).await,
        db.add_cart(1, "u1", "book", NO_OPTION, 1).await,
    );
    for (number, id) in [("T1", first), ("T2", second)] {
        let lists = [
            format!("[{id}] "),
            format!("[{id}]"),
            format!("[\"{id}\"] "),
        ];
        for (replayed, list) in [0, 1, 1].into_iter().zip(&lists) {
            let order = OrderCall::new(number, &[id]).client_total("10000");
            let answer = order
                .cart_ids_json(Some(list))
                .call(&mut conn)
                .await
                .unwrap();
            assert_eq!(answer.first().int("replayed"), replayed, "{list:?}");
        }
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn no_order_has_more_than_a_thousand_rows() {
    let db = TestDb::with_fixture().await;
    buyer(&db).await;
    let rows: Vec<String> = (1..=1_001)
        .map(|n| {
            format!(
                "({}, 1, 'u1', 'book', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
                5_000 + n
            )
        })
        .collect();
    db.exec(&format!(
        "UPDATE shop_stock SET free = free + 2000 WHERE product_id = 'book';
         INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, quantity, create_date, update_date) VALUES {}",
        rows.join(", ")
    ))
    .await;
    let ids: Vec<i64> = (5_001..=6_001).collect();
    let order = OrderCall::new("T1", &ids).client_total("10010000");
    refuses(&db, &order, "selected_cart_ids").await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &ids[..1_000]).client_total("10000000");
    order.call(&mut conn).await.unwrap();
}
