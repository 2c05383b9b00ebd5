//! The owner of the procedures is missing, as after a restore without accounts, or has lost a right; a procedure, a view
//! or a table is missing.

use super::*;

#[tokio::test]
async fn without_their_owner_nothing_is_an_internal_error_and_a_load_mends_it() {
    let (_server, db) = private().await;
    let gateway = Gateway::start(&db).await;
    order(&gateway, &db, "BEFORE").await.ok();
    let spare = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.exec("DROP USER 'jumun_definer'@'localhost'").await;

    order_row(&gateway, "T1", spare)
        .await
        .problem(503, "DEFINER_MISSING");
    let message = WalletMessage::paid("BEFORE", "W1", "10000").form();
    for request in [
        gateway.shop(Method::GET, "/v1/cart", "u1"),
        gateway.operator(Method::GET, "/admin/audit"),
        gateway
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&message),
    ] {
        Reply::of(request).await.problem(503, "DEFINER_MISSING");
    }
    assert!(gateway.log().contains("DEFINER_MISSING (1449)"));
    let told = reasons(&gateway).await;
    assert_names(&told, &["DEFINER_MISSING", "1449", "jumun db load"]);

    // One that starts now has no catalogue, and says the same in few words of its own.
    let late = Gateway::spawn(&db, &[]).await;
    eventually("it listens", || async {
        Reply::try_of(late.operator(Method::GET, "/live"))
            .await
            .is_ok()
    })
    .await;
    let notify = late
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message);
    Reply::of(notify).await.problem(503, "DATABASE_UNAVAILABLE");
    assert_names(&reasons(&late).await, &["1449", "jumun db load"]);

    let (fits, words) = jumun_db(&db, "check").await;
    assert!(!fits, "{words}");
    assert!(
        words.contains("missing  account 'jumun_definer'@'localhost': run jumun db load"),
        "{words}"
    );
    let (done, words) = jumun_db(&db, "load").await;
    assert!(done, "{words}");
    eventually("both serve again", || async {
        reasons(&gateway).await.is_empty() && reasons(&late).await.is_empty()
    })
    .await;
    order(&gateway, &db, "T2").await.ok();
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message);
    assert_eq!(Reply::of(notify).await.text, "OK");
    let (fits, words) = jumun_db(&db, "check").await;
    assert!(fits, "{words}");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn a_right_that_its_owner_has_lost_is_named_by_ready_and_by_check() {
    let (_server, db) = private().await;
    let gateway = Gateway::start(&db).await;
    let definer = "'jumun_definer'@'localhost'";
    let name = db.name().to_owned();
    let spare = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    for (right, code) in [
        ("INSERT", "TABLE_NOT_GRANTED"),
        ("UPDATE", "TABLE_NOT_GRANTED"),
        ("DELETE", "TABLE_NOT_GRANTED"),
        ("SELECT", "COLUMN_NOT_GRANTED"),
        ("EXECUTE", "PROCEDURE_NOT_GRANTED"),
        ("TRIGGER", ""),
    ] {
        db.exec(&format!("REVOKE {right} ON {name}.* FROM {definer}"))
            .await;
        let told = reasons(&gateway).await;
        assert!(!told.is_empty(), "{right}");
        assert_names(&told, &["jumun db load"]);
        if code.is_empty() {
            assert_names(&told, &["triggers"]);
        } else {
            let problem = order_row(&gateway, "T1", spare).await;
            assert_eq!(problem.status, 503, "{right}: {problem:?}");
            // What may not be read is a table, a column or a view: the engines differ in what they meet first.
            let said = problem.json()["code"].as_str().map(str::to_owned);
            let known = [code, "TABLE_NOT_GRANTED", "VIEW_NOT_VALID"];
            let said = said.unwrap_or_default();
            assert!(
                said == code || right == "SELECT" && known.contains(&said.as_str()),
                "{right}: {said}"
            );
        }
        if ["INSERT", "EXECUTE"].contains(&right) {
            let (fits, words) = jumun_db(&db, "check").await;
            let line = words
                .lines()
                .find(|line| line.starts_with("missing  grant"));
            let line = line.unwrap_or_else(|| panic!("{right}: {words}"));
            assert!(!fits && line.contains("jumun_definer") && line.contains("run jumun db load"));
            assert!(line.contains(right), "{words}");
        }
        db.exec(&format!("GRANT {right} ON {name}.* TO {definer}"))
            .await;
        assert_eq!(reasons(&gateway).await, [""; 0], "{right}");
    }
    order(&gateway, &db, "T1").await.ok();
    let (fits, words) = jumun_db(&db, "check").await;
    assert!(fits, "{words}");
}

#[tokio::test]
async fn what_is_missing_is_told_as_what_it_is_with_a_warning() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let quote = || async {
        let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
        let body = serde_json::json!({"selected_cart_ids": [cart_id]});
        Reply::of(gateway.shop(Method::POST, "/v1/quotes", "u1").json(&body)).await
    };
    quote().await.ok();

    db.exec("ALTER TABLE shop_shipping_address RENAME TO elsewhere")
        .await;
    quote().await.problem(503, "TABLE_MISSING");
    db.exec("ALTER TABLE elsewhere RENAME TO shop_shipping_address")
        .await;
    let log = db
        .row("SELECT DISTINCT routine, errno FROM shop_error_log")
        .await;
    assert_eq!(
        (log.str("routine").as_str(), log.int("errno")),
        ("shop_order_quote", 1146),
        "listed, and yet somebody's to mend"
    );

    // Whoever may not know whether there is a procedure is not told which of the two it is.
    db.exec("DROP PROCEDURE shop_order_quote").await;
    quote().await.problem(503, "PROCEDURE_NOT_GRANTED");
    assert_names(&reasons(&gateway).await, &["shop_order_quote", "missing"]);
    let definer = "DEFINER = 'jumun_definer'@'localhost'";
    db.exec(&format!(
        "CREATE {definer} PROCEDURE shop_order_quote(pi_a INT) SELECT 1"
    ))
    .await;
    quote().await.problem(503, "PROCEDURE_NOT_GRANTED");
    db.exec("GRANT EXECUTE ON PROCEDURE shop_order_quote TO 'jumun_gateway'@'%'")
        .await;
    quote().await.problem(503, "PROCEDURE_DIFFERS");
    // One that is called by another, which may know.
    db.exec("DROP PROCEDURE _lock_cart").await;
    order(&gateway, &db, "T1")
        .await
        .problem(503, "PROCEDURE_MISSING");
    let log = gateway.log();
    for code in [
        "TABLE_MISSING (1146)",
        "PROCEDURE_MISSING (1305)",
        "PROCEDURE_NOT_GRANTED (1370)",
        "PROCEDURE_DIFFERS (1318)",
    ] {
        let told = log.lines().find(|line| line.contains(code));
        let told = told.unwrap_or_else(|| panic!("no {code} in {log}"));
        assert!(
            told.contains("WARN") && told.contains("shop_order_"),
            "{told}"
        );
    }
    let cart = gateway.shop(Method::GET, "/v1/cart", "u1");
    Reply::of(cart).await.ok();
}
