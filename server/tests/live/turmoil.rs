//! Coming, joining, leaving, being evicted and being kicked, all at once: when it is over, nothing is left.

use std::time::Duration;

use serde_json::json;
use signalbox_protocol::admin::Role;
use signalbox_server::config::ConnectionPolicy;
use signalbox_server::hub::{Closing, Place};
use signalbox_server::namespaces;
use tokio::task::JoinSet;

use crate::running::{Running, until};
use crate::socket::Socket;

const USERS: i64 = 12;
const VISITS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_turmoil_nothing_is_left() {
    let running = Running::with(|config| {
        config.connections.per_user = 1;
        config.connections.policy = ConnectionPolicy::EvictOldest;
        config.transport.connect_timeout = Duration::from_secs(2);
    })
    .await;
    let mut visits = JoinSet::new();
    for user in 0..USERS {
        let token = running.token(&user.to_string(), Some(Role::Viewer));
        for visit in 0..VISITS {
            visits.spawn(pay_a_visit(running.address, token.clone(), visit));
        }
    }
    let gateway = running.gateway.clone();
    let kicks = tokio::spawn(async move {
        loop {
            for user in 0..USERS {
                for session in gateway.on_floor(|floor| floor.presence.sessions_of(&user.into())) {
                    let closing = Closing::new("kicked", "maintenance");
                    namespaces::close(&gateway, &session, closing).await;
                }
            }
            tokio::task::yield_now().await;
        }
    });
    tokio::time::timeout(Duration::from_secs(60), visits.join_all()).await.expect("every visit ends");
    kicks.abort();

    let gateway = &running.gateway;
    let sockets = || Place::ALL.map(|place| gateway.reach.sockets(place));
    until("the last departure", || running.connected() == 0 && sockets() == [0; 5]).await;
    assert_eq!(gateway.on_floor(|floor| floor.presence.online()), 0);
    assert_eq!(gateway.rooms.count(), 0);
    until("the end of what was never let in", || gateway.strangers.count() == 0).await;
    assert!(!gateway.is_watched());
    assert_eq!(gateway.expiring(), 0);
    until("the end of every link", || {
        gateway.links.sweep();
        gateway.links.count() == 0
    })
    .await;
}

/// Comes by itself or in both namespaces, and goes in one of several ways, unless it is thrown out first.
async fn pay_a_visit(address: std::net::SocketAddr, token: String, visit: usize) {
    let mut socket = Socket::open(address, "EIO=4&transport=websocket").await;
    let namespaces = if visit.is_multiple_of(2) { &["/web", "/admin"][..] } else { &["/web"] };
    for namespace in namespaces {
        if !socket.try_send(format!("40{namespace},{{\"token\":\"{token}\"}}")).await {
            return;
        }
    }
    for text in [
        format!("42/web,[\"room:join\",{}]", json!({"roomId": "lobby"})),
        "42/admin,[\"feed:subscribe\",{}]".into(),
        "41/web,".into(),
    ] {
        // An event for a namespace that one is not in ends the connection, which is one of the ways to go.
        if visit.is_multiple_of(3) && !socket.try_send(text).await {
            return;
        }
    }
    if visit % 4 != 1 {
        socket.closed().await;
    }
}
