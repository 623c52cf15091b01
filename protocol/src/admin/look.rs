//! Commands that look at the whole gateway: its connections and its figures.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::feed::Connection;
use crate::ids::{Epoch, Namespace, NodeId, Seq, Timestamp};

/// Arguments of [`super::Command::Snapshot`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnapshotArgs {
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most so many connections; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Answer to [`super::Command::Snapshot`]: a keyset page of connections, ordered by id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotPage {
    /// The feed's run.
    pub epoch: Epoch,
    /// The feed's last entry that the page contains.
    pub seq: Seq,
    /// The page.
    pub connections: Vec<Connection>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// Arguments of [`super::Command::Stats`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatsArgs {
    /// Include the last hour by minute.
    #[serde(default)]
    pub history: bool,
}

/// Answer to [`super::Command::Stats`]: gauges as of `at`, counters since the node started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// When they were read.
    pub at: Option<Timestamp>,
    /// Users of `/admin` and `/web` that are online, operators left out.
    pub online_users: u32,
    /// Engine.IO sessions open.
    pub connections: u32,
    /// Rooms with somebody in them.
    pub rooms: u32,
    /// Events received.
    pub messages_in: u64,
    /// Events handed to sockets: one for each recipient.
    pub messages_out: u64,
    /// Events that were lost to a recipient who did not read fast enough.
    #[serde(default)]
    pub undelivered: u64,
    /// Events dropped over a limit.
    pub limit_hits: u64,
    /// Events that failed through a fault of the gateway.
    pub errors: u64,
    /// Handling time of the last events, 99th percentile, in microseconds; absent before the first event.
    pub handling_p99_us: Option<u32>,
    /// The last 60 whole minutes, oldest first, if asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Minute>,
    /// Events received in these minutes by name, if asked for; events of which none came are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventMinutes>,
    /// How busy the nodes were in that hour, if asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load: Vec<NodeLoad>,
}

/// How busy a node's host was over the last hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct NodeLoad {
    /// Which node.
    pub node: NodeId,
    /// Oldest first, the running minute last. A minute in which nothing was measured is left out.
    pub minutes: Vec<LoadMinute>,
}

/// One minute of it: the means of what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LoadMinute {
    /// The minute's beginning, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub start: i64,
    /// Processor time in use, 0–100 over all cores.
    pub cpu: f32,
    /// Memory in use, 0–100.
    pub memory: f32,
}

/// One event's last hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMinutes {
    /// Where.
    pub namespace: Namespace,
    /// Its name; `*` for all that are unknown or malformed.
    pub event: String,
    /// How many in each of the minutes of [`Stats::history`].
    pub minutes: Vec<u32>,
}

/// One minute of the last hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Minute {
    /// The minute's beginning, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub start: i64,
    /// Users online at its end.
    pub online_users: u32,
    /// Connections open at its end.
    pub connections: u32,
    /// Connections opened in it.
    pub connects: u32,
    /// Connections closed in it.
    pub disconnects: u32,
    /// Users that sent an event in it.
    pub active_users: u32,
    /// Events received in it.
    #[ts(type = "number")]
    pub messages_in: u64,
    /// Events handed to sockets in it.
    #[ts(type = "number")]
    pub messages_out: u64,
    /// Events dropped over a limit in it.
    #[ts(type = "number")]
    pub limit_hits: u64,
    /// Events that failed in it.
    #[ts(type = "number")]
    pub errors: u64,
}
