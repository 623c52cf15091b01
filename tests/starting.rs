//! A gateway that cannot run says in one sentence what is wrong and what to do, with a code that programs understand.

use std::collections::HashSet;
use std::process::{Output, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::Role;
use support::{Client, Gateway, Start, Token, eventually, within};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

/// The last line of what was said, which is the sentence.
fn sentence(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.trim().lines().last().unwrap_or_default().to_owned()
}

fn check(output: &Output, code: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    assert!(output.stdout.is_empty(), "nothing is ready");
}

#[tokio::test]
async fn a_configuration_that_cannot_be_is_named_by_its_key() {
    for (config, words) in [
        ("limits.defualt = 5", &["limits.defualt"][..]),
        ("surprise = true", &["surprise"]),
        ("limits.default = \"many\"", &["limits.default"]),
        ("limits.default = -1", &["limits.default"]),
        ("connections.policy = \"shrug\"", &["connections.policy"]),
        ("listen = \"somewhere\"", &["listen"]),
        ("proxy.trusted = [\"10.0.0.0/99\"]", &["proxy.trusted"]),
        ("auth.algorithm = \"RS256\"", &["auth.public_key"]),
        ("auth.algorithm = \"none\"", &["auth.algorithm"]),
        ("limits.events.\"room:message\" = 3", &["limits.events"]),
        ("this is not TOML", &["signalbox.toml"]),
    ] {
        let folder = Start::default().config(config).folder();
        for subcommand in ["serve", "check-config"] {
            check(&folder.run(&[subcommand]).await, 2, words);
        }
    }
}

#[tokio::test]
async fn a_secret_that_is_too_short_is_refused() {
    let folder = Start::default().own_auth().config("auth.jwt_secret = \"short-but-secret\"").folder();
    let output = folder.run(&["serve"]).await;
    check(&output, 2, &["auth.jwt_secret", "32"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("short-but-secret"), "a secret is never shown");
}

#[tokio::test]
async fn a_configuration_that_is_in_order_is_said_to_be() {
    let output = Start::default().config("limits.default = 5").folder().run(&["check-config"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_configuration_file_that_is_not_there_is_named() {
    let folder = Start::default().folder();
    std::fs::remove_file(folder.file("signalbox.toml")).expect("the file can be removed");
    check(&folder.run(&["serve"]).await, 2, &["signalbox.toml"]);
}

#[tokio::test]
async fn the_environment_stands_above_the_file_and_below_the_flags() {
    let folder = Start::default().config("listen = \"not an address\"").folder();
    let mut command = folder.command(&["check-config"]);
    let output = command.env("SIGNALBOX_LISTEN", "127.0.0.1:0").output().await.expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut command = folder.command(&["check-config"]);
    command.env("SIGNALBOX_LISTEN", "127.0.0.1:0").env("SIGNALBOX_LIMITS__DEFAULT", "many");
    check(&command.output().await.expect("the program runs"), 2, &["limits.default"]);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let gateway = Gateway::start().await;
    let address = gateway.address().to_string();
    let output = Start::default().folder().run(&["serve", "--listen", &address]).await;
    check(&output, 3, &["127.0.0.1", &gateway.address().port().to_string(), "--listen"]);
    let mut client = gateway.web(7, "ann").await;
    assert!(client.is_alive().await, "the one that was there goes on");
}

#[tokio::test]
async fn a_damaged_store_is_named_and_left_as_it_is() {
    let folder = Start::default().folder();
    let output = folder
        .run_with_line(&["account", "add", "olga", "--role", "admin", "--password-stdin"], "a long enough password")
        .await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let store = std::fs::read_dir(folder.data())
        .expect("the data folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3")))
        .expect("a store");
    let garbage = b"this was a database once".repeat(1000);
    std::fs::write(&store, &garbage).expect("a writable store");
    let output = folder.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    check(&output, 4, &[store.file_name().and_then(|name| name.to_str()).expect("a name"), "backup"]);
    assert_eq!(std::fs::read(&store).expect("the store is still there"), garbage, "nothing is thrown away");
}

#[tokio::test]
async fn a_large_store_is_opened_at_once_and_damage_that_is_found_later_ends_the_gateway() {
    let mut gateway = Gateway::start().await;
    gateway.web(8, "ben").await.close().await;
    let bearer = Token::operator("backend", Role::Operator).sign();
    eventually("ben to be away", async || {
        (gateway.call(Method::GET, "/api/v1/users/8/connections", &bearer).await.1["items"] == json!([])).then_some(())
    })
    .await;
    for _ in 0..3 {
        let data = json!({"title": "A long one", "message": "x".repeat(200_000)});
        let to_ben = json!({"namespace": "/web", "to": {"users": [8]}, "event": "user:notification", "data": data});
        let (status, answer) = gateway.post("/api/v1/publish", Some(&bearer), &json!({"messages": [to_ben]})).await;
        assert_eq!(status, 202, "{answer}");
    }
    assert!(gateway.terminate().await.success());
    let file = gateway.folder().data().join("signalbox.db");
    let mut bytes = std::fs::read(&file).expect("a store");
    // The chains in which SQLite keeps long values; and more bytes than are looked through before the start, unused.
    let middle = bytes.len() / 2;
    bytes[middle..middle + 50_000].fill(0x5a);
    bytes.resize(33 << 20, 0);
    std::fs::write(&file, &bytes).expect("a writable store");

    let mut gateway = gateway.restart().await;
    assert_eq!(gateway.ended().await.code(), Some(4));
    let log = gateway.log();
    assert!(log.contains("signalbox.db") && log.contains("damaged") && log.contains("backup"), "{log}");
}

#[tokio::test]
async fn what_the_command_line_does_not_know_is_refused() {
    for arguments in
        [&["explode"][..], &["serve", "--surprise"], &["token"], &["account", "add", "olga", "--role", "king"]]
    {
        let output = Start::default().folder().command(arguments).output().await.expect("the program runs");
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!sentence(&output).is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_token_that_the_command_prints_opens_the_gateway() {
    let gateway = Gateway::start().await;
    for (arguments, namespace) in [
        (&["token", "--user", "42", "--name", "alice"][..], "/web"),
        (&["token", "--user", "42", "--name", "alice", "--role", "viewer", "--ttl", "1h"], "/admin"),
    ] {
        let output = gateway.folder().run(arguments).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let token = String::from_utf8(output.stdout).expect("a text");
        assert_eq!(token.trim_end_matches('\n').lines().count(), 1, "the token alone");
        let mut client = Client::open(gateway.dial()).await.expect("a connection");
        client.join(namespace, serde_json::json!({"token": token.trim()})).await.expect("let in");
        assert_eq!(client.expect("connected").await["user"], serde_json::json!({"id": 42, "username": "alice"}));
    }
}

#[tokio::test]
async fn without_a_secret_it_makes_one_that_nobody_else_can_read() {
    let gateway = Start::default().own_auth().start().await;
    let output = gateway.folder().run(&["token", "--user", "42"]).await;
    let token = String::from_utf8(output.stdout).expect("a text");
    assert_eq!(gateway.knock("/web", serde_json::json!({"token": token.trim()})).await, Ok(()));
    #[cfg(unix)]
    for entry in std::fs::read_dir(gateway.folder().data()).expect("the data folder").flatten() {
        use std::os::unix::fs::PermissionsExt;
        let mode = entry.metadata().expect("its metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is open to others", entry.path().display());
    }
}

#[tokio::test]
async fn it_says_goodbye_and_ends_when_it_is_asked_to() {
    let mut gateway = Gateway::start().await;
    let mut clients = Vec::new();
    for id in 0..4 {
        clients.push(gateway.web(id, "ann").await);
    }
    let status = gateway.terminate().await;
    assert_eq!(status.code(), Some(0));
    let mut waits = HashSet::new();
    for client in &mut clients {
        let goodbye = client.expect("system:shutdown").await;
        waits.insert(goodbye["reconnectAfterMs"].as_u64().expect("a time"));
        client.closed().await;
    }
    assert!(waits.len() > 1, "they do not all come back at once: {waits:?}");
}

#[tokio::test]
async fn it_ends_with_the_program_that_handed_it_its_secret() {
    let folder = Start::default().own_auth().folder();
    let mut command = folder.command(&["serve", "--listen", "127.0.0.1:0", "--secret-stdin"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    stdin.write_all(format!("{}\n", support::token::SECRET).as_bytes()).await.expect("it reads");
    let mut lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
    let ready = within("the ready line", lines.next_line()).await.expect("a line").expect("a line");
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!(ready["event"], "ready");
    assert!(ready["node"].is_string() && ready["version"].is_string(), "{ready}");
    let address = ready["addr"].as_str().and_then(|text| text.parse().ok()).expect("an address");
    let mut client = Client::open(support::Dial::new(address)).await.expect("a connection");
    let token = support::Token::user(7).sign();
    client.join("/web", serde_json::json!({"token": token})).await.expect("the secret from standard input verifies it");

    drop(stdin);
    let status = within("its end", child.wait()).await.expect("it can be waited for");
    assert_eq!(status.code(), Some(0));
    let mut log = String::new();
    child.stderr.take().expect("standard error is piped").read_to_string(&mut log).await.expect("a text");
    assert!(!log.contains(support::token::SECRET), "{log}");
}

#[tokio::test]
async fn it_says_that_it_is_well() {
    let gateway = Gateway::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = gateway.request(reqwest::Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await.expect("a text");
        if path == "/healthz" {
            let health: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!((&health["status"], &health["service"]), (&"ok".into(), &"signalbox".into()), "{health}");
        }
    }
}
