//! `/admin`: the back office itself. It speaks what `/web` does, and section 6 of the contract.

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{Command, CommandError, Request as CommandRequest, Response};
use signalbox_protocol::feed::Subscribe;

use super::everywhere::{AUTH_REFRESH, PING};
use super::{Known, Request, backoffice};
use crate::admin;
use crate::gateway::Gateway;
use crate::pipeline::{Caller, Fault, Nothing, Payload};

/// The events of `/admin`.
pub static EVENTS: &[Known] = &[
    PING,
    backoffice::PRIVATE_MESSAGE,
    backoffice::ROOM_JOIN,
    backoffice::ROOM_LEAVE,
    backoffice::ROOM_MESSAGE,
    backoffice::TEST_ERROR,
    AUTH_REFRESH,
    Known { name: "feed:subscribe", read: read_subscribe },
    Known { name: "admin:request", read: read_command },
];

/// A request's id has at most so many bytes.
const MAX_ID: usize = 64;

/// An `admin:request`: a command, or why it is none. Either is answered under its id.
#[derive(Debug)]
pub struct Asked {
    id: String,
    command: Result<CommandRequest, CommandError>,
}

fn read_subscribe(_: &Gateway, payload: Payload<'_>) -> Result<Request, Fault> {
    payload.read().map(Request::Subscribe)
}

fn read_command(_: &Gateway, payload: Payload<'_>) -> Result<Request, Fault> {
    #[derive(Deserialize)]
    struct Named {
        id: String,
        command: String,
    }
    let Named { id, command } = payload.read()?;
    if id.len() > MAX_ID {
        return Err(Fault::invalid_payload("the id is longer than 64 bytes"));
    }
    let command = payload.read::<CommandRequest>().map_err(|fault| match fault {
        _ if !Command::NAMES.contains(&&*command) => {
            let shown = &command[..command.floor_char_boundary(MAX_ID)];
            CommandError { code: ErrorCode::UnknownEvent, message: format!("there is no command `{shown}`") }
        }
        Fault::Told { code, message, .. } => CommandError { code, message: message.into_owned() },
        Fault::Silent => CommandError { code: ErrorCode::InvalidPayload, message: String::new() },
    });
    Ok(Request::Command(Box::new(Asked { id, command })))
}

/// Subscribes the sender to the feed, in place of an earlier subscription.
pub(super) fn subscribe(caller: &mut Caller<'_>, subscribe: Subscribe) {
    admin::subscribe(caller.member, caller.socket, subscribe);
    caller.succeed(&Nothing {});
}

/// Carries a command out, and answers.
pub(super) async fn command(caller: &mut Caller<'_>, asked: Asked) {
    let Asked { id, command } = asked;
    let result = match command {
        // The commands' state machines are large; most of a socket's events are not commands.
        Ok(request) => admin::carry_out(caller.member, request, caller.now).boxed().await,
        Err(error) => Err(error),
    };
    let response = match result {
        Ok(result) => Response { id, ok: true, result: Some(result), error: None },
        Err(error) => Response { id, ok: false, result: None, error: Some(error) },
    };
    caller.member.gateway.reach.one(caller.socket, "admin:response", &response);
    match &response.error {
        None => caller.succeed(&response),
        Some(error) => caller.acknowledge(&Refused {
            success: false,
            code: error.code,
            message: &error.message,
            error: &error.message,
            id: &response.id,
        }),
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    success: bool,
    code: ErrorCode,
    message: &'a str,
    error: &'a str,
    id: &'a str,
}
