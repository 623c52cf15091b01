//! Where the console keeps its files. It must never know what is in them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The environment variable that puts everything below one folder, for tests and for a console on a stick.
pub const OVERRIDE: &str = "SIGNALBOX_CONSOLE_DIR";

/// The console's folders. They need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    data: PathBuf,
}

impl Paths {
    /// The platform's folders for configuration and data, each the console's own.
    pub fn new(config: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Self {
        Self { config: config.into(), data: data.into() }
    }

    /// Everything below one folder.
    pub fn below(folder: impl AsRef<Path>) -> Self {
        Self { config: folder.as_ref().join("config"), data: folder.as_ref().join("data") }
    }

    /// These folders, or the ones below the folder that [`OVERRIDE`] names.
    #[must_use]
    pub fn or_override(self, value: Option<&OsStr>) -> Self {
        match value {
            Some(folder) if !folder.is_empty() => Self::below(Path::new(folder)),
            _ => self,
        }
    }

    /// The saved gateways.
    pub fn profiles(&self) -> PathBuf {
        self.config.join("profiles.json")
    }

    /// How the console looks and behaves.
    pub fn preferences(&self) -> PathBuf {
        self.config.join("preferences.json")
    }

    /// In which folder the gateway that this machine runs was started last.
    pub fn local_place(&self) -> PathBuf {
        self.config.join("local-gateway.json")
    }

    /// The store of the gateway that this machine runs, where no other folder was chosen.
    pub fn local_gateway(&self) -> PathBuf {
        self.data.join("gateway")
    }
}
