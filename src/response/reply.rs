//! An answer as a value, before it is written.

use actix_web::http::header::{self, HeaderName, HeaderValue};

const JSON: &str = "application/json";

/// An answer before it is written.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// Content type and location among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the access line.
    pub code: String,
    /// The order that it tells of, for the same.
    pub order_key: Option<String>,
}

impl Reply {
    pub fn json(status: u16, body: String) -> Self {
        Self::text(status, JSON, body)
    }

    pub fn text(status: u16, content_type: &'static str, body: String) -> Self {
        Self::bytes(
            status,
            HeaderValue::from_static(content_type),
            body.into_bytes(),
        )
    }

    pub fn bytes(status: u16, content_type: HeaderValue, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            headers: vec![(header::CONTENT_TYPE, content_type)],
            code: "OK".to_owned(),
            order_key: None,
        }
    }

    /// Nothing but headers.
    pub fn empty() -> Self {
        Self {
            status: 204,
            body: Vec::new(),
            headers: Vec::new(),
            code: "OK".to_owned(),
            order_key: None,
        }
    }

    /// Where a browser goes.
    pub fn see_other(location: HeaderValue, code: String) -> Self {
        let mut reply = Self::text(303, "text/plain; charset=utf-8", String::new());
        reply.headers.push((header::LOCATION, location));
        reply.code = code;
        reply
    }
}
