//! A user is announced once on coming and once on going, however many connections there are in between.

use std::time::Duration;

use serde_json::json;
use signalbox_protocol::admin::{Command, Role, StatsArgs};
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Packet, Token};

#[tokio::test]
async fn a_user_comes_with_the_first_socket_and_goes_with_the_last() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    let own = ann.expect("user:online").await;
    assert_eq!((&own["userId"], &own["username"]), (&json!(7), &json!("ann")), "the new socket is told too");
    assert!(own["timestamp"].is_string());

    let first = gateway.web(8, "ben").await;
    assert_eq!(ann.expect("user:online").await["userId"], 8);
    let second = gateway.web("8", "ben").await;
    assert!(ann.received("user:online").await.is_empty(), "the second device is not announced");
    first.close().await;
    assert_eq!(ann.ask_with("ping", vec![]).await, "pong");
    drop(second);
    let gone = ann.expect("user:offline").await;
    assert_eq!((&gone["userId"], &gone["username"]), (&json!(8), &json!("ben")));
    assert!(ann.received("user:offline").await.is_empty(), "only the last one's end is told");
}

#[tokio::test]
async fn the_greeting_comes_before_anything_else() {
    let gateway = Gateway::start().await;
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    client.join("/web", json!({"token": Token::user(7).name("ann").sign()})).await.expect("let in");
    let first = client.next().await;
    let Some(Packet::Event { name, args, .. }) = first else { panic!("not an event: {first:?}") };
    assert_eq!(name, "connected");
    assert_eq!(args[0]["user"], json!({"id": 7, "username": "ann"}));
    assert!(args[0]["message"].is_string());
}

#[tokio::test]
async fn the_back_office_is_told_of_the_users_of_web() {
    let gateway = Gateway::with("presence.announce_up_to = 1").await;
    let mut olga = gateway.join("/admin", &Token::operator("olga", Role::Viewer)).await;
    let mut ann = gateway.web(7, "ann").await;
    assert_eq!(olga.expect_where("user:online", |user| user["userId"] == 7).await["username"], "ann");
    let ben = gateway.web(8, "ben").await;
    olga.expect_where("user:online", |user| user["userId"] == 8).await;
    let told = ann.received("user:online").await;
    assert!(told.iter().all(|user| user["userId"] != 8), "beyond the bound the namespace is not told: {told:?}");
    ben.close().await;
    olga.expect_where("user:offline", |user| user["userId"] == 8).await;
}

#[tokio::test]
async fn operators_are_not_counted_among_the_users() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let _ann = gateway.web(7, "ann").await;
    let stats = olga.ask(Command::Stats(StatsArgs::default())).await.expect("the figures");
    assert_eq!((&stats["onlineUsers"], &stats["connections"]), (&json!(1), &json!(2)), "{stats}");
}

#[tokio::test]
async fn a_connection_that_breaks_is_noticed() {
    let gateway = Gateway::with("transport.ping_interval = 300\ntransport.ping_timeout = 400").await;
    let mut olga = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::UserOffline, Kind::ConnectionClosed], None).await;
    let mut ann = gateway.web(7, "ann").await;
    // A client that does not read does not answer the gateway's pings either.
    ann.stop_reading();
    let reason = olga
        .entry(|what| match what {
            Happening::ConnectionClosed { user, reason, .. } if *user.username == *"ann" => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert_eq!(reason, "ping timeout");
    assert!(olga.client().is_alive().await, "nobody else is closed");
}

#[tokio::test]
async fn the_back_office_sees_the_host_measured_every_half_minute() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let waiting = Duration::from_secs(45);
    let status = tokio::time::timeout(waiting, async {
        loop {
            let packet = olga.client().next().await.expect("the connection goes on");
            if let Packet::Event { name, mut args, .. } = packet
                && name == "system:status"
            {
                return args.remove(0);
            }
        }
    })
    .await
    .expect("system:status comes every 30 s");
    for share in ["cpu", "memory"] {
        let value = status[share].as_f64().expect("a number");
        assert!((0.0..=100.0).contains(&value), "{status}");
    }
    assert!(status["memory"].as_f64() > Some(0.0), "no host runs without memory: {status}");
    assert_eq!(status["activeConnections"], 1);
    assert!(status["timestamp"].is_string());
}
