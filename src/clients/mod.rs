//! The connections of one address that is listened on, so that nobody who holds them can keep others out.
//!
//! Whatever a connection waits for from its client has a limit: the head of a request, its body, that its answer is
//! taken, the next request ([`client`], [`stream`]). Their number is capped, per address too, and so is the memory of
//! bodies under way. At a cap the connection that has waited longest for its client makes room for the next one: a
//! buyer's request comes in one piece and never waits long, whoever holds connections open always does.

mod address;
mod client;
pub mod counts;
mod descriptors;
mod seat;
mod server;
mod service;
mod stream;
pub mod workers;

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

use actix_web::http::header::HeaderMap;

use self::{address::forwarded, counts::Why, seat::Chair};
pub use self::{
    address::{Network, Networks},
    client::Client,
    counts::Counts,
    descriptors::fit,
    seat::{Overloaded, Seat},
    server::Server,
    service::{Answer, answer, line, listen},
};
use crate::ops::metrics::Metrics;

/// What one client may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a request's head: from its first byte, or from the connection's beginning.
    pub head: Duration,
    /// For a request's body, from the end of the head.
    pub body: Duration,
    /// For an answer to be taken.
    pub answer: Duration,
    /// For the next request.
    pub idle: Duration,
    pub connections: usize,
    pub per_address: usize,
    /// Bytes of all bodies under way.
    pub bodies: usize,
}

/// All clients of one address.
pub struct Clients {
    /// For the metrics.
    name: &'static str,
    limits: Limits,
    /// Proxies, whose word counts on whom they speak for, and whoever else may have more connections than one.
    trusted: Networks,
    metrics: Arc<Metrics>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: usize,
    /// Connections, and requests through a proxy, of each address.
    addresses: HashMap<IpAddr, usize>,
    /// Whose client has the next move, by turn: the first has waited longest.
    waiting: BTreeMap<u64, Arc<Chair>>,
    last_turn: u64,
    /// Bytes of bodies under way.
    held: usize,
}

/// A request through a proxy, counted by the address that it came from until it is dropped.
pub struct Visitor {
    clients: Arc<Clients>,
    address: IpAddr,
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.clients.lock().forget(self.address);
    }
}

impl Clients {
    pub fn new(
        name: &'static str,
        limits: Limits,
        trusted: Networks,
        metrics: Arc<Metrics>,
    ) -> Arc<Self> {
        metrics.clients.begin(name);
        Arc::new(Self {
            name,
            limits,
            trusted,
            metrics,
            state: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a new connection. `None` when there is none, and nobody waits who could make room.
    pub fn seat(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let address = (!self.trusted.contain(peer)).then(|| address::counted(peer));
        let mut state = self.lock();
        if let Some(address) = address
            && state.count(address) >= self.limits.per_address
        {
            let same = |chair: &&Arc<Chair>| chair.address == Some(address);
            let longest = state.waiting.values().find(same).cloned();
            self.evict(&mut state, longest.as_ref())?;
        }
        if state.connections >= self.limits.connections {
            let longest = state.waiting.values().next().cloned();
            self.evict(&mut state, longest.as_ref())?;
        }
        let chair = Arc::new(Chair::new(address));
        state.connections += 1;
        if let Some(address) = address {
            *state.addresses.entry(address).or_default() += 1;
        }
        self.metrics
            .clients
            .connections(self.name, state.connections);
        drop(state);
        Some(Seat::new(Arc::clone(self), chair))
    }

    fn evict(&self, state: &mut State, chair: Option<&Arc<Chair>>) -> Option<()> {
        let Some(chair) = chair else {
            self.metrics.clients.closed(self.name, Why::Refused);
            return None;
        };
        self.metrics.clients.closed(self.name, Why::MadeRoom);
        state.leave(chair);
        chair.closed.notify_one();
        Some(())
    }

    /// The address that a proxy names.
    fn named(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let trusted = self.trusted.contain(peer);
        let address = trusted.then(|| forwarded(headers, &self.trusted)).flatten();
        address.map(address::counted)
    }

    /// The address that a request comes from, as far as that is known.
    pub fn asking(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = self.named(peer, headers);
        named.unwrap_or_else(|| address::counted(peer))
    }

    /// Counts a request by the address that a proxy names for it; there is nothing to count for others.
    ///
    /// # Errors
    /// When as many of that address are under way as may be.
    pub fn visitor(
        self: &Arc<Self>,
        peer: Option<IpAddr>,
        headers: &HeaderMap,
    ) -> Result<Option<Visitor>, Overloaded> {
        let Some(address) = peer.and_then(|peer| self.named(peer, headers)) else {
            return Ok(None);
        };
        let mut state = self.lock();
        if state.count(address) >= self.limits.per_address {
            return Err(Overloaded);
        }
        *state.addresses.entry(address).or_default() += 1;
        drop(state);
        Ok(Some(Visitor {
            clients: Arc::clone(self),
            address,
        }))
    }
}

impl State {
    fn count(&self, address: IpAddr) -> usize {
        self.addresses.get(&address).copied().unwrap_or_default()
    }

    fn forget(&mut self, address: IpAddr) {
        let count = self.count(address).saturating_sub(1);
        if count == 0 {
            self.addresses.remove(&address);
        } else {
            self.addresses.insert(address, count);
        }
    }

    /// The client has the next move from now on.
    fn wait(&mut self, chair: &Arc<Chair>) {
        self.work(chair);
        if !chair.gone.load(Ordering::Relaxed) {
            self.last_turn += 1;
            chair.turn.store(self.last_turn, Ordering::Relaxed);
            self.waiting.insert(self.last_turn, Arc::clone(chair));
        }
    }

    /// The next move is ours.
    fn work(&mut self, chair: &Chair) {
        self.waiting.remove(&chair.turn.load(Ordering::Relaxed));
    }

    fn release(&mut self, chair: &Chair) {
        self.held -= chair.held.swap(0, Ordering::Relaxed);
    }

    /// Gives the place up, once.
    fn leave(&mut self, chair: &Chair) {
        if chair.gone.swap(true, Ordering::Relaxed) {
            return;
        }
        self.work(chair);
        self.release(chair);
        self.connections -= 1;
        if let Some(address) = chair.address {
            self.forget(address);
        }
    }
}

#[cfg(test)]
mod tests;
