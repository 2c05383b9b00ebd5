//! A request's body and query, read into fields. Never trusts, never guesses.

use std::{collections::BTreeMap, rc::Rc};

use actix_web::{
    HttpRequest,
    http::header::HeaderMap,
    web::{Bytes, Payload},
};
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::{
    select,
    time::{Instant, timeout_at},
};

use crate::{
    clients::Client,
    request::{
        InputError,
        form::{self, Tree},
        headers::{self, Media},
        json,
    },
};

/// What is asked for where another media type comes.
const MEDIA_TYPES: InputError =
    InputError::MediaType("send application/x-www-form-urlencoded or application/json");

/// One value as it came.
#[derive(Debug)]
pub enum Input {
    Form(Tree),
    Json(Box<RawValue>),
}

/// The fields of one request.
#[derive(Debug, Default)]
pub struct Fields {
    pub values: Vec<(String, Input)>,
    /// Whether a field that the route does not know is an error: in JSON it is a mistake, in a form it is
    /// somebody else's.
    pub strict: bool,
}

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Input> {
        self.values
            .iter()
            .find(|(existing, _)| existing == name)
            .map(|(_, value)| value)
    }
}

/// More than the cart ids of the largest order.
const MOST_FIELDS: usize = 2_000;
/// No payment gateway sends as many; each is looked at before it is known who sent them.
const MOST_MESSAGE_FIELDS: usize = 200;
/// A body that is too large is read on up to here, so that the client gets to see the answer.
const DRAIN_LIMIT: usize = 16 * 1024 * 1024;
/// Of a body that has begun to come; most are shorter.
const FIRST_ROOM: usize = 1024;

/// Reads the body. One that is too large is read to its end, if that is near, but not kept.
///
/// # Errors
/// When it is too large, does not come in time or breaks off, or when there is no memory for it.
pub async fn read_body(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
) -> Result<Bytes, InputError> {
    let Some(client) = request.conn_data::<Rc<Client>>() else {
        return Err(InputError::field("", "the connection is gone"));
    };
    let deadline = Instant::now() + client.body_limit();
    let mut body = Vec::new();
    let mut length = 0_usize;
    loop {
        let next = select! {
            next = timeout_at(deadline, payload.next()) => next,
            () = client.seat().cut() => return Err(InputError::Overloaded),
        };
        let chunk = match next {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) if length > limit => {
                return Err(InputError::TooLarge { limit });
            }
            Ok(Some(Err(_))) => return Err(InputError::field("", "the body broke off")),
            Err(_) => return Err(InputError::field("", "the body did not arrive in time")),
        };
        length = length.saturating_add(chunk.len());
        if length > limit {
            client.seat().release();
            body = Vec::new();
            if length > DRAIN_LIMIT {
                return Err(InputError::TooLarge { limit });
            }
            continue;
        }
        if length > body.capacity() {
            // As much as is kept is counted, not as much as has come.
            let capacity = length.max(2 * body.capacity()).max(FIRST_ROOM);
            let more = client.seat().hold(capacity - body.capacity());
            more.map_err(|_| InputError::Overloaded)?;
            body.reserve_exact(capacity - body.len());
        }
        body.extend_from_slice(&chunk);
    }
    client.body_read();
    if length > limit {
        Err(InputError::TooLarge { limit })
    } else {
        Ok(Bytes::from(body))
    }
}

/// The fields of a route of ours: those of the body, or of the query where the method has no body.
///
/// # Errors
/// See [`InputError`].
pub fn own_fields(headers: &HeaderMap, body: &[u8]) -> Result<Fields, InputError> {
    match headers::media(headers, body)? {
        _ if body.is_empty() => Ok(Fields::default()),
        Media::Json => {
            let values = json_members(body, MOST_FIELDS)?;
            let values = values
                .into_iter()
                .map(|(name, value)| (name, Input::Json(value)))
                .collect();
            Ok(Fields {
                values,
                strict: true,
            })
        }
        Media::Form => form_fields(body),
        Media::None | Media::Other => Err(MEDIA_TYPES),
    }
}

/// Fields of a form or a query.
///
/// # Errors
/// When a text is not UTF-8 or a name cannot be built.
pub fn form_fields(bytes: &[u8]) -> Result<Fields, InputError> {
    let fields = form::fields(form_pairs(bytes, MOST_FIELDS)?)
        .map_err(|bad| InputError::field(&bad.field, bad.detail))?;
    let values = fields
        .into_iter()
        .map(|(name, tree)| (name, Input::Form(tree)))
        .collect();
    Ok(Fields {
        values,
        strict: false,
    })
}

/// Everything that a payment gateway sent, query first, as one JSON object; what comes later wins. Names with
/// brackets are left as they are.
///
/// # Errors
/// See [`InputError`].
pub fn all_fields_json(
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
    last: &[(&str, &str)],
) -> Result<String, InputError> {
    let mut members: BTreeMap<String, Sent> = BTreeMap::new();
    let mut put = |name: String, sent: Sent| {
        members.insert(name, sent);
    };
    for (name, value) in form_pairs(query.as_bytes(), MOST_MESSAGE_FIELDS)? {
        put(name, Sent::Text(value));
    }
    match headers::media(headers, body)? {
        _ if body.is_empty() => {}
        Media::Json => {
            for (name, value) in json_members(body, MOST_MESSAGE_FIELDS)? {
                let text = value.get();
                // As text: an engine may write a number anew (10000.00 as 10000.0), and what was signed is its digits.
                let number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
                let sent = if number {
                    Sent::Text(text.to_owned())
                } else {
                    Sent::Json(value)
                };
                put(name, sent);
            }
        }
        Media::Form | Media::None => {
            for (name, value) in form_pairs(body, MOST_MESSAGE_FIELDS)? {
                put(name, Sent::Text(value));
            }
        }
        Media::Other => return Err(MEDIA_TYPES),
    }
    for (name, value) in last {
        put((*name).to_owned(), Sent::Text((*value).to_owned()));
    }
    if members.len() > MOST_MESSAGE_FIELDS {
        return Err(too_many(MOST_MESSAGE_FIELDS));
    }
    Ok(json::write(&members))
}

/// One field of a payment gateway's message.
#[derive(Serialize)]
#[serde(untagged)]
enum Sent {
    Text(String),
    Json(Box<RawValue>),
}

fn too_many(most: usize) -> InputError {
    InputError::field("", format!("more than {most} fields"))
}

fn form_pairs(bytes: &[u8], most: usize) -> Result<Vec<(String, String)>, InputError> {
    if bytes.iter().filter(|byte| **byte == b'&').count() >= most {
        return Err(too_many(most));
    }
    form::pairs(bytes).map_err(|form::NotText(name)| InputError::field(&name, "is not UTF-8"))
}

fn json_members(body: &[u8], most: usize) -> Result<Vec<(String, Box<RawValue>)>, InputError> {
    let text =
        std::str::from_utf8(body).map_err(|_| InputError::field("", "the body is not UTF-8"))?;
    let members =
        json::members(text).map_err(|error| InputError::field(&error.field, error.detail))?;
    if members.len() > most {
        return Err(too_many(most));
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(content_type: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            HeaderName::from_static("content-type"),
            HeaderValue::from_static(content_type),
        );
        headers
    }

    #[test]
    fn the_content_type_decides() {
        assert!(
            own_fields(&headers("application/json; charset=utf-8"), b"{}")
                .unwrap()
                .strict
        );
        let form = own_fields(&headers("Application/X-WWW-Form-Urlencoded"), b"a=1").unwrap();
        assert!(!form.strict && form.get("a").is_some());
        assert_eq!(
            own_fields(&headers("text/plain"), b"a=1").unwrap_err(),
            MEDIA_TYPES
        );
        assert_eq!(
            own_fields(&HeaderMap::new(), b"a=1").unwrap_err(),
            MEDIA_TYPES
        );
        assert!(
            own_fields(&headers("text/plain"), b"")
                .unwrap()
                .values
                .is_empty()
        );
    }

    #[test]
    fn broken_bodies_name_the_field() {
        let json = headers("application/json");
        for (body, field) in [
            (&b"{"[..], ""),
            (b"\xff", ""),
            (b"[]", ""),
            (br#"{"a":1,"a":2}"#, "a"),
            (br#"{"b":"\ud800"}"#, "b"),
        ] {
            match own_fields(&json, body).unwrap_err() {
                InputError::Invalid { field: named, .. } => assert_eq!(named, field),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_payment_gateway_s_fields_are_merged_and_kept_as_they_are() {
        let form = headers("application/x-www-form-urlencoded");
        let text = all_fields_json(
            &form,
            "a=1&b=q&_order_key=evil",
            b"b=%EA%B0%80&c[]=01&d=1&d=2",
            &[("_order_key", "k")],
        )
        .unwrap();
        assert_eq!(
            text,
            r#"{"_order_key":"k","a":"1","b":"가","c[]":"01","d":"2"}"#
        );
        let json = headers("application/json");
        let text =
            all_fields_json(&json, "", br#"{"amount":30000.10,"data":{"x":[1]}}"#, &[]).unwrap();
        assert_eq!(text, r#"{"amount":"30000.10","data":{"x":[1]}}"#);
    }
}
