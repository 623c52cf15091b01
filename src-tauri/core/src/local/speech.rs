//! Reads what the gateway says from the file that it says it into.
//!
//! A file and not a pipe: a gateway that outlives the console must not stumble over a pipe that nobody reads, and the next
//! console wants to read what was said meanwhile. While a console is there the file is kept small.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

use super::log::Log;
use crate::credentials::LocalSecret;

/// The file's name in the data folder.
const FILE: &str = "gateway.log";
/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// A longer file is emptied, once it was read.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Of what was said before this console came, so much is read.
const PAST: u64 = 256 * 1024;
/// What is read at once.
const PIECE: usize = 64 * 1024;

/// A file that is read to its end again and again.
pub(super) struct Speech {
    file: File,
    at: u64,
    rest: Vec<u8>,
    log: Log,
    secret: LocalSecret,
}

/// Where a new run is to say what it says.
///
/// # Errors
/// Where the file cannot be made.
pub(super) fn open(data: &Path) -> std::io::Result<File> {
    // Emptied by a handle of its own: on Windows one that appends may not.
    let mut empty = OpenOptions::new();
    empty.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut empty, 0o600);
    empty.open(path(data))?;
    // Appending: the writer goes on at the end also where the reader has emptied the file.
    OpenOptions::new().append(true).open(path(data))
}

impl Speech {
    /// Begins to listen, at what was said last.
    ///
    /// # Errors
    /// Where there is no such file.
    pub(super) fn listen(data: &Path, log: Log, secret: LocalSecret) -> std::io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path(data))?;
        let at = file.metadata()?.len().saturating_sub(PAST);
        log.begin();
        Ok(Self { file, at, rest: Vec::new(), log, secret })
    }

    /// Follows for as long as it is polled.
    pub(super) async fn follow(&mut self) {
        loop {
            self.catch_up();
            sleep(LOOK).await;
        }
    }

    /// Reads what there is.
    pub(super) fn catch_up(&mut self) {
        if let Err(error) = self.read() {
            tracing::debug!(%error, "what the local gateway says cannot be read");
        }
    }

    fn read(&mut self) -> std::io::Result<()> {
        if self.file.metadata()?.len() <= self.at {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.at))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = self.file.read(&mut piece)?;
            if read == 0 {
                break;
            }
            self.at += read as u64;
            self.rest.extend_from_slice(&piece[..read]);
            self.lines();
        }
        if self.at > LARGEST {
            self.file.set_len(0)?;
            self.at = 0;
        }
        Ok(())
    }

    fn lines(&mut self) {
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            self.log.take(String::from_utf8_lossy(&line).trim_end(), self.secret.expose());
        }
        // A line without an end must not fill the memory.
        if self.rest.len() > PIECE {
            self.rest.clear();
        }
    }
}

fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_is_said_is_read_line_by_line_and_the_file_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let mut mouth = open(folder.path()).unwrap();
        let log = Log::default();
        let mut speech = Speech::listen(folder.path(), log.clone(), LocalSecret::new("hush")).unwrap();
        mouth.write_all(b"one\ntw").unwrap();
        speech.catch_up();
        mouth.write_all(b"o hush\n").unwrap();
        speech.catch_up();
        let said: Vec<_> = log.from(0).lines.into_iter().map(|line| line.text).collect();
        assert_eq!(said, ["one", "two [secret]"]);

        let line = format!("{}\n", "x".repeat(1_000));
        (0..=LARGEST / 1_000).for_each(|_| mouth.write_all(line.as_bytes()).unwrap());
        speech.catch_up();
        assert_eq!(mouth.metadata().unwrap().len(), 0);
        mouth.write_all(b"after\n").unwrap();
        speech.catch_up();
        assert_eq!(log.last().as_deref(), Some("after"));
    }
}
