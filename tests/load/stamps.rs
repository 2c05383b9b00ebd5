//! What a client that writes orders by itself gives each: names that cannot be guessed, times, the request's hash.

use mysql_async::Value;
use sha2::{Digest, Sha256};

use crate::carts::{Cart, RECEIVER};
use crate::{clock, money};

/// What an order is given anew: names that cannot be guessed, and times.
pub struct Stamps {
    pub key: [u8; 16],
    pub code: String,
    pub now: Value,
    pub expires_at: Value,
}

/// How long an order holds its units here: longer than any run, or a sold-out product would get units of its first orders back.
pub const HOLD_MINUTES: i64 = 1_440;

pub fn stamps(reservation_minutes: i64) -> Stamps {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHWJKXMNYPQRSTZV";
    let now = clock::now_us();
    let random: u64 = rand::random();
    let code: String = (0..8)
        .map(|i| char::from(LETTERS[(random >> (5 * i)) as usize & 31]))
        .collect();
    Stamps {
        key: uuid::Uuid::now_v7().into_bytes(),
        code: format!("{}-{code}", clock::day(now + 540 * clock::MINUTE)),
        now: clock::datetime(now),
        expires_at: clock::datetime(now + reservation_minutes * clock::MINUTE),
    }
}

/// What was asked for, as `shop_order_insert` hashes it.
pub fn request_sha256(cart: &Cart) -> Vec<u8> {
    let receiver: Vec<&str> = RECEIVER.iter().map(|(_, value)| *value).collect();
    let request = [
        "1",
        &cart.user_id,
        &serde_json::to_string(&cart.cart_ids()).expect("ids"),
        &receiver.join("\t"),
        "[]",
        "0.00",
        &money::text(cart.totals.total),
        "cart",
        "wallet",
    ];
    Sha256::digest(request.join("\n")).to_vec()
}
