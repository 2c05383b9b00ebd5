//! Which errors a repeated CALL mends, and how long to wait before it.

use std::time::Duration;

use crate::{
    database::engine_errors::{self, Retry},
    errors::Catalogue,
};

/// Before a lost CALL is sent again.
pub const LOST_PAUSE: Duration = Duration::from_millis(20);
/// Before connecting is tried again.
pub const CONNECT_PAUSE: Duration = Duration::from_millis(200);
const LOCK_PAUSE: Duration = Duration::from_millis(250);
const DEPLOY_PAUSE: Duration = Duration::from_millis(200);
const DEPLOY_REPEATS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(8);
const LONGEST_BACKOFF: Duration = Duration::from_millis(250);

/// How to repeat a CALL that ended with an errno, if at all. The catalogue says which ones: a DBA may add some.
pub fn how(catalogue: &Catalogue, errno: u16) -> Option<Retry> {
    catalogue
        .repeats(errno)
        .then(|| engine_errors::retry(errno).unwrap_or(Retry::AtOnce))
}

/// The pauses of one call.
#[derive(Debug)]
pub struct Pauses {
    backoff: Duration,
    redeployed: u32,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            backoff: FIRST_BACKOFF,
            redeployed: 0,
        }
    }
}

impl Pauses {
    /// The longest pause before the next attempt, or `None` when there have been enough.
    pub fn next(&mut self, how: Retry) -> Option<Duration> {
        match how {
            Retry::AtOnce => {
                let pause = self.backoff;
                self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
                Some(pause)
            }
            Retry::AfterPause => Some(LOCK_PAUSE),
            Retry::Reconnect => Some(CONNECT_PAUSE),
            Retry::Redeployed if self.redeployed == DEPLOY_REPEATS => None,
            Retry::Redeployed => {
                self.redeployed += 1;
                Some(DEPLOY_PAUSE)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_errno_is_repeated_in_its_own_way() {
        let catalogue = Catalogue::default();
        for (errno, expected) in [
            (1213, Some(Retry::AtOnce)),
            (1020, Some(Retry::AtOnce)),
            (1205, Some(Retry::AfterPause)),
            (1047, Some(Retry::AfterPause)),
            (1290, Some(Retry::Reconnect)),
            (3100, Some(Retry::Reconnect)),
            (1015, Some(Retry::Reconnect)),
            (1036, Some(Retry::Reconnect)),
            (1792, Some(Retry::Reconnect)),
            (1836, Some(Retry::Reconnect)),
            (1874, Some(Retry::Reconnect)),
            (1318, Some(Retry::Redeployed)),
            (1449, None),
            (1142, None),
            (1305, Some(Retry::Redeployed)),
            (1062, None),
            (2101, None),
        ] {
            assert_eq!(how(&catalogue, errno), expected, "{errno}");
        }
    }

    #[test]
    fn a_deadlock_is_retried_ever_more_slowly_and_a_missing_routine_not_for_ever() {
        let mut pauses = Pauses::default();
        let first = pauses.next(Retry::AtOnce);
        assert!(pauses.next(Retry::AtOnce) > first);
        for _ in 0..20 {
            assert!(pauses.next(Retry::AtOnce) <= Some(LONGEST_BACKOFF));
        }
        for _ in 0..DEPLOY_REPEATS {
            assert!(pauses.next(Retry::Redeployed).is_some());
        }
        assert_eq!(pauses.next(Retry::Redeployed), None);
    }
}
