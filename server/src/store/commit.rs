//! The group commit: what many wait for at once is written in one transaction, and so costs one fsync.
//!
//! A [`Write`] is put into a bounded queue. One task takes what waits there, writes all of it in one transaction, commits
//! it, and only then tells those who wait: a [`Receipt`] is the word that something survives a crash of the machine. Who
//! puts something into a full queue waits for a place; nothing is passed over. Where the database fails, the log says
//! why, once, and every receipt of that transaction says that nothing was stored.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Timestamp, UserId};
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::StoreError;
use super::followers;
use super::history::{self, Message};
use super::mailbox::{self, Count, Expired, Letter, Posted};
use super::outbox::{Acceptance, Lane, Numbers, Outgoing};
use super::trim::Trim;

/// Writes that may wait for their turn.
const QUEUE: usize = 4096;
/// Writes that share a transaction.
const BATCH: usize = 512;
/// Writes that nobody waits for wait themselves, so long, for others to share a transaction with.
const LINGER: Duration = Duration::from_millis(50);

/// Everything that is written this way.
#[derive(Debug)]
pub(super) enum Write {
    /// A message for the history.
    Message(Message, Waiter<()>),
    /// A user has been seen.
    Seen(User, Timestamp),
    /// Letters for the mailbox.
    Letters(Vec<Letter>, Waiter<Vec<Posted>>),
    /// Letters have been handed over.
    Collected(Vec<i64>, Waiter<()>),
    /// Letters that have waited too long go.
    Expire(Timestamp, Waiter<Expired>),
    /// A user is gone since that moment.
    Forget(UserId, Timestamp, Waiter<()>),
    /// What a backend wants sent.
    Accept {
        /// By which task.
        lane: Lane,
        /// In this order.
        items: Vec<Outgoing>,
        /// When.
        now: Timestamp,
        /// Told which of them are new.
        waiter: Waiter<Vec<Acceptance>>,
    },
    /// What has been sent goes.
    Sent(Vec<i64>, Waiter<()>),
    /// Nothing: what was put into the queue before it is stored when it is its turn.
    Fence(Waiter<()>),
}

/// Who is told when the transaction is committed.
pub(super) type Waiter<T> = oneshot::Sender<T>;

/// The word that something is stored. It comes when it is, or says that it is not; nobody may be told so before.
#[derive(Debug)]
#[must_use = "what nobody waits for may be lost unnoticed"]
pub struct Receipt<T>(oneshot::Receiver<T>);

impl<T> Future for Receipt<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|told| told.map_err(|_| StoreError::NotCommitted))
    }
}

/// The way into the queue. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Commit(mpsc::Sender<Write>);

impl Commit {
    /// Starts the task. It ends with the last way into its queue.
    pub(super) fn start(writer: SqlitePool, trim: Trim) -> Self {
        let (way, queue) = mpsc::channel(QUEUE);
        let committer = Committer { writer, queue, trim, letters: Count::default(), numbers: Numbers::default() };
        tokio::spawn(committer.run());
        Self(way)
    }

    /// Takes a place in the queue, waiting for one where it is full.
    pub(super) async fn put<T>(&self, write: impl FnOnce(Waiter<T>) -> Write) -> Receipt<T> {
        let (waiter, receipt) = oneshot::channel();
        // Without the task the waiter is dropped with the write, and the receipt says so.
        let _ = self.0.send(write(waiter)).await;
        Receipt(receipt)
    }

    /// The same where nobody waits: not for its place in the queue, and not for the disk.
    pub(super) fn put_unwatched(&self, write: Write) {
        if let Err(TrySendError::Full(write)) = self.0.try_send(write) {
            let way = self.0.clone();
            // As many as connections at most: only their arrival is noted this way.
            tokio::spawn(async move { way.send(write).await });
        }
    }

    /// Returns when everything that was put into the queue before has been written or has failed.
    pub(super) async fn settled(&self) {
        // It does not matter here whether it failed: those who waited have been told.
        let _ = self.put(Write::Fence).await.await;
    }
}

/// The one that writes.
struct Committer {
    writer: SqlitePool,
    queue: mpsc::Receiver<Write>,
    trim: Trim,
    letters: Count,
    numbers: Numbers,
}

/// What is to be told after the commit.
type Tidings = Vec<Box<dyn FnOnce() + Send>>;

impl Committer {
    async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.queue.recv_many(&mut batch, BATCH).await > 0 {
            self.linger(&mut batch).await;
            let writes = batch.len();
            // A panic is one transaction's: nobody else could ever be told again that something is stored.
            match AssertUnwindSafe(self.commit(&mut batch)).catch_unwind().await {
                Ok(Ok(tidings)) => tidings.into_iter().for_each(|tell| tell()),
                // The waiters are gone with their writes.
                Ok(Err(error)) => {
                    tracing::error!(%error, writes, "nothing of a transaction could be stored");
                    self.letters.forget();
                }
                Err(_) => {
                    tracing::error!(writes, "nothing of a transaction could be stored: writing it panicked");
                    self.letters.forget();
                }
            }
            batch.clear();
            self.trim.turn();
        }
    }

    /// Where nobody waits for any of the batch, takes what comes within a moment, or until somebody does.
    async fn linger(&mut self, batch: &mut Vec<Write>) {
        let end = Instant::now() + LINGER;
        while batch.len() < BATCH && batch.iter().all(|write| matches!(write, Write::Seen(..))) {
            let more = self.queue.recv_many(batch, BATCH - batch.len());
            match timeout_at(end, more).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// Writes a batch in one transaction.
    async fn commit(&mut self, batch: &mut Vec<Write>) -> Result<Tidings, sqlx::Error> {
        let mut change = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut tidings = Tidings::new();
        let (mut messages, mut seen, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for write in batch.drain(..) {
            match write {
                Write::Message(message, waiter) => {
                    messages.push(message);
                    tidings.push(tell(waiter, ()));
                }
                Write::Seen(user, at) => seen.push((user, at)),
                other => others.push(other),
            }
        }
        history::insert(&mut change, &messages).await?;
        // Before the letters: one may be for somebody who has just been seen for the first time.
        mailbox::see(&mut change, seen).await?;
        for write in others {
            tidings.extend(self.write(&mut change, write).await?);
        }
        change.commit().await?;
        self.trim.stored(&messages);
        Ok(tidings)
    }

    /// Writes one of which there are few.
    async fn write(
        &mut self,
        change: &mut SqliteConnection,
        write: Write,
    ) -> Result<Option<Box<dyn FnOnce() + Send>>, sqlx::Error> {
        Ok(Some(match write {
            Write::Letters(letters, waiter) => tell(waiter, self.letters.post(change, &letters).await?),
            Write::Collected(letters, waiter) => tell(waiter, self.letters.collect(change, &letters).await?),
            Write::Expire(now, waiter) => tell(waiter, self.letters.expire(change, now).await?),
            Write::Forget(user, gone, waiter) => {
                followers::forget(change, &user).await?;
                tell(waiter, self.letters.forget_user(change, &user, gone).await?)
            }
            Write::Accept { lane, items, now, waiter } => {
                tell(waiter, self.numbers.accept(change, lane, &items, now).await?)
            }
            Write::Sent(items, waiter) => tell(waiter, self.numbers.clear(change, &items).await?),
            Write::Fence(waiter) => tell(waiter, ()),
            Write::Message(..) | Write::Seen(..) => return Ok(None),
        }))
    }
}

/// Tells the waiter after the commit.
fn tell<T: Send + 'static>(waiter: Waiter<T>, outcome: T) -> Box<dyn FnOnce() + Send> {
    // Who waited may have gone.
    Box::new(move || drop(waiter.send(outcome)))
}
