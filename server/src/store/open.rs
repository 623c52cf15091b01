//! Opening the database file: pragmas, the check for damage, migrations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::{Store, StoreError};

/// The database's name in the data directory.
const FILE: &str = "signalbox.db";

const READERS: u32 = 4;

/// Why there is no store. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("cannot use the data directory {}: {source}; give another one with --data-dir", path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
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
    /// Opens the store of a data directory, making both where they do not exist.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(data_dir: &Path) -> Result<Self, OpenError> {
        crate::data_dir::prepare(data_dir).map_err(|source| OpenError::Directory { path: data_dir.into(), source })?;
        let path = data_dir.join(FILE);
        Self::open_file(&path).await.map_err(|error| explain(error, path))
    }

    /// A copy of the whole store in a new file, while others write.
    ///
    /// # Errors
    /// Where the file exists or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(&self.readers).await?;
        Ok(())
    }

    async fn open_file(path: &Path) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&writer).await?;
        if found != "ok" {
            return Err(Failure::Check(found));
        }
        sqlx::migrate!("./migrations").run(&writer).await?;
        let readers: SqlitePool =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { readers, writer })
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
