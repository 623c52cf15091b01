//! A revoked token is good no more: not at the door, not at a refresh, not over HTTP, and not under an open connection.

use serde_json::{Value, json};
use signalbox_protocol::admin::{Command, RevocationTarget, RevokeTokensArgs, Role};
use signalbox_protocol::{ErrorCode, Timestamp};
use support::{Client, Gateway, Operator, Token};

const QUIET: &str = "limits.enabled = false\ncors.origins = []";
const REFUSED: &str = "invalid credentials";

fn revoke(target: RevocationTarget) -> Command {
    let args = RevokeTokensArgs { target, issued_before: None, expires_at: None, reason: None };
    Command::RevokeTokens(args.into())
}

fn revoke_before(target: RevocationTarget, seconds: i64) -> Command {
    let issued_before = Some(Timestamp(Timestamp::now().0 + seconds * 1000));
    let args = RevokeTokensArgs { target, issued_before, expires_at: None, reason: None };
    Command::RevokeTokens(args.into())
}

fn user(id: i64) -> RevocationTarget {
    RevocationTarget::User(id.into())
}

/// A user's token that was issued so many seconds from now, or before now.
fn token(id: i64, issued: i64) -> Token {
    Token::user(id).role(Role::Viewer).claim("iat", Timestamp::now().0 / 1000 + issued)
}

fn shown(token: &Token) -> Value {
    json!({"token": token.sign()})
}

/// An admin whose own token nobody here revokes.
async fn admin(gateway: &Gateway) -> Operator {
    let token = Token::operator("ada", Role::Admin).claim("iat", Timestamp::now().0 / 1000 + 100);
    Operator::new(gateway.join("/admin", &token).await)
}

async fn is_told(client: &mut Client, reason: &str) {
    let kicked = client.expect("kicked").await;
    assert_eq!(kicked, json!({"code": "token_revoked", "reason": reason}));
    client.closed().await;
}

#[tokio::test]
async fn everything_of_a_user_that_was_issued_until_now_is_good_no_more() {
    let gateway = Gateway::with(QUIET).await;
    let mut ada = admin(&gateway).await;
    let (old, this_second) = (token(7, -10), token(7, 0));
    let mut ann = gateway.join("/web", &old).await;
    let mut ben = gateway.join("/web", &token(8, -10)).await;
    let preview = ada.preview(revoke(user(7))).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(1), &json!(1)));
    assert!(ann.is_alive().await, "a preview touches nobody");
    let done = ada.ask(revoke(user(7))).await.expect("revoked");
    assert_eq!(done["nodes"][0]["connections"], 1, "{done}");
    is_told(&mut ann, "the token was revoked").await;
    for namespace in ["/web", "/admin", "/", "/events", "/chat"] {
        assert_eq!(gateway.knock(namespace, shown(&old)).await, Err(REFUSED.into()), "{namespace}");
    }
    let undated = token(7, 0).without("iat");
    assert_eq!(gateway.knock("/web", shown(&undated)).await, Err(REFUSED.into()), "without `iat` it counts as old");
    let same = gateway.knock("/web", shown(&this_second)).await;
    assert_eq!(same, Err(REFUSED.into()), "a whole second counts from its beginning");
    assert_eq!(gateway.knock("/web", shown(&token(7, 2))).await, Ok(()), "a new one is good");
    assert!(ben.is_alive().await, "nobody else is touched");
    let gateway = gateway.kill_and_restart().await;
    assert_eq!(gateway.knock("/web", shown(&old)).await, Err(REFUSED.into()), "over a crash too");
    assert_eq!(gateway.knock("/web", shown(&token(7, 2))).await, Ok(()));
}

#[tokio::test]
async fn one_token_is_revoked_by_its_jti() {
    let gateway = Gateway::with(QUIET).await;
    let mut ada = admin(&gateway).await;
    let (stolen, other) = (token(7, 0).claim("jti", "stolen"), token(7, 0).claim("jti", "other"));
    let mut thief = gateway.join("/web", &stolen).await;
    let mut ann = gateway.join("/web", &other).await;
    ada.ask(revoke(RevocationTarget::Jti("stolen".into()))).await.expect("revoked");
    is_told(&mut thief, "the token was revoked").await;
    assert_eq!(gateway.knock("/web", shown(&stolen)).await, Err(REFUSED.into()));
    assert_eq!(gateway.knock("/web", shown(&other)).await, Ok(()));
    assert!(ann.is_alive().await);
}

#[tokio::test]
async fn what_everybody_had_before_a_moment_is_good_no_more() {
    let gateway = Gateway::with(QUIET).await;
    let mut ada = admin(&gateway).await;
    let (old, new) = (token(7, -100), token(8, -10));
    let (mut ann, mut ben) = (gateway.join("/web", &old).await, gateway.join("/web", &new).await);
    ada.ask(revoke_before(RevocationTarget::Everybody, -50)).await.expect("revoked");
    is_told(&mut ann, "the token was revoked").await;
    assert_eq!(gateway.knock("/web", shown(&old)).await, Err(REFUSED.into()));
    assert_eq!(gateway.knock("/web", shown(&new)).await, Ok(()));
    assert!(ben.is_alive().await);
    for (seconds, target) in [(60, RevocationTarget::Everybody), (60, user(7))] {
        let refused = ada.ask(revoke_before(target, seconds)).await.expect_err("still to come");
        assert_eq!(refused.code, ErrorCode::InvalidPayload);
    }
}

#[tokio::test]
async fn a_session_stands_on_the_token_that_it_was_renewed_with() {
    let gateway = Gateway::with(QUIET).await;
    let mut ada = admin(&gateway).await;
    let mut ann = gateway.join("/web", &token(7, -20).claim("jti", "first")).await;
    let next = token(7, -5).claim("jti", "second").claim("exp", Timestamp::now().0 / 1000 + 7200);
    assert_eq!(ann.ask("auth:refresh", shown(&next)).await["success"], true);
    ada.ask(revoke(RevocationTarget::Jti("first".into()))).await.expect("revoked");
    assert!(ann.is_alive().await, "it has left the first one behind");
    let answer = ann.ask("auth:refresh", shown(&token(7, 0).claim("jti", "first"))).await;
    assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("forbidden")), "and cannot go back");
    ada.ask(revoke(RevocationTarget::Jti("second".into()))).await.expect("revoked");
    is_told(&mut ann, "the token was revoked").await;
}

#[tokio::test]
async fn a_connection_stands_on_the_token_of_each_of_its_namespaces() {
    let gateway = Gateway::with(QUIET).await;
    let mut ada = admin(&gateway).await;
    let mut vera = gateway.join("/admin", &token(7, -20).claim("jti", "short").expires_in(600)).await;
    vera.join("/events", shown(&token(7, -20).claim("jti", "long"))).await.expect("the same user");
    ada.ask(revoke(RevocationTarget::Jti("short".into()))).await.expect("revoked");
    is_told(&mut vera, "the token was revoked").await;
}

#[tokio::test]
async fn a_revoked_bearer_asks_nothing_over_http() {
    let gateway = Gateway::with(QUIET).await;
    gateway.add_account("olga", Role::Operator, "a long enough password").await;
    let login = json!({"name": "olga", "password": "a long enough password"});
    let (_, session) = gateway.post("/api/v1/auth/login", None, &login).await;
    let bearer = session["accessToken"].as_str().expect("a token").to_owned();
    let report = json!({"type": "system.warning", "payload": {"message": "m", "level": "low"}});
    assert_eq!(gateway.post("/api/v1/events", Some(&bearer), &report).await.0, 202);
    let mut ada = admin(&gateway).await;
    let olga = RevocationTarget::User("op:olga".parse().expect("an id"));
    ada.ask(revoke(olga)).await.expect("revoked");
    assert_eq!(gateway.post("/api/v1/events", Some(&bearer), &report).await.0, 401);
    let refresh = json!({"refreshToken": session["refreshToken"]});
    assert_eq!(gateway.post("/api/v1/auth/refresh", None, &refresh).await.0, 401, "signed out too");
    let (status, again) = gateway.post("/api/v1/auth/login", None, &login).await;
    assert_eq!(status, 200, "{again}");
    let bearer = again["accessToken"].as_str();
    assert_eq!(gateway.post("/api/v1/events", bearer, &report).await.0, 202, "a new token is good at once");
}

#[tokio::test]
async fn a_deleted_users_tokens_are_revoked() {
    let gateway = Gateway::with(QUIET).await;
    let old = token(7, -10);
    let mut ann = gateway.join("/web", &old).await;
    let bearer = Token::operator("olga", Role::Operator).sign();
    let deleted = json!({"type": "user.deleted", "payload": {"userId": "7"}});
    let followers = gateway.request(reqwest::Method::PUT, "/api/v1/users/8/followers").bearer_auth(&bearer);
    let followers = followers.json(&json!({"followers": [7, 9]})).send().await.expect("an answer");
    assert_eq!(followers.status().as_u16(), 204);
    assert_eq!(gateway.post("/api/v1/events", Some(&bearer), &deleted).await.0, 202);
    assert_eq!(ann.expect("kicked").await["code"], "user_deleted");
    let (mut again, mut eve) = (gateway.join("/", &token(7, 2)).await, gateway.join("/", &token(9, 0)).await);
    let _ben = gateway.join("/", &token(8, 0)).await;
    assert_eq!(eve.expect("user-online").await["userId"], "8");
    assert!(again.received("user-online").await.is_empty(), "who comes under the same id follows nobody");
    assert_eq!(gateway.knock("/web", shown(&old)).await, Err(REFUSED.into()));
    let gateway = gateway.kill_and_restart().await;
    assert_eq!(gateway.knock("/web", shown(&old)).await, Err(REFUSED.into()));
}

#[tokio::test]
async fn only_an_admin_revokes() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    assert_eq!(olga.ask(revoke(user(7))).await.expect_err("forbidden").code, ErrorCode::Forbidden);
}
