//! The policy table: what the configuration says, else what is built in.

use std::collections::BTreeMap;

use crate::config::{EventName, Limits};

/// The commands of section 6, which count together.
pub const COMMANDS: &[&str] = &["feed:subscribe", "admin:request"];

/// How many events of a kind a window admits.
#[derive(Debug, Clone)]
pub struct Policy {
    enabled: bool,
    default: u32,
    window_ms: u64,
    configured: BTreeMap<EventName, u32>,
}

impl Policy {
    /// From the configuration.
    pub fn new(limits: &Limits) -> Self {
        Self {
            enabled: limits.enabled,
            default: limits.default,
            window_ms: u64::try_from(limits.window.as_millis()).unwrap_or(u64::MAX),
            configured: limits.events.clone(),
        }
    }

    /// The window, in milliseconds.
    pub fn window_ms(&self) -> u64 {
        self.window_ms
    }

    /// The window, in seconds.
    pub fn window_s(&self) -> u32 {
        u32::try_from(self.window_ms / 1000).unwrap_or(u32::MAX)
    }

    /// How many of the event a window admits; `None` where nothing is limited.
    pub fn limit(&self, namespace: &str, event: &str) -> Option<u32> {
        self.enabled.then(|| {
            self.configured
                .get(&key(namespace, event))
                .copied()
                .or_else(|| built_in(namespace, event))
                .unwrap_or(self.default)
        })
    }
}

fn key(namespace: &str, event: &str) -> EventName {
    EventName { namespace: namespace.into(), event: event.into() }
}

fn built_in(namespace: &str, event: &str) -> Option<u32> {
    match (namespace, event) {
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

    #[test]
    fn the_table_is_the_contracts_unless_the_configuration_says_otherwise() {
        let mut limits = Limits::default();
        limits.events.insert(key("/web", "room:message"), 3);
        let policy = Policy::new(&limits);
        for (namespace, event, limit) in [
            ("/web", "room:message", 3),
            ("/admin", "room:message", 10),
            ("/web", "ping", 600),
            ("/admin", "admin:request", 600),
            ("/web", "admin:request", 10),
            ("/", "music-sync", 60),
            ("/events", "message", 100),
        ] {
            assert_eq!(policy.limit(namespace, event), Some(limit), "{namespace} {event}");
        }
        let open = Policy::new(&Limits { enabled: false, ..Limits::default() });
        assert_eq!(open.limit("/web", "room:message"), None);
    }
}
