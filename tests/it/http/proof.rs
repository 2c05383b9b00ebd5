//! How a total comes about, over HTTP: a cart's to the shop, an order's to operators, and the audit of what is new.

use super::*;

fn kinds(answer: &Json) -> Vec<String> {
    let steps = answer["steps"].as_array().expect("the steps");
    let told = steps.iter().map(|step| {
        format!(
            "{} {}",
            step["kind"].as_str().unwrap(),
            step["amount"].as_str().unwrap()
        )
    });
    told.collect()
}

#[tokio::test]
async fn a_cart_is_explained_and_its_order_is_proven() {
    let db = TestDb::with_fixture().await;
    let gateway = Gateway::start(&db).await;
    let operator = async |path: &str| Reply::of(gateway.operator(Method::GET, path)).await;
    let cart_id = db.add_cart(1, "u1", "lamp", NO_OPTION, 2).await;
    let expected = [
        "line 40000.00",
        "delivery 3000.00",
        "supply 39091.00",
        "vat 3909.00",
        "tax_free 0.00",
    ];
    let cart = json!({"selected_cart_ids": [cart_id], "post_code": "04524"});
    let told = post(&gateway, "/v1/quotes/explain", "u1", &cart).await.ok();
    assert_eq!(told["total_payment"], json!("43000.00"));
    assert_eq!(kinds(&told), expected);
    let unknown = json!({"selected_cart_ids": [999_999]});
    post(&gateway, "/v1/quotes/explain", "u1", &unknown)
        .await
        .problem(409, "CART_NOT_FOUND");

    let order = json!({"mTrdNo": "T1", "selected_cart_ids": [cart_id], "address_id": 101, "trdAmt": "43000",
                       "mode": "cart", "pg": "wallet"});
    post(&gateway, "/v1/orders", "u1", &order).await.ok();
    let proof = operator("/admin/orders/T1/proof?shop_id=1").await.ok();
    assert_eq!(
        (&proof["proven"], &proof["differences"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(kinds(&proof), expected);
    operator("/admin/orders/T2/proof?shop_id=1")
        .await
        .problem(404, "ORDER_NOT_FOUND");
    let new = json!({"result": "OK", "order_count": 1, "proven_count": 1, "violation_count": 0, "violations": []});
    assert_eq!(operator("/admin/audit/new").await.ok(), new);

    // Nobody else is told.
    let shop = gateway
        .client
        .get(gateway.operator_url("/admin/orders/T1/proof?shop_id=1"));
    Reply::of(shop.bearer_auth(SHOP_KEY))
        .await
        .problem(401, "UNAUTHENTICATED");
}
