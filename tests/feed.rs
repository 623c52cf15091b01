//! The feed tells everything that happens, in order, and says so where it cannot.

use std::collections::HashSet;

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{Entry, Happening, Kind, Position};
use support::{Gateway, Operator, Token};

const QUIET: &str = "limits.enabled = false";

#[tokio::test]
async fn a_snapshot_and_the_entries_after_it_are_the_whole_truth() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let beginning = olga.subscribe(&[], None).await;
    assert!(!beginning.recovered);
    let seen = beginning.connections.iter().find(|one| *one.user.username == *"ann").expect("ann is in the snapshot");
    assert_eq!(seen.address, "127.0.0.1");
    assert!(!seen.operator);
    assert_eq!(seen.namespaces.len(), 1);
    assert_eq!(seen.namespaces[0].namespace.as_str(), "/web");
    assert_eq!(seen.namespaces[0].rooms, vec!["lobby".into()]);
    assert!(beginning.connections.iter().any(|one| one.operator), "the operator's own connection is marked");

    let ben = gateway.web(8, "ben").await;
    let opened = olga
        .entry(|what| match what {
            Happening::ConnectionOpened { connection } => Some(connection.clone()),
            _ => None,
        })
        .await;
    assert_eq!(&*opened.user.username, "ben");
    ann.ask("room:leave", json!({"roomId": "lobby"})).await;
    olga.entry(|what| matches!(what, Happening::RoomLeft { room, .. } if room.as_str() == "lobby").then_some(())).await;
    ben.close().await;
    let (closed, bytes_in, bytes_out) = olga
        .entry(|what| match what {
            Happening::ConnectionClosed { connection, bytes_in, bytes_out, .. } => {
                Some((connection.clone(), *bytes_in, *bytes_out))
            }
            _ => None,
        })
        .await;
    assert_eq!(closed, opened.id);
    assert!(bytes_in > 100 && bytes_out > 100, "bytes are those on the wire: {bytes_in}, {bytes_out}");
}

#[tokio::test]
async fn a_subscription_resumes_after_a_broken_connection_without_a_gap() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let beginning = olga.subscribe(&[], None).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut last: Entry = olga.next_entry().await;
    while !matches!(last.what, Happening::ConnectionOpened { .. }) {
        last = olga.next_entry().await;
    }
    olga.client().sever();

    let mut expected = HashSet::new();
    for number in 0..300 {
        let room = format!("room {number}");
        ann.ask("room:join", json!({"roomId": room})).await;
        expected.insert(room.clone());
        ann.ask("room:leave", json!({"roomId": room})).await;
    }

    let mut olga = gateway.operator(Role::Viewer).await;
    let after = Position { epoch: last.epoch.clone(), seq: last.seq };
    let resumed = olga.subscribe(&[], Some(after)).await;
    assert!(resumed.recovered, "the ring still holds what was missed");
    assert!(resumed.connections.is_empty(), "there is no snapshot then");
    assert_eq!(resumed.position.epoch, beginning.position.epoch);
    let mut seq = last.seq;
    while !expected.is_empty() {
        let entry = olga.next_entry().await;
        seq += 1;
        assert_eq!(entry.seq, seq, "no entry is missing and none comes twice");
        if let Happening::RoomJoined { room, .. } = entry.what {
            assert!(expected.remove(room.as_str()), "{room} came twice");
        }
    }
    assert_eq!(olga.dropped(), 0);
}

#[tokio::test]
async fn a_gateway_that_was_killed_starts_a_new_epoch_with_a_snapshot() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let before = olga.subscribe(&[], None).await;
    let mut ann = gateway.web(7, "ann").await;
    let last = olga.next_entry().await;

    let gateway = gateway.kill_and_restart().await;
    olga.client().closed().await;
    ann.closed().await;

    let _ben = gateway.web(8, "ben").await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let after = Position { epoch: last.epoch, seq: last.seq };
    let anew = olga.subscribe(&[], Some(after)).await;
    assert!(!anew.recovered, "another run cannot serve that position");
    assert_ne!(anew.position.epoch, before.position.epoch);
    let names: HashSet<_> = anew.connections.iter().map(|connection| connection.user.username.to_string()).collect();
    assert_eq!(names, HashSet::from(["ben".to_owned(), "olga".to_owned()]), "who was there before is not");
}

#[tokio::test]
async fn a_position_that_never_was_gets_a_snapshot() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let epoch = olga.subscribe(&[], None).await.position.epoch;
    let future = olga.subscribe(&[], Some(Position { epoch, seq: 1_000_000 })).await;
    assert!(!future.recovered);
    let elsewhere = olga.subscribe(&[], Some(Position { epoch: "elsewhere".into(), seq: 1 })).await;
    assert!(!elsewhere.recovered);
}

#[tokio::test]
async fn what_is_sent_and_what_is_counted_as_dropped_is_all_there_was() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let beginning = olga.subscribe(&[], None).await;
    let mut ann = gateway.web(7, "ann").await;
    for number in 0..3_000 {
        ann.emit("room:join", json!({"roomId": format!("{number}")})).await;
        ann.emit("room:leave", json!({"roomId": format!("{number}")})).await;
    }
    ann.ask("room:join", json!({"roomId": "the last one"})).await;
    let mut count = 0;
    let last = loop {
        let entry = olga.next_entry().await;
        count += 1;
        if matches!(&entry.what, Happening::RoomJoined { room, .. } if room.as_str() == "the last one") {
            break entry.seq;
        }
    };
    assert_eq!(count + olga.dropped(), last - beginning.position.seq);
}

#[tokio::test]
async fn only_the_kinds_asked_for_are_sent() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::RoomJoined], None).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let entry = olga.next_entry().await;
    assert_eq!(entry.what.kind(), Kind::RoomJoined, "{entry:?}");
}

#[tokio::test]
async fn who_subscribes_is_no_longer_pushed_the_views_of_the_feed() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let mut omar = gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await;
    olga.subscribe(&[Kind::UserOnline], None).await;
    olga.client().received("user:online").await;
    let _ann = gateway.web(7, "ann").await;
    omar.expect_where("user:online", |user| user["userId"] == 7).await;
    assert!(olga.client().received("user:online").await.is_empty());
    olga.entry(|what| matches!(what, Happening::UserOnline { .. }).then_some(())).await;
}

#[tokio::test]
async fn a_subscriber_is_spared_what_its_feed_shows_and_nothing_else() {
    const EVENTS: &str = "/api/v1/events";
    const PUBLISH: &str = "/api/v1/publish";
    let gateway = Gateway::with(QUIET).await;
    let token = Token::user(9).name("olga").role(Role::Operator);
    let mut bystander = gateway.join("/admin", &token).await;
    let mut olga = Operator::new(gateway.join("/admin", &token).await);
    olga.subscribe(&[Kind::NotificationSent], None).await;
    olga.client().received("system:notification").await;

    let ann = json!({"id": 7, "username": "ann"});
    let event = |kind: &str, payload: Value| (EVENTS, json!({"type": kind, "payload": payload}));
    let message = |to: Value, event: &str| {
        let message = json!({"namespace": "/admin", "to": to, "event": event, "data": {}});
        (PUBLISH, json!({"messages": [message]}))
    };
    let (told, none) = ("system:notification", "");
    for ((path, body), shown, pushed) in [
        (event("user.created", json!({"user": ann})), told, "user:created"),
        (event("user.updated", json!({"user": {"id": 9, "username": "olga"}})), none, "user:profile:updated"),
        (event("user.deleted", json!({"userId": 7})), none, "user:deleted"),
        (event("user.login", json!({"user": ann})), told, none),
        (event("data.updated", json!({"type": "orders"})), none, "data:update"),
        (event("data.updated", json!({"type": "orders", "targetUsers": [9]})), none, "data:update"),
        (event("system.warning", json!({"message": "hot", "level": "low"})), told, none),
        (message(json!("all"), "tick"), none, "tick"),
        (message(json!({"users": [9]}), "tick"), none, "tick"),
        // Nothing notes these in the feed.
        (message(json!("all"), told), none, told),
        (message(json!({"users": [9]}), "user:notification"), none, "user:notification"),
    ] {
        let (status, answer) = gateway.post(path, Some(&token.sign()), &body).await;
        assert_eq!(status, 202, "{body}: {answer}");
        for what in [shown, pushed].into_iter().filter(|what| *what != none) {
            bystander.expect(what).await;
        }
        if pushed != none {
            olga.client().expect(pushed).await;
        }
        if shown != none {
            olga.entry(|what| matches!(what, Happening::NotificationSent { .. }).then_some(())).await;
            assert!(olga.client().received(shown).await.is_empty(), "{shown} of {body}");
        }
    }
}

#[tokio::test]
async fn the_feed_is_not_for_users() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    assert_eq!(ann.ask("feed:subscribe", json!({"kinds": []})).await["code"], "unknown_event");
    let request = json!({"id": "1", "command": "stats", "args": {}});
    assert_eq!(ann.ask("admin:request", request).await["code"], "unknown_event");
}
