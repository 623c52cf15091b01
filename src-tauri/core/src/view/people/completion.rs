//! What can be typed next in a filter: keys, signs, and what is really there.

use std::cmp::Reverse;
use std::collections::HashMap;

use signalbox_protocol::feed::Connection;
use signalbox_protocol::ipc::{CompleteFilter, Completion, CompletionKind, Completions};

use super::table::{Slot, Table};
use crate::client_name::client_name;
use crate::filter::{Age, Amount, KEYS, Key, Kind, Part, State, Typed, folded, typed_at, utf16, written};
use crate::fleet::Fleet;

/// No list is longer: it is read, not searched.
const MOST: usize = 12;
/// So many names and rooms are offered for a word without a key.
const MOST_FOR_WORD: usize = 4;

/// A text, how many rows have it, and one of them.
type Found<'a> = (&'a str, u32, Slot);

/// What can be typed where the cursor is.
pub(crate) fn complete(asked: &CompleteFilter, table: &Table, fleet: &Fleet) -> Completions {
    let typed = typed_at(&asked.text, byte_of(&asked.text, asked.cursor));
    let word: String = folded(typed.word).collect();
    let there = There { table, fleet };
    let mut items = match typed.key {
        Some(key) => there.values(key, &typed, &word),
        None => there.terms(&word),
    };
    items.truncate(MOST);
    // What stands there already is no news.
    let typed_text = &asked.text[typed.at.clone()];
    items.retain(|item| item.text != typed_text);
    Completions { start: utf16(&asked.text, typed.at.start), end: utf16(&asked.text, typed.at.end), items }
}

struct There<'a> {
    table: &'a Table,
    fleet: &'a Fleet,
}

impl There<'_> {
    /// For a word: the keys that begin so, and who and what is there of such a name.
    fn terms(&self, word: &str) -> Vec<Completion> {
        let mut items: Vec<Completion> = KEYS.iter().filter(|key| key.name.starts_with(word)).map(signed).collect();
        if !word.is_empty() {
            for (name, part) in [("user", Part::Name), ("room", Part::Room)] {
                let Some(key) = Key::named(name) else { continue };
                items.extend(self.parts(key, part, word, MOST_FOR_WORD));
            }
        }
        items
    }

    /// For a key: what it can be compared with.
    fn values(&self, key: &'static Key, typed: &Typed<'_>, word: &str) -> Vec<Completion> {
        let known = |words: &[&str]| {
            let fitting = words.iter().filter(|known| known.starts_with(word));
            fitting.map(|known| term(key, format!("{}{known}", typed.prefix), None)).collect()
        };
        match key.kind {
            Kind::Text(field) => {
                Part::of(field).first().map_or_else(Vec::new, |part| self.parts(key, *part, word, MOST))
            }
            Kind::State => known(&State::words().collect::<Vec<_>>()),
            Kind::Age(Age::Idle) => known(&["1m", "5m", "30m", "1h"]),
            Kind::Age(Age::Online) => known(&["5m", "1h", "12h", "1d"]),
            Kind::Amount(Amount::Hits) => known(&["0", "10", "100"]),
            Kind::Amount(Amount::Connections) => known(&["1", "2", "4"]),
        }
    }

    /// The texts of a kind that hold the word: those that begin with it first, then those of most rows.
    fn parts(&self, key: &Key, part: Part, word: &str, most: usize) -> Vec<Completion> {
        let mut found: HashMap<&str, (u32, Slot)> = HashMap::new();
        // Most rows do not hold the word at all, which is quickly seen.
        for (slot, row) in self.table.rows().filter(|(_, row)| row.subject.holds(word)) {
            for text in row.subject.parts(part).filter(|text| !text.is_empty() && text.contains(word)) {
                found.entry(text).or_insert((0, slot)).0 += 1;
            }
        }
        let mut found: Vec<_> = found.into_iter().map(|(text, (rows, slot))| (text, rows, slot)).collect();
        let rank = |(text, rows, _): &Found<'_>| (!text.starts_with(word), Reverse(*rows));
        let order = |a: &Found<'_>, b: &Found<'_>| rank(a).cmp(&rank(b)).then_with(|| a.0.cmp(b.0));
        if found.len() > most {
            found.select_nth_unstable_by(most, order);
            found.truncate(most);
        }
        found.sort_unstable_by(order);
        let complete = |(text, rows, slot): Found<'_>| {
            let text = self.as_written(part, text, slot);
            term(key, format!("{}:{}", key.name, written(&text)), Some(rows))
        };
        found.into_iter().map(complete).collect()
    }

    /// A text with its capitals, as the row's connections have it.
    fn as_written(&self, part: Part, text: &str, slot: Slot) -> String {
        let connections = self.table.row(slot).map(|row| self.fleet.connections_of(&row.key)).unwrap_or_default();
        let all = connections.iter().flat_map(|connection| texts(connection, part));
        all.into_iter().find(|one| folded(one).eq(text.chars())).unwrap_or_else(|| text.to_owned())
    }
}

fn texts(connection: &Connection, part: Part) -> Vec<String> {
    let memberships = connection.namespaces.iter();
    match part {
        Part::Name => vec![connection.user.username.to_string()],
        Part::Id => vec![connection.user.id.to_string()],
        Part::Address => vec![connection.address.clone()],
        Part::Client => vec![client_name(&connection.user_agent)],
        Part::Node => vec![connection.node.to_string()],
        Part::Namespace => memberships.map(|membership| membership.namespace.to_string()).collect(),
        Part::Room => memberships.flat_map(|membership| &membership.rooms).map(ToString::to_string).collect(),
    }
}

/// A key with the sign that it is mostly used with.
fn signed(key: &Key) -> Completion {
    let sign = match key.kind {
        Kind::Text(_) | Kind::State => ":",
        Kind::Age(_) | Kind::Amount(_) => ">",
    };
    Completion { text: format!("{}{sign}", key.name), key: key.key, kind: CompletionKind::Key, count: None }
}

fn term(key: &Key, text: String, rows: Option<u32>) -> Completion {
    Completion { text, key: key.key, kind: CompletionKind::Term, count: rows }
}

/// A place that the page counted, in bytes.
fn byte_of(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    let mut letters = text.char_indices();
    letters
        .find(|(_, letter)| {
            let width = letter.len_utf16();
            let is_here = left < width;
            left = left.saturating_sub(width);
            is_here
        })
        .map_or(text.len(), |(at, _)| at)
}
