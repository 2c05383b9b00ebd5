//! What one `shop_order_insert` does inside: statements, temporary tables, row operations, as the server counts them
//! for the session.

use std::collections::BTreeMap;

use crate::carts::{Carts, Content};
use crate::direct::call;
use crate::plan::Load;
use crate::support::{Conn, Queryable, TestDb};
use crate::ways::Way;

const COUNTERS: &str =
    "SHOW SESSION STATUS WHERE Variable_name LIKE 'Com\\_%' OR Variable_name LIKE 'Created\\_tmp%'
    OR Variable_name LIKE 'Handler\\_%' OR Variable_name = 'Sort_rows'";

/// One order of everything that is ordered directly.
pub async fn orders(
    db: &TestDb,
    carts: &Carts<'_>,
) -> BTreeMap<&'static str, BTreeMap<String, u64>> {
    let mut orders = BTreeMap::new();
    for load in Load::ALL {
        if load.way() == Way::Direct && load.sold_out().is_none() {
            let counted = one_order(db, carts, load.content()).await;
            orders.insert(load.name(), counted);
        }
    }
    orders
}

/// Counters that one order moves, on a connection that has ordered before.
async fn one_order(db: &TestDb, carts: &Carts<'_>, content: Content) -> BTreeMap<String, u64> {
    let mut conn = db.conn_as_gateway().await;
    let orders = carts.make(content, 3).await;
    for cart in &orders[..2] {
        call(cart).call(&mut conn).await.expect("an order");
    }
    let idle = moved(&read(&mut conn).await, &read(&mut conn).await);
    let before = read(&mut conn).await;
    call(&orders[2]).call(&mut conn).await.expect("an order");
    let mut counted = moved(&before, &read(&mut conn).await);
    // Reading the counters counts as well.
    for (name, count) in idle {
        if let Some(all) = counted.get_mut(&name) {
            *all -= count;
        }
    }
    counted.retain(|name, count| *count > 0 && name != "Com_show_status");
    counted
}

async fn read(conn: &mut Conn) -> BTreeMap<String, u64> {
    let rows: Vec<(String, u64)> = conn.query(COUNTERS).await.expect("counters");
    rows.into_iter().collect()
}

fn moved(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let count =
        |(name, count): (&String, &u64)| (name.clone(), count - before.get(name).unwrap_or(count));
    after.iter().map(count).collect()
}

/// Statements and temporary tables in one line.
pub fn line(counters: &BTreeMap<String, u64>) -> String {
    let words = counters
        .iter()
        .filter(|(name, _)| !name.starts_with("Handler_"));
    let words = words.map(|(name, count)| format!("{} {count}", name.trim_start_matches("Com_")));
    words.collect::<Vec<String>>().join(", ")
}
