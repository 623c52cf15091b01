//! Who asks: an operator with a JWT, or a backend with an API key.
//!
//! A route names what it needs in its signature, as [`Bearer`]`<scope::…>`: a key needs that scope; a JWT the role viewer to
//! look (GET), and operator to act.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{ApiKey, Role, Scope};

use super::Api;
use super::problem::Refusal;
use crate::admin::Actor;
use crate::auth::api_keys::{KeyRefusal, PREFIX};
use crate::auth::operators::{Standing, standing};
use crate::auth::tokens::Claims;
use crate::transport::ClientAddress;

/// The scopes, as types: what a route needs.
pub(super) mod scope {
    use signalbox_protocol::admin::Scope;

    /// Something that a route needs.
    pub(in crate::api) trait Needed: Send + Sync {
        /// The scope that an API key must have.
        const SCOPE: Scope;
    }

    macro_rules! needed {
        ($($name:ident)*) => {
            $(
                #[doc = concat!("See [`Scope::", stringify!($name), "`].")]
                #[derive(Debug)]
                pub(in crate::api) struct $name;

                impl Needed for $name {
                    const SCOPE: Scope = Scope::$name;
                }
            )*
        };
    }

    // In the order of `Scope`.
    needed! { Publish EventsWrite UsersRead RoomsRead StatsRead ConnectionsWrite BansRead BansWrite FollowersWrite }
}

/// Somebody who may do what `N` names.
#[derive(Debug)]
pub(super) struct Bearer<N> {
    who: Who,
    /// Where the request comes from.
    pub(super) address: IpAddr,
    need: PhantomData<N>,
}

#[derive(Debug)]
enum Who {
    Operator(Box<Claims>),
    Key(Arc<ApiKey>),
}

impl<N> Bearer<N> {
    /// Tells one sender from every other: two of them may use the same ids for what they send.
    pub(super) fn sender(&self) -> String {
        match &self.who {
            Who::Operator(claims) => claims.user.id.to_string(),
            Who::Key(key) => format!("key:{}", key.id),
        }
    }

    /// Who acts, for the audit log.
    pub(super) fn actor(&self) -> Actor {
        let user = match &self.who {
            Who::Operator(claims) => Some(claims.user.id.clone()),
            Who::Key(_) => None,
        };
        Actor { name: self.name(), address: self.address.to_string(), user }
    }

    /// The name under which the audit log and the feed know it.
    pub(super) fn name(&self) -> String {
        match &self.who {
            Who::Operator(claims) => claims.user.username.to_string(),
            Who::Key(key) => format!("key:{}", key.name),
        }
    }
}

impl<N: scope::Needed> FromRequestParts<Api> for Bearer<N> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Refusal> {
        // The door has noted it for every request.
        let Some(ClientAddress(address)) = parts.extensions.get().copied() else {
            return Err(Refusal::unauthorized("the request's address is not known"));
        };
        let shown = shown(parts)?;
        let who = if shown.starts_with(PREFIX) {
            Who::Key(key(api, shown, address, N::SCOPE)?)
        } else {
            Who::Operator(Box::new(operator(api, shown, &parts.method).await?))
        };
        let bearer = Self { who, address, need: PhantomData };
        tracing::debug!(by = bearer.name(), client.address = %bearer.address, "let in");
        Ok(bearer)
    }
}

/// The token or key that was shown.
fn shown(parts: &Parts) -> Result<&str, Refusal> {
    let header = parts.headers.get(AUTHORIZATION);
    let header = header.ok_or_else(|| Refusal::unauthorized("a bearer token or an API key is missing"))?;
    let shown = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()));
    shown.ok_or_else(|| Refusal::unauthorized("`Authorization` must be `Bearer` and a token or an API key"))
}

fn key(api: &Api, shown: &str, from: IpAddr, needed: Scope) -> Result<Arc<ApiKey>, Refusal> {
    let key = api.gateway.api_keys.check(shown, from, Timestamp::now()).map_err(|refusal| match refusal {
        KeyRefusal::Unknown => {
            tracing::warn!(client.address = %from, "an API key was refused");
            Refusal::unauthorized("the API key is not good, or not any more")
        }
        KeyRefusal::Throttled(wait) => {
            Refusal::later(StatusCode::TOO_MANY_REQUESTS, "too many failed API keys from here", wait)
        }
    })?;
    if key.scopes.contains(&needed) {
        return Ok(key);
    }
    let detail = format!("the API key lacks the scope `{}`", needed.as_str());
    Err(Refusal::new(StatusCode::FORBIDDEN, detail))
}

async fn operator(api: &Api, shown: &str, method: &Method) -> Result<Claims, Refusal> {
    let claims = api.gateway.claims(shown, Timestamp::now()).map_err(|error| {
        tracing::debug!(%error, "a bearer token was refused");
        Refusal::unauthorized("the token is not good, or not any more")
    })?;
    if claims.status.is_some_and(|status| status != 1) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "the account is disabled"));
    }
    let needed = if *method == Method::GET || *method == Method::HEAD { Role::Viewer } else { Role::Operator };
    match standing(&api.gateway.store, &claims).await {
        Ok(Standing::Good(role)) if role >= needed => Ok(claims),
        Ok(Standing::Disabled) => Err(Refusal::new(StatusCode::FORBIDDEN, "the account is disabled")),
        Ok(Standing::Good(_) | Standing::NoRole) => {
            Err(Refusal::new(StatusCode::FORBIDDEN, format!("this needs the role {}", needed.as_str())))
        }
        Err(error) => Err(Refusal::internal(&error)),
    }
}
