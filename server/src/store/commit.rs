//! The group commit: what many wait for at once is written in one transaction, and so costs one fsync.
//!
//! A [`Write`] is put into a bounded queue. One task takes what waits there, writes all of it in one transaction, commits
//! it, and only then tells those who wait: a [`Receipt`] is the word that something survives a crash of the machine. Who
//! puts something into a full queue waits for a place; nothing is passed over. Where the database fails, the log says
//! why, once, and every receipt of that transaction says that nothing was stored.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use super::history::{Message, Trim};

/// Writes that may wait for their turn.
const QUEUE: usize = 4096;
/// Writes that share a transaction.
const BATCH: usize = 512;

/// Everything that is written this way.
#[derive(Debug)]
pub(super) enum Write {
    /// A message for the history.
    Message(Message, Waiter<()>),
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
        tokio::spawn(Committer { writer, queue, trim }.run());
        Self(way)
    }

    /// Takes a place in the queue, waiting for one where it is full.
    pub(super) async fn put<T>(&self, write: impl FnOnce(Waiter<T>) -> Write) -> Receipt<T> {
        let (waiter, receipt) = oneshot::channel();
        // Without the task the waiter is dropped with the write, and the receipt says so.
        let _ = self.0.send(write(waiter)).await;
        Receipt(receipt)
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
}

/// What is to be told after the commit.
type Tidings = Vec<Box<dyn FnOnce() + Send>>;

impl Committer {
    async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.queue.recv_many(&mut batch, BATCH).await > 0 {
            let writes = batch.len();
            match self.commit(&mut batch).await {
                Ok(tidings) => tidings.into_iter().for_each(|tell| tell()),
                // Their waiters are gone with the writes.
                Err(error) => tracing::error!(%error, writes, "nothing of a transaction could be stored"),
            }
            batch.clear();
            if let Err(error) = self.trim.turn(&self.writer).await {
                tracing::error!(%error, "the history could not be trimmed");
            }
        }
    }

    /// Writes a batch in one transaction.
    async fn commit(&mut self, batch: &mut Vec<Write>) -> Result<Tidings, sqlx::Error> {
        let mut change = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut tidings = Tidings::new();
        let mut messages = Vec::new();
        for write in batch.drain(..) {
            match write {
                Write::Message(message, waiter) => {
                    messages.push(message);
                    tidings.push(tell(waiter, ()));
                }
                Write::Fence(waiter) => tidings.push(tell(waiter, ())),
            }
        }
        super::history::insert(&mut change, &messages).await?;
        change.commit().await?;
        self.trim.stored(&messages);
        Ok(tidings)
    }
}

/// Tells the waiter after the commit.
fn tell<T: Send + 'static>(waiter: Waiter<T>, outcome: T) -> Box<dyn FnOnce() + Send> {
    // Who waited may have gone.
    Box::new(move || drop(waiter.send(outcome)))
}
