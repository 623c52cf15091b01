//! The trace as one view sees it: filtered, followed or paused.

use signalbox_protocol::admin::TraceArgs;
use signalbox_protocol::ipc::{Flow, Scope, TraceQuery, TraceRow, TraceStanding, TraceUpdate};

use super::tail::{Cursor, Fitting, Next};
use crate::tail::TraceTail;

/// An open trace.
#[derive(Debug)]
pub(crate) struct TraceView {
    fitting: Fitting,
    flow: Flow,
    cursor: Cursor,
    /// Which trace the cursor is in.
    run: u64,
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
        let TraceQuery { profile: _, scope, flow } = query;
        Self { fitting: Fitting::new(scope), flow, cursor: Cursor::default(), run: 0, sent: None }
    }

    /// Which events the gateway is to trace for it.
    pub(crate) fn wanted(&self) -> TraceArgs {
        let Scope { user, event, namespace, room, words: _ } = self.fitting.scope().clone();
        TraceArgs { user, event, namespace, room }
    }

    /// Shows something else: another scope begins anew, another flow goes on.
    pub(crate) fn change(&mut self, query: TraceQuery) {
        if query.scope == *self.fitting.scope() {
            self.flow = query.flow;
        } else {
            *self = Self::new(query);
        }
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, tail: &TraceTail, standing: &TraceStanding) -> Option<TraceUpdate> {
        if self.run != tail.run() {
            (self.cursor, self.run) = (Cursor::default(), tail.run());
        }
        let next = self.cursor.advance(tail.rows(), tail.gaps(), self.flow, |row| self.fitting.takes_event(row));
        let (left_out, standing) = (tail.left_out(), standing.clone());
        let sent = Sent { waiting: next.waiting, unseen: next.unseen, left_out, standing: standing.clone() };
        if next.is_nothing() && self.sent.as_ref() == Some(&sent) {
            return None;
        }
        self.sent = Some(sent);
        let Next { reset, rows, gaps, waiting, unseen } = next;
        Some(TraceUpdate { reset, rows, gaps, waiting, unseen, left_out, standing })
    }
}

impl Fitting {
    fn takes_event(&self, row: &TraceRow) -> bool {
        let more = [
            row.payload.as_deref().unwrap_or_default(),
            row.code.map_or("", |code| code.as_str()),
            row.socket.as_str(),
        ];
        self.fits(&row.user, &row.namespace, &row.event, row.room.as_ref(), &more)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use signalbox_protocol::feed::{Trace, User};
    use signalbox_protocol::ipc::{ProfileId, TailGap};
    use signalbox_protocol::{ErrorCode, Timestamp};

    use super::*;
    use crate::view::tail::BATCH;

    const RUNNING: TraceStanding = TraceStanding::Running { per_second: 200 };

    fn query(filter: &str, flow: Flow) -> TraceQuery {
        TraceQuery { profile: ProfileId("p".into()), scope: Scope { words: filter.into(), ..Scope::default() }, flow }
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
        trace(&mut tail, 2, "new");
        let [row] = &view.render(&tail, &RUNNING).unwrap().rows[..] else { panic!("one row") };
        assert_eq!(row.key, 1, "no row of another trace has the key of one that somebody still looks at");
    }
}
