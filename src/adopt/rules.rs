//! The rules in sql/adopt: queries that judge the old rows, fills that take them over, findings that are told.

use std::{fs, path::Path};

use anyhow::Context;

/// A file of rules: what it makes, and its text without the last semicolon.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What it is about, from the file's name.
    pub name: String,
    pub text: String,
}

/// One query of `findings.sql` under its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub kind: String,
    pub table: String,
    pub what: String,
    pub done: String,
    pub sql: String,
}

/// Everything in sql/adopt.
#[derive(Debug)]
pub struct Rules {
    pub judges: Vec<Rule>,
    pub fills: Vec<Rule>,
    pub queries: Vec<Query>,
}

impl Rules {
    /// Reads them; files in the order of their numbers.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(sql_dir: &Path) -> anyhow::Result<Self> {
        let dir = sql_dir.join("adopt");
        let path = dir.join("findings.sql");
        let findings =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self {
            judges: rules(&dir.join("judge"))?,
            fills: rules(&dir.join("fill"))?,
            queries: queries(&findings),
        })
    }
}

impl Rule {
    fn heading(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(name))
    }

    /// Columns of the old table without which it cannot be judged; any other may be missing.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        let names = self.heading("-- needs: ").into_iter();
        names.flat_map(|names| names.split(", "))
    }

    /// How the table that a judging rule fills is made: it is read many times, and by this key.
    pub fn table(&self) -> String {
        let key = self.heading("-- key: ");
        let key = key.map_or(String::new(), |key| format!(", KEY ({key})"));
        format!(
            "CREATE TABLE {} (adopt_no BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, PRIMARY KEY (adopt_no){key})
ENGINE=InnoDB AS
{}",
            self.target(),
            self.text
        )
    }

    /// The table that a judging rule fills: about a table of the shop, or known_… of its own name.
    pub fn target(&self) -> String {
        if self.name.starts_with("known_") {
            self.name.clone()
        } else {
            format!("judged_{}", self.name)
        }
    }
}

fn rules(dir: &Path) -> anyhow::Result<Vec<Rule>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut rules = Vec::new();
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "sql"))
    {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let (_, name) = stem.split_once('_').unwrap_or(("", stem));
        let text = text.trim_end();
        rules.push(Rule {
            name: name.to_owned(),
            text: text.strip_suffix(';').unwrap_or(text).to_owned(),
        });
    }
    Ok(rules)
}

fn queries(text: &str) -> Vec<Query> {
    let mut queries: Vec<Query> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("-- @ ") {
            let mut parts = heading.split(" | ").map(str::to_owned);
            let mut next = || parts.next().unwrap_or_default();
            queries.push(Query {
                kind: next(),
                table: next(),
                what: next(),
                done: next(),
                sql: String::new(),
            });
        } else if let Some(query) = queries.last_mut() {
            query.sql.push_str(line.trim_end_matches(';'));
            query.sql.push('\n');
        }
    }
    queries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_its_heading() {
        let found = queries(
            "-- head\n-- @ look | t | odd | kept\nSELECT 1\nFROM t;\n\n-- @ repair | u | a | b\nSELECT 2;\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].kind, "look");
        assert_eq!(found[0].sql.trim(), "SELECT 1\nFROM t");
        assert_eq!(
            (found[1].table.as_str(), found[1].done.as_str()),
            ("u", "b")
        );
    }

    #[test]
    fn the_files_of_this_repository_can_be_read() {
        let rules = Rules::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sql")).unwrap();
        assert!(
            rules
                .judges
                .iter()
                .any(|rule| rule.target() == "known_user")
        );
        assert!(rules.fills.iter().any(|rule| rule.name == "shop_orders"));
        for query in &rules.queries {
            assert!(["decide", "repair", "look"].contains(&query.kind.as_str()));
            assert!(
                !query.done.is_empty() && query.sql.contains("SELECT"),
                "{query:?}"
            );
        }
    }
}
