//! The public keys that users' tokens are verified by: one in PEM, or a set in a file (JWKS, RFC 7517).
//!
//! A key that is here can verify the configured algorithm: family, curve and length are looked at when it is read, not when
//! somebody presents a token.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;

use crate::config::Auth;

/// RSA keys have so many bits: fewer can be broken, and more the cryptography does not take.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The public key is not one, or not for the algorithm.
    #[error("`auth.public_key`: {0}")]
    PublicKey(String),
    /// The file holds no set of keys, or none for the algorithm.
    #[error("`auth.jwks`: {0}")]
    Jwks(String),
}

/// The keys of one algorithm.
pub(super) enum PublicKeys {
    /// Every token's.
    One(DecodingKey),
    /// Which of them a token's is, its `kid` says.
    Set(KeyFile),
}

/// A file of keys, and what was last read from it.
pub(super) struct KeyFile {
    path: PathBuf,
    algorithm: Algorithm,
    read: Mutex<(Stamp, Arc<[Named]>)>,
}

/// By which a changed file is known.
type Stamp = Option<(SystemTime, u64)>;

struct Named {
    kid: Option<String>,
    key: DecodingKey,
}

impl PublicKeys {
    /// The configured keys.
    ///
    /// # Errors
    /// Where they cannot be read, or are not for the algorithm.
    pub(super) fn read(auth: &Auth, algorithm: Algorithm) -> Result<Self, KeyError> {
        if let Some(path) = &auth.jwks {
            let stamp = stamp(path);
            let keys = read_set(path, algorithm).map_err(KeyError::Jwks)?;
            let read = Mutex::new((stamp, keys));
            return Ok(Self::Set(KeyFile { path: path.clone(), algorithm, read }));
        }
        read_pem(auth.public_key.as_deref(), algorithm).map(Self::One).map_err(KeyError::PublicKey)
    }

    /// The key of a token with that `kid`. A token without one is taken where there is no choice.
    pub(super) fn find(&self, kid: Option<&str>) -> Option<DecodingKey> {
        match self {
            Self::One(key) => Some(key.clone()),
            Self::Set(file) => {
                let keys = file.read.lock().1.clone();
                let named = match (kid, &*keys) {
                    (Some(kid), keys) => keys.iter().find(|named| named.kid.as_deref() == Some(kid)),
                    (None, [only]) => Some(only),
                    (None, _) => None,
                };
                named.map(|named| named.key.clone())
            }
        }
    }

    /// Reads the file again where it has changed. True where there are new keys; where they cannot be read, the old ones stay.
    ///
    /// # Errors
    /// Once for each change.
    pub(super) fn refresh(&self) -> Result<bool, KeyError> {
        let Self::Set(file) = self else { return Ok(false) };
        let stamp = stamp(&file.path);
        if std::mem::replace(&mut file.read.lock().0, stamp) == stamp {
            return Ok(false);
        }
        let keys = read_set(&file.path, file.algorithm).map_err(KeyError::Jwks)?;
        file.read.lock().1 = keys;
        Ok(true)
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read_pem(configured: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, String> {
    let pem = match configured {
        Some(pem) if pem.trim_start().starts_with("-----BEGIN") => pem.to_owned(),
        Some(path) => fs::read_to_string(path).map_err(|why| format!("cannot read {path}: {why}"))?,
        None => return Err("missing".into()),
    };
    if pem.contains("PRIVATE KEY-----") {
        return Err("this is a private key; the gateway needs the public half only".into());
    }
    let (key, family) = match algorithm {
        Algorithm::ES256 => (DecodingKey::from_ec_pem(pem.as_bytes()), "an EC public key"),
        Algorithm::EdDSA => (DecodingKey::from_ed_pem(pem.as_bytes()), "an Ed25519 public key"),
        _ => (DecodingKey::from_rsa_pem(pem.as_bytes()), "an RSA public key"),
    };
    let key = key.map_err(|_| format!("not {family} in PEM"))?;
    check(&key, algorithm).map(|()| key)
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The keys of the file that are for the algorithm. Others may stand there too: an issuer has one file for all its needs.
fn read_set(path: &Path, algorithm: Algorithm) -> Result<Arc<[Named]>, String> {
    let text = fs::read_to_string(path).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
    let KeySet { keys } =
        serde_json::from_str(&text).map_err(|_| format!("{} is not a JSON object with `keys`", path.display()))?;
    let mut named: Vec<Named> = Vec::new();
    for jwk in keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok()) {
        if !is_for(&jwk, algorithm) {
            continue;
        }
        let kid = jwk.common.key_id.clone();
        let called = kid.as_deref().map_or_else(|| "a key without kid".into(), |kid| format!("the key {kid:?}"));
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| format!("{called} is malformed"))?;
        check(&key, algorithm).map_err(|why| format!("{called}: {why}"))?;
        if named.iter().any(|other| other.kid == kid) {
            return Err(format!("{called} is there twice"));
        }
        named.push(Named { kid, key });
    }
    if named.is_empty() { Err(format!("there is no key for {algorithm:?}")) } else { Ok(named.into()) }
}

/// Whether the key says that it verifies signatures of that algorithm.
fn is_for(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let common = &jwk.common;
    let fits = match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    fits && common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|named| named.to_string() == format!("{algorithm:?}"))
}

/// Whether the key can verify the algorithm at all.
fn check(key: &DecodingKey, algorithm: Algorithm) -> Result<(), String> {
    let parts = Jwk::from_decoding_key(key, None).map_err(|_| not_for(algorithm))?;
    if let AlgorithmParameters::RSA(rsa) = &parts.algorithm {
        // Four letters of base64 are three bytes.
        let bits = rsa.n.len() * 6 / 8 * 8;
        if !RSA_BITS.contains(&bits) {
            return Err(format!("an RSA key of {bits} bits; it must have {} to {}", RSA_BITS.start(), RSA_BITS.end()));
        }
    }
    // Any signature: what counts is that the key is taken, and lies on the algorithm's curve.
    jsonwebtoken::crypto::verify("AAAA", b"", key, algorithm).map(drop).map_err(|_| not_for(algorithm))
}

fn not_for(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::ES256 => "not a key for ES256, whose curve is P-256".into(),
        Algorithm::EdDSA => "not an Ed25519 key".into(),
        _ => "not an RSA public key".into(),
    }
}
