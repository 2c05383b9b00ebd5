//! Tickets as a shop's server signs them, from the words of `src/README.md`.

use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::call::call;
use super::db::TestDb;

/// Ticket key of shop 1, number 1, where a test has stored it.
pub const TICKET_KEY: &str = "5a17c0ffee0000000000000000000000000000000000000000000000000000a1";

/// What a ticket says, to be changed before it is signed.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub shop: String,
    pub key_no: String,
    pub expires: String,
    pub user: String,
    pub number: String,
    pub key_hex: String,
}

impl Ticket {
    /// A good one of u1 of shop 1, for half an hour.
    pub fn new(number: &str) -> Ticket {
        Ticket {
            shop: "1".to_owned(),
            key_no: "1".to_owned(),
            expires: in_seconds(1800),
            user: "u1".to_owned(),
            number: number.to_owned(),
            key_hex: TICKET_KEY.to_owned(),
        }
    }

    /// The text that is signed.
    pub fn signed(&self) -> String {
        let (user, number) = (hex::encode(&self.user), hex::encode(&self.number));
        format!(
            "jumun1.{}.{}.{}.{user}.{number}",
            self.shop, self.key_no, self.expires
        )
    }

    pub fn sign(&self) -> String {
        let signed = self.signed();
        let signature = hmac(&self.key_hex, signed.as_bytes());
        format!("{signed}.{signature}")
    }
}

/// HMAC-SHA256 (RFC 2104), in hex.
fn hmac(key_hex: &str, message: &[u8]) -> String {
    let (inner, outer) = blocks(key_hex);
    let digest = Sha256::digest([&inner, message].concat());
    hex::encode(Sha256::digest([&outer, digest.as_slice()].concat()))
}

/// The padded blocks of a key of at most 64 bytes.
pub fn blocks(key_hex: &str) -> (Vec<u8>, Vec<u8>) {
    let mut key = hex::decode(key_hex).expect("a key in hex");
    key.resize(64, 0);
    let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect();
    (pad(0x36), pad(0x5c))
}

/// Unix time in so many seconds.
pub fn in_seconds(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(now.expect("a time after 1970").as_secs()).expect("seconds");
    (now + seconds).to_string()
}

impl TestDb {
    /// Stores a ticket key of a shop as its operator does.
    pub async fn store_ticket_key(&self, shop_id: u32, key_no: &str, key_hex: &str) {
        let mut conn = self.conn_as_operator().await;
        let params = (shop_id, key_no, key_hex, None::<String>);
        let stored = call(&mut conn, "update_adm_ticket_key", params).await;
        stored.expect("a key that is taken");
    }
}
