//! What operators say of limits.

use signalbox_protocol::Timestamp;
use sqlx::Row;

use super::{Store, StoreError};
use crate::config::EventName;

impl Store {
    /// Keeps an operator's entry of the rate-limit policy, or takes it out.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn put_policy(
        &self,
        name: &EventName,
        limit: Option<u32>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = match limit {
            Some(limit) => sqlx::query(
                "INSERT INTO policy (namespace, event, ceiling, author, at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (namespace, event) \
                 DO UPDATE SET ceiling = excluded.ceiling, author = excluded.author, at = excluded.at",
            )
            .bind(name.namespace.as_str().to_owned())
            .bind(name.event.to_string())
            .bind(i64::from(limit))
            .bind(by.to_owned())
            .bind(now.as_millis()),
            None => sqlx::query("DELETE FROM policy WHERE namespace = $1 AND event = $2")
                .bind(name.namespace.as_str().to_owned())
                .bind(name.event.to_string()),
        };
        query.execute(&self.writer).await?;
        Ok(())
    }

    /// The operators' entries.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn policy(&self) -> Result<Vec<(EventName, u32)>, StoreError> {
        let rows = sqlx::query("SELECT namespace, event, ceiling FROM policy").fetch_all(&self.readers).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let (namespace, event): (String, String) = (row.try_get("namespace")?, row.try_get("event")?);
            let limit: i64 = row.try_get("ceiling")?;
            let limit = u32::try_from(limit).map_err(|_| StoreError::Unreadable("entry of the rate-limit policy"))?;
            Ok((EventName { namespace: namespace.into(), event: event.into() }, limit))
        };
        rows.iter().map(read).collect()
    }
}
