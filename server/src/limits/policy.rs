//! The policy table: what operators say, else what the configuration says, else what is built in.
//!
//! What works is written out for each event, one number that is read without a lock and changed while the gateway runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;
use signalbox_protocol::admin::{PolicyEntry, PolicySource, PolicyTable};

use super::INVALID_EVENT;
use crate::config::{EventName, Limits};

/// The commands of section 6, which count together.
pub const COMMANDS: &[&str] = &["feed:subscribe", "admin:request"];

/// Invalid and unknown events of a user in a namespace, beyond which they are dropped without an answer.
const INVALID: u32 = 100;

/// How many events of a kind a window admits.
#[derive(Debug)]
pub struct Policy {
    enabled: bool,
    default: u32,
    window_ms: u64,
    configured: BTreeMap<EventName, u32>,
    operators: Mutex<BTreeMap<EventName, u32>>,
    tables: Box<[Table]>,
}

/// What works in a namespace.
#[derive(Debug)]
struct Table {
    namespace: &'static str,
    events: Box<[&'static str]>,
    limits: Box<[AtomicU32]>,
}

impl Policy {
    /// From the configuration and what operators have said, for these namespaces and their events. Each namespace has one
    /// more, behind its own: what is invalid.
    pub fn new(
        limits: &Limits,
        operators: BTreeMap<EventName, u32>,
        namespaces: impl IntoIterator<Item = (&'static str, Vec<&'static str>)>,
    ) -> Self {
        let table = |(namespace, mut events): (&'static str, Vec<&'static str>)| {
            events.push(INVALID_EVENT);
            let limits = events.iter().map(|_| AtomicU32::new(0)).collect();
            Table { namespace, events: events.into(), limits }
        };
        let policy = Self {
            enabled: limits.enabled,
            default: limits.default,
            window_ms: u64::try_from(limits.window.as_millis()).unwrap_or(u64::MAX),
            configured: limits.events.clone(),
            operators: Mutex::new(operators),
            tables: namespaces.into_iter().map(table).collect(),
        };
        for (table, index) in policy.places() {
            table.limits[index].store(policy.entry(table, index).limit, Ordering::Relaxed);
        }
        policy
    }

    /// The window, in milliseconds.
    pub fn window_ms(&self) -> u64 {
        self.window_ms
    }

    /// The window, in seconds.
    pub fn window_s(&self) -> u32 {
        u32::try_from(self.window_ms / 1000).unwrap_or(u32::MAX)
    }

    /// How many of the event of that index a window admits, in the namespace of that one; `None` where nothing is limited.
    pub fn limit(&self, namespace: usize, event: usize) -> Option<u32> {
        self.enabled.then(|| self.tables[namespace].limits[event].load(Ordering::Relaxed))
    }

    /// Whether there is such an event.
    pub fn knows(&self, name: &EventName) -> bool {
        self.find(name).is_some()
    }

    /// An operator's entry, or none any more. It works at once; `None` where there is no such event.
    pub fn set(&self, name: &EventName, limit: Option<u32>) -> Option<PolicyEntry> {
        let (table, index) = self.find(name)?;
        {
            let mut operators = self.operators.lock();
            match limit {
                Some(limit) => operators.insert(name.clone(), limit),
                None => operators.remove(name),
            };
        }
        let entry = self.entry(table, index);
        table.limits[index].store(entry.limit, Ordering::Relaxed);
        Some(entry)
    }

    /// The whole table, as it works.
    pub fn table(&self) -> PolicyTable {
        let entries = self.places().map(|(table, index)| self.entry(table, index)).collect();
        PolicyTable { enabled: self.enabled, window: self.window_s(), entries }
    }

    fn places(&self) -> impl Iterator<Item = (&Table, usize)> {
        self.tables.iter().flat_map(|table| (0..table.events.len()).map(move |index| (table, index)))
    }

    fn find(&self, name: &EventName) -> Option<(&Table, usize)> {
        let table = self.tables.iter().find(|table| table.namespace == name.namespace.as_str())?;
        let index = table.events.iter().position(|event| *event == &*name.event)?;
        Some((table, index))
    }

    fn entry(&self, table: &Table, index: usize) -> PolicyEntry {
        let (namespace, event) = (table.namespace, table.events[index]);
        let name = EventName { namespace: namespace.into(), event: event.into() };
        let (limit, source) = if let Some(limit) = self.operators.lock().get(&name) {
            (*limit, PolicySource::Operator)
        } else if let Some(limit) = self.configured.get(&name) {
            (*limit, PolicySource::Configuration)
        } else if let Some(limit) = built_in(namespace, event) {
            (limit, PolicySource::BuiltIn)
        } else if self.default == Limits::default().default {
            (self.default, PolicySource::BuiltIn)
        } else {
            (self.default, PolicySource::Configuration)
        };
        PolicyEntry { namespace: name.namespace, event: event.to_owned(), limit, source }
    }
}

fn built_in(namespace: &str, event: &str) -> Option<u32> {
    match (namespace, event) {
        (_, INVALID_EVENT) => Some(INVALID),
        (_, "ping" | "typing" | "activity") => Some(600),
        ("/admin", event) if COMMANDS.contains(&event) => Some(600),
        ("/admin" | "/web", _) => Some(10),
        ("/", "private-message") => Some(30),
        ("/", "music-sync") => Some(60),
        ("/", "join-room") | ("/events", "join") | ("/chat", "joinRoom") => Some(10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Place;
    use crate::namespaces;

    const EVENTS: [(&str, &[&str]); 4] = [
        ("/admin", &["room:message", "admin:request"]),
        ("/web", &["room:message", "ping", "room:join"]),
        ("/", &["music-sync"]),
        ("/events", &["message"]),
    ];

    fn key(namespace: &str, event: &str) -> EventName {
        EventName { namespace: namespace.into(), event: event.into() }
    }

    fn policy(limits: &Limits) -> Policy {
        let operators = [(key("/web", "room:join"), 7), (key("/gone", "away"), 1)].into();
        Policy::new(limits, operators, EVENTS.map(|(namespace, events)| (namespace, events.to_vec())))
    }

    #[test]
    fn an_operators_entry_goes_before_the_configuration_and_that_before_what_is_built_in() {
        let mut limits = Limits::default();
        limits.events.insert(key("/web", "room:message"), 3);
        limits.events.insert(key("/web", "room:join"), 4);
        let policy = policy(&limits);
        for (namespace, event, limit, source) in [
            (0, 0, 10, PolicySource::BuiltIn),
            (0, 1, 600, PolicySource::BuiltIn),
            (1, 0, 3, PolicySource::Configuration),
            (1, 1, 600, PolicySource::BuiltIn),
            (1, 2, 7, PolicySource::Operator),
            (1, 3, 100, PolicySource::BuiltIn),
            (2, 0, 60, PolicySource::BuiltIn),
            (3, 0, 100, PolicySource::BuiltIn),
        ] {
            let entry = policy.entry(&policy.tables[namespace], event);
            assert_eq!((policy.limit(namespace, event), entry.source), (Some(limit), source), "{entry:?}");
        }
        let configured = policy.set(&key("/web", "room:join"), None).expect("an event");
        assert_eq!((configured.limit, configured.source), (4, PolicySource::Configuration));
        assert_eq!(policy.limit(1, 2), Some(4), "it works at once");
        policy.set(&key("/web", INVALID_EVENT), Some(5)).expect("an event");
        assert_eq!(policy.limit(1, 3), Some(5));
        assert_eq!(policy.set(&key("/web", "explode"), Some(5)), None);
        assert_eq!(policy.table().entries.len(), 11);
    }

    /// The contract's limits of every event that there is: each namespace, and its events by how many a window admits.
    #[test]
    fn every_event_has_the_limit_of_the_contract() {
        let office: &[(u32, &[&str])] = &[
            (600, &["ping"]),
            (10, &["auth:refresh", "private:message", "room:join", "room:leave", "room:message", "test:error"]),
            (100, &[INVALID_EVENT]),
        ];
        let commands: &[(u32, &[&str])] = &[(600, &["feed:subscribe", "admin:request"])];
        let realtime: &[(u32, &[&str])] = &[
            (30, &["private-message"]),
            (60, &["music-sync"]),
            (10, &["join-room"]),
            (600, &["ping", "activity"]),
            (100, &["auth:refresh", "leave-room", INVALID_EVENT]),
        ];
        let events: &[(u32, &[&str])] =
            &[(10, &["join"]), (600, &["ping"]), (100, &["auth:refresh", "leave", "message", INVALID_EVENT])];
        let chat: &[(u32, &[&str])] = &[
            (10, &["joinRoom"]),
            (600, &["ping", "typing"]),
            (100, &["auth:refresh", "joinChat", "sendMessage", "message", "leaveRoom", "roomMessage", INVALID_EVENT]),
        ];
        let mut expected = BTreeMap::new();
        for (namespace, limits) in [
            ("/admin", office),
            ("/admin", commands),
            ("/web", office),
            ("/", realtime),
            ("/events", events),
            ("/chat", chat),
        ] {
            for (limit, names) in limits {
                expected.extend(names.iter().map(|name| (key(namespace, name).to_string(), *limit)));
            }
        }
        let names = |place| namespaces::events(place).iter().map(|known| known.name).collect();
        let places = Place::ALL.map(|place| (place.as_str(), names(place)));
        let table = Policy::new(&Limits::default(), BTreeMap::new(), places).table();
        assert_eq!((table.enabled, table.window), (true, 60));
        let found = table.entries.iter().map(|entry| (format!("{} {}", entry.namespace, entry.event), entry.limit));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
    }

    #[test]
    fn what_is_switched_off_limits_nothing() {
        let policy = policy(&Limits { enabled: false, ..Limits::default() });
        assert_eq!(policy.limit(1, 0), None);
        assert!(!policy.table().enabled);
    }
}
