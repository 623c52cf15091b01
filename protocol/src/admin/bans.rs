//! `ban`, `unban` and `bans`: who may not come in, why, and until when.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::NodeResult;
use crate::ids::{Timestamp, UserId};

/// Who may not come in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BanTarget {
    /// A user, from wherever: `{"user": 7}`.
    User(UserId),
    /// Everybody at an address or in a network: `{"address": "203.0.113.0/24"}`. Answers have the canonical form, always with
    /// its length; IPv4-mapped IPv6 addresses are IPv4.
    Address(String),
}

/// Arguments of [`super::Command::Ban`]. A ban takes the place of an earlier one of the same target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BanArgs {
    /// Who.
    pub target: BanTarget,
    /// Shown to those whose connections end and kept in the audit, 1 to 200 UTF-16 units.
    pub reason: String,
    /// When it ends by itself; never, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<Timestamp>,
}

/// Arguments of [`super::Command::Unban`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnbanArgs {
    /// Whose ban is lifted.
    pub target: BanTarget,
}

/// Arguments of [`super::Command::Bans`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BansArgs {
    /// Where the page before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cursor: Option<String>,
    /// At most so many; 100 by default, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ban {
    /// Who may not come in.
    pub target: BanTarget,
    /// Why.
    pub reason: String,
    /// When it ends by itself, if it does.
    pub until: Option<Timestamp>,
    /// Who set it: an operator's name, or the backend's.
    pub by: String,
    /// When it was set.
    pub at: Timestamp,
}

/// Answer to [`super::Command::Ban`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Banned {
    /// The ban, its target in the canonical form.
    pub ban: Ban,
    /// What happened to open connections on each node.
    pub nodes: Vec<NodeResult>,
}

/// What became of a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BanChange {
    /// It holds from now on, in place of an earlier one of the same target.
    Set,
    /// An operator or a backend has lifted it.
    Lifted,
    /// Its time is over.
    Expired,
}
