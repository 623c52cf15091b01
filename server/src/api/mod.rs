//! The HTTP interface (section 7 of the contract): this table is all of it.
//!
//! | method | path | who |
//! |---|---|---|
//! | POST | /api/v1/auth/login | anybody |
//! | POST | /api/v1/auth/logout | anybody |
//! | POST | /api/v1/auth/refresh | anybody |
//! | GET | /api/v1/bans | viewer, or a key with `bans:read` |
//! | PUT | /api/v1/bans/addresses/{network} | operator, or a key with `bans:write` |
//! | DELETE | /api/v1/bans/addresses/{network} | operator, or a key with `bans:write` |
//! | PUT | /api/v1/bans/users/{id} | operator, or a key with `bans:write` |
//! | DELETE | /api/v1/bans/users/{id} | operator, or a key with `bans:write` |
//! | POST | /api/v1/events | operator, or a key with `events:write` |
//! | GET | /api/v1/openapi.json | anybody |
//! | GET | /api/v1/rooms | viewer, or a key with `rooms:read` |
//! | GET | /api/v1/rooms/{room}/members | viewer, or a key with `rooms:read` |
//! | GET | /api/v1/rooms/{room}/messages | viewer, or a key with `rooms:read` |
//! | GET | /api/v1/stats | viewer, or a key with `stats:read` |
//! | GET | /api/v1/users/online | viewer, or a key with `users:read` |
//! | GET | /api/v1/users/{id} | viewer, or a key with `users:read` |
//! | GET | /api/v1/users/{id}/connections | viewer, or a key with `users:read` |
//! | DELETE | /api/v1/users/{id}/connections | operator, or a key with `connections:write` |
//! | PUT | /api/v1/users/{id}/followers | operator, or a key with `followers:write` |
//! | POST | /api/v1/publish | operator, or a key with `publish` |
//! | GET | /healthz | anybody |
//! | GET | /metrics | anybody; on the address `metrics.listen` where that is set |
//! | GET | /readyz | anybody |
//!
//! Owns requests, statuses and problem details. It must never know how a client's event is carried; what a backend's
//! event becomes is decided elsewhere.

mod auth;
mod bans;
mod bearer;
mod document;
mod door;
mod events;
mod followers;
mod health;
mod json;
mod metrics;
mod parameters;
mod people;
mod problem;
mod publish;
mod requests;
mod rooms;
mod stats;

use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::{Extension, Router};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Operators;
use crate::gateway::Gateway;
use crate::shutdown::Shutdown;

use document::Written;
use problem::Refusal;
use requests::Requests;

/// The largest body of a sign-in.
const CREDENTIALS: usize = 16 * 1024;

/// The largest body of a report, and of a request's messages.
const REPORT: usize = 1_000_000;

/// What the routes need. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Api {
    gateway: Gateway,
    operators: Operators,
    shutdown: Shutdown,
    requests: Requests,
    details: Details,
}

/// Whether strangers on this address are told how the gateway is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Details {
    /// They are.
    Shown,
    /// That is told on another address.
    Withheld,
}

impl Api {
    /// The interface of one gateway.
    pub fn new(gateway: Gateway, shutdown: Shutdown) -> Self {
        let operators = Operators::new(gateway.store.clone(), gateway.tokens.clone());
        let details = if gateway.config.metrics.listen.is_some() { Details::Withheld } else { Details::Shown };
        Self { gateway, operators, shutdown, requests: Requests::default(), details }
    }

    /// All routes. They expect to be served by `transport::serve`, which knows each request's peer.
    pub fn router(self) -> Router {
        let table = match self.details {
            Details::Shown => table().merge(watched()),
            Details::Withheld => table(),
        };
        self.serve(table)
    }

    /// The routes of the address `metrics.listen`.
    pub fn watched(self) -> Router {
        let table = OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready)).merge(watched());
        Self { details: Details::Shown, ..self }.serve(table)
    }

    fn serve(self, table: OpenApiRouter<Self>) -> Router {
        let (routes, document) = described(table);
        let routes = routes
            .fallback(unknown)
            .method_not_allowed_fallback(wrong_method)
            .layer(Extension(Written::new(&document)))
            .with_state(self.clone());
        door::before(routes, &self)
    }
}

/// The OpenAPI document of all routes, as text: what a gateway serves that has no other address for its metrics.
pub fn openapi() -> String {
    let (_, document) = described(table().merge(watched()));
    document::write(&document)
}

/// The routes, and the document about them.
fn described(mut table: OpenApiRouter<Api>) -> (Router<Api>, OpenApi) {
    document::finish(table.get_openapi_mut());
    table.split_for_parts()
}

/// The routes, each under the bound of its bodies.
fn table() -> OpenApiRouter<Api> {
    let sign_in = OpenApiRouter::new()
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .layer(DefaultBodyLimit::max(CREDENTIALS));
    let backends = OpenApiRouter::new()
        .routes(routes!(events::report))
        .routes(routes!(followers::replace))
        .routes(routes!(publish::publish))
        .layer(DefaultBodyLimit::max(REPORT));
    OpenApiRouter::with_openapi(document::frame())
        .merge(sign_in)
        .merge(backends)
        .routes(routes!(people::online))
        .routes(routes!(people::user))
        .routes(routes!(people::connections, people::disconnect))
        .routes(routes!(rooms::rooms))
        .routes(routes!(rooms::members))
        .routes(routes!(rooms::messages))
        .routes(routes!(stats::stats))
        .routes(routes!(bans::list))
        .routes(routes!(bans::ban_user, bans::unban_user))
        .routes(routes!(bans::ban_address, bans::unban_address))
        .routes(routes!(document::openapi))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// What may have an address of its own.
fn watched() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(metrics::metrics))
}

async fn unknown(uri: Uri) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not take {method}", uri.path()))
}

#[cfg(test)]
mod tests;
