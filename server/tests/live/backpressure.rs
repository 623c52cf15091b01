//! A client that sends faster than its events are handled is held back, and loses none.

use serde_json::json;
use signalbox_protocol::admin::Role;

use crate::running::Running;
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
