//! A connection lasts as long as its token, and a client that is warned in time can go on.

use futures_util::future::join_all;
use serde_json::json;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use support::{Gateway, Token};

#[tokio::test]
async fn a_client_is_warned_and_then_closed_when_its_token_runs_out() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.join("/web", &Token::user(7).expires_in(2)).await;
    let mut ben = gateway.join("/web", &Token::user(8)).await;
    let warning = ann.expect("auth:expiring").await;
    let at: Timestamp = warning["expiresAt"].as_str().and_then(|text| text.parse().ok()).expect("a moment");
    assert!(at.as_millis() <= Timestamp::now().as_millis() + 2_000);
    let kicked = ann.expect("kicked").await;
    assert_eq!(kicked["code"], "token_expired");
    ann.closed().await;
    assert!(ben.is_alive().await);
    assert!(ben.received("auth:expiring").await.is_empty(), "half a minute before, not an hour");
}

#[tokio::test]
async fn a_new_token_of_the_same_user_keeps_the_connection() {
    let gateway = Gateway::start().await;
    let mut ann = gateway.join("/web", &Token::user(7).expires_in(3)).await;
    ann.expect("auth:expiring").await;
    for (case, token) in [
        ("another user's token", Token::user(8).sign()),
        ("an expired token", Token::user(7).expires_in(-60).sign()),
        ("garbage", "garbage".to_owned()),
    ] {
        let answer = ann.ask("auth:refresh", json!({"token": token})).await;
        assert_eq!(answer["success"], false, "{case}: {answer}");
    }
    let answer = ann.ask("auth:refresh", json!({"token": Token::user("7").sign()})).await;
    assert_eq!(answer["success"], true, "{answer}");
    let until: Timestamp = answer["expiresAt"].as_str().and_then(|text| text.parse().ok()).expect("a moment");
    assert!(until.as_millis() > Timestamp::now().as_millis() + 3_000_000);

    // Another connection runs out later than the first token did: when it is closed, the first one's time has passed.
    let mut other = gateway.join("/web", &Token::user(9).expires_in(5)).await;
    other.closed().await;
    assert!(ann.is_alive().await, "the new token holds");
}

#[tokio::test]
async fn a_connection_lasts_no_longer_than_the_first_of_its_tokens() {
    let gateway = Gateway::start().await;
    let mut vera = gateway.join("/admin", &Token::user(7).role(Role::Viewer).expires_in(3)).await;
    vera.join("/events", json!({"token": Token::user(7).sign()})).await.expect("the same user");
    assert_eq!(vera.expect("kicked").await["code"], "token_expired", "the longer one does not hold `/admin`");
    vera.closed().await;
}

#[tokio::test]
async fn a_token_renews_the_namespaces_that_it_opens_and_no_other() {
    let gateway = Gateway::start().await;
    let (viewer, plain) = (Token::user(7).role(Role::Viewer), Token::user(7));
    let cases = [
        ("/admin", viewer.expires_in(7200), true),
        ("/admin", plain.clone().expires_in(7200), false),
        ("/web", plain.clone().expires_in(7200), true),
        ("/web", plain.expires_in(7200).without("status"), false),
    ];
    join_all(cases.iter().map(|(namespace, renewed, stays)| outlives(&gateway, namespace, renewed, *stays))).await;
}

/// Whether a connection in that namespace and in `/events`, where it renews its token, outlives its first token.
async fn outlives(gateway: &Gateway, namespace: &str, renewed: &Token, stays: bool) {
    let first = Token::user(7).role(Role::Viewer).expires_in(4);
    let mut client = gateway.join(namespace, &first).await;
    client.join("/events", json!({"token": first.sign()})).await.expect("the same user");
    client.expect("auth:expiring").await;
    client.expect("auth:expiring").await;
    // Another connection runs out later.
    let mut later = gateway.join("/web", &Token::user(9).expires_in(6)).await;
    let answer = client.ask("auth:refresh", json!({"token": renewed.sign()})).await;
    assert_eq!(answer["success"], true, "{namespace}: {answer}");
    later.closed().await;
    if stays {
        assert!(client.is_alive().await, "{namespace}: renewed along with the other");
    } else {
        assert_eq!(client.expect("kicked").await["code"], "token_expired", "{namespace}");
    }
}
