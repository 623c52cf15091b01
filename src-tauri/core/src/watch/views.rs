//! The open views of one gateway: when each renders, and the tables that they share.

use std::collections::HashMap;
use std::time::Duration;

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::TraceArgs;
use signalbox_protocol::ipc::{
    CompleteFilter, Completions, MatchPeople, MatchingPeople, PeopleRows, ViewId, ViewQuery, ViewUpdate,
};
use tokio::time::Instant;

use super::{Scene, Sink};
use crate::view::{
    LimitsView, NotNamed, NotificationsView, OverviewView, PeopleView, PersonView, RecordsView, RoomView, RoomsView,
    Table, TraceView, complete, matching,
};

/// The open views.
#[derive(Default)]
pub(super) struct Views {
    open: HashMap<ViewId, Open>,
    tables: Vec<Table>,
}

struct Open {
    view: View,
    query: ViewQuery,
    sink: Sink,
    /// When it may render again.
    due: Instant,
    /// Something has happened since it has rendered.
    stirred: bool,
}

enum View {
    People(Box<PeopleView>),
    Person(Box<PersonView>),
    Rooms(Box<RoomsView>),
    Room(Box<RoomView>),
    Limits(Box<LimitsView>),
    Trace(Box<TraceView>),
    Overview(Box<OverviewView>),
    Notifications(NotificationsView),
    Records(RecordsView),
}

impl View {
    /// The least time between two updates.
    const fn pace(&self) -> Duration {
        match self {
            Self::People(_) | Self::Limits(_) | Self::Trace(_) => Duration::from_millis(100),
            Self::Person(_) | Self::Rooms(_) | Self::Notifications(_) | Self::Records(_) => Duration::from_millis(250),
            Self::Room(_) => Duration::from_millis(500),
            Self::Overview(_) => Duration::from_secs(1),
        }
    }
}

impl Views {
    /// Whether nobody looks.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether somebody looks at rooms.
    pub(super) fn show_rooms(&self) -> bool {
        self.open.values().any(|open| matches!(open.view, View::Rooms(_) | View::Room(_)))
    }

    /// Which events somebody wants to see: a subscription has one trace, and the view that was opened last has it.
    pub(super) fn traced(&self) -> Option<TraceArgs> {
        let traces = self.open.iter().filter_map(|(id, open)| match &open.view {
            View::Trace(view) => Some((id.0, view)),
            _ => None,
        });
        traces.max_by_key(|(id, _)| *id).map(|(_, view)| view.wanted())
    }

    /// Opens a view, and shows it at once.
    pub(super) fn open(&mut self, id: ViewId, query: ViewQuery, sink: Sink, scene: &mut Scene) {
        self.open.remove(&id);
        let view = match query.clone() {
            ViewQuery::People(query) => {
                let table = self.table(query.rows, scene);
                View::People(Box::new(PeopleView::new(query, table, scene.clock.there(Timestamp::now()))))
            }
            ViewQuery::Person(query) => View::Person(Box::new(PersonView::new(query))),
            ViewQuery::Rooms(query) => View::Rooms(Box::new(RoomsView::new(query))),
            ViewQuery::Room(query) => View::Room(Box::new(RoomView::new(query))),
            ViewQuery::Limits(query) => View::Limits(Box::new(LimitsView::new(query))),
            ViewQuery::Trace(query) => View::Trace(Box::new(TraceView::new(query))),
            ViewQuery::Overview(_) => View::Overview(Box::default()),
            ViewQuery::Notifications(_) => View::Notifications(NotificationsView::default()),
            ViewQuery::Records(_) => View::Records(RecordsView::default()),
            // The frame is of all gateways, and not ours.
            ViewQuery::Status | ViewQuery::Desktop | ViewQuery::LocalLog | ViewQuery::Export(_) => {
                return self.tidy(scene);
            }
        };
        self.open.insert(id, Open { view, query, sink, due: Instant::now(), stirred: false });
        self.tidy(scene);
        self.show(id, scene);
    }

    /// Shows something else in a view, at once. A query of another kind replaces the view.
    pub(super) fn change(&mut self, id: ViewId, query: ViewQuery, scene: &mut Scene) {
        if !self.open.contains_key(&id) {
            return;
        }
        if let ViewQuery::People(query) = &query {
            self.table(query.rows, scene);
        }
        let Some(open) = self.open.get_mut(&id) else { return };
        open.query = query.clone();
        match (&mut open.view, query) {
            (View::People(view), ViewQuery::People(query)) => {
                if let Some(table) = self.tables.iter().find(|table| table.kind() == query.rows) {
                    view.change(query, table, scene.clock.there(Timestamp::now()));
                }
            }
            (View::Person(view), ViewQuery::Person(query)) => view.change(query),
            (View::Rooms(view), ViewQuery::Rooms(query)) => view.change(query),
            (View::Room(view), ViewQuery::Room(query)) => view.change(query),
            (View::Limits(view), ViewQuery::Limits(query)) => view.change(query),
            (View::Trace(view), ViewQuery::Trace(query)) => view.change(query),
            (View::Overview(_), ViewQuery::Overview(_))
            | (View::Notifications(_), ViewQuery::Notifications(_))
            | (View::Records(_), ViewQuery::Records(_)) => {}
            (_, query) => {
                let sink = open.sink.clone();
                return self.open(id, query, sink, scene);
            }
        }
        self.tidy(scene);
        self.show(id, scene);
    }

    /// The scene is another one: every view begins with it.
    pub(super) fn begin_anew(&mut self, scene: &mut Scene) {
        self.tables.clear();
        for (id, Open { query, sink, .. }) in std::mem::take(&mut self.open) {
            self.open(id, query, sink, scene);
        }
    }

    /// Ends a view.
    pub(super) fn close(&mut self, id: ViewId, scene: &mut Scene) {
        self.open.remove(&id);
        self.tidy(scene);
    }

    /// What can be typed next in a filter of a table.
    pub(super) fn complete(&mut self, asked: &CompleteFilter, scene: &mut Scene) -> Completions {
        let table = self.table(asked.rows, scene);
        let completions = complete(asked, table, &scene.fleet);
        self.tidy(scene);
        completions
    }

    /// Whom a filter lets through at this moment.
    pub(super) fn matching(&mut self, asked: &MatchPeople, scene: &mut Scene) -> Result<MatchingPeople, NotNamed> {
        self.absorb(scene);
        let table = self.table(asked.rows, scene);
        let found = matching(asked, table, &scene.fleet, scene.clock.there(Timestamp::now()));
        self.tidy(scene);
        found
    }

    /// Something has happened that any view may show.
    pub(super) fn stir(&mut self) {
        self.open.values_mut().for_each(|open| open.stirred = true);
    }

    /// When the next view is to look whether it has something to show; `None` while nothing has happened.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.values().filter(|open| open.stirred).map(|open| open.due).min()
    }

    /// Lets every view render that is due.
    pub(super) fn show_due(&mut self, scene: &mut Scene) {
        let now = Instant::now();
        let is_due = |open: &Open| open.stirred && open.due <= now;
        let due: Vec<ViewId> = self.open.iter().filter(|(_, open)| is_due(open)).map(|(id, _)| *id).collect();
        if due.iter().any(|id| self.is_people(*id)) {
            self.absorb(scene);
        }
        for id in due {
            self.show(id, scene);
        }
    }

    fn is_people(&self, id: ViewId) -> bool {
        matches!(self.open.get(&id), Some(Open { view: View::People(_), .. }))
    }

    fn show(&mut self, id: ViewId, scene: &mut Scene) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let now = scene.clock.there(Timestamp::now());
        let update = match &mut open.view {
            View::People(view) => {
                let table = self.tables.iter().find(|table| table.kind() == view.query().rows);
                table.and_then(|table| view.render(table, &scene.fleet, now)).map(ViewUpdate::People)
            }
            View::Person(view) => view.render(&scene.fleet, &scene.journal).map(ViewUpdate::Person),
            View::Rooms(view) => view.render(&scene.fleet, &scene.traffic).map(ViewUpdate::Rooms),
            View::Room(view) => view.render(&scene.fleet, &scene.traffic).map(ViewUpdate::Room),
            View::Limits(view) => view.render(&mut scene.limits, now).map(ViewUpdate::Limits),
            View::Trace(view) => view.render(&scene.trace, &scene.tracing).map(ViewUpdate::Trace),
            View::Overview(view) => view.render(scene, now).map(ViewUpdate::Overview),
            View::Notifications(view) => view.render(scene).map(ViewUpdate::Notifications),
            View::Records(view) => view.render(&scene.journal).map(ViewUpdate::Records),
        };
        (open.due, open.stirred) = (Instant::now() + open.view.pace(), false);
        if let Some(update) = update {
            (open.sink)(update);
        }
    }

    /// The table of this kind, which is up to date as of the last [`Views::absorb`].
    fn table(&mut self, kind: PeopleRows, scene: &mut Scene) -> &Table {
        let found = self.tables.iter().position(|table| table.kind() == kind);
        let index = found.unwrap_or_else(|| {
            // What has changed so far belongs to the tables that are there; the new one begins with all of it.
            scene.fleet.follow_changes();
            self.absorb(scene);
            self.tables.push(Table::of(kind, &scene.fleet));
            self.tables.len() - 1
        });
        &self.tables[index]
    }

    fn absorb(&mut self, scene: &mut Scene) {
        let changes = scene.fleet.take_changes();
        if changes.is_empty() {
            return;
        }
        for table in &mut self.tables {
            let touched = table.absorb(&changes, &scene.fleet);
            for open in self.open.values_mut() {
                if let View::People(view) = &mut open.view
                    && view.query().rows == table.kind()
                {
                    view.absorb(table, &touched, &changes);
                }
            }
        }
    }

    /// Lets go of tables that no view shows: with 100 000 rows they are too large to keep.
    fn tidy(&mut self, scene: &mut Scene) {
        let shown = |kind: PeopleRows| {
            self.open.values().any(|open| matches!(&open.view, View::People(view) if view.query().rows == kind))
        };
        let kinds: Vec<PeopleRows> = self.tables.iter().map(Table::kind).filter(|kind| shown(*kind)).collect();
        self.tables.retain(|table| kinds.contains(&table.kind()));
        if self.tables.is_empty() {
            scene.fleet.ignore_changes();
        }
    }
}
