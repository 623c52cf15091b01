//! Tokens as an issuer makes them, and as an attacker does.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Map, Value, json};
use signalbox_protocol::admin::Role;

/// The secret that test gateways share with the issuer of their tokens.
pub const SECRET: &str = "correct-horse-battery-staple-for-tests";

/// The issuer's key pair, and the key of somebody else. They protect nothing but these tests.
pub const ISSUER_PRIVATE: &str = include_str!("keys/issuer.pem");
/// The public half, as a gateway is configured with it.
pub const ISSUER_PUBLIC: &str = include_str!("keys/issuer.pub.pem");
/// A private key that no gateway trusts.
pub const STRANGER_PRIVATE: &str = include_str!("keys/stranger.pem");

/// `{"alg":"none","typ":"JWT"}` in base64url.
const NONE_HEADER: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";

/// The claims of a token, valid for an hour unless it is said otherwise.
#[derive(Debug, Clone)]
pub struct Token {
    claims: Map<String, Value>,
}

impl Token {
    /// A user's token: enabled, without a role, named like the id.
    pub fn user(id: impl Into<Value>) -> Self {
        let mut claims = Map::new();
        claims.insert("sub".into(), id.into());
        claims.insert("status".into(), json!(1));
        Self { claims }.expires_in(3600)
    }

    /// An operator's token, as a login issues it.
    pub fn operator(name: &str, role: Role) -> Self {
        Self::user(format!("op:{name}")).name(name).role(role)
    }

    /// With a name to show.
    pub fn name(self, name: &str) -> Self {
        self.claim("username", name)
    }

    /// With a role on `/admin`.
    pub fn role(self, role: Role) -> Self {
        self.claim("roles", json!([role.as_str()]))
    }

    /// Running out so many seconds from now, or before now.
    pub fn expires_in(self, seconds: i64) -> Self {
        let issued = now() + seconds.min(0) - 1;
        self.claim("iat", issued).claim("exp", now() + seconds)
    }

    /// With any claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Without a claim.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Signed with the secret that the gateway knows.
    pub fn sign(&self) -> String {
        self.sign_with(SECRET, Algorithm::HS256)
    }

    /// Signed with any secret.
    ///
    /// # Panics
    /// Where the algorithm is not an HMAC.
    pub fn sign_with(&self, secret: &str, algorithm: Algorithm) -> String {
        encode(&Header::new(algorithm), &self.claims, &EncodingKey::from_secret(secret.as_bytes()))
            .expect("an HMAC signs any claims")
    }

    /// Signed with a private key.
    ///
    /// # Panics
    /// Where the text is not an RSA key in PEM.
    pub fn sign_rsa(&self, private: &str) -> String {
        let key = EncodingKey::from_rsa_pem(private.as_bytes()).expect("an RSA key in PEM");
        encode(&Header::new(Algorithm::RS256), &self.claims, &key).expect("RSA signs any claims")
    }

    /// Not signed at all, and saying so.
    ///
    /// # Panics
    /// Never: a signed token has three parts.
    pub fn unsigned(&self) -> String {
        let signed = self.sign();
        let claims = signed.split('.').nth(1).expect("a token has three parts");
        format!("{NONE_HEADER}.{claims}.")
    }
}

/// Seconds since the Unix epoch.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
