//! The record of a gateway that may outlive the console: which process, where it listens. It lies in the gateway's data
//! folder, readable by nobody else.
//!
//! Which folder that is, the console notes among its own files: another may be chosen while the gateway runs.
//!
//! Owns the decision whether what is found there is adopted. It must never hold a secret, nor look at a process itself.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::neighbour::Neighbour;
use crate::{document, draft};

/// The record's name in the data folder.
const FILE: &str = "console.run.json";

/// A gateway that was started by a console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// Its process.
    pub(super) process: Neighbour,
    /// Where it listens.
    pub(super) address: String,
}

/// Where a gateway was started last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Its data folder.
    pub(super) data: PathBuf,
}

/// What is found where a record points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// There is no such process, or one that began at another time: the number was given anew.
    Gone,
    /// The process is there, and nothing answers as a gateway does.
    Silent,
    /// A gateway answers, and does not accept what our secret signs.
    Stranger,
    /// A gateway answers, and accepts it.
    Ours,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is taken over.
    Adopt,
    /// The record is of no use any more, and another gateway can be started.
    Forget,
    /// Something lives there that must not be touched.
    LeaveAlone,
}

impl Finding {
    /// Nothing is ever adopted that has not proved that it knows our secret; and what cannot be adopted is not ended.
    pub(super) const fn verdict(self) -> Verdict {
        match self {
            Self::Ours => Verdict::Adopt,
            Self::Gone => Verdict::Forget,
            Self::Silent | Self::Stranger => Verdict::LeaveAlone,
        }
    }
}

impl Place {
    /// What was noted. A note that cannot be read is as good as none: it decides nothing by itself.
    pub(super) fn read(note: &Path) -> Option<Self> {
        document::read(note).ok()?
    }

    /// Notes it, instead of the place before.
    pub(super) fn note(&self, note: &Path) {
        if let Err(error) = document::write(note, self) {
            tracing::warn!(%error, "the local gateway will not be found once another folder is chosen");
        }
    }
}

impl Record {
    /// The record in a data folder. One that cannot be read is as good as none: it decides nothing by itself.
    pub(super) fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path(data)).ok()?).ok()
    }

    /// Writes it, for the owner's eyes only.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub(super) fn write(&self, data: &Path) -> std::io::Result<()> {
        draft::replace(&path(data), &serde_json::to_vec(self)?)
    }

    /// Forgets it.
    pub(super) fn remove(data: &Path) {
        match std::fs::remove_file(path(data)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the record of the local gateway stays");
            }
            _ => {}
        }
    }
}

fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::super::neighbour::Birth;
    use super::*;

    #[test]
    fn only_a_gateway_that_knows_our_secret_is_adopted() {
        for (finding, verdict) in [
            (Finding::Ours, Verdict::Adopt),
            (Finding::Gone, Verdict::Forget),
            (Finding::Silent, Verdict::LeaveAlone),
            (Finding::Stranger, Verdict::LeaveAlone),
        ] {
            assert_eq!(finding.verdict(), verdict, "{finding:?}");
        }
    }

    #[test]
    fn a_record_is_read_back_by_its_owner_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let record =
            Record { process: Neighbour { pid: 7, born: Birth::Remembered(8) }, address: "127.0.0.1:3000".into() };
        std::fs::write(path(folder.path()), "{").unwrap();
        assert_eq!(Record::read(folder.path()), None);
        record.write(folder.path()).unwrap();
        assert_eq!(Record::read(folder.path()), Some(record));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path(folder.path())).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        Record::remove(folder.path());
        assert_eq!(Record::read(folder.path()), None);
    }
}
