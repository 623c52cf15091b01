//! The sweep: what should not be there and is, found and removed every five minutes.
//!
//! In normal running it finds nothing: every session, room and link is taken away by whoever ends it. What is found is
//! counted and logged, for it is a fault somewhere else. What is only just ending looks the same for a moment, so only what is
//! found twice in a row is removed.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use signalbox_protocol::{ConnectionId, RoomName};
use socketioxide::TransportType;
use socketioxide::socket::{DisconnectReason, Sid};

use crate::gateway::Gateway;
use crate::hub::{Place, Session};
use crate::namespaces;
use crate::pipeline::Member;

/// What was under suspicion the last time.
#[derive(Debug, Default)]
pub struct Sweep {
    sessions: HashSet<ConnectionId>,
    rooms: HashSet<(Place, RoomName)>,
    links: HashSet<Sid>,
}

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions whose stream is gone.
    pub sessions: usize,
    /// Rooms without members.
    pub rooms: usize,
    /// Links without a session.
    pub links: usize,
}

impl Sweep {
    /// Looks once. Removes what was suspect the last time too.
    pub fn turn(&mut self, gateway: &Gateway) -> Swept {
        let swept = Swept {
            sessions: self.sweep_sessions(gateway),
            rooms: self.sweep_rooms(gateway),
            links: self.sweep_links(gateway),
        };
        let Swept { sessions, rooms, links } = swept;
        if swept != Swept::default() {
            tracing::warn!(sessions, rooms, links, "removed what should not have been there any more");
            gateway.counters.stale.fetch_add((sessions + rooms + links) as u64, Ordering::Relaxed);
        }
        swept
    }

    fn sweep_sessions(&mut self, gateway: &Gateway) -> usize {
        let sessions: Vec<_> = gateway.on_floor(|floor| floor.presence.sessions().cloned().collect());
        let gone: Vec<_> = sessions.into_iter().filter(|session| is_gone(session)).collect();
        let found = gone.iter().filter(|session| self.sessions.contains(&session.id));
        let removed = found.inspect(|session| remove(gateway, session)).count();
        self.sessions = gone.iter().map(|session| session.id.clone()).collect();
        removed
    }

    fn sweep_rooms(&mut self, gateway: &Gateway) -> usize {
        let rooms = gateway.rooms.names();
        let empty: HashSet<_> = gateway.on_floor(|floor| {
            rooms.into_iter().filter(|(place, room)| !floor.presence.has_room(*place, room)).collect()
        });
        let found = empty.intersection(&self.rooms);
        let removed = found.filter(|(place, room)| gateway.rooms.forget(*place, room)).count();
        self.rooms = empty;
        removed
    }

    fn sweep_links(&mut self, gateway: &Gateway) -> usize {
        let loose = gateway.links.loose();
        let removed =
            loose.iter().filter(|sid| self.links.contains(sid)).filter(|sid| gateway.links.cut(**sid)).count();
        self.links = loose.into_iter().collect();
        removed
    }
}

/// Whether none of its sockets is open any more, or the WebSocket that carried them is not.
fn is_gone(session: &Session) -> bool {
    let seats = session.seats();
    let open = seats.iter().filter(|(_, socket)| socket.connected());
    // An upgrade that came to nothing leaves a session that is polled.
    let mut carried =
        open.map(|(_, socket)| socket.transport_type() == TransportType::Polling || !session.link.is_cut());
    !carried.any(|carried| carried)
}

/// As the library would have had it done.
fn remove(gateway: &Gateway, session: &Arc<Session>) {
    for (_, socket) in session.seats() {
        if let Some(member) = socket.extensions.get::<Arc<Member>>() {
            namespaces::leave(&member, DisconnectReason::TransportError);
        }
    }
    for place in gateway.on_floor(|floor| floor.presence.places(&session.id)) {
        namespaces::depart(gateway, session, place, "connection lost");
    }
}
