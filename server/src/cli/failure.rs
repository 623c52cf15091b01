//! How a command ends when it fails: one sentence on standard error, and a code that programs can tell apart.

use std::net::SocketAddr;
use std::process::ExitCode;

use crate::auth::keys::SecretError;
use crate::auth::password::PasswordError;
use crate::auth::tokens::{KeyError, TokenError};
use crate::config::ConfigError;
use crate::store::{OpenError, StoreError};
use crate::transport::TlsError;

/// Why a command failed. Its text says what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Exit code 2.
    #[error("the configuration is wrong: {0}")]
    Config(#[from] ConfigError),
    /// Exit code 2.
    #[error("the configuration is wrong: {0}")]
    Key(#[from] KeyError),
    /// Exit code 2.
    #[error("the configuration is wrong: {0}")]
    Tls(#[from] TlsError),
    /// Exit code 3.
    #[error("port {} on {} is in use by another program; stop that program, or choose another port with --listen", .0.port(), .0.ip())]
    PortInUse(SocketAddr),
    /// Exit code 4 where it is damaged.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Exit code 1.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Exit code 1.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// A sentence about what is wrong and what to do.
    pub(super) fn other(sentence: impl Into<String>) -> Self {
        Self::Other(sentence.into())
    }

    pub(super) fn output(error: std::io::Error) -> Self {
        Self::Other(format!("standard output cannot be written: {error}"))
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Config(_) | Self::Key(_) | Self::Tls(_) => 2,
            Self::PortInUse(_) => 3,
            Self::Store(OpenError::Damaged { .. }) => 4,
            Self::Store(_) | Self::Secret(_) | Self::Other(_) => 1,
        })
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Other(format!("the token could not be made: {error}"))
    }
}
