//! Requests that no row of the table answers: another address or method, and a browser that asks what a script may send.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
    web::Payload,
};

use super::{Gateway, life};
use crate::{
    auth::{
        identity::{Access, Refusal},
        origin,
    },
    errors::GatewayError,
    problem::Problem,
    request::body,
    response::{answer::Audience, pages::astray, reply::Reply},
};

impl Gateway {
    /// No such path, or, when methods are allowed on it, no such method. A browser is shown where to go: it belongs to
    /// somebody who may just have paid.
    pub async fn refuse(
        self: Arc<Self>,
        request: HttpRequest,
        payload: Payload,
        pattern: &'static str,
        allowed: Option<String>,
    ) -> Reply {
        life::of(&request).route = ("-", pattern);
        // Whatever the client still sends is read, so that it gets to see the answer.
        let _ = body::read_body(&request, payload, 0).await;
        let own = match allowed {
            Some(_) => GatewayError::MethodNotAllowed,
            None => GatewayError::RouteNotFound,
        };
        let mut problem = self.problem(own, "", "");
        let by_browser = astray::by_browser(request.headers());
        let audience = if !by_browser || matches!(*self.access, Access::Operator(_)) {
            Audience::Program
        } else if request.path().starts_with("/pg/") {
            problem = self.with_shops_page(problem, request.path()).await;
            Audience::Passing
        } else {
            Audience::Lost
        };
        let mut reply = life::told(&request, &audience, &problem);
        if let Some(Ok(allowed)) = allowed.map(HeaderValue::try_from) {
            reply.headers.push((header::ALLOW, allowed));
        }
        reply
    }

    /// Answers a browser that asks whether a script may post to a path. Whose order it will be is not known yet, so
    /// the origins of every shop count; the request itself is held against its own shop's.
    pub async fn preflight(
        self: Arc<Self>,
        path: &'static str,
        methods: String,
        request: HttpRequest,
    ) -> Reply {
        life::of(&request).route = ("OPTIONS", path);
        let page = origin::of(request.headers()).unwrap_or_default();
        let allowed = match &*self.access {
            Access::Shops(keys) => keys.any_allows_origin(&self.caller, page).await,
            Access::Operator(_) => Ok(false),
        };
        let problem = match allowed {
            Ok(true) => {
                let mut reply = Reply::empty();
                reply.headers = origin::preflight_headers(page, &methods);
                return reply;
            }
            Ok(false) => self.problem(GatewayError::OriginNotAllowed, "", ""),
            Err(error) => self.nobody(Refusal::Keys(error, "")).await,
        };
        let mut reply = life::told(&request, &Audience::Program, &problem);
        reply.headers.extend(origin::answer_headers(None));
        reply
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
}
