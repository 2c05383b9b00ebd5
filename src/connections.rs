//! The connections of one pool: opened, proven, thrown away, and whether there are any.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mysql_async::{Conn, Error, Pool, prelude::Queryable};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    catalogue::Catalogue,
    repeat::{self, Repeat},
    trust::{LastAnswers, Trust},
};

const CLOSE_LIMIT: Duration = Duration::from_secs(1);
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// For an idle connection to prove that it is alive.
const PROOF_LIMIT: Duration = Duration::from_millis(500);

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

/// A pool, and what is known about the server behind it.
pub struct Connections {
    pool: Pool,
    catalogue: Arc<Catalogue>,
    last_answers: LastAnswers,
    /// Since when no connection could be had.
    down_since: Mutex<Option<Instant>>,
}

impl Connections {
    pub fn new(pool: Pool, catalogue: Arc<Catalogue>) -> Self {
        Self {
            pool,
            catalogue,
            last_answers: LastAnswers::default(),
            down_since: Mutex::new(None),
        }
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// A connection that answers, as far as that can be told without losing a CALL to find out.
    ///
    /// # Errors
    /// See [`NoConnection`].
    pub async fn connect(&self, deadline: Instant) -> Result<Conn, NoConnection> {
        // `get_conn` has no time limit of its own.
        let limit = deadline.min(Instant::now() + CONNECT_LIMIT);
        let outcome = loop {
            let mut conn = match timeout_at(limit, self.pool.get_conn()).await {
                Ok(Ok(conn)) => conn,
                Ok(Err(error)) => break Err(self.judge(error)),
                // What little time a call had left is no news of the server.
                Err(_) if limit == deadline => break Err(NoConnection::TooLate),
                Err(_) => break Err(NoConnection::Passing("no connection in time".to_owned())),
            };
            match self.last_answers.trust(conn.id(), Instant::now()) {
                Trust::Fresh => break Ok(conn),
                Trust::Discard => drop(timeout(CLOSE_LIMIT, conn.disconnect()).await),
                Trust::Prove => match timeout(PROOF_LIMIT, conn.ping()).await {
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
                if matches!(error.code, 1040 | 1053 | 1129 | 1203)
                    || repeat::how(&self.catalogue, error.code).is_some() =>
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
        if repeat::ends_connection(errno)
            || repeat::how(&self.catalogue, errno) == Some(Repeat::Reconnect)
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
