//! Who is banned is gone at once, stays out of every namespace, and may come in again when the ban is over.

use std::net::Ipv4Addr;

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::{Acting, ApiKeysArgs, BanArgs, BanChange, BanTarget, Command, Role, Scope, UnbanArgs};
use signalbox_protocol::feed::{Happening, Kind};
use signalbox_protocol::{ErrorCode, Timestamp};
use support::{Client, Gateway, Operator, Token, eventually};

const QUIET: &str = "limits.enabled = false\ncors.origins = []";
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 7, 7, 7);

fn user(id: i64) -> BanTarget {
    BanTarget::User(id.into())
}

fn address(text: &str) -> BanTarget {
    BanTarget::Address(text.into())
}

fn ban(target: BanTarget, until: Option<Timestamp>) -> Command {
    Command::Ban(BanArgs { target: target.into(), reason: "spam".into(), until }.into())
}

fn unban(target: BanTarget) -> Command {
    Command::Unban(UnbanArgs { target }.into())
}

fn from_now(ms: i64) -> Timestamp {
    Timestamp(Timestamp::now().0 + ms)
}

fn token(id: i64) -> Value {
    json!({"token": Token::user(id).role(Role::Viewer).sign()})
}

/// A user on `/web` who comes from [`ELSEWHERE`].
async fn stranger(gateway: &Gateway, id: i64) -> Client {
    let mut client = Client::open(gateway.dial().from(ELSEWHERE)).await.expect("a connection");
    client.join("/web", token(id)).await.expect("let in");
    client.expect("connected").await;
    client
}

async fn knock_from_elsewhere(gateway: &Gateway, id: i64) -> Result<(), String> {
    let mut client = Client::open(gateway.dial().from(ELSEWHERE)).await.expect("a connection");
    client.join("/web", token(id)).await
}

async fn change(admin: &mut Operator) -> (BanChange, BanTarget) {
    admin
        .entry(|what| match what {
            Happening::Ban { change, ban } => Some((*change, ban.target.clone())),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_banned_user_is_told_until_when_and_stays_out_of_every_namespace() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.subscribe(&[Kind::Ban], None).await;
    let (mut laptop, mut phone) = (gateway.web(7, "ann").await, gateway.web(7, "ann").await);
    let mut ben = gateway.web(8, "ben").await;
    let until = from_now(3_600_000);
    let preview = olga.preview(ban(user(7), Some(until))).await.expect("a preview");
    assert_eq!((&preview["users"], &preview["sockets"]), (&json!(1), &json!(2)));
    assert!(laptop.is_alive().await, "a preview touches nobody");

    let done = olga.ask(ban(user(7), Some(until))).await.expect("banned");
    assert_eq!(done["nodes"][0]["connections"], 2, "{done}");
    for device in [&mut laptop, &mut phone] {
        let kicked = device.expect("kicked").await;
        assert_eq!(kicked, json!({"code": "banned", "reason": "spam", "until": until}));
        device.closed().await;
    }
    assert_eq!(change(&mut olga).await, (BanChange::Set, user(7)));
    for namespace in ["/web", "/admin", "/", "/events", "/chat"] {
        assert_eq!(gateway.knock(namespace, token(7)).await, Err("banned".into()), "{namespace}");
    }
    let text = json!({"token": Token::user("7").sign()});
    assert_eq!(gateway.knock("/web", text).await, Err("banned".into()), "7 and \"7\" are one user");
    assert!(ben.is_alive().await, "nobody else is touched");

    olga.ask(unban(user(7))).await.expect("lifted");
    assert_eq!(change(&mut olga).await, (BanChange::Lifted, user(7)));
    assert_eq!(gateway.knock("/web", token(7)).await, Ok(()));
    assert_eq!(olga.ask(unban(user(7))).await.expect_err("there is none").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_banned_network_keeps_everybody_there_out() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut there = stranger(&gateway, 7).await;
    let mut here = gateway.web(8, "ben").await;
    // The same network, written in two ways.
    let done = olga.ask(ban(address("::ffff:127.7.9.9/112"), None)).await.expect("banned");
    assert_eq!(done["ban"]["target"], json!({"address": "127.7.0.0/16"}));
    assert_eq!(there.expect("kicked").await, json!({"code": "banned", "reason": "spam"}));
    there.closed().await;
    assert_eq!(knock_from_elsewhere(&gateway, 9).await, Err("banned".into()));
    assert!(here.is_alive().await);
    olga.ask(unban(address("127.7.0.1/16"))).await.expect("lifted");
    assert_eq!(knock_from_elsewhere(&gateway, 9).await, Ok(()));
}

#[tokio::test]
async fn a_ban_ends_by_itself() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.subscribe(&[Kind::Ban], None).await;
    olga.ask(ban(user(7), Some(from_now(1_000)))).await.expect("banned");
    assert_eq!(gateway.knock("/web", token(7)).await, Err("banned".into()));
    assert_eq!(change(&mut olga).await.0, BanChange::Set);
    assert_eq!(change(&mut olga).await, (BanChange::Expired, user(7)));
    assert_eq!(gateway.knock("/web", token(7)).await, Ok(()));
    assert_eq!(olga.ask(ban(user(7), Some(from_now(-1)))).await.expect_err("over").code, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_ban_survives_a_crash_of_the_gateway() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    olga.ask(ban(user(7), None)).await.expect("banned");
    olga.ask(ban(address("127.7.0.0/16"), None)).await.expect("banned");
    let gateway = gateway.kill_and_restart().await;
    assert_eq!(gateway.knock("/web", token(7)).await, Err("banned".into()));
    assert_eq!(knock_from_elsewhere(&gateway, 8).await, Err("banned".into()));
    assert_eq!(gateway.knock("/web", token(8)).await, Ok(()));
}

#[tokio::test]
async fn nobody_bans_themselves_or_the_whole_internet() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    for (target, code) in [
        (address("127.0.0.1"), ErrorCode::Conflict),
        (address("127.0.0.0/8"), ErrorCode::Conflict),
        (BanTarget::User("op:olga".parse().expect("an id")), ErrorCode::Conflict),
        (address("0.0.0.0/0"), ErrorCode::InvalidPayload),
        (address("::/0"), ErrorCode::InvalidPayload),
        (address("64.0.0.0/2"), ErrorCode::InvalidPayload),
        (address("localhost"), ErrorCode::InvalidPayload),
    ] {
        let refused = olga.ask(ban(target.clone(), None)).await.expect_err("refused");
        assert_eq!(refused.code, code, "{target:?}: {refused}");
    }
    assert!(olga.client().is_alive().await);
    let mut vera = Operator::new(gateway.join("/admin", &Token::operator("vera", Role::Viewer)).await);
    assert_eq!(vera.ask(ban(user(7), None)).await.expect_err("forbidden").code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn acting_on_what_has_changed_since_the_preview_is_a_conflict() {
    let gateway = Gateway::with(QUIET).await;
    let mut olga = gateway.operator(Role::Operator).await;
    let mut ann = gateway.web(7, "ann").await;
    let preview = olga.preview(ban(user(7), None)).await.expect("a preview");
    let fingerprint = preview["fingerprint"].as_str().map(str::to_owned);
    let _phone = gateway.web(7, "ann").await;
    let stale = Command::Ban(Acting {
        args: BanArgs { target: user(7).into(), reason: "spam".into(), until: None },
        fingerprint,
    });
    assert_eq!(olga.ask(stale).await.expect_err("a conflict").code, ErrorCode::Conflict);
    assert!(ann.is_alive().await);
}

async fn send(gateway: &Gateway, bearer: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = gateway.request(method, path).bearer_auth(bearer);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap_or_default();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_backend_bans_lists_and_lifts_over_http() {
    let gateway = Gateway::with(QUIET).await;
    let mut ada = gateway.operator(Role::Admin).await;
    let scopes = vec![Scope::BansWrite, Scope::BansRead];
    let create = ApiKeysArgs::Create { name: "shop".into(), scopes, expires_at: None };
    let key = ada.ask(Command::ApiKeys(create.into())).await.expect("a key")["key"].as_str().expect("text").to_owned();
    let mut ann = gateway.web(7, "ann").await;
    let mut there = stranger(&gateway, 8).await;
    let until = from_now(60_000);
    let spam = json!({"reason": "spam", "until": until});
    let put = async |path: &str, body: &Value| send(&gateway, &key, Method::PUT, path, Some(body.clone())).await;
    assert_eq!(put("/api/v1/bans/users/7", &spam).await.0, 204);
    assert_eq!(put("/api/v1/bans/addresses/127.7.0.0%2F16", &json!({"reason": "noise"})).await.0, 204);
    assert_eq!(ann.expect("kicked").await["until"], json!(until));
    there.expect("kicked").await;

    let (status, first) = send(&gateway, &key, Method::GET, "/api/v1/bans?limit=1", None).await;
    assert_eq!((status, first["items"].as_array().map(Vec::len)), (200, Some(1)), "{first}");
    assert_eq!((&first["items"][0]["address"], &first["items"][0]["by"]), (&json!("127.7.0.0/16"), &json!("key:shop")));
    let cursor = first["nextCursor"].as_str().expect("more").to_owned();
    let (_, second) = send(&gateway, &key, Method::GET, &format!("/api/v1/bans?limit=1&cursor={cursor}"), None).await;
    assert_eq!((&second["items"][0]["user"], &second["nextCursor"]), (&json!("7"), &Value::Null), "{second}");

    for (path, body, status) in [
        ("/api/v1/bans/users/7", json!({}), 422),
        ("/api/v1/bans/users/7", json!({"reason": ""}), 422),
        ("/api/v1/bans/users/7", json!({"reason": "x", "until": "2020-01-01T00:00:00Z"}), 409),
        ("/api/v1/bans/addresses/localhost", json!({"reason": "x"}), 422),
        ("/api/v1/bans/addresses/0.0.0.0%2F0", json!({"reason": "x"}), 422),
    ] {
        let (got, problem) = put(path, &body).await;
        assert_eq!((got, &problem["status"]), (status, &json!(status)), "{path} {body}: {problem}");
    }
    for path in ["/api/v1/bans/users/7", "/api/v1/bans/addresses/127.7.0.0%2F16"] {
        assert_eq!(send(&gateway, &key, Method::DELETE, path, None).await.0, 204, "{path}");
        assert_eq!(send(&gateway, &key, Method::DELETE, path, None).await.0, 404, "{path}");
    }
    assert_eq!(gateway.knock("/web", token(7)).await, Ok(()));

    let viewer = Token::operator("vera", Role::Viewer).sign();
    assert_eq!(send(&gateway, &viewer, Method::GET, "/api/v1/bans", None).await.0, 200);
    assert_eq!(send(&gateway, &viewer, Method::PUT, "/api/v1/bans/users/7", Some(spam)).await.0, 403);
}

#[tokio::test]
async fn whoever_comes_in_while_a_ban_is_set_is_not_forgotten() {
    let gateway = Gateway::with("limits.enabled = false\nconnections.per_user = 1000").await;
    let mut olga = gateway.operator(Role::Operator).await;
    let ban = ban(user(7), None);
    let storm = async {
        let mut clients = Vec::new();
        for _ in 0..40 {
            let mut client = Client::open(gateway.dial()).await.expect("a connection");
            let _ = client.join("/web", token(7)).await;
            clients.push(client);
        }
        clients
    };
    let (_clients, banned) = tokio::join!(storm, olga.ask(ban));
    banned.expect("banned");
    let open = async || {
        let page = olga_connections(&gateway).await;
        (page == 0).then_some(())
    };
    eventually("nobody of that user to be there", open).await;
}

/// How many connections user 7 has, as the gateway sees it.
async fn olga_connections(gateway: &Gateway) -> usize {
    let mut vera = Operator::new(gateway.join("/admin", &Token::operator("vera", Role::Viewer)).await);
    let beginning = vera.subscribe(&[Kind::Ban], None).await;
    beginning.connections.iter().filter(|connection| connection.user.id == 7.into()).count()
}
