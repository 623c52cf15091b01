//! `POST /api/v1/events`: what a backend reports.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::http::Taken;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Body, Outbox};
use super::json::Json;
use super::problem::Refusal;
use super::publish::refusal as publish_refusal;
use crate::admin::audited;
use crate::business::{BusinessError, BusinessEvent};
use crate::publish;
use crate::store::{Acceptance, Lane, Outgoing};

/// The longest id of a report, in bytes.
const LONGEST_ID: usize = 256;

const ID: &str = "Makes it idempotent: one with an id that was taken in the last 24 hours has no effect.";

/// A report and, where it may be sent twice, its id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    #[serde(rename = "type")]
    kind: String,
    payload: Value,
    id: Option<String>,
}

impl PartialSchema for Report {
    /// A business event of any type, with an id beside it.
    fn schema() -> RefOr<Schema> {
        let mut schema = BusinessEvent::schema();
        if let RefOr::T(Schema::OneOf(kinds)) = &mut schema {
            for kind in &mut kinds.items {
                if let RefOr::T(Schema::Object(report)) = kind {
                    let id = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
                    let id = id.min_length(Some(1)).max_length(Some(LONGEST_ID));
                    report.properties.insert("id".to_owned(), id.description(Some(ID)).into());
                    report.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
                }
            }
        }
        schema
    }
}

impl ToSchema for Report {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        BusinessEvent::schemas(schemas);
    }
}

/// Takes a business event.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "backends",
    security(("operator" = []), ("apiKey" = ["events:write"])),
    request_body = Report,
    responses((status = 202, description = "accepted", body = Taken), document::Bearer, Body, Outbox)
)]
pub(super) async fn report(
    State(api): State<Api>,
    bearer: Bearer<scope::EventsWrite>,
    Json(Report { kind, payload, id }): Json<Report>,
) -> Result<(StatusCode, axum::Json<Taken>), Refusal> {
    let event: BusinessEvent =
        serde_json::from_value(json!({"type": &kind, "payload": &payload})).map_err(|error| unfit(&error))?;
    event.check().map_err(refusal)?;
    if id.as_ref().is_some_and(|id| !(1..=LONGEST_ID).contains(&id.len())) {
        return Err(unfit(&"`id` has 1 to 256 bytes"));
    }
    let what = (kind.clone(), json!({ "id": &id }));
    // It is carried out from the outbox: what is accepted is so whatever happens next, and an id counts when it is.
    let body = json!({"type": kind, "payload": payload}).to_string();
    let item = Outgoing { producer: bearer.sender(), id, body };
    let accepting = publish::accept(&api.gateway, Lane::Reports, vec![item]);
    let accepted = audited(&api.gateway, &bearer.actor(), "report", what, accepting, Timestamp::now()).await?;
    let accepted = accepted.map_err(publish_refusal)?;
    let duplicate = accepted.contains(&Acceptance::Duplicate);
    Ok((StatusCode::ACCEPTED, axum::Json(Taken { duplicate })))
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
