//! Passwords: argon2id, off the runtime's threads, a bounded number at a time.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::Secret;

/// Checks that may wait for a thread. Each takes some 20 MiB and tens of milliseconds.
const WAITING: usize = 64;

/// Checks that run at the same time; the rest of the processor is for the clients.
const RUNNING: usize = 2;

/// The hash that an unknown account is checked against, so that it costs the same time as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&Secret::random()).unwrap_or_default());

/// Why a password could not be checked or hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many checks are waiting.
    #[error("too many sign-ins at once")]
    Busy,
    /// Hashing failed, or the stored hash is not one.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Checks passwords, some at a time.
#[derive(Debug, Clone)]
pub struct PasswordCheck {
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Default for PasswordCheck {
    fn default() -> Self {
        // Made now, or the first unknown account would cost twice the time of a known one.
        LazyLock::force(&NOBODY);
        Self { waiting: Arc::new(Semaphore::new(WAITING)), running: Arc::new(Semaphore::new(RUNNING)) }
    }
}

impl PasswordCheck {
    /// Whether the password is the one that was hashed; `None` stands for an account that does not exist.
    ///
    /// # Errors
    /// Where too many wait already, or the stored hash is not one.
    pub async fn fits(&self, password: Secret, hash: Option<String>) -> Result<bool, PasswordError> {
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        let check = move || {
            // Held until it is done: whoever asks may have hung up long before, and asked again.
            let _held = (place, turn);
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let parsed = PasswordHash::new(&hash).map_err(|_| PasswordError::Hashing)?;
            let fits = Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok();
            Ok(fits && known)
        };
        tokio::task::spawn_blocking(check).await.map_err(|_| PasswordError::Hashing)?
    }
}

/// The PHC string that a password is checked against later. Blocks for tens of milliseconds.
///
/// # Errors
/// Where the system gives no randomness for the salt.
pub fn hash(password: &Secret) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.expose().as_bytes()).map_err(|_| PasswordError::Hashing)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_fits() {
        let check = PasswordCheck::default();
        let stored = hash(&secret("correct horse")).expect("a hash");
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert_eq!(check.fits(secret("correct horse"), Some(stored.clone())).await, Ok(true));
        assert_eq!(check.fits(secret("wrong horse"), Some(stored)).await, Ok(false));
        assert_eq!(check.fits(secret("correct horse"), None).await, Ok(false));
        assert_eq!(check.fits(secret("x"), Some("no hash".into())).await, Err(PasswordError::Hashing));
    }

    #[tokio::test]
    async fn who_hangs_up_makes_no_room_for_another_check() {
        let check = PasswordCheck::default();
        let asked = check.fits(secret("a guess"), None);
        assert!(asked.now_or_never().is_none(), "it is under way");
        assert_eq!(check.running.available_permits(), RUNNING - 1);
        let all = check.running.acquire_many(RUNNING as u32).await.expect("it ends");
        assert_eq!(all.num_permits(), RUNNING);
        assert_eq!(check.waiting.available_permits(), WAITING);
    }
}
