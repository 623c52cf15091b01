//! `/healthz` and `/readyz`: for whoever watches the process.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use signalbox_protocol::http::{Live, Problem, Ready};

use super::document::PROBLEM;
use super::problem::Refusal;
use super::{Api, Details};

/// When to ask again.
const AGAIN: Duration = Duration::from_secs(5);

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

/// Whether clients can be sent here. Which part is not ready is only told on the metrics' address where there is one.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "gateway",
    responses(
        (status = 200, description = "ready", body = Ready),
        (status = 503, description = "not ready", body = Problem, content_type = PROBLEM,
         headers(("Retry-After" = u64, description = "seconds")))
    )
)]
pub(super) async fn ready(State(api): State<Api>) -> Result<axum::Json<Ready>, Refusal> {
    match missing(&api).await {
        None => Ok(axum::Json(Ready { status: "ready".into() })),
        Some(what) => {
            let detail = match api.details {
                Details::Shown => what,
                Details::Withheld => "not ready",
            };
            Err(Refusal::later(StatusCode::SERVICE_UNAVAILABLE, detail, AGAIN))
        }
    }
}

/// What keeps clients from being sent here.
async fn missing(api: &Api) -> Option<&'static str> {
    if api.shutdown.is_asked() {
        return Some("the gateway is about to end");
    }
    if api.gateway.drained_since().is_some() {
        return Some("the node is drained");
    }
    match api.gateway.store.ping().await {
        Ok(()) => None,
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            Some("the store does not answer")
        }
    }
}
