//! The one handler: from a request to its procedure and back to an answer.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web::{Bytes, Payload},
};
use uuid::Uuid;

use crate::{
    answer, bind,
    call::{Call, Caller, Set},
    catalogue::{Catalogue, Own},
    form,
    identity::{self, IdentityError, ShopKeys},
    input::{self, Fields, InputError},
    metrics::Metrics,
    page,
    problem::{Problem, prefers_english},
    routes::{Auth, Route, Shape, Verb},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";

/// How requests of one address prove who they are.
#[derive(Debug)]
pub enum Guard {
    Shops(ShopKeys),
    Operator(String),
}

/// What the requests of one address share.
pub struct Front {
    pub caller: Caller,
    pub guard: Guard,
    pub catalogue: Arc<Catalogue>,
    pub metrics: Arc<Metrics>,
    pub body_limit: usize,
    /// Set when the process is about to stop.
    pub stopping: Arc<AtomicBool>,
}

/// An answer before it is written.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// Content type and location among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// For the access line.
    pub code: String,
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

    fn bytes(status: u16, content_type: HeaderValue, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            headers: vec![(header::CONTENT_TYPE, content_type)],
            code: "OK".to_owned(),
        }
    }

    fn see_other(location: HeaderValue, code: String) -> Self {
        let mut reply = Self::text(303, "text/plain; charset=utf-8", String::new());
        reply.headers.push((header::LOCATION, location));
        reply.code = code;
        reply
    }
}

/// One request from its arrival to its line in the log.
pub struct Exchange {
    started: Instant,
    id: String,
    method: &'static str,
    pattern: &'static str,
    english: bool,
}

impl Exchange {
    /// `pattern` is the route's, or `-` where there is none: paths may hold names and keys.
    pub fn begin(request: &HttpRequest, method: &'static str, pattern: &'static str) -> Self {
        Self {
            started: Instant::now(),
            id: request_id(request.headers()),
            method,
            pattern,
            english: prefers_english(request.headers()),
        }
    }

    /// Writes the answer, counts it and leaves its line in the log.
    pub fn end(self, front: &Front, outcome: Result<Reply, Problem>) -> HttpResponse {
        let reply = outcome.unwrap_or_else(|problem| self.problem(&problem));
        let duration = self.started.elapsed();
        front
            .metrics
            .request(self.method, self.pattern, reply.status, duration);
        log::info!(
            target: "access",
            "{} {} {} {:.1}ms {} {}",
            self.method,
            self.pattern,
            reply.status,
            duration.as_secs_f64() * 1000.0,
            self.id,
            reply.code
        );
        let status =
            StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if front.stopping.load(Ordering::Relaxed) {
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
        let mut reply = Reply::text(
            problem.entry.status,
            PROBLEM,
            problem.to_json(&self.id, self.english),
        );
        reply.code.clone_from(&problem.entry.code.clone());
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

impl Front {
    /// Whether a request carries the operator's key, where there is one.
    pub fn is_operator(&self, headers: &HeaderMap) -> bool {
        matches!(&self.guard, Guard::Operator(key) if identity::is_operator(headers, key))
    }

    /// An error of the gateway's own.
    pub fn problem(&self, own: Own, field: &str, detail: impl Into<String>) -> Problem {
        Problem::own(&self.catalogue, own, field, detail)
    }

    fn input_problem(&self, error: InputError) -> Problem {
        Problem::input(&self.catalogue, error)
    }

    /// Answers a request of the route table.
    pub async fn serve(
        &self,
        route: &'static Route,
        request: HttpRequest,
        payload: Payload,
    ) -> HttpResponse {
        let exchange = Exchange::begin(&request, route.verb.name(), route.path);
        // Read before anything is refused, so that the client is done sending when it gets its answer.
        let body = input::read_body(payload, self.body_limit).await;
        let outcome = match self.answer(route, &request, body.clone()).await {
            Err(problem) if page::is_wanted(route, request.headers(), &problem) => {
                let body = body.unwrap_or_default();
                let (id, english) = (&exchange.id, exchange.english);
                Ok(page::try_again(&problem, route.verb, &body, id, english))
            }
            outcome => outcome,
        };
        exchange.end(self, outcome)
    }

    async fn answer(
        &self,
        route: &'static Route,
        request: &HttpRequest,
        body: Result<Bytes, InputError>,
    ) -> Result<Reply, Problem> {
        let headers = request.headers();
        if let Err(error) = self.caller.admits() {
            return Err(Problem::call(&self.catalogue, &self.caller, route.procedure, error).await);
        }
        let (shop_id, user_id) = self.identify(route, headers).await?;
        let body = body.map_err(|error| self.input_problem(error))?;
        let parameters = self
            .parameters(route, request, &body, shop_id, user_id)
            .map_err(|error| self.input_problem(error))?;
        let call = Call {
            procedure: route.procedure.to_owned(),
            parameters,
            deadline: Duration::from_millis(route.deadline_ms),
            repeatable: route.repeatable,
        };
        let problem = match self.caller.call(call).await {
            Ok(sets) if answer::result(&sets).as_deref() == Some("OK") => {
                return self.reply(route, &sets);
            }
            Ok(sets) => {
                Problem::unraised(&self.catalogue, &self.caller, route.procedure, &sets).await
            }
            Err(error) => {
                Problem::call(&self.catalogue, &self.caller, route.procedure, error).await
            }
        };
        let browser = route.shape == Shape::Http && page::accepts_html(headers);
        match problem
            .location
            .as_ref()
            .filter(|_| browser)
            .map(HeaderValue::try_from)
        {
            Some(Ok(location)) => Ok(Reply::see_other(location, problem.entry.code.clone())),
            _ => Err(problem),
        }
    }

    async fn identify<'a>(
        &self,
        route: &Route,
        headers: &'a HeaderMap,
    ) -> Result<(Option<u32>, Option<&'a str>), Problem> {
        match (route.auth, &self.guard) {
            (Auth::Signature, _) => Ok((None, None)),
            (Auth::Operator, _) if self.is_operator(headers) => Ok((None, None)),
            (Auth::Buyer, Guard::Shops(keys)) => {
                let shop = keys.shop(&self.caller, headers).await;
                let shop = match shop {
                    Ok(shop) => shop,
                    Err(IdentityError::Unknown) => {
                        return Err(self.problem(Own::Unauthenticated, "", ""));
                    }
                    Err(IdentityError::NotLoaded(error)) => {
                        let procedure = "select_gateway_keys";
                        return Err(
                            Problem::call(&self.catalogue, &self.caller, procedure, error).await,
                        );
                    }
                };
                let user = identity::user(headers).ok_or_else(|| {
                    self.problem(Own::InvalidInput, "X-User-Id", "names the buyer")
                })?;
                Ok((Some(shop), Some(user)))
            }
            _ => Err(self.problem(Own::Unauthenticated, "", "")),
        }
    }

    fn parameters(
        &self,
        route: &Route,
        request: &HttpRequest,
        body: &[u8],
        shop_id: Option<u32>,
        user_id: Option<&str>,
    ) -> Result<Vec<mysql_async::Value>, InputError> {
        let headers = request.headers();
        let path = placeholders(route.path, request.uri().path())?;
        let all_fields = |last: &[(&str, &str)]| {
            input::all_fields_json(headers, request.query_string(), body, last)
        };
        if route.auth == Auth::Signature {
            let nothing = Fields::default();
            let request = bind::Request {
                shop_id,
                user_id,
                path: &path,
                query: &nothing,
                fields: &nothing,
            };
            return bind::parameters(route, &request, all_fields);
        }
        let query = input::form_fields(request.query_string().as_bytes())?;
        let fields = input::own_fields(headers, body)?;
        // Many clients cannot send a body with DELETE.
        let in_query = route.verb == Verb::Delete && body.is_empty();
        let fields = if in_query { &query } else { &fields };
        let request = bind::Request {
            shop_id,
            user_id,
            path: &path,
            query: &query,
            fields,
        };
        bind::parameters(route, &request, all_fields)
    }

    fn reply(&self, route: &Route, sets: &[Set]) -> Result<Reply, Problem> {
        let (first, further) = (&sets[0], &sets[1..]);
        match route.shape {
            Shape::Json(names) => {
                let mut members = answer::row_members(&first.columns, &first.rows[0]);
                members.extend(answer::named_sets(route.procedure, further, names));
                Ok(Reply::json(200, answer::object(&members)))
            }
            Shape::Http => http_reply(first).ok_or_else(|| {
                log::error!("{} did not say what to answer", route.procedure);
                self.problem(Own::InternalError, "", "")
            }),
        }
    }
}

/// Exactly what the procedure said: where a browser goes, or status, content type and body.
fn http_reply(first: &Set) -> Option<Reply> {
    if let Some(location) = answer::bytes(first, 0, "location") {
        let location = HeaderValue::from_bytes(&location).ok()?;
        return Some(Reply::see_other(location, "OK".to_owned()));
    }
    let status = answer::text(first, 0, "http_status")?.parse().ok()?;
    let content_type = answer::bytes(first, 0, "content_type").unwrap_or_default();
    let content_type = HeaderValue::from_bytes(&content_type).ok()?;
    let body = answer::bytes(first, 0, "body").unwrap_or_default();
    Some(Reply::bytes(status, content_type, body))
}

/// The placeholders of a pattern, from the path as it was sent.
fn placeholders(
    pattern: &'static str,
    path: &str,
) -> Result<HashMap<&'static str, String>, InputError> {
    pattern
        .split('/')
        .zip(path.split('/'))
        .filter_map(|(part, segment)| {
            let name = part.strip_prefix('{')?.strip_suffix('}')?;
            Some(match form::path_segment(segment) {
                Some(text) => Ok((name, text)),
                None => Err(InputError::field(name, "is not UTF-8")),
            })
        })
        .collect()
}

/// The client's own id when it is a plain one, for the log; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(plain);
    given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_decoded_strictly() {
        let found = placeholders("/v1/orders/{order_key}/x", "/v1/orders/a%20b+c%2Fd/x").unwrap();
        assert_eq!(found["order_key"], "a b+c/d");
        let error = placeholders("/v1/orders/{order_key}", "/v1/orders/%FF").unwrap_err();
        assert_eq!(error, InputError::field("order_key", "is not UTF-8"));
    }

    #[test]
    fn a_request_id_is_taken_when_it_is_plain() {
        let with = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(id));
            request_id(&headers)
        };
        assert_eq!(with("abc-1.2_3"), "abc-1.2_3");
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
