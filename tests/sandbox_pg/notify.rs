//! Sends notifications to the shop's notiUrl and repeats them until they are acknowledged.

use crate::protocol::{loopback_url, now_millis};
use crate::store::{Attempt, Transaction};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How much of an answer is read and kept.
const BODY_KEPT: usize = 200;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How often and how patiently notifications are repeated.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Attempts per notification, the first one included.
    pub attempts: usize,
    /// Pause after the first attempt; doubled after each further one, up to 30 seconds.
    pub first_pause: Duration,
    /// Time one attempt may take.
    pub timeout: Duration,
}

/// Runs on the process's main runtime, so that a notification outlives the request that caused it.
#[derive(Clone)]
pub struct Notifier {
    client: reqwest::Client,
    patience: Patience,
    runtime: Handle,
    tasks: TaskTracker,
    stop: CancellationToken,
    waiting: Arc<Semaphore>,
}

impl Notifier {
    /// `waiting` is the largest number of notifications that may be under way or waiting for their time.
    pub fn new(patience: Patience, waiting: usize) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(patience.timeout)
            .build()?;
        Ok(Self {
            client,
            patience,
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            waiting: Arc::new(Semaphore::new(waiting)),
        })
    }

    /// Room for `count` notifications, taken before anything is promised to the buyer; None when there is too little.
    pub fn reserve(&self, count: usize) -> Option<Vec<OwnedSemaphorePermit>> {
        let permit = || Arc::clone(&self.waiting).try_acquire_owned().ok();
        (0..count).map(|_| permit()).collect()
    }

    /// Delivers notification `number` of a transaction in the background, beginning after `delay`.
    pub fn start(
        &self,
        transaction: Arc<Transaction>,
        number: usize,
        delay: Duration,
        permit: OwnedSemaphorePermit,
    ) -> JoinHandle<()> {
        let this = self.clone();
        let delivery = async move {
            let deliver = this.deliver(&transaction, number, delay);
            this.stop.run_until_cancelled(deliver).await;
            transaction.give_up(number);
            drop(permit);
        };
        self.tasks.spawn_on(delivery, &self.runtime)
    }

    async fn deliver(&self, transaction: &Transaction, number: usize, delay: Duration) {
        tokio::time::sleep(delay).await;
        let mut pause = self.patience.first_pause;
        for attempt in 1..=self.patience.attempts {
            if self.send(transaction, number).await {
                return;
            }
            if attempt < self.patience.attempts {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        let order = &transaction.request.order_number;
        log::warn!(order:%; "notification was never acknowledged");
    }

    /// One attempt, recorded. True when it was acknowledged.
    pub async fn send(&self, transaction: &Transaction, number: usize) -> bool {
        let Some(notification) = transaction.notification(number) else {
            return false;
        };
        let at_ms = now_millis();
        let begun = Instant::now();
        let answer = self
            .post(
                &transaction.request.notify_url,
                &notification.fields.fields(),
            )
            .await;
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, body, error) = match answer {
            Ok((status, body)) => (Some(status), body, String::new()),
            Err(error) => (None, String::new(), error),
        };
        let attempt = Attempt {
            at_ms,
            took_ms,
            status,
            body,
            error,
        };
        let acknowledged = attempt.is_acknowledged();
        transaction.record_attempt(number, attempt);
        acknowledged
    }

    async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Result<(u16, String), String> {
        let url = loopback_url(address).ok_or("notiUrl is not on this machine")?;
        let request = self.client.post(url).form(fields);
        let mut answer = request.send().await.map_err(in_words)?;
        let mut body = Vec::new();
        while body.len() <= BODY_KEPT
            && let Some(chunk) = answer.chunk().await.map_err(in_words)?
        {
            let room = (BODY_KEPT + 1).saturating_sub(body.len());
            body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        }
        let status = answer.status().as_u16();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// Stops every delivery; what was not acknowledged is given up.
    pub async fn stop(&self) {
        self.tasks.close();
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

/// An error with its causes: reqwest's own words stop at "error sending request".
fn in_words(error: reqwest::Error) -> String {
    let error = anyhow::Error::new(error.without_url());
    format!("{error:#}")
}
