//! What is told of an event to those who look at it.

use std::time::Duration;

use signalbox_protocol::ErrorCode;
use signalbox_protocol::feed::Trace;

use super::{Caller, Fault, Frame, Looked, MAX_NAME};
use crate::feed::{Stand, hand_out, shown};

/// An event was handled, and took so long.
pub(super) fn note(caller: &Caller<'_>, frame: &Frame<'_>, looked: Looked, took: Duration, fault: Option<&Fault>) {
    let (member, gateway) = (caller.member, &caller.member.gateway);
    let mut trace = Trace {
        user: member.session.user.clone(),
        socket: member.session.socket_id(),
        namespace: gateway.namespace(member.place).clone(),
        event: frame.event[..frame.event.floor_char_boundary(MAX_NAME)].to_owned(),
        room: looked.room,
        payload: None,
        duration_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        code: fault.map(code),
    };
    let lookers = gateway.tracers.lookers(&trace, gateway.monotonic_ms());
    if lookers.is_empty() {
        return;
    }
    trace.payload = frame.raw.map(|raw| shown(&frame.event, raw));
    let (epoch, seq) = gateway.on_floor(|floor| (floor.feed.epoch().clone(), floor.feed.seq()));
    hand_out(&lookers, trace, Stand { epoch, seq, node: gateway.node.clone(), at: caller.now });
    gateway.bell().notify_waiters();
}

/// What is dropped without an answer is over the limit of invalid events.
const fn code(fault: &Fault) -> ErrorCode {
    match fault {
        Fault::Told { code, .. } => *code,
        Fault::Silent => ErrorCode::RateLimited,
    }
}
