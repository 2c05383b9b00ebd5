//! README says what is true: its generated tables are those of the code, and it knows every option.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{Gateway, Method, TestDb};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// Compares what stands between `<!-- name: …-->` and `<!-- /name -->`; UPDATE_GOLDEN=1 rewrites it.
fn assert_section(name: &str, expected: &str) {
    let text = std::fs::read_to_string(path()).expect("README.md");
    let open = text
        .find(&format!("<!-- {name}:"))
        .expect("the section's first marker");
    let start = open + text[open..].find("-->\n").expect("the end of the marker") + 4;
    let end = start
        + text[start..]
            .find(&format!("<!-- /{name} -->"))
            .expect("the section's last marker");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let updated = format!("{}{expected}{}", &text[..start], &text[end..]);
        std::fs::write(path(), updated).expect("README.md");
    } else {
        assert!(
            text[start..end] == *expected,
            "section {name} of README is not what it should be; run with UPDATE_GOLDEN=1:\n{expected}"
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
    assert_section("errors", &errors);

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
    assert_section("routes", &routes);
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
    let readme = std::fs::read_to_string(path()).expect("README.md");
    let start = readme
        .find("## Configuration")
        .expect("a section on configuration");
    let section =
        &readme[start..start + readme[start + 3..].find("\n## ").expect("another section")];
    for option in &options {
        assert!(
            section.contains(&format!("| `{option}` |")),
            "README does not explain {option}"
        );
    }
    let explained = section
        .lines()
        .filter(|line| line.starts_with("| `JUMUN_"))
        .count();
    assert_eq!(
        explained,
        options.len(),
        "README explains options that serve does not have"
    );
}
