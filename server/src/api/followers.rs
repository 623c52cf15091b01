//! `PUT /api/v1/users/{id}/followers`: who is told when a user comes and goes.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use signalbox_protocol::{Timestamp, UserId};
use utoipa::ToSchema;

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Body, Parameters};
use super::json::Json;
use super::parameters::Path;
use super::problem::Refusal;
use crate::admin::replace_followers;

/// A user's followers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowersList {
    /// All of them: who is not named does not follow any more.
    followers: Vec<UserId>,
}

/// Replaces a user's followers. They are told on `/` when the user comes there, and when the user has gone.
#[utoipa::path(
    put,
    path = "/api/v1/users/{id}/followers",
    tag = "users",
    security(("operator" = []), ("apiKey" = ["followers:write"])),
    params(("id" = UserId, Path, description = "the user's id")),
    request_body = FollowersList,
    responses((status = 204, description = "replaced"), document::Bearer, Body, Parameters)
)]
pub(super) async fn replace(
    State(api): State<Api>,
    bearer: Bearer<scope::FollowersWrite>,
    Path(id): Path<UserId>,
    Json(FollowersList { followers }): Json<FollowersList>,
) -> Result<StatusCode, Refusal> {
    replace_followers(&api.gateway, &bearer.actor(), &id, &followers, Timestamp::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
