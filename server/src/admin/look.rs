//! The commands that only look.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use signalbox_protocol::admin::{EventMinutes, NodeLoad, SnapshotArgs, SnapshotPage, Stats, StatsArgs};
use signalbox_protocol::feed::Connection;
use signalbox_protocol::{ConnectionId, Timestamp};

use super::targets::count;
use crate::gateway::Gateway;
use crate::hub::{Session, current};
use crate::namespaces;

/// Connections of a page, where nothing else is asked for, and at most.
const PAGE: u32 = 100;
const MAX_PAGE: u32 = 500;
/// A page is full with so many bytes of JSON, however few connections that are.
const MAX_BYTES: usize = 256 * 1024;

pub(super) fn snapshot(gateway: &Gateway, args: &SnapshotArgs) -> SnapshotPage {
    let limit = args.limit.unwrap_or(PAGE).clamp(1, MAX_PAGE) as usize;
    let after = args.cursor.as_deref().map(ConnectionId::from);
    let (epoch, seq, mut page) = gateway.on_floor(|floor| {
        let page: Vec<_> = floor.presence.connections(after.as_ref()).take(limit + 1).collect();
        (floor.feed.epoch().clone(), floor.feed.seq(), page)
    });
    let fits = fitting(&page).min(limit);
    let more = page.len() > fits;
    page.truncate(fits);
    let next_cursor = page.last().filter(|_| more).map(|(record, _)| record.id.to_string());
    let connections = page.iter().map(|(record, session)| current(record, session)).collect();
    SnapshotPage { epoch, seq, connections, next_cursor }
}

/// How many of them fit into a page, one at least: a connection may be in hundreds of rooms with long names.
fn fitting(connections: &[(Arc<Connection>, Arc<Session>)]) -> usize {
    let mut bytes = 0;
    let sizes = connections.iter().map(|(record, _)| serde_json::to_string(&**record).map_or(0, |json| json.len()));
    let fitting = sizes.take_while(|size| {
        bytes += size;
        bytes <= MAX_BYTES
    });
    fitting.count().max(1)
}

pub(super) fn stats(gateway: &Gateway, args: &StatsArgs, now: Timestamp) -> Stats {
    let counters = &gateway.counters;
    let (online_users, connections) = gateway.on_floor(|floor| (floor.presence.online(), floor.presence.connected()));
    Stats {
        at: Some(now),
        online_users,
        connections,
        rooms: count(gateway.rooms.count()),
        messages_in: counters.messages_in.load(Ordering::Relaxed),
        messages_out: counters.messages_out.load(Ordering::Relaxed),
        undelivered: counters.undelivered.load(Ordering::Relaxed),
        limit_hits: counters.limit_hits.load(Ordering::Relaxed),
        errors: counters.errors.load(Ordering::Relaxed),
        handling_p99_us: counters.handling_p99_us(),
        history: if args.history { counters.history() } else { Vec::new() },
        events: if args.history { event_minutes(gateway) } else { Vec::new() },
        load: if args.history { vec![load(gateway)] } else { Vec::new() },
    }
}

/// The last hour of this node's host.
fn load(gateway: &Gateway) -> NodeLoad {
    NodeLoad { node: gateway.node.clone(), minutes: gateway.load.minutes() }
}

/// The last hour of each event of which any came.
pub fn event_minutes(gateway: &Gateway) -> Vec<EventMinutes> {
    let columns = gateway.outcomes.columns().zip(gateway.tallies.events());
    let came = columns.filter(|(_, minutes)| minutes.iter().any(|count| *count > 0));
    came.map(|((place, index), minutes)| EventMinutes {
        namespace: gateway.namespace(place).clone(),
        event: index.map_or("*", |index| namespaces::events(place)[index].name).to_owned(),
        minutes,
    })
    .collect()
}
