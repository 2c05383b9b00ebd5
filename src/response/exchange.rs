//! One request from its arrival to its line in the log: what is written to the client, and what is counted.

use std::time::{Instant, SystemTime};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use uuid::Builder;

use crate::{
    call::Set,
    ops::metrics::Metrics,
    problem::{Problem, prefers_english},
    response::{
        pages::{order, payment},
        refusals,
        reply::Reply,
        rows,
    },
    routes::{Route, Shape},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
const PROBLEM: &str = "application/problem+json";

/// The answer of a route's procedure, for a shop's server or for a browser. `None` when the procedure did not say
/// what to answer.
pub fn reply(route: &Route, sets: &[Set], to_browser: bool) -> Option<Reply> {
    let first = sets.first()?;
    let reply = match route.shape {
        Shape::Payment(_) if to_browser => to_payment(first, &sets[1..]),
        Shape::Json(names) | Shape::Payment(names) => Some(Reply::json(
            200,
            rows::document(route.procedure, sets, names),
        )),
        Shape::Http => as_said(first),
    };
    reply.map(|reply| Reply {
        order_key: rows::text(first, 0, "order_key"),
        ..reply
    })
}

/// To the payment page, or, when there is nothing to pay, to the shop's page for the order.
fn to_payment(first: &Set, further: &[Set]) -> Option<Reply> {
    if let Some(payment) = further.first().filter(|set| !set.rows.is_empty()) {
        return order::to_payment(&order::Payment {
            by_get: rows::text(payment, 0, "pay_method")? == "GET",
            url: rows::text(payment, 0, "pay_url")?,
            fields_json: rows::text(payment, 0, "pay_fields_json")?,
        });
    }
    let location = rows::bytes(first, 0, "location")?;
    let location = HeaderValue::from_bytes(&location).ok()?;
    Some(Reply::see_other(location, "OK".to_owned()))
}

/// Exactly what the procedure said: where a browser goes, or status, content type and body.
fn as_said(first: &Set) -> Option<Reply> {
    if let Some(location) = rows::bytes(first, 0, "location") {
        let location = HeaderValue::from_bytes(&location).ok()?;
        return Some(Reply::see_other(location, "OK".to_owned()));
    }
    let status = rows::text(first, 0, "http_status")?.parse().ok()?;
    let content_type = rows::bytes(first, 0, "content_type").unwrap_or_default();
    let content_type = HeaderValue::from_bytes(&content_type).ok()?;
    let body = rows::bytes(first, 0, "body").unwrap_or_default();
    Some(Reply::bytes(status, content_type, body))
}

/// One request from its arrival to its line in the log.
pub struct Exchange {
    started: Instant,
    pub id: String,
    method: &'static str,
    pattern: &'static str,
    pub english: bool,
    audience: Audience,
    /// Of the trace that the request is a part of.
    trace_id: Option<String>,
    /// The shop that asks, once that is known.
    pub shop_id: Option<u32>,
}

/// How an error is told.
#[derive(Debug, Default)]
pub enum Audience {
    /// To a program, as a document.
    #[default]
    Program,
    /// To a browser on its way back from paying: where its shop wants it, else as a page.
    Passing,
    /// To a browser at an address that there is not: as a page.
    Lost,
    /// To a buyer who has just ordered: where the procedure sends the browser, else as a page.
    Buyer {
        /// Origin of the shop's page.
        shop: Option<String>,
    },
}

impl Exchange {
    /// `pattern` is the route's, or `-` where there is none: paths may hold names and keys.
    pub fn begin(request: &HttpRequest, method: &'static str, pattern: &'static str) -> Self {
        Self {
            started: Instant::now(),
            id: request_id(request.headers()),
            method,
            pattern,
            english: prefers_english(request),
            audience: Audience::Program,
            trace_id: trace_id(request.headers()),
            shop_id: None,
        }
    }

    /// The same for another audience.
    pub fn for_audience(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// Writes the answer, counts it and leaves its line in the log.
    pub fn end(
        self,
        metrics: &Metrics,
        stopping: bool,
        outcome: Result<Reply, Problem>,
    ) -> HttpResponse {
        let stranger = match &outcome {
            Err(problem) => {
                metrics.error(&problem.entry.code);
                refusals::Kind::of(self.pattern, &problem.entry)
            }
            Ok(_) => None,
        };
        let reply = outcome.unwrap_or_else(|problem| self.problem(&problem));
        let duration = self.started.elapsed();
        metrics.request(self.method, self.pattern, reply.status, duration);
        if stranger.is_none_or(refusals::take) {
            let milliseconds = duration.as_secs_f64() * 1000.0;
            log::info!(
                target: "access",
                method = self.method,
                path = self.pattern,
                status = reply.status,
                duration_ms = milliseconds,
                request_id = self.id,
                trace_id = self.trace_id.as_deref(),
                shop_id = self.shop_id,
                order_key = reply.order_key.as_deref(),
                code = reply.code;
                "{} {} {} {milliseconds:.1}ms {} {}",
                self.method,
                self.pattern,
                reply.status,
                self.id,
                reply.code
            );
        }
        let status =
            StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if stopping {
            response.force_close();
        }
        response.insert_header((REQUEST_ID, self.id));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
        for pair in reply.headers {
            response.insert_header(pair);
        }
        response.body(reply.body)
    }

    fn problem(&self, problem: &Problem) -> Reply {
        let location = match self.audience {
            Audience::Program | Audience::Lost => None,
            Audience::Passing | Audience::Buyer { .. } => problem.location.as_ref(),
        };
        if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
            return Reply::see_other(location, problem.entry.code.clone());
        }
        let page = match &self.audience {
            Audience::Buyer { shop } => order::problem(problem, &self.id, shop.as_deref()),
            Audience::Passing => Some(payment::not_shown(problem, &self.id, self.english)),
            Audience::Lost => Some(payment::nowhere(problem, &self.id, self.english)),
            Audience::Program => None,
        };
        let mut reply = page.unwrap_or_else(|| {
            let text = problem.to_json(&self.id, self.english);
            Reply::text(problem.entry.status, PROBLEM, text)
        });
        reply.code.clone_from(&problem.entry.code);
        if let Some(seconds) = problem.retry_after {
            reply
                .headers
                .push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if problem.entry.status == 401 {
            reply
                .headers
                .push((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        reply
    }
}

/// The client's own id when it is a plain one, for the log; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
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
    let is_hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
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
