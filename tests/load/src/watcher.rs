//! Somebody who looks on: reads the gateway's feed as fast as it comes, as a console does, and makes nothing of it.

use anyhow::{Context, Result, bail};

use crate::client::{Door, PATH};
use crate::wire::{Receive, Wire};

/// The feed's reader, until it is dropped or the server is gone.
pub struct Watcher {
    wire: Wire,
}

impl Watcher {
    /// Subscribes to all of the feed; its snapshot is on the way when this returns.
    ///
    /// # Errors
    /// Where the server lets no viewer in, or has no feed: only the gateway has one.
    pub async fn subscribe(door: &Door) -> Result<Self> {
        let mut wire = Wire::open(door.address(), PATH, Receive::Usual).await?;
        wire.put(&format!(r#"40/admin,{{"token":"{}"}}"#, door.viewer()?));
        let mut watcher = Self { wire };
        watcher.wait_for(b"40/admin").await.context("nobody may look on")?;
        watcher.wire.put(r#"42/admin,["feed:subscribe",{"kinds":[]}]"#);
        watcher.wait_for(br#"42/admin,["feed:snapshot""#).await.context("there is no feed")?;
        Ok(watcher)
    }

    /// Reads until the server is gone.
    pub async fn read(mut self) -> Result<()> {
        loop {
            while self.next()?.is_some() {}
            self.wire.fill().await?;
        }
    }

    async fn wait_for(&mut self, beginning: &[u8]) -> Result<()> {
        loop {
            while let Some(text) = self.next()? {
                if text.starts_with(b"44") {
                    bail!("refused: {}", String::from_utf8_lossy(text));
                }
                if text.starts_with(beginning) {
                    return Ok(());
                }
            }
            self.wire.fill().await?;
        }
    }

    /// The next text; heartbeats are answered with the next filling.
    fn next(&mut self) -> Result<Option<&[u8]>> {
        let Some(range) = self.wire.next()? else { return Ok(None) };
        if self.wire.text(range.clone()) == b"2" {
            self.wire.put("3");
        }
        Ok(Some(self.wire.text(range)))
    }
}
