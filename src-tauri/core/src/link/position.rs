//! Where in the feed the console is, and whether it has missed anything on the way there.
//!
//! Traces stand beside the feed: each bears the number of the entry that it came after. None of them is a position, none
//! that was left out is a gap, and a subscription sends each once.

use std::collections::BTreeMap;

use signalbox_protocol::feed::{Batch, Entry, Happening, Kind, Position, Snapshot};

/// Follows a feed.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    at: Option<Position>,
    /// Entries that were said to be left out, and whose numbers have not been passed yet.
    announced: u64,
}

/// What a batch comes to.
#[derive(Debug, PartialEq)]
pub(crate) enum Received {
    /// Entries that are new, and how many are missing before or between them.
    Entries {
        /// In order, each once.
        entries: Vec<Entry>,
        /// How many are missing.
        missed: u64,
        /// Traced events that the gateway left out.
        untraced: u64,
        /// What is missing may have changed who is there: only a new snapshot tells.
        stale: bool,
    },
    /// It is of another run of the gateway than the snapshot: everything has to be read anew.
    Foreign,
}

impl Reader {
    /// A reader who has read up to here.
    pub(crate) fn new(at: Option<Position>) -> Self {
        Self { at, announced: 0 }
    }

    /// Where it is; `None` before the first whole snapshot.
    pub(crate) fn position(&self) -> Option<&Position> {
        self.at.as_ref()
    }

    /// A snapshot is complete.
    pub(crate) fn snapshot(&mut self, page: &Snapshot) {
        if !page.recovered {
            self.at = Some(Position { epoch: page.epoch.clone(), seq: page.seq });
            self.announced = 0;
        }
    }

    /// The next batch.
    pub(crate) fn batch(&mut self, batch: Batch) -> Received {
        let Some(at) = self.at.as_mut().filter(|at| at.epoch == batch.epoch) else { return Received::Foreign };
        let from = at.seq;
        let entries: Vec<Entry> =
            batch.entries.into_iter().filter(|entry| is_trace(entry) || entry.seq > from).collect();
        let left_out: u64 = batch.dropped.values().sum();
        self.announced += left_out - batch.dropped.get(&Kind::Trace).copied().unwrap_or(0);
        let mut unexplained = 0;
        let numbered = || entries.iter().filter(|entry| !is_trace(entry));
        if let Some(last) = numbered().next_back() {
            let passed = last.seq.saturating_sub(from);
            let absent = passed.saturating_sub(numbered().count() as u64);
            let explained = absent.min(self.announced);
            self.announced -= explained;
            unexplained = absent - explained;
            at.seq = last.seq;
        }
        let stale = unexplained > 0 || loses_state(&batch.dropped);
        let untraced = batch.dropped.get(&Kind::Trace).copied().unwrap_or(0);
        Received::Entries { entries, missed: left_out - untraced + unexplained, untraced, stale }
    }
}

fn is_trace(entry: &Entry) -> bool {
    matches!(entry.what, Happening::Trace { .. })
}

/// Whether one of the kinds that were left out tells who is where. Kinds of a newer gateway might.
fn loses_state(dropped: &BTreeMap<Kind, u64>) -> bool {
    dropped.iter().any(|(kind, count)| {
        *count > 0
            && match kind {
                Kind::UserOnline
                | Kind::UserOffline
                | Kind::ConnectionOpened
                | Kind::NamespaceJoined
                | Kind::NamespaceLeft
                | Kind::ConnectionClosed
                | Kind::ConnectionIdle
                | Kind::ConnectionActive
                | Kind::RoomJoined
                | Kind::RoomLeft
                | Kind::Unknown => true,
                Kind::LimitEpisode
                | Kind::NotificationSent
                | Kind::Warning
                | Kind::Error
                | Kind::Anomaly
                | Kind::AlertChanged
                | Kind::Trace
                | Kind::Kick
                | Kind::Ban
                | Kind::PolicyChanged
                | Kind::OperatorAction
                | Kind::NodeStatus => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::Timestamp;
    use signalbox_protocol::feed::{Trace, User};

    use super::*;

    fn reader(seq: u64) -> Reader {
        Reader::new(Some(Position { epoch: "e".into(), seq }))
    }

    fn batch(seqs: &[u64], dropped: &[(Kind, u64)]) -> Batch {
        let entry = |seq: &u64| Entry {
            epoch: "e".into(),
            seq: *seq,
            at: Timestamp(0),
            node: "gw".into(),
            what: Happening::Unknown,
        };
        Batch {
            epoch: "e".into(),
            entries: seqs.iter().map(entry).collect(),
            dropped: dropped.iter().copied().collect(),
        }
    }

    fn check(from: u64, batches: &[Batch], seqs: &[u64], missed: u64, stale: bool) {
        let mut reader = reader(from);
        let (mut got, mut total, mut needs) = (Vec::new(), 0, false);
        for batch in batches {
            let Received::Entries { entries, missed, stale, .. } = reader.batch(batch.clone()) else {
                panic!("the epoch is the same")
            };
            got.extend(entries.iter().map(|entry| entry.seq));
            total += missed;
            needs |= stale;
        }
        assert_eq!((got.as_slice(), total, needs), (seqs, missed, stale));
    }

    #[test]
    fn entries_without_a_gap_miss_nothing() {
        check(4, &[batch(&[5, 6], &[]), batch(&[7], &[])], &[5, 6, 7], 0, false);
    }

    #[test]
    fn an_entry_that_came_before_is_not_applied_again() {
        check(5, &[batch(&[4, 5, 6], &[])], &[6], 0, false);
    }

    #[test]
    fn a_jump_that_nobody_announced_is_a_gap_and_needs_a_snapshot() {
        check(4, &[batch(&[5, 9], &[])], &[5, 9], 3, true);
    }

    #[test]
    fn dropped_limit_hits_are_counted_once_and_need_no_snapshot() {
        check(4, &[batch(&[5, 9], &[(Kind::LimitEpisode, 3)])], &[5, 9], 3, false);
        check(4, &[batch(&[], &[(Kind::LimitEpisode, 3)]), batch(&[8], &[])], &[8], 3, false);
    }

    #[test]
    fn dropped_connections_need_a_snapshot() {
        check(4, &[batch(&[6], &[(Kind::ConnectionOpened, 1)])], &[6], 1, true);
    }

    /// The batch with traces that stand behind the entries of these numbers.
    fn traced(mut batch: Batch, behind: &[u64]) -> Batch {
        let trace = Trace {
            user: User { id: 7.into(), username: "ann".into() },
            socket: "s".into(),
            namespace: "/web".into(),
            event: "ping".into(),
            room: None,
            payload: None,
            duration_us: 1,
            code: None,
        };
        batch.entries.extend(behind.iter().map(|seq| Entry {
            epoch: "e".into(),
            seq: *seq,
            at: Timestamp(0),
            node: "gw".into(),
            what: Happening::Trace { trace: trace.clone() },
        }));
        batch.entries.sort_by_key(|entry| entry.seq);
        batch
    }

    #[test]
    fn traces_come_beside_the_feed_and_are_no_positions_in_it() {
        // Behind the entry that was read last, and behind one that is new.
        check(4, &[traced(batch(&[5, 6], &[]), &[4, 6])], &[4, 5, 6, 6], 0, false);
        // Traces alone lead nowhere: the entries after them are all still to come.
        check(4, &[traced(batch(&[], &[]), &[4, 4]), batch(&[5], &[])], &[4, 4, 5], 0, false);
        // They do not fill a gap,
        check(4, &[traced(batch(&[8], &[]), &[8, 8, 8])], &[8, 8, 8, 8], 3, true);
        // and those that were left out do not explain one.
        check(4, &[batch(&[8], &[(Kind::Trace, 3)])], &[8], 3, true);
        check(4, &[batch(&[5], &[(Kind::Trace, 3)])], &[5], 0, false);
        // They are counted by themselves.
        let received = reader(4).batch(batch(&[5], &[(Kind::Trace, 3)]));
        assert!(matches!(received, Received::Entries { missed: 0, untraced: 3, .. }));
    }

    #[test]
    fn a_batch_of_another_run_is_foreign() {
        let other = Batch { epoch: "f".into(), ..batch(&[1], &[]) };
        assert_eq!(reader(4).batch(other.clone()), Received::Foreign);
        assert_eq!(Reader::default().batch(other), Received::Foreign);
    }
}
