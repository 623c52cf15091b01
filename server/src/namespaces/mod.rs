//! The contracts that clients speak, one file for each, each of which begins with its table of events.
//!
//! Owns what an event means. It must never know how it was carried, counted or queued, and it never emits but through the
//! hub.

mod admin;
mod announce;
mod backoffice;
mod chat;
mod door;
mod events;
mod everywhere;
mod followers;
mod identity;
mod kick;
mod letter;
mod notice;
mod orders;
mod realtime;
mod rooms;
mod web;

use std::sync::Arc;

use signalbox_protocol::RoomName;
use signalbox_protocol::feed::Subscribe;

use crate::gateway::Gateway;
use crate::hub::Place;
use crate::limits::COMMANDS;
use crate::pipeline::{Caller, Fault, Member, Payload};

pub use announce::{OnlineUsers, SystemStatus};
pub use chat::Roster;
pub(crate) use door::depart;
pub use door::{Refusal, leave, open};
pub use followers::{Followers, Teller};
pub(crate) use kick::{DRAIN, close_behind};
pub use kick::{close, close_all, expire};
pub use notice::{Audience, Notice, Worded};
pub use orders::{Order, obey, private_message};
pub(crate) use rooms::room_name;

/// An event that a namespace knows.
#[derive(Debug)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Reads its payload. What it gives cannot be wrong any more.
    pub read: fn(&Gateway, Payload<'_>) -> Result<Request, Fault>,
}

/// What a client asks for.
#[derive(Debug)]
pub enum Request {
    /// `ping`.
    Ping,
    /// `auth:refresh`.
    Refresh {
        /// The new token.
        token: String,
    },
    /// An event of the back office and of its users.
    BackOffice(backoffice::Request),
    /// An event of `/`.
    Realtime(realtime::Request),
    /// An event of `/events`.
    Events(events::Request),
    /// An event of `/chat`.
    Chat(chat::Request),
    /// `feed:subscribe`.
    Subscribe(Subscribe),
    /// `admin:request`.
    Command(Box<admin::Asked>),
}

impl Request {
    /// The room that it names.
    pub fn room(&self) -> Option<&RoomName> {
        match self {
            Self::BackOffice(request) => request.room(),
            Self::Realtime(request) => request.room(),
            Self::Events(request) => request.room(),
            Self::Chat(request) => request.room(),
            Self::Ping | Self::Refresh { .. } | Self::Subscribe(_) | Self::Command(_) => None,
        }
    }
    /// The room that it is to enter.
    fn enters(&self) -> Option<&RoomName> {
        match self {
            Self::BackOffice(request) => request.enters(),
            Self::Realtime(request) => request.enters(),
            Self::Events(request) => request.enters(),
            Self::Chat(request) => request.enters(),
            Self::Ping | Self::Refresh { .. } | Self::Subscribe(_) | Self::Command(_) => None,
        }
    }
}

/// The events of the namespace.
pub fn events(place: Place) -> &'static [Known] {
    match place {
        Place::Admin => admin::EVENTS,
        Place::Web => web::EVENTS,
        Place::Realtime => realtime::EVENTS,
        Place::Events => events::EVENTS,
        Place::Chat => chat::EVENTS,
    }
}

/// The window that the event of that index counts in: the commands of section 6 share one.
pub fn window_of(place: Place, index: usize) -> usize {
    let events = events(place);
    if COMMANDS.contains(&events[index].name) {
        events.iter().position(|known| COMMANDS.contains(&known.name)).unwrap_or(index)
    } else {
        index
    }
}

/// Whether the sender may ask for that.
///
/// # Errors
/// `forbidden`.
pub fn allow(member: &Member, request: &Request) -> Result<(), Fault> {
    // Who is on `/admin` has a role, and the least of them may look. What a command needs, its answer says.
    match request.enters() {
        Some(room) if !member.may_join(room) => Err(Fault::forbidden("your token does not open this room")),
        _ => Ok(()),
    }
}

/// Carries it out, and answers unless it fails.
///
/// # Errors
/// Why it was not carried out.
pub async fn handle(caller: &mut Caller<'_>, request: Request) -> Result<(), Fault> {
    match request {
        Request::Ping => {
            caller.acknowledge("pong");
            Ok(())
        }
        Request::Refresh { token } => everywhere::refresh(caller, &token),
        Request::BackOffice(request) => backoffice::handle(caller, request).await,
        Request::Realtime(request) => realtime::handle(caller, request).await,
        Request::Events(request) => events::handle(caller, request).await,
        Request::Chat(request) => chat::handle(caller, request).await,
        Request::Subscribe(subscribe) => {
            admin::subscribe(caller, subscribe);
            Ok(())
        }
        Request::Command(asked) => {
            admin::command(caller, *asked).await;
            Ok(())
        }
    }
}

/// A member's rooms are left, in the library and in the hub.
fn leave_rooms(member: &Arc<Member>) {
    for room in member.leave_rooms() {
        member.gateway.rooms.leave(&room);
    }
}
