//! What a buyer sees who has posted an order form: the way to the payment page, or an error that no page of the shop
//! can show. One file each, nothing loaded; every value is escaped where it is written.

use std::fmt::Write;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use crate::{
    problem::Problem,
    request::json,
    response::{pages::payment::escape, reply::Reply},
};

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = include_str!("order.css");
/// While the page still loads, so that the browser's back button skips it.
const SUBMIT: &str = "document.forms[0].submit();";

/// How a buyer pays, as a procedure says it.
#[derive(Debug)]
pub struct Payment {
    pub by_get: bool,
    pub url: String,
    pub fields_json: String,
}

/// Sends a browser to the payment page: by 303, or by a form that submits itself and has a button besides. `None`
/// when what the procedure said is no way to pay.
pub fn to_payment(payment: &Payment) -> Option<Reply> {
    let mut url = Url::parse(&payment.url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let fields = json::members(&payment.fields_json).ok()?;
    let fields: Vec<(String, String)> = fields
        .into_iter()
        .map(|(name, value)| (name, plain(&value)))
        .collect();
    if payment.by_get {
        url.query_pairs_mut().extend_pairs(&fields);
        let location = HeaderValue::from_str(url.as_str()).ok()?;
        return Some(Reply::see_other(location, "OK".to_owned()));
    }
    let mut inputs = String::new();
    for (name, value) in &fields {
        let (name, value) = (escape(name), escape(value));
        let _ = write!(
            inputs,
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
        );
    }
    let body = format!(
        "<p class=\"mark wait\" aria-hidden=\"true\"></p><h1>결제창으로 이동합니다</h1>\
         <p>잠시만 기다려 주세요. 자동으로 열리지 않으면 버튼을 눌러 주세요.</p>\
         <form method=\"post\" action=\"{}\">{inputs}<button>결제창 열기</button></form>",
        escape(&payment.url)
    );
    let target = url.origin().ascii_serialization();
    page(200, "결제창으로 이동", &body, Some(&target))
}

/// An error in words for a buyer. `shop` is the origin of the page that sent the order, when it is a shop's.
pub fn problem(problem: &Problem, request_id: &str, shop: Option<&str>) -> Option<Reply> {
    let entry = &problem.entry;
    let advice = if matches!(entry.status, 503 | 504) {
        "잠시 뒤에 이 페이지를 새로 고쳐 주세요. 같은 주문서로는 두 번 주문되지 않습니다."
    } else {
        "주문하던 페이지로 돌아가 새로 고친 뒤 다시 시도해 주세요."
    };
    let back = shop.map_or_else(String::new, |shop| {
        let link = escape(shop);
        format!("<a class=\"button\" href=\"{link}/\">상점으로 돌아가기</a>")
    });
    let body = format!(
        "<p class=\"mark\" aria-hidden=\"true\"></p><h1>주문을 접수하지 못했습니다</h1><p>{}.<br>{advice}</p>{back}<p class=\"small\">문의하실 때 알려 주세요: {} · {}</p>",
        escape(&entry.title_ko),
        escape(&entry.code),
        escape(request_id)
    );
    page(entry.status, "주문할 수 없습니다", &body, None)
}

/// A whole page that may do nothing but post to `target`.
fn page(status: u16, title: &str, body: &str, target: Option<&str>) -> Option<Reply> {
    let nonce = Uuid::new_v4().simple();
    let script = target.map_or_else(String::new, |_| {
        format!("<script nonce=\"{nonce}\">{SUBMIT}</script>")
    });
    let html = format!(
        "<!doctype html><html lang=\"ko\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><link rel=\"icon\" href=\"data:,\"><title>{title}</title>\
         <style nonce=\"{nonce}\">{STYLE}</style></head><body><main>{body}</main>{script}</body></html>"
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; \
         form-action {}; base-uri 'none'; frame-ancestors 'none'",
        target.unwrap_or("'none'")
    );
    let mut reply = Reply::text(status, HTML, html);
    reply.headers.push((
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_str(&policy).ok()?,
    ));
    reply.headers.push((
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("strict-origin"),
    ));
    Some(reply)
}

/// The text of a text, and anything else as it is written.
fn plain(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(by_get: bool, url: &str, fields_json: &str) -> Payment {
        Payment {
            by_get,
            url: url.to_owned(),
            fields_json: fields_json.to_owned(),
        }
    }

    fn header_of(reply: &Reply, name: &HeaderName) -> String {
        let mut all = reply
            .headers
            .iter()
            .filter(|(existing, _)| existing == name);
        all.next().unwrap().1.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_form_goes_to_the_payment_page_and_nowhere_else() {
        let fields = r#"{"mTrdNo":"T-1","prdtNm":"\"><script>x</script>","n":10.50}"#;
        let reply = to_payment(&payment(false, "https://pg.example/pay?a=1", fields)).unwrap();
        let html = String::from_utf8(reply.body.clone()).unwrap();
        assert_eq!(reply.status, 200);
        assert!(html.contains("action=\"https://pg.example/pay?a=1\""));
        assert!(html.contains("value=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\""));
        assert!(html.contains("name=\"n\" value=\"10.50\""));
        assert_eq!(html.matches("<script").count(), 1);
        let policy = header_of(&reply, &header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.contains("form-action https://pg.example; "),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn by_get_the_fields_are_in_the_address() {
        let reply = to_payment(&payment(
            true,
            "https://pg.example/pay?a=1",
            r#"{"b":"가 &"}"#,
        ));
        let reply = reply.unwrap();
        assert_eq!(reply.status, 303);
        assert_eq!(
            header_of(&reply, &header::LOCATION),
            "https://pg.example/pay?a=1&b=%EA%B0%80+%26"
        );
    }

    #[test]
    fn what_is_no_web_address_is_no_way_to_pay() {
        for url in ["javascript:alert(1)", "/pay", "ftp://pg.example/", ""] {
            assert!(to_payment(&payment(false, url, "{}")).is_none(), "{url}");
        }
        assert!(to_payment(&payment(false, "https://pg.example/", "[]")).is_none());
    }
}
