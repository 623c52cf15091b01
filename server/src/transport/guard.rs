//! The guard around an accepted stream: a switch that ends it from outside, a deadline for writes, and byte counts.
//!
//! socketioxide cannot close a connection whose peer has stopped reading: its writer waits in `flush` and holds
//! everything else up. So the switch is below it, in the stream itself.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep};

use super::gate::Gate;
use super::places::Place;
use super::strangers::Introduction;
use super::tls::Tls;
use super::wire::{Counted, Wire};
use crate::config::Transport;

const OPEN: u8 = 0;
/// The reader is about to be handed the [`FAREWELL`].
const ENDING: u8 = 1;
/// The reader is handed nothing any more; what is on its way out may still leave.
const ENDED: u8 = 2;
/// Every read and write fails.
const KILLED: u8 = 3;
/// The stream has been dropped.
const GONE: u8 = 4;

/// Engine.IO's `close` in a WebSocket frame, as if the client had sent it: the engine then writes what still waits and
/// closes. The end of the stream instead, or the WebSocket's own close, would make it drop what waits. A client in the
/// middle of a frame makes this a part of it: then only the switch is left.
const FAREWELL: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'1'];

/// How long a peer may keep a stream waiting.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// A write that is pending for longer ends the stream: its peer does not read.
    pub write: Duration,
    /// A stream is ended that brings nothing for so long: heartbeats come more often.
    pub silence: Duration,
}

impl Deadlines {
    /// From the configuration.
    pub fn new(transport: &Transport) -> Self {
        let silence = transport.ping_interval + transport.ping_timeout + transport.write_deadline;
        Self { write: transport.write_deadline, silence }
    }
}

/// Before the first answer a stream may be silent, or dribble, for so long at most.
const FIRST_REQUEST: Duration = Duration::from_secs(30);

/// What can be known about and done to an accepted stream from outside. Shared by everybody who has to do with it.
#[derive(Debug)]
pub struct Guard {
    peer: SocketAddr,
    deadlines: Deadlines,
    state: AtomicU8,
    /// Whether the stream was ended because its peer took nothing for longer than the write deadline.
    overdue: AtomicBool,
    received: AtomicU64,
    sent: AtomicU64,
    reader: AtomicWaker,
    writer: AtomicWaker,
    /// Told when bytes have been written, and when the stream is gone.
    progress: Notify,
    /// How many wait to be told: nearly always nobody.
    waiting: AtomicU32,
    gate: OnceLock<Arc<Gate>>,
    /// Of whoever speaks on the WebSocket that it carries.
    introduction: OnceLock<Introduction>,
    /// Until it carries a session.
    place: Mutex<Option<Place>>,
}

impl Guard {
    fn new(peer: SocketAddr, deadlines: Deadlines, place: Option<Place>) -> Arc<Self> {
        Arc::new(Self {
            peer,
            deadlines,
            state: AtomicU8::new(OPEN),
            overdue: AtomicBool::new(false),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            progress: Notify::new(),
            waiting: AtomicU32::new(0),
            gate: OnceLock::new(),
            introduction: OnceLock::new(),
            place: Mutex::new(place),
        })
    }

    /// The other end.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Bytes received from the peer.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes handed to the kernel for the peer.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    /// Whether the stream has been dropped.
    pub fn is_gone(&self) -> bool {
        self.state.load(Ordering::Acquire) == GONE
    }

    /// Whether the peer took nothing for so long that the stream was ended.
    pub fn was_overdue(&self) -> bool {
        self.overdue.load(Ordering::Acquire)
    }

    /// From now on the stream is only read from while the gate is open. A stream has one gate; a second one is ignored.
    pub fn hold_by(&self, gate: &Arc<Gate>) {
        // A stream carries one WebSocket, and so one connection.
        let _ = self.gate.set(gate.clone());
        self.reader.wake();
    }

    /// From now on the stream carries a WebSocket of somebody who may be a stranger: it is ended where more is said on it
    /// than who one is. What a WebSocket makes of its bytes (frames, fragments, attachments) cannot become more than they are.
    pub(super) fn speaks_for(&self, introduction: Introduction) {
        // A stream carries one WebSocket.
        let _ = self.introduction.set(introduction);
        self.serves_session();
    }

    /// The stream serves a session, which is counted by itself: it needs no place among those of which nothing is known.
    pub(super) fn serves_session(&self) {
        self.place.lock().take();
    }

    pub(super) fn count_received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn count_sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.progress.notify_waiters();
        }
    }

    /// Lets what is on its way out leave, then closes. For streams that carry a WebSocket.
    pub fn end(&self) {
        let _ = self.state.compare_exchange(OPEN, ENDING, Ordering::AcqRel, Ordering::Acquire);
        self.reader.wake();
    }

    /// Ends the stream at once, whatever waits to be written.
    pub fn kill(&self) {
        let _ =
            self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| (state < KILLED).then_some(KILLED));
        self.reader.wake();
        self.writer.wake();
    }

    /// Returns when the stream has been dropped.
    pub async fn gone(&self) {
        self.wait_until(|| self.is_gone()).await;
    }

    /// Returns when `sent` has reached the mark, or the stream has been dropped.
    pub async fn sent_up_to(&self, mark: u64) {
        self.wait_until(|| self.sent() >= mark || self.is_gone()).await;
    }

    async fn wait_until(&self, done: impl Fn() -> bool) {
        let _waiting = Waiting::among(&self.waiting);
        loop {
            let progress = self.progress.notified();
            tokio::pin!(progress);
            progress.as_mut().enable();
            if done() {
                return;
            }
            progress.await;
        }
    }
}

/// Somebody who waits for progress, also where the waiting is given up.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn among(waiting: &'a AtomicU32) -> Self {
        // In one order with the counting of bytes: whoever writes sees this, or else this sees what was written.
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An accepted stream under its [`Guard`].
#[derive(Debug)]
pub struct GuardedStream {
    wire: Wire,
    guard: Arc<Guard>,
    /// Runs while a write is pending, together with how much had been sent when it began.
    deadline: Option<(Pin<Box<Sleep>>, u64)>,
    /// When something was last received that counts, or the stream was accepted.
    heard: Instant,
    /// Bytes that have been written. TLS sends some of its own, which are no answer.
    written: u64,
    /// How many of them had been by then.
    answered: u64,
    /// Runs while a read is pending; looks at `heard` when it ends, so that reading need not touch it.
    silence: Option<Pin<Box<Sleep>>>,
}

impl GuardedStream {
    /// Puts a stream under guard. It has a place, if it needs one, until it serves a session.
    pub fn new(tcp: TcpStream, peer: SocketAddr, deadlines: Deadlines, place: Option<Place>) -> Self {
        let guard = Guard::new(peer, deadlines, place);
        Self::over(Wire::Plain(Counted::new(tcp, guard.clone())), guard)
    }

    /// The same with TLS. `None` where its peer does not agree on it.
    pub(super) async fn secure(
        tcp: TcpStream,
        peer: SocketAddr,
        deadlines: Deadlines,
        place: Option<Place>,
        tls: &Tls,
    ) -> Option<Self> {
        let guard = Guard::new(peer, deadlines, place);
        let secure = tls.greet(Counted::new(tcp, guard.clone())).await?;
        Some(Self::over(Wire::Secure(Box::new(secure)), guard))
    }

    fn over(wire: Wire, guard: Arc<Guard>) -> Self {
        Self { wire, guard, deadline: None, heard: Instant::now(), written: 0, answered: 0, silence: None }
    }

    /// The guard.
    pub fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }

    fn poll_written(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut Wire>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let written = ready!(self.poll_out(cx, write))?;
        self.written += written as u64;
        Poll::Ready(Ok(written))
    }

    /// Carries out what sends, unless the stream is to end, and ends it where the peer has taken nothing for too long.
    fn poll_out<T>(
        &mut self,
        cx: &mut Context<'_>,
        send: impl FnOnce(Pin<&mut Wire>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.guard.state.load(Ordering::Acquire) >= KILLED {
            return Poll::Ready(Err(ended()));
        }
        if let Poll::Ready(done) = send(Pin::new(&mut self.wire), cx) {
            self.deadline = None;
            return Poll::Ready(done);
        }
        self.guard.writer.register(cx.waker());
        if self.guard.state.load(Ordering::Acquire) >= KILLED {
            return Poll::Ready(Err(ended()));
        }
        // Below TLS something may have left although not all of it has.
        let (within, sent) = (self.guard.deadlines.write, self.guard.sent());
        let deadline = self.deadline.take().filter(|(_, before)| *before == sent);
        let (deadline, _) =
            self.deadline.insert(deadline.unwrap_or_else(|| (Box::pin(tokio::time::sleep(within)), sent)));
        ready!(deadline.as_mut().poll(cx));
        self.guard.overdue.store(true, Ordering::Release);
        self.guard.kill();
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing")))
    }
}

impl GuardedStream {
    /// Something was received. Of a request only its beginning counts: a peer that dribbles has said nothing until it is
    /// answered. A WebSocket is not answered, and is closed by its heartbeat where nothing sensible is said on it.
    fn note_heard(&mut self) {
        if self.written > self.answered || self.guard.gate.get().is_some() {
            if self.answered == 0 {
                // It runs until the end of the time for a first request.
                self.silence = None;
            }
            self.answered = self.written;
            self.heard = Instant::now();
        }
    }

    /// Ready where the peer has been silent for too long.
    fn poll_silent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let answered = self.written > 0;
            let until = self.heard + if answered { self.guard.deadlines.silence } else { FIRST_REQUEST };
            match &mut self.silence {
                Some(silence) => ready!(silence.as_mut().poll(cx)),
                None if until > Instant::now() => {
                    self.silence = Some(Box::pin(tokio::time::sleep_until(until)));
                    continue;
                }
                None => {}
            }
            if until <= Instant::now() {
                return Poll::Ready(());
            }
            self.silence = None;
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "ended by the gateway")
}

impl AsyncRead for GuardedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.guard.reader.register(cx.waker());
        match this.guard.state.load(Ordering::Acquire) {
            OPEN => {}
            ENDING if buf.remaining() >= FAREWELL.len() => {
                let _ = this.guard.state.compare_exchange(ENDING, ENDED, Ordering::AcqRel, Ordering::Acquire);
                buf.put_slice(&FAREWELL);
                return Poll::Ready(Ok(()));
            }
            ENDING | ENDED => return Poll::Pending,
            _ => return Poll::Ready(Err(ended())),
        }
        if let Some(gate) = this.guard.gate.get() {
            ready!(gate.poll_open(cx));
        }
        let before = buf.filled().len();
        match Pin::new(&mut this.wire).poll_read(cx, buf) {
            Poll::Ready(read) => read?,
            Poll::Pending => {
                ready!(this.poll_silent(cx));
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer is silent")));
            }
        }
        let heard = buf.filled().len() - before;
        if this.guard.introduction.get().is_some_and(|introduction| !introduction.hear(heard)) {
            this.guard.kill();
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::PermissionDenied, "a stranger says too much")));
        }
        this.note_heard();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_written(cx, |wire, cx| wire.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_written(cx, |wire, cx| wire.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.wire.is_buffered() {
            return self.poll_out(cx, |wire, cx| wire.poll_flush(cx));
        }
        // It does nothing, and must not be taken for progress of a write that is pending.
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.wire.is_buffered() {
            return self.poll_out(cx, |wire, cx| wire.poll_shutdown(cx));
        }
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

impl Drop for GuardedStream {
    fn drop(&mut self) {
        if self.guard.state.swap(GONE, Ordering::AcqRel) == KILLED {
            // What the peer does not take must not stay in the kernel for as long as it likes.
            self.wire.forget_unsent();
        }
        // The guard may be held for longer.
        self.guard.place.lock().take();
        self.guard.progress.notify_waiters();
    }
}
