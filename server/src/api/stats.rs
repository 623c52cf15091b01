//! `GET /api/v1/stats`: the figures of the node.

use axum::Json;
use axum::extract::State;
use signalbox_protocol::Timestamp;
use signalbox_protocol::http::{EventFigures, Figures, MinuteFigures};

use super::Api;
use super::bearer::{Bearer, scope};
use super::document;
use crate::admin;

/// Who is there now, and the last hour by minute.
#[utoipa::path(
    get,
    path = "/api/v1/stats",
    tag = "gateway",
    security(("operator" = []), ("apiKey" = ["stats:read"])),
    responses((status = 200, description = "the figures", body = Figures), document::Bearer)
)]
pub(super) async fn stats(State(api): State<Api>, _: Bearer<scope::StatsRead>) -> Json<Figures> {
    let gateway = &api.gateway;
    let (online_users, connected_clients) =
        gateway.on_floor(|floor| (floor.presence.online(), floor.presence.connected()));
    Json(Figures {
        at: Timestamp::now(),
        connected_clients,
        online_users,
        rooms: u32::try_from(gateway.rooms.count()).unwrap_or(u32::MAX),
        minutes: gateway.counters.history().into_iter().map(MinuteFigures::from).collect(),
        events: admin::event_minutes(gateway).into_iter().map(EventFigures::from).collect(),
    })
}
