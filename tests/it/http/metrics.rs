//! What a monitor sees: counters that are there from the start, errors and business events by name, figures of the shop
//! from its database, and what is left of it when the database is away.

use super::*;

/// The text of /metrics.
async fn text(gateway: &Gateway) -> String {
    let reply = Reply::of(gateway.operator(Method::GET, "/metrics")).await;
    assert_eq!(reply.status, 200);
    reply.text
}

/// The number of one series; panics when it is not there.
#[track_caller]
fn value(text: &str, series: &str) -> f64 {
    let found = text.lines().find_map(|line| {
        let rest = line.strip_prefix(series)?;
        rest.strip_prefix(' ')
    });
    let number = found.unwrap_or_else(|| panic!("no {series} in\n{text}"));
    number.parse().expect("a number")
}

#[tokio::test]
async fn counters_are_there_before_anything_is_counted_and_no_family_mixes_kinds() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    eventually("the figures of the shop are there", || async {
        value(&text(&gateway).await, "jumun_shop_figures_up") == 1.0
    })
    .await;
    let text = text(&gateway).await;
    for series in [
        r#"jumun_calls_refused_total{reason="QueueFull"}"#,
        r#"jumun_calls_refused_total{reason="WaitedTooLong"}"#,
        r#"jumun_call_repeats_total{cause="lost"}"#,
        r#"jumun_call_repeats_total{cause="1213"}"#,
        r#"jumun_errors_total{code="OUT_OF_STOCK"}"#,
        r#"jumun_errors_total{code="INTERNAL_ERROR"}"#,
        r#"jumun_order_events_total{event="order"}"#,
        r#"jumun_order_events_total{event="pay"}"#,
        r#"jumun_order_events_total{event="fail"}"#,
        r#"jumun_order_events_total{event="expire"}"#,
        r#"jumun_job_runs_total{job="shop_order_expire",outcome="failed"}"#,
        r#"jumun_http_requests_total{method="POST",route="/v1/orders",status="503"}"#,
        r#"jumun_http_request_seconds_count{method="POST",route="/v1/orders"}"#,
        r#"jumun_pool_events_total{pool="public",event="create_failed"}"#,
        "jumun_duties_owed",
        "jumun_duties_overdue",
        r#"jumun_job_last_success_timestamp_seconds{job="shop_order_expire"}"#,
    ] {
        assert_eq!(value(&text, series), 0.0, "{series}");
    }
    assert_eq!(value(&text, "jumun_shop_figures_up"), 1.0);
    let build = format!(
        "jumun_build_info{{version=\"{}\"}}",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(value(&text, &build), 1.0);
    // What sum() adds up is of one kind: the connections of a pool are in one state each.
    let idle = value(
        &text,
        r#"jumun_pool_connections{pool="public",state="idle"}"#,
    );
    let in_use = value(
        &text,
        r#"jumun_pool_connections{pool="public",state="in_use"}"#,
    );
    assert!((1.0..=4.0).contains(&(idle + in_use)), "{idle} + {in_use}");
    let sessions = format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE USER = 'jumun_gateway' AND DB = '{}'",
        db.name()
    );
    eventually("together they are those that the server has", || async {
        let text = self::text(&gateway).await;
        let states = ["idle", "in_use"].map(|state| {
            let series = format!("jumun_pool_connections{{pool=\"public\",state=\"{state}\"}}");
            value(&text, &series) as i64
        });
        db.int(&sessions).await == states[0] + states[1]
    })
    .await;
    let mut families = std::collections::BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        assert!(families.insert(line.to_owned()), "{line} twice");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn errors_and_business_events_are_counted_once_each() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let event = |text: &str, name: &str| {
        value(
            text,
            &format!("jumun_order_events_total{{event=\"{name}\"}}"),
        )
    };
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let body = order_body("T1", &[cart_id], "10000");
    for replayed in [0, 1] {
        let placed = post(&gateway, "/v1/orders", "u1", &body).await.ok();
        assert_eq!(placed["replayed"], replayed);
        assert!(placed.get("events").is_none(), "no business of the shop's");
    }
    let notify = |message: WalletMessage| {
        let request = gateway.request(Method::POST, "/pg/wallet/M1/notify");
        Reply::of(request.form(&message.form()))
    };
    for _ in 0..2 {
        let reply = notify(WalletMessage::paid("T1", "W1", "10000")).await;
        assert_eq!(reply.text, "OK");
    }
    place_order(&gateway, &db, "T2").await;
    for _ in 0..2 {
        let reply = notify(WalletMessage::paid("T2", "W2", "1")).await;
        assert_eq!(reply.text, "OK");
    }
    let placed = place_order(&gateway, &db, "T3").await;
    let key = placed["order_key"].as_str().expect("a key");
    for _ in 0..2 {
        let restore = format!("/v1/orders/{key}/restore-cart");
        post(&gateway, &restore, "u1", &json!({})).await.ok();
    }
    db.exec("UPDATE shop_products SET buy_price = 0 WHERE product_id = 'book'")
        .await;
    let cart_id = db.add_cart(1, "u2", "book", NO_OPTION, 1).await;
    let mut body = order_body("T4", &[cart_id], "0");
    body["address_id"] = json!(102);
    post(&gateway, "/v1/orders", "u2", &body).await.ok();
    get(&gateway, "/v1/orders/none", "u1")
        .await
        .problem(404, "ORDER_NOT_FOUND");

    let text = text(&gateway).await;
    assert_eq!(event(&text, "order"), 4.0);
    assert_eq!(event(&text, "pay"), 1.0);
    assert_eq!(event(&text, "fail"), 1.0);
    assert_eq!(event(&text, "free"), 1.0);
    assert_eq!(event(&text, "restore_cart"), 1.0);
    assert_eq!(event(&text, "expire"), 0.0);
    let not_found = r#"jumun_errors_total{code="ORDER_NOT_FOUND"}"#;
    assert_eq!(value(&text, not_found), 1.0);
    let internal = r#"jumun_errors_total{code="INTERNAL_ERROR"}"#;
    assert_eq!(value(&text, internal), 0.0);
    // A wrong amount is owed back, in time.
    eventually("the duty is shown", || async {
        self::text(&gateway)
            .await
            .contains("jumun_duties_owed 1.0\n")
    })
    .await;
    assert_eq!(value(&text, "jumun_duties_overdue"), 0.0);
}

#[tokio::test]
async fn jobs_and_audits_leave_when_they_last_ended_well() {
    let db = TestDb::with_fixture().await;
    let other = Gateway::start(&db).await;
    for number in ["T1", "T2", "T3", "T4", "T5"] {
        place_order(&other, &db, number).await;
    }
    for (number, transaction) in [("T1", "W1"), ("T5", "W5")] {
        let owed = WalletMessage::paid(number, transaction, "1").form();
        let notify = other
            .request(Method::POST, "/pg/wallet/M1/notify")
            .form(&owed);
        assert_eq!(Reply::of(notify).await.text, "OK");
    }
    // One of them is done and owed no more.
    let duty = db.int("SELECT MAX(seq_no) FROM shop_pg_duties").await;
    let close = other.operator(Method::POST, &format!("/admin/pg-duties/{duty}"));
    Reply::of(close.json(&json!({"state": "done", "proof": "R1"})))
        .await
        .ok();
    db.exec(
        "UPDATE shop_orders SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE;
         UPDATE shop_stock_reservations SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE;
         UPDATE shop_pg_duties SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE",
    )
    .await;
    let audit = Reply::of(other.operator(Method::GET, "/admin/audit")).await;
    assert_eq!(audit.ok()["violation_count"], 0);
    let gateway = Gateway::start_with(&db, &[("JUMUN_JOBS", "true")]).await;
    let expired = r#"jumun_order_events_total{event="expire"}"#;
    eventually("the lapsed orders are expired and counted", || async {
        let count = value(&text(&gateway).await, expired);
        assert!(count == 0.0 || count == 3.0, "{count} in one run");
        count == 3.0
    })
    .await;
    db.exec("UPDATE shop_stock SET free = free + 1 WHERE product_id = 'pen'")
        .await;
    let audit = Reply::of(other.operator(Method::GET, "/admin/audit")).await;
    assert_eq!(audit.ok()["violation_count"], 1);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs_f64();
    // Figures are asked for every five seconds.
    eventually("the figures are of now", || async {
        let text = text(&gateway).await;
        text.contains("jumun_audit_violations 1.0")
    })
    .await;
    let text = text(&gateway).await;
    for series in [
        "jumun_audit_timestamp_seconds",
        r#"jumun_job_last_success_timestamp_seconds{job="shop_order_expire"}"#,
    ] {
        let age = now - value(&text, series);
        assert!((-10.0..60.0).contains(&age), "{series}: {age}");
    }
    assert_eq!(value(&text, "jumun_duties_owed"), 1.0);
    assert_eq!(value(&text, "jumun_duties_overdue"), 1.0);
    let last = "SELECT last_result FROM shop_jobs WHERE job_name = 'shop_order_expire'";
    assert!(!db.text(last).await.contains("event"));
}

#[tokio::test]
async fn without_the_database_metrics_show_what_is_known() {
    let db = TestDb::with_fixture().await;
    let proxy = Proxy::start(&db.admin_url());
    let (public, operator) = (
        proxy.url(&db.url_as("jumun_gateway")),
        proxy.url(&db.url_as("jumun_operator")),
    );
    let env = [
        ("JUMUN_DATABASE_URL", public.as_str()),
        ("JUMUN_OPERATOR_DATABASE_URL", operator.as_str()),
    ];
    let gateway = Gateway::start_with(&db, &env).await;
    place_order(&gateway, &db, "T1").await;
    let owed = WalletMessage::paid("T1", "W1", "1").form();
    let notify = gateway
        .request(Method::POST, "/pg/wallet/M1/notify")
        .form(&owed);
    assert_eq!(Reply::of(notify).await.text, "OK");
    eventually("the duty is shown", || async {
        text(&gateway).await.contains("jumun_duties_owed 1.0\n")
    })
    .await;
    // It says nothing any more, not even that it is gone: whoever watches an outage must not wait for it.
    proxy.hold(&[Way::ToServer, Way::ToClient]);
    let longest = std::cell::Cell::new(std::time::Duration::ZERO);
    eventually("the figures are known to be old", || async {
        let start = std::time::Instant::now();
        let text = text(&gateway).await;
        longest.set(longest.get().max(start.elapsed()));
        value(&text, "jumun_shop_figures_up") == 0.0
    })
    .await;
    let longest = longest.get();
    assert!(
        longest < std::time::Duration::from_millis(1500),
        "{longest:?}"
    );
    proxy.cut().await;
    let text = text(&gateway).await;
    assert_eq!(value(&text, "jumun_duties_owed"), 1.0);
    let placed = r#"jumun_order_events_total{event="order"}"#;
    assert_eq!(value(&text, placed), 1.0);
}
