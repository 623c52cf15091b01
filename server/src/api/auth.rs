//! `/api/v1/auth`: operators sign in, stay signed in, sign out.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use signalbox_protocol::Timestamp;
use signalbox_protocol::http::{Login, Refresh, Session};

use super::Api;
use super::json::Json;
use super::problem::Refusal;
use crate::auth::{Secret, SignInError};
use crate::transport::ClientAddress;

/// No account has a longer name.
const LONGEST_NAME: usize = 64;

/// `POST /api/v1/auth/login`.
pub(super) async fn login(
    State(api): State<Api>,
    Extension(ClientAddress(from)): Extension<ClientAddress>,
    Json(Login { name, password }): Json<Login>,
) -> Result<axum::Json<Session>, Refusal> {
    let session = api.operators.sign_in(&name, Secret::from(password), from, Timestamp::now()).await;
    if let Err(SignInError::Refused | SignInError::Throttled(_)) = &session {
        // As much as may be a name; what is longer may be a password in the wrong field.
        let name = &name[..name.floor_char_boundary(LONGEST_NAME)];
        tracing::warn!(account.name = name, client.address = %from, "a sign-in failed");
    }
    session.map(axum::Json).map_err(refusal)
}

/// `POST /api/v1/auth/refresh`.
pub(super) async fn refresh(
    State(api): State<Api>,
    Json(Refresh { refresh_token }): Json<Refresh>,
) -> Result<axum::Json<Session>, Refusal> {
    api.operators.refresh(refresh_token, Timestamp::now()).await.map(axum::Json).map_err(refusal)
}

/// `POST /api/v1/auth/logout`.
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
