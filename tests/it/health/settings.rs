//! Server settings that the procedures could stumble over: what a session may set is set, the rest is named.

use super::*;

/// As unhelpful as a server's defaults may be. Only administrators may set max_error_count on MySQL.
fn defaults() -> String {
    let mut sql = "SET GLOBAL completion_type = 1; SET GLOBAL max_join_size = 1; SET GLOBAL sql_big_selects = 0;
        SET GLOBAL group_concat_max_len = 4; SET GLOBAL sql_safe_updates = 1; SET GLOBAL sql_select_limit = 1;
        SET GLOBAL autocommit = 0; SET GLOBAL foreign_key_checks = 0; SET GLOBAL unique_checks = 0;
        SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'"
        .to_owned();
    if engine() == Engine::MariaDb {
        sql.push_str("; SET GLOBAL max_error_count = 0; SET GLOBAL check_constraint_checks = 0");
    }
    sql
}

#[tokio::test]
async fn a_gateway_serves_whatever_the_sessions_of_its_server_begin_with() {
    let (_server, db) = private().await;
    let mut ids = Vec::new();
    for product in ["book", "lamp", "chair", "rice", "pen", "ink"] {
        ids.push(db.add_cart(1, "u1", product, NO_OPTION, 1).await);
    }
    db.exec(&defaults()).await;
    let gateway = Gateway::start(&db).await;
    let body = serde_json::json!({"selected_cart_ids": ids, "address_id": 101});
    let quote = Reply::of(gateway.shop(Method::POST, "/v1/quotes", "u1").json(&body)).await;
    let total = quote.ok()["total_payment"]
        .as_str()
        .expect("a total")
        .to_owned();
    let place = |total: &str| {
        let body = order_body("T1", &ids, total);
        Reply::of(gateway.shop(Method::POST, "/v1/orders", "u1").json(&body))
    };
    let changed = place("1").await.problem(409, "PRICE_CHANGED");
    assert_eq!(changed["field"], "trdAmt");
    assert_eq!(changed["lines"].as_array().map(Vec::len), Some(ids.len()));
    place(&total).await.ok();
    let amount = total.split('.').next().expect("digits");
    let message = WalletMessage::paid("T1", "W1", amount).form();
    for _ in 0..2 {
        let notify = gateway.request(Method::POST, "/pg/wallet/M1/notify");
        assert_eq!(Reply::of(notify.form(&message)).await.text, "OK");
    }
    let audit = Reply::of(gateway.operator(Method::GET, "/admin/audit")).await;
    assert_eq!(audit.ok()["violation_count"], 0);
    let status = "SELECT order_status FROM shop_orders WHERE order_number = 'T1'";
    assert_eq!(db.int(status).await, 2);
    let (done, words) = jumun_db(&db, "load").await;
    assert!(done, "{words}");
    let (fits, words) = jumun_db(&db, "check").await;
    assert!(fits, "{words}");
}

#[tokio::test]
async fn what_no_session_may_set_is_named_by_ready_load_and_check() {
    let (_server, db) = private().await;
    let mut settings = vec![
        ("binlog_format", "'STATEMENT'", "'ROW'"),
        ("max_prepared_stmt_count", "500", "16382"),
    ];
    if engine() == Engine::MySql {
        settings.push(("max_error_count", "0", "1024"));
    }
    for (variable, wrong, right) in settings {
        db.exec(&format!("SET GLOBAL {variable} = {wrong}")).await;
        let gateway = Gateway::spawn(&db, &[]).await;
        eventually("it has loaded its catalogue", || async {
            gateway.log().contains("error catalogue loaded")
        })
        .await;
        assert_names(&reasons(&gateway).await, &[variable, "SET GLOBAL"]);
        if variable == "binlog_format" {
            // Of a session that began before, too: the next page that connects is not what this one is.
            let found = "SELECT @@session.binlog_format";
            assert_ne!(db.text(found).await, "STATEMENT");
            let health = "CALL select_gateway_health()";
            assert_eq!(db.rows(health).await[0].int("problem_count"), 1);
            let audit = Reply::of(gateway.operator(Method::GET, "/admin/audit")).await;
            assert_eq!(audit.ok()["violation_count"], 1, "{}", audit.text);
            order(&gateway, &db, "T1")
                .await
                .problem(503, "BINLOG_FORMAT_REFUSED");
        }
        for verb in ["load", "check"] {
            let (fits, words) = jumun_db(&db, verb).await;
            let line = words.lines().find(|line| line.starts_with("server   "));
            assert!(line.is_some_and(|line| line.contains(variable)), "{words}");
            assert_eq!(fits, verb == "load", "{words}");
        }
        db.exec(&format!("SET GLOBAL {variable} = {right}")).await;
    }
    let (fits, words) = jumun_db(&db, "check").await;
    assert!(fits, "{words}");
}
