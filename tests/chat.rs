//! `/chat` speaks two dialects at once: names that users choose, and users by their token.

use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use support::{Client, Gateway, Packet, Token, eventually};

const QUIET: &str = "limits.enabled = false";

async fn chatting(gateway: &Gateway, id: i64, token_name: &str, username: &str) -> Client {
    let mut client = gateway.user("/chat", id, token_name).await;
    let answer = client.ask("joinChat", json!({"username": username})).await;
    assert_eq!(answer["success"], true, "{answer}");
    client.expect("joined").await;
    client
}

#[tokio::test]
async fn a_newcomer_is_told_who_has_joined_and_is_announced_to_all() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/chat", 7, "ann").await;
    assert_eq!(ann.expect("onlineUsers").await, json!([]));
    let mut silent = gateway.user("/chat", 9, "eve").await;

    let mut answer = ann.ask("joinChat", json!({"username": "Annie"})).await;
    assert_eq!(answer.as_object_mut().and_then(|keys| keys.remove("success")), Some(json!(true)));
    let joined = ann.expect("joined").await;
    assert_eq!(answer, joined);
    assert_eq!(joined["username"], "Annie");
    assert!(joined["message"].is_string());
    let online = ann.expect("userOnline").await;
    assert_eq!(online["username"], "Annie");
    let id = online["clientId"].as_str().expect("a socket's id").to_owned();
    assert_eq!(silent.expect("userOnline").await, online, "all are told, who has joined or not");

    let mut ben = gateway.user("/chat", 8, "ben").await;
    assert_eq!(ben.expect("onlineUsers").await, json!([[id, "Annie"]]));
    ben.emit("joinChat", json!({"username": "Ben"})).await;
    assert_eq!(ben.expect("joined").await["username"], "Ben");
    ann.expect_where("userOnline", |who| who["username"] == "Ben").await;
    ben.ask("joinChat", json!({"username": "Ben"})).await;
    assert!(ann.received("userOnline").await.is_empty(), "a repeated join is silent to the others");

    ann.close().await;
    assert_eq!(ben.expect("userOffline").await, json!({"username": "Annie", "clientId": id}));
    silent.close().await;
    assert!(ben.received("userOffline").await.is_empty(), "who had not joined is not missed");
}

#[tokio::test]
async fn a_name_is_one_users_while_the_user_is_online() {
    let gateway = Gateway::with(QUIET).await;
    let ann = chatting(&gateway, 7, "ann", "Annie").await;
    let anns_phone = chatting(&gateway, 7, "ann", "Annie").await;
    let mut eve = gateway.user("/chat", 9, "eve").await;
    assert_eq!(eve.ask("joinChat", json!({"username": "Annie"})).await["code"], "conflict");
    eve.emit("joinChat", json!({"username": "Annie"})).await;
    assert_eq!(eve.expect("error").await["code"], "conflict");
    assert_eq!(eve.ask("sendMessage", json!({"message": "hello"})).await["code"], "not_member");
    for device in [ann, anns_phone] {
        device.close().await;
        eve.expect("userOffline").await;
    }
    assert_eq!(eve.ask("joinChat", json!({"username": "Annie"})).await["success"], true);
    assert_eq!(eve.ask("joinChat", json!({"username": "Eve"})).await["success"], true);
    assert_eq!(eve.expect("userOffline").await["username"], "Annie");
    eve.expect_where("userOnline", |who| who["username"] == "Eve").await;
}

#[tokio::test]
async fn messages_reach_all_and_typing_the_others() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = chatting(&gateway, 7, "ann", "Annie").await;
    let mut ben = gateway.user("/chat", 8, "ben").await;

    let mut answer = ann.ask("sendMessage", json!({"message": "hello all"})).await;
    assert_eq!(answer.as_object_mut().and_then(|keys| keys.remove("success")), Some(json!(true)));
    for client in [&mut ann, &mut ben] {
        let message = client.expect("newMessage").await;
        assert_eq!(message, answer);
        assert_eq!((&message["username"], &message["message"]), (&json!("Annie"), &json!("hello all")));
        let at = message["timestamp"].as_str().expect("a text");
        assert!(at.parse::<Timestamp>().is_ok_and(|read| read.to_string() == at), "{message}");
    }
    assert_eq!(ann.ask("typing", json!({"isTyping": true})).await, json!({"success": true}));
    assert_eq!(ben.expect("userTyping").await, json!({"username": "Annie", "isTyping": true}));
    ann.emit("typing", json!({"isTyping": false})).await;
    assert_eq!(ben.expect("userTyping").await, json!({"username": "Annie", "isTyping": false}));
    assert!(ann.received("userTyping").await.is_empty());

    for (event, payload) in [("sendMessage", json!({"message": "hello"})), ("typing", json!({"isTyping": true}))] {
        assert_eq!(ben.ask(event, payload.clone()).await["code"], "not_member", "{event} before joinChat");
        ben.emit(event, payload).await;
        assert_eq!(ben.expect("error").await["code"], "not_member", "{event} before joinChat");
    }
    assert!(ann.received("newMessage").await.is_empty());
}

#[tokio::test]
async fn a_message_is_any_value_and_goes_to_all_as_it_is() {
    let gateway = Gateway::with("limits.enabled = false\ncontent.words = [\"badger\"]").await;
    let mut ann = gateway.user("/chat", 7, "ann").await;
    let mut ben = chatting(&gateway, 8, "ben", "Ben").await;
    for value in [
        json!("hello"),
        json!(""),
        json!(7),
        json!(7.5),
        json!(true),
        json!(null),
        json!([]),
        json!([1, "two", [3]]),
        json!({}),
        json!({"text": "a badger in an object is no text", "deep": {"er": [null]}}),
    ] {
        let answer = ann.ask("message", value.clone()).await;
        assert_eq!(answer["success"], true, "{value}: {answer}");
        for client in [&mut ann, &mut ben] {
            assert_eq!(client.expect("message").await, value);
        }
    }
    assert_eq!(ann.ask_with("message", vec![]).await["success"], true);
    for client in [&mut ann, &mut ben] {
        let arguments = loop {
            match client.next().await.expect("an open connection") {
                Packet::Event { name, args, .. } if name == "message" => break args,
                _ => {}
            }
        };
        assert!(arguments.is_empty(), "without an argument it came, with {arguments:?} it went");
    }
    for (value, code) in [(json!("x".repeat(1001)), "too_long"), (json!("a \u{0042}adger"), "content_rejected")] {
        assert_eq!(ann.ask("message", value).await["code"], code);
    }
    // What a careful parser refuses would end the connection of everybody who is handed it.
    for (number, unreadable) in
        (1001..).zip(["\"\\ud800\"".to_owned(), "1e999".to_owned(), "[".repeat(90) + &"]".repeat(90)])
    {
        ann.send_text(format!("42/chat,{number}[\"message\",{unreadable}]")).await;
        assert_eq!(ann.answer(number, "a message").await["code"], "invalid_payload", "{unreadable}");
    }
    ann.send_text("451-/chat,2001[\"message\",{\"_placeholder\":true,\"num\":0}]").await;
    ann.send_bytes(vec![1, 2, 3]).await;
    assert_eq!(ann.answer(2001, "a message with binary parts").await["code"], "invalid_payload");
    assert!(ben.received("message").await.is_empty());
}

#[tokio::test]
async fn rooms_are_named_by_a_bare_text() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/chat", 7, "ann").await;
    let mut ben = gateway.user("/chat", "ben-1", "ben").await;
    let mut eve = gateway.user("/chat", 9, "eve").await;
    assert_eq!(ann.ask("joinRoom", json!("lobby")).await, json!({"success": true}));
    ben.emit("joinRoom", json!("lobby")).await;
    assert_eq!(ann.expect("userJoined").await, json!({"id": "ben-1", "username": "ben"}));
    ben.ask("joinRoom", json!("lobby")).await;
    assert!(ann.received("userJoined").await.is_empty(), "a repeated join is silent to the others");

    let said = json!({"user": {"id": "7", "username": "ann"}, "message": "hello all"});
    let mut answer = ann.ask("roomMessage", json!({"room": "lobby", "message": "hello all"})).await;
    assert_eq!(answer.as_object_mut().and_then(|keys| keys.remove("success")), Some(json!(true)));
    assert_eq!(answer, said);
    for member in [&mut ann, &mut ben] {
        assert_eq!(member.expect("message").await, said);
    }
    assert!(eve.received("message").await.is_empty());
    assert_eq!(eve.ask("roomMessage", json!({"room": "lobby", "message": "me too"})).await["code"], "not_member");

    assert_eq!(ben.ask("leaveRoom", json!("lobby")).await, json!({"success": true}));
    assert_eq!(ann.expect("userLeft").await, json!({"id": "ben-1", "username": "ben"}));
    assert_eq!(ben.ask("leaveRoom", json!("lobby")).await["code"], "not_member");
    for (event, payload, code) in [
        ("joinRoom", json!({"room": "lobby"}), "invalid_payload"),
        ("joinRoom", json!(""), "invalid_payload"),
        ("joinRoom", json!(null), "invalid_payload"),
        ("joinChat", json!("Annie"), "invalid_payload"),
        ("joinChat", json!({"username": ""}), "invalid_payload"),
        ("joinChat", json!({"username": "a\nb"}), "invalid_payload"),
        ("typing", json!({"isTyping": "yes"}), "invalid_payload"),
        ("roomMessage", json!({"room": "lobby", "message": "x".repeat(1001)}), "too_long"),
    ] {
        assert_eq!(ann.ask(event, payload.clone()).await["code"], code, "{event} {payload}");
    }
}

#[tokio::test]
async fn who_is_gone_is_not_said_to_have_left_a_room() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = chatting(&gateway, 7, "ann", "Annie").await;
    let mut ben = chatting(&gateway, 8, "ben", "Ben").await;
    for client in [&mut ann, &mut ben] {
        assert_eq!(client.ask("joinRoom", json!("lobby")).await["success"], true);
    }
    ben.close().await;
    ann.expect("userOffline").await;
    assert!(ann.received("userLeft").await.is_empty(), "it is offline, and that has been said");
}

#[tokio::test]
async fn both_dialects_are_heard_side_by_side() {
    let gateway = Gateway::with(QUIET).await;
    let mut named = chatting(&gateway, 7, "ann", "Annie").await;
    let mut plain = gateway.user("/chat", 8, "ben").await;
    named.ask("sendMessage", json!({"message": "in the first"})).await;
    plain.ask("message", json!("in the second")).await;
    for client in [&mut named, &mut plain] {
        assert_eq!(client.expect("newMessage").await["message"], "in the first");
        assert_eq!(client.expect("message").await, "in the second");
    }
    for client in [&mut named, &mut plain] {
        assert_eq!(client.ask("joinRoom", json!("lobby")).await["success"], true);
    }
    named.ask("roomMessage", json!({"room": "lobby", "message": "both at once"})).await;
    for client in [&mut named, &mut plain] {
        assert_eq!(client.expect("message").await["user"]["username"], "ann", "a room knows the token's name");
    }
}

#[tokio::test]
async fn a_crowd_is_not_told_who_comes_and_goes() {
    let gateway = Gateway::with("limits.enabled = false\npresence.announce_up_to = 2").await;
    let mut ann = chatting(&gateway, 7, "ann", "Annie").await;
    let ben = chatting(&gateway, 8, "ben", "Ben").await;
    let told = ann.received("userOnline").await;
    let names: Vec<&Value> = told.iter().map(|who| &who["username"]).collect();
    assert_eq!(names, ["Annie", "Ben"], "two are no crowd");
    let _eve = chatting(&gateway, 9, "eve", "Eve").await;
    assert!(ann.received("userOnline").await.is_empty(), "three are");
    let _silent = gateway.user("/chat", 10, "silent").await;
    ben.close().await;
    let left = eventually("ben's departure", async || {
        let mut late = gateway.user("/chat", 11, "late").await;
        let online = late.expect("onlineUsers").await;
        let names: Vec<Value> = online.as_array().into_iter().flatten().map(|one| one[1].clone()).collect();
        (!names.contains(&json!("Ben"))).then_some(names)
    })
    .await;
    assert_eq!(left, ["Annie", "Eve"], "who comes is told of all who are there, in a crowd too");
    assert!(ann.received("userOffline").await.is_empty());
}

#[tokio::test]
async fn a_kick_ends_a_name_too() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = chatting(&gateway, 7, "ann", "Annie").await;
    ann.stop_reading();
    let mut ben = chatting(&gateway, 8, "ben", "Ben").await;
    let mut olga = gateway.operator(Role::Operator).await;
    let args = json!({"target": {"users": [7]}, "reason": "maintenance"});
    let response = olga.request_raw(json!({"command": "disconnect", "args": args})).await;
    assert!(response.ok, "{response:?}");
    assert_eq!(ben.expect("userOffline").await["username"], "Annie");
    assert_eq!(ben.ask("joinChat", json!({"username": "Annie"})).await["success"], true);
    let mut late = gateway.join("/chat", &Token::user(9)).await;
    let online = late.expect("onlineUsers").await;
    let names: Vec<&Value> = online.as_array().into_iter().flatten().map(|one| &one[1]).collect();
    assert_eq!(names, [&json!("Annie")]);
}
