//! Numbers of rows (orders, cart rows, prices, …) from a range of the database's own, so that a shop can be moved to another
//! database one day without any of them being taken there.

use anyhow::ensure;
use mysql_async::{Conn, prelude::Queryable};

use crate::dbtool::say::say;

/// The largest first number. Whoever reads JSON numbers as JavaScript does loses none up to nine times a thousand billion.
pub const LARGEST: u64 = 8_000_000_000_000_000;

/// Tables that number their rows, with the next number.
async fn counters(conn: &mut Conn, database: &str) -> mysql_async::Result<Vec<(String, u64)>> {
    // MySQL keeps a copy of these figures for a day, unless it is told not to.
    conn.query_drop("SET /*!80000 SESSION information_schema_stats_expiry = 0, */ SESSION lock_wait_timeout = 20")
        .await?;
    let counters = conn
        .exec(
            "SELECT t.TABLE_NAME, CAST(COALESCE(t.AUTO_INCREMENT, 1) AS UNSIGNED)
             FROM information_schema.TABLES t
             JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = ? AND c.TABLE_NAME = t.TABLE_NAME
             WHERE t.TABLE_SCHEMA = ? AND t.TABLE_TYPE = 'BASE TABLE' AND c.EXTRA LIKE '%auto_increment%'
             ORDER BY t.TABLE_NAME",
            (database, database),
        )
        .await;
    conn.query_drop("SET SESSION lock_wait_timeout = DEFAULT")
        .await?;
    counters
}

/// Lets every table go on from this number, where it is not there yet. A number that was given is never given again: no
/// counter goes back.
///
/// # Errors
/// When the number is too large, or what the server said.
pub async fn begin_at(conn: &mut Conn, database: &str, first: u64) -> anyhow::Result<()> {
    ensure!(
        first <= LARGEST,
        "numbers from {first} are too large: at most {LARGEST}"
    );
    let mut moved = Vec::new();
    for (table, next) in counters(conn, database).await? {
        if next < first {
            conn.query_drop(format!(
                "ALTER TABLE `{table}` AUTO_INCREMENT = {first}, ALGORITHM = INPLACE"
            ))
            .await?;
            moved.push(table);
        }
    }
    if !moved.is_empty() {
        say!("numbers  from {first}: {}", moved.join(", "));
    }
    Ok(())
}

/// The next number of each table, in one line.
///
/// # Errors
/// What the server said.
pub async fn line(conn: &mut Conn, database: &str) -> anyhow::Result<String> {
    let counters = counters(conn, database).await?;
    let words: Vec<String> = counters
        .iter()
        .map(|(table, next)| format!("{table} {next}"))
        .collect();
    Ok(format!("numbers  next: {}", words.join(", ")))
}
