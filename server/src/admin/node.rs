//! `configuration` and `nodes`: how the gateway is set up, and how its processes do.

use signalbox_protocol::admin::{Configuration, Nodes};

use crate::gateway::Gateway;

pub(super) fn configuration(gateway: &Gateway) -> Configuration {
    Configuration { settings: gateway.config.settings() }
}

pub(super) fn nodes(gateway: &Gateway) -> Nodes {
    Nodes { nodes: vec![gateway.status()] }
}
