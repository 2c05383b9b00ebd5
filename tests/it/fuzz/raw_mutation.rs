//! What is done to a good request: another method, path, header, body or framing; and how it is written down.

use super::world::World;
use super::{Dice, hostile};

/// A request before it is written.
pub struct Parts {
    pub method: Vec<u8>,
    pub target: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

/// As much as the HTTP library reads of one head, with room to spare.
const LONGEST_HEAD: usize = 60_000;

/// Leaves many requests alone. Says whether what is left is good HTTP.
pub fn spoil(dice: &mut Dice, world: &World, parts: &mut Parts) -> bool {
    let times = *dice.pick(&[0, 0, 0, 1, 1, 1, 2, 4]);
    for _ in 0..times {
        match dice.below(8) {
            0 => method(dice, parts),
            1 => target(dice, parts),
            2..=4 => header(dice, parts),
            5 => content_type(dice, parts),
            _ => body(dice, world, parts),
        }
    }
    is_good(parts)
}

fn method(dice: &mut Dice, parts: &mut Parts) {
    let methods = [
        "GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "get", "PROPFIND",
        "M-SEARCH", "FOO", "G@T", "",
    ];
    parts.method = dice.pick(&methods).as_bytes().to_vec();
}

fn target(dice: &mut Dice, parts: &mut Parts) {
    let text = super::requests::encode(hostile::text(dice).as_bytes());
    let path = parts.target.clone();
    let with = |more: &str| [&path[..], more.as_bytes()].concat();
    let before = |more: &str| [more.as_bytes(), &path[..]].concat();
    parts.target = match dice.below(14) {
        0 => with("/"),
        1 => with("/.."),
        2 => before("/.."),
        3 => before("//"),
        4 => with("%2e%2e%2f"),
        5 => with("%00"),
        6 => with("%ff%fe"),
        7 => with("%"),
        8 => with(&format!("/{text}")),
        9 => with(&format!("?{text}")),
        10 => with(&format!("?{}", "a=1&".repeat(dice.below(3_000)))),
        11 => before("http://evil.test"),
        12 => with(&hostile::text(dice)),
        _ => format!("/{text}").into_bytes(),
    };
}

fn header(dice: &mut Dice, parts: &mut Parts) {
    let value = hostile::bytes(dice);
    let names = [
        "Authorization",
        "X-User-Id",
        "X-Request-Id",
        "Accept",
        "Accept-Language",
        "Content-Type",
        "Content-Encoding",
        "Cookie",
        "Origin",
        "Host",
        "Expect",
        "Range",
        "If-None-Match",
        "X-Forwarded-For",
        "X-Fuzz",
        "Access-Control-Request-Method",
        "Upgrade",
        "Referer",
    ];
    let name = (*dice.pick(&names)).to_owned();
    match dice.below(8) {
        0 => parts.headers.push((name, value)),
        1 => parts.headers.retain(|(other, _)| *other != name),
        2 => {
            let at = dice.below(parts.headers.len());
            if let Some(header) = parts.headers.get(at).cloned() {
                parts.headers.push(header); // twice
            }
        }
        3 => {
            for (_, old) in parts.headers.iter_mut().filter(|(other, _)| *other == name) {
                old.clone_from(&value);
            }
        }
        4 => parts
            .headers
            .push(("Content-Encoding".to_owned(), b"gzip".to_vec())),
        5 => {
            let languages = [
                "en",
                "ko;q=0.1, en;q=0.9",
                "en;q=NaN",
                "*",
                "en;q=1e400",
                ";;;,,,q=",
                "\u{1f600}",
            ];
            let language = dice.pick(&languages).as_bytes().to_vec();
            parts.headers.push(("Accept-Language".to_owned(), language));
        }
        6 => {
            for number in 0..*dice.pick(&[20, 90, 97, 200]) {
                parts
                    .headers
                    .push((format!("X-Many-{number}"), b"1".to_vec()));
            }
        }
        _ => parts.headers.push((
            name,
            b"x".repeat(*dice.pick(&[1_000, 9_000, 70_000, 140_000])),
        )),
    }
}

fn content_type(dice: &mut Dice, parts: &mut Parts) {
    let kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "application/json; charset=euc-kr",
        "text/plain",
        "multipart/form-data; boundary=x",
        "APPLICATION/JSON",
        "application/json,text/html",
        "",
        "application/",
        ";",
        "application/problem+json",
        "application/xml",
    ];
    let kind = dice.pick(&kinds).as_bytes().to_vec();
    parts.headers.retain(|(name, _)| name != "Content-Type");
    parts.headers.push(("Content-Type".to_owned(), kind));
}

fn body(dice: &mut Dice, world: &World, parts: &mut Parts) {
    let at = dice.below(parts.body.len() + 1);
    match dice.below(10) {
        0 => parts.body.truncate(at),
        1 => parts.body.extend(hostile::bytes(dice)),
        2 => parts.body = hostile::bytes(dice),
        3 => parts.body = hostile::json(dice).into_bytes(),
        4 => {
            let text = String::from_utf8_lossy(&parts.body).into_owned();
            parts.body = hostile::mutate(dice, &text).into_bytes();
        }
        5 => parts
            .body
            .extend(b" ".repeat(*dice.pick(&[100, 65_535, 65_536, 70_000, 300_000]))),
        6 => parts.body = [b"\xef\xbb\xbf", &parts.body[..]].concat(),
        7 => parts.body = parts.body.iter().flat_map(|byte| [*byte, 0]).collect(),
        8 => {
            // Another buyer's or an unknown order, in a field that nobody asked for.
            let number = world.new_or_known_number(dice);
            parts
                .body
                .extend(format!("&mTrdNo={number}&trdAmt=1&price=0").into_bytes());
        }
        _ => {
            if let Some(byte) = parts.body.get_mut(at) {
                *byte = byte.wrapping_add(1);
            }
        }
    }
}

/// What the standard allows, and what every server takes.
fn is_good(parts: &Parts) -> bool {
    let token = |text: &[u8]| {
        !text.is_empty()
            && text
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
    };
    let value = |text: &[u8]| {
        text.iter()
            .all(|byte| *byte == b'\t' || (*byte >= 0x20 && *byte != 0x7f))
    };
    let once = |name: &str| {
        parts
            .headers
            .iter()
            .filter(|(other, _)| other == name)
            .count()
    };
    let length = |headers: &[(String, Vec<u8>)]| {
        headers
            .iter()
            .map(|(name, value)| name.len() + value.len() + 4)
            .sum::<usize>()
    };
    token(&parts.method)
        && parts.target.first() == Some(&b'/')
        && parts.target.iter().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(byte))
        && parts.headers.iter().all(|(name, text)| token(name.as_bytes()) && value(text))
        && once("Host") == 1
        // These ask the server to do something with the connection.
        && once("Upgrade") == 0
        && once("Expect") == 0
        && parts.headers.len() < 90
        && length(&parts.headers) + parts.target.len() < LONGEST_HEAD
}

/// As bytes, with a length, in chunks, or with a framing that is wrong.
pub fn write(dice: &mut Dice, parts: Parts, well_formed: bool) -> (Vec<u8>, bool) {
    let mut framing = dice.below(100);
    // A body of unknown length where none was meant is another request.
    if parts.body.is_empty() && framing < 97 {
        framing = 0;
    }
    let mut bytes = parts.method;
    bytes.push(b' ');
    bytes.extend(parts.target);
    bytes.extend(b" HTTP/1.1\r\n");
    for (name, value) in parts.headers {
        bytes.extend(name.into_bytes());
        bytes.extend(b": ");
        bytes.extend(value);
        bytes.extend(b"\r\n");
    }
    let length = parts.body.len();
    let (head, body, good) = match framing {
        0..=74 => (format!("Content-Length: {length}\r\n"), parts.body, true),
        75..=84 => (
            "Transfer-Encoding: chunked\r\n".to_owned(),
            chunks(dice, &parts.body, true),
            true,
        ),
        85..=88 => (
            "Transfer-Encoding: chunked\r\n".to_owned(),
            chunks(dice, &parts.body, false),
            false,
        ),
        89 => (
            format!("Content-Length: {}\r\n", length + 1 + dice.below(100)),
            parts.body,
            false,
        ),
        90 => (
            format!("Content-Length: {}\r\n", dice.below(length + 1)),
            parts.body,
            false,
        ),
        91 => {
            let lengths = [
                "-1",
                "0x10",
                "1e3",
                "99999999999999999999",
                "",
                "1, 2",
                "+5",
                " 5 5",
            ];
            (
                format!("Content-Length: {}\r\n", dice.pick(&lengths)),
                parts.body,
                false,
            )
        }
        92 => (
            format!("Content-Length: {length}\r\nContent-Length: 1\r\n"),
            parts.body,
            false,
        ),
        93 => {
            let both = format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n");
            (both, chunks(dice, &parts.body, true), false)
        }
        94 => {
            let codings = [
                "gzip, chunked",
                "identity",
                "chunked, chunked",
                "xchunked",
                "chunked\r\n ,x",
                "\tchunked",
            ];
            (
                format!("Transfer-Encoding: {}\r\n", dice.pick(&codings)),
                parts.body,
                false,
            )
        }
        95 => (String::new(), parts.body, false),
        96 => (
            format!("Expect: 100-continue\r\nContent-Length: {length}\r\n"),
            parts.body,
            false,
        ),
        97 => ("No colon here\r\n".to_owned(), parts.body, false),
        98 => (
            "X-Folded: a\r\n b\r\n: empty\r\nX Space: 1\r\n".to_owned(),
            parts.body,
            false,
        ),
        _ => (
            format!("X-Nul: \0\r\nContent-Length: {length}\r\n"),
            parts.body,
            false,
        ),
    };
    bytes.extend(head.into_bytes());
    bytes.extend(b"\r\n");
    bytes.extend(body);
    (bytes, well_formed && good)
}

fn chunks(dice: &mut Dice, body: &[u8], good: bool) -> Vec<u8> {
    let mut written = Vec::new();
    for part in body.chunks(1 + dice.below(body.len())) {
        let size = if good {
            part.len()
        } else {
            part.len() + dice.below(3)
        };
        written.extend(format!("{size:x}\r\n").into_bytes());
        written.extend(part);
        written.extend(b"\r\n");
    }
    let ends = [
        "",
        "0\r\n",
        "-1\r\n\r\n",
        "zz\r\n\r\n",
        "ffffffffffffffffff\r\n\r\n",
        "0;ext=\"\r\n\r\n",
        "1\r\n\r\n0\r\n\r\n",
    ];
    let end = if good { "0\r\n\r\n" } else { *dice.pick(&ends) };
    written.extend(end.as_bytes());
    written
}
