//! `/`: realtime, social and music.

use serde::{Deserialize, Serialize};
use signalbox_protocol::{RoomName, Timestamp, UserId};

use super::Known;
use super::everywhere::{AUTH_REFRESH, PING};
use super::identity::TextId;
use super::letter::{self, Posted};
use super::rooms::{self, room_name};
use crate::gateway::Gateway;
use crate::pipeline::{Caller, Fault, Nothing, Payload};

/// The events of `/`.
pub static EVENTS: &[Known] = &[
    PING,
    AUTH_REFRESH,
    Known { name: "join-room", read: |_, payload| Ok(wrap(Request::Join(read_room(payload)?))) },
    Known { name: "leave-room", read: |_, payload| Ok(wrap(Request::Leave(read_room(payload)?))) },
    Known { name: "private-message", read: read_private_message },
    Known { name: "music-sync", read: read_sync },
    Known { name: "activity", read: |_, _| Ok(wrap(Request::Activity)) },
];

/// A song's id has so many characters at most.
const MAX_SONG: usize = 256;

/// An event, read.
#[derive(Debug)]
pub enum Request {
    /// `join-room`.
    Join(RoomName),
    /// `leave-room`.
    Leave(RoomName),
    /// `private-message`.
    PrivateMessage {
        /// To whom.
        to: UserId,
        /// What.
        message: String,
    },
    /// `music-sync`.
    Sync(Sync),
    /// `activity`.
    Activity,
}

/// What a player does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sync {
    action: Action,
    song_id: SongId,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_time: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<RoomName>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Action {
    Play,
    Pause,
    Seek,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "`songId` is a text or an integer")]
enum SongId {
    Text(String),
    Number(i64),
}

impl Request {
    /// The room that it names.
    pub fn room(&self) -> Option<&RoomName> {
        match self {
            Self::Join(room) | Self::Leave(room) => Some(room),
            Self::Sync(sync) => sync.room.as_ref(),
            Self::PrivateMessage { .. } | Self::Activity => None,
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
struct InRoom<'a> {
    room: &'a RoomName,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrivateMessage<'a> {
    sender_id: TextId<'a>,
    sender_username: &'a str,
    message: &'a str,
    timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    target_user_id: TextId<'a>,
    message: &'a str,
    timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced<'a> {
    #[serde(flatten)]
    sync: &'a Sync,
    user_id: TextId<'a>,
    timestamp: Timestamp,
}

/// Carries it out, and answers unless it fails.
pub(super) async fn handle(caller: &mut Caller<'_>, request: Request) -> Result<(), Fault> {
    match request {
        Request::Join(room) => {
            rooms::join(caller.member, caller.socket, &room, caller.now)?;
            caller.tell("joined-room", &InRoom { room: &room });
        }
        Request::Leave(room) => {
            rooms::leave(caller.member, caller.socket, &room, caller.now)?;
            caller.tell("left-room", &InRoom { room: &room });
        }
        Request::PrivateMessage { to, message } => private_message(caller, to, &message).await?,
        Request::Sync(sync) => synchronise(caller, &sync)?,
        // That it came is what it says: see `pipeline::handle`.
        Request::Activity => caller.succeed(&Nothing {}),
    }
    Ok(())
}

/// Delivers it, or has it wait for who is away, and acknowledges it when it is stored.
async fn private_message(caller: &mut Caller<'_>, to: UserId, message: &str) -> Result<(), Fault> {
    let (from, timestamp) = (&caller.member.session.user, caller.now);
    let payload = PrivateMessage { sender_id: TextId(&from.id), sender_username: &from.username, message, timestamp };
    let Posted { stored, .. } = letter::post(caller, to.clone(), "private-message", &payload, message).await?;
    caller.tell_when(stored, "message-sent", &Sent { target_user_id: TextId(&to), message, timestamp });
    Ok(())
}

fn synchronise(caller: &mut Caller<'_>, sync: &Sync) -> Result<(), Fault> {
    let member = caller.member;
    let user = &member.session.user.id;
    let synced = Synced { sync, user_id: TextId(user), timestamp: caller.now };
    match &sync.room {
        Some(room) => rooms::post_to_others(caller, room, "music-sync", &synced)?,
        None => {
            member.gateway.reach.own_others(caller.socket, member.place, user, "music-sync", &synced);
        }
    }
    caller.succeed(&Nothing {});
    Ok(())
}

const fn wrap(request: Request) -> super::Request {
    super::Request::Realtime(request)
}

fn read_room(payload: Payload<'_>) -> Result<RoomName, Fault> {
    #[derive(Deserialize)]
    struct Read {
        room: String,
    }
    room_name(&payload.read::<Read>()?.room)
}

fn read_private_message(gateway: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Read {
        target_user_id: UserId,
        message: String,
    }
    let Read { target_user_id: to, message } = payload.read()?;
    gateway.words.check(&message)?;
    Ok(wrap(Request::PrivateMessage { to, message }))
}

fn read_sync(_: &Gateway, payload: Payload<'_>) -> Result<super::Request, Fault> {
    let sync: Sync = payload.read()?;
    if let Some(room) = &sync.room {
        room_name(room.as_str())?;
    }
    if matches!(&sync.song_id, SongId::Text(text) if !(1..=MAX_SONG).contains(&text.chars().count())) {
        return Err(Fault::invalid_payload("`songId` has 1 to 256 characters"));
    }
    if sync.current_time.as_ref().and_then(serde_json::Number::as_f64).is_some_and(|seconds| seconds < 0.0) {
        return Err(Fault::invalid_payload("`currentTime` is negative"));
    }
    Ok(wrap(Request::Sync(sync)))
}
