//! Failures as the page is told them: a code, what happened, and what to do about it.
//!
//! Owns the wording that several modules share. Errors of libraries are mapped to these at the edge that met them; nobody
//! further in looks at a text.

use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::CommandError;
use signalbox_protocol::ipc::{Failure, FailureCode};

use crate::cut::{PROSE, cut};
use crate::view::NotNamed;

/// A failure with nothing to do about it but read it.
pub(crate) fn failure(code: FailureCode, message: impl Into<String>) -> Failure {
    Failure { code, message: message.into(), hint: None }
}

/// A failure with advice.
pub(crate) fn advised(code: FailureCode, message: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure { code, message: message.into(), hint: Some(hint.into()) }
}

/// The profile that a call names is not there; another window or an import may have removed it.
pub(crate) fn no_such_profile() -> Failure {
    failure(FailureCode::InvalidArgument, "There is no such gateway any more.")
}

/// Nothing can be asked at the moment.
pub(crate) fn not_connected() -> Failure {
    advised(
        FailureCode::NotConnected,
        "The gateway is not connected, so nothing was sent.",
        "Wait until the connection is back, or retry now.",
    )
}

/// The gateway was asked and has said nothing.
pub(crate) fn no_answer() -> Failure {
    advised(
        FailureCode::NoAnswer,
        "The gateway did not answer in time. It may have acted or not.",
        "Look at the people or the history before you try again.",
    )
}

/// The gateway has said something that makes no sense.
pub(crate) fn unreadable_answer() -> Failure {
    advised(
        FailureCode::NoAnswer,
        "The gateway's answer cannot be read. It may have acted or not.",
        "Look at the people or the history before you try again.",
    )
}

/// Nobody is acted upon who cannot be named.
pub(crate) fn not_named(why: &NotNamed) -> Failure {
    match why {
        NotNamed::Misread(_) => {
            advised(FailureCode::InvalidArgument, "There is a mistake in the filter.", "Mend it, and ask again.")
        }
        NotNamed::TooMany { found, most } => advised(
            FailureCode::InvalidArgument,
            format!("{found} match, and at most {most} can be acted upon at once."),
            "Narrow the filter.",
        ),
    }
}

/// What a gateway says when it does not carry out a command.
pub(crate) fn refused_command(error: &CommandError) -> Failure {
    let (code, hint) = match error.code {
        ErrorCode::Forbidden => (FailureCode::Forbidden, Some("Ask an administrator for a role that may do this.")),
        ErrorCode::Conflict => (FailureCode::Conflict, Some("Look at the new preview, and confirm it again.")),
        ErrorCode::InvalidPayload | ErrorCode::TooLong | ErrorCode::ContentRejected | ErrorCode::NotFound => {
            (FailureCode::InvalidArgument, None)
        }
        ErrorCode::RateLimited => (FailureCode::Throttled, Some("Wait a minute, then try again.")),
        ErrorCode::UnknownEvent => {
            (FailureCode::Internal, Some("The gateway is older than this console: update the gateway."))
        }
        ErrorCode::NotMember | ErrorCode::Internal => (FailureCode::Internal, None),
    };
    Failure { code, message: error.message.clone(), hint: hint.map(str::to_owned) }
}

/// The last of a chain of causes, which is the one that says something: a library's outer texts are like “EngineIO Error”.
pub(crate) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cut(&cause.to_string(), PROSE)
}
