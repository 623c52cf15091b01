//! `trace` and `trace-stop`: single events, for the operator who looks at them.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{CommandError, TraceArgs, TraceStopped, Tracing};
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Deed};
use super::refused;
use super::rooms::place;
use super::targets::Targets;
use crate::feed::PER_SECOND;
use crate::gateway::Gateway;
use crate::hub::{Place, Session};
use crate::pipeline::Member;

/// Whose events would be seen, were they to send any now.
pub(super) fn targets(gateway: &Gateway, args: &TraceArgs) -> Result<Targets, CommandError> {
    let only = args.namespace.as_ref().map(place).transpose()?;
    let sockets = gateway.on_floor(|floor| {
        let mut sockets = floor.presence.sockets();
        let in_room = |(session, at): &(Arc<Session>, Place)| {
            args.room.as_ref().is_none_or(|room| floor.presence.is_in(&session.id, *at, room))
        };
        sockets.retain(|socket| {
            only.is_none_or(|only| only == socket.1)
                && args.user.as_ref().is_none_or(|user| *user == socket.0.user.id)
                && in_room(socket)
        });
        sockets
    });
    Ok(Targets::new(sockets))
}

pub(super) async fn start(operator: &Arc<Member>, args: TraceArgs, now: Timestamp) -> Result<Tracing, CommandError> {
    if let Some(namespace) = &args.namespace {
        place(namespace)?;
    }
    if !operator.is_subscribed() {
        return Err(refused(ErrorCode::Conflict, "traces come with the feed: subscribe to it first"));
    }
    let action = Action::begin(operator, Deed::new("trace", subject(&args), json!(args)), now).await?;
    let gateway = &operator.gateway;
    gateway.trace_no_more(operator);
    let result = match gateway.tracers.start(args) {
        Some(tracer) => {
            operator.look_at(Some(tracer));
            Ok(Tracing { per_second: PER_SECOND })
        }
        None => Err(refused(ErrorCode::Conflict, "too many operators trace at once")),
    };
    action.end(result).await
}

pub(super) async fn stop(operator: &Arc<Member>, now: Timestamp) -> Result<TraceStopped, CommandError> {
    let Some(tracer) = operator.tracer() else { return Ok(TraceStopped { stopped: false }) };
    let args = tracer.filter();
    let action = Action::begin(operator, Deed::new("trace-stop", subject(args), json!(args)), now).await?;
    let stopped = operator.gateway.trace_no_more(operator);
    action.end(Ok(TraceStopped { stopped })).await
}

fn subject(args: &TraceArgs) -> String {
    let TraceArgs { user, event, namespace, room } = args;
    let parts = [
        user.as_ref().map(|user| format!("user {user}")),
        event.as_ref().map(|event| format!("event {event}")),
        namespace.as_ref().map(|namespace| format!("namespace {namespace}")),
        room.as_ref().map(|room| format!("room {room}")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "every event".into() } else { parts.join(", ") }
}
