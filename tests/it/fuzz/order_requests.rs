//! Requests of orders, made of lists of ids, receivers and amounts of which it is known what must come of them.

use super::Dice;
use super::reading;
use super::receivers::{Receiver, receiver};
use crate::support::*;

/// What a list of ids is, as it is made: {0}, {1}, {2} are rows of the buyer, all of one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ids {
    /// These many of them are ordered.
    Good(usize),
    Malformed,
    Unknown,
    OtherQuantity,
}

const IDS: [(Ids, &str); 44] = [
    (Ids::Good(1), "[{0}]"),
    (Ids::Good(2), "[{0},{1}]"),
    (Ids::Good(2), "[{1},{0}]"),
    (Ids::Good(3), "[{2}, {0} ,\n{1}]"),
    (Ids::Good(1), " [\"{0}\"]\t"),
    (Ids::Good(2), "[\"{1}\",\"{0}\"]"),
    (Ids::Good(2), "[{0},\"{1}\"]"),
    (Ids::Good(1), "[{\"id\":{0}}]"),
    (Ids::Good(2), "[{\"id\":{1}},{\"id\":\"{0}\"}]"),
    (
        Ids::Good(2),
        "[{\"id\":{0},\"quantity\":1},{\"id\":{1},\"qty\":\"1\"}]",
    ),
    (Ids::Good(1), "[{\"qty\":\"\",\"id\":{0},\"x\":{\"id\":7}}]"),
    (Ids::Good(1), "[\"\\u003{0}\"]"),
    (Ids::Malformed, "[{0},{0}]"),
    (Ids::Malformed, "[{0},\"{0}\"]"),
    (Ids::Malformed, "[{\"id\":{0},\"id\":{0}}]"),
    (Ids::Malformed, "[{\"id\":{0},\"qty\":1,\"qty\":1}]"),
    (Ids::Malformed, "[0]"),
    (Ids::Malformed, "[0{0}]"),
    (Ids::Malformed, "[\"0{0}\"]"),
    (Ids::Malformed, "[\" {0}\"]"),
    (Ids::Malformed, "[\"{0} \"]"),
    (Ids::Malformed, "[{0}.0]"),
    (Ids::Malformed, "[{0}e0]"),
    (Ids::Malformed, "[-{0}]"),
    (Ids::Malformed, "[{0},]"),
    (Ids::Malformed, "[,{0}]"),
    (Ids::Malformed, "[{0} {1}]"),
    (Ids::Malformed, "{0},{1}"),
    (Ids::Malformed, "[[{0}]]"),
    (Ids::Malformed, "[{0},null]"),
    (Ids::Malformed, "[{\"ID\":{0}}]"),
    (Ids::Malformed, "{\"id\":{0}}"),
    (Ids::Malformed, "[1000000000000000000]"),
    (Ids::Malformed, "[18446744073709551617]"),
    (Ids::Malformed, "[{0}"),
    (Ids::Malformed, "[]"),
    (Ids::Malformed, "null"),
    (Ids::Malformed, "[{0}]\u{0}"),
    (Ids::Malformed, "\u{feff}[{0}]"),
    (Ids::Unknown, "[{0},999999999999999999]"),
    (Ids::Unknown, "[{\"id\":\"999999999999999998\"}]"),
    (Ids::OtherQuantity, "[{\"id\":{0},\"qty\":2}]"),
    (Ids::OtherQuantity, "[{\"id\":{0},\"quantity\":\"01\"},{1}]"),
    (
        Ids::OtherQuantity,
        "[{\"id\":{0},\"quantity\":1,\"qty\":\"1 \"}]",
    ),
];

/// Amounts: as it is kept, or why it is refused.
const AMOUNTS: [(Option<&str>, &str); 24] = [
    (Some("43500.00"), "43500"),
    (Some("43500.00"), "43500.0"),
    (Some("43500.00"), "43500.00"),
    (Some("43500.00"), "043500"),
    (Some("0.00"), "0"),
    (Some("999999999999999.00"), "999999999999999"),
    (Some("43500.00"), "000000000043500.00"),
    (None, ""),
    (None, " "),
    (None, " 43500"),
    (None, "43500 "),
    (None, "43500\n"),
    (None, "4.35e4"),
    (None, "43500."),
    (None, ".5"),
    (None, "-1"),
    (None, "+43500"),
    (None, "43,500"),
    (None, "43500.000"),
    (None, "1000000000000000"),
    (None, "0x10"),
    (None, "NaN"),
    (None, "\u{ff14}3500"),
    // More decimals than the won has: known when the shop is.
    (Some("43500.50"), "43500.50"),
];

const MODES: [(Option<&str>, &str); 7] = [
    (None, "cart"),
    (Some(""), "cart"),
    (Some("cart"), "cart"),
    (Some("cart_all"), "cart"),
    (Some("cart_selected"), "cart"),
    (Some("direct"), "direct"),
    (Some("direct_buy"), "direct"),
];

/// A stored address of the fixture, in the order of the members of a receiver.
fn stored(id: u32) -> [String; 6] {
    let n = id % 100;
    [
        format!("Receiver {n}"),
        format!("010-1111-000{n}"),
        format!("0{id}0"),
        format!("{n} Sejong-daero"),
        format!("door {n}"),
        "ring twice".to_owned(),
    ]
}

/// One request, and what must come of it.
pub struct Request {
    pub ids: Ids,
    pub ids_json: String,
    pub named: Vec<i64>,
    pub receiver: Receiver,
    pub amount: (Option<&'static str>, &'static str),
    pub mode: (Option<&'static str>, &'static str),
    pub number: String,
    /// The buyer's stored address, instead of the receiver.
    pub stored: Option<u32>,
    /// What is not given is empty and not NULL.
    pub is_empty: bool,
}

impl Request {
    /// A request of a buyer, who may have a stored address, for some of these rows.
    pub fn random(dice: &mut Dice, address: Option<u32>, rows: &[i64], number: String) -> Request {
        let usual = dice.percent(80);
        let (ids, form) = IDS[dice.below(if usual { 12 } else { IDS.len() })];
        let amounts = if dice.percent(92) { 7 } else { AMOUNTS.len() };
        let named = match ids {
            Ids::Good(count) => rows[..count].to_vec(),
            _ => Vec::new(),
        };
        let mut ids_json = form.to_owned();
        for (place, row) in rows.iter().take(3).enumerate() {
            ids_json = ids_json.replace(&format!("{{{place}}}"), &row.to_string());
        }
        Request {
            ids,
            ids_json,
            named,
            receiver: receiver(dice),
            amount: AMOUNTS[dice.below(amounts)],
            mode: *dice.pick(&MODES),
            number,
            stored: address.filter(|_| dice.percent(20)),
            is_empty: dice.percent(50),
        }
    }

    /// Address and receiver, one of them given.
    pub fn goes_to(&self) -> (Option<String>, Option<&str>) {
        let none = self.is_empty.then_some("");
        match self.stored {
            Some(id) => (Some(id.to_string()), none),
            None => (none.map(str::to_owned), Some(&self.receiver.json)),
        }
    }

    pub fn call(&self, user: &str) -> OrderCall {
        let (address, receiver) = self.goes_to();
        OrderCall::new(&self.number, &[])
            .user(1, user)
            .cart_ids_json(Some(&self.ids_json))
            .address(address.as_deref())
            .receiver(receiver)
            .client_total(self.amount.1)
            .mode(self.mode.0)
    }

    /// For whoever looks at a finding.
    pub fn told(&self) -> String {
        let (ids, receiver, amount) = (&self.ids_json, &self.receiver.json, self.amount.1);
        format!(
            "ids {ids:?} receiver {receiver:?} address {:?} amount {amount:?} mode {:?}",
            self.stored, self.mode.0
        )
    }

    /// Code and field of the refusal, or what the order keeps; `None` where only the careful reading knows.
    pub fn expected(&self) -> Option<Result<[String; 6], (&'static str, String)>> {
        let refused = |field: &str| Some(Err(("INVALID_INPUT", field.to_owned())));
        if self.ids == Ids::Malformed {
            return refused("selected_cart_ids");
        }
        if self.stored.is_none() && !(self.receiver.is_json && self.receiver.is_flat) {
            return None;
        }
        let read = self
            .stored
            .map_or_else(|| reading::read(&self.receiver), |id| Ok(stored(id)));
        let texts = match read {
            Ok(texts) => texts,
            Err(field) => return refused(&field),
        };
        match (self.amount.0, self.ids) {
            (None | Some("43500.50"), _) => refused("trdAmt"),
            (_, Ids::Unknown) => Some(Err(("CART_NOT_FOUND", "selected_cart_ids".to_owned()))),
            (_, Ids::OtherQuantity) => refused("selected_cart_ids"),
            _ => Some(Ok(texts)),
        }
    }

    /// What is hashed of this request: shop, user, ids, receiver, coupons, points, total, mode, gateway.
    pub fn sha256(&self, user: &str, receiver: &[String; 6]) -> String {
        let mut ids = self.named.clone();
        ids.sort_unstable();
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        sha256_hex(&format!(
            "1\n{user}\n[{}]\n{}\n[]\n0.00\n{}\n{}\nwallet",
            ids.join(","),
            self.stored
                .map_or_else(|| receiver.join("\t"), |id| id.to_string()),
            self.amount.0.unwrap_or_default(),
            self.mode.1
        ))
    }
}
