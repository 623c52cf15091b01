//! A filter that is made to be asked 100 000 times: what can be known beforehand is, and the cheap questions come first.

use ipnet::IpNet;
use signalbox_protocol::Timestamp;

use super::key::{Age, Amount, Comparison, Field, State};
use super::pattern::{Piece, fits};
use super::subject::{Part, Subject, is_sign};
use super::{Filter, Pattern, Sense, Test};

/// A filter that can be asked.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    probes: Vec<(Sense, Probe)>,
}

/// A question about a subject, from the cheapest to the dearest.
#[derive(Debug)]
enum Probe {
    State(State),
    Amount(Amount, Comparison, u64),
    /// In milliseconds.
    Age(Age, Comparison, i64),
    Network(IpNet),
    /// One of these is found.
    Part(Vec<Needle>),
    /// This occurs in what is searched.
    Occurs(Box<str>),
    /// A whole part of what is searched is like this.
    Whole(Pattern),
}

/// A part of a subject: its sign, its first letters, and what may follow.
#[derive(Debug)]
struct Needle {
    head: Box<str>,
    tail: Vec<Piece>,
}

impl Sieve {
    /// Makes a filter ready.
    pub(crate) fn of(filter: &Filter) -> Self {
        let mut probes: Vec<_> = filter.terms.iter().map(|term| (term.sense, Probe::of(&term.test))).collect();
        probes.sort_by_key(|(_, probe)| probe.cost());
        Self { probes }
    }

    /// Whether the filter lets it through at this time.
    pub(crate) fn passes(&self, subject: &Subject, now: Timestamp) -> bool {
        self.probes.iter().all(|(sense, probe)| probe.holds(subject, now) == (*sense == Sense::Is))
    }

    /// Whether time alone can change what it lets through.
    pub(crate) fn is_timed(&self) -> bool {
        self.probes.iter().any(|(_, probe)| matches!(probe, Probe::Age(..)))
    }
}

impl Probe {
    fn of(test: &Test) -> Self {
        match test {
            Test::Anywhere(pattern) => match pattern.as_literal() {
                Some(text) => Self::Occurs(text.into()),
                None => Self::Whole(pattern.clone()),
            },
            Test::Text(field, pattern) => {
                // Clients have long names, which nobody types in full.
                let pattern = if *field == Field::Client { &pattern.anywhere() } else { pattern };
                Self::Part(Part::of(*field).iter().map(|part| Needle::of(*part, pattern)).collect())
            }
            Test::Network(network) => Self::Network(*network),
            Test::State(state) => Self::State(*state),
            Test::Age(age, sign, seconds) => Self::Age(*age, *sign, i64::from(*seconds) * 1_000),
            Test::Amount(amount, sign, number) => Self::Amount(*amount, *sign, *number),
        }
    }

    const fn cost(&self) -> u8 {
        match self {
            Self::State(_) | Self::Amount(..) | Self::Age(..) => 0,
            Self::Network(_) => 1,
            Self::Part(_) => 2,
            Self::Occurs(_) => 3,
            Self::Whole(_) => 4,
        }
    }

    fn holds(&self, subject: &Subject, now: Timestamp) -> bool {
        match self {
            Self::State(State::Operator) => subject.is_operator(),
            Self::State(State::Idle) => subject.idle_since().is_some(),
            Self::State(State::Active) => subject.idle_since().is_none(),
            Self::Amount(Amount::Hits, sign, than) => sign.holds(subject.hits().cmp(than)),
            Self::Amount(Amount::Connections, sign, than) => sign.holds(u64::from(subject.connections()).cmp(than)),
            Self::Age(age, sign, than) => {
                let since = match age {
                    Age::Idle => subject.idle_since().unwrap_or(now),
                    Age::Online => subject.online_at(),
                };
                sign.holds((now.as_millis() - since.as_millis()).cmp(than))
            }
            Self::Network(network) => subject.is_in(network),
            Self::Part(needles) => needles.iter().any(|needle| needle.is_in(subject.text())),
            Self::Occurs(word) => subject.searched().contains(&**word),
            Self::Whole(pattern) => {
                let (head, tail) = pattern.split();
                subject.searched_parts().any(|part| part.strip_prefix(head).is_some_and(|rest| fits(tail, rest)))
            }
        }
    }
}

impl Needle {
    fn of(part: Part, pattern: &Pattern) -> Self {
        let (head, tail) = pattern.split();
        Self { head: format!("{}{head}", part.sign()).into(), tail: tail.to_vec() }
    }

    fn is_in(&self, text: &str) -> bool {
        text.match_indices(&*self.head).any(|(at, head)| {
            let rest = &text[at + head.len()..];
            let end = rest.bytes().position(is_sign).unwrap_or(rest.len());
            fits(&self.tail, &rest[..end])
        })
    }
}
