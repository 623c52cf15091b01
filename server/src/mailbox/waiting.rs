//! For whom something waits, in memory: it decides whether something may overtake the mailbox, without asking the store.

use std::collections::HashMap;
use std::ops::BitOr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;
use signalbox_protocol::UserId;

use crate::hub::Place;
use crate::store::{Posted, Store, StoreError};

/// Places where something is heard, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slots(u8);

impl Slots {
    /// Wherever the user is.
    pub(super) const ANYWHERE: Self = Self(1 << 7);

    /// In that namespace.
    pub(super) fn of(place: Place) -> Self {
        Self(1 << place as u8)
    }

    /// Nowhere.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The namespaces among them.
    pub(super) fn places(self) -> Vec<Place> {
        Place::ALL.into_iter().filter(|place| self.meets(Self::of(*place))).collect()
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What somebody hears who is in these places.
    fn audible(self) -> Self {
        if self.is_empty() { self } else { self | Self::ANYWHERE }
    }
}

impl BitOr for Slots {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Whether something may be handed over at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing waits before it, and somebody is there.
    Now,
    /// It has to wait; that it is about to be stored has been noted.
    Later,
}

/// Who is waited for.
#[derive(Debug, Default)]
pub struct Mailbox {
    waiting: Mutex<HashMap<UserId, Waiting>>,
    /// How many are waited for, for a glance without the lock.
    users: AtomicUsize,
    dropped: AtomicU64,
}

/// What waits for one user.
#[derive(Debug, Default)]
struct Waiting {
    /// Where that is heard. It may name too much until the next handing over, but never too little.
    slots: Slots,
    /// Letters that are about to be stored.
    pending: u32,
    /// There have been letters in the store.
    kept: bool,
    /// They are being handed over.
    leaving: bool,
    /// Something has come since the last look into the store.
    again: bool,
}

impl Mailbox {
    /// As the store has it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let mailbox = Self::default();
        for (user, place) in store.awaited().await? {
            let slots = place.map_or(Slots::ANYWHERE, Slots::of);
            let mut table = mailbox.waiting.lock();
            let waiting = table.entry(user).or_default();
            waiting.slots = waiting.slots | slots;
            waiting.kept = true;
            mailbox.users.store(table.len(), Ordering::Release);
        }
        Ok(mailbox)
    }

    /// Letters that were not taken because too many were waiting.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Whether nothing waits for anybody.
    pub(super) fn is_empty(&self) -> bool {
        self.users.load(Ordering::Acquire) == 0
    }

    /// Whether something that is heard there may be handed over at once. `here` is asked under the lock: a socket that
    /// arrives is reachable first and asks [`Mailbox::begin`] then, so that nothing is stored past it.
    pub(super) fn ask(&self, user: &UserId, slots: Slots, here: impl Fn() -> Slots) -> Heard {
        let mut table = self.waiting.lock();
        let here = here().audible();
        let before = table.get(user);
        // A notification waits behind what is heard where the user is, the rest behind notifications too.
        let rivals = if slots == Slots::ANYWHERE { here } else { slots | Slots::ANYWHERE };
        if here.meets(slots) && before.is_none_or(|waiting| !waiting.leaving && !waiting.slots.meets(rivals)) {
            return Heard::Now;
        }
        note(&mut table, user, slots);
        self.users.store(table.len(), Ordering::Release);
        Heard::Later
    }

    /// Something that was handed to nobody is about to be stored after all.
    pub(super) fn expect(&self, user: &UserId, slots: Slots) {
        let mut table = self.waiting.lock();
        note(&mut table, user, slots);
        self.users.store(table.len(), Ordering::Release);
    }

    /// A letter has been stored, or was not; `None` where the store failed.
    pub(super) fn settle(&self, user: &UserId, posted: Option<Posted>) {
        if posted == Some(Posted::Full) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        let mut table = self.waiting.lock();
        let Some(waiting) = table.get_mut(user) else { return };
        waiting.pending = waiting.pending.saturating_sub(1);
        waiting.kept |= posted == Some(Posted::Kept);
        waiting.again = true;
        if waiting.pending == 0 && !waiting.kept && !waiting.leaving {
            table.remove(user);
            self.users.store(table.len(), Ordering::Release);
        }
    }

    /// Whether a handing over is to begin now: somebody is there who hears what waits, and none is under way.
    pub(super) fn begin(&self, user: &UserId, here: impl Fn() -> Slots) -> bool {
        let mut table = self.waiting.lock();
        let Some(waiting) = table.get_mut(user) else { return false };
        let begins = !waiting.leaving && waiting.slots.meets(here().audible());
        waiting.again = !begins;
        waiting.leaving |= begins;
        begins
    }

    /// Nothing was found in the store that is heard there. False where something has come since: it has to be looked
    /// into again.
    pub(super) fn finish(&self, user: &UserId, here: Slots) -> bool {
        let mut table = self.waiting.lock();
        let Some(waiting) = table.get_mut(user) else { return true };
        if std::mem::take(&mut waiting.again) {
            return false;
        }
        waiting.leaving = false;
        if waiting.pending == 0 {
            waiting.slots = waiting.slots.without(here.audible());
        }
        if waiting.slots.is_empty() {
            table.remove(user);
            self.users.store(table.len(), Ordering::Release);
        }
        true
    }

    /// A handing over is given up; the next arrival or letter begins another. False where one has come since, and it has to
    /// go on.
    pub(super) fn pause(&self, user: &UserId) -> bool {
        let mut table = self.waiting.lock();
        let Some(waiting) = table.get_mut(user) else { return true };
        waiting.leaving = std::mem::take(&mut waiting.again);
        !waiting.leaving
    }
}

fn note(table: &mut HashMap<UserId, Waiting>, user: &UserId, slots: Slots) {
    let waiting = table.entry(user.clone()).or_default();
    waiting.slots = waiting.slots | slots;
    waiting.pending += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: fn() -> Slots = || Slots::of(Place::Web);
    const NOWHERE: fn() -> Slots = Slots::default;

    fn ann() -> UserId {
        7.into()
    }

    #[test]
    fn what_is_heard_is_handed_over_unless_something_waits_before_it() {
        let mailbox = Mailbox::default();
        let (web, admin) = (Slots::of(Place::Web), Slots::of(Place::Admin));
        assert_eq!(mailbox.ask(&ann(), web, WEB), Heard::Now);
        assert_eq!(mailbox.ask(&ann(), Slots::ANYWHERE, WEB), Heard::Now);
        assert_eq!(mailbox.ask(&ann(), admin, WEB), Heard::Later, "she is elsewhere");
        assert_eq!(mailbox.ask(&ann(), web, WEB), Heard::Now, "what waits is for elsewhere");
        assert_eq!(mailbox.ask(&ann(), Slots::ANYWHERE, NOWHERE), Heard::Later);
        assert_eq!(mailbox.ask(&ann(), web, WEB), Heard::Later, "a notification waits before it");
    }

    #[test]
    fn one_handing_over_at_a_time_until_nothing_is_left() {
        let mailbox = Mailbox::default();
        let web = Slots::of(Place::Web);
        assert_eq!(mailbox.ask(&ann(), web, NOWHERE), Heard::Later);
        mailbox.settle(&ann(), Some(Posted::Kept));
        assert!(!mailbox.begin(&ann(), NOWHERE), "nobody is there");
        assert!(mailbox.begin(&ann(), WEB));
        assert!(!mailbox.begin(&ann(), WEB), "it is under way");
        assert_eq!(mailbox.ask(&ann(), web, WEB), Heard::Later, "behind what is being handed over");
        assert!(!mailbox.finish(&ann(), web), "somebody has asked in the meantime");
        assert!(mailbox.finish(&ann(), web));
        assert_eq!(mailbox.ask(&ann(), web, WEB), Heard::Later, "the last one is not stored yet");
        mailbox.settle(&ann(), Some(Posted::Kept));
        mailbox.settle(&ann(), Some(Posted::Kept));
        assert!(mailbox.begin(&ann(), WEB));
        assert!(!mailbox.begin(&ann(), WEB), "she has come back while it was under way");
        assert!(!mailbox.pause(&ann()), "and is not forgotten where it had found her gone");
        assert!(mailbox.pause(&ann()));
        assert!(mailbox.begin(&ann(), WEB));
        assert!(mailbox.finish(&ann(), web));
        assert!(mailbox.is_empty());
        assert_eq!(mailbox.ask(&ann(), web, WEB), Heard::Now);
    }

    #[test]
    fn who_was_never_seen_is_not_remembered() {
        let mailbox = Mailbox::default();
        for (posted, dropped) in [(Some(Posted::Stranger), 0), (None, 0), (Some(Posted::Full), 1)] {
            assert_eq!(mailbox.ask(&ann(), Slots::of(Place::Web), NOWHERE), Heard::Later);
            mailbox.settle(&ann(), posted);
            assert!(mailbox.is_empty(), "{posted:?}");
            assert_eq!(mailbox.dropped(), dropped);
        }
    }
}
