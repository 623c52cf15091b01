//! What `/admin` and `/web` have in common: a back office and its users, who write to each other and meet in rooms.

use serde::{Deserialize, Serialize};
use signalbox_protocol::{RoomName, Timestamp, UserId};
use socketioxide::extract::SocketRef;

use super::Known;
use super::letter::{self, Posted};
use super::rooms::{self, room_name};
use crate::gateway::Gateway;
use crate::hub::Room;
use crate::pipeline::{Caller, Fault, Member, Payload, tell_error_of};

/// `private:message` `{toUserId, message}`.
pub(super) const PRIVATE_MESSAGE: Known = Known { name: "private:message", read: read_private_message };
/// `room:join` `{roomId}`.
pub(super) const ROOM_JOIN: Known =
    Known { name: "room:join", read: |_, payload| Ok(wrap(Request::Join(read_room(payload)?))) };
/// `room:leave` `{roomId}`.
pub(super) const ROOM_LEAVE: Known =
    Known { name: "room:leave", read: |_, payload| Ok(wrap(Request::Leave(read_room(payload)?))) };
/// `room:message` `{roomId, message}`.
pub(super) const ROOM_MESSAGE: Known = Known { name: "room:message", read: read_room_message };
/// `test:error`.
pub(super) const TEST_ERROR: Known = Known { name: "test:error", read: |_, _| Ok(wrap(Request::TestError)) };

/// An event, read.
#[derive(Debug)]
pub enum Request {
    /// `private:message`.
    PrivateMessage {
        /// To whom.
        to: UserId,
        /// What.
        message: String,
    },
    /// `room:join`.
    Join(RoomName),
    /// `room:leave`.
    Leave(RoomName),
    /// `room:message`.
    Post {
        /// Where.
        room: RoomName,
        /// What.
        message: String,
    },
    /// `test:error`.
    TestError,
}

impl Request {
    /// The room that it names.
    pub fn room(&self) -> Option<&RoomName> {
        match self {
            Self::Join(room) | Self::Leave(room) | Self::Post { room, .. } => Some(room),
            _ => None,
        }
    }

    /// The room that it is to enter.
    pub fn enters(&self) -> Option<&RoomName> {
        match self {
            Self::Join(room) => Some(room),
            _ => None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrivateMessage<'a> {
    from_user_id: &'a UserId,
    from_username: &'a str,
    message: &'a str,
    timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    message_id: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InRoom<'a> {
    room_id: &'a RoomName,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who<'a> {
    user_id: &'a UserId,
    username: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoomMessage<'a> {
    room_id: &'a RoomName,
    from_user_id: &'a UserId,
    from_username: &'a str,
    message: &'a str,
    timestamp: Timestamp,
}

impl<'a> Who<'a> {
    fn of(member: &'a Member) -> Self {
        let user = &member.session.user;
        Self { user_id: &user.id, username: &user.username }
    }
}

/// Carries it out, and answers unless it fails.
pub(super) async fn handle(caller: &mut Caller<'_>, request: Request) -> Result<(), Fault> {
    match request {
        Request::PrivateMessage { to, message } => private_message(caller, to, &message).await?,
        Request::Join(room) => {
            rooms::join(caller.member, caller.socket, &room, caller.now)?;
            caller.tell("room:joined", &InRoom { room_id: &room });
        }
        Request::Leave(room) => {
            rooms::leave(caller.member, caller.socket, &room, caller.now)?;
            caller.tell("room:left", &InRoom { room_id: &room });
        }
        Request::Post { room, message } => post(caller, &room, &message).await?,
        Request::TestError => return Err(test_error(caller)),
    }
    Ok(())
}

/// Delivers it, or has it wait for who is away, and acknowledges it when it is stored.
async fn private_message(caller: &mut Caller<'_>, to: UserId, message: &str) -> Result<(), Fault> {
    let from = &caller.member.session.user;
    let payload =
        PrivateMessage { from_user_id: &from.id, from_username: &from.username, message, timestamp: caller.now };
    let Posted { id, stored } = letter::post(caller, to, PRIVATE_MESSAGE.name, &payload, message).await?;
    caller.tell_when(stored, "message:sent", &Sent { message_id: id });
    Ok(())
}

/// Others in a room are told who has come.
pub(super) fn tell_joined(member: &Member, socket: &SocketRef, room: &Room) {
    member.gateway.reach.others(socket, room, "room:user:joined", &Who::of(member));
}

/// Others in a room are told who has left.
pub(super) fn tell_left(member: &Member, socket: &SocketRef, room: &Room) {
    member.gateway.reach.others(socket, room, "room:user:left", &Who::of(member));
}

async fn post(caller: &mut Caller<'_>, name: &RoomName, message: &str) -> Result<(), Fault> {
    let member = caller.member;
    let from = &member.session.user;
    let payload = RoomMessage {
        room_id: name,
        from_user_id: &from.id,
        from_username: &from.username,
        message,
        timestamp: caller.now,
    };
    rooms::post(caller, name, "room:message", &payload, message).await
}

fn test_error(caller: &Caller<'_>) -> Fault {
    let fault = Fault::internal(&"a client asked for an error with `test:error`");
    if caller.waits()
        && let Fault::Told { message, .. } = &fault
    {
        tell_error_of(caller, TEST_ERROR.name, message);
    }
    fault
}

const fn wrap(request: Request) -> super::Request {
    super::Request::BackOffice(request)
}

fn read_private_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Read {
        to_user_id: UserId,
        message: String,
    }
    let Read { to_user_id: to, message } = payload.read()?;
    gateway.words.check(&message)?;
    Ok(wrap(Request::PrivateMessage { to, message }))
}

fn read_room_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Read {
        room_id: String,
        message: String,
    }
    let Read { room_id, message } = payload.read()?;
    let room = room_name(&room_id)?;
    gateway.words.check(&message)?;
    Ok(wrap(Request::Post { room, message }))
}

fn read_room(payload: Payload<'_>) -> Result<RoomName, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Read {
        room_id: String,
    }
    let Read { room_id } = payload.read()?;
    room_name(&room_id)
}
