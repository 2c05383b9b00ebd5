//! From a request to the parameters of its procedure, as the route table says.

use std::collections::HashMap;

use actix_web::HttpRequest;
use mysql_async::Value;
use serde_json::value::RawValue;

use crate::{
    auth::Identity,
    request::{
        InputError,
        body::{self, Fields, Input},
        form::{self, Tree},
        json,
        text::compose_members,
    },
    routes::{Auth, Route, Source, Verb},
};

/// The field with a browser's ticket.
pub const TICKET: &str = "ticket";

/// Everything a parameter may come from.
#[derive(Debug)]
pub struct Request<'a> {
    pub identity: &'a Identity,
    /// Placeholders of the path, decoded.
    pub path: &'a HashMap<&'static str, String>,
    pub query: &'a Fields,
    pub fields: &'a Fields,
}

/// The parameters of a route's procedure, in its order, from all that a request brings.
///
/// # Errors
/// When a part cannot be read, a value has the wrong form, or JSON has a field that the route does not know.
pub fn parameters(
    route: &Route,
    request: &HttpRequest,
    body: &[u8],
    identity: &Identity,
) -> Result<Vec<Value>, InputError> {
    let headers = request.headers();
    let path = placeholders(route.path, request.uri().path())?;
    let all_fields =
        |last: &[(&str, &str)]| body::all_fields_json(headers, request.query_string(), body, last);
    let bound = |query: &Fields, fields: &Fields| {
        let request = Request {
            identity,
            path: &path,
            query,
            fields,
        };
        values(route, &request, all_fields)
    };
    if route.auth == Auth::Signature {
        let nothing = Fields::default();
        return bound(&nothing, &nothing);
    }
    let query = body::form_fields(request.query_string().as_bytes())?;
    let fields = body::own_fields(headers, body)?;
    // Many clients cannot send a body with DELETE.
    let in_query = route.verb == Verb::Delete && body.is_empty();
    bound(&query, if in_query { &query } else { &fields })
}

/// The same from what has been read. `all_fields` is asked where a route takes everything;
/// it gets what has to be put over what was sent.
///
/// # Errors
/// When a value has the wrong form, or JSON has a field that the route does not know.
fn values(
    route: &Route,
    request: &Request,
    all_fields: impl Fn(&[(&str, &str)]) -> Result<String, InputError>,
) -> Result<Vec<Value>, InputError> {
    refuse_unknown(route, request)?;
    let segment = |name: &str| request.path.get(name).map_or("", String::as_str);
    route
        .parameters
        .iter()
        .map(|(_, from)| match *from {
            Source::Shop => Ok(request.identity.shop_id.map_or(Value::NULL, Value::from)),
            Source::User => short(
                "X-User-Id",
                request
                    .identity
                    .user_id
                    .as_deref()
                    .map_or(Value::NULL, Value::from),
            ),
            Source::Path(name) => short(name, Value::from(segment(name))),
            Source::Name(name) => short(name, Value::from(format!("{name}:{}", segment(name)))),
            Source::QueryName { query, kind } => match field_text(request.query, query)? {
                Some(name) => short(query, Value::from(format!("{kind}:{name}"))),
                None => Err(InputError::field(query, "is required")),
            },
            Source::Constant(word) => Ok(Value::from(word)),
            Source::Query(name) => short(name, field(request.query, name, text)?),
            Source::QueryNumber(name) => field(request.query, name, number),
            Source::QueryList(name) => field(request.query, name, list),
            Source::Field(name) => short(name, field(request.fields, name, text)?),
            Source::FieldNumber(name) => field(request.fields, name, number),
            Source::FieldList(name) => field(request.fields, name, list),
            Source::FieldObject(name) => field(request.fields, name, object),
            Source::FieldObjectOr {
                object: name,
                text: other,
            } => {
                match (
                    field(request.fields, name, object)?,
                    field(request.fields, other, text)?,
                ) {
                    (Value::NULL, value) => short(other, value),
                    (value, Value::NULL) => short(name, value),
                    _ => Err(InputError::field(name, "is given twice")),
                }
            }
            Source::AllFields => all_fields(&[]).map(Value::from),
            Source::AllFieldsAndPath { placeholder, name } => {
                all_fields(&[(name, segment(placeholder))]).map(Value::from)
            }
        })
        .collect()
}

fn refuse_unknown(route: &Route, request: &Request) -> Result<(), InputError> {
    let fields = request.fields;
    if !fields.strict {
        return Ok(());
    }
    let known: Vec<&str> = route
        .parameters
        .iter()
        .flat_map(|(_, from)| from.fields())
        .chain(request.identity.by_ticket.then_some(TICKET))
        .collect();
    match fields
        .values
        .iter()
        .find(|(name, _)| !known.contains(&name.as_str()))
    {
        Some((name, _)) => Err(InputError::field(name, "is not a field of this request")),
        None => Ok(()),
    }
}

impl Source {
    /// The body fields that this comes from.
    pub fn fields(self) -> Vec<&'static str> {
        match self {
            Self::Field(name)
            | Self::FieldNumber(name)
            | Self::FieldList(name)
            | Self::FieldObject(name) => vec![name],
            Self::FieldObjectOr { object, text } => vec![object, text],
            _ => Vec::new(),
        }
    }
}

/// The database would refuse more than this before the procedure can say which field it was.
const LONGEST_TEXT: usize = 65_535;

fn short(name: &str, value: Value) -> Result<Value, InputError> {
    match &value {
        Value::Bytes(text) if text.len() > LONGEST_TEXT => {
            Err(InputError::field(name, "is too long"))
        }
        _ => Ok(value),
    }
}

/// A value that is absent, null or empty is NULL; what is left is read by `read`.
fn field(
    fields: &Fields,
    name: &str,
    read: impl Fn(&Input) -> Result<Option<Value>, &'static str>,
) -> Result<Value, InputError> {
    let Some(input) = fields.get(name) else {
        return Ok(Value::NULL);
    };
    read(input)
        .map(|value| value.unwrap_or(Value::NULL))
        .map_err(|detail| InputError::field(name, detail))
}

fn text(input: &Input) -> Result<Option<Value>, &'static str> {
    Ok(plain(input)?.map(Value::from))
}

fn number(input: &Input) -> Result<Option<Value>, &'static str> {
    let digits = |text: String| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>()
            .ok()
            .filter(|_| plain)
            .map(Value::from)
            .ok_or("is not a whole number")
    };
    plain(input)?.map(digits).transpose()
}

/// The text of one field; `None` when it is absent or empty.
///
/// # Errors
/// When it is not one text.
pub fn field_text(fields: &Fields, name: &str) -> Result<Option<String>, InputError> {
    let text = fields.get(name).map(plain).transpose();
    text.map(Option::flatten)
        .map_err(|detail| InputError::field(name, detail))
}

/// One text, or a number's exact text.
fn plain(input: &Input) -> Result<Option<String>, &'static str> {
    let text = match input {
        Input::Form(Tree::Text(text)) => text.clone(),
        Input::Form(Tree::Branch(_)) => return Err("is given more than once"),
        Input::Json(value) => match value.get().as_bytes().first() {
            Some(b'"') => string(value)?,
            Some(b'-' | b'0'..=b'9') => value.get().to_owned(),
            Some(b'n') => return Ok(None),
            _ => return Err("must be a text or a number"),
        },
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// The text of a JSON array. A form may give a list of values, one value, or the array's text.
fn list(input: &Input) -> Result<Option<Value>, &'static str> {
    let list = match input {
        Input::Form(Tree::Text(text)) => {
            return text_or(text, '[', || format!("[{}]", json_item(text)));
        }
        Input::Form(branch) => branch.to_json_list(),
        Input::Json(value) => match value.get().as_bytes().first() {
            Some(b'[') => value.get().to_owned(),
            Some(b'"') => {
                let text = string(value)?;
                return text_or(&text, '[', || format!("[{}]", value.get()));
            }
            Some(b'n') => return Ok(None),
            _ => return Err("must be an array"),
        },
    };
    Ok(Some(Value::from(list)))
}

/// The text of a JSON object. A form may give its members, or the object's text.
fn object(input: &Input) -> Result<Option<Value>, &'static str> {
    let (text, object) = match input {
        Input::Form(Tree::Text(text)) => (text.clone(), None),
        // Fields of a form that were all left empty.
        Input::Form(branch) if branch.is_blank() => return Ok(None),
        Input::Form(branch) => (String::new(), Some(json::write(branch))),
        Input::Json(value) => match value.get().as_bytes().first() {
            Some(b'{') => (String::new(), Some(value.get().to_owned())),
            Some(b'"') => (string(value)?, None),
            Some(b'n') => return Ok(None),
            _ => return Err("must be an object"),
        },
    };
    match object {
        Some(object) => Ok(Some(Value::from(compose_members(object)))),
        None if text.is_empty() => Ok(None),
        None if !text.trim_start().starts_with('{') => Err("must be an object"),
        None => text_or(&compose_members(text), '{', String::new),
    }
}

/// A text that is itself JSON, beginning with `opening`, or something made of it.
fn text_or(
    text: &str,
    opening: char,
    otherwise: impl Fn() -> String,
) -> Result<Option<Value>, &'static str> {
    if text.is_empty() {
        Ok(None)
    } else if text.trim_start().starts_with(opening) {
        json::check(text).map_err(|_| "is not good JSON")?;
        Ok(Some(Value::from(text)))
    } else {
        Ok(Some(Value::from(otherwise())))
    }
}

fn json_item(text: &str) -> String {
    let list = Tree::Text(text.to_owned()).to_json_list();
    list[1..list.len() - 1].to_owned()
}

fn string(value: &RawValue) -> Result<String, &'static str> {
    serde_json::from_str(value.get()).map_err(|_| "is not a text")
}

/// The placeholders of a pattern, from the path as it was sent.
fn placeholders(
    pattern: &'static str,
    path: &str,
) -> Result<HashMap<&'static str, String>, InputError> {
    pattern
        .split('/')
        .zip(path.split('/'))
        .filter_map(|(part, segment)| {
            let name = part.strip_prefix('{')?.strip_suffix('}')?;
            Some(match form::path_segment(segment) {
                Some(text) => Ok((name, text)),
                None => Err(InputError::field(name, "is not UTF-8")),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{OPERATOR, PUBLIC};

    fn route(path: &str) -> &'static Route {
        PUBLIC
            .iter()
            .chain(OPERATOR)
            .find(|route| route.path == path)
            .unwrap()
    }

    fn form_fields(text: &str) -> Fields {
        let values = form::fields(form::pairs(text.as_bytes()).unwrap()).unwrap();
        let values = values
            .into_iter()
            .map(|(name, tree)| (name, Input::Form(tree)))
            .collect();
        Fields {
            values,
            strict: false,
        }
    }

    fn json_fields(text: &str) -> Fields {
        let values = json::members(text).unwrap();
        let values = values
            .into_iter()
            .map(|(name, value)| (name, Input::Json(value)))
            .collect();
        Fields {
            values,
            strict: true,
        }
    }

    fn bound(path: &str, fields: &Fields) -> Result<Vec<Value>, InputError> {
        let placeholders = HashMap::from([("order_name", "n".to_owned())]);
        let identity = Identity {
            shop_id: Some(1),
            user_id: Some("demo1".to_owned()),
            by_ticket: false,
        };
        let request = Request {
            identity: &identity,
            path: &placeholders,
            query: fields,
            fields,
        };
        values(route(path), &request, |_| Ok("{}".to_owned()))
    }

    fn refused(path: &str, fields: &Fields) -> String {
        match bound(path, fields).unwrap_err() {
            InputError::Invalid { field, .. } => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_form_and_json_bind_alike() {
        let form = form_fields(
            "mTrdNo=M1&trdAmt=30000&selected_cart_ids[]=1&selected_cart_ids[]=2&receiver[post_code]=01234\
             &mode=cart&coupon_ids=&csrf=x",
        );
        let json = json_fields(
            r#"{"mTrdNo":"M1","trdAmt":30000,"selected_cart_ids":[1,2],"receiver":{"post_code":"01234"},
                "mode":"cart","coupon_ids":null,"address_id":""}"#,
        );
        let expected: Vec<Value> = vec![
            1_u32.into(),
            "demo1".into(),
            "M1".into(),
            "[1,2]".into(),
            Value::NULL,
            r#"{"post_code":"01234"}"#.into(),
            Value::NULL,
            Value::NULL,
            Value::NULL,
            "30000".into(),
            "cart".into(),
            Value::NULL,
            Value::NULL,
        ];
        assert_eq!(bound("/v1/orders", &form).unwrap(), expected);
        assert_eq!(bound("/v1/orders", &json).unwrap(), expected);
    }

    #[test]
    fn numbers_are_passed_on_as_they_were_written() {
        for text in ["1e400", "12345678901234567890", "30000.10", "-0", "1E-5"] {
            let fields = json_fields(&format!(r#"{{"trdAmt":{text}}}"#));
            assert_eq!(bound("/v1/orders", &fields).unwrap()[9], Value::from(text));
        }
    }

    #[test]
    fn lists_and_objects_may_be_json_in_a_form() {
        let fields = form_fields("selected_cart_ids=[{\"id\":1}]&receiver={\"post_code\":\"1\"}");
        let values = bound("/v1/orders", &fields).unwrap();
        assert_eq!(values[3], Value::from("[{\"id\":1}]"));
        assert_eq!(values[5], Value::from("{\"post_code\":\"1\"}"));
        assert_eq!(
            bound("/v1/quotes", &form_fields("selected_cart_ids=7")).unwrap()[2],
            "[7]".into()
        );
    }

    #[test]
    fn a_text_that_no_parameter_can_hold_is_named() {
        let with = |length| format!(r#"{{"mTrdNo":"{}"}}"#, "x".repeat(length));
        assert_eq!(
            refused("/v1/orders", &json_fields(&with(LONGEST_TEXT + 1))),
            "mTrdNo"
        );
        assert!(bound("/v1/orders", &json_fields(&with(LONGEST_TEXT))).is_ok());
    }

    #[test]
    fn what_has_the_wrong_form_is_named() {
        for (text, field) in [
            (r#"{"trdAmt":{"a":1}}"#, "trdAmt"),
            (r#"{"trdAmt":true}"#, "trdAmt"),
            (r#"{"mTrdNo":["x"]}"#, "mTrdNo"),
            (r#"{"selected_cart_ids":{"a":1}}"#, "selected_cart_ids"),
            (r#"{"selected_cart_ids":5}"#, "selected_cart_ids"),
            (
                r#"{"selected_cart_ids":"[1,{\"a\":1,\"a\":2}]"}"#,
                "selected_cart_ids",
            ),
            (r#"{"receiver":[1]}"#, "receiver"),
            (r#"{"receiver":"x"}"#, "receiver"),
            (r#"{"price":1}"#, "price"),
        ] {
            assert_eq!(refused("/v1/orders", &json_fields(text)), field, "{text}");
        }
        assert_eq!(
            refused("/v1/orders", &form_fields("trdAmt=1&trdAmt=2")),
            "trdAmt"
        );
        assert_eq!(
            refused("/v1/orders", &form_fields("receiver=x")),
            "receiver"
        );
        for shop in ["x", "-1", "%2B1", "4294967296", "1.0"] {
            let fields = form_fields(&format!("shop_id={shop}"));
            assert_eq!(
                refused("/admin/orders/{order_name}", &fields),
                "shop_id",
                "{shop}"
            );
        }
    }

    #[test]
    fn placeholders_are_decoded_strictly() {
        let found = placeholders("/v1/orders/{order_key}/x", "/v1/orders/a%20b+c%2Fd/x").unwrap();
        assert_eq!(found["order_key"], "a b+c/d");
        let error = placeholders("/v1/orders/{order_key}", "/v1/orders/%FF").unwrap_err();
        assert_eq!(error, InputError::field("order_key", "is not UTF-8"));
    }
}
