//! Section 6 of the contract: what administrators ask for.
//!
//! Owns the commands and the subscriptions. Each command has a role that it needs and, where it acts, an audit entry that is
//! written before and a dry run. It must never know how a request arrived.

mod accounts;
mod alerts;
mod api_keys;
mod audit;
mod bans;
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
use signalbox_protocol::admin::{AccountsArgs, ApiKeysArgs, Command, CommandError, NoArgs, Request, Role};
use signalbox_protocol::{ErrorCode, Timestamp};

use self::targets::Targets;
use crate::auth::operators::{Standing, standing_of};
use crate::hub::{Closing, Session};
use crate::namespaces;
use crate::pipeline::Member;
use moves::Way;

pub use accounts::look_after_operators;
pub use audit::Actor;
pub use bans::{ban, bans, unban};
pub use disconnect::disconnect_user;
pub use followers::replace_followers;
pub use look::event_minutes;
pub use notify::{Announcement, notify};
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
    let gateway = &operator.gateway;
    match command {
        Command::Snapshot(args) => answer(look::snapshot(gateway, &args)),
        Command::Stats(args) => answer(look::stats(gateway, &args, now)),
        Command::User(args) => answer(people::user(gateway, args, now).await?),
        Command::Connection(args) => answer(people::connection(gateway, &args)?),
        Command::Rooms(args) => answer(rooms::rooms(gateway, &args)?),
        Command::Room(args) => answer(rooms::room(gateway, &args)?),
        Command::History(args) => past::history(gateway, &args).await,
        Command::Audit(args) => answer(past::audit(gateway, args).await?),
        Command::Alerts(args) => answer(alerts::alerts(gateway, &args)?),
        Command::Configuration(NoArgs {}) => answer(node::configuration(gateway)),
        Command::Nodes(NoArgs {}) => answer(node::nodes(gateway)),
        Command::Notify(args) if dry_run => answer(notify::preview(gateway, &args)?),
        Command::Notify(args) => answer(notify::carry_out(operator, args, now).await?),
        Command::Message(args) if dry_run => answer(message::preview(gateway, &args)?),
        Command::Message(args) => answer(message::carry_out(operator, args, now).await?),
        Command::JoinRoom(args) if dry_run => answer(moves::preview(gateway, &args, Way::Join)?),
        Command::JoinRoom(args) => answer(moves::carry_out(operator, args, Way::Join, now).await?),
        Command::LeaveRoom(args) if dry_run => answer(moves::preview(gateway, &args, Way::Leave)?),
        Command::LeaveRoom(args) => answer(moves::carry_out(operator, args, Way::Leave, now).await?),
        Command::CloseRoom(args) if dry_run => answer(moves::preview_close(gateway, &args)?),
        Command::CloseRoom(args) => answer(moves::close(operator, args, now).await?),
        Command::Disconnect(args) if dry_run => answer(disconnect::preview(gateway, &args, now)?),
        Command::Disconnect(args) => answer(disconnect::carry_out(operator, args, now).await?),
        Command::Bans(args) => answer(bans::bans(gateway, args, now).await?),
        Command::Ban(args) if dry_run => answer(bans::preview(gateway, &args, now)?),
        Command::Ban(args) => answer(bans::ban(gateway, &Actor::from(&**operator), args, now).await?),
        // Whoever may come in again is not connected.
        Command::Unban(_) if dry_run => answer(Targets::new(Vec::new()).preview()),
        Command::Unban(args) => answer(bans::unban(gateway, &Actor::from(&**operator), &args.target, now).await?),
        Command::Policy(NoArgs {}) => answer(gateway.policy.table()),
        Command::SetPolicy(args) if dry_run => answer(policy::preview(gateway, &args)?),
        Command::SetPolicy(args) => answer(policy::set(operator, args, now).await?),
        Command::RevokeTokens(args) if dry_run => answer(revocations::preview(gateway, &args, now)?),
        Command::RevokeTokens(args) => answer(revocations::carry_out(operator, args, now).await?),
        Command::Accounts(AccountsArgs::List) => accounts::list(gateway).await,
        Command::Accounts(args) if dry_run => answer(accounts::preview(gateway, &args)),
        Command::Accounts(args) => accounts::carry_out(operator, args, now).await,
        Command::ApiKeys(args) => match args {
            ApiKeysArgs::List => api_keys::carry_out(operator, args, now).await,
            // Nobody is connected by a key.
            _ if dry_run => answer(Targets::new(Vec::new()).preview()),
            _ => api_keys::carry_out(operator, args, now).await,
        },
        Command::AcknowledgeAlert(args) if dry_run => answer(alerts::preview(gateway, args.id)?),
        Command::AcknowledgeAlert(args) => answer(alerts::acknowledge(operator, args, now).await?),
        Command::SilenceAlert(args) if dry_run => answer(alerts::preview(gateway, args.id)?),
        Command::SilenceAlert(args) => answer(alerts::silence(operator, args, now).await?),
        Command::Trace(args) if dry_run => answer(trace::preview(gateway, &args)?),
        Command::Trace(args) => answer(trace::start(operator, args, now).await?),
        Command::TraceStop(NoArgs {}) if dry_run => answer(trace::preview_stop(operator)),
        Command::TraceStop(NoArgs {}) => answer(trace::stop(operator, now).await?),
        Command::Drain(_) if dry_run => answer(node::preview_drain(gateway)),
        Command::Drain(args) => answer(node::drain(operator, args, now).await?),
        Command::Resume(_) if dry_run => answer(node::preview_resume(gateway)),
        Command::Resume(NoArgs {}) => answer(node::resume(operator, now).await?),
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
async fn close_and_answer(operator: &Arc<Member>, sessions: Vec<Arc<Session>>, closing: &Closing) {
    let gateway = &operator.gateway;
    let (own, others) = sessions.into_iter().partition(|session| session.id == operator.session.id);
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
