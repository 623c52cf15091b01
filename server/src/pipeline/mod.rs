//! The one way of an event: known → valid → allowed → within limits → handler → outcome.
//!
//! Owns the order of these steps, the queue that keeps a socket's events in order, and the shapes of answers. It must
//! never know what a particular event does.

mod content;
mod fault;
mod frame;
mod inbox;
mod later;
mod member;
mod trace;

use std::any::Any;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::value::RawValue;
use signalbox_protocol::{ErrorCode, RoomName, Timestamp};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::handler::Value;

use crate::hub::{Outcome, Place};
use crate::limits::{Drop, INVALID_EVENT, Verdict};
use crate::namespaces::{self, Known};

pub use content::Words;
pub use fault::Fault;
pub use frame::{Frame, Payload};
pub use inbox::{Exit, Inbound, Intake};
pub use member::{MAX_ROOMS, Member};

/// Who sent an event, and how the sender is answered.
pub struct Caller<'a> {
    /// The sender's place in the namespace.
    pub member: &'a Arc<Member>,
    /// The sender's socket.
    pub socket: &'a SocketRef,
    /// When the event's turn came.
    pub now: Timestamp,
    /// The event, once it is known.
    event: &'static str,
    ack: Option<AckSender>,
    /// While somebody looks at traces: what is only known on the way.
    looked: Option<Looked>,
}

/// What a trace tells beyond the frame.
#[derive(Debug, Default)]
struct Looked {
    room: Option<RoomName>,
}

impl Caller<'_> {
    /// Whether the sender waits for an acknowledgement.
    pub fn waits(&self) -> bool {
        self.ack.is_some()
    }

    /// Sends the sender an event, and its keys in the acknowledgement.
    pub fn tell<T: Serialize>(&mut self, event: &str, payload: &T) {
        self.member.gateway.reach.one(self.socket, event, payload);
        self.succeed(payload);
    }

    /// Acknowledges with `success` and these keys.
    pub fn succeed<T: Serialize>(&mut self, keys: &T) {
        self.acknowledge(&Success { success: true, keys });
    }

    /// Acknowledges with exactly this.
    pub fn acknowledge<T: Serialize + ?Sized>(&mut self, answer: &T) {
        if let Some(ack) = self.ack.take() {
            // The client may have gone in the meantime.
            let _ = ack.send(answer);
        }
    }
}

/// No keys.
#[derive(Debug, Serialize)]
pub struct Nothing {}

#[derive(Serialize)]
struct Success<'a, T> {
    success: bool,
    #[serde(flatten)]
    keys: &'a T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    success: bool,
    code: ErrorCode,
    message: &'a str,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

/// The event `error`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorEvent<'a> {
    code: ErrorCode,
    message: &'a str,
    event: &'a str,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    received_data: Option<Received<'a>>,
}

/// What was received: as it was, or the beginning of its text.
#[derive(Serialize)]
#[serde(untagged)]
enum Received<'a> {
    Whole(&'a RawValue),
    Cut(&'a str),
}

/// The event `rate:limit:exceeded`, of the back office.
#[derive(Serialize)]
struct LimitExceeded<'a> {
    event: &'a str,
    limit: u32,
    window: u32,
    message: &'a str,
}

/// The event `rate-limit-exceeded`, of the other namespaces.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LimitReached<'a> {
    event: &'a str,
    limit: u32,
    /// Milliseconds since the Unix epoch.
    reset_time: i64,
}

/// An unknown event's name is repeated up to so many bytes.
const MAX_NAME: usize = 128;
/// `receivedData` is cut at so many bytes.
const MAX_RECEIVED: usize = 1024;

/// Takes one event all the way.
pub(crate) async fn handle(member: &Arc<Member>, inbound: Inbound) {
    let began = Instant::now();
    let gateway = &member.gateway;
    let now = Timestamp::now();
    gateway.counters.messages_in.fetch_add(1, Ordering::Relaxed);
    gateway.counters.actives.fetch_add(u64::from(member.tally.count()), Ordering::Relaxed);
    if member.session.touch(now) {
        gateway.on_floor(|floor| floor.wake(&member.session.id, now));
    }
    let Inbound { socket, value, ack } = inbound;
    let (text, attachments) = match &value {
        Value::Str(text, parts) => (text.as_str(), parts.as_ref().map_or(0, VecDeque::len)),
        Value::Bytes(_) => ("", 0),
    };
    let looked = gateway.tracers.are_on().then(Looked::default);
    let mut caller = Caller { member, socket: &socket, now, event: "", ack, looked };
    match Frame::parse(text) {
        Some(frame) => {
            let frame = Frame { attachments, ..frame };
            let index = namespaces::events(member.place).iter().position(|known| known.name == frame.event);
            let outcome = AssertUnwindSafe(decide(&mut caller, &frame, index)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|panic| Err(Fault::internal(&in_words(&*panic))));
            let ended = outcome.as_ref().map_or_else(Fault::outcome, |()| Outcome::Done);
            gateway.outcomes.count(member.place, index, ended);
            if let Some(looked) = caller.looked.take() {
                trace::note(&caller, &frame, looked, began.elapsed(), outcome.as_ref().err());
            }
            if let Err(fault) = outcome {
                answer(&mut caller, &frame, &fault);
            }
        }
        None => {
            // Only its beginning could be read.
            let frame = Frame { event: "".into(), raw: None, attachments };
            let fault = Fault::invalid_payload("this is not valid JSON");
            let fault = member.count_invalid(now).map_or(fault, |()| Fault::Silent);
            gateway.outcomes.count(member.place, None, fault.outcome());
            answer(&mut caller, &frame, &fault);
        }
    }
    gateway.counters.handled(began.elapsed());
}

/// What a handler said when it panicked.
fn in_words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a handler panicked: {}", words.unwrap_or("without a word"))
}

/// Takes it the way; `index` is where its namespace's table has it.
async fn decide(caller: &mut Caller<'_>, frame: &Frame<'_>, index: Option<usize>) -> Result<(), Fault> {
    let member = caller.member;
    let read = match index {
        None => Err(Fault::unknown_event()),
        Some(index) => {
            let known = &namespaces::events(member.place)[index];
            (known.read)(&member.gateway, frame.payload()).map(|request| (index, known, request))
        }
    };
    let (index, known, request) =
        read.map_err(|fault| member.count_invalid(caller.now).map_or(fault, |()| Fault::Silent))?;
    if let Some(looked) = &mut caller.looked {
        looked.room = request.room().cloned();
    }
    // What may not be done is no mistake in the event: it does not count as invalid.
    namespaces::allow(member, &request)?;
    member.admit(index, known, caller, request.room())?;
    caller.event = known.name;
    #[cfg(test)]
    tests::fail(frame);
    namespaces::handle(caller, request).await
}

fn answer(caller: &mut Caller<'_>, frame: &Frame<'_>, fault: &Fault) {
    let Fault::Told { code, message, retry_after_ms } = fault else {
        caller.ack = None;
        return;
    };
    if *code == ErrorCode::Internal {
        caller.member.gateway.counters.errors.fetch_add(1, Ordering::Relaxed);
    }
    if caller.waits() {
        let (code, retry_after_ms) = (*code, *retry_after_ms);
        caller.acknowledge(&Failure { success: false, code, message, error: message, retry_after_ms });
    } else if *code != ErrorCode::RateLimited {
        // Who is over a limit has been told so by an event of its own.
        tell_error(caller, frame, *code, message);
    }
}

fn tell_error(caller: &Caller<'_>, frame: &Frame<'_>, code: ErrorCode, message: &str) {
    let received_data = match code {
        ErrorCode::InvalidPayload => frame.raw.map(|raw| match raw.get() {
            text if text.len() <= MAX_RECEIVED => Received::Whole(raw),
            text => Received::Cut(&text[..text.floor_char_boundary(MAX_RECEIVED)]),
        }),
        _ => None,
    };
    let event = &frame.event[..frame.event.floor_char_boundary(MAX_NAME)];
    let error = ErrorEvent { code, message, event, timestamp: caller.now, received_data };
    caller.member.gateway.reach.one(caller.socket, "error", &error);
}

/// Sends the event `error` although the sender also waits for an acknowledgement.
pub(crate) fn tell_error_of(caller: &Caller<'_>, event: &'static str, message: &str) {
    let frame = Frame { event: event.into(), raw: None, attachments: 0 };
    tell_error(caller, &frame, ErrorCode::Internal, message);
}

impl Member {
    /// Counts an invalid event. `Some` where there have been too many, and this one is dropped without an answer.
    fn count_invalid(&self, now: Timestamp) -> Option<()> {
        let (gateway, index) = (&self.gateway, namespaces::events(self.place).len());
        let limit = gateway.policy.limit(self.place as usize, index)?;
        match self.allowance.admit(index, gateway.monotonic_ms(), gateway.policy.window_ms(), limit) {
            Verdict::Admitted => None,
            Verdict::Over { .. } => {
                self.count_drop(INVALID_EVENT, limit, None, now);
                Some(())
            }
        }
    }

    /// Counts an event against its limit.
    fn admit(
        &self,
        index: usize,
        known: &'static Known,
        caller: &Caller<'_>,
        room: Option<&RoomName>,
    ) -> Result<(), Fault> {
        let gateway = &self.gateway;
        let Some(limit) = gateway.policy.limit(self.place as usize, index) else { return Ok(()) };
        let window = namespaces::window_of(self.place, index);
        match self.allowance.admit(window, gateway.monotonic_ms(), gateway.policy.window_ms(), limit) {
            Verdict::Admitted => Ok(()),
            Verdict::Over { retry_after_ms } => {
                self.count_drop(known.name, limit, room, caller.now);
                self.tell_limit(caller, known.name, limit, retry_after_ms);
                Err(Fault::rate_limited(retry_after_ms))
            }
        }
    }

    /// Tells the sender that it is over a limit, in the namespace's own words.
    fn tell_limit(&self, caller: &Caller<'_>, event: &str, limit: u32, retry_after_ms: u64) {
        let gateway = &self.gateway;
        if self.place.is_office() {
            let (window, message) = (gateway.policy.window_s(), "too many events of this kind; slow down");
            let told = LimitExceeded { event, limit, window, message };
            gateway.reach.one(caller.socket, "rate:limit:exceeded", &told);
        } else {
            let reset_time = caller.now.0.saturating_add_unsigned(retry_after_ms);
            let told = LimitReached { event, limit, reset_time };
            gateway.reach.one(caller.socket, "rate-limit-exceeded", &told);
        }
    }

    fn count_drop(&self, event: &'static str, limit: u32, room: Option<&RoomName>, now: Timestamp) {
        let gateway = &self.gateway;
        gateway.counters.limit_hits.fetch_add(1, Ordering::Relaxed);
        let drop = Drop {
            user: &self.session.user,
            namespace: gateway.namespace(self.place),
            event,
            room: room.cloned(),
            address: &self.address,
            limit,
            window: gateway.policy.window_s(),
        };
        gateway.on_floor(|floor| floor.count_drop(drop, now));
    }
}

/// How many windows a user has in the namespace: one for each event, and one for what is invalid.
pub(crate) fn windows(place: Place) -> usize {
    namespaces::events(place).len() + 1
}

#[cfg(test)]
mod tests;
