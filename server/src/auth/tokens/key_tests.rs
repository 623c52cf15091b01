//! Which key verifies which token, by table: one algorithm, the right key of several, and no confusion of the two.

use std::fs;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm as Alg, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;
use crate::config;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const OWN_SECRET: &str = "a-secret-of-thirty-two-bytes-or-more";

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/support/keys/", $name))
    };
}

/// An algorithm, the issuer's pair of keys, and the private key of somebody else.
struct Issuer {
    configured: config::Algorithm,
    alg: Alg,
    private: &'static str,
    public: &'static str,
    stranger: &'static str,
}

const ISSUERS: [Issuer; 3] = [
    Issuer {
        configured: config::Algorithm::Rs256,
        alg: Alg::RS256,
        private: key!("issuer.pem"),
        public: key!("issuer.pub.pem"),
        stranger: key!("stranger.pem"),
    },
    Issuer {
        configured: config::Algorithm::Es256,
        alg: Alg::ES256,
        private: key!("issuer.p256.pem"),
        public: key!("issuer.p256.pub.pem"),
        stranger: key!("stranger.p256.pem"),
    },
    Issuer {
        configured: config::Algorithm::EdDsa,
        alg: Alg::EdDSA,
        private: key!("issuer.ed25519.pem"),
        public: key!("issuer.ed25519.pub.pem"),
        stranger: key!("stranger.ed25519.pem"),
    },
];

fn with_pem(algorithm: config::Algorithm, pem: &str) -> Result<Tokens, KeyError> {
    let auth = Auth { algorithm, public_key: Some(pem.into()), ..Auth::default() };
    Tokens::new(&auth, &Secret::from(OWN_SECRET.to_owned()))
}

fn with_file(algorithm: config::Algorithm, path: &std::path::Path) -> Result<Tokens, KeyError> {
    let auth = Auth { algorithm, jwks: Some(path.into()), ..Auth::default() };
    Tokens::new(&auth, &Secret::from(OWN_SECRET.to_owned()))
}

fn with_set(algorithm: config::Algorithm, keys: &Value) -> Result<Tokens, KeyError> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), json!({ "keys": keys }).to_string()).expect("a writable file");
    with_file(algorithm, file.path())
}

fn decoding(alg: Alg, pem: &str) -> DecodingKey {
    match alg {
        Alg::ES256 | Alg::ES384 => DecodingKey::from_ec_pem(pem.as_bytes()),
        Alg::EdDSA => DecodingKey::from_ed_pem(pem.as_bytes()),
        _ => DecodingKey::from_rsa_pem(pem.as_bytes()),
    }
    .expect("a public key")
}

/// The public key as an entry of a set, with changes; `null` removes one.
fn jwk(alg: Alg, pem: &str, changes: &Value) -> Value {
    let jwk = Jwk::from_decoding_key(&decoding(alg, pem), Some(alg)).expect("a key");
    let mut jwk = serde_json::to_value(jwk).expect("JSON");
    for (name, value) in changes.as_object().expect("an object") {
        jwk[name] = value.clone();
    }
    jwk.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    jwk
}

fn claims() -> Value {
    json!({"sub": "7", "exp": NOW.0 / 1000 + 60, "iss": OWN_ISSUER})
}

fn signed(alg: Alg, private: &str, kid: Option<&str>) -> String {
    let key = match alg {
        Alg::ES256 | Alg::ES384 => EncodingKey::from_ec_pem(private.as_bytes()),
        Alg::EdDSA => EncodingKey::from_ed_pem(private.as_bytes()),
        _ => EncodingKey::from_rsa_pem(private.as_bytes()),
    };
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(alg) };
    encode(&header, &claims(), &key.expect("a private key")).expect("a token")
}

fn with_secret(alg: Alg, secret: &[u8]) -> String {
    encode(&Header::new(alg), &claims(), &EncodingKey::from_secret(secret)).expect("a token")
}

#[test]
fn only_the_issuers_key_and_the_configured_algorithm_make_a_user() {
    let (rs, es, ed) = (&ISSUERS[0], &ISSUERS[1], &ISSUERS[2]);
    for issuer in &ISSUERS {
        let pem = with_pem(issuer.configured, issuer.public).expect("tokens");
        let set = with_set(issuer.configured, &json!([jwk(issuer.alg, issuer.public, &json!({}))])).expect("tokens");
        let der = decoding(issuer.alg, issuer.public);
        let der = der.try_get_as_bytes().expect("bytes");
        let other = |other: &Issuer| (other.alg != issuer.alg).then(|| signed(other.alg, other.private, None));
        let cases = [
            ("the issuer's", Some(signed(issuer.alg, issuer.private, None)), Ok(())),
            ("the issuer's with a kid", Some(signed(issuer.alg, issuer.private, Some("a"))), Ok(())),
            ("a stranger's", Some(signed(issuer.alg, issuer.stranger, None)), Err(TokenError::Signature)),
            ("RS256", other(rs), Err(TokenError::Algorithm)),
            ("ES256", other(es), Err(TokenError::Algorithm)),
            ("EdDSA", other(ed), Err(TokenError::Algorithm)),
            ("RS512", Some(signed(Alg::RS512, rs.private, None)), Err(TokenError::Algorithm)),
            ("PS256", Some(signed(Alg::PS256, rs.private, None)), Err(TokenError::Algorithm)),
            ("ES384", Some(signed(Alg::ES384, key!("stranger.p384.pem"), None)), Err(TokenError::Algorithm)),
            (
                "the PEM as a secret",
                Some(with_secret(Alg::HS256, issuer.public.as_bytes())),
                Err(TokenError::Signature),
            ),
            (
                "the trimmed PEM as a secret",
                Some(with_secret(Alg::HS256, issuer.public.trim().as_bytes())),
                Err(TokenError::Signature),
            ),
            ("the bare key as a secret", Some(with_secret(Alg::HS256, der)), Err(TokenError::Signature)),
            ("nothing as a secret", Some(with_secret(Alg::HS256, b"")), Err(TokenError::Signature)),
            ("HS512", Some(with_secret(Alg::HS512, OWN_SECRET.as_bytes())), Err(TokenError::Algorithm)),
        ];
        for (what, token, answer) in cases {
            let Some(token) = token else { continue };
            let alg = issuer.alg;
            assert_eq!(pem.verify(&token, NOW).map(drop), answer, "{what}, with a {alg:?} key");
            if what != "the issuer's with a kid" {
                assert_eq!(set.verify(&token, NOW).map(drop), answer, "{what}, with a set of one {alg:?} key");
            }
        }
    }
}

#[test]
fn of_several_keys_the_token_names_its_own() {
    for issuer in &ISSUERS {
        let alg = issuer.alg;
        let one = jwk(alg, issuer.public, &json!({"kid": "one"}));
        let nameless = jwk(alg, issuer.public, &json!({}));
        let more = [
            one.clone(),
            // For another purpose, of another curve, of another kind, and of a kind that nobody knows.
            jwk(alg, issuer.public, &json!({"kid": "sealing", "use": "enc"})),
            jwk(alg, issuer.public, &json!({"kid": "signing", "key_ops": ["sign"]})),
            jwk(alg, issuer.public, &json!({"kid": "other", "alg": "RS512"})),
            jwk(Alg::ES384, key!("stranger.p384.pub.pem"), &json!({"kid": "p384", "alg": null})),
            json!({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "oct"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "coin"}),
            json!("nonsense"),
        ];
        let one_and_nameless = json!([one, nameless]);
        for (keys, kid, answer) in [
            (json!(more), Some("one"), Ok(())),
            (json!(more), None, Ok(())),
            (json!(more), Some("two"), Err(TokenError::UnknownKey)),
            (json!(more), Some(""), Err(TokenError::UnknownKey)),
            (json!(more), Some("sealing"), Err(TokenError::UnknownKey)),
            (json!(more), Some("signing"), Err(TokenError::UnknownKey)),
            (json!(more), Some("other"), Err(TokenError::UnknownKey)),
            (json!(more), Some("p384"), Err(TokenError::UnknownKey)),
            (json!(more), Some("oct"), Err(TokenError::UnknownKey)),
            (one_and_nameless.clone(), Some("one"), Ok(())),
            (one_and_nameless.clone(), None, Err(TokenError::UnknownKey)),
            (json!([nameless]), Some("one"), Err(TokenError::UnknownKey)),
        ] {
            let tokens = with_set(issuer.configured, &keys).expect("tokens");
            let token = signed(alg, issuer.private, kid);
            assert_eq!(tokens.verify(&token, NOW).map(drop), answer, "{kid:?} of {keys}");
            let stranger = signed(alg, issuer.stranger, kid);
            let answer = answer.and(Err(TokenError::Signature));
            assert_eq!(tokens.verify(&stranger, NOW).map(drop), answer, "a stranger who says {kid:?}");
        }
    }
}

#[test]
fn a_key_that_cannot_verify_the_algorithm_is_an_error_that_says_why() {
    let [rs, es, ed] = [0, 1, 2].map(|at| &ISSUERS[at]);
    for (algorithm, pem, said) in [
        (rs.configured, es.public, "not an RSA public key"),
        (rs.configured, ed.public, "not an RSA public key"),
        (rs.configured, rs.private, "this is a private key"),
        (rs.configured, key!("stranger.rsa1024.pub.pem"), "an RSA key of 1024 bits"),
        (
            rs.configured,
            "-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----",
            "not an RSA public key in PEM",
        ),
        (rs.configured, "/no/such/file.pem", "cannot read /no/such/file.pem"),
        (es.configured, rs.public, "not an EC public key in PEM"),
        (es.configured, key!("stranger.p384.pub.pem"), "P-256"),
        (ed.configured, es.public, "not an Ed25519 public key in PEM"),
        (ed.configured, key!("stranger.x25519.pub.pem"), "not an Ed25519"),
    ] {
        let error = with_pem(algorithm, pem).expect_err(said).to_string();
        assert!(error.starts_with("`auth.public_key`: ") && error.contains(said), "{said}: {error}");
    }
    let short = jwk(ed.alg, ed.public, &json!({"x": "AAAA", "kid": "short"}));
    let twice = jwk(es.alg, es.public, &json!({"kid": "a"}));
    let weak = jwk(rs.alg, key!("stranger.rsa1024.pub.pem"), &json!({"kid": "weak"}));
    for (algorithm, keys, said) in [
        (rs.configured, json!([]), "there is no key for RS256"),
        (rs.configured, json!([jwk(es.alg, es.public, &json!({}))]), "there is no key for RS256"),
        (rs.configured, json!([weak]), "the key \"weak\": an RSA key of 1024 bits"),
        (rs.configured, json!("none"), "is not a JSON object with `keys`"),
        (es.configured, json!([twice, twice]), "the key \"a\" is there twice"),
        (es.configured, json!([jwk(es.alg, es.public, &json!({"x": "!"}))]), "a key without kid is malformed"),
        (ed.configured, json!([short]), "the key \"short\": not an Ed25519 key"),
    ] {
        let error = with_set(algorithm, &keys).expect_err(said).to_string();
        assert!(error.starts_with("`auth.jwks`: ") && error.contains(said), "{said}: {error}");
    }
    let error = with_file(rs.configured, "/no/such/file".as_ref()).expect_err("no file").to_string();
    assert!(error.contains("cannot read /no/such/file"), "{error}");
}

#[test]
fn a_file_that_has_changed_is_read_again_unless_it_is_broken() {
    let issuer = &ISSUERS[1];
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys.json");
    let write = |kid: &str| {
        let keys = json!({"keys": [jwk(issuer.alg, issuer.public, &json!({"kid": kid}))]});
        fs::write(&path, keys.to_string()).expect("a writable file");
    };
    let token = |kid| signed(issuer.alg, issuer.private, Some(kid));
    write("old");
    let tokens = with_file(issuer.configured, &path).expect("tokens");
    assert!(tokens.verify(&token("old"), NOW).is_ok());
    assert!(!tokens.refresh_keys().expect("an unchanged file"));
    write("newer");
    assert!(tokens.refresh_keys().expect("a changed file"));
    assert!(tokens.verify(&token("newer"), NOW).is_ok());
    assert_eq!(tokens.verify(&token("old"), NOW), Err(TokenError::UnknownKey), "it was taken out");
    fs::write(&path, "{\"keys\": [").expect("a writable file");
    tokens.refresh_keys().expect_err("a broken file");
    assert!(!tokens.refresh_keys().expect("it is complained of once"));
    assert!(tokens.verify(&token("newer"), NOW).is_ok(), "the old keys stay");
    fs::remove_file(&path).expect("a file");
    tokens.refresh_keys().expect_err("no file");
    assert!(tokens.verify(&token("newer"), NOW).is_ok(), "the old keys stay");
}

#[test]
fn a_header_that_must_be_understood_and_is_not_refuses_the_token() {
    let tokens = with_pem(ISSUERS[1].configured, ISSUERS[1].public).expect("tokens");
    let key = EncodingKey::from_ec_pem(ISSUERS[1].private.as_bytes()).expect("a key");
    let header = Header { crit: Some(vec!["b64".into()]), ..Header::new(Alg::ES256) };
    let token = encode(&header, &claims(), &key).expect("a token");
    assert_eq!(tokens.verify(&token, NOW), Err(TokenError::Malformed("a critical extension")));
}
