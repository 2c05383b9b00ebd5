//! The report, for people: table by table what is there, what jumun needs, and what will be done.

use super::{
    Plan,
    findings::Finding,
    normal::is_generated,
    shape::{Column, Table},
};
use crate::dbtool::say::say;

/// Prints it.
pub fn print(plan: &Plan, found: &[Finding]) {
    for finding in found.iter().filter(|finding| finding.table.is_empty()) {
        tell(finding);
    }
    for (name, table) in &plan.old {
        say!(
            "\n{name}: {} rows, about {}",
            table.rows,
            plan.estimate(name)
        );
        structure(plan, name, table);
        for finding in found.iter().filter(|finding| finding.table == *name) {
            tell(finding);
        }
    }
    let missing: Vec<&str> = plan
        .rules
        .judges
        .iter()
        .map(|rule| rule.name.as_str())
        .filter(|name| plan.fresh.contains_key(*name) && !plan.old.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        say!(
            "\nmissing in the old shop, made empty: {}",
            missing.join(", ")
        );
    }
    for (name, table) in &plan.others {
        let engine = match table.engine.as_str() {
            "InnoDB" => String::new(),
            engine => format!("; {engine}, becomes InnoDB"),
        };
        say!("\n{name}: {} rows, not jumun's, stays{engine}", table.rows);
        for finding in found.iter().filter(|finding| finding.table == *name) {
            tell(finding);
        }
    }
    let count = |kind: &str| found.iter().filter(|finding| finding.kind == kind).count();
    say!(
        "\n{} to decide first, {} rejected, {} repaired, {} to look at; altogether about {}",
        count("decide"),
        count("reject"),
        count("repair"),
        count("look"),
        plan.whole_estimate()
    );
}

fn tell(finding: &Finding) {
    let Finding {
        kind,
        what,
        count,
        examples,
        done,
        ..
    } = finding;
    let examples = match examples.as_slice() {
        [] => String::new(),
        examples => format!(" (such as {})", examples.join("; ")),
    };
    let count = if kind == "decide" && examples.is_empty() {
        String::new()
    } else {
        format!("{count} × ")
    };
    say!("  {kind:<8} {count}{what}{examples}: {done}");
}

/// What differs in the table itself.
fn structure(plan: &Plan, name: &str, table: &Table) {
    let Some(reader) = plan.reader(name) else {
        return;
    };
    if table.engine != "InnoDB" {
        say!("  engine   {}, becomes InnoDB", table.engine);
    }
    if !table.collation.starts_with("utf8mb4") {
        say!("  letters  {}, become utf8mb4_bin", table.collation);
    }
    if !table.has_key {
        say!("  key      none, becomes {}", columns_of_key(reader.target));
    }
    if name == "shop_cart"
        && !table
            .indexes
            .iter()
            .any(|index| index.unique && index.name != "PRIMARY")
    {
        say!(
            "  key      none on buyer, product and option: jumun's routines lock the cart instead"
        );
    }
    if reader.has_local_times() {
        say!(
            "  times    local, become UTC: {} minutes earlier",
            reader.offset_minutes
        );
    }
    for wanted in &reader.target.columns {
        if is_generated(wanted) || wanted.default.is_some() && table.column(&wanted.name).is_none()
        {
            continue;
        }
        match table.column(&wanted.name) {
            None if wanted.nullable => {}
            None => say!("  missing  {}: {}", wanted.name, wanted.comment),
            Some(column) if kind(column) != kind(wanted) => {
                say!(
                    "  type     {} is {}, becomes {}",
                    column.name,
                    column.column_type,
                    wanted.column_type
                );
            }
            Some(_) => {}
        }
    }
    let extra: Vec<&str> = reader
        .extra()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    if !extra.is_empty() {
        say!(
            "  kept     {}: not jumun's, times in them stay as they are",
            extra.join(", ")
        );
    }
}

/// Types that a person would call the same.
fn kind(column: &Column) -> String {
    match column.data_type.as_str() {
        "char" | "varchar" => "text".to_owned(),
        data_type => data_type.to_owned(),
    }
}

fn columns_of_key(table: &Table) -> String {
    let key = table.indexes.iter().find(|index| index.name == "PRIMARY");
    let parts = key.map_or(&[][..], |key| &key.parts);
    parts
        .iter()
        .map(|(name, _)| name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
