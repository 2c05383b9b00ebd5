//! The life of a request, from its arrival to its line in the log: middleware around whatever answers, so that each
//! answer has the same headers, is counted and is written down.

use std::{
    cell::RefMut,
    sync::Arc,
    time::{Instant, SystemTime},
};

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use uuid::Builder;

use super::Gateway;
use crate::{
    ops::metrics::Metrics,
    problem::{Problem, prefers_english},
    response::{
        answer::{self, Audience},
        refusals,
        reply::Reply,
    },
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What every answer says besides.
const COMMON: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// What is known of a request while it lives: kept with the request, where whoever answers it finds it and adds to it.
pub struct Life {
    started: Instant,
    pub id: String,
    pub english: bool,
    /// Of the trace that the request is a part of.
    trace_id: Option<String>,
    /// Method and path as the route has them, or `-` where there is none: paths may hold names and keys.
    pub route: (&'static str, &'static str),
    /// The shop that asks, once that is known.
    pub shop_id: Option<u32>,
    /// What is answered; headers and body are gone once they are handed over to be written.
    reply: Reply,
}

/// The life of a request; it begins when it is first asked for.
pub fn of(request: &HttpRequest) -> RefMut<'_, Life> {
    RefMut::map(request.extensions_mut(), |extensions| {
        extensions.get_or_insert_with(|| Life {
            started: Instant::now(),
            id: request_id(request.headers()),
            english: prefers_english(request),
            trace_id: trace_id(request.headers()),
            route: ("-", "-"),
            shop_id: None,
            reply: Reply::empty(),
        })
    })
}

/// An error as this request is told it.
pub fn told(request: &HttpRequest, audience: &Audience, problem: &Problem) -> Reply {
    let life = of(request);
    answer::told(problem, audience, &life.id, life.english)
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(mut self, request: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status);
        let mut response = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        for pair in std::mem::take(&mut self.headers) {
            response.insert_header(pair);
        }
        let body = std::mem::take(&mut self.body);
        of(request).reply = self;
        response.body(body)
    }
}

impl Gateway {
    /// The middleware: lets somebody answer, and does the rest.
    pub async fn attend<B>(
        self: Arc<Self>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        drop(of(request.request()));
        let mut response = next.call(request).await?;
        let life = response.request().extensions_mut().remove::<Life>();
        let head = response.response_mut().head_mut();
        if self.is_stopping() {
            head.set_connection_type(ConnectionType::Close);
        }
        for (name, value) in COMMON {
            head.headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(life) = life {
            life.end(&self.metrics);
            if let Ok(id) = HeaderValue::try_from(life.id) {
                head.headers.insert(REQUEST_ID, id);
            }
        }
        Ok(response)
    }
}

impl Life {
    /// Counts the request and leaves its line in the log.
    fn end(&self, metrics: &Metrics) {
        let (method, path) = self.route;
        let Reply { status, code, .. } = &self.reply;
        let stranger = self.reply.error.as_ref().and_then(|entry| {
            metrics.error(&entry.code);
            refusals::Kind::of(path, entry)
        });
        let duration = self.started.elapsed();
        metrics.request(method, path, *status, duration);
        if stranger.is_none_or(refusals::take) {
            let (id, duration_ms) = (&self.id, duration.as_secs_f64() * 1000.0);
            log::info!(
                target: "access",
                method,
                path,
                status,
                duration_ms,
                request_id = id,
                trace_id = self.trace_id.as_deref(),
                shop_id = self.shop_id,
                order_key = self.reply.order_key.as_deref(),
                code = code.as_ref();
                "{method} {path} {status} {duration_ms:.1}ms {id} {code}"
            );
        }
    }
}

/// The client's own id when it is a plain one, for the log; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let plain = |id: &&str| (1..=64).contains(&id.len()) && id.bytes().all(letter);
    let mut given = headers.get_all(REQUEST_ID);
    // Two are nobody's.
    let given = given.next().filter(|_| given.next().is_none());
    let given = given.and_then(|value| value.to_str().ok()).filter(plain);
    given.map_or_else(new_id, str::to_owned)
}

/// The trace of a W3C `traceparent` (version, trace, parent, flags in hexadecimal): 32 digits, not all of them 0.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(TRACE_PARENT)?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(digit);
    let known =
        is_hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
    let whole = is_hex(trace, 32) && is_hex(parent, 16) && is_hex(flags, 2);
    let not_zero = |text: &str| text.bytes().any(|byte| byte != b'0');
    (known && whole && not_zero(trace) && not_zero(parent)).then(|| trace.to_owned())
}

/// A UUID that begins with the time. Its random bits are the process's own: asking the system costs a call each time.
fn new_id() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let milliseconds = u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(milliseconds, &rand::random())
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_taken_over_when_it_is_one() {
        let with = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACE_PARENT, HeaderValue::from_static(text));
            trace_id(&headers)
        };
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for good in [
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            // A later version may say more.
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert_eq!(with(good).as_deref(), Some(trace), "{good}");
        }
        for odd in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            assert_eq!(with(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_request_id_is_taken_when_it_is_plain() {
        let with = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(id));
            request_id(&headers)
        };
        assert_eq!(with("abc-1.2_3"), "abc-1.2_3");
        assert_ne!(new_id(), new_id());
        assert!(new_id()[..8] >= *"01900000" && new_id().as_bytes()[14] == b'7');
        for odd in [
            "",
            "a b",
            "a\"b",
            "<x>",
            "0123456789012345678901234567890123456789012345678901234567890123x",
        ] {
            assert_ne!(with(odd), odd);
        }
    }
}
