//! `POST /api/v1/events`: what a backend reports.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::http::Taken;
use utoipa::ToSchema;

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Body};
use super::json::Json;
use super::problem::Refusal;
use crate::business::{self, BusinessError, BusinessEvent};

/// The longest id of a report, in bytes.
const LONGEST_ID: usize = 256;

/// A report and, where it may be sent twice, its id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    #[serde(rename = "type")]
    kind: String,
    payload: Value,
    id: Option<String>,
}

/// Takes a business event.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "backends",
    security(("operator" = []), ("apiKey" = ["events:write"])),
    request_body = Report,
    responses((status = 202, description = "accepted", body = Taken), document::Bearer, Body)
)]
pub(super) async fn report(
    State(api): State<Api>,
    bearer: Bearer<scope::EventsWrite>,
    Json(Report { kind, payload, id }): Json<Report>,
) -> Result<(StatusCode, axum::Json<Taken>), Refusal> {
    let event: BusinessEvent =
        serde_json::from_value(json!({"type": kind, "payload": payload})).map_err(|error| unfit(&error))?;
    event.check().map_err(refusal)?;
    let store = &api.gateway.store;
    let key = id.map(|id| key(&bearer.sender(), &id)).transpose()?;
    if let Some(key) = &key
        && !store.claim_report(key, Timestamp::now()).await.map_err(|error| Refusal::internal(&error))?
    {
        return Ok(taken(Before::Yes));
    }
    let published = business::publish(&api.gateway, event).await;
    if let (Err(_), Some(key)) = (&published, &key) {
        // It may be sent again. Where the store fails in this too, the first failure is the one to tell.
        let _ = store.release_report(key).await;
    }
    published.map(|()| taken(Before::No)).map_err(refusal)
}

/// Two backends may use the same ids.
fn key(sender: &str, id: &str) -> Result<String, Refusal> {
    match id.len() {
        1..=LONGEST_ID => Ok(format!("{sender} {id}")),
        _ => Err(unfit(&"`id` has 1 to 256 bytes")),
    }
}

/// Whether a report had been taken before.
enum Before {
    Yes,
    No,
}

fn taken(before: Before) -> (StatusCode, axum::Json<Taken>) {
    (StatusCode::ACCEPTED, axum::Json(Taken { duplicate: matches!(before, Before::Yes) }))
}

fn refusal(error: BusinessError) -> Refusal {
    match error {
        BusinessError::Invalid(why) => unfit(&why),
        BusinessError::Store(error) => Refusal::internal(&error),
    }
}

fn unfit(why: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the report does not fit: {why}"))
}
