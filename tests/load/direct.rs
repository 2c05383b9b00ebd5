//! (a) The procedure, called by a client with a pool of connections.

use mysql_async::Pool;

use crate::carts::{Cart, receiver};
use crate::support::{CallError, OrderCall};
use crate::ways::{Outcome, get};

const DEADLOCK: u16 = 1213;

/// The parameters of a cart's order.
pub fn call(cart: &Cart) -> OrderCall {
    OrderCall::new(&cart.order_number, &cart.cart_ids())
        .user(1, &cart.user_id)
        .address(None)
        .receiver(Some(&receiver().to_string()))
        .client_total(&cart.client_total())
}

pub async fn order(pool: &Pool, cart: &Cart) -> Outcome {
    let call = call(cart);
    let mut conn = get(pool).await;
    outcome(call.call(&mut conn).await.map(drop))
}

/// Anything but an order, a refusal for want of stock, or a deadlock ends the benchmark.
pub fn outcome(result: Result<(), CallError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Ordered,
        Err(e) if e.code() == "OUT_OF_STOCK" => Outcome::SoldOut,
        Err(e) if e.errno == DEADLOCK => Outcome::Deadlock,
        Err(e) => panic!("no order: {e:?}"),
    }
}
