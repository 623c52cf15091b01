//! What happens: a snapshot of the population, and then entries without end.
//!
//! The state that the entries make is of no interest here; they only have to be such that a console has something to do
//! with each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Batch, Entry, Happening, Kind, LimitEpisode, Snapshot};
use socketioxide::extract::SocketRef;
use tokio::time::{MissedTickBehavior, interval};

use crate::population::{connection, connection_id, user};

/// Batches a second, as the gateway sends them.
const BATCHES: u32 = 20;
/// Connections on one page of the snapshot: somewhat less than 256 KiB.
const PAGE: u32 = 500;
/// Between two attempts to send a page to a console that is still reading.
const BREATH: Duration = Duration::from_millis(5);
/// Users who run into limits.
const OFFENDERS: u64 = 200;

/// The feed.
pub struct River {
    users: u32,
    rate: Arc<AtomicU32>,
    sent: AtomicU64,
    left_out: AtomicU64,
}

impl River {
    /// A feed about so many users, as fast as the rate says.
    pub fn new(users: u32, rate: Arc<AtomicU32>) -> Self {
        Self { users, rate, sent: AtomicU64::new(0), left_out: AtomicU64::new(0) }
    }

    /// How many entries were sent, and how many were left out.
    pub fn sum(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.left_out.load(Ordering::Relaxed))
    }

    /// Sends all of it, until the console is gone.
    pub async fn run(&self, socket: &SocketRef) {
        self.snapshot(socket).await;
        let mut tick = interval(Duration::from_secs(1) / BATCHES);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut seq = 1;
        let mut dropped: BTreeMap<Kind, u64> = BTreeMap::new();
        while socket.connected() {
            tick.tick().await;
            let due = u64::from(self.rate.load(Ordering::Relaxed) / BATCHES);
            if due == 0 {
                continue;
            }
            let entries: Vec<Entry> = (seq..seq + due).map(|number| self.entry(number + 1)).collect();
            seq += due;
            let batch = Batch { epoch: "torrent".into(), entries, dropped: dropped.clone() };
            if socket.emit("feed:batch", &batch).is_ok() {
                dropped.clear();
                self.sent.fetch_add(due, Ordering::Relaxed);
            } else {
                batch.entries.iter().for_each(|entry| *dropped.entry(entry.what.kind()).or_default() += 1);
                self.left_out.fetch_add(due, Ordering::Relaxed);
            }
        }
    }

    async fn snapshot(&self, socket: &SocketRef) {
        let now = Timestamp::now();
        let pages = self.users.div_ceil(PAGE).max(1);
        for page in 0..pages {
            let numbers = page * PAGE..((page + 1) * PAGE).min(self.users);
            let snapshot = Snapshot {
                epoch: "torrent".into(),
                seq: 1,
                recovered: false,
                page,
                last: page + 1 == pages,
                nodes: Vec::new(),
                episodes: Vec::new(),
                alerts: Vec::new(),
                hits: Vec::new(),
                connections: numbers.map(|number| connection(number, 0, now)).collect(),
            };
            while socket.connected() && socket.emit("feed:snapshot", &snapshot).is_err() {
                tokio::time::sleep(BREATH).await;
            }
        }
    }

    fn entry(&self, seq: u64) -> Entry {
        Entry { epoch: "torrent".into(), seq, at: Timestamp::now(), node: "torrent".into(), what: self.happening(seq) }
    }

    /// Of ten entries four are limit hits, four are people who fall idle or wake, and two are somebody who leaves and comes
    /// back. Users are taken far apart from each other, so that rows change all over the table.
    fn happening(&self, seq: u64) -> Happening {
        let now = Timestamp::now();
        let round = seq / 10;
        let who = u32::try_from(round.wrapping_mul(7919) % u64::from(self.users.max(1))).unwrap_or(0);
        let visit = u32::try_from(round / u64::from(self.users.max(1))).unwrap_or(0);
        let resting = || connection_id((who + self.users / 2) % self.users.max(1), 0).as_str().into();
        match seq % 10 {
            0 => Happening::ConnectionClosed {
                connection: connection_id(who, visit).as_str().into(),
                user: user(who),
                reason: "client left".into(),
                bytes_in: 1_000,
                bytes_out: 20_000,
            },
            1 => Happening::ConnectionOpened { connection: connection(who, visit + 1, now) },
            2..6 => Happening::LimitEpisode { episode: episode(seq, now) },
            6 | 7 => Happening::ConnectionIdle { connection: resting(), last_activity: now },
            _ => Happening::ConnectionActive { connection: resting() },
        }
    }
}

fn episode(seq: u64, now: Timestamp) -> LimitEpisode {
    let offender = seq % OFFENDERS;
    LimitEpisode {
        id: offender,
        user: user(u32::try_from(offender).unwrap_or(0)),
        namespace: "/web".into(),
        event: "room:message".into(),
        room: Some("lobby".into()),
        address: format!("10.0.0.{offender}"),
        limit: 10,
        window: 60,
        dropped: seq / OFFENDERS + 1,
        since: now,
        last: now,
        ended: false,
    }
}
