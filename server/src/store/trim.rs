//! Keeping to the bounds: what is past its time, and what is one too many, is deleted behind those who write.
//!
//! Whatever deletes many rows does it with [`delete`]: in transactions so small that whoever writes gets a turn between
//! two of them, and the log before the database file stays short. Owns when the history is due. It must never know what a
//! row is worth: each part of the store has its own statement.

use std::collections::{HashMap, HashSet};

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};
use tokio::task::JoinHandle;

use super::StoreError;
use super::history::{Addressee, Bounds, Message};

/// Rows that a transaction deletes at most: a few milliseconds of work.
pub(super) const AT_ONCE: u32 = 500;
/// Rooms whose messages are counted between two trimmings. Beyond it all are counted anew.
const COUNTED_ROOMS: usize = 65_536;

/// Deletes what a statement finds, as many rows at a time as its second parameter says. The first one is a bound of its own.
pub(super) async fn delete(writer: &SqlitePool, statement: &'static str, bound: i64) -> Result<(), sqlx::Error> {
    loop {
        let done = sqlx::query(statement).bind(bound).bind(AT_ONCE).execute(writer).await?;
        if done.rows_affected() < u64::from(AT_ONCE) {
            return Ok(());
        }
    }
}

/// A room, as the table names it.
type RoomKey = (Box<str>, Box<str>);

/// What has been added since the history was trimmed: a room is trimmed after a quarter of its bound, all of it after a
/// hundredth of the total one.
#[derive(Debug)]
pub(super) struct Trim {
    history: History,
    rooms: HashMap<RoomKey, u32>,
    due: HashSet<RoomKey>,
    added: u32,
    under_way: Option<JoinHandle<()>>,
}

impl Trim {
    pub(super) fn new(history: History) -> Self {
        Self { history, rooms: HashMap::new(), due: HashSet::new(), added: 0, under_way: None }
    }

    /// These have been stored.
    pub(super) fn stored(&mut self, messages: &[Message]) {
        self.added = self.added.saturating_add(u32::try_from(messages.len()).unwrap_or(u32::MAX));
        for message in messages {
            let Addressee::Room(room) = &message.to else { continue };
            if self.rooms.len() >= COUNTED_ROOMS {
                self.rooms.clear();
            }
            let key: RoomKey = (message.place.as_str().into(), room.as_str().into());
            let added = self.rooms.entry(key.clone()).or_default();
            *added += 1;
            if *added > self.history.bounds.per_room / 4 {
                self.rooms.remove(&key);
                self.due.insert(key);
            }
        }
    }

    /// Begins to trim what is due, one trimming at a time. Nobody waits for it.
    pub(super) fn turn(&mut self) {
        let all = self.added > self.history.bounds.total / 100;
        if self.under_way.as_ref().is_some_and(|task| !task.is_finished()) || (self.due.is_empty() && !all) {
            return;
        }
        let (history, rooms) = (self.history.clone(), std::mem::take(&mut self.due));
        if all {
            self.added = 0;
        }
        self.under_way = Some(tokio::spawn(async move {
            match history.trim(rooms, all).await {
                // What is left is trimmed by the next run.
                Ok(()) | Err(sqlx::Error::PoolClosed) => {}
                Err(error) => tracing::error!(%error, "the history could not be trimmed"),
            }
        }));
    }
}

/// The tables of messages, and how long they may become.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub(super) bounds: Bounds,
    pub(super) readers: SqlitePool,
    pub(super) writer: SqlitePool,
}

impl History {
    /// Cuts everything back to its bounds.
    pub(super) async fn trim_all(&self) -> Result<(), StoreError> {
        let rooms =
            sqlx::query("SELECT namespace, room FROM room_messages GROUP BY namespace, room HAVING COUNT(*) > $1")
                .bind(self.bounds.per_room)
                .fetch_all(&self.readers)
                .await?;
        let rooms: Result<Vec<_>, _> = rooms.iter().map(room_key).collect();
        Ok(self.trim(rooms?, true).await?)
    }

    async fn trim(&self, rooms: impl IntoIterator<Item = RoomKey>, all: bool) -> Result<(), sqlx::Error> {
        for room in rooms {
            self.trim_room(&room).await?;
        }
        if all { self.trim_total().await } else { Ok(()) }
    }

    async fn trim_room(&self, (namespace, room): &RoomKey) -> Result<(), sqlx::Error> {
        let last: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM room_messages WHERE namespace = $1 AND room = $2 ORDER BY id DESC LIMIT 1 OFFSET $3",
        )
        .bind(&**namespace)
        .bind(&**room)
        .bind(self.bounds.per_room)
        .fetch_optional(&self.readers)
        .await?;
        let Some(last) = last else { return Ok(()) };
        loop {
            let done = sqlx::query(
                "DELETE FROM room_messages WHERE id IN (SELECT id FROM room_messages \
                 WHERE namespace = $1 AND room = $2 AND id <= $3 ORDER BY id LIMIT $4)",
            )
            .bind(&**namespace)
            .bind(&**room)
            .bind(last)
            .bind(AT_ONCE)
            .execute(&self.writer)
            .await?;
            if done.rows_affected() < u64::from(AT_ONCE) {
                return Ok(());
            }
        }
    }

    async fn trim_total(&self) -> Result<(), sqlx::Error> {
        for (last, statement) in [
            (
                "SELECT id FROM room_messages ORDER BY id DESC LIMIT 1 OFFSET $1",
                "DELETE FROM room_messages WHERE id IN \
                 (SELECT id FROM room_messages WHERE id <= $1 ORDER BY id LIMIT $2)",
            ),
            (
                "SELECT id FROM private_messages ORDER BY id DESC LIMIT 1 OFFSET $1",
                "DELETE FROM private_messages WHERE id IN \
                 (SELECT id FROM private_messages WHERE id <= $1 ORDER BY id LIMIT $2)",
            ),
        ] {
            // Looked up by a reader: it counts as many rows as may stay.
            let last: Option<i64> =
                sqlx::query_scalar(last).bind(self.bounds.total).fetch_optional(&self.readers).await?;
            if let Some(last) = last {
                delete(&self.writer, statement, last).await?;
            }
        }
        Ok(())
    }
}

fn room_key(row: &SqliteRow) -> Result<RoomKey, sqlx::Error> {
    Ok((row.try_get::<String, _>("namespace")?.into(), row.try_get::<String, _>("room")?.into()))
}
