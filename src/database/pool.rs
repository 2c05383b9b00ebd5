//! The connections of one account: opened, proven, thrown away, and whether there are any.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mysql_async::{Conn, Error, Metrics, OptsBuilder, Pool, prelude::Queryable};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    database::{
        connect,
        engine_errors::{self, Retry},
        liveness::{LastAnswers, Liveness},
        retry,
    },
    errors::Catalogue,
};

const CLOSE_LIMIT: Duration = Duration::from_secs(1);
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// For an idle connection to prove that it is alive.
const PROOF_LIMIT: Duration = Duration::from_millis(500);

/// So many connections among so many homes; the last ones may get none.
fn shares(connections: usize, homes: usize) -> impl Iterator<Item = usize> {
    let shares = (0..homes).map(move |home| (connections + homes - 1 - home) / homes);
    shares.take_while(|share| *share > 0)
}

/// Why there is no connection. Nothing was sent.
#[derive(Debug)]
pub enum NoConnection {
    /// It may be there in a moment.
    Passing(String),
    /// Trying again is pointless until somebody changes something.
    Lasting(String),
    /// The deadline came first, too soon to say anything about the server.
    TooLate,
}

/// Connections there are, those that are idle, and what has happened to them.
pub struct Counts {
    pub all: usize,
    pub idle: usize,
    pub events: [(&'static str, usize); 8],
}

/// The connections of one worker. Only its runtime uses the pool, since that is what the sockets belong to.
struct Home {
    runtime: Handle,
    pool: Pool,
    size: usize,
}

/// A pool for each worker, and what is known about the server behind them.
pub struct Connections {
    homes: Vec<Home>,
    catalogue: Arc<Catalogue>,
    last_answers: LastAnswers,
    /// Since when no connection could be had.
    down_since: Mutex<Option<Instant>>,
}

impl Connections {
    /// Divides so many connections among the workers.
    ///
    /// # Errors
    /// When the driver takes no pool of that size.
    pub fn new(
        options: &OptsBuilder,
        size: u16,
        workers: &[Handle],
        catalogue: Arc<Catalogue>,
    ) -> anyhow::Result<Self> {
        let shares = shares(size.into(), workers.len());
        let homes = workers.iter().zip(shares).map(|(runtime, size)| {
            Ok(Home {
                runtime: runtime.clone(),
                pool: connect::open_pool(options.clone(), size)?,
                size,
            })
        });
        Ok(Self {
            homes: homes.collect::<anyhow::Result<_>>()?,
            catalogue,
            last_answers: LastAnswers::default(),
            down_since: Mutex::new(None),
        })
    }

    /// How many connections each home has.
    pub fn shares(&self) -> Vec<usize> {
        self.homes.iter().map(|home| home.size).collect()
    }

    /// The home that this is run by.
    pub fn here(&self) -> Option<usize> {
        let here = Handle::current().id();
        self.homes.iter().position(|home| home.runtime.id() == here)
    }

    pub fn runtime(&self, home: usize) -> &Handle {
        &self.homes[home].runtime
    }

    /// What the driver has counted of all pools together.
    pub fn counts(&self) -> Counts {
        let pools: Vec<_> = self.homes.iter().map(|home| home.pool.metrics()).collect();
        let sum = |value: fn(&Metrics) -> &AtomicUsize| {
            let values = pools.iter().map(|pool| value(pool));
            values.map(|value| value.load(Ordering::Relaxed)).sum()
        };
        let superfluous = sum(|pool| &pool.discarded_superfluous_connection);
        let closed = sum(|pool| &pool.discarded_unestablished_connection);
        let expired = sum(|pool| &pool.discarded_expired_connection);
        let error = sum(|pool| &pool.discarded_error_during_cleanup);
        Counts {
            all: sum(|pool| &pool.connection_count),
            idle: sum(|pool| &pool.connections_in_pool),
            events: [
                ("create_failed", sum(|pool| &pool.create_failed)),
                ("discarded_superfluous", superfluous),
                ("discarded_closed", closed),
                ("discarded_expired", expired),
                ("discarded_error", error),
                ("returned_dirty", sum(|pool| &pool.dirty_connection_return)),
                ("reset", sum(|pool| &pool.resetting_connection)),
                ("returned", sum(|pool| &pool.connection_returned_to_pool)),
            ],
        }
    }

    /// Closes all that are idle, and every other one when it comes back.
    pub async fn close(&self, deadline: Instant) {
        for home in &self.homes {
            match timeout_at(deadline, home.pool.clone().disconnect()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => log::warn!("closing connections: {error}"),
                Err(_) => log::warn!("connections did not close in time"),
            }
        }
    }

    /// A connection of one pool that answers, as far as that can be told without losing a CALL to find out.
    ///
    /// # Errors
    /// See [`NoConnection`].
    pub async fn connect(&self, home: usize, deadline: Instant) -> Result<Conn, NoConnection> {
        // `get_conn` has no time limit of its own.
        let limit = deadline.min(Instant::now() + CONNECT_LIMIT);
        let outcome = loop {
            let mut conn = match timeout_at(limit, self.homes[home].pool.get_conn()).await {
                Ok(Ok(conn)) => conn,
                Ok(Err(error)) => break Err(self.judge(error)),
                // What little time a call had left is no news of the server.
                Err(_) if limit == deadline => break Err(NoConnection::TooLate),
                Err(_) => break Err(NoConnection::Passing("no connection in time".to_owned())),
            };
            match self.last_answers.liveness(conn.id(), Instant::now()) {
                Liveness::Fresh => break Ok(conn),
                Liveness::Discard => drop(timeout(CLOSE_LIMIT, conn.disconnect()).await),
                Liveness::Prove => match timeout(PROOF_LIMIT, conn.ping()).await {
                    Ok(Ok(())) => break Ok(conn),
                    // The pool closes one that broke, and one that was let go while it was asked.
                    Ok(Err(_)) => {}
                    Err(_) => self.silent(),
                },
            }
        };
        match &outcome {
            Ok(_) => self.set_up(),
            Err(NoConnection::Passing(reason) | NoConnection::Lasting(reason)) => {
                self.set_down(reason);
            }
            Err(NoConnection::TooLate) => {}
        }
        outcome
    }

    fn judge(&self, error: Error) -> NoConnection {
        match error {
            // Too many connections, or a server that is starting or stopping: both pass.
            Error::Server(error)
                if engine_errors::passes(error.code) || self.catalogue.repeats(error.code) =>
            {
                NoConnection::Passing(error.to_string())
            }
            Error::Server(error) => NoConnection::Lasting(error.to_string()),
            error => NoConnection::Passing(error.to_string()),
        }
    }

    /// A connection has answered a CALL.
    pub fn answered(&self, conn: &Conn) {
        self.last_answers.answered(conn.id(), Instant::now());
    }

    /// A connection did not answer in time: those that are idle for as long are not trusted either.
    pub fn silent(&self) {
        self.last_answers.silent(Instant::now());
    }

    /// Closes a connection whose server can be of no use; any other goes back to the pool, which resets it.
    pub async fn discard_if_useless(&self, conn: Conn, errno: u16) {
        if engine_errors::ends_connection(errno)
            || retry::how(&self.catalogue, errno) == Some(Retry::Reconnect)
        {
            // A failure to say goodbye changes nothing: the connection is gone either way.
            drop(timeout(CLOSE_LIMIT, conn.disconnect()).await);
        }
    }

    fn set_up(&self) {
        let mut down_since = self
            .down_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = down_since.take() {
            log::info!(
                "the database is back after {:.1} s",
                since.elapsed().as_secs_f64()
            );
        }
    }

    fn set_down(&self, reason: &str) {
        let mut down_since = self
            .down_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if down_since.is_none() {
            log::warn!("no connection to the database: {reason}");
            *down_since = Some(Instant::now());
        }
    }

    /// For how long there has been no connection.
    pub fn down_for(&self) -> Duration {
        let down_since = self
            .down_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        down_since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn connections_are_divided_without_losing_any() {
        for (connections, homes, expected) in [
            (16, 2, &[8, 8][..]),
            (7, 3, &[3, 2, 2]),
            (1, 2, &[1]),
            (2, 1, &[2]),
        ] {
            assert!(shares(connections, homes).eq(expected.iter().copied()));
        }
    }
}
