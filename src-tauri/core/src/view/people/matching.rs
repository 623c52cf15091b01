//! Everybody whom a filter lets through, by name: what is acted on must be said to the gateway.

use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::MOST_USERS;
use signalbox_protocol::ipc::{FilterProblem, MatchPeople, MatchingPeople, PeopleRows};

use super::table::Table;
use crate::filter::{Sieve, read};
use crate::fleet::{Fleet, RowKey};

/// Why they cannot be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotNamed {
    /// The filter has a mistake in it.
    Misread(FilterProblem),
    /// There are so many, and at most so many can be named.
    TooMany { found: usize, most: usize },
}

/// Who fits now.
pub(crate) fn matching(
    asked: &MatchPeople,
    table: &Table,
    fleet: &Fleet,
    now: Timestamp,
) -> Result<MatchingPeople, NotNamed> {
    let filter = read(&asked.filter).map_err(|misread| NotNamed::Misread(misread.of(&asked.filter)))?;
    let sieve = Sieve::of(&filter);
    let mut rows: Vec<_> = table.rows().map(|(_, row)| row).filter(|row| sieve.passes(&row.subject, now)).collect();
    // As many connections, too: with more names in it a request would be larger than the gateway takes.
    if rows.len() > MOST_USERS {
        return Err(NotNamed::TooMany { found: rows.len(), most: MOST_USERS });
    }
    rows.sort_unstable_by(|a, b| a.user.cmp(&b.user).then_with(|| a.key.cmp(&b.key)));
    let mut users: Vec<_> = rows.iter().filter_map(|row| fleet.person(&row.user)).map(|it| it.user.clone()).collect();
    users.dedup_by(|a, b| a.id == b.id);
    let connections = rows.iter().filter_map(|row| match &row.key {
        RowKey::Connection(id) if asked.rows == PeopleRows::Connections => Some(id.clone()),
        _ => None,
    });
    Ok(MatchingPeople { users, connections: connections.collect() })
}
