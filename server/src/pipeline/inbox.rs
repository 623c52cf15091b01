//! The queue of one socket: its events are handled in the order sent, however many come at once.
//!
//! The library gives every event a task of its own, without order. Here it is only put into the queue, at the place where
//! it is read; a task runs while there is something in it. What bounds the queue is the connection's gate: while too many
//! events wait, or too large ones, nothing more is read.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use parking_lot::Mutex;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::handler::{DisconnectHandler, FromMessageParts, MessageHandler, Value};
use socketioxide::socket::{DisconnectReason, Socket};
use tokio::sync::oneshot;

use super::{Member, handle};
use crate::namespaces::{self, Order};

/// How long an operator waits for a socket to do something.
const PATIENCE: Duration = Duration::from_secs(5);

/// After so many events the runtime's other tasks have a turn.
const TURN: u32 = 32;

/// An event as the library hands it over.
pub struct Inbound {
    /// The sender's socket.
    pub socket: SocketRef,
    /// `["event", payload, …]`.
    pub value: Value,
    /// Where the sender waits for an acknowledgement.
    pub ack: Option<AckSender>,
}

enum Item {
    /// With the places that it takes at the gate.
    Event(Inbound, usize),
    /// An operator has it do something.
    Order(Order, oneshot::Sender<bool>),
    /// The socket has left; what it sent before has been handled by then.
    Leave(DisconnectReason, oneshot::Sender<()>),
}

/// The queue.
pub struct Inbox(Mutex<State>);

struct State {
    items: VecDeque<Item>,
    /// The socket has left: the library still hands over what comes after that.
    left: bool,
    /// A task works on it, or it is still closed.
    taken: bool,
}

impl Inbox {
    /// A queue that nobody works on until it is opened.
    pub(super) fn closed() -> Self {
        Self(Mutex::new(State { items: VecDeque::new(), left: false, taken: true }))
    }

    /// What is next, and whether the socket had left before it.
    fn next(&self) -> Option<(Item, bool)> {
        let mut state = self.0.lock();
        let item = state.items.pop_front();
        state.taken = item.is_some();
        let left = state.left;
        state.left |= matches!(item, Some(Item::Leave(..)));
        item.map(|item| (item, left))
    }
}

impl Member {
    /// The socket has arrived: what it has sent in the meantime may be handled.
    pub fn open_inbox(self: &Arc<Self>) {
        tokio::spawn(work(self.clone()));
    }

    /// Has it do something between its client's events, in order with them. Whether it did; also false where it is not done in
    /// good time, as when two operators have each other do something.
    pub async fn order(self: &Arc<Self>, order: Order) -> bool {
        let (done, obeyed) = oneshot::channel();
        self.put(Item::Order(order, done));
        matches!(tokio::time::timeout(PATIENCE, obeyed).await, Ok(Ok(true)))
    }

    /// The socket has left. Told when what it sent before has been handled and its place is cleared. Safe to call more than
    /// once.
    pub fn leave(self: &Arc<Self>, reason: DisconnectReason) -> oneshot::Receiver<()> {
        let (done, left) = oneshot::channel();
        self.put(Item::Leave(reason, done));
        left
    }

    fn put(self: &Arc<Self>, item: Item) {
        let mut state = self.inbox.0.lock();
        state.items.push_back(item);
        if !std::mem::replace(&mut state.taken, true) {
            drop(state);
            tokio::spawn(work(self.clone()));
        }
    }
}

async fn work(member: Arc<Member>) {
    let mut turn = 0;
    while let Some((item, left)) = member.inbox.next() {
        // Who is being closed, or has left, is not listened to any more.
        let here = !left && member.session.closing().is_none();
        match item {
            Item::Event(inbound, places) => {
                if here {
                    // A handler's panic is answered there; nothing else may stop the queue either.
                    let handled = AssertUnwindSafe(handle(&member, inbound)).catch_unwind().await;
                    if handled.is_err() {
                        member.gateway.counters.errors.fetch_add(1, Ordering::Relaxed);
                    }
                }
                member.session.link.gate().leave(places);
            }
            Item::Order(order, done) => {
                let obeyed = here && namespaces::obey(&member, &order);
                // Who waited may have lost patience.
                let _ = done.send(obeyed);
            }
            Item::Leave(reason, done) => {
                if catch_unwind(AssertUnwindSafe(|| namespaces::leave(&member, reason))).is_err() {
                    member.gateway.counters.errors.fetch_add(1, Ordering::Relaxed);
                }
                // Who has left does not wait for it; who comes after does.
                let _ = done.send(());
            }
        }
        turn += 1;
        if turn % TURN == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Takes every event of a socket, known or not, where it is read.
pub struct Intake(pub Arc<Member>);

impl MessageHandler<LocalAdapter, Intake> for Intake {
    fn call(&self, socket: Arc<Socket>, mut value: Value, ack_id: Option<i64>) {
        let ack = ack_id.and_then(|_| AckSender::from_message_parts(&socket, &mut value, &ack_id).ok());
        let places = self.0.session.link.gate().enter(size(&value));
        self.0.put(Item::Event(Inbound { socket: socket.into(), value, ack }, places));
    }
}

/// Bytes of the event, its attachments included.
fn size(value: &Value) -> usize {
    match value {
        Value::Str(text, attachments) => {
            text.len() + attachments.iter().flatten().map(|data| data.len()).sum::<usize>()
        }
        Value::Bytes(data) => data.len(),
    }
}

/// Takes the socket's end. Not as a future: the library would keep the socket until that has ended, and ignore a client
/// that comes back in the meantime.
pub struct Exit(pub Arc<Member>);

impl DisconnectHandler<LocalAdapter, Exit> for Exit {
    fn call_with_defer(&self, socket: Arc<Socket>, reason: DisconnectReason, forget: fn(Arc<Socket>)) {
        drop(self.0.leave(reason));
        forget(socket);
    }
}
