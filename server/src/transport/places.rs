//! Places for what anybody can open, without a word about who it is: counted by host, so that nobody fills them all.
//!
//! A host holds at most half of what the others leave free: one alone gets half of the house, and the fuller it is, the less
//! a newcomer can take. Many clients can be one host, such as those behind a proxy that is not named as one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::address::host;

/// So many places, and who has them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Places {
    taken: Arc<Mutex<Taken>>,
    max: usize,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    hosts: HashMap<IpAddr, usize>,
}

/// One of them. Given back when dropped.
#[derive(Debug)]
pub struct Place {
    taken: Arc<Mutex<Taken>>,
    host: IpAddr,
}

impl Places {
    /// So many.
    pub fn at_most(max: usize) -> Self {
        Self { taken: Arc::default(), max }
    }

    /// One more for that address' host, if there is one.
    pub fn another(&self, address: IpAddr) -> Option<Place> {
        let host = host(address);
        let mut taken = self.taken.lock();
        let Taken { all, hosts } = &mut *taken;
        let own = hosts.get(&host).copied().unwrap_or_default();
        let left_by_others = self.max.saturating_sub(*all - own);
        if own >= left_by_others.div_ceil(2) {
            return None;
        }
        *all += 1;
        hosts.insert(host, own + 1);
        Some(Place { taken: self.taken.clone(), host })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.taken.lock().all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        taken.all -= 1;
        if let Entry::Occupied(mut own) = taken.hosts.entry(self.host) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(host: u8) -> IpAddr {
        [192, 0, 2, host].into()
    }

    /// As many as the host gets.
    fn fill(places: &Places, host: IpAddr) -> Vec<Place> {
        std::iter::from_fn(|| places.another(host)).collect()
    }

    #[test]
    fn each_host_gets_half_of_what_is_free() {
        let places = Places::at_most(1000);
        let held: Vec<_> = (1..=11).map(|host| fill(&places, address(host))).collect();
        let counts: Vec<_> = held.iter().map(Vec::len).collect();
        assert_eq!(counts, [500, 250, 125, 63, 31, 16, 8, 4, 2, 1, 0]);
        assert_eq!(places.taken(), 1000);
    }

    #[test]
    fn what_is_given_back_is_free_for_others() {
        let places = Places::at_most(4);
        let mut one = fill(&places, address(1));
        assert_eq!(one.len(), 2);
        let other = fill(&places, address(2));
        assert_eq!(other.len(), 1);
        assert!(places.another(address(1)).is_none(), "it has half of what the other leaves");
        one.pop();
        assert!(places.another(address(3)).is_some());
        drop((one, other));
        assert_eq!(places.taken(), 0);
        assert!(places.taken.lock().hosts.is_empty(), "who is gone is forgotten");
    }

    #[test]
    fn all_addresses_of_a_network_that_one_host_has_are_one_host() {
        let places = Places::at_most(8);
        let held: Vec<_> = (0..8_u16)
            .filter_map(|n| places.another(std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 1, n, 0, 0, n).into()))
            .collect();
        assert_eq!(held.len(), 4);
        assert!(places.another("2001:db8:0:2::1".parse().expect("an address")).is_some());
    }

    proptest! {
        #[test]
        fn a_few_hosts_never_hold_all(wishes in prop::collection::vec(1_u8..=5, 0..300)) {
            let places = Places::at_most(100);
            let _held: Vec<_> = wishes.iter().filter_map(|host| places.another(address(*host))).collect();
            prop_assert!(places.another(address(6)).is_some());
        }
    }
}
