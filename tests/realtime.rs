//! `/` speaks its contract: rooms, private messages, music in time; and clients of long ago are let in.

use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Packet, Token, timeless};

const QUIET: &str = "limits.enabled = false";

#[tokio::test]
async fn a_client_is_greeted_with_its_ids_as_text() {
    let gateway = Gateway::start().await;
    let mut ann = Client::open(gateway.dial()).await.expect("a connection");
    ann.join("/", json!({"token": Token::user(7).name("ann").sign()})).await.expect("let in");
    let mut connected = ann.expect("connected").await;
    let socket = connected.as_object_mut().and_then(|keys| keys.remove("socketId")).unwrap_or_default();
    assert!(socket.as_str().is_some_and(|id| !id.is_empty()), "{socket}");
    assert_eq!(connected, json!({"message": "Connected successfully", "userId": "7"}));
}

#[tokio::test]
async fn a_room_is_joined_and_left() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/", 7, "ann").await;
    assert_eq!(ann.ask("join-room", json!({"room": "lobby"})).await, json!({"success": true, "room": "lobby"}));
    assert_eq!(ann.expect("joined-room").await, json!({"room": "lobby"}));
    ann.emit("join-room", json!({"room": "lobby"})).await;
    assert_eq!(ann.expect("joined-room").await, json!({"room": "lobby"}), "again, without an acknowledgement");
    assert_eq!(ann.ask("leave-room", json!({"room": "lobby"})).await, json!({"success": true, "room": "lobby"}));
    assert_eq!(ann.expect("left-room").await, json!({"room": "lobby"}));
    assert_eq!(ann.ask("leave-room", json!({"room": "lobby"})).await["code"], "not_member");
    ann.emit("leave-room", json!({"room": "lobby"})).await;
    assert_eq!(ann.expect("error").await["code"], "not_member");
}

#[tokio::test]
async fn a_private_message_reaches_its_target_and_is_confirmed() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/", 7, "ann").await;
    let mut ben = gateway.user("/", 8, "ben").await;
    let mut bens_phone = gateway.user("/", "8", "ben").await;
    let mut bens_office = gateway.web(8, "ben").await;
    let mut eve = gateway.user("/", "eve", "eve").await;

    let mut answer = ann.ask("private-message", json!({"targetUserId": 8, "message": "hello"})).await;
    assert_eq!(answer.as_object_mut().and_then(|keys| keys.remove("success")), Some(json!(true)));
    let sent = ann.expect("message-sent").await;
    assert_eq!(answer, sent);
    assert_eq!(timeless(sent), json!({"targetUserId": "8", "message": "hello"}));
    for device in [&mut ben, &mut bens_phone] {
        let message = device.expect("private-message").await;
        assert_eq!(timeless(message), json!({"senderId": "7", "senderUsername": "ann", "message": "hello"}));
    }
    ann.emit("private-message", json!({"targetUserId": "eve", "message": "hello"})).await;
    assert_eq!(timeless(ann.expect("message-sent").await)["targetUserId"], "eve");
    assert_eq!(eve.received("private-message").await.len(), 1, "only her own");
    assert!(ann.received("private-message").await.is_empty());
    assert!(bens_office.received("private-message").await.is_empty(), "another namespace");
}

#[tokio::test]
async fn music_is_kept_in_time_in_a_room_or_on_ones_own_devices() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/", 7, "ann").await;
    let mut anns_phone = gateway.user("/", 7, "ann").await;
    let mut ben = gateway.user("/", 8, "ben").await;
    let mut eve = gateway.user("/", 9, "eve").await;
    for member in [&mut ann, &mut ben] {
        member.ask("join-room", json!({"room": "lobby"})).await;
    }
    let in_room = json!({"action": "play", "songId": "s1", "currentTime": 12.5, "room": "lobby"});
    assert_eq!(ann.ask("music-sync", in_room).await, json!({"success": true}));
    let heard = timeless(ben.expect("music-sync").await);
    let expected = json!({"action": "play", "songId": "s1", "currentTime": 12.5, "room": "lobby", "userId": "7"});
    assert_eq!(heard, expected);
    for deaf in [&mut ann, &mut anns_phone, &mut eve] {
        assert!(deaf.received("music-sync").await.is_empty(), "others in the room only");
    }
    ann.emit("music-sync", json!({"action": "seek", "songId": 5, "currentTime": 3})).await;
    let heard = timeless(anns_phone.expect("music-sync").await);
    assert_eq!(heard, json!({"action": "seek", "songId": 5, "currentTime": 3, "userId": "7"}));
    for deaf in [&mut ann, &mut ben, &mut eve] {
        assert!(deaf.received("music-sync").await.is_empty(), "the user's own other sockets only");
    }
    for (payload, code) in [
        (json!({"action": "stop", "songId": "s1"}), "invalid_payload"),
        (json!({"action": "play"}), "invalid_payload"),
        (json!({"action": "play", "songId": ""}), "invalid_payload"),
        (json!({"action": "play", "songId": "s1", "currentTime": -1}), "invalid_payload"),
        (json!({"action": "play", "songId": "s1", "currentTime": "1"}), "invalid_payload"),
        (json!({"action": "play", "songId": "s1", "room": ""}), "invalid_payload"),
        (json!({"action": "play", "songId": "s1", "room": "elsewhere"}), "not_member"),
    ] {
        assert_eq!(ann.ask("music-sync", payload.clone()).await["code"], code, "{payload}");
    }
}

#[tokio::test]
async fn activity_is_acknowledged_and_says_nothing() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/", 7, "ann").await;
    assert_eq!(ann.ask_with("activity", vec![]).await, json!({"success": true}));
    ann.emit("activity", json!({})).await;
    assert!(ann.received("error").await.is_empty());
}

#[tokio::test]
async fn a_limit_is_told_with_the_moment_at_which_it_ends() {
    let gateway = Gateway::with("limits.events.\"/ join-room\" = 1").await;
    let mut ann = gateway.user("/", 7, "ann").await;
    let before = Timestamp::now().0;
    assert_eq!(ann.ask("join-room", json!({"room": "lobby"})).await["success"], true);
    let after = Timestamp::now().0;
    let answer = ann.ask("join-room", json!({"room": "hall"})).await;
    assert_eq!(answer["code"], "rate_limited");
    assert!(answer["retryAfterMs"].as_i64().is_some_and(|ms| (1..=60_000).contains(&ms)), "{answer}");
    let told = ann.expect("rate-limit-exceeded").await;
    assert_eq!((&told["event"], &told["limit"]), (&json!("join-room"), &json!(1)));
    let resets = told["resetTime"].as_i64().expect("milliseconds since the epoch");
    // Two clocks are read, which may be a millisecond apart.
    assert!((before + 59_990..=after + 60_010).contains(&resets), "{before} {resets} {after}");
    assert_eq!(told.as_object().map(serde_json::Map::len), Some(3), "{told}");
    assert!(ann.received("rate:limit:exceeded").await.is_empty(), "that is how /web says it");
}

/// What a client of version 2 hears first on `/`.
async fn arrive_by_engine_3(gateway: &Gateway, query: Option<&str>, header: Option<&str>) -> (Client, Packet) {
    let mut dial = gateway.dial().old();
    if let Some(token) = query {
        dial = dial.query(&format!("token={token}"));
    }
    if let Some(token) = header {
        dial = dial.header("authorization", &format!("Bearer {token}"));
    }
    let mut client = Client::open(dial).await.expect("a connection");
    let first = client.next().await.expect("an answer of the door");
    (client, first)
}

#[tokio::test]
async fn a_client_of_engine_io_3_is_let_in_unasked_with_a_token_in_its_query_or_a_header() {
    let gateway = Gateway::with(QUIET).await;
    let token = Token::user(7).name("ann").sign();
    let mut ben = gateway.user("/", 8, "ben").await;
    for (query, header) in [(Some(&*token), None), (None, Some(&*token))] {
        let (mut ann, first) = arrive_by_engine_3(&gateway, query, header).await;
        assert_eq!(first, Packet::Connect { namespace: "/".into(), data: Value::Null });
        assert_eq!(ann.expect("connected").await["userId"], "7");
        ann.ask("private-message", json!({"targetUserId": 8, "message": "from long ago"})).await;
        assert_eq!(ben.expect("private-message").await["senderId"], "7");
    }
}

#[tokio::test]
async fn a_client_of_engine_io_3_is_told_why_it_may_not_come_in_and_may_go_on_elsewhere() {
    let gateway = Gateway::with("transport.connect_timeout = 400").await;
    let disabled = Token::user(7).claim("status", 0).sign();
    for (query, why) in
        [(None, "missing token"), (Some("garbage"), "invalid credentials"), (Some(&*disabled), "account disabled")]
    {
        let (mut ann, first) = arrive_by_engine_3(&gateway, query, None).await;
        assert_eq!(first, Packet::Refused { namespace: "/".into(), data: json!({"message": why}) });
        ann.closed().await;
    }
    // No client of version 2 can do that; one that can is not cut off for what it was refused unasked.
    let (mut ann, _) = arrive_by_engine_3(&gateway, None, None).await;
    ann.join("/web", json!({"token": Token::user(7).sign()})).await.expect("let in");
    let (mut late, _) = arrive_by_engine_3(&gateway, None, None).await;
    late.closed().await;
    assert!(ann.is_alive().await, "longer than one that joined nothing");
}

async fn follow(gateway: &Gateway, user: &str, followers: Value) -> u16 {
    let olga = Token::operator("olga", Role::Operator).sign();
    let request = gateway.request(reqwest::Method::PUT, &format!("/api/v1/users/{user}/followers"));
    let answer = request.bearer_auth(olga).json(&json!({"followers": followers})).send().await;
    answer.expect("an answer over HTTP").status().as_u16()
}

#[tokio::test]
async fn followers_are_told_when_a_user_comes_and_goes() {
    let gateway = Gateway::with(QUIET).await;
    assert_eq!(follow(&gateway, "7", json!([8, "9"])).await, 204);
    let mut ben = gateway.user("/", 8, "ben").await;
    let mut bens_office = gateway.web(8, "ben").await;
    let mut eve = gateway.user("/", "9", "eve").await;
    let mut stranger = gateway.user("/", 10, "stranger").await;

    let ann = gateway.user("/", 7, "ann").await;
    for follower in [&mut ben, &mut eve] {
        assert_eq!(follower.expect("user-online").await, json!({"userId": "7"}));
        assert_eq!(timeless(follower.expect("notification").await), json!({"type": "user-online", "userId": "7"}));
    }
    let mut anns_phone = gateway.user("/", 7, "ann").await;
    ann.close().await;
    assert_eq!(follow(&gateway, "7", json!([8])).await, 204);
    anns_phone.ask_with("ping", vec![]).await;
    anns_phone.close().await;
    assert_eq!(ben.expect("user-offline").await, json!({"userId": "7"}));
    assert_eq!(timeless(ben.expect("notification").await), json!({"type": "user-offline", "userId": "7"}));
    assert!(ben.received("user-online").await.is_empty(), "the second device is no news");
    assert!(ben.received("user-offline").await.is_empty());
    assert!(eve.received("user-offline").await.is_empty(), "who does not follow any more");
    for event in ["user-online", "user-offline", "notification"] {
        assert!(stranger.received(event).await.is_empty(), "who does not follow: {event}");
        assert!(bens_office.received(event).await.is_empty(), "another namespace: {event}");
    }
}

#[tokio::test]
async fn a_user_who_is_elsewhere_is_not_online_here() {
    let gateway = Gateway::with(QUIET).await;
    assert_eq!(follow(&gateway, "7", json!([8])).await, 204);
    let mut ben = gateway.user("/", 8, "ben").await;
    let ann = gateway.web(7, "ann").await;
    ann.close().await;
    let ann = gateway.user("/", 7, "ann").await;
    ben.expect("user-online").await;
    assert!(ben.received("user-online").await.is_empty() && ben.received("user-offline").await.is_empty());
    drop(ann);
}

#[tokio::test]
async fn followers_are_named_by_operators_and_by_keys_with_the_scope() {
    let gateway = Gateway::start().await;
    let put = || gateway.request(reqwest::Method::PUT, "/api/v1/users/7/followers");
    let body = json!({"followers": [8]});
    let status =
        async |request: reqwest::RequestBuilder| request.send().await.expect("an answer over HTTP").status().as_u16();
    let viewer = Token::operator("vic", Role::Viewer).sign();
    let olga = Token::operator("olga", Role::Operator).sign();
    assert_eq!(status(put().json(&body)).await, 401);
    assert_eq!(status(put().bearer_auth(Token::user(7).sign()).json(&body)).await, 403);
    assert_eq!(status(put().bearer_auth(viewer).json(&body)).await, 403);
    for bad in [json!({}), json!({"followers": "8"}), json!({"followers": [7.5]}), json!({"followers": [], "x": 1})] {
        assert_eq!(status(put().bearer_auth(&olga).json(&bad)).await, 422, "{bad}");
    }
    assert_eq!(status(put().bearer_auth(&olga).json(&body)).await, 204);
}

#[tokio::test]
async fn a_private_message_waits_for_who_is_away() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::ConnectionClosed], None).await;
    gateway.user("/", 8, "ben").await.close().await;
    olga.entry(|happening| matches!(happening, Happening::ConnectionClosed { .. }).then_some(())).await;

    let mut ann = gateway.user("/", 7, "ann").await;
    let answer = ann.ask("private-message", json!({"targetUserId": 8, "message": "when you are back"})).await;
    assert_eq!(answer["success"], true, "{answer}");
    let mut ben = gateway.user("/", 8, "ben").await;
    let expected = json!({"senderId": "7", "senderUsername": "ann", "message": "when you are back", "offline": true});
    assert_eq!(timeless(ben.expect("private-message").await), expected);
}
