//! The feed as it stands on the wire: sizes, pages, and what it costs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{AlertKind, Happening, Level, User};
use signalbox_protocol::{Namespace, Timestamp};
use signalbox_server::business::{BusinessEvent, publish};
use signalbox_server::limits::Drop;

use crate::running::{Running, until};
use crate::socket::Socket;

const MAX: usize = 256 * 1024;

#[tokio::test]
async fn batches_are_bounded_and_hold_every_entry_once() {
    let running = Running::start().await;
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    admin.emit("/admin", "feed:subscribe", &json!({"kinds": ["user.online"]})).await;
    let snapshot = admin.event("/admin", "feed:snapshot").await;
    assert_eq!(
        (&snapshot["page"], &snapshot["last"], &snapshot["recovered"]),
        (&json!(0), &json!(true), &json!(false))
    );
    assert_eq!(snapshot["connections"][0]["user"]["id"], "op:ann");
    assert!(snapshot["nodes"][0]["version"].is_string(), "{snapshot}");
    for id in 0..5_000 {
        let user = User { id: id.into(), username: "x".repeat(100).into() };
        running.gateway.on_floor(|floor| floor.note(Timestamp::now(), Happening::UserOnline { user }));
    }
    let mut next = 0;
    while next < 5_000 {
        let text = admin.expect("42/admin,[\"feed:batch\"").await;
        assert!(text.len() <= MAX, "{}", text.len());
        let array: Value = serde_json::from_str(&text[9..]).expect("JSON");
        assert_eq!(array[1]["dropped"], json!({}));
        for entry in array[1]["entries"].as_array().expect("entries") {
            assert_eq!(entry["user"]["id"], next);
            next += 1;
        }
    }
}

#[tokio::test]
async fn there_are_at_most_twenty_batches_a_second() {
    let running = Running::start().await;
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    admin.emit("/admin", "feed:subscribe", &json!({"kinds": ["user.online"]})).await;
    admin.event("/admin", "feed:snapshot").await;
    let began = Instant::now();
    let mut entries = 0;
    // The next entry is there as soon as the last one has come: without a pace each would be a batch at once.
    for batches in 0..20 {
        let user = User { id: batches.into(), username: "ann".into() };
        running.gateway.on_floor(|floor| floor.note(Timestamp::now(), Happening::UserOnline { user }));
        entries += admin.event("/admin", "feed:batch").await["entries"].as_array().map_or(0, Vec::len);
        let least = Duration::from_millis(50) * batches as u32;
        assert!(began.elapsed() >= least, "batch {batches} came after {:?}", began.elapsed());
    }
    assert_eq!(entries, 20);
}

#[tokio::test]
async fn a_large_snapshot_comes_in_pages() {
    let running = Running::with(|config| config.connections.per_user = 1_000).await;
    let token = running.token("7", None);
    let mut sockets = Vec::new();
    for _ in 0..20 {
        let mut socket = Socket::join(running.address, "/web", &token).await;
        for n in 0..100 {
            socket.emit("/web", "room:join", &json!({"roomId": format!("{n:0>128}")})).await;
        }
        sockets.push(socket);
    }
    let joined = |running: &Running| {
        running.gateway.on_floor(|floor| {
            let rooms = |namespaces: &[signalbox_protocol::feed::Membership]| {
                namespaces.iter().map(|at| at.rooms.len()).sum::<usize>()
            };
            floor.presence.connections(None).map(|(record, _)| rooms(&record.namespaces)).sum::<usize>()
        })
    };
    until("all rooms joined", || joined(&running) == 2_000).await;
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    admin.emit("/admin", "feed:subscribe", &json!({})).await;
    let (mut connections, mut page) = (0, 0);
    loop {
        let text = admin.expect("42/admin,[\"feed:snapshot\"").await;
        assert!(text.len() <= MAX, "{}", text.len());
        let array: Value = serde_json::from_str(&text[9..]).expect("JSON");
        assert_eq!(array[1]["page"], page);
        connections += array[1]["connections"].as_array().expect("connections").len();
        if array[1]["last"] == true {
            break;
        }
        page += 1;
    }
    assert!(page > 0, "more than one page");
    assert_eq!(connections, 21);
}

#[tokio::test]
async fn a_snapshot_leaves_no_alert_and_no_episode_out() {
    const MANY: i64 = 400;
    // So many episodes at once would be an anomaly, one alert more.
    let running = Running::with(|config| config.alerts.limit_episodes = 0).await;
    running.gateway.on_floor(|floor| {
        let (now, namespace) = (Timestamp::now(), Namespace::from("/web"));
        for id in 0..MANY {
            floor.alert(AlertKind::Warning, Level::Low, "x".repeat(1_000), None, now);
            let user = User { id: id.into(), username: "ann".into() };
            let address = "192.0.2.1";
            let (event, room) = ("ping", None);
            floor.count_drop(
                Drop { user: &user, namespace: &namespace, event, room, address, limit: 1, window: 60 },
                now,
            );
        }
    });
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    admin.emit("/admin", "feed:subscribe", &json!({})).await;
    let (mut alerts, mut episodes, mut pages) = (0, 0, 0);
    loop {
        let text = admin.expect("42/admin,[\"feed:snapshot\"").await;
        assert!(text.len() <= MAX, "{}", text.len());
        let array: Value = serde_json::from_str(&text[9..]).expect("JSON");
        let count = |key: &str| array[1][key].as_array().map_or(0, Vec::len) as i64;
        alerts += count("alerts");
        episodes += count("episodes");
        pages += 1;
        if array[1]["last"] == true {
            break;
        }
    }
    assert_eq!((alerts, episodes), (MANY, MANY));
    assert!(pages > 1, "more than one page");
}

#[tokio::test]
async fn a_second_subscription_takes_the_place_of_the_first() {
    let running = Running::start().await;
    let mut admin = Socket::join(running.address, "/admin", &running.token("op:ann", Some(Role::Viewer))).await;
    for _ in 0..3 {
        admin.emit("/admin", "feed:subscribe", &json!({"kinds": ["warning"]})).await;
        admin.event("/admin", "feed:snapshot").await;
    }
    let warning = BusinessEvent::Warning {
        message: "disk is filling up".into(),
        level: signalbox_protocol::feed::Level::Medium,
        data: None,
    };
    publish(&running.gateway, warning, Timestamp::now()).await.expect("published");
    let batch = admin.event("/admin", "feed:batch").await;
    assert_eq!(batch["entries"].as_array().map(Vec::len), Some(1), "{batch}");
    assert_eq!(batch["entries"][0]["alert"]["message"], "disk is filling up");
    drop(admin);
    until("the subscription's end", || !running.gateway.is_watched()).await;
}

#[tokio::test]
async fn a_business_event_reaches_the_namespaces_that_are_shown_them() {
    let running = Running::with(|config| config.events.namespaces = vec!["/admin".into(), "/web".into()]).await;
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    ann.event("/web", "connected").await;
    let of = |value: Value| serde_json::from_value::<BusinessEvent>(value).expect("an event");
    let gateway = &running.gateway;

    let created = json!({"type": "user.created", "payload": {"user": {"id": 9, "username": "eve"}}});
    publish(gateway, of(created), Timestamp::now()).await.expect("published");
    let told = ann.event("/web", "system:notification").await;
    assert_eq!(
        (&told["type"], &told["title"], &told["data"]),
        (&json!("info"), &json!("New user registered"), &json!({"userId": 9}))
    );
    let user = ann.event("/web", "user:created").await;
    assert_eq!((&user["user"]["id"], &user["user"]["username"]), (&json!(9), &json!("eve")));
    assert!(user["user"]["createdAt"].is_string());

    let data = json!({"type": "data.updated", "payload": {"type": "orders", "data": {"n": 1}, "targetUsers": [8]}});
    publish(gateway, of(data), Timestamp::now()).await.expect("published");
    let data = json!({"type": "data.updated", "payload": {"type": "orders", "data": {"n": 2}, "targetUsers": ["7"]}});
    publish(gateway, of(data), Timestamp::now()).await.expect("published");
    assert_eq!(ann.event("/web", "data:update").await["data"], json!({"n": 2}), "the first was for somebody else");

    let updated = json!({"type": "user.updated", "payload": {"user": {"id": 7, "username": "anna"}}});
    publish(gateway, of(updated), Timestamp::now()).await.expect("published");
    assert_eq!(ann.event("/web", "user:profile:updated").await["user"]["username"], "anna");

    let deleted = json!({"type": "user.deleted", "payload": {"userId": 7}});
    publish(gateway, of(deleted), Timestamp::now()).await.expect("published");
    assert_eq!(ann.event("/web", "kicked").await["code"], "user_deleted");
    ann.closed().await;
}
