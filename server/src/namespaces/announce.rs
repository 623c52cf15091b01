//! What clients are told unasked: who comes and goes; on `/admin` also how many there are, and how the host does.

use serde::Serialize;
use signalbox_protocol::{Timestamp, UserId};

use crate::gateway::Gateway;
use crate::hub::{Place, Session};

/// `stats:online-users` names at most so many users.
const MAX_IDS: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Presence<'a> {
    user_id: &'a UserId,
    username: &'a str,
    timestamp: Timestamp,
}

/// `stats:online-users`.
#[derive(Debug, Serialize)]
pub struct OnlineUsers {
    total: u32,
    users: Vec<UserId>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    timestamp: Timestamp,
}

/// `system:status`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemStatus {
    cpu: f32,
    memory: f32,
    active_connections: u32,
    timestamp: Timestamp,
}

impl OnlineUsers {
    /// Tells `/admin`, where anybody is there to hear it.
    pub fn announce(gateway: &Gateway) {
        if gateway.reach.sockets(Place::Admin) == 0 {
            return;
        }
        let (total, users) =
            gateway.on_floor(|floor| (floor.presence.in_office(), floor.presence.users_in_office(MAX_IDS)));
        let truncated = total as usize > users.len();
        gateway.reach.view(
            Place::Admin,
            "stats:online-users",
            &Self { total, users, truncated, timestamp: Timestamp::now() },
        );
    }
}

impl SystemStatus {
    /// Tells `/admin`.
    pub fn announce(gateway: &Gateway) {
        let status = Self {
            cpu: gateway.measured.cpu(),
            memory: gateway.measured.memory(),
            active_connections: gateway.on_floor(|floor| floor.presence.connected()),
            timestamp: Timestamp::now(),
        };
        gateway.reach.view(Place::Admin, "system:status", &status);
    }
}

/// The user's first socket in the namespace, which now holds so many.
pub(super) fn online(gateway: &Gateway, session: &Session, place: Place, sockets_here: u32, now: Timestamp) {
    if place.is_office() {
        tell_office(gateway, session, place, "user:online", sockets_here, now);
    } else if place == Place::Realtime && !session.is_operator() {
        gateway.followers.online(gateway, &session.user, now);
    }
}

/// The user's last socket in the namespace has ended; it now holds so many.
pub(super) fn offline(gateway: &Gateway, session: &Session, place: Place, sockets_here: u32, now: Timestamp) {
    if place.is_office() {
        tell_office(gateway, session, place, "user:offline", sockets_here, now);
    } else if place == Place::Realtime && !session.is_operator() {
        gateway.followers.offline(gateway, &session.user, now);
    }
}

fn tell_office(gateway: &Gateway, session: &Session, place: Place, event: &str, sockets_here: u32, now: Timestamp) {
    gateway.people_changed();
    // Operators are not counted among the users.
    if session.is_operator() {
        return;
    }
    let user = &session.user;
    let presence = Presence { user_id: &user.id, username: &user.username, timestamp: now };
    // Beyond the bound a login storm would cost its square. Administrators are always told.
    if place != Place::Admin && sockets_here <= gateway.config.presence.announce_up_to {
        gateway.reach.view(place, event, &presence);
    }
    gateway.reach.view(Place::Admin, event, &presence);
}
