//! One socket: a session's membership of one namespace.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use signalbox_protocol::RoomName;
use signalbox_protocol::admin::Role;
use tokio::task::AbortHandle;

use super::inbox::Inbox;
use crate::auth::RoomGrant;
use crate::auth::tokens::Claims;
use crate::feed::Tracer;
use crate::gateway::Gateway;
use crate::hub::{Place, Room, Session, UserTally};
use crate::limits::Allowance;

/// A socket is in at most so many rooms.
pub const MAX_ROOMS: usize = 100;

/// A socket in a namespace. It holds no socket of the library, which holds it.
pub struct Member {
    /// Where it is.
    pub gateway: Gateway,
    /// Whose it is.
    pub session: Arc<Session>,
    /// In which namespace.
    pub place: Place,
    /// What its operator may do.
    pub role: Option<Role>,
    /// The client's address, as text.
    pub(super) address: String,
    pub(super) allowance: Arc<Allowance>,
    pub(super) inbox: Inbox,
    pub(super) tally: Arc<UserTally>,
    grant: RwLock<RoomGrant>,
    rooms: Mutex<HashMap<RoomName, Arc<Room>>>,
    subscription: Mutex<Option<AbortHandle>>,
    tracer: Mutex<Option<Arc<Tracer>>>,
}

impl Member {
    /// A member whose queue is still closed.
    pub fn new(
        gateway: &Gateway,
        session: Arc<Session>,
        place: Place,
        role: Option<Role>,
        claims: Claims,
    ) -> Arc<Self> {
        let tally = gateway.tallies.of(&session.user.id);
        let allowance = gateway.allowances.of(place.as_str(), &session.user.id, super::windows(place));
        Arc::new(Self {
            gateway: gateway.clone(),
            address: session.address.to_string(),
            session,
            place,
            role,
            allowance,
            inbox: Inbox::closed(),
            tally,
            grant: RwLock::new(claims.rooms),
            rooms: Mutex::default(),
            subscription: Mutex::default(),
            tracer: Mutex::default(),
        })
    }

    /// The client's address, as text.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether the token lets its user into the room.
    pub fn may_join(&self, room: &RoomName) -> bool {
        self.grant.read().allows(room.as_str())
    }

    /// A new token was presented.
    pub fn renew(&self, claims: Claims) {
        self.session.stand_on(self.place, &claims);
        *self.grant.write() = claims.rooms;
    }

    /// The room, if the socket is in it.
    pub fn room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.lock().get(name).cloned()
    }

    /// How many rooms the socket is in.
    pub fn rooms(&self) -> usize {
        self.rooms.lock().len()
    }

    /// The socket has entered a room.
    pub fn enter(&self, room: Arc<Room>) {
        self.rooms.lock().insert(room.name().clone(), room);
    }

    /// The socket leaves a room. `None` where it was not in it.
    pub fn leave_room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.lock().remove(name)
    }

    /// The socket leaves all its rooms.
    pub fn leave_rooms(&self) -> Vec<Arc<Room>> {
        std::mem::take(&mut *self.rooms.lock()).into_values().collect()
    }

    /// The socket's subscription to the feed is served by that task, and by no other.
    pub fn subscribed(&self, task: AbortHandle) -> Option<AbortHandle> {
        self.subscription.lock().replace(task)
    }

    /// Ends the socket's subscription to the feed, if it has one.
    pub fn unsubscribe(&self) -> Option<AbortHandle> {
        self.subscription.lock().take()
    }

    /// Whether the socket has a subscription to the feed.
    pub fn is_subscribed(&self) -> bool {
        self.subscription.lock().is_some()
    }

    /// What its operator looks at, if anything.
    pub fn tracer(&self) -> Option<Arc<Tracer>> {
        self.tracer.lock().clone()
    }

    /// Its operator looks at something else, or at nothing any more. Gives what it was before.
    pub fn look_at(&self, tracer: Option<Arc<Tracer>>) -> Option<Arc<Tracer>> {
        std::mem::replace(&mut *self.tracer.lock(), tracer)
    }
}
