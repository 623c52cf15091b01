//! A private message: handed over, or left for who is away, and kept.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use signalbox_protocol::UserId;

use crate::mailbox::{self, Refusal, Sending, Settled};
use crate::pipeline::{Caller, Fault};
use crate::store::Addressee;

/// A message that is on its way.
pub(super) struct Posted {
    /// Its number.
    pub id: u64,
    /// Ends when it is stored. It fails where too much waits for the user already: the message never reaches anybody, its
    /// sender is told so, and it is not in the history. Whom the gateway has never seen may yet be somebody: such a message
    /// is in the history, as one to a room that nobody is in.
    pub stored: BoxFuture<'static, Result<(), Fault>>,
}

/// Sends a message to a user in the caller's namespace.
///
/// # Errors
/// Where it cannot be written.
pub(super) async fn post<T: Serialize>(
    caller: &Caller<'_>,
    to: UserId,
    event: &str,
    payload: &T,
    message: &str,
) -> Result<Posted, Fault> {
    let (gateway, place) = (caller.member.gateway.clone(), caller.member.place);
    let kept = caller.message(Addressee::User(to.clone()), message)?;
    let id = kept.id;
    let stored = match mailbox::send(&gateway, &to, place, event, payload).await {
        Sending::Delivered(_) => {
            let kept = gateway.keep(kept).await;
            async move { Ok(kept.await?) }.boxed()
        }
        storing @ Sending::Storing(_) => async move {
            match storing.settled().await? {
                Settled::Refused(full @ Refusal::Full) => Err(Fault::new(full.code(), full.to_string())),
                _ => Ok(gateway.keep(kept).await.await?),
            }
        }
        .boxed(),
    };
    Ok(Posted { id, stored })
}
