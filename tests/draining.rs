//! A node can be emptied without being stopped: nobody new comes in, everybody is told to come back, operators stay.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{AuditArgs, Command, DrainArgs, NoArgs, Role};
use support::{Client, Gateway, Operator, Token};

fn drain(over: u32, fingerprint: Option<String>) -> Command {
    Command::Drain(DrainArgs { over: Some(over), fingerprint })
}

async fn ready(gateway: &Gateway) -> u16 {
    gateway.request(Method::GET, "/readyz").send().await.expect("an answer").status().as_u16()
}

async fn knock(gateway: &Gateway, id: i64) -> Result<(), String> {
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    client.join("/web", json!({"token": Token::user(id).sign()})).await
}

#[tokio::test]
async fn a_drained_node_sends_its_clients_away_and_lets_operators_look() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let mut clients = Vec::new();
    for id in 0..4 {
        clients.push(gateway.web(id, "ann").await);
    }
    let preview = ada.preview(drain(1, None)).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(4), &json!(4)), "operators are not touched");
    assert_eq!(ready(&gateway).await, 200, "a preview does nothing");

    let fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let begun = ada.ask(drain(1, fingerprint)).await.expect("it begins");
    assert_eq!(begun["connections"], 4);
    assert_eq!(ready(&gateway).await, 503);
    assert_eq!(knock(&gateway, 9).await, Err("server busy".into()));
    for client in &mut clients {
        let told = client.expect("system:shutdown").await;
        assert!((500..5_000).contains(&told["reconnectAfterMs"].as_u64().unwrap_or_default()), "{told}");
        assert_eq!(client.expect("kicked").await["code"], "drain");
        client.closed().await;
    }
    let nodes = ada.ask(Command::Nodes(NoArgs {})).await.expect("it is still there");
    assert!(nodes["nodes"][0]["drainedSince"].is_string(), "{nodes}");
    let mut amy = Operator::new(gateway.join("/admin", &Token::operator("amy", Role::Admin)).await);

    amy.ask(Command::Resume(NoArgs {})).await.expect("another operator can end it");
    assert_eq!(ready(&gateway).await, 200);
    assert_eq!(knock(&gateway, 9).await, Ok(()));
    let page = ada.ask(Command::Audit(AuditArgs::default())).await.expect("a page");
    let commands: Vec<_> = page["items"].as_array().into_iter().flatten().map(|row| row["command"].clone()).collect();
    assert_eq!(commands, ["resume", "drain"]);
}

#[tokio::test]
async fn who_has_not_been_sent_away_when_it_resumes_stays() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let (mut ann, mut ben) = (gateway.web(7, "ann").await, gateway.web(8, "ben").await);
    ada.ask(drain(3_600, None)).await.expect("it begins");
    // The first of them goes at once, the second half an hour later.
    let first = tokio::select! {
        _ = ann.expect("kicked") => 7,
        _ = ben.expect("kicked") => 8,
    };
    ada.ask(Command::Resume(NoArgs {})).await.expect("it ends");
    assert!(if first == 7 { ben.is_alive().await } else { ann.is_alive().await });
}

#[tokio::test]
async fn only_an_admin_drains_and_only_whom_was_shown() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ada = Operator::new(gateway.join("/admin", &Token::operator("ada", Role::Admin)).await);
    let mut ann = gateway.web(7, "ann").await;
    for command in [drain(0, None), Command::Resume(NoArgs {})] {
        assert_eq!(olga.ask(command).await.expect_err("it needs an admin").code, ErrorCode::Forbidden);
    }
    let preview = ada.preview(drain(0, None)).await.expect("a preview");
    let fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let _ben = gateway.web(8, "ben").await;
    let refused = ada.ask(drain(0, fingerprint)).await.expect_err("somebody came");
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(ann.is_alive().await && ready(&gateway).await == 200);
}

#[tokio::test]
async fn a_drained_node_still_ends_in_time() {
    let mut gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let mut ann = gateway.web(7, "ann").await;
    ada.ask(drain(3_600, None)).await.expect("it begins");
    let ended = tokio::time::timeout(Duration::from_secs(10), gateway.terminate()).await.expect("within ten seconds");
    assert!(ended.success(), "{ended}");
    ann.closed().await;
}
