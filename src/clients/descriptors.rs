//! Every connection is a file descriptor, and a process may have only so many: better refused than not accepted.

use anyhow::Context;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::service::IN_BETWEEN;

/// Fewer connections than these are no service.
const FEWEST: usize = 16;
/// What the process needs besides connections: log, listeners, timers, what libraries open. And for each of two
/// addresses those that are in between.
const BESIDES: usize = 64 + 2 * IN_BETWEEN;

/// Raises the limit of this process as far as it may, and says how many connections fit into it.
///
/// # Errors
/// When the limit leaves no room for a service.
pub fn fit(connections: usize, others: usize) -> anyhow::Result<usize> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("the limit of descriptors")?;
    if soft < hard {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
            .context("cannot raise the limit of descriptors")?;
    }
    let limit = usize::try_from(hard).unwrap_or(usize::MAX);
    let (fitting, cut) = fitting(limit, connections, others);
    anyhow::ensure!(
        fitting >= FEWEST,
        "a limit of {limit} descriptors (ulimit -Hn) leaves no room for connections"
    );
    if cut {
        log::warn!(
            "JUMUN_CONNECTIONS is {connections}, a limit of {limit} descriptors (ulimit -Hn) leaves room for {fitting}"
        );
    }
    Ok(fitting)
}

/// How many connections fit, and whether that is fewer than wanted.
fn fitting(limit: usize, connections: usize, others: usize) -> (usize, bool) {
    let room = limit.saturating_sub(others + BESIDES);
    (connections.min(room), room < connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_everything_else() {
        assert_eq!(fitting(1_000_000, 2000, 100), (2000, false));
        assert_eq!(fitting(2000 + 100 + BESIDES, 2000, 100), (2000, false));
        assert_eq!(fitting(2000 + 99 + BESIDES, 2000, 100), (1999, true));
        assert_eq!(fitting(100, 2000, 100), (0, true));
    }
}
