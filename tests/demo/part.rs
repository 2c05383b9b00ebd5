//! One process of the demonstration: started with its output in a file, stopped by signal, and never left over.
//!
//! Three things see to the last: a part gets SIGTERM from the kernel when this process dies, however it dies; its
//! number and start time are kept in a file, by which the next run finds exactly that process; and one lock allows
//! one run per directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use jumun::dbtool::say::{complain, say};

/// Lines of a part's log that are shown when it ended by itself.
const LOG_LINES: usize = 20;
/// How long a left-over process may take to end before it is killed.
const LEFTOVER_LIMIT: Duration = Duration::from_secs(30);

/// Creates the directory of a run and takes its lock, which ends with the process. Gives its absolute path.
///
/// # Errors
/// When another run has it.
pub fn claim(dir: &Path) -> anyhow::Result<(PathBuf, File)> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let dir = dir
        .canonicalize()
        .with_context(|| dir.display().to_string())?;
    let path = dir.join("lock");
    let lock = OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok((dir, lock)),
        Err(TryLockError::WouldBlock) => {
            anyhow::bail!("it is running already, with its data in {}", dir.display())
        }
        Err(TryLockError::Error(e)) => {
            Err(e).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// A command that ends when this process does. It leads a process group of its own: Ctrl-C in the terminal is
/// for us alone, who stop the parts in order.
pub fn command(program: &Path) -> Command {
    command_as(None, program)
}

/// The same as another user; changing the user takes the kernel's order away, so it has to come before it.
pub fn command_as(user: Option<&str>, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        command.args([
            &format!("--reuid={user}"),
            &format!("--regid={user}"),
            "--init-groups",
        ]);
    }
    command
        .args(["--pdeathsig", "TERM", "--"])
        .arg(program)
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// A running part.
pub struct Part {
    name: &'static str,
    child: Child,
    group: Pid,
    log: PathBuf,
    pid_file: PathBuf,
}

impl Part {
    /// Starts a command made by [`command`] with its output in `<name>.log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(dir: &Path, name: &'static str, mut command: Command) -> anyhow::Result<Part> {
        let log = dir.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        let id = child
            .id()
            .with_context(|| format!("{name} ended at once"))?;
        let group = Pid::from_raw(i32::try_from(id)?);
        let pid_file = dir.join(format!("{name}.pid"));
        let text = format!("{id} {}\n", start_time(id).unwrap_or_default());
        std::fs::write(&pid_file, text)
            .with_context(|| format!("cannot write {}", pid_file.display()))?;
        Ok(Part {
            name,
            child,
            group,
            log,
            pid_file,
        })
    }

    /// Waits until the part ends by itself; the error says what is known about it.
    pub async fn ended(&mut self) -> anyhow::Error {
        let words = match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(e) => e.to_string(),
        };
        let log = std::fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        let (name, path) = (self.name, self.log.display());
        anyhow::anyhow!("{name} ended by itself ({words}). The end of {path}:\n{last}")
    }

    /// Asks it to stop and waits; kills it when it takes longer than `limit`.
    pub async fn stop(mut self, limit: Duration) {
        // The whole group: php has workers, which outlive a php that ended by itself.
        killpg(self.group, Signal::SIGTERM).ok();
        if tokio::time::timeout(limit, self.child.wait())
            .await
            .is_err()
        {
            let seconds = limit.as_secs();
            complain!(
                "jumun: {} does not stop within {seconds} s and is killed",
                self.name
            );
            killpg(self.group, Signal::SIGKILL).ok();
            self.child.wait().await.ok();
        }
        std::fs::remove_file(&self.pid_file).ok();
    }
}

/// Stops what a run that was killed has left in this directory: exactly the processes it started.
pub async fn stop_leftovers(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    let files = entries.flatten().map(|entry| entry.path());
    for file in files.filter(|file| file.extension().is_some_and(|e| e == "pid")) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if let Some((id, started)) = text.trim().split_once(' ')
            && let Ok(id) = id.parse::<u32>()
        {
            stop_leftover(id, started).await;
        }
        std::fs::remove_file(&file).ok();
    }
}

async fn stop_leftover(id: u32, started: &str) {
    let Ok(group) = i32::try_from(id).map(Pid::from_raw) else {
        return;
    };
    let is_there = || start_time(id).is_some_and(|time| time == started);
    if !is_there() {
        return;
    }
    say!("jumun: waiting for process {id} of an earlier run");
    killpg(group, Signal::SIGTERM).ok();
    let gone = async {
        while is_there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(LEFTOVER_LIMIT, gone).await.is_err() && is_there() {
        killpg(group, Signal::SIGKILL).ok();
    }
}

/// When a process was started, in the kernel's ticks: with its number, a name that is never used twice.
/// `None` when it has ended, also while nobody has asked for its exit status yet.
fn start_time(id: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold anything; the third is the state,
    // the 22nd the time.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    match fields.first() {
        Some(&("Z" | "X")) | None => None,
        Some(_) => fields.get(19).map(|&time| time.to_owned()),
    }
}
