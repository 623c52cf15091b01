//! Backends' keys: their hashes and what each opens, never a key's text.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::ApiKey;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError};

/// A key that opens nothing any more is kept for so long, beside the audit log.
const RETENTION_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// A key's hash, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyHash(pub String);

impl Store {
    /// Keeps a new key.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_api_key(&self, key: &ApiKey, hash: &KeyHash) -> Result<(), StoreError> {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        sqlx::query(
            "INSERT INTO api_keys (id, hash, name, scopes, created_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&key.id)
        .bind(&hash.0)
        .bind(&key.name)
        .bind(scopes.join(" "))
        .bind(&key.created_by)
        .bind(key.created_at.as_millis())
        .bind(key.expires_at.as_millis())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// All keys, the latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn api_keys(&self) -> Result<Vec<(KeyHash, ApiKey)>, StoreError> {
        let rows = sqlx::query("SELECT * FROM api_keys ORDER BY created_at DESC, id").fetch_all(&self.readers).await?;
        rows.iter().map(record).collect()
    }

    /// Revokes a key; `None` where there is none of that id, or it is revoked already.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revoke_api_key(&self, id: &str, now: Timestamp) -> Result<Option<(KeyHash, ApiKey)>, StoreError> {
        let row = sqlx::query("UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING *")
            .bind(now.as_millis())
            .bind(id)
            .fetch_optional(&self.writer)
            .await?;
        row.as_ref().map(record).transpose()
    }

    /// Notes when a key was used.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn api_key_used(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
            .bind(at.as_millis())
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Forgets keys that have opened nothing for 400 days.
    pub(super) async fn prune_api_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM api_keys WHERE expires_at < $1 OR revoked_at < $1")
            .bind(now.as_millis() - RETENTION_MS)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn record(row: &SqliteRow) -> Result<(KeyHash, ApiKey), StoreError> {
    let scopes: String = row.try_get("scopes")?;
    let scopes: Result<_, _> = scopes.split(' ').map(str::parse).collect();
    let key = ApiKey {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        scopes: scopes.map_err(|_| StoreError::Unreadable("scope of an API key"))?,
        created_by: row.try_get("created_by")?,
        created_at: Timestamp(row.try_get("created_at")?),
        expires_at: Timestamp(row.try_get("expires_at")?),
        last_used_at: row.try_get::<Option<i64>, _>("last_used_at")?.map(Timestamp),
        revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(Timestamp),
    };
    Ok((KeyHash(row.try_get("hash")?), key))
}
