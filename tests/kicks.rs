//! An operator sees whom a disconnect touches before it does, and whoever is disconnected is gone at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{Acting, Command, DisconnectArgs, DisconnectTarget, Role};
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Operator, Token};

const QUIET: &str = "limits.enabled = false\ncors.origins = []";

fn disconnect(target: DisconnectTarget) -> Command {
    Command::Disconnect(DisconnectArgs { target, reason: "maintenance".into() }.into())
}

fn user(id: i64) -> Command {
    disconnect(DisconnectTarget::Users(vec![id.into()]))
}

/// How many connections were touched, on the one node there is.
fn touched(result: &Value) -> (u64, u64) {
    assert_eq!(result["nodes"].as_array().map(Vec::len), Some(1), "{result}");
    let node = &result["nodes"][0];
    (node["users"].as_u64().unwrap_or_default(), node["connections"].as_u64().unwrap_or_default())
}

#[tokio::test]
async fn a_kicked_user_is_told_why_and_closed_on_every_device() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut laptop = gateway.web(7, "ann").await;
    let mut phone = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;

    let preview = olga.preview(user(7)).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"], &preview["nodes"]), (&json!(1), &json!(2), &json!(1)));
    assert_eq!(preview["sample"], json!([{"id": 7, "username": "ann"}]));
    assert!(laptop.is_alive().await, "a preview touches nobody");

    let result = olga.ask(user(7)).await.expect("done");
    assert_eq!(touched(&result), (1, 2), "{result}");
    for device in [&mut laptop, &mut phone] {
        let kicked = device.expect("kicked").await;
        assert_eq!((&kicked["code"], &kicked["reason"]), (&json!("kicked"), &json!("maintenance")));
        device.closed().await;
    }
    ben.expect_where("user:offline", |user| user["userId"] == 7).await;
    assert!(ben.is_alive().await, "nobody else is touched");
    let mut again = gateway.web(7, "ann").await;
    assert!(again.is_alive().await, "a kick is no ban");
}

#[tokio::test]
async fn a_kick_closes_the_whole_connection() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let token = Token::user(7).name("ann").role(Role::Viewer);
    let mut ann = gateway.join("/web", &token).await;
    ann.join("/admin", json!({"token": token.sign()})).await.expect("let in");
    olga.ask(user(7)).await.expect("done");
    ann.expect("kicked").await;
    ann.closed().await;
}

#[tokio::test]
async fn a_kicked_client_that_does_not_read_is_gone_within_a_second() {
    // It must be the kick that ends it, and not that it is slow.
    let gateway = Gateway::with(&format!("{QUIET}\ntransport.write_deadline = 120000")).await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.subscribe(&[Kind::ConnectionClosed, Kind::UserOffline], None).await;

    let mut deaf = Client::open(gateway.dial().narrow()).await.expect("a connection");
    deaf.join("/web", json!({"token": Token::user(7).name("deaf").sign()})).await.expect("let in");
    deaf.ask("room:join", json!({"roomId": "lobby"})).await;
    deaf.stop_reading();
    let mut ben = gateway.web(8, "ben").await;
    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    // Enough to fill what the systems on both sides hold for it, so that the gateway's writing stands still.
    for _ in 0..4_000 {
        ben.emit("room:message", json!({"roomId": "lobby", "message": "x".repeat(1000)})).await;
    }
    assert!(ben.is_alive().await);

    let began = Instant::now();
    olga.ask(user(7)).await.expect("done");
    olga.entry(|what| match what {
        Happening::ConnectionClosed { user, .. } if *user.username == *"deaf" => Some(()),
        _ => None,
    })
    .await;
    deaf.severed().await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(1), "it took {took:?}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_as_a_slow_consumer() {
    let gateway = Gateway::with("limits.enabled = false\ntransport.write_deadline = 500").await;
    let mut olga = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::ConnectionClosed, Kind::Kick], None).await;
    let mut deaf = Client::open(gateway.dial().narrow()).await.expect("a connection");
    deaf.join("/web", json!({"token": Token::user(7).name("deaf").sign()})).await.expect("let in");
    deaf.ask("room:join", json!({"roomId": "lobby"})).await;
    deaf.stop_reading();
    let mut ben = gateway.web(8, "ben").await;
    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    for _ in 0..4_000 {
        ben.emit("room:message", json!({"roomId": "lobby", "message": "x".repeat(1000)})).await;
    }
    let reason = olga
        .entry(|what| match what {
            Happening::ConnectionClosed { user, reason, .. } if *user.username == *"deaf" => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert_eq!(reason, "slow consumer");
    let code = olga
        .entry(|what| match what {
            Happening::Kick { code, sample, .. } if *sample[0].username == *"deaf" => Some(code.clone()),
            _ => None,
        })
        .await;
    assert_eq!(code, "slow_consumer");
    assert!(ben.is_alive().await, "who reads goes on");
}

#[tokio::test]
async fn acting_on_what_has_changed_since_the_preview_is_a_conflict() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let preview = olga.preview(user(7)).await.expect("a preview");
    let fingerprint = preview["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let mut phone = gateway.web(7, "ann").await;
    let with = |fingerprint: String| {
        let target = DisconnectTarget::Users(vec![7.into()]);
        let args = DisconnectArgs { target, reason: "maintenance".into() };
        Command::Disconnect(Acting { args, fingerprint: Some(fingerprint) })
    };
    let refused = olga.ask(with(fingerprint)).await.expect_err("a conflict");
    assert_eq!(refused.code, ErrorCode::Conflict, "{refused}");
    assert!(ann.is_alive().await && phone.is_alive().await, "nobody is touched");

    let preview = olga.preview(user(7)).await.expect("a preview");
    let fingerprint = preview["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let result = olga.ask(with(fingerprint)).await.expect("done");
    assert_eq!(touched(&result), (1, 2));
}

#[tokio::test]
async fn a_room_or_a_single_connection_can_be_disconnected() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    let mut eve = gateway.web(9, "eve").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let room = disconnect(DisconnectTarget::Room { namespace: "/web".into(), room: "lobby".into() });
    assert_eq!(touched(&olga.ask(room).await.expect("done")), (1, 1));
    ann.expect("kicked").await;

    let beginning = olga.subscribe(&[], None).await;
    let bens = beginning.connections.iter().find(|connection| *connection.user.username == *"ben").expect("ben");
    let one = disconnect(DisconnectTarget::Connections(vec![bens.id.clone()]));
    assert_eq!(touched(&olga.ask(one).await.expect("done")), (1, 1));
    ben.expect("kicked").await;
    assert!(eve.is_alive().await);
}

#[tokio::test]
async fn a_viewer_may_look_but_not_act() {
    let gateway = Gateway::with(QUIET).await;
    let mut vera: Operator = gateway.operator(Role::Viewer).await;
    let mut ann = gateway.web(7, "ann").await;
    for refused in [vera.ask(user(7)).await, vera.preview(user(7)).await] {
        assert_eq!(refused.expect_err("forbidden").code, ErrorCode::Forbidden);
    }
    assert!(ann.is_alive().await);
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_answered_as_one() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Admin).await;
    for (request, code) in [
        (json!({"command": "explode", "args": {}}), ErrorCode::UnknownEvent),
        (json!({"command": "disconnect", "args": {}}), ErrorCode::InvalidPayload),
        (json!({"command": "disconnect", "args": {"target": {"users": [7]}}}), ErrorCode::InvalidPayload),
        (json!({"command": "disconnect", "args": {"target": {"users": [7]}, "reason": ""}}), ErrorCode::InvalidPayload),
        (json!({"command": "disconnect", "args": {"target": "everybody", "reason": "x"}}), ErrorCode::InvalidPayload),
        (json!({"command": "stats", "args": {"surprise": 1}}), ErrorCode::InvalidPayload),
    ] {
        let response = olga.request_raw(request.clone()).await;
        assert!(!response.ok, "{request}");
        assert_eq!(response.error.map(|error| error.code), Some(code), "{request}");
    }
}
