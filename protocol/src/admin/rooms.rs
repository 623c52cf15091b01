//! Commands about rooms.

use serde::{Deserialize, Serialize};

use crate::feed::User;
use crate::ids::{ConnectionId, Namespace, RoomName, SocketId};

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
