//! The bytes of one connection, handed on as its state allows: one request at a time, and no more of a body at once
//! than is read at once, so that no buffer grows behind a request that is being worked on.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::client::{Client, Reading, Sent};

/// How much is read at once.
const PIECE: usize = 8 * 1024;
/// The codec's buffer grows, and stays grown, when less than this is free in it while there is something in it.
const FREE: usize = 1024;

pub struct Stream {
    io: TcpStream,
    client: Rc<Client>,
    /// Read, and not handed on yet: what its client sent behind an empty line without waiting for its answer. No more
    /// than a piece, since nothing is read while there is any.
    behind: Vec<u8>,
}

impl Stream {
    pub fn new(io: TcpStream, client: Rc<Client>) -> Self {
        Self {
            io,
            client,
            behind: Vec::new(),
        }
    }

    pub fn client(&self) -> &Rc<Client> {
        &self.client
    }

    /// Up to the next empty line: it ends a head, and a body in chunks.
    fn read_lines(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = match self.client.is_reading_body() {
            true => piece(buffer.remaining()),
            false => buffer.remaining().min(PIECE),
        };
        let mut bytes = [MaybeUninit::uninit(); PIECE];
        let mut part = ReadBuf::uninit(&mut bytes[..room]);
        ready!(self.read(cx, &mut part))?;
        let seen = part.filled();
        let (wanted, behind) = seen.split_at(self.client.up_to_empty_line(seen));
        if !wanted.is_empty() {
            let read = self.client.lines_read(wanted);
            read.map_err(|_| io::Error::other("no room for such a head"))?;
            buffer.put_slice(wanted);
        }
        if !behind.is_empty() {
            self.behind.splice(..0, behind.iter().copied());
        }
        Poll::Ready(Ok(()))
    }

    fn read_body(
        &mut self,
        left: u64,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let room = piece(buffer.remaining()).min(left);
        let mut bytes = [MaybeUninit::uninit(); PIECE];
        let mut part = ReadBuf::uninit(&mut bytes[..room]);
        ready!(self.read(cx, &mut part))?;
        self.client.body_bytes_read(part.filled().len());
        buffer.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }

    /// What is left of the last piece, otherwise the next one.
    fn read(&mut self, cx: &mut Context<'_>, part: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.behind.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, part);
        }
        let count = part.remaining().min(self.behind.len());
        part.put_slice(&self.behind[..count]);
        self.behind.drain(..count);
        if self.behind.is_empty() {
            self.behind = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    fn discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [MaybeUninit::uninit(); PIECE];
        let mut part = ReadBuf::uninit(&mut bytes);
        ready!(self.read(cx, &mut part))?;
        if part.filled().is_empty() {
            self.client.ended();
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// How much of a body is read into so much room.
fn piece(room: usize) -> usize {
    if room > 2 * FREE {
        (room - FREE).min(PIECE)
    } else {
        room.min(FREE / 2)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.client.pause() {
            this.client.read_later();
            return Poll::Pending;
        }
        match this.client.reading() {
            Reading::Lines => this.read_lines(cx, buffer),
            Reading::Bytes(left) => this.read_body(left, cx, buffer),
            Reading::Discard => this.discard(cx),
            Reading::Nothing => {
                this.client.read_later();
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        match self.client.sent() {
            // The client sees the end of the answer, and what it still sends does not turn that into an error.
            Sent::Finish => ready!(Pin::new(&mut self.io).poll_shutdown(cx))?,
            Sent::Wait if self.behind.is_empty() && self.io.poll_read_ready(cx).is_pending() => {
                self.client.read_when_it_comes();
            }
            Sent::Wait | Sent::GoOn => {}
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
