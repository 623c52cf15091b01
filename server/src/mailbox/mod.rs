//! What must reach a user who may be away: private messages, and notifications that are meant for one user.
//!
//! Whoever is there is handed it at once. For whom is not, it is stored, and handed over when the user next connects to a
//! namespace where it is heard: in order, marked `offline:true`, after the greeting, and then deleted. A crash between
//! the two hands it over again. While something waits for a user, what comes later waits behind it.
//!
//! Owns who is waited for ([`waiting`]) and the handing over. It must never know what a letter says; a notification is put
//! into the words of each namespace by `namespaces`.

mod notification;
mod waiting;

use std::time::Duration;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use signalbox_protocol::{ErrorCode, Timestamp, UserId};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::gateway::Gateway;
use crate::hub::{Delivery, Place};
use crate::namespaces::{Audience, Notice};
use crate::payload::with_key;
use crate::store::{KeptLetter, Letter, Posted, StoreError};

use notification::{Late, Notification};
pub use waiting::Mailbox;
use waiting::{Heard, Slots};

/// Letters are handed over and deleted in so many at a time.
const PAGE: u32 = 50;

/// So long it is before another is tried, where one could not be handed over.
const BREATH: Duration = Duration::from_millis(100);

/// So often another is tried in vain: by then, who does not read has been closed.
const PATIENCE: u32 = 100;

/// What became of something that was sent to a user.
#[derive(Debug)]
pub enum Sending {
    /// The user is there.
    Delivered(Delivery),
    /// It is about to be stored.
    Storing(oneshot::Receiver<Result<Posted, StoreError>>),
}

impl Sending {
    /// Returns when it is handed over or stored, or can be neither.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn settled(self) -> Result<Settled, StoreError> {
        match self {
            Self::Delivered(delivery) => Ok(Settled::Delivered(delivery)),
            Self::Storing(posted) => match posted.await {
                Ok(Ok(Posted::Kept)) => Ok(Settled::Queued),
                Ok(Ok(Posted::Stranger)) => Ok(Settled::Refused(Refusal::Stranger)),
                Ok(Ok(Posted::Full)) => Ok(Settled::Refused(Refusal::Full)),
                Ok(Err(error)) => Err(error),
                Err(_) => Err(StoreError::NotCommitted),
            },
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Handed over.
    Delivered(Delivery),
    /// Stored, until the user connects.
    Queued,
    /// Neither, and it never will be.
    Refused(Refusal),
}

/// Why something for a user who is away is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The gateway has never seen the user.
    #[error("nobody of this id has been here, and nothing is kept for who has not")]
    Stranger,
    /// Too much waits already.
    #[error("the user is away, and too much waits already")]
    Full,
}

impl Refusal {
    /// The same for programs.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Stranger => ErrorCode::NotFound,
            Self::Full => ErrorCode::Conflict,
        }
    }
}

/// Sends an event to a user who hears it in that namespace, now or later. What is sent one after another arrives in that
/// order.
pub async fn send<T: Serialize>(gateway: &Gateway, to: &UserId, place: Place, event: &str, payload: &T) -> Sending {
    store(gateway, hand_or_write(gateway, to, place, event, payload)).await
}

/// Hands an event to a user who hears it in that namespace. Where nobody does, it gives the letter that the event becomes:
/// what comes later waits behind it from now on, and [`post`] has to be asked to store it.
pub fn hand_or_write<T: Serialize>(
    gateway: &Gateway,
    to: &UserId,
    place: Place,
    event: &str,
    payload: &T,
) -> Result<Delivery, Letter> {
    let push = || gateway.reach.user(place, to, event, payload);
    let letter = || to_raw_value(payload).map(|payload| (Some(place), event, payload));
    offer(gateway, to, Slots::of(place), push, letter)
}

/// Stores letters, which keep their order, and returns when they are.
///
/// # Errors
/// Where the store fails. None of them is stored then, and all are still waited for: they have to be posted again.
pub async fn post(gateway: &Gateway, letters: &[Letter]) -> Result<(), StoreError> {
    let posted = gateway.store.post(letters.to_vec()).await.await?;
    for (letter, posted) in letters.iter().zip(posted) {
        gateway.mailbox.settle(&letter.to, Some(posted));
        // The user may have come in the meantime.
        wake(gateway, &letter.to);
    }
    Ok(())
}

/// As [`send`] for a notification, which is heard in every namespace, in the words of each.
pub async fn notify(gateway: &Gateway, to: &UserId, notice: Notice<'_>) -> Sending {
    let push = || {
        let mut delivery = Delivery::default();
        for place in Place::ALL {
            delivery += notice.send(&gateway.reach, place, Audience::User(to));
        }
        delivery
    };
    let letter = || Notification::write(notice).map(|payload| (None, "", payload));
    store(gateway, offer(gateway, to, Slots::ANYWHERE, push, letter)).await
}

fn offer<'a>(
    gateway: &Gateway,
    to: &UserId,
    slots: Slots,
    push: impl FnOnce() -> Delivery,
    letter: impl FnOnce() -> serde_json::Result<(Option<Place>, &'a str, Box<RawValue>)>,
) -> Result<Delivery, Letter> {
    if gateway.mailbox.ask(to, slots, || here(gateway, to)) == Heard::Now {
        let delivery = push();
        // Who has subscribed to the feed finds notifications there.
        let told = slots == Slots::ANYWHERE && delivery.targets == 0 && !here(gateway, to).is_empty();
        if delivery.delivered > 0 || told {
            return Ok(delivery);
        }
        gateway.mailbox.expect(to, slots);
    }
    match letter() {
        Ok((place, event, payload)) => {
            Err(Letter { to: to.clone(), at: Timestamp::now(), place, event: event.into(), payload })
        }
        Err(error) => {
            // Payloads are structs of texts and numbers, which always become JSON.
            tracing::error!(%error, "a letter could not be written");
            gateway.mailbox.settle(to, None);
            Ok(Delivery::default())
        }
    }
}

/// Stores what could not be handed over, once. Who sent it need not wait for that.
async fn store(gateway: &Gateway, offered: Result<Delivery, Letter>) -> Sending {
    let letter = match offered {
        Ok(delivery) => return Sending::Delivered(delivery),
        Err(letter) => letter,
    };
    let to = letter.to.clone();
    let stored = gateway.store.post(vec![letter]).await;
    let (told, posted) = oneshot::channel();
    let gateway = gateway.clone();
    tokio::spawn(async move {
        let posted = stored.await.and_then(|posted| posted.first().copied().ok_or(StoreError::NotCommitted));
        gateway.mailbox.settle(&to, posted.as_ref().ok().copied());
        // The user may have come in the meantime.
        wake(&gateway, &to);
        // Who sent it may not wait for this.
        let _ = told.send(posted);
    });
    Sending::Storing(posted)
}

/// The user has a new socket, which has been greeted: what waits for it is handed over.
pub fn arrived(gateway: &Gateway, user: &UserId) {
    if !gateway.mailbox.is_empty() {
        wake(gateway, user);
    }
}

fn wake(gateway: &Gateway, user: &UserId) {
    if gateway.mailbox.begin(user, || here(gateway, user)) {
        let (gateway, user) = (gateway.clone(), user.clone());
        tokio::spawn(async move { hand_over(&gateway, &user).await });
    }
}

/// Hands over what waits for the user, as long as the user is there. One at a time for each user.
async fn hand_over(gateway: &Gateway, user: &UserId) {
    let mut fruitless = 0;
    loop {
        let here = here(gateway, user);
        let page = hand_page_over(gateway, user, here).await.unwrap_or_else(|error| {
            tracing::error!(%error, user.id = %user, "a user's letters cannot be handed over");
            Page::Failed
        });
        fruitless = if page == Page::Stuck { fruitless + 1 } else { 0 };
        match page {
            Page::Empty if gateway.mailbox.finish(user, here) => return,
            Page::Empty | Page::Taken => {}
            // The user has gone, or takes letters more slowly than they come. Who takes none at all will be gone.
            Page::Partly | Page::Stuck | Page::Failed => {
                let is_here = !self::here(gateway, user).is_empty();
                let goes_on = is_here && fruitless < PATIENCE && page != Page::Failed;
                if !goes_on && gateway.mailbox.pause(user) {
                    return;
                }
                sleep(BREATH).await;
            }
        }
    }
}

/// What became of the letters that came next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    /// There were none.
    Empty,
    /// All were handed over.
    Taken,
    /// Some were.
    Partly,
    /// Not one.
    Stuck,
    /// The store failed: what was handed over may be so again, and not at once.
    Failed,
}

async fn hand_page_over(gateway: &Gateway, user: &UserId, here: Slots) -> Result<Page, StoreError> {
    let letters = gateway.store.letters(user, &here.places(), Timestamp::now(), PAGE).await?;
    let taken: Vec<i64> =
        letters.iter().take_while(|letter| hand(gateway, user, letter)).map(|letter| letter.id).collect();
    let page = match taken.len() {
        _ if letters.is_empty() => Page::Empty,
        0 => Page::Stuck,
        some if some < letters.len() => Page::Partly,
        _ => Page::Taken,
    };
    if !taken.is_empty() {
        gateway.store.collected(taken).await.await?;
    }
    Ok(page)
}

/// Hands one letter to the user's sockets. False where none took it.
fn hand(gateway: &Gateway, user: &UserId, letter: &KeptLetter) -> bool {
    let Some(place) = letter.place else { return hand_notification(gateway, user, letter) };
    let payload = with_key(&letter.payload, "offline", "true");
    gateway.reach.user(place, user, &letter.event, &payload).delivered > 0
}

fn hand_notification(gateway: &Gateway, user: &UserId, letter: &KeptLetter) -> bool {
    let notification: Notification = match serde_json::from_str(letter.payload.get()) {
        Ok(notification) => notification,
        Err(error) => {
            tracing::error!(%error, letter.id, "a letter cannot be read, and is dropped");
            return true;
        }
    };
    let to = |place: Place| {
        let audience = Audience::User(user);
        let payload = Late { worded: notification.notice().worded(place, audience), offline: true };
        gateway.reach.user(place, user, Notice::event(place, audience), &payload).delivered
    };
    Place::ALL.into_iter().map(to).sum::<u32>() > 0
}

/// Where the user has a socket.
fn here(gateway: &Gateway, user: &UserId) -> Slots {
    let sockets = gateway.reach.sockets_by_place(user);
    let places = Place::ALL.into_iter().filter(|place| sockets[*place as usize] > 0);
    places.fold(Slots::default(), |slots, place| slots | Slots::of(place))
}
