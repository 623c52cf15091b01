//! Tables, and texts that are there already, into files: the person says where, the rows are read a batch at a time and written as they come, and how far it
//! has come is told.
//!
//! Whatever the number of rows, a few batches of them are in memory. Nothing is left behind by an export that fails or is
//! called off. This must never know who looks at the table, or how the system's dialog is shown.

mod fields;
mod file;
mod format;
mod rows;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use signalbox_protocol::Timestamp;
use signalbox_protocol::ipc::{ExportFormat, ExportQuery, ExportTable, ExportUpdate, Failure, FailureCode, Reason};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::desktop::Order;
use crate::failure::failure;
use crate::profiles::LOCAL;
use crate::watch::Watch;
use file::Part;
use rows::Rows;

/// Batches that wait for the disk.
const WAITING: usize = 2;
/// Between two reports.
const PACE: Duration = Duration::from_millis(100);

/// Asks where, and writes. It is called off by dropping it.
pub(crate) async fn run(
    query: ExportQuery,
    gateway: String,
    watch: Watch,
    orders: mpsc::Sender<Order>,
    tell: impl Fn(ExportUpdate),
) {
    tell(ExportUpdate::Choosing);
    let name = file_name(&gateway, &query, Timestamp::now());
    let end = match choose(name, query.format, &orders).await {
        Ok(Some(path)) => match write(query, &path, watch, &tell).await {
            Ok(rows) => ExportUpdate::Written { path: path.display().to_string(), rows },
            Err(failure) => ExportUpdate::Failed { failure },
        },
        Ok(None) => ExportUpdate::Dismissed,
        Err(failure) => ExportUpdate::Failed { failure },
    };
    tell(end);
}

/// Asks where, and writes a text that is there already; gives where, and `None` where nobody says so.
pub(crate) async fn text(
    name: &str,
    format: ExportFormat,
    text: String,
    orders: &mpsc::Sender<Order>,
) -> Result<Option<PathBuf>, Failure> {
    let Some(path) = choose(name.to_owned(), format, orders).await? else { return Ok(None) };
    let place = path.clone();
    let written = tokio::task::spawn_blocking(move || file::write_text(&place, &text)).await;
    match written {
        Ok(Ok(())) => Ok(Some(path)),
        Ok(Err(error)) => Err(error.failure()),
        Err(error) => Err(failure(FailureCode::Internal, Reason::NotWritten { error: error.to_string() })),
    }
}

/// Lets the person say where; `None` where they do not want to.
async fn choose(name: String, format: ExportFormat, orders: &mpsc::Sender<Order>) -> Result<Option<PathBuf>, Failure> {
    let nobody = || failure(FailureCode::Internal, Reason::Closing);
    let (answer, chosen) = oneshot::channel();
    orders.send(Order::ChooseFile { name, format, answer }).await.map_err(|_| nobody())?;
    chosen.await.map_err(|_| nobody())
}

/// Writes all rows, and gives how many they were.
async fn write(query: ExportQuery, path: &Path, watch: Watch, tell: &impl Fn(ExportUpdate)) -> Result<u32, Failure> {
    let format = query.format;
    let mut rows = Rows::of(query, watch, Timestamp::now()).await?;
    let (parts, inbox) = mpsc::channel(WAITING);
    let (place, names) = (path.to_owned(), rows.names());
    let writer = tokio::task::spawn_blocking(move || file::write(&place, format, names, inbox));
    let poured = pour(&mut rows, &parts, tell).await;
    if poured.is_ok() {
        let _ = parts.send(Part::End).await;
    }
    drop(parts);
    // Also after a failure: whoever hears of the end finds no draft.
    match writer.await {
        Ok(Ok(())) => poured,
        Ok(Err(error)) => Err(error.failure()),
        Err(error) => Err(failure(FailureCode::Internal, Reason::NotWritten { error: error.to_string() })),
    }
}

/// Hands all rows to the writer, and gives how many they were.
async fn pour(rows: &mut Rows, parts: &mpsc::Sender<Part>, tell: &impl Fn(ExportUpdate)) -> Result<u32, Failure> {
    let mut count = 0;
    let mut due = Instant::now();
    while let Some(batch) = rows.next().await? {
        count += u32::try_from(batch.len()).unwrap_or(u32::MAX);
        // A writer that takes no more has failed, and will say why.
        if parts.send(Part::Rows(batch)).await.is_err() {
            break;
        }
        if due <= Instant::now() {
            due = Instant::now() + PACE;
            tell(ExportUpdate::Writing { rows: count, of: rows.expected() });
        }
    }
    Ok(count)
}

/// What the file is called where nobody says otherwise: `eu-prod people 2026-11-21.csv`.
fn file_name(gateway: &str, query: &ExportQuery, now: Timestamp) -> String {
    let table = match query.table {
        ExportTable::People { .. } => "people",
        ExportTable::Rooms { .. } => "rooms",
        ExportTable::Limits { .. } => "limit hits",
        ExportTable::Trace { .. } => "trace",
        ExportTable::Policy { .. } => "limits",
        ExportTable::Notifications => "notifications",
        ExportTable::Bans { .. } => "bans",
        ExportTable::Alerts { .. } => "alerts",
        ExportTable::Nodes { .. } => "nodes",
        ExportTable::Configuration { .. } => "configuration",
        ExportTable::Audit { .. } => "audit",
    };
    let day = now.to_string().split('T').next().unwrap_or_default().to_owned();
    // No system's file names may have these, and none may begin with a dot unseen.
    let safe = |letter: char| if letter.is_control() || "/\\:*?\"<>|".contains(letter) { '-' } else { letter };
    let gateway: String = gateway.trim_start_matches('.').chars().map(safe).collect();
    // The one of this machine may have no name.
    let gateway = if gateway.is_empty() { LOCAL } else { gateway.as_str() };
    format!("{gateway} {table} {day}.{}", query.format.ending())
}
