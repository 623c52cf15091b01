//! What waits to be sent to a client: a bounded queue between whoever emits and the transport.
//!
//! It takes the place of an mpsc channel (whose first block alone is 4 KiB for each connection) and of a watch channel
//! (for the latest volatile packets), because a writer that waits for one queue registers one waker where a `select!` over
//! two channels and a cancellation registers, and takes back, three. Packets take places by their size, so that the bound
//! is one of memory.
//!
//! Once a WebSocket writes, small packets are put into frames where they are emitted, one behind the other: the writer has
//! one buffer to write, and the threads that emit and write do not contend for the count of a shared text's owners.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use engineioxide_core::{Packet, PacketBuf, ProtocolVersion};
use tokio::sync::{Notify, mpsc::error::TrySendError};

use crate::transport::frame::{self, CLOSE, Frames};

/// A packet takes a place for itself, and one more for each time it carries so many bytes.
const PLACE: usize = 128;
/// A queue that has grown beyond so many entries gives its memory back when it is empty.
const SPARE: usize = 4;
/// Larger packets stay what they are until they are written: what is broadcast is in memory once.
const SMALL: usize = 1024;
/// Frames are put behind others up to so many bytes.
const FRAMES: usize = 16 * 1024;

/// A queue with that many places.
pub(crate) fn channel(places: usize) -> (Sender, Receiver) {
    let outbox = Arc::new(Outbox { state: Mutex::default(), closed: Notify::new(), places });
    (Sender(outbox.clone()), Receiver(outbox))
}

/// The end of those who emit.
#[derive(Debug, Clone)]
pub(crate) struct Sender(Arc<Outbox>);

/// The end of the transport.
#[derive(Debug)]
pub(crate) struct Receiver(Arc<Outbox>);

/// There was room for one emission. It holds no place: emissions that come at the same time may all go a little beyond.
pub(crate) struct Permit<'a>(&'a Outbox);

#[derive(Debug)]
struct Outbox {
    state: Mutex<State>,
    closed: Notify,
    places: usize,
}

/// What waits in the queue.
#[derive(Debug, PartialEq)]
pub(crate) enum Waiting {
    /// Packets that are sent one after the other.
    Packets(PacketBuf),
    /// The same as WebSocket frames, and the places that they take.
    Frames(Frames, usize),
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Waiting>,
    /// The protocol of the WebSocket that writes, if one does.
    framed: Option<ProtocolVersion>,
    /// The WebSocket has put its close into the queue.
    farewell: bool,
    /// Places that are taken by what is in the queue.
    taken: usize,
    volatile: Option<PacketBuf>,
    end: End,
    reader: Option<Waker>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    /// The transport is to end when it has taken what is in the queue.
    Ending,
    /// Nothing is taken in any more.
    Closed,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of others runs while it is locked: a poisoned state is a good one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, end: End) {
        let mut state = self.lock();
        state.end = end;
        wake(state);
    }
}

impl State {
    fn check(&self, places: usize) -> Result<(), TrySendError<()>> {
        match self.end {
            End::Closed => Err(TrySendError::Closed(())),
            _ if self.taken >= places => Err(TrySendError::Full(())),
            _ => Ok(()),
        }
    }

    fn push(&mut self, packets: PacketBuf) {
        let places = places(&packets);
        self.taken += places;
        match self.framed {
            Some(protocol) if places * PLACE <= SMALL => {
                let frames = self.frames(places);
                packets.into_iter().for_each(|packet| frame::put(packet, protocol, frames));
            }
            _ => self.queue.push_back(Waiting::Packets(packets)),
        }
    }

    /// Where the next frames are put, which take so many places.
    fn frames(&mut self, places: usize) -> &mut Frames {
        let behind = matches!(self.queue.back(), Some(Waiting::Frames(frames, _)) if frames.len() < FRAMES);
        if !behind {
            self.queue.push_back(Waiting::Frames(Frames::new(), 0));
        }
        match self.queue.back_mut() {
            Some(Waiting::Frames(frames, taken)) => {
                *taken += places;
                frames
            }
            _ => unreachable!("they have just been put there"),
        }
    }

    fn pop(&mut self) -> Option<Waiting> {
        let waiting = self.queue.pop_front()?;
        self.taken -= match &waiting {
            Waiting::Packets(packets) => places(packets),
            Waiting::Frames(_, places) => *places,
        };
        if self.queue.is_empty() && self.queue.capacity() > SPARE {
            self.queue = VecDeque::new();
        }
        Some(waiting)
    }
}

/// Wakes the transport, if it waits.
fn wake(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

fn places(packets: &PacketBuf) -> usize {
    let bytes = |packet: &Packet| match packet {
        Packet::Message(text) => text.len(),
        Packet::Binary(data) | Packet::BinaryV3(data) => data.len(),
        _ => 0,
    };
    packets.iter().map(|packet| 1 + bytes(packet) / PLACE).sum()
}

impl Sender {
    /// Puts packets into the queue, which are sent one after the other.
    pub(crate) fn try_send(&self, packets: PacketBuf) -> Result<(), TrySendError<PacketBuf>> {
        let mut state = self.0.lock();
        match state.check(self.0.places) {
            Ok(()) => {
                state.push(packets);
                wake(state);
                Ok(())
            }
            Err(TrySendError::Full(())) => Err(TrySendError::Full(packets)),
            Err(TrySendError::Closed(())) => Err(TrySendError::Closed(packets)),
        }
    }

    /// Room for one emission, however large it is.
    pub(crate) fn try_reserve(&self) -> Result<Permit<'_>, TrySendError<()>> {
        self.0.lock().check(self.0.places)?;
        Ok(Permit(&self.0))
    }

    /// Puts packets beside the queue, in the place of those that are there.
    pub(crate) fn send_volatile(&self, packets: PacketBuf) -> bool {
        let mut state = self.0.lock();
        if state.end == End::Closed {
            return false;
        }
        state.volatile = Some(packets);
        wake(state);
        true
    }

    /// Puts frames of the WebSocket's own into the queue: answers to its pings, and its close. Where the queue is full they
    /// are lost, as their client does not read.
    pub(crate) fn send_frames(&self, frames: &[u8]) {
        let mut state = self.0.lock();
        if state.check(self.0.places).is_ok() {
            let places = 1 + frames.len() / PLACE;
            state.farewell |= frames.first() == Some(&CLOSE[0]);
            state.taken += places;
            state.frames(places).extend_from_slice(frames);
            wake(state);
        }
    }

    /// The transport ends when it has taken what is in the queue.
    pub(crate) fn end(&self) {
        self.0.end(End::Ending);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.lock().end == End::Closed
    }

    pub(crate) async fn closed(&self) {
        loop {
            let closed = self.0.closed.notified();
            tokio::pin!(closed);
            closed.as_mut().enable();
            if self.is_closed() {
                return;
            }
            closed.await;
        }
    }
}

impl Permit<'_> {
    pub(crate) fn send(self, packets: PacketBuf) {
        let mut state = self.0.lock();
        state.push(packets);
        wake(state);
    }
}

impl Receiver {
    /// From now on a WebSocket writes: what is emitted is put into frames.
    pub(crate) fn frame(&mut self, protocol: ProtocolVersion) {
        self.0.lock().framed = Some(protocol);
    }

    /// What is next: in the queue, or else the latest volatile packets. `None` where the transport is to end.
    pub(crate) async fn recv(&mut self) -> Option<Waiting> {
        std::future::poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// The next packets, where nobody puts them into frames.
    pub(crate) fn poll_packets(&mut self, cx: &mut Context<'_>) -> Poll<Option<PacketBuf>> {
        loop {
            match std::task::ready!(self.poll_recv(cx)) {
                Some(Waiting::Packets(packets)) => return Poll::Ready(Some(packets)),
                // A session that has been upgraded is not polled any more.
                Some(Waiting::Frames(..)) => {}
                None => return Poll::Ready(None),
            }
        }
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Waiting>> {
        let mut state = self.0.lock();
        if let Some(waiting) = state.pop() {
            return Poll::Ready(Some(waiting));
        }
        if state.end != End::Open {
            return Poll::Ready(None);
        }
        if let Some(packets) = state.volatile.take() {
            return Poll::Ready(Some(Waiting::Packets(packets)));
        }
        match &mut state.reader {
            Some(reader) => reader.clone_from(cx.waker()),
            reader => *reader = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// What is next in the queue, if there is something.
    pub(crate) fn try_recv(&mut self) -> Option<Waiting> {
        self.0.lock().pop()
    }

    /// Whether the WebSocket's own close has been in the queue.
    pub(crate) fn farewell(&self) -> bool {
        self.0.lock().farewell
    }

    /// Takes nothing in any more.
    pub(crate) fn close(&mut self) {
        self.0.end(End::Closed);
        self.0.closed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    fn message(bytes: usize) -> PacketBuf {
        smallvec![Packet::Message("x".repeat(bytes).into())]
    }

    #[test]
    fn a_packet_takes_places_by_its_size() {
        let (tx, mut rx) = channel(8);
        for bytes in [0, 127, 128, 300] {
            tx.try_send(message(bytes)).unwrap();
        }
        // 1 + 1 + 2 + 3 places: one is left, and is enough for whatever comes next.
        tx.try_send(message(10_000)).unwrap();
        assert!(matches!(tx.try_send(message(0)), Err(TrySendError::Full(_))));
        assert!(matches!(tx.try_reserve(), Err(TrySendError::Full(()))));
        (0..5).for_each(|_| assert!(rx.try_recv().is_some()));
        assert!(rx.try_recv().is_none());
        assert_eq!(tx.0.lock().taken, 0);
        assert!(tx.0.lock().queue.capacity() <= SPARE);
    }

    #[tokio::test]
    async fn the_transport_takes_what_is_there_and_then_ends() {
        let (tx, mut rx) = channel(4);
        tx.try_send(message(1)).unwrap();
        assert!(tx.send_volatile(message(2)));
        tx.end();
        tx.try_send(message(3)).unwrap();
        assert!(rx.recv().await.is_some());
        assert!(rx.recv().await.is_some());
        assert!(rx.recv().await.is_none());
        rx.close();
        tx.closed().await;
        assert!(matches!(tx.try_send(message(0)), Err(TrySendError::Closed(_))));
    }

    #[tokio::test]
    async fn of_volatile_packets_the_latest_is_sent_after_the_others() {
        let (tx, mut rx) = channel(4);
        assert!(tx.send_volatile(message(1)));
        assert!(tx.send_volatile(message(2)));
        tx.try_send(message(3)).unwrap();
        assert_eq!(rx.recv().await, Some(Waiting::Packets(message(3))));
        assert_eq!(rx.recv().await, Some(Waiting::Packets(message(2))));
    }

    #[tokio::test]
    async fn who_waits_is_woken() {
        let (tx, mut rx) = channel(4);
        let waiting = tokio::spawn(async move { rx.recv().await });
        tokio::task::yield_now().await;
        tx.try_send(message(1)).unwrap();
        assert_eq!(waiting.await.unwrap(), Some(Waiting::Packets(message(1))));
    }

    #[test]
    fn small_packets_share_frames_and_large_ones_stay_packets() {
        let (tx, mut rx) = channel(64);
        tx.try_send(message(1)).unwrap();
        rx.frame(ProtocolVersion::V4);
        tx.try_send(message(2)).unwrap();
        tx.send_frames(&[0x8a, 0]);
        tx.try_send(message(2000)).unwrap();
        tx.try_send(message(3)).unwrap();
        assert_eq!(rx.try_recv(), Some(Waiting::Packets(message(1))));
        assert_eq!(rx.try_recv(), Some(Waiting::Frames(b"\x81\x034xx\x8a\x00".to_vec(), 2)));
        assert_eq!(rx.try_recv(), Some(Waiting::Packets(message(2000))));
        assert_eq!(rx.try_recv(), Some(Waiting::Frames(b"\x81\x044xxx".to_vec(), 1)));
        assert_eq!((rx.try_recv(), tx.0.lock().taken), (None, 0));
    }
}
