//! Runs the script as the mysql client would, and then what is not part of it: everything else that is loaded, and the
//! checks.

use std::{process::ExitCode, time::Instant};

use anyhow::{Context, anyhow};
use mysql_async::{Conn, Row, prelude::Queryable};

use crate::{
    adopt::options::AdoptArgs,
    config::CheckArgs,
    dbtool::{admin, check, load, say::say, split::split},
};

/// Runs every statement of the script.
///
/// # Errors
/// The first statement that fails; the next run goes on there.
pub async fn run(conn: &mut Conn, text: &str) -> anyhow::Result<()> {
    let statements = split(text).map_err(|line| anyhow!("line {line} of the script has no end"))?;
    let steps: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("-- step "))
        .collect();
    for statement in &statements {
        let step = statement.text.strip_prefix("CALL step_");
        let title = step.and_then(|call| {
            let name = call.strip_suffix("()")?;
            steps
                .iter()
                .position(|title| title.split(':').next() == Some(name))
        });
        if let Some(index) = title {
            say!("step {}/{}  {}", index + 1, steps.len(), steps[index]);
        }
        let start = Instant::now();
        conn.query_drop(statement.text.as_str())
            .await
            .with_context(|| {
                let first = statement.text.lines().next().unwrap_or_default();
                format!("{first}: nothing is lost, run it again when that is mended")
            })?;
        if title.is_some() {
            say!("           done in {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// Catalogue, procedures, accounts and grants, as `db load`; then `db check` and the audit.
///
/// # Errors
/// When the loading fails or nothing can be compared.
pub async fn finish(args: &AdoptArgs) -> anyhow::Result<ExitCode> {
    load::run(&args.load).await?;
    let differences = check::print(&CheckArgs {
        sql: args.load.sql.clone(),
        procedures_only: false,
    })
    .await?;
    let (mut conn, live) = admin::connect(&args.load.sql.server).await?;
    conn.query_drop(format!("USE {live}")).await?;
    let mut answer = conn.query_iter("CALL shop_audit()").await?;
    answer.collect::<Row>().await?;
    let violations: Vec<Row> = answer.collect().await?;
    answer.drop_result().await?;
    conn.disconnect().await.ok();
    for row in &violations {
        let text = |index| {
            row.get::<Option<String>, usize>(index)
                .flatten()
                .unwrap_or_default()
        };
        say!("audit    {} {}: {}", text(0), text(2), text(3));
    }
    if violations.is_empty() {
        say!("shop_audit found nothing");
    }
    // Views and routines of the old shop that have other names than jumun's stay, and are told.
    if violations.is_empty() && differences.iter().all(|line| line.starts_with("extra ")) {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
