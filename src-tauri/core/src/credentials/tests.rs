//! Tokens by themselves, and sign-ins that are renewed, revoked and replaced at a gateway that does it in its own time.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Json;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use super::*;
use crate::secrets::tests::Vault;

/// The account of the sign-in.
const ACCOUNT: &str = "p";

/// The part of a gateway that renews and revokes sign-ins. Its tokens are numbered, and each is good once.
#[derive(Clone)]
pub(crate) struct Office(Arc<Books>);

struct Books {
    issued: AtomicU32,
    /// What it says instead of a session.
    refusal: parking_lot::Mutex<Option<StatusCode>>,
    traded: watch::Sender<Vec<String>>,
    revoked: watch::Sender<Vec<String>>,
    /// A permit for each trade that may be answered.
    answers: Semaphore,
}

impl Office {
    /// One that answers at once, and has issued `r0`.
    pub(crate) fn open() -> Self {
        let office = Self::slow();
        office.answer(Semaphore::MAX_PERMITS);
        office
    }

    /// One that answers when it is told to.
    pub(crate) fn slow() -> Self {
        Self(Arc::new(Books {
            issued: AtomicU32::new(0),
            refusal: parking_lot::Mutex::default(),
            traded: watch::Sender::default(),
            revoked: watch::Sender::default(),
            answers: Semaphore::new(0),
        }))
    }

    pub(crate) fn answer(&self, trades: usize) {
        self.0.answers.add_permits(trades);
    }

    pub(crate) fn refuse(&self, status: Option<StatusCode>) {
        *self.0.refusal.lock() = status;
    }

    /// The refresh tokens that were presented for others, in order.
    pub(crate) fn traded(&self) -> Vec<String> {
        self.0.traded.borrow().clone()
    }

    fn revoked(&self) -> Vec<String> {
        self.0.revoked.borrow().clone()
    }

    /// Waits until somebody trades.
    pub(crate) async fn trades(&self) {
        self.0.traded.subscribe().wait_for(|traded| !traded.is_empty()).await.unwrap();
    }

    pub(crate) fn router(&self) -> axum::Router {
        let (renews, revokes) = (self.clone(), self.clone());
        let refresh = post(async move |Json(form): Json<Value>| renews.renew(&form).await);
        let logout = post(async move |Json(form): Json<Value>| {
            revokes.0.revoked.send_modify(|revoked| revoked.push(form["refreshToken"].as_str().unwrap().to_owned()));
            StatusCode::NO_CONTENT
        });
        axum::Router::new().route("/api/v1/auth/refresh", refresh).route("/api/v1/auth/logout", logout)
    }

    async fn renew(&self, form: &Value) -> Result<Json<Value>, StatusCode> {
        let presented = form["refreshToken"].as_str().unwrap().to_owned();
        let good = presented == format!("r{}", self.0.issued.load(Ordering::SeqCst));
        self.0.traded.send_modify(|traded| traded.push(presented));
        self.0.answers.acquire().await.unwrap().forget();
        if let Some(status) = *self.0.refusal.lock() {
            return Err(status);
        }
        if !good {
            return Err(StatusCode::UNAUTHORIZED);
        }
        let number = self.0.issued.fetch_add(1, Ordering::SeqCst) + 1;
        let session = session(&format!("r{number}"));
        Ok(Json(serde_json::to_value(session).unwrap()))
    }

    async fn serve(&self) -> Endpoint {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: crate::address::Address = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address.into()
    }
}

/// A session of ann with this refresh token; its access token is another than that of any other.
fn session(refresh: &str) -> Session {
    let claims =
        json!({"sub": "op:ann", "username": "ann", "roles": ["operator"], "exp": 4_000_000_000_u64, "jti": refresh});
    let key = jsonwebtoken::EncodingKey::from_secret(b"k");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    let session = json!({"accessToken": token, "refreshToken": refresh, "expiresIn": 900, "role": "operator"});
    serde_json::from_value(session).unwrap()
}

impl Vault {
    /// A sign-in that is kept in it from another time.
    pub(crate) async fn with_sign_in(refresh: &str) -> (Self, Renewal) {
        let vault = Self::default();
        vault.secrets().keep(ACCOUNT, refresh).await;
        let renewal = Renewal::new(Api::new().unwrap(), vault.secrets(), ACCOUNT.into());
        (vault, renewal)
    }
}

impl Renewal {
    /// Waits until the first sign-in has been given up.
    pub(crate) async fn has_ended(&self) {
        while self.0.held.lock().sign_in == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// The number of the refresh token that came with the access token that one is given.
    async fn number(&self, endpoint: &Endpoint, freshness: Freshness) -> Result<Value, NoToken> {
        let token = self.token(endpoint, Timestamp::now(), freshness).await?;
        let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&token.token).unwrap();
        Ok(claims["jti"].clone())
    }
}

#[tokio::test]
async fn two_who_need_a_token_at_once_get_the_same_one_for_one_refresh_token() {
    let office = Office::open();
    let endpoint = office.serve().await;
    let (vault, renewal) = Vault::with_sign_in("r0").await;
    for (freshness, number) in [(Freshness::Any, "r1"), (Freshness::Any, "r1"), (Freshness::Renewed, "r2")] {
        let both = tokio::join!(renewal.number(&endpoint, freshness), renewal.number(&endpoint, freshness));
        assert_eq!(both, (Ok(json!(number)), Ok(json!(number))));
    }
    assert_eq!((office.traded(), vault.holds(ACCOUNT)), (vec!["r0".into(), "r1".into()], Some("r2".into())));
}

#[tokio::test]
async fn a_refused_sign_in_is_forgotten_and_one_that_reaches_nobody_is_tried_later() {
    let office = Office::open();
    let endpoint = office.serve().await;
    let (vault, renewal) = Vault::with_sign_in("r0").await;
    office.refuse(Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(matches!(renewal.number(&endpoint, Freshness::Any).await, Err(NoToken::NotNow(_))));
    assert_eq!(vault.holds(ACCOUNT), Some("r0".into()));
    office.refuse(None);
    assert_eq!(renewal.number(&endpoint, Freshness::Any).await, Ok(json!("r1")));

    office.refuse(Some(StatusCode::UNAUTHORIZED));
    let refused = renewal.number(&endpoint, Freshness::Renewed).await;
    assert_eq!(refused, Err(NoToken::SignedOut(Some(Reason::TokenRefused))));
    assert_eq!(vault.holds(ACCOUNT), None);
    assert_eq!(renewal.number(&endpoint, Freshness::Any).await, Err(NoToken::SignedOut(None)));
    assert_eq!(office.traded(), ["r0", "r0", "r1"]);
}

#[tokio::test]
async fn a_locked_keychain_ends_no_sign_in() {
    let office = Office::open();
    let endpoint = office.serve().await;
    let (vault, renewal) = Vault::with_sign_in("r0").await;
    vault.lock();
    let locked = renewal.number(&endpoint, Freshness::Any).await;
    assert!(matches!(&locked, Err(NoToken::NotNow(failure)) if failure.code == FailureCode::Keychain), "{locked:?}");
    vault.unlock();
    assert_eq!(renewal.number(&endpoint, Freshness::Any).await, Ok(json!("r1")));

    // What is in use is in memory, and each renewal tries to keep what the one before could not.
    vault.lock();
    assert_eq!(renewal.number(&endpoint, Freshness::Renewed).await, Ok(json!("r2")));
    assert_eq!(vault.holds(ACCOUNT), Some("r1".into()));
    vault.unlock();
    assert_eq!(renewal.number(&endpoint, Freshness::Renewed).await, Ok(json!("r3")));
    assert_eq!(vault.holds(ACCOUNT), Some("r3".into()));

    // At the end of the console too.
    vault.lock();
    assert_eq!(renewal.number(&endpoint, Freshness::Renewed).await, Ok(json!("r4")));
    vault.unlock();
    renewal.settle().await;
    assert_eq!(vault.holds(ACCOUNT), Some("r4".into()));
}

#[tokio::test]
async fn a_trade_that_ends_after_its_sign_in_keeps_nothing() {
    let (office, other) = (Office::slow(), Office::open());
    let (endpoint, elsewhere) = (office.serve().await, other.serve().await);
    let (vault, renewal) = Vault::with_sign_in("r0").await;
    let trade = async {
        let traded = renewal.number(&endpoint, Freshness::Any).await;
        assert_eq!(traded, Err(NoToken::SignedOut(None)));
    };
    let revoke = async {
        office.trades().await;
        let given_up = async {
            // It has been given up before the gateway answers.
            renewal.has_ended().await;
            office.answer(1);
        };
        assert_eq!(tokio::join!(renewal.revoke(&endpoint), given_up).0, Ok(()));
    };
    tokio::join!(trade, revoke);
    assert_eq!(office.revoked(), ["r1", "r0"], "its answer is worth nothing to anybody");
    assert_eq!(vault.holds(ACCOUNT), None);
    assert_eq!(renewal.number(&elsewhere, Freshness::Any).await, Err(NoToken::SignedOut(None)));
    assert_eq!(other.traded(), [""; 0], "nothing of it goes to another gateway");
}

#[tokio::test]
async fn a_trade_that_ends_after_the_next_sign_in_leaves_that_alone() {
    for refusal in [None, Some(StatusCode::UNAUTHORIZED)] {
        let office = Office::slow();
        let endpoint = office.serve().await;
        let (vault, renewal) = Vault::with_sign_in("r0").await;
        office.refuse(refusal);
        let begin = async {
            office.trades().await;
            let begun = async {
                renewal.has_ended().await;
                office.answer(1);
            };
            tokio::join!(renewal.begin(&endpoint, session("n0"), Remember::ForGood), begun).0
        };
        let (_, begun) = tokio::join!(renewal.number(&endpoint, Freshness::Any), begin);
        assert_eq!(begun, Ok(None));
        assert_eq!(renewal.number(&endpoint, Freshness::Any).await, Ok(json!("n0")), "{refusal:?}");
        assert_eq!(vault.holds(ACCOUNT), Some("n0".into()), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_sign_in_for_this_session_leaves_none_of_before_in_the_keychain() {
    let office = Office::open();
    let endpoint = office.serve().await;
    let (vault, renewal) = Vault::with_sign_in("bob").await;
    assert_eq!(renewal.begin(&endpoint, session("r0"), Remember::ThisSession).await, Ok(None));
    assert_eq!((vault.holds(ACCOUNT), office.revoked()), (None, vec!["bob".to_owned()]));
    assert_eq!(renewal.number(&endpoint, Freshness::Renewed).await, Ok(json!("r1")));
    renewal.settle().await;
    assert_eq!(vault.holds(ACCOUNT), None);

    // Another console in this process goes on with it.
    let another = Renewal::new(Api::new().unwrap(), renewal.0.secrets.clone(), ACCOUNT.into());
    assert_eq!(another.number(&endpoint, Freshness::Any).await, Ok(json!("r2")));
}

#[tokio::test]
async fn a_keychain_that_is_not_as_was_wished_is_told_by_the_sign_in() {
    let office = Office::open();
    let endpoint = office.serve().await;
    for remember in [Remember::ForGood, Remember::ThisSession] {
        let (vault, renewal) = Vault::with_sign_in("bob").await;
        vault.lock();
        let told = renewal.begin(&endpoint, session("r0"), remember).await;
        assert!(matches!(told, Ok(Some(SecretError::Refused(_)))), "{remember:?}: {told:?}");
        assert_eq!(renewal.number(&endpoint, Freshness::Any).await, Ok(json!("r0")));
        let revoked = Renewal::new(Api::new().unwrap(), vault.secrets(), ACCOUNT.into()).revoke(&endpoint).await;
        assert!(matches!(revoked, Err(SecretError::Refused(_))), "{revoked:?}");
    }
}

#[tokio::test]
async fn the_end_of_the_console_waits_for_a_trade() {
    let office = Office::slow();
    let endpoint = office.serve().await;
    let (vault, renewal) = Vault::with_sign_in("r0").await;
    let given_up = {
        let (renewal, endpoint) = (renewal.clone(), endpoint.clone());
        tokio::spawn(async move { renewal.number(&endpoint, Freshness::Any).await })
    };
    office.trades().await;
    given_up.abort();
    let end = tokio::spawn(async move { renewal.settle().await });
    office.answer(1);
    end.await.unwrap();
    assert_eq!(vault.holds(ACCOUNT), Some("r1".into()));
}

#[test]
fn a_minted_token_speaks_for_the_local_operator_and_runs_out() {
    let secret = LocalSecret::new(&"s".repeat(64));
    let token = secret.mint(Timestamp(1_000_000)).unwrap_or_else(|failure| panic!("{}", failure.reason));
    assert_eq!(token.operator, Operator { name: "local".into(), role: Role::Admin });
    assert!(token.is_good(Timestamp(1_000_000)));
    assert!(!token.is_good(Timestamp(1_000_000 + LOCAL_TTL_MS)));
}

#[test]
fn what_is_no_operators_token_is_told_apart() {
    let sign = |claims: serde_json::Value| {
        let key = jsonwebtoken::EncodingKey::from_secret(b"k");
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
    };
    let read = |token: &str| AccessToken::read(token).map(|token| token.operator);
    assert_eq!(read("rubbish"), Err(TokenError::NotAToken));
    assert_eq!(read(&sign(serde_json::json!({"sub": "7"}))), Err(TokenError::NotAToken), "no expiry");
    assert_eq!(read(&sign(serde_json::json!({"sub": 7, "exp": 1, "roles": ["cook"]}))), Err(TokenError::NoRole));
    let token = sign(serde_json::json!({"sub": 7, "exp": 1, "roles": ["viewer", "operator"]}));
    assert_eq!(read(&token), Ok(Operator { name: "7".into(), role: Role::Operator }));
}

#[tokio::test]
async fn a_given_token_is_not_called_run_out_by_a_clock_that_did_not_make_it() {
    let claims = serde_json::json!({"sub": "op:ann", "roles": ["viewer"], "exp": 1_000});
    let key = jsonwebtoken::EncodingKey::from_secret(b"k");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    let given = Credentials::Given(AccessToken::read(&token).unwrap_or_else(|error| panic!("{error}")));
    let endpoint = "http://127.0.0.1:9".parse::<crate::address::Address>().unwrap().into();
    let token = |freshness| given.token(&endpoint, Timestamp(9_000_000), freshness);
    assert!(token(Freshness::Any).await.is_ok(), "the gateway may see it otherwise");
    assert!(matches!(token(Freshness::Renewed).await, Err(NoToken::SignedOut(Some(_)))));
}
