//! Browsers that post from a shop's page: what their scripts are told they may do (CORS). Which pages those are is in
//! the keys; there is no wildcard, and no cookie is ever asked for.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What a script may send besides what every form can.
const REQUEST_HEADERS: &str = "content-type";
/// What a script may read besides the body.
const ANSWER_HEADERS: &str = "retry-after, x-request-id";
/// Seconds for which a browser need not ask again.
const MAX_AGE: &str = "600";

/// The page that a browser says it comes from. `null` is what it says when it would rather not.
pub fn of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN)?.to_str().ok()
}

/// Whether a post with a ticket is refused for where it comes from: a page that is not of the origins that its shop has
/// listed (`shops.allowed_origins_json`). A browser that names no page at all is let through; its ticket is good.
pub fn is_refused(headers: &HeaderMap, is_listed: impl FnOnce(&str) -> bool) -> bool {
    of(headers).is_some_and(|page| !is_listed(page))
}

/// What an answer says about who may read it: the page of this origin, or no other page.
pub fn answer_headers(allowed: Option<&str>) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![(header::VARY, HeaderValue::from_static("Origin"))];
    if let Some(Ok(origin)) = allowed.map(HeaderValue::from_str) {
        headers.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin));
        headers.push((
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(ANSWER_HEADERS),
        ));
    }
    headers
}

/// What a browser is told that asks before it sends.
pub fn preflight_headers(origin: &str, methods: &str) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = answer_headers(Some(origin));
    if let Ok(methods) = HeaderValue::from_str(methods) {
        headers.push((header::ACCESS_CONTROL_ALLOW_METHODS, methods));
    }
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ] {
        headers.push((name, HeaderValue::from_static(value)));
    }
    headers
}
