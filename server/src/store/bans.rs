//! Bans, as they survive a restart.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Ban;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{Store, StoreError, trim};
use crate::auth::bans::Target;

/// Rows of one statement; each takes five of its variables.
const ROWS: usize = 500;

impl Store {
    /// Keeps bans, in place of earlier ones of the same targets, which are remembered: see [`Store::undo_bans`].
    ///
    /// # Errors
    /// Where the database fails; nothing has changed then.
    pub async fn put_bans(&self, bans: &[(Target, Ban)]) -> Result<(), StoreError> {
        let mut change = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for rows in bans.chunks(ROWS) {
            QueryBuilder::<Sqlite>::new("INSERT INTO bans (target, reason, until, author, at) ")
                .push_values(rows, |mut row, (target, ban)| {
                    row.push_bind(target.to_string()).push_bind(&ban.reason);
                    row.push_bind(ban.until.map(Timestamp::as_millis)).push_bind(&ban.by);
                    row.push_bind(ban.at.as_millis());
                })
                .push(
                    " ON CONFLICT (target) DO UPDATE SET earlier_reason = bans.reason, earlier_until = bans.until, \
                     earlier_author = bans.author, earlier_at = bans.at, reason = excluded.reason, \
                     until = excluded.until, author = excluded.author, at = excluded.at",
                )
                .build()
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// Takes back the bans of these targets that were set at that moment. Gives each of them with the ban that holds
    /// again: the one whose place was taken, if its time is not over.
    ///
    /// # Errors
    /// Where the database fails; nothing has changed then.
    pub async fn undo_bans(
        &self,
        targets: &[Target],
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(Target, Option<Ban>)>, StoreError> {
        let mut change = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut undone = Vec::with_capacity(targets.len());
        for targets in targets.chunks(ROWS) {
            let mut restore = QueryBuilder::<Sqlite>::new(
                "UPDATE bans SET reason = earlier_reason, until = earlier_until, author = earlier_author, \
                 at = earlier_at, earlier_reason = NULL, earlier_until = NULL, earlier_author = NULL, \
                 earlier_at = NULL WHERE earlier_at IS NOT NULL AND (earlier_until IS NULL OR earlier_until > ",
            );
            restore.push_bind(now.as_millis()).push(") AND at = ").push_bind(at.as_millis());
            among(&mut restore, targets);
            let rows = restore.push(" RETURNING *").build().fetch_all(&mut *change).await?;
            for row in &rows {
                let (target, ban) = record(row)?;
                undone.push((target, Some(ban)));
            }
            let mut lift = QueryBuilder::<Sqlite>::new("DELETE FROM bans WHERE at = ");
            among(lift.push_bind(at.as_millis()), targets);
            let rows = lift.push(" RETURNING target").build().fetch_all(&mut *change).await?;
            for row in &rows {
                undone.push((target(row)?, None));
            }
        }
        change.commit().await?;
        Ok(undone)
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

/// Only rows of these targets.
fn among(query: &mut QueryBuilder<Sqlite>, targets: &[Target]) {
    let mut list = query.push(" AND target IN (").separated(", ");
    for target in targets {
        list.push_bind(target.to_string());
    }
    query.push(")");
}

fn target(row: &SqliteRow) -> Result<Target, StoreError> {
    row.try_get::<String, _>("target")?.parse().map_err(|_| StoreError::Unreadable("ban"))
}

fn record(row: &SqliteRow) -> Result<(Target, Ban), StoreError> {
    let target = target(row)?;
    let ban = Ban {
        target: target.written(),
        reason: row.try_get("reason")?,
        until: row.try_get::<Option<i64>, _>("until")?.map(Timestamp),
        by: row.try_get("author")?,
        at: Timestamp(row.try_get("at")?),
    };
    Ok((target, ban))
}
