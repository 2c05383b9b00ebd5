//! A buyer's list of orders over HTTP, beside the one order that is asked for by its number at the same address.

use super::*;

/// Numbers of the orders on a page.
fn numbers(page: &Json) -> Vec<&str> {
    let orders = page["orders"].as_array().expect("a list");
    orders
        .iter()
        .map(|row| row["order_number"].as_str().expect("a number"))
        .collect()
}

#[tokio::test]
async fn the_buyers_orders_are_listed_page_by_page() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for number in ["T1", "T2", "T3"] {
        place_order(&gateway, &db, number).await;
    }
    let first = get(&gateway, "/v1/orders?limit=2", "u1").await.ok();
    assert_eq!(first["order_count"], 2);
    assert_eq!(numbers(&first), ["T3", "T2"]);
    let order = &first["orders"][0];
    assert_eq!(order["total_payment"], "10000.00");
    assert_eq!(
        (&order["payable"], &order["restorable"]),
        (&json!(1), &json!(1))
    );
    assert!(is_time(&order["expires_at"]) && is_time(&order["order_date"]));
    let after = first["next_after"].as_str().expect("more");
    let second = format!("/v1/orders?limit=2&after={after}");
    let second = get(&gateway, &second, "u1").await.ok();
    assert_eq!(
        (numbers(&second), &second["next_after"]),
        (vec!["T1"], &Json::Null)
    );
    let all = get(&gateway, "/v1/orders", "u1").await.ok();
    assert_eq!(numbers(&all), ["T3", "T2", "T1"]);
    assert_eq!(
        numbers(&get(&gateway, "/v1/orders?after=&limit=", "u1").await.ok()).len(),
        3
    );
    assert!(numbers(&get(&gateway, "/v1/orders", "u2").await.ok()).is_empty());
    let foreign = format!("/v1/orders?after={after}");
    get(&gateway, &foreign, "u2").await.invalid("after");
    get(&gateway, "/v1/orders?limit=101", "u1")
        .await
        .invalid("limit");
    get(&gateway, "/v1/orders?limit=1&limit=2", "u1")
        .await
        .invalid("limit");
    get(&gateway, "/v1/orders?after=%FF", "u1")
        .await
        .invalid("after");
    Reply::of(gateway.request(Method::GET, "/v1/orders"))
        .await
        .problem(401, "UNAUTHENTICATED");
}

/// With mTrdNo in the query it is one order, or none; never the list instead.
#[tokio::test]
async fn a_number_in_the_query_asks_for_one_order() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    for number in ["T1", "T2"] {
        place_order(&gateway, &db, number).await;
    }
    for query in [
        "mTrdNo=T1",
        "limit=1&mTrdNo=T1",
        "mTrd%4eo=T1",
        "mTrdNo=T1&after=x",
    ] {
        let one = get(&gateway, &format!("/v1/orders?{query}"), "u1")
            .await
            .ok();
        assert_eq!(one["order_number"], "T1", "{query}");
        assert!(one.get("orders").is_none(), "{query}");
    }
    for query in [
        "mTrdNo=",
        "mTrdNo",
        "mTrdNo[]=T1",
        "mTrdNo=T1&mTrdNo=T2",
        "mTrdNo=%FF",
    ] {
        get(&gateway, &format!("/v1/orders?{query}"), "u1")
            .await
            .invalid("mTrdNo");
    }
    get(&gateway, "/v1/orders?mTrdNo=T1", "u2")
        .await
        .problem(404, "ORDER_NOT_FOUND");
    // Another name is no number.
    let list = get(&gateway, "/v1/orders?mtrdno=T1", "u1").await.ok();
    assert_eq!(numbers(&list), ["T2", "T1"]);
    let refused = Reply::of(gateway.shop(Method::DELETE, "/v1/orders", "u1")).await;
    refused.problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(refused.header("allow"), Some("POST, GET, HEAD"));
}
