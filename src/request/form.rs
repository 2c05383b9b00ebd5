//! `application/x-www-form-urlencoded`: strict text, and names with brackets as PHP understands them.

use percent_encoding::percent_decode;
use serde::{Serialize, Serializer};

use crate::request::json::{self, Object};

/// A field that is not text; its name is as readable as it can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotText(pub String);

/// Deeper brackets than any field of ours.
const DEEPEST: usize = 4;

/// Decodes the pairs of a form or a query, in order.
///
/// # Errors
/// When a name or a value is not UTF-8.
pub fn pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, NotText> {
    bytes
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default());
            let value = decode(halves.next().unwrap_or_default());
            let name = name.map_err(NotText)?;
            match value {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(NotText(name)),
            }
        })
        .collect()
}

/// Decodes one part; an error holds the text with what is broken replaced.
fn decode(bytes: &[u8]) -> Result<String, String> {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    String::from_utf8(percent_decode(&spaced).collect())
        .map_err(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Decodes one segment of a path, where `+` is itself.
pub fn path_segment(segment: &str) -> Option<String> {
    String::from_utf8(percent_decode(segment.as_bytes()).collect()).ok()
}

/// The value of a form field: text, or what `name[a][b]=…` builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    Text(String),
    Branch(Vec<(String, Tree)>),
}

/// Why pairs do not make a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName {
    pub field: String,
    pub detail: &'static str,
}

/// Builds the fields of a form. `a[]=1&a[]=2` and `a=1&a=2` build branches, `a[x]=1` builds a named branch.
///
/// # Errors
/// When brackets are nested too deep or a name is used as a text and as a branch.
pub fn fields(pairs: Vec<(String, String)>) -> Result<Vec<(String, Tree)>, BadName> {
    let mut fields: Vec<(String, Tree)> = Vec::new();
    for (name, value) in pairs {
        let (base, keys) = split_name(&name);
        let bad = |detail| BadName {
            field: base.to_owned(),
            detail,
        };
        if keys.len() > DEEPEST {
            return Err(bad("brackets are nested too deep"));
        }
        insert(&mut fields, base, &keys, value).map_err(bad)?;
    }
    Ok(fields)
}

/// `a[b][]` is `a` with the keys `b` and ``; a name with unbalanced brackets is taken as it is.
fn split_name(name: &str) -> (&str, Vec<&str>) {
    let Some((base, brackets)) = name.split_once('[') else {
        return (name, Vec::new());
    };
    match brackets.strip_suffix(']') {
        Some(inner) if !base.is_empty() => (base, inner.split("][").collect()),
        _ => (name, Vec::new()),
    }
}

fn insert(
    branch: &mut Vec<(String, Tree)>,
    name: &str,
    keys: &[&str],
    value: String,
) -> Result<(), &'static str> {
    let position = branch.iter().position(|(existing, _)| existing == name);
    let Some((key, deeper)) = keys.split_first() else {
        match position {
            None => branch.push((name.to_owned(), Tree::Text(value))),
            Some(index) => match &mut branch[index].1 {
                // The same plain name again: a list, for whoever takes lists.
                Tree::Branch(list) => list.push((list.len().to_string(), Tree::Text(value))),
                text => {
                    let first = std::mem::replace(text, Tree::Branch(Vec::new()));
                    *text = Tree::Branch(vec![
                        ("0".to_owned(), first),
                        ("1".to_owned(), Tree::Text(value)),
                    ]);
                }
            },
        }
        return Ok(());
    };
    let index = position.unwrap_or_else(|| {
        branch.push((name.to_owned(), Tree::Branch(Vec::new())));
        branch.len() - 1
    });
    match &mut branch[index].1 {
        Tree::Text(_) => Err("is given as one value and as several"),
        Tree::Branch(inner) if key.is_empty() => {
            let next = inner.len().to_string();
            insert(inner, &next, deeper, value)
        }
        Tree::Branch(inner) => insert(inner, key, deeper, value),
    }
}

impl Tree {
    /// As a JSON array: the branches in their order, plain numbers as numbers.
    pub fn to_json_list(&self) -> String {
        let items: Vec<Item> = match self {
            Self::Text(text) => vec![Item::of(text)],
            Self::Branch(branches) => branches
                .iter()
                .map(|(_, tree)| match tree {
                    Self::Text(text) => Item::of(text),
                    branch => Item::Branch(branch),
                })
                .collect(),
        };
        json::write(&items)
    }

    /// Whether there is no text in it.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Branch(branches) => branches.iter().all(|(_, tree)| tree.is_blank()),
        }
    }
}

/// Texts as texts, branches as objects.
impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            Self::Branch(branches) => Object(branches).serialize(to),
        }
    }
}

/// What a list of a form holds.
#[derive(Serialize)]
#[serde(untagged)]
enum Item<'a> {
    Number(u64),
    Text(&'a str),
    Branch(&'a Tree),
}

impl<'a> Item<'a> {
    /// A form cannot say which ids are numbers; what looks like one in JSON is one.
    fn of(text: &'a str) -> Self {
        let plain = (1..=18).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        match text.parse() {
            Ok(number) if plain => Self::Number(number),
            _ => Self::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(form: &str) -> Vec<(String, Tree)> {
        fields(pairs(form.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn texts_are_decoded_strictly() {
        let decoded = pairs("a=%EA%B0%80+b&c&d=%zz%2B&&=x".as_bytes()).unwrap();
        let expected = [("a", "가 b"), ("c", ""), ("d", "%zz+"), ("", "x")];
        assert_eq!(
            decoded,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(pairs(b"ok=1&a=%FF").unwrap_err(), NotText("a".to_owned()));
        assert_eq!(pairs(b"a=\xb0\xa1").unwrap_err(), NotText("a".to_owned()));
        assert!(pairs(b"%C0=1").is_err());
    }

    #[test]
    fn ids_make_a_list_in_every_spelling() {
        for form in [
            "ids[]=1&ids[]=20",
            "ids%5B%5D=1&ids%5B%5D=20",
            "ids[0]=1&ids[1]=20",
            "ids=1&ids=20",
        ] {
            let fields = parsed(form);
            assert_eq!(fields.len(), 1, "{form}");
            assert_eq!(fields[0].1.to_json_list(), "[1,20]", "{form}");
        }
        assert_eq!(parsed("ids=7")[0].1.to_json_list(), "[7]");
        assert_eq!(
            parsed("ids[]=07&ids[]=x\"")[0].1.to_json_list(),
            r#"["07","x\""]"#
        );
        assert_eq!(
            parsed("ids[0][id]=5")[0].1.to_json_list(),
            r#"[{"id":"5"}]"#
        );
    }

    #[test]
    fn named_branches_make_an_object_of_strings() {
        let fields = parsed("receiver[receiver_name]=%EA%B9%80&receiver[post_code]=01234");
        assert_eq!(
            json::write(&fields[0].1),
            r#"{"receiver_name":"김","post_code":"01234"}"#
        );
    }

    #[test]
    fn mixed_uses_of_a_name_are_refused() {
        let error = fields(pairs(b"a=1&a[x]=2").unwrap()).unwrap_err();
        assert_eq!(error.field, "a");
        assert!(fields(pairs(b"a[b][c][d][e][f]=1").unwrap()).is_err());
        assert_eq!(parsed("a[=1")[0].0, "a[");
    }
}
