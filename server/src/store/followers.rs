//! Who follows whom.

use std::collections::BTreeSet;

use signalbox_protocol::UserId;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::history::user_id;
use super::{Store, StoreError};

/// Rows of one statement; each takes two of its variables.
const ROWS: usize = 500;

/// Somebody, and one who follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Following {
    /// Who is followed.
    pub followed: UserId,
    /// By whom.
    pub follower: UserId,
}

impl Store {
    /// From now on these follow the user, and nobody else. Nobody follows oneself, or twice.
    ///
    /// # Errors
    /// Where the database fails; nothing has changed then.
    pub async fn replace_followers(&self, followed: &UserId, followers: &[UserId]) -> Result<(), StoreError> {
        let followers: BTreeSet<String> =
            followers.iter().filter(|follower| *follower != followed).map(ToString::to_string).collect();
        let followers: Vec<String> = followers.into_iter().collect();
        let followed = followed.to_string();
        let mut change = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM followers WHERE followed = $1").bind(&followed).execute(&mut *change).await?;
        for rows in followers.chunks(ROWS) {
            QueryBuilder::<Sqlite>::new("INSERT INTO followers (followed, follower) ")
                .push_values(rows, |mut row, follower| {
                    row.push_bind(&followed).push_bind(follower);
                })
                .build()
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// Who follows any of these users.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn followers_of(&self, followed: &[&UserId]) -> Result<Vec<Following>, StoreError> {
        let mut found = Vec::new();
        for users in followed.chunks(ROWS) {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT followed, follower FROM followers WHERE followed IN (");
            let mut list = query.separated(", ");
            for user in users {
                list.push_bind(user.to_string());
            }
            let rows = query.push(")").build().fetch_all(&self.readers).await?;
            for row in &rows {
                found.push(Following { followed: user_id(row, "followed")?, follower: user_id(row, "follower")? });
            }
        }
        Ok(found)
    }
}

/// The user follows nobody any more, and is followed by nobody.
pub(super) async fn forget(change: &mut SqliteConnection, user: &UserId) -> Result<(), sqlx::Error> {
    let forget = sqlx::query("DELETE FROM followers WHERE followed = $1 OR follower = $1");
    forget.bind(user.to_string()).execute(change).await?;
    Ok(())
}
