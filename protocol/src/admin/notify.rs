//! `notify`: a notification, and whom it is for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Refused;
use crate::feed::Tone;
use crate::ids::{Namespace, RoomName, UserId};

/// Whom a notification is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NotificationTarget {
    /// Every socket of every namespace: `"all"`.
    All,
    /// Every socket of the users: `{"users": [7]}`.
    Users(Vec<UserId>),
    /// A room of one namespace: `{"room": {"namespace": "/web", "room": "lobby"}}`.
    Room {
        /// Where the room is.
        namespace: Namespace,
        /// Its name.
        room: RoomName,
    },
    /// Every socket of one namespace: `{"namespace": "/web"}`.
    Namespace(Namespace),
}

/// Arguments of [`super::Command::Notify`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotifyArgs {
    /// To whom.
    pub target: NotificationTarget,
    /// Its kind.
    #[serde(rename = "type")]
    pub tone: Tone,
    /// The first line, 1 to 200 UTF-16 units.
    pub title: String,
    /// The text, at most 1000 UTF-16 units.
    pub message: String,
    /// Anything the recipients' program understands, at most 16 KiB of JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    pub data: Option<serde_json::Value>,
}

/// Answer to [`super::Command::Notify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notified {
    /// Its id in the history.
    #[ts(type = "number")]
    pub id: i64,
    /// Sockets that it was meant for.
    pub targets: u32,
    /// Sockets that it was handed to.
    pub delivered: u32,
    /// Users for whom it is kept until they connect.
    pub queued: u32,
    /// Who of the users that were named will never read it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Refused>>", optional)]
    pub refused: Vec<Refused>,
}
