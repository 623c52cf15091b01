//! What the console's page and its core say to each other.
//!
//! Two ways only. The page **calls** ([`Call`], one answer each), and it **opens views** ([`ViewQuery`]), each of which
//! is sent [`ViewUpdate`]s on a channel of its own until it is closed. The page never holds a secret for longer than a
//! form does, and never owns the rows: a view has a window, and the page gets that window and the totals.
//!
//! The TypeScript is generated from this file (`cargo xtask codegen`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::admin::{DisconnectArgs, Disconnected, Minute, Notified, NotifyArgs, Preview, Role};
use crate::feed::{Alert, Connection, LimitEpisode, Node, Notification, User};
use crate::ids::{Namespace, RoomName, Timestamp, UserId};

/// A saved gateway: a random id that never changes, whatever the profile is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct ProfileId(pub String);

/// The page's own number for a view that it has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct ViewId(pub u32);

macro_rules! calls {
    ($($(#[$doc:meta])* $variant:ident = $name:literal ( $args:ty ) -> $answer:ty;)*) => {
        /// Everything that the page can ask for. On the wire `{"call": "signIn", "args": {…}}`.
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(tag = "call", content = "args")]
        pub enum Call {
            $($(#[$doc])* #[serde(rename = $name)] $variant($args),)*
        }

        impl Call {
            /// The call's name, for logs: its arguments may hold a secret.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// The table of calls as a TypeScript interface: name → `{ args, answer }`.
            pub fn typescript(config: &ts_rs::Config) -> String {
                let mut table = String::from("export interface Calls {\n");
                $(table.push_str(&format!(
                    "  {}: {{ args: {}; answer: {} }};\n",
                    $name, <$args as TS>::name(config), <$answer as TS>::name(config),
                ));)*
                table.push_str("}\n");
                table
            }

            /// Writes the types of all arguments and answers.
            ///
            /// # Errors
            /// Where a file cannot be written.
            pub fn export(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
                $(<$args as TS>::export_all(config).or_else(primitive)?;
                  <$answer as TS>::export_all(config).or_else(primitive)?;)*
                Ok(())
            }
        }
    };
}

/// A primitive such as `null` has no file of its own; that is no failure.
fn primitive(error: ts_rs::ExportError) -> Result<(), ts_rs::ExportError> {
    match error {
        ts_rs::ExportError::CannotBeExported(_) => Ok(()),
        other => Err(other),
    }
}

calls! {
    /// Saves a profile for a URL, or finds the one there is, and looks whether a gateway answers.
    AddGateway = "addGateway" (AddGateway) -> Reached;
    /// Begins to link to a saved gateway with the refresh token in the keychain. Where there is none, the link's state says `signedOut`.
    Open = "open" (OfProfile) -> ();
    /// Ends the link; the profile and the refresh token stay.
    Close = "close" (OfProfile) -> ();
    /// Forgets a profile and its secrets.
    Remove = "remove" (OfProfile) -> ();
    /// Signs in with name and password, and links.
    SignIn = "signIn" (SignIn) -> SignedIn;
    /// Signs in with a token that the administrator has, and links. It is kept for this session only.
    SignInWithToken = "signInWithToken" (SignInWithToken) -> SignedIn;
    /// Revokes the refresh token at the gateway, forgets it, and ends the link.
    SignOut = "signOut" (OfProfile) -> ();
    /// Tries to connect at once instead of at the end of the countdown.
    RetryNow = "retryNow" (OfProfile) -> ();
    /// Starts the bundled gateway on this machine, or adopts the one that runs, signs in, and links.
    StartLocal = "startLocal" (StartLocal) -> ProfileId;
    /// Stops it.
    StopLocal = "stopLocal" (()) -> ();
    /// Asks the gateway whom a disconnect would touch.
    PreviewDisconnect = "previewDisconnect" (Ask<DisconnectArgs>) -> Preview;
    /// Disconnects.
    Disconnect = "disconnect" (Ask<DisconnectArgs>) -> Disconnected;
    /// Asks the gateway whom a notification would reach.
    PreviewNotify = "previewNotify" (Ask<NotifyArgs>) -> Preview;
    /// Sends a notification.
    Notify = "notify" (Ask<NotifyArgs>) -> Notified;
    /// Changes what a view shows. Answered at once; the view is sent its new window on its channel.
    ChangeView = "changeView" (ChangeView) -> ();
    /// Ends a view.
    CloseView = "closeView" (ViewId) -> ();
    /// Saves how the console looks and behaves.
    SavePreferences = "savePreferences" (Preferences) -> ();
}

/// Arguments that only name a profile.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfProfile {
    /// Which gateway.
    pub profile: ProfileId,
}

/// Arguments of `addGateway`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddGateway {
    /// `http://` or `https://`, host, and port where it is not the default one.
    pub url: String,
    /// What to call it; the host where it is empty.
    pub name: String,
    /// A gateway where actions must be confirmed by typing.
    pub production: bool,
}

/// Answer to `addGateway`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// The profile, saved.
    pub profile: ProfileId,
    /// The gateway's version.
    pub version: String,
}

/// Arguments of `signIn`.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// Where.
    pub profile: ProfileId,
    /// The operator's name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Keep the refresh token in the keychain.
    pub remember: bool,
}

/// Arguments of `signInWithToken`.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignInWithToken {
    /// Where.
    pub profile: ProfileId,
    /// A JWT with a role.
    pub token: String,
}

/// Answer to a sign-in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignedIn {
    /// What the operator may do.
    pub role: Role,
    /// Why the refresh token could not be kept, where it could not: it is then good for this session only.
    pub warning: Option<String>,
}

/// Arguments of `startLocal`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StartLocal {
    /// The port to listen on at 127.0.0.1; 0 takes a free one.
    pub port: u16,
}

/// Arguments of a command to a gateway.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Ask<T> {
    /// Which gateway.
    pub profile: ProfileId,
    /// The command's own arguments.
    pub args: T,
}

/// Arguments of `changeView`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangeView {
    /// Which of the page's views.
    pub view: ViewId,
    /// What it is to show now; of the same kind as before.
    pub query: ViewQuery,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Failure {
    /// For the page: decides the text that it shows.
    pub code: FailureCode,
    /// What happened, in English, with the names and numbers of this case.
    pub message: String,
    /// What to do about it, in English, where there is something to do.
    pub hint: Option<String>,
}

/// The kinds of failures that a person can do different things about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FailureCode {
    /// The URL cannot be one of a gateway.
    InvalidUrl,
    /// Nothing answers there: refused, unknown host, time-out.
    Unreachable,
    /// Something answers that is no gateway.
    NotAGateway,
    /// The certificate cannot be trusted.
    Certificate,
    /// The name, password or token was refused.
    Refused,
    /// Too many attempts; the hint says how long to wait.
    Throttled,
    /// The operator's role does not allow it.
    Forbidden,
    /// The state has changed since the preview.
    Conflict,
    /// The link is not up, so nothing can be asked.
    NotConnected,
    /// The gateway did not answer in time; it may have acted or not.
    NoAnswer,
    /// An argument is wrong.
    InvalidArgument,
    /// The port that the local gateway should listen on is taken.
    PortInUse,
    /// The local gateway's store is damaged.
    StoreDamaged,
    /// The local gateway could not be started.
    LocalGateway,
    /// The keychain is missing or locked.
    Keychain,
    /// Anything else; the message says what.
    Internal,
}

/// What a view is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum ViewQuery {
    /// What the frame of the window needs at all times.
    Status,
    /// The table of users or connections.
    People(PeopleQuery),
    /// One user or connection, for the inspector.
    Person(PersonQuery),
    /// The tail of limit hits.
    Limits(LimitsQuery),
    /// Figures, charts, alerts, notable events.
    Overview(OverviewQuery),
    /// Notifications sent, latest first.
    Notifications(OverviewQuery),
}

/// What a view shows. Each update replaces what it names; what it leaves out (`null`) stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum ViewUpdate {
    /// See [`ViewQuery::Status`].
    Status(Status),
    /// See [`ViewQuery::People`].
    People(PeopleUpdate),
    /// See [`ViewQuery::Person`].
    Person(PersonUpdate),
    /// See [`ViewQuery::Limits`].
    Limits(LimitsUpdate),
    /// See [`ViewQuery::Overview`].
    Overview(OverviewUpdate),
    /// See [`ViewQuery::Notifications`].
    Notifications(NotificationsUpdate),
}

/// The frame's state: at most 4 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Every saved gateway, in the order in which they were added.
    pub gateways: Vec<Gateway>,
    /// The gateway that this machine runs.
    pub local: LocalGateway,
    /// How the console looks and behaves.
    pub preferences: Preferences,
    /// Where secrets are kept, or why they cannot be.
    pub keychain: Keychain,
}

/// A saved gateway and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Gateway {
    /// Its profile's id.
    pub profile: ProfileId,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// `#rrggbb`, shown on top of the rail.
    pub colour: String,
    /// Actions must be confirmed by typing.
    pub production: bool,
    /// It is the one that this machine runs.
    pub local: bool,
    /// How the link is.
    pub link: LinkState,
    /// Who is signed in; absent while nobody is.
    pub operator: Option<Operator>,
    /// What the rail and the status bar show of it; absent before the first data.
    pub figures: Option<Figures>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Operator {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// How a link is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LinkState {
    /// Not wanted.
    Closed,
    /// Wanted, and nobody is signed in, or the sign-in was refused: the reason says which. It does not retry.
    SignedOut {
        /// What the gateway said, where it said something.
        reason: Option<String>,
    },
    /// An attempt is under way.
    Connecting,
    /// Connected; the first snapshot is on its way.
    Loading {
        /// Connections received so far.
        received: u32,
    },
    /// Data is live.
    Live {
        /// Round-trip time of the last heartbeat, in milliseconds; absent before the first.
        rtt_ms: Option<u32>,
    },
    /// Lost; the data on the screen is as of `since`.
    Waiting {
        /// When the link was lost, or first could not be made.
        since: Timestamp,
        /// When the next attempt begins.
        retry_at: Timestamp,
        /// How many attempts have failed.
        attempt: u32,
        /// Why the last one failed.
        reason: String,
    },
}

/// What the rail and the status bar show of a gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Users online.
    pub online_users: u32,
    /// Connections open.
    pub connections: u32,
    /// Rooms with somebody in them.
    pub rooms: u32,
    /// Events dropped over a limit in the last minute.
    #[ts(type = "number")]
    pub limit_hits: u64,
    /// Alerts open.
    pub alerts: u32,
    /// Nodes.
    pub nodes: u32,
    /// The feed's position.
    #[ts(type = "number")]
    pub seq: u64,
    /// Entries that did not reach the console since the link was opened.
    #[ts(type = "number")]
    pub dropped: u64,
}

/// The gateway that this machine runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LocalGateway {
    /// The program is not beside the console: why.
    Missing {
        /// Where it was looked for.
        reason: String,
    },
    /// Not running.
    Stopped {
        /// How the last run ended, where it did not end on request.
        reason: Option<String>,
    },
    /// Started; not ready yet.
    Starting,
    /// Accepting connections.
    Running {
        /// Its address, `127.0.0.1:3000`.
        address: String,
        /// Its process id.
        pid: u32,
    },
    /// Crashed; it will be started again.
    Restarting {
        /// How it ended.
        reason: String,
        /// When it is started again.
        at: Timestamp,
    },
}

/// Where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Keychain {
    /// In the system's keychain.
    Ready,
    /// Nowhere but in memory, until the console ends.
    Missing {
        /// Why, and what to do.
        reason: String,
    },
}

/// How the console looks and behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Preferences {
    /// Light, dark, or as the system is.
    pub theme: Theme,
    /// A BCP 47 tag: `en` or `zh-CN`.
    pub language: Language,
    /// Show native notifications.
    pub notifications: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: Theme::System, language: Language::System, notifications: true }
    }
}

/// The colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// As the system is.
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// What the people table shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// One row a user, or one a connection.
    pub rows: PeopleRows,
    /// Words that must all occur in the name, id, address, client, a namespace or a room; any case.
    pub filter: String,
    /// By which column.
    pub sort: PeopleSort,
    /// In which direction.
    pub direction: Direction,
    /// First row of the window.
    pub start: u32,
    /// Rows in the window, at most 500.
    pub count: u32,
    /// Whether rows may move: frozen while the pointer or the focus is in the table.
    pub order: Order,
}

/// What a row of the people table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PeopleRows {
    /// A user with all connections.
    Users,
    /// One connection.
    Connections,
}

/// Columns to sort by; ties by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PeopleSort {
    /// Name, any case.
    Name,
    /// Id: numbers before texts.
    Id,
    /// Address.
    Address,
    /// Time online.
    Online,
    /// Time without an event.
    Idle,
    /// Limit hits.
    Hits,
}

/// A sort direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Whether rows may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// Rows appear, move and vanish as they must.
    Live,
    /// Rows stay where they are: cells change, who goes is marked as gone, who comes is counted in `waiting`.
    Frozen,
}

/// The people table, at most 10 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeopleUpdate {
    /// Rows there are.
    pub total: u32,
    /// Rows that the filter lets through, the frozen ones included.
    pub matching: u32,
    /// Rows that wait for the order to be live again.
    pub waiting: u32,
    /// First row of the window that follows.
    pub start: u32,
    /// The whole window; `null` where it only changed in the rows of `changed`.
    pub window: Option<Vec<PersonRow>>,
    /// Rows of the window that changed in place.
    pub changed: Vec<ChangedRow>,
}

/// A row that changed in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangedRow {
    /// Its index in the whole table.
    pub index: u32,
    /// What it is now.
    pub row: PersonRow,
}

/// A user or a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    /// Unique in the table and stable: the user's id as text, or the connection's id.
    pub key: String,
    /// Who.
    pub user: User,
    /// An operator.
    pub operator: bool,
    /// Namespaces joined.
    pub namespaces: Vec<Namespace>,
    /// Rooms joined, without repetition, at most 20 of them.
    pub rooms: Vec<RoomName>,
    /// The address, of the latest connection.
    pub address: String,
    /// The client, in words (`Firefox · Linux`), of the latest connection; empty where it does not say.
    pub client: String,
    /// Connections open.
    pub connections: u32,
    /// When the first of them was opened.
    pub online_at: Timestamp,
    /// Since when it has sent nothing; `null` while it is active.
    pub idle_since: Option<Timestamp>,
    /// Events dropped over a limit in the last hour.
    #[ts(type = "number")]
    pub hits: u64,
    /// It has left since the order was frozen.
    pub gone: bool,
}

/// Whom the inspector shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// Who.
    pub user: UserId,
}

/// The inspector, at most 4 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PersonUpdate {
    /// Who; `null` where nobody of that id has been seen.
    pub user: Option<User>,
    /// The open connections; none where the user is offline.
    pub connections: Vec<Connection>,
    /// Events dropped over a limit in the last hour.
    #[ts(type = "number")]
    pub hits: u64,
    /// What this user did, latest first, at most 50, as far back as the console has watched.
    pub recent: Vec<Notable>,
}

/// Something worth a line: what it is, for the page to put into words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Notable {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: NotableWhat,
}

/// The kinds of notable events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NotableWhat {
    /// A user came online.
    Online {
        /// Who.
        user: User,
    },
    /// A user went offline.
    Offline {
        /// Who.
        user: User,
    },
    /// A connection was opened.
    Connected {
        /// Whose.
        user: User,
        /// From where.
        address: String,
    },
    /// A connection ended.
    Disconnected {
        /// Whose.
        user: User,
        /// Why.
        reason: String,
    },
    /// A room was entered.
    RoomJoined {
        /// Who.
        user: User,
        /// Which.
        room: RoomName,
    },
    /// A room was left.
    RoomLeft {
        /// Who.
        user: User,
        /// Which.
        room: RoomName,
    },
    /// A limit was hit.
    Limit {
        /// Who, which event, how often.
        episode: LimitEpisode,
    },
    /// A notification was sent.
    Notified {
        /// What, to whom.
        notification: Notification,
    },
    /// A warning or an error was reported.
    Alert {
        /// It.
        alert: Alert,
    },
    /// Users were disconnected on purpose.
    Kicked {
        /// By whom; `null` where the gateway acted by itself.
        by: Option<String>,
        /// Why.
        reason: String,
        /// How many users.
        users: u32,
        /// At most 20 of them.
        sample: Vec<User>,
    },
    /// The gateway was lost or came back.
    Link {
        /// True: it came back.
        up: bool,
        /// Why, or what it cost.
        detail: String,
    },
}

/// What the limits tail shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitsQuery {
    /// Which gateway.
    pub profile: ProfileId,
    /// Words that must all occur in the user's name or id, the event, the room or the address; any case.
    pub filter: String,
    /// Whether new rows are sent.
    pub flow: Flow,
}

/// Whether a tail moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Flow {
    /// New rows are sent as they come.
    Following,
    /// The rows stay; new ones are kept, up to the bound, and counted in `waiting`.
    Paused,
}

/// The limits tail, at most 20 updates a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitsUpdate {
    /// The rows begin anew with `rows` (another filter, a new link); otherwise they are appended.
    pub reset: bool,
    /// New rows, oldest first. The page keeps the latest 5000.
    pub rows: Vec<LimitRow>,
    /// Matching rows that wait for the tail to go on.
    pub waiting: u32,
    /// Rows that fell out of the bounded buffer unseen.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Drops in the last minute, whatever the filter.
    #[ts(type = "number")]
    pub per_minute: u64,
    /// Most drops in the last 10 minutes, at most 10; `null` where they did not change.
    pub offenders: Option<Vec<Offender>>,
}

/// One report of drops: an episode's beginning, or an update of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitRow {
    /// Unique in the tail, growing.
    #[ts(type = "number")]
    pub key: u64,
    /// When.
    pub at: Timestamp,
    /// On which node.
    pub node: String,
    /// The episode as it stood then.
    pub episode: LimitEpisode,
    /// Drops since the row before of the same episode.
    #[ts(type = "number")]
    pub fresh: u64,
}

/// A user with many drops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Offender {
    /// Who.
    pub user: User,
    /// How many drops in the last 10 minutes.
    #[ts(type = "number")]
    pub hits: u64,
}

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
    /// Drops in the last minute.
    #[ts(type = "number")]
    pub limit_hits: u64,
    /// Drops in the minute before.
    #[ts(type = "number")]
    pub limit_hits_before: u64,
    /// Failed events in the last minute.
    #[ts(type = "number")]
    pub errors: u64,
    /// Failed events in the last hour.
    #[ts(type = "number")]
    pub errors_hour: u64,
    /// 99th percentile of the handling time, in microseconds; `null` before the first event.
    pub handling_p99_us: Option<u32>,
    /// The nodes, measured.
    pub nodes: Vec<Node>,
    /// The last hour by minute, oldest first, the running minute last; `null` where it did not change.
    pub history: Option<Vec<Minute>>,
    /// Open alerts, latest first; `null` where they did not change.
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
