//! Sessions of strangers: opened, and not let in anywhere yet. Anybody can open one, so there is a bound, one for each host,
//! and one for what each of them may say: together they are all that strangers can fill.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::address::host;

/// So many may wait at the door. A storm of honest clients is let in faster than it fills this.
const MAX: usize = 10_000;
/// One host fills at most this part of it, so that others get in beside it. Many clients can be one host: those behind a
/// proxy that is not named as such.
const SHARE: usize = 2;

/// What each says at most, all of it together: CONNECT packets with a token for every namespace are smaller.
pub const MAX_GREETING: usize = 32 * 1024;

/// Those who wait at the door. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Strangers {
    waiting: Arc<Mutex<Waiting>>,
    max: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    all: usize,
    /// How many of them come from each host.
    hosts: HashMap<IpAddr, usize>,
}

/// A place at the door. It goes with the request into the session, and is given back when its client is let in, or when
/// the session ends.
#[derive(Clone)]
pub struct Stranger {
    place: Arc<Mutex<Option<Place>>>,
    introduction: Introduction,
}

/// Given back when dropped.
struct Place {
    waiting: Arc<Mutex<Waiting>>,
    host: IpAddr,
}

/// Whether it is known who a stranger is, and what was said before. It holds no place, so that it may outlive the session.
#[derive(Debug, Clone, Default)]
pub struct Introduction(Arc<Said>);

#[derive(Debug, Default)]
struct Said {
    who: AtomicBool,
    bytes: AtomicUsize,
}

impl Default for Strangers {
    fn default() -> Self {
        Self::at_most(MAX)
    }
}

impl Strangers {
    fn at_most(max: usize) -> Self {
        Self { waiting: Arc::default(), max }
    }

    /// A place for one more from that address, if there is one.
    pub fn another(&self, address: IpAddr) -> Option<Stranger> {
        let host = host(address);
        let mut waiting = self.waiting.lock();
        let Waiting { all, hosts } = &mut *waiting;
        let of_host = hosts.get(&host).copied().unwrap_or_default();
        if *all >= self.max || of_host >= self.max.div_ceil(SHARE) {
            return None;
        }
        *all += 1;
        hosts.insert(host, of_host + 1);
        let place = Place { waiting: self.waiting.clone(), host };
        Some(Stranger { place: Arc::new(Mutex::new(Some(place))), introduction: Introduction::default() })
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.waiting.lock().all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock();
        waiting.all -= 1;
        if let Entry::Occupied(mut of_host) = waiting.hosts.entry(self.host) {
            *of_host.get_mut() -= 1;
            if *of_host.get() == 0 {
                of_host.remove();
            }
        }
    }
}

impl Stranger {
    /// Who it is is known now.
    pub fn introduce(&self) {
        self.introduction.0.who.store(true, Ordering::Release);
        self.place.lock().take();
    }

    /// Tells when that has been done.
    pub fn introduction(&self) -> Introduction {
        self.introduction.clone()
    }
}

impl Introduction {
    /// Whether it has been made.
    pub fn is_made(&self) -> bool {
        self.0.who.load(Ordering::Acquire)
    }

    /// So much more is said. False where that is more than a stranger may say.
    pub fn hear(&self, bytes: usize) -> bool {
        self.is_made() || self.0.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= MAX_GREETING
    }
}

impl fmt::Debug for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stranger")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(number: u8) -> IpAddr {
        [192, 0, 2, number].into()
    }

    #[test]
    fn a_place_is_given_back_by_who_is_known_and_by_who_goes() {
        let strangers = Strangers::at_most(2);
        let (known, gone) =
            (strangers.another(host(1)).expect("a place"), strangers.another(host(2)).expect("a place"));
        let copy = gone.clone();
        assert!(strangers.another(host(3)).is_none());
        known.introduce();
        assert_eq!(strangers.count(), 1, "although its session goes on");
        drop(gone);
        assert_eq!(strangers.count(), 1, "the session has another copy of the request");
        drop(copy);
        assert_eq!(strangers.count(), 0);
    }

    #[test]
    fn one_host_leaves_half_of_the_places_to_others() {
        let strangers = Strangers::at_most(4);
        let mut of_one: Vec<_> = (0..4).map_while(|_| strangers.another(host(1))).collect();
        assert_eq!(of_one.len(), 2);
        let _others = [2, 3].map(|other| strangers.another(host(other)).expect("a place"));
        assert!(strangers.another(host(4)).is_none(), "there are no more at all");
        of_one.pop();
        let again = strangers.another(host(1));
        assert!(again.is_some() && strangers.another(host(1)).is_none());
        drop((of_one, again));
        assert_eq!(strangers.waiting.lock().hosts.len(), 2, "who is gone is forgotten");
    }

    #[test]
    fn a_stranger_says_so_much_and_who_is_known_anything() {
        let stranger = Strangers::default().another(host(1)).expect("a place");
        let introduction = stranger.introduction();
        assert!(introduction.hear(MAX_GREETING - 1) && introduction.hear(1));
        assert!(!introduction.hear(1));
        stranger.introduce();
        assert!(introduction.hear(10 * MAX_GREETING));
    }
}
