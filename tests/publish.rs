//! What a backend publishes is accepted as a whole, on the disk, and goes out once, in order.

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::{Gateway, Token, eventually};

fn token() -> String {
    Token::operator("backend", Role::Operator).sign()
}

async fn publish(gateway: &Gateway, body: Value) -> (u16, Value) {
    gateway.post("/api/v1/publish", Some(&token()), &body).await
}

fn message(to: Value, event: &str, data: Value) -> Value {
    json!({"namespace": "/web", "to": to, "event": event, "data": data})
}

#[tokio::test]
async fn it_reaches_all_users_a_room_and_a_socket() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    ben.ask("room:join", json!({"roomId": "lobby"})).await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let snapshot = olga.subscribe(&[], None).await;
    let connection = snapshot.connections.iter().find(|connection| connection.user.id == 7.into()).expect("ann's");
    let socket = connection.namespaces[0].socket.to_string();

    let (status, answer) = publish(
        &gateway,
        json!({"messages": [
            message(json!("all"), "tick", json!({"for": "all", "n": 1.5})),
            message(json!({"users": ["7"]}), "tick", json!({"for": "ann"})),
            message(json!({"room": "lobby"}), "tick", json!({"for": "lobby"})),
            message(json!({"socket": socket}), "tick", json!(["for a socket"])),
            message(json!({"socket": "nobody's"}), "tick", json!(1)),
            message(json!({"room": "empty"}), "tick", json!(1)),
        ]}),
    )
    .await;
    assert_eq!(status, 202, "{answer}");
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(6), &json!(0)));
    assert_eq!(answer["results"][2], json!({"index": 2, "id": null, "status": "accepted"}));
    for expected in [json!({"for": "all", "n": 1.5}), json!({"for": "ann"}), json!(["for a socket"])] {
        assert_eq!(ann.expect("tick").await, expected);
    }
    for expected in [json!({"for": "all", "n": 1.5}), json!({"for": "lobby"})] {
        assert_eq!(ben.expect("tick").await, expected);
    }
    assert!(ann.received("tick").await.is_empty() && ben.received("tick").await.is_empty());
}

#[tokio::test]
async fn an_id_makes_it_go_out_once() {
    let gateway = Gateway::start().await;
    let one = |id: &str| json!({"namespace": "/web", "to": "all", "event": "tick", "data": id, "id": id});
    let (_, answer) = publish(&gateway, json!({"messages": [one("a"), one("b"), one("a")]})).await;
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&json!(2), &json!(1)));
    let gateway = gateway.kill_and_restart().await;
    let (_, answer) = publish(&gateway, json!({"messages": [one("b"), one("c")]})).await;
    let statuses: Vec<_> = answer["results"].as_array().expect("results").iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["duplicate", "accepted"]);
    let (_, answer) = gateway
        .post("/api/v1/publish", Some(&Token::operator("other", Role::Admin).sign()), &json!({"messages": [one("a")]}))
        .await;
    assert_eq!(answer["accepted"], 1, "another producer has its own ids");
}

#[tokio::test]
async fn one_that_is_wrong_and_none_is_accepted() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    let good = message(json!("all"), "tick", json!(1));
    for (wrong, named) in [
        (message(json!("all"), "auth:expiring", json!(1)), "messages[1]"),
        (message(json!({"users": []}), "tick", json!(1)), "messages[1]"),
        (json!({"namespace": "/nowhere", "to": "all", "event": "tick"}), "messages[1]"),
        (json!(7), "messages[1]"),
    ] {
        let (status, problem) = publish(&gateway, json!({"messages": [good, wrong]})).await;
        assert_eq!(status, 422, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(named)), "{problem}");
    }
    let (status, _) = publish(&gateway, json!({"messages": vec![good.clone(); 1001]})).await;
    assert_eq!(status, 422);
    let (status, _) =
        publish(&gateway, json!({"messages": [message(json!("all"), "tick", json!("x".repeat(1_000_000)))]})).await;
    assert_eq!(status, 413);
    for (body, expected) in
        [(json!({}), 422), (json!({"messages": [], "mode": "later"}), 422), (json!({"messages": []}), 202)]
    {
        assert_eq!(publish(&gateway, body.clone()).await.0, expected, "{body}");
    }
    assert!(ann.received("tick").await.is_empty());
}

#[tokio::test]
async fn only_who_may_publish_does() {
    let gateway = Gateway::start().await;
    let body = json!({"messages": [message(json!("all"), "tick", json!(1))]});
    for (case, bearer, expected) in [
        ("nobody", None, 401),
        ("a user", Some(Token::user(7).sign()), 403),
        ("a viewer", Some(Token::operator("vera", Role::Viewer).sign()), 403),
        ("an operator", Some(token()), 202),
    ] {
        let (status, answer) = gateway.post("/api/v1/publish", bearer.as_deref(), &body).await;
        assert_eq!(status, expected, "{case}: {answer}");
    }
}

#[tokio::test]
async fn a_thousand_arrive_in_order_dated_where_they_are_notifications() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    let messages: Vec<_> = (0..1000).map(|n| message(json!("all"), "system:notification", json!({"n": n}))).collect();
    let (status, answer) = publish(&gateway, json!({"messages": messages})).await;
    assert_eq!(status, 202, "{answer}");
    for n in 0..1000 {
        let shown = ann.expect("system:notification").await;
        assert_eq!(shown["n"], n);
        assert!(shown["timestamp"].is_string(), "{shown}");
    }
}

#[tokio::test]
async fn a_batch_goes_out_in_a_moment_grouped_by_target() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    let to = |who: i64, n: i64| message(json!({"users": [who, 7]}), "tick", json!({"who": who, "n": n}));
    let (status, _) =
        publish(&gateway, json!({"messages": [to(8, 1), to(9, 1), to(8, 2), to(9, 2)], "mode": "batched"})).await;
    assert_eq!(status, 202);
    let mut got = Vec::new();
    for _ in 0..4 {
        let tick = ann.expect("tick").await;
        got.push((tick["who"].as_i64(), tick["n"].as_i64()));
    }
    assert_eq!(got[0].0, got[1].0, "{got:?}");
    assert!(got.chunks(2).all(|pair| pair[0].1 == Some(1) && pair[1].1 == Some(2)), "{got:?}");
}

#[tokio::test]
async fn a_batch_that_waits_goes_out_when_the_gateway_ends() {
    let mut gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    let (status, _) =
        publish(&gateway, json!({"messages": [message(json!("all"), "tick", json!(1))], "mode": "batched"})).await;
    assert_eq!(status, 202);
    gateway.terminate().await;
    assert_eq!(ann.expect("tick").await, json!(1));
}

#[tokio::test]
async fn what_is_accepted_after_a_power_cut_goes_out_behind_what_it_left() {
    let gateway = Gateway::start().await;
    let ticks = |mode: &str, numbers: &[u32]| {
        let messages: Vec<_> = numbers.iter().map(|number| message(json!("all"), "tick", json!(number))).collect();
        json!({"messages": messages, "mode": mode})
    };
    // A batch waits for a second, and the power is cut within it.
    assert_eq!(publish(&gateway, ticks("batched", &[1, 2, 3])).await.0, 202);
    let gateway = gateway.kill_and_restart().await;
    let mut ann = gateway.web(7, "ann").await;
    eventually("nothing is left", async || {
        let metrics = gateway.request(Method::GET, "/metrics").send().await.ok()?.text().await.ok()?;
        metrics.contains("signalbox_outbox_unsent 0\n").then_some(())
    })
    .await;
    assert_eq!(publish(&gateway, ticks("now", &[4])).await.0, 202);
    while ann.expect("tick").await != json!(4) {}
}

#[tokio::test]
async fn what_users_who_are_away_should_hear_waits_for_them() {
    let gateway = Gateway::start().await;
    for (namespace, event) in [
        ("/web", "user:notification"),
        ("/", "notification"),
        ("/events", "system:notification"),
        ("/chat", "system:notification"),
    ] {
        let ben = Token::user(8).name("ben");
        gateway.join(namespace, &ben).await.close().await;
        eventually("a message for ben to wait", async || {
            let data = json!({"title": "t", "message": "m", "type": "info"});
            let to_ben =
                |event, data| json!({"namespace": namespace, "to": {"users": [8]}, "event": event, "data": data});
            publish(&gateway, json!({"messages": [to_ben(event, data), to_ben("tick", json!(1))]})).await;
            let mut ben = gateway.join(namespace, &ben).await;
            let waited = ben.received(event).await.iter().any(|shown| shown["offline"] == true);
            ben.close().await;
            waited.then_some(())
        })
        .await;
    }
}
