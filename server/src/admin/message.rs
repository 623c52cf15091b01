//! `message`: an operator writes to a user, as users write to each other.

use std::sync::Arc;

use serde_json::json;
use serde_json::value::to_raw_value;
use signalbox_protocol::admin::{CommandError, MessageArgs, Messaged};
use signalbox_protocol::{ErrorCode, Timestamp};

use super::audit::{Action, Deed};
use super::rooms::place;
use super::targets::Targets;
use super::{internal, refused, text};
use crate::gateway::Gateway;
use crate::hub::{Delivery, Place};
use crate::mailbox::{self, Settled};
use crate::namespaces::private_message;
use crate::pipeline::Member;
use crate::store::{Addressee, Message};

const MAX_MESSAGE: usize = 1000;

/// The sockets of the user in the namespace.
pub(super) fn targets(gateway: &Gateway, args: &MessageArgs) -> Result<Targets, CommandError> {
    let place = check(args)?;
    let sockets = gateway.on_floor(|floor| {
        let mut sessions = floor.presence.sessions_of(&args.user);
        sessions.retain(|session| floor.presence.places(&session.id).contains(&place));
        sessions.into_iter().map(|session| (session, place)).collect()
    });
    Ok(Targets::new(sockets))
}

pub(super) async fn carry_out(
    operator: &Arc<Member>,
    args: MessageArgs,
    targets: &Targets,
    now: Timestamp,
) -> Result<Messaged, CommandError> {
    let place = check(&args)?;
    let detail = json!({ "user": args.user, "namespace": args.namespace, "message": args.message });
    let deed = Deed::new("message", format!("user {}", args.user), detail).touching(targets);
    let action = Action::begin(operator, deed, now).await?;
    let sent = send(operator, args, place, now).await;
    action.end(sent).await
}

async fn send(
    operator: &Arc<Member>,
    args: MessageArgs,
    place: Place,
    now: Timestamp,
) -> Result<Messaged, CommandError> {
    let (gateway, from) = (&operator.gateway, operator.session.user.clone());
    let (event, payload) = private_message(place, &from, &args.message, now).ok_or_else(no_private_messages)?;
    let content = to_raw_value(&args.message).map_err(|error| internal(&error))?;
    let sending = mailbox::send(gateway, &args.user, place, event, &payload).await;
    let (delivery, queued) = match sending.settled().await.map_err(|error| internal(&error))? {
        Settled::Delivered(delivery) => (delivery, 0),
        Settled::Queued => (Delivery::default(), 1),
        Settled::Refused(why) => return Err(refused(why.code(), why.to_string())),
    };
    let id = gateway.store.number_message();
    let kept = Message { id, at: now, place, from, to: Addressee::User(args.user), content };
    gateway.keep(kept).await.await.map_err(|error| internal(&error))?;
    Ok(Messaged { id, targets: delivery.targets, delivered: delivery.delivered, queued })
}

fn check(args: &MessageArgs) -> Result<Place, CommandError> {
    text("message", &args.message, 1, MAX_MESSAGE)?;
    match place(&args.namespace)? {
        Place::Events | Place::Chat => Err(no_private_messages()),
        place => Ok(place),
    }
}

fn no_private_messages() -> CommandError {
    refused(ErrorCode::InvalidPayload, "this namespace has no private messages")
}
