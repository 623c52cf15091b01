//! Passwords: argon2id, off the runtime's threads, a bounded number at a time, and of each host a share of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Secret;
use crate::transport::host;

/// Checks that may wait for a thread. Each takes some 20 MiB and tens of milliseconds.
const WAITING: usize = 64;

/// One host has at most so many of them: however many names it tries, others sign in beside it.
const SHARE: usize = 8;

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
    hosts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    running: Arc<Semaphore>,
}

impl Default for PasswordCheck {
    fn default() -> Self {
        // Made now, or the first unknown account would cost twice the time of a known one.
        LazyLock::force(&NOBODY);
        let (waiting, running) = (Arc::new(Semaphore::new(WAITING)), Arc::new(Semaphore::new(RUNNING)));
        Self { waiting, hosts: Arc::default(), running }
    }
}

impl PasswordCheck {
    /// Whether the password is the one that was hashed; `None` stands for an account that does not exist.
    ///
    /// # Errors
    /// Where too many wait already, in all or from there, or the stored hash is not one.
    pub async fn fits(&self, password: Secret, hash: Option<String>, from: IpAddr) -> Result<bool, PasswordError> {
        let place = self.place(from).ok_or(PasswordError::Busy)?;
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

    fn place(&self, from: IpAddr) -> Option<Place> {
        let host = host(from);
        let mut hosts = self.hosts.lock();
        let of_host = hosts.get(&host).copied().unwrap_or_default();
        if of_host >= SHARE {
            return None;
        }
        let permit = self.waiting.clone().try_acquire_owned().ok()?;
        hosts.insert(host, of_host + 1);
        Some(Place { hosts: self.hosts.clone(), host, _permit: permit })
    }
}

/// One of those who wait. Given back when dropped.
struct Place {
    hosts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    host: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Entry::Occupied(mut of_host) = self.hosts.lock().entry(self.host) {
            *of_host.get_mut() -= 1;
            if *of_host.get() == 0 {
                of_host.remove();
            }
        }
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

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_fits() {
        let check = PasswordCheck::default();
        let stored = hash(&secret("correct horse")).expect("a hash");
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert_eq!(check.fits(secret("correct horse"), Some(stored.clone()), HERE).await, Ok(true));
        assert_eq!(check.fits(secret("wrong horse"), Some(stored), HERE).await, Ok(false));
        assert_eq!(check.fits(secret("correct horse"), None, HERE).await, Ok(false));
        assert_eq!(check.fits(secret("x"), Some("no hash".into()), HERE).await, Err(PasswordError::Hashing));
    }

    #[tokio::test]
    async fn one_host_takes_its_share_of_the_places_and_no_more() {
        let check = PasswordCheck::default();
        // None of them comes to its turn.
        let _busy = check.running.clone().acquire_many_owned(RUNNING as u32).await.expect("they are free");
        let guess = |from: &str| Box::pin(check.fits(secret("a guess"), None, from.parse().expect("an address")));
        let mut waiting = Vec::new();
        for _ in 0..SHARE {
            let mut one = guess("2001:db8::1");
            assert!((&mut one).now_or_never().is_none(), "it waits");
            waiting.push(one);
        }
        let refused = Some(Err(PasswordError::Busy));
        assert_eq!(guess("2001:db8::2").now_or_never(), refused, "the same network is the same host");
        assert_eq!(guess("192.0.2.1").now_or_never(), None, "others wait beside it");
        waiting.pop();
        assert_eq!(guess("2001:db8::2").now_or_never(), None, "a place was given back");
    }

    #[tokio::test]
    async fn who_hangs_up_makes_no_room_for_another_check() {
        let check = PasswordCheck::default();
        let asked = check.fits(secret("a guess"), None, HERE);
        assert!(asked.now_or_never().is_none(), "it is under way");
        assert_eq!(check.running.available_permits(), RUNNING - 1);
        let all = check.running.acquire_many(RUNNING as u32).await.expect("it ends");
        assert_eq!(all.num_permits(), RUNNING);
        assert_eq!(check.waiting.available_permits(), WAITING);
    }
}
