//! What stands in the way of a move and a person must decide first.

use mysql_async::{Conn, prelude::Queryable};

use super::{Plan, changes::changes, findings::Finding, rules::Rule};
use crate::adopt::options::AdoptArgs;

fn decide(table: &str, what: String, done: &str) -> Finding {
    Finding {
        kind: "decide".to_owned(),
        table: table.to_owned(),
        what,
        count: 1,
        examples: Vec::new(),
        done: done.to_owned(),
    }
}

/// What only the owner knows.
pub fn settings_missing(args: &AdoptArgs, plan: &Plan) -> Vec<Finding> {
    let mut missing = Vec::new();
    for (option, given, why) in [
        (
            "--shop-name",
            args.shop_name.is_some(),
            "buyers and payment gateways see it",
        ),
        (
            "--gateway-url",
            args.gateway_url.is_some(),
            "payment gateways return and notify there",
        ),
        (
            "--result-url",
            args.result_url.is_some(),
            "the page for buyers who have paid",
        ),
        (
            "--error-url",
            args.error_url.is_some(),
            "the page for every other outcome",
        ),
    ] {
        if !given {
            missing.push(decide("", format!("{option} is not given"), why));
        }
    }
    let local = plan.old.keys().any(|name| {
        plan.reader(name)
            .is_some_and(|reader| reader.has_local_times())
    });
    if local && args.utc_offset_minutes.is_none() {
        missing.push(decide(
            "",
            "--utc-offset-minutes is not given".to_owned(),
            "how far the old shop's times are ahead of UTC: Seoul 540, or 0 when they are UTC",
        ));
    }
    missing
}

/// What stands in the way of any move.
pub async fn structure(conn: &mut Conn, plan: &Plan) -> anyhow::Result<Vec<Finding>> {
    let live = &plan.names.live;
    let mut found = Vec::new();
    for (name, table) in &plan.old {
        if plan.reader(name).is_none() {
            found.push(decide(
                name,
                "jumun has a table of this name, for something else".to_owned(),
                "rename it first",
            ));
        }
        if table.column("shop_id").is_some() {
            found.push(decide(
                name,
                "it has a column shop_id already".to_owned(),
                "rename that column first",
            ));
        }
        let judges = plan.rules.judges.iter().filter(|rule| rule.name == *name);
        for column in judges
            .flat_map(Rule::needs)
            .filter(|column| table.column(column).is_none())
        {
            found.push(decide(
                name,
                format!("there is no column {column}"),
                "add it first",
            ));
        }
    }
    for (name, table) in plan.others.iter().filter(|(_, table)| !table.has_key) {
        found.push(decide(
            name,
            format!("a table of {} rows without a primary key", table.rows),
            "give it one, or move it to another database: a replicated server could not keep it",
        ));
    }
    let triggers: Vec<(String, String)> = conn
        .exec(
            "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?",
            (live,),
        )
        .await?;
    for (trigger, table) in triggers
        .iter()
        .filter(|(_, table)| plan.old.contains_key(table))
    {
        found.push(decide(
            table,
            format!("trigger {trigger}"),
            "drop it first: would jumun's own rules need it?",
        ));
    }
    let keys: Vec<(String, String, String)> = conn
        .exec(
            "SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS
             WHERE CONSTRAINT_SCHEMA = ?",
            (live,),
        )
        .await?;
    for (table, key, parent) in &keys {
        if plan.old.contains_key(parent) && !plan.old.contains_key(table) {
            found.push(decide(
                table,
                format!("foreign key {key} points at {parent}"),
                "drop it first: it would follow the old table",
            ));
        }
    }
    let views: Vec<String> = conn
        .exec(
            "SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?",
            (live,),
        )
        .await?;
    for view in views.iter().filter(|view| plan.fresh.contains_key(*view)) {
        found.push(decide(
            view,
            "jumun has a table of this name".to_owned(),
            "drop or rename the view first",
        ));
    }
    Ok(found)
}

/// Tables that cannot have the old columns beside jumun's: tried on the empty ones of the scratch database.
pub async fn impossible_tables(conn: &mut Conn, plan: &Plan) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, table) in &plan.old {
        let Some(fresh) = plan.fresh.get(name) else {
            continue;
        };
        let changes = changes(plan.reader(name), table, fresh);
        if changes.is_empty() {
            continue;
        }
        let alter = format!("ALTER TABLE {name} {}", changes.join(", "));
        if let Err(error) = conn.query_drop(alter).await {
            let what = format!("its columns do not fit beside jumun's: {error}");
            found.push(decide(
                name,
                what,
                "move some of them to a table of their own",
            ));
        }
    }
    found
}
