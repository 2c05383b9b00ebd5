//! Which idle connections may still be alive. A server or a firewall that vanishes without a word leaves connections
//! that look open: a CALL on such a one would wait for its whole deadline, and the next caller gets the next one.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A connection that answered this recently is taken as it is: asking it costs a round trip.
const FRESH: Duration = Duration::from_secs(2);
/// More connections than a pool may have. What is forgotten is taken as fresh, as a new one is.
const MOST: usize = 4096;

/// What to do with a connection before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// Use it.
    Fresh,
    /// Ask it whether it is there.
    Prove,
    /// Close it: another one that was idle as long did not answer.
    Discard,
}

/// When each connection of a pool answered last, by its number in the server.
#[derive(Debug, Default)]
pub struct LastAnswers {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    answered: HashMap<u32, Instant>,
    /// What answered last before this moment is not believed to answer again.
    silent_since: Option<Instant>,
}

impl LastAnswers {
    /// A connection has just answered.
    pub fn answered(&self, id: u32, now: Instant) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.answered.len() >= MOST {
            inner.answered.clear();
        }
        inner.answered.insert(id, now);
    }

    /// A connection did not answer in time.
    pub fn silent(&self, now: Instant) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.silent_since = Some(now);
    }

    /// Judges a connection. One that is to be discarded is forgotten: its number may come again.
    pub fn liveness(&self, id: u32, now: Instant) -> Liveness {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = inner.answered.get(&id).copied() else {
            return Liveness::Fresh;
        };
        if inner.silent_since.is_some_and(|since| last < since) {
            inner.answered.remove(&id);
            Liveness::Discard
        } else if now.duration_since(last) < FRESH {
            Liveness::Fresh
        } else {
            Liveness::Prove
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_connections_prove_themselves_until_one_of_them_fails_to() {
        let last = LastAnswers::default();
        let start = Instant::now();
        assert_eq!(last.liveness(1, start), Liveness::Fresh, "a new one");
        last.answered(1, start);
        last.answered(2, start);
        assert_eq!(last.liveness(1, start), Liveness::Fresh);
        let later = start + FRESH;
        assert_eq!(last.liveness(1, later), Liveness::Prove);
        assert_eq!(last.liveness(2, later), Liveness::Prove);
        last.answered(1, later);
        assert_eq!(last.liveness(1, later), Liveness::Fresh);
        let silence = later + Duration::from_millis(1);
        last.silent(silence);
        assert_eq!(last.liveness(1, silence), Liveness::Discard);
        assert_eq!(
            last.liveness(1, silence),
            Liveness::Fresh,
            "the number came again"
        );
        last.answered(3, silence);
        assert_eq!(last.liveness(3, silence), Liveness::Fresh);
        assert_eq!(last.liveness(2, silence), Liveness::Discard);
    }
}
