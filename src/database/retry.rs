//! Which errors a repeated CALL mends, and how long to wait before it.

use std::time::Duration;

use crate::errors::Catalogue;

/// Before a lost CALL is sent again.
pub const LOST_PAUSE: Duration = Duration::from_millis(20);
/// Before connecting is tried again.
pub const CONNECT_PAUSE: Duration = Duration::from_millis(200);
const LOCK_PAUSE: Duration = Duration::from_millis(250);
const DEPLOY_PAUSE: Duration = Duration::from_millis(200);
const DEPLOY_REPEATS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(8);
const LONGEST_BACKOFF: Duration = Duration::from_millis(250);

/// What to do before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Another transaction was in the way and is gone.
    AtOnce,
    /// It is still in the way.
    AfterPause,
    /// This server cannot do it; another one may.
    Reconnect,
    /// A routine or a view is being replaced: a few times.
    Redeployed,
}

/// How to repeat a CALL that ended with an errno, if at all. The catalogue says which ones; how is known here.
pub fn how(catalogue: &Catalogue, errno: u16) -> Option<Repeat> {
    match errno {
        _ if !catalogue.repeats(errno) => None,
        // Between DROP and CREATE of a routine or a view, between CREATE and GRANT, while parameters change.
        1146 | 1305 | 1318 | 1356 | 1370 => Some(Repeat::Redeployed),
        // Read-only in one of the ways: the server, InnoDB, the session's transactions; or a cluster without quorum.
        1015 | 1036 | 1290 | 1792 | 1836 | 1874 | 3100 => Some(Repeat::Reconnect),
        1047 | 1205 => Some(Repeat::AfterPause),
        _ => Some(Repeat::AtOnce),
    }
}

/// The server's last words on a connection: whether the CALL's commit came before them is not known.
pub fn ends_connection(errno: u16) -> bool {
    // server shutdown, interrupted by KILL, connection killed, statement time limit (twice), session killed,
    // disconnected by the server, interrupted by KILL inside a routine (MariaDB)
    matches!(errno, 1053 | 1317 | 1927 | 1969 | 3024 | 3169 | 4031 | 4094)
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
    pub fn next(&mut self, how: Repeat) -> Option<Duration> {
        match how {
            Repeat::AtOnce => {
                let pause = self.backoff;
                self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
                Some(pause)
            }
            Repeat::AfterPause => Some(LOCK_PAUSE),
            Repeat::Reconnect => Some(CONNECT_PAUSE),
            Repeat::Redeployed if self.redeployed == DEPLOY_REPEATS => None,
            Repeat::Redeployed => {
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
            (1213, Some(Repeat::AtOnce)),
            (1020, Some(Repeat::AtOnce)),
            (1205, Some(Repeat::AfterPause)),
            (1047, Some(Repeat::AfterPause)),
            (1290, Some(Repeat::Reconnect)),
            (3100, Some(Repeat::Reconnect)),
            (1015, Some(Repeat::Reconnect)),
            (1036, Some(Repeat::Reconnect)),
            (1792, Some(Repeat::Reconnect)),
            (1836, Some(Repeat::Reconnect)),
            (1874, Some(Repeat::Reconnect)),
            (1318, Some(Repeat::Redeployed)),
            (1449, None),
            (1142, None),
            (1305, Some(Repeat::Redeployed)),
            (1062, None),
            (2101, None),
        ] {
            assert_eq!(how(&catalogue, errno), expected, "{errno}");
        }
    }

    #[test]
    fn a_deadlock_is_retried_ever_more_slowly_and_a_missing_routine_not_for_ever() {
        let mut pauses = Pauses::default();
        let first = pauses.next(Repeat::AtOnce);
        assert!(pauses.next(Repeat::AtOnce) > first);
        for _ in 0..20 {
            assert!(pauses.next(Repeat::AtOnce) <= Some(LONGEST_BACKOFF));
        }
        for _ in 0..DEPLOY_REPEATS {
            assert!(pauses.next(Repeat::Redeployed).is_some());
        }
        assert_eq!(pauses.next(Repeat::Redeployed), None);
    }
}
