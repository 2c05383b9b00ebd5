//! Messages of a payment gateway, rightly signed or not, whatever they say.

use super::Dice;
use super::hostile;
use super::world::{Subject, World};
use crate::support::*;

/// What no log and no table may show: a PG might send it in a field that nobody named, or in its free text.
pub const CARD: &str = "4111-1111-1111-1111";

/// The shop's account at the wallet.
pub fn merchant(who: &Subject) -> &'static str {
    if order_shop(who) == 2 { "M2" } else { "M1" }
}

fn order_shop(who: &Subject) -> i64 {
    who.order
        .as_ref()
        .map_or(who.shop_id, |order| order.shop_id)
}

/// Mostly about an order that exists, mostly approved, mostly of the right amount, mostly signed.
pub fn message(dice: &mut Dice, world: &World, who: &Subject) -> WalletMessage {
    let (number, total) = match &who.order {
        Some(order) if dice.percent(92) => (order.number().to_owned(), order.total.clone()),
        _ => (format!("T-{:x}", dice.number()), "1000".to_owned()),
    };
    let transaction = match world.transactions.first() {
        Some(_) if dice.percent(20) => dice.pick(&world.transactions).clone(),
        _ => format!("W{:x}", dice.number()),
    };
    let total = if dice.percent(90) {
        total
    } else {
        dice.below(100_000).to_string()
    };
    let approved = dice.percent(80);
    let make = if approved {
        WalletMessage::paid
    } else {
        WalletMessage::failed
    };
    let mut message = make(&number, &transaction, &total).with("mId", merchant(who));
    if dice.percent(20) {
        message = message.with("rsltMsg", &format!("card {CARD} approved"));
    }
    if dice.percent(20) {
        message = message.with("cardNo", CARD);
    }
    // Signed, and strange all the same: this goes deepest.
    for _ in 0..dice.below(3) {
        let names = [
            "mTrdNo", "trdNo", "trdAmt", "rsltCd", "rsltMsg", "authDt", "mId", "{key}", "extra",
        ];
        let name = *dice.pick(&names);
        message = message.with(name, &hostile::text(dice));
    }
    match dice.below(20) {
        0 => message.key("forged"),
        1 => {
            let name = *dice.pick(&["trdAmt", "pktHash", "mTrdNo", "trdNo"]);
            message.tamper(name, &hostile::text(dice))
        }
        _ => message,
    }
}
