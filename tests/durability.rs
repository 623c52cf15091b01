//! What was acknowledged survives the process, however it ends.

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
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
        let request = gateway.request(reqwest::Method::GET, &path).bearer_auth(operator());
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
