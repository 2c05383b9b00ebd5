//! What is called about a cart besides its order: quote and cart before it, the payment after it. Anything but the right
//! answer ends the benchmark.

use crate::carts::Cart;
use crate::money;
use crate::support::{Conn, WalletMessage, call, settle};
use crate::ways::Outcome;

/// `order_status` of a paid order.
const PAID: i64 = 2;

/// What the payment gateway says when the buyer has paid for this cart's order.
pub fn approval(cart: &Cart) -> WalletMessage {
    let number = &cart.order_number;
    WalletMessage::paid(number, &format!("W{number}"), &cart.client_total())
}

/// The first message about an order, an approval: the order is paid by it.
pub async fn pay(conn: &mut Conn, cart: &Cart) -> Outcome {
    let settled = settle(conn, "return", &approval(cart)).await;
    let settled = settled.expect("a verdict");
    let answer = settled.first();
    assert_eq!(answer.str("verdict"), "paid", "{answer:?}");
    assert_eq!(answer.int("order_status"), PAID, "{answer:?}");
    Outcome::Done
}

/// The total of what is about to be ordered: what the buyer's page showed.
pub async fn quote(conn: &mut Conn, cart: &Cart) -> Outcome {
    let ids = serde_json::to_string(&cart.cart_ids()).expect("ids");
    let none = None::<&str>;
    let params = (
        1,
        &cart.user_id,
        ids,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    );
    let quoted = call(conn, "shop_order_quote", params).await;
    let quoted = quoted.expect("a quote");
    let total = money::parse(&quoted.first().str("total_payment"));
    assert_eq!(total, cart.totals.total, "the total of {cart:?}");
    assert_eq!(quoted.set(1).rows.len(), cart.lines.len(), "{cart:?}");
    Outcome::Done
}

/// The buyer's whole cart, priced.
pub async fn read(conn: &mut Conn, cart: &Cart) -> Outcome {
    let read = call(conn, "select_shop_cart", (1, &cart.user_id, None::<&str>)).await;
    let read = read.expect("a cart");
    assert_eq!(read.set(1).rows.len(), cart.lines.len(), "{cart:?}");
    Outcome::Done
}

/// One more of the first product.
pub async fn add(conn: &mut Conn, cart: &Cart) -> Outcome {
    let product = &cart.lines[0].product.id;
    let params = (1, &cart.user_id, product, None::<&str>, "1");
    let added = call(conn, "add_shop_cart", params).await;
    let added = added.expect("a cart");
    assert_eq!(added.first().str("result"), "OK", "{cart:?}");
    Outcome::Done
}
