//! The SQL files, read in the order of `load.sql`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};

use super::split::{Statement, split};

/// What a file is for; decided by its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Accounts,
    /// Applied once; the number at the front of its name.
    Schema(u32),
    /// Rows that belong to the program.
    Catalogue,
    /// One view or routine, named like the file.
    Object,
    Grants,
}

/// One file, split into statements.
#[derive(Debug, Clone)]
pub struct SqlFile {
    /// As `load.sql` names it.
    pub path: String,
    /// File name without folders and ending.
    pub stem: String,
    pub kind: Kind,
    pub sha256: String,
    pub statements: Vec<Statement>,
}

impl SqlFile {
    /// File name without folders.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Paths in `load.sql` begin with this: the mysql client reads them from the top folder.
const TOP: &str = "sql/";
/// Folders whose every file must be named in `load.sql`.
const LISTED: [&str; 3] = ["schema", "reference", "procedures"];

/// Reads every file that `load.sql` in this folder names.
///
/// # Errors
/// When a file is missing, is not listed, or cannot be split.
pub fn read_all(sql_dir: &Path) -> anyhow::Result<Vec<SqlFile>> {
    let list = sql_dir.join("load.sql");
    let text =
        fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let mut files = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        // What the mysql client calls at the end, `db load` does by itself.
        if line.is_empty() || line.starts_with("--") || line.starts_with("CALL ") {
            continue;
        }
        let path = line
            .strip_prefix("SOURCE ")
            .and_then(|rest| rest.trim().strip_suffix(';'))
            .map(str::trim)
            .and_then(|path| path.strip_prefix(TOP))
            .with_context(|| {
                format!(
                    "{}:{}: not a line like SOURCE {TOP}…;",
                    list.display(),
                    index + 1
                )
            })?;
        files.push(read(sql_dir, path)?);
    }
    let listed: BTreeSet<PathBuf> = files
        .iter()
        .map(|file| sql_dir.join(&file.path[TOP.len()..]))
        .collect();
    ensure!(
        listed.len() == files.len(),
        "{} names a file twice",
        list.display()
    );
    for folder in LISTED {
        for found in sql_files(&sql_dir.join(folder))? {
            ensure!(
                listed.contains(&found),
                "{} is not named in {}",
                found.display(),
                list.display()
            );
        }
    }
    Ok(files)
}

fn read(sql_dir: &Path, path: &str) -> anyhow::Result<SqlFile> {
    let full = sql_dir.join(path);
    let bytes = fs::read(&full).with_context(|| format!("cannot read {}", full.display()))?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let text =
        String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", full.display()))?;
    let stem = full
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
        .to_owned();
    let kind = kind(path, &stem)
        .with_context(|| format!("what {} is for is not known", full.display()))?;
    let statements = match split(&text) {
        Ok(statements) => statements,
        Err(line) => bail!("{}:{line}: the statement has no end", full.display()),
    };
    Ok(SqlFile {
        path: format!("{TOP}{path}"),
        stem,
        kind,
        sha256,
        statements,
    })
}

fn kind(path: &str, stem: &str) -> Option<Kind> {
    match path.split_once('/') {
        None if path == "accounts.sql" => Some(Kind::Accounts),
        None if path == "grants.sql" => Some(Kind::Grants),
        Some(("schema", _)) => stem.split('_').next()?.parse().ok().map(Kind::Schema),
        Some(("reference", _)) => Some(Kind::Catalogue),
        Some(("procedures", _)) => Some(Kind::Object),
        _ => None,
    }
}

fn sql_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sql_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_this_repository_can_be_read() {
        let files = read_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").as_path()).unwrap();
        assert_eq!(files.first().map(|file| &file.kind), Some(&Kind::Accounts));
        assert_eq!(files.last().map(|file| &file.kind), Some(&Kind::Grants));
        let schema: Vec<_> = files
            .iter()
            .filter_map(|file| match file.kind {
                Kind::Schema(version) => Some(version),
                _ => None,
            })
            .collect();
        assert!(schema.is_sorted() && schema.first() == Some(&1));
    }

    #[test]
    fn folders_say_what_a_file_is_for() {
        assert_eq!(kind("schema/0007_x.sql", "0007_x"), Some(Kind::Schema(7)));
        assert_eq!(kind("procedures/order/a.sql", "a"), Some(Kind::Object));
        assert_eq!(kind("schema/x.sql", "x"), None);
        assert_eq!(kind("demo/demo.sql", "demo"), None);
    }
}
