//! Where the rows of an export come from, a batch at a time: the people and the rooms that the console knows, what the page
//! shows of a tail, and the lists that the gateway keeps and gives page by page.
//!
//! Of people only the keys are held, so that an export of very many costs little; a row is put together when it is due.
//! This must never know what becomes of the rows.

use std::collections::HashMap;
use std::vec;

use serde::de::DeserializeOwned;
use serde_json::Value;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{
    AlertsArgs, AuditArgs, AuditRow, Ban, BansArgs, Command, HistoryArgs, HistoryOf, NoArgs, Page, PolicyTable,
};
use signalbox_protocol::feed::{Alert, AlertKind, Cause};
use signalbox_protocol::ipc::{
    AlertsColumn, ExportQuery, ExportTable, Failure, FailureCode, Order, PeopleColumn, PeopleQuery, PersonRow, Reason,
    RoomsColumn, RoomsQuery, WhichAlerts,
};

use super::fields::{self, AlertLine, AlertState, Fields, PolicyLine, Record};
use crate::cut::{LABEL, cut};
use crate::failure::failure;
use crate::filter;
use crate::fleet::RowKey;
use crate::link::Run;
use crate::view::{PeopleView, RoomsView, Table, words};
use crate::watch::{Scene, Watch};

/// People put together at once; the watch does nothing else meanwhile.
const BATCH: usize = 1_000;
/// The most that the gateway gives in a page.
const PAGE: Option<u32> = Some(500);

/// Rows on their way.
pub(super) struct Rows {
    names: Vec<&'static str>,
    expected: Option<u32>,
    watch: Watch,
    source: Source,
}

enum Source {
    People { keys: vec::IntoIter<RowKey>, fields: Fields<PersonRow> },
    Held(vec::IntoIter<Record>),
    Pages(Pages),
}

/// A list that the gateway keeps.
struct Pages {
    ask: Box<dyn Fn(Option<String>) -> Command + Send>,
    take: Box<dyn Fn(Value) -> Taken + Send>,
    next: Next,
}

/// What a page has, and where the next one begins.
type Taken = serde_json::Result<(Vec<Record>, Option<String>)>;

/// Which page is due.
enum Next {
    First,
    After(String),
    None,
}

impl Rows {
    /// The rows of a table as it is now.
    ///
    /// # Errors
    /// Where they cannot be known.
    pub(super) async fn of(query: ExportQuery, watch: Watch, now: Timestamp) -> Result<Self, Failure> {
        let profile = query.profile;
        match query.table {
            ExportTable::People { rows, filter, sort, direction, columns } => {
                let query =
                    PeopleQuery { profile, rows, filter, sort, direction, start: 0, count: 0, order: Order::Live };
                Self::people(query, &columns, watch, now).await
            }
            ExportTable::Rooms { filter, sort, direction, columns } => {
                let query = RoomsQuery { profile, filter, sort, direction, start: 0, count: 0, order: Order::Live };
                Self::rooms(query, &columns, watch).await
            }
            ExportTable::Limits { rows, columns } => Ok(Self::held(&Fields::of(&columns, fields::limit), &rows, watch)),
            ExportTable::Trace { rows, columns } => Ok(Self::held(&Fields::of(&columns, fields::traced), &rows, watch)),
            ExportTable::Nodes { rows } => Ok(Self::held(&fields::node(), &rows, watch)),
            ExportTable::Configuration { rows } => Ok(Self::held(&fields::setting(), &rows, watch)),
            ExportTable::Policy { filter } => Self::policy(&filter, watch).await,
            ExportTable::Alerts { which, columns } => Self::alerts(which, &columns, watch, now).await,
            ExportTable::Bans { filter, columns } => {
                let fields = Fields::of(&columns, fields::ban);
                let words = words(&filter);
                let ask = |cursor| Command::Bans(BansArgs { cursor, limit: PAGE });
                Ok(Self::pages(fields, watch, ask, move |ban| has_words(&said_of(ban), &words)))
            }
            ExportTable::Notifications => {
                let ask = |cursor| Command::History(HistoryArgs { of: HistoryOf::Notifications, cursor, limit: PAGE });
                Ok(Self::pages(fields::notification(), watch, ask, |_| true))
            }
            ExportTable::Audit { question, columns } => {
                let fields = Fields::of(&columns, fields::act);
                let ask = move |cursor| Command::Audit(AuditArgs { cursor, limit: PAGE, ..question.clone() });
                Ok(Self::pages(fields, watch, ask, |_: &AuditRow| true))
            }
        }
    }

    /// What their fields are called.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.names.clone()
    }

    /// How many there will be at most, where that is known before the last one.
    pub(super) const fn expected(&self) -> Option<u32> {
        self.expected
    }

    /// The next ones; `None` after the last.
    ///
    /// # Errors
    /// Where the gateway does not give them.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Record>>, Failure> {
        match &mut self.source {
            Source::Held(rows) => Ok(batch(rows)),
            Source::People { keys, fields } => {
                let Some(keys) = batch(keys) else { return Ok(None) };
                let together =
                    move |scene: &Scene| keys.iter().filter_map(|key| scene.fleet.whole_row(key)).collect::<Vec<_>>();
                let rows = self.watch.read(together).await?;
                Ok(Some(rows.iter().map(|row| fields.record(row)).collect()))
            }
            Source::Pages(pages) => pages.next(&self.watch).await,
        }
    }

    async fn people(
        query: PeopleQuery,
        columns: &[PeopleColumn],
        watch: Watch,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        // A view would go on with the filter before the mistake, which is not here.
        filter::read(&query.filter).map_err(|_| misread())?;
        let fields = Fields::of(columns, fields::person);
        let keys = watch
            .read(move |scene| {
                let table = Table::of(query.rows, &scene.fleet);
                PeopleView::new(query, &table, scene.clock.there(now)).keys(&table)
            })
            .await?;
        let (names, expected) = (fields.names(), known(keys.len()));
        Ok(Self { names, expected, watch, source: Source::People { keys: keys.into_iter(), fields } })
    }

    async fn rooms(query: RoomsQuery, columns: &[RoomsColumn], watch: Watch) -> Result<Self, Failure> {
        let view = RoomsView::new(query);
        let rows = watch.read(move |scene| view.all(&scene.fleet, &scene.traffic)).await?;
        Ok(Self::held(&Fields::of(columns, fields::room), &rows, watch))
    }

    async fn policy(filter: &str, watch: Watch) -> Result<Self, Failure> {
        let answer = watch.ask(Command::Policy(NoArgs {}), Run::Real).await?;
        let PolicyTable { window, entries, .. } = serde_json::from_value(answer).map_err(|error| unreadable(&error))?;
        let words = words(filter);
        let fitting =
            entries.into_iter().filter(|entry| has_words(&format!("{} {}", entry.namespace, entry.event), &words));
        let lines: Vec<PolicyLine> = fitting.map(|entry| PolicyLine { entry, window }).collect();
        Ok(Self::held(&fields::policy(), &lines, watch))
    }

    /// The gateway keeps a bounded number of them, and how often there was one like it is known after the last only.
    async fn alerts(
        which: WhichAlerts,
        columns: &[AlertsColumn],
        watch: Watch,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let mut alerts: Vec<Alert> = Vec::new();
        let mut cursor = None;
        loop {
            let answer = watch.ask(Command::Alerts(AlertsArgs { cursor, limit: PAGE }), Run::Real).await?;
            let page: Page<Alert> = serde_json::from_value(answer).map_err(|error| unreadable(&error))?;
            alerts.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let now = watch.read(move |scene| scene.clock.there(now)).await?;
        Ok(Self::held(&Fields::of(columns, fields::alert), &lines(alerts, which, now), watch))
    }

    fn held<Row>(fields: &Fields<Row>, rows: &[Row], watch: Watch) -> Self {
        let records: Vec<Record> = rows.iter().map(|row| fields.record(row)).collect();
        let (names, expected) = (fields.names(), known(records.len()));
        Self { names, expected, watch, source: Source::Held(records.into_iter()) }
    }

    fn pages<Row: DeserializeOwned + 'static>(
        fields: Fields<Row>,
        watch: Watch,
        ask: impl Fn(Option<String>) -> Command + Send + 'static,
        fits: impl Fn(&Row) -> bool + Send + 'static,
    ) -> Self {
        let names = fields.names();
        let take = move |answer: Value| -> Taken {
            let page: Page<Row> = serde_json::from_value(answer)?;
            let rows = page.items.iter().filter(|row| fits(row));
            Ok((rows.map(|row| fields.record(row)).collect(), page.next_cursor))
        };
        let pages = Pages { ask: Box::new(ask), take: Box::new(take), next: Next::First };
        Self { names, expected: None, watch, source: Source::Pages(pages) }
    }
}

impl Pages {
    async fn next(&mut self, watch: &Watch) -> Result<Option<Vec<Record>>, Failure> {
        let cursor = match std::mem::replace(&mut self.next, Next::None) {
            Next::First => None,
            Next::After(cursor) => Some(cursor),
            Next::None => return Ok(None),
        };
        let answer = watch.ask((self.ask)(cursor), Run::Real).await?;
        let (records, cursor) = (self.take)(answer).map_err(|error| unreadable(&error))?;
        self.next = cursor.map_or(Next::None, Next::After);
        Ok(Some(records))
    }
}

/// The next so many; `None` after the last.
fn batch<T>(items: &mut vec::IntoIter<T>) -> Option<Vec<T>> {
    let batch: Vec<T> = items.by_ref().take(BATCH).collect();
    (!batch.is_empty()).then_some(batch)
}

fn known(rows: usize) -> Option<u32> {
    u32::try_from(rows).ok()
}

fn misread() -> Failure {
    failure(FailureCode::InvalidArgument, Reason::FilterMistake)
}

fn unreadable(error: &serde_json::Error) -> Failure {
    let (event, error) = ("answer".to_owned(), cut(&error.to_string(), LABEL));
    failure(FailureCode::Internal, Reason::UnreadableMessage { event, error })
}

/// Whether a text has all words, in any case, as the page finds them in it.
fn has_words(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// What a ban can be found by.
fn said_of(ban: &Ban) -> String {
    let whom = fields::whom(&ban.target);
    let whom = whom.as_str().map_or_else(|| whom.to_string(), str::to_owned);
    format!("{whom}\n{}\n{}", ban.reason, ban.by)
}

/// Alerts with what only a look at all of them tells.
fn lines(alerts: Vec<Alert>, which: WhichAlerts, now: Timestamp) -> Vec<AlertLine> {
    let mut times: HashMap<Sort, u32> = HashMap::new();
    alerts.iter().for_each(|alert| *times.entry(sort(alert)).or_default() += 1);
    let wanted = alerts.into_iter().filter(|alert| match which {
        WhichAlerts::Open => alert.cleared_at.is_none(),
        WhichAlerts::Errors => {
            alert.kind == AlertKind::Error || alert.anomaly.is_some_and(|anomaly| anomaly.cause == Cause::Errors)
        }
        WhichAlerts::All => true,
    });
    let line = |alert: Alert| AlertLine {
        times: times.get(&sort(&alert)).copied().unwrap_or(1),
        state: state(&alert, now),
        alert,
    };
    wanted.map(line).collect()
}

/// What makes two alerts the same thing gone wrong: an anomaly's cause, or a backend's words.
type Sort = (String, Option<Cause>, Option<String>);

fn sort(alert: &Alert) -> Sort {
    let cause = alert.anomaly.map(|anomaly| anomaly.cause);
    let place = format!("{:?} {}", alert.kind, alert.node);
    (place, cause, cause.is_none().then(|| alert.message.clone()))
}

fn state(alert: &Alert, now: Timestamp) -> AlertState {
    if alert.cleared_at.is_some() {
        AlertState::Over
    } else if alert.is_silenced(now) {
        AlertState::Silenced
    } else if alert.acknowledged.is_some() {
        AlertState::Acknowledged
    } else {
        AlertState::Open
    }
}
