//! Traces: what clients send, for those who look at it.
//!
//! They never enter the ring: however many there are, they push nothing out of it, and who does not look at them sees no
//! gap. Each looker has a bounded queue of its own; what does not fit, and what is beyond so many a second, is counted.
//! While nobody looks they cost one atomic load for each event.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use serde_json::value::RawValue;
use signalbox_protocol::admin::TraceArgs;
use signalbox_protocol::feed::{Entry, Happening, Trace};
use signalbox_protocol::{Epoch, NodeId, Seq, Timestamp};

/// Traces a second that one looker is sent.
pub const PER_SECOND: u32 = 200;
/// Traces that may wait for one looker, and their bytes.
const MAX_WAITING: usize = 1_000;
const MAX_BYTES: usize = 1 << 20;
/// Lookers at once.
const MAX_TRACERS: usize = 32;

/// Everybody who looks.
#[derive(Debug, Default)]
pub struct Tracers {
    on: AtomicBool,
    open: RwLock<Vec<Arc<Tracer>>>,
}

/// One who looks: at what, and what waits to be sent.
#[derive(Debug)]
pub struct Tracer {
    filter: TraceArgs,
    dropped: AtomicU64,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(Seq, Arc<RawValue>)>,
    bytes: usize,
    /// The second that is counted in, of a clock that never goes back, and how many there were in it.
    second: u64,
    in_second: u32,
}

/// Where in the feed a trace stands: behind the entry of that number.
#[derive(Debug)]
pub struct Stand {
    /// The run.
    pub epoch: Epoch,
    /// The last entry before it.
    pub seq: Seq,
    /// The node.
    pub node: NodeId,
    /// When.
    pub at: Timestamp,
}

impl Tracers {
    /// Whether anybody looks.
    pub fn are_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Somebody begins to look. `None` where too many do.
    pub fn start(&self, filter: TraceArgs) -> Option<Arc<Tracer>> {
        let mut open = self.open.write();
        if open.len() >= MAX_TRACERS {
            return None;
        }
        let tracer = Arc::new(Tracer { filter, dropped: AtomicU64::new(0), queue: Mutex::default() });
        open.push(tracer.clone());
        self.on.store(true, Ordering::Relaxed);
        Some(tracer)
    }

    /// One looks no more.
    pub fn stop(&self, tracer: &Arc<Tracer>) {
        let mut open = self.open.write();
        open.retain(|held| !Arc::ptr_eq(held, tracer));
        self.on.store(!open.is_empty(), Ordering::Relaxed);
    }

    /// Those who are to see this one and have not seen too many of late.
    pub fn lookers(&self, trace: &Trace, now_ms: u64) -> Vec<Arc<Tracer>> {
        let open = self.open.read();
        open.iter().filter(|tracer| tracer.fits(trace) && tracer.admits(now_ms)).cloned().collect()
    }
}

/// Puts a trace into the lookers' queues, encoded once.
pub fn hand_out(lookers: &[Arc<Tracer>], trace: Trace, stand: Stand) {
    let Stand { epoch, seq, node, at } = stand;
    let entry = Entry { epoch, seq, at, node, what: Happening::Trace { trace } };
    match serde_json::value::to_raw_value(&entry) {
        Ok(json) => {
            let json: Arc<RawValue> = json.into();
            lookers.iter().for_each(|tracer| tracer.put(seq, json.clone()));
        }
        Err(error) => tracing::error!(%error, "a trace cannot be written as JSON"),
    }
}

impl Tracer {
    /// At what it looks.
    pub fn filter(&self) -> &TraceArgs {
        &self.filter
    }

    /// The next traces that stand behind entries up to that one, up to about so many bytes, and how many were dropped.
    pub fn take(&self, up_to: Seq, max_bytes: usize) -> (Vec<(Seq, Arc<RawValue>)>, u64) {
        let mut queue = self.queue.lock();
        let mut taken = Vec::new();
        let mut bytes = 0;
        while let Some((seq, json)) = queue.waiting.front() {
            bytes += json.get().len() + 1;
            if *seq > up_to || (bytes > max_bytes && !taken.is_empty()) {
                break;
            }
            taken.extend(queue.waiting.pop_front());
        }
        queue.bytes -= taken.iter().map(|(_, json)| json.get().len()).sum::<usize>();
        (taken, self.dropped.swap(0, Ordering::Relaxed))
    }

    fn fits(&self, trace: &Trace) -> bool {
        let TraceArgs { user, event, namespace, room } = &self.filter;
        user.as_ref().is_none_or(|user| *user == trace.user.id)
            && event.as_ref().is_none_or(|event| *event == trace.event)
            && namespace.as_ref().is_none_or(|namespace| *namespace == trace.namespace)
            && room.as_ref().is_none_or(|room| Some(room) == trace.room.as_ref())
    }

    fn admits(&self, now_ms: u64) -> bool {
        let mut queue = self.queue.lock();
        let second = now_ms / 1000;
        if queue.second != second {
            (queue.second, queue.in_second) = (second, 0);
        }
        queue.in_second += 1;
        let admitted = queue.in_second <= PER_SECOND;
        self.dropped.fetch_add(u64::from(!admitted), Ordering::Relaxed);
        admitted
    }

    fn put(&self, seq: Seq, json: Arc<RawValue>) {
        let mut queue = self.queue.lock();
        if queue.waiting.len() >= MAX_WAITING || queue.bytes + json.get().len() > MAX_BYTES {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        queue.bytes += json.get().len();
        queue.waiting.push_back((seq, json));
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::feed::User;

    use super::*;

    fn trace(user: i64, event: &str, room: Option<&str>) -> Trace {
        Trace {
            user: User { id: user.into(), username: "ann".into() },
            socket: "s".into(),
            namespace: "/web".into(),
            event: event.into(),
            room: room.map(Into::into),
            payload: None,
            duration_us: 1,
            code: None,
        }
    }

    fn stand(seq: Seq) -> Stand {
        Stand { epoch: "e".into(), seq, node: "n".into(), at: Timestamp(0) }
    }

    #[test]
    fn only_what_was_asked_for_is_traced() {
        let filter = TraceArgs { user: Some(7.into()), room: Some("lobby".into()), ..TraceArgs::default() };
        let tracers = Tracers::default();
        assert!(!tracers.are_on());
        let tracer = tracers.start(filter).expect("a tracer");
        assert!(tracers.are_on());
        for (user, room, seen) in [(7, Some("lobby"), 1), (8, Some("lobby"), 0), (7, Some("cellar"), 0), (7, None, 0)] {
            assert_eq!(tracers.lookers(&trace(user, "room:message", room), 0).len(), seen, "{user} {room:?}");
        }
        tracers.stop(&tracer);
        assert!(!tracers.are_on());
    }

    #[test]
    fn beyond_so_many_a_second_they_are_counted() {
        let tracers = Tracers::default();
        let tracer = tracers.start(TraceArgs::default()).expect("a tracer");
        for n in 0..1_000 {
            let lookers = tracers.lookers(&trace(n, "ping", None), 5_000 + n as u64 / 10);
            hand_out(&lookers, trace(n, "ping", None), stand(3));
        }
        let (taken, dropped) = tracer.take(3, usize::MAX);
        assert_eq!((taken.len() as u64, dropped), (u64::from(PER_SECOND), 1_000 - u64::from(PER_SECOND)));
        assert_eq!(tracers.lookers(&trace(1, "ping", None), 6_000).len(), 1, "the next second");
    }

    #[test]
    fn a_queue_is_bounded_and_keeps_its_place_in_the_feed() {
        let tracers = Tracers::default();
        let tracer = tracers.start(TraceArgs::default()).expect("a tracer");
        for n in 0..1_500 {
            let lookers = tracers.lookers(&trace(n, "ping", None), n as u64 * 1_000);
            hand_out(&lookers, trace(n, "ping", None), stand(n as u64));
        }
        let (taken, dropped) = tracer.take(9, usize::MAX);
        assert_eq!((taken.len(), dropped), (10, 500));
        let (taken, dropped) = tracer.take(Seq::MAX, 1);
        assert_eq!((taken.len(), taken[0].0, dropped), (1, 10, 0), "one at least");
    }
}
