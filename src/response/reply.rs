//! An answer as a value, before it is written.

use std::{borrow::Cow, sync::Arc};

use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::errors::Entry;

const JSON: &str = "application/json";

/// An answer before it is written.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// Content type and location among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the access line.
    pub code: Cow<'static, str>,
    /// The order that it tells of, for the same.
    pub order_key: Option<String>,
    /// The error that it tells, to be counted.
    pub error: Option<Arc<Entry>>,
}

impl Reply {
    pub fn json(status: u16, body: String) -> Self {
        Self::text(status, JSON, body)
    }

    pub fn text(status: u16, content_type: &'static str, body: String) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self::bytes(status, content_type, body.into_bytes())
    }

    pub fn bytes(status: u16, content_type: HeaderValue, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            headers: vec![(header::CONTENT_TYPE, content_type)],
            ..Self::empty()
        }
    }

    /// Nothing but headers.
    pub fn empty() -> Self {
        Self {
            status: 204,
            body: Vec::new(),
            headers: Vec::new(),
            code: Cow::Borrowed("OK"),
            order_key: None,
            error: None,
        }
    }

    /// Where a browser goes.
    pub fn see_other(location: HeaderValue) -> Self {
        let mut reply = Self::text(303, "text/plain; charset=utf-8", String::new());
        reply.headers.push((header::LOCATION, location));
        reply
    }

    /// The same, as the answer of an error.
    pub fn telling(self, entry: &Arc<Entry>) -> Self {
        Self {
            code: Cow::Owned(entry.code.clone()),
            error: Some(Arc::clone(entry)),
            ..self
        }
    }
}
