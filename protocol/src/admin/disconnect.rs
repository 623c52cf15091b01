//! `disconnect`: whose connections end, and why.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::NodeResult;
use crate::feed::Transport;
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
    /// Every connection that fits.
    Filter(ConnectionFilter),
}

/// Which connections. What is given must hold; nothing given is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectionFilter {
    /// With a socket in this namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub namespace: Option<Namespace>,
    /// From this address, or an address of this network: `10.0.0.7`, `10.0.0.0/8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<String>,
    /// Whose `User-Agent` holds this text, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user_agent: Option<String>,
    /// That have sent nothing for so many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub idle_for: Option<u32>,
    /// Carried like that at the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub transport: Option<Transport>,
}

/// Arguments of [`super::Command::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisconnectArgs {
    /// Whom.
    pub target: DisconnectTarget,
    /// Shown to them and kept in the audit, 1 to 200 UTF-16 units.
    pub reason: String,
}

/// Answer to [`super::Command::Disconnect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Disconnected {
    /// What happened on each node.
    pub nodes: Vec<NodeResult>,
}
