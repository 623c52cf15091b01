//! A power cut while backends publish: what was acknowledged before it must be there after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::gateway::Gateway;
use crate::token::Token;
use crate::wait::within;

/// Backends that publish at the same time.
const BACKENDS: usize = 4;
/// Each publishes a message so often: about 500 a second together.
const PACE: Duration = Duration::from_millis(8);
/// Messages of one request, when they are asked for again.
const AT_ONCE: usize = 1000;

/// What a power cut has cost.
#[derive(Debug, Clone, Copy)]
pub struct PowerCut {
    /// Messages that were acknowledged before it.
    pub acknowledged: usize,
    /// Those of them that the gateway does not know after it.
    pub lost: usize,
    /// From the start of the next process until it was ready.
    pub ready: Duration,
}

/// Publishes about 500 messages a second, kills the gateway in the middle, after so many acknowledgements, starts it
/// again, and asks it which it knows. `round` tells these messages from those of other power cuts.
///
/// # Panics
/// Where the gateway does not answer before or after it.
pub async fn power_cut(gateway: Gateway, round: usize, after: usize) -> (Gateway, PowerCut) {
    let bearer = Token::operator("backend", Role::Operator).sign();
    let url = format!("http://{}/api/v1/publish", gateway.address());
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let is_cut = Arc::new(AtomicBool::new(false));
    let mut backends = JoinSet::new();
    for backend in 0..BACKENDS {
        let name = format!("{round} {backend}");
        backends.spawn(publish(url.clone(), bearer.clone(), name, acknowledged.clone(), is_cut.clone()));
    }
    within("acknowledgements", async {
        while acknowledged.load(Ordering::Relaxed) < after {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    let gateway = gateway.kill_and_restart().await;
    is_cut.store(true, Ordering::Relaxed);
    let ids: Vec<String> = backends.join_all().await.into_iter().flatten().collect();
    let mut known = 0;
    for ids in ids.chunks(AT_ONCE) {
        let messages: Vec<Value> = ids.iter().map(|id| message(id)).collect();
        let (status, answer) = gateway.post("/api/v1/publish", Some(&bearer), &json!({"messages": messages})).await;
        assert_eq!(status, 202, "{answer}");
        known += answer["duplicates"].as_u64().map_or(0, |known| known as usize);
    }
    let ready = gateway.ready_after();
    (gateway, PowerCut { acknowledged: ids.len(), lost: ids.len() - known, ready })
}

/// One backend, until nobody answers or, where it was not quick enough to see that, it is told of the cut. Gives the ids that
/// were acknowledged.
async fn publish(
    url: String,
    bearer: String,
    name: String,
    acknowledged: Arc<AtomicUsize>,
    is_cut: Arc<AtomicBool>,
) -> Vec<String> {
    let http = reqwest::Client::new();
    let mut turns = interval(PACE);
    let mut ids = Vec::new();
    for number in 0.. {
        turns.tick().await;
        let id = format!("{name} {number}");
        let request = http.post(&url).bearer_auth(&bearer).json(&json!({"messages": [message(&id)]}));
        match request.send().await {
            // Whoever has seen the status has been told; the body may have been lost on the way.
            Ok(answer) if answer.status() == 202 => {
                ids.push(id);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            _ => break,
        }
        if is_cut.load(Ordering::Relaxed) {
            break;
        }
    }
    ids
}

fn message(id: &str) -> Value {
    json!({"namespace": "/web", "to": "all", "event": "tick", "data": {"id": id}, "id": id})
}
