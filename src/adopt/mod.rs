//! `jumun-adopt`: moves a shop that has its own tables in. Reports, and writes the script; runs it only with --apply.

mod apply;
mod changes;
mod findings;
mod normal;
mod obstacles;
pub mod options;
mod report;
mod rules;
mod script;
mod shape;
mod undo;

use std::{collections::BTreeMap, fs, process::ExitCode, time::Duration};

use anyhow::{Context, bail, ensure};
use mysql_async::{Conn, prelude::Queryable};

use self::{
    normal::Reader,
    rules::Rules,
    shape::{Shape, literal},
};
use crate::{
    adopt::options::AdoptArgs,
    dbtool::{
        admin,
        files::{Kind, SqlFile, read_all},
        say::say,
        scratch,
    },
};

/// Longest name that leaves room for those of the databases beside it.
const LONGEST_NAME: usize = 64 - "_before_jumun".len();

/// Databases: the shop's, the one that keeps its old tables, the one in which the new ones are made.
#[derive(Debug, Clone)]
pub struct Names {
    pub live: String,
    pub before: String,
    pub stage: String,
    /// Views for pages that only read.
    pub pages: String,
}

/// Everything that the report and the script are made of.
pub struct Plan {
    pub names: Names,
    /// Tables of the old shop that jumun has too, wherever they are just now.
    pub old: Shape,
    /// Tables of the old shop that jumun does not know.
    pub others: Shape,
    pub fresh: Shape,
    /// Views of the old shop and what they read.
    pub views: Vec<(String, String)>,
    /// What else there was.
    pub before: undo::Before,
    /// Statements of the schema files.
    pub schema: Vec<String>,
    pub rules: Rules,
    pub offset_minutes: i32,
    /// What rules may ask for, as SQL literals.
    pub settings: Vec<(&'static str, String)>,
    /// How long each table takes.
    pub estimates: BTreeMap<String, Duration>,
}

impl Plan {
    /// How an old table is read; `None` when it has no rules.
    pub fn reader<'a>(&'a self, name: &'a str) -> Option<Reader<'a>> {
        let judged = self.rules.judges.iter().any(|rule| rule.name == name);
        let target = self.fresh.get(name).filter(|_| judged)?;
        Some(Reader {
            name,
            target,
            old: self.old.get(name),
            offset_minutes: self.offset_minutes,
        })
    }

    /// Views over the old tables, each of which is in the database that a function names.
    pub fn old_views(&self, database: impl Fn(&str) -> String) -> Vec<String> {
        let judges = self.rules.judges.iter();
        let readers = judges.filter_map(|rule| self.reader(&rule.name));
        readers
            .map(|reader| {
                let sql = reader.view(&database(reader.name));
                format!("CREATE OR REPLACE VIEW old_{} AS\n{sql}", reader.name)
            })
            .collect()
    }

    /// A rule's text with the settings in it.
    pub fn with_settings(&self, text: &str) -> String {
        self.settings
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            })
    }

    /// How long a table takes, for people.
    pub fn estimate(&self, table: &str) -> String {
        words(self.estimates.get(table).copied().unwrap_or_default())
    }

    /// How long all of them take.
    pub fn whole_estimate(&self) -> String {
        words(self.estimates.values().sum())
    }
}

/// A time for people.
fn words(time: Duration) -> String {
    match time.as_secs() {
        0 => "1 s".to_owned(),
        seconds @ 1..=119 => format!("{} s", seconds + 1),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

/// Reports; writes the script; with --apply runs it and loads everything else.
///
/// # Errors
/// When something cannot be read, a person has to decide first, or a step fails.
pub async fn run(args: &AdoptArgs) -> anyhow::Result<ExitCode> {
    let files = read_all(&args.load.sql.sql_dir)?;
    let (mut conn, live) = admin::connect(&args.load.sql.server).await?;
    ensure!(
        live.len() <= LONGEST_NAME,
        "the name {live} is too long for the databases beside it"
    );
    admin::lock(&mut conn, &live, args.load.wait_seconds).await?;
    let names = Names {
        before: format!("{live}_before_jumun"),
        stage: format!("{live}_adopt"),
        pages: format!("{live}_pages"),
        live,
    };
    match state(&mut conn, &names).await? {
        State::Jumun => {
            say!("{} is jumun's already: nothing to adopt", names.live);
            return Ok(ExitCode::SUCCESS);
        }
        State::Adopted => {
            say!(
                "{} was adopted already; the old tables are in {}",
                names.live,
                names.before
            );
            if !args.apply {
                return Ok(ExitCode::SUCCESS);
            }
        }
        State::Old => {
            let decisions = prepare(&mut conn, args, &files, &names).await?;
            if !args.apply {
                return Ok(if decisions == 0 {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                });
            }
        }
    }
    conn.query_drop(format!("DROP DATABASE IF EXISTS {}", names.stage))
        .await?;
    conn.disconnect().await.ok();
    apply::finish(args).await
}

/// Report, script and, when nothing is left to decide and --apply was given, the moving itself.
async fn prepare(
    conn: &mut Conn,
    args: &AdoptArgs,
    files: &[SqlFile],
    names: &Names,
) -> anyhow::Result<usize> {
    let scratch = scratch::name(&names.live);
    let outcome = planned(conn, args, files, names, &scratch).await;
    let removed = scratch::remove(conn, &scratch).await;
    // Why the work failed matters more than that the cleaning did, which is often the same.
    let (plan, found) = outcome?;
    removed.with_context(|| format!("drop {scratch} by hand"))?;
    report::print(&plan, &found);
    let text = script::text(&plan);
    if let Some(path) = &args.script {
        fs::write(path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        say!("\nscript   {}", path.display());
    }
    let decisions = found
        .iter()
        .filter(|finding| finding.kind == "decide")
        .count();
    if !args.apply {
        let how = match &args.script {
            Some(_) => "--apply runs it",
            None => "--script FILE writes the script, --apply runs it",
        };
        say!("\nNothing was changed. {how}.");
        return Ok(decisions);
    }
    if decisions > 0 {
        bail!("{decisions} findings must be decided first; nothing was changed");
    }
    apply::run(conn, &text).await?;
    Ok(0)
}

async fn planned(
    conn: &mut Conn,
    args: &AdoptArgs,
    files: &[SqlFile],
    names: &Names,
    scratch: &str,
) -> anyhow::Result<(Plan, Vec<findings::Finding>)> {
    let rules = Rules::read(&args.load.sql.sql_dir)?;
    scratch::make(conn, scratch).await?;
    let schema = files
        .iter()
        .filter(|file| matches!(file.kind, Kind::Schema(_)));
    let mut statements = Vec::new();
    for file in schema {
        admin::run_file(conn, file).await?;
        statements.extend(
            file.statements
                .iter()
                .map(|statement| statement.text.clone()),
        );
    }
    let fresh = shape::read(conn, scratch).await?;
    let mut old = shape::read(conn, &names.live).await?;
    let others = old.clone();
    // Once they are all moved aside, what has their names is jumun's.
    let closed = is_done(conn, names, "close").await?;
    old.retain(|name, _| fresh.contains_key(name) && !closed);
    // Of an interrupted move: what was moved aside already.
    for (name, table) in shape::read(conn, &names.before).await? {
        if fresh.contains_key(&name) {
            old.insert(name, table);
        }
    }
    let mut plan = Plan {
        names: names.clone(),
        others: others
            .into_iter()
            .filter(|(name, _)| !fresh.contains_key(name))
            .collect(),
        old,
        fresh,
        views: old_views(conn, names).await?,
        before: undo::read(conn, names, files).await?,
        schema: statements,
        rules,
        offset_minutes: args.utc_offset_minutes.unwrap_or_default(),
        settings: settings(args),
        estimates: BTreeMap::new(),
    };
    let found = findings::find(conn, args, &plan).await?;
    plan.estimates = findings::estimates(conn, &plan, scratch).await?;
    Ok((plan, found))
}

fn settings(args: &AdoptArgs) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| literal(value.as_deref().unwrap_or_default());
    vec![
        ("shop_name", text(&args.shop_name)),
        ("gateway_url", text(&args.gateway_url)),
        ("result_url", text(&args.result_url)),
        ("error_url", text(&args.error_url)),
        (
            "stock_taken",
            literal(args.stock_taken.map_or("", |taken| taken.name())),
        ),
        (
            "utc_offset_minutes",
            args.utc_offset_minutes.unwrap_or_default().to_string(),
        ),
    ]
}

/// The old shop's views; once they are replaced, as they were kept.
async fn old_views(conn: &mut Conn, names: &Names) -> anyhow::Result<Vec<(String, String)>> {
    // After the way back, views of ours are still there; they are no pages' and may call functions of ours.
    let views = "SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS
        WHERE TABLE_SCHEMA = ? AND DEFINER <> 'jumun_definer@localhost' ORDER BY 1";
    Ok(conn.exec(views, (&names.live,)).await?)
}

/// Whether a step of the script has been done.
async fn is_done(conn: &mut Conn, names: &Names, step: &str) -> anyhow::Result<bool> {
    let steps: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'adopt_steps'",
            (&names.before,),
        )
        .await?;
    if steps != Some(1) {
        return Ok(false);
    }
    let sql = format!(
        "SELECT COUNT(*) FROM {}.adopt_steps WHERE step_name = ? AND finished_at IS NOT NULL",
        names.before
    );
    let done: Option<u64> = conn.exec_first(sql, (step,)).await?;
    Ok(done == Some(1))
}

enum State {
    /// A shop that has to be adopted, or is being so.
    Old,
    Adopted,
    /// Never was anything else.
    Jumun,
}

async fn state(conn: &mut Conn, names: &Names) -> anyhow::Result<State> {
    let there = |database: &str, table: &str| {
        format!(
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{database}' AND TABLE_NAME = '{table}'"
        )
    };
    let live: Option<u64> = conn
        .exec_first(
            "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
            (&names.live,),
        )
        .await?;
    ensure!(live == Some(1), "there is no database {}", names.live);
    if is_done(conn, names, "pages").await? {
        return Ok(State::Adopted);
    }
    let begun: Option<u64> = conn
        .query_first(there(&names.before, "adopt_steps"))
        .await?;
    if begun == Some(1) {
        return Ok(State::Old);
    }
    let jumun: Option<u64> = conn
        .query_first(there(&names.live, "shop_schema_version"))
        .await?;
    Ok(if jumun == Some(1) {
        State::Jumun
    } else {
        State::Old
    })
}
