//! `/api/v1/auth`: operators sign in, stay signed in, sign out.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use signalbox_protocol::Timestamp;
use signalbox_protocol::http::{Login, Problem, Refresh, Session};

use super::Api;
use super::document::{Body, PROBLEM};
use super::json::Json;
use super::problem::Refusal;
use crate::auth::{Secret, SignInError};
use crate::transport::ClientAddress;

/// No account has a longer name.
const LONGEST_NAME: usize = 64;

/// Signs an operator in.
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    request_body = Login,
    responses(
        (status = 200, description = "signed in", body = Session),
        (status = 401, description = "name and password do not fit", body = Problem, content_type = PROBLEM),
        (status = 429, description = "too many failures", body = Problem, content_type = PROBLEM, headers(("Retry-After" = u64))),
        (status = 503, description = "too many sign-ins at once", body = Problem, content_type = PROBLEM, headers(("Retry-After" = u64))),
        Body
    )
)]
pub(super) async fn login(
    State(api): State<Api>,
    Extension(ClientAddress(from)): Extension<ClientAddress>,
    Json(Login { name, password }): Json<Login>,
) -> Result<axum::Json<Session>, Refusal> {
    let session = api.operators.sign_in(&name, Secret::from(password), from, Timestamp::now()).await;
    // One that has to wait adds no line: the failures before it are in the log, and anybody can ask again and again.
    if let Err(SignInError::Refused) = &session {
        // As much as may be a name; what is longer may be a password in the wrong field.
        let name = &name[..name.floor_char_boundary(LONGEST_NAME)];
        tracing::warn!(account.name = name, client.address = %from, "a sign-in failed");
    }
    session.map(axum::Json).map_err(refusal)
}

/// Goes on with a session. The token is used up: showing it again ends the session.
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    tag = "auth",
    request_body = Refresh,
    responses(
        (status = 200, description = "signed in", body = Session),
        (status = 401, description = "the token is not good, or not any more", body = Problem, content_type = PROBLEM),
        Body
    )
)]
pub(super) async fn refresh(
    State(api): State<Api>,
    Json(Refresh { refresh_token }): Json<Refresh>,
) -> Result<axum::Json<Session>, Refusal> {
    api.operators.refresh(refresh_token, Timestamp::now()).await.map(axum::Json).map_err(refusal)
}

/// Ends a session; one that is not known has ended.
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    request_body = Refresh,
    responses(
        (status = 204, description = "ended"),
        Body
    )
)]
pub(super) async fn logout(
    State(api): State<Api>,
    Json(Refresh { refresh_token }): Json<Refresh>,
) -> Result<StatusCode, Refusal> {
    let ended = api.operators.sign_out(refresh_token, Timestamp::now()).await;
    ended.map(|()| StatusCode::NO_CONTENT).map_err(|error| Refusal::internal(&error))
}

fn refusal(error: SignInError) -> Refusal {
    match error {
        SignInError::Refused => Refusal::unauthorized("these credentials are not good, or not any more"),
        SignInError::Throttled(wait) => {
            Refusal::later(StatusCode::TOO_MANY_REQUESTS, "too many failed sign-ins for this account from here", wait)
        }
        SignInError::Busy => {
            let detail = "too many sign-ins at once";
            Refusal::later(StatusCode::SERVICE_UNAVAILABLE, detail, Duration::from_secs(2))
        }
        SignInError::Store(_) | SignInError::Token(_) | SignInError::Password(_) => Refusal::internal(&error),
    }
}
