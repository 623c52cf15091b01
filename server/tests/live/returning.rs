//! A client that leaves a namespace may come back at once, on the same connection, and brings nothing along.

use serde_json::json;
use signalbox_protocol::RoomName;
use signalbox_server::hub::Place;

use crate::running::Running;
use crate::socket::Socket;

#[tokio::test]
async fn who_leaves_and_comes_back_in_one_breath_is_let_in_every_time() {
    let running = Running::start().await;
    let token = running.token("7", None);
    let mut ann = Socket::join(running.address, "/chat", &token).await;
    let lobby: RoomName = "lobby".parse().expect("a room's name");
    for _ in 0..50 {
        ann.send(format!("40/web,{{\"token\":\"{token}\"}}")).await;
        ann.expect("40/web").await;
        for _ in 0..5 {
            ann.emit("/web", "room:join", &json!({"roomId": "lobby"})).await;
        }
        ann.send("41/web,").await;
        ann.send(format!("40/web,{{\"token\":\"{token}\"}}")).await;
        ann.expect("40/web").await;
        ann.event("/web", "connected").await;
        let in_a_room = running.gateway.on_floor(|floor| floor.presence.has_room(Place::Web, &lobby));
        assert!(!in_a_room, "the room was left with the namespace");
        ann.send("41/web,").await;
    }
    ann.send(format!("40/web,{{\"token\":\"{token}\"}}")).await;
    ann.expect("40/web").await;
    ann.send("42/web,7[\"ping\"]").await;
    ann.expect("43/web,7[\"pong\"]").await;
    assert_eq!(running.connected(), 1);
}

#[tokio::test]
async fn a_connection_that_leaves_its_only_namespace_may_come_back_at_once() {
    let running = Running::start().await;
    let token = running.token("7", None);
    let mut ann = Socket::join(running.address, "/web", &token).await;
    for _ in 0..20 {
        ann.send("41/web,").await;
        ann.send(format!("40/web,{{\"token\":\"{token}\"}}")).await;
        ann.expect("40/web").await;
    }
    ann.send("42/web,7[\"ping\"]").await;
    ann.expect("43/web,7[\"pong\"]").await;
    assert_eq!(running.connected(), 1);
}
