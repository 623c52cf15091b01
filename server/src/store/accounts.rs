//! Operators' accounts.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError};

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name to sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was disabled, if it was.
    pub disabled_at: Option<Timestamp>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It is made.
    Done,
    /// There is no such account.
    Unknown,
    /// There is one of that name already.
    Taken,
    /// It is the only admin who can sign in, and has to stay one.
    LastAdmin,
}

impl AccountChange {
    const fn of(rows: u64) -> Self {
        if rows == 0 { Self::Unknown } else { Self::Done }
    }
}

impl Account {
    /// Whether it may be used.
    pub fn is_enabled(&self) -> bool {
        self.disabled_at.is_none()
    }
}

impl Store {
    /// Adds an account; `false` where the name is taken. `password_hash` is a PHC string.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_account(
        &self,
        name: &str,
        role: Role,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO accounts (name, role, password_hash, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(role.as_str())
        .bind(password_hash)
        .bind(now.as_millis())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query("SELECT name, role, created_at, disabled_at FROM accounts ORDER BY name")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(account).collect()
    }

    /// The account of that name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query("SELECT name, role, created_at, disabled_at FROM accounts WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(account).transpose()
    }

    /// The account and the PHC string that its password is checked against.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account_with_password(&self, name: &str) -> Result<Option<(Account, String)>, StoreError> {
        let row =
            sqlx::query("SELECT name, role, created_at, disabled_at, password_hash FROM accounts WHERE name = $1")
                .bind(name)
                .fetch_optional(&self.readers)
                .await?;
        row.map(|row| Ok((account(&row)?, row.try_get("password_hash")?))).transpose()
    }

    /// Sets another password and ends every session of the account; `false` where there is no such account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_password(&self, name: &str, password_hash: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut change = self.writer.begin().await?;
        let done = sqlx::query("UPDATE accounts SET password_hash = $1 WHERE name = $2")
            .bind(password_hash)
            .bind(name)
            .execute(&mut *change)
            .await?;
        end_sessions(&mut change, name, now).await?;
        change.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Disables an account and ends its sessions.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn disable_account(&self, name: &str, now: Timestamp) -> Result<AccountChange, StoreError> {
        let mut change = self.writer.begin().await?;
        if is_last_admin(&mut change, name).await? {
            return Ok(AccountChange::LastAdmin);
        }
        let done = sqlx::query("UPDATE accounts SET disabled_at = COALESCE(disabled_at, $1) WHERE name = $2")
            .bind(now.as_millis())
            .bind(name)
            .execute(&mut *change)
            .await?;
        end_sessions(&mut change, name, now).await?;
        change.commit().await?;
        Ok(AccountChange::of(done.rows_affected()))
    }

    /// Lets an account sign in again.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn enable_account(&self, name: &str) -> Result<AccountChange, StoreError> {
        let done = sqlx::query("UPDATE accounts SET disabled_at = NULL WHERE name = $1")
            .bind(name)
            .execute(&self.writer)
            .await?;
        Ok(AccountChange::of(done.rows_affected()))
    }

    /// Gives an account another role.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<AccountChange, StoreError> {
        let mut change = self.writer.begin().await?;
        if role != Role::Admin && is_last_admin(&mut change, name).await? {
            return Ok(AccountChange::LastAdmin);
        }
        let done = sqlx::query("UPDATE accounts SET role = $1 WHERE name = $2")
            .bind(role.as_str())
            .bind(name)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(AccountChange::of(done.rows_affected()))
    }
}

/// Whether nobody else could keep accounts any more.
async fn is_last_admin(change: &mut sqlx::SqliteConnection, name: &str) -> Result<bool, StoreError> {
    let admins: Vec<String> =
        sqlx::query_scalar("SELECT name FROM accounts WHERE role = 'admin' AND disabled_at IS NULL LIMIT 2")
            .fetch_all(change)
            .await?;
    Ok(matches!(&admins[..], [only] if only == name))
}

async fn end_sessions(change: &mut sqlx::SqliteConnection, name: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE refresh_families SET revoked_at = $1 WHERE account = $2 AND revoked_at IS NULL")
        .bind(now.as_millis())
        .bind(name)
        .execute(change)
        .await?;
    Ok(())
}

pub(super) fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    let role: String = row.try_get("role")?;
    Ok(Account {
        name: row.try_get("name")?,
        role: role.parse().map_err(|_| StoreError::Unreadable("role of an account"))?,
        created_at: Timestamp(row.try_get("created_at")?),
        disabled_at: row.try_get::<Option<i64>, _>("disabled_at")?.map(Timestamp),
    })
}
