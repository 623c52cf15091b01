//! What the benchmarks in `benches/` measure: the pure middle of a watch, without a link and without a page.
//!
//! Nothing else may use it, and it adds nothing of its own: each function is what a watch does at that moment.

use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Entry, Snapshot};
use signalbox_protocol::ipc::{CompleteFilter, Completions, LimitsQuery, LimitsUpdate, PeopleQuery, PeopleUpdate};

use crate::view::{LimitsView, PeopleView, Table, complete};
use crate::watch;

/// All that is known of a gateway: `fleet` and `tail`.
#[derive(Default)]
pub struct Scene(watch::Scene);

/// An open people view, and its table.
pub struct People {
    table: Table,
    view: PeopleView,
}

/// An open view of the limits tail.
pub struct Limits(LimitsView);

impl Scene {
    /// Takes a page of a snapshot.
    pub fn snapshot(&mut self, page: Snapshot, now: Timestamp) {
        self.0.snapshot(page, now);
    }

    /// Takes entries of the feed.
    pub fn entries(&mut self, entries: Vec<Entry>) {
        let now = entries.last().map_or(Timestamp(0), |entry| entry.at);
        self.0.entries(entries, 0, now);
    }
}

impl People {
    /// Opens a view; from now on the scene notes what changes.
    pub fn open(query: PeopleQuery, scene: &mut Scene, now: Timestamp) -> Self {
        scene.0.fleet.follow_changes();
        // The table begins with all there is, so that what has changed before is no news.
        scene.0.fleet.take_changes();
        let table = Table::of(query.rows, &scene.0.fleet);
        let view = PeopleView::new(query, &table, now);
        Self { table, view }
    }

    /// Shows something else.
    pub fn change(&mut self, query: PeopleQuery, now: Timestamp) {
        self.view.change(query, &self.table, now);
    }

    /// What can be typed next.
    pub fn complete(&self, asked: &CompleteFilter, scene: &Scene) -> Completions {
        complete(asked, &self.table, &scene.0.fleet)
    }

    /// Takes what has changed since the last time, and tells the page of it.
    pub fn update(&mut self, scene: &mut Scene, now: Timestamp) -> Option<PeopleUpdate> {
        let changes = scene.0.fleet.take_changes();
        if !changes.is_empty() {
            let touched = self.table.absorb(&changes, &scene.0.fleet);
            self.view.absorb(&self.table, &touched, &changes);
        }
        self.view.render(&self.table, &scene.0.fleet, now)
    }
}

impl Limits {
    /// Opens a view.
    pub fn open(query: LimitsQuery) -> Self {
        Self(LimitsView::new(query))
    }

    /// Tells the page what is new.
    pub fn update(&mut self, scene: &mut Scene, now: Timestamp) -> Option<LimitsUpdate> {
        self.0.render(&mut scene.0.limits, now)
    }
}
