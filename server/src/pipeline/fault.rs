//! Why an event was not carried out.

use std::borrow::Cow;

use signalbox_protocol::ErrorCode;

use crate::hub::Outcome;
use crate::store::StoreError;

/// What the sender of a failed event is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A code and words.
    Told {
        /// For programs.
        code: ErrorCode,
        /// For people.
        message: Cow<'static, str>,
        /// With `rate_limited`: when to try again.
        retry_after_ms: Option<u64>,
    },
    /// Nothing: there have been too many invalid events.
    Silent,
}

impl Fault {
    /// How an event ended that ended in this.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Told { code, .. } => Outcome::Refused(*code),
            Self::Silent => Outcome::Dropped,
        }
    }

    /// A fault of that code.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Told { code, message: message.into(), retry_after_ms: None }
    }

    /// The payload has the wrong shape, type or range.
    pub fn invalid_payload(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidPayload, message)
    }

    /// No such event here.
    pub fn unknown_event() -> Self {
        Self::new(ErrorCode::UnknownEvent, "there is no such event in this namespace")
    }

    /// Over a limit.
    pub fn rate_limited(retry_after_ms: u64) -> Self {
        let message = "too many events of this kind; slow down".into();
        Self::Told { code: ErrorCode::RateLimited, message, retry_after_ms: Some(retry_after_ms) }
    }

    /// The token does not allow it.
    pub fn forbidden(message: &'static str) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// A fault of the gateway: the log has the cause, the client the id under which it stands there.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        let id = format!("{:08x}", rand::random::<u32>());
        tracing::error!(correlation = id, %cause, "an event failed");
        Self::new(ErrorCode::Internal, format!("the gateway failed; its log has the cause under {id}"))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}
