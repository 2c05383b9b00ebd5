//! What a run has found, each kind once, and how far it is.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use super::Plan;

/// More than this of one input is not printed.
const LONGEST: usize = 2_000;

/// Collected from all sessions; the run fails at its end, so that one finding does not hide the others.
pub struct Findings {
    plan: Plan,
    /// What is wrong -> how often, and the first one.
    kinds: Mutex<BTreeMap<String, (usize, String)>>,
}

impl Findings {
    pub fn new(plan: Plan) -> Findings {
        Findings {
            plan,
            kinds: Mutex::new(BTreeMap::new()),
        }
    }

    /// `kind` is what makes two findings the same; `input` repeats it.
    pub fn add(&self, kind: &str, session: usize, number: usize, input: &str) {
        let start: String = input.chars().take(LONGEST).collect();
        let first = format!(
            "session {session}, number {number} ({} bytes):\n    {start}",
            input.len()
        );
        let mut kinds = self.kinds.lock().expect("findings");
        kinds.entry(kind.to_owned()).or_insert((0, first)).0 += 1;
    }

    /// Panics with everything that was found.
    pub fn assert_none(&self) {
        let kinds = self.kinds.lock().expect("findings");
        let lines: Vec<String> = kinds
            .iter()
            .map(|(kind, (times, first))| format!("{times} × {kind}\n  {first}"))
            .collect();
        let Plan {
            seed,
            count,
            sessions,
        } = self.plan;
        assert!(
            lines.is_empty(),
            "FUZZ_SEED={seed} FUZZ_COUNT={count} FUZZ_SESSIONS={sessions} found {}:\n{}",
            lines.len(),
            lines.join("\n")
        );
    }
}

/// Says how far a long run is, a hundred times or less, and at its end what came of it all.
pub struct Progress {
    what: &'static str,
    plan: Plan,
    start: Instant,
    /// Outcome -> how often.
    tally: Mutex<BTreeMap<String, usize>>,
}

impl Progress {
    pub fn new(what: &'static str, plan: Plan) -> Progress {
        eprintln!("{what}: {} with FUZZ_SEED={}", plan.count, plan.seed);
        Progress {
            what,
            plan,
            start: Instant::now(),
            tally: Mutex::new(BTreeMap::new()),
        }
    }

    /// One more is done, with this outcome.
    pub fn step(&self, outcome: &str) {
        let mut tally = self.tally.lock().expect("the tally");
        *tally.entry(outcome.to_owned()).or_default() += 1;
        let done: usize = tally.values().sum();
        if done.is_multiple_of((self.plan.count / 100).max(1_000)) || done == self.plan.count {
            let seconds = self.start.elapsed().as_secs_f64();
            eprintln!(
                "{}: {done} of {} in {seconds:.0} s",
                self.what, self.plan.count
            );
        }
    }

    /// Prints the tally. The outcomes named here must be in that of a long run: otherwise it stayed at the surface.
    pub fn finish(&self, must: &[&str]) {
        let tally = self.tally.lock().expect("the tally");
        eprintln!("{}: {tally:?}", self.what);
        for outcome in must {
            let seen = tally.contains_key(*outcome);
            assert!(
                seen || self.plan.count < 2_000,
                "never {outcome}: {tally:?}"
            );
        }
    }
}
