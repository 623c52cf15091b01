//! `disconnect`: whose connections end, and why.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::NodeResult;
use crate::ids::{ConnectionId, Namespace, RoomName, SocketId, UserId};

/// Whom to disconnect. Operators' own connections are only touched where they are named by connection or socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DisconnectTarget {
    /// Every connection of the users: `{"users": [7]}`.
    Users(Vec<UserId>),
    /// Single connections: `{"connections": ["…"]}`.
    Connections(Vec<ConnectionId>),
    /// The connection of one socket: `{"socket": "…"}`.
    Socket(SocketId),
    /// Every connection with a socket in the room.
    Room {
        /// Where the room is.
        namespace: Namespace,
        /// Its name.
        room: RoomName,
    },
}

/// Arguments of [`super::Command::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisconnectArgs {
    /// Whom.
    pub target: DisconnectTarget,
    /// Shown to them and kept in the audit, 1 to 200 UTF-16 units.
    pub reason: String,
    /// The preview's, to act only on what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fingerprint: Option<String>,
}

/// Answer to [`super::Command::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Disconnected {
    /// What happened on each node.
    pub nodes: Vec<NodeResult>,
}
