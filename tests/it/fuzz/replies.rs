//! Whether what the gateway answered is among what it promises, whatever it was sent.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::raw::Answer;
use super::requests::Request;
use crate::support::*;

/// Nothing else is ever sent, and none of these twice.
const HEADERS: &[&str] = &[
    "content-type",
    "content-length",
    "transfer-encoding",
    "date",
    "connection",
    "x-request-id",
    "cache-control",
    "x-content-type-options",
    "location",
    "retry-after",
    "www-authenticate",
    "allow",
    "vary",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-allow-credentials",
    "access-control-max-age",
    "access-control-expose-headers",
    "content-security-policy",
    "referrer-policy",
    "x-frame-options",
];

/// What nobody who asks may see.
pub const SECRETS: &[&str] = &[
    WALLET_KEY,
    SHOP_KEY,
    SHOP_KEY_2,
    OPERATOR_KEY,
    TEST_PASSWORD,
];

/// The pages of the fixture's shops, where browsers are sent.
const PAGES: &[&str] = &["http://shop.test/", "http://second.test/"];

pub struct Expected {
    /// code -> (errno, status)
    catalogue: BTreeMap<String, (i64, i64)>,
}

impl Expected {
    pub async fn new(db: &TestDb) -> Expected {
        let rows = db
            .rows("SELECT errno, code, http_status FROM shop_error_codes")
            .await;
        let entry = |row: &Row| (row.str("code"), (row.int("errno"), row.int("http_status")));
        Expected {
            catalogue: rows.iter().map(entry).collect(),
        }
    }

    /// What is wrong with the answer, in words that are the same for the same mistake.
    pub fn wrong(
        &self,
        request: &Request,
        answer: &Result<Option<Answer>, String>,
    ) -> Option<String> {
        let answer = match answer {
            Err(what) => return Some(what.clone()),
            // It may close on what is no HTTP; to a good request it must say something.
            Ok(None) => return request.well_formed.then(|| "no answer".to_owned()),
            Ok(Some(answer)) => answer,
        };
        self.wrong_headers(answer)
            .or_else(|| secret(&answer.body).map(|secret| format!("the answer shows {secret}")))
            .or_else(|| match answer.status {
                200 => wrong_success(request, answer),
                303 => wrong_redirect(answer),
                400..=499 => self.wrong_problem(request, answer),
                status => Some(format!("status {status}")),
            })
    }

    /// What came of it, in a word: for the tally.
    pub fn outcome(answer: &Result<Option<Answer>, String>) -> String {
        match answer {
            Err(_) => "broken".to_owned(),
            Ok(None) => "closed".to_owned(),
            Ok(Some(answer)) => {
                let body: Option<Json> = serde_json::from_slice(&answer.body).ok();
                let code = body.and_then(|body| Some(body["code"].as_str()?.to_owned()));
                code.unwrap_or_else(|| answer.status.to_string())
            }
        }
    }

    fn wrong_headers(&self, answer: &Answer) -> Option<String> {
        for (at, (name, value)) in answer.headers.iter().enumerate() {
            if !HEADERS.contains(&name.as_str()) {
                return Some(format!("answers with a header {name}"));
            }
            if answer.headers[..at].iter().any(|(other, _)| other == name) && name != "vary" {
                return Some(format!("answers with {name} twice"));
            }
            if !value.iter().all(|byte| (0x20..0x7f).contains(byte)) {
                return Some(format!(
                    "header {name} is not plain: {:?}",
                    String::from_utf8_lossy(value)
                ));
            }
        }
        None
    }

    fn wrong_problem(&self, request: &Request, answer: &Answer) -> Option<String> {
        // What is no HTTP never reaches a route: the HTTP library says 400 and closes.
        if !request.well_formed && answer.header("content-type").is_none() && answer.body.is_empty()
        {
            return (!matches!(answer.status, 400 | 408 | 413 | 414 | 431))
                .then(|| format!("status {} and nothing else", answer.status));
        }
        let kind = answer.header("content-type").unwrap_or_default();
        // A browser that posted an order, or comes back from paying, gets a page that names the code.
        if kind.starts_with("text/html") && request.html {
            let page = String::from_utf8_lossy(&answer.body);
            let named = self.catalogue.iter().any(|(code, &(_, status))| {
                i64::from(answer.status) == status && page.contains(code.as_str())
            });
            return (!named && !request.bodiless)
                .then(|| format!("a page of status {} without a code", answer.status));
        }
        if kind != "application/problem+json" {
            return Some(format!("status {} as {kind:?}", answer.status,));
        }
        if request.bodiless {
            return None;
        }
        let Ok(body) = serde_json::from_slice::<Json>(&answer.body) else {
            return Some("a problem that is no JSON".to_owned());
        };
        let code = body["code"].as_str().unwrap_or_default();
        let Some(&(errno, status)) = self.catalogue.get(code) else {
            return Some(format!("code {code:?} is not in the catalogue"));
        };
        if body["errno"] != errno || body["status"] != status || i64::from(answer.status) != status
        {
            return Some(format!(
                "{code} with errno {} and status {}",
                body["errno"], answer.status
            ));
        }
        // The caller is told by INVALID_INPUT which field it is; an engine's own words name a parameter at best.
        if errno < 2_000 {
            return Some(format!("{code}, which an engine has raised"));
        }
        let id = answer.header("x-request-id");
        (body["request_id"].as_str() != id.as_deref())
            .then(|| format!("{code} with request_id {}", body["request_id"]))
    }
}

/// Whether the audit found anything but what random messages contradict.
fn wrong_books(body: &Json) -> bool {
    let found = body.get("violations").and_then(Json::as_array);
    found.is_some_and(|found| found.iter().any(|v| v["invariant"] != "contradiction"))
}

fn wrong_success(request: &Request, answer: &Answer) -> Option<String> {
    let kind = answer.header("content-type").unwrap_or_default();
    if request.bodiless {
        return None;
    }
    match kind.as_str() {
        "application/json" => match serde_json::from_slice::<Json>(&answer.body) {
            Err(_) => Some("a success that is no JSON".to_owned()),
            Ok(body) if wrong_books(&body) => {
                Some(format!("the audit found {}", body["violations"]))
            }
            // Pages of the operator are JSON without a result.
            Ok(body) => (body.get("result").is_some_and(|result| result != "OK"))
                .then(|| format!("status 200 and result {}", body["result"])),
        },
        // The wallet's acknowledgement, exactly.
        "text/plain" => {
            (answer.body != b"OK").then(|| format!("acknowledged with {:?}", answer.body))
        }
        _ if kind.starts_with("application/openmetrics-text") => None,
        // A browser that posted an order gets a page that posts itself to the payment gateway.
        _ if kind.starts_with("text/html") && request.html => None,
        _ => Some(format!("status 200 as {kind:?}")),
    }
}

fn wrong_redirect(answer: &Answer) -> Option<String> {
    let location = answer.header("location").unwrap_or_default();
    let known = PAGES.iter().any(|page| location.starts_with(page));
    let plain = location
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte));
    (!known || !plain).then(|| "sends the browser elsewhere".to_owned())
}

/// The first secret in some bytes.
pub fn secret(bytes: &[u8]) -> Option<&'static str> {
    SECRETS
        .iter()
        .find(|secret| {
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        })
        .copied()
}
