//! Bans, as they survive a restart.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Ban;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError, trim};
use crate::auth::bans::Target;

impl Store {
    /// Keeps a ban, in place of an earlier one of the same target.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn put_ban(&self, target: &Target, ban: &Ban) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bans (target, reason, until, author, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (target) \
             DO UPDATE SET reason = excluded.reason, until = excluded.until, author = excluded.author, at = excluded.at",
        )
        .bind(target.to_string())
        .bind(&ban.reason)
        .bind(ban.until.map(Timestamp::as_millis))
        .bind(&ban.by)
        .bind(ban.at.as_millis())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Forgets a ban; `false` where there was none.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_ban(&self, target: &Target) -> Result<bool, StoreError> {
        let done =
            sqlx::query("DELETE FROM bans WHERE target = $1").bind(target.to_string()).execute(&self.writer).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets the bans whose time is over.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn prune_bans(&self, now: Timestamp) -> Result<(), StoreError> {
        let over = "DELETE FROM bans WHERE target IN (SELECT target FROM bans WHERE until <= $1 LIMIT $2)";
        Ok(trim::delete(&self.writer, over, now.as_millis()).await?)
    }

    /// At most so many of the bans that hold, behind `after`, in the order of their targets' text.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn bans(&self, after: &str, limit: u32, now: Timestamp) -> Result<Vec<(Target, Ban)>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM bans WHERE target > $1 AND (until IS NULL OR until > $2) ORDER BY target LIMIT $3",
        )
        .bind(after)
        .bind(now.as_millis())
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(record).collect()
    }
}

fn record(row: &SqliteRow) -> Result<(Target, Ban), StoreError> {
    let target: String = row.try_get("target")?;
    let target: Target = target.parse().map_err(|_| StoreError::Unreadable("ban"))?;
    let ban = Ban {
        target: target.written(),
        reason: row.try_get("reason")?,
        until: row.try_get::<Option<i64>, _>("until")?.map(Timestamp),
        by: row.try_get("author")?,
        at: Timestamp(row.try_get("at")?),
    };
    Ok((target, ban))
}
