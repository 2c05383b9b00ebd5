//! The real gateway over HTTP: what shops, browsers, payment gateways and operators get to see.

mod bad_fields;
mod bad_requests;
mod bad_texts;
mod by_hand;
mod coupons;
mod forgery;
mod head;
mod labels;
mod log;
mod lost_calls;
mod metrics;
mod operator;
mod orders;
mod outage;
mod overload;
mod payment;
mod php;
mod problems;
mod proof;
mod routes;
mod sandbox;
mod stopping;
mod strangers;
mod ticket_browser;
mod ticket_origins;
mod tickets;
mod typed;
mod unread;
mod workers;

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::{Value as Json, json};

use crate::support::*;

/// What was answered, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    /// Sends it; panics when there is no answer.
    pub async fn of(request: RequestBuilder) -> Reply {
        Reply::try_of(request).await.expect("an answer")
    }

    /// Sends it; an error is a connection that gave no answer.
    pub async fn try_of(request: RequestBuilder) -> reqwest::Result<Reply> {
        let response = request.send().await?;
        Ok(Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a header of ASCII"))
    }

    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("no JSON ({e}): {self:?}"))
    }

    /// The body of a success; panics when it is none.
    pub fn ok(&self) -> Json {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        let body = self.json();
        assert_eq!(body["result"], "OK", "{self:?}");
        body
    }

    /// The body of an error; panics unless it is this one with everything that an error must have.
    pub fn problem(&self, status: u16, code: &str) -> Json {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let body = self.json();
        assert_eq!(body["code"], code, "{self:?}");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("urn:jumun:error:{code}"));
        assert!(
            body["errno"].is_u64() && body["retryable"].is_boolean(),
            "{self:?}"
        );
        assert!(
            body["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty()),
            "{self:?}"
        );
        assert_eq!(
            body["request_id"].as_str(),
            self.header("x-request-id"),
            "{self:?}"
        );
        let again = matches!(status, 503 | 504) || body["retryable"] == true;
        let seconds = self
            .header("retry-after")
            .map(|s| s.parse::<u32>().expect("seconds"));
        assert_eq!(seconds.is_some(), again, "{self:?}");
        assert!(
            seconds.is_none_or(|seconds| (1..=30).contains(&seconds)),
            "{self:?}"
        );
        body
    }

    /// A 400 that names this field; an empty name means the request as a whole.
    pub fn invalid(&self, field: &str) -> Json {
        let body = self.problem(400, "INVALID_INPUT");
        assert_eq!(
            body["field"].as_str().unwrap_or_default(),
            field,
            "{self:?}"
        );
        assert!(
            body["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty()),
            "{self:?}"
        );
        body
    }

    /// Where a browser is sent.
    pub fn sees(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        assert_eq!(self.text, "");
        self.header("location").expect("a location")
    }
}

/// `POST /v1/orders` of u1 for these cart rows; members may be changed afterwards.
pub fn order_body(number: &str, cart_ids: &[i64], total: &str) -> Json {
    json!({
        "mTrdNo": number, "trdAmt": total, "selected_cart_ids": cart_ids, "address_id": 101, "mode": "cart",
        "pg": "wallet",
    })
}

/// Posts JSON for a buyer of shop 1.
pub async fn post(gateway: &Gateway, path: &str, user_id: &str, body: &Json) -> Reply {
    Reply::of(gateway.shop(Method::POST, path, user_id).json(body)).await
}

/// Asks something for a buyer of shop 1.
pub async fn get(gateway: &Gateway, path: &str, user_id: &str) -> Reply {
    Reply::of(gateway.shop(Method::GET, path, user_id)).await
}

/// An order of one book by u1, made over HTTP; its answer.
pub async fn place_order(gateway: &Gateway, db: &TestDb, number: &str) -> Json {
    let cart_id = db.add_cart(1, "u1", "book", NO_OPTION, 1).await;
    post(
        gateway,
        "/v1/orders",
        "u1",
        &order_body(number, &[cart_id], "10000"),
    )
    .await
    .ok()
}

/// A time as the gateway writes it.
pub fn is_time(value: &Json) -> bool {
    let text = value.as_str().unwrap_or_default();
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    shape == "9999-99-99T99:99:99.999999Z"
}

/// A path with these fields as its query.
pub fn with_query<N: AsRef<str>, V: AsRef<str>>(path: &str, fields: &[(N, V)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        query.append_pair(name.as_ref(), value.as_ref());
    }
    format!("{path}?{}", query.finish())
}
