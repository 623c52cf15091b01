//! Opening the database file: pragmas, the check for damage, migrations.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use signalbox_protocol::Timestamp;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};

use super::commit::Commit;
use super::history::{self, Bounds};
use super::trim::{History, Trim};
use super::{Store, StoreError};
use crate::data_dir;

/// The database's name in the data directory.
const FILE: &str = "signalbox.db";

/// A file up to this size is looked through before it is used, in about a tenth of a second; a larger one while it is.
const CHECKED_FIRST: u64 = 32 << 20;

const READERS: u32 = 4;
/// Rows that a reader has ready: whenever it has none, another thread has to get its turn.
const READY_ROWS: usize = 512;

/// Why there is no store. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("cannot use the data directory {}: {source}; give another one with --data-dir", path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a sound database.
    #[error(
        "the database {} is damaged ({what}); stop the gateway, move the file away and put a backup in its place, \
         or start without it and add the accounts again",
        path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What the check found.
        what: String,
    },
    /// The file was written by a newer version.
    #[error("the database {} was written by a newer version of the gateway; run that version, or restore a backup", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
    },
    /// Anything else.
    #[error("cannot open the database {}: {source}", path.display())]
    Database {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
}

impl Store {
    /// Opens the store of a data directory, making both where they do not exist. Needs a runtime.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(data_dir: &Path) -> Result<Self, OpenError> {
        Self::open_with(data_dir, Bounds::default()).await
    }

    /// The same, with a history of that length.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_with(data_dir: &Path, bounds: Bounds) -> Result<Self, OpenError> {
        let path = data_dir.join(FILE);
        data_dir::prepare(data_dir)
            .and_then(|()| private(&path))
            .map_err(|source| OpenError::Directory { path: data_dir.into(), source })?;
        Self::open_file(&path, bounds).await.map_err(|error| explain(error, path))
    }

    /// Looks for damage in a file that was too large to be looked through before it was used. It reads all of it once, on
    /// a connection of its own, while others read and write.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] where there is some, another one where it cannot be read.
    pub async fn check(&self) -> Result<(), OpenError> {
        let Some(options) = &self.unchecked else { return Ok(()) };
        let looked = async {
            let mut connection = options.as_ref().clone().read_only(true).connect().await?;
            look_for_damage(&mut connection).await?;
            connection.close().await?;
            Ok(())
        };
        looked.await.map_err(|failure| explain(failure, options.get_filename().into()))
    }

    /// Whether the data directory has a store.
    pub fn exists(data_dir: &Path) -> bool {
        data_dir.join(FILE).is_file()
    }

    /// A copy of the whole store in a file that is new or empty, while others write.
    ///
    /// # Errors
    /// Where the file has something in it, or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(&self.readers).await?;
        Ok(())
    }

    async fn open_file(path: &Path, bounds: Bounds) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let large = std::fs::metadata(path).is_ok_and(|file| file.len() > CHECKED_FIRST);
        let unchecked = large.then(|| Arc::new(options.clone()));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // Where a disk is full SQLite ends the transaction by itself, and sqlx believes itself within it for ever.
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        if !large {
            look_for_damage(&mut *writer.acquire().await?).await?;
        }
        sqlx::migrate!("./migrations").run(&writer).await?;
        let readers: SqlitePool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true).row_buffer_size(READY_ROWS))
            .await?;
        let history = History { bounds, readers: readers.clone(), writer: writer.clone() };
        let commit = Commit::start(writer.clone(), Trim::new(history.clone()));
        let numbers = history::numbers(&writer, Timestamp::now()).await?.into();
        Ok(Self { readers, writer, commit, history, numbers, unchecked })
    }
}

async fn look_for_damage(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    if found == "ok" { Ok(()) } else { Err(Failure::Check(found)) }
}

/// Makes the file before SQLite does, so that only its owner can read it; SQLite's other files take its mode.
fn private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Check(String),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Migration(#[from] MigrateError),
}

fn explain(failure: Failure, path: PathBuf) -> OpenError {
    match failure {
        Failure::Check(what) => OpenError::Damaged { path, what },
        Failure::Migration(MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)) => {
            OpenError::Newer { path }
        }
        Failure::Migration(MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _))
        | Failure::Database(source) => from_database(source, path),
        Failure::Migration(other) => from_database(sqlx::Error::Migrate(Box::new(other)), path),
    }
}

fn from_database(source: sqlx::Error, path: PathBuf) -> OpenError {
    // SQLITE_CORRUPT and SQLITE_NOTADB, whose extended codes have the same low byte.
    let code = source.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        Some(11 | 26) => OpenError::Damaged { path, what: source.to_string() },
        _ => OpenError::Database { path, source },
    }
}
