//! A client that sends faster than its events are handled is held back, and loses none.

use serde_json::json;
use signalbox_protocol::admin::Role;
use signalbox_server::hub::Place;

use crate::running::{Running, until};
use crate::socket::{Polling, Socket};

#[tokio::test]
async fn a_flood_of_commands_that_wait_for_the_store_is_answered_in_order() {
    let running = Running::start().await;
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Operator))).await;
    let notify = json!({"target": {"users": [7]}, "type": "info", "title": "t", "message": "m"});
    for id in 0..600 {
        let request = json!({"id": id.to_string(), "command": "notify", "args": notify});
        admin.emit("/admin", "admin:request", &request).await;
    }
    for id in 0..600 {
        let response = admin.event("/admin", "admin:response").await;
        assert_eq!((&response["id"], &response["ok"]), (&json!(id.to_string()), &json!(true)), "{response}");
    }
}

#[tokio::test]
async fn a_body_full_of_events_is_handled_in_order() {
    let running = Running::start().await;
    let mut ben = Socket::join(running.address, "/web", &running.token("8", None)).await;
    ben.event("/web", "connected").await;
    let polling = Polling::open(running.address, 4).await;
    polling.post(&format!("40/web,{{\"token\":\"{}\"}}", running.token("7", None))).await;
    polling.expect("connected").await;
    let event = |n: u32| format!("42/web,[\"private:message\",{{\"toUserId\":8,\"message\":\"{n}\"}}]");
    let first: Vec<_> = (0..1_000).map(event).collect();
    let second: Vec<_> = (1_000..2_000).map(event).collect();
    assert_eq!(polling.post(&first.join("\u{1e}")).await, 200);
    assert_eq!(polling.post(&second.join("\u{1e}")).await, 200);
    for n in 0..2_000 {
        assert_eq!(ben.event("/web", "private:message").await["message"], n.to_string());
    }
}

#[tokio::test]
async fn what_is_lost_to_a_client_that_does_not_read_is_counted() {
    let running = Running::start().await;
    let token = running.token("7", None);
    let polling = Polling::open(running.address, 4).await;
    polling.post(&format!("40/web,{{\"token\":\"{token}\"}}")).await;
    until("the arrival", || running.connected() == 1).await;
    let reach = &running.gateway.reach;
    let told = (0..5_000).map(|n| u64::from(reach.user(Place::Web, &7.into(), "n", &n).delivered)).sum::<u64>();
    assert!(told < 5_000, "its buffer is full");
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    admin.emit("/admin", "admin:request", &json!({"id": "1", "command": "stats", "args": {}})).await;
    let stats = &admin.event("/admin", "admin:response").await["result"];
    assert!(stats["undelivered"].as_u64().is_some_and(|lost| lost >= 5_000 - told), "{stats}");
}

#[tokio::test]
async fn a_page_of_connections_is_bounded_in_bytes() {
    let running = Running::with(|config| config.connections.per_user = 100).await;
    let token = running.token("7", None);
    let mut sockets = Vec::new();
    for _ in 0..8 {
        let mut socket = Socket::join(running.address, "/web", &token).await;
        for n in 0..100 {
            socket.emit("/web", "room:join", &json!({"roomId": format!("{n:大>128}")})).await;
        }
        socket.send("42/web,1[\"ping\"]").await;
        socket.expect("43/web,1").await;
        sockets.push(socket);
    }
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    let (mut found, mut cursor) = (0, json!(null));
    loop {
        let args = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
        admin.emit("/admin", "admin:request", &json!({"id": "1", "command": "snapshot", "args": args})).await;
        let page = admin.event("/admin", "admin:response").await["result"].clone();
        assert!(page.to_string().len() < 300 * 1024);
        found += page["connections"].as_array().map_or(0, Vec::len);
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(found, 9);
}
