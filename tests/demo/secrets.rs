//! Random passwords and keys of the demonstration, made once and kept in a file that only its owner reads.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// All of it is hexadecimal, so that it needs no quoting in URLs, SQL or shells.
#[derive(Deserialize, Serialize)]
pub struct Secrets {
    /// Database password of root.
    pub root: String,
    /// Database password of jumun_gateway.
    pub gateway: String,
    /// Database password of jumun_operator.
    pub operator: String,
    /// Bearer key of the operator address.
    pub operator_key: String,
}

impl Secrets {
    /// Those of the last run, or new ones.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn load(dir: &Path) -> anyhow::Result<Secrets> {
        let path = dir.join("secrets.json");
        if path.exists() {
            let text =
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            return serde_json::from_str(&text).with_context(|| {
                format!("{} is damaged; `make reset` starts afresh", path.display())
            });
        }
        let secrets = Secrets {
            root: random(),
            gateway: random(),
            operator: random(),
            operator_key: random(),
        };
        write_private(&path, &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }
}

fn random() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

/// Writes a file that nobody else may read, not even for a moment; complete or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let draft = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        std::fs::remove_file(&draft).or_else(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(e),
        })?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&draft, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
