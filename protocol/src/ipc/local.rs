//! What the gateway on this machine says.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// New lines of the local gateway's log. The first update has all that are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LocalLogUpdate {
    /// Forget what there was before.
    pub reset: bool,
    /// In order.
    pub lines: Vec<LogLine>,
    /// How many lines are not kept any more, of all that there were.
    #[ts(type = "number")]
    pub dropped: u64,
}

/// A line of a log. Secrets are taken out before it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLine {
    /// Counts up.
    #[ts(type = "number")]
    pub key: u64,
    /// How much it matters, where the line says so.
    pub severity: Severity,
    /// The line.
    pub text: String,
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// What goes as it should, or a line that does not say.
    Info,
    /// Something to look at.
    Warn,
    /// Something that failed.
    Error,
}
