//! What a page can have open, and what it is sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    DesktopUpdate, ExportQuery, ExportUpdate, LimitsQuery, LimitsUpdate, LocalLogUpdate, NotificationsUpdate,
    OverviewQuery, OverviewUpdate, PeopleQuery, PeopleUpdate, PersonQuery, PersonUpdate, RecordsUpdate, RoomQuery,
    RoomUpdate, RoomsQuery, RoomsUpdate, Status, TraceQuery, TraceUpdate,
};

/// What a view is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum ViewQuery {
    /// What the frame of the window needs at all times.
    Status,
    /// What the desktop around the window asks of the page.
    Desktop,
    /// What the gateway on this machine says.
    LocalLog,
    /// The table of users or connections.
    People(PeopleQuery),
    /// One user or connection, for the inspector.
    Person(PersonQuery),
    /// The table of rooms.
    Rooms(RoomsQuery),
    /// One room and who is in it, for the inspector.
    Room(RoomQuery),
    /// The tail of limit hits.
    Limits(LimitsQuery),
    /// Single events, while somebody looks.
    Trace(TraceQuery),
    /// Figures, charts, alerts, notable events.
    Overview(OverviewQuery),
    /// Notifications sent, latest first.
    Notifications(OverviewQuery),
    /// How often the lists have changed that the gateway keeps.
    Records(OverviewQuery),
    /// A table on its way into a file, from the opening of the view to its end.
    Export(ExportQuery),
}

/// What a view shows. Each update replaces what it names; what it leaves out (`null`) stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum ViewUpdate {
    /// See [`ViewQuery::Status`].
    Status(Status),
    /// See [`ViewQuery::Desktop`].
    Desktop(DesktopUpdate),
    /// See [`ViewQuery::LocalLog`].
    LocalLog(LocalLogUpdate),
    /// See [`ViewQuery::People`].
    People(PeopleUpdate),
    /// See [`ViewQuery::Person`].
    Person(PersonUpdate),
    /// See [`ViewQuery::Rooms`].
    Rooms(RoomsUpdate),
    /// See [`ViewQuery::Room`].
    Room(RoomUpdate),
    /// See [`ViewQuery::Limits`].
    Limits(LimitsUpdate),
    /// See [`ViewQuery::Trace`].
    Trace(TraceUpdate),
    /// See [`ViewQuery::Overview`].
    Overview(OverviewUpdate),
    /// See [`ViewQuery::Notifications`].
    Notifications(NotificationsUpdate),
    /// See [`ViewQuery::Records`].
    Records(RecordsUpdate),
    /// See [`ViewQuery::Export`].
    Export(ExportUpdate),
}
