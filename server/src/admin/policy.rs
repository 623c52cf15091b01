//! `policy` and `set-policy`: the table of limits as it works, and an operator's say in it.

use std::sync::Arc;

use serde_json::json;
use signalbox_protocol::admin::{CommandError, PolicyEntry, SetPolicyArgs};
use signalbox_protocol::feed::Happening;
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Deed};
use super::rooms::place;
use super::targets::Targets;
use super::{internal, refused};
use crate::config::EventName;
use crate::gateway::Gateway;
use crate::pipeline::Member;

const MAX_LIMIT: u32 = 1_000_000;

/// Those whose events it is about: everybody in the namespace.
pub(super) fn targets(gateway: &Gateway, args: &SetPolicyArgs) -> Result<Targets, CommandError> {
    check(gateway, args)?;
    let place = place(&args.namespace)?;
    let mut sockets = gateway.on_floor(|floor| floor.presence.sockets());
    sockets.retain(|(_, at)| *at == place);
    Ok(Targets::new(sockets))
}

pub(super) async fn set(
    operator: &Arc<Member>,
    args: SetPolicyArgs,
    now: Timestamp,
) -> Result<PolicyEntry, CommandError> {
    let gateway = &operator.gateway;
    let name = check(gateway, &args)?;
    let subject = match args.limit {
        Some(limit) => format!("{name} = {limit}"),
        None => format!("{name} as it was"),
    };
    let action = Action::begin(operator, Deed::new("set-policy", subject, json!(args)), now).await?;
    let by = operator.session.user.username.to_string();
    action.end(put(gateway, &name, args.limit, by, now).await).await
}

async fn put(
    gateway: &Gateway,
    name: &EventName,
    limit: Option<u32>,
    by: String,
    now: Timestamp,
) -> Result<PolicyEntry, CommandError> {
    let _turn = gateway.changes.lock().await;
    gateway.store.put_policy(name, limit, &by, now).await.map_err(|error| internal(&error))?;
    let entry = gateway.policy.set(name, limit).ok_or_else(|| unknown(name))?;
    let told = Happening::PolicyChanged { entry: entry.clone(), by };
    gateway.on_floor(|floor| floor.note(now, told));
    Ok(entry)
}

fn check(gateway: &Gateway, args: &SetPolicyArgs) -> Result<EventName, CommandError> {
    if args.limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
        return Err(refused(ErrorCode::InvalidPayload, "a limit is 1 to 1000000"));
    }
    let name = EventName { namespace: args.namespace.clone(), event: args.event.as_str().into() };
    if gateway.policy.knows(&name) { Ok(name) } else { Err(unknown(&name)) }
}

fn unknown(name: &EventName) -> CommandError {
    refused(ErrorCode::NotFound, format!("there is no event `{name}`"))
}
