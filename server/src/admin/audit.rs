//! An action under audit: it is written down before it is done, and how it ended afterwards.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::CommandError;
use signalbox_protocol::feed::{Happening, Outcome};

use super::internal;
use crate::pipeline::Member;
use crate::store::{AuditEntry, AuditId};

/// What is about to be done.
pub(super) struct Action<'a> {
    operator: &'a Member,
    id: AuditId,
    command: &'static str,
    subject: String,
}

impl<'a> Action<'a> {
    /// Writes it down. Where that fails, it must not be done.
    pub(super) async fn begin(
        operator: &'a Member,
        command: &'static str,
        subject: String,
        detail: serde_json::Value,
        now: Timestamp,
    ) -> Result<Self, CommandError> {
        let entry = AuditEntry {
            at: now,
            actor: operator.session.user.username.to_string(),
            address: operator.address().to_owned(),
            command: command.to_owned(),
            subject: subject.clone(),
            detail,
        };
        let id = operator.gateway.store.audit(&entry).await.map_err(|error| internal(&error))?;
        Ok(Self { operator, id, command, subject })
    }

    /// Writes down how it ended, and tells administrators.
    pub(super) async fn end<T>(self, result: Result<T, CommandError>) -> Result<T, CommandError> {
        let now = Timestamp::now();
        let (outcome, explanation) = match &result {
            Ok(_) => (Outcome::Done, None),
            Err(error) => (Outcome::Failed, Some(error.message.as_str())),
        };
        let gateway = &self.operator.gateway;
        if let Err(error) = gateway.store.audit_outcome(self.id, now, outcome, explanation).await {
            tracing::error!(%error, "how an audited action ended could not be written down");
        }
        let by = self.operator.session.user.username.to_string();
        let told = Happening::OperatorAction { by, command: self.command.into(), subject: self.subject, outcome };
        gateway.on_floor(|floor| floor.note(now, told));
        result
    }
}
