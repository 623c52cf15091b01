//! `accounts`: operators' accounts, as admins keep them. Passwords go to the hash and nowhere else.

use std::sync::Arc;

use serde_json::{Value, json};
use signalbox_protocol::admin::{
    AccountList, AccountRow, AccountsArgs, Command, CommandError, Confidential, Role, TraceArgs,
};
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Deed};
use super::targets::Targets;
use super::{answer, close_and_answer, internal, refused};
use crate::auth::operators::{Standing, check_name, check_password, standing_of, user_id};
use crate::auth::{Secret, password};
use crate::gateway::Gateway;
use crate::hub::{Closing, Session};
use crate::namespaces;
use crate::pipeline::Member;
use crate::store::{Account, AccountChange, StoreError};

/// What the operator is told.
const DISABLED: &str = "the account was disabled";

/// Whose connections end: those of an account that is disabled.
pub(super) fn targets(gateway: &Gateway, args: &AccountsArgs) -> Targets {
    let sessions = match args {
        AccountsArgs::Disable { name } => sessions_of(gateway, name),
        _ => Vec::new(),
    };
    Targets::of(gateway, sessions)
}

async fn list(gateway: &Gateway) -> Result<Value, CommandError> {
    let accounts = gateway.store.accounts().await.map_err(|error| internal(&error))?;
    answer(AccountList { accounts: accounts.into_iter().map(row).collect() })
}

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: AccountsArgs,
    targets: &Targets,
    now: Timestamp,
) -> Result<Value, CommandError> {
    let store = &operator.gateway.store;
    match args {
        AccountsArgs::List => list(&operator.gateway).await,
        AccountsArgs::Add { name, role, password } => {
            check_name(&name).map_err(|why| refused(ErrorCode::InvalidPayload, why))?;
            let hash = hash(password).await?;
            let add = async || {
                let added = store.add_account(&name, role, &hash, now).await?;
                Ok(if added { AccountChange::Done } else { AccountChange::Taken })
            };
            change(operator, &name, deed("add", &name, Some(role)), now, add).await
        }
        AccountsArgs::Role { name, role } => {
            let set = async || store.set_role(&name, role).await;
            let changed = change(operator, &name, deed("role", &name, Some(role)), now, set).await?;
            if role < Command::Trace(TraceArgs::default().into()).role() {
                stop_looking(&operator.gateway, &name);
            }
            Ok(changed)
        }
        AccountsArgs::Disable { name } => {
            let disable = async || store.disable_account(&name, now).await;
            let changed = change(operator, &name, deed("disable", &name, None).touching(targets), now, disable).await?;
            let closing = Closing::new("kicked", DISABLED);
            let (gateway, own) = (&operator.gateway, Some(&operator.session.id));
            close_and_answer(gateway, own, sessions_of(gateway, &name), &closing).await;
            Ok(changed)
        }
        AccountsArgs::Enable { name } => {
            change(operator, &name, deed("enable", &name, None), now, async || store.enable_account(&name).await).await
        }
        AccountsArgs::Password { name, password } => {
            let hash = hash(password).await?;
            let set = async || {
                let known = store.set_password(&name, &hash, now).await?;
                Ok(if known { AccountChange::Done } else { AccountChange::Unknown })
            };
            change(operator, &name, deed("password", &name, None), now, set).await
        }
    }
}

/// Closes the connections of operators whose account was disabled by somebody else than this gateway, on the command line
/// for example.
pub async fn look_after_operators(gateway: &Gateway) {
    let sessions: Vec<_> = gateway.on_floor(|floor| {
        let operators = |session: &&Arc<Session>| session.is_operator();
        floor.presence.admitted().filter(operators).cloned().collect()
    });
    for session in sessions {
        let standing = standing_of(&gateway.store, &session.user.id, Role::Viewer).await;
        if matches!(standing, Ok(Standing::Disabled)) {
            namespaces::close(gateway, &session, Closing::new("kicked", DISABLED)).await;
        }
    }
}

fn deed(what: &str, name: &str, role: Option<Role>) -> Deed {
    Deed::new("accounts", format!("{what} {name}"), json!({ "action": what, "name": name, "role": role }))
}

/// Changes an account under audit, and answers with what it is then.
async fn change(
    operator: &Arc<Member>,
    name: &str,
    deed: Deed,
    now: Timestamp,
    act: impl AsyncFnOnce() -> Result<AccountChange, StoreError>,
) -> Result<Value, CommandError> {
    let action = Action::begin(operator, deed, now).await?;
    let changed = match act().await {
        Ok(AccountChange::Done) => Ok(()),
        Ok(AccountChange::Unknown) => Err(refused(ErrorCode::NotFound, "there is no such account")),
        Ok(AccountChange::Taken) => Err(refused(ErrorCode::Conflict, "there is an account of this name already")),
        Ok(AccountChange::LastAdmin) => {
            Err(refused(ErrorCode::Conflict, "this is the last admin who can sign in; make another one first"))
        }
        Err(error) => Err(internal(&error)),
    };
    action.end(changed).await?;
    let account = operator.gateway.store.account(name).await.map_err(|error| internal(&error))?;
    answer(account.map(row))
}

async fn hash(text: Confidential) -> Result<String, CommandError> {
    let text = Secret::from(text.into_inner());
    check_password(&text).map_err(|why| refused(ErrorCode::InvalidPayload, why))?;
    let hashed = tokio::task::spawn_blocking(move || password::hash(&text)).await;
    hashed.map_err(|error| internal(&error))?.map_err(|error| internal(&error))
}

/// Commands ask for the role each time, but a trace goes on by itself.
fn stop_looking(gateway: &Gateway, name: &str) {
    for session in sessions_of(gateway, name) {
        for (_, socket) in session.seats() {
            if let Some(member) = socket.extensions.get::<Arc<Member>>() {
                gateway.trace_no_more(&member);
            }
        }
    }
}

fn sessions_of(gateway: &Gateway, name: &str) -> Vec<Arc<Session>> {
    gateway.on_floor(|floor| floor.presence.sessions_of(&user_id(name)))
}

fn row(Account { name, role, created_at, disabled_at }: Account) -> AccountRow {
    AccountRow { name, role, created_at, disabled_at }
}
