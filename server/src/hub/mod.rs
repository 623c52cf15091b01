//! Who is where, and how to reach them.
//!
//! Owns the sessions and sockets that are open ([`Floor`]), the way to their clients ([`Reach`]), the rooms' key space,
//! and the figures. It must never know what an event means.

mod counters;
mod floor;
mod footing;
mod histogram;
mod key;
mod load;
mod measure;
mod outcomes;
mod presence;
mod reach;
mod rooms;
mod session;
mod tallies;

pub use counters::Counters;
pub(crate) use floor::current;
pub use floor::{Floor, Frozen};
pub use histogram::Distribution;
pub use key::Key;
pub use load::Load;
pub use measure::{Measured, Meter};
pub use outcomes::{Outcome, Outcomes};
pub use presence::{Admission, Arrival, Bounds, Departure, Online, Presence};
pub use reach::{Delivery, Reach};
pub use rooms::{Room, Rooms};
pub use session::{Closing, Opening, Session};
pub use tallies::{Busy, Tallies, UserTally};

use signalbox_protocol::Namespace;

/// A namespace that the gateway serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The back office.
    Admin,
    /// Its users.
    Web,
    /// Realtime, social and music: `/`.
    Realtime,
    /// Messages and rooms.
    Events,
    /// Two chat dialects in one place.
    Chat,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Admin, Self::Web, Self::Realtime, Self::Events, Self::Chat];

    /// The back office and its users: there user ids are numbers where they can be, elsewhere text.
    pub const OFFICE: [Self; 2] = [Self::Admin, Self::Web];

    /// The namespace's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "/admin",
            Self::Web => "/web",
            Self::Realtime => "/",
            Self::Events => "/events",
            Self::Chat => "/chat",
        }
    }

    /// The namespace.
    pub fn namespace(self) -> Namespace {
        self.as_str().into()
    }

    /// Whether it is of the back office.
    pub fn is_office(self) -> bool {
        Self::OFFICE.contains(&self)
    }

    /// The place of that name.
    pub fn find(namespace: &Namespace) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == namespace.as_str())
    }
}
