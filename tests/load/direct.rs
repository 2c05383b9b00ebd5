//! (a) The procedure, called by a client with a pool of connections.

use mysql_async::Pool;

use crate::carts::{Cart, receiver};
use crate::money;
use crate::support::{CallError, OrderCall, Sets};
use crate::ways::{Outcome, get};

const DEADLOCK: u16 = 1213;

/// The parameters of a cart's order.
pub fn call(cart: &Cart) -> OrderCall {
    let call = OrderCall::new(&cart.order_number, &cart.cart_ids())
        .user(cart.shop_id, &cart.user_id)
        .client_total(&cart.client_total());
    let call = match &cart.coupons[..] {
        [] => call,
        coupons => {
            let ids: Vec<i64> = coupons.iter().map(|(coupon_no, _)| *coupon_no).collect();
            call.coupons(Some(&serde_json::json!(ids).to_string()))
        }
    };
    match cart.address_id {
        Some(address) => call.address(Some(&address.to_string())),
        None => call.address(None).receiver(Some(&receiver().to_string())),
    }
}

pub async fn order(pool: &Pool, cart: &Cart) -> Outcome {
    let call = call(cart);
    let mut conn = get(pool).await;
    let answer = call.call(&mut conn).await;
    outcome(answer.map(|answer| assert_placed(&answer, cart)))
}

/// A new order that waits for its payment, of what the buyer's page showed.
fn assert_placed(answer: &Sets, cart: &Cart) {
    let order = answer.first();
    assert_eq!(order.str("next_step"), "pay", "{order:?}");
    assert_eq!(order.int("replayed"), 0, "{order:?}");
    let total = money::parse(&order.str("total_payment"));
    assert_eq!(total, cart.totals.total, "{order:?}");
}

/// Anything but an order, a refusal for want of stock, or a deadlock ends the benchmark.
pub fn outcome(result: Result<(), CallError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(e) if e.code() == "OUT_OF_STOCK" => Outcome::SoldOut,
        Err(e) if e.errno == DEADLOCK => Outcome::Deadlock,
        Err(e) => panic!("no order: {e:?}"),
    }
}
