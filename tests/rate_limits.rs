//! Who sends too much is told so and loses only what was too much; nobody else loses anything.

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{Happening, Kind, LimitEpisode};
use support::{Client, Gateway, eventually};

fn said(number: usize) -> Value {
    json!({"roomId": "lobby", "message": format!("number {number}")})
}

async fn member(gateway: &Gateway, id: i64, name: &str) -> Client {
    let mut client = gateway.web(id, name).await;
    assert_eq!(client.ask("room:join", json!({"roomId": "lobby"})).await["success"], true);
    client
}

#[tokio::test]
async fn what_is_over_the_limit_is_dropped_and_said_so() {
    let gateway = Gateway::with("limits.events.\"/web room:message\" = 3").await;
    let mut ann = member(&gateway, 7, "ann").await;
    let mut ben = member(&gateway, 8, "ben").await;
    for number in 1..=3 {
        assert_eq!(ann.ask("room:message", said(number)).await["success"], true);
    }
    let answer = ann.ask("room:message", said(4)).await;
    assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("rate_limited")));
    assert_eq!(answer["error"], answer["message"]);
    let wait = answer["retryAfterMs"].as_u64().expect("a time");
    assert!((50_000..=60_000).contains(&wait), "until the oldest event leaves the window: {wait}");
    let told = ann.expect("rate:limit:exceeded").await;
    assert_eq!((&told["event"], &told["limit"], &told["window"]), (&json!("room:message"), &json!(3), &json!(60)));
    assert!(told["message"].is_string());

    assert_eq!(ben.received("room:message").await.len(), 3, "the fourth reached nobody");
    assert_eq!(ben.ask("room:message", said(5)).await["success"], true, "another user is within the limit");
    assert_eq!(ann.ask("room:leave", json!({"roomId": "lobby"})).await["success"], true, "so is another event");
}

#[tokio::test]
async fn the_back_office_events_are_limited_to_ten_a_minute_unless_it_is_said_otherwise() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    for number in 0..10 {
        assert_eq!(ann.ask("room:join", json!({"roomId": format!("room {number}")})).await["success"], true);
    }
    assert_eq!(ann.ask("room:join", json!({"roomId": "room 10"})).await["code"], "rate_limited");
    for _ in 0..50 {
        assert_eq!(ann.ask_with("ping", vec![]).await, "pong", "a ping has a limit of its own");
    }
}

#[tokio::test]
async fn what_the_table_does_not_name_is_limited_by_the_default() {
    let gateway = Gateway::with("limits.default = 3\nlimits.events.\"/events leave\" = 5").await;
    let mut ann = gateway.user("/events", 7, "ann").await;
    for (event, payload, limit) in [
        ("message", json!({"content": "hello"}), 3),
        ("leave", json!({"room": "lobby"}), 5),
        ("join", json!({"room": "lobby"}), 10),
    ] {
        for number in 1..=limit {
            let code = ann.ask(event, payload.clone()).await["code"].clone();
            assert_ne!(code, "rate_limited", "{event} {number}");
        }
        let answer = ann.ask(event, payload).await;
        assert_eq!(answer["code"], "rate_limited", "{event} is limited to {limit}");
        assert_eq!(ann.expect("rate-limit-exceeded").await["limit"], limit, "{event}");
    }
}

#[tokio::test]
async fn a_limit_counts_over_all_sockets_of_a_user_and_outlives_them() {
    let gateway = Gateway::with("limits.events.\"/web room:message\" = 4").await;
    let mut laptop = member(&gateway, 7, "ann").await;
    let mut phone = member(&gateway, 7, "ann").await;
    for number in 0..2 {
        assert_eq!(laptop.ask("room:message", said(number)).await["success"], true);
        assert_eq!(phone.ask("room:message", said(number)).await["success"], true);
    }
    assert_eq!(laptop.ask("room:message", said(5)).await["code"], "rate_limited");
    laptop.close().await;
    phone.close().await;
    let mut again = member(&gateway, 7, "ann").await;
    assert_eq!(again.ask("room:message", said(6)).await["code"], "rate_limited", "a new connection is no new window");
}

#[tokio::test]
async fn the_window_slides() {
    let gateway = Gateway::with("limits.window = 1\nlimits.events.\"/web room:message\" = 2").await;
    let ann = &tokio::sync::Mutex::new(member(&gateway, 7, "ann").await);
    for _ in 0..3 {
        ann.lock().await.ask("room:message", said(0)).await;
    }
    eventually("the window to move on", || async {
        (ann.lock().await.ask("room:message", said(1)).await["success"] == true).then_some(())
    })
    .await;
}

#[tokio::test]
async fn drops_are_one_episode_in_the_feed() {
    let gateway = Gateway::with("limits.events.\"/web room:message\" = 3").await;
    let mut olga = gateway.operator(Role::Viewer).await;
    olga.subscribe(&[Kind::LimitEpisode], None).await;
    let mut ann = member(&gateway, 7, "ann").await;
    for number in 0..40 {
        ann.emit("room:message", said(number)).await;
    }
    let episode = |what: &Happening| match what {
        Happening::LimitEpisode { episode } => Some(episode.clone()),
        _ => None,
    };
    let first: LimitEpisode = olga.entry(episode).await;
    assert_eq!((&*first.user.username, first.event.as_str()), ("ann", "room:message"));
    assert_eq!((first.namespace.as_str(), first.room.as_ref().map(|room| room.as_str())), ("/web", Some("lobby")));
    assert_eq!((first.address.as_str(), first.limit, first.window, first.ended), ("127.0.0.1", 3, 60, false));
    assert!(first.dropped >= 1);
    let mut entries = 1;
    let mut last = first.clone();
    while last.dropped < 37 {
        last = olga.entry(episode).await;
        assert_eq!(last.id, first.id, "it is one episode");
        entries += 1;
    }
    assert_eq!(last.dropped, 37, "every drop is counted once");
    assert!(entries <= 4, "at most one update a second, not {entries}");
}

#[tokio::test]
async fn nonsense_beyond_its_limit_is_not_even_answered() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    for _ in 0..150 {
        ann.emit("no:such:event", json!({})).await;
    }
    let errors = ann.received("error").await;
    assert_eq!(errors.len(), 100, "a hundred are answered");
    let mut ben = gateway.web(8, "ben").await;
    assert_eq!(ben.ask("no:such:event", json!({})).await["code"], "unknown_event", "others have their own");
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let gateway = Gateway::with("limits.enabled = false").await;
    let mut ann = member(&gateway, 7, "ann").await;
    for number in 0..300 {
        assert_eq!(ann.ask("room:message", said(number)).await["success"], true);
    }
}
