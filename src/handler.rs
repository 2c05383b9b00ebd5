//! The one handler: from a request to its procedure and back to an answer.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap, HeaderValue},
    web::{Bytes, Payload},
};

use crate::{
    auth::{
        keys::{self, IdentityError, ShopKeys},
        origin,
    },
    call::{Call, Caller, Set},
    clients,
    database::admission::Line,
    errors::{Catalogue, GatewayError},
    ops::metrics::Metrics,
    problem::Problem,
    request::{
        bind,
        body::{self, Fields, InputError},
        form, headers,
    },
    response::{
        pages::{
            astray,
            order::{self, Payment},
            payment,
        },
        reply::{Audience, Exchange, Reply},
        rows,
    },
    routes::{Auth, Route, Shape, Verb},
};

/// How requests of one address prove who they are.
pub enum Access {
    Shops(ShopKeys),
    Operator(String),
}

/// What the requests of one address share.
pub struct Gateway {
    pub caller: Caller,
    pub access: Access,
    pub catalogue: Arc<Catalogue>,
    pub metrics: Arc<Metrics>,
    pub body_limit: usize,
    /// Set when the process is about to stop.
    pub stopping: Arc<AtomicBool>,
}

/// Whose request it is.
#[derive(Debug, Default)]
struct Identity {
    shop_id: Option<u32>,
    user_id: Option<String>,
    by_ticket: bool,
}

impl Gateway {
    /// Whether a request carries the operator's key, where there is one.
    pub fn is_operator(&self, headers: &HeaderMap) -> bool {
        matches!(&self.access, Access::Operator(key) if keys::is_operator(headers, key))
    }

    /// An error of the gateway's own.
    pub fn problem(&self, own: GatewayError, field: &str, detail: impl Into<String>) -> Problem {
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
        let headers = request.headers();
        let exchange = Exchange::begin(
            &request,
            route.verb.asked_with(request.method()),
            route.path,
        );
        // Read before anything is refused, so that the client is done sending when it gets its answer.
        let body = body::read_body(&request, payload, self.body_limit).await;
        let outcome = match self.answer(route, &request, body.clone()).await {
            // Without what was sent there is nothing to send again.
            Err(problem) if body.is_ok() && payment::is_wanted(route, headers, &problem) => {
                let body = body.unwrap_or_default();
                let (id, english) = (&exchange.id, exchange.english);
                Ok(payment::try_again(&problem, route.verb, &body, id, english))
            }
            Err(problem) if astray::passing(route, headers) => {
                Err(self.with_shops_page(problem, request.path()).await)
            }
            outcome => outcome,
        };
        let refused = |own| matches!(&outcome, Err(problem) if problem.is(own));
        let from_page = by_ticket(route, headers) && !refused(GatewayError::OriginNotAllowed);
        let shop = origin::of(headers).filter(|page| from_page && self.allows_origin(page, None));
        let audience = match route.shape {
            Shape::Http if astray::passing(route, headers) => Audience::Passing,
            _ if astray::lost(route, headers) => Audience::Lost,
            Shape::Payment(_) if by_ticket(route, headers) && payment::accepts_html(headers) => {
                Audience::Buyer {
                    shop: shop.map(str::to_owned),
                }
            }
            _ => Audience::Program,
        };
        let mut response = exchange.for_audience(audience).end(self, outcome);
        if route.auth == Auth::BuyerOrTicket {
            for (name, value) in origin::answer_headers(shop) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// Answers a browser that asks whether a script may post to a path. Whose order it will be is not known yet, so
    /// the origins of every shop count; the request itself is held against its own shop's.
    pub async fn preflight(
        &self,
        path: &'static str,
        methods: &str,
        request: &HttpRequest,
    ) -> HttpResponse {
        let exchange = Exchange::begin(request, "OPTIONS", path);
        let page = origin::of(request.headers()).unwrap_or_default();
        let allowed = match &self.access {
            Access::Shops(keys) => keys.any_allows_origin(&self.caller, page).await,
            Access::Operator(_) => Ok(false),
        };
        let outcome = match allowed {
            Ok(true) => Ok(Reply::empty()),
            Ok(false) => Err(self.problem(GatewayError::OriginNotAllowed, "", "")),
            Err(error) => Err(self.unknown(error, "").await),
        };
        let headers = match &outcome {
            Ok(_) => origin::preflight_headers(page, methods),
            Err(_) => origin::answer_headers(None),
        };
        let mut response = exchange.end(self, outcome);
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        response
    }

    fn allows_origin(&self, page: &str, shop_id: Option<u32>) -> bool {
        matches!(&self.access, Access::Shops(keys) if keys.allows_origin(page, shop_id))
    }

    async fn answer(
        &self,
        route: &'static Route,
        request: &HttpRequest,
        body: Result<Bytes, InputError>,
    ) -> Result<Reply, Problem> {
        let headers = request.headers();
        let line = match route.auth {
            Auth::Signature => clients::line(request),
            // There is no CALL before the key is known.
            Auth::Buyer | Auth::BuyerOrTicket | Auth::Operator => Line::Known,
        };
        if let Err(error) = self.caller.admits(line) {
            return Err(Problem::call(&self.catalogue, &self.caller, route.procedure, error).await);
        }
        headers::said_once(headers).map_err(|error| self.input_problem(error))?;
        // A ticket is in the body: where that cannot be read, this is what is wrong.
        if let (true, Err(error)) = (by_ticket(route, headers), &body) {
            return Err(self.input_problem(error.clone()));
        }
        let identity = self.identify(route, headers, body.as_deref().ok()).await?;
        let body = body.map_err(|error| self.input_problem(error))?;
        let parameters = self
            .parameters(route, request, &body, &identity)
            .map_err(|error| self.input_problem(error))?;
        let call = Call {
            procedure: route.procedure.to_owned(),
            parameters,
            line,
            deadline: Duration::from_millis(route.deadline_ms),
            idempotent: route.idempotent,
        };
        match self.caller.call(call).await {
            Ok(sets) if rows::result(&sets).as_deref() == Some("OK") => {
                let browser = identity.by_ticket && payment::accepts_html(headers);
                self.reply(route, &sets, browser)
            }
            Ok(sets) => {
                Err(Problem::unraised(&self.catalogue, &self.caller, route.procedure, &sets).await)
            }
            Err(error) => {
                Err(Problem::call(&self.catalogue, &self.caller, route.procedure, error).await)
            }
        }
    }

    async fn identify(
        &self,
        route: &Route,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Result<Identity, Problem> {
        match (route.auth, &self.access) {
            (Auth::Signature, _) => Ok(Identity::default()),
            (Auth::Operator, _) if self.is_operator(headers) => Ok(Identity::default()),
            (Auth::BuyerOrTicket, Access::Shops(keys)) if by_ticket(route, headers) => {
                self.identify_ticket(keys, headers, body).await
            }
            (Auth::Buyer | Auth::BuyerOrTicket, Access::Shops(keys)) => {
                let shop = keys.shop(&self.caller, headers).await;
                let shop = match shop {
                    Ok(shop) => shop,
                    Err(error) => return Err(self.unknown(error, "").await),
                };
                let user = keys::user(headers).ok_or_else(|| {
                    self.problem(GatewayError::InvalidInput, "X-User-Id", "names the buyer")
                })?;
                Ok(Identity {
                    shop_id: Some(shop),
                    user_id: Some(user),
                    by_ticket: false,
                })
            }
            _ => Err(self.problem(GatewayError::Unauthenticated, "", "")),
        }
    }

    /// The buyer whom a shop's ticket names, for the one order that it names, on one of the shop's pages.
    async fn identify_ticket(
        &self,
        keys: &ShopKeys,
        headers: &HeaderMap,
        body: Option<&[u8]>,
    ) -> Result<Identity, Problem> {
        let field = |name: &str| {
            let Some(body) = body else { return Ok(None) };
            let fields = body::own_fields(headers, body)?;
            bind::field_text(&fields, name)
        };
        let ticket = field(bind::TICKET).map_err(|error| self.input_problem(error))?;
        let Some(ticket) = ticket else {
            let detail = "send Authorization: Bearer, or the field ticket";
            return Err(self.problem(GatewayError::Unauthenticated, "", detail));
        };
        let (shop_id, granted) = match keys.ticket(&self.caller, &ticket).await {
            Ok(granted) => granted,
            Err(error) => return Err(self.unknown(error, bind::TICKET).await),
        };
        if origin::of(headers).is_some_and(|page| !self.allows_origin(page, Some(shop_id))) {
            let detail = "the page's origin is not one of the shop's";
            return Err(self.problem(GatewayError::OriginNotAllowed, "", detail));
        }
        let number = field("mTrdNo").map_err(|error| self.input_problem(error))?;
        if number.as_ref() != Some(&granted.number) {
            let detail = "is not the one that the ticket is for";
            return Err(self.problem(GatewayError::Unauthenticated, "mTrdNo", detail));
        }
        Ok(Identity {
            shop_id: Some(shop_id),
            user_id: Some(granted.user_id),
            by_ticket: true,
        })
    }

    async fn unknown(&self, error: IdentityError, field: &str) -> Problem {
        match error {
            IdentityError::Unknown => self.problem(GatewayError::Unauthenticated, field, ""),
            IdentityError::Expired { url } => {
                let mut problem = self.problem(GatewayError::TicketExpired, field, "");
                problem.location = url;
                problem
            }
            IdentityError::NotLoaded(error) => {
                let procedure = "select_gateway_keys";
                Problem::call(&self.catalogue, &self.caller, procedure, error).await
            }
        }
    }

    fn parameters(
        &self,
        route: &Route,
        request: &HttpRequest,
        body: &[u8],
        identity: &Identity,
    ) -> Result<Vec<mysql_async::Value>, InputError> {
        let headers = request.headers();
        let path = placeholders(route.path, request.uri().path())?;
        let all_fields = |last: &[(&str, &str)]| {
            body::all_fields_json(headers, request.query_string(), body, last)
        };
        let bound = |query: &Fields, fields: &Fields| {
            let request = bind::Request {
                shop_id: identity.shop_id,
                user_id: identity.user_id.as_deref(),
                by_ticket: identity.by_ticket,
                path: &path,
                query,
                fields,
            };
            bind::parameters(route, &request, all_fields)
        };
        if route.auth == Auth::Signature {
            let nothing = Fields::default();
            return bound(&nothing, &nothing);
        }
        let query = body::form_fields(request.query_string().as_bytes())?;
        let fields = body::own_fields(headers, body)?;
        // Many clients cannot send a body with DELETE.
        let in_query = route.verb == Verb::Delete && body.is_empty();
        bound(&query, if in_query { &query } else { &fields })
    }

    fn reply(&self, route: &Route, sets: &[Set], browser: bool) -> Result<Reply, Problem> {
        let (first, further) = (&sets[0], &sets[1..]);
        let reply = match route.shape {
            Shape::Payment(_) if browser => to_payment(first, further),
            Shape::Json(names) | Shape::Payment(names) => Some(Reply::json(
                200,
                rows::document(route.procedure, sets, names),
            )),
            Shape::Http => http_reply(first),
        };
        reply.ok_or_else(|| {
            log::error!("{} did not say what to answer", route.procedure);
            self.problem(GatewayError::InternalError, "", "")
        })
    }
}

/// To the payment page, or, when there is nothing to pay, to the shop's page for the order.
fn to_payment(first: &Set, further: &[Set]) -> Option<Reply> {
    if let Some(payment) = further.first().filter(|set| !set.rows.is_empty()) {
        return order::to_payment(&Payment {
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
fn http_reply(first: &Set) -> Option<Reply> {
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

/// Whether it is a browser's request: a shop's server has a key.
fn by_ticket(route: &Route, headers: &HeaderMap) -> bool {
    route.auth == Auth::BuyerOrTicket && !headers.contains_key(header::AUTHORIZATION)
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
}
