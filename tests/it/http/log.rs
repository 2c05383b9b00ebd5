//! The log as JSON: every line of it, and what the line of a request says.

use super::*;

#[tokio::test]
async fn every_line_is_json_and_that_of_an_order_says_which_one_it_was() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start_with(&db, &[("JUMUN_LOG_FORMAT", "json")]).await;
    let id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    let body = order_body("T-1", &[id], "10000");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let order = gateway
        .shop(Method::POST, "/v1/orders", "u1")
        .header("X-Request-Id", "r-1")
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .json(&body);
    let order = Reply::of(order).await.ok();
    let unknown = gateway.shop(Method::GET, "/v1/orders/x", "u1");
    let unknown = Reply::of(unknown.header("X-Request-Id", "r-2")).await;
    unknown.problem(404, "ORDER_NOT_FOUND");

    let of_request = async |id: &str| -> Json {
        let id = format!("\"{id}\"");
        eventually("the line of a request", async || {
            gateway.log().contains(&id)
        })
        .await;
        let log = gateway.log();
        let line = log.lines().find(|line| line.contains(&id)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let line = of_request("r-1").await;
    for (name, value) in [
        ("level", "INFO"),
        ("target", "access"),
        ("method", "POST"),
        ("path", "/v1/orders"),
        ("request_id", "r-1"),
        ("trace_id", trace),
        ("code", "OK"),
        ("order_key", order["order_key"].as_str().unwrap()),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(
        (&line["status"], &line["shop_id"]),
        (&200.into(), &1.into()),
        "{line}"
    );
    assert!(line["duration_ms"].as_f64().unwrap() > 0.0, "{line}");
    let line = of_request("r-2").await;
    assert_eq!(line["code"], "ORDER_NOT_FOUND");
    // What is not known is not said.
    assert_eq!(
        (line.get("order_key"), line.get("trace_id")),
        (None, None),
        "{line}"
    );
    let log = gateway.log();
    for line in log.lines() {
        let line: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(
            line["time"].is_string() && line["message"].is_string(),
            "{line}"
        );
    }
    for personal in ["Sejong", "010-", SHOP_KEY] {
        assert!(!log.contains(personal), "{personal}\n{log}");
    }
}
