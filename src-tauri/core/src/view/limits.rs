//! The tail of limit hits as one view sees it: filtered, followed or paused.

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{Flow, LimitRow, LimitedEvent, LimitsQuery, LimitsUpdate, Offender};

use super::tail::{Cursor, Fitting};
use crate::tail::LimitTail;

/// An open limits view.
#[derive(Debug)]
pub(crate) struct LimitsView {
    fitting: Fitting,
    flow: Flow,
    cursor: Cursor,
    sent: Option<Sent>,
    offenders: Option<(u64, Worst)>,
}

/// Who and what has most drops.
type Worst = (Vec<Offender>, Vec<LimitedEvent>);

/// What the page has, next to the rows.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    waiting: u32,
    unseen: u64,
    per_minute: Option<u64>,
    watched_since: Option<Timestamp>,
    policy_changes: u64,
}

impl LimitsView {
    /// Opens a view. It begins with what is kept, whether it is to follow or not.
    pub(crate) fn new(query: LimitsQuery) -> Self {
        let LimitsQuery { profile: _, scope, flow } = query;
        Self { fitting: Fitting::new(scope), flow, cursor: Cursor::default(), sent: None, offenders: None }
    }

    /// Shows something else: another scope begins anew, another flow goes on.
    pub(crate) fn change(&mut self, query: LimitsQuery) {
        if query.scope == *self.fitting.scope() {
            self.flow = query.flow;
        } else {
            *self = Self::new(query);
        }
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, tail: &mut LimitTail, now: Timestamp) -> Option<LimitsUpdate> {
        let next = self.cursor.advance(tail.rows(), tail.gaps(), self.flow, |row| self.fitting.takes_hit(row));
        let sent = Sent {
            waiting: next.waiting,
            unseen: next.unseen,
            per_minute: tail.per_minute(now),
            watched_since: tail.watched_since(),
            policy_changes: tail.policy_changes(),
        };
        let worst = self.fresh_offenders(tail, now);
        if next.is_nothing() && worst.is_none() && self.sent.as_ref() == Some(&sent) {
            return None;
        }
        let (offenders, events) = worst.unzip();
        let update = LimitsUpdate {
            reset: next.reset,
            rows: next.rows,
            gaps: next.gaps,
            waiting: next.waiting,
            unseen: next.unseen,
            per_minute: sent.per_minute,
            watched_since: sent.watched_since,
            offenders,
            events,
            policy_changes: sent.policy_changes,
        };
        self.sent = Some(sent);
        Some(update)
    }

    fn fresh_offenders(&mut self, tail: &mut LimitTail, now: Timestamp) -> Option<Worst> {
        if self.offenders.as_ref().is_some_and(|(version, _)| *version == tail.version(now)) {
            return None;
        }
        let (version, offenders) = tail.offenders(now);
        let worst = (offenders, tail.events(now));
        let known = self.offenders.replace((version, worst.clone()));
        known.is_none_or(|(_, known)| known != worst).then_some(worst)
    }
}

impl Fitting {
    fn takes_hit(&self, row: &LimitRow) -> bool {
        let episode = &row.episode;
        self.fits(&episode.user, &episode.namespace, &episode.event, episode.room.as_ref(), &[&episode.address])
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::ipc::{ProfileId, Scope, TailGap};

    use super::*;
    use crate::tail::Source;
    use crate::tail::episode;
    use crate::view::tail::BATCH;

    fn query(filter: &str, flow: Flow) -> LimitsQuery {
        LimitsQuery { profile: ProfileId("p".into()), scope: Scope { words: filter.into(), ..Scope::default() }, flow }
    }

    fn hit(tail: &mut LimitTail, user: i64, dropped: u64) {
        tail.observe(&episode(user as u64, user, dropped), &"gw".into(), Timestamp(0), Source::Entry);
    }

    fn users(update: &LimitsUpdate) -> Vec<String> {
        update.rows.iter().map(|row| row.episode.user.id.to_string()).collect()
    }

    #[test]
    fn it_is_told_since_when_nothing_was_missed_also_where_nothing_has_happened() {
        let mut tail = LimitTail::default();
        let mut view = LimitsView::new(query("", Flow::Following));
        let since = |view: &mut LimitsView, tail: &mut LimitTail| {
            view.render(tail, Timestamp(9)).map(|update| update.watched_since)
        };
        assert_eq!(since(&mut view, &mut tail), Some(None));
        tail.watch_from(Timestamp(7));
        assert_eq!(since(&mut view, &mut tail), Some(Some(Timestamp(7))));
        assert_eq!(since(&mut view, &mut tail), None);
        tail.look_away();
        assert_eq!(since(&mut view, &mut tail), Some(None));
    }

    #[test]
    fn a_paused_tail_counts_what_waits_and_gives_it_when_it_goes_on() {
        let mut tail = LimitTail::default();
        hit(&mut tail, 1, 1);
        let mut view = LimitsView::new(query("", Flow::Following));
        let first = view.render(&mut tail, Timestamp(0)).unwrap();
        assert!(first.reset && users(&first) == ["1"] && first.offenders.is_some());
        assert_eq!(view.render(&mut tail, Timestamp(0)), None);

        view.change(query("", Flow::Paused));
        hit(&mut tail, 2, 1);
        hit(&mut tail, 3, 1);
        let paused = view.render(&mut tail, Timestamp(0)).unwrap();
        assert_eq!((paused.rows.len(), paused.waiting), (0, 2));

        view.change(query("", Flow::Following));
        let on = view.render(&mut tail, Timestamp(0)).unwrap();
        assert_eq!((on.reset, users(&on), on.waiting), (false, vec!["2".to_owned(), "3".to_owned()], 0));
    }

    #[test]
    fn a_gap_is_told_where_it_is_and_waits_with_the_rows() {
        let mut tail = LimitTail::default();
        hit(&mut tail, 1, 1);
        let mut view = LimitsView::new(query("", Flow::Following));
        view.render(&mut tail, Timestamp(0));
        tail.miss(Some(4));
        let gap = |before, missing| TailGap { before, missing: Some(missing) };
        assert_eq!(view.render(&mut tail, Timestamp(0)).unwrap().gaps, [gap(1, 4)]);
        assert_eq!(view.render(&mut tail, Timestamp(0)), None);

        view.change(query("", Flow::Paused));
        tail.miss(Some(2));
        hit(&mut tail, 2, 1);
        tail.miss(Some(1));
        let paused = view.render(&mut tail, Timestamp(0)).unwrap();
        assert_eq!((paused.gaps, paused.waiting), (vec![], 1));
        view.change(query("", Flow::Following));
        let on = view.render(&mut tail, Timestamp(0)).unwrap();
        assert_eq!((users(&on), on.gaps), (vec!["2".to_owned()], vec![gap(1, 2), gap(2, 1)]));

        view.change(query("nobody", Flow::Following));
        let filtered = view.render(&mut tail, Timestamp(0)).unwrap();
        assert_eq!((filtered.rows.len(), filtered.gaps.len()), (0, 2), "no filter hides that something is missing");
    }

    #[test]
    fn another_filter_begins_anew_with_what_is_kept() {
        let mut tail = LimitTail::default();
        (1..=12).for_each(|user| hit(&mut tail, user, 1));
        let mut view = LimitsView::new(query("", Flow::Paused));
        assert_eq!(view.render(&mut tail, Timestamp(0)).unwrap().rows.len(), 12);
        view.change(query("USER-1 lobby", Flow::Paused));
        let update = view.render(&mut tail, Timestamp(0)).unwrap();
        assert!(update.reset);
        assert_eq!(users(&update), ["1", "10", "11", "12"]);
        view.change(query("nobody", Flow::Following));
        assert!(view.render(&mut tail, Timestamp(0)).unwrap().rows.is_empty());
    }

    #[test]
    fn what_is_shown_waits_or_is_counted_as_unseen_adds_up() {
        let mut tail = LimitTail::default();
        let mut view = LimitsView::new(query("", Flow::Following));
        let (mut shown, mut unseen) = (view.render(&mut tail, Timestamp(0)).unwrap().rows.len() as u64, 0);
        for round in 0..40 {
            (0..400).for_each(|user| hit(&mut tail, user, round + 1));
            if round % 16 == 15
                && let Some(update) = view.render(&mut tail, Timestamp(0))
            {
                assert!(update.rows.len() <= BATCH);
                shown += update.rows.len() as u64;
                unseen = update.unseen;
            }
        }
        while let Some(update) = view.render(&mut tail, Timestamp(0)) {
            shown += update.rows.len() as u64;
            unseen = update.unseen;
        }
        assert_eq!(shown + unseen, 40 * 400);
        assert!(unseen > 0);
    }
}
