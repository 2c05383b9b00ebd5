//! (c) The floor: the row writes of an order in one CALL, without a single check or read.

use mysql_async::prelude::Queryable;
use mysql_async::{Params, Pool, Value};

use crate::carts::Cart;
use crate::money;
use crate::stamps::{HOLD_MINUTES, request_sha256, stamps};
use crate::support::{CallError, TestDb, call, split};
use crate::ways::{Outcome, get};

const SQL: &str = include_str!("sql/bench_floor.sql");

/// Loads the benchmark's own procedure.
pub async fn load(db: &TestDb) {
    let mut conn = db.conn().await;
    for statement in split(SQL) {
        conn.query_drop(&statement).await.expect("bench_floor");
    }
    conn.query_drop("GRANT EXECUTE ON PROCEDURE bench_floor TO jumun_gateway@'%'")
        .await
        .expect("a grant");
}

pub async fn order(pool: &Pool, cart: &Cart) -> Outcome {
    let params = params(cart);
    let mut conn = get(pool).await;
    let result: Result<_, CallError> = call(&mut conn, "bench_floor", params).await;
    crate::direct::outcome(result.map(drop))
}

fn params(cart: &Cart) -> Params {
    let stamps = stamps(HOLD_MINUTES);
    let totals = &cart.totals;
    let mut values: Vec<Value> = vec![
        cart.user_id.as_str().into(),
        cart.order_number.as_str().into(),
        stamps.key.as_slice().into(),
        stamps.code.as_str().into(),
        request_sha256(cart).as_slice().into(),
        stamps.now.clone(),
        stamps.expires_at.clone(),
    ];
    for amount in [
        totals.products,
        totals.shipping,
        totals.total,
        totals.supply,
        totals.vat,
    ] {
        values.push(money::text(amount).into());
    }
    for line in &cart.lines {
        values.extend([
            line.cart_id.into(),
            line.product.id.as_str().into(),
            line.product.name.as_str().into(),
            money::text(line.product.price).into(),
            line.quantity.into(),
            money::text(line.amount()).into(),
            line.product.policy.into(),
            line.product.price_id.into(),
            line.product.rule_id.into(),
        ]);
    }
    Params::Positional(values)
}
