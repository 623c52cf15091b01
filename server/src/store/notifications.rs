//! The history of notifications.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::NotificationTarget;
use signalbox_protocol::feed::{Notification, Tone};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError, trim};

/// A notification that is about to be sent.
#[derive(Debug, Clone)]
pub struct NewNotification {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub target: NotificationTarget,
    /// Its kind.
    pub tone: Tone,
    /// The first line.
    pub title: String,
    /// The text.
    pub message: String,
    /// What it carries for the recipients' program.
    pub data: Option<serde_json::Value>,
    /// Who sends it: an operator's name, or the backend's event.
    pub by: String,
}

impl Store {
    /// Keeps a notification and gives it its id, before it is sent. The oldest goes, where there are too many.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn record_notification(&self, new: &NewNotification) -> Result<i64, StoreError> {
        let unwritable = |_| StoreError::Unreadable("notification");
        let mut change = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO notifications (at, target, tone, title, message, data, sender) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(new.at.as_millis())
        .bind(serde_json::to_string(&new.target).map_err(unwritable)?)
        .bind(serde_json::to_string(&new.tone).map_err(unwritable)?)
        .bind(&new.title)
        .bind(&new.message)
        .bind(new.data.as_ref().map(ToString::to_string))
        .bind(&new.by)
        .fetch_one(&mut *change)
        .await?;
        // Their numbers follow one upon the other, so that this is the one too many; more where the bound was lowered.
        sqlx::query("DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE id <= $1 LIMIT $2)")
            .bind(id - i64::from(self.history.bounds.total))
            .bind(trim::AT_ONCE)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(id)
    }

    /// Adds what became of it: sockets meant, sockets reached, users for whom it is kept.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notification_sent(
        &self,
        id: i64,
        targets: u32,
        delivered: u32,
        queued: u32,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE notifications SET targets = $1, delivered = $2, queued = $3 WHERE id = $4")
            .bind(targets)
            .bind(delivered)
            .bind(queued)
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The latest notifications before `before`, latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notifications(&self, before: Option<i64>, limit: u32) -> Result<Vec<Notification>, StoreError> {
        let rows = sqlx::query("SELECT * FROM notifications WHERE id < $1 ORDER BY id DESC LIMIT $2")
            .bind(before.unwrap_or(i64::MAX))
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(notification).collect()
    }

    /// One of them, and the JSON text of what it carried.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn notification(&self, id: i64) -> Result<Option<(Notification, Option<String>)>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM notifications WHERE id = $1").bind(id).fetch_optional(&self.readers).await?;
        row.map(|row| Ok((notification(&row)?, row.try_get("data")?))).transpose()
    }
}

fn notification(row: &SqliteRow) -> Result<Notification, StoreError> {
    let unreadable = |_| StoreError::Unreadable("notification");
    let target: String = row.try_get("target")?;
    let tone: String = row.try_get("tone")?;
    Ok(Notification {
        id: row.try_get("id")?,
        at: Timestamp(row.try_get("at")?),
        target: serde_json::from_str(&target).map_err(unreadable)?,
        tone: serde_json::from_str(&tone).map_err(unreadable)?,
        title: row.try_get("title")?,
        message: row.try_get("message")?,
        by: row.try_get("sender")?,
        targets: row.try_get("targets")?,
        delivered: row.try_get("delivered")?,
        queued: row.try_get("queued")?,
    })
}
