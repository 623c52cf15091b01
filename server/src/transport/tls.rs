//! TLS: the certificate and its key, and the shaking of hands before a stream is anybody's.
//!
//! It must never know what is said on the stream: above it everything is as it is without TLS.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::wire::Counted;
use crate::config;

/// Whoever has not shaken hands by then is gone.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Turns accepted streams into secure ones. Cheap to clone.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why there is no TLS. It names the key that is to be mended.
#[derive(Debug, thiserror::Error)]
#[error("`{key}`: {message}")]
pub struct TlsError {
    key: &'static str,
    message: String,
}

impl Tls {
    /// From the configured files; none are configured, none is wanted.
    ///
    /// # Errors
    /// Where a file is missing, is not what it should be, or the two do not belong together.
    pub fn new(config: &config::Tls) -> Result<Option<Self>, TlsError> {
        // That there are both or none was checked where the configuration was read.
        let (Some(cert), Some(key)) = (&config.cert, &config.key) else { return Ok(None) };
        let chain = read_chain(cert).map_err(|message| TlsError { key: "tls.cert", message })?;
        let private = read_key(key).map_err(|message| TlsError { key: "tls.key", message })?;
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
        let mut server = builder.map_err(|error| unfit(&error, cert, key))?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self(TlsAcceptor::from(Arc::new(server)))))
    }

    /// Shakes hands. `None` where the peer does not, or not in time.
    pub(super) async fn greet(&self, stream: Counted) -> Option<TlsStream<Counted>> {
        match tokio::time::timeout(HANDSHAKE, self.0.accept(stream)).await {
            Ok(Ok(secure)) => Some(secure),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a client and the gateway did not agree on TLS");
                None
            }
            Err(_) => {
                tracing::debug!("a client took too long over TLS");
                None
            }
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|why| format!("cannot read {}: {why}", path.display()))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(format!("there is no certificate in PEM in {}", path.display())),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let text = read(path)?;
    // PKCS #8 and the older form that names its cipher in a header.
    if [&b"ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"].iter().any(|mark| contains(&text, mark)) {
        return Err(format!(
            "the key in {} is encrypted, and the gateway has nobody to ask for its password; `openssl pkey` decrypts it",
            path.display()
        ));
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound => format!("there is no private key in PEM in {}", path.display()),
        _ => format!("the key in {} is malformed", path.display()),
    })
}

fn contains(text: &[u8], mark: &[u8]) -> bool {
    text.windows(mark.len()).any(|part| part == mark)
}

fn unfit(error: &rustls::Error, cert: &Path, key: &Path) -> TlsError {
    match error {
        rustls::Error::InconsistentKeys(_) => TlsError {
            key: "tls.key",
            message: format!("the key in {} is not the one of the certificate in {}", key.display(), cert.display()),
        },
        rustls::Error::InvalidCertificate(why) => TlsError {
            key: "tls.cert",
            message: format!("the certificate in {} cannot be used: {why:?}", cert.display()),
        },
        why => TlsError { key: "tls.key", message: format!("the key in {} cannot be used: {why}", key.display()) },
    }
}
