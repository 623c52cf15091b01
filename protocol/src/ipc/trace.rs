//! Single events, while somebody looks.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Flow, ProfileId, Reason, Scope, TailGap};
use crate::error::ErrorCode;
use crate::feed::User;
use crate::ids::{Namespace, RoomName, SocketId, Timestamp};

/// Which events are traced. The gateway traces while the view is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TraceQuery {
    /// At which gateway.
    pub profile: ProfileId,
    /// Which events. What is named is asked of the gateway; the words are looked for in what it sends, payloads included.
    pub scope: Scope,
    /// Whether new rows are sent.
    pub flow: Flow,
}

/// The trace, at most 10 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TraceUpdate {
    /// The rows begin anew with `rows` (another scope); otherwise they are appended.
    pub reset: bool,
    /// New rows, oldest first. The page keeps the latest 2000.
    pub rows: Vec<TraceRow>,
    /// Where something is missing between the rows; at a place that was told before, so much more.
    pub gaps: Vec<TailGap>,
    /// Matching rows that wait for the trace to go on.
    pub waiting: u32,
    /// Rows that fell out of the bounded buffer unseen.
    #[ts(type = "number")]
    pub unseen: u64,
    /// Events that the gateway traced and did not send: more than it sends in a second.
    #[ts(type = "number")]
    pub left_out: u64,
    /// How the trace stands.
    pub standing: TraceStanding,
}

/// How a trace stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum TraceStanding {
    /// The gateway has not been asked yet, or has not answered.
    #[default]
    Waiting,
    /// The gateway traces.
    #[serde(rename_all = "camelCase")]
    Running {
        /// It sends at most so many in a second.
        per_second: u32,
    },
    /// The gateway does not.
    Refused {
        /// Why.
        reason: Reason,
    },
}

/// An event that was handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TraceRow {
    /// Unique in the trace, growing.
    #[ts(type = "number")]
    pub key: u64,
    /// When.
    pub at: Timestamp,
    /// On which node.
    pub node: String,
    /// Who sent it.
    pub user: User,
    /// From which socket.
    pub socket: SocketId,
    /// Where.
    pub namespace: Namespace,
    /// Its name.
    pub event: String,
    /// The room that it named, where it was read that far.
    pub room: Option<RoomName>,
    /// Its payload as JSON, cut where it is long, tokens taken out; `null` where it has none.
    pub payload: Option<String>,
    /// How long it took, in microseconds.
    #[ts(type = "number")]
    pub duration_us: u64,
    /// Why it was not carried out; `null` where it was.
    pub code: Option<ErrorCode>,
}
