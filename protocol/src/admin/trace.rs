//! `trace`: to look at single events while they are handled.

use serde::{Deserialize, Serialize};

use crate::ids::{Namespace, RoomName, UserId};

/// Arguments of [`super::Command::Trace`]: which events. What is given must hold; nothing given is every event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TraceArgs {
    /// Sent by this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// In this namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Namespace>,
    /// That name this room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
}

/// Answer to [`super::Command::Trace`]: they come as entries of the feed from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracing {
    /// At most so many in a second; the rest are counted as dropped.
    pub per_second: u32,
}

/// Answer to [`super::Command::TraceStop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStopped {
    /// Whether there was anything to stop.
    pub stopped: bool,
}
