//! Commands that look back: the history and the audit log.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::feed::{Notification, Outcome, User};
use crate::ids::{Namespace, RoomName, Timestamp, UserId};

/// What of the history is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HistoryOf {
    /// `"notifications"` → a page of [`crate::feed::Notification`], latest first.
    Notifications,
    /// `{"room": {"namespace": "/web", "room": "lobby"}}` → a page of [`MessageRow`], latest first.
    Room {
        /// Where the room is.
        namespace: Namespace,
        /// Its name.
        room: RoomName,
    },
    /// `{"user": 7}`: private messages that the user sent or was sent → a page of [`MessageRow`], latest first.
    User(UserId),
}

/// A message of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Its number. Later messages have greater ones.
    pub id: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// In which namespace.
    pub namespace: Namespace,
    /// By whom.
    pub from: User,
    /// To which room; absent for a private one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// To whom; absent for a room's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<UserId>,
    /// What it says.
    pub content: Value,
}

/// Arguments of [`super::Command::History`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HistoryArgs {
    /// Of what.
    pub of: HistoryOf,
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most so many; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Arguments of [`super::Command::Notification`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NotificationArgs {
    /// Its id in the history.
    #[ts(type = "number")]
    pub id: i64,
}

/// Answer to [`super::Command::Notification`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct NotificationReport {
    /// The notification.
    pub notification: Notification,
    /// The data for the recipients' program, as the JSON text that is kept; `null` where it carried none.
    pub carried: Option<String>,
}

/// Arguments of [`super::Command::Audit`]. What is given must hold for each entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditArgs {
    /// By this operator or backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub actor: Option<String>,
    /// This command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub command: Option<String>,
    /// About something whose description holds this text, or the name of one of those whom it touched as far as they are
    /// listed; in any case of ASCII letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subject: Option<String>,
    /// At this moment or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<Timestamp>,
    /// Before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<Timestamp>,
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cursor: Option<String>,
    /// At most so many; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// What somebody asked for. A page of them, latest first, is the answer to [`super::Command::Audit`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AuditRow {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// When it was asked for; it was written down before it was done.
    pub at: Timestamp,
    /// Who asked.
    pub actor: String,
    /// From where; empty for the command line.
    pub address: String,
    /// The command's name.
    pub command: String,
    /// What it was about, in words.
    pub subject: String,
    /// Its arguments, without secrets.
    #[ts(type = "unknown")]
    pub detail: Value,
    /// How it ended; `null` where the gateway went down in between.
    pub outcome: Option<Outcome>,
    /// Why it failed, where it did.
    pub explanation: Option<String>,
    /// Whom of those who were connected it was about when it began; absent where that was nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub touched: Option<Touched>,
}

/// Whom an act touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Touched {
    /// How many users.
    pub users: u32,
    /// How many sockets.
    pub sockets: u32,
    /// Some of the users; at most 20.
    pub sample: Vec<User>,
}
