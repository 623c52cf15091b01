//! The filter language of people: `user:ali* ip:10.0.0.0/8 ns:/web -room:lobby idle>5m hits>0 firefox`.
//!
//! All terms must hold. A word is looked for anywhere; behind a key stands a whole text, in any case, with `*` for any
//! letters and `?` for one; quotes take signs for what they are; a minus sign turns a term around.
//!
//! Owns what a text means, what is wrong with one, and whether somebody is meant. Pure: it is given texts, subjects and
//! the time, and must never know a view, a fleet or a page.

mod key;
mod misread;
mod pattern;
mod read;
mod sieve;
mod subject;
mod typed;

#[cfg(test)]
mod tests;

use std::fmt;

use ipnet::IpNet;

pub(crate) use key::{Age, Amount, KEYS, Key, Kind, State};
use key::{Comparison, Field};
pub(crate) use misread::utf16;
use pattern::Pattern;
pub(crate) use pattern::{folded, written};
pub(crate) use read::read;
pub(crate) use sieve::Sieve;
pub(crate) use subject::{Part, Subject};
pub(crate) use typed::{Typed, typed_at};

/// A filter, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    terms: Vec<Term>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    sense: Sense,
    test: Test,
}

/// Whether a test must hold or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Is,
    IsNot,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// Anything that is searched.
    Anywhere(Pattern),
    Text(Field, Pattern),
    Network(IpNet),
    State(State),
    /// In seconds.
    Age(Age, Comparison, u32),
    Amount(Amount, Comparison, u64),
}

impl Filter {
    /// It lets everybody through.
    pub(crate) const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

impl fmt::Display for Filter {
    /// As a text that is read as the same filter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Term { sense, test }) in self.terms.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            let minus = if *sense == Sense::IsNot { "-" } else { "" };
            write!(f, "{space}{minus}{test}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |kind| Key::of(kind).name;
        match self {
            Self::Anywhere(pattern) => pattern.write(f, read::is_no_plain_word),
            Self::Text(field, pattern) => write!(f, "{}:{pattern}", name(Kind::Text(*field))),
            Self::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                write!(f, "{}:{}", name(Kind::Text(Field::Ip)), network.addr())
            }
            Self::Network(network) => write!(f, "{}:{network}", name(Kind::Text(Field::Ip))),
            Self::State(state) => write!(f, "{}:{state}", name(Kind::State)),
            Self::Age(age, sign, seconds) => write!(f, "{}{sign}{}", name(Kind::Age(*age)), Span(*seconds)),
            Self::Amount(amount, sign, number) => write!(f, "{}{sign}{number}", name(Kind::Amount(*amount))),
        }
    }
}

/// A time as it is typed, in seconds: `1h30m`.
struct Span(u32);

/// The units of time, the largest first, with their seconds.
const UNITS: [(char, u32); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut left = self.0;
        for (unit, seconds) in UNITS {
            if left >= seconds {
                write!(f, "{}{unit}", left / seconds)?;
                left %= seconds;
            }
        }
        Ok(())
    }
}
