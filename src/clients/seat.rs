//! The place of one connection among the others.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

use super::{Clients, counts::Why};

/// There is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overloaded;

/// What others see of a connection. The numbers are read and written under the lock of all clients.
pub(super) struct Chair {
    /// By which it is counted; `None` for a trusted one.
    pub address: Option<IpAddr>,
    /// Its turn among those that wait.
    pub turn: AtomicU64,
    /// Bytes of its request that are counted.
    pub held: AtomicUsize,
    /// Whether it reads a body, so that it can still be told what happened.
    reading: AtomicBool,
    /// Whether its place is another's by now.
    pub gone: AtomicBool,
    /// It has to be closed.
    pub closed: Notify,
    /// It has to give its body up.
    cut: Notify,
}

impl Chair {
    pub fn new(address: Option<IpAddr>) -> Self {
        Self {
            address,
            turn: AtomicU64::new(0),
            held: AtomicUsize::new(0),
            reading: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            closed: Notify::new(),
            cut: Notify::new(),
        }
    }
}

/// A connection's own hand on its place; dropping it gives the place up.
pub struct Seat {
    clients: Arc<Clients>,
    chair: Arc<Chair>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.clients.lock();
        state.leave(&self.chair);
        let left = state.connections;
        drop(state);
        let clients = &self.clients;
        clients.metrics.clients.connections(clients.name, left);
    }
}

impl Seat {
    pub(super) fn new(clients: Arc<Clients>, chair: Arc<Chair>) -> Self {
        Self { clients, chair }
    }

    pub fn clients(&self) -> &Arc<Clients> {
        &self.clients
    }

    /// It waits for its client from now on, in a body or for something else.
    pub fn wait(&self, reading: bool) {
        let mut state = self.clients.lock();
        self.chair.reading.store(reading, Ordering::Relaxed);
        state.wait(&self.chair);
    }

    /// Its client has done its part.
    pub fn work(&self) {
        self.clients.lock().work(&self.chair);
    }

    /// Counts more bytes of its request. When there are too many, who has waited longest gives his up.
    ///
    /// # Errors
    /// When that is this one.
    pub fn hold(&self, bytes: usize) -> Result<(), Overloaded> {
        let mut state = self.clients.lock();
        let limit = self.clients.limits.bodies;
        while state.held.saturating_add(bytes) > limit {
            let holds = |chair: &&Arc<Chair>| chair.held.load(Ordering::Relaxed) > 0;
            let longest = state.waiting.values().find(holds).cloned();
            let Some(longest) = longest.filter(|longest| !Arc::ptr_eq(longest, &self.chair)) else {
                return Err(Overloaded);
            };
            let clients = &self.clients;
            clients
                .metrics
                .clients
                .closed(clients.name, Why::BodyMadeRoom);
            if longest.reading.load(Ordering::Relaxed) {
                state.release(&longest);
                longest.cut.notify_one();
            } else {
                state.leave(&longest);
                longest.closed.notify_one();
            }
        }
        state.held += bytes;
        self.chair.held.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Nothing of its request is kept any more.
    pub fn release(&self) {
        self.clients.lock().release(&self.chair);
    }

    /// Until it has to give its body up.
    pub async fn cut(&self) {
        self.chair.cut.notified().await;
    }

    /// Until it has to be closed.
    pub async fn closed(&self) {
        self.chair.closed.notified().await;
    }
}
