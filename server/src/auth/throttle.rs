//! How often a sign-in may fail. Pure: the time is passed in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use signalbox_protocol::Timestamp;

use crate::transport::host;

/// Failures that are forgiven within [`WINDOW_MS`].
const FAILURES: usize = 5;
const WINDOW_MS: i64 = 60_000;

/// Pairs of account and address that are remembered. More cannot fail within a minute: each failure costs a password
/// check. Beyond it the pair that is heard of the longest ago is forgotten.
const PAIRS: usize = 10_000;

/// A name is at most so long; what is longer is nobody's.
const LONGEST_NAME: usize = 64;

/// Counts failures by account and address.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: HashMap<Pair, Vec<Timestamp>>,
}

type Pair = (Box<str>, IpAddr);

impl Throttle {
    /// Admits an attempt and counts it as failed until [`Throttle::succeeded`], so that attempts made at the same time
    /// are not all admitted.
    ///
    /// # Errors
    /// The time to wait, where there were too many failures.
    pub fn attempt(&mut self, name: &str, address: IpAddr, now: Timestamp) -> Result<(), Duration> {
        let pair = pair(name, address);
        if !self.failures.contains_key(&pair) && self.failures.len() >= PAIRS {
            self.make_room(now);
        }
        let failures = self.failures.entry(pair).or_default();
        failures.retain(|at| at.as_millis() > now.as_millis() - WINDOW_MS);
        if let [oldest, rest @ ..] = failures.as_slice()
            && rest.len() + 1 >= FAILURES
        {
            let wait = oldest.as_millis() + WINDOW_MS - now.as_millis();
            return Err(Duration::from_millis(u64::try_from(wait).unwrap_or(0)));
        }
        failures.push(now);
        Ok(())
    }

    /// The attempt was not looked at: it does not count, nor does it push out those that do.
    pub fn withdraw(&mut self, name: &str, address: IpAddr) {
        let pair = pair(name, address);
        if let Some(failures) = self.failures.get_mut(&pair) {
            failures.pop();
            if failures.is_empty() {
                self.failures.remove(&pair);
            }
        }
    }

    /// The attempt was a good one: earlier failures are forgiven.
    pub fn succeeded(&mut self, name: &str, address: IpAddr) {
        self.failures.remove(&pair(name, address));
    }

    fn make_room(&mut self, now: Timestamp) {
        let latest = |failures: &Vec<Timestamp>| failures.last().copied().unwrap_or(Timestamp(0));
        self.failures.retain(|_, failures| latest(failures).as_millis() > now.as_millis() - WINDOW_MS);
        if self.failures.len() >= PAIRS
            && let Some(oldest) = self.failures.iter().min_by_key(|(_, failures)| latest(failures))
        {
            let oldest = oldest.0.clone();
            self.failures.remove(&oldest);
        }
    }
}

fn pair(name: &str, address: IpAddr) -> Pair {
    (name.chars().take(LONGEST_NAME).collect(), host(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_sixth_failure_within_a_minute_has_to_wait() {
        let mut throttle = Throttle::default();
        let here = address("192.0.2.1");
        for second in 0..5 {
            assert_eq!(throttle.attempt("ann", here, Timestamp(second * 1000)), Ok(()), "{second}");
        }
        assert_eq!(throttle.attempt("ann", here, Timestamp(5000)), Err(Duration::from_secs(55)));
        assert_eq!(throttle.attempt("bob", here, Timestamp(5000)), Ok(()), "another account");
        assert_eq!(throttle.attempt("ann", address("192.0.2.2"), Timestamp(5000)), Ok(()), "another address");
        assert_eq!(throttle.attempt("ann", here, Timestamp(60_000)), Ok(()), "the first failure is forgotten");
        assert!(throttle.attempt("ann", here, Timestamp(60_001)).is_err(), "the others are not");
    }

    #[test]
    fn a_good_attempt_forgives_the_failures_before_it() {
        let mut throttle = Throttle::default();
        let here = address("2001:db8::1");
        for round in 0..20 {
            assert_eq!(throttle.attempt("ann", here, Timestamp(round)), Ok(()));
            throttle.succeeded("ann", here);
        }
    }

    #[test]
    fn an_attempt_that_was_not_looked_at_leaves_nothing_behind() {
        let mut throttle = Throttle::default();
        let here = address("192.0.2.1");
        for _ in 0..20 {
            assert_eq!(throttle.attempt("ann", here, Timestamp(0)), Ok(()));
            throttle.withdraw("ann", here);
        }
        assert!(throttle.failures.is_empty());
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let mut throttle = Throttle::default();
        for host in 1..=5 {
            assert!(throttle.attempt("ann", address(&format!("2001:db8::{host}")), Timestamp(0)).is_ok());
        }
        assert!(throttle.attempt("ann", address("2001:db8::6"), Timestamp(0)).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::default();
        for name in 0..PAIRS + 100 {
            let now = Timestamp(i64::try_from(name).expect("a small number"));
            assert!(throttle.attempt(&name.to_string(), address("192.0.2.1"), now).is_ok());
        }
        assert_eq!(throttle.failures.len(), PAIRS);
    }
}
