//! Row 3: one payment, three or four orders, stock taken several times, because return and webhook both made the
//! order. What must hold: settling only ever locks an order that exists, and an approval is unique.

use super::*;

#[tokio::test]
async fn a_return_and_a_notification_that_meet_at_an_order_settle_it_once() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    for (round, (first, second)) in [("return", "notify"), ("notify", "return")]
        .iter()
        .enumerate()
    {
        let number = format!("T{round}");
        order(&db, &mut conn, &number).await;
        let free = db.free_stock("book", NO_OPTION).await;
        let message = WalletMessage::paid(&number, &format!("W{round}"), TOTAL);

        let holder = Holder::of_order(&db, &number).await;
        let mut one = sent(&db, first, &message).await;
        one.wait_until_blocked().await;
        let mut two = sent(&db, second, &message).await;
        two.wait_until_blocked().await;
        holder.let_go().await;
        let mut verdicts = [verdict_of(one).await, verdict_of(two).await];
        verdicts.sort();
        assert_eq!(verdicts, ["paid", "repeated"]);

        let state = State::of(&db, &number).await;
        assert_eq!(state.status, 2);
        assert_eq!(state.payments, [format!("W{round} paid 10000.00")]);
        assert_eq!((state.units.as_str(), state.free), ("sold", free));
        assert_eq!(state.log, ["order buyer 1", "pay pg 2"]);
        assert!(state.duties.is_empty());
        assert_eq!(messages(&db, &number).await.len(), 2);
        assert_eq!(db.count("shop_orders").await, round as i64 + 1);
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn settling_waits_for_nothing_but_its_own_order() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    order(&db, &mut conn, "T1").await;
    order(&db, &mut conn, "OTHER").await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    // Somebody else's checkout, in the middle: the buyer's cart, every stock row, another order of the buyer.
    let holder = Holder::of(
        &db,
        "UPDATE shop_cart_headers SET version = version + 1;
         SELECT * FROM shop_cart FOR UPDATE;
         SELECT * FROM shop_stock FOR UPDATE;
         SELECT * FROM shop_orders WHERE order_number = 'OTHER' FOR UPDATE;
         SELECT * FROM shops FOR UPDATE;
         SELECT * FROM shop_pg_adapters FOR UPDATE;
         SELECT * FROM shop_products FOR UPDATE",
    )
    .await;
    conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
        .await
        .unwrap();
    for (channel, verdict) in [("return", "paid"), ("notify", "repeated")] {
        let answer = settle(&mut conn, channel, &WalletMessage::paid("T1", "W1", TOTAL)).await;
        assert_eq!(answer.unwrap().first().str("verdict"), verdict);
    }
    // The other way round: that order is the one row that counts.
    let error = settle(
        &mut conn,
        "notify",
        &WalletMessage::paid("OTHER", "W2", TOTAL),
    )
    .await
    .unwrap_err();
    assert_eq!(error.errno, 1205);
    holder.let_go().await;
    assert_eq!(State::of(&db, "OTHER").await.status, 1);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn messages_about_an_order_that_does_not_exist_never_make_one() {
    let db = TestDb::with_fixture().await;
    let stock =
        "SELECT GROUP_CONCAT(free ORDER BY shop_id, product_id, option_hash) FROM shop_stock";
    let before = db.text(stock).await;
    let verdicts = storm(&db, 16, |number, mut conn| async move {
        let channel = ["return", "notify"][number % 2];
        let message = WalletMessage::paid("GHOST", "W1", TOTAL);
        settle_again(&mut conn, channel, &message)
            .await
            .first()
            .str("verdict")
    })
    .await;
    assert_eq!(
        verdicts.iter().filter(|v| *v == "unknown_order").count(),
        1,
        "{verdicts:?}"
    );
    assert_eq!(
        verdicts.iter().filter(|v| *v == "repeated").count(),
        15,
        "{verdicts:?}"
    );
    let tables = [
        "shop_orders",
        "shop_order_product",
        "shop_stock_reservations",
        "shop_order_logs",
    ];
    for table in tables {
        assert_eq!(db.count(table).await, 0, "{table}");
    }
    assert_eq!(db.text(stock).await, before);
    assert_eq!(
        (
            db.count("shop_payments").await,
            db.count("shop_pg_duties").await
        ),
        (1, 1)
    );
    assert_eq!(db.count("shop_pg_messages").await, 16);
    db.assert_audit_clean().await;
}
