//! Row 16: an item added during checkout, and a wrong amount paid. A cart edit beside an order comes before it or after
//! it, never in between.

use super::*;

/// The edits of a cart that may meet an order.
#[derive(Clone, Copy, Debug)]
enum Edit {
    AddToTheRow,
    AddAnotherRow,
    Change,
    Delete,
}

const EDITS: [Edit; 4] = [
    Edit::AddToTheRow,
    Edit::AddAnotherRow,
    Edit::Change,
    Edit::Delete,
];

impl Edit {
    async fn start(self, db: &TestDb, user: &str, cart_id: i64) -> Running {
        match self {
            Edit::AddToTheRow => {
                Running::call(db, "add_shop_cart", (1, user, "lamp", None::<&str>, "3")).await
            }
            Edit::AddAnotherRow => {
                Running::call(db, "add_shop_cart", (1, user, "pen", None::<&str>, "3")).await
            }
            Edit::Change => {
                Running::call(db, "update_shop_cart", (1, user, cart_id.to_string(), "5")).await
            }
            Edit::Delete => {
                Running::call(db, "delete_shop_cart", (1, user, format!("[{cart_id}]"))).await
            }
        }
    }
}

/// The cart of a buyer as `product ×quantity`.
async fn cart(db: &TestDb, user: &str) -> String {
    db.text(&format!(
        "SELECT GROUP_CONCAT(CONCAT(product_id, ' ×', quantity) ORDER BY seq_no SEPARATOR ', ') FROM shop_cart
         WHERE shop_id = 1 AND user_id = '{user}'"
    ))
    .await
}

#[tokio::test]
async fn an_edit_that_comes_during_an_order_comes_after_it() {
    let db = TestDb::with_fixture().await;
    for (user, edit) in ["u1", "u2", "u3", "u4"].into_iter().zip(EDITS) {
        let cart_id = db.add_cart(1, user, "lamp", NO_OPTION, 2).await;
        let number = format!("T-{user}");
        let order = OrderCall::new(&number, &[cart_id])
            .user(1, user)
            .client_total("43000");
        let stock = Holder::stock(&db, "lamp", NO_OPTION).await;
        let ordering = waiting_order(&db, &order).await; // with the cart rows gone, not committed
        let mut editing = edit.start(&db, user, cart_id).await;
        editing.wait_until_blocked().await;
        stock.release().await;
        let order = ordering.finish().await;
        assert_eq!(ok(&order).str("total_payment"), "43000.00", "{edit:?}");
        let edited = editing.finish().await;
        let left = match edit {
            Edit::AddToTheRow => {
                assert_ne!(ok(&edited).int("cart_id"), cart_id, "a row of its own");
                "lamp ×3"
            }
            Edit::AddAnotherRow => {
                ok(&edited);
                "pen ×3"
            }
            Edit::Change => {
                assert_eq!(code(&edited), "CART_NOT_FOUND");
                ""
            }
            Edit::Delete => {
                assert_eq!(ok(&edited).int("deleted"), 0);
                ""
            }
        };
        assert_eq!(cart(&db, user).await, left, "{edit:?}");
        let sql = "SELECT quantity FROM shop_order_product ORDER BY order_seq_no DESC LIMIT 1";
        assert_eq!(db.int(sql).await, 2, "{edit:?}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_order_that_comes_during_an_edit_sees_all_of_it() {
    let db = TestDb::with_fixture().await;
    for (user, edit) in ["u1", "u2", "u3", "u4"].into_iter().zip(EDITS) {
        let cart_id = db.add_cart(1, user, "lamp", NO_OPTION, 2).await;
        let pen = db.add_cart(1, user, "pen", NO_OPTION, 1).await;
        let number = format!("T-{user}");
        let order = OrderCall::new(&number, &[cart_id])
            .user(1, user)
            .client_total("43000");
        // The edit has the buyer's cart and waits for its row.
        let row = match edit {
            Edit::AddAnotherRow => pen,
            _ => cart_id,
        };
        let holder = Holder::cart_row(&db, row).await;
        let mut editing = edit.start(&db, user, cart_id).await;
        editing.wait_until_blocked().await;
        let ordering = waiting_order(&db, &order).await;
        holder.release().await;
        ok(&editing.finish().await);
        let ordered = ordering.finish().await;
        let mut conn = db.conn_as_gateway().await;
        let left = match edit {
            Edit::AddToTheRow | Edit::Change => {
                // Five lamps now: the buyer saw the price of two.
                assert_eq!(code(&ordered), "PRICE_CHANGED", "{edit:?}");
                let error = ordered.unwrap_err();
                assert_eq!(error.sets.set(1).rows[0].str("total_payment"), "103000.00");
                let order = order.client_total("103000").call(&mut conn).await;
                assert_eq!(ok(&order).int("replayed"), 0, "the key stayed free");
                "pen ×1"
            }
            Edit::AddAnotherRow => {
                ok(&ordered);
                "pen ×4"
            }
            Edit::Delete => {
                assert_eq!(code(&ordered), "CART_NOT_FOUND");
                "pen ×1"
            }
        };
        assert_eq!(cart(&db, user).await, left, "{edit:?}");
    }
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_row_that_a_hand_changes_past_the_lock_is_not_ordered_as_it_was() {
    let db = TestDb::with_fixture().await;
    let mut conn = db.conn_as_gateway().await;
    // The order starts again, and finds what the hand has made of the row.
    let changes = [
        (
            "UPDATE shop_cart SET quantity = 5 WHERE seq_no = ID",
            "PRICE_CHANGED",
        ),
        ("DELETE FROM shop_cart WHERE seq_no = ID", "CART_NOT_FOUND"),
        (
            "UPDATE shop_cart SET product_id = 'book' WHERE seq_no = ID",
            "PRICE_CHANGED",
        ),
        (
            "UPDATE shop_cart SET option_hash = 'other' WHERE seq_no = ID",
            "PRODUCT_UNAVAILABLE",
        ),
        (
            "UPDATE shop_cart SET combination_hash = 'other' WHERE seq_no = ID",
            "PRODUCT_UNAVAILABLE",
        ),
        (
            "UPDATE shop_cart SET user_id = 'u2' WHERE seq_no = ID",
            "CART_NOT_FOUND",
        ),
    ];
    for (round, (change, refusal)) in changes.into_iter().enumerate() {
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let pen = db.add_cart(1, "u1", "pen", NO_OPTION, 1).await;
        let order = OrderCall::new(&format!("T{round}"), &[lamp, pen]).client_total("46500");
        let mut row = Holder::cart_row(&db, lamp).await;
        let ordering = waiting_order(&db, &order).await; // priced, and about to take the rows
        row.exec(&change.replace("ID", &lamp.to_string())).await;
        row.release().await;
        assert_eq!(code(&ordering.finish().await), refusal, "{change}");
        assert_eq!(db.count("shop_orders").await, 0);
        assert_eq!(db.free_stock("pen", NO_OPTION).await, 100);
        let pens = format!("SELECT COUNT(*) FROM shop_cart WHERE seq_no = {pen}");
        assert_eq!(db.int(&pens).await, 1, "the other row is still there");
        db.exec("DELETE FROM shop_cart").await;
    }
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let order = OrderCall::new("T0", &[lamp]).client_total("43000");
    assert_eq!(ok(&order.call(&mut conn).await).int("replayed"), 0);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn edits_and_orders_of_one_buyer_in_a_storm_never_mix() {
    let db = TestDb::with_fixture().await;
    for round in 0..4 {
        let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 1).await;
        db.exec("UPDATE shops SET total_tolerance = 1000000").await;
        let answers = storm(&db, 10, |number, mut conn| async move {
            let id = cart_id.to_string();
            match number {
                0..3 => {
                    let order = OrderCall::new(&format!("T{round}-{number}"), &[cart_id]);
                    order.client_total("23000").call(&mut conn).await
                }
                3..6 => {
                    call(
                        &mut conn,
                        "add_shop_cart",
                        (1, "u1", "lamp", None::<&str>, "1"),
                    )
                    .await
                }
                6..8 => call(&mut conn, "update_shop_cart", (1, "u1", id, "3")).await,
                _ => call(&mut conn, "delete_shop_cart", (1, "u1", format!("[{id}]"))).await,
            }
        })
        .await;
        for answer in &answers {
            if answer.is_err() {
                assert_eq!(code(answer), "CART_NOT_FOUND");
            }
        }
        // Lines that were charged are lines that were in the cart.
        db.assert_audit_clean().await;
        db.exec("DELETE FROM shop_cart").await;
    }
    assert_eq!(db.count("shop_error_log").await, 0);
}
