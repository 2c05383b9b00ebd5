//! The operator's port: its key, health, metrics, the route table, and the administrative routes; and the jobs that
//! a gateway runs under a lease.

use super::*;
use std::time::Duration;

async fn ask(gateway: &Gateway, path: &str) -> Reply {
    Reply::of(gateway.operator(Method::GET, path)).await
}

#[tokio::test]
async fn only_health_is_open_everything_else_needs_the_operator_s_key() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let open = |path: &str| Reply::of(gateway.client.get(gateway.operator_url(path)));
    assert_eq!(open("/live").await.json(), json!({"live": true}));
    assert_eq!(
        open("/ready").await.json(),
        json!({"ready": true, "reasons": []})
    );
    let before = db.snapshot().await;
    for path in [
        "/metrics",
        "/procedures",
        "/admin/pg-duties",
        "/admin/audit",
        "/admin/audit/new",
        "/admin/orders/T1?shop_id=1",
        "/admin/orders/T1/proof?shop_id=1",
    ] {
        for key in ["", "forged", SHOP_KEY, &OPERATOR_KEY[1..]] {
            let request = gateway
                .client
                .get(gateway.operator_url(path))
                .bearer_auth(key);
            Reply::of(request).await.problem(401, "UNAUTHENTICATED");
        }
        open(path).await.problem(401, "UNAUTHENTICATED");
        assert_eq!(
            ask(&gateway, path).await.status,
            if path.contains("orders") { 404 } else { 200 },
            "{path}"
        );
    }
    let stock = json!({"shop_id": 1, "product_id": "book", "counted": "free", "quantity": 5});
    let forged = gateway
        .client
        .post(gateway.operator_url("/admin/stock"))
        .bearer_auth(SHOP_KEY)
        .json(&stock);
    Reply::of(forged).await.problem(401, "UNAUTHENTICATED");
    assert!(db.snapshot().await == before);
    // Each port has its own pages.
    ask(&gateway, "/v1/cart")
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    ask(&gateway, "/nowhere")
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    let wrong = Reply::of(gateway.operator(Method::POST, "/metrics")).await;
    wrong.problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
}

#[tokio::test]
async fn the_administrative_routes_do_what_the_procedures_do() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let message = WalletMessage::paid("T1", "W1", "1");
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&message.form());
    assert_eq!(Reply::of(notify).await.text, "OK");

    let duties = ask(&gateway, "/admin/pg-duties").await.ok();
    assert_eq!(duties["duty_count"], 1);
    assert_eq!(duties["duties"][0]["order_number"], "T1");
    assert!(is_time(&duties["duties"][0]["due_at"]));
    for (query, count) in [
        ("?shop_id=1", 1),
        ("?shop_id=2", 0),
        ("?state=owed", 1),
        ("?state=done", 0),
        ("?shop_id=1&state=owed", 1),
        ("?shop_id=", 1),
    ] {
        assert_eq!(
            ask(&gateway, &format!("/admin/pg-duties{query}"))
                .await
                .ok()["duty_count"],
            count,
            "{query}"
        );
    }
    for (query, field) in [
        ("?shop_id=x", "shop_id"),
        ("?shop_id=-1", "shop_id"),
        ("?state=paid", "state"),
        ("?state=%FF", "state"),
    ] {
        ask(&gateway, &format!("/admin/pg-duties{query}"))
            .await
            .invalid(field);
    }

    assert_eq!(
        ask(&gateway, "/admin/audit").await.ok(),
        json!({"result": "OK", "violation_count": 0, "violations": []})
    );
    db.exec("UPDATE shop_stock SET free = free + 1 WHERE product_id = 'pen'")
        .await;
    let audit = ask(&gateway, "/admin/audit").await.ok();
    assert_eq!(
        (
            &audit["violation_count"],
            &audit["violations"][0]["invariant"]
        ),
        (&json!(1), &json!("stock"))
    );
    db.exec("UPDATE shop_stock SET free = free - 1 WHERE product_id = 'pen'")
        .await;

    let set = |body: Json| Reply::of(gateway.operator(Method::POST, "/admin/stock").json(&body));
    let counted = |what: &str, quantity: i64| json!({"shop_id": 1, "product_id": "book", "counted": what, "quantity": quantity, "reason": "재고 조사"});
    let answer = set(counted("free", 7)).await.ok();
    assert_eq!(
        answer,
        json!({"result": "OK", "free": 7, "held": 0, "difference": -93})
    );
    place_order(&gateway, &db, "HELD").await;
    let answer = set(counted("shelf", 7)).await.ok();
    assert_eq!(
        answer,
        json!({"result": "OK", "free": 6, "held": 1, "difference": 0})
    );
    let problem = set(counted("shelf", 0)).await;
    let problem = problem.problem(409, "STOCK_BELOW_HELD");
    assert_eq!(problem["detail"], "1 units are held by unpaid orders");
    // Which of the two was counted is not guessed.
    set(json!({"shop_id": 1, "product_id": "book", "quantity": 7}))
        .await
        .invalid("counted");
    let form = [
        ("shop_id", "1"),
        ("product_id", "shirt"),
        ("option_hash", "red"),
        ("counted", "shelf"),
        ("quantity", "60"),
    ];
    let answer = Reply::of(gateway.operator(Method::POST, "/admin/stock").form(&form))
        .await
        .ok();
    assert_eq!(answer["difference"], 10);
    set(counted("shelf", -1)).await.invalid("quantity");
    set(json!({"shop_id": "x", "product_id": "book", "counted": "free", "quantity": 1}))
        .await
        .invalid("shop_id");
    set(json!({"shop_id": 1, "product_id": "nothing", "counted": "free", "quantity": 1}))
        .await
        .problem(404, "PRODUCT_NOT_FOUND");
    db.assert_audit_clean().await;

    let receipt = |quantity: Json, reference: &str| {
        let body = json!({"shop_id": 1, "product_id": "shirt", "option_hash": "red", "quantity": quantity,
                          "reason": "입고", "reference": reference});
        Reply::of(
            gateway
                .operator(Method::POST, "/admin/stock-receipts")
                .json(&body),
        )
    };
    for replayed in [0, 1] {
        let answer = receipt(json!(40), "R-1").await.ok();
        assert_eq!(
            answer,
            json!({"result": "OK", "replayed": replayed, "free": 100, "held": 0, "difference": 40})
        );
    }
    receipt(json!(41), "R-1")
        .await
        .problem(422, "IDEMPOTENCY_MISMATCH");
    assert_eq!(receipt(json!("-10"), "R-2").await.ok()["free"], 90);
    let problem = receipt(json!(-91), "R-3").await;
    let problem = problem.problem(409, "OUT_OF_STOCK");
    assert_eq!(
        problem["detail"],
        "90 units are free, 0 are held by unpaid orders"
    );
    receipt(json!(0), "R-4").await.invalid("quantity");
    receipt(json!(1), "").await.invalid("reference");
    let body = json!({"shop_id": 1, "product_id": "book", "quantity": 1, "reference": "R-5"});
    let set = gateway.operator(Method::POST, "/admin/stock-receipts");
    Reply::of(set.json(&body)).await.invalid("reason");
    db.assert_audit_clean().await;

    for name in ["order_key", "order_number", "order_code"] {
        let path = format!(
            "/admin/orders/{}?shop_id=1",
            placed[name].as_str().expect(name)
        );
        assert_eq!(
            ask(&gateway, &path).await.ok()["payments"][0]["status"],
            "amount_mismatch"
        );
    }
    ask(&gateway, "/admin/orders/T1?shop_id=2")
        .await
        .problem(404, "ORDER_NOT_FOUND");
    ask(&gateway, "/admin/orders/T1?shop_id=x")
        .await
        .invalid("shop_id");
    ask(&gateway, "/admin/orders/T1")
        .await
        .problem(404, "ORDER_NOT_FOUND");
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_never_by_path() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let placed = place_order(&gateway, &db, "T1").await;
    let key = placed["order_key"].as_str().expect("a key");
    for _ in 0..3 {
        get(&gateway, &format!("/v1/orders/{key}"), "u1").await.ok();
    }
    get(&gateway, "/v1/orders/none", "u1")
        .await
        .problem(404, "ORDER_NOT_FOUND");
    get(&gateway, "/some/path?with=secret", "u1")
        .await
        .problem(404, "ROUTE_NOT_FOUND");
    let reply = ask(&gateway, "/metrics").await;
    assert!(
        reply
            .header("content-type")
            .is_some_and(|t| t.starts_with("application/openmetrics-text"))
    );
    for line in [
        r#"jumun_http_requests_total{method="GET",route="/v1/orders/{order_key}",status="200"} 3"#,
        r#"jumun_http_requests_total{method="GET",route="/v1/orders/{order_key}",status="404"} 1"#,
        r#"jumun_http_requests_total{method="POST",route="/v1/orders",status="200"} 1"#,
        r#"jumun_http_request_seconds_count{method="POST",route="/v1/orders"} 1"#,
    ] {
        assert!(
            reply.text.lines().any(|found| found == line),
            "{line}\n{}",
            reply.text
        );
    }
    for word in [key, "none\"", "some/path", "secret", "u1"] {
        assert!(!reply.text.contains(word), "{word}");
    }
    assert!(reply.text.trim_end().ends_with("# EOF"));
}

#[tokio::test]
async fn the_route_table_is_what_the_database_has() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let table = ask(&gateway, "/procedures").await.json();
    let routes = table["routes"].as_array().expect("routes");
    for route in routes {
        let procedure = route["procedure"].as_str().expect("a name");
        let listed: Vec<&str> = route["parameters"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|p| p["name"].as_str().expect("a name"))
            .collect();
        let rows = db.rows(&format!(
            "SELECT PARAMETER_NAME AS p FROM information_schema.PARAMETERS
             WHERE SPECIFIC_SCHEMA = DATABASE() AND SPECIFIC_NAME = '{procedure}' ORDER BY ORDINAL_POSITION"
        )).await;
        let real: Vec<String> = rows.iter().map(|row| row.str("p")).collect();
        assert_eq!(listed, real, "{procedure}");
    }
    let served = |method: &str, path: &str| {
        routes
            .iter()
            .any(|r| r["method"] == method && r["path"] == path)
    };
    for (method, path) in [
        ("GET", "/v1/cart"),
        ("POST", "/v1/orders"),
        ("POST", "/pg/{pg}/{merchant}/notify"),
        ("GET", "/admin/audit"),
    ] {
        assert!(served(method, path), "{method} {path}");
    }
}

#[tokio::test]
async fn ready_says_which_procedure_is_missing_or_changed() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    db.exec(
        "DROP PROCEDURE shop_order_quote; DROP PROCEDURE shop_audit;
         DROP PROCEDURE select_shop_cart;
         CREATE PROCEDURE select_shop_cart(pi_shop_id INT, pi_buyer TEXT, pi_event TEXT, pi_more TEXT) SELECT 'OK' AS result;
         GRANT EXECUTE ON PROCEDURE select_shop_cart TO 'jumun_gateway'@'%'",
    )
    .await;
    let open = || Reply::of(gateway.client.get(gateway.operator_url("/ready")));
    eventually("/ready says no", || async { open().await.status == 503 }).await;
    let reasons = open().await.json()["reasons"].to_string();
    for word in ["shop_order_quote", "shop_audit", "select_shop_cart"] {
        assert!(reasons.contains(word), "{reasons}");
    }
    assert_eq!(
        Reply::of(gateway.client.get(gateway.operator_url("/live")))
            .await
            .status,
        200
    );
    // Whoever needs one of them is asked to come back: a reload may be under way.
    let ids = json!({"selected_cart_ids": [1]});
    for request in [
        gateway.shop(Method::GET, "/v1/cart", "u1"),
        gateway.shop(Method::POST, "/v1/quotes", "u1").json(&ids),
    ] {
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, 503, "{reply:?}");
        let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
        assert_eq!(reply.problem(503, &code)["retryable"], true);
        assert!(
            !reply.text.contains("routine") && !reply.text.contains(db.name()),
            "{reply:?}"
        );
    }
    // The others are served all the same.
    get(&gateway, "/v1/orders/x", "u1")
        .await
        .problem(404, "ORDER_NOT_FOUND");
}

#[tokio::test]
async fn an_unpaid_order_expires_by_itself_in_one_gateway_of_two() {
    let db = TestDb::with_fixture().await;
    let jobs = [("JUMUN_JOBS", "true")];
    let gateways = [
        Gateway::start_with(&db, &jobs).await,
        Gateway::start_with(&db, &jobs).await,
    ];
    let gateway = &gateways[0];
    db.exec("UPDATE shop_jobs SET interval_seconds = 1, next_run_at = UTC_TIMESTAMP(6)")
        .await;
    let lapsed = place_order(gateway, &db, "LAPSED").await;
    let fresh = place_order(gateway, &db, "FRESH").await;
    db.let_expire("LAPSED").await;
    let status = |order: &Json| {
        let path = format!("/v1/orders/{}", order["order_key"].as_str().expect("a key"));
        async move { get(gateway, &path, "u1").await.ok()["order_status"].clone() }
    };
    eventually("the order expires", || async {
        status(&lapsed).await == 10
    })
    .await;
    assert_eq!(status(&fresh).await, 1);
    assert_eq!(db.free_stock("book", NO_OPTION).await, 99);
    let log = "SELECT CONCAT_WS(' ', action, actor, SUBSTRING_INDEX(actor_name, '@', 1)) FROM shop_order_logs WHERE to_status = 10";
    assert_eq!(db.text(log).await, "expire job jumun_gateway");
    eventually("the job's result is written down", || async {
        db.int("SELECT COUNT(*) FROM shop_jobs WHERE last_result LIKE 'result OK, expired %, failed 0'").await == 1
    })
    .await;
    assert_eq!(db.count("shop_error_log").await, 0);

    // Nobody starts a run while somebody else's lease lasts.
    db.exec(
        "UPDATE shop_jobs SET lease_holder = 'another process', lease_until = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE,
             next_run_at = UTC_TIMESTAMP(6)",
    )
    .await;
    let at = "SELECT last_run_at FROM shop_jobs WHERE job_name = 'shop_order_expire'";
    let before = db.text(at).await;
    db.let_expire("FRESH").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(db.text(at).await, before);
    assert_eq!(status(&fresh).await, 1);
    // When it does not come back, somebody else does.
    db.exec("UPDATE shop_jobs SET lease_until = UTC_TIMESTAMP(6)")
        .await;
    eventually("the order expires", || async { status(&fresh).await == 10 }).await;
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn an_operator_sees_who_left_a_cart_and_how_orders_came_about() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    place_order(&gateway, &db, "T1").await;
    let modes = "/admin/order-modes?shop_id=1&from=2026-01-01T00:00:00Z&to=2126-01-01T00:00:00Z";
    let answer = ask(&gateway, modes).await.ok();
    assert_eq!(answer["currency"], "KRW");
    assert!(is_time(&answer["time_from"]));
    assert_eq!(answer["modes"][0]["order_mode"], "cart");
    assert_eq!(answer["modes"][0]["order_count"], 1);
    let problem = ask(
        &gateway,
        "/admin/order-modes?shop_id=1&from=2026-01-01T00:00:00Z",
    )
    .await;
    problem.problem(400, "INVALID_INPUT");

    for user in ["u1", "u2", "u3"] {
        db.add_cart(1, user, "book", NO_OPTION, 1).await;
    }
    db.exec("UPDATE shop_cart SET update_date = '2026-01-01'")
        .await;
    let page = ask(&gateway, "/admin/abandoned-carts?shop_id=1&limit=2")
        .await
        .ok();
    assert_eq!(page["cart_count"], 2);
    assert_eq!(page["next_after"], "u2");
    assert_eq!(page["carts"][1]["amount"], "10000.00");
    let last = "/admin/abandoned-carts?shop_id=1&hours=1&limit=2&after=u2";
    let page = ask(&gateway, last).await.ok();
    assert_eq!(page["carts"][0]["user_id"], "u3");
    assert!(page["next_after"].is_null());
    let contacted = |body: Json| {
        let request = gateway.operator(Method::POST, "/admin/abandoned-carts/contacted");
        Reply::of(request.json(&body))
    };
    let answer =
        contacted(json!({"shop_id": 1, "user_ids": ["u1", "u3"], "note": "by mail"})).await;
    assert_eq!(answer.ok()["contacted"], 2);
    contacted(json!({"shop_id": 1, "user_ids": []}))
        .await
        .problem(400, "INVALID_INPUT");
    let page = ask(&gateway, "/admin/abandoned-carts?shop_id=1").await.ok();
    assert_eq!(page["cart_count"], 1);
    assert_eq!(page["carts"][0]["user_id"], "u2");
}

/// The jobs of carts run without a line of Rust of their own.
#[tokio::test]
async fn old_cart_rows_go_by_themselves_where_a_shop_says_so() {
    let db = TestDb::with_fixture().await;
    db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    db.add_cart(2, "u1", "mug", NO_OPTION, 1).await;
    db.exec(
        "UPDATE shop_cart SET update_date = '2026-01-01';
         UPDATE shops SET cart_delete_days = 30 WHERE shop_id = 1;
         UPDATE shop_jobs SET interval_seconds = 1",
    )
    .await;
    let _gateway = Gateway::start_with(&db, &[("JUMUN_JOBS", "true")]).await;
    eventually("the row is deleted", || async {
        db.count("shop_cart_deletions").await == 1
    })
    .await;
    assert_eq!(db.text("SELECT product_id FROM shop_cart").await, "mug");
    eventually("both jobs say so", || async {
        db.int(
            "SELECT COUNT(*) FROM shop_jobs WHERE job_name LIKE 'shop_cart_%' AND last_result LIKE 'result OK, %'",
        )
        .await
            == 2
    })
    .await;
    assert_eq!(db.count("shop_cart_clock").await, 1);
}
