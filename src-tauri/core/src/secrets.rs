//! Where secrets are kept: the system's keychain, or this session's memory where there is none.
//!
//! A secret is never written to a file, a log or an error. It must never know what a secret is for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Error as KeyringError};
use parking_lot::Mutex;
use signalbox_protocol::ipc::{Keychain, Reason};
use tokio::sync::OnceCell;

/// The name under which the system's keychain shows the console's entries.
const SERVICE: &str = "signalbox";

/// A locked keychain asks its owner; somebody who has left the desk must not block the console for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the keychain did not take or give a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no keychain.
    #[error("this system has no keychain that can be used: {0}")]
    Missing(String),
    /// It is locked, or refused.
    #[error("the keychain refused: {0}")]
    Refused(String),
    /// It did not answer.
    #[error("the keychain did not answer within {} s", PATIENCE.as_secs())]
    Silent,
}

impl From<SecretError> for Reason {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Missing(error) => Self::KeychainMissing { error },
            SecretError::Refused(error) => Self::KeychainRefused { error },
            SecretError::Silent => Self::KeychainSilent { seconds: PATIENCE.as_secs() as u32 },
        }
    }
}

/// Where a secret went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In the keychain: it will be there after a restart.
    ForGood,
    /// In memory only, and why.
    ThisSession(SecretError),
}

/// The console's secrets, by account. Clones share them.
#[derive(Clone)]
pub struct Secrets(Arc<Inner>);

struct Inner {
    source: Source,
    store: OnceCell<Result<Arc<CredentialStore>, SecretError>>,
    session: Mutex<HashMap<String, String>>,
}

enum Source {
    System,
    Given(Arc<CredentialStore>),
    None(String),
}

impl Secrets {
    /// The system's keychain: Secret Service, Keychain or Credential Manager. It is looked for at the first use.
    pub fn system() -> Self {
        Self::from_source(Source::System)
    }

    /// A store of the caller's choice.
    pub fn with_store(store: Arc<CredentialStore>) -> Self {
        Self::from_source(Source::Given(store))
    }

    /// No keychain, for this reason: everything is kept for this session only.
    pub fn session_only(reason: impl Into<String>) -> Self {
        Self::from_source(Source::None(reason.into()))
    }

    fn from_source(source: Source) -> Self {
        Self(Arc::new(Inner { source, store: OnceCell::new(), session: Mutex::default() }))
    }

    /// Whether there is a keychain.
    pub async fn keychain(&self) -> Keychain {
        match self.store().await {
            Ok(_) => Keychain::Ready,
            Err(error) => Keychain::Missing { reason: error.into() },
        }
    }

    /// The secret of an account; `None` where there is none.
    ///
    /// # Errors
    /// Where a keychain is there and does not give it.
    pub async fn get(&self, account: &str) -> Result<Option<String>, SecretError> {
        if let Some(secret) = self.0.session.lock().get(account) {
            return Ok(Some(secret.clone()));
        }
        let Ok(store) = self.store().await else { return Ok(None) };
        let found = in_store(store, account, |entry| match entry.get_password() {
            Err(KeyringError::NoEntry) => Ok(None),
            other => other.map(Some),
        });
        found.await
    }

    /// Keeps a secret: in the keychain if it can be, else in memory. The answer says which.
    pub async fn keep(&self, account: &str, secret: &str) -> Kept {
        let stored = match self.store().await {
            Ok(store) => {
                let secret = secret.to_owned();
                in_store(store, account, move |entry| entry.set_password(&secret)).await
            }
            Err(error) => Err(error),
        };
        match stored {
            Ok(()) => {
                self.0.session.lock().remove(account);
                Kept::ForGood
            }
            Err(error) => {
                self.keep_for_session(account, secret);
                Kept::ThisSession(error)
            }
        }
    }

    /// Keeps a secret until the console ends.
    pub fn keep_for_session(&self, account: &str, secret: &str) {
        self.0.session.lock().insert(account.to_owned(), secret.to_owned());
    }

    /// Whether an account's secret is in memory only.
    pub fn is_for_session(&self, account: &str) -> bool {
        self.0.session.lock().contains_key(account)
    }

    /// Forgets a secret; no error where there is none.
    ///
    /// # Errors
    /// Where a keychain is there and does not delete it.
    pub async fn forget(&self, account: &str) -> Result<(), SecretError> {
        self.0.session.lock().remove(account);
        let Ok(store) = self.store().await else { return Ok(()) };
        let forgotten = in_store(store, account, |entry| match entry.delete_credential() {
            Err(KeyringError::NoEntry) => Ok(()),
            other => other,
        });
        forgotten.await
    }

    async fn store(&self) -> Result<Arc<CredentialStore>, SecretError> {
        let found = self.0.store.get_or_init(|| async {
            match &self.0.source {
                Source::Given(store) => Ok(Arc::clone(store)),
                Source::None(reason) => Err(SecretError::Missing(reason.clone())),
                Source::System => patiently(system_store).await,
            }
        });
        found.await.clone()
    }
}

/// Connects to the platform's keychain; on Linux that speaks D-Bus and blocks.
fn system_store() -> Result<Arc<CredentialStore>, SecretError> {
    if let Err(error) = keyring::v1::Entry::store_status() {
        return Err(SecretError::Missing(error.to_string()));
    }
    keyring_core::get_default_store().ok_or_else(|| SecretError::Missing(KeyringError::NoDefaultStore.to_string()))
}

async fn in_store<T: Send + 'static>(
    store: Arc<CredentialStore>,
    account: &str,
    act: impl FnOnce(&keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, SecretError> {
    let account = account.to_owned();
    patiently(move || {
        let entry = store.build(SERVICE, &account, None).map_err(refused)?;
        act(&entry).map_err(refused)
    })
    .await
}

/// Runs a blocking call beside the runtime, for as long as it may take.
async fn patiently<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(act)).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) | Err(_) => Err(SecretError::Silent),
    }
}

/// Keyring's own debug texts can hold the secret's bytes; its display texts do not.
fn refused(error: KeyringError) -> SecretError {
    SecretError::Refused(error.to_string())
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;

    use super::*;

    #[tokio::test]
    async fn a_secret_in_the_keychain_is_there_for_the_next_session() {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let secrets = Secrets::with_store(Arc::clone(&store));
        assert_eq!(secrets.keychain().await, Keychain::Ready);
        assert_eq!(secrets.get("p").await, Ok(None));
        assert_eq!(secrets.keep("p", "token").await, Kept::ForGood);
        assert!(!secrets.is_for_session("p"));

        let next = Secrets::with_store(store);
        assert_eq!(next.get("p").await, Ok(Some("token".into())));
        next.forget("p").await.unwrap();
        next.forget("p").await.unwrap();
        assert_eq!(next.get("p").await, Ok(None));
    }

    #[tokio::test]
    async fn without_a_keychain_a_secret_lasts_for_the_session_and_the_reason_is_told() {
        let secrets = Secrets::session_only("no D-Bus");
        let Kept::ThisSession(error) = secrets.keep("p", "token").await else { panic!("there is no keychain") };
        assert!(error.to_string().contains("no D-Bus"), "{error}");
        assert!(matches!(secrets.keychain().await, Keychain::Missing { .. }));
        assert_eq!(secrets.get("p").await, Ok(Some("token".into())));
        secrets.forget("p").await.unwrap();
        assert_eq!(secrets.get("p").await, Ok(None));
    }

    #[tokio::test]
    async fn a_locked_keychain_leaves_the_secret_in_memory() {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let entry = store.build(SERVICE, "p", None).unwrap();
        let locked = KeyringError::NoStorageAccess("locked".into());
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(locked);
        let secrets = Secrets::with_store(store);
        assert!(matches!(secrets.keep("p", "token").await, Kept::ThisSession(SecretError::Refused(_))));
        assert_eq!(secrets.get("p").await, Ok(Some("token".into())));
    }
}
