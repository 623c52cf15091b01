//! One Engine.IO session of one user: what is known of it while it is open.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use signalbox_protocol::admin::Ban;
use signalbox_protocol::feed::{Transport, User};
use signalbox_protocol::{ConnectionId, SocketId, Timestamp};
use socketioxide::extract::SocketRef;
use socketioxide::{ProtocolVersion, TransportType};

use super::Place;
use super::footing::Footing;
use crate::auth::operators::account_name;
use crate::auth::revocations::Proof;
use crate::auth::tokens::Claims;
use crate::transport::Link;

/// An Engine.IO session whose user is known.
#[derive(Debug)]
pub struct Session {
    /// Its id.
    pub id: ConnectionId,
    /// Whose it is.
    pub user: User,
    /// The streams below it.
    pub link: Arc<Link>,
    /// Engine.IO 3 or 4, as the version of Socket.IO that goes with it.
    pub protocol: ProtocolVersion,
    /// Where the client is.
    pub address: IpAddr,
    /// The `User-Agent` header, cut.
    pub user_agent: Arc<str>,
    /// When it knocked.
    pub since: Timestamp,
    last_activity: AtomicI64,
    idle: AtomicBool,
    footing: Mutex<Footing>,
    next_look: AtomicI64,
    closing: OnceLock<Closing>,
    listening: AtomicBool,
    seats: Mutex<Vec<(Place, SocketRef)>>,
}

/// Why a session is closed by the gateway, as its client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// `kicked`, `token_expired`, `connection_limit` ….
    pub code: &'static str,
    /// In words.
    pub reason: String,
    /// When the client may come back, where that is known.
    pub until: Option<Timestamp>,
}

impl Closing {
    /// For that reason, whose end is not known.
    pub fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), until: None }
    }

    /// Somebody may not be here.
    pub fn banned(ban: &Ban) -> Self {
        Self { until: ban.until, ..Self::new("banned", &*ban.reason) }
    }
}

/// What a new session is made from.
#[derive(Debug)]
pub struct Opening {
    /// Whose it is.
    pub user: User,
    /// The streams below it.
    pub link: Arc<Link>,
    /// The version spoken.
    pub protocol: ProtocolVersion,
    /// Where the client is.
    pub address: IpAddr,
    /// The `User-Agent` header.
    pub user_agent: Arc<str>,
}

impl Session {
    /// A session that knocks now.
    pub fn new(opening: Opening, now: Timestamp) -> Self {
        let Opening { user, link, protocol, address, user_agent } = opening;
        Self {
            id: link.sid().as_str().into(),
            user,
            link,
            protocol,
            address,
            user_agent,
            since: now,
            last_activity: AtomicI64::new(now.0),
            idle: AtomicBool::new(false),
            footing: Mutex::default(),
            next_look: AtomicI64::new(0),
            closing: OnceLock::new(),
            listening: AtomicBool::new(false),
            seats: Mutex::default(),
        }
    }

    /// Whether it is an operator's: those are not counted among the users.
    pub fn is_operator(&self) -> bool {
        account_name(&self.user.id).is_some()
    }

    /// How it is carried at the moment.
    pub fn transport(&self) -> Transport {
        let polls = |(_, socket): &(Place, SocketRef)| socket.transport_type() == TransportType::Polling;
        if self.seats.lock().first().is_some_and(polls) { Transport::Polling } else { Transport::Websocket }
    }

    /// The socket's id in any namespace: Socket.IO's library gives a connection's sockets the connection's own.
    pub fn socket_id(&self) -> SocketId {
        self.id.as_str().into()
    }

    /// It has sent an event. True where it was idle, and others have to be told.
    pub fn touch(&self, now: Timestamp) -> bool {
        self.last_activity.store(now.0, Ordering::Relaxed);
        self.idle.load(Ordering::Relaxed) && self.idle.swap(false, Ordering::Relaxed)
    }

    /// When it last sent an event.
    pub fn last_activity(&self) -> Timestamp {
        Timestamp(self.last_activity.load(Ordering::Relaxed))
    }

    pub(super) fn set_idle(&self) {
        self.idle.store(true, Ordering::Relaxed);
    }

    /// A token was presented for the namespace, which stands and falls with it, and the whole session with the namespace.
    pub fn stand_on(&self, place: Place, claims: &Claims) {
        self.footing.lock().put(place, claims);
    }

    /// Whether a token that it stands on in any namespace is such a one.
    pub fn stands_on(&self, such: impl FnMut(&Proof) -> bool) -> bool {
        self.footing.lock().any(such)
    }

    /// When the first of its tokens runs out. `None` where it is in no namespace.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.footing.lock().expires_at()
    }

    /// When the namespace's token runs out.
    pub fn expires_in(&self, place: Place) -> Option<Timestamp> {
        self.footing.lock().expires_in(place)
    }

    /// When something has to be done about one of its tokens.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.footing.lock().due()
    }

    /// The namespaces whose clients have to be warned by now, each once, and when their tokens run out.
    pub(crate) fn warn(&self, now: Timestamp) -> Vec<(Place, Timestamp)> {
        self.footing.lock().warn(now)
    }

    /// When its tokens are looked at the next time. Whoever keeps the order of these looks sees to it that this is true.
    pub(crate) fn next_look(&self) -> Timestamp {
        Timestamp(self.next_look.load(Ordering::Relaxed))
    }

    pub(crate) fn look_next(&self, at: Timestamp) {
        self.next_look.store(at.0, Ordering::Relaxed);
    }

    /// The gateway is going to close it. False where it was going to already: the first reason stays.
    pub fn begin_closing(&self, closing: Closing) -> bool {
        self.closing.set(closing).is_ok()
    }

    /// Why the gateway closes it, if it does.
    pub fn closing(&self) -> Option<&Closing> {
        self.closing.get()
    }

    /// Its socket on `/admin` has subscribed to the feed.
    pub fn listen(&self) {
        self.listening.store(true, Ordering::Relaxed);
    }

    /// That socket has left.
    pub fn stop_listening(&self) {
        self.listening.store(false, Ordering::Relaxed);
    }

    /// Whether its socket on `/admin` has subscribed to the feed.
    pub fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Relaxed)
    }

    /// A socket of it has joined a namespace.
    pub fn sit(&self, place: Place, socket: SocketRef) {
        let mut seats = self.seats.lock();
        seats.retain(|(taken, _)| *taken != place);
        seats.push((place, socket));
    }

    /// Its socket has left the namespace, and the token that it was let in with counts no more. False where it had left
    /// before.
    pub fn stand_up(&self, place: Place) -> bool {
        let mut seats = self.seats.lock();
        let before = seats.len();
        seats.retain(|(taken, _)| *taken != place);
        let left = seats.len() < before;
        if left {
            self.footing.lock().take(place);
        }
        left
    }

    /// Its socket in the namespace.
    pub fn seat(&self, place: Place) -> Option<SocketRef> {
        self.seats.lock().iter().find(|(taken, _)| *taken == place).map(|(_, socket)| socket.clone())
    }

    /// Its sockets.
    pub fn seats(&self) -> Vec<(Place, SocketRef)> {
        self.seats.lock().clone()
    }
}
