//! Commands that look at one user or at one connection.

use serde::{Deserialize, Serialize};

use crate::feed::Connection;
use crate::ids::{ConnectionId, Timestamp, UserId};

/// Arguments of [`super::Command::User`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserArgs {
    /// Who.
    pub id: UserId,
}

/// Answer to [`super::Command::User`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserReport {
    /// The canonical id.
    pub id: UserId,
    /// The name in the token, or the last one known; `null` where the gateway has never seen the user.
    pub username: Option<String>,
    /// Whether the user has a socket anywhere.
    pub online: bool,
    /// Whether the gateway has seen the user.
    pub known: bool,
    /// When the user was last seen to come in; `null` where never.
    pub last_seen: Option<Timestamp>,
    /// Open connections, oldest first, with their rooms.
    pub connections: Vec<Connection>,
    /// Open connections that did not fit into the answer.
    pub more_connections: u32,
    /// Events dropped over a limit in the last hour.
    pub hits: u64,
    /// Whole minutes of the last hour in which the user sent events, oldest first.
    pub minutes: Vec<UserMinute>,
}

/// A minute in which a user sent events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserMinute {
    /// The minute's beginning, in milliseconds since the Unix epoch.
    pub start: i64,
    /// How many.
    pub events: u32,
}

/// Arguments of [`super::Command::Connection`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectionArgs {
    /// Which.
    pub id: ConnectionId,
}

/// Answer to [`super::Command::Connection`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionReport {
    /// As the feed knows it.
    pub connection: Connection,
    /// The version of Engine.IO that it speaks: 3 or 4.
    pub engine: u8,
    /// Bytes received so far, on the wire.
    pub bytes_in: u64,
    /// Bytes sent so far, on the wire.
    pub bytes_out: u64,
    /// When its token runs out.
    pub expires_at: Timestamp,
}
