//! `delete_shop_cart`: rows out of the cart, whichever are there.

use super::{LINE_COLUMNS, cart_of, header, lines, rows_of_others};
use crate::support::refusal::*;
use crate::support::*;

async fn delete(db: &TestDb, conn: &mut Conn, ids: &str) -> Result<Sets, CallError> {
    db.call(conn, "delete_shop_cart", (1, "u1", ids)).await
}

#[tokio::test]
async fn the_rows_named_are_gone_and_the_others_stay() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut ids = Vec::new();
    for product in ["book", "lamp", "chair", "rice", "pen", "ink"] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, 1).await);
    }
    let answer = delete(&db, &mut conn, &format!("[{},{}]", ids[3], ids[0]))
        .await
        .unwrap();
    assert_eq!(
        *answer.set(0).columns,
        [
            "result",
            "deleted",
            "cart_count",
            "cart_version",
            "cart_amount",
            "cart_total_hash",
            "price_changes_json"
        ]
    );
    assert_eq!(answer.first().str("result"), "OK");
    assert_eq!(answer.first().int("deleted"), 2);
    assert_eq!(answer.first().int("cart_count"), 4);
    assert_eq!(*answer.set(1).columns, LINE_COLUMNS);
    assert_eq!(
        lines(&answer),
        [
            "lamp __noopt__ 1",
            "chair __noopt__ 1",
            "pen __noopt__ 1",
            "ink __noopt__ 1"
        ]
    );
    // Objects with an id, texts, and white space between them mean the same.
    let mixed = format!(
        " [ {{\"id\": {}, \"quantity\": 3}}, \"{}\" , {} ]\n",
        ids[1], ids[2], ids[4]
    );
    let answer = delete(&db, &mut conn, &mixed).await.unwrap();
    assert_eq!(answer.first().int("deleted"), 3);
    assert_eq!(lines(&answer), ["ink __noopt__ 1"]);
}

#[tokio::test]
async fn a_repeat_deletes_nothing_and_is_no_error() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
    let ids = format!("[{book}]");
    assert_eq!(
        delete(&db, &mut conn, &ids)
            .await
            .unwrap()
            .first()
            .int("deleted"),
        1
    );
    let again = delete(&db, &mut conn, &ids).await.unwrap();
    assert_eq!(again.first().int("deleted"), 0);
    assert_eq!(again.first().int("cart_count"), 1);
    let both = delete(&db, &mut conn, &format!("[{book},{lamp}]"))
        .await
        .unwrap();
    assert_eq!(both.first().int("deleted"), 1);
    assert_eq!(both.first().int("cart_count"), 0);
    assert!(both.set(1).rows.is_empty());
}

#[tokio::test]
async fn foreign_unknown_and_consumed_rows_are_passed_over_alike() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let others = rows_of_others(&db).await;
    let own = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let before = (
        cart_of(&db, 1, "u2").await,
        cart_of(&db, 2, "u1").await,
        db.count("shop_order_product").await,
    );
    let mut answers = Vec::new();
    for (_, cart_id) in &others {
        let answer = delete(&db, &mut conn, &format!("[{cart_id}]"))
            .await
            .unwrap();
        answers.push(format!("{:?}", answer.first()));
        assert_eq!(answer.first().int("deleted"), 0);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    let mut ids: Vec<i64> = others.iter().map(|(_, id)| *id).collect();
    ids.push(own);
    let answer = delete(&db, &mut conn, &format!("{ids:?}")).await.unwrap();
    assert_eq!(answer.first().int("deleted"), 1);
    assert_eq!(answer.first().int("cart_count"), 0);
    let after = (
        cart_of(&db, 1, "u2").await,
        cart_of(&db, 2, "u1").await,
        db.count("shop_order_product").await,
    );
    assert_eq!(after, before);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_thousand_rows_go_in_one_call() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_cart (seq_no, shop_id, user_id, product_id, option_hash, quantity, create_date, update_date)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         SELECT 900000000000000000 + i, 1, CASE WHEN i = 500 THEN 'u2' ELSE 'u1' END, CONCAT('p', i), '__noopt__', 1,
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n",
    )
    .await;
    let ids: Vec<i64> = (1..=1000)
        .rev()
        .map(|n| 900_000_000_000_000_000 + n)
        .collect();
    let answer = delete(&db, &mut conn, &format!("{ids:?}")).await.unwrap();
    assert_eq!(answer.first().int("deleted"), 999);
    assert_eq!(answer.first().int("cart_count"), 0);
    assert_eq!(cart_of(&db, 1, "u2").await, ["p500 __noopt__ 1"]);
}

/// A server may be set to cut long aggregates short; the list of ids must not be.
#[tokio::test]
async fn no_setting_shortens_the_list() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let mut ids = Vec::new();
    for product in ["book", "lamp", "chair", "rice", "pen", "ink"] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, 1).await);
    }
    conn.query_drop("SET group_concat_max_len = 4")
        .await
        .unwrap();
    match delete(&db, &mut conn, &format!("{ids:?}")).await {
        Ok(answer) => assert_eq!(answer.first().int("deleted"), 6),
        Err(error) => {
            assert_eq!(error.row().str("result"), "INTERNAL_ERROR");
            assert_eq!(db.count("shop_cart").await, 6);
        }
    }
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let db = TestDb::with_fixture().await;
    header(&db, 1, "u1").await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let good = vec![1.into(), "u1".into(), format!("[{cart_id}]").into()];
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "delete_shop_cart", good).await;
    hostile.refuses_who_is_no_buyer().await;
    hostile
        .refuses(2, "selected_cart_ids", not_id_lists(cart_id))
        .await;
    hostile
        .refuses_somehow(2, "selected_cart_ids", deep_json(cart_id))
        .await;
    hostile
        .refuses_what_is_no_text(&[1, 2], &["X-User-Id", "selected_cart_ids"])
        .await;
}
