//! Failures as the page is told them: a code, which says what to do about it, and what happened.
//!
//! Owns those that several modules share. Errors of libraries are mapped to these at the edge that met them; nobody
//! further in looks at a text.

use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::CommandError;
use signalbox_protocol::ipc::{Failure, FailureCode, Reason};

use crate::cut::{PROSE, cut};
use crate::view::NotNamed;

/// A failure.
pub(crate) const fn failure(code: FailureCode, reason: Reason) -> Failure {
    Failure { code, reason }
}

/// The profile that a call names is not there; another window or an import may have removed it.
pub(crate) const fn no_such_profile() -> Failure {
    failure(FailureCode::InvalidArgument, Reason::NoSuchGateway)
}

/// Nothing can be asked at the moment.
pub(crate) const fn not_connected() -> Failure {
    failure(FailureCode::NotConnected, Reason::NotConnected)
}

/// The gateway was asked and has said nothing.
pub(crate) const fn no_answer() -> Failure {
    failure(FailureCode::NoAnswer, Reason::NoAnswer)
}

/// The gateway has said something that makes no sense.
pub(crate) const fn unreadable_answer() -> Failure {
    failure(FailureCode::NoAnswer, Reason::UnreadableAnswer)
}

/// Nobody is acted upon who cannot be named.
pub(crate) fn not_named(why: &NotNamed) -> Failure {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let cause = match why {
        NotNamed::Misread(_) => Reason::FilterMistake,
        NotNamed::TooMany { found, most } => Reason::TooMany { found: count(*found), most: count(*most) },
    };
    failure(FailureCode::InvalidArgument, cause)
}

/// What a gateway says when it does not carry out a command.
pub(crate) fn refused_command(error: &CommandError) -> Failure {
    let code = match error.code {
        ErrorCode::Forbidden => FailureCode::Forbidden,
        ErrorCode::Conflict => FailureCode::Conflict,
        ErrorCode::InvalidPayload | ErrorCode::TooLong | ErrorCode::ContentRejected | ErrorCode::NotFound => {
            FailureCode::InvalidArgument
        }
        ErrorCode::RateLimited => FailureCode::Throttled,
        ErrorCode::UnknownEvent => return failure(FailureCode::Internal, Reason::OlderGateway),
        ErrorCode::NotMember | ErrorCode::Internal => FailureCode::Internal,
    };
    let text = error.message.clone();
    failure(code, if text.is_empty() { Reason::NotAllowed } else { Reason::GatewaySaid { text } })
}

/// The last of a chain of causes, which is the one that says something: a library's outer texts are like “EngineIO Error”.
pub(crate) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cut(&cause.to_string(), PROSE)
}
