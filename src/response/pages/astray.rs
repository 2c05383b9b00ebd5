//! Browsers that cannot be given what they came for: their buyers may have paid a moment ago, and are shown where to go.

use actix_web::http::header::{self, HeaderMap};

use crate::{
    auth::identity::by_ticket,
    request::form,
    response::{answer::Audience, pages::payment},
    routes::{Auth, Route, Shape},
};

/// How an error of a route is told to whoever asked. `shop` is the origin of the page that posted, when it is a shop's.
pub fn audience<'a>(route: &Route, headers: &HeaderMap, shop: Option<&'a str>) -> Audience<'a> {
    match route.shape {
        Shape::Http if passing(route, headers) => Audience::Passing,
        _ if lost(route, headers) => Audience::Lost,
        Shape::Payment(_) if by_ticket(route, headers) && payment::accepts_html(headers) => {
            Audience::Buyer(shop)
        }
        _ => Audience::Program,
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
pub fn by_browser(headers: &HeaderMap) -> bool {
    payment::accepts_html(headers) && !headers.contains_key(header::AUTHORIZATION)
}

/// Payment gateway and account that a path names, as the routes do.
pub fn payment_account(path: &str) -> Option<(String, String)> {
    let mut segments = path
        .strip_prefix("/pg/")?
        .split('/')
        .map(form::path_segment);
    Some((segments.next()??, segments.next()??))
}
