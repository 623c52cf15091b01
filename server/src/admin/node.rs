//! `configuration`, `nodes`, `drain` and `resume`: how the gateway is set up, how its processes do, and how one is emptied.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{CommandError, Configuration, DrainArgs, Draining, Nodes, Resumed};

use super::audit::{Action, Deed};
use super::targets::{Targets, count};
use crate::gateway::Gateway;
use crate::pipeline::Member;

/// Over how many seconds clients are sent away, where nothing else is asked for, and at most.
const OVER_S: u32 = 30;
const MAX_OVER_S: u32 = 3_600;

pub(super) fn configuration(gateway: &Gateway) -> Configuration {
    Configuration { settings: gateway.config.settings() }
}

pub(super) fn nodes(gateway: &Gateway) -> Nodes {
    Nodes { nodes: vec![gateway.status()] }
}

/// Everybody but operators, who stay to see what comes of it.
pub(super) fn drained(gateway: &Gateway) -> Targets {
    let mut sockets = gateway.on_floor(|floor| floor.presence.sockets());
    sockets.retain(|(session, _)| !session.is_operator());
    Targets::new(sockets)
}

pub(super) async fn drain(
    operator: &Arc<Member>,
    args: DrainArgs,
    targets: &Targets,
    now: Timestamp,
) -> Result<Draining, CommandError> {
    let gateway = &operator.gateway;
    let over = args.over.unwrap_or(OVER_S).min(MAX_OVER_S);
    let node = gateway.node.clone();
    let deed = Deed::new("drain", format!("node {node}"), json!({ "over": over })).touching(targets);
    let action = Action::begin(operator, deed, now).await?;
    gateway.drain(Duration::from_secs(over.into()), now);
    action.end(Ok(Draining { node, connections: count(targets.connections().len()), over })).await
}

pub(super) async fn resume(operator: &Arc<Member>, now: Timestamp) -> Result<Resumed, CommandError> {
    let gateway = &operator.gateway;
    let node = gateway.node.clone();
    let action = Action::begin(operator, Deed::new("resume", format!("node {node}"), json!({})), now).await?;
    gateway.resume();
    action.end(Ok(Resumed { node })).await
}
