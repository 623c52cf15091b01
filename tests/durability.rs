//! What was acknowledged survives the process, however it ends.

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::{AuditArgs, Command, HistoryArgs, HistoryOf, NotificationTarget, NotifyArgs, Role};
use signalbox_protocol::feed::Tone;
use support::power_cut::power_cut;
use support::{Gateway, Packet, Token, within};

/// Limits that these tests do not want to meet.
const MANY: &str = "limits.events = {\"/web room:message\" = 100000, \"/web private:message\" = 100000}";

fn operator() -> String {
    Token::operator("backend", Role::Operator).sign()
}

#[tokio::test]
async fn no_acknowledged_message_of_a_backend_is_lost_in_a_power_cut() {
    let mut gateway = Gateway::start().await;
    for round in 0..3 {
        let cut;
        (gateway, cut) = power_cut(gateway, round, 300).await;
        assert_eq!(cut.lost, 0, "{cut:?}");
    }
}

#[tokio::test]
async fn a_room_s_acknowledged_messages_are_in_its_history_after_a_power_cut() {
    let gateway = Gateway::with(MANY).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    // They are on the way when the process is killed.
    for number in 0..400 {
        ann.emit_numbered("room:message", vec![json!({"roomId": "lobby", "message": number.to_string()})]).await;
    }
    let (mut acknowledged, mut gateway) = (0, Some(gateway));
    let mut restarting = None;
    while let Some(packet) = ann.next().await {
        if matches!(&packet, Packet::Ack { args, .. } if args[0]["roomId"] == "lobby" && args[0]["message"].is_string())
        {
            acknowledged += 1;
        }
        if acknowledged == 20
            && let Some(gateway) = gateway.take()
        {
            restarting = Some(tokio::spawn(gateway.kill_and_restart()));
        }
    }
    let gateway = restarting.expect("20 acknowledgements").await.expect("a gateway");
    let kept = room_messages(&gateway).await;
    assert!(kept.len() >= acknowledged, "{acknowledged} were acknowledged, {} are kept", kept.len());
    let expected: Vec<_> = (0..kept.len()).rev().map(|number| json!(number.to_string())).collect();
    assert_eq!(kept, expected, "all of them from the first on, in order");
}

/// The history of the lobby, the latest first.
async fn room_messages(gateway: &Gateway) -> Vec<Value> {
    let (mut messages, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/rooms/lobby/messages?namespace=/web&limit=100{cursor}");
        let request = gateway.request(Method::GET, &path).bearer_auth(operator());
        let answer = within("an answer", request.send()).await.expect("an answer");
        let page: Value = answer.json().await.expect("JSON");
        messages.extend(page["items"].as_array().expect("items").iter().map(|item| item["message"].clone()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return messages,
        }
    }
}

#[tokio::test]
async fn what_users_who_are_away_were_written_reaches_them_after_a_power_cut() {
    let gateway = Gateway::with(MANY).await;
    gateway.web(8, "ben").await.close().await;
    let mut ann = gateway.web(7, "ann").await;
    for number in 0..400 {
        ann.emit_numbered("private:message", vec![json!({"toUserId": 8, "message": number.to_string()})]).await;
    }
    let (mut acknowledged, mut gateway) = (0, Some(gateway));
    let mut restarting = None;
    while let Some(packet) = ann.next().await {
        acknowledged += usize::from(matches!(&packet, Packet::Ack { args, .. } if args[0]["success"] == true));
        if acknowledged == 20
            && let Some(gateway) = gateway.take()
        {
            restarting = Some(tokio::spawn(gateway.kill_and_restart()));
        }
    }
    let gateway = restarting.expect("20 acknowledgements").await.expect("a gateway");
    let mut ben = gateway.web(8, "ben").await;
    for number in 0..acknowledged {
        let message = ben.expect("private:message").await;
        assert_eq!((&message["message"], &message["offline"]), (&json!(number.to_string()), &json!(true)));
    }
}

#[tokio::test]
async fn what_operators_did_and_said_and_whom_users_follow_is_known_after_a_power_cut() {
    let gateway = Gateway::start().await;
    let follow = gateway.request(Method::PUT, "/api/v1/users/7/followers").bearer_auth(operator());
    let followed = follow.json(&json!({"followers": [8]})).send().await.expect("an answer over HTTP");
    assert_eq!(followed.status(), 204);
    let mut ann = gateway.web(7, "ann").await;
    assert_eq!(ann.ask("private:message", json!({"toUserId": 8, "message": "hello"})).await["success"], true);
    let mut olga = gateway.operator(Role::Operator).await;
    let notify = NotifyArgs {
        target: NotificationTarget::All,
        tone: Tone::Info,
        title: "Maintenance".into(),
        message: "at noon".into(),
        data: None,
    };
    olga.ask(Command::Notify(notify.into())).await.expect("it is sent");

    let gateway = gateway.kill_and_restart().await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut past = async |of| {
        let page = olga.ask(Command::History(HistoryArgs { of, cursor: None, limit: None })).await.expect("a page");
        page["items"].as_array().cloned().unwrap_or_default()
    };
    let notifications = past(HistoryOf::Notifications).await;
    assert_eq!((notifications.len(), &notifications[0]["title"]), (1, &json!("Maintenance")));
    let messages = past(HistoryOf::User(8.into())).await;
    assert_eq!((messages.len(), &messages[0]["content"]), (1, &json!("hello")));
    let audit = olga.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    let commands: Vec<_> = audit["items"].as_array().into_iter().flatten().map(|row| row["command"].clone()).collect();
    assert!(commands.contains(&json!("notify")), "{commands:?}");
    let mut ben = gateway.user("/", 8, "ben").await;
    let _ann = gateway.user("/", 7, "ann").await;
    assert_eq!(ben.expect("user-online").await, json!({"userId": "7"}));
}

#[tokio::test]
async fn a_copy_made_while_others_write_is_whole() {
    let gateway = Gateway::with(MANY).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let mut before = 0;
    for _ in 0..50 {
        ann.ask("room:message", json!({"roomId": "lobby", "message": before.to_string()})).await;
        before += 1;
    }
    let copy = gateway.folder().file("copy/signalbox.db");
    std::fs::create_dir(gateway.folder().file("copy")).expect("a folder");
    let backup = ["backup", copy.to_str().expect("a path of text")];
    let writing = async {
        let mut number = before;
        loop {
            ann.ask("room:message", json!({"roomId": "lobby", "message": number.to_string()})).await;
            number += 1;
        }
    };
    tokio::select! {
        output = gateway.folder().run(&backup) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        () = writing => {}
    }
    // A gateway opens the copy, finds it sound, and has a beginning of the history without a gap.
    let folder = support::Start::default().folder();
    std::fs::create_dir_all(folder.data()).expect("a folder");
    std::fs::copy(&copy, folder.data().join("signalbox.db")).expect("the copy");
    let restored = Gateway::run(folder, "127.0.0.1:0").await;
    let kept = room_messages(&restored).await;
    assert!(kept.len() >= before, "{} of {before}", kept.len());
    let expected: Vec<_> = (0..kept.len()).rev().map(|number| json!(number.to_string())).collect();
    assert_eq!(kept, expected);
}
