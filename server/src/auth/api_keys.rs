//! API keys: what backends bear instead of a token (section 7 of the contract).
//!
//! A key is 256 random bits, so a plain SHA-256 keeps it: there is nothing to guess. Keys that work are held in memory, and
//! asking costs neither a query nor a wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use sha2::{Digest, Sha256};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{ApiKey, Scope};

use super::Secret;
use super::throttle::Throttle;
use crate::store::{KeyHash, Store, StoreError};

/// What every key begins with: it tells one from a JWT, and a leaked one by its looks.
pub const PREFIX: &str = "sbk_";

/// Keys that work at the same time.
pub const MOST: usize = 1_000;

/// The last use is written down at most so often.
const USED_EVERY_MS: i64 = 5 * 60 * 1000;

/// What failures of unknown keys are counted under: they have no account.
const NOBODY: &str = "";

/// The keys that work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    store: Store,
    held: Arc<RwLock<HashMap<KeyHash, Arc<Held>>>>,
    throttle: Arc<Mutex<Throttle>>,
}

#[derive(Debug)]
struct Held {
    key: Arc<ApiKey>,
    used_at: AtomicI64,
}

/// Why a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// There is no such key, or it has expired, or it was revoked.
    #[error("the API key is not good, or not any more")]
    Unknown,
    /// The same, and too many such came from there.
    #[error("too many failed API keys; again in {0:?}")]
    Throttled(Duration),
}

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// As many keys work as may.
    #[error("there are 1000 keys that work; revoke one first")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a new key is to be.
#[derive(Debug)]
pub struct Wanted {
    /// Whose it is, for people.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// The operator who makes it.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl ApiKeys {
    /// The keys of a store.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load(store: Store, now: Timestamp) -> Result<Self, StoreError> {
        let works = |key: &ApiKey| key.revoked_at.is_none() && key.expires_at > now;
        let kept = store.api_keys().await?;
        let held = kept.into_iter().filter(|(_, key)| works(key)).map(|(hash, key)| (hash, held(key)));
        Ok(Self { held: Arc::new(RwLock::new(held.collect())), store, throttle: Arc::default() })
    }

    /// The key that was shown. A good one is never held up, however many bad ones come from the same address: whoever shares
    /// it must not suffer, and a key cannot be guessed.
    ///
    /// # Errors
    /// See [`KeyRefusal`].
    pub fn check(&self, shown: &str, from: IpAddr, now: Timestamp) -> Result<Arc<ApiKey>, KeyRefusal> {
        let found = self.held.read().get(&hash(shown)).cloned();
        if let Some(held) = found.filter(|held| held.key.expires_at > now) {
            self.note_use(&held, now);
            return Ok(held.key.clone());
        }
        match self.throttle.lock().attempt(NOBODY, from, now) {
            Ok(()) => Err(KeyRefusal::Unknown),
            Err(wait) => Err(KeyRefusal::Throttled(wait)),
        }
    }

    /// Makes a key. Its text is in the answer and nowhere else.
    ///
    /// # Errors
    /// See [`CreateError`].
    pub async fn create(&self, wanted: Wanted, now: Timestamp) -> Result<(Secret, ApiKey), CreateError> {
        self.held.write().retain(|_, held| held.key.expires_at > now);
        if self.held.read().len() >= MOST {
            return Err(CreateError::TooMany);
        }
        let text = Secret::from(format!("{PREFIX}{}", Secret::random().expose()));
        let Wanted { name, mut scopes, created_by, expires_at } = wanted;
        scopes.sort_unstable();
        scopes.dedup();
        let key = ApiKey {
            id: format!("{:016x}", rand::random::<u64>()),
            name,
            scopes,
            created_by,
            created_at: now,
            expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let hash = hash(text.expose());
        self.store.add_api_key(&key, &hash).await?;
        self.held.write().insert(hash, held(key.clone()));
        Ok((text, key))
    }

    /// Revokes a key at once; `None` where there is none of that id that works.
    ///
    /// # Errors
    /// Where the store fails: the key still works then.
    pub async fn revoke(&self, id: &str, now: Timestamp) -> Result<Option<ApiKey>, StoreError> {
        let revoked = self.store.revoke_api_key(id, now).await?;
        Ok(revoked.map(|(hash, key)| {
            self.held.write().remove(&hash);
            key
        }))
    }

    /// Every key, whether it works or not, the latest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn list(&self) -> Result<Vec<ApiKey>, StoreError> {
        Ok(self.store.api_keys().await?.into_iter().map(|(_, key)| key).collect())
    }

    fn note_use(&self, held: &Held, now: Timestamp) {
        let before = held.used_at.load(Ordering::Relaxed);
        let due = before + USED_EVERY_MS <= now.0
            && held.used_at.compare_exchange(before, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if due {
            let (store, id) = (self.store.clone(), held.key.id.clone());
            tokio::spawn(async move {
                if let Err(error) = store.api_key_used(&id, now).await {
                    tracing::warn!(%error, key.id = id, "when a key was used could not be written down");
                }
            });
        }
    }
}

fn held(key: ApiKey) -> Arc<Held> {
    let used_at = AtomicI64::new(key.last_used_at.map_or(0, |at| at.0));
    Arc::new(Held { key: Arc::new(key), used_at })
}

fn hash(text: &str) -> KeyHash {
    KeyHash(Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn wanted(expires_at: i64) -> Wanted {
        let scopes = vec![Scope::StatsRead, Scope::Publish, Scope::StatsRead];
        Wanted { name: "shop".into(), scopes, created_by: "olga".into(), expires_at: Timestamp(expires_at) }
    }

    async fn keys(folder: &tempfile::TempDir, now: i64) -> ApiKeys {
        let store = Store::open(folder.path()).await.expect("a store");
        ApiKeys::load(store, Timestamp(now)).await.expect("keys")
    }

    #[tokio::test]
    async fn a_key_works_until_it_expires_or_is_revoked_over_restarts() {
        let folder = tempfile::tempdir().expect("a folder");
        let at_first = keys(&folder, 0).await;
        let (text, key) = at_first.create(wanted(1000), Timestamp(0)).await.expect("a key");
        let (other, doomed) = at_first.create(wanted(1000), Timestamp(0)).await.expect("a key");
        assert_eq!(key.scopes, [Scope::Publish, Scope::StatsRead], "each once");
        assert!(text.expose().starts_with(PREFIX));
        assert!(at_first.revoke(&doomed.id, Timestamp(1)).await.expect("revoked").is_some());
        assert_eq!(at_first.revoke(&doomed.id, Timestamp(1)).await.expect("no failure"), None, "only once");
        for keys in [at_first, keys(&folder, 2).await] {
            assert_eq!(keys.check(text.expose(), HERE, Timestamp(999)).map(|key| key.id.clone()), Ok(key.id.clone()));
            assert_eq!(keys.check(text.expose(), HERE, Timestamp(1000)), Err(KeyRefusal::Unknown), "expired");
            assert_eq!(keys.check(other.expose(), HERE, Timestamp(2)), Err(KeyRefusal::Unknown), "revoked");
        }
        let kept = std::fs::read(folder.path().join("signalbox.db-wal")).unwrap_or_default();
        let shown = text.expose().as_bytes();
        assert!(!kept.windows(shown.len()).any(|window| window == shown), "the text is nowhere in the store");
    }

    #[tokio::test]
    async fn bad_keys_have_to_wait_and_good_ones_never() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = keys(&folder, 0).await;
        let (text, _) = keys.create(wanted(1000), Timestamp(0)).await.expect("a key");
        for _ in 0..5 {
            assert_eq!(keys.check("sbk_wrong", HERE, Timestamp(1)), Err(KeyRefusal::Unknown));
        }
        let wait = Duration::from_secs(60);
        assert_eq!(keys.check("sbk_other", HERE, Timestamp(1)), Err(KeyRefusal::Throttled(wait)));
        assert!(keys.check(text.expose(), HERE, Timestamp(1)).is_ok());
        let elsewhere = "192.0.2.7".parse().expect("an address");
        assert_eq!(keys.check("sbk_wrong", elsewhere, Timestamp(1)), Err(KeyRefusal::Unknown));
    }
}
