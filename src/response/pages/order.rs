//! What a buyer sees who has posted an order form: the way to the payment page, or an error that no page of the shop
//! can show. One file each, nothing loaded.

use actix_web::http::header::{self, HeaderName, HeaderValue};
use askama::Template;
use serde_json::value::RawValue;
use url::Url;
use uuid::Uuid;

use crate::{
    database::execute::Set,
    problem::Problem,
    request::json,
    response::{reply::Reply, rows},
};

const HTML: &str = "text/html; charset=utf-8";

#[derive(Template)]
#[template(path = "to_payment.html", config = "src/response/pages/askama.toml")]
struct ToPayment<'a> {
    url: &'a str,
    fields: &'a [(String, String)],
    nonce: &'a str,
}

#[derive(Template)]
#[template(
    path = "at_another_total.html",
    config = "src/response/pages/askama.toml"
)]
struct AtAnotherTotal<'a> {
    change: &'a Change,
    by_get: bool,
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

/// What an order costs that was made at another total than its buyer saw. Amounts are for people: 33,000원.
#[derive(Debug)]
pub struct Change {
    pub old_total: String,
    pub new_total: String,
    pub parts: Vec<Part>,
}

/// What of it costs another amount, and why.
#[derive(Debug)]
pub struct Part {
    pub name: String,
    pub old_amount: String,
    pub new_amount: String,
    pub reason: String,
}

impl Change {
    /// As a procedure says it: the order, and what has changed, where that is known.
    pub fn read(order: &Set, changes: Option<&Set>) -> Option<Change> {
        let currency = rows::text(order, 0, "currency")?;
        let amount = |set, row, name| Some(money(&rows::text(set, row, name)?, &currency));
        let part = |set, row| {
            let kind = rows::text(set, row, "kind")?;
            Some(Part {
                name: rows::text(set, row, "name").unwrap_or_else(|| name_of(&kind).to_owned()),
                old_amount: amount(set, row, "old_amount")?,
                new_amount: amount(set, row, "new_amount")?,
                reason: rows::text(set, row, "reason_ko")?,
            })
        };
        let count = changes.map_or(0, |set| set.rows.len());
        Some(Change {
            old_total: amount(order, 0, "old_total")?,
            new_total: amount(order, 0, "total_payment")?,
            parts: (0..count)
                .map(|row| part(changes?, row))
                .collect::<Option<_>>()?,
        })
    }
}

/// What has no name of its own.
fn name_of(kind: &str) -> &'static str {
    match kind {
        "point" => "적립금",
        "cash" => "예치금",
        _ => "배송비",
    }
}

/// 33000.00 of KRW is 33,000원; 12.50 of USD is 12.50 USD, and 12.00 is 12 USD.
fn money(amount: &str, currency: &str) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", whole),
    };
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match (currency, fraction) {
        ("KRW", _) => format!("{sign}{grouped}원"),
        (_, "" | "00") => format!("{sign}{grouped} {currency}"),
        _ => format!("{sign}{grouped}.{fraction} {currency}"),
    }
}

/// Shows what the order costs now, what it did when the buyer saw it, and what has changed; a button goes to the payment
/// page. `None` when what the procedure said is no way to pay.
pub fn at_another_total(payment: &Payment, change: &Change) -> Option<Reply> {
    let (url, mut fields) = target(payment)?;
    // A form that is sent by GET loses the query of its address.
    if payment.by_get {
        let pairs = url
            .query_pairs()
            .map(|(name, value)| (name.into(), value.into()));
        fields.splice(0..0, pairs);
    }
    let nonce = nonce();
    let page = AtAnotherTotal {
        change,
        by_get: payment.by_get,
        url: &payment.url,
        fields: &fields,
        nonce: &nonce,
    };
    let target = url.origin().ascii_serialization();
    shown(200, &page, &nonce, &target)
}

/// The payment page's address and the fields that go there.
fn target(payment: &Payment) -> Option<(Url, Vec<(String, String)>)> {
    let url = Url::parse(&payment.url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let fields = json::members(&payment.fields_json).ok()?;
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name, plain(&value)))
        .collect();
    Some((url, fields))
}

/// Sends a browser to the payment page: by 303, or by a form that submits itself and has a button besides. `None`
/// when what the procedure said is no way to pay.
pub fn to_payment(payment: &Payment) -> Option<Reply> {
    let (mut url, fields) = target(payment)?;
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
    fn an_amount_is_written_for_people() {
        for (amount, currency, expected) in [
            ("0.00", "KRW", "0원"),
            ("999.00", "KRW", "999원"),
            ("33000.00", "KRW", "33,000원"),
            ("-1234567.00", "KRW", "−1,234,567원"),
            ("1234.50", "USD", "1,234.50 USD"),
            ("1234.00", "JPY", "1,234 JPY"),
        ] {
            assert_eq!(money(amount, currency), expected);
        }
    }

    #[test]
    fn a_changed_total_waits_for_the_buyer() {
        let change = Change {
            old_total: "10,000원".to_owned(),
            new_total: "12,000원".to_owned(),
            parts: vec![Part {
                name: "<b>책".to_owned(),
                old_amount: "10,000원".to_owned(),
                new_amount: "12,000원".to_owned(),
                reason: "가격이 올랐습니다".to_owned(),
            }],
        };
        let fields = r#"{"mTrdNo":"T-1"}"#;
        for (by_get, method) in [(false, "method=\"post\""), (true, "method=\"get\"")] {
            let pay = payment(by_get, "https://pg.example/pay?a=1", fields);
            let reply = at_another_total(&pay, &change).unwrap();
            let html = String::from_utf8(reply.body.clone()).unwrap();
            assert!(html.contains(method) && !html.contains("<script"), "{html}");
            assert_eq!(html.contains("name=\"a\" value=\"1\""), by_get, "{html}");
            assert!(html.contains("&lt;b&gt;책"), "{html}");
            assert!(html.contains("12,000원 결제하기"), "{html}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_no_way_to_pay() {
        for url in ["javascript:alert(1)", "/pay", "ftp://pg.example/", ""] {
            assert!(to_payment(&payment(false, url, "{}")).is_none(), "{url}");
        }
        assert!(to_payment(&payment(false, "https://pg.example/", "[]")).is_none());
    }
}
