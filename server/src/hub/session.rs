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
    pub user_agent: String,
    /// When it knocked.
    pub since: Timestamp,
    last_activity: AtomicI64,
    idle: AtomicBool,
    expires_at: AtomicI64,
    proof: Mutex<Proof>,
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
    pub user_agent: String,
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
            expires_at: AtomicI64::new(0),
            proof: Mutex::default(),
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

    /// A token was presented. The one that lasts the longest counts, and the session stands and falls with it.
    pub fn stand_on(&self, claims: &Claims) {
        let mut proof = self.proof.lock();
        if self.expires_at.fetch_max(claims.expires_at.0, Ordering::AcqRel) <= claims.expires_at.0 {
            *proof = Proof::of(claims);
        }
    }

    /// What is remembered of the token that it stands on.
    pub fn proof(&self) -> Proof {
        self.proof.lock().clone()
    }

    /// When its token runs out.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp(self.expires_at.load(Ordering::Acquire))
    }

    /// When its token is looked at the next time. Whoever keeps the order of these looks sees to it that this is true.
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

    /// Its socket has left the namespace. False where it had left before.
    pub fn stand_up(&self, place: Place) -> bool {
        let mut seats = self.seats.lock();
        let before = seats.len();
        seats.retain(|(taken, _)| *taken != place);
        seats.len() < before
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
