//! What a buyer sees who comes back from a payment gateway and cannot be shown the order: the page of a payment that
//! cannot be looked up, which sends the same request again by itself or by a tap (a return may be repeated), that of a
//! return that could not be read, and that of an address that there is not.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use askama::Template;
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

/// How a browser sends the same request again.
enum Again<'a> {
    /// The address of the page holds the whole request.
    ByAddress,
    ByForm(&'a [(String, String)]),
    No,
}

#[derive(Template)]
#[template(path = "payment_page.html", config = "src/response/pages/askama.toml")]
struct PaymentPage<'a> {
    words: &'a Words,
    again: Again<'a>,
    /// Until it is sent again by itself.
    seconds: u32,
    label: &'a str,
    code: &'a str,
    request_id: &'a str,
    nonce: &'a str,
}

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
    let wait = problem.retry_after.unwrap_or(1);
    let seconds = wait + rand::random_range(0..=SPREAD);
    let fields = form::pairs(body);
    let again = match (verb, &fields) {
        (Verb::Get, _) => Again::ByAddress,
        (_, Ok(fields)) => Again::ByForm(fields),
        // What cannot be read cannot be sent again either.
        (_, Err(_)) => Again::No,
    };
    let mut reply = whole(problem, &CHECKING, english, again, seconds, request_id);
    reply.code = problem.entry.code.clone().into();
    let retry_after: (HeaderName, HeaderValue) = (header::RETRY_AFTER, HeaderValue::from(wait));
    reply.headers.push(retry_after);
    reply
}

/// The page of a return whose result cannot be shown, and of which no shop is known that could.
pub fn not_shown(problem: &Problem, request_id: &str, english: bool) -> Reply {
    whole(problem, &NOT_SHOWN, english, Again::No, 0, request_id)
}

/// The page of an address that there is not.
pub fn nowhere(problem: &Problem, request_id: &str, english: bool) -> Reply {
    whole(problem, &NOWHERE, english, Again::No, 0, request_id)
}

fn whole(
    problem: &Problem,
    words: &[Words; 2],
    english: bool,
    again: Again,
    seconds: u32,
    request_id: &str,
) -> Reply {
    let nonce = Uuid::new_v4().simple().to_string();
    let page = PaymentPage {
        words: &words[usize::from(english)],
        again,
        seconds,
        label: AGAIN[usize::from(english)],
        code: &problem.entry.code,
        request_id,
        nonce: &nonce,
    };
    // Writing to a String cannot fail.
    let html = page.render().unwrap_or_default();
    let mut reply = Reply::text(problem.entry.status, "text/html; charset=utf-8", html);
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
