//! Events that are traced, as they come: the latest, and how many the gateway left out.

use signalbox_protocol::feed::Trace;
use signalbox_protocol::ipc::TraceRow;
use signalbox_protocol::{NodeId, Timestamp};

use super::Ring;
use super::gaps::Gaps;

/// As many rows as the page keeps. A payload is at most 1 KiB.
pub(crate) const ROWS: usize = 2_000;

/// The trace that somebody looks at.
#[derive(Debug)]
pub(crate) struct TraceTail {
    rows: Ring<TraceRow>,
    gaps: Gaps,
    left_out: u64,
    /// Which trace this is: grows whenever another one begins.
    run: u64,
    /// The number of its first row.
    begun: u64,
}

impl Default for TraceTail {
    fn default() -> Self {
        Self { rows: Ring::new(ROWS), gaps: Gaps::default(), left_out: 0, run: 0, begun: 0 }
    }
}

impl TraceTail {
    /// Other events are traced from now on, or none: what was kept belongs to nobody any more.
    pub(crate) fn begin(&mut self) {
        self.rows.clear();
        (self.gaps, self.left_out, self.run) = (Gaps::default(), 0, self.run + 1);
        self.begun = self.rows.end();
    }

    /// Takes an event.
    pub(crate) fn observe(&mut self, trace: Trace, node: &NodeId, at: Timestamp) {
        let Trace { user, socket, namespace, event, room, payload, duration_us, code } = trace;
        let (key, node, payload) = (self.rows.end(), node.to_string(), payload.map(|payload| payload.to_string()));
        self.rows.push(TraceRow { key, at, node, user, socket, namespace, event, room, payload, duration_us, code });
        self.gaps.forget(self.rows.first());
    }

    /// The gateway left so many out.
    pub(crate) fn leave_out(&mut self, count: u64) {
        if count > 0 {
            self.left_out = self.left_out.saturating_add(count);
            self.gaps.note(self.rows.end(), Some(count));
        }
    }

    /// Nothing is traced until the gateway is asked anew; how much that costs nobody knows.
    pub(crate) fn interrupt(&mut self) {
        if self.rows.end() > self.begun {
            self.gaps.note(self.rows.end(), None);
        }
    }

    /// Where rows are missing.
    pub(crate) const fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// How many it has left out since this trace began.
    pub(crate) const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The rows.
    pub(crate) const fn rows(&self) -> &Ring<TraceRow> {
        &self.rows
    }

    /// Which trace this is.
    pub(crate) const fn run(&self) -> u64 {
        self.run
    }
}
