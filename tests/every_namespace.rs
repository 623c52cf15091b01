//! What holds in every namespace: rooms of their own, a token that can be renewed, notifications in each one's words, and who
//! counts as being there.

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Token, within};

const QUIET: &str = "limits.enabled = false";
const NAMESPACES: [&str; 5] = ["/admin", "/web", "/", "/events", "/chat"];

async fn olga_in(gateway: &Gateway, namespace: &str, id: i64) -> Client {
    gateway.join(namespace, &Token::user(id).name("olga").role(Role::Operator)).await
}

/// Joins a room in the namespace's own words.
async fn join_room(client: &mut Client, namespace: &str, room: &str) -> Value {
    match namespace {
        "/admin" | "/web" => client.ask("room:join", json!({"roomId": room})).await,
        "/" => client.ask("join-room", json!({"room": room})).await,
        "/events" => client.ask("join", json!({"room": room})).await,
        _ => client.ask("joinRoom", json!(room)).await,
    }
}

/// Posts to a room, and gives the name of the event that its members get.
async fn post(client: &mut Client, namespace: &str, room: &str) -> (Value, &'static str) {
    match namespace {
        "/admin" | "/web" => {
            (client.ask("room:message", json!({"roomId": room, "message": "hello"})).await, "room:message")
        }
        "/" => (client.ask("music-sync", json!({"action": "play", "songId": "s", "room": room})).await, "music-sync"),
        "/events" => (client.ask("message", json!({"content": "hello", "room": room})).await, "message"),
        _ => (client.ask("roomMessage", json!({"room": room, "message": "hello"})).await, "message"),
    }
}

#[tokio::test]
async fn a_room_of_one_namespace_is_not_the_room_of_another() {
    let gateway = Gateway::with(QUIET).await;
    let mut members = Vec::new();
    for (namespace, id) in NAMESPACES.into_iter().zip(7..) {
        let (mut one, mut other) = (olga_in(&gateway, namespace, id).await, olga_in(&gateway, namespace, id).await);
        for client in [&mut one, &mut other] {
            assert_eq!(join_room(client, namespace, "lobby").await["success"], true, "{namespace}");
        }
        members.push((namespace, one, other));
    }
    for at in 0..members.len() {
        let (namespace, poster, _) = &mut members[at];
        let (answer, event) = post(poster, namespace, "lobby").await;
        assert_eq!(answer["success"], true, "{namespace}: {answer}");
        for (there, (namespace, _, member)) in members.iter_mut().enumerate() {
            assert_eq!(member.received(event).await.len(), usize::from(there == at), "{namespace}");
        }
        let (_, poster, _) = &mut members[at];
        poster.received(event).await;
    }
}

#[tokio::test]
async fn no_name_of_a_room_reaches_what_the_gateway_keeps_for_itself() {
    let gateway = Gateway::with(QUIET).await;
    for namespace in NAMESPACES {
        let mut eve = olga_in(&gateway, namespace, 666).await;
        for name in ["u:7", "user:7", "7", "all", "subscribed", "r:lobby", "/web", "/"] {
            assert_eq!(join_room(&mut eve, namespace, name).await["success"], true, "{name} is a name like any other");
        }
        let (answer, event) = post(&mut eve, namespace, "all").await;
        assert_eq!(answer["success"], true, "{namespace}: {answer}");
        let mut ann = olga_in(&gateway, namespace, 7).await;
        let (answer, _) = post(&mut ann, namespace, "all").await;
        assert_eq!(answer["code"], "not_member", "{namespace}: a room of everybody's key is still a room");
        post(&mut eve, namespace, "u:7").await;
        assert!(ann.received(event).await.is_empty(), "{namespace}");
    }
}

#[tokio::test]
async fn a_socket_is_in_at_most_a_hundred_rooms() {
    let gateway = Gateway::with(QUIET).await;
    for namespace in ["/", "/events", "/chat"] {
        let mut ann = gateway.user(namespace, 7, "ann").await;
        for number in 0..100 {
            let answer = join_room(&mut ann, namespace, &format!("room {number}")).await;
            assert_eq!(answer["success"], true, "{namespace} {number}: {answer}");
        }
        assert_eq!(join_room(&mut ann, namespace, "one more").await["code"], "forbidden", "{namespace}");
        assert_eq!(join_room(&mut ann, namespace, "room 5").await["success"], true, "{namespace}: it is in that one");
    }
}

#[tokio::test]
async fn every_text_is_bounded_and_looked_through() {
    let gateway = Gateway::with("limits.enabled = false\ncontent.words = [\"badger\"]").await;
    let texts = [
        ("x".repeat(1000), Value::Null),
        ("x".repeat(1001), json!("too_long")),
        ("a badger".into(), json!("content_rejected")),
    ];
    for (namespace, enter, event, payload) in [
        ("/web", Value::Null, "private:message", json!({"toUserId": 7})),
        ("/web", json!(["room:join", {"roomId": "lobby"}]), "room:message", json!({"roomId": "lobby"})),
        ("/", Value::Null, "private-message", json!({"targetUserId": 7})),
        ("/events", Value::Null, "message", json!({})),
        ("/chat", json!(["joinChat", {"username": "Annie"}]), "sendMessage", json!({})),
        ("/chat", json!(["joinRoom", "lobby"]), "roomMessage", json!({"room": "lobby"})),
    ] {
        let mut ann = gateway.join(namespace, &Token::user(7).name("ann")).await;
        if let Some(enter) = enter.as_array() {
            let event = enter[0].as_str().expect("an event");
            assert_eq!(ann.ask(event, enter[1].clone()).await["success"], true, "{enter:?}");
        }
        let key = if namespace == "/events" { "content" } else { "message" };
        for (text, code) in &texts {
            let mut payload = payload.clone();
            payload[key] = json!(text);
            let answer = ann.ask(event, payload).await;
            assert_eq!((&answer["success"], &answer["code"]), (&json!(code.is_null()), code), "{namespace} {event}");
        }
        ann.close().await;
    }
}

#[tokio::test]
async fn a_token_is_renewed_by_another_of_the_same_user() {
    let gateway = Gateway::with(QUIET).await;
    for namespace in NAMESPACES {
        let mut olga = olga_in(&gateway, namespace, 7).await;
        let renewed = Token::user("7").role(Role::Operator).expires_in(7200).sign();
        let answer = olga.ask("auth:refresh", json!({"token": renewed})).await;
        assert_eq!(answer["success"], true, "{namespace}: {answer}");
        assert!(answer["expiresAt"].is_string(), "{namespace}: {answer}");
        for bad in [Token::user(8).role(Role::Operator).sign(), "garbage".into()] {
            let answer = olga.ask("auth:refresh", json!({"token": bad})).await;
            assert_eq!(answer["code"], "forbidden", "{namespace}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_notification_comes_in_the_words_of_each_namespace() {
    let gateway = Gateway::with(QUIET).await;
    let mut clients = Vec::new();
    for namespace in NAMESPACES {
        let mut client = olga_in(&gateway, namespace, 7).await;
        join_room(&mut client, namespace, "lobby").await;
        clients.push((namespace, client));
    }
    let mut vera = gateway.operator(Role::Operator).await;
    let mut notify = async |target: Value| {
        let args =
            json!({"target": target, "type": "info", "title": "Hello", "message": "Read this.", "data": {"n": 1}});
        let response = vera.request_raw(json!({"command": "notify", "args": args})).await;
        assert!(response.ok, "{target}: {response:?}");
    };
    let check = async |what: &str, client: &mut Client, namespace: &str| {
        let office = matches!(namespace, "/admin" | "/web");
        let event = match (namespace, what) {
            ("/", _) => "notification",
            ("/admin" | "/web", "user") => "user:notification",
            ("/admin" | "/web", "room") => "room:notification",
            _ => "system:notification",
        };
        let mut told = client.expect(event).await;
        let keys = told.as_object_mut().expect("an object");
        assert!(keys.remove("timestamp").is_some_and(|at| at.is_string()), "{namespace} {what}");
        let mut expected = json!({"title": "Hello", "message": "Read this.", "type": "info", "data": {"n": 1}});
        if namespace == "/" {
            expected.as_object_mut().expect("an object").remove("title");
        }
        if office && what == "room" {
            expected["roomId"] = json!("lobby");
        }
        assert_eq!(told, expected, "{namespace} {what}");
    };
    notify(json!("all")).await;
    for (namespace, client) in &mut clients {
        check("all", client, namespace).await;
    }
    notify(json!({"users": [7]})).await;
    for (namespace, client) in &mut clients {
        check("user", client, namespace).await;
    }
    for (namespace, client) in &mut clients {
        notify(json!({"room": {"namespace": *namespace, "room": "lobby"}})).await;
        check("room", client, namespace).await;
        notify(json!({"namespace": *namespace})).await;
        check("all", client, namespace).await;
    }
}

#[tokio::test]
async fn the_office_counts_its_own_users_and_the_feed_everybody() {
    let gateway = Gateway::with(QUIET).await;
    let mut vera = gateway.operator(Role::Viewer).await;
    let mut watcher = gateway.operator(Role::Viewer).await;
    watcher.subscribe(&[Kind::UserOnline], None).await;
    let ann = gateway.user("/chat", 7, "ann").await;
    let came = watcher.entry(|happening| match happening {
        Happening::UserOnline { user } => Some(user.id.to_string()),
        _ => None,
    });
    assert_eq!(came.await, "7", "the first socket anywhere");
    let _ben = gateway.web(8, "ben").await;
    let online = vera.client().expect_where("stats:online-users", |online| online["users"] != json!([])).await;
    assert_eq!((&online["total"], &online["users"]), (&json!(1), &json!([8])), "{online}");
    let told = vera.client().received("user:online").await;
    assert_eq!(told.iter().map(|who| &who["userId"]).collect::<Vec<_>>(), [&json!(8)], "its own and those of /web");
    drop(ann);
}

#[tokio::test]
async fn activity_is_seen_as_the_last_one() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.user("/", 7, "ann").await;
    let vera = Token::operator("vera", Role::Viewer).sign();
    let last_activity = async || {
        let request = gateway.request(reqwest::Method::GET, "/api/v1/users/7").bearer_auth(&vera);
        let user: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        user["lastActivity"].as_str().expect("a timestamp").to_owned()
    };
    let before = last_activity().await;
    // Two moments may be the same millisecond.
    within("a later activity", async {
        while last_activity().await == before {
            assert_eq!(ann.ask_with("activity", vec![]).await["success"], true);
        }
    })
    .await;
}
