//! Where secrets are kept: the system's keychain, or this session's memory where there is none.
//!
//! A secret is never written to a file, a log or an error. It must never know what a secret is for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use keyring_core::{CredentialStore, Error as KeyringError};
use parking_lot::Mutex;
use signalbox_protocol::ipc::{Keychain, Reason};

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
    open: Box<Opener>,
    /// Once it could be opened. One that could not is tried again with the next secret: it may start after the console.
    store: OnceLock<Arc<CredentialStore>>,
    /// One call at a time: a keychain that asks its owner makes all others wait, each with a thread of its own.
    turn: Arc<tokio::sync::Mutex<()>>,
    session: Mutex<HashMap<String, String>>,
}

/// How the store is opened. It may block.
type Opener = dyn Fn() -> Result<Arc<CredentialStore>, SecretError> + Send + Sync;

impl Secrets {
    /// The system's keychain: Secret Service, Keychain or Credential Manager. It is looked for at the first use.
    pub fn system() -> Self {
        Self::opened_by(|| system_store().map_err(|error| SecretError::Missing(error.to_string())))
    }

    /// A store of the caller's choice.
    pub fn with_store(store: Arc<CredentialStore>) -> Self {
        Self::opened_by(move || Ok(Arc::clone(&store)))
    }

    /// No keychain, for this reason: everything is kept for this session only.
    pub fn session_only(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::opened_by(move || Err(SecretError::Missing(reason.clone())))
    }

    fn opened_by(open: impl Fn() -> Result<Arc<CredentialStore>, SecretError> + Send + Sync + 'static) -> Self {
        let (store, turn, session) = (OnceLock::new(), Arc::default(), Mutex::default());
        Self(Arc::new(Inner { open: Box::new(open), store, turn, session }))
    }

    /// Whether there is a keychain.
    pub async fn keychain(&self) -> Keychain {
        match self.ask(|_| Ok(())).await {
            Ok(()) => Keychain::Ready,
            Err(error) => Keychain::Missing { reason: error.into() },
        }
    }

    /// The secret of an account; `None` where there is none, or no keychain that could have one.
    ///
    /// # Errors
    /// Where a keychain is there and does not give it.
    pub async fn get(&self, account: &str) -> Result<Option<String>, SecretError> {
        if let Some(secret) = self.0.session.lock().get(account) {
            return Ok(Some(secret.clone()));
        }
        let found = self.entry(account, |entry| match entry.get_password() {
            Err(KeyringError::NoEntry) => Ok(None),
            other => other.map(Some),
        });
        unless_missing(found.await)
    }

    /// Keeps a secret: in the keychain if it can be, else in memory. The answer says which.
    pub async fn keep(&self, account: &str, secret: &str) -> Kept {
        // First of all, so that who forgets it meanwhile finds it.
        self.keep_for_session(account, secret);
        let kept = secret.to_owned();
        match self.entry(account, move |entry| entry.set_password(&kept)).await {
            Ok(()) => {
                let mut session = self.0.session.lock();
                if session.get(account).is_some_and(|latest| latest == secret) {
                    session.remove(account);
                }
                Kept::ForGood
            }
            Err(error) => Kept::ThisSession(error),
        }
    }

    /// Keeps a secret in memory, until there is no console in this process any more.
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
        let forgotten = self.entry(account, |entry| match entry.delete_credential() {
            Err(KeyringError::NoEntry) => Ok(()),
            other => other,
        });
        unless_missing(forgotten.await)
    }

    async fn entry<T: Send + 'static>(
        &self,
        account: &str,
        act: impl FnOnce(&keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, SecretError> {
        let account = account.to_owned();
        self.ask(move |store| {
            let entry = store.build(SERVICE, &account, None).map_err(refused)?;
            act(&entry).map_err(refused)
        })
        .await
    }

    /// Asks the keychain beside the runtime, when all who asked before have been answered, and for as long as it may take.
    async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&CredentialStore) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let inner = Arc::clone(&self.0);
        let asked = async move {
            // It is given back where the call ends, also when nobody waits for that any more.
            let turn = Arc::clone(&inner.turn).lock_owned().await;
            let called = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                act(&*inner.store()?)
            });
            called.await.unwrap_or(Err(SecretError::Silent))
        };
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(SecretError::Silent))
    }
}

impl Inner {
    fn store(&self) -> Result<Arc<CredentialStore>, SecretError> {
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let store = (self.open)()?;
        Ok(Arc::clone(self.store.get_or_init(|| store)))
    }
}

/// Where there is no keychain, there is nothing in it either.
fn unless_missing<T: Default>(answer: Result<T, SecretError>) -> Result<T, SecretError> {
    match answer {
        Err(SecretError::Missing(_)) => Ok(T::default()),
        other => other,
    }
}

/// Connects to the platform's keychain; on Linux that speaks D-Bus and blocks.
fn system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    if keyring::v1::Entry::store_status().is_ok()
        && let Some(store) = keyring_core::get_default_store()
    {
        return Ok(store);
    }
    later_store()
}

/// Keyring opens its store once in the life of a process; a service may start after the console.
#[cfg(all(unix, not(target_os = "macos")))]
fn later_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// Here the keychain is a part of the system: it is there or never will be.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn later_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(KeyringError::NoDefaultStore)
}

/// Keyring's own debug texts can hold the secret's bytes; its display texts do not.
fn refused(error: KeyringError) -> SecretError {
    SecretError::Refused(error.to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::any::Any;
    use std::sync::atomic::{AtomicBool, Ordering};

    use keyring_core::api::{CredentialApi, CredentialStoreApi};
    use keyring_core::{Credential, Entry, mock};

    use super::*;

    /// A keychain that can be locked, and stays so until it is unlocked.
    #[derive(Clone, Default)]
    pub(crate) struct Vault {
        locked: Arc<AtomicBool>,
        entries: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    }

    /// One account in it.
    struct Drawer {
        vault: Vault,
        account: String,
    }

    impl Vault {
        /// What is in it under an account, locked or not.
        pub(crate) fn holds(&self, account: &str) -> Option<String> {
            self.entries.lock().get(account).map(|secret| String::from_utf8(secret.clone()).unwrap())
        }

        pub(crate) fn lock(&self) {
            self.locked.store(true, Ordering::SeqCst);
        }

        pub(crate) fn unlock(&self) {
            self.locked.store(false, Ordering::SeqCst);
        }

        pub(crate) fn secrets(&self) -> Secrets {
            Secrets::with_store(Arc::new(self.clone()))
        }
    }

    impl CredentialStoreApi for Vault {
        fn vendor(&self) -> String {
            "a test".into()
        }

        fn id(&self) -> String {
            "vault".into()
        }

        fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
            Ok(Entry::new_with_credential(Arc::new(Drawer { vault: self.clone(), account: user.into() })))
        }

        fn as_any(&self) -> &dyn Any {
            self
        }

        fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Vault")
        }
    }

    impl Drawer {
        fn open(&self) -> keyring_core::Result<parking_lot::MutexGuard<'_, HashMap<String, Vec<u8>>>> {
            if self.vault.locked.load(Ordering::SeqCst) {
                return Err(KeyringError::NoStorageAccess("locked".into()));
            }
            Ok(self.vault.entries.lock())
        }
    }

    impl CredentialApi for Drawer {
        fn set_secret(&self, secret: &[u8]) -> keyring_core::Result<()> {
            self.open()?.insert(self.account.clone(), secret.to_vec());
            Ok(())
        }

        fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
            self.open()?.get(&self.account).cloned().ok_or(KeyringError::NoEntry)
        }

        fn delete_credential(&self) -> keyring_core::Result<()> {
            self.open()?.remove(&self.account).map(|_| ()).ok_or(KeyringError::NoEntry)
        }

        fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
            Ok(None)
        }

        fn get_specifiers(&self) -> Option<(String, String)> {
            None
        }

        fn as_any(&self) -> &dyn Any {
            self
        }

        fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Drawer")
        }
    }

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
        let vault = Vault::default();
        vault.lock();
        let secrets = vault.secrets();
        assert!(matches!(secrets.get("p").await, Err(SecretError::Refused(_))), "there may be one");
        assert!(matches!(secrets.keep("p", "token").await, Kept::ThisSession(SecretError::Refused(_))));
        assert_eq!(secrets.get("p").await, Ok(Some("token".into())));
        vault.unlock();
        assert_eq!(secrets.keep("p", "token").await, Kept::ForGood);
        assert!(!secrets.is_for_session("p"));
    }

    #[tokio::test]
    async fn a_keychain_that_starts_after_the_console_is_found() {
        let vault = Vault::default();
        assert_eq!(vault.secrets().keep("p", "token").await, Kept::ForGood);
        let there = Arc::new(AtomicBool::new(false));
        let (late, store) = (Arc::clone(&there), vault.clone());
        let missing = || SecretError::Missing("no D-Bus".into());
        let secrets =
            Secrets::opened_by(
                move || {
                    if late.load(Ordering::SeqCst) { Ok(Arc::new(store.clone())) } else { Err(missing()) }
                },
            );
        assert!(matches!(secrets.keychain().await, Keychain::Missing { .. }));
        assert_eq!(secrets.get("p").await, Ok(None));
        there.store(true, Ordering::SeqCst);
        assert_eq!(secrets.keychain().await, Keychain::Ready);
        assert_eq!(secrets.get("p").await, Ok(Some("token".into())));
    }

    #[tokio::test]
    async fn a_keychain_that_never_answers_costs_one_thread_however_often_it_is_asked() {
        let (answer, waits) = std::sync::mpsc::channel::<()>();
        let (called, waits) = (Arc::new(tokio::sync::Notify::new()), Mutex::new(waits));
        let calls = Arc::clone(&called);
        let secrets = Secrets::opened_by(move || {
            calls.notify_one();
            let _ = waits.lock().recv();
            Err(SecretError::Missing("gone".into()))
        });
        let impatient = secrets.clone();
        let asked = tokio::spawn(async move { impatient.get("p").await });
        called.notified().await;
        asked.abort();
        assert!(asked.await.is_err());
        assert!(secrets.0.turn.try_lock().is_err(), "the call goes on, and the next one waits for it without a thread");
        drop(answer);
        assert_eq!(secrets.get("p").await, Ok(None));
    }
}
