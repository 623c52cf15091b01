//! Answers that are given when something is stored, while the socket's next events are handled.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use signalbox_protocol::{ErrorCode, Timestamp};
use socketioxide::extract::{AckSender, SocketRef};

use super::{Caller, ErrorEvent, Failure, Fault, Member, Success};
use crate::store::{Addressee, Message};

impl Caller<'_> {
    /// What the caller says, as it is to be kept, with the next number.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn message<T: Serialize + ?Sized>(&self, to: Addressee, content: &T) -> Result<Message, Fault> {
        let Member { gateway, session, place, .. } = &**self.member;
        let content = to_raw_value(content).map_err(|error| Fault::internal(&error))?;
        let id = gateway.store.number_message();
        Ok(Message { id, at: self.now, place: *place, from: session.user.clone(), to, content })
    }

    /// As [`Caller::tell`], once that is stored. Where it is not, the sender is told why.
    pub fn tell_when<T: Serialize, E: Into<Fault>>(
        &mut self,
        stored: impl Future<Output = Result<(), E>> + Send + 'static,
        event: &'static str,
        payload: &T,
    ) {
        let told = to_raw_value(payload);
        self.answer_when(stored, payload, told.map(|payload| Some((event, payload))));
    }

    /// As [`Caller::succeed`], once that is stored. Where it is not, the sender is told why.
    pub fn succeed_when<T: Serialize, E: Into<Fault>>(
        &mut self,
        stored: impl Future<Output = Result<(), E>> + Send + 'static,
        keys: &T,
    ) {
        self.answer_when(stored, keys, Ok(None));
    }

    fn answer_when<T: Serialize, E: Into<Fault>>(
        &mut self,
        stored: impl Future<Output = Result<(), E>> + Send + 'static,
        keys: &T,
        told: serde_json::Result<Option<(&'static str, Box<RawValue>)>>,
    ) {
        let ack = self.ack.take().map(|ack| to_raw_value(&Success { success: true, keys }).map(|keys| (ack, keys)));
        let (told, ack) = match (told, ack.transpose()) {
            (Ok(told), Ok(ack)) => (told, ack),
            // Payloads are structs of texts and numbers, which always become JSON.
            (Err(error), _) | (_, Err(error)) => {
                tracing::error!(%error, event = self.event, "an answer could not be written");
                return;
            }
        };
        let answer =
            Answer { member: self.member.clone(), socket: self.socket.clone(), now: self.now, event: self.event };
        tokio::spawn(async move {
            match stored.await {
                Ok(()) => answer.give(told, ack),
                Err(why) => answer.fail(&why.into(), ack.map(|(ack, _)| ack)),
            }
        });
    }
}

/// An answer that is still to be given.
struct Answer {
    member: Arc<Member>,
    socket: SocketRef,
    now: Timestamp,
    event: &'static str,
}

impl Answer {
    fn give(&self, told: Option<(&'static str, Box<RawValue>)>, ack: Option<(AckSender, Box<RawValue>)>) {
        if let Some((event, payload)) = told {
            self.member.gateway.reach.one(&self.socket, event, &payload);
        }
        if let Some((ack, keys)) = ack {
            // The client may have gone in the meantime.
            let _ = ack.send(&keys);
        }
    }

    fn fail(&self, fault: &Fault, ack: Option<AckSender>) {
        let gateway = &self.member.gateway;
        let Fault::Told { code, message, .. } = fault else { return };
        if *code == ErrorCode::Internal {
            gateway.counters.errors.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(ack) = ack {
            let failure = Failure { success: false, code: *code, message, error: message, retry_after_ms: None };
            // The client may have gone in the meantime.
            let _ = ack.send(&failure);
        } else {
            let (event, timestamp) = (self.event, self.now);
            let error = ErrorEvent { code: *code, message, event, timestamp, received_data: None };
            gateway.reach.one(&self.socket, "error", &error);
        }
    }
}
