//! Browsers that cannot be given what they came for: their buyers may have paid a moment ago, and are shown where to go.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap},
};

use crate::{
    errors::GatewayError,
    handler::{Access, Gateway},
    problem::Problem,
    request::form,
    response::{pages::payment, reply::Audience},
    routes::{Auth, Route},
};

impl Gateway {
    /// A refusal of a browser on its way back from paying, with the page of the shop that the address names.
    pub async fn with_shops_page(&self, mut problem: Problem, path: &str) -> Problem {
        if problem.location.is_none()
            && let Access::Shops(keys) = &self.access
            && let Some(account) = payment_account(path)
        {
            let code = &problem.entry.code;
            problem.location = keys.unread_url(&self.caller, account, code).await;
        }
        problem
    }

    /// Refuses a request for an address or with a method that there is not. A browser is shown where to go: it belongs
    /// to somebody who may just have paid.
    pub async fn refuse(&self, own: GatewayError, request: &HttpRequest) -> (Audience, Problem) {
        let headers = request.headers();
        let problem = self.problem(own, "", "");
        if !matches!(self.access, Access::Shops(_)) || !by_browser(headers) {
            (Audience::Program, problem)
        } else if request.path().starts_with("/pg/") {
            let problem = self.with_shops_page(problem, request.path()).await;
            (Audience::Passing, problem)
        } else {
            (Audience::Lost, problem)
        }
    }
}

/// Whether it is a browser on its way back from paying.
pub fn passing(route: &Route, headers: &HeaderMap) -> bool {
    payment::is_return(route) && payment::accepts_html(headers)
}

/// Whether it is a browser that has come to a route of the shops' servers: one that loads the answer to an order form
/// again by its address.
pub fn lost(route: &Route, headers: &HeaderMap) -> bool {
    route.auth == Auth::Buyer && by_browser(headers)
}

/// Who has a key is a program, whatever it would like to read.
fn by_browser(headers: &HeaderMap) -> bool {
    payment::accepts_html(headers) && !headers.contains_key(header::AUTHORIZATION)
}

/// Payment gateway and account that a path names, as the routes do.
fn payment_account(path: &str) -> Option<(String, String)> {
    let mut segments = path
        .strip_prefix("/pg/")?
        .split('/')
        .map(form::path_segment);
    Some((segments.next()??, segments.next()??))
}
