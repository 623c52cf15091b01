//! The folder of everything that outlives the process. Only its owner can look inside.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes the folder and its parents where they do not exist.
///
/// # Errors
/// Where that is not possible, or something else is in its place.
pub fn prepare(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
