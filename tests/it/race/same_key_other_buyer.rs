//! Two buyers, one key: each has the lock of another cart, so the key itself decides.

use super::*;

async fn orders_of_two(db: &TestDb) -> (OrderCall, OrderCall) {
    let mine = db.add_cart(1, "u1", "last", NO_OPTION, 1).await;
    let yours = db.add_cart(1, "u2", "lamp", NO_OPTION, 1).await;
    (
        OrderCall::new("T1", &[mine]).client_total("7000"),
        OrderCall::new("T1", &[yours])
            .user(1, "u2")
            .client_total("23000"),
    )
}

#[tokio::test]
async fn the_second_buyer_is_refused_once_the_first_has_ordered() {
    let db = TestDb::with_fixture().await;
    let (mine, yours) = orders_of_two(&db).await;
    let stock = Holder::stock(&db, "last", NO_OPTION).await;
    let first = waiting_order(&db, &mine).await;
    let second = waiting_order(&db, &yours).await; // for the key
    stock.release().await;
    assert_eq!(ok(&first.finish().await).int("replayed"), 0);
    assert_eq!(code(&second.finish().await), "IDEMPOTENCY_MISMATCH");
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    assert_eq!(
        db.count("shop_cart").await,
        1,
        "the second buyer's cart is untouched"
    );
    let mut conn = db.conn_as_gateway().await;
    ok(&yours.number(Some("T2")).call(&mut conn).await);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn the_second_buyer_gets_the_key_when_the_first_one_rolls_back() {
    let db = TestDb::with_fixture().await;
    let (mine, yours) = orders_of_two(&db).await;
    let mut stock = Holder::stock(&db, "last", NO_OPTION).await;
    let lamps = Holder::stock(&db, "lamp", NO_OPTION).await;
    let first = waiting_order(&db, &mine).await;
    let second = waiting_order(&db, &yours).await;
    // The first one is going to be too late for its unit.
    stock
        .exec("UPDATE shop_stock SET free = 0 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    stock.release().await;
    // It gives everything back, the key too, before it looks with care for what is short. The second one has the key
    // then, and waits for its stock: until it commits, the key is not in the first one's way.
    assert_eq!(code(&first.finish().await), "OUT_OF_STOCK");
    lamps.release().await;
    let second = second.finish().await;
    assert_eq!(ok(&second).int("replayed"), 0);
    assert_eq!(db.text("SELECT user_id FROM shop_orders").await, "u2");
    let mut conn = db.conn_as_gateway().await;
    assert_eq!(code(&mine.call(&mut conn).await), "IDEMPOTENCY_MISMATCH");
    db.exec("UPDATE shop_stock SET free = 1 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn of_many_buyers_with_one_key_one_orders_and_none_is_half_done() {
    let db = TestDb::with_fixture().await;
    for round in 0..3 {
        let number = format!("T{round}");
        let mut orders = Vec::new();
        for user in 1..=8 {
            let user = format!("u{user}");
            let cart_id = db.add_cart(1, &user, "lamp", NO_OPTION, 1).await;
            orders.push(
                OrderCall::new(&number, &[cart_id])
                    .user(1, &user)
                    .client_total("23000"),
            );
        }
        let answers = storm(&db, 8, |buyer, mut conn| {
            let order = orders[buyer].clone();
            async move {
                let mut answer = order.call(&mut conn).await;
                // Who waits for a key of which the claim is rolled back may deadlock with other waiters: both engines
                // do so. The catalogue says that such a call is repeated.
                while answer.as_ref().is_err_and(|error| error.errno == 1213) {
                    answer = order.call(&mut conn).await;
                }
                answer
            }
        })
        .await;
        let (orders, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_ok());
        assert_eq!(orders.len(), 1, "{orders:?}");
        for other in others {
            assert_eq!(code(other), "IDEMPOTENCY_MISMATCH");
        }
        assert_eq!(db.count("shop_orders").await, round + 1);
        assert_eq!(db.count("shop_cart").await, 7);
        assert_eq!(db.free_stock("lamp", NO_OPTION).await, 99 - round);
        db.exec("DELETE FROM shop_cart").await;
    }
    db.assert_audit_clean().await;
}
