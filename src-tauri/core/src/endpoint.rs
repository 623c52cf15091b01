//! Where a gateway is, and whose word its certificate is taken on: what it takes to speak to it.
//!
//! Owns the file that names a private authority. It must never know what is said over the connection.

use std::path::{Path, PathBuf};

use native_tls::{Certificate, TlsConnector};
use serde::{Deserialize, Serialize};
use signalbox_protocol::ipc::{Failure, FailureCode, Reason};

use crate::address::Address;
use crate::failure::failure;

/// A gateway as one reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Where it is.
    pub(crate) address: Address,
    /// Who may have signed its certificate, beside those whom the system trusts.
    pub(crate) authority: Option<Authority>,
}

/// The file with the certificates of a private authority, in PEM. It is read for each connection, so that it can be
/// replaced while the console runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Authority(PathBuf);

/// Why a private authority cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorityError {
    /// The name does not say where the file is, whoever reads it.
    #[error("“{}” is not a whole path", .0.display())]
    NotAbsolute(PathBuf),
    /// The file is not there, or not to be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It holds something else.
    #[error("{} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    /// The system's TLS library does not take it.
    #[error("{} cannot be used: {error}", .path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: native_tls::Error,
    },
}

impl From<Address> for Endpoint {
    fn from(address: Address) -> Self {
        Self { address, authority: None }
    }
}

impl Endpoint {
    /// What proves the gateway's certificate; `None` where the system's own authorities do.
    pub(crate) fn connector(&self) -> Result<Option<TlsConnector>, AuthorityError> {
        self.authority.as_ref().map(Authority::connector).transpose()
    }
}

impl Authority {
    /// The authority that a person has named, if any.
    ///
    /// # Errors
    /// Where there is no such file, or no certificate in it.
    pub(crate) fn named(file: Option<&str>) -> Result<Option<Self>, AuthorityError> {
        let Some(file) = file.map(str::trim).filter(|file| !file.is_empty()) else { return Ok(None) };
        let authority = Self(PathBuf::from(file));
        if !authority.0.is_absolute() {
            return Err(AuthorityError::NotAbsolute(authority.0));
        }
        authority.connector()?;
        Ok(Some(authority))
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn connector(&self) -> Result<TlsConnector, AuthorityError> {
        let path = self.0.clone();
        let pem = std::fs::read(&path).map_err(|error| AuthorityError::Unreadable { path: path.clone(), error })?;
        let certificates = Certificate::stack_from_pem(&pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(AuthorityError::NoCertificate(path));
        }
        let mut connector = TlsConnector::builder();
        for certificate in certificates {
            connector.add_root_certificate(certificate);
        }
        connector.build().map_err(|error| AuthorityError::Unusable { path, error })
    }
}

impl From<AuthorityError> for Reason {
    fn from(error: AuthorityError) -> Self {
        let shown = |path: PathBuf| path.display().to_string();
        match error {
            AuthorityError::NotAbsolute(path) => Self::NotAWholePath { path: shown(path) },
            AuthorityError::Unreadable { path, error } => {
                Self::FileUnreadable { path: shown(path), error: error.to_string() }
            }
            AuthorityError::NoCertificate(path) => Self::NoCertificate { path: shown(path) },
            AuthorityError::Unusable { path, error } => {
                Self::CertificateUnusable { path: shown(path), error: error.to_string() }
            }
        }
    }
}

impl From<AuthorityError> for Failure {
    fn from(error: AuthorityError) -> Self {
        failure(FailureCode::Certificate, error.into())
    }
}
