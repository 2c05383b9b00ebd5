//! JSON that keeps what was written: the exact text of numbers, and no name twice.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// More than any field of ours, less than any engine's own limit.
const DEEPEST: usize = 32;

/// A member of an object could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Outermost name that it concerns; empty when it is the text as a whole.
    pub field: String,
    pub detail: String,
}

/// The members of one JSON object, in order, with the text of their values.
///
/// # Errors
/// When the text is not one JSON object, or a name appears twice at any depth.
pub fn members(text: &str) -> Result<Vec<(String, Box<RawValue>)>, JsonError> {
    let Members(members) = serde_json::from_str(text).map_err(|error| JsonError {
        field: String::new(),
        detail: format!("not a JSON object: {error}"),
    })?;
    let mut seen = HashSet::new();
    for (name, value) in &members {
        if !seen.insert(name) {
            return Err(JsonError {
                field: name.clone(),
                detail: "appears twice".to_owned(),
            });
        }
        check(value.get()).map_err(|detail| JsonError {
            field: name.clone(),
            detail,
        })?;
    }
    Ok(members)
}

/// Whether a text is one JSON value in which no object has a name twice: engines differ in which one counts.
///
/// # Errors
/// What is wrong with it.
pub fn check(text: &str) -> Result<(), String> {
    // The reader checks the grammar without recursion and without looking at numbers, which stay text.
    let value: &RawValue =
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let mut rest = value.get();
    // Names seen in each open container; an array has none.
    let mut open: Vec<HashSet<String>> = Vec::new();
    while let Some(start) = rest.find(['{', '[', '}', ']', '"']) {
        let (found, after) = rest[start..].split_at(1);
        match found {
            "{" | "[" if open.len() == DEEPEST => {
                return Err(format!("nested deeper than {DEEPEST}"));
            }
            "{" | "[" => open.push(HashSet::new()),
            "}" | "]" => drop(open.pop()),
            _ => {
                let length = string_length(after);
                let name = serde_json::from_str::<String>(&rest[start..start + 1 + length])
                    .map_err(|error| format!("not JSON: {error}"))?;
                rest = &after[length..];
                if rest.trim_start().starts_with(':')
                    && open.last_mut().is_some_and(|names| !names.insert(name))
                {
                    return Err("a name appears twice in an object".to_owned());
                }
                continue;
            }
        }
        rest = after;
    }
    Ok(())
}

/// Length of a string in good JSON from after its first quote to after its last.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// A value as JSON.
pub fn write(value: &(impl Serialize + ?Sized)) -> String {
    // Neither writing into memory nor anything that is written here fails.
    serde_json::to_string(value).unwrap_or_else(|error| {
        log::error!("not written as JSON: {error}");
        "null".to_owned()
    })
}

/// Names and values, in this order, as an object.
pub struct Object<'a, N, V>(pub &'a [(N, V)]);

impl<N: Serialize, V: Serialize> Serialize for Object<'_, N, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text() {
        let members = members(r#"{"a": 1e400, "b":12345678901234567890, "c":30000.10}"#).unwrap();
        let texts: Vec<_> = members.iter().map(|(_, value)| value.get()).collect();
        assert_eq!(texts, ["1e400", "12345678901234567890", "30000.10"]);
    }

    #[test]
    fn a_name_twice_is_refused_at_any_depth() {
        let error = members(r#"{"a":1,"a":2}"#).unwrap_err();
        assert_eq!(error.field, "a");
        let error = members(r#"{"x":1,"r":{"n":[{"k":1, "\u006b" :2}]}}"#).unwrap_err();
        assert_eq!(error.field, "r");
        assert!(members(r#"{"a":{"k":":"},"b":{"k":"a\"b"},"c":["k","k"]}"#).is_ok());
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for text in [
            "",
            "[1]",
            "1",
            "null",
            "{",
            "{\"a\":}",
            "{\"a\":1} x",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert!(members(text).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        assert!(check(&deep).is_err());
        assert!(check("[[[]]]").is_ok());
    }
}
