//! Values that nobody should send: texts, numbers, JSON and bytes, and mutations of good ones.

use serde_json::Value as Json;

use super::Dice;
use crate::support::Value;

const WORDS: &[&str] = &[
    "",
    " ",
    "   ",
    "\0",
    "a\0b",
    "\t",
    "\r\n",
    "\n",
    "\u{7f}",
    "\u{1b}[2J",
    "null",
    "NULL",
    "true",
    "undefined",
    "NaN",
    "Infinity",
    "-inf",
    "0",
    "-0",
    "00",
    "1",
    "-1",
    "+1",
    "1 ",
    " 1",
    "1.0",
    "1.5",
    "01",
    "1e3",
    "1e400",
    "-1e400",
    "0x1F",
    "0b1",
    "1,000",
    "1_000",
    "１２",
    "٣",
    "²",
    "½",
    "𝟙",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "999999999999999999",
    "1000000000000000000",
    "-9223372036854775809",
    "123456789012345.67",
    "999999999999999.99",
    "1000000000000000",
    "0.001",
    ".5",
    "5.",
    "--1",
    "[1]",
    "1\0",
    "' OR ''='",
    "'; DROP TABLE shops; --",
    "1 OR 1=1",
    "\\",
    "\\'",
    "\\\\'",
    "'",
    "\"",
    "`",
    "''",
    "%",
    "_",
    "/*",
    "*/",
    "-- ",
    "#",
    "1'||'1",
    "') UNION SELECT * FROM shop_keys -- ",
    "x' AND SLEEP(9) AND '1",
    "${jndi:ldap://x}",
    "{key}",
    "{hash}{title}{return_url}",
    "{{7*7}}",
    "%s%n%x",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "\r\nX-Fuzz: 1\r\n\r\n",
    "%0d%0aX-Fuzz: 1",
    "http://evil.test/",
    "//evil.test",
    "javascript:alert(1)",
    "😀",
    "e\u{301}\u{301}\u{301}",
    "\u{202e}abc",
    "\u{feff}1",
    "\u{200b}",
    "\u{fffe}",
    "\u{10ffff}",
    "\u{1100}\u{1161}",
    "가나다",
    "ß",
    "İ",
    "ﬁ",
    "2026-11-20",
    "2026-02-30 25:61:61",
    "0000-00-00",
    "20261120120000",
    "9999-12-31T23:59:59Z",
    "[",
    "(",
    "(a+)+$",
    "[[:alpha:]]",
    ".*",
    "\\A",
    "$",
    "*",
    "__noopt__",
    "u1",
    "U1",
    "u1 ",
    "book",
    "BOOK",
    "wallet",
    "lookup",
    "return",
    "notify",
    "owed",
    "done",
    "cart",
    "direct",
    "M1",
    "m1",
    "0000",
];

const JSONS: &[&str] = &[
    "[",
    "]",
    "{",
    "[1,]",
    "[,1]",
    "{\"a\"}",
    "{\"a\":1,\"a\":2}",
    "{\"id\":1}",
    "[{\"id\":1,\"id\":2}]",
    "[null]",
    "[true]",
    "[[]]",
    "[{}]",
    "{}",
    "[]",
    "\"\"",
    "\"x\"",
    "1",
    "1e999",
    "[1e999]",
    "[-1]",
    "[0]",
    "[1.5]",
    "[\"1\"]",
    "[1,\"1\"]",
    "[1,1]",
    "['1']",
    "[0x1]",
    "[NaN]",
    "[\"\\u0000\"]",
    "{\"\\u0000\":1}",
    "[{\"\tid\":1}]",
    "{\"\n\":1}",
    "[\"\\ud800\"]",
    "{\"\":\"\"}",
    "{\"$\":1}",
    "{\"a.b\":1}",
    "{\"\\\"\":1}",
    "[18446744073709551616]",
    "[1][1]",
    "[1]x",
    "\u{feff}[1]",
    "/**/[1]",
    "[1 OR 1=1]",
    "{\"receiver_name\":{},\"receiver_phone\":[]}",
    "{\"mTrdNo\":{\"a\":1}}",
    "{\"rsltCd\":0,\"trdAmt\":1e3}",
    "{\"__proto__\":{}}",
];

/// Around the sizes of columns and of the types of parameters.
const SIZES: &[usize] = &[
    2, 3, 16, 17, 18, 19, 20, 21, 30, 31, 36, 37, 40, 41, 60, 61, 64, 65, 100, 101, 200, 201, 255,
    256, 400, 401, 512, 513, 1_000, 4_096, 16_383, 16_384, 21_845, 65_535, 65_536, 70_000, 200_000,
];

/// A text, seldom a very long one.
pub fn text(dice: &mut Dice) -> String {
    match dice.below(20) {
        0..=9 => (*dice.pick(WORDS)).to_owned(),
        10..=12 => json(dice),
        13 | 14 => long(dice),
        15 => digits(dice),
        16 => format!("{}{}", dice.pick(WORDS), dice.pick(WORDS)),
        17 => (0..1 + dice.below(12)).map(|_| any_char(dice)).collect(),
        18 => dice.number().to_string(),
        _ => format!("{:016x}", dice.number()),
    }
}

fn digits(dice: &mut Dice) -> String {
    let length = 1 + dice.below(24);
    (0..length)
        .map(|_| char::from(b'0' + u8::try_from(dice.below(10)).expect("a digit")))
        .collect()
}

fn any_char(dice: &mut Dice) -> char {
    let limit = *dice.pick(&[0x20, 0x80, 0x800, 0x1_0000, 0x11_0000]);
    let code = u32::try_from(dice.below(limit)).expect("a code point");
    char::from_u32(code).unwrap_or('\u{fffd}')
}

/// Long in characters, or long in bytes.
fn long(dice: &mut Dice) -> String {
    let most = if dice.percent(4) {
        SIZES.len()
    } else {
        SIZES.len() - 7
    };
    let size = SIZES[dice.below(most)];
    (*dice.pick(&["x", "1", "가", "😀", " ", "'", "[", "\u{301}", "\\"])).repeat(size)
}

/// JSON, or nearly.
pub fn json(dice: &mut Dice) -> String {
    match dice.below(12) {
        0..=7 => (*dice.pick(JSONS)).to_owned(),
        8 => {
            let depth = *dice.pick(&[2, 31, 32, 33, 99, 100, 101, 300, 3_000]);
            format!("{}1{}", "[".repeat(depth), "]".repeat(depth))
        }
        9 => {
            let depth = *dice.pick(&[30, 32, 100, 120]);
            format!("{}1{}", "{\"id\":".repeat(depth), "}".repeat(depth))
        }
        10 => {
            let most = *dice.pick(&[999, 1_000, 1_001, 5_000]);
            let ids: Vec<String> = (1..=most).map(|id: usize| id.to_string()).collect();
            format!("[{}]", ids.join(","))
        }
        _ => serde_json::json!({"id": text(dice), "x": digits(dice)}).to_string(),
    }
}

/// Bytes that may be no UTF-8.
pub fn bytes(dice: &mut Dice) -> Vec<u8> {
    if dice.percent(90) {
        return text(dice).into_bytes();
    }
    let broken: &[&[u8]] = &[
        b"\xff",
        b"a\xff\xfe",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xb0\xa1",
        b"\xf0\x9f\x98",
    ];
    let mut bytes = (*dice.pick(WORDS)).as_bytes().to_vec();
    bytes.extend_from_slice(broken[dice.below(broken.len())]);
    bytes
}

/// A parameter of any kind.
pub fn value(dice: &mut Dice) -> Value {
    match dice.below(24) {
        0 | 1 => Value::NULL,
        2 => Value::Int(*dice.pick(&[0, -1, 1, i64::MIN, i64::MAX, -2_147_483_649])),
        3 => Value::UInt(*dice.pick(&[0, 1, 4_294_967_295, 4_294_967_296, u64::MAX])),
        4 => Value::Double(*dice.pick(&[0.0, -1.5, 1e308, -1e-308, 0.1, 1e15, 4_294_967_295.4])),
        5 => Value::Date(2026, 11, 20, 12, 0, 0, 1),
        6 => Value::Time(true, 34, 22, 59, 59, 0),
        _ => Value::Bytes(bytes(dice)),
    }
}

/// A good text with something wrong in it.
pub fn mutate(dice: &mut Dice, good: &str) -> String {
    if dice.percent(50)
        && let Ok(value) = serde_json::from_str::<Json>(good)
        && (value.is_array() || value.is_object())
    {
        return mutate_json(dice, value);
    }
    let mut chars: Vec<char> = good.chars().collect();
    let at = dice.below(chars.len() + 1);
    match dice.below(10) {
        0 => chars.insert(at, any_char(dice)),
        1 => drop((at < chars.len()).then(|| chars.remove(at))),
        2 => chars.truncate(at),
        3 => chars.extend(text(dice).chars()),
        4 => return format!("{}{good}", dice.pick(WORDS)),
        5 => return good.to_uppercase(),
        6 => return good.repeat(2),
        7 => chars.push(*dice.pick(&[' ', '\n', '\0', '\t', '\r', '\u{200b}', '0'])),
        8 => drop(chars.splice(at..at, text(dice).chars().collect::<Vec<_>>())),
        _ => chars
            .iter_mut()
            .skip(at)
            .take(1)
            .for_each(|c| *c = any_char(dice)),
    }
    chars.into_iter().collect()
}

/// A good JSON document with another value, a member less, one twice, or one more level around a value.
fn mutate_json(dice: &mut Dice, mut document: Json) -> String {
    let other = match dice.below(4) {
        0 => serde_json::from_str(&json(dice)).unwrap_or(Json::Null),
        1 => Json::from(dice.number()),
        2 => dice
            .pick(&[
                Json::Null,
                Json::Bool(true),
                Json::from(-1),
                Json::from(0.5),
            ])
            .clone(),
        _ => Json::from(text(dice)),
    };
    match &mut document {
        Json::Array(items) if !items.is_empty() => {
            let at = dice.below(items.len());
            match dice.below(5) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items[at] = serde_json::json!([items[at]]),
                3 => items[at] = serde_json::json!({"id": items[at]}),
                _ => items[at] = other,
            }
        }
        Json::Object(members) if !members.is_empty() => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = dice.pick(&names).clone();
            match dice.below(6) {
                0 => drop(members.shift_remove(&name)),
                1 => {
                    let twice = format!("{}:{other}", Json::from(name.as_str()));
                    return document
                        .to_string()
                        .replacen('{', &format!("{{{twice},"), 1);
                }
                2 => drop(members.insert(text(dice), other)),
                3 => {
                    let good = members[&name].clone();
                    members[&name] = serde_json::json!([good]);
                }
                _ => members[&name] = other,
            }
        }
        whole => *whole = other,
    }
    document.to_string()
}
