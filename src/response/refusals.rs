//! Strangers who are refused: all are counted, few are written down. Whoever is not known yet must not be able to fill
//! the log, so a kind of refusal gets some lines a second, and one that says how many were left out.

use std::{
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use log::{Level, Log, Metadata, Record};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use tokio::time::interval;

use crate::{errors::Entry, response::journal};

/// Lines of one kind in a second: enough to see what goes on.
const LINES_A_SECOND: u64 = 10;
const TARGET: &str = "access";

/// Why somebody is refused before anything is known about him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What came is no HTTP.
    Malformed,
    /// The connection broke off or came to nothing in the middle of a request.
    Broken,
    /// No such address, or no such method there.
    NoRoute,
    /// No key, a wrong one, a bad ticket, a page of an origin that is not the shop's.
    NoKey,
    /// To a payment gateway's address came what is no message of that gateway.
    Message,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Malformed,
        Self::Broken,
        Self::NoRoute,
        Self::NoKey,
        Self::Message,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Broken => "broken",
            Self::NoRoute => "no_route",
            Self::NoKey => "no_key",
            Self::Message => "message",
        }
    }

    /// What an error says about who sent the request to a route; `None` when it is somebody who is known.
    pub fn of(pattern: &str, entry: &Entry) -> Option<Self> {
        match (entry.code.as_str(), entry.status) {
            ("ROUTE_NOT_FOUND" | "METHOD_NOT_ALLOWED", _) => Some(Self::NoRoute),
            (_, 400..=499) if pattern.starts_with("/pg/") => Some(Self::Message),
            (_, 401 | 403) => Some(Self::NoKey),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    kind: &'static str,
}

/// All that there were, also those that the log leaves out.
static TOTALS: LazyLock<Family<Labels, Counter>> = LazyLock::new(Family::default);

/// Shows the totals among the metrics, from 0 on.
pub fn register(registry: &mut Registry) {
    for kind in Kind::ALL {
        drop(TOTALS.get_or_create(&Labels { kind: kind.name() }));
    }
    registry.register(
        "strangers_refused",
        "Requests refused before it was known who sent them, by kind",
        TOTALS.clone(),
    );
}

/// What may be written of one kind.
#[derive(Debug)]
struct Count {
    /// The second that the lines belong to, and how many there were.
    second: AtomicU64,
    lines: AtomicU64,
    left_out: AtomicU64,
}

impl Count {
    const fn new() -> Self {
        Self {
            second: AtomicU64::new(0),
            lines: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }
    }

    /// Whether one more may be written down. Two threads at the turn of a second may write a line more.
    fn take(&self, second: u64) -> bool {
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.lines.store(0, Ordering::Relaxed);
        }
        let may = self.lines.fetch_add(1, Ordering::Relaxed) < LINES_A_SECOND;
        if !may {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        may
    }
}

/// Of the whole process, as its log is.
static COUNTS: [Count; Kind::ALL.len()] = [const { Count::new() }; Kind::ALL.len()];

fn second() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    // 0 is the second before the first one.
    START.get_or_init(Instant::now).elapsed().as_secs() + 1
}

/// Counts a refusal and says whether a line may be written about it.
pub fn take(kind: Kind) -> bool {
    TOTALS.get_or_create(&Labels { kind: kind.name() }).inc();
    COUNTS[kind as usize].take(second())
}

/// Says every second what was left out, until the process ends.
pub async fn report() {
    let mut ticks = interval(Duration::from_secs(1));
    loop {
        ticks.tick().await;
        for kind in Kind::ALL {
            let left_out = COUNTS[kind as usize].left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                log::info!(target: TARGET, "{left_out} more refused: {}", kind.name());
            }
        }
    }
}

/// The log, without what the HTTP library calls an error of ours and is somebody's who speaks no HTTP. All but the lines
/// of requests is written at once.
pub struct Quiet(pub env_logger::Logger);

/// What a record of the HTTP library is about, when it is about a client.
fn client_fault(record: &Record) -> Option<Kind> {
    if !record.target().starts_with("actix_http::") || record.level() != Level::Error {
        return None;
    }
    let words = record.args().to_string();
    let malformed = words.contains("parse error") || words.starts_with("MAX_BUFFER_SIZE");
    if malformed {
        Some(Kind::Malformed)
    } else {
        words.starts_with("stream error").then_some(Kind::Broken)
    }
}

impl Log for Quiet {
    fn enabled(&self, metadata: &Metadata) -> bool {
        self.0.enabled(metadata)
            || metadata.target().starts_with("actix_http::") && metadata.level() == Level::Error
    }

    fn log(&self, record: &Record) {
        let Some(kind) = client_fault(record) else {
            self.0.log(record);
            if record.target() != TARGET {
                self.flush();
            }
            return;
        };
        if take(kind) {
            self.0.log(
                &Record::builder()
                    .target(TARGET)
                    .level(Level::Info)
                    .args(format_args!("refused: {}: {}", kind.name(), record.args()))
                    .build(),
            );
        }
    }

    fn flush(&self) {
        journal::write_out();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_its_lines_and_the_rest_is_counted() {
        let count = Count::new();
        let written = (0..100).filter(|_| count.take(1)).count();
        assert_eq!(written as u64, LINES_A_SECOND);
        assert!(count.take(2));
        assert_eq!(count.left_out.load(Ordering::Relaxed), 100 - LINES_A_SECOND);
    }
}
