//! Letters of messages for users who are away, on their way into the mailbox: several share a transaction, and they keep
//! their order also where the store fails for a while.

use crate::gateway::Gateway;
use crate::mailbox;
use crate::store::{Letter, StoreError};

/// So many are stored together.
const FULL: usize = 512;
/// Or so many bytes of what they say.
const LARGE: usize = 1024 * 1024;

/// The letters that are to be stored next.
#[derive(Debug, Default)]
pub(super) struct Letters {
    waiting: Vec<Letter>,
    bytes: usize,
}

impl Letters {
    /// One more. Returns when there is room for another.
    ///
    /// # Errors
    /// Where the store fails until the gateway ends.
    pub(super) async fn put(&mut self, gateway: &Gateway, letter: Letter) -> Result<(), StoreError> {
        self.bytes += letter.payload.get().len();
        self.waiting.push(letter);
        if self.waiting.len() >= FULL || self.bytes >= LARGE { self.store(gateway).await } else { Ok(()) }
    }

    /// Returns when all of them are stored. Where the store fails none overtakes those that failed with it.
    ///
    /// # Errors
    /// Where it does so until the gateway ends.
    pub(super) async fn store(&mut self, gateway: &Gateway) -> Result<(), StoreError> {
        while !self.waiting.is_empty()
            && let Err(error) = mailbox::post(gateway, &self.waiting).await
        {
            gateway.publisher.wait_for_store(error).await?;
        }
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }
}
