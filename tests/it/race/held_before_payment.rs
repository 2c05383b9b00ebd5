//! Row 14: charged, order stuck. Stock is held before payment: who comes too late is told before any money moves, and
//! who holds a unit can pay although it is sold out for everybody else.

use super::*;

#[tokio::test]
async fn who_gets_no_unit_is_told_before_paying_and_who_holds_one_can_pay() {
    for slots in [1, 4] {
        let db = TestDb::with_fixture().await;
        db.slots("last", slots).await;
        let last = ("last", NO_OPTION);
        told_before_paying(&db, [last; 2], last, "7000").await;
    }
}

#[tokio::test]
async fn so_it_is_with_the_last_unit_of_an_option() {
    for (options, stock, total) in [
        (["red", "red"], "red", "18000"),
        (["wrap-a", "wrap-b"], "wrap", "18500"),
    ] {
        for slots in [1, 4] {
            let db = TestDb::with_fixture().await;
            db.slots("shirt", slots).await;
            db.exec(&format!(
                "CALL shop_stock_set(1, 'shirt', '{stock}', 'free', '1', 'one left')"
            ))
            .await;
            let mine_and_yours = options.map(|option| ("shirt", option));
            told_before_paying(&db, mine_and_yours, ("shirt", stock), total).await;
        }
    }
}

#[tokio::test]
async fn so_it_is_with_the_last_unit_of_a_part_of_a_set() {
    for slots in [1, 4] {
        let db = TestDb::with_fixture().await;
        db.slots("last", slots).await;
        db.exec(
            "INSERT INTO shop_products (shop_id, product_id, product_name, buy_price, delivery_policy_id)
             VALUES (1, 'lastset', 'Set', 7000, 1);
             INSERT INTO shop_set_parts (shop_id, product_id, part_product_id) VALUES (1, 'lastset', 'last')",
        )
        .await;
        let last = ("last", NO_OPTION);
        told_before_paying(&db, [last, ("lastset", NO_OPTION)], last, "7000").await;
    }
}

/// Two buyers, each with a product and option of their own, and one unit in the stock row.
async fn told_before_paying(
    db: &TestDb,
    [mine, yours]: [(&str, &str); 2],
    (product, stock_option): (&str, &str),
    total: &str,
) {
    let mut conn = db.conn_as_gateway().await;
    let mine = db.add_cart(1, "u1", mine.0, mine.1, 1).await;
    let yours = db.add_cart(1, "u2", yours.0, yours.1, 1).await;
    let mine = OrderCall::new("T1", &[mine]).client_total(total);
    let yours = OrderCall::new("T2", &[yours])
        .user(1, "u2")
        .client_total(total);

    // Both at once: the second one waits for the stock row, not for any payment.
    let stock = Holder::stock(db, product, stock_option).await;
    let first = waiting_order(db, &mine).await;
    let second = waiting_order(db, &yours).await;
    stock.release().await;
    let first = first.finish().await;
    let second = second.finish().await;
    let (payer, number, late) = match (&first, &second) {
        (Ok(_), Err(_)) => (&first, "T1", &second),
        (Err(_), Ok(_)) => (&second, "T2", &first),
        other => panic!("not exactly one order: {other:?}"),
    };
    assert_eq!(code(late), "OUT_OF_STOCK");
    assert_eq!(
        db.count("shop_orders").await,
        1,
        "nothing that could be paid for"
    );
    assert_eq!(db.free_stock(product, stock_option).await, 0);
    assert_eq!(
        payer.as_ref().unwrap().set(1).rows.len(),
        1,
        "the winner is told how to pay"
    );

    // The product even goes off sale meanwhile: what is held is held.
    db.exec("UPDATE shop_products SET stat = '2'; UPDATE shop_product_options SET display = '0'")
        .await;
    let message = WalletMessage::paid(number, "P1", total);
    let answer = settle(&mut conn, "return", &message).await.unwrap();
    assert_eq!(answer.first().str("verdict"), "paid");
    assert_eq!(status(db, number).await, 2);
    assert_eq!(db.free_stock(product, stock_option).await, 0);
    assert_eq!(db.count("shop_payments").await, 1);
    assert_eq!(
        db.count("shop_pg_duties").await,
        0,
        "nothing is owed to anybody"
    );
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_payment_never_waits_for_a_hot_product() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    ok(&OrderCall::new("T1", &[cart_id])
        .client_total("10000")
        .call(&mut conn)
        .await);
    // Somebody sits on the stock row and on the buyer's cart.
    let stock = Holder::stock(&db, "book", NO_OPTION).await;
    let header = Holder::cart_header(&db, "u1").await;
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    let message = WalletMessage::paid("T1", "P1", "10000");
    let answer = settle(&mut conn, "notify", &message).await;
    assert_eq!(ok(&answer).str("verdict"), "paid");
    stock.release().await;
    header.release().await;
    db.assert_audit_clean().await;
}
