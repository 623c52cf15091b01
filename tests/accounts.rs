//! Admins keep the accounts of operators over `/admin`, and cannot lock themselves out.

use serde_json::{Value, json};
use signalbox_protocol::ErrorCode;
use signalbox_protocol::admin::{AccountsArgs, ApiKeysArgs, Command, NoArgs, Role, TraceArgs};
use signalbox_protocol::feed::{Happening, Kind};
use support::{Client, Gateway, Operator, Token, eventually};

const PASSWORD: &str = "correct horse battery staple";
const ANOTHER: &str = "quite another password";

fn accounts(args: AccountsArgs) -> Command {
    Command::Accounts(args.into())
}

fn add(name: &str, role: Role) -> Command {
    accounts(AccountsArgs::Add { name: name.into(), role, password: PASSWORD.to_owned().into() })
}

fn role(name: &str, role: Role) -> Command {
    accounts(AccountsArgs::Role { name: name.into(), role })
}

fn disable(name: &str) -> Command {
    accounts(AccountsArgs::Disable { name: name.into() })
}

/// What only an admin may ask for.
fn of_admins() -> Command {
    Command::ApiKeys(ApiKeysArgs::List.into())
}

async fn sign_in(gateway: &Gateway, name: &str, password: &str) -> (u16, Value) {
    gateway.post("/api/v1/auth/login", None, &json!({"name": name, "password": password})).await
}

/// An admin by the token alone, without an account.
async fn admin(gateway: &Gateway) -> Operator {
    Operator::new(gateway.join("/admin", &Token::operator("ada", Role::Admin)).await)
}

/// An operator who has signed in.
async fn signed_in(gateway: &Gateway, name: &str) -> Operator {
    let (status, session) = sign_in(gateway, name, PASSWORD).await;
    assert_eq!(status, 200, "{session}");
    let mut client = Client::open(gateway.dial()).await.expect("a connection");
    client.join("/admin", json!({"token": session["accessToken"]})).await.expect("let in");
    client.expect("connected").await;
    Operator::new(client)
}

#[tokio::test]
async fn an_admin_adds_lists_and_changes_accounts() {
    let gateway = Gateway::start().await;
    let mut ada = admin(&gateway).await;
    let added = ada.ask(add("olga", Role::Operator)).await.expect("added");
    assert_eq!((&added["name"], &added["role"]), (&json!("olga"), &json!("operator")));
    assert_eq!(ada.ask(add("olga", Role::Viewer)).await.expect_err("taken").code, ErrorCode::Conflict);
    assert_eq!(sign_in(&gateway, "olga", PASSWORD).await.0, 200);

    let password = AccountsArgs::Password { name: "olga".into(), password: ANOTHER.to_owned().into() };
    ada.ask(accounts(password)).await.expect("changed");
    assert_eq!(sign_in(&gateway, "olga", PASSWORD).await.0, 401);
    assert_eq!(sign_in(&gateway, "olga", ANOTHER).await.0, 200);

    let disabled = ada.ask(disable("olga")).await.expect("disabled");
    assert!(disabled["disabledAt"].is_string(), "{disabled}");
    assert_eq!(sign_in(&gateway, "olga", ANOTHER).await.0, 401);
    ada.ask(accounts(AccountsArgs::Enable { name: "olga".into() })).await.expect("enabled");
    assert_eq!(sign_in(&gateway, "olga", ANOTHER).await.0, 200);

    let list = ada.ask(accounts(AccountsArgs::List)).await.expect("a list");
    assert_eq!(list["accounts"].as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!((&list["accounts"][0]["name"], &list["accounts"][0]["disabledAt"]), (&json!("olga"), &Value::Null));
    let audit = ada.request_raw(json!({"command": "audit", "args": {}})).await.result.expect("the audit log");
    for text in [list.to_string(), audit.to_string(), gateway.log()] {
        assert!(!text.contains(PASSWORD) && !text.contains(ANOTHER) && !text.contains("argon2"), "{text}");
    }
    assert!(audit.to_string().contains("add olga"), "{audit}");
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let gateway = Gateway::start().await;
    let mut ada = admin(&gateway).await;
    ada.ask(add("root", Role::Admin)).await.expect("added");
    for command in [disable("root"), role("root", Role::Operator)] {
        assert_eq!(ada.ask(command).await.expect_err("the last one").code, ErrorCode::Conflict);
    }
    let output = gateway.folder().run(&["account", "disable", "root"]).await;
    assert!(!output.status.success(), "neither on the command line");
    ada.ask(add("second", Role::Admin)).await.expect("added");
    ada.ask(role("root", Role::Operator)).await.expect("there is another one");
    assert_eq!(ada.ask(disable("second")).await.expect_err("the last one").code, ErrorCode::Conflict);
    assert_eq!(ada.ask(disable("nobody")).await.expect_err("unknown").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_changed_role_takes_effect_on_an_open_connection() {
    let gateway = Gateway::start().await;
    let mut ada = admin(&gateway).await;
    ada.ask(add("root", Role::Admin)).await.expect("added");
    ada.ask(add("olga", Role::Admin)).await.expect("added");
    let mut olga = signed_in(&gateway, "olga").await;
    olga.ask(of_admins()).await.expect("an admin may");
    ada.ask(role("olga", Role::Viewer)).await.expect("demoted");
    assert_eq!(olga.ask(of_admins()).await.expect_err("no admin any more").code, ErrorCode::Forbidden);
    olga.ask(Command::Policy(NoArgs {})).await.expect("a viewer may look");
    ada.ask(role("olga", Role::Admin)).await.expect("promoted");
    olga.ask(of_admins()).await.expect("an admin may again");
}

#[tokio::test]
async fn who_is_demoted_looks_at_no_events_any_more() {
    let gateway = Gateway::start().await;
    let (mut ada, mut ann) = (admin(&gateway).await, gateway.web(7, "ann").await);
    ada.ask(add("olga", Role::Operator)).await.expect("added");
    let mut olga = signed_in(&gateway, "olga").await;
    olga.subscribe(&[Kind::RoomJoined], None).await;
    olga.ask(Command::Trace(TraceArgs::default().into())).await.expect("an operator may look");
    let seen = |what: &Happening| match what {
        Happening::RoomJoined { room, .. } => Some(room.to_string()),
        Happening::Trace { .. } => Some("a trace".to_owned()),
        _ => None,
    };
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    assert_eq!((olga.entry(seen).await, olga.entry(seen).await), ("lobby".into(), "a trace".into()));
    ada.ask(role("olga", Role::Viewer)).await.expect("demoted");
    for room in ["cellar", "attic"] {
        ann.ask("room:join", json!({"roomId": room})).await;
        assert_eq!(olga.entry(seen).await, room, "of what others see");
    }
    assert_eq!(
        olga.ask(Command::Trace(TraceArgs::default().into())).await.expect_err("a viewer").code,
        ErrorCode::Forbidden
    );
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_everywhere() {
    let gateway = Gateway::start().await;
    let mut ada = admin(&gateway).await;
    ada.ask(add("olga", Role::Operator)).await.expect("added");
    ada.ask(add("omar", Role::Operator)).await.expect("added");
    let (mut olga, mut omar) = (signed_in(&gateway, "olga").await, signed_in(&gateway, "omar").await);
    let preview = ada.preview(disable("olga")).await.expect("a preview");
    assert_eq!(preview["sockets"], 1, "{preview}");
    ada.ask(disable("olga")).await.expect("disabled");
    assert_eq!(olga.client().expect("kicked").await["reason"], "the account was disabled");
    olga.client().closed().await;

    let output = gateway.folder().run(&["account", "disable", "omar"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let refused = omar.ask(Command::Policy(NoArgs {})).await.expect_err("disabled");
    assert_eq!(refused.code, ErrorCode::Forbidden, "on the command line too");
    omar.client().expect("kicked").await;
}

#[tokio::test]
async fn an_account_has_a_sensible_name_and_password() {
    let gateway = Gateway::start().await;
    let mut ada = admin(&gateway).await;
    for (name, password) in [("", PASSWORD), ("with space", PASSWORD), ("local", PASSWORD), ("olga", "short")] {
        let args = AccountsArgs::Add { name: name.into(), role: Role::Viewer, password: password.to_owned().into() };
        assert_eq!(ada.ask(accounts(args)).await.expect_err(name).code, ErrorCode::InvalidPayload, "{name}");
    }
    let mut olga = Operator::new(gateway.join("/admin", &Token::operator("olga", Role::Operator)).await);
    for command in [accounts(AccountsArgs::List), add("eve", Role::Admin)] {
        assert_eq!(olga.ask(command).await.expect_err("forbidden").code, ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn five_failed_logins_a_minute_close_the_door_for_that_account_from_that_address() {
    let gateway = Gateway::with("proxy.trusted = [\"127.0.0.1\"]").await;
    gateway.add_account("olga", Role::Operator, PASSWORD).await;
    gateway.add_account("omar", Role::Operator, PASSWORD).await;
    let from = async |address: &str, name: &str, password: &str| {
        let request = gateway.request(reqwest::Method::POST, "/api/v1/auth/login");
        let request = request.header("x-forwarded-for", address).json(&json!({"name": name, "password": password}));
        let answer = request.send().await.expect("an answer");
        let wait = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse::<u64>().ok());
        (answer.status().as_u16(), wait)
    };
    for _ in 0..5 {
        assert_eq!(from("192.0.2.1", "olga", "wrong password").await, (401, None));
    }
    let (status, wait) = from("192.0.2.1", "olga", PASSWORD).await;
    assert_eq!(status, 429, "even the right password has to wait");
    assert!(wait.is_some_and(|wait| (1..=60).contains(&wait)), "{wait:?}");
    assert_eq!(from("192.0.2.2", "olga", PASSWORD).await.0, 200, "another address");
    assert_eq!(from("192.0.2.1", "omar", PASSWORD).await.0, 200, "another account");
    // Whoever has a whole network of IPv6 has one address here.
    for host in 1..=5 {
        assert_eq!(from(&format!("2001:db8::{host}"), "olga", "wrong password").await.0, 401);
    }
    eventually("the network to be held up", || async {
        (from("2001:db8::99", "olga", PASSWORD).await.0 == 429).then_some(())
    })
    .await;
}
