//! Sessions of strangers: opened, and not let in anywhere yet. Anybody can open one, so there is a bound.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many may wait at the door. A storm of honest clients is let in faster than it fills this.
const MAX: usize = 10_000;

/// Those who wait at the door. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Strangers {
    places: Arc<Semaphore>,
    max: usize,
}

/// A place at the door. It goes with the request into the session, and is given back when its client is let in, or when
/// the session ends.
#[derive(Clone)]
pub struct Stranger(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Default for Strangers {
    fn default() -> Self {
        Self::at_most(MAX)
    }
}

impl Strangers {
    fn at_most(max: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(max)), max }
    }

    /// A place for one more, if there is one.
    pub fn another(&self) -> Option<Stranger> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some(Stranger(Arc::new(Mutex::new(Some(place)))))
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.max - self.places.available_permits()
    }
}

impl Stranger {
    /// Who it is is known now.
    pub fn introduce(&self) {
        self.0.lock().take();
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

    #[test]
    fn a_place_is_given_back_by_who_is_known_and_by_who_goes() {
        let strangers = Strangers::at_most(2);
        let (known, gone) = (strangers.another().expect("a place"), strangers.another().expect("a place"));
        let copy = gone.clone();
        assert!(strangers.another().is_none());
        known.introduce();
        assert_eq!(strangers.count(), 1, "although its session goes on");
        drop(gone);
        assert_eq!(strangers.count(), 1, "the session has another copy of the request");
        drop(copy);
        assert_eq!(strangers.count(), 0);
    }
}
