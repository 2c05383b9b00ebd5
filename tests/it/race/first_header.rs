//! The first calls of a new buyer: all of them want to create the header of the cart that the others wait for.

use super::*;

#[tokio::test]
async fn the_first_calls_of_a_new_buyer_do_not_deadlock() {
    let db = TestDb::with_fixture().await;
    for round in 0..8 {
        let user = format!("new-{round}");
        let cart_id = db.add_cart(1, &user, "lamp", NO_OPTION, 1).await;
        let answers = storm(&db, 16, |number, mut conn| {
            let user = user.clone();
            async move {
                match number {
                    0..10 => {
                        call(
                            &mut conn,
                            "add_shop_cart",
                            (1, &user, "book", None::<&str>, "1"),
                        )
                        .await
                    }
                    10..13 => {
                        guest_order(&format!("T{round}"), &user, &[cart_id], "23000")
                            .call(&mut conn)
                            .await
                    }
                    13 => call(&mut conn, "update_shop_cart", (1, &user, "999999", "1")).await,
                    14 => call(&mut conn, "delete_shop_cart", (1, &user, "[999999]")).await,
                    _ => call(&mut conn, "shop_order_restore_cart", (1, &user, "none")).await,
                }
            }
        })
        .await;
        for (number, answer) in answers.iter().enumerate() {
            match number {
                13 => assert_eq!(code(answer), "CART_NOT_FOUND"),
                15 => assert_eq!(code(answer), "ORDER_NOT_FOUND"),
                _ => drop(ok(answer)),
            }
        }
        let books = format!("SELECT quantity FROM shop_cart WHERE user_id = '{user}'");
        assert_eq!(db.int(&books).await, 10, "every add counted");
        let headers = format!("SELECT COUNT(*) FROM shop_cart_headers WHERE user_id = '{user}'");
        assert_eq!(db.int(&headers).await, 1);
    }
    assert_eq!(db.count("shop_orders").await, 8);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_new_buyers_call_waits_for_the_header_that_another_one_is_creating() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "new", "lamp", NO_OPTION, 1).await;
    let mut creator = db.conn().await;
    creator
        .query_drop("BEGIN; INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'new')")
        .await
        .unwrap();
    let mut orders = Vec::new();
    for _ in 0..4 {
        let order = waiting_order(&db, &guest_order("T1", "new", &[cart_id], "23000")).await;
        orders.push(order);
    }
    creator.query_drop("COMMIT").await.unwrap();
    let mut replays = 0;
    for order in orders {
        replays += ok(&order.finish().await).int("replayed");
    }
    assert_eq!(replays, 3);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_first_call_that_fails_passes_the_new_header_on_without_a_deadlock() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "new", "last", NO_OPTION, 1).await;
    let order = guest_order("T1", "new", &[cart_id], "7000");
    let mut stock = Holder::stock(&db, "last", NO_OPTION).await;
    let first = waiting_order(&db, &order).await;
    let mut others = Vec::new();
    for _ in 0..8 {
        others.push(waiting_order(&db, &order).await);
    }
    stock
        .exec("UPDATE shop_stock SET free = 0 WHERE shop_id = 1 AND product_id = 'last'")
        .await;
    stock.release().await;
    assert_eq!(code(&first.finish().await), "OUT_OF_STOCK");
    for other in others {
        assert_eq!(code(&other.finish().await), "OUT_OF_STOCK");
    }
    assert_eq!(db.count("shop_orders").await, 0);
}
