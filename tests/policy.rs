//! Admins change the rate limits while the gateway runs, and everybody who looks sees what works and who says so.

use serde_json::{Value, json};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{Command, NoArgs, Role, SetPolicyArgs};
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Operator, Token};

fn set(event: &str, limit: Option<u32>) -> Command {
    Command::SetPolicy(SetPolicyArgs { namespace: "/web".into(), event: event.into(), limit }.into())
}

async fn entry(operator: &mut Operator, namespace: &str, event: &str) -> (u64, String) {
    let table = operator.ask(Command::Policy(NoArgs {})).await.expect("the table");
    let entries = table["entries"].as_array().expect("entries").clone();
    let found = entries.iter().find(|entry| entry["namespace"] == namespace && entry["event"] == event);
    let found = found.unwrap_or_else(|| panic!("no {namespace} {event} in {table}"));
    (found["limit"].as_u64().expect("a limit"), found["source"].as_str().expect("a source").to_owned())
}

async fn post(client: &mut Client) -> Value {
    client.ask("room:message", json!({"roomId": "lobby", "message": "hello"})).await
}

async fn member(gateway: &Gateway, id: i64) -> Client {
    let mut client = gateway.web(id, "ann").await;
    assert_eq!(client.ask("room:join", json!({"roomId": "lobby"})).await["success"], true);
    client
}

#[tokio::test]
async fn a_changed_limit_works_at_once_on_windows_that_are_open() {
    let gateway = Gateway::with("limits.events.\"/web room:message\" = 4").await;
    let mut ada = gateway.operator(Role::Admin).await;
    let mut ann = member(&gateway, 7).await;
    for _ in 0..4 {
        assert_eq!(post(&mut ann).await["success"], true);
    }
    assert_eq!(post(&mut ann).await["code"], "rate_limited");
    ada.ask(set("room:message", Some(6))).await.expect("raised");
    for _ in 0..2 {
        assert_eq!(post(&mut ann).await["success"], true, "there is room for two more");
    }
    assert_eq!(post(&mut ann).await["code"], "rate_limited");
    ada.ask(set("room:message", Some(2))).await.expect("lowered");
    let refused = post(&mut ann).await;
    assert_eq!(refused["code"], "rate_limited");
    assert!(refused["retryAfterMs"].as_u64().is_some_and(|wait| wait > 50_000), "{refused}");
    let told = ann.expect_where("rate:limit:exceeded", |told| told["limit"] == 2).await;
    assert_eq!(told["event"], "room:message");
    let mut ben = member(&gateway, 8).await;
    for success in [true, true, false] {
        assert_eq!(post(&mut ben).await["success"], success);
    }
}

#[tokio::test]
async fn an_operators_entry_goes_first_over_restarts_until_it_is_taken_out() {
    let gateway = Gateway::with("limits.events.\"/web room:message\" = 4").await;
    let mut ada = gateway.operator(Role::Admin).await;
    assert_eq!(entry(&mut ada, "/web", "room:message").await, (4, "configuration".into()));
    assert_eq!(entry(&mut ada, "/web", "room:join").await, (10, "builtIn".into()));
    assert_eq!(entry(&mut ada, "/admin", "admin:request").await, (600, "builtIn".into()));
    assert_eq!(entry(&mut ada, "/web", "invalid").await, (100, "builtIn".into()));
    ada.ask(set("room:message", Some(20))).await.expect("set");
    ada.ask(set("room:join", Some(30))).await.expect("set");
    let gateway = gateway.kill_and_restart().await;
    let mut ada = gateway.operator(Role::Admin).await;
    assert_eq!(entry(&mut ada, "/web", "room:message").await, (20, "operator".into()));
    ada.ask(set("room:message", None)).await.expect("taken out");
    ada.ask(set("room:join", None)).await.expect("taken out");
    assert_eq!(entry(&mut ada, "/web", "room:message").await, (4, "configuration".into()));
    assert_eq!(entry(&mut ada, "/web", "room:join").await, (10, "builtIn".into()));
}

#[tokio::test]
async fn a_change_is_in_the_feed_and_in_the_audit_log() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    ada.subscribe(&[Kind::PolicyChanged], None).await;
    ada.ask(set("room:message", Some(20))).await.expect("set");
    let (entry, by) = ada
        .entry(|what| match what {
            Happening::PolicyChanged { entry, by } => Some((entry.clone(), by.clone())),
            _ => None,
        })
        .await;
    assert_eq!((entry.event.as_str(), entry.limit, by.as_str()), ("room:message", 20, "olga"));
    let audit = ada.request_raw(json!({"command": "audit", "args": {}})).await.result.expect("the audit log");
    assert_eq!(audit["items"][0]["command"], "set-policy", "{audit}");
    assert_eq!(audit["items"][0]["subject"], "/web room:message = 20", "{audit}");
}

#[tokio::test]
async fn invalid_events_have_a_limit_that_can_be_changed_too() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    ada.ask(set("invalid", Some(3))).await.expect("set");
    let mut ann = gateway.web(7, "ann").await;
    for _ in 0..10 {
        ann.emit("no:such:event", json!({})).await;
    }
    assert_eq!(ann.received("error").await.len(), 3);
}

#[tokio::test]
async fn what_is_forbidden_does_not_count_as_invalid() {
    let gateway = Gateway::with("limits.events.\"/web invalid\" = 2\nlimits.events.\"/web room:join\" = 1000").await;
    let token = Token::user(7).claim("rooms", json!(["lobby"]));
    let mut ann = gateway.join("/web", &token).await;
    for _ in 0..10 {
        assert_eq!(ann.ask("room:join", json!({"roomId": "vault"})).await["code"], "forbidden");
    }
    assert_eq!(ann.ask("no:such:event", json!({})).await["code"], "unknown_event", "there is room for it");
}

#[tokio::test]
async fn only_an_admin_changes_limits_and_only_sensibly() {
    let gateway = Gateway::start().await;
    let mut olga = Operator::new(gateway.join("/admin", &Token::operator("omar", Role::Operator)).await);
    assert_eq!(olga.ask(set("room:message", Some(5))).await.expect_err("forbidden").code, ErrorCode::Forbidden);
    let mut ada = gateway.operator(Role::Admin).await;
    for (event, limit, code) in [
        ("room:message", Some(0), ErrorCode::InvalidPayload),
        ("room:message", Some(1_000_001), ErrorCode::InvalidPayload),
        ("explode", Some(5), ErrorCode::NotFound),
    ] {
        assert_eq!(ada.ask(set(event, limit)).await.expect_err(event).code, code, "{event} {limit:?}");
    }
    let mut _ann = gateway.web(7, "ann").await;
    let preview = ada.preview(set("room:message", Some(5))).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(1), &json!(1)));
    assert_eq!(entry(&mut ada, "/web", "room:message").await, (10, "builtIn".into()), "a preview changes nothing");
}
