//! Letters: what waits for users who are away. And who has been seen, because nothing is kept for others.

use serde_json::value::RawValue;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Namespace, Timestamp, UserId};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{QueryBuilder, Row, SqliteConnection};

use super::commit::{Receipt, Write};
use super::history::{at_once, user_id};
use super::{Store, StoreError, trim};
use crate::hub::Place;

/// Letters that wait for one user. Later ones are not taken.
const PER_USER: u32 = 1_000;
/// Letters that wait in all.
const TOTAL: u64 = 100_000;
/// How long a letter waits.
const PATIENCE_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How long a user is remembered who does not come back.
const MEMORY_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// Something for a user who is away.
#[derive(Debug, Clone)]
pub struct Letter {
    /// For whom.
    pub to: UserId,
    /// Since when it waits.
    pub at: Timestamp,
    /// Where it is heard; anywhere, as a notification, where this does not say.
    pub place: Option<Place>,
    /// Under which name, where it is heard in one place.
    pub event: Box<str>,
    /// What it says.
    pub payload: Box<RawValue>,
}

/// A letter as it waits.
#[derive(Debug, Clone)]
pub struct KeptLetter {
    /// Its number: the order in which letters were taken.
    pub id: i64,
    /// Where it is heard.
    pub place: Option<Place>,
    /// Under which name, where it is heard in one place.
    pub event: Box<str>,
    /// What it says.
    pub payload: Box<RawValue>,
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It waits.
    Kept,
    /// The gateway has never seen the user.
    Stranger,
    /// Too many wait already, for this user or in all.
    Full,
}

/// How much of what has waited too long is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    /// All of it.
    All,
    /// As much as a transaction may: there may be more.
    AsMany,
}

impl Store {
    /// Notes that the gateway has seen the user. Nobody waits for it.
    pub fn seen(&self, user: &User, now: Timestamp) {
        self.commit.put_unwatched(Write::Seen(user.clone(), now));
    }

    /// The name that the user last bore, and when the user was last seen to come in. `None` for one who was never seen, or
    /// not for very long.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_seen(&self, user: &UserId) -> Result<Option<(String, Timestamp)>, StoreError> {
        let row: Option<(String, i64)> = sqlx::query_as("SELECT name, at FROM users WHERE id = $1")
            .bind(user.to_string())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|(name, at)| (name, Timestamp(at))))
    }

    /// The user is gone since that moment: nothing waits, nobody follows or is followed, and the gateway has never seen the
    /// user. What came later is of somebody who has come back under the same id.
    pub async fn forget(&self, user: &UserId, gone: Timestamp) -> Receipt<()> {
        self.commit.put(|waiter| Write::Forget(user.clone(), gone, waiter)).await
    }

    /// Puts letters into the mailbox, in this order, and all of them or none. Waits for a place in the queue, and gives the
    /// receipt, which says what became of each.
    pub async fn post(&self, letters: Vec<Letter>) -> Receipt<Vec<Posted>> {
        self.commit.put(|waiter| Write::Letters(letters, waiter)).await
    }

    /// These letters have been handed over.
    pub async fn collected(&self, letters: Vec<i64>) -> Receipt<()> {
        self.commit.put(|waiter| Write::Collected(letters, waiter)).await
    }

    /// The oldest letters for the user that are heard in one of these places or anywhere, oldest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn letters(
        &self,
        user: &UserId,
        places: &[Place],
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<KeptLetter>, StoreError> {
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT id, namespace, event, payload FROM mailbox WHERE recipient = ");
        query.push_bind(user.to_string()).push(" AND at > ").push_bind(now.as_millis() - PATIENCE_MS);
        query.push(" AND (namespace IS NULL OR namespace IN (");
        let mut named = query.separated(", ");
        for place in places {
            named.push_bind(place.as_str());
        }
        query.push(")) ORDER BY id LIMIT ").push_bind(limit);
        query.build().fetch_all(&self.readers).await?.iter().map(letter).collect()
    }

    /// For whom something waits, and where it is heard.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn awaited(&self) -> Result<Vec<(UserId, Option<Place>)>, StoreError> {
        let rows = sqlx::query("SELECT DISTINCT recipient, namespace FROM mailbox").fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((user_id(row, "recipient")?, place(row)?))).collect()
    }

    /// Forgets letters that have waited too long, and users who have not been seen for very long.
    pub(super) async fn prune_mailbox(&self, now: Timestamp) -> Result<(), StoreError> {
        while self.commit.put(|waiter| Write::Expire(now, waiter)).await.await? == Expired::AsMany {}
        let gone = "DELETE FROM users WHERE rowid IN (SELECT rowid FROM users WHERE at < $1 LIMIT $2)";
        Ok(trim::delete(&self.writer, gone, now.as_millis() - MEMORY_MS).await?)
    }
}

/// What the mailbox's one writer knows of it.
#[derive(Debug, Default)]
pub(super) struct Count(Option<u64>);

impl Count {
    /// A transaction has failed: it has to be counted again.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    async fn get(&mut self, change: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
        match self.0 {
            Some(count) => Ok(count),
            None => {
                let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM mailbox").fetch_one(change).await?;
                Ok(*self.0.insert(u64::try_from(count).unwrap_or_default()))
            }
        }
    }

    /// Takes letters, where there is room and the user is known.
    pub(super) async fn post(
        &mut self,
        change: &mut SqliteConnection,
        letters: &[Letter],
    ) -> Result<Vec<Posted>, sqlx::Error> {
        let mut posted = Vec::with_capacity(letters.len());
        for letter in letters {
            posted.push(self.post_one(change, letter).await?);
        }
        Ok(posted)
    }

    async fn post_one(&mut self, change: &mut SqliteConnection, letter: &Letter) -> Result<Posted, sqlx::Error> {
        let to = letter.to.to_string();
        let known: Option<i64> =
            sqlx::query_scalar("SELECT at FROM users WHERE id = $1").bind(&to).fetch_optional(&mut *change).await?;
        if known.is_none() {
            return Ok(Posted::Stranger);
        }
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM mailbox WHERE recipient = $1")
            .bind(&to)
            .fetch_one(&mut *change)
            .await?;
        if waiting >= i64::from(PER_USER) || self.get(change).await? >= TOTAL {
            return Ok(Posted::Full);
        }
        sqlx::query("INSERT INTO mailbox (at, recipient, namespace, event, payload) VALUES ($1, $2, $3, $4, $5)")
            .bind(letter.at.as_millis())
            .bind(&to)
            .bind(letter.place.map(Place::as_str))
            .bind(&*letter.event)
            .bind(letter.payload.get())
            .execute(change)
            .await?;
        self.0 = self.0.map(|count| count + 1);
        Ok(Posted::Kept)
    }

    /// Takes letters out.
    pub(super) async fn collect(&mut self, change: &mut SqliteConnection, letters: &[i64]) -> Result<(), sqlx::Error> {
        for letter in letters {
            let done = sqlx::query("DELETE FROM mailbox WHERE id = $1").bind(letter).execute(&mut *change).await?;
            self.0 = self.0.map(|count| count.saturating_sub(done.rows_affected()));
        }
        Ok(())
    }

    /// Takes out what waited for a user until that moment, and forgets having seen the user until then.
    pub(super) async fn forget_user(
        &mut self,
        change: &mut SqliteConnection,
        user: &UserId,
        gone: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let (user, gone) = (user.to_string(), gone.as_millis());
        let letters = sqlx::query("DELETE FROM mailbox WHERE recipient = $1 AND at <= $2").bind(&user).bind(gone);
        let done = letters.execute(&mut *change).await?;
        self.0 = self.0.map(|count| count.saturating_sub(done.rows_affected()));
        sqlx::query("DELETE FROM users WHERE id = $1 AND at <= $2").bind(&user).bind(gone).execute(change).await?;
        Ok(())
    }

    /// Takes out what has waited too long, as much as a transaction may.
    pub(super) async fn expire(
        &mut self,
        change: &mut SqliteConnection,
        now: Timestamp,
    ) -> Result<Expired, sqlx::Error> {
        let done = sqlx::query("DELETE FROM mailbox WHERE id IN (SELECT id FROM mailbox WHERE at <= $1 LIMIT $2)")
            .bind(now.as_millis() - PATIENCE_MS)
            .bind(trim::AT_ONCE)
            .execute(change)
            .await?;
        if done.rows_affected() > 0 {
            tracing::warn!(letters = done.rows_affected(), "letters have waited too long and are dropped");
        }
        self.0 = self.0.map(|count| count.saturating_sub(done.rows_affected()));
        Ok(if done.rows_affected() < u64::from(trim::AT_ONCE) { Expired::All } else { Expired::AsMany })
    }
}

/// Notes who has been seen, each once.
pub(super) async fn see(change: &mut SqliteConnection, mut seen: Vec<(User, Timestamp)>) -> Result<(), sqlx::Error> {
    seen.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
    seen.dedup_by(|(one, _), (other, _)| one.id == other.id);
    let mut rest = &seen[..];
    while !rest.is_empty() {
        let (rows, later) = rest.split_at(at_once(rest.len()));
        QueryBuilder::<Sqlite>::new("INSERT INTO users (id, name, at) ")
            .push_values(rows, |mut row, (user, at)| {
                row.push_bind(user.id.to_string()).push_bind(&*user.username).push_bind(at.as_millis());
            })
            .push(" ON CONFLICT (id) DO UPDATE SET name = excluded.name, at = excluded.at")
            .build()
            .execute(&mut *change)
            .await?;
        rest = later;
    }
    Ok(())
}

fn letter(row: &SqliteRow) -> Result<KeptLetter, StoreError> {
    Ok(KeptLetter {
        id: row.try_get("id")?,
        place: place(row)?,
        event: row.try_get::<String, _>("event")?.into(),
        payload: RawValue::from_string(row.try_get("payload")?).map_err(|_| StoreError::Unreadable("letter"))?,
    })
}

fn place(row: &SqliteRow) -> Result<Option<Place>, StoreError> {
    let Some(name) = row.try_get::<Option<String>, _>("namespace")? else { return Ok(None) };
    Place::find(&Namespace::from(name)).map(Some).ok_or(StoreError::Unreadable("letter"))
}
