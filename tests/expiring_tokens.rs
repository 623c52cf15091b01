//! A connection lasts as long as its token, and a client that is warned in time can go on.

use serde_json::json;
use signalbox_protocol::Timestamp;
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
