//! A file that comes into being as a whole: it is written beside its place, and put there when all of it is written.
//!
//! What was there before stays as it was until then, and for good where the writing fails or is called off. It must never
//! know what the file means.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// A file that is not in its place yet. It goes where nobody puts it there.
#[derive(Debug)]
pub(crate) struct Draft(NamedTempFile);

impl Draft {
    /// Begins one beside its place. Only its owner may read it, as long as nobody says otherwise, there too: whatever the
    /// console writes has names and addresses in it.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        tempfile::Builder::new().prefix(".signalbox-").suffix(".part").tempfile_in(folder).map(Self)
    }

    /// Puts it where it belongs, instead of what is there.
    ///
    /// # Errors
    /// Where the file system refuses; what is there stays then.
    pub(crate) fn put(self, path: &Path) -> io::Result<()> {
        self.0.as_file().sync_all()?;
        self.0.persist(path).map(drop).map_err(|error| error.error)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Replaces a file.
///
/// # Errors
/// Where the file system refuses; what is there stays then.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::begin(path)?;
    draft.write_all(bytes)?;
    draft.put(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes");
        std::fs::write(&path, "before").unwrap();
        let mut called_off = Draft::begin(&path).unwrap();
        called_off.write_all(b"half of").unwrap();
        drop(called_off);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");

        replace(&path, b"after").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "after");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "whatever the one before was");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }
}
