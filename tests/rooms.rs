//! Rooms belong to their members: who is in one hears it, who is not neither hears it nor posts to it.

use serde_json::json;
use support::{Gateway, Token};

const QUIET: &str = "limits.enabled = false";

#[tokio::test]
async fn members_hear_each_other_come_talk_and_go() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    let mut eve = gateway.web(9, "eve").await;

    let answer = ann.ask("room:join", json!({"roomId": "lobby"})).await;
    assert_eq!((&answer["success"], &answer["roomId"]), (&json!(true), &json!("lobby")));
    assert_eq!(ann.expect("room:joined").await, json!({"roomId": "lobby"}));
    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    assert_eq!(ann.expect("room:user:joined").await, json!({"userId": 8, "username": "ben"}));
    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    assert!(ann.received("room:user:joined").await.is_empty(), "a repeated join is silent to the others");
    assert!(ben.received("room:user:joined").await.is_empty(), "others do not include the one who joins");

    let answer = ben.ask("room:message", json!({"roomId": "lobby", "message": "hello all"})).await;
    assert_eq!(answer["success"], true, "{answer}");
    for member in [&mut ann, &mut ben] {
        let message = member.expect("room:message").await;
        assert_eq!(message["roomId"], "lobby");
        assert_eq!((&message["fromUserId"], &message["fromUsername"]), (&json!(8), &json!("ben")));
        assert_eq!(message["message"], "hello all");
        assert!(message["timestamp"].is_string());
    }
    assert!(eve.received("room:message").await.is_empty(), "who is not a member does not hear it");

    let answer = ben.ask("room:leave", json!({"roomId": "lobby"})).await;
    assert_eq!((&answer["success"], &answer["roomId"]), (&json!(true), &json!("lobby")));
    assert_eq!(ben.expect("room:left").await, json!({"roomId": "lobby"}));
    assert_eq!(ann.expect("room:user:left").await, json!({"userId": 8, "username": "ben"}));
    let answer = ben.ask("room:message", json!({"roomId": "lobby", "message": "still here?"})).await;
    assert_eq!(answer["code"], "not_member");
}

#[tokio::test]
async fn a_disconnect_is_told_as_offline_and_not_as_left() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    for client in [&mut ann, &mut ben] {
        client.ask("room:join", json!({"roomId": "lobby"})).await;
    }
    ben.close().await;
    ann.expect_where("user:offline", |user| user["userId"] == 8).await;
    assert!(ann.received("room:user:left").await.is_empty());
}

#[tokio::test]
async fn no_name_of_a_room_reaches_what_the_gateway_keeps_for_itself() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut eve = gateway.web(9, "eve").await;
    for name in ["user:7", "7", "u:7", "/web", "/admin", "users/7", "user/7"] {
        let answer = eve.ask("room:join", json!({"roomId": name})).await;
        assert_eq!(answer["success"], true, "{name} is a name like any other");
    }
    let mut ben = gateway.web(8, "ben").await;
    ben.ask("private:message", json!({"toUserId": 7, "message": "for ann alone"})).await;
    ann.expect("private:message").await;
    assert!(eve.received("private:message").await.is_empty());
}

#[tokio::test]
async fn a_room_of_one_namespace_is_not_the_room_of_another() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut olga = gateway.join("/admin", &Token::operator("olga", signalbox_protocol::admin::Role::Viewer)).await;
    for client in [&mut ann, &mut olga] {
        client.ask("room:join", json!({"roomId": "lobby"})).await;
    }
    ann.ask("room:message", json!({"roomId": "lobby", "message": "on web"})).await;
    ann.expect("room:message").await;
    assert!(olga.received("room:message").await.is_empty());
}

#[tokio::test]
async fn the_token_may_limit_the_rooms() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.join("/web", &Token::user(7).claim("rooms", json!(["team-*", "lobby"]))).await;
    for (room, allowed) in [("lobby", true), ("team-a", true), ("board", false), ("a-team-", false)] {
        let answer = ann.ask("room:join", json!({"roomId": room})).await;
        if allowed {
            assert_eq!(answer["success"], true, "{room}: {answer}");
        } else {
            assert_eq!(answer["code"], "forbidden", "{room}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_socket_is_in_at_most_a_hundred_rooms() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    for number in 0..100 {
        let answer = ann.ask("room:join", json!({"roomId": format!("room {number}")})).await;
        assert_eq!(answer["success"], true, "{number}: {answer}");
    }
    assert_eq!(ann.ask("room:join", json!({"roomId": "one more"})).await["success"], false);
    assert_eq!(ann.ask("room:join", json!({"roomId": "room 5"})).await["success"], true, "it is in that one already");
    ann.ask("room:leave", json!({"roomId": "room 5"})).await;
    assert_eq!(ann.ask("room:join", json!({"roomId": "one more"})).await["success"], true);
}

#[tokio::test]
async fn a_guest_posts_to_a_room_only_where_members_are_not_required() {
    let sync = json!({"action": "play", "songId": "s", "room": "lobby"});
    for (namespace, join, post, said) in [
        (
            "/web",
            ("room:join", json!({"roomId": "lobby"})),
            ("room:message", json!({"roomId": "lobby", "message": "m"})),
            "room:message",
        ),
        ("/", ("join-room", json!({"room": "lobby"})), ("music-sync", sync), "music-sync"),
        (
            "/events",
            ("join", json!({"room": "lobby"})),
            ("message", json!({"content": "m", "room": "lobby"})),
            "message",
        ),
        ("/chat", ("joinRoom", json!("lobby")), ("roomMessage", json!({"room": "lobby", "message": "m"})), "message"),
    ] {
        for require in [true, false] {
            let gateway = Gateway::with(&format!("{QUIET}\nrooms.require_membership = {require}")).await;
            let mut member = gateway.join(namespace, &Token::user(7).name("ann")).await;
            assert_eq!(member.ask(join.0, join.1.clone()).await["success"], true, "{namespace}");
            let mut guest = gateway.join(namespace, &Token::user(8).name("ben")).await;
            let answer = guest.ask(post.0, post.1.clone()).await;
            if require {
                assert_eq!(answer["code"], "not_member", "{namespace}");
                assert!(member.received(said).await.is_empty(), "{namespace}");
            } else {
                assert_eq!(answer["success"], true, "{namespace}: {answer}");
                member.expect(said).await;
                assert!(guest.received(said).await.is_empty(), "{namespace}: a guest hears nothing of it");
            }
        }
    }
}
