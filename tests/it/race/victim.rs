//! An order that the engine ends to resolve a deadlock, with all that it had written, and what has changed when it begins
//! again: it reads everything anew and answers nothing of what was rolled back.

use super::*;

/// An old page, or a hand: it holds the lamps' stock for which u1's order of two lamps waits, and then wants the cart
/// that the order holds. It has written so much that the engine ends the order instead, which then waits for the cart.
struct Deadlock {
    hand: Holder,
    order: OrderCall,
    running: Running,
}

impl Deadlock {
    async fn begin(db: &TestDb) -> Deadlock {
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let order = OrderCall::new("T1", &[lamp, book]).client_total("53000");
        Deadlock::around(db, order).await
    }

    async fn around(db: &TestDb, order: OrderCall) -> Deadlock {
        db.exec(
            "INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1'), (1, 'u2');
             CREATE TABLE heavy (n INT NOT NULL PRIMARY KEY) ENGINE = InnoDB",
        )
        .await;
        let mut hand = Holder::stock(db, "lamp", NO_OPTION).await;
        hand.exec(
            "INSERT INTO heavy WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 900) SELECT n FROM x",
        )
        .await;
        let running = waiting_order(db, &order).await;
        Deadlock {
            hand,
            order,
            running,
        }
    }

    async fn strike(&mut self, db: &TestDb) {
        self.hand
            .exec("UPDATE shop_cart_headers SET version = version + 1 WHERE shop_id = 1 AND user_id = 'u1'")
            .await;
        self.running.wait_until_blocked().await;
        assert_eq!(db.count("shop_orders").await, 0);
    }

    async fn end(self) -> (OrderCall, Result<Sets, CallError>) {
        self.hand.release().await;
        (self.order, self.running.finish().await)
    }
}

#[tokio::test]
async fn it_is_made_all_the_same() {
    let db = TestDb::with_fixture().await;
    let mut deadlock = Deadlock::begin(&db).await;
    deadlock.strike(&db).await;
    let (order, answer) = deadlock.end().await;
    assert_eq!(ok(&answer).int("replayed"), 0);
    assert_eq!(ok(&answer).str("total_payment"), "53000.00");
    let key = db
        .text("SELECT _uuid_text(order_key) FROM shop_orders")
        .await;
    assert_eq!(ok(&answer).str("order_key"), key);
    for (table, n) in [
        ("shop_orders", 1),
        ("shop_order_product", 2),
        ("shop_cart", 0),
    ] {
        assert_eq!(db.count(table).await, n, "{table}");
    }
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    let mut conn = db.conn_as_gateway().await;
    let again = order.call(&mut conn).await;
    assert_eq!(ok(&again).int("replayed"), 1);
    assert_eq!(ok(&again).str("order_key"), key);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn it_sees_what_has_changed_meanwhile() {
    for (change, code_now) in [
        ("UPDATE shop_products SET sale_price = 21000 WHERE product_id = 'lamp'", "PRICE_CHANGED"),
        ("UPDATE shop_products SET display = '0' WHERE product_id = 'lamp'", "PRODUCT_UNAVAILABLE"),
        ("UPDATE shop_pg_adapters SET is_enabled = 0", "PG_NOT_AVAILABLE"),
        ("DELETE FROM shop_shipping_address WHERE seq_no = 101", "ADDRESS_NOT_FOUND"),
        ("DELETE FROM shop_cart WHERE product_id = 'book'", "CART_NOT_FOUND"),
        ("UPDATE shop_cart SET quantity = 3 WHERE product_id = 'lamp'", "PRICE_CHANGED"),
        (
            "UPDATE shop_stock SET free = 1 WHERE product_id = 'lamp';
             INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
             VALUES (1, 'lamp', '__noopt__', -99, 'broken', 'hand', UTC_TIMESTAMP(6))",
            "OUT_OF_STOCK",
        ),
    ] {
        let db = TestDb::with_fixture().await;
        let mut deadlock = Deadlock::begin(&db).await;
        deadlock.strike(&db).await;
        deadlock.hand.exec(change).await;
        let (_, answer) = deadlock.end().await;
        assert_eq!(code(&answer), code_now, "{change}");
        for table in ["shop_orders", "shop_order_product", "shop_order_logs", "shop_stock_reservations"] {
            assert_eq!(db.count(table).await, 0, "{change}: {table}");
        }
        assert_eq!(db.free_stock("book", NO_OPTION).await, 100, "{change}");
        assert_eq!(db.count("shop_error_log").await, 0, "{change}");
        db.assert_audit_clean().await;
    }
}

/// What was its own key when it was ended is somebody else's when it begins again.
#[tokio::test]
async fn it_may_have_lost_its_key() {
    let db = TestDb::with_fixture().await;
    let mut deadlock = Deadlock::begin(&db).await;
    let pen = db.add_cart(1, "u2", "pen", NO_OPTION, 1).await;
    let other = OrderCall::new("T1", &[pen])
        .user(1, "u2")
        .client_total("3500");
    let other = waiting_order(&db, &other).await;
    deadlock.strike_while(&db, other).await;
    let (_, answer) = deadlock.end().await;
    assert_eq!(code(&answer), "IDEMPOTENCY_MISMATCH");
    assert_eq!(db.text("SELECT user_id FROM shop_orders").await, "u2");
    assert_eq!(db.count("shop_cart").await, 2, "u1's cart is whole");
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 100);
    db.assert_audit_clean().await;
}

impl Deadlock {
    /// The other order has waited for the key, and gets it.
    async fn strike_while(&mut self, db: &TestDb, other: Running) {
        self.hand
            .exec("UPDATE shop_cart_headers SET version = version + 1 WHERE shop_id = 1 AND user_id = 'u1'")
            .await;
        let other = other.finish().await;
        assert_eq!(ok(&other).int("replayed"), 0);
        self.running.wait_until_blocked().await;
        assert_eq!(db.count("shop_orders").await, 1);
    }
}

/// Units that go while the order waits for them, after it has taken those of another product.
#[tokio::test]
async fn units_that_go_while_it_waits_are_short_or_reclaimed() {
    for lapsed in [false, true] {
        let db = TestDb::with_fixture().await;
        let mut conn = db.conn_as_gateway().await;
        let mut free = 100;
        if lapsed {
            let lamp = db.add_cart(1, "u2", "lamp", NO_OPTION, 5).await;
            let order = OrderCall::new("T0", &[lamp])
                .user(1, "u2")
                .client_total("103000");
            ok(&order.call(&mut conn).await);
            db.let_expire("T0").await;
            free -= 5;
        }
        let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let book = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let order = OrderCall::new("T1", &[lamp, book]).client_total("53000");
        let mut stock = Holder::stock(&db, "lamp", NO_OPTION).await;
        let ordering = waiting_order(&db, &order).await;
        stock
            .exec(&format!(
                "UPDATE shop_stock SET free = 1 WHERE product_id = 'lamp';
                 INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
                 VALUES (1, 'lamp', '__noopt__', 1 - {free}, 'broken', 'hand', UTC_TIMESTAMP(6))"
            ))
            .await;
        stock.release().await;
        let answer = ordering.finish().await;
        if lapsed {
            assert_eq!(ok(&answer).int("replayed"), 0);
            assert_eq!(
                db.free_stock("lamp", NO_OPTION).await,
                4,
                "1 + 5 that had lapsed - 2"
            );
            assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
        } else {
            assert_eq!(code(&answer), "OUT_OF_STOCK");
            let error = answer.unwrap_err();
            let shortage = &error.sets.set(1).rows[0];
            assert_eq!((shortage.int("wanted"), shortage.int("free")), (2, 1));
            assert_eq!(db.free_stock("book", NO_OPTION).await, 100);
            assert_eq!(db.count("shop_orders").await, 0);
            assert_eq!(db.count("shop_cart").await, 2);
        }
        db.assert_audit_clean().await;
    }
}

/// What its coupon took off the first time is not taken off a second time.
#[tokio::test]
async fn its_coupon_is_taken_once() {
    let db = TestDb::with_fixture().await;
    crate::coupon::coupon(&db, "C1", "use_limit = 1").await;
    let id = crate::coupon::issue(&db, "C1", "u1").await;
    let lamp = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let order = OrderCall::new("T1", &[lamp])
        .coupons(Some(&format!("[{id}]")))
        .client_total("42000");
    let mut deadlock = Deadlock::around(&db, order).await;
    deadlock.strike(&db).await;
    let (_, answer) = deadlock.end().await;
    assert_eq!(ok(&answer).str("total_payment"), "42000.00");
    assert_eq!(crate::coupon::holder(&db, id).await, "T1 1");
    db.assert_audit_clean().await;
}
