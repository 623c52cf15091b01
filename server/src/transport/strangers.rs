//! Sessions of strangers: opened, and not let in anywhere yet. Anybody can open one, so there is a bound, one for each host,
//! and one for what each of them may say: together they are all that strangers can fill.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::places::{Place, Places};

/// So many may wait at the door. A storm of honest clients is let in faster than it fills this.
const MAX: usize = 10_000;

/// What each says at most, all of it together: CONNECT packets with a token for every namespace are smaller.
pub const MAX_GREETING: usize = 32 * 1024;

/// Those who wait at the door. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Strangers(Places);

/// A place at the door. It goes with the request into the session, and is given back when its client is let in, or when
/// the session ends.
#[derive(Clone)]
pub struct Stranger {
    place: Arc<Mutex<Option<Place>>>,
    introduction: Introduction,
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
        Self(Places::at_most(MAX))
    }
}

impl Strangers {
    /// A place for one more from that address, if there is one.
    pub fn another(&self, address: IpAddr) -> Option<Stranger> {
        let place = self.0.another(address)?;
        Some(Stranger { place: Arc::new(Mutex::new(Some(place))), introduction: Introduction::default() })
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.0.taken()
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
        let strangers = Strangers::default();
        let (known, gone) =
            (strangers.another(host(1)).expect("a place"), strangers.another(host(2)).expect("a place"));
        let copy = gone.clone();
        known.introduce();
        assert_eq!(strangers.count(), 1, "although its session goes on");
        drop(gone);
        assert_eq!(strangers.count(), 1, "the session has another copy of the request");
        drop(copy);
        assert_eq!(strangers.count(), 0);
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
