//! The time of now in UTC, as the driver and people write it.

use std::time::{SystemTime, UNIX_EPOCH};

use mysql_async::Value;

/// Microseconds.
pub const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Microseconds since 1970.
pub fn now_us() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(now.as_micros()).expect("not so late")
}

/// As a DATETIME(6).
pub fn datetime(us: i64) -> Value {
    let (year, month, day) = date(us);
    let rest = us.rem_euclid(DAY);
    let part = |unit: i64, of: i64| u8::try_from(rest / unit % of).expect("small");
    Value::Date(
        year,
        month,
        day,
        part(60 * MINUTE, 24),
        part(MINUTE, 60),
        part(1_000_000, 60),
        u32::try_from(rest % 1_000_000).expect("small"),
    )
}

/// As `YYYYMMDD`.
pub fn day(us: i64) -> String {
    let (year, month, day) = date(us);
    format!("{year:04}{month:02}{day:02}")
}

/// As `YYYY-MM-DD HH:MM`.
pub fn minute(us: i64) -> String {
    let (year, month, day) = date(us);
    let minutes = us.rem_euclid(DAY) / MINUTE;
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}",
        minutes / 60,
        minutes % 60
    )
}

/// Days to a date: years are counted from March, so that the leap day is the last of its year.
fn date(us: i64) -> (u16, u8, u8) {
    let days = us.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    let small = |n: i64| u8::try_from(n).expect("small");
    (
        u16::try_from(year).expect("a year"),
        small(month),
        small(day),
    )
}
