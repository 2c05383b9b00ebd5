//! Text in one form. macOS writes Hangul in parts; composed, the same name is the same characters again.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::request::json::{self, Object};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// Bytes as text. Nearly all are UTF-8, and it takes less to see that than to look for what is not.
pub fn readable(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// A name with its Hangul composed and nothing else touched: of other letters Unicode takes some for equal that are
/// two names (K and the Kelvin sign).
pub fn compose_hangul(name: &str) -> String {
    let hangul = |letter: char| matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}');
    let mut composed = String::with_capacity(name.len());
    let mut rest = name;
    while !rest.is_empty() {
        let (other, tail) = rest.split_at(rest.find(hangul).unwrap_or(rest.len()));
        let end = tail.find(|letter| !hangul(letter)).unwrap_or(tail.len());
        composed.push_str(other);
        composed.push_str(&NFC.normalize(&tail[..end]));
        rest = &tail[end..];
    }
    composed
}

/// A JSON object with its texts composed: they are what people typed. Written as it was where none needs it.
pub fn compose_members(object: String) -> String {
    if object.is_ascii() && !object.contains("\\u") {
        return object;
    }
    let Ok(members) = json::members(&object) else {
        return object;
    };
    let mut changed = false;
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| {
            let typed = serde_json::from_str::<String>(value.get()).ok();
            let text = match typed.as_deref().map(|text| (text, NFC.normalize(text))) {
                Some((text, composed)) if text != composed => {
                    changed = true;
                    Member::Composed(composed.into_owned())
                }
                _ => Member::AsItWas(value),
            };
            (name, text)
        })
        .collect();
    if changed {
        json::write(&Object(&members))
    } else {
        object
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Composed(String),
    AsItWas(&'a RawValue),
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_PARTS: &str = "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}";

    #[test]
    fn of_a_name_only_the_hangul_is_composed() {
        for (name, composed) in [
            (IN_PARTS, "홍길"),
            ("\u{ac00}\u{11a8} a\u{301}", "각 a\u{301}"),
            ("demo\u{212a}\u{f95c}", "demo\u{212a}\u{f95c}"),
            ("ᄒᆞᆫ", "ᄒᆞᆫ"),
            ("demo1", "demo1"),
            ("", ""),
        ] {
            assert_eq!(compose_hangul(name), composed);
        }
    }

    #[test]
    fn texts_of_an_object_are_composed_however_they_are_written() {
        let escaped = r#"{"a":"\u1112\u1169\u11bc","n":[1.50],"b":null}"#;
        let composed = r#"{"a":"홍","n":[1.50],"b":null}"#;
        assert_eq!(compose_members(escaped.to_owned()), composed);
        let plain = format!("{{\"a\" : \"{IN_PARTS}e\u{301}\"}}");
        assert_eq!(compose_members(plain), "{\"a\":\"홍길é\"}");
        // What needs nothing, or is no good object, stays as it was written.
        for text in [
            r#"{ "a":"홍\u0041" }"#,
            r#"{"a":"x","a":"홍"}"#,
            r#"{"a":"\ud800"}"#,
            "홍",
        ] {
            assert_eq!(compose_members(text.to_owned()), text);
        }
    }
}
