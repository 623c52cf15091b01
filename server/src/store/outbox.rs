//! The outbox: what backends were told is accepted, from then until it has been sent, and the ids that it came with.

use signalbox_protocol::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::commit::{Receipt, Write};
use super::{Store, StoreError, trim};

/// How long an id is remembered.
const MEMORY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is sent by one and the same task, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Messages.
    Messages,
    /// Business events.
    Reports,
}

/// Something that a backend wants sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Who sends it; each has ids of its own.
    pub producer: String,
    /// Where it may come twice.
    pub id: Option<String>,
    /// What is to be sent, as whoever sends it will read it.
    pub body: String,
}

/// Something that is still to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its number: the order of acceptance.
    pub id: i64,
    /// When it was accepted.
    pub at: Timestamp,
    /// What is to be sent.
    pub body: String,
}

/// What became of something that a backend wants sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It will be sent.
    Accepted,
    /// It has been accepted before.
    Duplicate,
}

impl Store {
    /// Accepts what is to be sent, all of it or nothing, in this order.
    pub async fn accept(&self, lane: Lane, items: Vec<Outgoing>, now: Timestamp) -> Receipt<Vec<Acceptance>> {
        self.commit.put(|waiter| Write::Accept { lane, items, now, waiter }).await
    }

    /// These have been sent.
    pub async fn sent(&self, items: Vec<i64>) -> Receipt<()> {
        self.commit.put(|waiter| Write::Sent(items, waiter)).await
    }

    /// What is still to be sent behind `after`, in the order of acceptance.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn unsent(&self, lane: Lane, after: i64, limit: u32) -> Result<Vec<Unsent>, StoreError> {
        let rows = sqlx::query("SELECT id, at, body FROM outbox WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(lane.word())
            .bind(after)
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        let read = |row: &SqliteRow| {
            Ok(Unsent { id: row.try_get("id")?, at: Timestamp(row.try_get("at")?), body: row.try_get("body")? })
        };
        rows.iter().map(read).collect()
    }

    /// How much is still to be sent.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_unsent(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(&self.readers).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Forgets ids that were given more than a day ago.
    pub(super) async fn prune_published(&self, now: Timestamp) -> Result<(), StoreError> {
        for old in [
            "DELETE FROM published WHERE rowid IN (SELECT rowid FROM published WHERE at < $1 LIMIT $2)",
            "DELETE FROM reports WHERE rowid IN (SELECT rowid FROM reports WHERE at < $1 LIMIT $2)",
        ] {
            trim::delete(&self.writer, old, now.as_millis() - MEMORY_MS).await?;
        }
        Ok(())
    }
}

impl Lane {
    const fn word(self) -> &'static str {
        match self {
            Self::Messages => "message",
            Self::Reports => "report",
        }
    }
}

/// What the outbox's one writer knows of it: the last number, which is never given twice in a run.
#[derive(Debug, Default)]
pub(super) struct Numbers(Option<i64>);

impl Numbers {
    /// Accepts what is new.
    pub(super) async fn accept(
        &mut self,
        change: &mut SqliteConnection,
        lane: Lane,
        items: &[Outgoing],
        now: Timestamp,
    ) -> Result<Vec<Acceptance>, sqlx::Error> {
        let mut accepted = Vec::with_capacity(items.len());
        for item in items {
            if let Some(id) = &item.id
                && !claim(change, lane, &item.producer, id, now).await?
            {
                accepted.push(Acceptance::Duplicate);
                continue;
            }
            let number = self.next(change).await?;
            sqlx::query("INSERT INTO outbox (id, at, kind, body) VALUES ($1, $2, $3, $4)")
                .bind(number)
                .bind(now.as_millis())
                .bind(lane.word())
                .bind(&item.body)
                .execute(&mut *change)
                .await?;
            accepted.push(Acceptance::Accepted);
        }
        Ok(accepted)
    }

    /// Takes out what has been sent.
    pub(super) async fn clear(&mut self, change: &mut SqliteConnection, items: &[i64]) -> Result<(), sqlx::Error> {
        // Known before it is gone: the lanes have gone on behind these, and would never come to a number that was given anew.
        self.last(change).await?;
        for item in items {
            sqlx::query("DELETE FROM outbox WHERE id = $1").bind(item).execute(&mut *change).await?;
        }
        Ok(())
    }

    async fn next(&mut self, change: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
        let last = self.last(change).await?;
        Ok(*self.0.insert(last + 1))
    }

    /// The last number that was given, by an earlier run too, as far as it is still there when this one begins.
    async fn last(&mut self, change: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
        match self.0 {
            Some(last) => Ok(last),
            None => {
                let last = sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM outbox").fetch_one(change).await?;
                Ok(*self.0.insert(last))
            }
        }
    }
}

/// Takes an id; false where it was taken in the last 24 hours.
async fn claim(
    change: &mut SqliteConnection,
    lane: Lane,
    producer: &str,
    id: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let claim = match lane {
        Lane::Messages => sqlx::query(
            "INSERT INTO published (at, producer, id) VALUES ($1, $3, $4) \
             ON CONFLICT (producer, id) DO UPDATE SET at = excluded.at WHERE published.at < $2",
        ),
        // Reports' ids are older than messages', and stand in a table of their own.
        Lane::Reports => sqlx::query(
            "INSERT INTO reports (at, id) VALUES ($1, $3 || ' ' || $4) \
             ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE reports.at < $2",
        ),
    };
    let now = now.as_millis();
    let done = claim.bind(now).bind(now - MEMORY_MS).bind(producer).bind(id).execute(change).await?;
    Ok(done.rows_affected() == 1)
}
