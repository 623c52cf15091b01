//! A notification reaches whom it is for, and the operator is told how many that were.

use serde_json::{Value, json};
use signalbox_protocol::admin::{Command, NotificationTarget, NotifyArgs, Role};
use signalbox_protocol::feed::{Happening, Kind, Tone};
use signalbox_protocol::{ErrorCode, UserId};
use support::{Gateway, Token};

const QUIET: &str = "limits.enabled = false";

fn notify(target: NotificationTarget) -> Command {
    Command::Notify(
        NotifyArgs {
            target,
            tone: Tone::Success,
            title: "Deployed".into(),
            message: "Version 7 is live.".into(),
            data: Some(json!({"version": 7})),
        }
        .into(),
    )
}

fn check_content(notification: &Value) {
    assert_eq!(notification["title"], "Deployed");
    assert_eq!(notification["message"], "Version 7 is live.");
    assert_eq!((&notification["type"], &notification["data"]), (&json!("success"), &json!({"version": 7})));
    assert!(notification["timestamp"].is_string(), "{notification}");
}

#[tokio::test]
async fn all_a_user_a_room_or_a_namespace_can_be_notified() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let mut phone = gateway.web(7, "ann").await;
    let mut ben = gateway.web(8, "ben").await;
    ben.ask("room:join", json!({"roomId": "lobby"})).await;

    let room = NotificationTarget::Room { namespace: "/web".into(), room: "lobby".into() };
    let cases = [
        (NotificationTarget::All, "system:notification", 4, [true, true, true]),
        (NotificationTarget::Users(vec![7.into()]), "user:notification", 2, [true, true, false]),
        (room, "room:notification", 1, [false, false, true]),
        (NotificationTarget::Namespace("/web".into()), "system:notification", 3, [true, true, true]),
    ];
    for (target, event, count, reached) in cases {
        let preview = olga.preview(notify(target.clone())).await.expect("a preview");
        assert_eq!(preview["sockets"], count, "{target:?}: {preview}");
        let done = olga.ask(notify(target.clone())).await.expect("done");
        assert_eq!((&done["targets"], &done["delivered"]), (&json!(count), &json!(count)), "{target:?}: {done}");
        assert!(done["id"].is_i64());
        for (client, reached) in [(&mut ann, reached[0]), (&mut phone, reached[1]), (&mut ben, reached[2])] {
            let received = client.received(event).await;
            assert_eq!(received.len(), usize::from(reached), "{target:?}: {received:?}");
            for notification in &received {
                check_content(notification);
                assert_eq!(notification.get("roomId").is_some(), event == "room:notification", "{notification}");
            }
        }
    }
}

#[tokio::test]
async fn a_notification_is_an_entry_of_the_feed() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let _ann = gateway.web(7, "ann").await;
    olga.subscribe(&[Kind::NotificationSent, Kind::OperatorAction], None).await;
    let target = NotificationTarget::Users(vec![7.into()]);
    let done = olga.ask(notify(target.clone())).await.expect("done");
    let sent = olga
        .entry(|what| match what {
            Happening::NotificationSent { notification } => Some(notification.clone()),
            _ => None,
        })
        .await;
    assert_eq!((json!(sent.id), sent.target, sent.by.as_str()), (done["id"].clone(), target, "olga"));
    assert_eq!((sent.targets, sent.delivered), (1, 1));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_and_reaches_nobody() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut vera = support::Operator::new(gateway.join("/admin", &Token::operator("vera", Role::Viewer)).await);
    let mut ann = gateway.web(7, "ann").await;
    let forbidden = vera.ask(notify(NotificationTarget::All)).await.expect_err("a viewer may not");
    assert_eq!(forbidden.code, ErrorCode::Forbidden);
    let args = |key: &str, value: Value| {
        let mut args = json!({"target": "all", "type": "info", "title": "t", "message": "m"});
        args[key] = value;
        args
    };
    for (args, code) in [
        (args("title", json!("")), ErrorCode::InvalidPayload),
        (args("title", json!("x".repeat(201))), ErrorCode::TooLong),
        (args("message", json!("x".repeat(1001))), ErrorCode::TooLong),
        (args("type", json!("terrible")), ErrorCode::InvalidPayload),
        (args("target", json!("everybody")), ErrorCode::InvalidPayload),
        (args("data", json!("x".repeat(20_000))), ErrorCode::TooLong),
        (args("surprise", json!(1)), ErrorCode::InvalidPayload),
    ] {
        let response = olga.request_raw(json!({"command": "notify", "args": args})).await;
        let got = response.error.map(|error| error.code);
        assert_eq!((response.ok, got), (false, Some(code)), "{:.120}", args.to_string());
    }
    assert!(ann.received("system:notification").await.is_empty());
}

#[tokio::test]
async fn whom_it_will_never_reach_is_named() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let _ann = gateway.web(7, "ann").await;
    for (users, delivered, refused) in [(vec![7, 98, 99], 1, vec![98, 99]), (vec![99], 0, vec![99])] {
        let target = NotificationTarget::Users(users.into_iter().map(UserId::from).collect());
        let done = olga.ask(notify(target)).await.expect("done");
        assert_eq!((&done["delivered"], &done["queued"]), (&json!(delivered), &json!(0)), "{done}");
        let [why] = &done["refused"].as_array().expect("some are refused")[..] else { panic!("{done}") };
        assert_eq!((&why["code"], &why["users"]), (&json!("not_found"), &json!(refused)), "{done}");
    }
    let done = olga.ask(notify(NotificationTarget::Users(vec![7.into()]))).await.expect("done");
    assert_eq!(done.get("refused"), None, "{done}");
}

#[tokio::test]
async fn it_goes_only_to_whom_was_previewed() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let target = NotificationTarget::Namespace("/web".into());
    let preview = olga.preview(notify(target.clone())).await.expect("a preview");
    let mut ben = gateway.web(8, "ben").await;
    let Command::Notify(mut args) = notify(target) else { unreachable!("it is a notification") };
    args.fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let refused = olga.ask(Command::Notify(args)).await.expect_err("a conflict");
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(ann.received("system:notification").await.is_empty());
    assert!(ben.received("system:notification").await.is_empty());
}
