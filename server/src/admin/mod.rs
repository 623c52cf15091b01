//! Section 6 of the contract: what administrators ask for.
//!
//! Owns the commands and the subscriptions. Each command has a role that it needs and, where it acts, an audit entry that is
//! written before and a dry run. It must never know how a request arrived.

mod accounts;
mod alerts;
mod api_keys;
mod audit;
mod bans;
mod crowd;
mod disconnect;
mod followers;
mod look;
mod message;
mod moves;
mod node;
mod notify;
mod page;
mod past;
mod people;
mod policy;
mod revocations;
mod rooms;
mod subscription;
mod targets;
mod trace;

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use signalbox_protocol::admin::{Command, CommandError, Manner, NoArgs, Request, Role};
use signalbox_protocol::{ConnectionId, ErrorCode, Timestamp};

use self::targets::Targets;
use crate::auth::operators::{Standing, standing_of};
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};
use crate::namespaces;
use crate::pipeline::Member;
use moves::Way;

pub use accounts::look_after_operators;
pub use audit::{Actor, audited};
pub use bans::{ban, bans, unban};
pub use disconnect::disconnect_user;
pub use followers::replace_followers;
pub use look::event_minutes;
pub use notify::deliver;
pub(crate) use page::page;
pub use revocations::{RevokeError, revoke_user};
pub use subscription::subscribe;

/// Carries a command out for that operator.
///
/// # Errors
/// Why it was not carried out.
pub async fn carry_out(operator: &Arc<Member>, request: Request, now: Timestamp) -> Result<Value, CommandError> {
    let Request { command, dry_run, .. } = request;
    if role_now(operator).await? < command.role() {
        let message = format!("`{}` needs the role {}", command.name(), command.role().as_str());
        return Err(refused(ErrorCode::Forbidden, message));
    }
    let targets = targets(operator, &command, now)?;
    if command.manner() == Manner::Acts {
        if dry_run {
            return answer(targets.preview());
        }
        targets.fit(command.fingerprint())?;
    }
    let gateway = &operator.gateway;
    match command {
        Command::Snapshot(args) => answer(look::snapshot(gateway, &args)),
        Command::Stats(args) => answer(look::stats(gateway, &args, now)),
        Command::User(args) => answer(people::user(gateway, args, now).await?),
        Command::Connection(args) => answer(people::connection(gateway, &args)?),
        Command::Rooms(args) => answer(rooms::rooms(gateway, &args)?),
        Command::Room(args) => answer(rooms::room(gateway, &args)?),
        Command::History(args) => past::history(gateway, &args).await,
        Command::Notification(args) => answer(past::notification(gateway, args.id).await?),
        Command::Audit(args) => answer(past::audit(gateway, args).await?),
        Command::Alerts(args) => answer(alerts::alerts(gateway, &args)?),
        Command::Configuration(NoArgs {}) => answer(node::configuration(gateway)),
        Command::Nodes(NoArgs {}) => answer(node::nodes(gateway)),
        Command::Bans(args) => answer(bans::bans(gateway, args, now).await?),
        Command::Policy(NoArgs {}) => answer(gateway.policy.table()),
        Command::Notify(acting) => answer(notify::carry_out(operator, acting.args, &targets, now).await?),
        Command::Message(acting) => answer(message::carry_out(operator, acting.args, &targets, now).await?),
        Command::JoinRoom(acting) => answer(moves::carry_out(operator, acting.args, Way::Join, &targets, now).await?),
        Command::LeaveRoom(acting) => answer(moves::carry_out(operator, acting.args, Way::Leave, &targets, now).await?),
        Command::CloseRoom(acting) => answer(moves::close(operator, acting.args, &targets, now).await?),
        Command::Disconnect(acting) => answer(disconnect::carry_out(operator, acting.args, &targets, now).await?),
        Command::Ban(acting) => answer(bans::ban(gateway, &Actor::from(&**operator), acting.args, now).await?),
        Command::UndoBan(acting) => answer(bans::undo(gateway, &Actor::from(&**operator), &acting.args, now).await?),
        Command::Unban(acting) => {
            answer(bans::unban(gateway, &Actor::from(&**operator), &acting.args.target, now).await?)
        }
        Command::SetPolicy(acting) => answer(policy::set(operator, acting.args, now).await?),
        Command::RevokeTokens(acting) => answer(revocations::carry_out(operator, acting.args, &targets, now).await?),
        Command::Accounts(acting) => accounts::carry_out(operator, acting.args, &targets, now).await,
        Command::ApiKeys(acting) => api_keys::carry_out(operator, acting.args, now).await,
        Command::AcknowledgeAlert(acting) => answer(alerts::acknowledge(operator, acting.args, now).await?),
        Command::SilenceAlert(acting) => answer(alerts::silence(operator, acting.args, now).await?),
        Command::Trace(acting) => answer(trace::start(operator, acting.args, now).await?),
        Command::TraceStop(_) => answer(trace::stop(operator, now).await?),
        Command::Drain(acting) => answer(node::drain(operator, acting.args, &targets, now).await?),
        Command::Resume(_) => answer(node::resume(operator, now).await?),
    }
}

/// Whom the command would touch, were it carried out now. What makes no sense is refused here, so that a dry run says so too.
fn targets(operator: &Member, command: &Command, now: Timestamp) -> Result<Targets, CommandError> {
    let gateway = &operator.gateway;
    match command {
        Command::Notify(acting) => notify::targets(gateway, &acting.args),
        Command::Message(acting) => message::targets(gateway, &acting.args),
        Command::JoinRoom(acting) => moves::targets(gateway, &acting.args, Way::Join),
        Command::LeaveRoom(acting) => moves::targets(gateway, &acting.args, Way::Leave),
        Command::CloseRoom(acting) => moves::members(gateway, &acting.args),
        Command::Disconnect(acting) => disconnect::targets(gateway, &acting.args, now),
        Command::Ban(acting) => bans::targets(operator, &acting.args, now),
        Command::UndoBan(acting) => bans::undone(gateway, &acting.args),
        Command::Unban(acting) => bans::lifted(gateway, &acting.args),
        Command::SetPolicy(acting) => policy::targets(gateway, &acting.args),
        Command::RevokeTokens(acting) => revocations::targets(gateway, &acting.args, now),
        Command::Accounts(acting) => Ok(accounts::targets(gateway, &acting.args)),
        Command::AcknowledgeAlert(acting) => alerts::targets(gateway, acting.args.id),
        Command::SilenceAlert(acting) => alerts::targets(gateway, acting.args.id),
        Command::Trace(acting) => trace::targets(gateway, &acting.args),
        Command::Drain(_) => Ok(node::drained(gateway)),
        _ => Ok(Targets::nobody()),
    }
}

/// What the operator may do at this moment: what the token said, and no more than the account may by now.
async fn role_now(operator: &Arc<Member>) -> Result<Role, CommandError> {
    let Some(role) = operator.role else { return Err(refused(ErrorCode::Forbidden, "this needs a role")) };
    let user = &operator.session.user.id;
    match standing_of(&operator.gateway.store, user, role).await.map_err(|error| internal(&error))? {
        Standing::Good(role) => Ok(role),
        Standing::NoRole | Standing::Disabled => Err(refused(ErrorCode::Forbidden, "the account is disabled")),
    }
}

/// Closes the sessions, the operator's own as the last one and without waiting for its end.
async fn close_and_answer(
    gateway: &Gateway,
    own: Option<&ConnectionId>,
    sessions: Vec<Arc<Session>>,
    closing: &Closing,
) {
    let (own, others) = sessions.into_iter().partition(|session| Some(&session.id) == own);
    namespaces::close_all(gateway, others, closing).await;
    let (gateway, closing) = (gateway.clone(), closing.clone());
    tokio::spawn(async move { namespaces::close_all(&gateway, own, &closing).await });
}

fn answer<T: Serialize>(result: T) -> Result<Value, CommandError> {
    serde_json::to_value(result).map_err(|error| internal(&error))
}

fn refused(code: ErrorCode, message: impl Into<String>) -> CommandError {
    CommandError { code, message: message.into() }
}

/// A fault of the gateway: the log has the cause, the operator the id under which it stands there.
fn internal(cause: &dyn std::fmt::Display) -> CommandError {
    let id = format!("{:08x}", rand::random::<u32>());
    tracing::error!(correlation = id, %cause, "a command failed");
    refused(ErrorCode::Internal, format!("the gateway failed; its log has the cause under {id}"))
}

/// A text of so many UTF-16 units.
fn text(name: &str, text: &str, least: usize, most: usize) -> Result<(), CommandError> {
    let length = text.encode_utf16().count();
    if length > most {
        return Err(refused(ErrorCode::TooLong, format!("the {name} is longer than {most} characters")));
    }
    if length < least {
        return Err(refused(ErrorCode::InvalidPayload, format!("the {name} is empty")));
    }
    Ok(())
}
