//! `notify`: a notification to all, to users, to a room or to a namespace.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use signalbox_protocol::admin::{CommandError, NotificationTarget, Notified, NotifyArgs};
use signalbox_protocol::feed::{Happening, Notification};
use signalbox_protocol::{ErrorCode, Namespace, Timestamp};

use super::audit::{Action, Deed};
use super::crowd::{Refusals, called, each};
use super::targets::Targets;
use super::{internal, refused, text};
use crate::gateway::Gateway;
use crate::hub::{Delivery, Place, Session};
use crate::mailbox::{self, Settled};
use crate::namespaces::{Audience, Notice};
use crate::pipeline::Member;
use crate::store::{NewNotification, StoreError};

const MAX_TITLE: usize = 200;
const MAX_MESSAGE: usize = 1000;
const MAX_DATA: usize = 16 * 1024;

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: NotifyArgs,
    targets: &Targets,
    now: Timestamp,
) -> Result<Notified, CommandError> {
    let detail = json!({ "target": args.target, "type": args.tone, "title": args.title, "message": args.message });
    let deed = Deed::new("notify", subject(&args.target), detail).touching(targets);
    let action = Action::begin(operator, deed, now).await?;
    let by = operator.session.user.username.to_string();
    let NotifyArgs { target, tone, title, message, data } = args;
    let new = NewNotification { at: now, target, tone, title, message, data, by };
    let sent = match operator.gateway.store.record_notification(&new).await {
        Ok(id) => deliver(&operator.gateway, id, new).await,
        Err(error) => Err(error),
    };
    action.end(sent.map_err(|error| internal(&error))).await
}

/// Sends a notification that is kept under that number, and tells administrators what became of it.
///
/// # Errors
/// Where the store fails for users who are away.
pub async fn deliver(gateway: &Gateway, id: i64, new: NewNotification) -> Result<Notified, StoreError> {
    let now = new.at;
    let Sent { delivery: Delivery { targets, delivered }, queued, refusals } = send(gateway, &new).await?;
    if let Err(error) = gateway.store.notification_sent(id, targets, delivered, queued).await {
        // It is out: whoever were told that it failed would send it again.
        tracing::error!(%error, id, "how many a notification has reached could not be written down");
    }
    let NewNotification { target, tone, title, message, by, .. } = new;
    let notification = Notification { id, at: now, target, tone, title, message, by, targets, delivered, queued };
    gateway.on_floor(|floor| floor.note(now, Happening::NotificationSent { notification }));
    Ok(Notified { id, targets, delivered, queued, refused: refusals.into_vec() })
}

/// What became of it.
#[derive(Debug, Default)]
struct Sent {
    delivery: Delivery,
    /// For how many users it waits.
    queued: u32,
    /// For whom of the users it can neither be handed over nor kept.
    refusals: Refusals,
}

async fn send(gateway: &Gateway, new: &NewNotification) -> Result<Sent, StoreError> {
    let reach = &gateway.reach;
    let NewNotification { tone, title, message, data, at, .. } = new;
    let notice = Notice { tone: *tone, title, message, data: data.as_ref(), timestamp: *at };
    let Sent { mut delivery, mut queued, mut refusals } = Sent::default();
    match &new.target {
        NotificationTarget::All => {
            for place in Place::ALL {
                delivery += notice.send(reach, place, Audience::All);
            }
        }
        NotificationTarget::Namespace(namespace) => {
            if let Some(place) = Place::find(namespace) {
                delivery += notice.send(reach, place, Audience::All);
            }
        }
        NotificationTarget::Users(users) => {
            let one = async |user| (user, mailbox::notify(gateway, user, notice).await.settled().await);
            // They wait for the store together: all that is to be stored is one transaction.
            let users: BTreeSet<_> = users.iter().collect();
            for (user, settled) in join_all(users.into_iter().map(one)).await {
                match settled? {
                    Settled::Delivered(handed) => delivery += handed,
                    Settled::Queued => queued += 1,
                    Settled::Refused(why) => refusals.add(user.clone(), refused(why.code(), why.to_string())),
                }
            }
        }
        NotificationTarget::Room { namespace, room } => {
            let found = Place::find(namespace).and_then(|place| Some((place, gateway.rooms.get(place, room)?)));
            if let Some((place, in_it)) = found {
                delivery += notice.send(reach, place, Audience::Room(&in_it));
            }
        }
    }
    Ok(Sent { delivery, queued, refusals })
}

fn check(args: &NotifyArgs) -> Result<(), CommandError> {
    text("title", &args.title, 1, MAX_TITLE)?;
    text("message", &args.message, 0, MAX_MESSAGE)?;
    if args.data.as_ref().is_some_and(|data| data.to_string().len() > MAX_DATA) {
        return Err(refused(ErrorCode::TooLong, "`data` is larger than 16 KiB"));
    }
    match &args.target {
        NotificationTarget::Users(users) => each(users).map(drop),
        _ => Ok(()),
    }
}

/// The sockets that it is meant for. Those that have subscribed to the feed see it there.
pub(super) fn targets(gateway: &Gateway, args: &NotifyArgs) -> Result<Targets, CommandError> {
    check(args)?;
    let place = |namespace: &Namespace| {
        Place::find(namespace)
            .ok_or_else(|| refused(ErrorCode::NotFound, format!("there is no namespace `{namespace}`")))
    };
    let sockets = match &args.target {
        NotificationTarget::All => gateway.on_floor(|floor| floor.presence.sockets()),
        NotificationTarget::Namespace(namespace) => {
            let place = place(namespace)?;
            let mut sockets = gateway.on_floor(|floor| floor.presence.sockets());
            sockets.retain(|(_, at)| *at == place);
            sockets
        }
        NotificationTarget::Users(users) => gateway.on_floor(|floor| {
            let sessions = users.iter().flat_map(|user| floor.presence.sessions_of(user));
            sessions.flat_map(|session| places_of(floor.presence.places(&session.id), session)).collect()
        }),
        NotificationTarget::Room { namespace, room } => {
            let place = place(namespace)?;
            let sessions = gateway.on_floor(|floor| floor.presence.sessions_in(place, room));
            if sessions.is_empty() {
                return Err(refused(ErrorCode::NotFound, "nobody is in this room"));
            }
            sessions.into_iter().map(|session| (session, place)).collect()
        }
    };
    let in_room = matches!(args.target, NotificationTarget::Room { .. });
    let hears = |(session, place): &(Arc<Session>, Place)| in_room || *place != Place::Admin || !session.is_listening();
    Ok(Targets::new(sockets.into_iter().filter(hears).collect()))
}

fn places_of(places: Vec<Place>, session: Arc<Session>) -> impl Iterator<Item = (Arc<Session>, Place)> {
    places.into_iter().map(move |place| (session.clone(), place))
}

/// The target in words.
fn subject(target: &NotificationTarget) -> String {
    match target {
        NotificationTarget::All => "everybody".into(),
        NotificationTarget::Namespace(namespace) => format!("namespace {namespace}"),
        NotificationTarget::Room { namespace, room } => format!("room {room} of {namespace}"),
        NotificationTarget::Users(users) => called(users),
    }
}
