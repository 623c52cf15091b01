//! What a client can say in every namespace: `ping` and `auth:refresh`.

use serde::{Deserialize, Serialize};
use signalbox_protocol::Timestamp;

use super::{Known, Request, door, kick};
use crate::hub::Closing;
use crate::pipeline::{Caller, Fault};

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

/// Another token of the same user takes the place of the one that the sender came with.
pub(super) fn refresh(caller: &mut Caller<'_>, token: &str) -> Result<(), Fault> {
    let member = caller.member;
    let claims = member.gateway.claims(token, caller.now).map_err(|why| {
        tracing::debug!(connection = %member.session.id, %why, "a new token was refused");
        Fault::forbidden("invalid credentials")
    })?;
    if claims.user.id != member.session.user.id {
        return Err(Fault::forbidden("the token is another user's"));
    }
    if !door::is_enabled(&member.gateway, member.place, &claims) {
        return Err(Fault::forbidden("account disabled"));
    }
    if member.role.is_some() && claims.role < member.role {
        return Err(Fault::forbidden("the token has a lesser role; connect again with it"));
    }
    let expires_at = claims.expires_at;
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
