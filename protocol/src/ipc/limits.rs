//! The tail of limit hits.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Flow, ProfileId, Scope, TailGap};
use crate::feed::{LimitEpisode, User};
use crate::ids::{Namespace, Timestamp};

/// What the limits tail shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitsQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// Of which rows.
    pub scope: Scope,
    /// Whether new rows are sent.
    pub flow: Flow,
}

/// The limits tail, at most 10 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitsUpdate {
    /// The rows begin anew with `rows` (another scope); otherwise they are appended.
    pub reset: bool,
    /// New rows, oldest first. The page keeps the latest 5000.
    pub rows: Vec<LimitRow>,
    /// Where something is missing between the rows; at a place that was told before, so much more.
    pub gaps: Vec<TailGap>,
    /// Matching rows that wait for the tail to go on.
    pub waiting: u32,
    /// Rows that fell out of the bounded buffer unseen.
    #[ts(type = "number")]
    pub unseen: u64,
    /// Drops in the last minute, whatever the filter; `null` where none was seen and not a whole minute was watched.
    #[ts(type = "number | null")]
    pub per_minute: Option<u64>,
    /// Since when no drop was missed; `null` while nobody is told of drops.
    pub watched_since: Option<Timestamp>,
    /// Most drops in the last 10 minutes, at most 10; `null` where they did not change.
    pub offenders: Option<Vec<Offender>>,
    /// The events with most drops in the last 10 minutes, at most 10; comes with `offenders`.
    pub events: Option<Vec<LimitedEvent>>,
    /// Changes of the policy that were seen: another number says that the table is to be asked for again.
    #[ts(type = "number")]
    pub policy_changes: u64,
}

/// One report of drops: an episode's beginning, or an update of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitRow {
    /// Unique in the tail, growing.
    #[ts(type = "number")]
    pub key: u64,
    /// When.
    pub at: Timestamp,
    /// On which node.
    pub node: String,
    /// The episode as it stood then.
    pub episode: LimitEpisode,
    /// Drops since the row before of the same episode.
    #[ts(type = "number")]
    pub fresh: u64,
}

/// An event with many drops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LimitedEvent {
    /// Where.
    pub namespace: Namespace,
    /// Its name.
    pub event: String,
    /// How many drops in the last 10 minutes.
    #[ts(type = "number")]
    pub hits: u64,
}

/// A user with many drops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Offender {
    /// Who.
    pub user: User,
    /// How many drops in the last 10 minutes.
    #[ts(type = "number")]
    pub hits: u64,
}
