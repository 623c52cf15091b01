//! `/chat`: two chat dialects in one place. One knows its users by a name that they choose (`joinChat`), the other by their
//! token (`message`, `joinRoom`, `roomMessage`).

mod roster;

use serde::ser::SerializeTuple;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use signalbox_protocol::{ConnectionId, ErrorCode, RoomName, SocketId, Timestamp};
use socketioxide::extract::SocketRef;

use super::Known;
use super::everywhere::{AUTH_REFRESH, PING};
use super::identity::TextUser;
use super::rooms::{self, room_name};
use crate::gateway::Gateway;
use crate::hub::{Place, Room, Session};
use crate::pipeline::{Caller, Fault, Member, Nothing, Payload};

pub use roster::{Joined, Roster, Taken};

/// The events of `/chat`.
pub static EVENTS: &[Known] = &[
    PING,
    AUTH_REFRESH,
    Known { name: "joinChat", read: read_join_chat },
    Known { name: "sendMessage", read: read_send_message },
    Known { name: "typing", read: read_typing },
    Known { name: "message", read: read_message },
    Known { name: "joinRoom", read: |_, payload| Ok(wrap(Request::JoinRoom(read_room(payload)?))) },
    Known { name: "leaveRoom", read: |_, payload| Ok(wrap(Request::LeaveRoom(read_room(payload)?))) },
    Known { name: "roomMessage", read: read_room_message },
];

/// `onlineUsers` holds at most so many.
const MAX_ONLINE: usize = 1000;
/// A name has so many characters at most.
const MAX_USERNAME: usize = 128;

/// An event, read.
#[derive(Debug)]
pub enum Request {
    /// `joinChat`.
    JoinChat {
        /// Under which name.
        username: String,
    },
    /// `sendMessage`.
    SendMessage {
        /// What.
        message: String,
    },
    /// `typing`.
    Typing {
        /// Or not any more.
        is_typing: bool,
    },
    /// `message`.
    Message(Value),
    /// `joinRoom`.
    JoinRoom(RoomName),
    /// `leaveRoom`.
    LeaveRoom(RoomName),
    /// `roomMessage`.
    RoomMessage {
        /// Where.
        room: RoomName,
        /// What.
        message: String,
    },
}

impl Request {
    /// The room that it names.
    pub fn room(&self) -> Option<&RoomName> {
        match self {
            Self::JoinRoom(room) | Self::LeaveRoom(room) | Self::RoomMessage { room, .. } => Some(room),
            _ => None,
        }
    }

    /// The room that it is to enter.
    pub fn enters(&self) -> Option<&RoomName> {
        match self {
            Self::JoinRoom(room) => Some(room),
            _ => None,
        }
    }
}

/// Whatever was sent as a `message`, and goes out again as it came: any JSON, or no argument at all.
#[derive(Debug)]
pub struct Value(Option<Box<RawValue>>);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // As a tuple it stands for an event's arguments, of which there may be none.
        let mut arguments = serializer.serialize_tuple(usize::from(self.0.is_some()))?;
        if let Some(value) = &self.0 {
            arguments.serialize_element(value)?;
        }
        arguments.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Seated<'a> {
    username: &'a str,
    client_id: SocketId,
}

#[derive(Serialize)]
struct Welcomed<'a> {
    username: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct NewMessage<'a> {
    username: &'a str,
    message: &'a str,
    timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserTyping<'a> {
    username: &'a str,
    is_typing: bool,
}

#[derive(Serialize)]
struct RoomMessage<'a> {
    user: TextUser<'a>,
    message: &'a str,
}

/// Carries it out, and answers unless it fails.
pub(super) async fn handle(caller: &mut Caller<'_>, request: Request) -> Result<(), Fault> {
    match request {
        Request::JoinChat { username } => join_chat(caller, &username)?,
        Request::SendMessage { message } => send_message(caller, &message)?,
        Request::Typing { is_typing } => typing(caller, is_typing)?,
        Request::Message(value) => {
            caller.member.gateway.reach.all(Place::Chat, "message", &value);
            caller.succeed(&Nothing {});
        }
        Request::JoinRoom(room) => {
            rooms::join(caller.member, caller.socket, &room, caller.now)?;
            caller.succeed(&Nothing {});
        }
        Request::LeaveRoom(room) => {
            rooms::leave(caller.member, caller.socket, &room, caller.now)?;
            caller.succeed(&Nothing {});
        }
        Request::RoomMessage { room, message } => {
            let member = caller.member;
            let payload = RoomMessage { user: TextUser::from(&member.session.user), message: &message };
            rooms::post(caller, &room, "message", &payload, &message).await?;
        }
    }
    Ok(())
}

/// The first that a socket hears: who has joined the chat, the latest of them.
pub(super) fn greet(gateway: &Gateway, socket: &SocketRef) {
    let online: Vec<(ConnectionId, _)> = gateway.roster.latest(MAX_ONLINE);
    gateway.reach.one(socket, "onlineUsers", &online);
}

/// The socket has gone. Those who are there are told, if it had joined the chat. Safe to call more than once.
pub(super) fn forget(gateway: &Gateway, session: &Session) {
    if let Some(name) = gateway.roster.leave(&session.id) {
        announce(gateway, "userOffline", &name, session);
    }
}

/// Others in a room are told who has come.
pub(super) fn tell_joined(member: &Member, socket: &SocketRef, room: &Room) {
    member.gateway.reach.others(socket, room, "userJoined", &TextUser::from(&member.session.user));
}

/// Others in a room are told who has left.
pub(super) fn tell_left(member: &Member, socket: &SocketRef, room: &Room) {
    member.gateway.reach.others(socket, room, "userLeft", &TextUser::from(&member.session.user));
}

fn join_chat(caller: &mut Caller<'_>, username: &str) -> Result<(), Fault> {
    let (session, gateway) = (&caller.member.session, &caller.member.gateway);
    let joined = gateway
        .roster
        .join(&session.id, &session.user.id, username)
        .map_err(|Taken| Fault::new(ErrorCode::Conflict, "another user who is online bears this name"))?;
    if let Joined::Renamed(before) = &joined {
        announce(gateway, "userOffline", before, session);
    }
    if joined != Joined::Again {
        announce(gateway, "userOnline", username, session);
    }
    caller.tell("joined", &Welcomed { username, message: "Welcome to the chat" });
    Ok(())
}

fn send_message(caller: &mut Caller<'_>, message: &str) -> Result<(), Fault> {
    let username = name_of(caller)?;
    let payload = NewMessage { username: &username, message, timestamp: caller.now };
    caller.member.gateway.reach.all(Place::Chat, "newMessage", &payload);
    caller.succeed(&payload);
    Ok(())
}

fn typing(caller: &mut Caller<'_>, is_typing: bool) -> Result<(), Fault> {
    let username = name_of(caller)?;
    let payload = UserTyping { username: &username, is_typing };
    caller.member.gateway.reach.all_others(caller.socket, Place::Chat, "userTyping", &payload);
    caller.succeed(&Nothing {});
    Ok(())
}

/// The name that the sender bears in the chat.
fn name_of(caller: &Caller<'_>) -> Result<std::sync::Arc<str>, Fault> {
    let name = caller.member.gateway.roster.name_of(&caller.member.session.id);
    name.ok_or_else(|| Fault::new(ErrorCode::NotMember, "you have not joined the chat"))
}

/// Tells everybody of a name, unless that would cost too much.
fn announce(gateway: &Gateway, event: &str, username: &str, session: &Session) {
    if gateway.reach.sockets(Place::Chat) <= gateway.config.presence.announce_up_to {
        gateway.reach.all(Place::Chat, event, &Seated { username, client_id: session.socket_id() });
    }
}

const fn wrap(request: Request) -> super::Request {
    super::Request::Chat(request)
}

fn read_join_chat(_: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    struct Read {
        username: String,
    }
    let Read { username } = payload.read()?;
    if !(1..=MAX_USERNAME).contains(&username.chars().count()) || username.chars().any(char::is_control) {
        return Err(Fault::invalid_payload("`username` has 1 to 128 characters, none of them a control character"));
    }
    Ok(wrap(Request::JoinChat { username }))
}

fn read_send_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    struct Read {
        message: String,
    }
    let Read { message } = payload.read()?;
    gateway.words.check(&message)?;
    Ok(wrap(Request::SendMessage { message }))
}

fn read_typing(_: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Read {
        is_typing: bool,
    }
    payload.read().map(|Read { is_typing }| wrap(Request::Typing { is_typing }))
}

fn read_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    let value = payload.any()?;
    if value.is_some_and(|value| value.get().starts_with('"')) {
        gateway.words.check(&payload.read::<String>()?)?;
    }
    Ok(wrap(Request::Message(Value(value.map(RawValue::to_owned)))))
}

fn read_room(payload: Payload<'_>) -> Result<RoomName, Fault> {
    room_name(&payload.read::<String>()?)
}

fn read_room_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    struct Read {
        room: String,
        message: String,
    }
    let Read { room, message } = payload.read()?;
    let room = room_name(&room)?;
    gateway.words.check(&message)?;
    Ok(wrap(Request::RoomMessage { room, message }))
}
