//! Operators sign in with a name and a password; what they are given is short-lived, or can be used once.

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::{Client, Gateway};

const PASSWORD: &str = "correct horse battery";

async fn gateway() -> Gateway {
    let gateway = Gateway::start().await;
    gateway.add_account("olga", Role::Operator, PASSWORD).await;
    gateway
}

async fn login(gateway: &Gateway, name: &str, password: &str) -> (u16, Value) {
    gateway.post("/api/v1/auth/login", None, &json!({"name": name, "password": password})).await
}

async fn refresh(gateway: &Gateway, token: &Value) -> (u16, Value) {
    gateway.post("/api/v1/auth/refresh", None, &json!({"refreshToken": token})).await
}

#[tokio::test]
async fn a_login_opens_the_back_office() {
    let gateway = gateway().await;
    let (status, session) = login(&gateway, "olga", PASSWORD).await;
    assert_eq!(status, 200, "{session}");
    assert_eq!((&session["role"], &session["expiresIn"]), (&json!("operator"), &json!(900)));
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    client.join("/admin", json!({"token": session["accessToken"]})).await.expect("let in");
    let greeting = client.expect("connected").await;
    assert_eq!(greeting["user"], json!({"id": "op:olga", "username": "olga"}));
    assert!(!gateway.log().contains(PASSWORD));
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let gateway = gateway().await;
    let (status, wrong_password) = login(&gateway, "olga", "wrong").await;
    assert_eq!(status, 401, "{wrong_password}");
    let (status, wrong_name) = login(&gateway, "oleg", PASSWORD).await;
    assert_eq!(status, 401);
    assert_eq!(wrong_password, wrong_name, "nobody learns which names there are");
    assert_eq!(wrong_password["status"], 401);
    assert!(wrong_password["title"].is_string() && wrong_password["type"].is_string(), "{wrong_password}");

    let request = gateway.request(reqwest::Method::POST, "/api/v1/auth/login");
    let answer = request.json(&json!({"name": "olga", "password": "wrong"})).send().await.expect("an answer");
    let kind = answer.headers()["content-type"].to_str().expect("a text").to_owned();
    assert!(kind.starts_with("application/problem+json"), "{kind}");
}

#[tokio::test]
async fn what_is_no_login_is_refused_as_that() {
    let gateway = gateway().await;
    for body in [json!({}), json!([]), json!({"name": "olga"}), json!({"name": 7, "password": []})] {
        let (status, problem) = gateway.post("/api/v1/auth/login", None, &body).await;
        assert!((400..=422).contains(&status) && status != 401, "{body}: {status} {problem}");
        assert_eq!(problem["status"], status, "{problem}");
    }
    let request = gateway.request(reqwest::Method::POST, "/api/v1/auth/login");
    let answer = request.header("content-type", "application/json").body("{").send().await.expect("an answer");
    assert!(answer.status().is_client_error());
}

#[tokio::test]
async fn five_failures_a_minute_close_the_door_for_that_account_alone() {
    let gateway = gateway().await;
    gateway.add_account("omar", Role::Viewer, PASSWORD).await;
    for attempt in 0..5 {
        assert_eq!(login(&gateway, "olga", "wrong").await.0, 401, "attempt {attempt}");
    }
    let request = gateway.request(reqwest::Method::POST, "/api/v1/auth/login");
    let answer = request.json(&json!({"name": "olga", "password": PASSWORD})).send().await.expect("an answer");
    assert_eq!(answer.status(), 429, "even the right password has to wait");
    let wait: u64 = answer.headers()["retry-after"].to_str().ok().and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(login(&gateway, "omar", PASSWORD).await.0, 200, "others sign in");
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_its_reuse_ends_the_family() {
    let gateway = gateway().await;
    let (_, session) = login(&gateway, "olga", PASSWORD).await;
    let first = session["refreshToken"].clone();
    let (status, renewed) = refresh(&gateway, &first).await;
    assert_eq!(status, 200, "{renewed}");
    assert_eq!(renewed["role"], "operator");
    let second = renewed["refreshToken"].clone();
    assert_ne!(first, second, "it rotates");
    let (status, renewed) = refresh(&gateway, &second).await;
    assert_eq!(status, 200, "{renewed}");
    let third = renewed["refreshToken"].clone();

    assert_eq!(refresh(&gateway, &first).await.0, 401, "a used one is refused");
    assert_eq!(refresh(&gateway, &third).await.0, 401, "and nobody of the family goes on: one of them was stolen");
    assert_eq!(login(&gateway, "olga", PASSWORD).await.0, 200, "the operator signs in again");
}

#[tokio::test]
async fn a_logout_ends_the_refresh_token() {
    let gateway = gateway().await;
    let (_, session) = login(&gateway, "olga", PASSWORD).await;
    let body = json!({"refreshToken": session["refreshToken"]});
    let (status, _) = gateway.post("/api/v1/auth/logout", None, &body).await;
    assert!((200..300).contains(&status), "{status}");
    assert_eq!(refresh(&gateway, &session["refreshToken"]).await.0, 401);
    assert_eq!(refresh(&gateway, &json!("garbage")).await.0, 401);
}

#[tokio::test]
async fn a_session_survives_a_crash_of_the_gateway() {
    let gateway = gateway().await;
    let (_, session) = login(&gateway, "olga", PASSWORD).await;
    let gateway = gateway.kill_and_restart().await;
    assert_eq!(refresh(&gateway, &session["refreshToken"]).await.0, 200);
}

#[tokio::test]
async fn a_disabled_account_neither_signs_in_nor_refreshes() {
    let gateway = gateway().await;
    let (_, session) = login(&gateway, "olga", PASSWORD).await;
    let output = gateway.folder().run(&["account", "disable", "olga"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!(200..300).contains(&login(&gateway, "olga", PASSWORD).await.0));
    assert!(!(200..300).contains(&refresh(&gateway, &session["refreshToken"]).await.0));
}

#[tokio::test]
async fn a_new_password_takes_the_place_of_the_old_one() {
    let gateway = gateway().await;
    let another = "quite another password";
    let output = gateway.folder().run_with_line(&["account", "passwd", "olga", "--password-stdin"], another).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(login(&gateway, "olga", PASSWORD).await.0, 401);
    assert_eq!(login(&gateway, "olga", another).await.0, 200);
    let output = gateway.folder().run(&["account", "list"]).await;
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(list.contains("olga") && list.contains("operator"), "{list}");
    assert!(!list.contains("argon2"), "{list}");
}
