//! `shop_stock_mirror`: one number per product for pages that read it, and nobody else writes it.

use crate::support::*;

async fn mirror(db: &TestDb, batch_size: u32) -> i64 {
    let mut conn = db.conn_as_gateway().await;
    let answer = db
        .call(&mut conn, "shop_stock_mirror", (batch_size,))
        .await
        .unwrap();
    answer.first().int("copied")
}

async fn shown(db: &TestDb, product_id: &str) -> i64 {
    db.int(&format!(
        "SELECT quantity_stock FROM shop_products WHERE shop_id = 1 AND product_id = '{product_id}'"
    ))
    .await
}

#[tokio::test]
async fn the_number_is_the_sum_of_what_is_free_and_follows_it() {
    let db = TestDb::with_fixture().await;
    assert_eq!(mirror(&db, 1000).await, 11);
    assert_eq!(shown(&db, "book").await, 100);
    assert_eq!(shown(&db, "shirt").await, 110, "options are summed");
    assert_eq!(mirror(&db, 1000).await, 0, "nothing to do");
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    OrderCall::new("T1", &[cart_id])
        .client_total("20000")
        .call(&mut conn)
        .await
        .unwrap();
    assert_eq!(
        shown(&db, "book").await,
        100,
        "an order does not touch its product's row"
    );
    assert_eq!(mirror(&db, 1000).await, 1);
    assert_eq!(shown(&db, "book").await, 98);
    db.exec("DELETE FROM shop_stock WHERE product_id = 'book'")
        .await;
    assert_eq!(mirror(&db, 1000).await, 1);
    assert_eq!(shown(&db, "book").await, 0, "no stock row is no stock");
}

#[tokio::test]
async fn a_batch_ends_and_the_next_one_goes_on() {
    let db = TestDb::with_fixture().await;
    assert_eq!(mirror(&db, 7).await, 7);
    assert_eq!(mirror(&db, 7).await, 4);
    assert_eq!(mirror(&db, 7).await, 0);
}

#[tokio::test]
async fn what_a_page_writes_does_not_count_and_the_rest_of_its_row_does() {
    let db = TestDb::with_fixture().await;
    mirror(&db, 1000).await;
    db.exec("UPDATE shop_products SET quantity_stock = 5000 WHERE product_id = 'book'")
        .await;
    assert_eq!(shown(&db, "book").await, 100);
    db.exec(
        "UPDATE shop_products SET product_name = 'A book', quantity_stock = quantity_stock - 1 WHERE product_id = 'book'",
    )
    .await;
    let name = "SELECT product_name FROM shop_products WHERE product_id = 'book'";
    assert_eq!(db.text(name).await, "A book");
    assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
    assert_eq!(shown(&db, "book").await, 100);
}

/// The compiled trigger goes with the open table, which connections share whose numbers leave the same remainder: what
/// it was compiled for once may not decide what the next one does.
#[tokio::test]
async fn a_page_that_gets_the_table_that_the_job_had_open_is_a_page() {
    let db = TestDb::with_fixture().await;
    let caches = db.int("SELECT @@table_open_cache_instances").await;
    let caches = u32::try_from(caches).unwrap();
    let mut job = db.conn_as_gateway().await;
    db.call(&mut job, "shop_stock_mirror", (1000,))
        .await
        .unwrap();
    let mut others = Vec::new();
    let mut page = loop {
        let conn = db.conn().await;
        if conn.id() % caches == job.id() % caches {
            break conn;
        }
        others.push(conn);
        assert!(others.len() < 300, "no connection with such a number");
    };
    page.query_drop("UPDATE shop_products SET quantity_stock = 5000 WHERE product_id = 'book'")
        .await
        .unwrap();
    assert_eq!(shown(&db, "book").await, 100);
    // And the other way round: after a page the job may write.
    db.exec("UPDATE shop_stock SET free = 99 WHERE product_id = 'book'")
        .await;
    let answer = db
        .call(&mut job, "shop_stock_mirror", (1000,))
        .await
        .unwrap();
    assert_eq!(answer.first().int("copied"), 1);
    assert_eq!(shown(&db, "book").await, 99);
}

#[tokio::test]
async fn somebody_who_edits_a_product_holds_up_its_copy_and_no_order() {
    let db = TestDb::with_fixture().await;
    mirror(&db, 1000).await;
    let mut editor = db.conn().await;
    editor
        .query_drop("BEGIN; UPDATE shop_products SET product_name = 'B' WHERE product_id = 'book'")
        .await
        .unwrap();
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    OrderCall::new("T1", &[cart_id])
        .client_total("20000")
        .call(&mut conn)
        .await
        .unwrap();
    let mut job =
        Running::call_on(&db, db.conn_as_gateway().await, "shop_stock_mirror", (10,)).await;
    job.wait_until_blocked().await;
    editor.query_drop("COMMIT").await.unwrap();
    job.finish().await.unwrap();
    assert_eq!(shown(&db, "book").await, 98);
}
