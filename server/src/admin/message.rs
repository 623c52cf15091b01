//! `message`: an operator writes to a user, or to each of several, as users write to each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use signalbox_protocol::admin::{CommandError, MessageArgs, MessageTarget, Messaged};
use signalbox_protocol::feed::User;
use signalbox_protocol::{ErrorCode, Timestamp, UserId};

use super::audit::{Action, Deed};
use super::crowd::{Refusals, called, each};
use super::rooms::place;
use super::targets::Targets;
use super::{internal, refused, text};
use crate::gateway::Gateway;
use crate::hub::{Delivery, Place};
use crate::mailbox::{self, Refusal, Settled};
use crate::namespaces::private_message;
use crate::pipeline::Member;
use crate::store::{Addressee, Message, StoreError};

const MAX_MESSAGE: usize = 1000;

/// The sockets of the users in the namespace.
pub(super) fn targets(gateway: &Gateway, args: &MessageArgs) -> Result<Targets, CommandError> {
    let (place, users) = (check(args)?, readers(&args.to)?);
    let sockets = gateway.on_floor(|floor| {
        let sessions = users.into_iter().flat_map(|user| floor.presence.sessions_of(user));
        let there = sessions.filter(|session| floor.presence.places(&session.id).contains(&place));
        there.map(|session| (session, place)).collect()
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
    let subject = match &args.to {
        MessageTarget::User(user) => format!("user {user}"),
        MessageTarget::Users(users) => called(users),
    };
    let deed = Deed::new("message", subject, json!(args)).touching(targets);
    let action = Action::begin(operator, deed, now).await?;
    let sent = send(operator, &args, place, now).await;
    action.end(sent).await
}

/// Sends it to each. To one it is an act like any other, which fails; of several, who cannot be reached is named.
async fn send(
    operator: &Arc<Member>,
    args: &MessageArgs,
    place: Place,
    now: Timestamp,
) -> Result<Messaged, CommandError> {
    let users = readers(&args.to)?;
    let letter = Letter::write(operator, args, place, now)?;
    // They wait for the store together: what is to be stored shares transactions.
    let outcomes = join_all(users.iter().map(|user| letter.send(user))).await;
    let (mut sum, mut last) = (Delivery::default(), None);
    let (mut queued, mut refusals, mut failing) = (0, Refusals::default(), None);
    for (user, outcome) in users.into_iter().zip(outcomes) {
        let why = match outcome {
            Ok(Ok(sent)) => {
                sum += sent.delivery;
                queued += u32::from(sent.queued);
                last = Some(sent.id);
                continue;
            }
            Ok(Err(why)) => refused(why.code(), why.to_string()),
            // The log has it once.
            Err(error) => failing.get_or_insert_with(|| internal(&error)).clone(),
        };
        match args.to {
            MessageTarget::User(_) => return Err(why),
            MessageTarget::Users(_) => refusals.add(user.clone(), why),
        }
    }
    let id = last.filter(|_| matches!(args.to, MessageTarget::User(_)));
    let Delivery { targets, delivered } = sum;
    Ok(Messaged { id, targets, delivered, queued, refused: refusals.into_vec() })
}

/// What became of it for one user.
struct Sent {
    id: u64,
    delivery: Delivery,
    queued: bool,
}

/// A message as it goes out to each.
struct Letter<'a> {
    gateway: &'a Gateway,
    from: User,
    place: Place,
    event: &'static str,
    payload: Value,
    content: Box<RawValue>,
    at: Timestamp,
}

impl<'a> Letter<'a> {
    fn write(operator: &'a Arc<Member>, args: &MessageArgs, place: Place, at: Timestamp) -> Result<Self, CommandError> {
        let from = operator.session.user.clone();
        let (event, payload) = private_message(place, &from, &args.message, at).ok_or_else(no_private_messages)?;
        let content = to_raw_value(&args.message).map_err(|error| internal(&error))?;
        Ok(Self { gateway: &operator.gateway, from, place, event, payload, content, at })
    }

    /// Sends it to one, and keeps it in the history if it will be read.
    async fn send(&self, to: &UserId) -> Result<Result<Sent, Refusal>, StoreError> {
        let Self { gateway, place, at, .. } = *self;
        let settled = mailbox::send(gateway, to, place, self.event, &self.payload).await.settled().await?;
        let (delivery, queued) = match settled {
            Settled::Delivered(delivery) => (delivery, false),
            Settled::Queued => (Delivery::default(), true),
            Settled::Refused(why) => return Ok(Err(why)),
        };
        let id = gateway.store.number_message();
        let (from, to, content) = (self.from.clone(), Addressee::User(to.clone()), self.content.clone());
        gateway.keep(Message { id, at, place, from, to, content }).await.await?;
        Ok(Ok(Sent { id, delivery, queued }))
    }
}

fn readers(to: &MessageTarget) -> Result<BTreeSet<&UserId>, CommandError> {
    match to {
        MessageTarget::User(user) => Ok(BTreeSet::from([user])),
        MessageTarget::Users(users) => each(users),
    }
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
