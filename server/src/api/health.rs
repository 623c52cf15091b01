//! `/healthz` and `/readyz`: for whoever watches the process.

use axum::extract::State;
use axum::http::StatusCode;
use signalbox_protocol::http::{Live, Problem, Ready};

use super::Api;
use super::document::PROBLEM;
use super::problem::Refusal;

/// The process runs.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "gateway",
    responses((status = 200, description = "it runs", body = Live))
)]
pub(super) async fn live(State(api): State<Api>) -> axum::Json<Live> {
    axum::Json(Live {
        status: "ok".into(),
        service: "signalbox".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        node: api.gateway.node.clone(),
    })
}

/// Clients can be sent here.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "gateway",
    responses(
        (status = 200, description = "ready", body = Ready),
        (status = 503, description = "not ready", body = Problem, content_type = PROBLEM)
    )
)]
pub(super) async fn ready(State(api): State<Api>) -> Result<axum::Json<Ready>, Refusal> {
    if api.shutdown.is_asked() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the gateway is about to end"));
    }
    if api.gateway.drained_since().is_some() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the node is drained"));
    }
    match api.gateway.store.ping().await {
        Ok(()) => Ok(axum::Json(Ready { status: "ready".into() })),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"))
        }
    }
}
