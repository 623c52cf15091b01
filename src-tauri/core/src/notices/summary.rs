//! Many notices in one: of which gateway how many of what, and never each. It must never be empty.

use std::collections::BTreeMap;

use signalbox_protocol::feed::AlertKind;
use signalbox_protocol::ipc::{ProfileId, Subject};

use super::Event;

/// Notices that were not shown one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    first: Tally,
    others: Vec<Tally>,
}

/// Those of one gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Which.
    pub profile: ProfileId,
    /// What it is called; `None` or empty where it is this machine's own.
    pub name: Option<String>,
    /// How many of each.
    pub counts: BTreeMap<Matter, u32>,
}

/// What a notice says, without its particulars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// The gateway cannot be reached.
    Lost,
    /// Somebody has to sign in again.
    SignedOut,
    /// The gateway of this machine ended.
    Crashed,
    /// An alert of that kind.
    Error,
    /// Likewise.
    Anomaly,
    /// Likewise.
    Warning,
    /// The gateway is back.
    Back,
}

impl Summary {
    /// That of one notice; `None` where it is a summary itself.
    pub fn of(event: &Event) -> Option<Self> {
        let (matter, name) = read(event)?;
        let mut first = Tally::new(event.profile(), name);
        first.count(matter);
        Some(Self { first, others: Vec::new() })
    }

    /// Another one joins them.
    pub fn add(&mut self, event: &Event) {
        let Some((matter, name)) = read(event) else { return };
        let profile = event.profile();
        let known = std::iter::once(&mut self.first).chain(&mut self.others).find(|tally| tally.profile == *profile);
        match known {
            Some(tally) => {
                // It may have been renamed meanwhile.
                tally.name = name.map(str::to_owned).or(tally.name.take());
                tally.count(matter);
            }
            None => {
                let mut tally = Tally::new(profile, name);
                tally.count(matter);
                self.others.push(tally);
            }
        }
        // The one with most of them leads.
        if let Some(last) = self.others.iter_mut().max_by_key(|tally| tally.total())
            && last.total() > self.first.total()
        {
            std::mem::swap(last, &mut self.first);
        }
    }

    /// How many they are.
    pub fn total(&self) -> u32 {
        self.tallies().map(Tally::total).fold(0, u32::saturating_add)
    }

    /// The gateway with most of them, to which a click leads.
    pub const fn first(&self) -> &Tally {
        &self.first
    }

    /// All the gateways, from the one with most of them on.
    pub fn tallies(&self) -> impl Iterator<Item = &Tally> {
        let mut others: Vec<_> = self.others.iter().collect();
        others.sort_by_key(|tally| std::cmp::Reverse(tally.total()));
        std::iter::once(&self.first).chain(others)
    }
}

impl Tally {
    fn new(profile: &ProfileId, name: Option<&str>) -> Self {
        Self { profile: profile.clone(), name: name.map(str::to_owned), counts: BTreeMap::new() }
    }

    fn count(&mut self, matter: Matter) {
        let count = self.counts.entry(matter).or_default();
        *count = count.saturating_add(1);
    }

    /// How many they are.
    pub fn total(&self) -> u32 {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// What a click shows of the gateway: what most of them are about.
    pub fn subject(&self) -> Subject {
        let about =
            |subject| self.counts.iter().filter(|(it, _)| it.subject() == subject).map(|(_, count)| count).sum();
        let of: [(Subject, u32); 3] =
            [Subject::Gateway, Subject::LocalGateway, Subject::Alerts].map(|subject| (subject, about(subject)));
        of.into_iter().max_by_key(|(_, count)| *count).map_or(Subject::Alerts, |(subject, _)| subject)
    }
}

impl Matter {
    const fn subject(self) -> Subject {
        match self {
            Self::Lost | Self::Back | Self::SignedOut => Subject::Gateway,
            Self::Crashed => Subject::LocalGateway,
            Self::Error | Self::Anomaly | Self::Warning => Subject::Alerts,
        }
    }
}

/// What an event is about, and the name of its gateway; `None` of a summary.
fn read(event: &Event) -> Option<(Matter, Option<&str>)> {
    Some(match event {
        Event::GatewayLost { name, .. } => (Matter::Lost, Some(name)),
        Event::GatewayBack { name, .. } => (Matter::Back, Some(name)),
        Event::SignedOut { name, .. } => (Matter::SignedOut, Some(name)),
        Event::LocalCrashed { .. } => (Matter::Crashed, None),
        Event::Alert { name, alert, .. } => {
            let matter = match alert.kind {
                AlertKind::Warning => Matter::Warning,
                AlertKind::Error => Matter::Error,
                AlertKind::Anomaly => Matter::Anomaly,
            };
            (matter, Some(name))
        }
        Event::Summary(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::feed::Level;

    use super::super::tests::{alert, lost};
    use super::*;

    #[test]
    fn a_summary_leads_to_where_most_of_it_is() {
        let warning = |name| alert(name, AlertKind::Warning, Level::Low);
        for (events, profile, subject) in [
            (vec![lost("a"), lost("b"), lost("b")], "b", Subject::Gateway),
            (vec![warning("a"), warning("a"), lost("b")], "a", Subject::Alerts),
            (vec![lost("a"), warning("b"), warning("b"), lost("b")], "b", Subject::Alerts),
            (vec![lost("a"), warning("b")], "a", Subject::Gateway),
        ] {
            let mut summary = Summary::of(&events[0]).unwrap();
            events[1..].iter().for_each(|event| summary.add(event));
            assert_eq!(summary.total() as usize, events.len());
            let event = Event::Summary(summary);
            assert_eq!((event.profile().0.as_str(), event.subject()), (profile, subject), "{events:?}");
        }
    }

    #[test]
    fn a_summary_says_of_which_gateway_how_many_of_what() {
        let mut summary = Summary::of(&lost("a")).unwrap();
        for event in [lost("b"), alert("b", AlertKind::Error, Level::High), lost("c"), lost("b")] {
            summary.add(&event);
        }
        let said: Vec<_> = summary.tallies().map(|it| (it.profile.0.as_str(), it.counts.clone())).collect();
        assert_eq!(said[0], ("b", BTreeMap::from([(Matter::Lost, 2), (Matter::Error, 1)])));
        assert_eq!(said.len(), 3);
    }
}
