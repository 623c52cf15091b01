//! Which alerts a gateway has told of over this link, so that those that arose in a gap are told once and no other is told
//! again.
//!
//! It must never know which of them want somebody: that is the alert's own to say.

use std::collections::BTreeSet;

use signalbox_protocol::feed::Alert;

/// More than any gateway keeps open; beyond, the oldest numbers make room.
const MOST: usize = 10_000;

/// The numbers of the alerts that were told.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// `None` before the link's first snapshot: what that one brings was there before anybody looked.
    known: Option<BTreeSet<u64>>,
}

impl Heard {
    /// An entry told of it.
    pub(super) fn hear(&mut self, alert: &Alert) {
        let Some(known) = &mut self.known else { return };
        known.insert(alert.id);
        if known.len() > MOST {
            known.pop_first();
        }
    }

    /// The gateway is in another run: it counts anew, and nothing of that run was told before.
    pub(super) fn forget_run(&mut self) {
        if let Some(known) = &mut self.known {
            known.clear();
        }
    }

    /// A whole snapshot has these open. Gives those that arose unheard.
    pub(super) fn compare<'a>(&mut self, open: impl Iterator<Item = &'a Alert>) -> BTreeSet<u64> {
        let open = open.map(|alert| alert.id).collect::<BTreeSet<u64>>();
        let unheard = self.known.as_ref().map_or_else(BTreeSet::new, |known| &open - known);
        self.known = Some(open);
        unheard
    }
}
