//! What every request of the HTTP interface passes: its id, its line in the log, its origin, its client's address.

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Instrument;

use super::Api;
use super::problem::Refusal;
use crate::config::Origins;
use crate::transport::{ClientAddress, Peer};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A caller's own request id is kept up to this length.
const LONGEST_REQUEST_ID: usize = 64;

/// Puts the door before the routes.
pub(super) fn before(routes: Router, api: &Api) -> Router {
    routes
        .layer(from_fn_with_state(api.clone(), admit))
        .layer(cors(&api.gateway.config.cors.origins))
        .layer(from_fn(identify))
}

/// Refuses pages that are not listed, and notes where the client is.
async fn admit(
    State(api): State<Api>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.headers().get(ORIGIN).is_some_and(|origin| !admits(&api.gateway.config.cors.origins, origin)) {
        let detail = "this origin is not allowed; it can be added to `cors.origins`";
        return Refusal::new(StatusCode::FORBIDDEN, detail).into_response();
    }
    let address = ClientAddress::find(peer.guard.peer(), request.headers(), &api.gateway.config.proxy);
    request.extensions_mut().insert(address);
    next.run(request).await
}

/// Gives the request an id, under which the log tells of it. The query is left out: it may hold a token.
async fn identify(request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).filter(|id| {
        (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.as_bytes().iter().all(|byte| byte.is_ascii_graphic())
    });
    let id = match given.and_then(|id| id.to_str().ok()) {
        Some(id) => id.to_owned(),
        None => format!("{:016x}", rand::random::<u64>()),
    };
    let span = tracing::info_span!("http", request.id = id, method = %request.method(), path = request.uri().path());
    let started = tokio::time::Instant::now();
    let answer = async {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), took = ?started.elapsed(), "answered");
        response
    };
    let mut response = answer.instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn admits(origins: &Origins, origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| origins.allow(origin))
}

fn cors(origins: &Origins) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, REQUEST_ID])
        .expose_headers([RETRY_AFTER, REQUEST_ID]);
    match origins {
        Origins::Any => layer.allow_origin(tower_http::cors::Any),
        Origins::Listed(_) => {
            let origins = origins.clone();
            layer.allow_origin(AllowOrigin::predicate(move |origin, _| admits(&origins, origin)))
        }
    }
}
