//! Whether the procedures can do their work: asks the one that knows, and finds out whether it comes to its end.
//!
//! A write that hangs (a full disk, a full binary log, a lock on everything) cannot be called back. So there is one
//! question at a time: while it is under way, whoever asks is told so, and nothing more is sent.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mysql_async::{Conn, Error, Opts, prelude::Queryable};
use tokio::{
    runtime::Handle,
    sync::Mutex,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{
    call::Set,
    database::{
        engine_errors::{
            COLUMN_NOT_GRANTED, DATABASE_NOT_GRANTED, DEFINER_MISSING, LOCK_WAIT_TIMEOUT,
            PROCEDURE_NOT_GRANTED, Retry, TABLE_NOT_GRANTED, VIEW_NOT_VALID,
        },
        execute::execute,
        retry,
    },
    errors::Catalogue,
    response::rows,
    routes::HEALTH,
};

const LIMIT: Duration = Duration::from_secs(2);
/// When another transaction was in the way.
const REPEATS: usize = 3;
const PAUSE: Duration = Duration::from_millis(20);
const HANGS: &str = "a write does not come to its end: is the disk or the binary log full, or a lock held on everything?";

/// One question at a time.
pub struct Probe {
    runtime: Handle,
    options: Opts,
    catalogue: Arc<Catalogue>,
    running: Mutex<Option<Running>>,
}

struct Running {
    task: JoinHandle<Vec<String>>,
    /// Whether there is a connection: what does not answer then is the procedure.
    sent: Arc<AtomicBool>,
}

impl Probe {
    /// Must be made on the main runtime.
    pub fn new(options: Opts, catalogue: Arc<Catalogue>) -> Self {
        Self {
            runtime: Handle::current(),
            options,
            catalogue,
            running: Mutex::new(None),
        }
    }

    /// What is in the way of the procedures. Nothing, also when there is no connection: that is for others to say.
    pub async fn reasons(&self) -> Vec<String> {
        let mut running = self.running.lock().await;
        let Running { task, sent } = running.get_or_insert_with(|| self.ask());
        match timeout(LIMIT, task).await {
            Ok(outcome) => {
                *running = None;
                outcome.unwrap_or_else(|error| vec![error.to_string()])
            }
            Err(_) if sent.load(Ordering::SeqCst) => vec![HANGS.to_owned()],
            Err(_) => Vec::new(),
        }
    }

    fn ask(&self) -> Running {
        let sent = Arc::new(AtomicBool::new(false));
        let (options, catalogue) = (self.options.clone(), Arc::clone(&self.catalogue));
        let marked = Arc::clone(&sent);
        let task = self.runtime.spawn(async move {
            let Ok(Ok(mut conn)) = timeout(LIMIT, Conn::new(options)).await else {
                return Vec::new();
            };
            marked.store(true, Ordering::SeqCst);
            let reasons = problems(&mut conn, &catalogue).await;
            // A connection that broke needs no goodbye.
            conn.disconnect().await.ok();
            reasons
        });
        Running { task, sent }
    }
}

async fn problems(conn: &mut Conn, catalogue: &Catalogue) -> Vec<String> {
    let mut repeats = 0;
    loop {
        let error = match health(conn).await {
            Ok(sets) => return listed(&sets),
            Err(error) => error,
        };
        let Error::Server(error) = error else {
            return vec![format!("{HEALTH} could not be called to its end")];
        };
        if repeats < REPEATS && retry::how(catalogue, error.code) == Some(Retry::AtOnce) {
            repeats += 1;
            sleep(PAUSE).await;
            continue;
        }
        log::warn!("not ready: {HEALTH}: {error}");
        return vec![words(catalogue, error.code)];
    }
}

async fn health(conn: &mut Conn) -> Result<Vec<Set>, Error> {
    let statement = conn.prep(format!("CALL {HEALTH}()")).await?;
    execute(conn, &statement, &[])
        .await
        .map_err(|(error, _)| error)
}

/// The second set: `problem; remedy`.
fn listed(sets: &[Set]) -> Vec<String> {
    let Some(problems) = sets.get(1) else {
        return vec![format!("{HEALTH} does not say what it found")];
    };
    let text = |row, name| rows::text(problems, row, name).unwrap_or_default();
    (0..problems.rows.len())
        .map(|row| format!("{}; {}", text(row, "problem"), text(row, "remedy")))
        .collect()
}

/// An error in the catalogue's words; in few of our own when there is no catalogue, which may have the same cause.
fn words(catalogue: &Catalogue, errno: u16) -> String {
    // A wait for a lock on everything ends at some time: it says the same as one that has not ended.
    let entry = catalogue.find(errno);
    if let Some(entry) = entry.filter(|_| errno != LOCK_WAIT_TIMEOUT) {
        return format!(
            "{} ({errno}): {}; {}",
            entry.code, entry.title_en, entry.remedy
        );
    }
    match errno {
        LOCK_WAIT_TIMEOUT => HANGS.to_owned(),
        DEFINER_MISSING => {
            format!("the account that owns the procedures is missing ({errno}); run jumun db load")
        }
        DATABASE_NOT_GRANTED
        | TABLE_NOT_GRANTED
        | COLUMN_NOT_GRANTED
        | VIEW_NOT_VALID
        | PROCEDURE_NOT_GRANTED => {
            format!("a right is missing ({errno}); run jumun db load, see jumun db check")
        }
        _ => format!("the procedures end with error {errno}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_catalogue_the_missing_owner_and_rights_are_named() {
        let catalogue = Catalogue::default();
        for (errno, part) in [
            (1205, "write"),
            (1449, "owns"),
            (1142, "right"),
            (1370, "right"),
            (1, "error 1"),
        ] {
            assert!(words(&catalogue, errno).contains(part), "{errno}");
        }
    }
}
