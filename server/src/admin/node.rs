//! `configuration`, `nodes`, `drain` and `resume`: how the gateway is set up, how its processes do, and how one is emptied.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{CommandError, Configuration, DrainArgs, Draining, Nodes, Preview, Resumed};

use super::audit::Action;
use super::targets::{Targets, count, nobody};
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

pub(super) fn preview_drain(gateway: &Gateway) -> Preview {
    targets(gateway).preview()
}

pub(super) async fn drain(operator: &Arc<Member>, args: DrainArgs, now: Timestamp) -> Result<Draining, CommandError> {
    let gateway = &operator.gateway;
    let targets = targets(gateway);
    targets.fit(args.fingerprint.as_deref())?;
    let over = args.over.unwrap_or(OVER_S).min(MAX_OVER_S);
    let node = gateway.node.clone();
    let action = Action::begin(operator, "drain", format!("node {node}"), json!({ "over": over }), now).await?;
    gateway.drain(Duration::from_secs(over.into()), now);
    action.end(Ok(Draining { node, connections: count(targets.connections().len()), over })).await
}

pub(super) fn preview_resume(gateway: &Gateway) -> Preview {
    nobody(&format!("resume {}", gateway.node))
}

pub(super) async fn resume(operator: &Arc<Member>, now: Timestamp) -> Result<Resumed, CommandError> {
    let gateway = &operator.gateway;
    let node = gateway.node.clone();
    let action = Action::begin(operator, "resume", format!("node {node}"), json!({}), now).await?;
    gateway.resume();
    action.end(Ok(Resumed { node })).await
}

/// Everybody but operators, who stay to see what comes of it.
fn targets(gateway: &Gateway) -> Targets {
    let mut sockets = gateway.on_floor(|floor| floor.presence.sockets());
    sockets.retain(|(session, _)| !session.is_operator());
    Targets::new(sockets)
}
