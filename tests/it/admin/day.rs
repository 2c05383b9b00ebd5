//! `sql/examples`: a day at the prompt of each engine's own client, and what it prints.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::demonstration::demo;
use crate::support::*;

/// What the engine's client prints for a file, errors in their places.
async fn printed(db: &TestDb, file: &Path) -> String {
    let (program, commands): (PathBuf, &[&str]) = match engine() {
        Engine::MariaDb => ("mariadb".into(), &[]),
        // Without the comments, as the other one; with \G.
        Engine::MySql => (
            root().join("var/mysql/bin/mysql"),
            &["--commands", "--skip-comments"],
        ),
    };
    let port = db
        .url_as("root")
        .rsplit([':', '/'])
        .nth(1)
        .map(str::to_owned);
    let output = temp_dir().join(format!("{}-day.txt", db.name()));
    let both = std::fs::File::create(&output).expect("a file");
    let mut client = Command::new(program);
    client
        .args(["--no-defaults", "--protocol=TCP", "--host=127.0.0.1"])
        .args(["--user=root", "--default-character-set=utf8mb4"])
        .arg(format!("--port={}", port.expect("a port")))
        .args(commands)
        .args(["--table", "--verbose", "--force", "--unbuffered", db.name()])
        .stdin(Stdio::from(std::fs::File::open(file).expect("a file")))
        .stdout(Stdio::from(both.try_clone().expect("the same file")))
        .stderr(Stdio::from(both));
    // It ends with 1 where a statement was refused, with --force too.
    let ended = tokio::task::spawn_blocking(move || client.status()).await;
    ended.expect("a thread").expect("the client");
    std::fs::read_to_string(output).expect("UTF-8")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The same text on any day: keys, codes and times of orders become those of an example.
fn of_any_day(text: &str) -> String {
    let (mut keys, mut codes, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        let known = match name.trim() {
            "order_key" => &mut keys,
            "order_code" => &mut codes,
            "approved_at" => continue, // the PG's own, as the message said it
            name if name.ends_with("_at") || name.ends_with("_date") => &mut times,
            _ => continue,
        };
        // NULL is the same on any day.
        if value != "NULL" && !known.contains(&value) {
            known.push(value);
        }
    }
    let mut text = text.to_owned();
    for (number, key) in keys.iter().enumerate() {
        let example = format!("01a1f8a5-4b60-7c00-8000-{:012}", number + 1);
        text = text.replace(key, &example);
    }
    for (number, code) in codes.iter().enumerate() {
        text = text.replace(code, &format!("20261120-7KQ2M0X{}", number + 1));
    }
    for time in times {
        text = text.replace(time, "2026-11-20 06:31:07.000000");
    }
    text
}

#[tokio::test]
async fn a_day_at_the_prompt_is_what_its_file_says() {
    let db = demo().await;
    let examples = root().join("sql/examples");
    let now = of_any_day(&printed(&db, &examples.join("day.sql")).await);
    let golden = examples.join("day.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &now).expect("day.txt");
    }
    let expected = std::fs::read_to_string(&golden).expect("day.txt");
    for (number, (now, expected)) in now.lines().zip(expected.lines()).enumerate() {
        assert_eq!(now, expected, "line {} of day.txt", number + 1);
    }
    assert_eq!(now.lines().count(), expected.lines().count());
    // Five refusals, as its first lines say, and no other error.
    let errors: Vec<&str> = now
        .lines()
        .filter(|line| line.starts_with("ERROR"))
        .collect();
    let refused = errors
        .iter()
        .filter(|line| line.contains(" (45000) "))
        .count();
    assert_eq!((refused, errors.len()), (5, 5), "{errors:?}");
    db.assert_audit_clean().await;
}
