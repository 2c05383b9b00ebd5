//! What an old shop is like: its tables against jumun's, its values against the rules. Reads only; the views it needs
//! are in a database of their own.

use std::{collections::BTreeMap, time::Duration, time::Instant};

use anyhow::Context;
use mysql_async::{Conn, Row, Value, prelude::Queryable};

use super::{
    Plan, obstacles,
    shape::{literal, quoted},
};
use crate::adopt::options::AdoptArgs;

/// How many cases are shown.
const EXAMPLES: usize = 3;
/// Rows that are copied to see how long it takes.
const SAMPLE: u64 = 20_000;
/// A row is judged, written with its indexes and checked: so many plain copies, as measured with a hundred thousand
/// orders of three lines.
const COPIES: u32 = 50;

/// Something that a person should know.
#[derive(Debug)]
pub struct Finding {
    /// `decide`, `reject`, `repair` or `look`; see `findings.sql`.
    pub kind: String,
    /// The table it is about, or empty.
    pub table: String,
    pub what: String,
    pub count: u64,
    pub examples: Vec<String>,
    pub done: String,
}

/// Everything there is to say.
///
/// # Errors
/// When the server refuses.
pub async fn find(conn: &mut Conn, args: &AdoptArgs, plan: &Plan) -> anyhow::Result<Vec<Finding>> {
    // As the script reads: also dates that are none.
    conn.query_drop(
        "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    )
    .await?;
    let mut found = obstacles::settings_missing(args, plan);
    found.extend(obstacles::structure(conn, plan).await?);
    found.extend(obstacles::impossible_tables(conn, plan).await);
    if found
        .iter()
        .any(|finding| finding.kind == "decide" && !finding.table.is_empty())
    {
        // What has no columns cannot be judged.
        return Ok(found);
    }
    for (name, table) in &plan.old {
        let database = source(conn, plan, name).await?;
        found.extend(single_values(conn, plan, name, database, table.rows).await?);
    }
    judge(conn, plan).await?;
    for rule in plan
        .rules
        .judges
        .iter()
        .filter(|rule| plan.old.contains_key(&rule.name))
    {
        let sql = format!(
            "SELECT SUBSTRING_INDEX(fault, ' row ', 1) AS what, COUNT(*) AS cases FROM {} WHERE fault IS NOT NULL
             GROUP BY SUBSTRING_INDEX(fault, ' row ', 1) ORDER BY 1",
            rule.target()
        );
        let rows: Vec<(String, u64)> = conn
            .query(sql)
            .await
            .with_context(|| format!("rule {}", rule.name))?;
        for (what, count) in rows {
            let raw = plan
                .reader(&rule.name)
                .map(|reader| reader.raw_names())
                .unwrap_or_default();
            let shown: Vec<String> = raw
                .iter()
                .map(|(_, raw)| {
                    format!("COALESCE(LEFT(CAST({} AS CHAR), 20), 'NULL')", quoted(raw))
                })
                .take(6)
                .collect();
            let examples: Vec<String> = conn
                .query(format!(
                    "SELECT CONCAT_WS(', ', {}) FROM {} WHERE SUBSTRING_INDEX(fault, ' row ', 1) = {} LIMIT {EXAMPLES}",
                    shown.join(", "),
                    rule.target(),
                    literal(&what)
                ))
                .await?;
            found.push(Finding {
                kind: "reject".to_owned(),
                table: rule.name.clone(),
                what,
                count,
                examples,
                done: format!("goes to {}.{}_rejected", plan.names.before, rule.name),
            });
        }
    }
    for query in &plan.rules.queries {
        let sql = plan.with_settings(&query.sql);
        let count: Option<u64> = conn
            .query_first(format!("SELECT COUNT(*) FROM ({sql}) found"))
            .await
            .with_context(|| format!("finding {}", query.what))?;
        let count = count.unwrap_or_default();
        if count > 0 {
            let rows: Vec<Row> = conn
                .query(format!("SELECT * FROM ({sql}) found LIMIT {EXAMPLES}"))
                .await?;
            found.push(Finding {
                kind: query.kind.clone(),
                table: query.table.clone(),
                what: query.what.clone(),
                count,
                examples: rows.iter().map(example).collect(),
                done: query.done.clone(),
            });
        }
    }
    Ok(found)
}

/// The old rows as they will be read, over the tables where they are now, and what the rules say of each.
async fn judge(conn: &mut Conn, plan: &Plan) -> anyhow::Result<()> {
    let moved = moved(conn, plan).await?;
    let views = plan.old_views(|table| {
        let is_moved = moved.iter().any(|moved| moved == table);
        let names = &plan.names;
        if is_moved { &names.before } else { &names.live }.clone()
    });
    for sql in views {
        conn.query_drop(&sql)
            .await
            .with_context(|| sql.lines().next().unwrap_or_default().to_owned())?;
    }
    for rule in &plan.rules.judges {
        conn.query_drop(rule.table())
            .await
            .with_context(|| format!("rule {}", rule.name))?;
    }
    Ok(())
}

async fn moved(conn: &mut Conn, plan: &Plan) -> anyhow::Result<Vec<String>> {
    Ok(conn
        .exec(
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?",
            (&plan.names.before,),
        )
        .await?)
}

async fn source(conn: &mut Conn, plan: &Plan, table: &str) -> anyhow::Result<String> {
    let moved = moved(conn, plan).await?;
    Ok(if moved.iter().any(|moved| moved == table) {
        plan.names.before.clone()
    } else {
        plan.names.live.clone()
    })
}

/// Values of single columns that will not be taken over as they are. One pass over the table.
async fn single_values(
    conn: &mut Conn,
    plan: &Plan,
    name: &str,
    database: String,
    rows: u64,
) -> anyhow::Result<Vec<Finding>> {
    let Some(reader) = plan.reader(name) else {
        return Ok(Vec::new());
    };
    let checks = reader.checks();
    if checks.is_empty() || rows == 0 {
        return Ok(Vec::new());
    }
    let sums: Vec<String> = checks
        .iter()
        .map(|check| format!("SUM(CASE WHEN {} THEN 1 ELSE 0 END)", check.condition))
        .collect();
    let from = format!("{database}.{} t", quoted(name));
    let counts: Option<Row> = conn
        .query_first(format!("SELECT {} FROM {from}", sums.join(",\n")))
        .await
        .with_context(|| format!("values of {name}"))?;
    let first = plan
        .old
        .get(name)
        .and_then(|table| table.columns.first())
        .map(|column| quoted(&column.name));
    let mut found = Vec::new();
    for (index, check) in checks.iter().enumerate() {
        let count = counts
            .as_ref()
            .and_then(|row| row.get::<Option<u64>, _>(index))
            .flatten()
            .unwrap_or_default();
        if count == 0 {
            continue;
        }
        let rows: Vec<Row> = conn
            .query(format!(
                "SELECT CAST(t.{} AS CHAR), CAST({} AS CHAR) FROM {from} WHERE {} LIMIT {EXAMPLES}",
                first.as_deref().unwrap_or("1"),
                check.column,
                check.condition
            ))
            .await?;
        found.push(Finding {
            kind: "repair".to_owned(),
            table: name.to_owned(),
            what: check.what.clone(),
            count,
            examples: rows.iter().map(example).collect(),
            done: check.done.clone(),
        });
    }
    Ok(found)
}

fn example(row: &Row) -> String {
    let value = |index: usize| match row.as_ref(index) {
        Some(Value::Bytes(bytes)) => {
            format!(
                "\"{}\"",
                String::from_utf8_lossy(bytes)
                    .chars()
                    .take(40)
                    .collect::<String>()
            )
        }
        Some(Value::NULL) | None => "NULL".to_owned(),
        Some(other) => other.as_sql(true),
    };
    format!("{} {}", value(0).trim_matches('"'), value(1))
}

/// How long each table will take: a part of it is copied on this server, into the scratch database.
///
/// # Errors
/// What the server said.
pub async fn estimates(
    conn: &mut Conn,
    plan: &Plan,
    scratch: &str,
) -> anyhow::Result<BTreeMap<String, Duration>> {
    let mut estimates = BTreeMap::new();
    for (name, table) in &plan.old {
        let sample = table.rows.min(SAMPLE);
        if sample == 0 {
            continue;
        }
        let database = source(conn, plan, name).await?;
        conn.query_drop(format!(
            "CREATE TABLE {scratch}.adopt_sample (adopt_no BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY)
             ENGINE=InnoDB AS SELECT t.* FROM {database}.{name} t LIMIT 0"
        ))
        .await?;
        // Only this is as long as the table: making an empty one would count once for every sample in it.
        let start = Instant::now();
        conn.query_drop(format!(
            "INSERT INTO {scratch}.adopt_sample SELECT NULL, t.* FROM {database}.{name} t LIMIT {sample}"
        ))
        .await?;
        let time = start.elapsed();
        conn.query_drop(format!("DROP TABLE {scratch}.adopt_sample"))
            .await?;
        let parts = table.rows as f64 / sample as f64;
        estimates.insert(name.clone(), time.mul_f64(parts) * COPIES);
    }
    Ok(estimates)
}
