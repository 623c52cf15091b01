//! What a request says in its path and its query, or a refusal that says what is wrong with it.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, path::ErrorKind};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Refusal;

/// The one name in a route's path, percent-decoded: a user's id, a room, a network.
///
/// Bytes that are no text are 400, a text that is no such name 422.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err: Display>> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let name = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        let axum::extract::Path(name) = name.map_err(|rejection| unreadable(&rejection))?;
        name.parse().map(Self).map_err(|error| unfit(&format_args!("the name in the path does not fit: {error}")))
    }
}

/// A query that has become a `T`; without one, all of its parameters are absent.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|rejection| unfit(&rejection.body_text()))
    }
}

/// 422: a parameter does not fit.
pub(super) fn unfit(why: &dyn Display) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, why.to_string())
}

fn unreadable(rejection: &PathRejection) -> Refusal {
    match rejection {
        PathRejection::FailedToDeserializePathParams(error)
            if matches!(error.kind(), ErrorKind::InvalidUtf8InPathParam { .. }) =>
        {
            Refusal::new(StatusCode::BAD_REQUEST, "the path is not UTF-8 where it is percent-decoded")
        }
        _ => Refusal::internal(rejection),
    }
}
