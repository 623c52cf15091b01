//! What `/admin` and `/web` have in common: a back office and its users, who write to each other and meet in rooms.

use serde::{Deserialize, Serialize};
use signalbox_protocol::{ErrorCode, RoomName, Timestamp, UserId};

use super::Known;
use crate::gateway::Gateway;
use crate::pipeline::{Caller, Fault, MAX_ROOMS, Member, Payload, tell_error_of};
use crate::store::Addressee;

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

/// Whether the sender may ask for that.
pub(super) fn allow(member: &Member, request: &Request) -> Result<(), Fault> {
    match request {
        Request::Join(room) if !member.may_join(room) => Err(Fault::forbidden("your token does not open this room")),
        _ => Ok(()),
    }
}

/// Carries it out, and answers unless it fails.
pub(super) async fn handle(caller: &mut Caller<'_>, request: Request) -> Result<(), Fault> {
    match request {
        Request::PrivateMessage { to, message } => private_message(caller, to, &message).await?,
        Request::Join(room) => join(caller, &room)?,
        Request::Leave(room) => leave(caller, &room)?,
        Request::Post { room, message } => post(caller, &room, &message).await?,
        Request::TestError => return Err(test_error(caller)),
    }
    Ok(())
}

/// Delivers it, and acknowledges it when it is in the history.
async fn private_message(caller: &mut Caller<'_>, to: UserId, message: &str) -> Result<(), Fault> {
    let (member, gateway) = (caller.member, &caller.member.gateway);
    let from = &member.session.user;
    let payload =
        PrivateMessage { from_user_id: &from.id, from_username: &from.username, message, timestamp: caller.now };
    gateway.reach.user(member.place, &to, "private:message", &payload);
    let kept = caller.message(Addressee::User(to), message)?;
    let sent = Sent { message_id: kept.id };
    let stored = gateway.keep(kept).await;
    caller.tell_when(stored, "message:sent", &sent);
    Ok(())
}

fn join(caller: &mut Caller<'_>, name: &RoomName) -> Result<(), Fault> {
    let (member, gateway) = (caller.member, &caller.member.gateway);
    if member.room(name).is_none() {
        if member.rooms() >= MAX_ROOMS {
            return Err(Fault::forbidden("a socket is in at most 100 rooms; leave one first"));
        }
        let room = gateway.rooms.enter(member.place, name);
        caller.socket.join(room.key().to_owned());
        member.enter(room.clone());
        gateway.on_floor(|floor| floor.enter_room(&member.session, member.place, name, caller.now));
        let user = &member.session.user;
        let who = Who { user_id: &user.id, username: &user.username };
        gateway.reach.others(caller.socket, &room, "room:user:joined", &who);
    }
    caller.tell("room:joined", &InRoom { room_id: name });
    Ok(())
}

fn leave(caller: &mut Caller<'_>, name: &RoomName) -> Result<(), Fault> {
    let (member, gateway) = (caller.member, &caller.member.gateway);
    let room = member.leave_room(name).ok_or_else(not_member)?;
    let user = &member.session.user;
    gateway.reach.others(caller.socket, &room, "room:user:left", &Who { user_id: &user.id, username: &user.username });
    caller.socket.leave(room.key().to_owned());
    gateway.rooms.leave(&room);
    gateway.on_floor(|floor| floor.leave_room(&member.session, member.place, name, caller.now));
    caller.tell("room:left", &InRoom { room_id: name });
    Ok(())
}

/// Delivers it, and acknowledges it when it is in the history.
async fn post(caller: &mut Caller<'_>, name: &RoomName, message: &str) -> Result<(), Fault> {
    let (member, gateway) = (caller.member, &caller.member.gateway);
    let room = match member.room(name) {
        Some(room) => Some(room),
        None if gateway.config.rooms.require_membership => return Err(not_member()),
        None => gateway.rooms.get(member.place, name),
    };
    let from = &member.session.user;
    let payload = RoomMessage {
        room_id: name,
        from_user_id: &from.id,
        from_username: &from.username,
        message,
        timestamp: caller.now,
    };
    if let Some(room) = room {
        gateway.reach.room(member.place, &room, "room:message", &payload);
    }
    let stored = gateway.keep(caller.message(Addressee::Room(name.clone()), message)?).await;
    caller.succeed_when(stored, &payload);
    Ok(())
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

fn not_member() -> Fault {
    Fault::new(ErrorCode::NotMember, "you are not in this room")
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

/// A room's name: 1 to 128 characters, none of them a control character.
pub(crate) fn room_name(name: &str) -> Result<RoomName, Fault> {
    let length = name.chars().count();
    if !(1..=128).contains(&length) {
        return Err(Fault::invalid_payload("a room's name has 1 to 128 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Fault::invalid_payload("a room's name has no control characters"));
    }
    Ok(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_has_a_name() {
        for (name, good) in [
            ("a".to_owned(), true),
            ("大".repeat(128), true),
            ("a".repeat(129), false),
            (String::new(), false),
            ("a\nb".to_owned(), false),
            ("a\u{85}b".to_owned(), false),
            ("user:7".to_owned(), true),
        ] {
            assert_eq!(room_name(&name).is_ok(), good, "{name:?}");
        }
    }
}
