//! A subscription to the feed: a snapshot in pages, then batches, as fast as they are read and no faster.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use signalbox_protocol::feed::{Kind, Node, Subscribe};
use signalbox_protocol::{Epoch, Seq, Timestamp};
use socketioxide::extract::SocketRef;
use tokio::time::Instant;

use crate::feed::{Cursor, Kinds, Piece, Taken, Tracer, pages};
use crate::gateway::Gateway;
use crate::hub::{Frozen, current};
use crate::pipeline::Member;

/// A batch has at most so many bytes of entries, half of them traces: with what stands around them, 256 KiB.
const MAX_BATCH: usize = 250 * 1024;
/// Batches are at least so far apart: 20 a second.
const BATCH_EVERY: Duration = Duration::from_millis(50);
/// How long to wait where the client's buffer is full, or where there is no telling what a polling client has read.
const BREATH: Duration = Duration::from_millis(100);

/// `feed:snapshot`, with its pieces already encoded.
#[derive(Default, Serialize)]
struct Page<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<&'a Epoch>,
    seq: Seq,
    recovered: bool,
    page: u32,
    last: bool,
    #[serde(skip_serializing_if = "<[Node]>::is_empty")]
    nodes: &'a [Node],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    episodes: &'a [Box<RawValue>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alerts: &'a [Box<RawValue>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    hits: &'a [Box<RawValue>],
    connections: &'a [Box<RawValue>],
}

/// `feed:batch`, with its entries already encoded.
#[derive(Serialize)]
struct Batch<'a> {
    epoch: &'a Epoch,
    entries: &'a [&'a RawValue],
    dropped: &'a BTreeMap<Kind, u64>,
}

/// Where a subscription begins.
enum Start {
    /// The ring still held what the subscriber had missed.
    Recovered(Seq),
    /// The state, first.
    Snapshot(Frozen),
}

/// Subscribes the socket, in place of an earlier subscription. From now on it is spared the views of the feed.
pub fn subscribe(member: &Arc<Member>, socket: &SocketRef, subscribe: Subscribe) {
    let gateway = &member.gateway;
    let kinds = Kinds::new(&subscribe.kinds);
    let (epoch, start, cursor) = gateway.on_floor(|floor| {
        let resumed = subscribe.after.as_ref().and_then(|after| Some((after.seq, floor.feed.resume(after)?)));
        let (start, cursor) = match resumed {
            Some((seq, cursor)) => (Start::Recovered(seq), cursor),
            None => (Start::Snapshot(floor.freeze(Timestamp::now())), floor.feed.end()),
        };
        (floor.feed.epoch().clone(), start, cursor)
    });
    let reader = Reader { gateway: gateway.clone(), member: member.clone(), socket: socket.clone(), epoch };
    // What was traced for an earlier subscription was its own.
    gateway.trace_no_more(member);
    let task = tokio::spawn(reader.serve(start, cursor, kinds)).abort_handle();
    match member.subscribed(task) {
        Some(before) => before.abort(),
        None => {
            member.session.listen();
            gateway.reach.subscribe(socket, member.place, &member.session.user.id);
            gateway.watched();
        }
    }
}

/// One subscriber.
struct Reader {
    gateway: Gateway,
    member: Arc<Member>,
    socket: SocketRef,
    epoch: Epoch,
}

impl Reader {
    async fn serve(self, start: Start, cursor: Cursor, kinds: Kinds) {
        let begun = match start {
            Start::Recovered(seq) => {
                let page = Page { epoch: Some(&self.epoch), seq, recovered: true, last: true, ..Page::default() };
                self.deliver("feed:snapshot", &page, 0).await
            }
            Start::Snapshot(frozen) => self.send_state(frozen).await,
        };
        if begun {
            self.send_entries(cursor, kinds).await;
        }
    }

    async fn send_state(&self, frozen: Frozen) -> bool {
        let Frozen { seq, episodes, alerts, hits, connections, .. } = frozen;
        let nodes = [self.gateway.status()];
        let pieces = (episodes.into_iter().map(Piece::Episode))
            .chain(alerts.into_iter().map(Piece::Alert))
            .chain(hits.into_iter().map(Piece::Hits))
            .chain(connections.into_iter().map(|(record, session)| Piece::Connection(current(&record, &session))));
        let mut pages = pages(pieces).peekable();
        let mut number = 0;
        while let Some(pieces) = pages.next() {
            let page = Page {
                epoch: Some(&self.epoch),
                seq,
                recovered: false,
                page: number,
                last: pages.peek().is_none(),
                nodes: if number == 0 { &nodes } else { &[] },
                episodes: &pieces.episodes,
                alerts: &pieces.alerts,
                hits: &pieces.hits,
                connections: &pieces.connections,
            };
            if !self.deliver("feed:snapshot", &page, pieces.bytes).await {
                return false;
            }
            number += 1;
        }
        true
    }

    async fn send_entries(&self, mut cursor: Cursor, kinds: Kinds) {
        loop {
            let grown = self.gateway.bell().notified();
            tokio::pin!(grown);
            grown.as_mut().enable();
            let tracer = self.member.tracer();
            let most = if tracer.is_some() { MAX_BATCH / 2 } else { MAX_BATCH };
            let taken = self.gateway.on_floor(|floor| floor.feed.take(&mut cursor, kinds, most));
            let Some(taken) = with_traces(taken, tracer.as_deref(), cursor.position()) else {
                grown.await;
                continue;
            };
            let next = Instant::now() + BATCH_EVERY;
            let entries: Vec<&RawValue> = taken.entries.iter().map(|(_, json)| &**json).collect();
            let batch = Batch { epoch: &self.epoch, entries: &entries, dropped: &taken.dropped };
            let bytes = entries.iter().map(|json| json.get().len()).sum();
            if !self.deliver("feed:batch", &batch, bytes).await {
                return;
            }
            tokio::time::sleep_until(next).await;
        }
    }

    /// Sends it and waits until it is on its way. False where the socket has gone.
    async fn deliver<T: Serialize>(&self, event: &str, payload: &T, bytes: usize) -> bool {
        let carrier = self.member.session.link.carrier();
        let mark = carrier.as_ref().map(|carrier| carrier.sent() + bytes as u64);
        while !self.gateway.reach.offer(&self.socket, event, payload) {
            if !self.socket.connected() {
                return false;
            }
            tokio::time::sleep(BREATH).await;
        }
        match (carrier, mark) {
            (Some(carrier), Some(mark)) => carrier.sent_up_to(mark).await,
            _ => tokio::time::sleep(BREATH).await,
        }
        true
    }
}

/// What was taken from the ring, and the traces among it that the operator looks at.
fn with_traces(taken: Option<Taken>, tracer: Option<&Tracer>, up_to: Seq) -> Option<Taken> {
    let Some(tracer) = tracer else { return taken };
    let (traces, dropped) = tracer.take(up_to, MAX_BATCH / 2);
    if traces.is_empty() && dropped == 0 {
        return taken;
    }
    let mut taken = taken.unwrap_or_default();
    taken.entries.extend(traces);
    // Stable: a trace bears the number of the entry that it stands behind.
    taken.entries.sort_by_key(|(seq, _)| *seq);
    if dropped > 0 {
        taken.dropped.insert(Kind::Trace, dropped);
    }
    Some(taken)
}
