//! `alerts`, `acknowledge-alert` and `silence-alert`: what is wrong, and what is done about it.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{AcknowledgeArgs, AlertsArgs, CommandError, Page, SilenceArgs};
use signalbox_protocol::feed::Alert;
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Deed};
use super::page::{limit, numbered, page};
use super::refused;
use super::targets::Targets;
use crate::gateway::Gateway;
use crate::pipeline::Member;

pub(super) fn alerts(gateway: &Gateway, args: &AlertsArgs) -> Result<Page<Alert>, CommandError> {
    let before = numbered(args.cursor.as_deref())?.and_then(|id| u64::try_from(id).ok()).unwrap_or(u64::MAX);
    let limit = limit(args.limit);
    let earlier: Vec<_> = gateway
        .on_floor(|floor| floor.alerts().latest().filter(|alert| alert.id < before).take(limit + 1).cloned().collect());
    Ok(page(earlier, limit, |alert| alert.id.to_string()))
}

/// Nobody, provided that there is such an alert.
pub(super) fn targets(gateway: &Gateway, id: u64) -> Result<Targets, CommandError> {
    find(gateway, id).map(|_| Targets::nobody())
}

pub(super) async fn acknowledge(
    operator: &Arc<Member>,
    args: AcknowledgeArgs,
    now: Timestamp,
) -> Result<Alert, CommandError> {
    let gateway = &operator.gateway;
    let subject = find(gateway, args.id)?.message;
    let action =
        Action::begin(operator, Deed::new("acknowledge-alert", subject, json!({ "id": args.id })), now).await?;
    let by = &operator.session.user.username;
    let acknowledged = gateway.on_floor(|floor| floor.acknowledge(args.id, by, now));
    action.end(acknowledged.ok_or_else(no_alert)).await
}

pub(super) async fn silence(operator: &Arc<Member>, args: SilenceArgs, now: Timestamp) -> Result<Alert, CommandError> {
    let gateway = &operator.gateway;
    let subject = find(gateway, args.id)?.message;
    let detail = json!({ "id": args.id, "until": args.until });
    let action = Action::begin(operator, Deed::new("silence-alert", subject, detail), now).await?;
    let silenced = gateway.on_floor(|floor| floor.silence(args.id, args.until, now));
    action.end(silenced.ok_or_else(no_alert)).await
}

fn find(gateway: &Gateway, id: u64) -> Result<Alert, CommandError> {
    gateway.on_floor(|floor| floor.alerts().get(id).cloned()).ok_or_else(no_alert)
}

fn no_alert() -> CommandError {
    refused(ErrorCode::NotFound, "there is no such alert")
}
