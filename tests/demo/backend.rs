//! The backend behind the population: now and then it reports that something is wrong.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::Token;

use crate::life::Stage;

/// Reports until the task is dropped: two at once, so that there is something to see, and then every few minutes.
pub async fn report(stage: Arc<Stage>, seed: u64) {
    let http = reqwest::Client::new();
    let mut dice = StdRng::seed_from_u64(seed);
    let url = format!("http://{}/api/v1/events", stage.address);
    for number in 0.. {
        let pause = if number < 2 { 4..9 } else { 120..360 };
        tokio::time::sleep(Duration::from_secs(dice.random_range(pause))).await;
        let reports = reports();
        let token = Token::operator("backend", Role::Operator).expires_in(600);
        let token = token.sign_with(&stage.secret, jsonwebtoken::Algorithm::HS256);
        let sent = http.post(&url).bearer_auth(token).json(&reports[number % reports.len()]).send().await;
        if let Err(problem) = sent.and_then(reqwest::Response::error_for_status) {
            eprintln!("The gateway did not take a report: {problem}");
        }
    }
}

fn reports() -> [Value; 5] {
    let warning = |level: &str, message: &str, data: Value| json!({"type": "system.warning", "payload": {"level": level, "message": message, "data": data}});
    let error =
        |message: &str, error: &str| json!({"type": "system.error", "payload": {"message": message, "error": error}});
    [
        warning("medium", "Payment provider answers slowly", json!({"p95Ms": 2400, "provider": "north"})),
        error("Mail could not be sent", "relay refused the connection after 3 attempts"),
        warning("low", "Image cache is 90 % full", json!({"usedGiB": 45, "ofGiB": 50})),
        warning("high", "Replica is 40 s behind", json!({"replica": "db-2", "seconds": 40})),
        error("Nightly export failed", "disk quota exceeded on export-1"),
    ]
}
