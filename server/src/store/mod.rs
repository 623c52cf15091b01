//! What is durable: who may act (accounts, sessions, API keys) and who may not come in (bans, revocations), the audit log,
//! the history of messages and notifications, what waits for users who are away, what backends have had accepted,
//! followers, and the policy of limits.
//!
//! SQLite in WAL with `synchronous=FULL`: what a caller has been told is stored survives a crash of the machine. There
//! is one writer. What few ask for is written by them, one after another; what thousands may ask for at once goes
//! through the group commit ([`commit`]); whatever is too old or too much is deleted in small steps ([`trim`]). The store
//! must never know a socket, a route or a token's text: it is given hashes and plain records.

mod accounts;
mod api_keys;
mod audit;
mod bans;
mod commit;
mod followers;
mod history;
mod mailbox;
mod notifications;
mod open;
mod outbox;
mod policy;
mod revocations;
mod sessions;
mod trim;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use signalbox_protocol::Timestamp;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

pub use accounts::{Account, AccountChange};
pub use api_keys::KeyHash;
pub use audit::{AuditEntry, AuditFilter, AuditId, AuditRecord};
pub use commit::Receipt;
pub use followers::Following;
pub use history::{Addressee, Bounds, KeptMessage, Message};
pub use mailbox::{KeptLetter, Letter, Posted};
pub use notifications::NewNotification;
pub use open::OpenError;
pub use outbox::{Acceptance, Lane, Outgoing, Unsent};
pub use sessions::{Rotation, SessionKey};

/// The durable state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    commit: commit::Commit,
    history: trim::History,
    numbers: Arc<AtomicU64>,
    /// Where the file was too large to be looked through first: how to open it once more.
    unchecked: Option<Arc<SqliteConnectOptions>>,
}

/// Why the store could not do what was asked. Callers answer `internal`; the text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused.
    #[error("the store failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A record that this version cannot read.
    #[error("the store holds an unreadable {0}")]
    Unreadable(&'static str),
    /// The transaction that it was part of failed; the log has said why.
    #[error("it was not stored: its transaction failed")]
    NotCommitted,
}

impl Store {
    /// Whether it answers.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Forgets what is past its time or its bound: audit entries and keys after 400 days, backends' ids after one,
    /// letters after 30, bans, revocations and sessions that are over, messages beyond the history's bounds.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn prune(&self, now: Timestamp) -> Result<(), StoreError> {
        self.prune_audit(now).await?;
        self.prune_published(now).await?;
        self.prune_mailbox(now).await?;
        self.prune_api_keys(now).await?;
        self.prune_bans(now).await?;
        self.prune_revocations(now).await?;
        self.prune_sessions(now).await?;
        self.history.trim_all().await
    }

    /// Writes what is outstanding into the database file and closes it.
    pub async fn close(&self) {
        self.commit.settled().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod forward_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trim_tests;
