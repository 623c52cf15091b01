//! The overview's figures, and the notifications sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Notable, ProfileId};
use crate::admin::{Minute, NodeLoad};
use crate::feed::{Alert, Node, Notification};
use crate::ids::Timestamp;

/// A view that only names its gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OverviewQuery {
    /// Which gateway.
    pub profile: ProfileId,
}

/// The overview, once a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OverviewUpdate {
    /// When the figures were measured.
    pub at: Timestamp,
    /// Users online.
    pub online_users: u32,
    /// Users online ten minutes ago; `null` where that is not known.
    pub online_users_before: Option<u32>,
    /// Connections open.
    pub connections: u32,
    /// Events received a second, over the last 5 s; `null` before two measurements.
    pub messages_in: Option<f64>,
    /// Events handed to sockets a second, likewise.
    pub messages_out: Option<f64>,
    /// Drops in the last minute; `null` where none was seen and not a whole minute was watched.
    #[ts(type = "number | null")]
    pub limit_hits: Option<u64>,
    /// Drops in the minute before; `null` where it was not watched.
    #[ts(type = "number | null")]
    pub limit_hits_before: Option<u64>,
    /// Failed events in the last minute; `null` where none was seen and not a whole minute was watched.
    #[ts(type = "number | null")]
    pub errors: Option<u64>,
    /// Failed events in the last hour; `null` before the first measurement.
    #[ts(type = "number | null")]
    pub errors_hour: Option<u64>,
    /// 99th percentile of the handling time, in microseconds; `null` before the first event.
    pub handling_p99_us: Option<u32>,
    /// The nodes, measured.
    pub nodes: Vec<Node>,
    /// The last hour by minute, oldest first, the running minute last; `null` where it did not change.
    pub history: Option<Vec<Minute>>,
    /// How busy each node was in that hour; `null` where it did not change.
    pub load: Option<Vec<NodeLoad>>,
    /// Alerts that want somebody.
    pub loud_alerts: u32,
    /// Open alerts that somebody has taken on, or that are silenced.
    pub quiet_alerts: u32,
    /// Those that want somebody, latest first, at most 200; `null` where they did not change.
    pub alerts: Option<Vec<Alert>>,
    /// Notable events, latest first, at most 50; `null` where they did not change.
    pub notable: Option<Vec<Notable>>,
}

/// Notifications sent while the console watched, latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct NotificationsUpdate {
    /// At most 200.
    pub items: Vec<Notification>,
}
