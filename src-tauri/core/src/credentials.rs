//! How the console proves who it is to one gateway, now and when the proof has run out.
//!
//! An access token is in memory only. A refresh token is single use: it is traded in a task of its own that nobody can
//! cancel, one at a time, and its successor is kept before anything else happens; otherwise a link that is closed in the
//! wrong moment would cost the sign-in. It is in memory too while it is in use, so that a keychain that is locked meanwhile
//! costs nothing. A trade that ends after its sign-in was given up keeps nothing.

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::http::Session;
use signalbox_protocol::ipc::{Failure, FailureCode, Operator, Reason};
use tokio::time::timeout;

use crate::api::Api;
use crate::cut::{LABEL, cut};
use crate::endpoint::Endpoint;
use crate::failure::failure;
use crate::secrets::{Kept, SecretError, Secrets};

/// A token that has less than this left is not worth connecting with.
const MARGIN_MS: i64 = 10_000;
/// How long a token that the console mints for the local gateway is good for.
const LOCAL_TTL_MS: i64 = 10 * 60_000;
/// What only proves that two know the same secret is worth nothing to whoever takes it.
const PROOF_TTL_MS: i64 = 20_000;
/// For a trade that is under way: the gateway is given up before.
const TRADE: Duration = Duration::from_secs(11);

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
    held: parking_lot::Mutex<Held>,
    /// One trade at a time: two with the same refresh token would look like theft, and revoke the sign-in.
    turnstile: tokio::sync::Mutex<()>,
}

/// A sign-in as far as it is in memory.
#[derive(Default)]
struct Held {
    /// Which sign-in this is: the next one has the next number, and so has none.
    sign_in: u64,
    access: Option<AccessToken>,
    /// `None` until it has been read from the keychain.
    refresh: Option<String>,
    remember: Remember,
}

impl Held {
    /// Ends what there is, and gives its refresh token.
    fn end(&mut self) -> Option<String> {
        let ended = std::mem::take(self);
        self.sign_in = ended.sign_in + 1;
        ended.refresh
    }
}

impl Renewal {
    pub(crate) fn new(api: Api, secrets: Secrets, account: String) -> Self {
        let (held, turnstile) = (parking_lot::Mutex::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Renewing { api, secrets, account, held, turnstile }))
    }

    /// Takes a session that a login has just given, in place of the one that there was, which is revoked. The answer is why
    /// the keychain is not as was wished: the new sign-in is not in it, or the one before could not be taken out of it.
    ///
    /// # Errors
    /// Where the session is none.
    pub(crate) async fn begin(
        &self,
        endpoint: &Endpoint,
        session: Session,
        remember: Remember,
    ) -> Result<Option<SecretError>, Failure> {
        let access = Some(access_token(&session)?);
        let (sign_in, before) = {
            let mut held = self.0.held.lock();
            let before = held.end();
            let refresh = Some(session.refresh_token.clone());
            *held = Held { access, refresh, remember, ..*held };
            (held.sign_in, before)
        };
        let _turn = timeout(TRADE, self.0.turnstile.lock()).await;
        match remember {
            Remember::ForGood => {
                self.log_out(endpoint, before).await;
                match self.0.secrets.keep(&self.0.account, &session.refresh_token).await {
                    Kept::ForGood => Ok(None),
                    Kept::ThisSession(error) => Ok(Some(error)),
                }
            }
            // What is in the keychain would be back at the next start.
            Remember::ThisSession => {
                let erased = self.erase(endpoint, before).await;
                let held = self.0.held.lock();
                if let Some(refresh) = held.refresh.as_deref().filter(|_| held.sign_in == sign_in) {
                    self.0.secrets.keep_for_session(&self.0.account, refresh);
                }
                Ok(erased.err())
            }
        }
    }

    /// Makes the gateway and this machine forget the sign-in. A gateway that cannot be asked forgets by itself, later.
    ///
    /// # Errors
    /// Where it stays in the keychain.
    pub(crate) async fn revoke(&self, endpoint: &Endpoint) -> Result<(), SecretError> {
        let before = self.0.held.lock().end();
        // A trade that is under way reads and keeps, and must have ended.
        let _turn = timeout(TRADE, self.0.turnstile.lock()).await;
        self.erase(endpoint, before).await
    }

    /// Waits for a trade that is under way, and tries once more to keep what could not be kept: a token that was traded must
    /// not be what the next start finds.
    pub(crate) async fn settle(&self) {
        let settled = async {
            let _turn = self.0.turnstile.lock().await;
            let (refresh, remember) = {
                let held = self.0.held.lock();
                (held.refresh.clone(), held.remember)
            };
            if let Some(refresh) = refresh.filter(|_| self.0.secrets.is_for_session(&self.0.account)) {
                self.keep(&refresh, remember).await;
            }
        };
        // Who waits for longer loses a sign-in; who ends the console has waited long enough.
        let _ = timeout(TRADE, settled).await;
    }

    async fn token(&self, endpoint: &Endpoint, now: Timestamp, freshness: Freshness) -> Result<AccessToken, NoToken> {
        let (sign_in, known) = {
            let held = self.0.held.lock();
            (held.sign_in, held.access.clone())
        };
        match known {
            Some(token) if freshness == Freshness::Any && token.is_good(now) => Ok(token),
            refused => {
                let (this, endpoint) = (self.clone(), endpoint.clone());
                let refused = refused.map(|token| token.token);
                let trade = tokio::spawn(async move { this.trade(&endpoint, sign_in, refused).await });
                let ended = |error: tokio::task::JoinError| {
                    NoToken::NotNow(failure(FailureCode::Internal, Reason::said(error.to_string())))
                };
                trade.await.unwrap_or_else(|error| Err(ended(error)))
            }
        }
    }

    async fn trade(&self, endpoint: &Endpoint, sign_in: u64, refused: Option<String>) -> Result<AccessToken, NoToken> {
        let _turn = self.0.turnstile.lock().await;
        let refresh = {
            let held = self.0.held.lock();
            // Somebody may have traded it, or signed in anew, while this one waited for its turn.
            match &held.access {
                Some(token) if Some(&token.token) != refused.as_ref() => return Ok(token.clone()),
                _ if held.sign_in != sign_in => return Err(NoToken::SignedOut(None)),
                _ => held.refresh.clone(),
            }
        };
        let refresh = match refresh {
            Some(refresh) => Some(refresh),
            None => self.read(sign_in).await?,
        };
        let Some(refresh) = refresh else { return Err(NoToken::SignedOut(None)) };
        match self.0.api.refresh(endpoint, refresh).await {
            Ok(session) => self.renewed(endpoint, sign_in, session).await,
            Err(refusal) if refusal.code == FailureCode::Refused => {
                self.refused(sign_in).await;
                Err(NoToken::SignedOut(Some(refusal.reason)))
            }
            Err(other) => Err(NoToken::NotNow(other)),
        }
    }

    /// The refresh token that is kept; `None` where there is none, or where the sign-in has been given up meanwhile.
    async fn read(&self, sign_in: u64) -> Result<Option<String>, NoToken> {
        let stored = self.0.secrets.get(&self.0.account).await;
        let stored = stored.map_err(|error| NoToken::NotNow(failure(FailureCode::Keychain, error.into())))?;
        let mut held = self.0.held.lock();
        if held.sign_in != sign_in {
            return Ok(None);
        }
        held.refresh.clone_from(&stored);
        Ok(stored)
    }

    async fn renewed(&self, endpoint: &Endpoint, sign_in: u64, session: Session) -> Result<AccessToken, NoToken> {
        let access = access_token(&session);
        let remember = {
            let mut held = self.0.held.lock();
            (held.sign_in == sign_in).then(|| {
                held.refresh = Some(session.refresh_token.clone());
                held.access = access.clone().ok();
                held.remember
            })
        };
        match remember {
            Some(remember) => self.keep(&session.refresh_token, remember).await,
            // Nobody wants it any more, and nobody else knows it.
            None => {
                self.log_out(endpoint, Some(session.refresh_token)).await;
                return Err(NoToken::SignedOut(None));
            }
        }
        access.map_err(NoToken::NotNow)
    }

    async fn refused(&self, sign_in: u64) {
        {
            let mut held = self.0.held.lock();
            if held.sign_in != sign_in {
                return;
            }
            held.end();
        }
        if let Err(error) = self.0.secrets.forget(&self.0.account).await {
            tracing::warn!(%error, "a refresh token stays in the keychain; the gateway has refused it");
        }
    }

    /// Keeps a renewed token, also where the one before could not be kept.
    async fn keep(&self, refresh: &str, remember: Remember) {
        match remember {
            Remember::ThisSession => self.0.secrets.keep_for_session(&self.0.account, refresh),
            Remember::ForGood => {
                if let Kept::ThisSession(error) = self.0.secrets.keep(&self.0.account, refresh).await {
                    tracing::warn!(%error, "the renewed sign-in is not in the keychain; the next renewal tries it again");
                }
            }
        }
    }

    /// Revokes a sign-in that has ended, whether it was in memory or in the keychain, and takes it out of there.
    ///
    /// # Errors
    /// Where it stays there, and is still good.
    async fn erase(&self, endpoint: &Endpoint, held: Option<String>) -> Result<(), SecretError> {
        let refresh = match held {
            Some(refresh) => Some(refresh),
            None => self.0.secrets.get(&self.0.account).await?,
        };
        let worthless = self.log_out(endpoint, refresh).await;
        match self.0.secrets.forget(&self.0.account).await {
            Err(error) if worthless => {
                tracing::warn!(%error, "a refresh token stays in the keychain; the gateway has revoked it");
                Ok(())
            }
            other => other,
        }
    }

    /// Whether the gateway has revoked it; false where there is none.
    async fn log_out(&self, endpoint: &Endpoint, refresh: Option<String>) -> bool {
        let Some(refresh) = refresh else { return false };
        let revoked = self.0.api.logout(endpoint, refresh).await;
        if let Err(failure) = &revoked {
            tracing::warn!(gateway = %endpoint.address, reason = %failure.reason, "a sign-in could not be revoked");
        }
        revoked.is_ok()
    }
}

/// The access token of a session that has just begun.
fn access_token(session: &Session) -> Result<AccessToken, Failure> {
    let mut token =
        AccessToken::read(&session.access_token).map_err(|error| failure(FailureCode::NotAGateway, error.into()))?;
    // How long it is good for is the same by every clock; until when is not.
    let lasts_ms = i64::try_from(session.expires_in).unwrap_or(0).saturating_mul(1000);
    token.expires_at = Timestamp(Timestamp::now().as_millis().saturating_add(lasts_ms));
    Ok(token)
}

/// How long a sign-in is to last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Remember {
    /// Over restarts, where there is a keychain.
    #[default]
    ForGood,
    /// Until the console ends.
    ThisSession,
}
