//! What a typed receiver, an amount and a list of ids mean, worked out from what the contract says about them and from
//! nothing that the SQL does.

use super::receivers::{MEMBERS, Receiver};

/// Blanks and characters that nobody sees.
const UNSEEN: [(u32, u32); 21] = [
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x1680, 0x1680),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2000, 0x200F),
    (0x202A, 0x202F),
    (0x205F, 0x206F),
    (0x2800, 0x2800),
    (0x3000, 0x3000),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
];

fn unseen(c: char) -> bool {
    let c = u32::from(c);
    UNSEEN.iter().any(|&(from, to)| (from..=to).contains(&c))
}

fn is_blank(text: &str) -> bool {
    text.chars().all(unseen)
}

/// A control character, a line break, or Hangul in parts.
fn is_faulty(text: &str) -> bool {
    let chars: Vec<u32> = text.chars().map(u32::from).collect();
    let control = |c: &u32| matches!(c, 0..=0x1F | 0x7F..=0x9F | 0x2028 | 0x2029);
    let parts = |pair: &[u32]| {
        matches!(pair[0], 0x1100..=0x1112) && matches!(pair[1], 0x1161..=0x1175)
            || matches!(pair[0], 0xAC00..=0xD7A3) && matches!(pair[1], 0x11A8..=0x11C2)
    };
    chars.iter().any(control) || chars.windows(2).any(parts)
}

fn is_phone(text: &str) -> bool {
    let all = text
        .bytes()
        .skip(1)
        .all(|c| matches!(c, b'0'..=b'9' | b'-' | b' '));
    (7..=20).contains(&text.len()) && matches!(text.as_bytes()[0], b'0'..=b'9' | b'+') && all
}

fn is_post_code(text: &str) -> bool {
    let all = text
        .bytes()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b' '));
    (1..=10).contains(&text.len()) && all
}

/// What an order stores of a flat receiver, or the field that is refused.
pub fn read(receiver: &Receiver) -> Result<[String; 6], String> {
    let mut texts = receiver.texts.clone();
    // A courier's label has one line.
    texts[5] = texts[5].replace('\r', "").replace('\n', " ");
    for text in &mut texts {
        *text = text.trim_matches(' ').to_owned();
    }
    let long = |text: &str, most: usize| text.chars().count() > most;
    let wrong = [
        texts[0].is_empty() || long(&texts[0], 60),
        !is_phone(&texts[1]),
        !is_post_code(&texts[2]),
        texts[3].is_empty() || long(&texts[3], 200),
        long(&texts[4], 200),
        long(&texts[5], 200),
    ];
    if let Some(at) = wrong.iter().position(|&wrong| wrong) {
        return Err(format!("receiver.{}", MEMBERS[at]));
    }
    texts[5] = texts[5]
        .replace(['\u{85}', '\u{2028}', '\u{2029}'], " ")
        .trim_matches(' ')
        .to_owned();
    for optional in [4, 5] {
        // What cannot be seen is nothing; a control character is not passed over for that.
        if is_blank(&texts[optional]) {
            texts[optional].clear();
        }
    }
    for must in [0, 3] {
        if is_blank(&texts[must]) {
            return Err(format!("receiver.{}", MEMBERS[must]));
        }
        if is_faulty(&texts[must]) {
            return Err(format!("receiver.{}", MEMBERS[must]));
        }
    }
    for optional in [4, 5] {
        if is_faulty(&texts[optional]) {
            return Err(format!("receiver.{}", MEMBERS[optional]));
        }
    }
    Ok(texts)
}
