//! Who asks: the bearer token of a request.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;

use super::Api;
use super::problem::Refusal;
use crate::auth::operators::{Standing, standing};
use crate::auth::tokens::Claims;

/// Somebody with the role operator or a higher one, whose account is not disabled.
#[derive(Debug)]
pub(super) struct Operator(pub(super) Claims);

impl FromRequestParts<Api> for Operator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refusal> {
        let claims = claims(parts, api)?;
        if claims.status.is_some_and(|status| status != 1) {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "the account is disabled"));
        }
        match standing(&api.gateway.store, &claims).await {
            Ok(Standing::Good(role)) if role >= Role::Operator => Ok(Self(claims)),
            Ok(Standing::Disabled) => Err(Refusal::new(StatusCode::FORBIDDEN, "the account is disabled")),
            Ok(Standing::Good(_) | Standing::NoRole) => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "this needs the role operator"))
            }
            Err(error) => Err(Refusal::internal(&error)),
        }
    }
}

fn claims(parts: &Parts, api: &Api) -> Result<Claims, Refusal> {
    let header = parts.headers.get(AUTHORIZATION).ok_or_else(|| Refusal::unauthorized("a bearer token is missing"))?;
    let token = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()));
    let token = token.ok_or_else(|| Refusal::unauthorized("`Authorization` must be `Bearer` and a token"))?;
    api.gateway.tokens.verify(token, Timestamp::now()).map_err(|error| {
        tracing::debug!(%error, "a bearer token was refused");
        Refusal::unauthorized("the token is not good, or not any more")
    })
}
