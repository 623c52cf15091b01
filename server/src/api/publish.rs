//! `POST /api/v1/publish`: messages of a backend to the gateway's clients.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use signalbox_protocol::Timestamp;
use signalbox_protocol::http::{Publication, PublishMode, Published, PublishedOne, PublishedStatus};
use utoipa::ToSchema;

use super::Api;
use super::bearer::{Bearer, scope};
use super::document::{self, Body, Outbox};
use super::json::Json;
use super::problem::Refusal;
use crate::admin::audited;
use crate::publish::{self, Draft, Mode, PublishError};
use crate::store::{Acceptance, Lane, Outgoing};

/// Messages of one request.
const MOST: usize = 1000;
/// Messages of an operator that the audit log names.
const SHOWN: usize = 20;
/// What is busy now is to be asked again after so long.
const AGAIN: Duration = Duration::from_secs(1);

/// Messages, each read on its own, so that the answer can say which of them is wrong.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    #[schema(value_type = Vec<Publication>, max_items = 1000)]
    messages: Vec<Box<RawValue>>,
    #[serde(default)]
    #[schema(value_type = PublishMode)]
    mode: Mode,
}

/// Sends messages: all of them are accepted, on the disk, or none is.
#[utoipa::path(
    post,
    path = "/api/v1/publish",
    tag = "backends",
    security(("operator" = []), ("apiKey" = ["publish"])),
    request_body = Publish,
    responses(
        (status = 202, description = "accepted, and on the disk", body = Published),
        document::Bearer,
        Body,
        Outbox
    )
)]
pub(super) async fn publish(
    State(api): State<Api>,
    bearer: Bearer<scope::Publish>,
    Json(Publish { messages, mode }): Json<Publish>,
) -> Result<(StatusCode, axum::Json<Published>), Refusal> {
    if messages.len() > MOST {
        return Err(unfit(&format!("{} messages, and at most {MOST} are taken", messages.len())));
    }
    let (now, producer) = (Timestamp::now(), bearer.sender());
    let (mut items, mut shown) = (Vec::with_capacity(messages.len()), Vec::new());
    for (index, text) in messages.iter().enumerate() {
        let (message, id) =
            Draft::check(text, mode, now).map_err(|why| unfit(&format!("`messages[{index}]`: {why}")))?;
        let body = serde_json::to_string(&message).map_err(|error| Refusal::internal(&error))?;
        if index < SHOWN {
            shown.push(message.summary());
        }
        items.push(Outgoing { producer: producer.clone(), id, body });
    }
    let ids: Vec<_> = items.iter().map(|item| item.id.clone()).collect();
    let what = (format!("{} messages", items.len()), json!({ "messages": shown }));
    let accepting = publish::accept(&api.gateway, Lane::Messages, items);
    let accepted = audited(&api.gateway, &bearer.actor(), "publish", what, accepting, now).await?;
    let accepted = accepted.map_err(refusal)?;
    Ok((StatusCode::ACCEPTED, axum::Json(published(ids, &accepted))))
}

fn published(ids: Vec<Option<String>>, accepted: &[Acceptance]) -> Published {
    let results: Vec<_> = (0..)
        .zip(ids)
        .zip(accepted)
        .map(|((index, id), acceptance)| {
            let status = match acceptance {
                Acceptance::Accepted => PublishedStatus::Accepted,
                Acceptance::Duplicate => PublishedStatus::Duplicate,
            };
            PublishedOne { index, id, status }
        })
        .collect();
    let duplicates = results.iter().filter(|one| one.status == PublishedStatus::Duplicate).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Published { accepted: count(results.len() - duplicates), duplicates: count(duplicates), results }
}

/// Why nothing was accepted.
pub(super) fn refusal(error: PublishError) -> Refusal {
    match error {
        PublishError::Busy => {
            Refusal::later(StatusCode::SERVICE_UNAVAILABLE, "too much is waiting to be sent; try again later", AGAIN)
        }
        PublishError::Store(error) => Refusal::internal(&error),
    }
}

fn unfit(why: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, format!("nothing was accepted: {why}"))
}
