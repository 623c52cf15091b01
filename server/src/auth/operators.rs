//! Operators signing in, staying signed in, and signing out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use signalbox_protocol::http::Session;
use signalbox_protocol::{Timestamp, UserId};

use super::Secret;
use super::password::{PasswordCheck, PasswordError};
use super::throttle::Throttle;
use super::tokens::{Claims, Grant, TokenError, Tokens};
use crate::store::{Account, Rotation, SessionKey, Store, StoreError};

const ACCESS: Duration = Duration::from_secs(15 * 60);
const REFRESH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What stands before an account's name in a token's `sub`.
const PREFIX: &str = "op:";

/// Everybody who may sign in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Operators {
    store: Store,
    tokens: Tokens,
    passwords: PasswordCheck,
    throttle: Arc<Mutex<Throttle>>,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name and password do not fit, the refresh token is not good any more, or the account is disabled.
    #[error("refused")]
    Refused,
    /// Too many failures.
    #[error("too many failures; again in {0:?}")]
    Throttled(Duration),
    /// Too many sign-ins at once.
    #[error("too many sign-ins at once")]
    Busy,
    /// A fault of the gateway.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of the gateway.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A fault of the gateway.
    #[error(transparent)]
    Password(PasswordError),
}

/// What [`standing`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// May do what this role may.
    Good(Role),
    /// The token says nothing of a role.
    NoRole,
    /// The account was disabled after the token was issued.
    Disabled,
}

impl Operators {
    /// The accounts of a store, with tokens signed by the gateway.
    pub fn new(store: Store, tokens: Tokens) -> Self {
        Self { store, tokens, passwords: PasswordCheck::default(), throttle: Arc::default() }
    }

    /// Signs in with a name and a password. An unknown name costs the same time as a wrong password.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: Secret,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<Session, SignInError> {
        self.throttle.lock().attempt(name, from, now).map_err(SignInError::Throttled)?;
        let (account, hash) = self.store.account_with_password(name).await?.unzip();
        let fits = self.passwords.fits(password, hash, from).await.map_err(|error| match error {
            PasswordError::Busy => {
                self.throttle.lock().withdraw(name, from);
                SignInError::Busy
            }
            PasswordError::Hashing => SignInError::Password(error),
        })?;
        let account = account.filter(|account| fits && account.is_enabled()).ok_or(SignInError::Refused)?;
        self.throttle.lock().succeeded(name, from);
        let refresh = RefreshToken::random();
        self.store.begin_session(&account.name, &refresh.key(), now, Timestamp(now.as_millis() + REFRESH_MS)).await?;
        self.session(&account, refresh, now)
    }

    /// Goes on with a session. The token is used up; showing it again ends the session.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn refresh(&self, shown: String, now: Timestamp) -> Result<Session, SignInError> {
        let next = RefreshToken::random();
        let expires_at = Timestamp(now.as_millis() + REFRESH_MS);
        let shown = RefreshToken(Secret::from(shown)).key();
        match self.store.rotate_session(&shown, &next.key(), now, expires_at).await? {
            Rotation::Rotated(account) => self.session(&account, next, now),
            Rotation::Unknown => Err(SignInError::Refused),
            Rotation::Reused => {
                tracing::warn!("a refresh token was used twice: its session is ended");
                Err(SignInError::Refused)
            }
        }
    }

    /// Ends a session. A token that is not known is as good as ended.
    ///
    /// # Errors
    /// Only where the store fails.
    pub async fn sign_out(&self, shown: String, now: Timestamp) -> Result<(), StoreError> {
        self.store.end_session(&RefreshToken(Secret::from(shown)).key(), now).await
    }

    fn session(&self, account: &Account, refresh: RefreshToken, now: Timestamp) -> Result<Session, SignInError> {
        let access_token = self.tokens.issue(&grant(&account.name, account.role), now, ACCESS)?;
        let refresh_token = refresh.0.expose().to_owned();
        Ok(Session { access_token, refresh_token, expires_in: ACCESS.as_secs(), role: account.role })
    }
}

/// The account that a token's user stands for.
pub fn account_name(user: &UserId) -> Option<&str> {
    match user {
        UserId::Text(text) => text.strip_prefix(PREFIX),
        UserId::Number(_) => None,
    }
}

/// The user that an account's tokens stand for.
pub fn user_id(account: &str) -> UserId {
    UserId::Text(format!("{PREFIX}{account}").into())
}

/// The name in the tokens of a console's own gateway, which needs no account.
const LOCAL: &str = "local";

/// A password's length in bytes.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=1024;

/// Whether an account may have that name.
///
/// # Errors
/// What a name has to be.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let fits = (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
    match name {
        LOCAL => Err("`local` is the name of a console on its own gateway; choose another one"),
        _ if fits => Ok(()),
        _ => Err("a name has 1 to 64 letters, digits, `.`, `_`, `-` or `@`"),
    }
}

/// Whether that may be a password.
///
/// # Errors
/// What a password has to be.
pub fn check_password(password: &Secret) -> Result<(), &'static str> {
    if PASSWORD.contains(&password.expose().len()) { Ok(()) } else { Err("a password has 8 to 1024 bytes") }
}

/// What somebody may do who bears these claims, at this moment: the token's role, and for an operator with an account here
/// no more than the account's. Tokens without an account, of a console's own gateway for example, stand by their signature.
///
/// # Errors
/// Only where the store fails.
pub async fn standing(store: &Store, claims: &Claims) -> Result<Standing, StoreError> {
    match claims.role {
        Some(role) => standing_of(store, &claims.user.id, role).await,
        None => Ok(Standing::NoRole),
    }
}

/// The same, for a user whose token had that role.
///
/// # Errors
/// Only where the store fails.
pub async fn standing_of(store: &Store, user: &UserId, role: Role) -> Result<Standing, StoreError> {
    let Some(name) = account_name(user) else { return Ok(Standing::Good(role)) };
    Ok(match store.account(name).await? {
        Some(account) if !account.is_enabled() => Standing::Disabled,
        Some(account) => Standing::Good(role.min(account.role)),
        None => Standing::Good(role),
    })
}

/// What the token of an operator says.
fn grant(name: &str, role: Role) -> Grant {
    Grant { user: User { id: user_id(name), username: name.into() }, role: Some(role) }
}

/// A refresh token; the store knows its hash only. It is random enough not to need a slow one.
struct RefreshToken(Secret);

impl RefreshToken {
    fn random() -> Self {
        Self(Secret::random())
    }

    fn key(&self) -> SessionKey {
        let hash = Sha256::digest(self.0.expose().as_bytes());
        SessionKey(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::config::Auth;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    #[tokio::test]
    async fn a_session_goes_on_for_thirty_days_from_when_it_was_last_renewed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("a store");
        let word = || Secret::from("correct horse".to_owned());
        let hash = super::super::password::hash(&word()).expect("a hash");
        store.add_account("ann", Role::Viewer, &hash, NOW).await.expect("an account");
        let tokens = Tokens::new(&Auth::default(), &Secret::random()).expect("tokens");
        let operators = Operators::new(store, tokens);
        let mut session = operators.sign_in("ann", word(), Ipv4Addr::LOCALHOST.into(), NOW).await.expect("signed in");
        let mut now = NOW;
        for _ in 0..2 {
            now = Timestamp(now.0 + 30 * DAY_MS - 1);
            session = operators.refresh(session.refresh_token, now).await.expect("it goes on");
        }
        let over = Timestamp(now.0 + 30 * DAY_MS);
        assert!(matches!(operators.refresh(session.refresh_token, over).await, Err(SignInError::Refused)));
    }
}
