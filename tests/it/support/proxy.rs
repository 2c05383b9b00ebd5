//! A TCP proxy in front of a database: adds distance, cuts connections at a chosen point of the protocol, holds bytes.
//!
//! ```ignore
//! let proxy = Proxy::start(&db.url_as("jumun_gateway"));            // or Proxy::with_delay(url, one way)
//! let url = proxy.url(&db.url_as("jumun_gateway"));                 // the same, through the proxy
//! let gateway = Gateway::start_with(&db, &[("JUMUN_DATABASE_URL", &url)]).await;
//! proxy.arm(Cut::before_answer_to("T1"));                           // commits, and nobody is told
//! …
//! proxy.reached(1).await;
//! proxy.cut().await;                                                // everything now, and nothing new…
//! proxy.restore().await;                                            // …until now
//! proxy.hold(&[Way::ToClient]);                                     // silence, with connections open
//! proxy.release();
//! ```
//!
//! It runs on a thread of its own, so that a test that blocks does not stop it.

mod link;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mysql_async::Opts;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::process::free_port;
use link::{DelayLine, Link};

/// How long a test waits for the proxy to do something.
const PATIENCE: Duration = Duration::from_secs(20);

/// One way through the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToServer,
    ToClient,
}

/// Where a connection is cut, seen from a client's packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Before,
    After,
    Answer,
}

/// A point at which connections are cut: at the client's next packet that contains some text. A CALL's parameters
/// are in its own packet, the procedure's name is in the one that prepares it.
#[derive(Clone, Debug)]
pub struct Cut {
    position: Position,
    text: Vec<u8>,
    times: usize,
    everything: bool,
}

impl Cut {
    fn at(position: Position, text: &str) -> Cut {
        Cut {
            position,
            text: text.as_bytes().to_vec(),
            times: 1,
            everything: false,
        }
    }

    /// The server never gets the packet.
    pub fn before(text: &str) -> Cut {
        Cut::at(Position::Before, text)
    }

    /// The server gets the packet, the client is cut off at once, and the server's answer goes nowhere.
    pub fn after(text: &str) -> Cut {
        Cut::at(Position::After, text)
    }

    /// The client is cut off when the server answers, and never gets the answer.
    pub fn before_answer_to(text: &str) -> Cut {
        Cut::at(Position::Answer, text)
    }

    /// Not once but this often.
    pub fn times(mut self, times: usize) -> Cut {
        self.times = times;
        self
    }

    /// Every other connection is cut as well, and new ones are refused until `restore`.
    pub fn and_everything(mut self) -> Cut {
        self.everything = true;
        self
    }
}

/// What can be seen from outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Connections that are carried now, and all that there ever were.
    pub open: usize,
    pub accepted: usize,
    /// Most that clients had open at any time. One that a client has closed is not among them, also while the server
    /// is still at work for it and the connection is carried on.
    pub most: usize,
    /// Cut points that were reached.
    pub cuts: usize,
    listening: bool,
}

/// Whether bytes are held.
#[derive(Default)]
struct Held {
    /// To the server and to the client.
    ways: [watch::Sender<bool>; 2],
    /// And will never be let through.
    forgotten: AtomicBool,
}

/// What the owner and the proxy's thread share.
struct Shared {
    upstream: String,
    delay: Option<DelayLine>,
    cuts: Mutex<Vec<Cut>>,
    /// Whether new connections are taken.
    up: watch::Sender<bool>,
    /// Of the connections that are open or will be.
    held: Mutex<Arc<Held>>,
    seen: watch::Sender<Seen>,
    /// Cancelled to cut all connections; renewed by `restore`.
    line: Mutex<CancellationToken>,
    stop: CancellationToken,
}

impl Shared {
    /// The cut point that a client's packet is, if any; it is used up by this.
    fn cut_at(&self, packet: &[u8]) -> Option<Cut> {
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        let cut = cuts.iter_mut().find(|cut| {
            cut.times > 0
                && packet
                    .windows(cut.text.len())
                    .any(|part| part == cut.text.as_slice())
        })?;
        cut.times -= 1;
        Some(cut.clone())
    }

    /// A cut point was reached.
    fn reached(&self, cut: &Cut) {
        if cut.everything {
            self.cut();
        }
        self.seen.send_modify(|seen| seen.cuts += 1);
    }

    /// A client's connection is no more.
    fn closed(&self) {
        self.seen.send_modify(|seen| seen.open -= 1);
    }

    fn cut(&self) {
        self.up.send_replace(false);
        self.line().cancel();
    }

    fn held(&self) -> Arc<Held> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn line(&self) -> CancellationToken {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.clone()
    }
}

/// A proxy on a free port of this machine, gone when it is dropped.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// In front of the server of this URL.
    pub fn start(url: &str) -> Proxy {
        Proxy::with_delay(url, Duration::ZERO)
    }

    /// The same, with every byte late by as much as this, each way. Nothing waits for what is under way: a round
    /// trip takes twice the delay longer, and as much as before goes through in the same time.
    pub fn with_delay(url: &str, one_way: Duration) -> Proxy {
        let opts = Opts::from_url(url).unwrap_or_else(|e| panic!("{url}: {e}"));
        let port = free_port();
        let shared = Arc::new(Shared {
            upstream: format!("{}:{}", opts.ip_or_hostname(), opts.tcp_port()),
            delay: (!one_way.is_zero()).then(|| DelayLine::new(one_way)),
            cuts: Mutex::default(),
            up: watch::Sender::new(true),
            held: Mutex::default(),
            seen: watch::Sender::default(),
            line: Mutex::default(),
            stop: CancellationToken::new(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let of_thread = shared.clone();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = of_thread.stop.cancelled() => {}
                    () = serve(&of_thread, port) => {}
                }
            });
        });
        let proxy = Proxy {
            port,
            shared,
            thread: Some(thread),
        };
        let start = Instant::now();
        while !proxy.seen().listening {
            assert!(start.elapsed() < PATIENCE, "the proxy does not listen");
            std::thread::sleep(Duration::from_millis(1));
        }
        proxy
    }

    /// A URL with this proxy in place of its server.
    pub fn url(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"));
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(self.port)).expect("a port");
        url.into()
    }

    /// Cuts at this point from now on.
    pub fn arm(&self, cut: Cut) {
        let mut cuts = self
            .shared
            .cuts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        cuts.push(cut);
    }

    /// Forgets all cut points.
    pub fn disarm(&self) {
        self.shared
            .cuts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Waits until as many cut points were reached, since the start.
    pub async fn reached(&self, cuts: usize) {
        self.wait("a cut point is reached", |seen| seen.cuts >= cuts)
            .await;
    }

    /// Resets all connections and refuses new ones.
    pub async fn cut(&self) {
        self.shared.cut();
        self.wait("all connections are cut", |seen| {
            seen.open == 0 && !seen.listening
        })
        .await;
    }

    /// Takes connections again, once those are cut that a cut point told the proxy to cut: what its thread has not got
    /// round to would otherwise be done to the new ones.
    pub async fn restore(&self) {
        if !*self.shared.up.borrow() {
            self.wait("the cut is done", |seen| !seen.listening).await;
        }
        *self
            .shared
            .line
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = CancellationToken::new();
        self.shared.up.send_replace(true);
        self.wait("the proxy listens again", |seen| seen.listening)
            .await;
    }

    /// Lets no byte through these ways; connections stay open, and new ones are taken.
    pub fn hold(&self, ways: &[Way]) {
        let held = self.shared.held();
        for way in ways {
            held.ways[*way as usize].send_replace(true);
        }
    }

    /// Lets no byte through on the connections that are open now, for ever, while new ones work: a server that was
    /// replaced without a word to its clients.
    pub fn forget(&self) {
        self.hold(&[Way::ToServer, Way::ToClient]);
        self.shared.held().forgotten.store(true, Ordering::SeqCst);
        *self
            .shared
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// Lets everything through that was held.
    pub fn release(&self) {
        for held in &self.shared.held().ways {
            held.send_replace(false);
        }
    }

    pub fn seen(&self) -> Seen {
        *self.shared.seen.borrow()
    }

    async fn wait(&self, what: &str, condition: impl FnMut(&Seen) -> bool) {
        let mut seen = self.shared.seen.subscribe();
        let wait = tokio::time::timeout(PATIENCE, seen.wait_for(condition)).await;
        assert!(wait.is_ok(), "did not happen: {what}: {:?}", self.seen());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.cancel();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Takes connections whenever that is wanted. A listener that is closed refuses, as the port of a dead server does.
async fn serve(shared: &Arc<Shared>, port: u16) {
    let mut up = shared.up.subscribe();
    while up.wait_for(|up| *up).await.is_ok() {
        let listener = listen(port).await;
        shared.seen.send_modify(|seen| seen.listening = true);
        loop {
            tokio::select! {
                biased;
                _ = up.wait_for(|up| !*up) => break,
                accepted = listener.accept() => {
                    if let Ok((client, _)) = accepted {
                        shared.seen.send_modify(|seen| {
                            seen.open += 1;
                            seen.accepted += 1;
                            seen.most = seen.most.max(established(port));
                        });
                        tokio::spawn(connection(shared.clone(), client));
                    }
                }
            }
        }
        drop(listener);
        shared.seen.send_modify(|seen| seen.listening = false);
    }
}

/// Connections of this port that the system calls established: the other side has not closed them. The proxy itself
/// learns of a close only after it, and perhaps after the next connection.
fn established(port: u16) -> usize {
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the system's connections");
    let local = format!("0100007F:{port:04X}");
    let rows = table.lines().skip(1).filter(|row| {
        let mut fields = row.split_whitespace().skip(1);
        fields.next() == Some(&local) && fields.nth(1) == Some("01")
    });
    rows.count()
}

async fn listen(port: u16) -> TcpListener {
    loop {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn connection(shared: Arc<Shared>, client: TcpStream) {
    let line = shared.line();
    match TcpStream::connect(&shared.upstream).await {
        Ok(server) => Link::new(&shared, client, server).run(&line).await,
        Err(_) => {
            link::reset(client);
            shared.closed();
        }
    }
}
