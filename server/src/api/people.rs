//! `/api/v1/users`: who is online, and with which connections.

use axum::Json;
use axum::extract::State;
use signalbox_protocol::admin::Page;
use signalbox_protocol::http::{Connection, ConnectionsClosed, Presence};
use signalbox_protocol::{ConnectionId, Timestamp, UserId};

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Parameters};
use super::parameters::{Cursor, Paging, Path, Query};
use super::problem::Refusal;
use crate::admin::{disconnect_user, page};
use crate::hub::{Online, current};

/// Who is online, by id: numbers first. Operators are not users. Somebody who is online for as long as the pages are read
/// is on exactly one of them.
#[utoipa::path(
    get,
    path = "/api/v1/users/online",
    tag = "users",
    security(("operator" = []), ("apiKey" = ["users:read"])),
    params(Paging),
    responses((status = 200, description = "a page", body = Page<Presence>), document::Bearer, Parameters)
)]
pub(super) async fn online(
    State(api): State<Api>,
    _: Bearer<scope::UsersRead>,
    Query(Paging { limit, cursor }): Query<Paging>,
) -> Json<Page<Presence>> {
    let after = cursor.map(|cursor| cursor.user());
    let users: Vec<_> =
        api.gateway.on_floor(|floor| floor.presence.online_users(after.as_ref()).take(limit.0 + 1).collect());
    Json(page(users.into_iter().map(presence), limit.0, |user| Cursor::write(&user.id)))
}

/// Whether a user is online. Any id is somebody's: one that the gateway has never seen is offline.
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}",
    tag = "users",
    security(("operator" = []), ("apiKey" = ["users:read"])),
    params(("id" = UserId, Path, description = "the user's id")),
    responses((status = 200, description = "the user", body = Presence), document::Bearer, Parameters)
)]
pub(super) async fn user(
    State(api): State<Api>,
    _: Bearer<scope::UsersRead>,
    Path(id): Path<UserId>,
) -> Json<Presence> {
    let found = api.gateway.on_floor(|floor| floor.presence.online_user(&id));
    Json(found.map_or_else(|| offline(&id), presence))
}

/// A user's connections, by their ids.
#[utoipa::path(
    get,
    path = "/api/v1/users/{id}/connections",
    tag = "users",
    security(("operator" = []), ("apiKey" = ["users:read"])),
    params(("id" = UserId, Path, description = "the user's id"), Paging),
    responses((status = 200, description = "a page", body = Page<Connection>), document::Bearer, Parameters)
)]
pub(super) async fn connections(
    State(api): State<Api>,
    _: Bearer<scope::UsersRead>,
    Path(id): Path<UserId>,
    Query(Paging { limit, cursor }): Query<Paging>,
) -> Json<Page<Connection>> {
    let after = cursor.map(|cursor| ConnectionId::from(cursor.key()));
    let mut held: Vec<_> = api.gateway.on_floor(|floor| {
        let sessions = floor.presence.sessions_of(&id);
        sessions.iter().filter_map(|session| floor.presence.connection(&session.id)).collect()
    });
    held.retain(|(record, _)| after.as_ref().is_none_or(|after| record.id > *after));
    held.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let connections = held.iter().map(|(record, session)| Connection::from(current(record, session)));
    Json(page(connections, limit.0, |connection| Cursor::write(&connection.id)))
}

/// Disconnects a user: every connection is told `kicked` and then closed. Who asked for it is in the audit log.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{id}/connections",
    tag = "users",
    security(("operator" = []), ("apiKey" = ["connections:write"])),
    params(("id" = UserId, Path, description = "the user's id; operators cannot be disconnected here")),
    responses((status = 200, description = "disconnected", body = ConnectionsClosed), document::Bearer, Parameters)
)]
pub(super) async fn disconnect(
    State(api): State<Api>,
    bearer: Bearer<scope::ConnectionsWrite>,
    Path(id): Path<UserId>,
) -> Result<Json<ConnectionsClosed>, Refusal> {
    let reason = "disconnected by an operator";
    let disconnected = disconnect_user(&api.gateway, &bearer.actor(), id, reason, Timestamp::now()).await?;
    Ok(Json(ConnectionsClosed { disconnected }))
}

fn presence(Online { user, connections, online_at, last_activity }: Online) -> Presence {
    Presence {
        id: user.id.to_string(),
        username: Some(user.username.to_string()),
        online: true,
        connections: u32::try_from(connections).unwrap_or(u32::MAX),
        online_at: Some(online_at),
        last_activity: Some(last_activity),
    }
}

fn offline(id: &UserId) -> Presence {
    Presence { id: id.to_string(), username: None, online: false, connections: 0, online_at: None, last_activity: None }
}
