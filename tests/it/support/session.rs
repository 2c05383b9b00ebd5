//! Tests with several sessions: calls that are started, seen waiting, and finished later.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Params};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;

use super::call::{CallError, Sets, call, query};
use super::db::TestDb;
use super::order::OrderCall;

/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A call that runs on a connection of its own.
pub struct Running {
    /// Number of the connection in the server.
    pub id: u32,
    what: String,
    watcher: Conn,
    task: JoinHandle<(Conn, Result<Sets, CallError>)>,
}

impl Running {
    /// Starts a CALL as the gateway's account.
    pub async fn call(db: &TestDb, procedure: &str, params: impl Into<Params>) -> Running {
        Running::call_on(db, db.conn_as_gateway().await, procedure, params).await
    }

    /// Starts a CALL on this connection.
    pub async fn call_on(
        db: &TestDb,
        mut conn: Conn,
        procedure: &str,
        params: impl Into<Params>,
    ) -> Running {
        let (id, what, params) = (conn.id(), procedure.to_owned(), params.into());
        let name = what.clone();
        let watcher = db.conn().await;
        let task = tokio::spawn(async move {
            let result = call(&mut conn, &name, params).await;
            (conn, result)
        });
        Running {
            id,
            what,
            watcher,
            task,
        }
    }

    /// Starts `shop_order_insert` as the gateway's account.
    pub async fn order(db: &TestDb, order: OrderCall) -> Running {
        Running::call(db, "shop_order_insert", order.params()).await
    }

    /// Starts statements on this connection.
    pub async fn query_on(db: &TestDb, mut conn: Conn, sql: &str) -> Running {
        let (id, what) = (conn.id(), sql.to_owned());
        let sql = what.clone();
        let watcher = db.conn().await;
        let task = tokio::spawn(async move {
            let result = query(&mut conn, &sql).await;
            (conn, result)
        });
        Running {
            id,
            what,
            watcher,
            task,
        }
    }

    /// Returns once the server says that the call waits for a row lock. Panics when it ends instead.
    pub async fn wait_until_blocked(&mut self) {
        let start = Instant::now();
        loop {
            if blocked_on_row(&mut self.watcher, self.id).await {
                return;
            }
            if self.task.is_finished() {
                let (_, result) = (&mut self.task).await.expect("the call panicked");
                panic!(
                    "{} did not wait for a lock but ended with {result:?}",
                    self.what
                );
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{} neither waits for a lock nor ends",
                self.what
            );
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Whether the answer is there.
    pub fn is_finished(&self) -> bool {
        self.task.is_finished()
    }

    /// Waits for the answer.
    pub async fn finish(self) -> Result<Sets, CallError> {
        self.finish_with_conn().await.1
    }

    /// Waits for the answer; gives the connection back as well.
    pub async fn finish_with_conn(self) -> (Conn, Result<Sets, CallError>) {
        let Running { what, task, .. } = self;
        match tokio::time::timeout(PATIENCE, task).await {
            Ok(done) => done.expect("the call panicked"),
            Err(_) => panic!("{what} does not end"),
        }
    }
}

/// Whether a connection waits for a row lock, seen from another one of the administrator.
///
/// Row locks only: every statement waits for a moment for this or that while others create procedures, and a test
/// that took such a moment for the meeting it wants would go on too early.
///
/// InnoDB's status is read as text, since it is the only source that both engines have and that is never
/// out of date: INNODB_TRX is a copy that is not renewed while anybody reads it more often than ten times a second.
pub async fn blocked_on_row(watcher: &mut Conn, id: u32) -> bool {
    let row: Option<mysql_async::Row> = watcher
        .query_first("SHOW ENGINE INNODB STATUS")
        .await
        .expect("SHOW ENGINE INNODB STATUS");
    let bytes: Option<Vec<u8>> = row.and_then(|mut row| row.take("Status"));
    // Not always valid text: it shows the first bytes of rows, and cuts characters in two.
    let status = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    let sessions = status
        .split_once("LIST OF TRANSACTIONS FOR EACH SESSION")
        .map_or("", |(_, rest)| rest);
    let mark = format!(" thread id {id},");
    sessions
        .split("---TRANSACTION")
        .any(|transaction| transaction.contains(&mark) && transaction.contains("LOCK WAIT"))
}

/// Returns once the connection waits for a row lock; panics after a while.
pub async fn wait_until_blocked(db: &TestDb, id: u32) {
    let mut watcher = db.conn().await;
    let start = Instant::now();
    while !blocked_on_row(&mut watcher, id).await {
        assert!(
            start.elapsed() < PATIENCE,
            "connection {id} does not wait for a lock"
        );
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// Runs `work(number, connection)` `n` times at once, on connections of the gateway's account that are
/// open before the first one begins. Results in the order of the numbers.
pub async fn storm<T, W, F>(db: &TestDb, n: usize, work: W) -> Vec<T>
where
    T: Send + 'static,
    W: Fn(usize, Conn) -> F,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(n));
    let mut tasks = Vec::with_capacity(n);
    for number in 0..n {
        let job = work(number, db.conn_as_gateway().await);
        let barrier = barrier.clone();
        tasks.push(tokio::spawn(async move {
            barrier.wait().await;
            job.await
        }));
    }
    let mut results = Vec::with_capacity(n);
    for task in tasks {
        results.push(task.await.expect("one of the storm's calls panicked"));
    }
    results
}

/// Asks again and again until the answer is yes; panics after a while with these words.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut question: impl FnMut() -> F) {
    let start = Instant::now();
    while !question().await {
        assert!(start.elapsed() < PATIENCE, "did not happen: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
