//! What is let in and what is refused, by table.

use jsonwebtoken::{Algorithm as Alg, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::*;
use crate::config;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const NOW_S: i64 = NOW.0 / 1000;
const SECRET: &str = "a-secret-of-thirty-two-bytes-or-more";
const ISSUER: &str = include_str!("../../../../tests/support/keys/issuer.pem");
const ISSUER_PUBLIC: &str = include_str!("../../../../tests/support/keys/issuer.pub.pem");
const STRANGER: &str = include_str!("../../../../tests/support/keys/stranger.pem");

fn secret(text: &str) -> Secret {
    Secret::from(text.to_owned())
}

fn hs256(change: impl FnOnce(&mut Auth)) -> Tokens {
    let mut auth = Auth::default();
    change(&mut auth);
    Tokens::new(&auth, &secret(SECRET)).expect("tokens")
}

fn rs256() -> Tokens {
    let auth = Auth {
        algorithm: config::Algorithm::Rs256,
        public_key: Some(ISSUER_PUBLIC.into()),
        issuer: Some("backend".into()),
        ..Auth::default()
    };
    Tokens::new(&auth, &secret(SECRET)).expect("tokens")
}

/// A good set of claims with changes; `null` removes one.
fn claims(changes: Value) -> Value {
    let mut claims = json!({"sub": "7", "exp": NOW_S + 60});
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn with_secret(key: &str, claims: &Value) -> String {
    encode(&Header::new(Alg::HS256), claims, &EncodingKey::from_secret(key.as_bytes())).expect("a token")
}

fn with_rsa(pem: &str, claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key");
    encode(&Header::new(Alg::RS256), claims, &key).expect("a token")
}

#[test]
fn a_token_that_is_not_good_is_refused_for_its_reason() {
    let good = with_secret(SECRET, &claims(json!({})));
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let payload = head.rsplit_once('.').expect("two parts").1;
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    let none_signed = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.{signature}");
    let hs384 = encode(&Header::new(Alg::HS384), &claims(json!({})), &EncodingKey::from_secret(SECRET.as_bytes()))
        .expect("a token");
    let malformed = TokenError::Malformed;
    let changed = |changes: Value| with_secret(SECRET, &claims(changes));
    for (what, token, refusal) in [
        ("empty", String::new(), malformed("not a JWT")),
        ("no JWT", "a.b.c".into(), malformed("not a JWT")),
        ("endless", "a".repeat(20_000), malformed("too long")),
        ("alg none", none, malformed("not a JWT")),
        ("alg none with a signature", none_signed, malformed("not a JWT")),
        ("another HMAC", hs384, TokenError::Algorithm),
        ("an RSA signature", with_rsa(ISSUER, &claims(json!({}))), TokenError::Algorithm),
        (
            "another secret",
            with_secret("another-secret-of-thirty-two-bytes", &claims(json!({}))),
            TokenError::Signature,
        ),
        ("the signature of nothing", format!("{head}.{}", "A".repeat(43)), TokenError::Signature),
        ("no exp", changed(json!({"exp": null})), malformed("no exp")),
        ("exp as text", changed(json!({"exp": "soon"})), malformed("not a JWT with claims of the right types")),
        ("expired", changed(json!({"exp": NOW_S - 5})), TokenError::Expired),
        ("not yet", changed(json!({"nbf": NOW_S + 6})), TokenError::NotYetValid),
        ("nobody", changed(json!({"sub": null})), malformed("neither sub nor id is a user id")),
        ("an empty id", changed(json!({"sub": ""})), malformed("neither sub nor id is a user id")),
        ("a fraction as id", changed(json!({"sub": 7.5})), malformed("neither sub nor id is a user id")),
        (
            "2^64 as id",
            changed(json!({"sub": 18_446_744_073_709_551_616.0})),
            malformed("neither sub nor id is a user id"),
        ),
        (
            "an id without an end",
            changed(json!({"sub": "7".repeat(257)})),
            malformed("neither sub nor id is a user id"),
        ),
        ("an object as id", changed(json!({"sub": {}})), malformed("not a JWT with claims of the right types")),
    ] {
        assert_eq!(hs256(|_| {}).verify(&token, NOW), Err(refusal), "{what}");
    }
}

#[test]
fn clocks_may_differ_by_five_seconds() {
    for changes in [json!({"exp": NOW_S - 4}), json!({"nbf": NOW_S + 5}), json!({"exp": NOW_S as f64 + 0.5})] {
        let token = with_secret(SECRET, &claims(changes.clone()));
        assert!(hs256(|_| {}).verify(&token, NOW).is_ok(), "{changes}");
    }
}

#[test]
fn issuer_and_audience_are_checked_where_they_are_configured() {
    let tokens = hs256(|auth| {
        auth.issuer = Some("backend".into());
        auth.audience = vec!["signalbox".into(), "console".into()];
    });
    for (changes, answer) in [
        (json!({"iss": "backend", "aud": "signalbox"}), Ok(())),
        (json!({"iss": "backend", "aud": ["other", "console"]}), Ok(())),
        (json!({"iss": "other", "aud": "signalbox"}), Err(TokenError::Issuer)),
        (json!({"aud": "signalbox"}), Err(TokenError::Issuer)),
        (json!({"iss": "backend", "aud": "other"}), Err(TokenError::Audience)),
        (json!({"iss": "backend", "aud": []}), Err(TokenError::Audience)),
        (json!({"iss": "backend"}), Err(TokenError::Audience)),
    ] {
        let verified = tokens.verify(&with_secret(SECRET, &claims(changes.clone())), NOW);
        assert_eq!(verified.map(drop), answer, "{changes}");
    }
}

#[test]
fn id_and_name_have_their_fallbacks() {
    for (changes, id, name) in [
        (json!({"sub": 7}), "7", "7"),
        (json!({"sub": "7"}), "7", "7"),
        (json!({"sub": null, "id": 7}), "7", "7"),
        (json!({"sub": "007"}), "007", "007"),
        (json!({"sub": 7, "id": 8}), "7", "7"),
        (json!({"name": "Ann"}), "7", "Ann"),
        (json!({"name": "Ann", "username": "ann"}), "7", "ann"),
        (json!({"name": "Ann", "username": ""}), "7", "Ann"),
        (json!({"username": 5}), "7", "7"),
        (json!({"sub": 7.0}), "7", "7"),
        (json!({"sub": -0.0}), "0", "0"),
        (json!({"sub": 0}), "0", "0"),
        (json!({"sub": -7}), "-7", "-7"),
        (json!({"sub": 9_007_199_254_740_991_i64}), "9007199254740991", "9007199254740991"),
        (json!({"sub": 9_007_199_254_740_992_i64}), "9007199254740992", "9007199254740992"),
        (json!({"sub": u64::MAX}), "18446744073709551615", "18446744073709551615"),
        (json!({"sub": "1e3"}), "1e3", "1e3"),
        (json!({"sub": "-0"}), "-0", "-0"),
        (json!({"sub": " 7"}), " 7", " 7"),
    ] {
        let user =
            hs256(|_| {}).verify(&with_secret(SECRET, &claims(changes.clone())), NOW).expect("a good token").user;
        assert_eq!((user.id.to_string().as_str(), &*user.username), (id, name), "{changes}");
        let numeric = ["7", "0", "-7", "9007199254740991"].contains(&id);
        assert_eq!(matches!(user.id, UserId::Number(_)), numeric, "{changes}");
    }
}

#[test]
fn status_roles_and_rooms_are_read() {
    for (changes, status, role, lobby) in [
        (json!({}), None, None, true),
        (json!({"status": 1}), Some(1), None, true),
        (json!({"status": 0}), Some(0), None, true),
        (json!({"status": "active"}), Some(NOT_A_STATUS), None, true),
        (json!({"roles": ["viewer", "admin", "operator"]}), None, Some(Role::Admin), true),
        (json!({"roles": ["customer", 5]}), None, None, true),
        (json!({"rooms": []}), None, None, false),
        (json!({"rooms": ["team-*", "lob?y"]}), None, None, true),
    ] {
        let read = hs256(|_| {}).verify(&with_secret(SECRET, &claims(changes.clone())), NOW).expect("a good token");
        assert_eq!((read.status, read.role, read.rooms.allows("lobby")), (status, role, lobby), "{changes}");
    }
}

#[test]
fn a_public_key_verifies_users_and_a_secret_the_gateways_own() {
    let tokens = rs256();
    let user = claims(json!({"iss": "backend"}));
    assert!(tokens.verify(&with_rsa(ISSUER, &user), NOW).is_ok());
    assert_eq!(tokens.verify(&with_rsa(STRANGER, &user), NOW), Err(TokenError::Signature));
    assert_eq!(tokens.verify(&with_rsa(ISSUER, &claims(json!({}))), NOW), Err(TokenError::Issuer));
    // The public key as a shared secret: the classic confusion.
    let own = claims(json!({"iss": OWN_ISSUER}));
    assert_eq!(tokens.verify(&with_secret(ISSUER_PUBLIC, &own), NOW), Err(TokenError::Signature));
    assert!(tokens.verify(&with_secret(SECRET, &own), NOW).is_ok());
    assert_eq!(tokens.verify(&with_secret(SECRET, &user), NOW), Err(TokenError::Issuer));
}

#[test]
fn what_the_gateway_issues_it_lets_in() {
    let strict = hs256(|auth| {
        auth.issuer = Some("backend".into());
        auth.audience = vec!["signalbox".into()];
    });
    let grant = Grant {
        user: User { id: "op:ann".parse().expect("an id"), username: "ann".into() },
        role: Some(Role::Operator),
    };
    for tokens in [hs256(|_| {}), strict, rs256()] {
        let token = tokens.issue(&grant, NOW, Duration::from_secs(900)).expect("a token");
        let read = tokens.verify(&token, NOW).expect("its own token");
        assert_eq!(read.user, grant.user);
        assert_eq!((read.role, read.status), (Some(Role::Operator), Some(1)));
        assert_eq!(read.expires_at, Timestamp(NOW.0 + 900_000));
        assert_eq!(read.issued_at, Some(NOW));
        assert!(read.jti.is_some());
        assert_eq!(tokens.verify(&token, Timestamp(NOW.0 + 905_000)), Err(TokenError::Expired));
    }
}
