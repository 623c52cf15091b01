//! Which of the backends' reports have been taken.

use signalbox_protocol::Timestamp;

use super::{Store, StoreError};

/// How long a report's id is remembered.
const MEMORY_MS: i64 = 24 * 60 * 60 * 1000;

impl Store {
    /// Takes a report by its id; `false` where it was taken in the last 24 hours.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn claim_report(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO reports (id, at) VALUES ($1, $2) \
             ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE reports.at < $3",
        )
        .bind(id)
        .bind(now.as_millis())
        .bind(now.as_millis() - MEMORY_MS)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a claim back, where the report could not be carried out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn release_report(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM reports WHERE id = $1").bind(id).execute(&self.writer).await?;
        Ok(())
    }

    pub(super) async fn prune_reports(&self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM reports WHERE at < $1")
            .bind(now.as_millis() - MEMORY_MS)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
