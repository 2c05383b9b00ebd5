//! The log on its way to standard error. The lines of requests are collected for a moment and written together: one
//! write for each costs more than what is in it. At an orderly end nothing is lost; a process that is killed takes the
//! lines of the last moment with it.

use std::{
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

/// How long a line may wait.
const MOMENT: Duration = Duration::from_millis(100);
/// Whoever adds a line when there is this much writes all of it.
const MOST: usize = 64 * 1024;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// Held while something is written, so that all is in order.
static WRITING: Mutex<()> = Mutex::new(());
static BEGUN: Notify = Notify::const_new();

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the logger writes.
pub struct Journal;

impl Write for Journal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = lock(&LINES);
        let first = lines.is_empty();
        lines.extend_from_slice(bytes);
        let full = lines.len() >= MOST;
        drop(lines);
        if full {
            write_out();
        } else if first {
            BEGUN.notify_one();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // the logger says so after every line
    }
}

/// Writes everything that waits.
pub fn write_out() {
    let writing = lock(&WRITING);
    let lines = std::mem::take(&mut *lock(&LINES));
    // A log that cannot be written stops nobody.
    io::stderr().write_all(&lines).ok();
    drop(writing);
}

/// Writes what waits again and again, until the process ends.
pub async fn keep_writing() {
    loop {
        BEGUN.notified().await;
        sleep(MOMENT).await;
        write_out();
    }
}

/// Writes what is left when it is dropped.
pub struct Rest;

impl Drop for Rest {
    fn drop(&mut self) {
        write_out();
    }
}
