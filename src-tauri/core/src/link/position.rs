//! Where in the feed the console is, and whether it has missed anything on the way there.
//!
//! Traces stand beside the feed: each bears the number of the entry that it came after. None of them is a position, none
//! that was left out is a gap, and a subscription sends each once.

use std::collections::BTreeMap;

use signalbox_protocol::feed::{Batch, Entry, Happening, Kind, Position, Snapshot};

use super::reading::{ReadBatch, Torn};

/// Follows a feed.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    at: Option<Position>,
    /// Entries that were said to be left out, and whose numbers have not been passed yet.
    announced: u64,
    /// What was read up to here is worth nothing to go on from.
    spoilt: bool,
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
    /// From where it can go on; `None` before the first whole snapshot, and where only another one would help.
    pub(crate) fn position(&self) -> Option<&Position> {
        self.at.as_ref().filter(|_| !self.spoilt)
    }

    /// What comes next has to be read anew. Where it was is kept, to know what that costs.
    pub(crate) const fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// A snapshot is complete; gives how many entries it stands for that were never seen.
    pub(crate) fn snapshot(&mut self, page: &Snapshot) -> u64 {
        if page.recovered {
            return 0;
        }
        let same_run = self.at.as_ref().filter(|at| at.epoch == page.epoch);
        let skipped = same_run.map_or(0, |at| page.seq.saturating_sub(at.seq).saturating_sub(self.announced));
        let at = Some(Position { epoch: page.epoch.clone(), seq: page.seq });
        *self = Self { at, announced: 0, spoilt: false };
        skipped
    }

    /// The next batch. What could not be read of it is left out like anything that did not fit.
    pub(crate) fn batch(&mut self, read: ReadBatch) -> Received {
        let ReadBatch { batch: Batch { epoch, entries, mut dropped }, torn } = read;
        let Some(at) = self.at.as_mut().filter(|at| at.epoch == epoch) else { return Received::Foreign };
        let from = at.seq;
        let entries: Vec<Entry> = entries.into_iter().filter(|entry| is_trace(entry) || entry.seq > from).collect();
        let torn: Vec<Torn> = torn.into_iter().filter(|torn| torn.seq.is_none_or(|seq| seq > from)).collect();
        for torn in &torn {
            let count = dropped.entry(torn.kind).or_default();
            *count = count.saturating_add(1);
        }
        let untraced = dropped.remove(&Kind::Trace).unwrap_or(0);
        let left_out = dropped.values().fold(0, |sum: u64, count| sum.saturating_add(*count));
        self.announced = self.announced.saturating_add(left_out);
        let mut unexplained = 0;
        let numbered = || entries.iter().filter(|entry| !is_trace(entry)).map(|entry| entry.seq);
        let unread = torn.iter().filter(|torn| torn.kind != Kind::Trace).filter_map(|torn| torn.seq);
        if let Some(last) = numbered().chain(unread).max() {
            let absent = (last - from).saturating_sub(numbered().count() as u64);
            let explained = absent.min(self.announced);
            self.announced -= explained;
            unexplained = absent - explained;
            at.seq = last;
        }
        let stale = unexplained > 0 || loses_state(&dropped);
        Received::Entries { entries, missed: left_out.saturating_add(unexplained), untraced, stale }
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
        Reader { at: Some(Position { epoch: "e".into(), seq }), ..Reader::default() }
    }

    fn whole(batch: Batch) -> ReadBatch {
        ReadBatch { batch, torn: Vec::new() }
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
            let Received::Entries { entries, missed, stale, .. } = reader.batch(whole(batch.clone())) else {
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
        let received = reader(4).batch(whole(batch(&[5], &[(Kind::Trace, 3)])));
        assert!(matches!(received, Received::Entries { missed: 0, untraced: 3, .. }));
    }

    #[test]
    fn a_batch_of_another_run_is_foreign() {
        let other = Batch { epoch: "f".into(), ..batch(&[1], &[]) };
        assert_eq!(reader(4).batch(whole(other.clone())), Received::Foreign);
        assert_eq!(Reader::default().batch(whole(other)), Received::Foreign);
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_a_gap_that_is_told_once() {
        let torn = |seq, kind| Torn { seq, kind, error: String::new() };
        for (torn, missed, untraced, stale, then) in [
            // In the middle, and at the end, where nothing readable comes after it.
            (torn(Some(6), Kind::Warning), 1, 0, false, 7),
            (torn(Some(8), Kind::Warning), 1, 0, false, 8),
            // What may have told who is there has to be read anew.
            (torn(Some(6), Kind::UserOnline), 1, 0, true, 7),
            (torn(None, Kind::Unknown), 1, 0, true, 7),
            // It was read before, and a trace has no number of its own.
            (torn(Some(4), Kind::Warning), 0, 0, false, 7),
            (torn(Some(9), Kind::Trace), 0, 1, false, 7),
        ] {
            let seqs: Vec<u64> = (5..=7).filter(|seq| torn.kind == Kind::Trace || torn.seq != Some(*seq)).collect();
            let seqs: Vec<u64> = seqs.into_iter().filter(|seq| torn.seq.is_some() || *seq != 6).collect();
            let mut reader = reader(4);
            let got = reader.batch(ReadBatch { batch: batch(&seqs, &[]), torn: vec![torn.clone()] });
            let Received::Entries { missed: m, untraced: u, stale: s, .. } = got else { panic!("{torn:?}") };
            assert_eq!((m, u, s), (missed, untraced, stale), "{torn:?}");
            assert_eq!(reader.position().map(|at| at.seq), Some(then), "{torn:?}");
        }
    }

    #[test]
    fn counts_that_no_number_can_hold_are_a_gap_like_any_other() {
        let received = reader(4).batch(whole(batch(&[], &[(Kind::Warning, u64::MAX), (Kind::Error, u64::MAX)])));
        assert!(matches!(received, Received::Entries { missed: u64::MAX, .. }));
    }

    #[test]
    fn a_snapshot_that_is_read_anew_says_what_it_stands_for() {
        let page = |epoch: &str, seq| Snapshot {
            epoch: epoch.into(),
            seq,
            recovered: false,
            page: 0,
            last: true,
            nodes: Vec::new(),
            episodes: Vec::new(),
            alerts: Vec::new(),
            hits: Vec::new(),
            connections: Vec::new(),
        };
        let mut reader = Reader::default();
        assert_eq!(reader.snapshot(&page("e", 10)), 0, "nothing is missed before the first");
        reader.batch(whole(batch(&[], &[(Kind::LimitEpisode, 2)])));
        reader.spoil();
        assert_eq!(reader.position(), None);
        assert_eq!(reader.snapshot(&page("e", 17)), 5, "two of the seven were told before");
        assert_eq!(reader.position().map(|at| at.seq), Some(17));
        assert_eq!(reader.snapshot(&page("f", 30)), 0, "the numbers of another run say nothing");
    }
}
