//! `/events` speaks its contract: messages and rooms.

use serde_json::json;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Token, timeless};

const QUIET: &str = "limits.enabled = false";

#[tokio::test]
async fn a_message_without_a_room_reaches_everyone_else() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/events", 7, "ann").await;
    let mut ben = gateway.user("/events", 8, "ben").await;
    let mut elsewhere = gateway.user("/chat", 9, "eve").await;
    assert_eq!(ann.ask("message", json!({"content": "hello"})).await, json!({"success": true}));
    assert_eq!(timeless(ben.expect("message").await), json!({"senderId": "7", "content": "hello"}));
    ben.emit("message", json!({"content": "hello back", "room": null})).await;
    assert_eq!(timeless(ann.expect("message").await), json!({"senderId": "8", "content": "hello back"}));
    assert!(ann.received("message").await.is_empty(), "not one's own");
    assert!(elsewhere.received("message").await.is_empty(), "another namespace");
}

#[tokio::test]
async fn a_message_to_a_room_reaches_its_members_the_sender_included() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/events", 7, "ann").await;
    let mut ben = gateway.user("/events", 8, "ben").await;
    let mut eve = gateway.user("/events", 9, "eve").await;

    assert_eq!(ann.ask("join", json!({"room": "lobby"})).await, json!({"success": true, "room": "lobby"}));
    ben.emit("join", json!({"room": "lobby"})).await;
    assert_eq!(ann.expect("user:joined").await, json!({"userId": "8", "room": "lobby"}));
    assert_eq!(ben.ask("join", json!({"room": "lobby"})).await["success"], true);
    assert!(ann.received("user:joined").await.is_empty(), "a repeated join is silent to the others");
    assert!(ben.received("user:joined").await.is_empty(), "others do not include the one who joins");

    let mut answer = ben.ask("message", json!({"content": "hello all", "room": "lobby"})).await;
    assert_eq!(answer.as_object_mut().and_then(|keys| keys.remove("success")), Some(json!(true)));
    assert_eq!(timeless(answer), json!({"senderId": "8", "content": "hello all"}));
    for member in [&mut ann, &mut ben] {
        assert_eq!(timeless(member.expect("message").await), json!({"senderId": "8", "content": "hello all"}));
    }
    assert!(eve.received("message").await.is_empty());
    assert_eq!(eve.ask("message", json!({"content": "me too", "room": "lobby"})).await["code"], "not_member");

    assert_eq!(ben.ask("leave", json!({"room": "lobby"})).await, json!({"success": true, "room": "lobby"}));
    assert_eq!(ann.expect("user:left").await, json!({"userId": "8", "room": "lobby"}));
    assert!(ben.received("user:left").await.is_empty(), "those who stay");
    assert_eq!(ben.ask("leave", json!({"room": "lobby"})).await["code"], "not_member");
    ben.emit("leave", json!({"room": "lobby"})).await;
    assert_eq!(ben.expect("error").await["code"], "not_member");
    assert_eq!(ben.ask("message", json!({"content": "still?", "room": "lobby"})).await["code"], "not_member");
}

#[tokio::test]
async fn who_may_not_join_is_forbidden_and_a_disconnect_is_silent() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.join("/events", &Token::user(7).claim("rooms", json!(["team-*"]))).await;
    let mut ben = gateway.user("/events", 8, "ben").await;
    assert_eq!(ann.ask("join", json!({"room": "board"})).await["code"], "forbidden");
    for member in [&mut ann, &mut ben] {
        assert_eq!(member.ask("join", json!({"room": "team-a"})).await["success"], true);
    }
    let mut olga = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::ConnectionClosed], None).await;
    ben.close().await;
    olga.entry(|happening| matches!(happening, Happening::ConnectionClosed { .. }).then_some(())).await;
    assert!(ann.received("user:left").await.is_empty());
}

#[tokio::test]
async fn a_token_may_stand_in_the_query() {
    let gateway = Gateway::start().await;
    let token = Token::user(7).sign();
    for (namespace, answer) in [
        ("/events", Ok(())),
        ("/chat", Ok(())),
        ("/web", Err("missing token".to_owned())),
        ("/admin", Err("missing token".to_owned())),
        ("/", Err("missing token".to_owned())),
    ] {
        let dial = gateway.dial().query(&format!("token={token}"));
        let mut client = Client::open(dial).await.expect("a connection");
        assert_eq!(client.join(namespace, json!({})).await, answer, "{namespace}");
    }
}

#[tokio::test]
async fn a_mistake_is_answered_with_a_code() {
    let gateway = Gateway::with("limits.enabled = false\ncontent.words = [\"badger\"]").await;
    let mut ann = gateway.user("/events", 7, "ann").await;
    for (event, payload, code) in [
        ("message", json!({}), "invalid_payload"),
        ("message", json!("hello"), "invalid_payload"),
        ("message", json!({"content": 7}), "invalid_payload"),
        ("message", json!({"content": "hello", "room": ""}), "invalid_payload"),
        ("message", json!({"content": "x".repeat(1001)}), "too_long"),
        ("message", json!({"content": "a badger"}), "content_rejected"),
        ("join", json!("lobby"), "invalid_payload"),
        ("join", json!({"room": "x".repeat(129)}), "invalid_payload"),
        ("room:join", json!({"roomId": "lobby"}), "unknown_event"),
    ] {
        let answer = ann.ask(event, payload.clone()).await;
        assert_eq!(answer["code"], code, "{event} {payload}");
        assert_eq!(answer["error"], answer["message"]);
        ann.emit(event, payload.clone()).await;
        assert_eq!(ann.expect("error").await["code"], code, "{event} {payload}");
    }
}
