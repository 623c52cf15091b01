//! The ring: the last 100 000 entries, or 64 MiB of them, each encoded once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::value::RawValue;
use signalbox_protocol::feed::{Entry, Happening, Kind, Position};
use signalbox_protocol::{Epoch, NodeId, Seq, Timestamp};

const MAX_ENTRIES: usize = 100_000;
const MAX_BYTES: usize = 64 << 20;

/// One count for each kind; a kind's index is its place in [`Kind::ALL`].
type Counts = [u64; Kind::ALL.len() + 1];

/// The entries of one run of the gateway that can still be resumed from.
#[derive(Debug)]
pub struct Ring {
    epoch: Epoch,
    node: NodeId,
    slots: VecDeque<Slot>,
    /// The number of the last entry; 0 before the first.
    last: Seq,
    bytes: usize,
    /// Entries that have left the ring, by kind.
    evicted: Counts,
    max_entries: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct Slot {
    kind: Kind,
    json: Arc<RawValue>,
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u64);

/// How far a subscriber has read.
#[derive(Debug, Clone)]
pub struct Cursor {
    after: Seq,
    /// Entries passed so far, by kind: what is missing in it after a gap is what was dropped.
    passed: Counts,
}

/// The next entries for a subscriber.
#[derive(Debug, Default)]
pub struct Taken {
    /// In order, each with its number.
    pub entries: Vec<(Seq, Arc<RawValue>)>,
    /// What had left the ring before it could be taken, by kind.
    pub dropped: BTreeMap<Kind, u64>,
}

impl Kinds {
    /// The kinds of a subscription: an empty list means all of them. Traces are never in the ring.
    pub fn new(kinds: &[Kind]) -> Self {
        if kinds.is_empty() { Self(u64::MAX) } else { Self(kinds.iter().fold(0, |set, kind| set | 1 << *kind as u32)) }
    }

    fn contain(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }
}

impl Cursor {
    /// The number of the last entry that was passed.
    pub fn position(&self) -> Seq {
        self.after
    }
}

impl Ring {
    /// An empty ring of a new epoch.
    pub fn new(epoch: Epoch, node: NodeId) -> Self {
        Self::with_bounds(epoch, node, MAX_ENTRIES, MAX_BYTES)
    }

    fn with_bounds(epoch: Epoch, node: NodeId, max_entries: usize, max_bytes: usize) -> Self {
        let slots = VecDeque::new();
        Self { epoch, node, slots, last: 0, bytes: 0, evicted: [0; _], max_entries, max_bytes }
    }

    /// The run of the gateway.
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// The number of the last entry.
    pub fn seq(&self) -> Seq {
        self.last
    }

    /// Adds an entry.
    pub fn push(&mut self, at: Timestamp, what: Happening) {
        let kind = what.kind();
        let entry = Entry { epoch: self.epoch.clone(), seq: self.last + 1, at, node: self.node.clone(), what };
        let json = match serde_json::value::to_raw_value(&entry) {
            Ok(json) => json,
            Err(error) => {
                tracing::error!(%error, kind = kind.as_str(), "a feed entry cannot be written as JSON");
                return;
            }
        };
        self.last += 1;
        self.bytes += json.get().len();
        self.slots.push_back(Slot { kind, json: json.into() });
        while self.slots.len() > self.max_entries || self.bytes > self.max_bytes {
            let Some(oldest) = self.slots.pop_front() else { break };
            self.bytes -= oldest.json.get().len();
            self.evicted[oldest.kind as usize] += 1;
        }
    }

    /// A cursor behind the last entry.
    pub fn end(&self) -> Cursor {
        let mut passed = self.evicted;
        self.slots.iter().for_each(|slot| passed[slot.kind as usize] += 1);
        Cursor { after: self.last, passed }
    }

    /// A cursor behind that position, where the ring still holds all that came after it.
    pub fn resume(&self, position: &Position) -> Option<Cursor> {
        let held = position.epoch == self.epoch && (self.before_first()..=self.last).contains(&position.seq);
        held.then(|| {
            let mut passed = self.evicted;
            let known = usize::try_from(position.seq - self.before_first()).unwrap_or(usize::MAX);
            self.slots.iter().take(known).for_each(|slot| passed[slot.kind as usize] += 1);
            Cursor { after: position.seq, passed }
        })
    }

    /// The next entries of those kinds, up to about so many bytes of JSON, one at least. `None` where there is nothing to say.
    pub fn take(&self, cursor: &mut Cursor, kinds: Kinds, max_bytes: usize) -> Option<Taken> {
        let mut taken = Taken { entries: Vec::new(), dropped: BTreeMap::new() };
        if cursor.after < self.before_first() {
            for kind in Kind::ALL.iter().copied().chain([Kind::Unknown]).filter(|kind| kinds.contain(*kind)) {
                let missed = self.evicted[kind as usize].saturating_sub(cursor.passed[kind as usize]);
                if missed > 0 {
                    taken.dropped.insert(kind, missed);
                }
            }
            cursor.passed = self.evicted;
            cursor.after = self.before_first();
        }
        let known = usize::try_from(cursor.after - self.before_first()).unwrap_or(usize::MAX);
        let mut bytes = 0;
        for slot in self.slots.range(known.min(self.slots.len())..) {
            if kinds.contain(slot.kind) {
                bytes += slot.json.get().len() + 1;
                if bytes > max_bytes && !taken.entries.is_empty() {
                    break;
                }
                taken.entries.push((cursor.after + 1, slot.json.clone()));
            }
            cursor.passed[slot.kind as usize] += 1;
            cursor.after += 1;
        }
        (!taken.entries.is_empty() || !taken.dropped.is_empty()).then_some(taken)
    }

    fn before_first(&self) -> Seq {
        self.last - self.slots.len() as Seq
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::feed::User;

    use super::*;

    fn ring(max_entries: usize) -> Ring {
        Ring::with_bounds("e1".into(), "n1".into(), max_entries, MAX_BYTES)
    }

    fn online(id: i64) -> Happening {
        Happening::UserOnline { user: User { id: id.into(), username: "ann".into() } }
    }

    fn offline(id: i64) -> Happening {
        Happening::UserOffline { user: User { id: id.into(), username: "ann".into() } }
    }

    fn seqs(taken: &Taken) -> Vec<Seq> {
        let parse = |(seq, json): &(Seq, Arc<RawValue>)| {
            assert_eq!(serde_json::from_str::<Entry>(json.get()).expect("an entry").seq, *seq);
            *seq
        };
        taken.entries.iter().map(parse).collect()
    }

    #[test]
    fn a_subscriber_gets_every_entry_once_and_in_order() {
        let mut ring = ring(100);
        let mut cursor = ring.end();
        assert!(ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).is_none());
        (0..5).for_each(|id| ring.push(Timestamp(id), online(id)));
        assert_eq!(seqs(&ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).expect("entries")), [1, 2, 3, 4, 5]);
        assert!(ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).is_none());
        (5..10).for_each(|id| ring.push(Timestamp(id), online(id)));
        let mut got = Vec::new();
        while let Some(taken) = ring.take(&mut cursor, Kinds::new(&[]), 1) {
            assert_eq!(taken.entries.len(), 1, "at least one, however small the batch");
            got.extend(seqs(&taken));
        }
        assert_eq!(got, [6, 7, 8, 9, 10]);
    }

    #[test]
    fn the_bounds_are_those_of_the_contract() {
        let ring = Ring::new("e1".into(), "n1".into());
        assert_eq!((ring.max_entries, ring.max_bytes), (100_000, 64 * 1024 * 1024));
    }

    #[test]
    fn the_oldest_entries_make_room_for_larger_ones() {
        const MAX: usize = 4096;
        let mut ring = Ring::with_bounds("e1".into(), "n1".into(), 1000, MAX);
        let mut cursor = ring.end();
        let large = |id: i64| Happening::UserOnline { user: User { id: id.into(), username: "x".repeat(1000).into() } };
        for id in 0..6 {
            ring.push(Timestamp(0), large(id));
            assert!(ring.bytes <= MAX, "{}", ring.bytes);
        }
        // Each is a little more than its name.
        let taken = ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).expect("entries");
        assert_eq!((seqs(&taken), taken.dropped), (vec![4, 5, 6], BTreeMap::from([(Kind::UserOnline, 3)])));
        ring.push(Timestamp(0), online(6));
        assert!(ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).is_some_and(|taken| taken.dropped.is_empty()));
        assert_eq!(ring.slots.len(), 4, "what has gone is not counted any more");
    }

    #[test]
    fn only_the_kinds_asked_for_are_sent() {
        let mut ring = ring(100);
        let mut cursor = ring.end();
        (0..4).for_each(|id| ring.push(Timestamp(id), if id % 2 == 0 { online(id) } else { offline(id) }));
        let taken = ring.take(&mut cursor, Kinds::new(&[Kind::UserOffline]), 1 << 18).expect("entries");
        assert_eq!(seqs(&taken), [2, 4]);
    }

    #[test]
    fn a_gap_is_counted_by_kind() {
        let mut ring = ring(3);
        ring.push(Timestamp(0), online(0));
        let mut cursor = ring.end();
        for id in 1..=4 {
            ring.push(Timestamp(id), online(id));
            ring.push(Timestamp(id), offline(id));
        }
        let mut watcher = cursor.clone();
        let taken = ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).expect("entries");
        assert_eq!(seqs(&taken), [7, 8, 9]);
        assert_eq!(taken.dropped, BTreeMap::from([(Kind::UserOnline, 3), (Kind::UserOffline, 2)]));
        let taken = ring.take(&mut watcher, Kinds::new(&[Kind::UserOnline]), 1 << 18).expect("entries");
        assert_eq!(taken.dropped, BTreeMap::from([(Kind::UserOnline, 3)]), "other kinds are not missed");
    }

    #[test]
    fn a_subscriber_resumes_where_the_ring_reaches_back_far_enough() {
        let mut ring = ring(3);
        (1..=5).for_each(|id| ring.push(Timestamp(id), online(id)));
        let at = |epoch: &str, seq| Position { epoch: epoch.into(), seq };
        for (position, resumed) in [
            (at("e1", 5), true),
            (at("e1", 3), true),
            (at("e1", 2), true),
            (at("e1", 1), false),
            (at("e1", 6), false),
            (at("e0", 5), false),
        ] {
            assert_eq!(ring.resume(&position).is_some(), resumed, "{position:?}");
        }
        let mut cursor = ring.resume(&at("e1", 3)).expect("a cursor");
        let taken = ring.take(&mut cursor, Kinds::new(&[]), 1 << 18).expect("entries");
        assert_eq!(seqs(&taken), [4, 5]);
        assert!(taken.dropped.is_empty());
    }
}
