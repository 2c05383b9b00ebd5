//! `jumun_help`, and the text that it shows: the headers of `sql/procedures`, as `sql/reference/shop_help.sql` has them.

use std::fmt::Write as _;
use std::path::Path;

use super::files::{File, files};
use crate::adopt::{command, run};
use crate::support::*;

/// What is written about a file in `shop_help`.
fn about(file: &File) -> [String; 4] {
    let area = file.path.split('/').nth(2).expect("a folder").to_owned();
    // Without a COMMENT, as a view or a trigger: the first sentence.
    let paragraph: Vec<&str> = file
        .header
        .iter()
        .map(|line| line.trim())
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = paragraph.join(" ");
    let (_, words) = paragraph.split_once(": ").expect("a name first");
    let sentence = words.split(". ").next().unwrap_or(words);
    let comment = file.code.split("COMMENT '").nth(1);
    let summary = match comment.and_then(|rest| rest.split("'\n").next()) {
        Some(comment) => comment.replace("''", "'"),
        None => sentence.trim_end_matches([':', '.']).to_owned(),
    };
    [file.name.clone(), area, summary, file.header.join("\n")]
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The file of the headers.
fn reference() -> String {
    let mut text = String::from(
        "-- The header of every file of sql/procedures, for jumun_help. Written by `UPDATE_GOLDEN=1 make test T=jumun_help`,\n\
         -- never by hand; `make test` compares. What has no file any more goes with the next load.\n\
         SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';\n\n\
         START TRANSACTION;\n\
         DELETE FROM shop_help;\n\
         DELIMITER //\n\
         INSERT INTO shop_help (routine, area, summary, help) VALUES\n",
    );
    let files = files();
    for (number, file) in files.iter().enumerate() {
        let [name, area, summary, help] = about(file).map(|text| literal(&text));
        let end = if number + 1 == files.len() {
            "//\nDELIMITER ;"
        } else {
            ","
        };
        writeln!(text, "({name}, {area},\n{summary},\n{help}){end}").expect("a text");
    }
    text.push_str("COMMIT;\n");
    text
}

#[test]
fn the_help_is_the_headers_of_the_files() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/reference/shop_help.sql");
    let expected = reference();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &expected).expect("shop_help.sql");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(
            found, expected,
            "shop_help.sql: UPDATE_GOLDEN=1 rewrites it"
        );
    }
    assert_eq!(
        found, expected,
        "shop_help.sql: UPDATE_GOLDEN=1 rewrites it"
    );
}

#[tokio::test]
async fn it_shows_the_header_of_every_routine_view_and_trigger() {
    let db = TestDb::new().await;
    let mut operator = db.conn_as_operator().await;
    for file in files() {
        let answer = call(&mut operator, "jumun_help", (&file.name,))
            .await
            .unwrap_or_else(|e| panic!("{}: {e}", file.name));
        assert_eq!(answer.first().int("routine_count"), 1);
        let lines: Vec<String> = answer
            .set(1)
            .rows
            .iter()
            .map(|row| row.str("help"))
            .collect();
        assert_eq!(lines, file.header, "{}", file.name);
    }
    assert_eq!(db.count("shop_help").await, files().len() as i64);
}

#[tokio::test]
async fn without_a_name_it_lists_what_may_be_called_with_its_comment() {
    let db = TestDb::new().await;
    let comments = db
        .rows(
            "SELECT ROUTINE_NAME AS routine, ROUTINE_COMMENT AS summary FROM information_schema.ROUTINES
             WHERE ROUTINE_SCHEMA = DATABASE() AND LEFT(ROUTINE_NAME, 1) <> '_' ORDER BY BINARY ROUTINE_NAME",
        )
        .await;
    let expected: Vec<[String; 2]> = comments
        .iter()
        .map(|row| [row.str("routine"), row.str("summary")])
        .collect();
    let mut operator = db.conn_as_operator().await;
    for name in [Value::NULL, "".into()] {
        let answer = call(&mut operator, "jumun_help", (name,)).await.unwrap();
        let list = &answer.set(1).rows;
        assert_eq!(answer.first().int("routine_count"), list.len() as i64);
        let mut found: Vec<[String; 2]> = list
            .iter()
            .map(|row| [row.str("routine"), row.str("summary")])
            .collect();
        let areas: Vec<String> = list.iter().map(|row| row.str("area")).collect();
        assert!(areas.is_sorted(), "{areas:?}");
        found.sort();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_name_that_nothing_has_is_refused_and_says_where_the_names_are() {
    let db = TestDb::new().await;
    let mut operator = db.conn_as_operator().await;
    for name in [
        "shop_order",
        "SHOP_AUDIT",
        "'; --",
        "shop_help",
        "없는 이름",
        &"x".repeat(60_000),
    ] {
        let error = call(&mut operator, "jumun_help", (name,))
            .await
            .unwrap_err();
        error.expect_code("INVALID_INPUT");
        assert_eq!(error.row().str("field"), "routine");
        let detail = error.row().str("detail");
        assert_eq!(detail, "no such name: CALL jumun_help(NULL) lists them");
    }
    assert_eq!(db.count("shop_error_log").await, 0);
}

/// Names change from version to version: what was said of those that are gone goes, and `db check` says what differs.
#[tokio::test]
async fn a_load_brings_the_help_up_to_the_files() {
    let db = TestDb::empty().await;
    let (done, words) = run(command(&db, "load", &[])).await;
    assert!(done, "{words}");
    db.exec(
        "INSERT INTO shop_help VALUES ('_read_id', 'lib', 'old', '_read_id: as it was called before.');
         UPDATE shop_help SET help = 'mine' WHERE routine = 'shop_audit';
         DELETE FROM shop_help WHERE routine = 'lease_job'",
    )
    .await;
    let (same, words) = run(command(&db, "check", &[])).await;
    assert!(!same);
    for line in [
        "extra    row of shop_help _read_id",
        "differs  row of shop_help shop_audit",
        "missing  row of shop_help lease_job",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
    let (done, words) = run(command(&db, "load", &[])).await;
    assert!(done, "{words}");
    let (same, words) = run(command(&db, "check", &[])).await;
    assert!(same, "{words}");
    assert_eq!(db.count("shop_help").await, files().len() as i64);
}
