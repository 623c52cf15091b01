//! The words of the language: what a term can be about, and with which sign.

use std::cmp::Ordering;
use std::fmt;

use signalbox_protocol::ipc::FilterKey;

/// What a key is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text, with `:`.
    Text(Field),
    /// A word for a state, with `:`.
    State,
    /// A time, with `<`, `<=`, `>` or `>=`.
    Age(Age),
    /// A number, with any sign.
    Amount(Amount),
}

/// A key that is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    User,
    Id,
    Ip,
    Room,
    Ns,
    Client,
    Node,
}

/// A key that is compared with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    Idle,
    Online,
}

/// A key that is compared with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    Hits,
    Connections,
}

/// What somebody can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Operator,
    Idle,
    Active,
}

/// A key of the language.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) key: FilterKey,
    pub(crate) kind: Kind,
    /// What people may call it; it is no other spelling, but what they are told instead.
    also: &'static [&'static str],
}

/// The language's keys, in the order in which they are offered.
pub(crate) static KEYS: [Key; 12] = [
    key("user", FilterKey::User, Kind::Text(Field::User), &["name", "username", "who"]),
    key("room", FilterKey::Room, Kind::Text(Field::Room), &["rooms", "in"]),
    key("ip", FilterKey::Ip, Kind::Text(Field::Ip), &["address", "addr", "network", "net", "cidr", "from"]),
    key("ns", FilterKey::Ns, Kind::Text(Field::Ns), &["namespace", "namespaces", "nsp"]),
    key("idle", FilterKey::Idle, Kind::Age(Age::Idle), &["quiet", "silent"]),
    key("online", FilterKey::Online, Kind::Age(Age::Online), &["since", "age", "uptime"]),
    key("hits", FilterKey::Hits, Kind::Amount(Amount::Hits), &["limit", "limits", "dropped", "drops"]),
    key("connections", FilterKey::Connections, Kind::Amount(Amount::Connections), &["sockets", "sessions", "conns"]),
    key("client", FilterKey::Client, Kind::Text(Field::Client), &["agent", "browser", "useragent"]),
    key("id", FilterKey::Id, Kind::Text(Field::Id), &["userid", "uid"]),
    key("node", FilterKey::Node, Kind::Text(Field::Node), &["server", "host"]),
    key("is", FilterKey::Is, Kind::State, &["state", "status", "has"]),
];

const fn key(name: &'static str, key: FilterKey, kind: Kind, also: &'static [&'static str]) -> Key {
    Key { name, key, kind, also }
}

impl Key {
    /// The key of that name, in any case.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(name))
    }

    /// The key that compares with this.
    pub(crate) fn of(kind: Kind) -> &'static Self {
        // The table has every kind: the tests print each of them.
        KEYS.iter().find(|key| key.kind == kind).unwrap_or(&KEYS[0])
    }

    /// The key that was probably meant by a word that is none.
    pub(crate) fn meant_by(word: &str) -> Option<&'static Self> {
        let word = word.to_ascii_lowercase();
        let called = KEYS.iter().find(|key| key.also.contains(&word.as_str()));
        let begun = || {
            let mut keys = KEYS.iter().filter(|key| key.name.starts_with(&word));
            keys.next().filter(|_| keys.next().is_none())
        };
        let near = || {
            let most = if word.len() > 5 { 2 } else { 1 };
            let distances = KEYS.iter().map(|key| (distance(&word, key.name), key));
            distances
                .filter(|(distance, _)| *distance <= most)
                .min_by_key(|(distance, _)| *distance)
                .map(|(_, key)| key)
        };
        called.or_else(begun).or_else(near)
    }
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

const STATES: [(&str, State); 3] = [("operator", State::Operator), ("idle", State::Idle), ("active", State::Active)];

impl State {
    /// Every state's word.
    pub(crate) fn words() -> impl Iterator<Item = &'static str> {
        STATES.iter().map(|(word, _)| *word)
    }

    /// The state of that word, which is in lower case.
    pub(crate) fn named(word: &str) -> Option<Self> {
        STATES.iter().find(|(name, _)| *name == word).map(|(_, state)| *state)
    }

    /// The state's word that was probably meant.
    pub(crate) fn meant_by(word: &str) -> Option<&'static str> {
        Self::words().find(|name| !word.is_empty() && (name.starts_with(word) || distance(word, name) <= 2))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        STATES.iter().find(|(_, state)| state == self).map_or(Ok(()), |(word, _)| f.write_str(word))
    }
}

/// The sign between a key and a number or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

const SIGNS: [(&str, Comparison); 6] = [
    (">", Comparison::More),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    ("<=", Comparison::AtMost),
    ("=", Comparison::Equal),
    (":", Comparison::Equal),
];

impl Comparison {
    /// The comparison of that sign.
    pub(crate) fn signed(sign: &str) -> Option<Self> {
        SIGNS.iter().find(|(known, _)| *known == sign).map(|(_, comparison)| *comparison)
    }

    /// Whether it holds where the left side has this order to the right one.
    pub(crate) const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Equal => order.is_eq(),
            Self::AtLeast => order.is_ge(),
            Self::More => order.is_gt(),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SIGNS.iter().find(|(_, comparison)| comparison == self).map_or(Ok(()), |(sign, _)| f.write_str(sign))
    }
}
