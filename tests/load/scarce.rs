//! Stock that runs out: was more sold than there was, and was anybody told "sold out" while there were units left?

use serde::Serialize;

use crate::carts::Content;
use crate::catalogue::PLENTY;
use crate::run::Stage;
use crate::storm::storm;
use crate::support::TestDb;
use crate::ways::{Caller, Outcome};

const CALLERS: usize = 64;

/// What happened to one hot product.
#[derive(Clone, Debug, Serialize)]
pub struct Scarce {
    pub way: String,
    /// Units that there were, and that were asked for.
    pub units: i64,
    pub wanted: i64,
    pub sold: i64,
    pub left: i64,
    pub refused_orders: usize,
    /// Units sold beyond those that there were.
    pub oversold: i64,
    /// Units neither sold nor left (below zero), or both (above).
    pub unaccounted: i64,
    /// Orders that were refused although what they wanted is still there at the end, when nothing ever came back.
    pub refused_with_units_left: usize,
    pub deadlocks: usize,
}

/// Orders for as many units as there are (nobody may be refused), then for more than that (it has to run out).
pub async fn run(
    stage: &Stage<'_>,
    caller: &Caller,
    way: &str,
    product: usize,
    orders: usize,
) -> Vec<Scarce> {
    let Stage {
        db,
        catalogue,
        carts,
        pid,
        progress,
    } = stage;
    let id = &catalogue.products[product].id;
    let quantities: Vec<i64> = (0..orders).map(|at| 1 + (at % 3) as i64).collect();
    let wanted: i64 = quantities.iter().sum();
    let mut results = Vec::new();
    for units in [wanted, wanted * 6 / 10] {
        progress.say(format!("{way}: {units} units for orders of {wanted}"));
        set_stock(db, id, units).await;
        let made = carts.make_wanting(Content::Hot(product), &quantities).await;
        let sold_before = reserved(db, id).await;
        let answers = storm(caller, CALLERS, made, *pid, progress).await;
        // Other shops sell a product of that number too.
        let left = format!(
            "SELECT CAST(SUM(free) AS SIGNED) FROM shop_stock WHERE shop_id = 1 AND product_id = '{id}'"
        );
        let left = db.int(&left).await;
        let sold = reserved(db, id).await - sold_before;
        let refused = |&&(_, outcome): &&(usize, Outcome)| outcome == Outcome::SoldOut;
        let sold_by_answers: i64 = answers
            .outcomes
            .iter()
            .filter(|(_, outcome)| *outcome == Outcome::Done)
            .map(|(at, _)| quantities[*at])
            .sum();
        assert_eq!(sold, sold_by_answers, "units of acknowledged orders");
        results.push(Scarce {
            way: way.to_owned(),
            units,
            wanted,
            sold,
            left,
            refused_orders: answers.count(Outcome::SoldOut),
            oversold: (sold - units).max(0),
            unaccounted: sold + left - units,
            refused_with_units_left: answers
                .outcomes
                .iter()
                .filter(refused)
                .filter(|(at, _)| units == wanted || quantities[*at] <= left)
                .count(),
            deadlocks: answers.count(Outcome::Deadlock),
        });
    }
    set_stock(db, id, PLENTY).await;
    results
}

pub async fn set_stock(db: &TestDb, id: &str, units: i64) {
    db.exec(&format!(
        "CALL shop_stock_set(1, '{id}', NULL, 'free', '{units}', 'bench')"
    ))
    .await;
}

/// Units in live reservations.
async fn reserved(db: &TestDb, id: &str) -> i64 {
    db.int(&format!(
        "SELECT COALESCE(CAST(SUM(quantity) AS SIGNED), 0) FROM shop_stock_reservations
         WHERE shop_id = 1 AND product_id = '{id}' AND state IN ('held', 'sold')"
    ))
    .await
}
