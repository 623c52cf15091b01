//! `/healthz` and `/readyz`: for whoever watches the process.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Api;
use super::problem::Refusal;

/// `GET /healthz`: the process runs. A console tells a gateway from other servers by `service`.
pub(super) async fn live(State(api): State<Api>) -> axum::Json<Value> {
    axum::Json(json!({
        "status": "ok",
        "service": "signalbox",
        "version": env!("CARGO_PKG_VERSION"),
        "node": api.gateway.node,
    }))
}

/// `GET /readyz`: clients can be sent here.
pub(super) async fn ready(State(api): State<Api>) -> Result<axum::Json<Value>, Refusal> {
    if api.shutdown.is_asked() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the gateway is about to end"));
    }
    match api.gateway.store.ping().await {
        Ok(()) => Ok(axum::Json(json!({"status": "ready"}))),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"))
        }
    }
}
