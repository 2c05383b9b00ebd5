//! The wallet's HTML pages: payment, way back to the shop, and errors. Every value is escaped where it is written.

use crate::behaviour::Behaviour;
use crate::protocol::PayRequest;
use std::fmt::Write;
use std::time::Duration;

pub const STYLE: &str = include_str!("assets/sandbox.css");
pub const HAND_OVER_SCRIPT: &str = include_str!("assets/hand_over.js");

/// The payment page with its test selector.
pub fn payment(request: &PayRequest) -> String {
    let mut hidden = String::new();
    for (name, value) in [
        ("mId", &request.merchant_id),
        ("mTrdNo", &request.order_number),
        ("trdAmt", &request.amount),
        ("prdtNm", &request.title),
        ("nextUrl", &request.next_url),
        ("notiUrl", &request.notify_url),
        ("pktHash", &request.hash),
    ] {
        write_hidden(&mut hidden, name, value);
    }
    let mut options = String::new();
    for (_, value, words) in Behaviour::ALL {
        let _ = write!(options, "<option value=\"{value}\">{words}</option>");
    }
    let body = format!(
        r#"<form method="post" action="/pay/decide">
{hidden}
<section class="card">
<p class="soft">결제 금액</p>
<p class="amount">{amount}<span>원</span></p>
<dl>
<dt>상품</dt><dd>{title}</dd>
<dt>주문 번호</dt><dd>{number}</dd>
<dt>가맹점</dt><dd>{merchant}</dd>
</dl>
<button class="main" name="action" value="pay">결제하기</button>
<div class="pair">
<button class="bad" name="action" value="fail">결제 실패</button>
<button name="action" value="close">창 닫기</button>
</div>
</section>
<section class="card test">
<h2>테스트 동작</h2>
<label>결과 전달 방식
<select name="behaviour">{options}</select></label>
<div class="pair">
<label>지연 (초)
<input name="delay_seconds" type="number" min="0" max="3600" value="5" inputmode="numeric"></label>
<label>복귀 방법
<select name="return_method"><option>GET</option><option>POST</option></select></label>
</div>
</section>
</form>"#,
        amount = escape(&grouped(&request.amount)),
        title = escape(&request.title),
        number = escape(&request.order_number),
        merchant = escape(&request.merchant_id),
    );
    page("결제", "", "", &body)
}

/// The way back by POST: a form that submits itself, with a button for browsers without scripts.
pub fn back_by_post(action: &str, fields: &[(&str, &str)], wait: Duration) -> String {
    let mut hidden = String::new();
    for (name, value) in fields {
        write_hidden(&mut hidden, name, value);
    }
    let body = format!(
        r#"<section class="card">
<h1>상점으로 돌아갑니다</h1>
<p class="soft">{words}</p>
<form method="post" action="{action}" data-wait-ms="{wait}">
{hidden}
<button class="main">상점으로 돌아가기</button>
</form>
</section>"#,
        words = waiting_words(wait),
        action = escape(action),
        wait = wait.as_millis(),
    );
    let script = "<script src=\"/assets/hand_over.js\" defer></script>";
    page("결제 완료", script, "", &body)
}

/// The way back by GET when the browser has to wait first; without a wait a plain 303 does.
pub fn back_by_get(address: &str, wait: Duration) -> String {
    let head = format!(
        r#"<meta http-equiv="refresh" content="{};url={}">"#,
        wait.as_secs_f64().ceil(),
        escape(address)
    );
    let body = format!(
        r#"<section class="card">
<h1>상점으로 돌아갑니다</h1>
<p class="soft">{words}</p>
<a class="button main" href="{address}">상점으로 돌아가기</a>
</section>"#,
        words = waiting_words(wait),
        address = escape(address),
    );
    page("결제 완료", &head, "", &body)
}

/// The end of the road for "notification only": the browser stays here.
pub fn stays_here() -> String {
    let body = r#"<section class="card">
<h1>처리가 끝났습니다</h1>
<p class="soft">결과는 상점 서버로 통지됩니다. 이 창을 닫아 주세요.</p>
</section>"#;
    page("처리 완료", "", "", body)
}

/// An error page.
pub fn error(words: &str) -> String {
    let body = format!(
        r#"<section class="card">
<h1>결제를 진행할 수 없습니다</h1>
<p class="soft">{}</p>
</section>"#,
        escape(words)
    );
    page("결제 오류", "", "error", &body)
}

fn page(title: &str, head: &str, class: &str, body: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · 샌드박스 월렛</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/sandbox.css">
{head}
</head>
<body>
<main class="{class}">
<header><span class="brand">샌드박스 월렛</span><span class="badge">테스트 결제</span></header>
{body}
</main>
</body>
</html>
"#
    )
}

fn waiting_words(wait: Duration) -> String {
    if wait.is_zero() {
        "잠시만 기다려 주세요.".to_owned()
    } else {
        format!(
            "테스트 동작: {}초 뒤에 돌아갑니다.",
            wait.as_secs_f64().ceil()
        )
    }
}

fn write_hidden(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(
        out,
        r#"<input type="hidden" name="{}" value="{}">"#,
        escape(name),
        escape(value)
    );
}

/// Text for HTML content and double-quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// 1234567.00 -> 1,234,567
fn grouped(amount: &str) -> String {
    let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if decimals.bytes().any(|b| b != b'0') {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_cannot_become_markup() {
        let request = PayRequest {
            title: "<script>alert(1)</script>\"'&".into(),
            amount: "1234567".into(),
            ..PayRequest::default()
        };
        let html = payment(&request);
        assert!(!html.contains("<script>alert"));
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
        assert!(html.contains("1,234,567"));
        let html = back_by_post("http://127.0.0.1/\"><b>", &[("a\"", "<b>")], Duration::ZERO);
        assert!(!html.contains("<b>"));
    }

    #[test]
    fn amounts_are_grouped() {
        for (amount, shown) in [
            ("1", "1"),
            ("999", "999"),
            ("1000", "1,000"),
            ("12345678.00", "12,345,678"),
            ("1000.50", "1,000.50"),
        ] {
            assert_eq!(grouped(amount), shown);
        }
    }
}
