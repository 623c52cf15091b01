//! The audit log: what an operator asked for is written before it is done, how it ended afterwards.

use serde_json::json;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Touched;
use signalbox_protocol::feed::Outcome;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError, trim};

/// How long entries are kept.
const RETENTION_MS: i64 = 400 * 24 * 60 * 60 * 1000;

/// An entry's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditId(pub i64);

/// What somebody is about to do.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// The operator's name, `cli`, or the backend's.
    pub actor: String,
    /// From where; empty for the command line.
    pub address: String,
    /// The command's name.
    pub command: String,
    /// What it is about, in words.
    pub subject: String,
    /// Its arguments, without secrets.
    pub detail: serde_json::Value,
    /// Whom of those who are connected it is about.
    pub touched: Option<Touched>,
}

/// An entry as it is kept.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    /// Its number.
    pub id: AuditId,
    /// What was asked.
    pub entry: AuditEntry,
    /// How it ended; `None` where the gateway went down in between.
    pub outcome: Option<Outcome>,
    /// Why it failed, where it did.
    pub explanation: Option<String>,
}

/// Which entries are asked for; an empty one asks for all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Older than this one.
    pub before: Option<AuditId>,
    /// By that operator or backend.
    pub actor: Option<String>,
    /// That command.
    pub command: Option<String>,
    /// Whose subject holds that text, or the name of somebody in the sample of those whom it touched.
    pub subject: Option<String>,
    /// At that moment or later.
    pub from: Option<Timestamp>,
    /// Before that moment.
    pub until: Option<Timestamp>,
}

impl Store {
    /// Writes an entry before its action is carried out. Where this fails, the action must not be.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit(&self, entry: &AuditEntry) -> Result<AuditId, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO audit (at, actor, address, command, subject, detail, touched) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(entry.at.as_millis())
        .bind(&entry.actor)
        .bind(&entry.address)
        .bind(&entry.command)
        .bind(&entry.subject)
        .bind(entry.detail.to_string())
        .bind(entry.touched.as_ref().map(|touched| json!(touched).to_string()))
        .fetch_one(&self.writer)
        .await?;
        Ok(AuditId(id))
    }

    /// Adds how it ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit_outcome(
        &self,
        id: AuditId,
        now: Timestamp,
        outcome: Outcome,
        explanation: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE audit SET outcome = $1, outcome_at = $2, explanation = $3 WHERE id = $4")
            .bind(word(outcome))
            .bind(now.as_millis())
            .bind(explanation)
            .bind(id.0)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The latest entries that fit, latest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit_log(&self, filter: &AuditFilter, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        // One statement for all filters: what is not asked for is NULL, and holds for every entry.
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE id < $1 AND ($2 IS NULL OR actor = $2) AND ($3 IS NULL OR command = $3) \
             AND ($4 IS NULL OR lower(subject) LIKE $4 ESCAPE '!' OR EXISTS (SELECT 1 FROM json_each(touched, '$.sample') \
             WHERE lower(json_extract(value, '$.username')) LIKE $4 ESCAPE '!')) \
             AND at >= $5 AND at < $6 ORDER BY id DESC LIMIT $7",
        )
        .bind(filter.before.map_or(i64::MAX, |id| id.0))
        .bind(filter.actor.as_deref())
        .bind(filter.command.as_deref())
        .bind(filter.subject.as_deref().map(containing))
        .bind(filter.from.map_or(i64::MIN, Timestamp::as_millis))
        .bind(filter.until.map_or(i64::MAX, Timestamp::as_millis))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(record).collect()
    }

    /// Forgets entries older than 400 days.
    pub(super) async fn prune_audit(&self, now: Timestamp) -> Result<(), StoreError> {
        let old = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 LIMIT $2)";
        Ok(trim::delete(&self.writer, old, now.as_millis() - RETENTION_MS).await?)
    }
}

/// A LIKE pattern for what holds that text, in any case of ASCII letters.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c.to_ascii_lowercase());
    }
    pattern.push('%');
    pattern
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
    }
}

fn record(row: &SqliteRow) -> Result<AuditRecord, StoreError> {
    let outcome: Option<String> = row.try_get("outcome")?;
    let (detail, touched): (String, Option<String>) = (row.try_get("detail")?, row.try_get("touched")?);
    let unreadable = |_| StoreError::Unreadable("audit entry");
    Ok(AuditRecord {
        id: AuditId(row.try_get("id")?),
        entry: AuditEntry {
            at: Timestamp(row.try_get("at")?),
            actor: row.try_get("actor")?,
            address: row.try_get("address")?,
            command: row.try_get("command")?,
            subject: row.try_get("subject")?,
            detail: serde_json::from_str(&detail).map_err(unreadable)?,
            touched: touched.map(|touched| serde_json::from_str(&touched)).transpose().map_err(unreadable)?,
        },
        outcome: match outcome.as_deref() {
            None => None,
            Some("done") => Some(Outcome::Done),
            Some("failed") => Some(Outcome::Failed),
            Some(_) => return Err(StoreError::Unreadable("audit entry")),
        },
        explanation: row.try_get("explanation")?,
    })
}
