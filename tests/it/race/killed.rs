//! An order that ends while it waits at one of its steps, by KILL QUERY, by KILL CONNECTION or because it waited too
//! long: nothing is left, and the key is free.

use super::*;

/// Where the order waits when it is killed, in the order of its locks.
#[derive(Clone, Copy, Debug)]
enum Step {
    CartHeader,
    Key,
    CartRow,
    Stock,
}

const STEPS: [Step; 4] = [Step::CartHeader, Step::Key, Step::CartRow, Step::Stock];

/// Whoever makes the order wait.
enum Blocker {
    Rows(Holder),
    /// Another buyer's order with the same key, itself waiting for another stock row.
    Order(Holder, Box<Running>),
}

impl Step {
    async fn block(self, db: &TestDb, cart_id: i64, number: &str) -> Blocker {
        match self {
            Step::CartHeader => Blocker::Rows(Holder::cart_header(db, "u1").await),
            Step::CartRow => Blocker::Rows(Holder::cart_row(db, cart_id).await),
            Step::Stock => Blocker::Rows(Holder::stock(db, "lamp", NO_OPTION).await),
            Step::Key => {
                let last = db
                    .int("SELECT seq_no FROM shop_cart WHERE user_id = 'u2'")
                    .await;
                let mut stock = Holder::stock(db, "last", NO_OPTION).await;
                stock
                    .exec(
                        "UPDATE shop_stock SET free = 0 WHERE shop_id = 1 AND product_id = 'last'",
                    )
                    .await;
                let order = OrderCall::new(number, &[last])
                    .user(1, "u2")
                    .client_total("7000");
                let other = waiting_order(db, &order).await;
                Blocker::Order(stock, Box::new(other))
            }
        }
    }
}

impl Blocker {
    async fn release(self, db: &TestDb) {
        match self {
            Blocker::Rows(holder) => holder.release().await,
            Blocker::Order(stock, other) => {
                stock.release().await;
                assert_eq!(code(&other.finish().await), "OUT_OF_STOCK");
                db.exec("UPDATE shop_stock SET free = 1 WHERE shop_id = 1 AND product_id = 'last'")
                    .await;
            }
        }
    }
}

/// Kills an order at every step and looks at what it left.
async fn kill_at_every_step(kill: &str) {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1'), (1, 'u2')")
        .await;
    db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    for (round, step) in (0..).zip(STEPS) {
        let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let number = format!("T{round}");
        let order = OrderCall::new(&number, &[cart_id]).client_total("43000");
        let before = db.snapshot().await;
        let blocker = step.block(&db, cart_id, &number).await;
        let running = waiting_order(&db, &order).await;
        let id = running.id;
        let (conn, killed) = super::kill(&db, kill, running).await;
        let error = killed.expect_err("killed");
        if kill == "KILL QUERY" {
            assert_eq!(error.errno, 1317, "{step:?}: {error:?}");
        }
        // As the gateway does after any error: the connection is not used again.
        drop(conn);
        let session = format!("SELECT COUNT(*) FROM {PROCESSLIST} WHERE ID = {id}");
        eventually("the killed session ends", || async {
            db.int(&session).await == 0
        })
        .await;
        blocker.release(&db).await;

        // Its locks are gone, its key is free, its cart is whole.
        let mut conn = db.conn_as_gateway().await;
        conn.query_drop("SET SESSION innodb_lock_wait_timeout = 10")
            .await
            .unwrap();
        assert_eq!(db.snapshot().await, before, "{step:?}");
        let answer = order.call(&mut conn).await;
        assert_eq!(ok(&answer).int("replayed"), 0, "{step:?}");
        assert_eq!(
            db.free_stock("lamp", NO_OPTION).await,
            98 - 2 * round,
            "{step:?}"
        );
        assert_eq!(db.count("shop_orders").await, round + 1, "{step:?}");
        assert_eq!(
            db.count("shop_error_log").await,
            0,
            "{step:?}: an interruption is expected"
        );
        db.assert_audit_clean().await;
    }
}

#[tokio::test]
async fn an_order_whose_statement_is_killed_leaves_nothing() {
    kill_at_every_step("KILL QUERY").await;
}

#[tokio::test]
async fn an_order_whose_connection_is_killed_leaves_nothing() {
    kill_at_every_step("KILL").await;
}

#[tokio::test]
async fn an_order_that_waits_too_long_leaves_nothing_not_even_a_lock() {
    let db = TestDb::with_fixture().await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1'), (1, 'u2')")
        .await;
    db.add_cart(1, "u2", "last", NO_OPTION, 1).await;
    let mut other = db.conn_as_gateway().await;
    other
        .query_drop("SET SESSION innodb_lock_wait_timeout = 5")
        .await
        .unwrap();
    for (round, step) in (0..).zip(STEPS) {
        let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
        let number = format!("T{round}");
        let order = OrderCall::new(&number, &[cart_id]).client_total("43000");
        let before = db.snapshot().await;
        let blocker = step.block(&db, cart_id, &number).await;
        let mut conn = db.conn_as_gateway().await;
        conn.query_drop("SET SESSION innodb_lock_wait_timeout = 1")
            .await
            .unwrap();
        // The engine takes back the statement only; the rest is for the procedure to take back.
        let late = order.call(&mut conn).await;
        assert_eq!(code(&late), "1205", "{step:?}");
        assert_eq!(late.unwrap_err().row().str("result"), "LOCK_WAIT_TIMEOUT");
        blocker.release(&db).await;
        assert_eq!(db.snapshot().await, before, "{step:?}");
        // Its connection stays open, and idle.
        let answer = order.call(&mut other).await;
        assert_eq!(ok(&answer).int("replayed"), 0, "{step:?}");
        drop(conn);
    }
    assert_eq!(db.count("shop_error_log").await, 0);
    db.assert_audit_clean().await;
}
