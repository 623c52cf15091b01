//! `/events`: messages and rooms.

use serde::{Deserialize, Serialize};
use signalbox_protocol::{RoomName, Timestamp};
use socketioxide::extract::SocketRef;

use super::Known;
use super::everywhere::{AUTH_REFRESH, PING};
use super::identity::TextId;
use super::rooms::{self, room_name};
use crate::gateway::Gateway;
use crate::hub::Room;
use crate::pipeline::{Caller, Fault, Member, Nothing, Payload};

/// The events of `/events`.
pub static EVENTS: &[Known] = &[
    PING,
    AUTH_REFRESH,
    Known { name: "message", read: read_message },
    Known { name: "join", read: |_, payload| Ok(wrap(Request::Join(read_room(payload)?))) },
    Known { name: "leave", read: |_, payload| Ok(wrap(Request::Leave(read_room(payload)?))) },
];

/// An event, read.
#[derive(Debug)]
pub enum Request {
    /// `message`.
    Message {
        /// What.
        content: String,
        /// Where; without one to everybody else.
        room: Option<RoomName>,
    },
    /// `join`.
    Join(RoomName),
    /// `leave`.
    Leave(RoomName),
}

impl Request {
    /// The room that it names.
    pub fn room(&self) -> Option<&RoomName> {
        match self {
            Self::Message { room, .. } => room.as_ref(),
            Self::Join(room) | Self::Leave(room) => Some(room),
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
struct Message<'a> {
    sender_id: TextId<'a>,
    content: &'a str,
    timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who<'a> {
    user_id: TextId<'a>,
    room: &'a RoomName,
}

#[derive(Serialize)]
struct InRoom<'a> {
    room: &'a RoomName,
}

/// Carries it out, and answers unless it fails.
pub(super) async fn handle(caller: &mut Caller<'_>, request: Request) -> Result<(), Fault> {
    match request {
        Request::Message { content, room } => message(caller, &content, room.as_ref()).await?,
        Request::Join(room) => {
            rooms::join(caller.member, caller.socket, &room, caller.now)?;
            caller.succeed(&InRoom { room: &room });
        }
        Request::Leave(room) => {
            rooms::leave(caller.member, caller.socket, &room, caller.now)?;
            caller.succeed(&InRoom { room: &room });
        }
    }
    Ok(())
}

/// Others in a room are told who has come.
pub(super) fn tell_joined(member: &Member, socket: &SocketRef, room: &Room) {
    let who = Who { user_id: TextId(&member.session.user.id), room: room.name() };
    member.gateway.reach.others(socket, room, "user:joined", &who);
}

/// Others in a room are told who has left.
pub(super) fn tell_left(member: &Member, socket: &SocketRef, room: &Room) {
    let who = Who { user_id: TextId(&member.session.user.id), room: room.name() };
    member.gateway.reach.others(socket, room, "user:left", &who);
}

async fn message(caller: &mut Caller<'_>, content: &str, room: Option<&RoomName>) -> Result<(), Fault> {
    let member = caller.member;
    let message = Message { sender_id: TextId(&member.session.user.id), content, timestamp: caller.now };
    match room {
        Some(room) => rooms::post(caller, room, "message", &message, content).await,
        None => {
            member.gateway.reach.all_others(caller.socket, member.place, "message", &message);
            caller.succeed(&Nothing {});
            Ok(())
        }
    }
}

const fn wrap(request: Request) -> super::Request {
    super::Request::Events(request)
}

fn read_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    struct Read {
        content: String,
        room: Option<String>,
    }
    let Read { content, room } = payload.read()?;
    let room = room.as_deref().map(room_name).transpose()?;
    gateway.words.check(&content)?;
    Ok(wrap(Request::Message { content, room }))
}

fn read_room(payload: Payload<'_>) -> Result<RoomName, Fault> {
    #[derive(Deserialize)]
    struct Read {
        room: String,
    }
    room_name(&payload.read::<Read>()?.room)
}
