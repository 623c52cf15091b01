//! A backend bears a key that opens what its scopes say, until it expires or is revoked; its text is shown once.

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{ApiKeysArgs, Command, Role, Scope};
use signalbox_protocol::feed::{Happening, Kind};
use support::{Gateway, Operator, Token};

fn report() -> Value {
    json!({"type": "system.warning", "payload": {"message": "disk is nearly full", "level": "low"}})
}

fn create(scopes: &[Scope]) -> Command {
    Command::ApiKeys(ApiKeysArgs::Create { name: "shop".into(), scopes: scopes.to_vec(), expires_at: None }.into())
}

async fn new_key(admin: &mut Operator, scopes: &[Scope]) -> (String, String) {
    let made = admin.ask(create(scopes)).await.expect("a key");
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("id"), text("key"))
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_say() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let (_, reporter) = new_key(&mut ada, &[Scope::EventsWrite]).await;
    let (_, publisher) = new_key(&mut ada, &[Scope::Publish, Scope::StatsRead]).await;
    assert!(reporter.starts_with("sbk_"), "its kind can be told by its looks");
    let (status, answer) = gateway.post("/api/v1/events", Some(&reporter), &report()).await;
    assert_eq!(status, 202, "{answer}");
    let (status, problem) = gateway.post("/api/v1/events", Some(&publisher), &report()).await;
    assert_eq!((status, &problem["status"]), (403, &json!(403)));
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("events:write")), "{problem}");
}

#[tokio::test]
async fn a_request_without_what_it_needs_is_told_what_is_missing() {
    let gateway = Gateway::start().await;
    let viewer = Token::operator("vera", Role::Viewer).sign();
    let user = Token::user(7).sign();
    for (bearer, status, missing) in [
        (None, 401, "missing"),
        (Some("sbk_guessed"), 401, "API key"),
        (Some("garbage"), 401, "token"),
        (Some(&*viewer), 403, "operator"),
        (Some(&*user), 403, "operator"),
    ] {
        let (got, problem) = gateway.post("/api/v1/events", bearer, &report()).await;
        assert_eq!(got, status, "{bearer:?}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(missing)), "{problem}");
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_from_that_moment_on_over_restarts() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let (_, kept) = new_key(&mut ada, &[Scope::EventsWrite]).await;
    let (id, revoked) = new_key(&mut ada, &[Scope::EventsWrite]).await;
    assert_eq!(gateway.post("/api/v1/events", Some(&revoked), &report()).await.0, 202);
    let revoke = Command::ApiKeys(ApiKeysArgs::Revoke { id }.into());
    let record = ada.ask(revoke.clone()).await.expect("revoked");
    assert!(record["revokedAt"].is_string(), "{record}");
    assert_eq!(ada.ask(revoke).await.expect_err("twice").code, ErrorCode::NotFound);
    assert_eq!(gateway.post("/api/v1/events", Some(&revoked), &report()).await.0, 401);
    let gateway = gateway.kill_and_restart().await;
    assert_eq!(gateway.post("/api/v1/events", Some(&revoked), &report()).await.0, 401);
    assert_eq!(gateway.post("/api/v1/events", Some(&kept), &report()).await.0, 202);
}

#[tokio::test]
async fn a_keys_text_is_in_the_answer_and_nowhere_else() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    ada.subscribe(&[Kind::OperatorAction], None).await;
    let (id, key) = new_key(&mut ada, &[Scope::EventsWrite]).await;
    let told = ada
        .entry(|what| match what {
            Happening::OperatorAction { command, subject, .. } => Some(format!("{command} {subject}")),
            _ => None,
        })
        .await;
    assert_eq!(told, "api-keys new API key shop");
    let list = ada.ask(Command::ApiKeys(ApiKeysArgs::List.into())).await.expect("a list");
    assert_eq!((&list["keys"][0]["id"], &list["keys"][0]["createdBy"]), (&json!(id), &json!("olga")));
    assert!(!list.to_string().contains(&key));
    assert!(!gateway.log().contains(&key));
    for file in std::fs::read_dir(gateway.folder().data()).expect("the data folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("a readable file");
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()), "not in the store either");
    }
}

#[tokio::test]
async fn failed_keys_have_to_wait_and_a_good_one_from_the_same_address_does_not() {
    let gateway = Gateway::start().await;
    let mut ada = gateway.operator(Role::Admin).await;
    let (_, good) = new_key(&mut ada, &[Scope::EventsWrite]).await;
    for number in 0..5 {
        let bad = format!("sbk_{number}");
        assert_eq!(gateway.post("/api/v1/events", Some(&bad), &report()).await.0, 401);
    }
    let request = gateway.request(Method::POST, "/api/v1/events").bearer_auth("sbk_6").json(&report());
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 429);
    let wait: u64 = answer.headers()["retry-after"].to_str().ok().and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(gateway.post("/api/v1/events", Some(&good), &report()).await.0, 202);
}

#[tokio::test]
async fn only_an_admin_makes_keys_and_only_sensible_ones() {
    let gateway = Gateway::start().await;
    let mut olga = gateway.operator(Role::Operator).await;
    assert_eq!(olga.ask(create(&[Scope::Publish])).await.expect_err("forbidden").code, ErrorCode::Forbidden);
    let mut ada = gateway.operator(Role::Admin).await;
    let with = |changed: Value| {
        let mut args = json!({"action": "create", "name": "shop", "scopes": ["publish"]});
        args.as_object_mut().expect("an object").extend(changed.as_object().expect("an object").clone());
        json!({"command": "api-keys", "args": args})
    };
    for changed in [
        json!({"name": ""}),
        json!({"scopes": []}),
        json!({"scopes": ["everything"]}),
        json!({"expiresAt": "2020-01-01T00:00:00Z"}),
        json!({"expiresAt": "2999-01-01T00:00:00Z"}),
        json!({"surprise": 1}),
    ] {
        let response = ada.request_raw(with(changed.clone())).await;
        assert_eq!(response.error.map(|error| error.code), Some(ErrorCode::InvalidPayload), "{changed}");
    }
}
