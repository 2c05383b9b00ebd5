//! Quotes and orders while prices change: each sees one moment, never the old price of one line and the new price
//! of another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::order::shop_order_quote::quote;
use crate::support::*;

/// Both products always cost the same: whoever sees two prices has looked twice.
#[tokio::test]
async fn neither_a_quote_nor_an_order_mixes_the_prices_of_two_moments() {
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shops SET total_tolerance = 1000000;
         UPDATE shop_products SET buy_price = 100, sale_price = NULL, discount_rate = 0, delivery_policy_id = 1;
         UPDATE shop_stock SET free = 1000 WHERE product_id <> 'none'; DROP TRIGGER IF EXISTS tr_shop_stock_ledger_update; UPDATE shop_stock_ledger SET difference = 1000",
    )
    .await;
    let products = ["book", "chair", "ink", "lamp", "last", "pen", "rice"];
    let done = Arc::new(AtomicBool::new(false));
    let mut changer = db.conn().await;
    let changing = tokio::spawn({
        let done = done.clone();
        async move {
            let mut changes = 0;
            while !done.load(Ordering::Relaxed) {
                for price in [200, 100] {
                    let sql =
                        format!("UPDATE shop_products SET buy_price = {price} WHERE shop_id = 1");
                    changer.query_drop(sql).await.unwrap();
                    changes += 1;
                }
            }
            changes
        }
    });
    let mut conn = db.conn_as_gateway().await;
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..60 {
        let mut ids = Vec::new();
        for product in products {
            ids.push(db.add_cart(1, "u1", product, NO_OPTION, 1).await);
        }
        let quoted = quote(&db, &mut conn, 1, "u1", &format!("{ids:?}"))
            .await
            .unwrap();
        let order = OrderCall::new(&format!("T{round}"), &ids).client_total("700");
        let ordered = order.call(&mut conn).await.unwrap();
        let kept = db
            .rows(&format!(
                "SELECT l.unit_price FROM shop_order_product l JOIN shop_orders o ON o.seq_no = l.order_seq_no
                 WHERE o.order_number = 'T{round}'"
            ))
            .await;
        let kept: Vec<String> = kept.iter().map(|row| row.str("unit_price")).collect();
        let totals = [
            quoted.first().str("total_payment"),
            ordered.first().str("total_payment"),
        ];
        for (prices, total) in [quoted.set(1).column("unit_price"), kept]
            .iter()
            .zip(totals)
        {
            assert_eq!(
                *prices,
                vec![prices[0].clone(); products.len()],
                "round {round}"
            );
            assert_eq!(
                total,
                if prices[0] == "100.00" {
                    "700.00"
                } else {
                    "1400.00"
                }
            );
            seen.insert(total);
        }
    }
    done.store(true, Ordering::Relaxed);
    let changes = changing.await.unwrap();
    assert_eq!(seen.len(), 2, "both prices were met, in {changes} changes");
    db.assert_audit_clean().await;
}
