//! `GET /api/v1/stats`: the figures of the node.

use axum::Json;
use axum::extract::State;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Minute;
use signalbox_protocol::http::{EventFigures, Figures, MinuteFigures, UserFigures};

use super::Api;
use super::bearer::{Bearer, scope};
use super::document;
use crate::admin;
use crate::auth::operators::account_name;
use crate::hub::Busy;

/// Users whose figures are told.
const MOST_USERS: usize = 100;

const MINUTE_MS: i64 = 60_000;

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
    let minutes = gateway.counters.history();
    // Operators are not counted among the users.
    let (busiest, others) = gateway.tallies.busiest(MOST_USERS, |user| account_name(user).is_none());
    Json(Figures {
        at: Timestamp::now(),
        connected_clients,
        online_users,
        rooms: u32::try_from(gateway.rooms.count()).unwrap_or(u32::MAX),
        events: admin::event_minutes(gateway).into_iter().map(EventFigures::from).collect(),
        users: busiest.into_iter().map(|busy| user_figures(&busy, &minutes)).collect(),
        more_users: u32::try_from(others).unwrap_or(u32::MAX),
        minutes: minutes.into_iter().map(MinuteFigures::from).collect(),
    })
}

fn user_figures(busy: &Busy, minutes: &[Minute]) -> UserFigures {
    let events = |minute: &Minute| {
        let found = busy.minutes.iter().find(|(at, _)| at * MINUTE_MS == minute.start);
        found.map_or(0, |(_, events)| *events)
    };
    UserFigures { id: busy.user.to_string(), minutes: minutes.iter().map(events).collect() }
}
