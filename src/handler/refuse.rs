//! Requests that no row of the table answers: another address or method, and a browser that asks what a script may send.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::Payload,
};

use super::Gateway;
use crate::{
    auth::{
        identity::{Access, Refusal},
        origin,
    },
    errors::GatewayError,
    problem::Problem,
    request::body,
    response::{
        exchange::{Audience, Exchange},
        pages::astray,
        reply::Reply,
    },
};

impl Gateway {
    /// No such path, or, when methods are allowed on it, no such method.
    pub async fn refuse(
        &self,
        request: HttpRequest,
        payload: Payload,
        pattern: &'static str,
        allowed: Option<String>,
    ) -> HttpResponse {
        let exchange = Exchange::begin(&request, "-", pattern);
        // Whatever the client still sends is read, so that it gets to see the answer.
        let _ = body::read_body(&request, payload, 0).await;
        let own = if allowed.is_some() {
            GatewayError::MethodNotAllowed
        } else {
            GatewayError::RouteNotFound
        };
        let (audience, problem) = self.refusal(own, &request).await;
        let mut response = exchange.for_audience(audience).end(
            &self.metrics,
            self.is_stopping(),
            Err::<Reply, _>(problem),
        );
        if let Some(Ok(allowed)) = allowed.as_deref().map(HeaderValue::from_str) {
            response.headers_mut().insert(header::ALLOW, allowed);
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
        let allowed = match &*self.access {
            Access::Shops(keys) => keys.any_allows_origin(&self.caller, page).await,
            Access::Operator(_) => Ok(false),
        };
        let outcome = match allowed {
            Ok(true) => Ok(Reply::empty()),
            Ok(false) => Err(self.problem(GatewayError::OriginNotAllowed, "", "")),
            Err(error) => Err(self.nobody(Refusal::Keys(error, "")).await),
        };
        let headers = match &outcome {
            Ok(_) => origin::preflight_headers(page, methods),
            Err(_) => origin::answer_headers(None),
        };
        let mut response = exchange.end(&self.metrics, self.is_stopping(), outcome);
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// A refusal of a browser on its way back from paying, with the page of the shop that the address names.
    pub(super) async fn with_shops_page(&self, mut problem: Problem, path: &str) -> Problem {
        if problem.location.is_none()
            && let Access::Shops(keys) = &*self.access
            && let Some(account) = astray::payment_account(path)
        {
            let code = &problem.entry.code;
            problem.location = keys.unread_url(&self.caller, account, code).await;
        }
        problem
    }

    /// Refuses a request for an address or with a method that there is not. A browser is shown where to go: it belongs
    /// to somebody who may just have paid.
    async fn refusal(&self, own: GatewayError, request: &HttpRequest) -> (Audience, Problem) {
        let headers = request.headers();
        let problem = self.problem(own, "", "");
        if !matches!(*self.access, Access::Shops(_)) || !astray::by_browser(headers) {
            (Audience::Program, problem)
        } else if request.path().starts_with("/pg/") {
            let problem = self.with_shops_page(problem, request.path()).await;
            (Audience::Passing, problem)
        } else {
            (Audience::Lost, problem)
        }
    }
}
