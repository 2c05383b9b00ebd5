//! Requests over every route: right ones, ones with a wrong value, and ones that are wrong as HTTP.

use serde_json::{Map, Value as Json};

use super::raw_mutation::{self, Parts};
use super::routines::Routine;
use super::world::{Subject, World};
use super::{Dice, hostile};
use crate::support::*;

/// One row of the gateway's route table, as it tells it itself.
#[derive(Clone, Debug)]
pub struct Route {
    pub operator: bool,
    pub method: String,
    pub path: String,
    pub routine: Routine,
    /// Per parameter: `field trdAmt`, `path cart_id`, `query shop_id`, `all fields`, …
    pub from: Vec<String>,
}

/// One request as it goes over the wire.
pub struct Request {
    pub operator: bool,
    pub bytes: Vec<u8>,
    /// Good HTTP, whatever it says: it must be answered, and the connection goes on.
    pub well_formed: bool,
    /// To HEAD there is no body.
    pub bodiless: bool,
    /// The browser's: it may get a page.
    pub html: bool,
}

/// The table of `/procedures`, and the pages beside it.
pub async fn routes(gateway: &Gateway, routines: &[Routine]) -> Vec<Route> {
    let answer = gateway.operator(Method::GET, "/procedures").send().await;
    let table: Json = answer
        .expect("an answer")
        .json()
        .await
        .expect("the route table");
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    let mut routes: Vec<Route> = table["routes"]
        .as_array()
        .expect("routes")
        .iter()
        .map(|row| {
            let procedure = text(&row["procedure"]);
            let routine = routines.iter().find(|routine| routine.name == procedure);
            let parameters = row["parameters"].as_array().expect("parameters");
            Route {
                operator: row["address"] == "operator",
                method: text(&row["method"]),
                path: text(&row["path"]),
                routine: routine
                    .unwrap_or_else(|| panic!("{procedure} is granted to nobody"))
                    .clone(),
                from: parameters
                    .iter()
                    .map(|parameter| text(&parameter["from"]))
                    .collect(),
            }
        })
        .collect();
    let nothing = routes[0].clone();
    for path in ["/live", "/ready", "/metrics", "/procedures"] {
        routes.push(Route {
            operator: true,
            method: "GET".to_owned(),
            path: path.to_owned(),
            from: Vec::new(),
            ..nothing.clone()
        });
    }
    routes
}

/// What makes an order and pays it: however many other routes there are, a fifth of the requests go deep.
const DEEP: [&str; 3] = [
    "shop_order_insert",
    "shop_order_update",
    "update_adm_order_payment",
];

/// The route of the next request. What reads the whole database, or prints the whole table, is asked for seldom.
pub fn choose<'a>(dice: &mut Dice, routes: &'a [Route]) -> &'a Route {
    let deep: Vec<&Route> = (routes.iter())
        .filter(|route| DEEP.contains(&route.routine.name.as_str()))
        .collect();
    if dice.percent(20) {
        return dice.pick::<&Route>(&deep);
    }
    loop {
        let route = dice.pick(routes);
        let weight = match route.from.len() {
            0 => 2,
            parameters => 30 + 7 * u32::try_from(parameters).expect("a small number"),
        };
        if dice.percent(weight.min(100)) {
            return route;
        }
    }
}

/// The parameters, each where the route takes it from.
pub fn request(
    dice: &mut Dice,
    world: &World,
    route: &Route,
    who: &Subject,
    values: &[Value],
) -> Request {
    let mut path = route.path.clone();
    let mut query = Vec::new();
    let mut fields: Vec<(String, Option<Vec<u8>>)> = Vec::new();
    let mut user = None;
    for (from, value) in route.from.iter().zip(values) {
        let bytes = bytes_of(value);
        let (kind, name) = from.split_once(' ').unwrap_or((from, ""));
        match kind {
            "path" => {
                let key = who.order.as_ref().map(|order| order.names[0].clone());
                let bytes = match key {
                    // Another name finds nothing there.
                    Some(key) if name == "order_key" && dice.percent(70) => Some(key.into()),
                    _ => bytes,
                };
                fill(&mut path, name, bytes.unwrap_or_default());
            }
            "query" => query.extend(bytes.map(|bytes| (name.to_owned(), bytes))),
            "field" => fields.push((name.to_owned(), bytes)),
            "header" => user = bytes,
            "all" => {
                fields.extend(members(bytes));
                let order = who.order.as_ref().map_or("none", |order| &order.names[0]);
                fill(&mut path, "order_key", order.into());
            }
            _ => {}
        }
    }
    let mut headers = vec![("Host".to_owned(), b"gateway.test".to_vec())];
    if let Some(user) = user {
        headers.push(("X-User-Id".to_owned(), user));
    }
    let key = match (route.operator, who.shop_id) {
        (true, _) => OPERATOR_KEY,
        (false, 2) => SHOP_KEY_2,
        _ => SHOP_KEY,
    };
    headers.push((
        "Authorization".to_owned(),
        format!("Bearer {key}").into_bytes(),
    ));
    let html = dice.percent(15);
    if html {
        headers.push((
            "Accept".to_owned(),
            b"text/html,application/xhtml+xml".to_vec(),
        ));
    }
    let mut parts = Parts {
        method: route.method.clone().into_bytes(),
        target: path.into_bytes(),
        headers,
        body: Vec::new(),
    };
    put_fields(dice, route, fields, &mut query, &mut parts);
    for (at, (name, value)) in query.into_iter().enumerate() {
        parts.target.push(if at == 0 { b'?' } else { b'&' });
        parts
            .target
            .extend(format!("{}={}", encode(name.as_bytes()), encode(&value)).into_bytes());
    }
    let well_formed = raw_mutation::spoil(dice, world, &mut parts);
    let bodiless = parts.method == b"HEAD";
    let (bytes, well_formed) = raw_mutation::write(dice, parts, well_formed);
    Request {
        operator: route.operator,
        bytes,
        well_formed,
        bodiless,
        html,
    }
}

fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(bytes.clone()),
        other => Some(other.as_sql(false).trim_matches('\'').as_bytes().to_vec()),
    }
}

/// The members of a message; a message that is no object is one nameless field.
fn members(message: Option<Vec<u8>>) -> Vec<(String, Option<Vec<u8>>)> {
    let message = message.unwrap_or_default();
    let Ok(Json::Object(members)) = serde_json::from_slice::<Json>(&message) else {
        return vec![(String::new(), Some(message))];
    };
    let text = |value: Json| match value {
        Json::String(text) => text.into_bytes(),
        other => other.to_string().into_bytes(),
    };
    members
        .into_iter()
        .map(|(name, value)| (name, Some(text(value))))
        .collect()
}

fn fill(path: &mut String, placeholder: &str, value: Vec<u8>) {
    *path = path.replace(&format!("{{{placeholder}}}"), &encode(&value));
}

/// In the body as JSON or as a form, or in the query where there is no body.
fn put_fields(
    dice: &mut Dice,
    route: &Route,
    fields: Vec<(String, Option<Vec<u8>>)>,
    query: &mut Vec<(String, Vec<u8>)>,
    parts: &mut Parts,
) {
    if fields.is_empty() && dice.percent(90) {
        return;
    }
    let in_query = route.method == "GET" || (route.method == "DELETE" && dice.percent(40));
    if in_query {
        query.extend(
            fields
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        return;
    }
    let (kind, body) = if dice.percent(50) {
        ("application/json", json_body(dice, fields))
    } else {
        ("application/x-www-form-urlencoded", form_body(dice, fields))
    };
    parts.headers.push(("Content-Type".to_owned(), kind.into()));
    parts.body = body;
}

fn json_body(dice: &mut Dice, fields: Vec<(String, Option<Vec<u8>>)>) -> Vec<u8> {
    let mut body = b"{".to_vec();
    for (name, value) in fields {
        if body.len() > 1 {
            body.push(b',');
        }
        body.extend(Json::from(name).to_string().into_bytes());
        body.push(b':');
        match value {
            None => body.extend(b"null"),
            Some(bytes) => {
                // Lists and objects as they are, also broken ones; numbers as numbers or as text.
                let raw = bytes.first().is_some_and(|first| b"[{".contains(first))
                    || (dice.percent(30) && serde_json::from_slice::<Json>(&bytes).is_ok());
                match String::from_utf8(bytes) {
                    Ok(text) if !raw => body.extend(Json::from(text).to_string().into_bytes()),
                    Ok(text) => body.extend(text.into_bytes()),
                    Err(broken) => {
                        body.push(b'"');
                        body.extend(broken.into_bytes());
                        body.push(b'"');
                    }
                }
            }
        }
    }
    body.push(b'}');
    body
}

fn form_body(dice: &mut Dice, fields: Vec<(String, Option<Vec<u8>>)>) -> Vec<u8> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        let Some(value) = value else { continue };
        match serde_json::from_slice::<Json>(&value) {
            Ok(Json::Array(items)) if dice.percent(60) => {
                pairs.extend(items.iter().map(|item| (format!("{name}[]"), plain(item))));
            }
            Ok(Json::Object(members)) if dice.percent(60) => pairs.extend(branch(&name, &members)),
            _ => pairs.push((name, value)),
        }
    }
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{}={}", encode(name.as_bytes()), encode(&value)))
        .collect();
    pairs.join("&").into_bytes()
}

fn branch(name: &str, members: &Map<String, Json>) -> Vec<(String, Vec<u8>)> {
    members
        .iter()
        .map(|(member, value)| (format!("{name}[{member}]"), plain(value)))
        .collect()
}

fn plain(value: &Json) -> Vec<u8> {
    match value {
        Json::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}

/// Percent-encoded, every byte that is not a letter or a digit.
pub fn encode(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Random bytes instead of a request.
pub fn noise(dice: &mut Dice) -> Request {
    let starts: &[&[u8]] = &[
        b"",
        b"GET / HTTP/1.1\r\n",
        b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /v1/cart HTTP/9.9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET /v1/cart\r\n\r\n",
        b"GET  /v1/cart  HTTP/1.1\r\n\r\n",
        b"\x00\x00\x00",
        b"GET /v1/cart HTTP/1.1\nHost: x\n\n",
    ];
    let mut bytes = starts[dice.below(starts.len())].to_vec();
    for _ in 0..dice.below(6) {
        bytes.extend(hostile::bytes(dice));
    }
    Request {
        operator: dice.percent(20),
        bytes,
        well_formed: false,
        bodiless: false,
        html: false,
    }
}
