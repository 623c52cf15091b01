//! What the console's page and its core say to each other.
//!
//! Two ways only. The page **calls** ([`Call`], one answer each), and it **opens views** ([`ViewQuery`]), each of which
//! is sent [`ViewUpdate`]s on a channel of its own until it is closed. The page never holds a secret for longer than a
//! form does, and never owns the rows: a view has a window, and the page gets that window and the totals.
//!
//! The TypeScript is generated from this folder (`cargo xtask codegen`).

mod call;
mod desktop;
mod export;
mod failure;
mod filter;
mod limits;
mod local;
mod notable;
mod overview;
mod people;
mod preferences;
mod profile;
mod reason;
mod records;
mod rooms;
mod status;
mod tail;
mod trace;
mod view;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use call::{
    AddGateway, Ask, Call, ChangeView, OfProfile, Reached, Readiness, SentArgs, SignIn, SignInWithToken, SignedIn,
    StartLocal,
};
pub use desktop::{Departure, DesktopUpdate, Leave, Subject, Wish};
pub use export::{
    AlertsColumn, AuditColumn, BansColumn, ExportFormat, ExportQuery, ExportTable, ExportUpdate, LimitsColumn,
    PeopleColumn, RoomsColumn, TraceColumn, WhichAlerts,
};
pub use failure::{Failure, FailureCode};
pub use filter::{
    CompleteFilter, Completion, CompletionKind, Completions, FilterFault, FilterKey, FilterProblem, FilterReading,
    MatchPeople, MatchingPeople,
};
pub use limits::{LimitRow, LimitedEvent, LimitsQuery, LimitsUpdate, Offender};
pub use local::{LocalLogUpdate, LogLine, Severity};
pub use notable::{Notable, NotableWhat, Recovery};
pub use overview::{NotificationsUpdate, OverviewQuery, OverviewUpdate};
pub use people::{
    ChangedRow, Direction, Order, PeopleQuery, PeopleRows, PeopleSort, PeopleUpdate, PersonConnection, PersonQuery,
    PersonRow, PersonUpdate,
};
pub use preferences::{
    Language, LocalRules, NoTimeOfDay, NoZoom, NoticeRules, OnClose, Preferences, QuietHours, TableLook, TableLooks,
    Theme, Threshold, TimeOfDay, Zoom,
};
pub use profile::{EditProfile, ImportProfiles, Imported};
pub use reason::Reason;
pub use records::RecordsUpdate;
pub use rooms::{RoomLine, RoomMemberLine, RoomQuery, RoomUpdate, RoomsQuery, RoomsSort, RoomsUpdate};
pub use status::{Figures, Gateway, Keychain, LinkState, LocalGateway, Operator, Status};
pub use tail::{Flow, Scope, TailGap};
pub use trace::{TraceQuery, TraceRow, TraceStanding, TraceUpdate};
pub use view::{ViewQuery, ViewUpdate};

/// A saved gateway: a random id that never changes, whatever the profile is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct ProfileId(pub String);

/// The page's own number for a view that it has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct ViewId(pub u32);
