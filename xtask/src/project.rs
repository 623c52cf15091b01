//! Where things are in the working tree.
//!
//! Owns the paths that the commands share. It must never know what the commands do with them.

use std::path::{Path, PathBuf};

/// The top of the working tree.
pub fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// The page's sources and its npm package.
pub fn page() -> PathBuf {
    root().join("ui")
}

/// The TypeScript that is generated from the protocol.
pub fn generated() -> PathBuf {
    page().join("src/generated")
}
