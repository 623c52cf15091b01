//! Nothing that a client sends is lost or comes out of order, and a storm of logins is taken in.

use serde_json::json;
use signalbox_protocol::admin::{Command, Role, StatsArgs};
use support::{Client, Gateway, Token, within};
use tokio::task::JoinSet;

const QUIET: &str = "limits.enabled = false";

#[tokio::test]
async fn ten_thousand_messages_of_one_sender_arrive_in_order() {
    const COUNT: u64 = 10_000;
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    for client in [&mut ann, &mut ben] {
        client.ask("room:join", json!({"roomId": "lobby"})).await;
    }
    let sending = tokio::spawn(async move {
        for number in 0..COUNT {
            ann.emit("room:message", json!({"roomId": "lobby", "message": number.to_string()})).await;
        }
        ann
    });
    for number in 0..COUNT {
        let message = ben.expect("room:message").await;
        assert_eq!(message["message"], number.to_string());
    }
    let mut ann = sending.await.expect("the sender goes on");
    for number in 0..COUNT {
        let message = ann.expect("room:message").await;
        assert_eq!(message["message"], number.to_string(), "the room includes the sender");
    }
}

#[tokio::test]
async fn no_event_is_lost_that_a_client_sends_directly_after_connecting() {
    let gateway = Gateway::with(QUIET).await;
    let mut clients = JoinSet::new();
    for id in 0..1000_i64 {
        while clients.len() >= 50 {
            clients.join_next().await.expect("a client").expect("its first event is answered");
        }
        let (dial, token) = (gateway.dial(), Token::user(id).sign());
        clients.spawn(async move {
            let mut client = Client::open(dial).await.expect("a connection");
            client.join("/web", json!({"token": token})).await.expect("let in");
            let answer = client.ask("room:join", json!({"roomId": "lobby"})).await;
            assert_eq!(answer["success"], true);
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.expect("its first event is answered");
    }
}

#[tokio::test]
async fn a_thousand_logins_at_once_are_taken_in() {
    // Half a million announcements would take an unoptimised build longer than the logins that this is about, and on a
    // busy machine the last of them may have to wait for their turn.
    let config = "limits.enabled = false\npresence.announce_up_to = 100\ntransport.connect_timeout = 60000";
    let gateway = Gateway::with(config).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let mut storm = JoinSet::new();
    for id in 0..1000_i64 {
        let (dial, token) = (gateway.dial(), Token::user(id).sign());
        storm.spawn(async move {
            let mut client = within("a connection", Client::open(dial)).await.expect("a connection");
            within("the door", client.join("/web", json!({"token": token}))).await.expect("let in");
            assert!(client.is_alive().await);
            client
        });
    }
    let clients = within("all thousand", storm.join_all()).await;
    let stats = olga.ask(Command::Stats(StatsArgs::default())).await.expect("the figures");
    assert_eq!((&stats["onlineUsers"], &stats["connections"]), (&json!(1000), &json!(1001)), "{stats}");
    let everybody = olga.subscribe(&[], None).await;
    assert_eq!(everybody.connections.len(), 1001, "a snapshot of many pages misses nobody");
    drop(clients);
}
