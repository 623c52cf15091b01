//! What a backend reports is shown to the operators, and only what is in order is taken.

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{AlertKind, Happening, Kind, Level};
use support::{Gateway, Packet, Token};

fn token() -> String {
    Token::operator("backend", Role::Operator).sign()
}

async fn report(gateway: &Gateway, bearer: Option<&str>, body: Value) -> (u16, Value) {
    gateway.post("/api/v1/events", bearer, &body).await
}

#[tokio::test]
async fn a_warning_becomes_a_notification_and_an_alert() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Viewer).await;
    let mut omar = gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await;
    let mut ann = gateway.web(7, "ann").await;
    olga.subscribe(&[Kind::Warning, Kind::Error], None).await;

    let payload = json!({"message": "disk is nearly full", "level": "medium", "data": {"free": "3 %"}});
    let (status, answer) =
        report(&gateway, Some(&token()), json!({"type": "system.warning", "payload": payload})).await;
    assert_eq!(status, 202, "{answer}");
    let shown = omar.expect("system:notification").await;
    assert_eq!((&shown["type"], &shown["message"]), (&json!("warning"), &json!("disk is nearly full")));
    assert_eq!(shown["data"], json!({"free": "3 %"}));
    assert!(shown["title"].is_string() && shown["timestamp"].is_string(), "{shown}");
    let alert = olga
        .entry(|what| match what {
            Happening::Warning { alert } => Some(alert.clone()),
            _ => None,
        })
        .await;
    assert_eq!(
        (alert.kind, alert.level, alert.message.as_str()),
        (AlertKind::Warning, Level::Medium, "disk is nearly full")
    );

    let payload = json!({"message": "mail failed", "error": "relay refused"});
    let (status, answer) = report(&gateway, Some(&token()), json!({"type": "system.error", "payload": payload})).await;
    assert_eq!(status, 202, "{answer}");
    let shown = omar.expect_where("system:notification", |shown| shown["type"] == "error").await;
    assert_eq!((&shown["message"], &shown["data"]), (&json!("mail failed"), &json!("relay refused")));
    let alert = olga
        .entry(|what| match what {
            Happening::Error { alert } => Some(alert.clone()),
            _ => None,
        })
        .await;
    assert_eq!((alert.kind, alert.level), (AlertKind::Error, Level::High));
    assert!(ann.received("system:notification").await.is_empty(), "users do not see the back office's events");
}

#[tokio::test]
async fn a_sign_in_is_told_to_the_operators_with_how_many_are_there() {
    let gateway = Gateway::start().await;
    let mut omar = gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await;
    let _ann = gateway.web(7, "ann").await;
    // Of those who have come, before anybody is said to have signed in.
    omar.expect_where("stats:online-users", |told| told["users"] == json!([7])).await;
    omar.received("stats:online-users").await;
    let payload = json!({"user": {"id": 8, "username": "ben"}, "ip": "203.0.113.7"});
    let (status, answer) = report(&gateway, Some(&token()), json!({"type": "user.login", "payload": payload})).await;
    assert_eq!(status, 202, "{answer}");
    let shown = omar.expect("system:notification").await;
    assert_eq!((&shown["type"], &shown["title"]), (&json!("info"), &json!("User signed in")));
    assert_eq!(shown["data"], json!({"userId": 8, "ip": "203.0.113.7"}));
    let told = omar.expect("stats:online-users").await;
    assert_eq!((&told["total"], &told["users"]), (&json!(1), &json!([7])), "who has signed in elsewhere is not here");
    assert!(told["timestamp"].is_string(), "{told}");
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_everybody_is_told() {
    let gateway = Gateway::with("events.namespaces = [\"/admin\", \"/web\"]").await;
    let mut omar = gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await;
    let (mut ann, mut ben) = (gateway.web(7, "ann").await, gateway.web(8, "ben").await);
    let event = json!({"type": "user.deleted", "payload": {"userId": "7"}});
    let (status, answer) = report(&gateway, Some(&token()), event).await;
    assert_eq!(status, 202, "{answer}");
    while let Some(packet) = ann.next().await {
        if let Packet::Event { name, args, .. } = packet {
            assert_ne!(name, "user:deleted", "the user is told first");
            if name == "kicked" {
                assert_eq!(args[0]["code"], "user_deleted");
                break;
            }
        }
    }
    ann.closed().await;
    for client in [&mut omar, &mut ben] {
        assert_eq!(client.expect("user:deleted").await, json!({"userId": 7}));
    }
}

#[tokio::test]
async fn a_changed_profile_is_told_to_its_user_alone_wherever_events_are_shown() {
    for namespaces in ["[\"/admin\"]", "[\"/web\"]"] {
        let gateway = Gateway::with(&format!("events.namespaces = {namespaces}")).await;
        let mut ann = gateway.web(7, "ann").await;
        let mut anns_office = gateway.join("/admin", &Token::user(7).name("ann").role(Role::Viewer)).await;
        let mut others = [
            gateway.web(8, "ben").await,
            gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await,
            gateway.user("/", 7, "ann").await,
        ];
        let event = json!({"type": "user.updated", "payload": {"user": {"id": "7", "username": "anna"}}});
        let (status, answer) = report(&gateway, Some(&token()), event).await;
        assert_eq!(status, 202, "{answer}");
        for client in [&mut ann, &mut anns_office] {
            let told = client.expect("user:profile:updated").await;
            assert_eq!((&told["user"]["id"], &told["user"]["username"]), (&json!(7), &json!("anna")), "{told}");
            assert!(told["user"]["updatedAt"].is_string(), "{told}");
        }
        for other in &mut others {
            assert!(other.received("user:profile:updated").await.is_empty(), "{namespaces}");
        }
    }
}

#[tokio::test]
async fn changed_data_is_told_to_those_it_concerns() {
    let gateway = Gateway::with("events.namespaces = [\"/admin\", \"/web\"]").await;
    let mut omar = gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await;
    let (mut ann, mut ben) = (gateway.web(7, "ann").await, gateway.web(8, "ben").await);
    let update = |target: Value| {
        let mut payload = json!({"type": "orders", "data": {"open": 3}});
        if !target.is_null() {
            payload["targetUsers"] = target;
        }
        json!({"type": "data.updated", "payload": payload})
    };
    for (target, all) in [(Value::Null, true), (json!(["7"]), false)] {
        let (status, answer) = report(&gateway, Some(&token()), update(target.clone())).await;
        assert_eq!(status, 202, "{answer}");
        let told = ann.expect("data:update").await;
        assert_eq!((&told["type"], &told["data"]), (&json!("orders"), &json!({"open": 3})), "{target}");
        assert!(told["timestamp"].is_string(), "{told}");
        for client in [&mut omar, &mut ben] {
            if all {
                assert_eq!(client.expect("data:update").await, told, "{target}");
            } else {
                assert!(client.received("data:update").await.is_empty(), "{target}");
            }
        }
    }
    let (status, _) = report(&gateway, Some(&token()), update(json!([]))).await;
    assert_eq!(status, 422, "an empty list reaches nobody");
}

#[tokio::test]
async fn users_see_it_where_the_backend_wants_them_to() {
    let gateway = Gateway::with("events.namespaces = [\"/admin\", \"/web\"]").await;
    let mut ann = gateway.web(7, "ann").await;
    let payload = json!({"message": "maintenance at noon", "level": "low"});
    report(&gateway, Some(&token()), json!({"type": "system.warning", "payload": payload})).await;
    assert_eq!(ann.expect("system:notification").await["message"], "maintenance at noon");
}

#[tokio::test]
async fn only_operators_may_report() {
    let gateway = Gateway::start().await;
    let body = json!({"type": "system.warning", "payload": {"message": "x", "level": "low"}});
    let expired = Token::operator("backend", Role::Operator).expires_in(-60).sign();
    let viewer = Token::operator("vera", Role::Viewer).sign();
    for (case, bearer, expected) in [
        ("nobody", None, 401),
        ("garbage", Some("garbage".to_owned()), 401),
        ("an expired token", Some(expired), 401),
        ("a user", Some(Token::user(7).sign()), 403),
        ("a viewer", Some(viewer), 403),
    ] {
        let (status, problem) = report(&gateway, bearer.as_deref(), body.clone()).await;
        assert_eq!(status, expected, "{case}: {problem}");
        assert_eq!(problem["status"], expected, "{case}: {problem}");
    }
}

#[tokio::test]
async fn what_is_not_in_order_is_refused_and_reaches_nobody() {
    let gateway = Gateway::start().await;
    let mut omar = gateway.join("/admin", &Token::operator("omar", Role::Viewer)).await;
    let long = "x".repeat(2_000_000);
    for body in [
        json!({}),
        json!([]),
        json!({"type": "system.warning"}),
        json!({"type": "system.explosion", "payload": {}}),
        json!({"type": "system.warning", "payload": {"level": "low"}}),
        json!({"type": "system.warning", "payload": {"message": "x", "level": "terrible"}}),
        json!({"type": "system.warning", "payload": {"message": 7, "level": "low"}}),
        json!({"type": "system.error", "payload": {"error": "x"}}),
        json!({"type": "system.warning", "payload": {"message": long, "level": "low"}}),
    ] {
        let (status, problem) = report(&gateway, Some(&token()), body.clone()).await;
        let start: String = body.to_string().chars().take(90).collect();
        assert!((400..500).contains(&status) && status != 401 && status != 403, "{start}: {status}");
        assert_eq!(problem["status"], status, "{start}: {problem}");
    }
    assert!(omar.received("system:notification").await.is_empty());
}
