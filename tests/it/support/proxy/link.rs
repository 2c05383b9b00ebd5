//! One connection through the proxy: two queues, one for each way, between two sockets.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc as queue, watch};
use tokio_util::sync::CancellationToken;

use super::{Cut, Held, Position, Shared, Way};

const CHUNK: usize = 64 * 1024;
/// Chunks under way in one direction; beyond that the sender has to wait, as with any connection.
const WINDOW: usize = 256;
/// Length and number of a packet, before its content.
const HEADER: usize = 4;

/// What travels from the one socket to the other.
enum Item {
    Bytes(Vec<u8>, OwnedSemaphorePermit),
    /// The sender has closed its side.
    End,
    /// Here the connection is cut.
    Cut(Cut),
}

/// How a connection ended.
enum End {
    /// Both sides closed it.
    Closed,
    /// A socket failed, or it was cut: both sides get to see that.
    Broken,
    /// The client is cut off; the server shall finish what it does.
    ClientCut,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> End {
        End::Broken
    }
}

/// Hands items on when their time has come. The delay is the same for all, so one queue keeps them in order; a
/// thread, because the timers of an async runtime are no finer than a millisecond.
#[derive(Clone)]
pub(super) struct DelayLine {
    delay: Duration,
    sender: mpsc::Sender<(Instant, Item, queue::UnboundedSender<Item>)>,
}

impl DelayLine {
    pub fn new(delay: Duration) -> DelayLine {
        let (sender, receiver) = mpsc::channel::<(Instant, Item, queue::UnboundedSender<Item>)>();
        std::thread::spawn(move || {
            // Without this a sleep may be 50 µs longer; where it is not to be had, it is.
            nix::sys::prctl::set_timerslack(1_000).ok();
            while let Ok((due, item, to)) = receiver.recv() {
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                to.send(item).ok(); // the connection may be gone
            }
        });
        DelayLine { delay, sender }
    }
}

/// The sending end of one way.
struct Entry {
    to: queue::UnboundedSender<Item>,
    delay: Option<DelayLine>,
    window: Arc<Semaphore>,
}

impl Entry {
    async fn bytes(&self, bytes: Vec<u8>) {
        let permit = self.window.clone().acquire_owned().await;
        self.send(Item::Bytes(bytes, permit.expect("never closed")));
    }

    fn send(&self, item: Item) {
        match &self.delay {
            None => drop(self.to.send(item)),
            Some(line) => {
                let due = Instant::now() + line.delay;
                line.sender.send((due, item, self.to.clone())).ok();
            }
        }
    }
}

pub(super) struct Link {
    shared: Arc<Shared>,
    held: Arc<Held>,
    client: TcpStream,
    server: TcpStream,
    /// The cut that is made when the server answers.
    at_answer: Mutex<Option<Cut>>,
}

/// Closes it so that the other side sees a broken connection, not an end.
pub(super) fn reset(stream: TcpStream) {
    stream.set_zero_linger().ok();
}

impl Link {
    pub fn new(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) -> Link {
        client.set_nodelay(true).ok();
        server.set_nodelay(true).ok();
        Link {
            shared: shared.clone(),
            held: shared.held(),
            client,
            server,
            at_answer: Mutex::default(),
        }
    }

    /// Carries bytes until one side ends it or `line` is cut.
    pub async fn run(mut self, line: &CancellationToken) {
        let end = tokio::select! {
            biased;
            () = line.cancelled() => End::Broken,
            end = self.carry() => end,
        };
        let Link {
            shared,
            client,
            mut server,
            ..
        } = self;
        match end {
            End::Closed => {}
            End::Broken => {
                reset(client);
                reset(server);
            }
            End::ClientCut => {
                reset(client);
                shared.closed();
                // Reset at once, the server might never read what it was sent.
                server.read_u8().await.ok();
                reset(server);
                return;
            }
        }
        shared.closed();
    }

    async fn carry(&mut self) -> End {
        let Link {
            shared,
            held,
            client,
            server,
            at_answer,
        } = self;
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let way = || {
            let (to, out) = queue::unbounded_channel();
            let entry = Entry {
                to,
                delay: shared.delay.clone(),
                window: Arc::new(Semaphore::new(WINDOW)),
            };
            (entry, out)
        };
        let (requests, requests_out) = way();
        let (answers, answers_out) = way();
        let ended = tokio::try_join!(
            read_requests(shared, held, from_client, requests, at_answer),
            write(
                shared,
                &held.ways[Way::ToServer as usize],
                requests_out,
                to_server
            ),
            read_answers(shared, from_server, answers, at_answer),
            write(
                shared,
                &held.ways[Way::ToClient as usize],
                answers_out,
                to_client
            ),
        );
        ended.err().unwrap_or(End::Closed)
    }
}

/// From the client, packet by packet.
async fn read_requests(
    shared: &Shared,
    held: &Held,
    mut from: ReadHalf<'_>,
    to: Entry,
    at_answer: &Mutex<Option<Cut>>,
) -> Result<(), End> {
    let mut pending = Vec::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 && held.forgotten.load(Ordering::SeqCst) {
            return Err(End::Broken);
        }
        if count == 0 {
            to.send(Item::End);
            return Ok(());
        }
        pending.extend_from_slice(&buffer[..count]);
        while let Some(packet) = next_packet(&mut pending) {
            match shared.cut_at(&packet[HEADER..]) {
                None => to.bytes(packet).await,
                Some(cut) => match cut.position {
                    Position::Before => to.send(Item::Cut(cut)),
                    Position::After => {
                        to.bytes(packet).await;
                        to.send(Item::Cut(cut));
                    }
                    Position::Answer => {
                        *at_answer.lock().expect("no panic") = Some(cut);
                        to.bytes(packet).await;
                    }
                },
            }
        }
    }
}

/// Takes one whole packet, with its header.
fn next_packet(pending: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length = pending
        .first_chunk::<3>()
        .map(|[a, b, c]| usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16)?;
    let end = HEADER + length;
    (pending.len() >= end).then(|| pending.drain(..end).collect())
}

/// From the server, as it comes.
async fn read_answers(
    shared: &Shared,
    mut from: ReadHalf<'_>,
    to: Entry,
    at_answer: &Mutex<Option<Cut>>,
) -> Result<(), End> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            to.send(Item::End);
            return Ok(());
        }
        let cut = at_answer.lock().expect("no panic").take();
        if let Some(cut) = cut {
            shared.reached(&cut);
            return Err(End::Broken);
        }
        to.bytes(buffer[..count].to_vec()).await;
    }
}

async fn write(
    shared: &Shared,
    held: &watch::Sender<bool>,
    mut items: queue::UnboundedReceiver<Item>,
    mut to: WriteHalf<'_>,
) -> Result<(), End> {
    let mut held = held.subscribe();
    while let Some(item) = items.recv().await {
        held.wait_for(|held| !held).await.map_err(|_| End::Broken)?;
        match item {
            Item::Bytes(bytes, _permit) => to.write_all(&bytes).await?,
            Item::End => {
                to.shutdown().await?;
                return Ok(());
            }
            Item::Cut(cut) => {
                shared.reached(&cut);
                return Err(match cut.position {
                    Position::After => End::ClientCut,
                    Position::Before | Position::Answer => End::Broken,
                });
            }
        }
    }
    Ok(())
}
