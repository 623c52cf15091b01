//! Limit hits as they come, how many there are a minute, and who has the most.

use std::collections::{HashMap, VecDeque};

use signalbox_protocol::feed::{LimitEpisode, User};
use signalbox_protocol::ipc::{LimitRow, LimitedEvent, Offender};
use signalbox_protocol::{Namespace, NodeId, Timestamp, UserId};

use super::Ring;
use super::gaps::Gaps;

/// As many rows as the page keeps.
pub(crate) const ROWS: usize = 5_000;
const OFFENDERS: usize = 10;
const BUCKET_MS: i64 = 10_000;
const WINDOW_MS: i64 = 10 * 60_000;
/// Users that are counted in one bucket; a flood of more names than this is no list that anybody reads.
const USERS: usize = 10_000;
/// Open episodes that are told apart from new ones; the drops of more than these are counted anew with each update.
const OPEN: usize = 100_000;

/// The tail of limit hits.
#[derive(Debug)]
pub(crate) struct LimitTail {
    rows: Ring<LimitRow>,
    gaps: Gaps,
    /// How many drops of each open episode have been seen.
    seen: HashMap<u64, u64>,
    seconds: VecDeque<(i64, u64)>,
    buckets: VecDeque<Bucket>,
    /// Since when no drop was missed; `None` before that is so.
    watched_since: Option<Timestamp>,
    /// Grows whenever the offenders may have changed.
    version: u64,
    policy_changes: u64,
}

#[derive(Debug)]
struct Bucket {
    start: i64,
    users: HashMap<UserId, (User, u64)>,
    /// By namespace and event. Their names are the gateway's own: unknown events are one.
    events: HashMap<(Namespace, String), u64>,
}

/// Whether the drops of an episode happened while we watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// An entry of the feed: its new drops are of now.
    Entry,
    /// A snapshot: nobody knows when its drops were.
    Snapshot,
}

impl Default for LimitTail {
    fn default() -> Self {
        Self {
            rows: Ring::new(ROWS),
            gaps: Gaps::default(),
            seen: HashMap::new(),
            seconds: VecDeque::new(),
            watched_since: None,
            buckets: VecDeque::new(),
            version: 0,
            policy_changes: 0,
        }
    }
}

impl LimitTail {
    /// Takes an episode as it stands now, and gives how many of its drops are new.
    pub(crate) fn observe(&mut self, episode: &LimitEpisode, node: &NodeId, at: Timestamp, source: Source) -> u64 {
        let seen = self.seen.get(&episode.id).copied();
        let fresh = episode.dropped.saturating_sub(seen.unwrap_or(0));
        if episode.ended {
            self.seen.remove(&episode.id);
        } else if self.seen.len() < OPEN || seen.is_some() {
            self.seen.insert(episode.id, episode.dropped);
        }
        let known = seen == Some(episode.dropped) && !episode.ended;
        if !known {
            let key = self.rows.end();
            let (episode, node) = (episode.clone(), node.to_string());
            self.rows.push(LimitRow { key, at, node, episode, fresh });
            self.gaps.forget(self.rows.first());
        }
        // A part of the drops of an episode that was known before is of the time that we missed, and counts as of now.
        if fresh > 0 && (source == Source::Entry || seen.is_some()) {
            self.count(episode, fresh, at);
        }
        fresh
    }

    /// Another run of the gateway: its episodes have nothing to do with the ones before.
    pub(crate) fn forget_episodes(&mut self) {
        self.seen.clear();
    }

    /// So many entries of the feed did not come, and drops may have been among them.
    pub(crate) fn miss(&mut self, missing: Option<u64>) {
        self.gaps.note(self.rows.end(), missing);
    }

    /// Where rows may be missing.
    pub(crate) const fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// The rows.
    pub(crate) const fn rows(&self) -> &Ring<LimitRow> {
        &self.rows
    }

    /// From now on every drop is told. What was before, nobody knows.
    pub(crate) const fn watch_from(&mut self, now: Timestamp) {
        self.watched_since = Some(now);
    }

    /// Nobody is told of drops any more.
    pub(crate) const fn look_away(&mut self) {
        self.watched_since = None;
    }

    /// Since when no drop was missed; `None` while nobody is told.
    pub(crate) const fn watched_since(&self) -> Option<Timestamp> {
        self.watched_since
    }

    /// Drops in the last minute. That there was none is only said of a minute that was watched.
    pub(crate) fn per_minute(&self, now: Timestamp) -> Option<u64> {
        let drops = self.between(now, 0, 60);
        (drops > 0 || self.has_watched(now, 60)).then_some(drops)
    }

    /// Drops in the minute before that, where it was watched.
    pub(crate) fn per_minute_before(&self, now: Timestamp) -> Option<u64> {
        self.has_watched(now, 120).then(|| self.between(now, 60, 120))
    }

    /// Who has the most drops in the last 10 minutes, and a number that tells whether this can have changed.
    pub(crate) fn offenders(&mut self, now: Timestamp) -> (u64, Vec<Offender>) {
        self.expire(now);
        let mut sums: HashMap<&UserId, Offender> = HashMap::new();
        for (id, (user, hits)) in self.buckets.iter().flat_map(|bucket| &bucket.users) {
            let sum = sums.entry(id).or_insert_with(|| Offender { user: user.clone(), hits: 0 });
            sum.hits = sum.hits.saturating_add(*hits);
        }
        let mut offenders: Vec<Offender> = sums.into_values().collect();
        offenders.sort_by(|a, b| b.hits.cmp(&a.hits).then_with(|| a.user.id.cmp(&b.user.id)));
        offenders.truncate(OFFENDERS);
        (self.version, offenders)
    }

    /// Which events have the most drops in the last 10 minutes.
    pub(crate) fn events(&mut self, now: Timestamp) -> Vec<LimitedEvent> {
        self.expire(now);
        let mut sums: HashMap<&(Namespace, String), u64> = HashMap::new();
        for (event, hits) in self.buckets.iter().flat_map(|bucket| &bucket.events) {
            let sum = sums.entry(event).or_default();
            *sum = sum.saturating_add(*hits);
        }
        let mut events: Vec<_> = sums.into_iter().collect();
        events.sort_by(|(a, few), (b, many)| many.cmp(few).then_with(|| a.cmp(b)));
        events.truncate(OFFENDERS);
        let named = |((namespace, event), hits): (&(Namespace, String), u64)| LimitedEvent {
            namespace: namespace.clone(),
            event: event.clone(),
            hits,
        };
        events.into_iter().map(named).collect()
    }

    /// The policy was changed, or may have been while nobody was told.
    pub(crate) const fn policy_changed(&mut self) {
        self.policy_changes += 1;
    }

    /// How often it was.
    pub(crate) const fn policy_changes(&self) -> u64 {
        self.policy_changes
    }

    /// A number that changes when the offenders can have.
    pub(crate) fn version(&mut self, now: Timestamp) -> u64 {
        self.expire(now);
        self.version
    }

    fn has_watched(&self, now: Timestamp, seconds: i64) -> bool {
        self.watched_since.is_some_and(|since| now.as_millis() - since.as_millis() >= seconds * 1_000)
    }

    fn between(&self, now: Timestamp, youngest: i64, oldest: i64) -> u64 {
        let now = now.as_millis().div_euclid(1000);
        let in_window = |second: i64| (youngest..oldest).contains(&(now - second));
        self.seconds
            .iter()
            .filter(|(second, _)| in_window(*second))
            .fold(0, |sum: u64, (_, count)| sum.saturating_add(*count))
    }

    fn count(&mut self, episode: &LimitEpisode, fresh: u64, at: Timestamp) {
        let user = &episode.user;
        self.version += 1;
        let second = at.as_millis().div_euclid(1000);
        match self.seconds.back_mut() {
            Some((last, count)) if *last >= second => *count = count.saturating_add(fresh),
            _ => self.seconds.push_back((second, fresh)),
        }
        while self.seconds.len() > 120 {
            self.seconds.pop_front();
        }
        let start = at.as_millis().div_euclid(BUCKET_MS) * BUCKET_MS;
        if self.buckets.back().is_none_or(|bucket| bucket.start < start) {
            self.buckets.push_back(Bucket { start, users: HashMap::new(), events: HashMap::new() });
        }
        let Some(bucket) = self.buckets.back_mut() else { return };
        if bucket.users.len() < USERS || bucket.users.contains_key(&user.id) {
            let (_, hits) = bucket.users.entry(user.id.clone()).or_insert_with(|| (user.clone(), 0));
            *hits = hits.saturating_add(fresh);
        }
        let event = (episode.namespace.clone(), episode.event.clone());
        if bucket.events.len() < USERS || bucket.events.contains_key(&event) {
            let hits = bucket.events.entry(event).or_default();
            *hits = hits.saturating_add(fresh);
        }
    }

    fn expire(&mut self, now: Timestamp) {
        while self.buckets.front().is_some_and(|bucket| now.as_millis() - bucket.start > WINDOW_MS) {
            self.buckets.pop_front();
            self.version += 1;
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn episode(id: u64, user: i64, dropped: u64) -> LimitEpisode {
        LimitEpisode {
            id,
            user: User { id: user.into(), username: format!("user-{user}").into() },
            namespace: "/web".into(),
            event: "room:message".into(),
            room: Some("lobby".into()),
            address: "10.0.0.1".into(),
            limit: 10,
            window: 60,
            dropped,
            since: Timestamp(0),
            last: Timestamp(0),
            ended: false,
        }
    }

    fn observe(tail: &mut LimitTail, id: u64, user: i64, dropped: u64, at: i64) -> u64 {
        tail.observe(&episode(id, user, dropped), &"gw".into(), Timestamp(at), Source::Entry)
    }

    #[test]
    fn each_row_tells_the_drops_since_the_row_before() {
        let mut tail = LimitTail::default();
        assert_eq!(observe(&mut tail, 1, 7, 1, 0), 1);
        assert_eq!(observe(&mut tail, 1, 7, 5, 1_000), 4);
        assert_eq!(observe(&mut tail, 2, 8, 2, 1_500), 2);
        let fresh: Vec<_> = tail.rows().since(0).map(|(key, row)| (key, row.fresh)).collect();
        assert_eq!(fresh, [(0, 1), (1, 4), (2, 2)]);
        assert_eq!(tail.per_minute(Timestamp(2_000)), Some(7));
        assert_eq!(tail.per_minute(Timestamp(60_000)), Some(6));
    }

    #[test]
    fn that_nothing_was_dropped_is_only_said_of_what_was_watched() {
        let mut tail = LimitTail::default();
        let told = |tail: &LimitTail, second: i64| {
            let now = Timestamp(second * 1_000);
            (tail.per_minute(now), tail.per_minute_before(now))
        };
        assert_eq!(told(&tail, 500), (None, None));
        tail.watch_from(Timestamp(1_000_000));
        assert_eq!(told(&tail, 1_059), (None, None));
        assert_eq!(told(&tail, 1_060), (Some(0), None));
        observe(&mut tail, 1, 7, 4, 1_065_000);
        assert_eq!(told(&tail, 1_066), (Some(4), None), "a rise from what nobody knows is none");
        assert_eq!(told(&tail, 1_130), (Some(0), Some(4)));
        tail.watch_from(Timestamp(1_140_000));
        assert_eq!(told(&tail, 1_141), (None, None));
        observe(&mut tail, 2, 7, 1, 1_142_000);
        assert_eq!(told(&tail, 1_143), (Some(1), None), "what was seen is told at once");
        tail.look_away();
        assert_eq!(told(&tail, 1_300), (None, None), "while the link is lost nobody knows");
    }

    #[test]
    fn a_snapshot_shows_open_episodes_without_counting_them_as_of_now() {
        let mut tail = LimitTail::default();
        let seen = tail.observe(&episode(1, 7, 500), &"gw".into(), Timestamp(0), Source::Snapshot);
        assert_eq!((seen, tail.per_minute(Timestamp(0))), (500, None));
        assert_eq!(observe(&mut tail, 1, 7, 503, 100), 3);
        assert_eq!(tail.per_minute(Timestamp(100)), Some(3));
        let again = tail.observe(&episode(1, 7, 503), &"gw".into(), Timestamp(200), Source::Snapshot);
        assert_eq!((again, tail.rows().end()), (0, 2), "a second snapshot repeats no row");
    }

    #[test]
    fn offenders_are_those_of_the_last_ten_minutes_most_first() {
        let mut tail = LimitTail::default();
        observe(&mut tail, 1, 7, 5, 0);
        observe(&mut tail, 2, 8, 3, 300_000);
        observe(&mut tail, 3, 9, 9, 300_000);
        let names = |tail: &mut LimitTail, now| {
            tail.offenders(Timestamp(now)).1.into_iter().map(|it| (it.user.id, it.hits)).collect::<Vec<_>>()
        };
        assert_eq!(names(&mut tail, 300_000), [(9.into(), 9), (7.into(), 5), (8.into(), 3)]);
        let events =
            |tail: &mut LimitTail, now| tail.events(Timestamp(now)).iter().map(|it| it.hits).collect::<Vec<_>>();
        assert_eq!(events(&mut tail, 300_000), [17], "all of them are of one event");
        let version = tail.version(Timestamp(300_000));
        assert_eq!(names(&mut tail, 615_000), [(9.into(), 9), (8.into(), 3)]);
        assert_eq!(events(&mut tail, 615_000), [12]);
        assert_ne!(tail.version(Timestamp(615_000)), version);
    }
}
