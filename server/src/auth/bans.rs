//! Who may not come in: bans by user, by address and by network, asked for each connection without a query.
//!
//! A user costs one look into a map. An address costs one for each length of network that is banned at all, 33 and 129 at
//! most, however many bans there are. Pure: the time is passed in, and what is durable is kept elsewhere.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use parking_lot::RwLock;
use signalbox_protocol::admin::{Ban, BanTarget};
use signalbox_protocol::{Timestamp, UserId};

/// Bans at the same time.
const MOST: usize = 100_000;

/// The widest networks that can be banned: 16 million addresses of IPv4, or a continent's share of IPv6. Wider ones are a slip
/// of the hand.
const WIDEST: (u8, u8) = (8, 16);

/// Who may not come in, in the one form that there is for each.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A user.
    User(UserId),
    /// Everybody in a network.
    Network(Network),
}

/// A network without host bits. IPv4-mapped IPv6 addresses are IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpNet);

/// A text that is no network that can be banned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNetwork {
    /// Not an address at all.
    #[error("not an address such as 203.0.113.7 or a network such as 203.0.113.0/24")]
    Unreadable,
    /// A slip of the hand.
    #[error("wider than /8 of IPv4 or /16 of IPv6, which is more than a ban is for")]
    TooWide,
}

/// As many bans hold as may, or would hold more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most 100000 bans hold at once; lift some first")]
pub struct TooMany;

/// The bans that hold. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Bans(Arc<RwLock<Table>>);

#[derive(Debug, Default)]
struct Table {
    bans: HashMap<Target, Arc<Ban>>,
    /// How many banned networks there are of each length.
    lengths_v4: Lengths,
    lengths_v6: Lengths,
    ends: BTreeSet<(Timestamp, Target)>,
}

#[derive(Debug, Default)]
struct Lengths(Vec<(u8, usize)>);

impl Bans {
    /// The ban that keeps the user out, or everybody at that address.
    pub fn find(&self, user: &UserId, address: IpAddr, now: Timestamp) -> Option<Arc<Ban>> {
        let table = self.0.read();
        if table.bans.is_empty() {
            return None;
        }
        let user = Target::User(user.clone());
        let found = table.bans.get(&user).filter(|ban| holds(ban, now)).cloned();
        found.or_else(|| table.at(address, now))
    }

    /// Whether there is room for bans of those targets, of which none is there twice.
    ///
    /// # Errors
    /// Where there are too many others.
    pub fn check<'a>(&self, targets: impl IntoIterator<Item = &'a Target>) -> Result<(), TooMany> {
        self.0.read().check(targets)
    }

    /// Sets a ban, in place of an earlier one of the same target.
    ///
    /// # Errors
    /// Where there are too many others.
    pub fn set(&self, target: Target, ban: Ban) -> Result<(), TooMany> {
        let mut table = self.0.write();
        table.check([&target])?;
        table.remove(&target);
        table.insert(target, ban);
        Ok(())
    }

    /// The ban of exactly that target.
    pub fn get(&self, target: &Target) -> Option<Arc<Ban>> {
        self.0.read().bans.get(target).cloned()
    }

    /// Lifts a ban.
    pub fn lift(&self, target: &Target) -> Option<Arc<Ban>> {
        self.0.write().remove(target)
    }

    /// Takes out the bans whose time is over.
    pub fn expire(&self, now: Timestamp) -> Vec<(Target, Arc<Ban>)> {
        let mut expired = Vec::new();
        if self.0.read().ends.first().is_none_or(|(until, _)| *until > now) {
            return expired;
        }
        let mut table = self.0.write();
        while let Some((until, target)) = table.ends.first().cloned()
            && until <= now
        {
            expired.extend(table.remove(&target).map(|ban| (target, ban)));
        }
        expired
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.read().bans.len()
    }
}

impl Table {
    fn check<'a>(&self, targets: impl IntoIterator<Item = &'a Target>) -> Result<(), TooMany> {
        let added = targets.into_iter().filter(|target| !self.bans.contains_key(target)).count();
        if self.bans.len() + added <= MOST { Ok(()) } else { Err(TooMany) }
    }

    /// The ban of the narrowest network that has the address in it.
    fn at(&self, address: IpAddr, now: Timestamp) -> Option<Arc<Ban>> {
        let address = address.to_canonical();
        let lengths = if address.is_ipv4() { &self.lengths_v4 } else { &self.lengths_v6 };
        lengths.0.iter().rev().find_map(|(length, _)| {
            let network = Network(IpNet::new(address, *length).ok()?.trunc());
            self.bans.get(&Target::Network(network)).filter(|ban| holds(ban, now)).cloned()
        })
    }

    fn insert(&mut self, target: Target, ban: Ban) {
        if let Some(until) = ban.until {
            self.ends.insert((until, target.clone()));
        }
        if let Target::Network(network) = target {
            self.lengths(network).add(network.0.prefix_len());
        }
        self.bans.insert(target, Arc::new(ban));
    }

    fn remove(&mut self, target: &Target) -> Option<Arc<Ban>> {
        let ban = self.bans.remove(target)?;
        if let Some(until) = ban.until {
            self.ends.remove(&(until, target.clone()));
        }
        if let Target::Network(network) = target {
            self.lengths(*network).take(network.0.prefix_len());
        }
        Some(ban)
    }

    fn lengths(&mut self, network: Network) -> &mut Lengths {
        if network.0.addr().is_ipv4() { &mut self.lengths_v4 } else { &mut self.lengths_v6 }
    }
}

impl Lengths {
    fn add(&mut self, length: u8) {
        match self.0.binary_search_by_key(&length, |(there, _)| *there) {
            Ok(at) => self.0[at].1 += 1,
            Err(at) => self.0.insert(at, (length, 1)),
        }
    }

    fn take(&mut self, length: u8) {
        if let Ok(at) = self.0.binary_search_by_key(&length, |(there, _)| *there) {
            self.0[at].1 -= 1;
            if self.0[at].1 == 0 {
                self.0.remove(at);
            }
        }
    }
}

fn holds(ban: &Ban, now: Timestamp) -> bool {
    ban.until.is_none_or(|until| until > now)
}

impl Target {
    /// Whether somebody is meant.
    pub fn meets(&self, user: &UserId, address: IpAddr) -> bool {
        match self {
            Self::User(banned) => banned == user,
            Self::Network(network) => network.0.contains(&address.to_canonical()),
        }
    }

    /// The user, where it is one.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Network(_) => None,
        }
    }

    /// As commands and the feed write it.
    pub fn written(&self) -> BanTarget {
        match self {
            Self::User(user) => BanTarget::User(user.clone()),
            Self::Network(network) => BanTarget::Address(network.to_string()),
        }
    }
}

impl TryFrom<&BanTarget> for Target {
    type Error = InvalidNetwork;

    fn try_from(written: &BanTarget) -> Result<Self, InvalidNetwork> {
        match written {
            BanTarget::User(user) => Ok(Self::User(user.clone())),
            BanTarget::Address(text) => text.parse().map(Self::Network),
        }
    }
}

/// `user 7`, `address 203.0.113.0/24`: the key in the store, and what the audit log says.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user {user}"),
            Self::Network(network) => write!(f, "address {network}"),
        }
    }
}

/// A text that names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a user or an address")]
pub struct InvalidTarget;

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        match text.split_once(' ') {
            Some(("user", user)) => user.parse().map(Self::User).map_err(|_| InvalidTarget),
            Some(("address", network)) => network.parse().map(Self::Network).map_err(|_| InvalidTarget),
            _ => Err(InvalidTarget),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let read = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let network = match read.map_err(|_| InvalidNetwork::Unreadable)?.trunc() {
            IpNet::V4(network) => IpNet::V4(network),
            IpNet::V6(network) => mapped(network).map_or(IpNet::V6(network), IpNet::V4),
        };
        let widest = if network.addr().is_ipv4() { WIDEST.0 } else { WIDEST.1 };
        if network.prefix_len() < widest {
            return Err(InvalidNetwork::TooWide);
        }
        Ok(Self(network))
    }
}

/// The network of IPv4 that is meant by one of IPv6 in `::ffff:0:0/96`.
fn mapped(network: Ipv6Net) -> Option<Ipv4Net> {
    let length = network.prefix_len().checked_sub(96)?;
    let address: Ipv4Addr = Ipv6Addr::to_ipv4_mapped(&network.addr())?;
    Ipv4Net::new(address, length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ban(target: &Target, until: Option<i64>) -> Ban {
        let (target, reason, by) = (target.written(), "spam".to_owned(), "olga".to_owned());
        Ban { target, reason, until: until.map(Timestamp), by, at: Timestamp(0) }
    }

    fn target(text: &str) -> Target {
        text.parse().expect(text)
    }

    fn set(bans: &Bans, text: &str, until: Option<i64>) {
        bans.set(target(text), ban(&target(text), until)).expect("there is room");
    }

    fn is_banned(bans: &Bans, user: &str, address: &str, now: i64) -> bool {
        let address = address.parse().expect("an address");
        bans.find(&user.parse().expect("a user"), address, Timestamp(now)).is_some()
    }

    #[test]
    fn a_network_has_one_form() {
        for (text, written) in [
            ("203.0.113.7", Some("203.0.113.7/32")),
            ("203.0.113.7/24", Some("203.0.113.0/24")),
            ("::ffff:203.0.113.7", Some("203.0.113.7/32")),
            ("::ffff:203.0.113.7/120", Some("203.0.113.0/24")),
            ("2001:DB8::1", Some("2001:db8::1/128")),
            ("2001:db8::1/64", Some("2001:db8::/64")),
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("0.0.0.0/0", None),
            ("10.0.0.0/7", None),
            ("::ffff:0:0/96", None),
            ("::/0", None),
            ("203.0.113.7/33", None),
            ("203.0.113", None),
            ("localhost", None),
            ("", None),
        ] {
            let network = text.parse::<Network>().ok().map(|network| network.to_string());
            assert_eq!(network.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn whoever_is_meant_is_found_and_nobody_else() {
        let bans = Bans::default();
        for text in ["user 7", "user ann", "address 203.0.113.0/24", "address 198.51.100.7", "address 2001:db8::/32"] {
            set(&bans, text, None);
        }
        for (user, address, banned) in [
            ("7", "192.0.2.1", true),
            ("ann", "192.0.2.1", true),
            ("8", "192.0.2.1", false),
            ("007", "192.0.2.1", false),
            ("8", "203.0.113.255", true),
            ("8", "203.0.114.0", false),
            ("8", "::ffff:203.0.113.9", true),
            ("8", "198.51.100.7", true),
            ("8", "198.51.100.8", false),
            ("8", "2001:db8:1::1", true),
            ("8", "2001:db9::1", false),
        ] {
            assert_eq!(is_banned(&bans, user, address, 0), banned, "{user} {address}");
        }
    }

    #[test]
    fn a_ban_ends_when_its_time_is_over_or_it_is_lifted() {
        let bans = Bans::default();
        set(&bans, "user 7", Some(100));
        set(&bans, "address 203.0.113.0/24", Some(200));
        set(&bans, "address 203.0.113.0/24", Some(300));
        assert!(is_banned(&bans, "7", "192.0.2.1", 99));
        assert!(!is_banned(&bans, "7", "192.0.2.1", 100), "even before anybody has swept");
        let expired: Vec<_> = bans.expire(Timestamp(200)).into_iter().map(|(target, _)| target.to_string()).collect();
        assert_eq!(expired, ["user 7"], "the later one has taken the place of the earlier one");
        assert!(is_banned(&bans, "8", "203.0.113.1", 200));
        assert!(bans.lift(&target("address 203.0.113.0/24")).is_some());
        assert!(bans.lift(&target("address 203.0.113.0/24")).is_none());
        assert!(!is_banned(&bans, "8", "203.0.113.1", 200));
        assert_eq!(bans.expire(Timestamp(1000)).len(), 0);
    }

    #[test]
    fn there_are_at_most_a_hundred_thousand() {
        let bans = Bans::default();
        for number in 0..MOST {
            let address = Ipv4Addr::from(0xcb00_0000 + u32::try_from(number).expect("a small number"));
            set(&bans, &format!("address {address}"), None);
        }
        let one_more = target("user 7");
        assert_eq!(bans.set(one_more.clone(), ban(&one_more, None)), Err(TooMany));
        let again = target("address 203.0.0.0");
        assert_eq!(bans.check([&again, &one_more]), Err(TooMany), "of several all must have room");
        assert_eq!(bans.set(again.clone(), ban(&again, Some(5))), Ok(()), "one that is there can be changed");
        assert_eq!((bans.count(), bans.0.read().lengths_v4.0.len()), (MOST, 1), "a look is one probe, not a search");
    }
}
