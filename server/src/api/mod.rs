//! The HTTP interface (section 7 of the contract): this table is all of it.
//!
//! Owns requests, statuses and problem details. It must never know how a client's event is carried; what a backend's
//! event becomes is decided elsewhere.

mod auth;
mod bearer;
mod door;
mod events;
mod health;
mod json;
mod problem;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::{get, post};

use crate::auth::Operators;
use crate::gateway::Gateway;
use crate::shutdown::Shutdown;

use problem::Refusal;

/// The largest body of a sign-in.
const CREDENTIALS: usize = 16 * 1024;

/// The largest body of a report.
const REPORT: usize = 1_000_000;

/// What the routes need. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Api {
    gateway: Gateway,
    operators: Operators,
    shutdown: Shutdown,
}

impl Api {
    /// The interface of one gateway.
    pub fn new(gateway: Gateway, shutdown: Shutdown) -> Self {
        let operators = Operators::new(gateway.store.clone(), gateway.tokens.clone());
        Self { gateway, operators, shutdown }
    }

    /// All routes. They expect to be served by `transport::serve`, which knows each request's peer.
    pub fn router(self) -> Router {
        let sign_in = Router::new()
            .route("/api/v1/auth/login", post(auth::login))
            .route("/api/v1/auth/refresh", post(auth::refresh))
            .route("/api/v1/auth/logout", post(auth::logout))
            .layer(DefaultBodyLimit::max(CREDENTIALS));
        let reports = Router::new().route("/api/v1/events", post(events::report)).layer(DefaultBodyLimit::max(REPORT));
        let health = Router::new().route("/healthz", get(health::live)).route("/readyz", get(health::ready));
        let routes = sign_in
            .merge(reports)
            .merge(health)
            .fallback(unknown)
            .method_not_allowed_fallback(wrong_method)
            .with_state(self.clone());
        door::before(routes, &self)
    }
}

async fn unknown(uri: Uri) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not take {method}", uri.path()))
}

#[cfg(test)]
mod tests;
