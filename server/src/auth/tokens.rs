//! JWTs (section 2 of the contract): one algorithm for users, fixed by configuration, and the gateway's own signature.
//!
//! The key decides the algorithm, never the token: a token that names another one is refused before its signature is
//! looked at, so that a public key cannot be used as a shared secret.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use signalbox_protocol::{Timestamp, UserId};

pub use super::public_keys::KeyError;
use super::public_keys::PublicKeys;
use super::{RoomGrant, Secret};
use crate::config::{Algorithm, Auth};

/// How far the clocks of two machines may differ.
const LEEWAY_MS: i64 = 5_000;

/// `iss` of what the gateway issues itself, unless the configuration names another.
const OWN_ISSUER: &str = "signalbox";

/// Longer tokens are refused unread.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Reads and writes tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whom it speaks for.
    pub user: User,
    /// `status`: 1, or the account is disabled; `None` where the token does not say.
    pub status: Option<i64>,
    /// The highest role in `roles`.
    pub role: Option<Role>,
    /// `rooms`: which rooms it opens.
    pub rooms: RoomGrant,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `iat`.
    pub issued_at: Option<Timestamp>,
    /// `jti`.
    pub jti: Option<String>,
}

/// What the gateway puts into a token of its own. Its status is 1.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whom it speaks for.
    pub user: User,
    /// What they may do.
    pub role: Option<Role>,
}

/// Why a token is refused. A client hears only `invalid credentials`; the reason is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT, or claims of the wrong shape.
    #[error("malformed token: {0}")]
    Malformed(&'static str),
    /// Signed, or not signed, in a way that is not the configured one.
    #[error("the token's algorithm is not the configured one")]
    Algorithm,
    /// No key has the token's `kid`, or it has none and there are several.
    #[error("there is no such key")]
    UnknownKey,
    /// Not signed by the key.
    #[error("the signature does not fit")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It was revoked: see [`super::revocations`].
    #[error("the token was revoked")]
    Revoked,
    /// `iss` is not the configured one.
    #[error("the token comes from another issuer")]
    Issuer,
    /// `aud` names none of the configured ones.
    #[error("the token is for another audience")]
    Audience,
}

struct Inner {
    /// Users' tokens; with HS256 the gateway's own too.
    users: Verifier,
    /// The gateway's own tokens, where users' are verified by a public key.
    own: Option<Verifier>,
    signing: EncodingKey,
    issuer: String,
    audience: Option<String>,
}

struct Verifier {
    algorithm: jsonwebtoken::Algorithm,
    key: Key,
    issuer: Option<String>,
    audience: Vec<String>,
}

enum Key {
    Shared(DecodingKey),
    Public(PublicKeys),
}

impl Tokens {
    /// From the configuration, and the secret that the gateway signs with: `auth.jwt_secret`, or the one of the data directory.
    ///
    /// # Errors
    /// Where the public keys cannot be read or do not fit the algorithm.
    pub fn new(auth: &Auth, own_secret: &Secret) -> Result<Self, KeyError> {
        let shared = |issuer, audience| Verifier {
            algorithm: jsonwebtoken::Algorithm::HS256,
            key: Key::Shared(DecodingKey::from_secret(own_secret.expose().as_bytes())),
            issuer,
            audience,
        };
        let signing = EncodingKey::from_secret(own_secret.expose().as_bytes());
        let algorithm = match auth.algorithm {
            Algorithm::Hs256 => None,
            Algorithm::Rs256 => Some(jsonwebtoken::Algorithm::RS256),
            Algorithm::Es256 => Some(jsonwebtoken::Algorithm::ES256),
            Algorithm::EdDsa => Some(jsonwebtoken::Algorithm::EdDSA),
        };
        let inner = match algorithm {
            None => Inner {
                users: shared(auth.issuer.clone(), auth.audience.clone()),
                own: None,
                signing,
                issuer: auth.issuer.clone().unwrap_or_else(|| OWN_ISSUER.into()),
                audience: auth.audience.first().cloned(),
            },
            Some(algorithm) => Inner {
                users: Verifier {
                    algorithm,
                    key: Key::Public(PublicKeys::read(auth, algorithm)?),
                    issuer: auth.issuer.clone(),
                    audience: auth.audience.clone(),
                },
                own: Some(shared(Some(OWN_ISSUER.into()), Vec::new())),
                signing,
                issuer: OWN_ISSUER.into(),
                audience: None,
            },
        };
        Ok(Self(Arc::new(inner)))
    }

    /// What the token says, if it is signed as configured and valid at `now`.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::Malformed("too long"));
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Malformed("not a JWT"))?;
        let own = self.0.own.iter();
        let verifier = std::iter::once(&self.0.users)
            .chain(own)
            .find(|verifier| verifier.algorithm == header.alg)
            .ok_or(TokenError::Algorithm)?;
        if header.crit.is_some() {
            // Whoever does not understand what is critical must refuse it (RFC 7515, section 4.1.11).
            return Err(TokenError::Malformed("a critical extension"));
        }
        verifier.verify(token, header.kid.as_deref(), now)
    }

    /// Reads the file of public keys again where it has changed. True where there are new ones.
    ///
    /// # Errors
    /// Once for each change that cannot be read; the keys that were there stay.
    pub fn refresh_keys(&self) -> Result<bool, KeyError> {
        match &self.0.users.key {
            Key::Shared(_) => Ok(false),
            Key::Public(keys) => keys.refresh(),
        }
    }

    /// A token of the gateway's own.
    ///
    /// # Errors
    /// Only where the claims cannot be written as JSON.
    pub fn issue(&self, grant: &Grant, now: Timestamp, ttl: Duration) -> Result<String, TokenError> {
        let issued = now.as_millis().div_euclid(1000);
        let written = Written {
            sub: grant.user.id.to_string(),
            username: &grant.user.username,
            status: 1,
            roles: grant.role.iter().map(|role| role.as_str()).collect(),
            iss: &self.0.issuer,
            aud: self.0.audience.as_deref(),
            iat: now.as_millis() as f64 / 1000.0,
            exp: issued + i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX / 2),
            jti: format!("{:032x}", rand::random::<u128>()),
        };
        jsonwebtoken::encode(&Header::new(jsonwebtoken::Algorithm::HS256), &written, &self.0.signing)
            .map_err(|_| TokenError::Malformed("claims cannot be written"))
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("algorithm", &self.0.users.algorithm).finish_non_exhaustive()
    }
}

impl Verifier {
    fn verify(&self, token: &str, kid: Option<&str>, now: Timestamp) -> Result<Claims, TokenError> {
        let found;
        let key = match &self.key {
            Key::Shared(key) => key,
            Key::Public(keys) => {
                found = keys.find(kid).ok_or(TokenError::UnknownKey)?;
                &found
            }
        };
        // Only the signature is left to the library: it reads the system's clock, the rest of the gateway is told the time.
        let mut validation = Validation::new(self.algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let read: Read = jsonwebtoken::decode(token, key, &validation).map_err(refusal)?.claims;
        let now = now.as_millis();
        let expires_at = read.exp.and_then(moment).ok_or(TokenError::Malformed("no exp"))?;
        if expires_at.as_millis().saturating_add(LEEWAY_MS) <= now {
            return Err(TokenError::Expired);
        }
        let not_before = read.nbf.map(|nbf| moment(nbf).ok_or(TokenError::Malformed("nbf"))).transpose()?;
        if not_before.is_some_and(|begins| begins.as_millis() > now.saturating_add(LEEWAY_MS)) {
            return Err(TokenError::NotYetValid);
        }
        if self.issuer.is_some() && read.iss != self.issuer {
            return Err(TokenError::Issuer);
        }
        if !self.audience.is_empty() && !read.aud.is_some_and(|aud| aud.names_one_of(&self.audience)) {
            return Err(TokenError::Audience);
        }
        let id = present(read.sub)
            .or(present(read.id))
            .map(serde_json::from_value::<UserId>)
            .and_then(Result::ok)
            .ok_or(TokenError::Malformed("neither sub nor id is a user id"))?;
        let username = text(read.username).or(text(read.name)).unwrap_or_else(|| id.to_string());
        Ok(Claims {
            user: User { id, username: username.into() },
            status: present(read.status).map(|status| status.as_i64().unwrap_or(NOT_A_STATUS)),
            role: read.roles.iter().flatten().filter_map(Value::as_str).filter_map(|role| role.parse().ok()).max(),
            rooms: match read.rooms {
                None => RoomGrant::Every,
                Some(globs) => RoomGrant::Matching(globs.into_iter().map(String::into_boxed_str).collect()),
            },
            expires_at,
            issued_at: read.iat.and_then(moment),
            jti: read.jti,
        })
    }
}

/// What a status that is no integer counts as: not 1, and so disabled.
const NOT_A_STATUS: i64 = -1;

#[derive(Deserialize)]
struct Read {
    sub: Option<Value>,
    id: Option<Value>,
    username: Option<Value>,
    name: Option<Value>,
    status: Option<Value>,
    roles: Option<Vec<Value>>,
    rooms: Option<Vec<String>>,
    iss: Option<String>,
    aud: Option<AudienceClaim>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AudienceClaim {
    One(String),
    Several(Vec<String>),
}

impl AudienceClaim {
    fn names_one_of(&self, audience: &[String]) -> bool {
        match self {
            Self::One(one) => audience.contains(one),
            Self::Several(several) => several.iter().any(|one| audience.contains(one)),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    sub: String,
    username: &'a str,
    status: u8,
    roles: Vec<&'a str>,
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
    /// To the millisecond: a token that is issued right after others were revoked is good.
    iat: f64,
    exp: i64,
    jti: String,
}

fn refusal(error: jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm => TokenError::Algorithm,
        _ => TokenError::Malformed("not a JWT with claims of the right types"),
    }
}

/// A NumericDate (RFC 7519), which may have a fraction.
fn moment(seconds: f64) -> Option<Timestamp> {
    (seconds.is_finite() && (0.0..=253_402_300_799.0).contains(&seconds))
        .then_some(Timestamp((seconds * 1000.0) as i64))
}

fn present(value: Option<Value>) -> Option<Value> {
    value.filter(|value| !value.is_null())
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod key_tests;
#[cfg(test)]
mod tests;
