//! Only a token that is signed, valid and allowed to opens a namespace; everybody else hears one of a few fixed messages.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::token::{ISSUER_PRIVATE, ISSUER_PUBLIC, SECRET, STRANGER_PRIVATE};
use support::{Client, Gateway, Start, Token, within};

const LET_IN: Result<(), &str> = Ok(());
const MISSING: Result<(), &str> = Err("missing token");
const INVALID: Result<(), &str> = Err("invalid credentials");
const DISABLED: Result<(), &str> = Err("account disabled");
const NOT_ALLOWED: Result<(), &str> = Err("insufficient permission");

fn user() -> Token {
    Token::user(7).name("ann")
}

fn bearing(token: String) -> Value {
    json!({ "token": token })
}

async fn check(gateway: &Gateway, cases: &[(&str, &str, Value, Result<(), &str>)]) {
    for (case, namespace, credentials, expected) in cases {
        let answer = gateway.knock(namespace, credentials.clone()).await;
        assert_eq!(answer, expected.map_err(str::to_owned), "{case}, on {namespace}");
    }
}

#[tokio::test]
async fn a_token_signed_with_the_secret_is_looked_at_from_every_side() {
    let gateway = Gateway::start().await;
    let mut bystander = gateway.web(1, "bystander").await;
    let unknown_role = user().claim("roles", json!(["janitor"]));
    check(
        &gateway,
        &[
            ("a good token", "/web", bearing(user().sign()), LET_IN),
            ("a token that runs out within the leeway", "/web", bearing(user().expires_in(-2).sign()), LET_IN),
            ("`id` instead of `sub`", "/web", bearing(user().without("sub").claim("id", 7).sign()), LET_IN),
            ("a role", "/admin", bearing(user().role(Role::Viewer).sign()), LET_IN),
            ("nothing", "/web", Value::Null, MISSING),
            ("no token", "/web", json!({}), MISSING),
            ("garbage", "/web", bearing("garbage".into()), INVALID),
            ("garbage in three parts", "/web", bearing("a.b.c".into()), INVALID),
            ("half a token", "/web", bearing(user().sign()[..60].into()), INVALID),
            ("an expired token", "/web", bearing(user().expires_in(-30).sign()), INVALID),
            ("a token that never expires", "/web", bearing(user().without("exp").sign()), INVALID),
            ("no signature", "/web", bearing(user().unsigned()), INVALID),
            (
                "another secret",
                "/web",
                bearing(user().sign_with("somebody-else's-secret-of-40-characters", Algorithm::HS256)),
                INVALID,
            ),
            ("another algorithm", "/web", bearing(user().sign_with(SECRET, Algorithm::HS512)), INVALID),
            ("a key pair", "/web", bearing(user().sign_rsa(STRANGER_PRIVATE)), INVALID),
            ("nobody's token", "/web", bearing(user().without("sub").sign()), INVALID),
            ("a fraction for an id", "/web", bearing(user().claim("sub", 7.5).sign()), INVALID),
            ("a disabled account", "/web", bearing(user().claim("status", 0).sign()), DISABLED),
            ("no status", "/web", bearing(user().without("status").sign()), DISABLED),
            (
                "a disabled account with a role",
                "/admin",
                bearing(user().role(Role::Admin).claim("status", 2).sign()),
                DISABLED,
            ),
            ("no role", "/admin", bearing(user().sign()), NOT_ALLOWED),
            ("an unknown role", "/admin", bearing(unknown_role.sign()), NOT_ALLOWED),
            ("no such namespace", "/nowhere", bearing(user().sign()), Err("Invalid namespace")),
        ],
    )
    .await;
    assert!(bystander.is_alive().await, "nobody else notices");
}

#[tokio::test]
async fn a_token_without_a_status_opens_what_asks_for_none() {
    let (plain, role) = (user().without("status"), user().role(Role::Viewer).without("status"));
    for (config, expected) in [("", DISABLED), ("auth.require_status = false", LET_IN)] {
        let gateway = Gateway::with(config).await;
        let disabled = bearing(user().role(Role::Viewer).claim("status", 0).sign());
        check(
            &gateway,
            &[
                ("no status", "/web", bearing(plain.sign()), expected),
                ("no status", "/admin", bearing(role.sign()), expected),
                ("no status", "/events", bearing(plain.sign()), LET_IN),
                ("a disabled account", "/web", disabled.clone(), DISABLED),
                ("a disabled account", "/admin", disabled.clone(), DISABLED),
                ("a disabled account", "/events", disabled, DISABLED),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn a_token_of_a_key_pair_is_verified_by_the_public_half_alone() {
    let folder = Start::default().own_auth();
    let public = ISSUER_PUBLIC.trim().replace('\n', "\\n");
    let gateway =
        folder.config("auth.algorithm = \"RS256\"").config(&format!("auth.public_key = \"{public}\"")).start().await;
    check(
        &gateway,
        &[
            ("the issuer's token", "/web", bearing(user().sign_rsa(ISSUER_PRIVATE)), LET_IN),
            ("a stranger's token", "/web", bearing(user().sign_rsa(STRANGER_PRIVATE)), INVALID),
            ("an expired token", "/web", bearing(user().expires_in(-30).sign_rsa(ISSUER_PRIVATE)), INVALID),
            ("the public key as a secret", "/web", bearing(user().sign_with(ISSUER_PUBLIC, Algorithm::HS256)), INVALID),
            (
                "the public key as a secret, trimmed",
                "/web",
                bearing(user().sign_with(ISSUER_PUBLIC.trim(), Algorithm::HS256)),
                INVALID,
            ),
            ("no signature", "/web", bearing(user().unsigned()), INVALID),
        ],
    )
    .await;
}

#[tokio::test]
async fn issuer_and_audience_are_checked_where_they_are_configured() {
    let gateway = Gateway::with("auth.issuer = \"https://id.example\"\nauth.audience = [\"signalbox\"]").await;
    let good = user().claim("iss", "https://id.example").claim("aud", json!(["other", "signalbox"]));
    check(
        &gateway,
        &[
            ("both fit", "/web", bearing(good.sign()), LET_IN),
            ("another issuer", "/web", bearing(good.clone().claim("iss", "https://evil.example").sign()), INVALID),
            ("no issuer", "/web", bearing(good.clone().without("iss").sign()), INVALID),
            ("another audience", "/web", bearing(good.clone().claim("aud", "other").sign()), INVALID),
            ("no audience", "/web", bearing(good.without("aud").sign()), INVALID),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_may_stand_in_a_header_but_not_in_the_query_of_web() {
    let gateway = Gateway::start().await;
    let token = user().sign();

    let header = format!("Bearer {token}");
    let mut client = Client::open(gateway.dial().header("authorization", &header)).await.expect("a connection");
    assert_eq!(client.join("/web", json!({})).await, Ok(()), "the header opens the namespace");

    let mut client = Client::open(gateway.dial().header("authorization", &header)).await.expect("a connection");
    let answer = client.join("/web", bearing("garbage".into())).await;
    assert_eq!(answer, Err("invalid credentials".into()), "the payload's token comes first");

    let mut client = Client::open(gateway.dial().query(&format!("token={token}"))).await.expect("a connection");
    assert_eq!(client.join("/web", json!({})).await, Err("missing token".into()), "the query is not looked at");
    assert!(!gateway.log().contains(&token), "a token never reaches a log line");
}

#[tokio::test]
async fn another_user_on_the_same_connection_is_refused() {
    let gateway = Gateway::start().await;
    let mut client = gateway.join("/web", &user().role(Role::Viewer)).await;
    let other = Token::user(8).role(Role::Viewer).sign();
    let answer = within("an answer", client.join("/admin", bearing(other))).await;
    assert_eq!(answer, Err("invalid credentials".into()));
    let same = within("an answer", client.join("/admin", bearing(user().role(Role::Viewer).sign()))).await;
    assert_eq!(same, Ok(()), "the same user is let in");
}

#[tokio::test]
async fn a_disabled_operator_is_refused_although_the_token_still_lasts() {
    let gateway = Gateway::start().await;
    gateway.add_account("olga", Role::Operator, "a long enough password").await;
    let credentials = bearing(Token::operator("olga", Role::Operator).sign());
    assert_eq!(gateway.knock("/admin", credentials.clone()).await, Ok(()));
    let output = gateway.folder().run(&["account", "disable", "olga"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(gateway.knock("/admin", credentials).await, Err("account disabled".into()));
}
