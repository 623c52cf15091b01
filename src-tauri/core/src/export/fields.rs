//! What a file says of a row: the columns that somebody looks at, as fields with a name and a value.
//!
//! Names and values are the same in every language, and a moment is a moment rather than “3 min”: a file is read by
//! programs too. This must never know in which form a file is written.

use serde::Serialize;
use serde_json::Value;
use signalbox_protocol::admin::{AuditRow, Ban, BanTarget, PolicyEntry, Setting};
use signalbox_protocol::feed::{Alert, Node, Notification};
use signalbox_protocol::ipc::{
    AlertsColumn, AuditColumn, BansColumn, LimitRow, LimitsColumn, PeopleColumn, PersonRow, RoomLine, RoomsColumn,
    TraceColumn, TraceRow,
};

/// What a row has in each field, in the fields' order.
pub(super) type Record = Vec<Value>;

/// The fields of a kind of row.
pub(super) struct Fields<Row>(Vec<Field<Row>>);

/// A name, and what a row has there.
type Field<Row> = (&'static str, fn(&Row) -> Value);

/// An alert, and what only a look at all of them tells.
pub(super) struct AlertLine {
    /// What is wrong.
    pub(super) alert: Alert,
    /// How often there was one like it.
    pub(super) times: u32,
    /// What has become of it.
    pub(super) state: AlertState,
}

/// How many of an event a user may send.
pub(super) struct PolicyLine {
    /// The limit.
    pub(super) entry: PolicyEntry,
    /// That of all limits, in seconds.
    pub(super) window: u32,
}

/// What has become of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AlertState {
    /// Nobody has taken it on.
    Open,
    /// Somebody has.
    Acknowledged,
    /// It makes no noise.
    Silenced,
    /// It is over.
    Over,
}

impl<Row> Fields<Row> {
    /// The fields of these columns, in their order.
    pub(super) fn of<Column: Copy>(columns: &[Column], fields: fn(Column) -> Vec<Field<Row>>) -> Self {
        Self(columns.iter().flat_map(|column| fields(*column)).collect())
    }

    /// What they are called.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }

    /// What a row has there.
    pub(super) fn record(&self, row: &Row) -> Record {
        self.0.iter().map(|(_, value)| value(row)).collect()
    }
}

/// What a file says of a user or a connection.
pub(super) fn person(column: PeopleColumn) -> Vec<Field<PersonRow>> {
    vec![match column {
        PeopleColumn::Name => ("name", |row| value(&row.user.username)),
        PeopleColumn::Id => ("id", |row| value(&row.user.id)),
        PeopleColumn::Namespaces => ("namespaces", |row| value(&row.namespaces)),
        PeopleColumn::Rooms => ("rooms", |row| value(&row.rooms)),
        PeopleColumn::Address => ("address", |row| value(&row.address)),
        PeopleColumn::Client => ("client", |row| value(&row.client)),
        PeopleColumn::Online => ("onlineAt", |row| value(row.online_at)),
        PeopleColumn::Idle => ("idleSince", |row| value(row.idle_since)),
        PeopleColumn::Hits => ("hits", |row| value(row.hits)),
    }]
}

/// What it says of a room.
pub(super) fn room(column: RoomsColumn) -> Vec<Field<RoomLine>> {
    vec![match column {
        RoomsColumn::Name => ("room", |row| value(&row.room)),
        RoomsColumn::Namespace => ("namespace", |row| value(&row.namespace)),
        RoomsColumn::Members => ("members", |row| value(row.members)),
        RoomsColumn::Traffic => ("perMinute", |row| value(row.per_minute)),
        RoomsColumn::Posts => ("posts", |row| value(row.posts)),
    }]
}

/// What it says of a limit hit. Two users may have one name, so that a name never goes without the id.
pub(super) fn limit(column: LimitsColumn) -> Vec<Field<LimitRow>> {
    match column {
        LimitsColumn::Time => vec![("at", |row| value(row.at))],
        LimitsColumn::User => {
            vec![("user", |row| value(&row.episode.user.username)), ("userId", |row| value(&row.episode.user.id))]
        }
        LimitsColumn::Event => {
            vec![("event", |row| value(&row.episode.event)), ("namespace", |row| value(&row.episode.namespace))]
        }
        LimitsColumn::Room => vec![("room", |row| value(&row.episode.room))],
        LimitsColumn::Dropped => {
            vec![("dropped", |row| value(row.episode.dropped)), ("fresh", |row| value(row.fresh))]
        }
        LimitsColumn::Limit => {
            vec![("limit", |row| value(row.episode.limit)), ("windowSeconds", |row| value(row.episode.window))]
        }
        LimitsColumn::Node => vec![("node", |row| value(&row.node))],
        LimitsColumn::Address => vec![("address", |row| value(&row.episode.address))],
    }
}

/// What it says of a traced event.
pub(super) fn traced(column: TraceColumn) -> Vec<Field<TraceRow>> {
    vec![match column {
        TraceColumn::Time => ("at", |row| value(row.at)),
        TraceColumn::User => {
            return vec![
                ("user", |row| value(&row.user.username)),
                ("userId", |row| value(&row.user.id)),
                ("socket", |row| value(&row.socket)),
            ];
        }
        TraceColumn::Namespace => ("namespace", |row| value(&row.namespace)),
        TraceColumn::Event => ("event", |row| value(&row.event)),
        TraceColumn::Room => ("room", |row| value(&row.room)),
        TraceColumn::Payload => ("payload", |row| row.payload.as_deref().map_or(Value::Null, payload)),
        TraceColumn::Duration => ("durationUs", |row| value(row.duration_us)),
        TraceColumn::Outcome => ("outcome", |row| row.code.map_or_else(|| value("ok"), value)),
        TraceColumn::Node => ("node", |row| value(&row.node)),
    }]
}

/// What it says of a limit.
pub(super) fn policy() -> Fields<PolicyLine> {
    Fields(vec![
        ("namespace", |line| value(&line.entry.namespace)),
        ("event", |line| value(&line.entry.event)),
        ("limit", |line| value(line.entry.limit)),
        ("windowSeconds", |line| value(line.window)),
        ("source", |line| value(line.entry.source)),
    ])
}

/// What it says of a node.
pub(super) fn node() -> Fields<Node> {
    Fields(vec![
        ("node", |node| value(&node.id)),
        ("version", |node| value(&node.version)),
        ("startedAt", |node| value(node.started_at)),
        ("connections", |node| value(node.connections)),
        ("cpuPercent", |node| value(node.cpu)),
        ("memoryPercent", |node| value(node.memory)),
        ("residentBytes", |node| value(node.rss)),
        ("drainedSince", |node| value(node.drained_since)),
    ])
}

/// What it says of a key of the configuration.
pub(super) fn setting() -> Fields<Setting> {
    Fields(vec![
        ("key", |setting| value(&setting.key)),
        ("value", |setting| value(&setting.value)),
        ("default", |setting| value(&setting.default)),
        ("origin", |setting| value(setting.origin)),
    ])
}

/// What it says of a ban.
pub(super) fn ban(column: BansColumn) -> Vec<Field<Ban>> {
    match column {
        BansColumn::Whom => vec![("kind", |ban| value(kind(&ban.target))), ("whom", |ban| whom(&ban.target))],
        BansColumn::Reason => vec![("reason", |ban| value(&ban.reason))],
        BansColumn::By => vec![("by", |ban| value(&ban.by))],
        BansColumn::At => vec![("at", |ban| value(ban.at))],
        BansColumn::Until => vec![("until", |ban| value(ban.until))],
    }
}

/// What it says of an alert.
pub(super) fn alert(column: AlertsColumn) -> Vec<Field<AlertLine>> {
    match column {
        AlertsColumn::What => {
            vec![("kind", |line| value(line.alert.kind)), ("what", |line| value(&line.alert.message))]
        }
        AlertsColumn::Level => vec![("level", |line| value(line.alert.level))],
        AlertsColumn::Times => vec![("times", |line| value(line.times))],
        AlertsColumn::Node => vec![("node", |line| value(&line.alert.node))],
        AlertsColumn::Since => vec![("since", |line| value(line.alert.since))],
        AlertsColumn::State => vec![("state", |line| value(line.state))],
    }
}

/// What it says of an operator's act.
pub(super) fn act(column: AuditColumn) -> Vec<Field<AuditRow>> {
    match column {
        AuditColumn::At => vec![("at", |row| value(row.at))],
        AuditColumn::Actor => vec![("actor", |row| value(&row.actor))],
        AuditColumn::Command => vec![("command", |row| value(&row.command)), ("detail", |row| value(&row.detail))],
        AuditColumn::Subject => vec![("subject", |row| value(&row.subject)), ("touched", |row| value(&row.touched))],
        AuditColumn::Address => vec![("address", |row| value(&row.address))],
        AuditColumn::Outcome => {
            vec![("outcome", |row| value(row.outcome)), ("explanation", |row| value(&row.explanation))]
        }
    }
}

/// What it says of a notification.
pub(super) fn notification() -> Fields<Notification> {
    Fields(vec![
        ("at", |sent| value(sent.at)),
        ("by", |sent| value(&sent.by)),
        ("target", |sent| value(&sent.target)),
        ("type", |sent| value(sent.tone)),
        ("title", |sent| value(&sent.title)),
        ("message", |sent| value(&sent.message)),
        ("targets", |sent| value(sent.targets)),
        ("delivered", |sent| value(sent.delivered)),
        ("queued", |sent| value(sent.queued)),
    ])
}

/// Whom a ban keeps out, as one writes it: a network without a length that says nothing is an address.
pub(super) fn whom(target: &BanTarget) -> Value {
    match target {
        BanTarget::User(id) => value(id),
        BanTarget::Address(network) => {
            let whole = if network.contains(':') { "/128" } else { "/32" };
            value(network.strip_suffix(whole).unwrap_or(network))
        }
    }
}

const fn kind(target: &BanTarget) -> &'static str {
    match target {
        BanTarget::User(_) => "user",
        BanTarget::Address(_) => "address",
    }
}

/// A payload as it was sent, or its text where that was cut.
fn payload(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| value(text))
}

/// Anything of the protocol as a value. All of it can be one: it came as JSON.
fn value(of: impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}
