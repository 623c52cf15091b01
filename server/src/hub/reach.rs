//! The way out: every event that leaves the gateway leaves through here, and is counted.
//!
//! Some of them are views of the feed: whoever has subscribed to it is shown the same as an entry. Subscribers are spared
//! exactly these ([`Reach::view`], [`Reach::view_to`]), whatever kinds they have asked for; everything else reaches them
//! like any other socket.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use parking_lot::{RwLock, RwLockReadGuard};
use serde::Serialize;
use signalbox_protocol::UserId;
use socketioxide::extract::SocketRef;
use socketioxide::operators::BroadcastOperators;
use socketioxide::{BroadcastError, SocketError, SocketIo};

use super::{Counters, Key, Place, Room};

/// Emits to sockets, users, rooms and namespaces. A broadcast is encoded once.
#[derive(Debug)]
pub struct Reach {
    io: OnceLock<SocketIo>,
    counters: Arc<Counters>,
    sockets: [AtomicU32; Place::ALL.len()],
    subscribed: [AtomicU32; Place::ALL.len()],
    /// Sockets by user and namespace. Written while a socket arrives and read while an event goes out to several, so that
    /// an event goes out either before a socket has arrived or after it.
    people: RwLock<People>,
}

type People = HashMap<UserId, Person>;

/// A user's sockets by namespace, and those of them that have subscribed to the feed.
#[derive(Debug, Default)]
struct Person {
    sockets: [u32; Place::ALL.len()],
    subscribed: [u32; Place::ALL.len()],
}

/// What became of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Sockets that it was meant for.
    pub targets: u32,
    /// Sockets that it was handed to.
    pub delivered: u32,
}

impl std::ops::AddAssign for Delivery {
    fn add_assign(&mut self, other: Self) {
        self.targets += other.targets;
        self.delivered += other.delivered;
    }
}

impl Reach {
    /// Reaches nobody until it is connected.
    pub fn new(counters: Arc<Counters>) -> Self {
        Self {
            io: OnceLock::new(),
            counters,
            sockets: std::array::from_fn(|_| AtomicU32::new(0)),
            subscribed: std::array::from_fn(|_| AtomicU32::new(0)),
            people: RwLock::default(),
        }
    }

    /// From now on it reaches that library's sockets. Once, when the gateway is assembled.
    pub fn connect(&self, io: SocketIo) {
        // A second library would be a second gateway around the same hub, which nobody builds.
        let _ = self.io.set(io);
    }

    /// Greets the socket, while nobody is sent anything: nothing reaches it before, and from then on everything that is
    /// sent to all and to its user.
    pub fn welcome(&self, socket: &SocketRef, place: Place, user: &UserId, greet: impl FnOnce()) {
        let mut people = self.people.write();
        greet();
        self.enter(&mut people, socket, place, user);
    }

    /// The socket is reached by what is sent to all and to its user, ungreeted.
    pub fn add(&self, socket: &SocketRef, place: Place, user: &UserId) {
        self.enter(&mut self.people.write(), socket, place, user);
    }

    /// The socket has gone. The library has taken it out of its rooms, or will.
    pub fn remove(&self, place: Place, user: &UserId) {
        self.sockets[place as usize].fetch_sub(1, Ordering::Relaxed);
        let mut people = self.people.write();
        if let Some(Person { sockets, .. }) = people.get_mut(user) {
            sockets[place as usize] = sockets[place as usize].saturating_sub(1);
            if sockets.iter().all(|sockets| *sockets == 0) {
                people.remove(user);
            }
        }
    }

    /// The user's socket has subscribed to the feed: it is spared its views.
    pub fn subscribe(&self, socket: &SocketRef, place: Place, user: &UserId) {
        let mut people = self.people.write();
        socket.join(Key::Subscribed.name());
        self.subscribed[place as usize].fetch_add(1, Ordering::Relaxed);
        if let Some(Person { subscribed, .. }) = people.get_mut(user) {
            subscribed[place as usize] += 1;
        }
    }

    /// A subscribed socket of the user has gone, or is about to.
    pub fn unsubscribe(&self, place: Place, user: &UserId) {
        let mut people = self.people.write();
        self.subscribed[place as usize].fetch_sub(1, Ordering::Relaxed);
        if let Some(Person { subscribed, .. }) = people.get_mut(user) {
            subscribed[place as usize] = subscribed[place as usize].saturating_sub(1);
        }
    }

    /// Sockets in the namespace.
    pub fn sockets(&self, place: Place) -> u32 {
        self.sockets[place as usize].load(Ordering::Relaxed)
    }

    /// The user's sockets in the namespace.
    pub fn sockets_of(&self, user: &UserId, place: Place) -> u32 {
        sockets_of(&self.people.read(), user, place)
    }

    /// The user's sockets, by namespace.
    pub fn sockets_by_place(&self, user: &UserId) -> [u32; Place::ALL.len()] {
        self.people.read().get(user).map_or([0; _], |person| person.sockets)
    }

    /// To one socket. Where its buffer is full, the event is lost, and counted as that.
    pub fn one<T: Serialize>(&self, socket: &SocketRef, event: &str, payload: &T) {
        if !self.offer(socket, event, payload) && socket.connected() {
            self.counters.undelivered.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The same for who tries again where it is not taken: false where the buffer is full or the socket has gone.
    pub fn offer<T: Serialize>(&self, socket: &SocketRef, event: &str, payload: &T) -> bool {
        let sent = socket.emit(event, payload).is_ok();
        self.counters.messages_out.fetch_add(u64::from(sent), Ordering::Relaxed);
        sent
    }

    /// A view of the feed, to every socket of the namespace that has not subscribed to it.
    pub fn view<T: Serialize>(&self, place: Place, event: &str, payload: &T) -> Delivery {
        let people = self.people.read();
        match self.sockets(place).saturating_sub(self.subscribed(place)) {
            0 => Delivery::default(),
            targets => self.emit(people, self.unsubscribed(place, Key::All.name()), targets, event, payload),
        }
    }

    /// A view of the feed, to the user's sockets in the namespace that have not subscribed to it.
    pub fn view_to<T: Serialize>(&self, place: Place, user: &UserId, event: &str, payload: &T) -> Delivery {
        let people = self.people.read();
        match unsubscribed_of(&people, user, place) {
            0 => Delivery::default(),
            targets => self.emit(people, self.unsubscribed(place, Key::User(user).name()), targets, event, payload),
        }
    }

    /// To everybody in the namespace.
    pub fn all<T: Serialize>(&self, place: Place, event: &str, payload: &T) -> Delivery {
        let people = self.people.read();
        match self.sockets(place) {
            0 => Delivery::default(),
            targets => self.emit(people, self.within(place, Key::All.name()), targets, event, payload),
        }
    }

    /// To the user's sockets in the namespace.
    pub fn user<T: Serialize>(&self, place: Place, user: &UserId, event: &str, payload: &T) -> Delivery {
        let people = self.people.read();
        match sockets_of(&people, user, place) {
            0 => Delivery::default(),
            targets => self.emit(people, self.within(place, Key::User(user).name()), targets, event, payload),
        }
    }

    /// To everybody in the room.
    pub fn room<T: Serialize>(&self, place: Place, room: &Room, event: &str, payload: &T) -> Delivery {
        self.emit(self.people.read(), self.within(place, room.key().to_owned().into()), room.members(), event, payload)
    }

    /// To everybody in the room but the socket.
    pub fn others<T: Serialize>(&self, socket: &SocketRef, room: &Room, event: &str, payload: &T) -> Delivery {
        match room.members().saturating_sub(1) {
            0 => Delivery::default(),
            targets => self.emit(self.people.read(), Some(socket.to(room.key().to_owned())), targets, event, payload),
        }
    }

    /// To everybody else in the namespace.
    pub fn all_others<T: Serialize>(&self, socket: &SocketRef, place: Place, event: &str, payload: &T) -> Delivery {
        match self.sockets(place).saturating_sub(1) {
            0 => Delivery::default(),
            targets => self.emit(self.people.read(), Some(socket.to(Key::All.name())), targets, event, payload),
        }
    }

    /// To the other sockets of the socket's user in the namespace.
    pub fn own_others<T: Serialize>(
        &self,
        socket: &SocketRef,
        place: Place,
        user: &UserId,
        event: &str,
        payload: &T,
    ) -> Delivery {
        let people = self.people.read();
        match sockets_of(&people, user, place).saturating_sub(1) {
            0 => Delivery::default(),
            targets => self.emit(people, Some(socket.to(Key::User(user).name())), targets, event, payload),
        }
    }

    fn enter(&self, people: &mut People, socket: &SocketRef, place: Place, user: &UserId) {
        socket.join(vec![Key::All.name(), Key::User(user).name()]);
        self.sockets[place as usize].fetch_add(1, Ordering::Relaxed);
        people.entry(user.clone()).or_default().sockets[place as usize] += 1;
    }

    fn subscribed(&self, place: Place) -> u32 {
        self.subscribed[place as usize].load(Ordering::Relaxed)
    }

    fn within(&self, place: Place, key: Cow<'static, str>) -> Option<BroadcastOperators> {
        Some(self.io.get()?.of(place.as_str())?.within(key))
    }

    fn unsubscribed(&self, place: Place, key: Cow<'static, str>) -> Option<BroadcastOperators> {
        let within = self.within(place, key)?;
        Some(if self.subscribed(place) == 0 { within } else { within.except(Key::Subscribed.name()) })
    }

    /// Sends to several, while nobody arrives.
    fn emit<T: Serialize>(
        &self,
        _settled: RwLockReadGuard<'_, People>,
        to: Option<BroadcastOperators>,
        targets: u32,
        event: &str,
        payload: &T,
    ) -> Delivery {
        let Some(to) = to else { return Delivery { targets, delivered: 0 } };
        // The local adapter delivers before it returns; there is nothing to wait for.
        let missed = match to.emit(event, payload).now_or_never() {
            Some(Ok(())) => 0,
            Some(Err(BroadcastError::Socket(errors))) => {
                let full = errors.iter().filter(|error| matches!(error, SocketError::InternalChannelFull)).count();
                self.counters.undelivered.fetch_add(full as u64, Ordering::Relaxed);
                u32::try_from(errors.len()).unwrap_or(u32::MAX)
            }
            Some(Err(error)) => {
                tracing::error!(%error, event, "an event could not be sent");
                targets
            }
            None => targets,
        };
        let delivered = targets.saturating_sub(missed);
        self.counters.messages_out.fetch_add(u64::from(delivered), Ordering::Relaxed);
        Delivery { targets, delivered }
    }
}

fn sockets_of(people: &People, user: &UserId, place: Place) -> u32 {
    people.get(user).map_or(0, |person| person.sockets[place as usize])
}

/// Those of them that have not subscribed to the feed.
fn unsubscribed_of(people: &People, user: &UserId, place: Place) -> u32 {
    people
        .get(user)
        .map_or(0, |person| person.sockets[place as usize].saturating_sub(person.subscribed[place as usize]))
}
