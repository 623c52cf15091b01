//! What a filter sees of a user or a connection: prepared once, looked at often.
//!
//! All texts lie in one, folded, each behind a sign that says what it is. No text holds such a sign, for folding takes
//! control characters away: a part can be found by searching for its sign and its letters.

use std::net::IpAddr;

use ipnet::IpNet;
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::Connection;

use super::folded;
use super::key::Field;
use crate::client_name::client_name;
use crate::fleet::idle_since;

/// A kind of text in a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Name = 1,
    Id,
    Address,
    Client,
    Namespace,
    Room,
    Node,
}

impl Part {
    /// The sign in front of such a text.
    pub(super) const fn sign(self) -> char {
        self as u8 as char
    }

    /// The parts that a key compares with.
    pub(crate) const fn of(field: Field) -> &'static [Self] {
        match field {
            Field::User => &[Self::Name, Self::Id],
            Field::Id => &[Self::Id],
            Field::Ip => &[Self::Address],
            Field::Room => &[Self::Room],
            Field::Ns => &[Self::Namespace],
            Field::Client => &[Self::Client],
            Field::Node => &[Self::Node],
        }
    }
}

/// Whether this ends a text within a subject.
pub(super) const fn is_sign(byte: u8) -> bool {
    byte < b' '
}

/// A user with all connections, or one connection.
#[derive(Debug)]
pub(crate) struct Subject {
    /// The name first; behind `searched` what a word is not looked for in.
    text: Box<str>,
    name: u32,
    searched: u32,
    /// The latest connection's.
    address: Option<IpAddr>,
    /// The others'.
    addresses: Box<[IpAddr]>,
    online_at: Timestamp,
    idle_since: Option<Timestamp>,
    hits: u64,
    connections: u32,
    operator: bool,
}

impl Subject {
    /// Of these connections of one user; `None` where there is none.
    pub(crate) fn of(connections: &[&Connection], hits: u64) -> Option<Self> {
        let latest = connections.iter().max_by_key(|connection| connection.online_at)?;
        let mut text = Text::default();
        text.add(Part::Name, &latest.user.username);
        let name = text.0.len();
        text.add(Part::Id, &latest.user.id.to_string());
        for connection in connections {
            text.add_once(Part::Address, &connection.address);
            text.add_once(Part::Client, &client_name(&connection.user_agent));
            for membership in &connection.namespaces {
                text.add_once(Part::Namespace, membership.namespace.as_str());
                membership.rooms.iter().for_each(|room| text.add_once(Part::Room, room.as_str()));
            }
        }
        let searched = text.0.len();
        connections.iter().for_each(|connection| text.add_once(Part::Node, connection.node.as_str()));

        let address = |connection: &Connection| connection.address.parse().ok().map(|it: IpAddr| it.to_canonical());
        let others = connections.iter().filter(|connection| connection.id != latest.id);
        Some(Self {
            text: text.0.into(),
            name: u32::try_from(name).ok()?,
            searched: u32::try_from(searched).ok()?,
            address: address(latest),
            addresses: others.filter_map(|connection| address(connection)).collect(),
            online_at: connections.iter().map(|connection| connection.online_at).min()?,
            idle_since: idle_since(connections),
            hits,
            connections: u32::try_from(connections.len()).unwrap_or(u32::MAX),
            operator: connections.iter().any(|connection| connection.operator),
        })
    }

    /// The name, folded.
    pub(crate) fn name(&self) -> &str {
        &self.text[1..self.name as usize]
    }

    /// The texts of a kind, folded.
    pub(crate) fn parts(&self, part: Part) -> impl Iterator<Item = &str> {
        self.text.split(part.sign()).skip(1).map(|behind| &behind[..end_of(behind)])
    }

    /// Whether these letters, folded, are in any of its texts.
    pub(crate) fn holds(&self, letters: &str) -> bool {
        self.text.contains(letters)
    }

    /// The latest connection's address, where it can be read.
    pub(crate) const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Since when.
    pub(crate) const fn online_at(&self) -> Timestamp {
        self.online_at
    }

    /// Since when nothing was sent; `None` while it is active.
    pub(crate) const fn idle_since(&self) -> Option<Timestamp> {
        self.idle_since
    }

    /// Events dropped over a limit in the last hour.
    pub(crate) const fn hits(&self) -> u64 {
        self.hits
    }

    pub(super) const fn connections(&self) -> u32 {
        self.connections
    }

    pub(super) const fn is_operator(&self) -> bool {
        self.operator
    }

    pub(super) fn is_in(&self, network: &IpNet) -> bool {
        self.address.iter().chain(&*self.addresses).any(|address| network.contains(address))
    }

    /// All texts, each behind its sign.
    pub(super) const fn text(&self) -> &str {
        &self.text
    }

    /// What a word is looked for in.
    pub(super) fn searched(&self) -> &str {
        &self.text[..self.searched as usize]
    }

    /// Every text that a word is looked for in.
    pub(super) fn searched_parts(&self) -> impl Iterator<Item = &str> {
        all_parts(self.searched()).map(|(_, text)| text)
    }
}

/// Where the text that begins here ends.
fn end_of(text: &str) -> usize {
    text.bytes().position(is_sign).unwrap_or(text.len())
}

/// The texts in one, each with its sign.
fn all_parts(text: &str) -> impl Iterator<Item = (char, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let sign = rest.chars().next()?;
        // A sign is one byte.
        let behind = &rest[1..];
        let (part, next) = behind.split_at(end_of(behind));
        rest = next;
        Some((sign, part))
    })
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn add(&mut self, part: Part, text: &str) {
        self.0.push(part.sign());
        self.0.extend(folded(text));
    }

    /// Several connections of one user are much alike.
    fn add_once(&mut self, part: Part, text: &str) {
        let begin = self.0.len();
        self.add(part, text);
        let (before, added) = self.0.split_at(begin);
        let ends = |at: usize| before.as_bytes().get(at + added.len()).is_none_or(|byte| is_sign(*byte));
        if text.is_empty() || before.match_indices(added).any(|(at, _)| ends(at)) {
            self.0.truncate(begin);
        }
    }
}
