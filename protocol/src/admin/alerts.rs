//! Commands about alerts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::Timestamp;

/// Arguments of [`super::Command::Alerts`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AlertsArgs {
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cursor: Option<String>,
    /// At most so many; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// Arguments of [`super::Command::AcknowledgeAlert`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcknowledgeArgs {
    /// Which.
    #[ts(type = "number")]
    pub id: u64,
}

/// Arguments of [`super::Command::SilenceAlert`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SilenceArgs {
    /// Which. An anomaly's cause is silenced with it: should it arise again before then, it is as quiet.
    #[ts(type = "number")]
    pub id: u64,
    /// Until when; a moment that has passed lets it be heard again.
    pub until: Timestamp,
}
