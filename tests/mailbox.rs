//! What is sent to a user who is away waits, and arrives in order, once, marked, when the user comes back.

use serde_json::{Value, json};
use signalbox_protocol::admin::{Command, HistoryArgs, HistoryOf, NotificationTarget, NotifyArgs, Role};
use signalbox_protocol::feed::{Happening, Kind, Tone};
use support::{Client, Gateway, Operator, Token, within};

/// Limits that these tests do not want to meet.
const MANY: &str = "limits.events = {\"/web private:message\" = 100000}";

async fn write_to(from: &mut Client, user: i64, text: &str) {
    let answer = from.ask("private:message", json!({"toUserId": user, "message": text})).await;
    assert_eq!(answer["success"], true, "{answer}");
}

/// Who comes leaves again: from then on the gateway has seen the user.
async fn come_and_go(gateway: &Gateway, id: i64, name: &str) {
    gateway.web(id, name).await.close().await;
    gone(gateway, id).await;
}

async fn gone(gateway: &Gateway, id: i64) {
    let mut olga = gateway.operator(Role::Viewer).await;
    within("the user's end", async {
        while olga.subscribe(&[], None).await.connections.iter().any(|connection| connection.user.id == id.into()) {}
    })
    .await;
}

/// So many messages to the user are on the latest page of the history.
async fn written_to(olga: &mut Operator, user: i64) -> usize {
    let args = HistoryArgs { of: HistoryOf::User(user.into()), cursor: None, limit: Some(500) };
    let page = olga.ask(Command::History(args)).await.expect("a page");
    page["items"].as_array().map_or(0, Vec::len)
}

fn notify(user: i64, title: &str) -> Command {
    let target = NotificationTarget::Users(vec![user.into()]);
    let (title, message) = (title.into(), title.into());
    Command::Notify(NotifyArgs { target, tone: Tone::Info, title, message, data: None }.into())
}

/// Waits until messages are handed over at once again.
async fn nothing_waits(from: &mut Client, to: &mut Client, user: i64) {
    within("nothing to wait any more", async {
        loop {
            write_to(from, user, "now").await;
            if to.expect("private:message").await["offline"].is_null() {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn messages_wait_for_who_is_away_and_arrive_in_order_before_later_ones() {
    let gateway = Gateway::with(MANY).await;
    let mut ann = gateway.web(7, "ann").await;
    come_and_go(&gateway, 8, "ben").await;
    for number in 0..120 {
        write_to(&mut ann, 8, &number.to_string()).await;
    }
    let (_, mut ben) = tokio::join!(
        async {
            for number in 120..150 {
                write_to(&mut ann, 8, &number.to_string()).await;
            }
        },
        gateway.web(8, "ben")
    );
    write_to(&mut ann, 8, "150").await;
    for number in 0..=150 {
        let message = ben.expect("private:message").await;
        assert_eq!(message["message"], number.to_string());
        assert!(number >= 120 || message["offline"] == true, "{message}");
        assert_eq!((&message["fromUserId"], &message["fromUsername"]), (&json!(7), &json!("ann")));
    }
    nothing_waits(&mut ann, &mut ben, 8).await;
}

#[tokio::test]
async fn what_waits_survives_the_process_and_arrives_once() {
    let gateway = Gateway::with(MANY).await;
    let mut ann = gateway.web(7, "ann").await;
    come_and_go(&gateway, 8, "ben").await;
    for number in 0..20 {
        write_to(&mut ann, 8, &number.to_string()).await;
    }
    let gateway = gateway.kill_and_restart().await;
    let mut ben = gateway.web(8, "ben").await;
    for number in 0..20 {
        assert_eq!(ben.expect("private:message").await["message"], number.to_string());
    }
    let mut ann = gateway.web(7, "ann").await;
    nothing_waits(&mut ann, &mut ben, 8).await;
    ben.close().await;
    gone(&gateway, 8).await;
    let mut ben = gateway.web(8, "ben").await;
    assert!(ben.received("private:message").await.is_empty());
}

#[tokio::test]
async fn a_private_message_is_heard_in_its_namespace_only() {
    let gateway = Gateway::with(MANY).await;
    let mut ann = gateway.web(7, "ann").await;
    come_and_go(&gateway, 8, "ben").await;
    write_to(&mut ann, 8, "hello").await;
    let mut admin = gateway.join("/admin", &Token::user(8).name("ben").role(Role::Viewer)).await;
    assert!(admin.received("private:message").await.is_empty());
    let mut ben = gateway.web(8, "ben").await;
    assert_eq!(ben.expect("private:message").await["message"], "hello");
    assert!(admin.received("private:message").await.is_empty());
}

#[tokio::test]
async fn nothing_waits_for_somebody_never_seen() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.web(7, "ann").await;
    write_to(&mut ann, 99, "hello?").await;
    let mut olga = gateway.operator(Role::Operator).await;
    let sent = olga.ask(notify(99, "hello?")).await.expect("an answer");
    assert_eq!(sent["queued"], 0);
    let mut stranger = gateway.web(99, "new").await;
    assert!(stranger.received("private:message").await.is_empty());
    assert!(stranger.received("user:notification").await.is_empty());
    assert_eq!(written_to(&mut olga, 99).await, 1, "what was acknowledged is in the history");
}

#[tokio::test]
async fn who_writes_to_a_full_mailbox_is_told_so() {
    let gateway = Gateway::with(MANY).await;
    let mut ann = gateway.web(7, "ann").await;
    come_and_go(&gateway, 8, "ben").await;
    let message = json!({"toUserId": 8, "message": "hello"});
    let mut numbers = Vec::new();
    for _ in 0..1000 {
        numbers.push(ann.emit_numbered("private:message", vec![message.clone()]).await);
    }
    for number in numbers {
        assert_eq!(ann.answer(number, "private:message").await["success"], true);
    }
    ann.received("message:sent").await;
    let answer = ann.ask("private:message", message.clone()).await;
    assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("conflict")), "{answer}");
    ann.emit("private:message", message).await;
    let error = ann.expect("error").await;
    assert_eq!((&error["code"], &error["event"]), (&json!("conflict"), &json!("private:message")), "{error}");
    assert!(ann.received("message:sent").await.is_empty());
    let mut ben = gateway.web(8, "ben").await;
    for _ in 0..1000 {
        ben.expect("private:message").await;
    }
    assert!(ben.received("private:message").await.is_empty());
}

#[tokio::test]
async fn a_notification_for_who_is_away_is_queued_and_says_so() {
    let gateway = Gateway::start().await;
    come_and_go(&gateway, 8, "ben").await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.subscribe(&[Kind::NotificationSent], None).await;
    let sent = olga.ask(notify(8, "first")).await.expect("an answer");
    assert_eq!((&sent["targets"], &sent["delivered"], &sent["queued"]), (&json!(0), &json!(0), &json!(1)));
    let told = olga
        .entry(|what| match what {
            Happening::NotificationSent { notification } => Some(notification.clone()),
            _ => None,
        })
        .await;
    assert_eq!((told.title.as_str(), told.delivered, told.queued), ("first", 0, 1));
    olga.ask(notify(8, "second")).await.expect("an answer");

    let token = Token::user(8).name("ben");
    let (mut one, mut other) = tokio::join!(gateway.join("/", &token), gateway.join("/", &token));
    let mut titles: Vec<Value> = Vec::new();
    within("both notifications", async {
        while !["first", "second"].iter().all(|title| titles.contains(&json!(title))) {
            for client in [&mut one, &mut other] {
                for shown in client.received("notification").await {
                    assert_eq!(shown["offline"], true, "{shown}");
                    titles.push(shown["message"].clone());
                }
            }
        }
    })
    .await;
    for client in [&mut one, &mut other] {
        titles.extend(client.received("notification").await.into_iter().map(|shown| shown["message"].clone()));
    }
    for title in ["first", "second"] {
        let times = titles.iter().filter(|heard| **heard == title).count();
        assert!((1..=2).contains(&times), "once to each that was there: {titles:?}");
    }
    let mut web = gateway.web(8, "ben").await;
    assert!(web.received("user:notification").await.is_empty(), "it was heard already");
}

#[tokio::test]
async fn who_reads_the_feed_is_not_counted_as_handed_a_push() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.subscribe(&[Kind::NotificationSent], None).await;
    let target = NotificationTarget::Users(vec!["op:olga".parse().expect("a user id")]);
    let args = NotifyArgs { target, tone: Tone::Info, title: "t".into(), message: "m".into(), data: None };
    let sent = olga.ask(Command::Notify(args.into())).await.expect("an answer");
    assert_eq!((&sent["targets"], &sent["delivered"], &sent["queued"]), (&json!(0), &json!(0), &json!(0)));
}
