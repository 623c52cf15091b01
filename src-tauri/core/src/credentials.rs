//! How the console proves who it is to one gateway, now and when the proof has run out.
//!
//! An access token is in memory only. A refresh token is single use: it is traded in a task of its own that nobody can
//! cancel, one at a time, and its successor is kept before anything else happens; otherwise a link that is closed in the
//! wrong moment would cost the sign-in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::http::Session;
use signalbox_protocol::ipc::{Failure, FailureCode, Operator, Reason};
use tokio::sync::Semaphore;

use crate::api::Api;
use crate::cut::{LABEL, cut};
use crate::endpoint::Endpoint;
use crate::failure::failure;
use crate::secrets::{Kept, Secrets};

/// A token that has less than this left is not worth connecting with.
const MARGIN_MS: i64 = 10_000;
/// How long a token that the console mints for the local gateway is good for.
const LOCAL_TTL_MS: i64 = 10 * 60_000;
/// What only proves that two know the same secret is worth nothing to whoever takes it.
const PROOF_TTL_MS: i64 = 20_000;

/// Proof of who one is, for a while.
#[derive(Clone)]
pub(crate) struct AccessToken {
    /// The JWT. This type has no `Debug`, so that it cannot be logged.
    pub(crate) token: String,
    /// Whom it speaks for.
    pub(crate) operator: Operator,
    expires_at: Timestamp,
}

/// A text that is no operator's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// Not a JWT, or one without `sub` and `exp`.
    #[error("not a JWT that says whom it speaks for and until when")]
    NotAToken,
    /// Its `roles` name none of the gateway's.
    #[error("its roles name neither viewer, operator nor admin")]
    NoRole,
}

impl From<TokenError> for Reason {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::NotAToken => Self::NotAToken,
            TokenError::NoRole => Self::NoRole,
        }
    }
}

/// The claims that the console reads of a token. It cannot verify them and need not: the gateway does.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: serde_json::Value,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    exp: f64,
    #[serde(default)]
    status: Option<i64>,
    #[serde(default)]
    iat: Option<f64>,
}

impl AccessToken {
    /// Reads a token.
    ///
    /// # Errors
    /// Where it is none, or not an operator's.
    pub(crate) fn read(token: &str) -> Result<Self, TokenError> {
        let claims: Claims =
            jsonwebtoken::dangerous::insecure_decode_claims(token.trim()).map_err(|_| TokenError::NotAToken)?;
        let subject = claims.sub.as_str().map_or_else(|| claims.sub.to_string(), str::to_owned);
        let role = claims.roles.iter().filter_map(|role| role.parse::<Role>().ok()).max().ok_or(TokenError::NoRole)?;
        let name = claims.username.or(claims.name).unwrap_or(subject);
        let operator = Operator { name: cut(&name, LABEL), role };
        Ok(Self { token: token.trim().to_owned(), operator, expires_at: Timestamp((claims.exp * 1000.0) as i64) })
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.as_millis() - now.as_millis() > MARGIN_MS
    }
}

/// The secret of the gateway that this machine runs. It signs the console's own tokens for it.
#[derive(Clone)]
pub(crate) struct LocalSecret(Arc<str>);

impl LocalSecret {
    pub(crate) fn new(secret: &str) -> Self {
        Self(secret.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A token of little power and short life, for asking a gateway whether it knows this secret.
    pub(crate) fn proof(&self, now: Timestamp) -> Result<AccessToken, Failure> {
        self.sign(now, Role::Viewer, PROOF_TTL_MS)
    }

    fn mint(&self, now: Timestamp) -> Result<AccessToken, Failure> {
        self.sign(now, Role::Admin, LOCAL_TTL_MS)
    }

    fn sign(&self, now: Timestamp, role: Role, ttl_ms: i64) -> Result<AccessToken, Failure> {
        let seconds = |millis: i64| (millis / 1000) as f64;
        let claims = Claims {
            sub: "op:local".into(),
            username: Some("local".to_owned()),
            name: None,
            roles: vec![role.as_str().to_owned()],
            exp: seconds(now.as_millis() + ttl_ms),
            status: Some(1),
            iat: Some(seconds(now.as_millis())),
        };
        let key = jsonwebtoken::EncodingKey::from_secret(self.0.as_bytes());
        let internal = |error: &dyn std::fmt::Display| failure(FailureCode::Internal, Reason::said(error.to_string()));
        let token =
            jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).map_err(|error| internal(&error))?;
        AccessToken::read(&token).map_err(|error| internal(&error))
    }
}

/// Where access tokens for one gateway come from.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// A refresh token under the profile's account.
    Refresh(Renewal),
    /// A token that the administrator gave; there is no other after it.
    Given(AccessToken),
    /// Tokens that the console signs itself.
    Local(LocalSecret),
}

/// Why there is no access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoToken {
    /// Somebody has to sign in; why, where there is something to say.
    SignedOut(Option<Reason>),
    /// It may work later.
    NotNow(Failure),
}

/// Whether a token that has not run out may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It may.
    Any,
    /// The gateway refused it.
    Renewed,
}

impl Credentials {
    /// A token to connect with.
    pub(crate) async fn token(
        &self,
        endpoint: &Endpoint,
        now: Timestamp,
        freshness: Freshness,
    ) -> Result<AccessToken, NoToken> {
        match self {
            // Whether it has run out is for the gateway to say: it was made by a clock that need not be ours.
            Self::Given(token) if freshness == Freshness::Any => Ok(token.clone()),
            Self::Given(_) => Err(NoToken::SignedOut(Some(Reason::TokenRefused))),
            Self::Local(secret) => secret.mint(now).map_err(NoToken::NotNow),
            Self::Refresh(renewal) => renewal.token(endpoint, now, freshness).await,
        }
    }

    /// Whether a refused token can be replaced by another.
    pub(crate) const fn can_renew(&self) -> bool {
        matches!(self, Self::Refresh(_) | Self::Local(_))
    }
}

/// A sign-in that renews itself. Clones share it.
#[derive(Clone)]
pub(crate) struct Renewal(Arc<Renewing>);

struct Renewing {
    api: Api,
    secrets: Secrets,
    account: String,
    access: parking_lot::Mutex<Option<AccessToken>>,
    /// One trade at a time: two with the same refresh token would look like theft, and revoke the sign-in.
    turnstile: Semaphore,
}

impl Renewal {
    pub(crate) fn new(api: Api, secrets: Secrets, account: String) -> Self {
        let (access, turnstile) = (parking_lot::Mutex::new(None), Semaphore::new(1));
        Self(Arc::new(Renewing { api, secrets, account, access, turnstile }))
    }

    /// Takes a session that a login has just given. `Kept` says whether it will be there after a restart.
    pub(crate) async fn begin(&self, session: Session, remember: Remember) -> Result<(AccessToken, Kept), Failure> {
        let kept = match remember {
            Remember::ForGood => self.0.secrets.keep(&self.0.account, &session.refresh_token).await,
            Remember::ThisSession => {
                self.0.secrets.keep_for_session(&self.0.account, &session.refresh_token);
                Kept::ForGood
            }
        };
        Ok((self.accept(session)?, kept))
    }

    /// The refresh token, to revoke it.
    pub(crate) async fn refresh_token(&self) -> Option<String> {
        self.0.secrets.get(&self.0.account).await.ok().flatten()
    }

    /// Forgets everything.
    pub(crate) async fn forget(&self) {
        *self.0.access.lock() = None;
        if let Err(error) = self.0.secrets.forget(&self.0.account).await {
            tracing::warn!(%error, "a refresh token stays in the keychain; the gateway has been asked to revoke it");
        }
    }

    async fn token(&self, endpoint: &Endpoint, now: Timestamp, freshness: Freshness) -> Result<AccessToken, NoToken> {
        let known = self.0.access.lock().clone();
        match known {
            Some(token) if freshness == Freshness::Any && token.is_good(now) => Ok(token),
            refused => {
                let (this, endpoint) = (self.clone(), endpoint.clone());
                let refused = refused.map(|token| token.token);
                let trade = tokio::spawn(async move { this.trade(&endpoint, refused).await });
                trade.await.unwrap_or(Err(NoToken::SignedOut(None)))
            }
        }
    }

    async fn trade(&self, endpoint: &Endpoint, refused: Option<String>) -> Result<AccessToken, NoToken> {
        let Ok(_turn) = self.0.turnstile.acquire().await else { return Err(NoToken::SignedOut(None)) };
        // Somebody may have traded it while this one waited for its turn.
        let current = self.0.access.lock().clone();
        if let Some(token) = current.filter(|token| Some(&token.token) != refused.as_ref()) {
            return Ok(token);
        }
        let stored = self.0.secrets.get(&self.0.account).await;
        let stored = stored.map_err(|error| NoToken::SignedOut(Some(error.into())))?;
        let Some(refresh) = stored else { return Err(NoToken::SignedOut(None)) };
        match self.0.api.refresh(endpoint, refresh).await {
            Ok(session) => {
                if self.0.secrets.is_for_session(&self.0.account) {
                    self.0.secrets.keep_for_session(&self.0.account, &session.refresh_token);
                } else if let Kept::ThisSession(error) =
                    self.0.secrets.keep(&self.0.account, &session.refresh_token).await
                {
                    tracing::warn!(%error, "the renewed sign-in is kept for this session only");
                }
                self.accept(session).map_err(NoToken::NotNow)
            }
            Err(refusal) if refusal.code == FailureCode::Refused => {
                self.forget().await;
                Err(NoToken::SignedOut(Some(refusal.reason)))
            }
            Err(other) => Err(NoToken::NotNow(other)),
        }
    }

    fn accept(&self, session: Session) -> Result<AccessToken, Failure> {
        let mut token = AccessToken::read(&session.access_token)
            .map_err(|error| failure(FailureCode::NotAGateway, error.into()))?;
        // How long it is good for is the same by every clock; until when is not.
        let lasts_ms = i64::try_from(session.expires_in).unwrap_or(0).saturating_mul(1000);
        token.expires_at = Timestamp(Timestamp::now().as_millis().saturating_add(lasts_ms));
        *self.0.access.lock() = Some(token.clone());
        Ok(token)
    }
}

/// How long a sign-in is to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remember {
    /// Over restarts, where there is a keychain.
    ForGood,
    /// Until the console ends.
    ThisSession,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_token_speaks_for_the_local_operator_and_runs_out() {
        let secret = LocalSecret::new(&"s".repeat(64));
        let token = secret.mint(Timestamp(1_000_000)).unwrap_or_else(|failure| panic!("{}", failure.reason));
        assert_eq!(token.operator, Operator { name: "local".into(), role: Role::Admin });
        assert!(token.is_good(Timestamp(1_000_000)));
        assert!(!token.is_good(Timestamp(1_000_000 + LOCAL_TTL_MS)));
    }

    #[test]
    fn what_is_no_operators_token_is_told_apart() {
        let sign = |claims: serde_json::Value| {
            let key = jsonwebtoken::EncodingKey::from_secret(b"k");
            jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
        };
        let read = |token: &str| AccessToken::read(token).map(|token| token.operator);
        assert_eq!(read("rubbish"), Err(TokenError::NotAToken));
        assert_eq!(read(&sign(serde_json::json!({"sub": "7"}))), Err(TokenError::NotAToken), "no expiry");
        assert_eq!(read(&sign(serde_json::json!({"sub": 7, "exp": 1, "roles": ["cook"]}))), Err(TokenError::NoRole));
        let token = sign(serde_json::json!({"sub": 7, "exp": 1, "roles": ["viewer", "operator"]}));
        assert_eq!(read(&token), Ok(Operator { name: "7".into(), role: Role::Operator }));
    }

    #[tokio::test]
    async fn a_given_token_is_not_called_run_out_by_a_clock_that_did_not_make_it() {
        let claims = serde_json::json!({"sub": "op:ann", "roles": ["viewer"], "exp": 1_000});
        let key = jsonwebtoken::EncodingKey::from_secret(b"k");
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
        let given = Credentials::Given(AccessToken::read(&token).unwrap_or_else(|error| panic!("{error}")));
        let endpoint = "http://127.0.0.1:9".parse::<crate::address::Address>().unwrap().into();
        let token = |freshness| given.token(&endpoint, Timestamp(9_000_000), freshness);
        assert!(token(Freshness::Any).await.is_ok(), "the gateway may see it otherwise");
        assert!(matches!(token(Freshness::Renewed).await, Err(NoToken::SignedOut(Some(_)))));
    }
}
