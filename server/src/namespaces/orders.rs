//! What an operator has a socket do, told in the namespace's words.

use serde_json::{Value, json};
use signalbox_protocol::feed::User;
use signalbox_protocol::{RoomName, Timestamp};

use super::rooms;
use crate::hub::Place;
use crate::pipeline::{Fault, Member};

/// To enter or to leave a room. The socket carries it out between its client's events, in order with them.
#[derive(Debug, Clone)]
pub enum Order {
    /// Into it, whatever the token says.
    Join(RoomName),
    /// Out of it.
    Leave(RoomName),
    /// Out of it, as everybody else: it is closed.
    Expel(RoomName),
}

/// Carries it out, and tells the socket's client. False where the socket has gone, was not in the room, or is in too many.
pub fn obey(member: &Member, order: &Order) -> bool {
    let Some(socket) = member.session.seat(member.place) else { return false };
    let now = Timestamp::now();
    let (done, (event, payload)): (Result<(), Fault>, _) = match order {
        Order::Join(room) => (rooms::join(member, &socket, room, now), joined(member, room)),
        Order::Leave(room) => (rooms::leave(member, &socket, room, now), left(member, room)),
        Order::Expel(room) => (rooms::expel(member, &socket, room, now), left(member, room)),
    };
    if done.is_ok() {
        member.gateway.reach.one(&socket, event, &payload);
    }
    done.is_ok()
}

/// What a socket is told that has entered a room unasked. Where the table has no word for it but an acknowledgement, it
/// is what the others are told.
fn joined(member: &Member, room: &RoomName) -> (&'static str, Value) {
    match member.place {
        Place::Admin | Place::Web => ("room:joined", json!({ "roomId": room })),
        Place::Realtime => ("joined-room", json!({ "room": room })),
        Place::Events => ("user:joined", moved(&member.session.user, room)),
        Place::Chat => ("userJoined", who(&member.session.user)),
    }
}

/// The same for one that has left.
fn left(member: &Member, room: &RoomName) -> (&'static str, Value) {
    match member.place {
        Place::Admin | Place::Web => ("room:left", json!({ "roomId": room })),
        Place::Realtime => ("left-room", json!({ "room": room })),
        Place::Events => ("user:left", moved(&member.session.user, room)),
        Place::Chat => ("userLeft", who(&member.session.user)),
    }
}

fn moved(user: &User, room: &RoomName) -> Value {
    json!({ "userId": user.id.to_string(), "room": room })
}

fn who(user: &User) -> Value {
    json!({ "id": user.id.to_string(), "username": user.username })
}

/// A private message in the namespace's words; `None` where it has none.
pub fn private_message(place: Place, from: &User, message: &str, at: Timestamp) -> Option<(&'static str, Value)> {
    let User { id, username } = from;
    match place {
        Place::Admin | Place::Web => Some((
            "private:message",
            json!({ "fromUserId": id, "fromUsername": username, "message": message, "timestamp": at }),
        )),
        Place::Realtime => Some((
            "private-message",
            json!({ "senderId": id.to_string(), "senderUsername": username, "message": message, "timestamp": at }),
        )),
        Place::Events | Place::Chat => None,
    }
}
