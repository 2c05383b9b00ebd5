//! What a buyer sees who has posted an order form: the way to the payment page, or an error that no page of the shop
//! can show. One file each, nothing loaded.

use actix_web::http::header::{self, HeaderName, HeaderValue};
use askama::Template;
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use crate::{problem::Problem, request::json, response::reply::Reply};

const HTML: &str = "text/html; charset=utf-8";

#[derive(Template)]
#[template(path = "to_payment.html", config = "src/response/pages/askama.toml")]
struct ToPayment<'a> {
    url: &'a str,
    fields: &'a [(String, String)],
    nonce: &'a str,
}

#[derive(Template)]
#[template(path = "not_ordered.html", config = "src/response/pages/askama.toml")]
struct NotOrdered<'a> {
    reason: &'a str,
    /// Whether the same request may succeed in a moment.
    passes: bool,
    shop: Option<&'a str>,
    code: &'a str,
    request_id: &'a str,
    nonce: &'a str,
}

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
        return Some(Reply::see_other(location));
    }
    let nonce = nonce();
    let page = ToPayment {
        url: &payment.url,
        fields: &fields,
        nonce: &nonce,
    };
    let target = url.origin().ascii_serialization();
    shown(200, &page, &nonce, &target)
}

/// An error in words for a buyer. `shop` is the origin of the page that sent the order, when it is a shop's.
pub fn problem(problem: &Problem, request_id: &str, shop: Option<&str>) -> Option<Reply> {
    let entry = &problem.entry;
    let nonce = nonce();
    let page = NotOrdered {
        reason: &entry.title_ko,
        passes: matches!(entry.status, 503 | 504),
        shop,
        code: &entry.code,
        request_id,
        nonce: &nonce,
    };
    shown(entry.status, &page, &nonce, "'none'")
}

fn nonce() -> String {
    Uuid::new_v4().simple().to_string()
}

/// A page that may do nothing but post to `target`.
fn shown(status: u16, page: &impl Template, nonce: &str, target: &str) -> Option<Reply> {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; \
         form-action {target}; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut reply = Reply::text(status, HTML, page.render().ok()?);
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
        // The style is a file of its own, and none of it is taken for text.
        assert!(html.contains(r#".mark::before{content:"!"}"#), "{html}");
        let policy = header_of(&reply, &header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.contains("form-action https://pg.example; "),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn what_the_shop_will_ask_for_is_written_apart() {
        let catalogue = crate::errors::Catalogue::default();
        let own = crate::errors::GatewayError::Unauthenticated;
        let problem = Problem::own(&catalogue, own, "", "");
        let pages = [
            super::problem(&problem, "r-1", None).unwrap(),
            crate::response::pages::payment::nowhere(&problem, "r-1", true),
        ];
        for page in pages {
            let html = String::from_utf8(page.body).unwrap();
            assert!(html.contains(": UNAUTHENTICATED · r-1<"), "{html}");
        }
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
