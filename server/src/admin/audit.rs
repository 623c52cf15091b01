//! An action under audit: it is written down before it is done, and how it ended afterwards.

use signalbox_protocol::admin::{CommandError, Touched};
use signalbox_protocol::feed::{Happening, Outcome};
use signalbox_protocol::{ErrorCode, Timestamp, UserId};

use super::targets::Targets;
use super::{internal, refused};
use crate::gateway::Gateway;
use crate::pipeline::Member;
use crate::store::{AuditEntry, AuditId};

/// Who acts: an operator on `/admin` or over HTTP, or a backend.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The name in the audit log and in the feed.
    pub name: String,
    /// From where.
    pub address: String,
    /// Whose connections are the actor's own; a backend has none.
    pub user: Option<UserId>,
}

impl From<&Member> for Actor {
    fn from(operator: &Member) -> Self {
        let user = &operator.session.user;
        let (name, address) = (user.username.to_string(), operator.address().to_owned());
        Self { name, address, user: Some(user.id.clone()) }
    }
}

/// What is about to be done, in the words of the log.
pub(super) struct Deed {
    command: &'static str,
    subject: String,
    detail: serde_json::Value,
    touched: Option<Touched>,
}

impl Deed {
    /// One that touches nobody who is connected.
    pub(super) fn new(command: &'static str, subject: impl Into<String>, detail: serde_json::Value) -> Self {
        Self { command, subject: subject.into(), detail, touched: None }
    }

    /// The same, and it touches these.
    pub(super) fn touching(self, targets: &Targets) -> Self {
        Self { touched: targets.touched(), ..self }
    }
}

/// What has been written down, and not ended yet.
pub(super) struct Action<'a> {
    gateway: &'a Gateway,
    by: String,
    id: AuditId,
    command: &'static str,
    subject: String,
}

impl<'a> Action<'a> {
    /// Writes it down. Where that fails, it must not be done.
    pub(super) async fn begin(operator: &'a Member, deed: Deed, now: Timestamp) -> Result<Self, CommandError> {
        Self::begin_as(&operator.gateway, &Actor::from(operator), deed, now).await
    }

    /// The same, for whoever acts.
    pub(super) async fn begin_as(
        gateway: &'a Gateway,
        actor: &Actor,
        deed: Deed,
        now: Timestamp,
    ) -> Result<Self, CommandError> {
        let Deed { command, subject, detail, touched } = deed;
        let entry = AuditEntry {
            at: now,
            actor: actor.name.clone(),
            address: actor.address.clone(),
            command: command.to_owned(),
            subject: subject.clone(),
            detail,
            touched,
        };
        let id = gateway.store.audit(&entry).await.map_err(|error| internal(&error))?;
        Ok(Self { gateway, by: entry.actor, id, command, subject })
    }

    /// Writes down how it ended, and tells administrators.
    pub(super) async fn end<T>(self, result: Result<T, CommandError>) -> Result<T, CommandError> {
        let now = Timestamp::now();
        let (outcome, explanation) = match &result {
            Ok(_) => (Outcome::Done, None),
            Err(error) => (Outcome::Failed, Some(error.message.as_str())),
        };
        let gateway = self.gateway;
        if let Err(error) = gateway.store.audit_outcome(self.id, now, outcome, explanation).await {
            tracing::error!(%error, "how an audited action ended could not be written down");
        }
        let by = self.by;
        let told = Happening::OperatorAction { by, command: self.command.into(), subject: self.subject, outcome };
        gateway.on_floor(|floor| floor.note(now, told));
        result
    }
}

/// Has an operator act in a backend's place, under audit. Backends act as much as they like: the log is for what operators do.
///
/// # Errors
/// Where it could not be written down; it was not done then.
pub async fn audited<T, E: std::fmt::Display>(
    gateway: &Gateway,
    actor: &Actor,
    command: &'static str,
    (subject, detail): (String, serde_json::Value),
    act: impl Future<Output = Result<T, E>>,
    now: Timestamp,
) -> Result<Result<T, E>, CommandError> {
    if actor.user.is_none() {
        return Ok(act.await);
    }
    let action = Action::begin_as(gateway, actor, Deed::new(command, subject, detail), now).await?;
    let done = act.await;
    let outcome = done.as_ref().map(|_| ()).map_err(|error| refused(ErrorCode::Internal, error.to_string()));
    // What became of it, its own answer says.
    let _ = action.end(outcome).await;
    Ok(done)
}
