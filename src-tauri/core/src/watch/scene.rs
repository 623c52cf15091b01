//! All that the console knows of one gateway. Pure: signals and the time go in, views read.

use std::collections::BTreeMap;

use signalbox_protocol::admin::Stats;
use signalbox_protocol::feed::{Alert, Entry, Happening, Hits, Node, Snapshot};
use signalbox_protocol::ipc::{Figures, Recovery, TraceStanding};
use signalbox_protocol::{Epoch, NodeId, Seq, Timestamp};

use super::clock::Clock;
use super::heard::Heard;
use crate::fleet::{Fleet, USERS_WITH_HITS};
use crate::tail::{ALERTS, Journal, LimitTail, Move, Pulse, Source, TraceTail, Traffic};

/// Processes of one gateway; more than these are a mistake.
const NODES: usize = 256;

/// A gateway as it is known.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    /// Who is where.
    pub(crate) fleet: Fleet,
    /// Limit hits.
    pub(crate) limits: LimitTail,
    /// Notable events, notifications, alerts.
    pub(crate) journal: Journal,
    /// Counters.
    pub(crate) pulse: Pulse,
    /// What is said in the rooms, while somebody looks at them.
    pub(crate) traffic: Traffic,
    /// The events that are traced, while somebody looks.
    pub(crate) trace: TraceTail,
    /// How their trace stands.
    pub(crate) tracing: TraceStanding,
    /// What time it is there. All that a scene is told of the present is by this clock.
    pub(crate) clock: Clock,
    /// The gateway's processes.
    pub(crate) nodes: BTreeMap<NodeId, Node>,
    epoch: Option<Epoch>,
    seq: Seq,
    missed: u64,
    /// What a snapshot has brought so far.
    hits: Vec<Hits>,
    alerts: Vec<Alert>,
    received: u32,
    heard: Heard,
    /// The link is another one than the latest entry came over.
    rejoined: bool,
}

/// How far a snapshot has come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Progress {
    /// So many connections, and more to come.
    Loading(u32),
    /// All is there.
    Complete {
        /// What was missed meanwhile follows as entries, or the snapshot replaced it.
        recovery: Recovery,
        /// Alerts that want somebody and of which no entry has told, latest first: they arose in the gap before it.
        arisen: Vec<Alert>,
    },
}

impl Scene {
    /// The scene of another gateway, of which nothing is known yet.
    pub(crate) fn of_another(&self) -> Self {
        Self { journal: self.journal.of_another(), ..Self::default() }
    }

    /// A link was opened: what is missed is counted from here.
    pub(crate) fn link_opened(&mut self) {
        self.missed = 0;
        self.clock = Clock::default();
        self.heard = Heard::default();
    }

    /// The link was lost: what happens from now on is not seen.
    pub(crate) fn link_lost(&mut self) {
        self.limits.look_away();
        self.trace.interrupt();
    }

    /// The gateway let us in: what it had counted before is of another time, or of another run.
    pub(crate) fn joined(&mut self) {
        self.pulse.reset();
        self.rejoined = true;
    }

    /// A page of a snapshot.
    pub(crate) fn snapshot(&mut self, mut page: Snapshot, now: Timestamp) -> Progress {
        if page.recovered {
            self.watch_on(now);
            return Progress::Complete { recovery: Recovery::Resumed, arisen: Vec::new() };
        }
        let restarted = self.epoch.as_ref().is_some_and(|epoch| *epoch != page.epoch);
        if page.page == 0 {
            self.begin(&page, restarted);
        }
        self.received += u32::try_from(page.connections.len()).unwrap_or(u32::MAX);
        self.fleet.snapshot_page(page.connections);
        let left_out = fill(&mut self.hits, page.hits, USERS_WITH_HITS) + fill(&mut self.alerts, page.alerts, ALERTS);
        self.miss(left_out);
        // A snapshot of one node: that of the first page.
        let node = self.nodes.keys().next().cloned().unwrap_or_else(|| NodeId::from(""));
        // They come by their beginning, and are shown by their last drop.
        page.episodes.sort_by_key(|episode| episode.last);
        for episode in &page.episodes {
            self.limits.observe(episode, &node, episode.last.min(now), Source::Snapshot);
        }
        if !page.last {
            return Progress::Loading(self.received);
        }
        self.fleet.finish_snapshot(&std::mem::take(&mut self.hits), now);
        let unheard = self.heard.compare(self.alerts.iter());
        self.journal.replace_alerts(std::mem::take(&mut self.alerts));
        let arisen = self.journal.loud(now).filter(|alert| unheard.contains(&alert.id)).cloned().collect();
        self.seq = page.seq;
        // What was changed in a gap is not known.
        self.limits.policy_changed();
        let recovery = if self.restarted(&page.epoch) { Recovery::Restarted } else { Recovery::Reread };
        self.watch_on(now);
        self.epoch = Some(page.epoch);
        Progress::Complete { recovery, arisen }
    }

    /// So many entries did not come, or could not be read.
    pub(crate) fn miss(&mut self, missed: u64) {
        if missed > 0 {
            self.missed = self.missed.saturating_add(missed);
            self.limits.miss(Some(missed));
            self.journal.missed();
        }
    }

    /// So much of an answer could not be read. It is counted, and nothing else: what is asked for because of it would be left
    /// out again.
    pub(crate) const fn leave_out(&mut self, left_out: u64) {
        self.missed = self.missed.saturating_add(left_out);
    }

    /// Entries after the snapshot; gives the alerts among them. Nothing that has happened is later than now.
    pub(crate) fn entries(&mut self, entries: Vec<Entry>, missed: u64, now: Timestamp) -> Vec<Alert> {
        self.miss(missed);
        let mut alerts = Vec::new();
        for mut entry in entries {
            entry.at = entry.at.min(now);
            self.seq = entry.seq;
            self.fleet.apply(&entry.what, entry.at);
            self.journal.note(&entry);
            match entry.what {
                Happening::LimitEpisode { episode } => {
                    let fresh = self.limits.observe(&episode, &entry.node, entry.at, Source::Entry);
                    self.fleet.hit(&episode.user.id, fresh, entry.at);
                }
                Happening::Trace { trace } => self.trace.observe(trace, &entry.node, entry.at),
                Happening::PolicyChanged { .. } => self.limits.policy_changed(),
                Happening::NodeStatus { status } => self.measure(status),
                Happening::ConnectionOpened { .. } => self.pulse.count(Move::Connect, entry.at),
                Happening::ConnectionClosed { .. } => self.pulse.count(Move::Disconnect, entry.at),
                Happening::Warning { alert } | Happening::Error { alert } | Happening::Anomaly { alert } => {
                    self.heard.hear(&alert);
                    if !alert.is_silenced(entry.at) {
                        alerts.push(alert);
                    }
                }
                _ => {}
            }
        }
        alerts
    }

    /// A heartbeat's figures.
    pub(crate) fn stats(&mut self, stats: Option<Stats>, now: Timestamp) {
        match stats {
            Some(stats) => self.pulse.take(stats, now),
            // What nobody can read is not known: figures of before would look like those of now.
            None => self.pulse.reset(),
        }
        self.fleet.expire(now);
    }

    /// Whether there is anything to show.
    pub(crate) const fn is_known(&self) -> bool {
        self.epoch.is_some()
    }

    /// What the frame shows; `None` before there is anything.
    pub(crate) fn figures(&self, now: Timestamp) -> Option<Figures> {
        self.epoch.as_ref()?;
        let counts = self.fleet.counts();
        Some(Figures {
            online_users: counts.online_users,
            connections: counts.connections,
            rooms: counts.rooms,
            limit_hits: self.limits.per_minute(now),
            alerts: u32::try_from(self.journal.loud(now).count()).unwrap_or(u32::MAX),
            nodes: u32::try_from(self.nodes.len()).unwrap_or(u32::MAX),
            seq: self.seq,
            dropped: self.missed,
            beyond: self.fleet.beyond(),
        })
    }

    /// The first snapshot of a link is there. What a gap hides in a feed that goes on, later updates of the episodes bring.
    const fn watch_on(&mut self, now: Timestamp) {
        if self.rejoined {
            self.rejoined = false;
            self.limits.watch_from(now);
        }
    }

    fn measure(&mut self, node: Node) {
        if self.nodes.len() < NODES || self.nodes.contains_key(&node.id) {
            self.nodes.insert(node.id.clone(), node);
        } else {
            self.miss(1);
        }
    }

    fn restarted(&self, epoch: &Epoch) -> bool {
        self.epoch.as_ref().is_some_and(|known| known != epoch)
    }

    fn begin(&mut self, page: &Snapshot, restarted: bool) {
        self.fleet.begin_snapshot(&page.epoch);
        self.received = 0;
        self.hits.clear();
        self.alerts.clear();
        if restarted {
            self.heard.forget_run();
            self.limits.forget_episodes();
            self.limits.miss(None);
        }
        self.nodes.clear();
        page.nodes.iter().cloned().for_each(|node| self.measure(node));
    }
}

/// Adds what comes, up to so many; gives how many have no place.
fn fill<T>(list: &mut Vec<T>, more: Vec<T>, most: usize) -> u64 {
    let (place, count) = (most.saturating_sub(list.len()), more.len());
    list.extend(more.into_iter().take(place));
    count.saturating_sub(place) as u64
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::feed::{Acknowledgement, LimitEpisode};

    use super::*;
    use crate::fleet::tests::connection;
    use crate::tail::alert;
    use crate::tail::episode;

    fn page(epoch: &str, page: u32, last: bool, connections: &[&str]) -> Snapshot {
        Snapshot {
            epoch: epoch.into(),
            seq: 10,
            recovered: false,
            page,
            last,
            nodes: Vec::new(),
            episodes: Vec::new(),
            alerts: Vec::new(),
            hits: Vec::new(),
            connections: connections.iter().enumerate().map(|(user, id)| connection(id, user as i64)).collect(),
        }
    }

    fn entry(seq: u64, what: Happening) -> Entry {
        Entry { epoch: "e1".into(), seq, at: Timestamp(0), node: "gw".into(), what }
    }

    #[test]
    fn rows_are_there_with_the_first_page_and_figures_with_the_last() {
        let mut scene = Scene::default();
        assert_eq!(scene.snapshot(page("e1", 0, false, &["a", "b"]), Timestamp(0)), Progress::Loading(2));
        assert_eq!(scene.fleet.counts().connections, 2);
        assert_eq!(scene.figures(Timestamp(0)), None);
        let done = scene.snapshot(page("e1", 1, true, &["c"]), Timestamp(0));
        assert_eq!(done, Progress::Complete { recovery: Recovery::Reread, arisen: Vec::new() });
        let figures = scene.figures(Timestamp(0)).unwrap();
        assert_eq!((figures.connections, figures.seq, figures.dropped), (3, 10, 0));
    }

    #[test]
    fn every_page_may_bring_episodes_and_alerts() {
        let mut scene = Scene::default();
        for (number, last) in [(0, false), (1, true)] {
            let page = page("e1", number, last, &[]);
            let (id, user) = (u64::from(number), i64::from(number));
            scene.snapshot(
                Snapshot { alerts: vec![alert(id)], episodes: vec![episode(id, user, 3)], ..page },
                Timestamp(0),
            );
        }
        assert_eq!(scene.journal.loud(Timestamp(0)).count(), 2);
        scene.snapshot(page("e1", 0, true, &[]), Timestamp(0));
        assert_eq!(scene.journal.loud(Timestamp(0)).count(), 0, "the next snapshot says which are open");
    }

    #[test]
    fn what_a_snapshot_without_end_brings_is_bounded_and_the_rest_is_counted() {
        let mut scene = Scene::default();
        for number in 0..3 {
            let hits = (0..USERS_WITH_HITS as i64).map(|user| Hits { user: user.into(), hits: 1 }).collect();
            let alerts = (0..ALERTS as u64).map(alert).collect();
            scene.snapshot(Snapshot { hits, alerts, ..page("e1", number, number == 2, &["a"]) }, Timestamp(0));
        }
        assert_eq!((scene.hits.capacity(), scene.alerts.capacity()), (0, 0), "nothing of it is held twice");
        let beyond = 2 * (USERS_WITH_HITS + ALERTS) as u64;
        assert_eq!(scene.figures(Timestamp(0)).unwrap().dropped, beyond);
    }

    #[test]
    fn all_open_alerts_are_counted_and_the_latest_are_listed() {
        let mut scene = Scene::default();
        let ann = || Acknowledgement { by: "ann".into(), at: Timestamp(1) };
        let taken_on = (1..=3).map(|id| Alert { acknowledged: Some(ann()), ..alert(id) });
        let alerts = taken_on.chain((4..=603).map(alert)).collect();
        scene.snapshot(Snapshot { alerts, ..page("e1", 0, true, &[]) }, Timestamp(0));
        scene.entries(vec![entry(11, Happening::Warning { alert: alert(604) })], 0, Timestamp(0));
        let update = crate::view::OverviewView::default().render(&scene, Timestamp(0)).unwrap();
        let listed: Vec<u64> = update.alerts.unwrap().iter().map(|alert| alert.id).collect();
        assert_eq!((update.loud_alerts, update.quiet_alerts), (601, 3));
        assert_eq!((listed.len(), listed[0], listed[199]), (200, 604, 405));
        assert_eq!(scene.figures(Timestamp(0)).unwrap().alerts, 601);
    }

    #[test]
    fn what_an_answer_leaves_out_is_counted_and_no_gap_of_the_feed() {
        let mut scene = Scene::default();
        scene.snapshot(page("e1", 0, true, &[]), Timestamp(0));
        let mut records = crate::view::RecordsView::default();
        assert!(records.render(&scene.journal).is_some());
        scene.leave_out(3);
        assert_eq!(scene.figures(Timestamp(0)).unwrap().dropped, 3);
        assert!(
            records.render(&scene.journal).is_none(),
            "a list that is read anew because of it would be left out again"
        );
        assert_eq!(scene.limits.gaps().beyond(&mut None, 9), []);
        scene.miss(1);
        assert!(records.render(&scene.journal).is_some());
    }

    #[test]
    fn the_episodes_of_a_snapshot_stand_by_their_last_drop() {
        let mut scene = Scene::default();
        let dropped = |id, last| LimitEpisode { last: Timestamp(last), ..episode(id, 7, 3) };
        let page =
            Snapshot { episodes: vec![dropped(1, 30), dropped(2, 10), dropped(3, 20)], ..page("e1", 0, true, &[]) };
        scene.snapshot(page, Timestamp(100));
        let shown: Vec<u64> = scene.limits.rows().since(0).map(|(_, row)| row.episode.id).collect();
        assert_eq!(shown, [2, 3, 1]);
    }

    #[test]
    fn an_alert_is_loud_until_it_is_taken_on_silenced_or_over() {
        let ann = || Acknowledgement { by: "ann".into(), at: Timestamp(1) };
        for (changed, now, later) in [
            (alert(1), 1, 1),
            (Alert { acknowledged: Some(ann()), ..alert(1) }, 0, 0),
            (Alert { silenced_until: Some(Timestamp(500)), ..alert(1) }, 0, 1),
            (Alert { cleared_at: Some(Timestamp(50)), ..alert(1) }, 0, 0),
        ] {
            let mut scene = Scene::default();
            scene.snapshot(page("e1", 0, true, &[]), Timestamp(0));
            scene.entries(vec![entry(11, Happening::Warning { alert: alert(1) })], 0, Timestamp(10));
            let mut overview = crate::view::OverviewView::default();
            let mut shown = overview.render(&scene, Timestamp(10)).unwrap().alerts.unwrap().len();
            assert_eq!(shown, 1);
            scene.entries(vec![entry(12, Happening::AlertChanged { alert: changed.clone() })], 0, Timestamp(100));
            for (at, loud) in [(100, now), (1_000, later)] {
                let at = Timestamp(at);
                assert_eq!(scene.figures(at).unwrap().alerts, loud, "{changed:?} at {at}");
                if let Some(alerts) = overview.render(&scene, at).and_then(|update| update.alerts) {
                    shown = alerts.len();
                }
                assert_eq!(shown, loud as usize, "{changed:?} at {at}");
            }
        }
    }

    /// The alerts that this snapshot says arose unheard.
    fn arisen(scene: &mut Scene, epoch: &str, open: Vec<Alert>) -> Vec<u64> {
        let page = Snapshot { alerts: open, ..page(epoch, 0, true, &[]) };
        match scene.snapshot(page, Timestamp(100)) {
            Progress::Complete { arisen, .. } => arisen.iter().map(|alert| alert.id).collect(),
            Progress::Loading(_) => panic!("it is one page"),
        }
    }

    #[test]
    fn what_arose_in_a_gap_and_wants_somebody_is_told_once_and_nothing_of_before() {
        let mut scene = Scene::default();
        let open = || vec![alert(1), alert(2)];
        assert_eq!(arisen(&mut scene, "e1", open()), [0; 0], "what was open at the sign-in is on the screen");
        scene.entries(vec![entry(11, Happening::Warning { alert: alert(3) })], 0, Timestamp(10));
        scene.link_lost();
        scene.joined();
        let ann = Acknowledgement { by: "ann".into(), at: Timestamp(50) };
        let after = || {
            let quiet = Alert { silenced_until: Some(Timestamp(500)), ..alert(5) };
            let taken_on = Alert { acknowledged: Some(ann.clone()), ..alert(6) };
            vec![alert(1), alert(3), alert(4), quiet, taken_on, alert(7)]
        };
        assert_eq!(arisen(&mut scene, "e1", after()), [7, 4]);
        assert_eq!(arisen(&mut scene, "e1", after()), [0; 0], "once");
        assert_eq!(arisen(&mut scene, "e2", vec![alert(1), alert(8)]), [8, 1], "another run has numbers of its own");
        scene.link_opened();
        assert_eq!(arisen(&mut scene, "e2", vec![alert(1), alert(9)]), [0; 0], "whoever opens a link looks at it");
    }

    #[test]
    fn a_restart_of_the_gateway_is_noticed_by_its_epoch() {
        let mut scene = Scene::default();
        scene.snapshot(page("e1", 0, true, &["a"]), Timestamp(0));
        scene.entries(vec![entry(11, Happening::LimitEpisode { episode: episode(1, 0, 3) })], 2, Timestamp(0));
        assert_eq!((scene.fleet.hits(&0.into()), scene.figures(Timestamp(0)).unwrap().dropped), (3, 2));
        let done = scene.snapshot(page("e2", 0, true, &["b"]), Timestamp(0));
        assert_eq!(done, Progress::Complete { recovery: Recovery::Restarted, arisen: Vec::new() });
        assert_eq!((scene.fleet.counts().connections, scene.fleet.hits(&0.into())), (1, 0));
        assert_eq!(scene.figures(Timestamp(0)).unwrap().dropped, 2, "a gap is not forgotten");
        scene.link_opened();
        assert_eq!(scene.figures(Timestamp(0)).unwrap().dropped, 0);
    }

    #[test]
    fn an_entry_from_the_future_is_one_of_now_and_stops_no_counter() {
        let mut scene = Scene::default();
        scene.snapshot(page("e1", 0, true, &["a"]), Timestamp(0));
        let hit = |seq, at, dropped| Entry {
            at: Timestamp(at),
            ..entry(seq, Happening::LimitEpisode { episode: episode(1, 0, dropped) })
        };
        scene.entries(vec![hit(11, i64::from(i32::MAX) * 1_000, 3)], 0, Timestamp(5_000));
        assert_eq!(scene.limits.per_minute(Timestamp(5_000)), Some(3));
        scene.entries(vec![hit(12, 100_000, 5)], 0, Timestamp(100_000));
        assert_eq!(scene.limits.per_minute(Timestamp(100_000)), Some(2));
    }
}
