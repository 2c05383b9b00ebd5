//! One connection: what it waits for, and for how long.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::{
    counts::Why,
    seat::{Overloaded, Seat},
};

/// How long a client that still sends may read its answer, once that is all there is to come.
pub const LINGER: Duration = Duration::from_secs(2);
/// A first head that does not come in time is answered with 408 before the connection is closed.
const GRACE: Duration = Duration::from_secs(1);
/// A head may have this many bytes before they count as memory of bodies.
const FREE_HEAD: usize = 8 * 1024;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first byte of a request.
    Idle,
    /// The rest of its head.
    Head,
    /// Its body.
    Body,
    /// Us.
    Work,
    /// That the answer is taken.
    Answer,
    /// That the client stops sending what nobody reads.
    Linger,
}

/// The body of a request, by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    None,
    Bytes(u64),
    /// Up to its own end, if it has one.
    Open,
}

/// What may be read from a connection now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Up to an empty line, so that one request comes at a time: it ends a head, and a body of unknown length.
    Lines,
    /// So many bytes of a body.
    Bytes(u64),
    /// Nothing: what comes now stays where it is.
    Nothing,
    /// Everything, to be thrown away.
    Discard,
}

/// What to do when everything written has been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    GoOn,
    /// To wait for the next request.
    Wait,
    /// There is nothing more to come from us.
    Finish,
}

/// One connection. It belongs to the thread that serves it.
pub struct Client {
    seat: Seat,
    phase: Cell<Phase>,
    deadline: Cell<Option<Instant>>,
    /// Whether it is the first request.
    first: Cell<bool>,
    /// Whether the last byte read ended a line; carriage returns do not count.
    line_ended: Cell<bool>,
    head_bytes: Cell<usize>,
    body_left: Cell<Length>,
    /// Whether the answer has been handed over to be written.
    answered: Cell<bool>,
    /// Reads no more until the other side of the codec has had its turn.
    paused: Cell<bool>,
    /// Whether there is to be another turn as soon as something may be read.
    read_later: Cell<bool>,
}

impl Client {
    pub fn new(seat: Seat) -> Self {
        let head = seat.clients().limits.head;
        Self {
            seat,
            phase: Cell::new(Phase::Idle),
            deadline: Cell::new(Some(Instant::now() + head + GRACE)),
            first: Cell::new(true),
            line_ended: Cell::new(false),
            head_bytes: Cell::new(0),
            body_left: Cell::new(Length::None),
            answered: Cell::new(false),
            paused: Cell::new(false),
            read_later: Cell::new(false),
        }
    }

    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    /// How long a body may take.
    pub fn body_limit(&self) -> Duration {
        self.seat.clients().limits.body
    }

    fn enter(&self, phase: Phase, limit: Option<Duration>) {
        self.phase.set(phase);
        self.deadline.set(limit.map(|limit| Instant::now() + limit));
    }

    /// What may be read now.
    pub fn reading(&self) -> Reading {
        match (self.phase.get(), self.body_left.get()) {
            (Phase::Idle | Phase::Head, _) | (Phase::Body, Length::Open) => Reading::Lines,
            (Phase::Body, Length::Bytes(left)) if left > 0 => Reading::Bytes(left),
            (Phase::Linger, _) => Reading::Discard,
            _ => Reading::Nothing,
        }
    }

    /// Whether the reader has to pause this time.
    pub fn pause(&self) -> bool {
        self.paused.replace(false)
    }

    /// Asks for another turn when something may be read again.
    pub fn read_later(&self) {
        self.read_later.set(true);
    }

    /// What comes wakes the connection: there is no need for another turn before.
    pub fn read_when_it_comes(&self) {
        self.read_later.set(false);
    }

    pub fn is_reading_body(&self) -> bool {
        self.phase.get() == Phase::Body
    }

    /// How many of these bytes there are up to an empty line.
    pub fn up_to_empty_line(&self, bytes: &[u8]) -> usize {
        empty_line(self.line_ended.get(), bytes).0
    }

    /// These bytes of a head, or of a body in chunks, have been read.
    ///
    /// # Errors
    /// When the head is long and there is no room for it.
    pub fn lines_read(&self, bytes: &[u8]) -> Result<(), Overloaded> {
        let (_, line_ended, ended) = empty_line(self.line_ended.get(), bytes);
        self.line_ended.set(line_ended);
        if self.is_reading_body() {
            self.paused.set(true);
            return Ok(());
        }
        self.paused.set(ended);
        if self.phase.get() == Phase::Idle {
            self.phase.set(Phase::Head);
            if !self.first.get() {
                let limit = self.seat.clients().limits.head;
                self.deadline.set(Some(Instant::now() + limit));
            }
        }
        let before = self.head_bytes.get().max(FREE_HEAD);
        self.head_bytes.set(self.head_bytes.get() + bytes.len());
        let more = self.head_bytes.get().saturating_sub(before);
        if more > 0 {
            // A buffer grows by doubling.
            self.seat.hold(2 * more)
        } else {
            Ok(())
        }
    }

    /// So many bytes of a body of known length have been read.
    pub fn body_bytes_read(&self, count: usize) {
        self.paused.set(true);
        if let Length::Bytes(left) = self.body_left.get() {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            self.body_left
                .set(Length::Bytes(left.saturating_sub(count)));
        }
    }

    /// A request's head is there.
    pub fn request(&self, body: Length) {
        self.answered.set(false);
        self.body_left.set(body);
        if self.head_bytes.replace(0) > FREE_HEAD {
            self.seat.release();
        }
        if body == Length::None {
            self.seat.work();
            self.enter(Phase::Work, None);
        } else {
            // Whoever reads it keeps its limit, and answers when that has passed.
            self.seat.wait(true);
            self.enter(Phase::Body, None);
        }
    }

    /// The body has been read to its end.
    pub fn body_read(&self) {
        self.seat.work();
        self.enter(Phase::Work, None);
    }

    /// The answer is there; says whether the body was not read to its end.
    pub fn answer(&self) -> bool {
        let unread = self.phase.get() == Phase::Body;
        self.body_left
            .set(if unread { Length::Open } else { Length::None });
        self.seat.release();
        self.seat.wait(false);
        self.enter(Phase::Answer, Some(self.seat.clients().limits.answer));
        unread
    }

    /// The answer has been handed over to be written.
    pub fn answered(&self) {
        self.answered.set(true);
    }

    /// Everything that was to be written has been sent.
    pub fn sent(&self) -> Sent {
        if self.phase.get() != Phase::Answer || !self.answered.get() {
            return Sent::GoOn;
        }
        if self.body_left.get() != Length::None {
            self.enter(Phase::Linger, Some(LINGER));
            return Sent::Finish;
        }
        self.first.set(false);
        self.line_ended.set(false);
        self.enter(Phase::Idle, Some(self.seat.clients().limits.idle));
        Sent::Wait
    }

    /// The client has stopped sending.
    pub fn ended(&self) {
        self.deadline.set(Some(Instant::now()));
    }

    /// Runs a connection until it ends, until its client has kept it waiting for too long, or until it has to make
    /// room. Dropping it closes it, whatever it was at.
    pub async fn watch<R>(self: Rc<Self>, connection: impl Future<Output = R>) -> Option<R> {
        let mut connection = pin!(connection);
        let mut closed = pin!(self.seat.closed());
        let mut timer = pin!(sleep_until(Instant::now()));
        let mut begun = false;
        poll_fn(|cx| {
            if let Poll::Ready(end) = connection.as_mut().poll(cx) {
                return Poll::Ready(Some(end));
            }
            // Whatever lets it read again happens in its own turn; while it is worked on, there is nothing to read.
            if self.reading() != Reading::Nothing && self.read_later.take() {
                cx.waker().wake_by_ref();
            }
            if !begun && matches!(self.phase.get(), Phase::Idle | Phase::Head) {
                // Before, it waited for us.
                self.seat.wait(false);
            }
            begun = true;
            if closed.as_mut().poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            let Some(deadline) = self.deadline.get() else {
                return Poll::Pending;
            };
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let why = match self.phase.get() {
                Phase::Idle => Why::Idle,
                Phase::Head => Why::Head,
                Phase::Body | Phase::Work | Phase::Linger => Why::Body,
                Phase::Answer => Why::Answer,
            };
            let clients = self.seat.clients();
            clients.metrics.clients.closed(clients.name, why);
            Poll::Ready(None)
        })
        .await
    }
}

/// How many of these bytes there are up to the first empty line, whether the last of them ended a line, and whether
/// there was an empty one.
fn empty_line(mut line_ended: bool, bytes: &[u8]) -> (usize, bool, bool) {
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if line_ended => return (at + 1, false, true),
            b'\n' => line_ended = true,
            b'\r' => {}
            _ => line_ended = false,
        }
    }
    (bytes.len(), line_ended, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_an_empty_line_wherever_it_is_cut() {
        for head in [
            &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            b"GET / HTTP/1.1\nHost: a\n\n",
        ] {
            let mut both = head.to_vec();
            both.extend_from_slice(b"GET /next HTTP/1.1\r\n\r\n");
            assert_eq!(empty_line(false, &both), (head.len(), false, true));
            for cut in 0..head.len() {
                let (taken, line_ended, ended) = empty_line(false, &both[..cut]);
                assert_eq!((taken, ended), (cut, false));
                let (taken, _, ended) = empty_line(line_ended, &both[cut..]);
                assert_eq!((cut + taken, ended), (head.len(), true));
            }
        }
    }
}
