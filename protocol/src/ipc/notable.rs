//! What happened, for the page to put into words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;
use crate::feed::{Alert, LimitEpisode, Notification, User};
use crate::ids::{RoomName, Timestamp};

/// Something worth a line: what it is, for the page to put into words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Notable {
    /// Counts up in its list; an event that goes on keeps the one that it has.
    #[ts(type = "number")]
    pub key: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: NotableWhat,
}

/// The kinds of notable events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NotableWhat {
    /// A user came online.
    Online {
        /// Who.
        user: User,
    },
    /// A user went offline.
    Offline {
        /// Who.
        user: User,
    },
    /// A connection was opened.
    Connected {
        /// Whose.
        user: User,
        /// From where.
        address: String,
    },
    /// A connection ended.
    Disconnected {
        /// Whose.
        user: User,
        /// Why.
        reason: String,
    },
    /// A room was entered.
    RoomJoined {
        /// Who.
        user: User,
        /// Which.
        room: RoomName,
    },
    /// A room was left.
    RoomLeft {
        /// Who.
        user: User,
        /// Which.
        room: RoomName,
    },
    /// A limit was hit.
    Limit {
        /// Who, which event, how often.
        episode: LimitEpisode,
    },
    /// A notification was sent.
    Notified {
        /// What, to whom.
        notification: Notification,
    },
    /// A warning or an error was reported.
    Alert {
        /// It.
        alert: Alert,
    },
    /// Users were disconnected on purpose.
    Kicked {
        /// By whom; `null` where the gateway acted by itself.
        by: Option<String>,
        /// Why.
        reason: String,
        /// How many users.
        users: u32,
        /// At most 20 of them.
        sample: Vec<User>,
    },
    /// The gateway was lost.
    LinkLost {
        /// Why.
        reason: Reason,
    },
    /// It came back.
    LinkBack {
        /// What the loss has cost.
        recovery: Recovery,
    },
}

/// How a console has caught up after a loss; what costs more comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Recovery {
    /// The missed entries follow; nothing is lost.
    Resumed,
    /// The state was read anew; what happened in between is not known.
    Reread,
    /// The gateway was started anew meanwhile; what happened in between is not known.
    Restarted,
}
