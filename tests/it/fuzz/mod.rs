//! Random and mutated input: direct CALLs of every public routine, and HTTP requests over every route. A run is made by
//! its seed; what it finds is printed with the seed, the session and the very call or request.
//!
//! | variable | default | what |
//! |---|---|---|
//! | `FUZZ_COUNT` | 2000 | calls, and requests |
//! | `FUZZ_SEED` | 20261120 | `random` takes a new one |
//! | `FUZZ_SESSIONS` | 4 | at once; 1 makes them in the same order again (order keys and codes stay random) |

mod calls;
mod careful;
mod dice;
mod findings;
mod gateway;
mod hostile;
mod judge;
mod messages;
mod order_requests;
mod raw;
mod raw_mutation;
mod reading;
mod receivers;
mod replies;
mod requests;
mod routines;
mod world;

use std::str::FromStr;

pub use dice::Dice;
pub use findings::{Findings, Progress};

/// What one run does.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    pub count: usize,
    pub sessions: usize,
}

impl Plan {
    pub fn from_env() -> Plan {
        let seed = match std::env::var("FUZZ_SEED").as_deref() {
            Ok("random") => rand::random(),
            _ => number("FUZZ_SEED", 20_261_120),
        };
        Plan {
            seed,
            count: number("FUZZ_COUNT", 2_000),
            sessions: number("FUZZ_SESSIONS", 4),
        }
    }

    /// For what costs more than a call: so many, or a fifth of what is asked for.
    pub fn part(default: usize) -> Plan {
        let asked = std::env::var("FUZZ_COUNT").is_ok();
        let plan = Plan::from_env();
        Plan {
            count: if asked { plan.count / 5 } else { default },
            ..plan
        }
    }

    /// The generator of one session.
    pub fn dice(&self, session: usize) -> Dice {
        Dice::new(self.seed, session)
    }

    /// How many calls or requests one session makes.
    pub fn share(&self, session: usize) -> usize {
        let rest = usize::from(session < self.count % self.sessions);
        self.count / self.sessions + rest
    }
}

fn number<T: FromStr>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}
