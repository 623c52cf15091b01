//! Alerts: what is wrong, who says so, and what has been done about it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::ids::{NodeId, Timestamp};

/// How much an alert matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Look at it some time.
    Low,
    /// Look at it today.
    Medium,
    /// Look at it now.
    High,
}

/// Where an alert comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum AlertKind {
    /// A backend's `system.warning`.
    Warning,
    /// A backend's `system.error`.
    Error,
    /// A threshold of the gateway's own.
    Anomaly,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Unique within an epoch.
    #[ts(type = "number")]
    pub id: u64,
    /// Where it comes from.
    pub kind: AlertKind,
    /// How much it matters.
    pub level: Level,
    /// What, in the sender's words.
    pub message: String,
    /// What the sender gave with it, cut at 1 KiB of JSON.
    #[ts(type = "unknown")]
    pub data: Option<serde_json::Value>,
    /// When it was reported.
    pub since: Timestamp,
    /// On which node.
    pub node: NodeId,
    /// Of an anomaly: what was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub anomaly: Option<Anomaly>,
    /// Who has taken it on; absent where nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub acknowledged: Option<Acknowledgement>,
    /// It stays listed and makes no noise until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub silenced_until: Option<Timestamp>,
    /// Of an anomaly: since when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cleared_at: Option<Timestamp>,
}

impl Alert {
    /// Whether it still wants somebody: it is not over, nobody has taken it on, and nobody wants it quiet at that moment.
    pub fn is_loud(&self, now: Timestamp) -> bool {
        self.cleared_at.is_none() && self.acknowledged.is_none() && !self.is_silenced(now)
    }

    /// Whether it is to be quiet at that moment.
    pub fn is_silenced(&self, now: Timestamp) -> bool {
        self.silenced_until.is_some_and(|until| until > now)
    }
}

/// Who has taken an alert on, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Acknowledgement {
    /// The operator's name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What was measured, and what it should stay below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Anomaly {
    /// What.
    pub cause: Cause,
    /// What it was when this was told.
    pub figure: u32,
    /// From where on it is an anomaly.
    pub threshold: u32,
}

/// What is measured. There is at most one open anomaly for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Connections opened in the last minute.
    Connects,
    /// Events received in the last minute.
    Messages,
    /// Limit episodes that are open.
    LimitEpisodes,
    /// Events that failed through a fault of the gateway in the last minute.
    Errors,
    /// The host's memory in use, in per cent.
    Memory,
    /// Connections closed in the last minute because their client did not read.
    SlowConsumers,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Connects, Self::Messages, Self::LimitEpisodes, Self::Errors, Self::Memory, Self::SlowConsumers];
}
