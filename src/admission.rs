//! How many calls may be under way and how many may wait; everybody else is refused at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// Why a call was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// As many calls wait already as may wait.
    QueueFull,
    /// No connection became free in time.
    WaitedTooLong,
}

/// As many permits as there are connections, and a bounded queue in front of them. Served in order of arrival.
#[derive(Debug)]
pub struct Admission {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
    wait: Duration,
}

/// Counts one waiting call, also when its future is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    pub fn new(connections: usize, queue: usize, wait: Duration) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(connections)),
            waiting: AtomicUsize::new(0),
            queue,
            wait,
        }
    }

    /// Calls that wait now.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether a call that came now would be refused.
    pub fn is_full(&self) -> bool {
        self.permits.available_permits() == 0 && self.waiting() >= self.queue
    }

    /// Waits for a connection to be free, no longer than the configured wait and the call's own deadline.
    ///
    /// # Errors
    /// When the queue is full or the wait was in vain.
    pub async fn enter(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Refusal> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.queue {
            return Err(Refusal::QueueFull);
        }
        let limit = deadline.min(Instant::now() + self.wait);
        let permit = timeout_at(limit, Arc::clone(&self.permits).acquire_owned()).await;
        drop(waiting);
        match permit {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Refusal::WaitedTooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_queue_is_bounded_and_the_wait_too() {
        let admission = Arc::new(Admission::new(1, 1, Duration::from_millis(50)));
        let deadline = Instant::now() + Duration::from_secs(5);
        let first = admission.enter(deadline).await.unwrap();
        let queued = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.enter(deadline).await.map(drop) }
        });
        while admission.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert!(admission.is_full());
        assert_eq!(
            admission.enter(deadline).await.unwrap_err(),
            Refusal::QueueFull
        );
        assert_eq!(queued.await.unwrap(), Err(Refusal::WaitedTooLong));
        assert_eq!(admission.waiting(), 0);
        assert!(!admission.is_full());
        drop(first);
        assert!(admission.enter(deadline).await.is_ok());
    }
}
