//! Tokens that are good no more, as they survive a restart.

use signalbox_protocol::Timestamp;
use sqlx::Row;

use super::{Store, StoreError, trim};
use crate::auth::revocations::{Revocation, Scope};

impl Store {
    /// Keeps a revocation. What is revoked already stays so; one for everybody takes the place of the users' that it covers.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn put_revocation(&self, revocation: &Revocation) -> Result<(), StoreError> {
        let mut change = self.writer.begin().await?;
        sqlx::query(
            "INSERT INTO revocations (target, issued_before, expires_at) VALUES ($1, $2, $3) ON CONFLICT (target) DO UPDATE \
             SET issued_before = CASE WHEN excluded.issued_before > revocations.issued_before \
             THEN excluded.issued_before ELSE revocations.issued_before END, \
             expires_at = CASE WHEN excluded.expires_at > revocations.expires_at \
             THEN excluded.expires_at ELSE revocations.expires_at END",
        )
        .bind(revocation.scope.to_string())
        .bind(revocation.before.as_millis())
        .bind(revocation.expires_at.as_millis())
        .execute(&mut *change)
        .await?;
        if revocation.scope == Scope::Everybody {
            sqlx::query("DELETE FROM revocations WHERE target LIKE 'user %' AND issued_before <= $1")
                .bind(revocation.before.as_millis())
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// All revocations whose tokens may not have expired yet.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revocations(&self, now: Timestamp) -> Result<Vec<Revocation>, StoreError> {
        let rows = sqlx::query("SELECT target, issued_before, expires_at FROM revocations WHERE expires_at > $1")
            .bind(now.as_millis())
            .fetch_all(&self.readers)
            .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let scope: String = row.try_get("target")?;
            Ok(Revocation {
                scope: scope.parse().map_err(|_| StoreError::Unreadable("revocation"))?,
                before: Timestamp(row.try_get("issued_before")?),
                expires_at: Timestamp(row.try_get("expires_at")?),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Forgets the revocations whose tokens have expired.
    pub(super) async fn prune_revocations(&self, now: Timestamp) -> Result<(), StoreError> {
        let over =
            "DELETE FROM revocations WHERE target IN (SELECT target FROM revocations WHERE expires_at <= $1 LIMIT $2)";
        Ok(trim::delete(&self.writer, over, now.as_millis()).await?)
    }

    /// Ends the operators' sessions that began before, of one account or of all.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_sessions_before(
        &self,
        account: Option<&str>,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE refresh_families SET revoked_at = $1 \
             WHERE revoked_at IS NULL AND created_at < $2 AND ($3 IS NULL OR account = $3)",
        )
        .bind(now.as_millis())
        .bind(before.as_millis())
        .bind(account)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
