//! All routines as files: their headers and their place in `sql/load.sql`.

use std::collections::BTreeSet;
use std::path::Path;

use super::public::all;
use crate::support::*;

const SECTIONS: [&str; 5] = ["Parameters", "Returns", "Errors", "Locks", "Example"];

/// One file of `sql/procedures`.
pub struct File {
    /// From the top folder.
    pub path: String,
    /// Name without `.sql`.
    pub name: String,
    /// The comment that it begins with, without the dashes.
    pub header: Vec<String>,
    /// What follows, without comments.
    pub code: String,
}

impl File {
    fn read(path: &str) -> File {
        let text = read(path);
        let header = text.lines().map_while(|line| line.strip_prefix("--"));
        let header: Vec<String> = header
            .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
            .collect();
        let code = text
            .lines()
            .skip(header.len())
            .map(|line| line.split("-- ").next().unwrap_or(line));
        let name = Path::new(path)
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        File {
            name,
            code: code.collect::<Vec<_>>().join("\n"),
            path: path.to_owned(),
            header,
        }
    }

    /// Lines of a section of the header, the first one with its title; `None` when there is no such section.
    pub fn section(&self, title: &str) -> Option<Vec<&str>> {
        let is_title = |line: &str| {
            SECTIONS
                .iter()
                .chain(&["Source"])
                .any(|title| line.starts_with(title))
        };
        let start = self
            .header
            .iter()
            .position(|line| line.starts_with(title))?;
        let rest = self.header[start + 1..]
            .iter()
            .take_while(|line| !is_title(line));
        Some(
            std::iter::once(&self.header[start])
                .chain(rest)
                .map(String::as_str)
                .collect(),
        )
    }

    pub fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
    }
}

fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&full).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Paths of the files below a folder, from the top folder.
fn list(folder: &str) -> Vec<String> {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(full).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            paths.extend(list(&path));
        } else {
            paths.push(path);
        }
    }
    paths.sort();
    paths
}

/// Every file of `sql/procedures`.
pub fn files() -> Vec<File> {
    let files: Vec<File> = list("sql/procedures")
        .iter()
        .map(|path| File::read(path))
        .collect();
    assert!(files.len() > 50);
    files
}

#[test]
fn every_file_says_what_it_is_and_has_every_section_in_order() {
    for file in files() {
        let first = file
            .header
            .first()
            .unwrap_or_else(|| panic!("{} has no header", file.path));
        let start = format!("{}: ", file.name);
        assert!(
            first.starts_with(&start) && first.len() > start.len() + 10,
            "{}: {first}",
            file.path
        );
        let at = SECTIONS.map(|title| file.header.iter().position(|line| line.starts_with(title)));
        assert!(
            at.iter().all(Option::is_some),
            "{} lacks one of {SECTIONS:?}",
            file.path
        );
        assert!(
            at.is_sorted(),
            "{}: not in the order {SECTIONS:?}",
            file.path
        );
        for title in SECTIONS {
            let section = file.section(title).unwrap();
            let words: usize = section.iter().map(|line| line.trim().len()).sum();
            assert!(words > title.len() + 3, "{}: {title} is empty", file.path);
        }
    }
}

#[test]
fn every_file_sets_its_session_and_makes_one_thing_of_its_own_name() {
    for file in files() {
        let path = &file.path;
        let code = file.code.trim_start();
        let session = "SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';";
        assert!(
            code.starts_with(session),
            "{path} does not begin with {session}"
        );
        let words: Vec<&str> = File::words(&file.code).collect();
        let made: Vec<&str> = words
            .windows(2)
            .filter(|pair| {
                ["PROCEDURE", "FUNCTION", "VIEW", "TRIGGER"].contains(&pair[0]) && pair[1] != "IF"
            })
            .map(|pair| pair[1])
            .collect();
        assert_eq!(made, [file.name.as_str()], "{path}");
        assert!(
            code.contains("DEFINER = 'jumun_definer'@'localhost'"),
            "{path}"
        );
        // The mysql client puts a blank in between, and db check would find another text.
        assert!(!code.contains("*/;"), "{path} has */;");
        if words.contains(&"TRIGGER") {
            continue; // it always runs as its definer, and has no comment
        }
        assert!(code.contains("SQL SECURITY DEFINER"), "{path}");
        if !words.contains(&"VIEW") {
            assert!(words.contains(&"COMMENT"), "{path} has no COMMENT");
            let access = ["NO SQL", "READS SQL DATA", "MODIFIES SQL DATA"];
            assert!(
                access.iter().any(|phrase| code.contains(phrase)),
                "{path}: none of {access:?}"
            );
        }
        for line in file
            .header
            .iter()
            .map(String::as_str)
            .chain(file.code.lines())
        {
            assert!(!line.contains('\t'), "{path}: a tab in {line}");
        }
    }
}

/// How many characters a line may have: two files side by side on a screen.
const COLUMNS: usize = 100;
/// Schema files up to this one are as shops have run them: no line of them changes any more.
const LAST_WITHOUT_COLUMNS: &str = "sql/schema/0018";

#[test]
fn no_line_is_longer_than_a_screen_is_wide() {
    let is_data = |path: &str| {
        ["sql/reference/", "sql/demo/", "sql/adopt/findings.sql"]
            .iter()
            .any(|rows| path.starts_with(rows))
    };
    let is_kept = |path: &str| {
        path.starts_with("sql/schema/")
            && path[..LAST_WITHOUT_COLUMNS.len()] <= *LAST_WITHOUT_COLUMNS
    };
    let files = list("sql").into_iter();
    let files = files.filter(|path| path.ends_with(".sql") && !is_data(path) && !is_kept(path));
    let mut long = Vec::new();
    for path in files {
        for (number, line) in read(&path).lines().enumerate() {
            // A literal is not broken.
            if line.chars().count() > COLUMNS && !line.trim_start().starts_with('\'') {
                long.push(format!("{path}:{}", number + 1));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn the_parameters_of_a_public_routine_are_all_explained() {
    for file in files() {
        if !all().iter().any(|public| public.name == file.name) {
            continue;
        }
        let parameters = file.section("Parameters").unwrap().join("\n");
        let explained: Vec<&str> = File::words(&parameters)
            .filter(|word| word.starts_with("pi_"))
            .collect();
        let head =
            &file.code[file.code.find("PROCEDURE").unwrap()..file.code.find("BEGIN").unwrap()];
        let mut declared: Vec<&str> = Vec::new();
        let after_drop = &head[head.find(&format!("PROCEDURE {}(", file.name)).unwrap_or(0)..];
        declared.extend(File::words(after_drop).filter(|word| word.starts_with("pi_")));
        assert_eq!(explained, declared, "{}: header and declaration", file.path);
    }
}

#[test]
fn load_sql_names_every_file_once_and_what_is_used_by_a_view_before_it() {
    let order: Vec<String> = scripts().iter().map(|script| script.path.clone()).collect();
    let distinct: BTreeSet<&String> = order.iter().collect();
    assert_eq!(distinct.len(), order.len(), "a file twice");
    let mut expected: BTreeSet<String> = ["schema", "reference", "procedures"]
        .iter()
        .flat_map(|folder| list(&format!("sql/{folder}")))
        .collect();
    expected.extend(["sql/accounts.sql".to_owned(), "sql/grants.sql".to_owned()]);
    assert_eq!(order.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(order.first().unwrap(), "sql/accounts.sql");
    assert_eq!(order.last().unwrap(), "sql/grants.sql");
    let place = |part: &str| order.iter().position(|path| path.contains(part)).unwrap();
    let views = [
        "/v_products_priced",
        "/v_products_effective",
        "/v_cart_lines",
    ]
    .map(place);
    assert!(views.is_sorted());
    let schema = order
        .iter()
        .rposition(|path| path.contains("/schema/"))
        .unwrap();
    assert!(schema < place("/reference/") && schema < place("/procedures/"));
}

#[tokio::test]
async fn the_database_has_the_routines_of_the_files_and_they_keep_strict_mode_and_collation() {
    let db = TestDb::new().await;
    let rows = db
        .rows(
            "SELECT ROUTINE_NAME AS name, SQL_MODE AS mode, CHARACTER_SET_CLIENT AS letters,
                    COLLATION_CONNECTION AS collation_name, ROUTINE_COMMENT AS words
             FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
             UNION ALL
             SELECT TABLE_NAME, 'STRICT_TRANS_TABLES', CHARACTER_SET_CLIENT, COLLATION_CONNECTION, 'view'
             FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
             UNION ALL
             SELECT TRIGGER_NAME, SQL_MODE, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, 'trigger'
             FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()",
        )
        .await;
    let names: BTreeSet<String> = rows.iter().map(|row| row.str("name")).collect();
    let expected: BTreeSet<String> = files().into_iter().map(|file| file.name).collect();
    assert_eq!(names, expected);
    for row in rows {
        assert!(row.str("mode").contains("STRICT_TRANS_TABLES"), "{row:?}");
        assert_eq!(row.str("letters"), "utf8mb4", "{row:?}");
        assert_eq!(row.str("collation_name"), "utf8mb4_bin", "{row:?}");
        assert!(!row.str("words").is_empty(), "{row:?}");
    }
}

/// MySQL rounds what MariaDB cuts when a time with microseconds meets a type without them: the last half second of a day
/// becomes the next day.
#[test]
fn no_time_is_kept_without_its_microseconds() {
    let mut paths = list("sql");
    paths.extend(list("tests/load/sql"));
    paths.extend(list("src/adopt"));
    for path in paths {
        let text = read(&path);
        for (number, line) in text.lines().enumerate() {
            for kind in ["DATETIME", "UTC_TIMESTAMP", "TIMESTAMP", "TIME"] {
                let whole_word = |at: usize| {
                    !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                        && !line[at + kind.len()..]
                            .starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                };
                for (at, _) in line.match_indices(kind) {
                    let good = line[at + kind.len()..].starts_with("(6)")
                        // A page of the old shop gets whole seconds: cut before they are cast.
                        || line.contains("DATE_FORMAT(");
                    assert!(
                        !whole_word(at) || good,
                        "{path}:{}: {kind} without (6): {line}",
                        number + 1
                    );
                }
            }
        }
    }
}

/// A subquery outside a statement of its own locks what it reads, and so does a function on a MariaDB whose binary log is not
/// in ROW format: `SELECT … INTO` in a procedure does not.
#[test]
fn nothing_is_read_where_reading_locks() {
    // Moves and statuses of orders are rows that only a load of newer files changes.
    let known = ["tr_shop_orders_status"];
    let tables = [
        "FROM shop",
        "JOIN shop",
        "FROM member",
        "JOIN member",
        "FROM v_",
        "JOIN v_",
    ];
    for file in files()
        .iter()
        .filter(|file| !known.contains(&file.name.as_str()))
    {
        if file.code.contains(" FUNCTION ") {
            let reads = tables.iter().find(|table| file.code.contains(**table));
            assert_eq!(reads, None, "{}: a function that reads", file.path);
        }
        // The first statement of a body stands behind its BEGIN.
        for statement in file.code.replace("BEGIN", "BEGIN;").split(';') {
            let parts = statement.split_inclusive(&[' ', '\n'][..]);
            let mut words = parts.map(str::trim).filter(|word| !word.is_empty());
            let first = words.find(|word| !["THEN", "ELSE", "BEGIN", "DO", "LOOP"].contains(word));
            let first = first.unwrap_or_default();
            let expression = [
                "SET", "IF", "ELSEIF", "WHILE", "CASE", "RETURN", "CALL", "UNTIL",
            ];
            let end = statement.find(" THEN").unwrap_or(statement.len());
            assert!(
                !expression.contains(&first) || !statement[..end].contains("(SELECT"),
                "{}: a subquery in {first}: {statement}",
                file.path
            );
        }
    }
}

/// A session may be set to chain transactions or to hang up after each: a routine says that it does neither.
#[test]
fn every_end_of_a_transaction_is_written_out() {
    let mut ends = 0;
    for file in files() {
        let code = file.code.replace("READ COMMITTED", "");
        let code = code.replace("ROLLBACK TO SAVEPOINT", ""); // ends nothing
        for words in ["COMMIT", "ROLLBACK"] {
            for (at, _) in code.match_indices(words) {
                let rest = &code[at + words.len()..];
                ends += 1;
                assert!(
                    rest.starts_with(" AND NO CHAIN NO RELEASE;"),
                    "{}: write {words} AND NO CHAIN NO RELEASE",
                    file.path
                );
            }
        }
    }
    assert!(ends > 50);
}
