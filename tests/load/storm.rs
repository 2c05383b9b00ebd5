//! A load: so many callers over these carts, timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::carts::Cart;
use crate::progress::Progress;
use crate::ways::{Caller, Outcome};

/// What one load did in one round; its orders are whatever calls it is about.
#[derive(Clone, Debug, Serialize)]
pub struct Round {
    pub orders_per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// User and system time of the server process.
    pub database_cpu_us: f64,
    /// Orders that ended with a deadlock that the caller was told of.
    pub deadlocks: usize,
}

/// All answers, in the order of the carts.
pub struct Answers {
    pub outcomes: Vec<(usize, Outcome)>,
    times: Vec<Duration>,
    elapsed: Duration,
    database_cpu: Duration,
}

impl Answers {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.iter().filter(|(_, o)| *o == outcome).count()
    }

    pub fn round(mut self) -> Round {
        self.times.sort();
        let orders = self.times.len() as f64;
        Round {
            orders_per_second: orders / self.elapsed.as_secs_f64(),
            p50_ms: at(&self.times, 0.5).as_secs_f64() * 1e3,
            p99_ms: at(&self.times, 0.99).as_secs_f64() * 1e3,
            database_cpu_us: self.database_cpu.as_secs_f64() * 1e6 / orders,
            deadlocks: self.count(Outcome::Deadlock),
        }
    }
}

/// Makes its call for every cart once, by `callers` tasks; each takes the next one when it is done with one.
pub async fn storm(
    caller: &Caller,
    callers: usize,
    carts: Vec<Cart>,
    pid: u32,
    progress: &Progress,
) -> Answers {
    let carts = Arc::new(carts);
    let next = Arc::new(AtomicUsize::new(0));
    let cpu = cpu_of(pid);
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (caller, carts, next) = (caller.clone(), carts.clone(), next.clone());
            let progress = progress.clone();
            tokio::spawn(async move {
                let mut done = Vec::with_capacity(carts.len() / callers + 1);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(cart) = carts.get(at) else {
                        return done;
                    };
                    let start = Instant::now();
                    let outcome = caller.take(cart).await;
                    done.push((at, outcome, start.elapsed()));
                    progress.step();
                }
            })
        })
        .collect();
    let mut all = Vec::with_capacity(carts.len());
    for task in tasks {
        all.extend(task.await.expect("a caller"));
    }
    let elapsed = start.elapsed();
    let database_cpu = cpu_of(pid) - cpu;
    all.sort_unstable_by_key(|(at, ..)| *at);
    Answers {
        outcomes: all.iter().map(|&(at, outcome, _)| (at, outcome)).collect(),
        times: all.iter().map(|&(.., time)| time).collect(),
        elapsed,
        database_cpu,
    }
}

/// The value below which this share of the sorted values is.
pub fn at(sorted: &[Duration], share: f64) -> Duration {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// User and system time of a process so far.
pub fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the server's process");
    // Fields after the name, which is in parentheses and may contain blanks: utime and stime are the 12th and 13th.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks: u64 = [11, 12]
        .iter()
        .filter_map(|&i| fields.get(i)?.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10) // USER_HZ is 100 on Linux
}
