//! A small JSON file that is read strictly and replaced as a whole.
//!
//! It must never know what the file means.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::draft;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file is not what it should be. Nothing was changed.
    #[error("{}, {mistake}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong in it.
        mistake: Mistake,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What is wrong in a text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Mistake {
    /// In which line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// Reads a text, which may have been edited by hand, or be something else.
///
/// # Errors
/// Where it is not a `T`: the error names the line.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mistake> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Mistake { line, reason: "this is not a text in UTF-8".to_owned() }
    })?;
    serde_json::from_str(text).map_err(|error| {
        let reason = error.to_string();
        // serde_json ends its message with the place, which the line in front already says.
        let reason = reason.split(" at line ").next().unwrap_or(&reason).to_owned();
        Mistake { line: error.line(), reason }
    })
}

/// Reads a file; `None` where there is none.
///
/// # Errors
/// Where it cannot be read, or is not a `T`: the error names the line.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, DocumentError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(DocumentError::Io { path: path.to_owned(), source }),
    };
    parse(&bytes).map(Some).map_err(|mistake| DocumentError::Damaged { path: path.to_owned(), mistake })
}

/// Replaces a file, and makes its folder where there is none.
///
/// # Errors
/// Where the file system refuses.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), DocumentError> {
    let io = |source| DocumentError::Io { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut text = serde_json::to_string_pretty(value).map_err(|error| io(error.into()))?;
    text.push('\n');
    draft::replace(path, text.as_bytes()).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_named_with_its_line_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.json");
        for (bytes, word) in [(b"[\n  1,\n  oops\n]", "expected"), (b"[\n  1,\n  \"\xfcx\"\n]", "UTF-8")] {
            std::fs::write(&path, bytes).unwrap();
            let error = read::<Vec<u32>>(&path).unwrap_err();
            let DocumentError::Damaged { mistake, .. } = &error else { panic!("{error}") };
            assert!(mistake.line == 3 && mistake.reason.contains(word), "{error}");
            assert!(error.to_string().contains("numbers.json, line 3: "), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn what_was_written_is_read_back_from_a_folder_that_was_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/numbers.json");
        assert!(read::<Vec<u32>>(&path).unwrap().is_none());
        write(&path, &vec![1, 2, 3]).unwrap();
        assert_eq!(read::<Vec<u32>>(&path).unwrap(), Some(vec![1, 2, 3]));
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "the draft is gone");
    }
}
