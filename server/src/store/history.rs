//! The history of rooms and of private messages: written by the group commit, read in pages.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::value::RawValue;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Namespace, RoomName, Timestamp, UserId};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{QueryBuilder, Row, SqliteConnection, SqlitePool};

use super::commit::{Receipt, Write};
use super::{Store, StoreError};
use crate::hub::Place;

/// Rows are inserted in so many at a time, or in powers of two below it: each number is a statement of its own.
const ROWS: usize = 32;

/// A message that is to be kept.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number, of the gateway's growing ones.
    pub id: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// In which namespace.
    pub place: Place,
    /// By whom.
    pub from: User,
    /// To whom.
    pub to: Addressee,
    /// What it says: a text, or in `/chat` any value.
    pub content: Box<RawValue>,
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// The members of a room.
    Room(RoomName),
    /// One user.
    User(UserId),
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptMessage {
    /// Its number. Later messages have greater ones.
    pub id: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// In which namespace.
    pub namespace: Namespace,
    /// By whom.
    pub from: User,
    /// To whom.
    pub to: Addressee,
    /// What it says.
    pub content: serde_json::Value,
}

/// How much history there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Messages of one room.
    pub per_room: u32,
    /// Messages of all rooms, as many private ones, and as many notifications.
    pub total: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { per_room: 1_000, total: 1_000_000 }
    }
}

impl Store {
    /// Puts a message into the history. Waits for a place in the queue, and gives the receipt.
    pub async fn keep(&self, message: Message) -> Receipt<()> {
        self.commit.put(|waiter| Write::Message(message, waiter)).await
    }

    /// The number of the next message: greater than all before it, those of earlier runs included.
    pub fn number_message(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The latest messages of a room before `before`, latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn room_messages(
        &self,
        place: Place,
        room: &RoomName,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<KeptMessage>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM room_messages WHERE namespace = $1 AND room = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        )
        .bind(place.as_str())
        .bind(room.as_str())
        .bind(bound(before))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| message(row, Addressee::Room(room.clone()))).collect()
    }

    /// The latest private messages that the user sent or was sent, before `before`, latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn private_messages(
        &self,
        user: &UserId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<KeptMessage>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM (SELECT * FROM private_messages WHERE sender = $1 AND id < $2 ORDER BY id DESC LIMIT $3) \
             AS sent UNION \
             SELECT * FROM (SELECT * FROM private_messages WHERE recipient = $1 AND id < $2 ORDER BY id DESC LIMIT $3) \
             AS received ORDER BY id DESC LIMIT $3",
        )
        .bind(user.to_string())
        .bind(bound(before))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let to = |row: &SqliteRow| user_id(row, "recipient").map(Addressee::User);
        rows.iter().map(|row| message(row, to(row)?)).collect()
    }
}

/// What messages are numbered from: the time, or, where the clock has gone back, the last message that is kept.
pub(super) async fn numbers(writer: &SqlitePool, now: Timestamp) -> Result<AtomicU64, sqlx::Error> {
    let mut last = number(now.0) * 1000;
    for table in ["SELECT MAX(id) FROM room_messages", "SELECT MAX(id) FROM private_messages"] {
        let greatest: Option<i64> = sqlx::query_scalar(table).fetch_one(writer).await?;
        last = last.max(greatest.map_or(0, number));
    }
    Ok(AtomicU64::new(last))
}

/// Writes messages, in as few statements as there are powers of two in their number.
pub(super) async fn insert(change: &mut SqliteConnection, messages: &[Message]) -> Result<(), sqlx::Error> {
    let (rooms, private): (Vec<_>, Vec<_>) =
        messages.iter().partition(|message| matches!(message.to, Addressee::Room(_)));
    let room_columns = "INSERT INTO room_messages (id, at, namespace, sender, sender_name, content, room) ";
    let private_columns = "INSERT INTO private_messages (id, at, namespace, sender, sender_name, content, recipient) ";
    for (columns, messages) in [(room_columns, rooms), (private_columns, private)] {
        let mut rest = &messages[..];
        while !rest.is_empty() {
            let (rows, later) = rest.split_at(at_once(rest.len()));
            QueryBuilder::<Sqlite>::new(columns)
                .push_values(rows, |mut row, message| {
                    row.push_bind(i64::try_from(message.id).unwrap_or(i64::MAX))
                        .push_bind(message.at.as_millis())
                        .push_bind(message.place.as_str())
                        .push_bind(message.from.id.to_string())
                        .push_bind(&*message.from.username)
                        .push_bind(message.content.get())
                        .push_bind(match &message.to {
                            Addressee::Room(room) => room.as_str().to_owned(),
                            Addressee::User(user) => user.to_string(),
                        });
                })
                .build()
                .execute(&mut *change)
                .await?;
            rest = later;
        }
    }
    Ok(())
}

/// The greatest power of two that is not more than `rows`, up to [`ROWS`].
pub(super) fn at_once(rows: usize) -> usize {
    ROWS.min(1 << rows.max(1).ilog2())
}

fn message(row: &SqliteRow, to: Addressee) -> Result<KeptMessage, StoreError> {
    let content: String = row.try_get("content")?;
    Ok(KeptMessage {
        id: number(row.try_get("id")?),
        at: Timestamp(row.try_get("at")?),
        namespace: row.try_get::<String, _>("namespace")?.into(),
        from: User { id: user_id(row, "sender")?, username: row.try_get::<String, _>("sender_name")?.into() },
        to,
        content: serde_json::from_str(&content).map_err(|_| StoreError::Unreadable("message"))?,
    })
}

pub(super) fn user_id(row: &SqliteRow, column: &'static str) -> Result<UserId, StoreError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Unreadable("user id"))
}

/// Numbers are never negative; the database knows no other kind.
fn number(id: i64) -> u64 {
    u64::try_from(id).unwrap_or_default()
}

fn bound(before: Option<u64>) -> i64 {
    before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX))
}
