//! Errors as RFC 9457 `application/problem+json`.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    http::header::{AcceptLanguage, Header, Preference, Quality},
};
use serde::Serialize;

use crate::{
    auth::{
        identity::Refusal,
        keys::{IdentityError, KEYS},
    },
    call::{CallError, Set},
    errors::{Catalogue, Entry, GatewayError},
    request::{
        InputError,
        json::{self, Object},
    },
    response::rows::{self, Rows},
};

/// Seconds after which a retryable request is worth repeating.
const RETRY_AFTER: u32 = 1;
/// The same, when the database is away.
const RETRY_AFTER_OUTAGE: u32 = 3;
const NOTHING_DONE: &str = "nothing was done; repeat the request later";

/// One error, ready to be written.
#[derive(Debug)]
pub struct Problem {
    pub entry: Arc<Entry>,
    pub field: String,
    pub detail: String,
    /// Result sets that came with the error, by name.
    pub sets: Vec<(String, Rows)>,
    /// Where a browser may be sent instead.
    pub location: Option<String>,
    pub retry_after: Option<u32>,
}

impl Problem {
    /// An error that the gateway found by itself.
    pub fn own(
        catalogue: &Catalogue,
        own: GatewayError,
        field: &str,
        detail: impl Into<String>,
    ) -> Self {
        let mut problem = Self::of(catalogue.own(own), field.to_owned(), detail.into());
        if own == GatewayError::DatabaseUnavailable {
            problem.retry_after = Some(RETRY_AFTER_OUTAGE);
        }
        problem
    }

    fn of(entry: Arc<Entry>, field: String, detail: String) -> Self {
        let again = entry.retryable || matches!(entry.status, 503 | 504);
        let retry_after = again.then_some(RETRY_AFTER);
        Self {
            entry,
            field,
            detail,
            sets: Vec::new(),
            location: None,
            retry_after,
        }
    }

    /// A request that was not understood.
    pub fn input(catalogue: &Catalogue, error: InputError) -> Self {
        let own = |own, detail: &str| Self::own(catalogue, own, "", detail);
        match error {
            InputError::Invalid { field, detail } => {
                Self::own(catalogue, GatewayError::InvalidInput, &field, detail)
            }
            InputError::TooLarge { limit } => own(
                GatewayError::BodyTooLarge,
                &format!("the limit is {limit} bytes"),
            ),
            InputError::MediaType(wanted) => own(GatewayError::MediaTypeNotSupported, wanted),
            InputError::Overloaded => own(GatewayError::Overloaded, NOTHING_DONE),
        }
    }

    /// A request that is nobody's.
    pub fn identity(catalogue: &Catalogue, refusal: Refusal) -> Self {
        let own = |own, field, detail: &str| Self::own(catalogue, own, field, detail);
        match refusal {
            Refusal::Unauthenticated(field, detail) => {
                own(GatewayError::Unauthenticated, field, detail)
            }
            Refusal::Keys(IdentityError::Unknown, field) => {
                own(GatewayError::Unauthenticated, field, "")
            }
            Refusal::Keys(IdentityError::Expired { url }, field) => Self {
                location: url,
                ..own(GatewayError::TicketExpired, field, "")
            },
            Refusal::Keys(IdentityError::NotLoaded(error), _) => Self::call(catalogue, KEYS, error),
            Refusal::OriginNotAllowed => {
                let detail = "the page's origin is not one of the shop's";
                own(GatewayError::OriginNotAllowed, "", detail)
            }
            Refusal::Input(error) => Self::input(catalogue, error),
        }
    }

    /// A call without a result. What the engine said is for the log only: it may name tables and values.
    pub fn call(catalogue: &Catalogue, procedure: &str, error: CallError) -> Self {
        let own = |own, detail| Self::own(catalogue, own, "", detail);
        match error {
            CallError::Raised {
                errno,
                message,
                sets,
            } => Self::raised(catalogue, procedure, errno, &message, &sets),
            CallError::Overloaded(_) => own(GatewayError::Overloaded, NOTHING_DONE),
            CallError::Unavailable(reason) => {
                // For everybody who asks meanwhile; that the database went away was said once.
                log::debug!("{procedure}: {reason}");
                own(GatewayError::DatabaseUnavailable, NOTHING_DONE)
            }
            CallError::DeadlineExceeded => {
                log::warn!("{procedure}: deadline exceeded");
                let detail = "the same request may be repeated without harm";
                own(GatewayError::DeadlineExceeded, detail)
            }
            CallError::OutcomeUnknown(reason) => {
                log::warn!("{procedure}: outcome unknown: {reason}");
                own(
                    GatewayError::OutcomeUnknown,
                    "look before repeating the request",
                )
            }
        }
    }

    /// An error that the database raised, with what the procedure said about it.
    fn raised(
        catalogue: &Catalogue,
        procedure: &str,
        errno: u16,
        message: &str,
        sets: &[Set],
    ) -> Self {
        let own = |own, detail| Self::own(catalogue, own, "", detail);
        let Some(entry) = catalogue.find(errno) else {
            // Whoever cannot give its catalogue cannot do anything else either.
            if catalogue.size().is_none() {
                log::warn!("{procedure}: error {errno}, and there is no catalogue: {message}");
                return own(GatewayError::DatabaseUnavailable, NOTHING_DONE);
            }
            log::error!("{procedure}: error {errno} is not in the catalogue: {message}");
            return own(GatewayError::InternalError, "");
        };
        if entry.status >= 500 {
            log::warn!(
                "{procedure}: {} ({errno}): {message}; {}",
                entry.code,
                entry.remedy
            );
        }
        let said = |name| match rows::result(sets) {
            Some(_) => rows::text(&sets[0], 0, name).filter(|text| !text.is_empty()),
            None => None,
        };
        let mut problem = Self::of(
            entry,
            said("field").unwrap_or_default(),
            said("detail").unwrap_or_default(),
        );
        problem.location = said("location");
        if let Some(more) = said("more") {
            let names: Vec<&str> = more.split(',').map(str::trim).collect();
            problem.sets = rows::named(procedure, &sets[1..], &names)
                .map(|(name, set)| (name.to_owned(), Rows(set.clone())))
                .collect();
        }
        problem
    }

    /// A procedure that reported a failure without raising it, or nothing at all.
    pub fn unraised(catalogue: &Catalogue, procedure: &str, sets: &[Set]) -> Self {
        match rows::errno(sets) {
            Some(errno) if rows::result(sets).is_some() => {
                Self::raised(catalogue, procedure, errno, "not raised", sets)
            }
            _ => {
                log::error!("{procedure} returned no row that begins with result");
                Self::own(catalogue, GatewayError::InternalError, "", "")
            }
        }
    }

    /// Whether it is this error of the gateway's own.
    pub fn is(&self, own: GatewayError) -> bool {
        self.entry.errno == Catalogue::errno(own)
    }

    /// The body.
    pub fn to_json(&self, request_id: &str, english: bool) -> String {
        let entry = &self.entry;
        let title = if english {
            &entry.title_en
        } else {
            &entry.title_ko
        };
        json::write(&Body {
            kind: format!("urn:jumun:error:{}", entry.code),
            title,
            status: entry.status,
            code: &entry.code,
            errno: entry.errno,
            field: &self.field,
            detail: &self.detail,
            retryable: entry.retryable,
            request_id,
            sets: Object(&self.sets),
        })
    }
}

/// A problem as it is sent.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    errno: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    field: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    retryable: bool,
    request_id: &'a str,
    #[serde(flatten)]
    sets: Object<'a, String, Rows>,
}

/// Whether a request would rather read English than Korean.
pub fn prefers_english(request: &HttpRequest) -> bool {
    let Ok(wanted) = AcceptLanguage::parse(request) else {
        return false;
    };
    let weight = |language: &str| {
        let named = wanted.iter().filter(|wanted| match &wanted.item {
            Preference::Specific(tag) => tag.primary_language().eq_ignore_ascii_case(language),
            Preference::Any => false,
        });
        named.map(|wanted| wanted.quality).max()
    };
    weight("en") > weight("ko").or(Some(Quality::ZERO))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn korean_unless_english_is_preferred() {
        for (wanted, english) in [
            ("", false),
            ("en", true),
            ("en-US,en;q=0.9", true),
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", false),
            ("ko;q=0.5, en;q=0.8", true),
            ("fr", false),
            ("en;q=0", false),
            ("*", false),
            ("en;q=x", false),
        ] {
            let request = TestRequest::default().insert_header(("Accept-Language", wanted));
            assert_eq!(
                prefers_english(&request.to_http_request()),
                english,
                "{wanted}"
            );
        }
        // Several such headers are one list.
        let request = TestRequest::default()
            .append_header(("Accept-Language", "ko;q=0.5"))
            .append_header(("Accept-Language", "en"));
        assert!(prefers_english(&request.to_http_request()));
        assert!(!prefers_english(&TestRequest::default().to_http_request()));
    }

    #[test]
    fn a_problem_names_its_field_and_brings_its_sets() {
        let catalogue = Catalogue::default();
        let mut problem = Problem::own(
            &catalogue,
            GatewayError::InvalidInput,
            "trdAmt",
            "is \"odd\"",
        );
        let none = Set {
            columns: Arc::from([]),
            rows: Vec::new(),
        };
        problem.sets.push(("quote".to_owned(), Rows(none)));
        let text = problem.to_json("r1", true);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["code"], "INVALID_INPUT");
        assert_eq!(value["status"], 400);
        assert_eq!(value["field"], "trdAmt");
        assert_eq!(value["request_id"], "r1");
        assert!(value["quote"].is_array() && value["retryable"] == false);
        assert_eq!(problem.retry_after, None);
        let away = Problem::own(&catalogue, GatewayError::DatabaseUnavailable, "", "");
        assert_eq!(away.retry_after, Some(RETRY_AFTER_OUTAGE));
        assert!(!away.to_json("r", false).contains("detail"));
    }
}
