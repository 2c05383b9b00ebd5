//! Accepts connections and hands them to the workers by turns.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    runtime::Handle,
    select,
    sync::{
        OwnedSemaphorePermit, Semaphore,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::{JoinHandle, JoinSet, spawn_local},
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// Connections that have been made and not taken yet.
const BACKLOG: u32 = 2048;
/// Until accepting is tried again when the system has no room for a connection.
const PAUSE: Duration = Duration::from_millis(500);

/// A connection on its way to its worker; the permit is given back when it ends.
type Accepted = (std::net::TcpStream, OwnedSemaphorePermit);

/// An address that is listened on.
pub struct Server {
    stop: CancellationToken,
    accepting: JoinHandle<()>,
    serving: Vec<JoinHandle<()>>,
}

impl Server {
    /// Listens on an address. On each worker `make` makes what serves one connection; no more than `most` of them are
    /// open at a time. The token is cancelled when all are to come to an end.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start<M, S, C>(
        address: SocketAddr,
        workers: &[Handle],
        most: usize,
        stop: CancellationToken,
        make: M,
    ) -> io::Result<Self>
    where
        M: AsyncFnOnce() -> Option<S> + Clone + Send + 'static,
        S: Fn(TcpStream) -> C + 'static,
        C: Future<Output = ()> + 'static,
    {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let (mut senders, mut serving) = (Vec::new(), Vec::new());
        for worker in workers {
            let (sender, accepted) = unbounded_channel();
            senders.push(sender);
            let make = make.clone();
            #[expect(
                clippy::async_yields_async,
                reason = "it begins there and goes on there"
            )]
            let served = worker.spawn(async move {
                spawn_local(async move {
                    if let Some(serve) = make().await {
                        serve_all(accepted, serve).await;
                    }
                })
            });
            serving.push(served.await.map_err(io::Error::other)?);
        }
        let places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        let accepting = tokio::spawn(accept(listener, senders, places, stop.clone()));
        Ok(Self {
            stop,
            accepting,
            serving,
        })
    }

    /// Takes no further connection, lets the requests under way be answered, and closes what is left at the end of the
    /// limit.
    pub async fn stop(self, limit: Duration) {
        let deadline = Instant::now() + limit;
        self.stop.cancel();
        // How it ends is of no interest: it has let go of the address.
        drop(self.accepting.await);
        for mut serving in self.serving {
            if timeout_at(deadline, &mut serving).await.is_err() {
                serving.abort();
            }
        }
    }
}

async fn accept(
    listener: TcpListener,
    workers: Vec<UnboundedSender<Accepted>>,
    places: Arc<Semaphore>,
    stop: CancellationToken,
) {
    let take = async {
        for worker in workers.iter().cycle() {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let stream = next(&listener).await;
            if worker.send((stream, place)).is_err() {
                return;
            }
        }
    };
    select! {
        () = stop.cancelled() => {}
        () = take => {}
    }
}

/// The next connection, away from the runtime that accepted it.
async fn next(listener: &TcpListener) -> std::net::TcpStream {
    loop {
        let accepted = listener.accept().await;
        match accepted.and_then(|(stream, _)| stream.into_std()) {
            Ok(stream) => return stream,
            // Who has gone before his turn came.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted) => {}
            Err(error) => {
                log::error!("accepting connections: {error}");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Serves the connections of one worker until there are none and there will be none. Dropping it closes them.
async fn serve_all<S, C>(mut accepted: UnboundedReceiver<Accepted>, serve: S)
where
    S: Fn(TcpStream) -> C,
    C: Future<Output = ()> + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        select! {
            Some((stream, place)) = accepted.recv() => {
                if let Ok(stream) = TcpStream::from_std(stream) {
                    let connection = serve(stream);
                    connections.spawn_local(async move {
                        connection.await;
                        drop(place);
                    });
                }
            }
            Some(_) = connections.join_next() => {}
            else => return,
        }
    }
}
