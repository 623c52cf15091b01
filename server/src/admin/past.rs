//! `history`, `notification` and `audit`: what was.

use serde_json::Value;
use signalbox_protocol::admin::{
    AuditArgs, AuditRow, CommandError, HistoryArgs, HistoryOf, MessageRow, NotificationReport, Page,
};
use signalbox_protocol::{ErrorCode, Timestamp};

use super::page::{limit, numbered, page};
use super::rooms::place;
use super::{answer, internal, refused};
use crate::gateway::Gateway;
use crate::store::{Addressee, AuditFilter, AuditId, AuditRecord, KeptMessage};

pub(super) async fn history(gateway: &Gateway, args: &HistoryArgs) -> Result<Value, CommandError> {
    let (before, limit) = (numbered(args.cursor.as_deref())?, limit(args.limit));
    let before_message = before.and_then(|id| u64::try_from(id).ok());
    match &args.of {
        HistoryOf::Room { namespace, room } => {
            let found = gateway.store.room_messages(place(namespace)?, room, before_message, one_more(limit)).await;
            let found = found.map_err(|error| internal(&error))?;
            answer(page(found.into_iter().map(message), limit, |row| row.id.to_string()))
        }
        HistoryOf::User(user) => {
            let found = gateway.store.private_messages(user, before_message, one_more(limit)).await;
            let found = found.map_err(|error| internal(&error))?;
            answer(page(found.into_iter().map(message), limit, |row| row.id.to_string()))
        }
        HistoryOf::Notifications => {
            let sent = gateway.store.notifications(before, one_more(limit)).await.map_err(|error| internal(&error))?;
            answer(page(sent, limit, |notification| notification.id.to_string()))
        }
    }
}

pub(super) async fn notification(gateway: &Gateway, id: i64) -> Result<NotificationReport, CommandError> {
    let found = gateway.store.notification(id).await.map_err(|error| internal(&error))?;
    let (notification, carried) =
        found.ok_or_else(|| refused(ErrorCode::NotFound, "this notification is not in the history any more"))?;
    Ok(NotificationReport { notification, carried })
}

pub(super) async fn audit(gateway: &Gateway, args: AuditArgs) -> Result<Page<AuditRow>, CommandError> {
    let limit = limit(args.limit);
    let filter = AuditFilter {
        before: numbered(args.cursor.as_deref())?.map(AuditId),
        actor: args.actor,
        command: args.command,
        subject: args.subject,
        from: args.from,
        until: args.until,
    };
    let found = gateway.store.audit_log(&filter, one_more(limit)).await.map_err(|error| internal(&error))?;
    Ok(page(found.into_iter().map(row), limit, |row| row.id.to_string()))
}

/// Whether there is a next page is seen by one item more than this one has.
fn one_more(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1)
}

fn message(kept: KeptMessage) -> MessageRow {
    let KeptMessage { id, at, namespace, from, to, content } = kept;
    let (room, to) = match to {
        Addressee::Room(room) => (Some(room), None),
        Addressee::User(user) => (None, Some(user)),
    };
    MessageRow { id, at, namespace, from, room, to, content }
}

fn row(record: AuditRecord) -> AuditRow {
    let AuditRecord { id: AuditId(id), entry, outcome, explanation } = record;
    let at: Timestamp = entry.at;
    AuditRow {
        id,
        at,
        actor: entry.actor,
        address: entry.address,
        command: entry.command,
        subject: entry.subject,
        detail: entry.detail,
        outcome,
        explanation,
        touched: entry.touched,
    }
}
