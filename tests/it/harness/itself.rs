//! The harness itself: what every other test relies on. Also the shortest examples of how it is used.

use crate::support::*;

#[tokio::test]
async fn a_database_of_its_own_is_gone_after_its_test_with_whoever_is_still_in_it() {
    let db = TestDb::empty().await;
    db.exec("CREATE TABLE marks (mark INT PRIMARY KEY) ENGINE = InnoDB")
        .await;
    let name = db.name().to_owned();
    let mut left_over = db.conn().await;
    left_over
        .query_drop("BEGIN; SELECT * FROM marks LOCK IN SHARE MODE")
        .await
        .unwrap();
    drop(db);
    let other = TestDb::empty().await;
    assert_eq!(databases_called(&other, &name).await, 0);
}

#[tokio::test]
async fn a_loaded_database_is_emptied_for_the_next_test_with_whoever_is_still_in_it() {
    let mut db = TestDb::new().await;
    let as_loaded = without_the_jobs(&db.snapshot().await);
    let jobs = db.count("shop_jobs").await;
    let name = db.name().to_owned();
    db.fixture().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("DELETE FROM shop_cart; UPDATE shop_error_codes SET http_status = 500; DELETE FROM shop_jobs")
        .await;
    let mut left_over = db.conn().await;
    left_over
        .query_drop("BEGIN; SELECT * FROM shops LOCK IN SHARE MODE")
        .await
        .unwrap();
    drop(db);
    db = used_again(&name).await;
    assert_eq!(without_the_jobs(&db.snapshot().await), as_loaded);
    let due = "SELECT COUNT(*) FROM shop_jobs WHERE next_run_at <= UTC_TIMESTAMP(6)";
    assert_eq!(db.int(due).await, jobs);
    db.fixture().await;
    assert_eq!(db.add_cart(1, "u1", "book", NO_OPTION, 1).await, cart_id);
}

/// The database of this name, which has just become free. Usually it is the next one, unless another test is quicker: that
/// one gets another.
async fn used_again(name: &str) -> TestDb {
    let mut others = Vec::new();
    loop {
        let db = TestDb::new().await;
        if db.name() == name || others.len() == 5 {
            return db;
        }
        others.push(db);
    }
}

/// The rows of shop_jobs say when they were loaded.
fn without_the_jobs(snapshot: &str) -> String {
    snapshot
        .lines()
        .filter(|line| !line.starts_with("shop_jobs "))
        .collect::<Vec<_>>()
        .join("\n")
}

async fn databases_called(db: &TestDb, name: &str) -> i64 {
    db.int(&format!(
        "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '{name}'"
    ))
    .await
}

#[tokio::test]
async fn a_database_that_was_changed_in_more_than_its_rows_is_not_used_again() {
    for change in [
        "DROP PROCEDURE shop_order_quote",
        "CREATE PROCEDURE own() SELECT 1",
        "ALTER TABLE shop_cart ADD COLUMN own INT NULL",
        "ALTER TABLE shop_cart DROP INDEX ix_shop_cart_item",
        "ALTER TABLE shop_cart DROP CONSTRAINT ck_shop_cart_quantity",
        "CREATE OR REPLACE VIEW v_order_seals AS SELECT 1 AS a",
        "REVOKE EXECUTE ON PROCEDURE shop_order_insert FROM jumun_gateway@'%'",
        "GRANT SELECT ON shop_cart TO jumun_gateway@'%'",
    ] {
        let db = TestDb::new().await;
        let name = db.name().to_owned();
        db.exec(change).await;
        drop(db);
        let other = TestDb::empty().await;
        assert_eq!(databases_called(&other, &name).await, 0, "{change}");
    }
}

#[tokio::test]
async fn tables_and_triggers_are_as_they_were_loaded_when_a_database_is_used_again() {
    for change in [
        "CREATE TABLE own (a INT PRIMARY KEY)",
        "CREATE TRIGGER own BEFORE INSERT ON shop_cart FOR EACH ROW SET @own = 1",
        "DROP TRIGGER tr_shop_cart_insert",
        "DROP TRIGGER tr_shop_cart_insert;
         CREATE TRIGGER tr_shop_cart_insert BEFORE INSERT ON shop_cart FOR EACH ROW SET @own = 1",
    ] {
        let db = TestDb::new().await;
        let as_loaded = db.definitions().await;
        let name = db.name().to_owned();
        db.exec(change).await;
        assert_ne!(db.definitions().await, as_loaded, "{change}");
        drop(db);
        let other = TestDb::empty().await;
        assert_eq!(databases_called(&other, &name).await, 1, "{change}");
        let db = used_again(&name).await;
        assert_eq!(db.definitions().await, as_loaded, "{change}");
    }
}

#[tokio::test]
async fn an_order_and_its_payment_in_the_fixture() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("43000");
    let answer = order.call(&mut conn).await.unwrap();
    assert_eq!(answer.first().str("total_payment"), "43000.00");
    assert_eq!(db.free_stock("lamp", NO_OPTION).await, 98);
    assert_eq!(db.count("shop_cart").await, 0);

    let answer = settle(
        &mut conn,
        "notify",
        &WalletMessage::paid("T1", "P1", "43000"),
    )
    .await
    .unwrap();
    assert_eq!(answer.first().int("http_status"), 200);
    assert_eq!(answer.first().str("body"), "OK");
    assert_eq!(db.int("SELECT order_status FROM shop_orders").await, 2);
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn two_sessions_meet_where_the_test_wants_them_to() {
    let db = TestDb::with_fixture().await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("INSERT INTO shop_cart_headers (shop_id, user_id) VALUES (1, 'u1')")
        .await;
    let mut holder = db.conn().await;
    holder
        .query_drop("BEGIN; UPDATE shop_cart_headers SET version = version + 1")
        .await
        .unwrap();
    let order = OrderCall::new("T1", &[cart_id]).client_total("10000");
    let mut running = Running::order(&db, order).await;
    running.wait_until_blocked().await;
    assert!(!running.is_finished());
    holder.query_drop("COMMIT").await.unwrap();
    running.finish().await.unwrap();
}

#[tokio::test]
async fn the_real_gateway_answers_over_http() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let item = serde_json::json!({"product_id": "book", "quantity": 2});
    let answer = gateway
        .shop(Method::POST, "/v1/cart/items", "u1")
        .json(&item)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["lines"][0]["line_amount"], "20000.00", "{body}");
    assert_eq!(db.count("shop_cart").await, 1);
    let answer = gateway
        .request(Method::GET, "/v1/cart")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn the_sandbox_is_the_wallet_of_the_fixture() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let sandbox = Sandbox::start(&[]).await;
    sandbox.connect(&db, &gateway).await;
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let mut conn = db.conn_as_gateway().await;
    let order = OrderCall::new("T1", &[cart_id]).client_total("10000");
    let answer = order.call(&mut conn).await.unwrap();
    let payment = &answer.set(1).rows[0];
    let fields = payment.json("pay_fields_json");
    let form: Vec<(String, String)> = fields
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let page = sandbox
        .client
        .post(payment.str("pay_url"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        page.status(),
        200,
        "the sandbox knows the account and accepts the hash"
    );
}

#[tokio::test]
async fn a_private_server_has_after_kill_9_what_it_had_acknowledged() {
    let mut server = PrivateServer::start(engine()).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    let members = db.count("member").await;
    server.kill9();
    server.restart().await;
    let mut conn = db.conn_as_gateway().await;
    db.call(&mut conn, "select_shop_cart", (1, "u1", None::<&str>))
        .await
        .unwrap();
    let mut admin = db.conn().await;
    let after = query(&mut admin, "SELECT COUNT(*) AS n FROM member")
        .await
        .unwrap();
    assert_eq!(after.first().int("n"), members);
}
