//! `shop_order_restore_cart`: an order that came to nothing gives its lines back, exactly once.

use super::*;

async fn restore(conn: &mut Conn, number: &str) -> Result<Sets, CallError> {
    call(conn, "shop_order_restore_cart", (1, "u1", number)).await
}

/// The cart of u1 as `product option ×quantity`.
async fn cart(db: &TestDb) -> Vec<String> {
    db.rows(
        "SELECT CONCAT(product_id, ' ', option_hash, ' ×', quantity) AS line FROM shop_cart
         WHERE shop_id = 1 AND user_id = 'u1' ORDER BY seq_no",
    )
    .await
    .iter()
    .map(|row| row.str("line"))
    .collect()
}

#[tokio::test]
async fn an_order_that_waits_for_payment_becomes_unpayable_and_gives_back_once() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let a = db.add_cart(1, "u1", "shirt", "wrap-a", 3).await;
    let b = db.add_cart(1, "u1", "shirt", "wrap-b", 4).await;
    let order = OrderCall::new("T1", &[lamp, a, b]).client_total("151500");
    let first = placed(&mut conn, &order).await;
    assert_eq!(db.free_stock("shirt", "wrap").await, 3);

    let sets = restore(&mut conn, "T1").await.unwrap();
    let row = sets.first();
    assert_eq!(row.str("result"), "OK");
    assert_eq!(row.int("replayed"), 0);
    assert_eq!(row.str("order_number"), "T1");
    assert_eq!(row.int("order_status"), 9);
    assert_eq!(row.int("cart_count"), 3);
    assert_eq!(sets.count(), 3);
    assert_eq!(sets.set(1).column("product_id"), ["lamp", "shirt", "shirt"]);
    assert_eq!(sets.set(1).column("quantity"), ["2", "3", "4"]);
    let back = ["lamp __noopt__ ×2", "shirt wrap-a ×3", "shirt wrap-b ×4"];
    assert_eq!(cart(&db).await, back);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    assert_eq!(db.free_stock("shirt", "wrap").await, 10);
    db.assert_audit_clean().await;

    // Again, by any name: said so, nothing given twice.
    for name in ["T1", &first.str("order_key"), &first.str("order_code")] {
        let sets = restore(&mut conn, name).await.unwrap();
        assert_eq!(sets.first().int("replayed"), 1);
        assert_eq!(sets.first().int("order_status"), 9);
        assert_eq!(sets.first().int("cart_count"), 3);
    }
    assert_eq!(cart(&db).await, back);
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);

    // Paying it now is too late, and owed back.
    let message = WalletMessage::paid("T1", "P1", "151500");
    settle(&mut conn, "notify", &message).await.unwrap();
    assert_eq!(status(&db, "T1").await, 9);
    assert_eq!(
        db.int("SELECT COUNT(*) FROM shop_pg_duties WHERE state = 'owed' AND amount = 151500")
            .await,
        1
    );

    // The rows are new ones, and can be ordered under a new number.
    let ids: Vec<i64> = db
        .rows("SELECT seq_no AS id FROM shop_cart ORDER BY seq_no")
        .await
        .iter()
        .map(|row| row.int("id"))
        .collect();
    assert!(ids.iter().all(|id| ![lamp, a, b].contains(id)), "{ids:?}");
    placed(
        &mut conn,
        &OrderCall::new("T2", &ids).client_total("151500"),
    )
    .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn what_is_in_the_cart_again_by_then_is_added_to() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 3).await;
    let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 2).await;
    placed(
        &mut conn,
        &OrderCall::new("T1", &[book, pen]).client_total("34500"),
    )
    .await;
    let again = db.add_cart(1, "u1", "book", NO_OPTION, 4).await;
    db.add_cart(1, "u1", "shirt", "red", 1).await;
    db.add_cart(1, "u1", "pen", "red", 5).await; // another option, another row
    db.add_cart(1, "u2", "book", NO_OPTION, 7).await;
    let sets = restore(&mut conn, "T1").await.unwrap();
    assert_eq!(sets.first().int("cart_count"), 4);
    assert_eq!(
        cart(&db).await,
        [
            "book __noopt__ ×7",
            "shirt red ×1",
            "pen red ×5",
            "pen __noopt__ ×2"
        ]
    );
    assert_eq!(
        sets.set(1).find("product_id", "book").str("cart_id"),
        again.to_string()
    );
    assert_eq!(
        db.int("SELECT quantity FROM shop_cart WHERE user_id = 'u2'")
            .await,
        7
    );

    // Not beyond what a cart row may hold.
    db.exec("DELETE FROM shop_cart").await;
    let book = db.add_cart(1, "u1", "book", NO_OPTION, 3).await;
    placed(
        &mut conn,
        &OrderCall::new("T2", &[book]).client_total("30000"),
    )
    .await;
    db.add_cart(1, "u1", "book", NO_OPTION, 99_998).await;
    restore(&mut conn, "T2").await.unwrap();
    assert_eq!(cart(&db).await, ["book __noopt__ ×99999"]);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_failed_or_expired_order_gives_back_its_lines_but_not_its_stock_again() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T-failed").await;
    let message = WalletMessage::failed("T-failed", "P1", "10000");
    settle(&mut conn, "notify", &message).await.unwrap();
    one_book(&db, &mut conn, "T-expired").await;
    db.let_expire("T-expired").await;
    call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    // Lapsed, but no job came by: it still holds its unit.
    one_book(&db, &mut conn, "T-lapsed").await;
    db.let_expire("T-lapsed").await;
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);

    for (quantity, (number, after)) in [("T-failed", 12), ("T-expired", 10), ("T-lapsed", 9)]
        .into_iter()
        .enumerate()
    {
        for replayed in 0..2 {
            let sets = restore(&mut conn, number).await.unwrap();
            assert_eq!(sets.first().int("replayed"), replayed);
            assert_eq!(sets.first().int("order_status"), after);
            assert_eq!(
                cart(&db).await,
                [format!("book __noopt__ ×{}", quantity + 1)]
            );
        }
    }
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    // Nothing is left for the job to do.
    let sets = call(&mut conn, "shop_order_expire", (10,)).await.unwrap();
    assert_eq!(sets.first().int("expired"), 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn only_an_order_that_came_to_nothing_is_restored() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T1").await;
    for code in [2, 3, 4, 5, 6, 8, 11, 13] {
        force_status(&db, "T1", code).await;
        let params = (1, "u1", "T1");
        refused(
            &db,
            &mut conn,
            "shop_order_restore_cart",
            params,
            "STATE_NOT_ALLOWED",
            "order_status",
        )
        .await;
    }
    for code in [7, 9, 10, 12] {
        force_status(&db, "T1", code).await;
        db.exec("UPDATE shop_orders SET restored_at = NULL; DELETE FROM shop_cart")
            .await;
        let sets = restore(&mut conn, "T1").await.unwrap();
        assert_eq!(sets.first().int("replayed"), 0);
        assert_eq!(
            sets.first().int("order_status"),
            i64::from(code),
            "it stays what it was"
        );
        assert_eq!(cart(&db).await, ["book __noopt__ ×1"]);
    }
}

#[tokio::test]
async fn nobody_elses_order_is_restored() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    let (_, first) = one_book(&db, &mut conn, "T1").await;
    let key = first.str("order_key");
    let mut answers = Vec::new();
    for (shop, user, name) in [
        (1, "u2", "T1"),
        (1, "u2", key.as_str()),
        (2, "u1", "T1"),
        (2, "u1", key.as_str()),
        (1, "u1", "T9"),
        (1, "u1", "00000000-0000-7000-8000-000000000000"),
    ] {
        let error = refused(
            &db,
            &mut conn,
            "shop_order_restore_cart",
            (shop, user, name),
            "ORDER_NOT_FOUND",
            "order_key",
        )
        .await;
        answers.push(format!("{:?}", error.row()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    refused(
        &db,
        &mut conn,
        "shop_order_restore_cart",
        (3, "u1", "T1"),
        "SHOP_NOT_FOUND",
        "",
    )
    .await;
}

#[tokio::test]
async fn what_is_no_longer_sold_comes_back_too_and_is_marked() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T1").await;
    db.exec("UPDATE shop_products SET display = '0' WHERE product_id = 'book'")
        .await;
    let sets = restore(&mut conn, "T1").await.unwrap();
    assert_eq!(sets.set(1).column("orderable"), ["0"]);
    assert_eq!(cart(&db).await, ["book __noopt__ ×1"]);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_status_that_no_row_explains_is_none_that_gives_back() {
    let db = shops().await;
    let mut conn = db.conn_as_gateway().await;
    one_book(&db, &mut conn, "T1").await;
    force_status(&db, "T1", 2).await;
    db.exec("DELETE FROM shop_order_statuses WHERE order_status = 2")
        .await;
    let error = restore(&mut conn, "T1").await.unwrap_err();
    error.expect_code("STATE_NOT_ALLOWED");
    assert_eq!(status(&db, "T1").await, 2);
    assert_eq!(cart(&db).await, Vec::<String>::new());
}
