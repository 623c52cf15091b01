//! `ban`, `undo-ban`, `unban` and `bans`: who may not come in, why, and until when.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{NodeResult, Refused};
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

/// Who is banned at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BanSubject {
    /// A user: `{"user": 7}`.
    User(UserId),
    /// At most [`super::MOST_USERS`] users, each with a ban that can be lifted alone: `{"users": [7, 8]}`.
    Users(Vec<UserId>),
    /// An address or a network: `{"address": "203.0.113.0/24"}`.
    Address(String),
}

impl From<BanTarget> for BanSubject {
    fn from(target: BanTarget) -> Self {
        match target {
            BanTarget::User(user) => Self::User(user),
            BanTarget::Address(address) => Self::Address(address),
        }
    }
}

/// Arguments of [`super::Command::Ban`]. A ban takes the place of an earlier one of the same target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BanArgs {
    /// Who.
    pub target: BanSubject,
    /// Shown to those whose connections end and kept in the audit, 1 to 200 UTF-16 units.
    pub reason: String,
    /// When it ends by itself; never, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<Timestamp>,
}

/// Arguments of [`super::Command::UndoBan`]. What was lifted or set anew since then stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UndoBanArgs {
    /// Who was banned.
    pub target: BanSubject,
    /// When, as the answer said.
    pub at: Timestamp,
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
    /// The ban, its target in the canonical form; absent where a list was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ban: Option<Ban>,
    /// When it was set: what takes it back is told this.
    pub at: Timestamp,
    /// What happened to open connections on each node.
    pub nodes: Vec<NodeResult>,
    /// Whom of a list there is no ban of now, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Refused>>", optional)]
    pub refused: Vec<Refused>,
}

/// Answer to [`super::Command::UndoBan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BanUndone {
    /// Targets that are banned no more.
    pub lifted: u32,
    /// Targets of which the ban holds again whose place this one had taken.
    pub restored: u32,
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
