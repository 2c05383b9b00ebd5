//! What is answered: to what a procedure said, and how an error is told to whoever asked.

use actix_web::http::header::{self, HeaderValue};

use crate::{
    call::Set,
    problem::Problem,
    response::{
        pages::{order, payment},
        reply::Reply,
        rows,
    },
    routes::{Route, Shape},
};

const PROBLEM: &str = "application/problem+json";

/// The answer of a route's procedure, for a shop's server or for a browser. `None` when the procedure did not say
/// what to answer.
pub fn said(route: &Route, sets: &[Set], to_browser: bool) -> Option<Reply> {
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
        let payment = order::Payment {
            by_get: rows::text(payment, 0, "pay_method")? == "GET",
            url: rows::text(payment, 0, "pay_url")?,
            fields_json: rows::text(payment, 0, "pay_fields_json")?,
        };
        let changed = rows::text(first, 0, "price_changed").as_deref() == Some("1");
        return if changed {
            order::at_another_total(&payment, &order::Change::read(first, further.get(1))?)
        } else {
            order::to_payment(&payment)
        };
    }
    let location = rows::bytes(first, 0, "location")?;
    let location = HeaderValue::from_bytes(&location).ok()?;
    Some(Reply::see_other(location))
}

/// Exactly what the procedure said: where a browser goes, or status, content type and body.
fn as_said(first: &Set) -> Option<Reply> {
    if let Some(location) = rows::bytes(first, 0, "location") {
        let location = HeaderValue::from_bytes(&location).ok()?;
        return Some(Reply::see_other(location));
    }
    let status = rows::text(first, 0, "http_status")?.parse().ok()?;
    let content_type = rows::bytes(first, 0, "content_type").unwrap_or_default();
    let content_type = HeaderValue::from_bytes(&content_type).ok()?;
    let body = rows::bytes(first, 0, "body").unwrap_or_default();
    Some(Reply::bytes(status, content_type, body))
}

/// How an error is told.
#[derive(Debug)]
pub enum Audience<'a> {
    /// To a program, as a document.
    Program,
    /// To a browser on its way back from paying: where its shop wants it, else as a page.
    Passing,
    /// To a browser at an address that there is not: as a page.
    Lost,
    /// To a buyer who has just ordered from a page of this origin, when it is a shop's: where the procedure sends the
    /// browser, else as a page.
    Buyer(Option<&'a str>),
}

/// An error as it is told.
pub fn told(problem: &Problem, audience: &Audience, request_id: &str, english: bool) -> Reply {
    let entry = &problem.entry;
    let location = match audience {
        Audience::Program | Audience::Lost => None,
        Audience::Passing | Audience::Buyer(_) => problem.location.as_ref(),
    };
    if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
        return Reply::see_other(location).telling(entry);
    }
    let page = match audience {
        Audience::Buyer(shop) => order::problem(problem, request_id, *shop),
        Audience::Passing => Some(payment::not_shown(problem, request_id, english)),
        Audience::Lost => Some(payment::nowhere(problem, request_id, english)),
        Audience::Program => None,
    };
    let mut reply = page.unwrap_or_else(|| {
        let text = problem.to_json(request_id, english);
        Reply::text(entry.status, PROBLEM, text)
    });
    if let Some(seconds) = problem.retry_after {
        let seconds = HeaderValue::from(seconds);
        reply.headers.push((header::RETRY_AFTER, seconds));
    }
    if entry.status == 401 {
        let bearer = HeaderValue::from_static("Bearer");
        reply.headers.push((header::WWW_AUTHENTICATE, bearer));
    }
    reply.telling(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::{Catalogue, GatewayError};

    #[test]
    fn an_error_is_told_to_whoever_asked() {
        let catalogue = Catalogue::default();
        let mut problem = Problem::own(&catalogue, GatewayError::TicketExpired, "", "");
        problem.location = Some("https://shop.example/error".to_owned());
        for (audience, status, content_type) in [
            (Audience::Program, 401, PROBLEM),
            (Audience::Passing, 303, "text/plain; charset=utf-8"),
            (Audience::Lost, 401, "text/html; charset=utf-8"),
            (Audience::Buyer(None), 303, "text/plain; charset=utf-8"),
        ] {
            let reply = told(&problem, &audience, "r-1", false);
            assert_eq!(reply.status, status, "{audience:?}");
            assert_eq!(reply.headers[0].1, content_type, "{audience:?}");
            assert_eq!(reply.code, "TICKET_EXPIRED", "{audience:?}");
            assert_eq!(reply.error.as_ref(), Some(&problem.entry), "{audience:?}");
            let names = |name| reply.headers.iter().any(|(other, _)| other == name);
            assert_eq!(names(header::LOCATION), status == 303, "{audience:?}");
            assert_eq!(
                names(header::WWW_AUTHENTICATE),
                status == 401,
                "{audience:?}"
            );
        }
    }
}
