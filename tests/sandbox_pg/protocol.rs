//! The wallet's protocol: fields of a payment request and of a result, their hashes, and what a valid request is.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use subtle::ConstantTimeEq;
use url::{Host, Url};

/// Result code of an approved payment.
pub const APPROVED: &str = "0000";
/// Result code of a payment that the wallet declined.
pub const DECLINED: &str = "2001";
/// Result code of a window that the buyer closed.
pub const CLOSED: &str = "1001";

/// The one merchant this sandbox serves.
#[derive(Clone, Debug)]
pub struct Merchant {
    pub id: String,
    pub key: String,
}

impl Merchant {
    /// Hash of a payment request: hex SHA-256 over mId + mTrdNo + trdAmt + key.
    pub fn request_hash(&self, order_number: &str, amount: &str) -> String {
        sha256_hex(&[&self.id, order_number, amount, &self.key])
    }

    /// Hash of a result: hex SHA-256 over rsltCd + mTrdNo + trdNo + trdAmt + authDt + mId + key.
    pub fn result_hash(&self, result: &PayResult) -> String {
        sha256_hex(&[
            &result.result_code,
            &result.order_number,
            &result.transaction,
            &result.amount,
            &result.approved_at,
            &result.merchant_id,
            &self.key,
        ])
    }
}

fn sha256_hex(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// What a shop's browser brings to the payment page. Absent fields are empty, so that `check` names them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct PayRequest {
    #[serde(rename = "mId")]
    pub merchant_id: String,
    #[serde(rename = "mTrdNo")]
    pub order_number: String,
    #[serde(rename = "trdAmt")]
    pub amount: String,
    #[serde(rename = "prdtNm")]
    pub title: String,
    #[serde(rename = "nextUrl")]
    pub next_url: String,
    #[serde(rename = "notiUrl")]
    pub notify_url: String,
    #[serde(rename = "pktHash")]
    pub hash: String,
}

/// Why a request was refused; the words are shown on the error page.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("{0} 항목이 없거나 너무 깁니다.")]
    Field(&'static str),
    #[error("등록되지 않은 가맹점입니다.")]
    Merchant,
    #[error("결제 금액이 올바르지 않습니다.")]
    Amount,
    #[error("{0} 주소는 이 컴퓨터(loopback)의 http 주소여야 합니다.")]
    Address(&'static str),
    #[error("요청 해시(pktHash)가 일치하지 않습니다.")]
    Hash,
}

impl PayRequest {
    /// Refuses everything that the real wallet would refuse, and addresses that are not on this machine.
    pub fn check(&self, merchant: &Merchant) -> Result<(), RequestError> {
        let lengths = [
            ("mId", &self.merchant_id, 40),
            ("mTrdNo", &self.order_number, 100),
            ("prdtNm", &self.title, 400),
            ("nextUrl", &self.next_url, 2000),
            ("notiUrl", &self.notify_url, 2000),
            ("pktHash", &self.hash, 64),
        ];
        for (name, value, longest) in lengths {
            if value.is_empty() || value.chars().count() > longest {
                return Err(RequestError::Field(name));
            }
        }
        if self.merchant_id != merchant.id {
            return Err(RequestError::Merchant);
        }
        if !is_amount(&self.amount) {
            return Err(RequestError::Amount);
        }
        let expected = merchant.request_hash(&self.order_number, &self.amount);
        if !bool::from(expected.as_bytes().ct_eq(self.hash.as_bytes())) {
            return Err(RequestError::Hash);
        }
        for (name, address) in [("nextUrl", &self.next_url), ("notiUrl", &self.notify_url)] {
            if loopback_url(address).is_none() {
                return Err(RequestError::Address(name));
            }
        }
        Ok(())
    }
}

/// What the wallet says about a payment, alike in the browser's return and in the notification.
#[derive(Clone, Debug, Serialize)]
pub struct PayResult {
    #[serde(rename = "mId")]
    pub merchant_id: String,
    #[serde(rename = "mTrdNo")]
    pub order_number: String,
    #[serde(rename = "trdNo")]
    pub transaction: String,
    #[serde(rename = "trdAmt")]
    pub amount: String,
    #[serde(rename = "rsltCd")]
    pub result_code: String,
    #[serde(rename = "rsltMsg")]
    pub message: String,
    #[serde(rename = "authDt")]
    pub approved_at: String,
    #[serde(rename = "pktHash")]
    pub hash: String,
}

impl PayResult {
    /// The fields under their outward names, in the order in which they are sent.
    pub fn fields(&self) -> [(&'static str, &str); 8] {
        [
            ("mId", &self.merchant_id),
            ("mTrdNo", &self.order_number),
            ("trdNo", &self.transaction),
            ("trdAmt", &self.amount),
            ("rsltCd", &self.result_code),
            ("rsltMsg", &self.message),
            ("authDt", &self.approved_at),
            ("pktHash", &self.hash),
        ]
    }
}

/// A positive decimal number with at most two decimals.
pub fn is_amount(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(decimals)
        && whole.len() <= 15
        && decimals.len() <= 2
        && text.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

/// The amount with one unit more: what a tampered or confused message would claim.
pub fn other_amount(amount: &str) -> String {
    let (whole, rest) = match amount.find('.') {
        Some(dot) => amount.split_at(dot),
        None => (amount, ""),
    };
    let whole: u64 = whole.parse().unwrap_or(0);
    format!("{}{rest}", whole.saturating_add(1))
}

/// The address, if it is plain http to this machine. Anything else could be used to reach third parties.
pub fn loopback_url(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let local = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => IpAddr::V4(ip).is_loopback(),
        Host::Ipv6(ip) => IpAddr::V6(ip).is_loopback(),
    };
    let plain = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
    (local && plain).then_some(url)
}

/// Milliseconds since 1970, UTC.
pub fn now_millis() -> u64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// YYYYMMDDHHMMSS in Korean time, as the wallet writes times.
pub fn korean_time(millis: u64) -> String {
    let seconds = millis / 1000 + 9 * 3600;
    let (year, month, day) = civil_date(seconds / 86_400);
    let clock = seconds % 86_400;
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// Gregorian year, month and day of a day number counted from 1970-01-01. Years begin in March here, so that the
/// leap day is the last of its year, and repeat every 400 years (146,097 days).
fn civil_date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merchant() -> Merchant {
        Merchant {
            id: "M_DEMO".into(),
            key: "demo-hash-key".into(),
        }
    }

    fn request() -> PayRequest {
        PayRequest {
            merchant_id: "M_DEMO".into(),
            order_number: "T1".into(),
            amount: "12000".into(),
            title: "머그컵".into(),
            next_url: "http://127.0.0.1:18080/pg/wallet/M_DEMO/return".into(),
            notify_url: "http://localhost:18080/pg/wallet/M_DEMO/notify".into(),
            hash: merchant().request_hash("T1", "12000"),
        }
    }

    #[test]
    fn request_hash_is_the_known_vector() {
        // printf 'M_DEMOT112000demo-hash-key' | sha256sum
        assert_eq!(
            merchant().request_hash("T1", "12000"),
            "775c2724b92ddaf64f640852262aaf847de90860efd02b949e83d407e152e51d"
        );
    }

    #[test]
    fn result_hash_is_the_known_vector() {
        let result = PayResult {
            merchant_id: "M_DEMO".into(),
            order_number: "T1".into(),
            transaction: "W1".into(),
            amount: "12000".into(),
            result_code: APPROVED.into(),
            message: "성공".into(),
            approved_at: "20260102030405".into(),
            hash: String::new(),
        };
        // printf '0000T1W11200020260102030405M_DEMOdemo-hash-key' | sha256sum
        assert_eq!(
            merchant().result_hash(&result),
            "c59bb8812cb15a551206e5033c8de71aa8d76b017bb9b8d93c87b2ed4c67b283"
        );
    }

    #[test]
    fn a_good_request_passes_and_each_bad_field_is_named() {
        assert_eq!(request().check(&merchant()), Ok(()));
        let mut bad = request();
        bad.amount = "12001".into();
        assert_eq!(bad.check(&merchant()), Err(RequestError::Hash));
        let mut bad = request();
        bad.hash = bad.hash.to_uppercase();
        assert_eq!(bad.check(&merchant()), Err(RequestError::Hash));
        let mut bad = request();
        bad.merchant_id = "M_OTHER".into();
        assert_eq!(bad.check(&merchant()), Err(RequestError::Merchant));
        let mut bad = request();
        bad.title.clear();
        assert_eq!(bad.check(&merchant()), Err(RequestError::Field("prdtNm")));
        let mut bad = request();
        bad.notify_url = "http://example.com/".into();
        assert_eq!(
            bad.check(&merchant()),
            Err(RequestError::Address("notiUrl"))
        );
    }

    #[test]
    fn only_plain_http_to_this_machine_is_an_address() {
        for good in [
            "http://127.0.0.1:1/a",
            "http://localhost/a",
            "http://[::1]:2/",
            "http://127.9.9.9/",
        ] {
            assert!(loopback_url(good).is_some(), "{good}");
        }
        for bad in [
            "https://127.0.0.1/",
            "http://192.0.2.1/",
            "http://localhost.example.com/",
            "http://user@127.0.0.1/",
            "http://127.0.0.1@192.0.2.1/",
            "javascript:alert(1)",
            "/relative",
        ] {
            assert!(loopback_url(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn amounts_are_positive_decimals() {
        for good in ["1", "12000", "12000.00", "0.5"] {
            assert!(is_amount(good), "{good}");
        }
        for bad in [
            "",
            "0",
            "0.00",
            "-1",
            "1.",
            ".5",
            "1.234",
            "1e3",
            "12,000",
            "1234567890123456",
        ] {
            assert!(!is_amount(bad), "{bad}");
        }
        assert_eq!(other_amount("12000"), "12001");
        assert_eq!(other_amount("9.50"), "10.50");
    }

    #[test]
    fn times_are_korean() {
        assert_eq!(korean_time(0), "19700101090000");
        assert_eq!(korean_time(1_709_132_399_000), "20240228235959");
        assert_eq!(korean_time(1_709_132_400_000), "20240229000000");
        assert_eq!(korean_time(1_735_657_199_999), "20241231235959");
        assert_eq!(korean_time(1_735_657_200_000), "20250101000000");
    }
}
