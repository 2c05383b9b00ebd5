//! What a buyer sees who comes back from a payment gateway and cannot be shown the order: the page of a payment that
//! cannot be looked up, which sends the same request again by itself or by a tap (a return may be repeated), that of a
//! return that could not be read, and that of an address that there is not.

use std::fmt::Write;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::{
    problem::Problem,
    request::form,
    response::reply::Reply,
    routes::{Route, Source, Verb},
};

/// Added to Retry-After at random, in seconds, so that not everybody comes back in the same moment.
const SPREAD: u32 = 3;

struct Words {
    language: &'static str,
    title: &'static str,
    text: &'static str,
    caution: &'static str,
    /// Before what the shop will want to know.
    small: &'static str,
}

const CHECKING: [Words; 2] = [
    Words {
        language: "ko",
        title: "결제 결과를 확인하고 있습니다",
        text: "지금은 확인이 늦어지고 있습니다. 이 화면이 잠시 후 자동으로 다시 확인합니다.",
        caution: "다시 결제하지 마세요. 결제하셨다면 그 결과는 사라지지 않습니다.",
        small: "상점에 문의하실 때 알려 주세요: ",
    },
    Words {
        language: "en",
        title: "Checking your payment",
        text: "This is taking longer than usual. The page tries again by itself in a few seconds.",
        caution: "Please do not pay again. If you have paid, your payment is not lost.",
        small: "If you ask the shop, please tell them: ",
    },
];

const NOT_SHOWN: [Words; 2] = [
    Words {
        language: "ko",
        title: "결제 결과를 여기에 보여 드리지 못했습니다",
        text: "결제하셨다면 그 결과는 사라지지 않습니다. 이용하시던 상점의 주문 내역에서 확인해 주세요.",
        caution: "확인하시기 전에는 다시 결제하지 마세요.",
        small: "상점에 문의하실 때 알려 주세요: ",
    },
    Words {
        language: "en",
        title: "We could not show the result of your payment here",
        text: "If you have paid, your payment is not lost. Please look at your orders in the shop.",
        caution: "Please do not pay again before you have looked.",
        small: "If you ask the shop, please tell them: ",
    },
];

const NOWHERE: [Words; 2] = [
    Words {
        language: "ko",
        title: "이 주소에는 페이지가 없습니다",
        text: "주소가 잘못되었거나 지난 주소입니다. 이용하시던 상점으로 돌아가 다시 시도해 주세요.",
        caution: "",
        small: "상점에 문의하실 때 알려 주세요: ",
    },
    Words {
        language: "en",
        title: "There is no page at this address",
        text: "The address is wrong or out of date. Please go back to the shop and try again.",
        caution: "",
        small: "If you ask the shop, please tell them: ",
    },
];

const AGAIN: [&str; 2] = ["지금 다시 확인", "Check again now"];

const STYLE: &str = "body{margin:0;background:#f5f5f4;color:#1c1917;font:17px/1.6 sans-serif}\
main{box-sizing:border-box;max-width:30rem;margin:12vh auto 0;padding:1.5rem}\
h1{font-size:1.35rem;line-height:1.4;margin:0 0 1rem}p{margin:0 0 1rem;word-break:keep-all}\
.caution{font-weight:bold}.again{display:block;box-sizing:border-box;width:100%;margin:1.5rem 0;padding:.9rem;\
border:0;border-radius:.5rem;background:#1d4ed8;color:#fff;font:inherit;text-align:center;text-decoration:none}\
small{color:#57534e;overflow-wrap:anywhere}";

/// Whether a route is the one that a buyer comes back on.
pub fn is_return(route: &Route) -> bool {
    let mut parameters = route.parameters.iter();
    parameters.any(|(_, from)| *from == Source::Constant("return"))
}

/// Whether a request gets the page that asks again: a browser's return that failed with nothing but a repeat to be
/// done about it.
pub fn is_wanted(route: &Route, headers: &HeaderMap, problem: &Problem) -> bool {
    is_return(route) && route.idempotent && problem.retry_after.is_some() && accepts_html(headers)
}

/// Whether a browser asks.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .any(|value| value.to_str().is_ok_and(|text| text.contains("text/html")))
}

/// The page that asks again. `body` is the one that the request came with.
pub fn try_again(
    problem: &Problem,
    verb: Verb,
    body: &[u8],
    request_id: &str,
    english: bool,
) -> Reply {
    let nonce = nonce();
    let wait = problem.retry_after.unwrap_or(1);
    let seconds = wait + rand::random_range(0..=SPREAD);
    let label = AGAIN[usize::from(english)];
    let (head, again) = match (verb, form::pairs(body)) {
        // The address of the page holds the whole request.
        (Verb::Get, _) => (
            format!(r#"<meta http-equiv="refresh" content="{seconds}">"#),
            format!(r#"<a class="again" href="">{label}</a>"#),
        ),
        (_, Ok(fields)) => (String::new(), repeat_form(&fields, label, seconds, &nonce)),
        // What cannot be read cannot be sent again either.
        (_, Err(_)) => (String::new(), String::new()),
    };
    let words = &CHECKING[usize::from(english)];
    let mut reply = whole(problem, words, &head, &again, request_id, &nonce);
    let retry_after: (HeaderName, HeaderValue) = (header::RETRY_AFTER, HeaderValue::from(wait));
    reply.headers.push(retry_after);
    reply
}

/// The page of a return whose result cannot be shown, and of which no shop is known that could.
pub fn not_shown(problem: &Problem, request_id: &str, english: bool) -> Reply {
    let words = &NOT_SHOWN[usize::from(english)];
    whole(problem, words, "", "", request_id, &nonce())
}

/// The page of an address that there is not.
pub fn nowhere(problem: &Problem, request_id: &str, english: bool) -> Reply {
    let words = &NOWHERE[usize::from(english)];
    whole(problem, words, "", "", request_id, &nonce())
}

fn nonce() -> String {
    Uuid::new_v4().simple().to_string()
}

fn whole(
    problem: &Problem,
    words: &Words,
    head: &str,
    again: &str,
    request_id: &str,
    nonce: &str,
) -> Reply {
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,">{head}<title>{title}</title><style nonce="{nonce}">{STYLE}</style></head>
<body><main><h1>{title}</h1><p>{}</p><p class="caution">{}</p>{again}<small>{}{} · {}</small></main></body></html>
"#,
        words.language,
        words.text,
        words.caution,
        words.small,
        escape(&problem.entry.code),
        escape(request_id),
        title = words.title,
    );
    let mut reply = Reply::text(problem.entry.status, "text/html; charset=utf-8", html);
    reply.code.clone_from(&problem.entry.code);
    // No form-action: browsers hold it against the redirect that the repeated request ends with. No
    // frame-ancestors: payment pages are shown in frames of shops.
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; base-uri 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        reply
            .headers
            .push((header::CONTENT_SECURITY_POLICY, policy));
    }
    let no_referrer = HeaderValue::from_static("no-referrer");
    reply.headers.push((header::REFERRER_POLICY, no_referrer));
    reply
}

/// Posts the same fields to the same address.
fn repeat_form(fields: &[(String, String)], label: &str, seconds: u32, nonce: &str) -> String {
    let mut html = String::from(r#"<form method="post" accept-charset="utf-8">"#);
    for (name, value) in fields {
        let (name, value) = (escape(name), escape(value));
        // Writing to a String cannot fail.
        let _ = write!(
            html,
            r#"<input type="hidden" name="{name}" value="{value}">"#
        );
    }
    let _ = write!(
        html,
        r#"<button class="again">{label}</button></form>
<script nonce="{nonce}">setTimeout(function () {{ HTMLFormElement.prototype.submit.call(document.forms[0]); }}, {seconds} * 1000);</script>"#
    );
    html
}

/// Text that ends neither an attribute nor an element.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A parser would turn these into others.
            '\r' => escaped.push_str("&#13;"),
            '\n' => escaped.push_str("&#10;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_sent_gets_out_of_its_attribute() {
        let text = "\"><script>alert('1')</script>&amp;\r\n";
        let escaped = escape(text);
        assert!(!escaped.contains(['"', '<', '>', '\'', '\r', '\n']));
        assert!(escaped.contains("&amp;amp;"));
    }
}
