//! What every request of the HTTP interface passes: its id, its line in the log and its place in the metrics, its origin, its
//! client's address.

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{
    ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::cors::CorsLayer;
use tracing::Instrument;

use super::Api;
use super::problem::Refusal;
use super::requests::Requests;
use crate::config::Origins;
use crate::transport::{ClientAddress, Peer, origins};

/// The one route that does not answer in JSON.
const METRICS: &str = "/metrics";
const FIGURES: &[&str] = &["text/plain", "application/openmetrics-text"];
const DATA: &[&str] = &["application/json", "application/problem+json"];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A caller's own request id is kept up to this length.
const LONGEST_REQUEST_ID: usize = 64;

/// Puts the door before the routes.
pub(super) fn before(routes: Router, api: &Api) -> Router {
    let routes = routes.layer(from_fn_with_state(api.clone(), admit));
    let plain = routes.clone();
    routes
        .layer(cors(&api.gateway.config.cors.origins))
        .layer(from_fn(move |request, next| options(plain.clone(), request, next)))
        .layer(from_fn_with_state(api.requests.clone(), identify))
}

/// Answers `OPTIONS` with what there is. A page's preflight is the CORS layer's, which would take every other one for it.
async fn options(routes: Router, request: Request, next: Next) -> Response {
    if request.method() != Method::OPTIONS || request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return next.run(request).await;
    }
    let Ok(response) = routes.oneshot(request).await;
    match response.headers().get(ALLOW) {
        Some(allowed) if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            (StatusCode::NO_CONTENT, [(ALLOW, allowed.clone())]).into_response()
        }
        _ => response,
    }
}

/// Refuses pages that are not listed, and notes where the client is. What acts is carried out to its end.
async fn admit(
    State(api): State<Api>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    if !origins::admits(&api.gateway.config.cors.origins, request.headers()) {
        return Refusal::new(StatusCode::FORBIDDEN, origins::NOT_LISTED).into_response();
    }
    let offered = if request.uri().path() == METRICS { FIGURES } else { DATA };
    if !accepts(request.headers(), offered) {
        let detail = format!("this is answered as `{}`, and `Accept` does not admit that", offered[0]);
        return Refusal::new(StatusCode::NOT_ACCEPTABLE, detail).into_response();
    }
    let address = ClientAddress::find(peer.guard.peer(), request.headers(), &api.gateway.config.proxy);
    request.extensions_mut().insert(address);
    if request.method().is_safe() {
        return next.run(request).await;
    }
    // Whoever asked may go: what an act has begun, in the store or in memory, it finishes.
    let acting = tokio::spawn(next.run(request).in_current_span());
    acting.await.unwrap_or_else(|error| Refusal::internal(&error).into_response())
}

/// Gives the request an id, under which the log tells of it, and counts it. The query is left out: it may hold a token.
async fn identify(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).filter(|id| {
        (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.as_bytes().iter().all(|byte| byte.is_ascii_graphic())
    });
    let id = match given.and_then(|id| id.to_str().ok()) {
        Some(id) => id.to_owned(),
        None => format!("{:016x}", rand::random::<u64>()),
    };
    let span = tracing::info_span!("http", request.id = id, method = %request.method(), path = request.uri().path());
    let (method, route) = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let started = tokio::time::Instant::now();
    let answer = async {
        let response = next.run(request).await;
        let (status, took) = (response.status(), started.elapsed());
        tracing::debug!(status = status.as_u16(), ?took, "answered");
        requests.answered(&method, route.as_ref(), status, took);
        response
    };
    let mut response = answer.instrument(span).await;
    // What is answered is true now, and often not for everybody.
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Whether one of the media types is admitted. What is wanted most does not matter where there is one format.
fn accepts(headers: &HeaderMap, offered: &[&str]) -> bool {
    let mut ranges =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    let admits = |range: &str| {
        let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
        let refused = parameters.split(';').filter_map(|pair| pair.split_once('=')).any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|q| q <= 0.0)
        });
        let range = range.trim().to_ascii_lowercase();
        let within = |kind: &&str| match range.strip_suffix("/*") {
            Some("*") => true,
            Some(family) => kind.split('/').next() == Some(family),
            None => range == **kind,
        };
        !refused && offered.iter().any(within)
    };
    !headers.contains_key(ACCEPT) || ranges.any(admits)
}

fn cors(origins: &Origins) -> CorsLayer {
    origins::cors(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, REQUEST_ID])
        .expose_headers([RETRY_AFTER, REQUEST_ID])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_admitted_by_name_by_family_or_by_a_star() {
        for (accept, admitted) in [
            (None, true),
            (Some("*/*"), true),
            (Some("application/json"), true),
            (Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), true),
            (Some("Application/*"), true),
            (Some("application/problem+json"), true),
            (Some("text/html"), false),
            (Some("application/json;q=0"), false),
            (Some("application/json; q=0.0, text/html"), false),
            (Some(""), false),
        ] {
            let headers = accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept)));
            assert_eq!(accepts(&headers.into_iter().collect(), DATA), admitted, "{accept:?}");
        }
    }
}
