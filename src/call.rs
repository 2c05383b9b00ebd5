//! The one function that CALLs a procedure: admission, deadline, repetition, and what is known when it fails.
//!
//! A call runs as a task of its own, on the worker that owns its connection: nearly always the one that its request is
//! on. A handler that goes away must not take a call with it. At its deadline the caller gets its answer while the task
//! goes on for a while, so that the connection comes home clean; only then is the connection closed under it. Closing a
//! connection cancels nothing on the server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use mysql_async::{Error, ServerError, Value, prelude::Queryable};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::task::TaskTracker;

use crate::{
    database::{
        admission::{Admission, Line, Refusal},
        engine_errors,
        execute::{execute, leaves_transaction},
        pool::{Connections, Counts, NoConnection},
        retry::{self, Pauses},
    },
    errors::Catalogue,
    ops::metrics::Metrics,
};

pub use crate::database::execute::Set;

/// What is to be called.
#[derive(Debug, Clone)]
pub struct Call {
    /// Name of the procedure, from the route table or checked by [`is_procedure_name`].
    pub procedure: String,
    pub parameters: Vec<Value>,
    /// Where it waits for a connection.
    pub line: Line,
    /// For everything: waiting, connecting, repeating.
    pub deadline: Duration,
    /// Whether running it twice is as good as running it once.
    pub idempotent: bool,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The database raised an error; the transaction is rolled back. With the sets that came before it.
    #[error("error {errno}: {message}")]
    Raised {
        errno: u16,
        message: String,
        sets: Vec<Set>,
    },
    /// Too many calls; nothing was sent.
    #[error("refused: {0:?}")]
    Overloaded(Refusal),
    /// No connection; nothing was sent.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Not done within the deadline, and either nothing happened or repeating does no harm.
    #[error("deadline exceeded")]
    DeadlineExceeded,
    /// It may or may not have happened.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
}

impl CallError {
    /// The number of what the database raised.
    pub const fn errno(&self) -> Option<u16> {
        match self {
            Self::Raised { errno, .. } => Some(*errno),
            _ => None,
        }
    }
}

/// How one attempt ended without a result.
enum Failure {
    /// No connection, or it was lost before the CALL was sent.
    NotSent(String),
    /// As `NotSent`, and trying again is pointless until somebody changes something.
    Refused(String),
    /// The server answered with an error.
    Raised(ServerError, Vec<Set>),
    /// The connection ended while the CALL was under way.
    Lost(String),
    /// The deadline passed before the CALL was sent, or the caller has stopped waiting.
    TooLate,
}

impl From<NoConnection> for Failure {
    fn from(why: NoConnection) -> Self {
        match why {
            NoConnection::Passing(reason) => Self::NotSent(reason),
            NoConnection::Lasting(reason) => Self::Refused(reason),
            NoConnection::TooLate => Self::TooLate,
        }
    }
}

const IDLE: u8 = 0;
const IN_FLIGHT: u8 = 1;
const ABANDONED: u8 = 2;

/// Time limits of a [`Caller`].
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Upper limit of every call's deadline.
    pub deadline: Duration,
    /// How long a call may go on after its deadline.
    pub abandon: Duration,
    /// How long connecting is tried again within a call.
    pub failover: Duration,
}

/// For calls that wait.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub queue: usize,
    /// Longest wait for a connection.
    pub wait: Duration,
}

/// Calls procedures as one account. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    shared: Arc<Shared>,
}

struct Shared {
    connections: Connections,
    tasks: TaskTracker,
    admission: Admission,
    limits: Limits,
    catalogue: Arc<Catalogue>,
    metrics: Arc<Metrics>,
}

impl Caller {
    pub fn new(
        connections: Connections,
        room: Room,
        limits: Limits,
        catalogue: Arc<Catalogue>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let shared = Shared {
            admission: Admission::new(connections.shares(), room.queue, room.wait),
            connections,
            tasks: TaskTracker::new(),
            limits,
            catalogue,
            metrics,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Refuses a call that has no chance, before anything is spent on it: under overload most requests end here.
    ///
    /// # Errors
    /// `Overloaded` when all connections are in use and the line is full.
    pub fn admits(&self, line: Line) -> Result<(), CallError> {
        if !self.shared.admission.is_full(line) {
            return Ok(());
        }
        self.shared.metrics.refused(Refusal::QueueFull);
        Err(CallError::Overloaded(Refusal::QueueFull))
    }

    /// Runs `CALL procedure(parameters)` and returns its result sets.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call(&self, call: Call) -> Result<Vec<Set>, CallError> {
        let shared = &self.shared;
        let deadline = Instant::now() + call.deadline.min(shared.limits.deadline);
        let here = shared.connections.here();
        let permit = shared.admission.enter(call.line, here, deadline).await;
        let permit = permit.map_err(|refusal| {
            shared.metrics.refused(refusal);
            CallError::Overloaded(refusal)
        })?;
        let (home, idempotent) = (permit.home(), call.idempotent);
        let state = Arc::new(AtomicU8::new(IDLE));
        let task = {
            let shared = Arc::clone(shared);
            let state = Arc::clone(&state);
            async move {
                let outcome = shared.run(&call, home, deadline, &state).await;
                drop(permit);
                outcome
            }
        };
        let mut task = shared
            .tasks
            .spawn_on(task, shared.connections.runtime(home));
        match timeout_at(deadline, &mut task).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Err(CallError::OutcomeUnknown(format!(
                "the call's task ended: {error}"
            ))),
            // Whoever moves the state first decides: either the task never sends, or it is in flight.
            Err(_) => {
                match state.compare_exchange(IDLE, ABANDONED, Ordering::SeqCst, Ordering::SeqCst) {
                    Ok(_) => Err(CallError::DeadlineExceeded),
                    Err(_) if idempotent => Err(CallError::DeadlineExceeded),
                    Err(_) => Err(CallError::OutcomeUnknown(
                        "no answer within the deadline".to_owned(),
                    )),
                }
            }
        }
    }

    /// Calls that wait for a connection.
    pub fn waiting(&self) -> usize {
        self.shared.admission.waiting()
    }

    /// Connections, for their gauges.
    pub fn counts(&self) -> Counts {
        self.shared.connections.counts()
    }

    /// Waits for every call under way, then closes all connections; both within `limit`.
    pub async fn close(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        self.shared.tasks.close();
        if timeout_at(deadline, self.shared.tasks.wait())
            .await
            .is_err()
        {
            log::warn!(
                "{} calls were still under way when stopping",
                self.shared.tasks.len()
            );
        }
        self.shared.connections.close(deadline).await;
    }
}

impl Shared {
    /// Attempts until there is a result, an error that repeating does not mend, or no time.
    async fn run(
        &self,
        call: &Call,
        home: usize,
        deadline: Instant,
        state: &AtomicU8,
    ) -> Result<Vec<Set>, CallError> {
        let placeholders = vec!["?"; call.parameters.len()].join(", ");
        let sql = ["CALL ", &call.procedure, "(", &placeholders, ")"].concat();
        let mut pauses = Pauses::default();
        // A lost attempt may have taken effect, so it can no longer be said that nothing was done.
        let mut lost = false;
        loop {
            let failure = match self.attempt(&sql, call, home, deadline, state).await {
                Ok(sets) => {
                    self.metrics.events(&sets);
                    return Ok(sets);
                }
                Err(failure) => failure,
            };
            let (pause, error) = match failure {
                Failure::TooLate => return Err(CallError::DeadlineExceeded),
                Failure::Lost(reason) if !call.idempotent => {
                    return Err(CallError::OutcomeUnknown(reason));
                }
                Failure::Lost(reason) => {
                    lost = true;
                    log::warn!("{}: connection lost, repeating: {reason}", call.procedure);
                    self.metrics.repeated("lost");
                    (retry::LOST_PAUSE, CallError::DeadlineExceeded)
                }
                Failure::NotSent(reason) | Failure::Refused(reason) if lost => {
                    log::debug!("{}: {reason}", call.procedure);
                    (retry::CONNECT_PAUSE, CallError::DeadlineExceeded)
                }
                Failure::Refused(reason) => return Err(CallError::Unavailable(reason)),
                Failure::NotSent(reason) if self.connections.down_for() > self.limits.failover => {
                    return Err(CallError::Unavailable(reason));
                }
                Failure::NotSent(reason) => {
                    self.metrics.repeated("connect");
                    (retry::CONNECT_PAUSE, CallError::Unavailable(reason))
                }
                Failure::Raised(error, sets) => {
                    let how = retry::how(&self.catalogue, error.code);
                    let Some(pause) = how.and_then(|how| pauses.next(how)) else {
                        return Err(raised(error, sets));
                    };
                    log::info!("{}: repeating after {}", call.procedure, error.code);
                    self.metrics.repeated(&error.code.to_string());
                    (pause, CallError::DeadlineExceeded)
                }
            };
            let next = Instant::now() + pause.mul_f64(rand::random_range(0.5..1.0));
            if next >= deadline {
                return Err(error);
            }
            sleep_until(next).await;
        }
    }

    /// One connection, one CALL.
    async fn attempt(
        &self,
        sql: &str,
        call: &Call,
        home: usize,
        deadline: Instant,
        state: &AtomicU8,
    ) -> Result<Vec<Set>, Failure> {
        let mut conn = self.connections.connect(home, deadline).await?;
        // Prepared apart from its execution, since nothing has happened yet when this fails.
        let statement = match timeout_at(deadline, conn.prep(sql)).await {
            Err(_) => return Err(Failure::TooLate),
            Ok(Err(Error::Server(error))) => {
                self.connections.discard_if_useless(conn, error.code).await;
                return Err(if engine_errors::ends_connection(error.code) {
                    Failure::NotSent(error.to_string())
                } else {
                    Failure::Raised(error, Vec::new())
                });
            }
            Ok(Err(error)) => return Err(Failure::NotSent(error.to_string())),
            Ok(Ok(statement)) => statement,
        };
        if state
            .compare_exchange(IDLE, IN_FLIGHT, Ordering::SeqCst, Ordering::SeqCst)
            .is_err()
        {
            return Err(Failure::TooLate);
        }
        let limit = deadline + self.limits.abandon;
        let outcome = timeout_at(limit, execute(&mut conn, &statement, &call.parameters)).await;
        state.store(IDLE, Ordering::SeqCst);
        match &outcome {
            Err(_) => self.connections.silent(),
            Ok(Ok(_) | Err((Error::Server(_), _))) => self.connections.answered(&conn),
            Ok(Err(_)) => {}
        }
        match outcome {
            Err(_) => Err(Failure::Lost(
                "no answer long after the deadline".to_owned(),
            )),
            Ok(Ok(sets)) => {
                // With nothing left behind, spare the round trip and keep the prepared statements.
                conn.reset_connection(leaves_transaction(&conn));
                Ok(sets)
            }
            Ok(Err((Error::Server(error), sets))) => {
                let lost = engine_errors::ends_connection(error.code);
                self.connections.discard_if_useless(conn, error.code).await;
                if lost {
                    Err(Failure::Lost(error.to_string()))
                } else {
                    Err(Failure::Raised(error, sets))
                }
            }
            Ok(Err((error, _))) => Err(Failure::Lost(error.to_string())),
        }
    }
}

fn raised(error: ServerError, sets: Vec<Set>) -> CallError {
    let ServerError {
        code: errno,
        message,
        ..
    } = error;
    CallError::Raised {
        errno,
        message,
        sets,
    }
}

/// Names that may be put into a CALL: what the schema uses, and nothing that could end the name.
pub fn is_procedure_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::is_procedure_name;

    #[test]
    fn only_plain_names_are_called() {
        assert!(is_procedure_name("shop_order_expire"));
        for name in ["", "a()", "a; DROP", "A", "a`b", &"a".repeat(65)] {
            assert!(!is_procedure_name(name), "{name}");
        }
    }
}
