//! How a text becomes a filter: from left to right, up to the first mistake.

use std::net::IpAddr;
use std::ops::Range;

use ipnet::IpNet;
use signalbox_protocol::ipc::{FilterFault, FilterKey};

use super::key::{Comparison, Field, Key, Kind, State};
use super::misread::Misread;
use super::pattern::quoted;
use super::{Filter, Pattern, Sense, Term, Test, UNITS};

/// The signs that can stand between a key and its value.
const SIGNS: [char; 4] = [':', '<', '>', '='];

/// Reads a filter.
///
/// # Errors
/// The first mistake.
pub(crate) fn read(text: &str) -> Result<Filter, Misread> {
    let mut reader = Reader { text, at: 0 };
    let mut terms = Vec::new();
    while reader.skip_space() {
        terms.push(reader.term()?);
    }
    Ok(Filter { terms })
}

/// A word that begins like this would be read as something else.
pub(super) fn is_no_plain_word(text: &str) -> bool {
    text.starts_with('-') || key_of(text).is_some()
}

/// The letters of a key, and the sign behind them, where a term begins with such.
fn key_of(term: &str) -> Option<&str> {
    let name = &term[..term.bytes().take_while(u8::is_ascii_alphabetic).count()];
    (!name.is_empty() && term[name.len()..].starts_with(SIGNS)).then_some(name)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Up to the next term, if there is one.
    fn skip_space(&mut self) -> bool {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.at < self.text.len()
    }

    /// The term is over.
    fn is_over(&self) -> bool {
        self.rest().chars().next().is_none_or(char::is_whitespace)
    }

    fn term(&mut self) -> Result<Term, Misread> {
        let begin = self.at;
        let sense = if self.rest().starts_with('-') { Sense::IsNot } else { Sense::Is };
        if sense == Sense::IsNot {
            self.at += 1;
            if self.is_over() {
                return Err(Misread::new(begin..self.at, FilterFault::NothingNegated, None));
            }
        }
        let test = match self.key()? {
            Some(key) => self.test(key)?,
            None => Test::Anywhere(self.pattern(None)?),
        };
        Ok(Term { sense, test })
    }

    /// The key that the term begins with, read; `None` where it is a word.
    fn key(&mut self) -> Result<Option<&'static Key>, Misread> {
        let Some(name) = key_of(self.rest()) else { return Ok(None) };
        if let Some(key) = Key::named(name) {
            self.at += name.len();
            return Ok(Some(key));
        }
        let token = self.rest().split(char::is_whitespace).next().unwrap_or_default();
        if network(token).is_some() {
            return Ok(None);
        }
        let at = self.at..self.at + name.len();
        Err(match Key::meant_by(name) {
            Some(key) => Misread::new(at, FilterFault::UnknownKey, Some(key.key)).instead(key.name),
            None => {
                let at = self.at..self.end_of_term();
                let text = quoted(&self.text[at.clone()]);
                Misread::new(at, FilterFault::UnknownKey, None).instead(text)
            }
        })
    }

    /// What stands behind a key.
    fn test(&mut self, key: &'static Key) -> Result<Test, Misread> {
        match key.kind {
            Kind::Text(field) => {
                let (at, pattern) = self.behind_colon(key)?;
                match pattern.as_literal() {
                    Some(text) if field == Field::Ip => read_network(text, at).map(Test::Network),
                    _ => Ok(Test::Text(field, pattern)),
                }
            }
            Kind::State => {
                let (at, pattern) = self.behind_colon(key)?;
                let word = pattern.as_literal().unwrap_or_default();
                State::named(word).map(Test::State).ok_or_else(|| {
                    let meant = State::meant_by(word).map(str::to_owned);
                    Misread::new(at, FilterFault::NoSuchState, Some(key.key)).perhaps(meant)
                })
            }
            Kind::Age(age) => {
                let sign = self.sign(key)?;
                let (at, value) = self.value(key)?;
                duration(value).map(|seconds| Test::Age(age, sign, seconds)).ok_or_else(|| {
                    // A number without a unit.
                    let minutes = Some(format!("{value}m")).filter(|minutes| duration(minutes).is_some());
                    Misread::new(at, FilterFault::NotADuration, Some(key.key)).perhaps(minutes)
                })
            }
            Kind::Amount(amount) => {
                let sign = self.sign(key)?;
                let (at, value) = self.value(key)?;
                let number = value.parse().ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()));
                let number = number.ok_or_else(|| Misread::new(at, FilterFault::NotANumber, Some(key.key)))?;
                Ok(Test::Amount(amount, sign, number))
            }
        }
    }

    /// The text behind a key and a colon, and where it is.
    fn behind_colon(&mut self, key: &'static Key) -> Result<(Range<usize>, Pattern), Misread> {
        let begin = self.at;
        if !self.rest().starts_with(':') {
            let at = begin..begin + self.signs().len();
            return Err(Misread::new(at, FilterFault::WrongOperator, Some(key.key)).instead(":"));
        }
        self.at += 1;
        self.must_follow(key, begin)?;
        let begin = self.at;
        let pattern = self.pattern(Some(key.key))?;
        Ok((begin..self.at, pattern))
    }

    /// The sign between a key and a number or a time.
    fn sign(&mut self, key: &'static Key) -> Result<Comparison, Misread> {
        let (begin, signs) = (self.at, self.signs());
        self.at += signs.len();
        let sign = Comparison::signed(signs);
        let sign = sign.filter(|sign| *sign != Comparison::Equal || matches!(key.kind, Kind::Amount(_)));
        let Some(sign) = sign else {
            let (less, equal) = (signs.contains('<'), signs.contains('='));
            let right = match key.kind {
                Kind::Amount(_) if !less && !signs.contains('>') => "=",
                _ if less && equal => "<=",
                _ if less => "<",
                _ if equal && signs.contains('>') => ">=",
                _ => ">",
            };
            return Err(Misread::new(begin..self.at, FilterFault::WrongOperator, Some(key.key)).instead(right));
        };
        self.must_follow(key, begin)?;
        Ok(sign)
    }

    /// The signs that stand here.
    fn signs(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|letter| !SIGNS.contains(&letter)).unwrap_or(rest.len())]
    }

    /// Something must stand behind the sign that began there.
    fn must_follow(&self, key: &'static Key, sign: usize) -> Result<(), Misread> {
        if !self.is_over() {
            return Ok(());
        }
        Err(Misread::new(sign - key.name.len()..self.at, FilterFault::NoValue, Some(key.key)))
    }

    /// A number or a time: the letters up to the next space.
    fn value(&mut self, key: &'static Key) -> Result<(Range<usize>, &'a str), Misread> {
        let begin = self.at;
        // Quotes are not needed, and do no harm.
        self.pattern(Some(key.key))?;
        let value = &self.text[begin..self.at];
        let plain = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        Ok((begin..self.at, plain))
    }

    /// A text up to the next space that is not in quotes.
    fn pattern(&mut self, key: Option<FilterKey>) -> Result<Pattern, Misread> {
        let begin = self.at;
        let mut pattern = Pattern::default();
        while let Some(letter) = self.rest().chars().next().filter(|letter| !letter.is_whitespace()) {
            match letter {
                '"' => {
                    self.quoted(&mut pattern, key)?;
                    continue;
                }
                '*' => pattern.push_any(),
                '?' => pattern.push_one(),
                letter => pattern.push(letter),
            }
            self.at += letter.len_utf8();
        }
        if pattern.is_empty() {
            return Err(Misread::new(begin..self.at, FilterFault::NoValue, key));
        }
        Ok(pattern)
    }

    /// What stands in quotes, which begin here.
    fn quoted(&mut self, pattern: &mut Pattern, key: Option<FilterKey>) -> Result<(), Misread> {
        let begin = self.at;
        let mut escaped = false;
        for (index, letter) in self.rest().char_indices().skip(1) {
            match letter {
                '"' if !escaped => {
                    self.at += index + 1;
                    return Ok(());
                }
                '\\' if !escaped => escaped = true,
                letter => {
                    escaped = false;
                    pattern.push(letter);
                }
            }
        }
        let misread = Misread::new(begin..self.text.len(), FilterFault::OpenQuote, key);
        let typed = self.rest()[1..].trim_end();
        let closed = Some(format!("\"{typed}\"")).filter(|_| !typed.is_empty() && !escaped);
        Err(misread.perhaps(closed))
    }

    /// Where the term ends that begins here.
    fn end_of_term(&self) -> usize {
        let mut ahead = Reader { text: self.text, at: self.at };
        if ahead.pattern(None).is_ok() { ahead.at } else { self.text.len() }
    }
}

/// An address is a network of one; an IPv4 address that is written as an IPv6 one is an IPv4 address.
fn network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
    let mapped = match (network.addr(), network.prefix_len().checked_sub(96)) {
        (IpAddr::V6(address), Some(bits)) => address.to_ipv4_mapped().zip(Some(bits)),
        _ => None,
    };
    Some(mapped.and_then(|(address, bits)| IpNet::new(address.into(), bits).ok()).unwrap_or(network))
}

fn read_network(text: &str, at: Range<usize>) -> Result<IpNet, Misread> {
    let wrong = || Misread::new(at, FilterFault::NotANetwork, Some(FilterKey::Ip)).perhaps(meant_network(text));
    network(text).ok_or_else(wrong)
}

/// `10.0` is the beginning of an address, and `10.0.0.7/40` has too many bits.
fn meant_network(text: &str) -> Option<String> {
    if let Some((address, _)) = text.split_once('/') {
        return address.parse::<IpAddr>().ok().map(|address| IpNet::from(address).to_string());
    }
    let octets: Vec<u8> = text.trim_end_matches('.').split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let bits = octets.len() * 8;
    let mut whole = octets.iter().map(ToString::to_string).collect::<Vec<_>>();
    whole.resize(4, "0".to_owned());
    (bits < 32).then(|| format!("{}/{bits}", whole.join(".")))
}

/// Seconds in a time such as `5m` or `1h30m`.
fn duration(text: &str) -> Option<u32> {
    let mut seconds = 0_u32;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = rest[digits..].chars().next()?;
        let (_, worth) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&unit))?;
        seconds = seconds.checked_add(rest[..digits].parse::<u32>().ok()?.checked_mul(*worth)?)?;
        rest = &rest[digits + 1..];
    }
    (!text.is_empty()).then_some(seconds)
}
