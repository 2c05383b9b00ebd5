//! What is written for a DBA to copy is understood by the server as it is written: the example of every routine, and the
//! calls in `sql/README.md`.

use super::files::files;
use crate::support::*;

/// Statements of the header of a routine; those that only show a form (`…`, variables of a routine) are left out.
fn examples() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in files() {
        let mut statement = String::new();
        for line in &file.section("Example").expect("an example")[1..] {
            let line = line.split("-- ").next().unwrap_or(line).trim();
            let begins = ["CALL ", "SELECT ", "UPDATE ", "DELETE ", "INSERT "];
            let is_code = line.contains('(')
                || line.ends_with(';')
                || begins.iter().any(|word| line.starts_with(word));
            if statement.is_empty() && !is_code {
                continue; // words, or the result
            }
            statement = format!("{statement} {line}").trim().to_owned();
            if statement.ends_with(';') {
                found.push((file.path.clone(), std::mem::take(&mut statement)));
            }
        }
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// Calls in the table of `sql/README.md`.
fn calls_of_readme() -> Vec<(String, String)> {
    let path = format!("{}/sql/README.md", env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(path).expect("sql/README.md");
    let start = readme.find("| what | CALL |").expect("the table for DBAs");
    let table = readme[start..].split("\n\n").next().unwrap_or_default();
    let quoted = table.split('`').skip(1).step_by(2);
    let calls: Vec<(String, String)> = quoted
        .filter(|text| text.ends_with(')'))
        .map(|text| ("sql/README.md".to_owned(), format!("CALL {text}")))
        .collect();
    assert!(calls.len() > 15, "{calls:?}");
    calls
}

/// In the database of the demonstration.
pub async fn assert_understood(db: &TestDb) {
    let mut conn = db.conn().await;
    let mut wrong = Vec::new();
    for (place, sql) in examples().into_iter().chain(calls_of_readme()) {
        if sql.contains('…') || sql.contains("v_step") {
            continue;
        }
        // Most of it is about rows that are not here: an error of the rules is an answer.
        if let Err(error) = query(&mut conn, sql.trim_end_matches(';')).await
            && error.sqlstate != "45000"
        {
            wrong.push(format!("{place}: {sql}: {} {}", error.errno, error.message));
        }
        // What is like a transaction of the wallet in an example is one in its pattern.
        if sql.contains("update_adm_order_payment") {
            let tx = "SELECT COUNT(*) FROM shop_pg_adapters WHERE ? REGEXP CONCAT('\\\\A', pattern_pg_tx, '\\\\z')";
            let word = sql.split('\'').find(|word| word.starts_with('W'));
            let fits: Option<i64> = conn.exec_first(tx, (word,)).await.unwrap();
            assert_eq!(fits, Some(1), "{place}: {sql}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
