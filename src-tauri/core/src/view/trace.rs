//! The trace as one view sees it: filtered, followed or paused.

use signalbox_protocol::admin::TraceArgs;
use signalbox_protocol::ipc::{Flow, TailGap, TraceQuery, TraceRow, TraceStanding, TraceUpdate};

use super::{count, words};
use crate::tail::TraceTail;

/// Rows in one update; the rest waits for the next, a tenth of a second later.
const BATCH: usize = 1_000;

/// An open trace.
#[derive(Debug)]
pub(crate) struct TraceView {
    query: TraceQuery,
    words: Vec<String>,
    /// The number of the next row that the page has not been sent.
    next: u64,
    /// Which trace the page has been sent; `None` where it begins anew.
    run: Option<u64>,
    /// The last gap that the page has been sent.
    gap: Option<TailGap>,
    unseen: u64,
    sent: Option<Sent>,
}

/// What the page has, next to the rows.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    waiting: u32,
    unseen: u64,
    left_out: u64,
    standing: TraceStanding,
}

impl TraceView {
    /// Opens a view.
    pub(crate) fn new(query: TraceQuery) -> Self {
        let words = words(&query.filter);
        Self { query, words, next: 0, run: None, gap: None, unseen: 0, sent: None }
    }

    /// Which events the gateway is to trace for it.
    pub(crate) fn wanted(&self) -> TraceArgs {
        let TraceQuery { user, event, namespace, room, .. } = self.query.clone();
        TraceArgs { user, event, namespace, room }
    }

    /// Shows something else: another filter begins anew, another flow goes on.
    pub(crate) fn change(&mut self, query: TraceQuery) {
        let flow = query.flow;
        if (TraceQuery { flow, ..self.query.clone() }) == query {
            self.query.flow = flow;
        } else {
            *self = Self::new(query);
        }
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, tail: &TraceTail, standing: &TraceStanding) -> Option<TraceUpdate> {
        let (reset, first) = (self.run != Some(tail.run()), tail.rows().first());
        if reset {
            (self.next, self.gap, self.unseen) = (first, None, 0);
        } else if self.next < first {
            self.unseen += first - self.next;
            self.next = first;
        }
        let (mut rows, mut gaps) = (Vec::new(), Vec::new());
        if reset || self.query.flow == Flow::Following {
            let most = if reset { usize::MAX } else { BATCH };
            (rows, self.next) = tail.rows().fitting(self.next, most, |row| self.fits(row));
            gaps = tail.gaps().beyond(&mut self.gap, self.next);
        }
        let waiting = count(tail.rows().since(self.next).filter(|(_, row)| self.fits(row)).count());
        let sent = Sent { waiting, unseen: self.unseen, left_out: tail.left_out(), standing: standing.clone() };
        if !reset && rows.is_empty() && gaps.is_empty() && self.sent.as_ref() == Some(&sent) {
            return None;
        }
        self.run = Some(tail.run());
        let (unseen, left_out, standing) = (sent.unseen, sent.left_out, sent.standing.clone());
        self.sent = Some(sent);
        Some(TraceUpdate { reset, rows, gaps, waiting, unseen, left_out, standing })
    }

    fn fits(&self, row: &TraceRow) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let room = row.room.as_ref().map(|room| room.as_str()).unwrap_or_default();
        let payload = row.payload.as_deref().unwrap_or_default();
        let code = row.code.map_or("", |code| code.as_str());
        let text = format!(
            "{}\n{}\n{} {}\n{room}\n{payload}\n{code}\n{}",
            row.user.username, row.user.id, row.namespace, row.event, row.socket
        );
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use signalbox_protocol::feed::{Trace, User};
    use signalbox_protocol::ipc::ProfileId;
    use signalbox_protocol::{ErrorCode, Timestamp};

    use super::*;

    const RUNNING: TraceStanding = TraceStanding::Running { per_second: 200 };

    fn query(filter: &str, flow: Flow) -> TraceQuery {
        TraceQuery {
            profile: ProfileId("p".into()),
            user: None,
            event: None,
            namespace: None,
            room: None,
            filter: filter.into(),
            flow,
        }
    }

    fn trace(tail: &mut TraceTail, user: i64, text: &str) {
        let trace = Trace {
            user: User { id: user.into(), username: format!("user-{user}").into() },
            socket: "s".into(),
            namespace: "/web".into(),
            event: "room:message".into(),
            room: Some("lobby".into()),
            payload: Some(json!({ "message": text })),
            duration_us: 120,
            code: (user == 3).then_some(ErrorCode::NotMember),
        };
        tail.observe(trace, &"gw".into(), Timestamp(0));
    }

    fn users(update: &TraceUpdate) -> Vec<String> {
        update.rows.iter().map(|row| row.user.id.to_string()).collect()
    }

    #[test]
    fn a_paused_trace_counts_what_waits_and_gives_it_when_it_goes_on() {
        let mut tail = TraceTail::default();
        let mut view = TraceView::new(query("", Flow::Following));
        assert!(view.render(&tail, &TraceStanding::Waiting).unwrap().reset);
        trace(&mut tail, 1, "hello");
        assert_eq!(users(&view.render(&tail, &RUNNING).unwrap()), ["1"]);
        view.change(query("", Flow::Paused));
        trace(&mut tail, 2, "hello");
        tail.leave_out(5);
        let paused = view.render(&tail, &RUNNING).unwrap();
        assert_eq!((paused.rows.len(), paused.gaps.len(), paused.waiting, paused.left_out), (0, 0, 1, 5));
        assert_eq!(view.render(&tail, &RUNNING), None);
        view.change(query("", Flow::Following));
        tail.interrupt();
        let on = view.render(&tail, &RUNNING).unwrap();
        assert_eq!(users(&on), ["2"]);
        assert_eq!(on.gaps, [TailGap { before: 2, missing: None }], "how much is missing nobody knows any more");
    }

    #[test]
    fn a_filter_looks_at_the_payload_and_the_outcome_too() {
        let mut tail = TraceTail::default();
        trace(&mut tail, 1, "Hello");
        trace(&mut tail, 2, "bye");
        trace(&mut tail, 3, "bye");
        for (filter, expected) in [("hello", vec!["1"]), ("BYE", vec!["2", "3"]), ("lobby not_member", vec!["3"])] {
            let mut view = TraceView::new(query(filter, Flow::Paused));
            assert_eq!(users(&view.render(&tail, &RUNNING).unwrap()), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_shown_waits_or_fell_out_unseen_adds_up() {
        let mut tail = TraceTail::default();
        let mut view = TraceView::new(query("", Flow::Following));
        view.render(&tail, &RUNNING);
        (0..7_000).for_each(|_| trace(&mut tail, 1, "flood"));
        let (mut shown, mut unseen) = (0, 0);
        while let Some(update) = view.render(&tail, &RUNNING) {
            assert!(update.rows.len() <= BATCH);
            (shown, unseen) = (shown + update.rows.len() as u64, update.unseen);
        }
        assert_eq!(shown + unseen, 7_000);
        assert!(unseen > 0);
    }

    #[test]
    fn another_trace_begins_anew() {
        let mut tail = TraceTail::default();
        trace(&mut tail, 1, "old");
        let mut view = TraceView::new(query("", Flow::Following));
        view.render(&tail, &RUNNING);
        tail.begin();
        let update = view.render(&tail, &RUNNING).unwrap();
        assert!(update.reset && update.rows.is_empty());
    }
}
