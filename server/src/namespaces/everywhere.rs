//! What a client can say in every namespace: `ping` and `auth:refresh`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use signalbox_protocol::Timestamp;

use super::{Known, Request, door, kick};
use crate::auth::tokens::Claims;
use crate::hub::{Closing, Session};
use crate::pipeline::{Caller, Fault, Member};

/// `ping` → `"pong"`.
pub(super) const PING: Known = Known { name: "ping", read: |_, _| Ok(Request::Ping) };
/// `auth:refresh` `{token}`.
pub(super) const AUTH_REFRESH: Known = Known {
    name: "auth:refresh",
    read: |_, payload| {
        #[derive(Deserialize)]
        struct Read {
            token: String,
        }
        payload.read().map(|Read { token }| Request::Refresh { token })
    },
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Renewed {
    expires_at: Timestamp,
}

/// Another token of the same user takes the place of the one that the sender came with, and of those that the connection's
/// other namespaces stand on, where it opens these too and lasts longer.
pub(super) fn refresh(caller: &mut Caller<'_>, token: &str) -> Result<(), Fault> {
    let member = caller.member;
    let claims = member.gateway.claims(token, caller.now).map_err(|why| {
        tracing::debug!(connection = %member.session.id, %why, "a new token was refused");
        Fault::forbidden("invalid credentials")
    })?;
    if claims.user.id != member.session.user.id {
        return Err(Fault::forbidden("the token is another user's"));
    }
    opens(member, &claims)?;
    let expires_at = claims.expires_at;
    for other in members(&member.session).filter(|other| other.place != member.place) {
        let outlasts = member.session.expires_in(other.place).is_some_and(|former| former < expires_at);
        if outlasts && opens(&other, &claims).is_ok() {
            other.renew(claims.clone());
        }
    }
    member.renew(claims);
    member.gateway.expires(&member.session);
    // One that was revoked in between found the session on its former token.
    if let Err(why) = member.gateway.claims(token, caller.now) {
        tracing::debug!(connection = %member.session.id, %why, "a new token was refused");
        let closing = Closing::new("token_revoked", "the token was revoked");
        drop(kick::close_behind(&member.gateway, member.session.clone(), closing));
        return Err(Fault::forbidden("invalid credentials"));
    }
    caller.succeed(&Renewed { expires_at });
    Ok(())
}

/// Whether the token would have let its user into the namespace as what the member is there.
fn opens(member: &Member, claims: &Claims) -> Result<(), Fault> {
    if !door::is_enabled(&member.gateway, member.place, claims) {
        return Err(Fault::forbidden("account disabled"));
    }
    if member.role.is_some() && claims.role < member.role {
        return Err(Fault::forbidden("the token has a lesser role; connect again with it"));
    }
    Ok(())
}

/// Where the session is.
fn members(session: &Session) -> impl Iterator<Item = Arc<Member>> {
    session.seats().into_iter().filter_map(|(_, socket)| socket.extensions.get::<Arc<Member>>())
}
