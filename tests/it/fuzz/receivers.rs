//! Typed receivers as people, pages and attackers write them: JSON texts, most of them right or nearly right.

use super::Dice;

/// The members in the order in which they are checked.
pub const MEMBERS: [&str; 6] = [
    "receiver_name",
    "receiver_phone",
    "post_code",
    "address",
    "address_detail",
    "delivery_msg",
];

/// A text, and what of it is known by how it was made.
pub struct Receiver {
    pub json: String,
    /// Whether both engines must take the text for JSON. Some is JSON for one of them only.
    pub is_json: bool,
    /// Whether it is an object of our members, each at most once, a text or null.
    pub is_flat: bool,
    /// The members as texts; missing and null are empty.
    pub texts: [String; 6],
}

const PHONES: [&str; 6] = [
    "010-1234-5678",
    "+82 10-1234-5678",
    "0212345678",
    "01012345678",
    "  010-1234-5678 ",
    "12345678901234567890",
];
const BAD_PHONES: [&str; 8] = [
    "",
    "1",
    "123456789012345678901",
    "010-1234-567x",
    "010\n1234567",
    "\u{ff10}10-1234-5678",
    "010-1234-5678\u{a0}",
    "null",
];
const POST_CODES: [&str; 5] = ["04524", "100-011", "SW1A 2AA", " 04524", "1234567890"];
const BAD_POST_CODES: [&str; 6] = [
    "",
    "12345678901",
    "045_24",
    "가나다",
    "04524\t",
    "04\u{200b}524",
];

/// Pieces of which texts are made. The first four are what nearly everybody sends.
const PIECES: [&[&str]; 12] = [
    &[
        "Kim",
        " ",
        "1 Main St.",
        "#101",
        "a/b",
        "(2F)",
        "O'Neil",
        "-",
        ",",
    ],
    &[
        "홍길동",
        "서울시",
        " ",
        "중구",
        "세종대로",
        "110",
        "호",
        "길",
    ],
    &["문 앞에", "\n", "두세요", "\r\n", "경비실", " ", "!"],
    &[
        "\"", "\\", "/", "\\\\", "\\n", "\"\"", ":", "{", "}", "[", "\", \"", "a",
    ],
    &["😀", "👨\u{200d}👩", "é", "ß", "漢字", "かな"],
    &[
        "\u{200b}", "\u{3000}", "\u{a0}", "\u{feff}", "\u{ad}", " ", "\u{fe0f}",
    ],
    &["가", "\u{200b}", " 나", "\u{3000}"],
    &["\u{1112}\u{1169}\u{11bc}", "길", "\u{ac00}\u{11a8}", "a"],
    &["ᄒᆞᆫ", "글"],
    &["\t", "a", "\u{7}", "\u{0}", "\u{1b}[31m", "\u{7f}"],
    &["\u{2028}", "a", "\u{85}", "\u{2029}", "\u{9b}", " "],
    &[
        "null", "true", "0", "'", "`", ";", "--", "%", "_", "<b>", "&amp;", "\\u0041",
    ],
];

/// How a text is written in JSON.
#[derive(Clone, Copy)]
enum Writing {
    /// Only what must be escaped.
    Plain,
    /// As json_encode of PHP does: no character beyond ASCII, and a backslash before every slash.
    Php,
    /// Any character by its number, in capitals.
    Numbers,
}

fn by_number(text: &mut String, c: char, capital: bool) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        text.push_str(&match capital {
            true => format!("\\u{unit:04X}"),
            false => format!("\\u{unit:04x}"),
        });
    }
}

fn written(dice: &mut Dice, text: &str) -> String {
    let writing = *dice.pick(&[Writing::Plain, Writing::Php, Writing::Php, Writing::Numbers]);
    let mut json = String::from("\"");
    for c in text.chars() {
        match (c, writing) {
            (_, Writing::Numbers) if dice.percent(30) => by_number(&mut json, c, true),
            ('"', _) => json.push_str("\\\""),
            ('\\', _) => json.push_str("\\\\"),
            ('\n', _) => json.push_str("\\n"),
            ('\r', _) => json.push_str("\\r"),
            ('\t', _) => json.push_str("\\t"),
            ('/', Writing::Php) => json.push_str("\\/"),
            (c, _) if c < ' ' => by_number(&mut json, c, false),
            (c, Writing::Php) if !c.is_ascii() => by_number(&mut json, c, false),
            (c, _) => json.push(c),
        }
    }
    json.push('"');
    json
}

/// A text of so many characters, of one or two kinds of pieces.
fn made_of(dice: &mut Dice, length: usize) -> String {
    let kinds = match dice.below(10) {
        0..=7 => 4,
        _ => PIECES.len(),
    };
    let kinds = [dice.below(kinds), dice.below(kinds)];
    let mut text = String::new();
    let mut count = 0;
    while count < length {
        let kind = kinds[dice.below(2)];
        let piece = *dice.pick(PIECES[kind]);
        text.push_str(piece);
        count += piece.chars().count();
    }
    text.chars().take(length).collect()
}

fn text(dice: &mut Dice, member: usize) -> String {
    let bad = dice.percent(4);
    match (member, bad) {
        (1, false) => return (*dice.pick(&PHONES)).to_owned(),
        (1, true) => return (*dice.pick(&BAD_PHONES)).to_owned(),
        (2, false) => return (*dice.pick(&POST_CODES)).to_owned(),
        (2, true) => return (*dice.pick(&BAD_POST_CODES)).to_owned(),
        _ => {}
    }
    let limit = if member == 0 { 60 } else { 200 };
    let length = match dice.below(40) {
        0 => 0,
        1 | 2 => limit - 1 + dice.below(3),
        3 => 511 + dice.below(4),
        4 => 199 + dice.below(3),
        5 => limit,
        _ => 1 + dice.below(24),
    };
    // What must not be empty or broken in lines mostly is not, or no order would ever be made.
    match member {
        0 | 3 if dice.percent(90) => {
            let usual = *dice.pick(&[
                "홍길동",
                "Kim Guest",
                "서울시 중구 세종대로 110",
                "1 Main St. #101",
            ]);
            let rest: String = usual.chars().cycle().take(length.max(1)).collect();
            rest
        }
        4 if dice.percent(60) => {
            (*dice.pick(&["", "7층", "101호", " a/b ", "\u{3000}", "B1"])).to_owned()
        }
        _ => made_of(dice, length),
    }
}

fn gap(dice: &mut Dice) -> &'static str {
    match dice.below(8) {
        0 => " ",
        1 => "\n  ",
        2 => "\t",
        3 => "\r\n",
        _ => "",
    }
}

/// One receiver.
pub fn receiver(dice: &mut Dice) -> Receiver {
    let mut texts = [0, 1, 2, 3, 4, 5].map(|member| text(dice, member));
    let mut members: Vec<(String, String)> = Vec::new();
    for (number, name) in MEMBERS.iter().enumerate() {
        let optional = number >= 4;
        let json = match dice.below(if optional { 6 } else { 150 }) {
            0 => "null".to_owned(),
            1 => {
                texts[number].clear();
                continue;
            }
            _ => written(dice, &texts[number]),
        };
        if json == "null" {
            texts[number].clear();
        }
        members.push(((*name).to_owned(), json));
    }
    let (mut is_json, mut is_flat) = (true, true);
    if dice.percent(9) {
        is_flat = false;
        spoil_members(dice, &mut members, &mut is_json);
    }
    for last in (1..members.len()).rev() {
        if dice.percent(25) {
            members.swap(last, dice.below(last + 1));
        }
    }
    let mut json = String::from("{");
    for (number, (name, value)) in members.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let gaps = [gap(dice), gap(dice), gap(dice), gap(dice)];
        let [a, b, c, d] = gaps;
        json.push_str(&format!("{comma}{a}\"{name}\"{b}:{c}{value}{d}"));
    }
    json.push('}');
    match dice.below(50) {
        0 => json = format!(" \n{json}\t "),
        1 => {
            is_json = false;
            json = spoil_text(dice, &json);
        }
        _ => {}
    }
    Receiver {
        json,
        is_json,
        is_flat,
        texts,
    }
}

/// Another kind of value, a name that is there twice, unknown or written in another way.
fn spoil_members(dice: &mut Dice, members: &mut Vec<(String, String)>, is_json: &mut bool) {
    let at = dice.below(members.len());
    match dice.below(12) {
        0..=4 => {
            let values = [
                "4524",
                "true",
                "false",
                "{}",
                "[]",
                "[\"a\"]",
                "{\"a\":\"b\"}",
                "-1.5e3",
            ];
            members[at].1 = (*dice.pick(&values)).to_owned();
        }
        5 | 6 => {
            let (name, value) = members[at].clone();
            let again = if dice.percent(50) {
                value
            } else {
                "\"again\"".to_owned()
            };
            members.push((name, again));
        }
        7 | 8 => {
            let names = [
                "adress", "Address", "memo", "x", "a&b", "receiver", "address ", "주소",
            ];
            let value = if dice.percent(50) { "\"x\"" } else { "null" };
            members.push(((*dice.pick(&names)).to_owned(), value.to_owned()));
        }
        // A name in numbers is our name for one engine or for both; half a character or a raw control is JSON for one.
        9 => {
            *is_json = false;
            let name = members[at].0.clone();
            members[at].0 = format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]);
        }
        _ => {
            *is_json = false;
            let odd = [
                "\"\\ud83d\"",
                "\"a\\ude00b\"",
                "\"\\ud83d\\ud83d\"",
                "\"a\tb\"",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"a\u{0}\"",
            ];
            members[at].1 = (*dice.pick(&odd)).to_owned();
        }
    }
}

/// No JSON, or none that both engines take.
fn spoil_text(dice: &mut Dice, json: &str) -> String {
    let cut = json
        .char_indices()
        .nth(dice.below(json.chars().count()))
        .map_or(0, |(at, _)| at);
    match dice.below(11) {
        0 => format!("\u{feff}{json}"),
        1 => format!("{json}x"),
        2 => format!("[{json}]"),
        3 => json[..cut].to_owned(),
        4 => json[cut..].to_owned(),
        5 => json.replace(':', "="),
        6 => json.replace('"', "'"),
        7 => format!("{json}{json}"),
        8 => json.replacen('}', ",}", 1),
        9 => format!("\"{}\"", json.replace('"', "\\\"")),
        _ => (*dice.pick(&["null", "[]", "1", "\"\"", "{", "x", " ", "{}", "true"])).to_owned(),
    }
}
