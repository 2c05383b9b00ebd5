//! How many calls may be under way and how many may wait; everybody else is refused at once.
//!
//! Anybody may send what looks like the message of a payment gateway, and only the CALL finds out. So whoever has
//! shown no key waits apart from those who have, in a line for each address: neither can keep the others out.
//!
//! A connection has a home, the worker that it belongs to. A call takes one of its own worker when there is one; that
//! nobody waits while any is free, and in which order, comes first.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
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

/// In which line a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Of those whose key or ticket is good, and of the gateway itself.
    Known,
    /// Of whoever asks from this address.
    Stranger(IpAddr),
}

/// As many permits as there are connections, and a bounded queue in front of them. Strangers may have half of it.
/// Permits go to the known and to strangers by turns, among strangers to one address after the other, and in a line
/// in order of arrival.
#[derive(Debug)]
pub struct Admission {
    shared: Arc<Shared>,
    wait: Duration,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    queue: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Permits that nobody has, by home. While there are any, nobody waits.
    free: Vec<usize>,
    known: VecDeque<Waiter>,
    /// The first one's turn is next; no line is empty.
    strangers: VecDeque<(IpAddr, VecDeque<Waiter>)>,
    strangers_turn: bool,
    last: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    answer: oneshot::Sender<Result<Permit, Refusal>>,
}

/// A call may run. Dropping it lets the next one.
#[derive(Debug)]
pub struct Permit {
    shared: Arc<Shared>,
    home: usize,
}

impl Permit {
    /// Where the connection is that it may use.
    pub fn home(&self) -> usize {
        self.home
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let next = state.next();
        if next.is_none() {
            state.free[self.home] += 1;
        }
        drop(state);
        if let Some(next) = next {
            let permit = Self {
                shared: Arc::clone(&self.shared),
                home: self.home,
            };
            // If that one has gone meanwhile, this drops the permit, and it goes to the one behind.
            drop(next.answer.send(Ok(permit)));
        }
    }
}

/// A place in a line, given up when it is dropped.
struct Place<'a> {
    shared: &'a Shared,
    line: Line,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.shared.lock().leave(self.line, self.number);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_any_free(&self) -> bool {
        self.free.iter().any(|free| *free > 0)
    }

    /// Takes a permit: one of this home, otherwise of the one that has most.
    fn take(&mut self, home: Option<usize>) -> Option<usize> {
        let own = home.filter(|home| self.free.get(*home).is_some_and(|free| *free > 0));
        let most = || (0..self.free.len()).max_by_key(|home| self.free[*home]);
        let home = own.or_else(most)?;
        self.free[home] = self.free[home].checked_sub(1)?;
        Some(home)
    }

    fn waiting(&self) -> usize {
        self.known.len() + self.strangers_waiting()
    }

    fn strangers_waiting(&self) -> usize {
        self.strangers.iter().map(|(_, line)| line.len()).sum()
    }

    /// Whether one more may wait in this line, and the line of another address, by its index, whose last one has to
    /// make room for it.
    fn room(&self, line: Line, queue: usize) -> Result<Option<usize>, Refusal> {
        let full = self.waiting() >= queue;
        match line {
            Line::Known if full => Err(Refusal::QueueFull),
            Line::Stranger(address) if full || self.strangers_waiting() >= queue.div_ceil(2) => {
                let of = |own: &&(IpAddr, VecDeque<Waiter>)| own.0 == address;
                let own = self
                    .strangers
                    .iter()
                    .find(of)
                    .map_or(0, |(_, line)| line.len());
                let lines = self.strangers.iter().enumerate();
                let longest = lines.max_by_key(|(_, (_, line))| line.len());
                longest
                    .filter(|(_, (_, line))| line.len() > own + 1)
                    .map(|(index, _)| Some(index))
                    .ok_or(Refusal::QueueFull)
            }
            _ => Ok(None),
        }
    }

    /// The end of a line, and the place there.
    fn join(&mut self, line: Line, answer: oneshot::Sender<Result<Permit, Refusal>>) -> u64 {
        self.last += 1;
        let number = self.last;
        let waiter = Waiter { number, answer };
        match line {
            Line::Known => self.known.push_back(waiter),
            Line::Stranger(address) => {
                match self.strangers.iter_mut().find(|own| own.0 == address) {
                    Some((_, line)) => line.push_back(waiter),
                    None => self
                        .strangers
                        .push_back((address, VecDeque::from([waiter]))),
                }
            }
        }
        number
    }

    /// Takes the last one out of a line of strangers.
    fn remove_last(&mut self, index: usize) -> Option<Waiter> {
        let (_, line) = self.strangers.get_mut(index)?;
        let last = line.pop_back();
        self.strangers.retain(|(_, line)| !line.is_empty());
        last
    }

    /// Takes out whose turn it is.
    fn next(&mut self) -> Option<Waiter> {
        let strangers =
            !self.strangers.is_empty() && (self.strangers_turn || self.known.is_empty());
        self.strangers_turn = !strangers;
        if !strangers {
            return self.known.pop_front();
        }
        let (address, mut line) = self.strangers.pop_front()?;
        let next = line.pop_front();
        if !line.is_empty() {
            self.strangers.push_back((address, line));
        }
        next
    }

    fn leave(&mut self, line: Line, number: u64) {
        match line {
            Line::Known => self.known.retain(|waiter| waiter.number != number),
            Line::Stranger(address) => {
                if let Some((_, line)) = self.strangers.iter_mut().find(|own| own.0 == address) {
                    line.retain(|waiter| waiter.number != number);
                }
                self.strangers.retain(|(_, line)| !line.is_empty());
            }
        }
    }
}

impl Admission {
    /// As many permits as there are connections in each home.
    pub fn new(homes: Vec<usize>, queue: usize, wait: Duration) -> Self {
        let state = State {
            free: homes,
            ..State::default()
        };
        let state = Mutex::new(state);
        Self {
            shared: Arc::new(Shared { state, queue }),
            wait,
        }
    }

    /// Calls that wait now.
    pub fn waiting(&self) -> usize {
        self.shared.lock().waiting()
    }

    /// Whether a call that came now would be refused.
    pub fn is_full(&self, line: Line) -> bool {
        let state = self.shared.lock();
        !state.is_any_free() && state.room(line, self.shared.queue).is_err()
    }

    /// Waits for a connection to be free, no longer than the configured wait and the call's own deadline. Where there
    /// is a choice it is one of the call's own home.
    ///
    /// # Errors
    /// When the queue is full or the wait was in vain.
    pub async fn enter(
        &self,
        line: Line,
        home: Option<usize>,
        deadline: Instant,
    ) -> Result<Permit, Refusal> {
        let shared = &self.shared;
        let (place, removed, answered) = {
            let mut state = shared.lock();
            if let Some(home) = state.take(home) {
                let shared = Arc::clone(shared);
                return Ok(Permit { shared, home });
            }
            let longest = state.room(line, shared.queue)?;
            let removed = longest.and_then(|index| state.remove_last(index));
            let (answer, answered) = oneshot::channel();
            let number = state.join(line, answer);
            let place = Place {
                shared,
                line,
                number,
            };
            (place, removed, answered)
        };
        if let Some(removed) = removed {
            drop(removed.answer.send(Err(Refusal::QueueFull)));
        }
        let limit = deadline.min(Instant::now() + self.wait);
        let permit = timeout_at(limit, answered).await;
        drop(place);
        match permit {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(Refusal::WaitedTooLong),
        }
    }
}

#[cfg(test)]
mod tests;
