//! The documents say what is true: their generated tables are those of the code, they know every option, every routine
//! and its tests, and what they point at is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{Gateway, Method, TestDb};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).expect(document)
}

/// Where the text between `<!-- name: …-->` and `<!-- /name -->` begins and ends.
fn section(text: &str, name: &str) -> std::ops::Range<usize> {
    let open = text
        .find(&format!("<!-- {name}:"))
        .expect("the section's first marker");
    let start = open + text[open..].find("-->\n").expect("the end of the marker") + 4;
    let end = text[start..]
        .find(&format!("<!-- /{name} -->"))
        .expect("the section's last marker");
    start..start + end
}

/// Compares a section of a document; UPDATE_GOLDEN=1 rewrites it.
fn assert_section(document: &str, name: &str, expected: &str) {
    let text = read(document);
    let part = section(&text, name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let updated = format!("{}{expected}{}", &text[..part.start], &text[part.end..]);
        std::fs::write(root().join(document), updated).expect(document);
    } else {
        assert!(
            text[part] == *expected,
            "section {name} of {document} is not what it should be; run with UPDATE_GOLDEN=1:\n{expected}"
        );
    }
}

#[tokio::test]
async fn the_tables_of_routes_and_errors_are_those_of_the_code() {
    let db = TestDb::with_fixture().await;

    let mut errors = String::from(
        "| errno | code | HTTP | again? | meaning | what to do |\n|---|---|---|---|---|---|\n",
    );
    let rows = db
        .rows(
            "SELECT errno, code, http_status, retryable, title_en, remedy FROM shop_error_codes
             ORDER BY errno NOT BETWEEN 2101 AND 2199, errno",
        )
        .await;
    for row in rows {
        errors.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            row.int("errno"),
            row.str("code"),
            row.int("http_status"),
            if row.int("retryable") == 1 { "yes" } else { "" },
            row.str("title_en"),
            row.str("remedy"),
        ));
    }
    assert_section("sql/README.md", "errors", &errors);

    let gateway = Gateway::start(&db).await;
    let answer = gateway
        .operator(Method::GET, "/procedures")
        .send()
        .await
        .expect("an answer");
    let table: Json = answer.json().await.expect("JSON");
    let mut routes =
        String::from("| route | who | procedure | its parameters come from |\n|---|---|---|---|\n");
    for route in table["routes"].as_array().expect("routes") {
        let text = |name: &str| route[name].as_str().unwrap_or_default().to_owned();
        let from: Vec<String> = route["parameters"]
            .as_array()
            .expect("parameters")
            .iter()
            .map(|parameter| {
                parameter["from"]
                    .as_str()
                    .unwrap_or_default()
                    .replace("field ", "")
            })
            .collect();
        routes.push_str(&format!(
            "| `{} {}` | {} | `{}` | {} |\n",
            text("method"),
            text("path"),
            text("who"),
            text("procedure"),
            from.join(", "),
        ));
    }
    assert_section("src/README.md", "routes", &routes);
}

/// Rows that are joined to one line for each group.
async fn lines(db: &TestDb, sql: &str) -> String {
    let rows = db.rows(sql).await;
    rows.iter().map(|row| row.str("line") + "\n").collect()
}

#[tokio::test]
async fn the_states_of_an_order_and_the_verdicts_on_a_message_are_those_of_the_rows() {
    let db = TestDb::new().await;
    let name = "REPLACE(CONCAT(s.order_status, ' ', s.name), ' ', '_')";
    let mut states = String::from("```mermaid\nstateDiagram-v2\n");
    states += &lines(
        &db,
        &format!(
            "SELECT DISTINCT m.from_status, m.action, m.to_status, CONCAT('    ',
                 CASE m.from_status WHEN 0 THEN '[*]' ELSE {} END, ' --> ', {name}, ' : ', m.action) AS line
             FROM shop_order_transitions m
             JOIN shop_order_statuses s ON s.order_status = m.to_status
             LEFT JOIN shop_order_statuses f ON f.order_status = m.from_status
             ORDER BY m.from_status, m.to_status, m.action",
            name.replace("s.", "f.")
        ),
    )
    .await;
    states += "```\n\n| status | name | phase | a right payment is | its buyer can | after `expires_at` |\n|---|---|---|---|---|---|\n";
    states += &lines(
        &db,
        "SELECT CONCAT('| ', CONCAT_WS(' | ', order_status, name, phase, on_payment, next_step,
                    CASE late_step WHEN next_step THEN 'the same' ELSE late_step END), ' |') AS line
         FROM shop_order_statuses ORDER BY order_status",
    )
    .await;
    states += "\n| action | by | from | to |\n|---|---|---|---|\n";
    states += &lines(
        &db,
        "SELECT CONCAT('| `', action, '` | ', GROUP_CONCAT(DISTINCT actor ORDER BY actor SEPARATOR ', '), ' | ',
                    GROUP_CONCAT(DISTINCT from_status ORDER BY from_status SEPARATOR ', '), ' | ',
                    to_status, ' |') AS line
         FROM shop_order_transitions GROUP BY action, to_status ORDER BY MIN(from_status), to_status, action",
    )
    .await;
    assert_section("sql/README.md", "states", &states);

    let mut verdicts = String::from(
        "| verdict | what was said | payment | owed | code | if paid | if expired |\n|---|---|---|---|---|---|---|\n",
    );
    verdicts += &lines(
        &db,
        "SELECT CONCAT('| `', verdict, '` | ', meaning, ' | ', CASE keeps_payment WHEN 1 THEN 'recorded' ELSE '' END, ' | ',
                    COALESCE(duty, ''), ' | ', COALESCE(error_code, 'as the first time'), ' | ',
                    CASE WHEN code_if_paid = error_code THEN '' WHEN code_if_paid = '' THEN 'none'
                         ELSE COALESCE(code_if_paid, '') END, ' | ',
                    CASE WHEN code_if_expired = error_code THEN '' ELSE COALESCE(code_if_expired, '') END, ' |') AS line
         FROM shop_payment_verdicts ORDER BY duty, verdict",
    )
    .await;
    assert_section("sql/README.md", "verdicts", &verdicts);
}

#[test]
fn every_option_of_serve_is_explained_and_nothing_else() {
    let help = Command::new(env!("CARGO_BIN_EXE_jumun"))
        .args(["serve", "--help"])
        .output()
        .expect("jumun serve --help");
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    let options: Vec<&str> = help
        .split("[env: ")
        .skip(1)
        .filter_map(|rest| rest.split(['=', ']']).next())
        .collect();
    assert!(options.len() > 10, "{options:?}");
    let readme = read("src/README.md");
    let start = readme
        .find("## Configuration")
        .expect("a section on configuration");
    let section =
        &readme[start..start + readme[start + 3..].find("\n## ").expect("another section")];
    for option in &options {
        assert!(
            section.contains(&format!("| `{option}` |")),
            "src/README.md does not explain {option}"
        );
    }
    let explained = section
        .lines()
        .filter(|line| line.starts_with("| `JUMUN_"))
        .count();
    assert_eq!(
        explained,
        options.len(),
        "src/README.md explains options that serve does not have"
    );
}

/// Names in the first column of a table of `tests/README.md`, each with the files of its row.
fn tested(table: &str) -> Vec<(String, Vec<String>)> {
    let text = read("tests/README.md");
    let mut names = Vec::new();
    for row in text[section(&text, table)].lines() {
        let Some(first) = row.strip_prefix("| ").and_then(|row| row.split('|').next()) else {
            continue;
        };
        let files: Vec<String> = links(row).map(str::to_owned).collect();
        for name in first.split('`').skip(1).step_by(2) {
            names.push((name.to_owned(), files.clone()));
        }
    }
    names
}

fn assert_tested(table: &str, expected: impl Fn(&str) -> bool, subject: impl Fn(&str) -> String) {
    let mut named = Vec::new();
    for (name, files) in tested(table) {
        let subject = subject(&name);
        let is_about = |file: &String| read(&format!("tests/{file}")).contains(&subject);
        assert!(
            files.iter().any(is_about),
            "no file of {name} names {subject}"
        );
        named.push(name);
    }
    named.sort();
    let mut there: Vec<String> = crate::admin::files::files()
        .iter()
        .map(|file| file.name.clone())
        .filter(|name| expected(name))
        .collect();
    there.sort();
    assert_eq!(named, there);
}

/// `tests/README.md` has a row for every routine that may be called from outside, and one of its files names it.
#[test]
fn the_tests_of_every_public_routine_are_named() {
    let is_public = |name: &str| !["_", "tr_", "v_"].iter().any(|p| name.starts_with(p));
    assert_tested("routines", is_public, str::to_owned);
}

/// The same for every view and trigger. A file is about a trigger when it writes to its table, about a view of the audit
/// when it says what kind of violation it expects.
#[test]
fn the_tests_of_every_view_and_trigger_are_named() {
    let is_kept = |name: &str| ["tr_", "v_"].iter().any(|p| name.starts_with(p));
    let subject = |name: &str| match (name.strip_prefix("v_audit_"), name.strip_prefix("tr_")) {
        (Some("violations"), _) => "shop_audit".to_owned(),
        (Some(kind), _) => kind.to_owned(),
        (_, Some(rest)) => {
            let (table, _event) = rest.rsplit_once('_').expect("tr_<table>_<event>");
            table.to_owned()
        }
        _ => name.to_owned(),
    };
    assert_tested("kept", is_kept, subject);
}

/// Documents of the repository, from its top folder.
fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    let mut folders: Vec<PathBuf> = ["src", "sql", "tests"].map(|f| root().join(f)).into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                let path = path.strip_prefix(root()).expect("below the top folder");
                found.push(path.to_str().expect("UTF-8").to_owned());
            }
        }
    }
    found
}

/// What `[words](target)` points at.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

/// The anchors that a reader's browser finds in a document: one for every heading.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words
                .chars()
                .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
            kept.collect::<String>().replace(' ', "-")
        })
        .collect()
}

#[test]
fn whatever_a_document_points_at_is_there() {
    let documents = documents();
    assert!(documents.len() > 6, "{documents:?}");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for document in &documents {
        let text = read(document);
        let folder = Path::new(document).parent().expect("a folder");
        for link in links(&text).filter(|link| !link.contains("://")) {
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                root().join(document)
            } else {
                root().join(folder).join(path)
            };
            if !target.exists() {
                wrong.push(format!("{document}: {link}: no such file"));
            } else if !anchor.is_empty()
                && !anchors(&std::fs::read_to_string(&target).expect("a document")).contains(anchor)
            {
                wrong.push(format!("{document}: {link}: no such heading"));
            }
        }
        // Paths in words, such as `tests/it/outage`.
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "sql/", "tests/"]
                .iter()
                .any(|f| path.starts_with(f));
            let is_plain = path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            if is_path && is_plain && !root().join(path).exists() {
                wrong.push(format!("{document}: `{path}` is not there"));
            }
        }
    }
    assert!(count > 50, "{count} links");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever comes to README first reads it to its end.
#[test]
fn readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 200, "{lines} lines");
}
