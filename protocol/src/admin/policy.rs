//! `policy` and `set-policy`: how many of an event a user may send, and who says so.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::Namespace;

/// Where an entry of the policy table comes from. A later one takes the place of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PolicySource {
    /// The gateway's own table.
    BuiltIn,
    /// `limits.events`, or `limits.default` where it is set.
    Configuration,
    /// `set-policy`.
    Operator,
}

/// How many of an event a user may send within the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicyEntry {
    /// Where.
    pub namespace: Namespace,
    /// Which event; `invalid` stands for invalid and unknown ones.
    pub event: String,
    /// How many.
    pub limit: u32,
    /// Who says so.
    pub source: PolicySource,
}

/// Answer to [`super::Command::Policy`]: the table as it works at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicyTable {
    /// False: nothing is limited, whatever the entries say (`limits.enabled`).
    pub enabled: bool,
    /// The window, in seconds.
    pub window: u32,
    /// One entry for each event that there is.
    pub entries: Vec<PolicyEntry>,
}

/// Arguments of [`super::Command::SetPolicy`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetPolicyArgs {
    /// Where.
    pub namespace: Namespace,
    /// Which event, or `invalid`.
    pub event: String,
    /// How many, 1 to 1 000 000; `null` takes the operators' entry out, and what is below it works again.
    pub limit: Option<u32>,
}
