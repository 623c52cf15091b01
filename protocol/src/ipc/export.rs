//! A table on its way into a file: what of it, in which form, and how far it has come.
//!
//! An export is a view: it begins when the view is opened, tells its progress as updates, and is called off by closing it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Direction, Failure, LimitRow, PeopleRows, PeopleSort, ProfileId, RoomsSort, TraceRow};
use crate::admin::{AuditArgs, Setting};
use crate::feed::Node;

/// What is written, and as what. Where, the person says in the system's own dialog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExportQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// What of it.
    pub table: ExportTable,
    /// As what.
    pub format: ExportFormat,
}

/// A table as somebody looks at it: every row that the filter lets through, in the order shown. Its columns are those that
/// were chosen for the table, whether the window has room for them at the moment or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "table", rename_all = "camelCase")]
pub enum ExportTable {
    /// Users or connections. Who leaves while the file is written is left out.
    People {
        /// What a row stands for.
        rows: PeopleRows,
        /// As in [`super::PeopleQuery::filter`].
        filter: String,
        /// By which column.
        sort: PeopleSort,
        /// In which direction.
        direction: Direction,
        /// In this order.
        columns: Vec<PeopleColumn>,
    },
    /// Rooms. One that everybody leaves while the file is written is still in it.
    Rooms {
        /// As in [`super::RoomsQuery::filter`].
        filter: String,
        /// By which column.
        sort: RoomsSort,
        /// In which direction.
        direction: Direction,
        /// In this order.
        columns: Vec<RoomsColumn>,
    },
    /// Limit hits. The tail moves on under a page that is paused, so that only the page has all that it shows.
    Limits {
        /// What the page shows, in its order.
        rows: Vec<LimitRow>,
        /// In this order.
        columns: Vec<LimitsColumn>,
    },
    /// Traced events, of which only the page has all that it shows, too.
    Trace {
        /// What the page shows, in its order.
        rows: Vec<TraceRow>,
        /// In this order.
        columns: Vec<TraceColumn>,
    },
    /// How many of each event a user may send.
    Policy {
        /// Words that must all occur in the namespace or the event; any case.
        filter: String,
    },
    /// The bans that hold.
    Bans {
        /// Words that must all occur in whom it keeps out, in its reason or in who set it; any case.
        filter: String,
        /// In this order.
        columns: Vec<BansColumn>,
    },
    /// Alerts, latest first.
    Alerts {
        /// Which of them.
        which: WhichAlerts,
        /// In this order.
        columns: Vec<AlertsColumn>,
    },
    /// All that the gateway remembers of notifications that were sent, latest first.
    Notifications,
    /// The gateway's nodes.
    Nodes {
        /// What the page shows, in its order.
        rows: Vec<Node>,
    },
    /// The configuration in force.
    Configuration {
        /// What the page shows, in its order; a secret is not in it.
        rows: Vec<Setting>,
    },
    /// What operators did, latest first.
    Audit {
        /// What of it; its cursor and limit are not looked at.
        question: AuditArgs,
        /// In this order.
        columns: Vec<AuditColumn>,
    },
}

/// The form of a file. Its fields have the same names whatever the language, so that a program can rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// RFC 4180 in UTF-8. A text that a spreadsheet would take for a formula begins with an apostrophe.
    Csv,
    /// One list of objects.
    Json,
    /// One object a line.
    Ndjson,
}

impl ExportFormat {
    /// How the names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}

/// Columns of the people table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PeopleColumn {
    /// The name.
    Name,
    /// The user's id.
    Id,
    /// Namespaces joined.
    Namespaces,
    /// Rooms joined.
    Rooms,
    /// The address of the latest connection.
    Address,
    /// Its client, in words.
    Client,
    /// Since when they are online.
    Online,
    /// Since when they have sent nothing.
    Idle,
    /// Events dropped over a limit in the last hour.
    Hits,
}

/// Columns of the limits tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LimitsColumn {
    /// When.
    Time,
    /// Who: name and id.
    User,
    /// Which event, in which namespace.
    Event,
    /// In which room.
    Room,
    /// How many were dropped in the episode, and how many of them since the row before.
    Dropped,
    /// What the limit was: so many in so many seconds.
    Limit,
    /// On which node.
    Node,
    /// From which address.
    Address,
}

/// Columns of the rooms table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomsColumn {
    /// The room's name.
    Name,
    /// Where it is.
    Namespace,
    /// Sockets in it.
    Members,
    /// Messages a minute.
    Traffic,
    /// Messages since somebody has been in it.
    Posts,
}

/// Columns of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TraceColumn {
    /// When.
    Time,
    /// Who: name, id and socket.
    User,
    /// In which namespace.
    Namespace,
    /// Which event.
    Event,
    /// Which room it named.
    Room,
    /// What it said.
    Payload,
    /// How long it took.
    Duration,
    /// How it ended.
    Outcome,
    /// On which node.
    Node,
}

/// Columns of the bans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BansColumn {
    /// Who may not come in: what it is, and which.
    Whom,
    /// Why.
    Reason,
    /// Who set it.
    By,
    /// When it was set.
    At,
    /// When it ends by itself.
    Until,
}

/// Columns of the alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AlertsColumn {
    /// What is wrong, and where it comes from.
    What,
    /// How much it matters.
    Level,
    /// How often there was one like it.
    Times,
    /// On which node.
    Node,
    /// When it was reported.
    Since,
    /// What has become of it.
    State,
}

/// Columns of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AuditColumn {
    /// When it was asked for.
    At,
    /// Who asked.
    Actor,
    /// For what.
    Command,
    /// About what.
    Subject,
    /// From where.
    Address,
    /// How it ended.
    Outcome,
}

/// Which alerts are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WhichAlerts {
    /// Those that are not over.
    Open,
    /// Backends' errors, and too many events that failed; over or not.
    Errors,
    /// Those that are, too.
    All,
}

/// How far an export has come, at most 10 updates a second. The last three end it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ExportUpdate {
    /// The system's dialog is open.
    Choosing,
    /// Rows are being written.
    Writing {
        /// So many so far.
        rows: u32,
        /// Of so many, where that is known before the last one.
        of: Option<u32>,
    },
    /// The file is there, as a whole.
    Written {
        /// Where.
        path: String,
        /// So many rows.
        rows: u32,
    },
    /// No file was chosen.
    Dismissed,
    /// There is no file, and what was there before under its name is as it was.
    Failed {
        /// Why.
        failure: Failure,
    },
}
