//! The transactions the sandbox remembers: the newest ones, up to a fixed number.

use crate::behaviour::{Action, Behaviour, ReturnMethod};
use crate::protocol::{PayRequest, PayResult};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Notifications kept per transaction, so that resending for ever cannot fill the memory.
const NOTIFICATIONS_KEPT: usize = 50;

/// One decision on the payment page.
pub struct Transaction {
    pub created_at: u64,
    pub action: Action,
    pub behaviour: Behaviour,
    pub request: PayRequest,
    pub result: PayResult,
    pub return_method: ReturnMethod,
    /// False while the browser is not sent back at all.
    pub returns: bool,
    notifications: Mutex<Vec<Notification>>,
}

/// What the transaction list shows of a transaction.
#[derive(Serialize)]
pub struct TransactionView<'a> {
    created_at_ms: u64,
    action: Action,
    behaviour: Behaviour,
    request: &'a PayRequest,
    #[serde(rename = "return")]
    browser_return: Option<ReturnView<'a>>,
    notifications: Vec<Notification>,
}

/// Where the browser was told to go; a test without a browser can go there itself.
#[derive(Serialize)]
struct ReturnView<'a> {
    method: ReturnMethod,
    url: &'a str,
    fields: &'a PayResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationState {
    /// Not acknowledged yet; attempts go on.
    Pending,
    Acknowledged,
    /// All attempts were used up, or the sandbox was stopped.
    GivenUp,
}

/// One notification with every attempt to deliver it.
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    pub state: NotificationState,
    pub fields: PayResult,
    pub attempts: Vec<Attempt>,
}

/// One request to notiUrl and what came back.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    pub at_ms: u64,
    pub took_ms: u64,
    /// HTTP status; absent when no answer came.
    pub status: Option<u16>,
    /// The beginning of the answer's body.
    pub body: String,
    /// Why no answer came; empty otherwise.
    pub error: String,
}

impl Attempt {
    /// The protocol's only acknowledgement: status 200 and a body of exactly `OK`.
    pub fn is_acknowledged(&self) -> bool {
        self.status == Some(200) && self.body == "OK"
    }
}

impl Transaction {
    pub fn new(
        action: Action,
        behaviour: Behaviour,
        request: PayRequest,
        result: PayResult,
        return_method: ReturnMethod,
        created_at: u64,
    ) -> Self {
        Self {
            created_at,
            action,
            behaviour,
            request,
            result,
            return_method,
            returns: behaviour != Behaviour::NotifyOnly || action == Action::Close,
            notifications: Mutex::new(Vec::new()),
        }
    }

    /// Begins a notification with these fields; its number is the handle for what follows. None when the
    /// transaction has had as many as are kept.
    pub fn begin_notification(&self, fields: PayResult) -> Option<usize> {
        let mut list = lock(&self.notifications);
        if list.len() >= NOTIFICATIONS_KEPT {
            return None;
        }
        list.push(Notification {
            state: NotificationState::Pending,
            fields,
            attempts: Vec::new(),
        });
        Some(list.len() - 1)
    }

    pub fn record_attempt(&self, number: usize, attempt: Attempt) {
        if let Some(notification) = lock(&self.notifications).get_mut(number) {
            if attempt.is_acknowledged() {
                notification.state = NotificationState::Acknowledged;
            }
            notification.attempts.push(attempt);
        }
    }

    pub fn give_up(&self, number: usize) {
        if let Some(notification) = lock(&self.notifications).get_mut(number)
            && notification.state == NotificationState::Pending
        {
            notification.state = NotificationState::GivenUp;
        }
    }

    pub fn notification(&self, number: usize) -> Option<Notification> {
        lock(&self.notifications).get(number).cloned()
    }

    pub fn view(&self) -> TransactionView<'_> {
        TransactionView {
            created_at_ms: self.created_at,
            action: self.action,
            behaviour: self.behaviour,
            request: &self.request,
            browser_return: self.returns.then_some(ReturnView {
                method: self.return_method,
                url: &self.request.next_url,
                fields: &self.result,
            }),
            notifications: lock(&self.notifications).clone(),
        }
    }
}

/// The newest transactions, oldest first.
pub struct Store {
    keep: usize,
    list: Mutex<VecDeque<Arc<Transaction>>>,
}

impl Store {
    pub fn new(keep: usize) -> Self {
        Self {
            keep: keep.max(1),
            list: Mutex::new(VecDeque::new()),
        }
    }

    /// Remembers a transaction, forgetting the oldest when the store is full.
    pub fn add(&self, transaction: Arc<Transaction>) {
        let mut list = lock(&self.list);
        while list.len() >= self.keep {
            list.pop_front();
        }
        list.push_back(transaction);
    }

    /// All transactions of an order, oldest first.
    pub fn of_order(&self, order_number: &str) -> Vec<Arc<Transaction>> {
        let list = lock(&self.list);
        let of_order = |t: &&Arc<Transaction>| t.request.order_number == order_number;
        list.iter().filter(of_order).cloned().collect()
    }

    /// The transaction with this number of the wallet's own.
    pub fn find(&self, transaction: &str) -> Option<Arc<Transaction>> {
        let list = lock(&self.list);
        let found = list.iter().find(|t| t.result.transaction == transaction);
        found.cloned()
    }

    /// At most `limit` transactions, newest first.
    pub fn newest(&self, limit: usize) -> Vec<Arc<Transaction>> {
        lock(&self.list).iter().rev().take(limit).cloned().collect()
    }
}

/// A thread that panicked while holding one of these locks cannot have left half a change behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction(number: &str) -> Arc<Transaction> {
        let request = PayRequest {
            order_number: number.into(),
            ..PayRequest::default()
        };
        let result = PayResult {
            merchant_id: String::new(),
            order_number: number.into(),
            transaction: format!("W{number}"),
            amount: "1".into(),
            result_code: "0000".into(),
            message: String::new(),
            approved_at: String::new(),
            hash: String::new(),
        };
        Arc::new(Transaction::new(
            Action::Pay,
            Behaviour::Normal,
            request,
            result,
            ReturnMethod::Get,
            0,
        ))
    }

    fn attempt(status: u16, body: &str) -> Attempt {
        Attempt {
            at_ms: 0,
            took_ms: 0,
            status: Some(status),
            body: body.into(),
            error: String::new(),
        }
    }

    #[test]
    fn the_oldest_is_forgotten_when_the_store_is_full() {
        let store = Store::new(2);
        for number in ["1", "2", "3"] {
            store.add(transaction(number));
        }
        assert!(store.of_order("1").is_empty());
        assert_eq!(store.of_order("3").len(), 1);
        assert!(store.find("W2").is_some());
        assert_eq!(store.newest(1)[0].request.order_number, "3");
    }

    #[test]
    fn only_the_exact_acknowledgement_counts() {
        let paid = transaction("1");
        let number = paid.begin_notification(paid.result.clone()).unwrap();
        for (status, body) in [
            (200, "OK\n"),
            (200, "ok"),
            (201, "OK"),
            (500, "OK"),
            (200, ""),
        ] {
            paid.record_attempt(number, attempt(status, body));
            assert_eq!(
                paid.notification(number).unwrap().state,
                NotificationState::Pending,
                "{status} {body:?}"
            );
        }
        paid.record_attempt(number, attempt(200, "OK"));
        paid.give_up(number);
        let notification = paid.notification(number).unwrap();
        assert_eq!(notification.state, NotificationState::Acknowledged);
        assert_eq!(notification.attempts.len(), 6);
    }

    #[test]
    fn notifications_of_one_transaction_are_bounded() {
        let paid = transaction("1");
        for _ in 0..NOTIFICATIONS_KEPT {
            assert!(paid.begin_notification(paid.result.clone()).is_some());
        }
        assert!(paid.begin_notification(paid.result.clone()).is_none());
    }
}
