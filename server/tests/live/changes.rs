//! What both the store and the memory hold: the two agree, whoever goes in between and however many come at once.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_server::store::AuditFilter;

use crate::running::{Running, until};
use crate::socket::Socket;

async fn begun(running: &Running) -> usize {
    running.gateway.store.audit_log(&AuditFilter::default(), 10).await.expect("the log").len()
}

#[tokio::test]
async fn a_ban_whose_sender_has_gone_holds_all_the_same() {
    let running = Running::start().await;
    let gateway = running.gateway.clone();
    let ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let bearer = running.token("op:olga", Some(Role::Operator));
    let turn = gateway.changes.lock().await;
    let client = reqwest::Client::new();
    let request = client.put(format!("http://{}/api/v1/bans/users/7", running.address));
    let asking = tokio::spawn(request.bearer_auth(&bearer).json(&json!({"reason": "r"})).send());
    while begun(&running).await == 0 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    drop(client);
    // By then the gateway has heard that the sender is gone.
    for _ in 0..3 {
        assert_eq!(running.call(Method::GET, "/api/v1/bans", &bearer, &Value::Null).await.0, 200);
    }
    drop(turn);
    until("the ban to hold", || gateway.bans.count() == 1).await;
    ann.closed().await;
    assert_eq!(gateway.store.bans("", 10, Timestamp::now()).await.expect("bans").len(), 1);
}

#[tokio::test]
async fn bans_that_are_set_and_lifted_at_once_end_as_the_store_has_them() {
    let running = Running::start().await;
    let bearer = running.token("op:olga", Some(Role::Operator));
    let (reason, none) = (json!({"reason": "r"}), Value::Null);
    let calls = (0..40).map(|number| {
        let (method, body) = if number % 2 == 0 { (Method::PUT, &reason) } else { (Method::DELETE, &none) };
        running.call(method, "/api/v1/bans/users/7", &bearer, body)
    });
    for (status, problem) in join_all(calls).await {
        assert!(matches!(status, 204 | 404), "{problem}");
    }
    let kept = running.gateway.store.bans("", 10, Timestamp::now()).await.expect("bans");
    assert_eq!(running.gateway.bans.count(), kept.len());
}

#[tokio::test]
async fn a_deleted_user_is_kicked_before_anybody_hears_of_it() {
    let running = Running::with(|config| config.events.namespaces = vec!["/admin".into(), "/web".into()]).await;
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let mut ben = Socket::join(running.address, "/web", &running.token("8", None)).await;
    let bearer = running.token("backend", Some(Role::Operator));
    for (id, status) in [("op:boss", 422), ("7", 202)] {
        let report = json!({"type": "user.deleted", "payload": {"userId": id}});
        let (answered, problem) = running.call(Method::POST, "/api/v1/events", &bearer, &report).await;
        assert_eq!(answered, status, "{id}: {problem}");
    }
    assert_eq!(ben.event("/web", "user:deleted").await, json!({"userId": 7}));
    let mut told = Vec::new();
    while let Some(text) = ann.next().await {
        told.push(text);
    }
    assert!(told.iter().any(|text| text.contains("\"kicked\"")), "{told:?}");
    assert!(!told.iter().any(|text| text.contains("user:deleted")), "{told:?}");
}
