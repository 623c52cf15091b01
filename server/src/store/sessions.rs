//! Operators' sessions: families of refresh tokens, each used once.
//!
//! The store sees hashes only. A token that comes a second time was copied: its whole family ends.

use signalbox_protocol::Timestamp;
use sqlx::Row;

use super::accounts::account;
use super::{Account, Store, StoreError, trim};

/// A refresh token's hash, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey(pub String);

/// What became of a refresh token that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The next one is in its place.
    Rotated(Account),
    /// There is no such token, it has expired, its family was ended, or the account is disabled.
    Unknown,
    /// It was used before: its family is ended now.
    Reused,
}

impl Store {
    /// Begins a session with its first token.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn begin_session(
        &self,
        account: &str,
        first: &SessionKey,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let family = format!("{:032x}", rand::random::<u128>());
        let mut change = self.writer.begin().await?;
        sqlx::query("INSERT INTO refresh_families (id, account, created_at) VALUES ($1, $2, $3)")
            .bind(&family)
            .bind(account)
            .bind(now.as_millis())
            .execute(&mut *change)
            .await?;
        insert(&mut change, &family, first, expires_at).await?;
        change.commit().await?;
        Ok(())
    }

    /// Puts `next` in the place of `shown`, once.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rotate_session(
        &self,
        shown: &SessionKey,
        next: &SessionKey,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        // One writer: nobody can use the token between this reading and the writing below.
        let mut change = self.writer.begin().await?;
        let row = sqlx::query(
            "SELECT t.family, t.expires_at, t.used_at, f.revoked_at, a.name, a.role, a.created_at, a.disabled_at \
             FROM refresh_tokens t JOIN refresh_families f ON f.id = t.family JOIN accounts a ON a.name = f.account \
             WHERE t.hash = $1",
        )
        .bind(&shown.0)
        .fetch_optional(&mut *change)
        .await?;
        let Some(row) = row else { return Ok(Rotation::Unknown) };
        let family: String = row.try_get("family")?;
        if row.try_get::<Option<i64>, _>("revoked_at")?.is_some() {
            return Ok(Rotation::Unknown);
        }
        if row.try_get::<Option<i64>, _>("used_at")?.is_some() {
            end_family(&mut change, &family, now).await?;
            change.commit().await?;
            return Ok(Rotation::Reused);
        }
        let account = account(&row)?;
        if row.try_get::<i64, _>("expires_at")? <= now.as_millis() || !account.is_enabled() {
            return Ok(Rotation::Unknown);
        }
        sqlx::query("UPDATE refresh_tokens SET used_at = $1 WHERE hash = $2")
            .bind(now.as_millis())
            .bind(&shown.0)
            .execute(&mut *change)
            .await?;
        insert(&mut change, &family, next, expires_at).await?;
        change.commit().await?;
        Ok(Rotation::Rotated(account))
    }

    /// Ends the session that the token belongs to, if there is one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_session(&self, shown: &SessionKey, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE refresh_families SET revoked_at = $1 WHERE revoked_at IS NULL \
             AND id = (SELECT family FROM refresh_tokens WHERE hash = $2)",
        )
        .bind(now.as_millis())
        .bind(&shown.0)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Forgets tokens that have expired, and sessions that have no other.
    pub(super) async fn prune_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        for over in [
            "DELETE FROM refresh_tokens WHERE hash IN \
             (SELECT hash FROM refresh_tokens WHERE expires_at <= $1 LIMIT $2)",
            "DELETE FROM refresh_families WHERE id IN (SELECT id FROM refresh_families f WHERE created_at <= $1 \
             AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.family = f.id) LIMIT $2)",
        ] {
            trim::delete(&self.writer, over, now.as_millis()).await?;
        }
        Ok(())
    }
}

async fn insert(
    change: &mut sqlx::SqliteConnection,
    family: &str,
    key: &SessionKey,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO refresh_tokens (hash, family, expires_at) VALUES ($1, $2, $3)")
        .bind(&key.0)
        .bind(family)
        .bind(expires_at.as_millis())
        .execute(change)
        .await?;
    Ok(())
}

async fn end_family(change: &mut sqlx::SqliteConnection, family: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE refresh_families SET revoked_at = $1 WHERE id = $2")
        .bind(now.as_millis())
        .bind(family)
        .execute(change)
        .await?;
    Ok(())
}
