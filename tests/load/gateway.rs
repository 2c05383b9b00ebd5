//! (b) The same order over HTTP, as a shop's server posts it.

use reqwest::{Client, StatusCode};

use crate::carts::{Cart, receiver};
use crate::support::SHOP_KEY;
use crate::ways::Outcome;

pub async fn order(client: &Client, url: &str, cart: &Cart) -> Outcome {
    let body = serde_json::json!({
        "mTrdNo": cart.order_number, "trdAmt": cart.client_total(), "selected_cart_ids": cart.cart_ids(),
        "receiver": receiver(), "mode": "cart", "pg": "wallet",
    });
    let answer = client
        .post(url)
        .bearer_auth(SHOP_KEY)
        .header("X-User-Id", &cart.user_id)
        .json(&body)
        .send()
        .await
        .expect("an answer of the gateway");
    let status = answer.status();
    let body = answer.bytes().await.expect("a body");
    if status == StatusCode::OK {
        return Outcome::Done;
    }
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    match problem["code"].as_str() {
        Some("OUT_OF_STOCK") => Outcome::SoldOut,
        Some("DEADLOCK") => Outcome::Deadlock,
        _ => panic!("no order: {status} {problem}"),
    }
}
