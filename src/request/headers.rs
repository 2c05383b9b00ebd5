//! What a request says about itself: headers that count once, and what its body is. A body that is not what it says, or
//! is something that we do not read, is refused: guessed at, a name in EUC-KR would be stored as other letters.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode;

use crate::request::InputError;

/// What the `Content-Type` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    None,
    Form,
    Json,
    Other,
}

/// Of these a second one would be another answer to the same question, and who asks first decides nothing.
const ONCE: [(HeaderName, &str); 4] = [
    (HeaderName::from_static("x-user-id"), "X-User-Id"),
    (header::AUTHORIZATION, "Authorization"),
    (header::CONTENT_TYPE, "Content-Type"),
    (header::ORIGIN, "Origin"),
];

/// Refuses a request that says twice what it can say once.
///
/// # Errors
/// Names the header.
pub fn said_once(headers: &HeaderMap) -> Result<(), InputError> {
    match ONCE
        .iter()
        .find(|(name, _)| headers.get_all(name).count() > 1)
    {
        Some((_, shown)) => Err(InputError::field(shown, "is given more than once")),
        None => Ok(()),
    }
}

/// What a body is, when it is something that can be read: as it is, in UTF-8, or in what its label and UTF-8 have in
/// common. Nothing is `None`.
///
/// # Errors
/// When it is compressed, or in another character set.
pub fn media(headers: &HeaderMap, body: &[u8]) -> Result<Media, InputError> {
    if body.is_empty() {
        return Ok(Media::None);
    }
    let plain = |value: &header::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(header::CONTENT_ENCODING).all(plain) {
        return Err(InputError::MediaType(
            "send the body without Content-Encoding",
        ));
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(Media::None);
    };
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    let media = match parts
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "application/x-www-form-urlencoded" => Media::Form,
        "application/json" => Media::Json,
        _ => Media::Other,
    };
    let sets = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("charset");
        named.then(|| value.trim().trim_matches(['"', '\'']))
    });
    for set in sets {
        let utf_8 = Encoding::for_label(set.as_bytes()) == Some(UTF_8);
        let read = utf_8 || extends_ascii(set) && is_ascii(media, body);
        if !read {
            return Err(InputError::MediaType("send the body in UTF-8"));
        }
    }
    Ok(media)
}

/// Whether a character set writes ASCII as ASCII does, and nothing else with the same bytes.
fn extends_ascii(set: &str) -> bool {
    let korean = ["cp949", "ms949", "uhc"];
    korean.iter().any(|name| set.eq_ignore_ascii_case(name))
        || Encoding::for_label(set.as_bytes()).is_some_and(Encoding::is_ascii_compatible)
}

/// Also behind the percent signs of a form. In JSON an escaped letter is a letter of Unicode in every character set.
fn is_ascii(media: Media, body: &[u8]) -> bool {
    body.is_ascii() && (media != Media::Form || percent_decode(body).all(|byte| byte.is_ascii()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn with(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_static(name);
            map.append(name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn a_header_that_counts_once_comes_once() {
        for (name, shown) in [
            ("x-user-id", "X-User-Id"),
            ("authorization", "Authorization"),
            ("content-type", "Content-Type"),
            ("origin", "Origin"),
        ] {
            assert!(said_once(&with(&[(name, "a"), ("accept", "b"), ("accept", "c")])).is_ok());
            let twice = said_once(&with(&[(name, "a"), (name, "a")])).unwrap_err();
            assert_eq!(twice, InputError::field(shown, "is given more than once"));
        }
    }

    #[test]
    fn a_character_set_counts_unless_the_body_has_only_what_all_have() {
        for (set, body, read) in [
            ("utf-8", "a=%C3%B5", true),
            ("\"UTF-8\"", "a=õ", true),
            ("utf8", "a=õ", true),
            ("euc-kr", "a=1&b=%20+", true),
            ("EUC-KR", "a=%C3%B5%C3%B6", false),
            ("euc-kr", "a=õ", false),
            ("cp949", "a=1", true),
            ("cp949", "a=%B0%A1", false),
            ("iso-8859-1", "a=%c3", false),
            ("us-ascii", "a=1", true),
            // Written with the bytes of ASCII, and something else.
            ("utf-16", "a=1", false),
            ("iso-2022-kr", "a=1", false),
            ("utf-7", "a=1", false),
            ("klingon", "a=1", false),
            ("", "a=1", false),
        ] {
            let kind = format!("application/x-www-form-urlencoded; charset={set}");
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&kind).unwrap());
            let media = media(&headers, body.as_bytes());
            assert_eq!(media.is_ok(), read, "{set} {body}");
        }
        let json = with(&[("content-type", "application/json;charset=euc-kr")]);
        assert_eq!(media(&json, br#"{"a":"\u00f5 %C3"}"#), Ok(Media::Json));
        assert!(media(&json, "{\"a\":\"õ\"}".as_bytes()).is_err());
        let both = with(&[(
            "content-type",
            "application/json;charset=utf-8; charset=euc-kr",
        )]);
        assert!(media(&both, "{\"a\":\"õ\"}".as_bytes()).is_err());
    }

    #[test]
    fn what_is_compressed_is_not_read() {
        for (encoding, read) in [
            ("gzip", false),
            ("identity, gzip", false),
            ("Identity", true),
            ("br", false),
            ("", false),
        ] {
            let headers = with(&[
                ("content-type", "application/json"),
                ("content-encoding", encoding),
            ]);
            assert_eq!(media(&headers, b"{}").is_ok(), read, "{encoding}");
            assert_eq!(media(&headers, b""), Ok(Media::None));
        }
    }
}
