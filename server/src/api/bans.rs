//! `/api/v1/bans`: backends and operators keep somebody out, or let them in again.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use signalbox_protocol::admin::{Ban, BanArgs, BanTarget, BansArgs, Page};
use signalbox_protocol::{Timestamp, UserId};
use utoipa::ToSchema;

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Body, Parameters};
use super::json::Json;
use super::parameters::{Cursor, NetworkText, Paging, Path, Query};
use super::problem::Refusal;
use crate::admin;
use crate::auth::bans::Network;

/// Why somebody is kept out, and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentence {
    /// Told to whoever is disconnected by it, 1 to 200 UTF-16 units.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// A ban: of a user or of a network.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listed {
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// The network, in its canonical form.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Why.
    reason: String,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Who set it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Bans a user.
#[utoipa::path(
    put,
    path = "/api/v1/bans/users/{id}",
    tag = "bans",
    security(("operator" = []), ("apiKey" = ["bans:write"])),
    params(("id" = UserId, Path, description = "the user's id")),
    request_body = Sentence,
    responses(
        (status = 204, description = "banned: connections are closed, and there will be no others"),
        document::Bearer, Body, Parameters, document::Conflict
    )
)]
pub(super) async fn ban_user(
    State(api): State<Api>,
    bearer: Bearer<scope::BansWrite>,
    Path(user): Path<UserId>,
    Json(sentence): Json<Sentence>,
) -> Result<StatusCode, Refusal> {
    ban(&api, &bearer, BanTarget::User(user), sentence).await
}

/// Lifts a user's ban.
#[utoipa::path(
    delete,
    path = "/api/v1/bans/users/{id}",
    tag = "bans",
    security(("operator" = []), ("apiKey" = ["bans:write"])),
    params(("id" = UserId, Path, description = "the user's id")),
    responses(
        (status = 204, description = "lifted"), document::Bearer, Parameters, document::Missing
    )
)]
pub(super) async fn unban_user(
    State(api): State<Api>,
    bearer: Bearer<scope::BansWrite>,
    Path(user): Path<UserId>,
) -> Result<StatusCode, Refusal> {
    unban(&api, &bearer, BanTarget::User(user)).await
}

/// Bans an address or a network.
#[utoipa::path(
    put,
    path = "/api/v1/bans/addresses/{network}",
    tag = "bans",
    security(("operator" = []), ("apiKey" = ["bans:write"])),
    params(("network" = inline(NetworkText), Path, description = "an address, or a network as CIDR, percent-encoded")),
    request_body = Sentence,
    responses(
        (status = 204, description = "banned: connections are closed, and there will be no others"),
        document::Bearer, Body, Parameters, document::Conflict
    )
)]
pub(super) async fn ban_address(
    State(api): State<Api>,
    bearer: Bearer<scope::BansWrite>,
    Path(network): Path<Network>,
    Json(sentence): Json<Sentence>,
) -> Result<StatusCode, Refusal> {
    ban(&api, &bearer, BanTarget::Address(network.to_string()), sentence).await
}

/// Lifts the ban of an address or a network.
#[utoipa::path(
    delete,
    path = "/api/v1/bans/addresses/{network}",
    tag = "bans",
    security(("operator" = []), ("apiKey" = ["bans:write"])),
    params(("network" = inline(NetworkText), Path, description = "an address, or a network as CIDR, percent-encoded")),
    responses(
        (status = 204, description = "lifted"), document::Bearer, Parameters, document::Missing
    )
)]
pub(super) async fn unban_address(
    State(api): State<Api>,
    bearer: Bearer<scope::BansWrite>,
    Path(network): Path<Network>,
) -> Result<StatusCode, Refusal> {
    unban(&api, &bearer, BanTarget::Address(network.to_string())).await
}

/// The bans that hold.
#[utoipa::path(
    get,
    path = "/api/v1/bans",
    tag = "bans",
    security(("operator" = []), ("apiKey" = ["bans:read"])),
    params(Paging),
    responses((status = 200, description = "a page of them", body = Page<Listed>), document::Bearer, Parameters)
)]
pub(super) async fn list(
    State(api): State<Api>,
    _: Bearer<scope::BansRead>,
    Query(Paging { limit, cursor }): Query<Paging>,
) -> Result<axum::Json<Page<Listed>>, Refusal> {
    let cursor = cursor.map(|cursor| cursor.key().to_owned());
    let limit = u32::try_from(limit.0).ok();
    let page = admin::bans(&api.gateway, BansArgs { cursor, limit }, Timestamp::now()).await?;
    let next_cursor = page.next_cursor.map(|key| Cursor::write(&key));
    Ok(axum::Json(Page { items: page.items.into_iter().map(Listed::from).collect(), next_cursor }))
}

impl From<Ban> for Listed {
    fn from(Ban { target, reason, until, by, at }: Ban) -> Self {
        let (user, address) = match target {
            BanTarget::User(user) => (Some(user.to_string()), None),
            BanTarget::Address(address) => (None, Some(address)),
        };
        Self { user, address, reason, until, by, at }
    }
}

async fn ban(
    api: &Api,
    bearer: &Bearer<scope::BansWrite>,
    target: BanTarget,
    Sentence { reason, until }: Sentence,
) -> Result<StatusCode, Refusal> {
    let args = BanArgs { target: target.into(), reason, until };
    admin::ban(&api.gateway, &bearer.actor(), args, Timestamp::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unban(api: &Api, bearer: &Bearer<scope::BansWrite>, target: BanTarget) -> Result<StatusCode, Refusal> {
    admin::unban(&api.gateway, &bearer.actor(), &target, Timestamp::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
