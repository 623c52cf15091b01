//! Commands about rooms.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Refused;
use crate::feed::User;
use crate::ids::{ConnectionId, Namespace, RoomName, SocketId, UserId};

/// Arguments of [`super::Command::Rooms`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoomsArgs {
    /// Only this namespace's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Namespace>,
    /// Only those whose name holds this text, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most so many; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A room with somebody in it. A page of them is the answer to [`super::Command::Rooms`], by namespace and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRow {
    /// Where it is.
    pub namespace: Namespace,
    /// Its name.
    pub room: RoomName,
    /// Sockets in it.
    pub members: u32,
    /// Messages posted to it since somebody has been in it without a break.
    #[serde(default)]
    pub posts: u64,
}

/// Arguments of [`super::Command::Room`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoomArgs {
    /// Where it is.
    pub namespace: Namespace,
    /// Its name.
    pub room: RoomName,
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most so many; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A socket in a room. A page of them is the answer to [`super::Command::Room`], by connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMember {
    /// Whose it is.
    pub user: User,
    /// The connection.
    pub connection: ConnectionId,
    /// The socket.
    pub socket: SocketId,
}

/// Whose sockets are put into a room or taken out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomSubject {
    /// All of a user's, in the room's namespace: `{"user": 7}`.
    User(UserId),
    /// The same of at most [`super::MOST_USERS`] users: `{"users": [7, 8]}`.
    Users(Vec<UserId>),
    /// One: `{"socket": "…"}`.
    Socket(SocketId),
}

/// Arguments of [`super::Command::JoinRoom`] and [`super::Command::LeaveRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveArgs {
    /// Whose.
    pub who: RoomSubject,
    /// Where the room is.
    pub namespace: Namespace,
    /// Its name.
    pub room: RoomName,
}

/// Arguments of [`super::Command::CloseRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloseRoomArgs {
    /// Where the room is.
    pub namespace: Namespace,
    /// Its name.
    pub room: RoomName,
}

/// Answer to the commands that move sockets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Moved {
    /// Sockets that were moved.
    pub sockets: u32,
    /// Sockets that were not: they went away meanwhile, or are in too many rooms.
    pub failed: u32,
    /// Whose they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Refused>>", optional)]
    pub refused: Vec<Refused>,
}
