//! Threads that serve. Each has a runtime of its own for the requests that it answers and for its share of the
//! connections to the database, so that a request and its call wake nobody else. A call may outlive its request and
//! its server, so the threads run until everything has been closed.

use std::{io, sync::mpsc, thread};

use tokio::runtime::{Builder, Handle, LocalOptions};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Runtimes that run until this is dropped.
pub struct Workers {
    handles: Vec<Handle>,
    _running: DropGuard,
}

impl Workers {
    /// Starts so many threads.
    ///
    /// # Errors
    /// When the system has no thread or no descriptors for them.
    pub fn start(name: &str, count: usize) -> io::Result<Self> {
        let end = CancellationToken::new();
        let running = end.clone().drop_guard();
        let handles = (0..count).map(|number| start(format!("{name} {number}"), end.clone()));
        Ok(Self {
            handles: handles.collect::<io::Result<_>>()?,
            _running: running,
        })
    }

    pub fn handles(&self) -> &[Handle] {
        &self.handles
    }
}

fn start(name: String, end: CancellationToken) -> io::Result<Handle> {
    let (sender, handle) = mpsc::channel();
    let run = move || {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build_local(LocalOptions::default());
        // Whoever asked waits for it, so the receiver is there.
        match runtime {
            Ok(runtime) => {
                drop(sender.send(Ok(runtime.handle().clone())));
                runtime.block_on(end.cancelled());
                runtime.shutdown_background();
            }
            Err(error) => drop(sender.send(Err(error))),
        }
    };
    thread::Builder::new().name(name).spawn(run)?;
    handle.recv().map_err(io::Error::other)?
}
