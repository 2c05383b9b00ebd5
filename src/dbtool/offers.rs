//! What is on sale is kept by triggers; what they did not see is filled in and repaired here, some hundred products a
//! transaction. Only what is missing or different is written: interrupted, it goes on where it was.

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use mysql_async::{Conn, Error, prelude::Queryable};

use crate::{
    database::engine_errors::{self, Retry},
    dbtool::say::say,
};

/// The routine that the files need to have for it; the triggers come before it, and what reads offers after it.
pub const REPAIR: &str = "shop_offers_repair";
/// Products a transaction.
const BATCH: u32 = 300;
const ATTEMPTS: u32 = 20;

/// Repairs the offers and the delivery rules in force of every shop.
///
/// # Errors
/// What the server said; what was done is kept.
pub async fn repair(conn: &mut Conn) -> anyhow::Result<()> {
    all(conn)
        .await
        .with_context(|| format!("the offers are not complete; CALL {REPAIR}(NULL) goes on"))
}

/// Order lines that older procedures let stand for their cart rows though the order had ended, or the other way round.
///
/// # Errors
/// What the server said; what was done is kept.
pub async fn take_over_lines(conn: &mut Conn) -> anyhow::Result<()> {
    conn.query_drop("CALL _take_over_lines(@jumun_orders)")
        .await
        .context("CALL _take_over_lines(@orders) once more by hand")?;
    let orders: Option<Option<u64>> = conn
        .query_first("SELECT CAST(@jumun_orders AS UNSIGNED)")
        .await?;
    if let Some(orders) = orders.flatten().filter(|orders| *orders > 0) {
        say!("took over the lines of {orders} orders of older procedures");
    }
    Ok(())
}

async fn all(conn: &mut Conn) -> anyhow::Result<()> {
    let total: Option<u64> = conn
        .query_first("SELECT COUNT(*) FROM shop_products")
        .await?;
    let shops: Vec<u32> = conn
        .query("SELECT shop_id FROM shops ORDER BY shop_id")
        .await?;
    let mut bar = Bar::new(total.unwrap_or_default());
    let (mut checked, mut repaired) = (0, 0);
    for shop in shops {
        let call = format!("CALL _repair_delivery({shop}, @jumun_repaired)");
        repaired += patiently(conn, &call).await?.2;
        conn.query_drop("SET @jumun_next = ''").await?;
        loop {
            let call = format!(
                "CALL _repair_offers({shop}, @jumun_next, {BATCH}, @jumun_next, @jumun_checked, @jumun_repaired)"
            );
            let (goes_on, some_checked, some_repaired) = patiently(conn, &call).await?;
            checked += some_checked;
            repaired += some_repaired;
            bar.at(checked, repaired);
            if !goes_on {
                break;
            }
        }
    }
    bar.end();
    if repaired > 0 {
        say!("repaired {repaired} offers and delivery policies; {checked} products");
    }
    Ok(())
}

/// Whether an error says that another transaction was in the way.
fn in_the_way(errno: u16) -> bool {
    matches!(
        engine_errors::retry(errno),
        Some(Retry::AtOnce | Retry::AfterPause)
    )
}

/// Whether there are more products, how many were looked at, how many rows were wrong.
async fn patiently(conn: &mut Conn, call: &str) -> mysql_async::Result<(bool, u64, u64)> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match conn.query_drop(call).await {
            Err(Error::Server(error)) if in_the_way(error.code) && attempts < ATTEMPTS => {}
            Err(error) => return Err(error),
            Ok(()) => break,
        }
    }
    let found: Option<(i64, Option<u64>, Option<u64>)> = conn
        .query_first(
            "SELECT @jumun_next IS NOT NULL, CAST(@jumun_checked AS UNSIGNED), CAST(@jumun_repaired AS UNSIGNED)",
        )
        .await?;
    let (goes_on, checked, repaired) = found.unwrap_or_default();
    Ok((
        goes_on == 1,
        checked.unwrap_or_default(),
        repaired.unwrap_or_default(),
    ))
}

/// A bar on a terminal; elsewhere a line for every tenth, when anything has to be repaired.
struct Bar {
    total: u64,
    tenths: u64,
    terminal: bool,
}

impl Bar {
    fn new(total: u64) -> Self {
        Self {
            total,
            tenths: 0,
            terminal: io::stdout().is_terminal(),
        }
    }

    fn at(&mut self, checked: u64, repaired: u64) {
        let line = line(checked, self.total, repaired);
        if self.terminal {
            write!(io::stdout(), "\r{line}").ok();
            io::stdout().flush().ok();
        } else if repaired > 0 && self.total > 0 && checked * 10 / self.total > self.tenths {
            self.tenths = checked * 10 / self.total;
            say!("{line}");
        }
    }

    fn end(&self) {
        if self.terminal {
            say!("");
        }
    }
}

/// As `offers   [#########                     ]  30 %, 300 of 1000 products, 12 repaired`.
fn line(checked: u64, total: u64, repaired: u64) -> String {
    const WIDTH: u64 = 30;
    let total = total.max(checked).max(1);
    let full = usize::try_from(checked * WIDTH / total).unwrap_or_default();
    let percent = checked * 100 / total;
    format!(
        "offers   [{:<30}] {percent:>3} %, {checked} of {total} products, {repaired} repaired",
        "#".repeat(full)
    )
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_bar_is_as_long_as_what_is_done() {
        let half = line(50, 100, 7);
        assert!(half.contains(&format!("[{}{}]", "#".repeat(15), " ".repeat(15))));
        assert!(half.ends_with(" 50 %, 50 of 100 products, 7 repaired"));
        // Products may be added meanwhile; none is no division by zero.
        assert!(line(101, 100, 0).contains("100 %, 101 of 101"));
        assert!(line(0, 0, 0).contains("  0 %"));
    }
}
