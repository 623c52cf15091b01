//! Lists that the gateway keeps, and that the page reads page by page when it shows them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How often each list has changed since the console began to watch. The numbers only grow: whoever shows a list reads it
/// anew when its number has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordsUpdate {
    /// Bans that were set, were lifted or are over.
    #[ts(type = "number")]
    pub bans: u64,
    /// Alerts that are new, or have changed.
    #[ts(type = "number")]
    pub alerts: u64,
    /// What operators did.
    #[ts(type = "number")]
    pub audit: u64,
}
