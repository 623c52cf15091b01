//! The console against an HTTP interface that behaves and misbehaves, and against files that are damaged.

mod sign_ins;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use serde_json::{Value, json};
use signalbox_protocol::ipc::{Call, FailureCode, Keychain, LinkState, Reason, Status};

use super::*;
use crate::desktop::AtLogin;
use crate::link::tests::{Gateway, Manner, credentials};
use crate::profiles::{Left, Profile};

struct Bench {
    console: Console,
    statuses: tokio::sync::watch::Receiver<Option<Status>>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        Self::with(folder, Secrets::session_only("there is no D-Bus"))
    }

    fn with(folder: tempfile::TempDir, secrets: Secrets) -> Self {
        let options = ConsoleOptions { paths: Paths::below(folder.path()), secrets };
        let console = Console::assemble(options, None, Pace::default()).unwrap();
        let (sender, statuses) = tokio::sync::watch::channel(None);
        let sink = move |update| {
            if let ViewUpdate::Status(status) = update {
                sender.send_replace(Some(status));
            }
        };
        console.open_view(ViewId(1), ViewQuery::Status, sink).unwrap();
        Self { console, statuses, folder }
    }

    /// Ends the console and begins another one with the same files.
    async fn restart(self) -> Self {
        self.console.close().await;
        Self::in_folder(self.folder)
    }

    /// The link of the only gateway, as it is first shown.
    async fn first_link(&mut self) -> LinkState {
        self.until(|status| status.gateways.len() == 1).await.gateways[0].link.clone()
    }

    async fn call(&self, call: Value) -> Result<Value, Failure> {
        self.console.call(serde_json::from_value(call).unwrap()).await
    }

    async fn add(&self, url: &str) -> Result<Value, Failure> {
        self.call(json!({"call": "addGateway", "args": {"url": url, "name": "", "production": false}})).await
    }

    async fn until(&mut self, wanted: impl Fn(&Status) -> bool) -> Status {
        let found = self.statuses.wait_for(|status| status.as_ref().is_some_and(&wanted));
        let status = tokio::time::timeout(Duration::from_secs(20), found).await.expect("in time").unwrap();
        status.clone().unwrap()
    }
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// The certificate of [`serve_securely`], as the file of an authority.
fn authority() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/self-signed.pem")
}

/// The server behind a certificate that nobody has signed but itself.
async fn serve_securely(router: axum::Router) -> String {
    let certificate = include_bytes!("../../testdata/self-signed.pem");
    let key = include_bytes!("../../testdata/self-signed.key.pem");
    let identity = native_tls::Identity::from_pkcs8(certificate, key).unwrap();
    let acceptor = tokio_native_tls::TlsAcceptor::from(native_tls::TlsAcceptor::new(identity).unwrap());
    let inner = serve(router).await.replace("http://", "");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, inner) = (acceptor.clone(), inner.clone());
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await?;
                let mut inside = tokio::net::TcpStream::connect(inner).await?;
                tokio::io::copy_bidirectional(&mut outside, &mut inside).await?;
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            });
        }
    });
    url
}

fn gateway() -> axum::Router {
    let health = get(|| async { Json(json!({"status": "ok", "service": "signalbox", "version": "9.9", "node": "n"})) });
    let login = post(|Json(form): Json<Value>| async move {
        let problem = |status: u16, detail: &str| {
            Json(json!({"type": "about:blank", "title": "No", "status": status, "detail": detail}))
        };
        match form["password"].as_str().unwrap() {
            "slow down" => {
                Err((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "42")], problem(429, "Too many attempts.")))
            }
            _ => Err((StatusCode::UNAUTHORIZED, [(header::RETRY_AFTER, "0")], problem(401, "Wrong name or password."))),
        }
        .map(|()| StatusCode::OK)
    });
    axum::Router::new().route("/healthz", health).route("/api/v1/auth/login", login)
}

#[tokio::test]
async fn whether_a_gateway_takes_clients_is_what_it_answers_a_load_balancer() {
    let bench = Bench::new();
    for (status, said) in [(StatusCode::OK, "ready"), (StatusCode::SERVICE_UNAVAILABLE, "notReady")] {
        let url = serve(gateway().route("/readyz", get(move || async move { status }))).await;
        let reached = bench.add(&url).await.unwrap();
        let asked = json!({"call": "readiness", "args": {"profile": reached["profile"]}});
        assert_eq!(bench.call(asked).await, Ok(json!(said)));
    }
}

#[tokio::test]
async fn a_gateway_is_added_once_and_shown_and_removed() {
    let url = serve(gateway()).await;
    let mut bench = Bench::new();
    let first = bench.add(&url).await.unwrap();
    assert_eq!(first["version"], "9.9");
    let again = bench.add(&format!("{}/", url.trim_start_matches("http://"))).await.unwrap();
    assert_eq!(first["profile"], again["profile"]);
    let status = bench.until(|status| status.gateways.len() == 1).await;
    assert_eq!((status.gateways[0].url.as_str(), &status.gateways[0].link), (url.as_str(), &LinkState::Closed));

    let of = json!({"profile": first["profile"]});
    bench.call(json!({"call": "open", "args": of})).await.unwrap();
    let signed_out = LinkState::SignedOut { reason: None, since: None };
    bench.until(|status| status.gateways.iter().any(|gateway| gateway.link == signed_out)).await;
    bench.call(json!({"call": "remove", "args": of})).await.unwrap();
    bench.until(|status| status.gateways.is_empty()).await;
    let failure = bench.call(json!({"call": "open", "args": of})).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::InvalidArgument);
}

#[tokio::test]
async fn neither_adding_nor_importing_a_gateway_again_takes_a_protection_away() {
    let url = serve(gateway()).await;
    let mut bench = Bench::new();
    let profile = bench.add(&url).await.unwrap()["profile"].clone();
    let edit = |production: bool, safe: bool| {
        json!({"call": "editProfile", "args": {"profile": profile, "name": "eu", "url": url, "colour": "#d9541e",
               "production": production, "safe": safe, "authority": null}})
    };
    bench.call(edit(true, true)).await.unwrap();
    let text = json!({"version": 1, "gateways": [{"name": "eu", "url": url, "colour": "#d9541e"}]}).to_string();
    bench.add(&url).await.unwrap();
    bench.call(json!({"call": "importProfiles", "args": {"file": text.as_bytes()}})).await.unwrap();
    let guarded = bench.console.0.profiles.lock().all()[0].clone();
    assert_eq!((guarded.production, guarded.safe), (true, true));
    bench.call(edit(false, false)).await.unwrap();
    bench.until(|status| status.gateways.iter().any(|gateway| !gateway.production && !gateway.safe)).await;
}

/// The gateway of this machine, which does not run, as a saved one.
fn local() -> Profile {
    Profile {
        id: ProfileId(crate::profiles::LOCAL.to_owned()),
        name: String::new(),
        url: "http://127.0.0.1:9".parse().unwrap(),
        colour: "#4f8ff7".parse().unwrap(),
        production: false,
        safe: false,
        authority: None,
        left: Left::Closed,
    }
}

#[tokio::test]
async fn the_gateway_of_this_machine_has_no_name_but_the_one_that_somebody_types() {
    let mut bench = Bench::new();
    bench.console.0.profiles.lock().put(local()).unwrap();
    bench.console.man(&local());
    for (typed, name) in [("Workbench", "Workbench"), (" ", "")] {
        let args = json!({
            "profile": local().id, "name": typed, "url": "", "colour": "#123456", "production": false, "safe": false,
        });
        bench.call(json!({"call": "editProfile", "args": args})).await.unwrap();
        bench.until(|status| status.gateways.iter().any(|gateway| gateway.local && gateway.name == name)).await;
    }
}

#[tokio::test]
async fn a_local_gateway_that_does_not_run_is_closed_and_asks_for_no_password() {
    let bench = Bench::new();
    let profile = local();
    bench.console.0.profiles.lock().put(profile.clone()).unwrap();
    bench.console.man(&profile);
    bench.call(json!({"call": "open", "args": {"profile": profile.id}})).await.unwrap();
    let watch = bench.console.post(&profile.id).unwrap().watch;
    watch.read(|_| ()).await.unwrap();
    assert_eq!(watch.seen().link, LinkState::Closed);
}

#[tokio::test]
async fn a_link_that_was_open_is_opened_again_at_the_start_and_one_that_was_closed_is_not() {
    let url = serve(gateway()).await;
    let mut bench = Bench::new();
    let of = json!({"profile": bench.add(&url).await.unwrap()["profile"]});
    assert_eq!(bench.first_link().await, LinkState::Closed);
    bench.call(json!({"call": "open", "args": of})).await.unwrap();

    let mut bench = bench.restart().await;
    assert_ne!(bench.first_link().await, LinkState::Closed, "the first thing that is shown is where one was");
    let signed_out = LinkState::SignedOut { reason: None, since: None };
    bench.until(|status| status.gateways.iter().any(|gateway| gateway.link == signed_out)).await;
    bench.call(json!({"call": "close", "args": of})).await.unwrap();

    let mut bench = bench.restart().await;
    assert_eq!(bench.first_link().await, LinkState::Closed);
}

#[tokio::test]
async fn each_way_not_to_reach_a_gateway_says_what_and_what_to_do() {
    // Bound, so that nobody else is given the port, and not listening.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let free = silent.local_addr().unwrap();
    let other = serve(axum::Router::new().route("/", get(|| async { "hello" }))).await;
    let imitation = serve(axum::Router::new().route("/healthz", get(|| async { "{\"status\":\"ok\"}" }))).await;
    let https = serve(gateway()).await.replace("http://", "https://");
    let bench = Bench::new();
    for (url, code) in [
        ("", FailureCode::InvalidUrl),
        ("gopher://host", FailureCode::InvalidUrl),
        ("https://host/admin", FailureCode::InvalidUrl),
        (&free.to_string(), FailureCode::Unreachable),
        ("http://no-such-host.invalid", FailureCode::Unreachable),
        (&other, FailureCode::NotAGateway),
        (&imitation, FailureCode::NotAGateway),
        (&https, FailureCode::Certificate),
        (&serve_securely(gateway()).await, FailureCode::Certificate),
    ] {
        let failure = bench.add(url).await.unwrap_err();
        assert_eq!(failure.code, code, "{url}: {failure:?}");

        assert!(!matches!(failure.reason, Reason::Said { .. }), "{url}: {failure:?}");
    }
}

#[tokio::test]
async fn a_refused_and_a_throttled_sign_in_are_told_apart() {
    let url = serve(gateway()).await;
    let bench = Bench::new();
    let profile = bench.add(&url).await.unwrap()["profile"].clone();
    for (password, code, word) in
        [("wrong", FailureCode::Refused, "SignInRefused"), ("slow down", FailureCode::Throttled, "seconds: 42")]
    {
        let args = json!({"profile": profile, "name": "ann", "password": password, "remember": true});
        let failure = bench.call(json!({"call": "signIn", "args": args})).await.unwrap_err();
        assert_eq!(failure.code, code);
        assert!(format!("{failure:?}").contains(word), "{failure:?}");
    }
    let args = json!({"profile": profile, "token": "no token"});
    let failure = bench.call(json!({"call": "signInWithToken", "args": args})).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
}

#[tokio::test]
async fn a_missing_keychain_and_a_missing_gateway_are_shown_with_the_reason() {
    let mut bench = Bench::new();
    let status = bench.until(|status| status.keychain != Keychain::Ready).await;
    assert!(
        matches!(&status.keychain, Keychain::Missing { reason } if reason.to_string().contains("there is no D-Bus"))
    );
    let failure = bench.call(json!({"call": "startLocal", "args": {"port": 0}})).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::LocalGateway);
    bench.console.close().await;
}

#[tokio::test]
async fn a_damaged_profile_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::below(folder.path());
    std::fs::create_dir_all(paths.profiles().parent().unwrap()).unwrap();
    std::fs::write(paths.profiles(), "{\n\"version\": 1,\n\"profiles\": [,]\n}").unwrap();
    let Err(error) = Console::new(ConsoleOptions { paths, secrets: Secrets::session_only("") }) else {
        panic!("it is damaged")
    };
    assert!(error.to_string().contains("profiles.json, line 3"), "{error}");
}

#[tokio::test]
async fn an_answer_of_another_shape_never_reaches_the_page() {
    let gateway = Gateway::start(Manner::Mumbles, "e1", 0).await;
    let mut bench = Bench::new();
    let url = gateway.address.to_string();
    let text = json!({"version": 1, "gateways": [{"name": "g", "url": url, "colour": "#123456"}]}).to_string();
    bench.call(json!({"call": "importProfiles", "args": {"file": text.as_bytes()}})).await.unwrap();
    let profile = bench.console.0.profiles.lock().all()[0].id.clone();
    let watch = bench.console.post(&profile).unwrap().watch;
    watch.open(gateway.address.clone().into(), credentials(), Occasion::Asked).await;
    bench.until(|status| status.gateways.iter().any(|it| matches!(it.link, LinkState::Live { .. }))).await;

    let policy = json!({"call": "policy", "args": {"profile": profile, "args": {}}});
    assert_eq!(bench.call(policy).await.unwrap_err().reason, Reason::UnreadableAnswer);
    watch.close().await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_view_of_an_unknown_gateway_is_refused_and_closing_an_unknown_view_is_nothing() {
    let bench = Bench::new();
    let query = json!({"view": "overview", "profile": "nobody"});
    let failure = bench.console.open_view(ViewId(7), serde_json::from_value(query).unwrap(), |_| {}).unwrap_err();
    assert_eq!(failure.code, FailureCode::InvalidArgument);
    bench.console.call(Call::CloseView(ViewId(7))).await.unwrap();
}

#[tokio::test]
async fn a_saved_gateway_is_changed_and_taken_to_another_machine() {
    let url = serve(gateway()).await;
    let bench = Bench::new();
    let profile = bench.add(&url).await.unwrap()["profile"].clone();
    let edit = |colour: &str| {
        json!({"call": "editProfile", "args": {
            "profile": profile, "name": "eu-prod", "url": url, "colour": colour, "production": true, "safe": true,
        }})
    };
    assert_eq!(bench.call(edit("url(x)")).await.unwrap_err().code, FailureCode::InvalidArgument);
    bench.call(edit("#123456")).await.unwrap();
    let text = bench.call(json!({"call": "exportProfiles", "args": null})).await.unwrap();

    let mut other = Bench::new();
    let import = json!({"call": "importProfiles", "args": {"file": text.as_str().unwrap().as_bytes()}});
    assert_eq!(other.call(import.clone()).await.unwrap(), json!({"added": 1, "changed": 0}));
    assert_eq!(other.call(import).await.unwrap(), json!({"added": 0, "changed": 1}), "twice is once");
    let status = other.until(|status| status.gateways.len() == 1).await;
    let found = &status.gateways[0];
    assert_eq!((found.name.as_str(), found.colour.as_str()), ("eu-prod", "#123456"));
    assert!(found.production && found.safe);
}

#[tokio::test]
async fn saved_gateways_go_into_the_file_that_the_dialog_names_and_nowhere_without_one() {
    let url = serve(gateway()).await;
    let bench = Bench::new();
    bench.add(&url).await.unwrap();
    let path = bench.folder.path().join("chosen.json");
    let mut orders = bench.console.orders().unwrap();
    let mut chosen = vec![Some(path.clone()), None].into_iter();
    tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            if let Order::ChooseFile { name, answer, .. } = order {
                assert_eq!(name, "signalbox gateways.json");
                answer.send(chosen.next().unwrap()).unwrap();
            }
        }
    });
    let save = json!({"call": "saveProfiles", "args": null});
    assert_eq!(bench.call(save.clone()).await, Ok(json!(path)));
    let text = bench.call(json!({"call": "exportProfiles", "args": null})).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text.as_str().unwrap());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(bench.call(save).await, Ok(Value::Null));
    assert!(!path.exists());
}

#[tokio::test]
async fn in_safe_mode_nothing_is_changed_and_all_may_be_looked_at() {
    let url = serve(gateway()).await;
    let bench = Bench::new();
    let profile = bench.add(&url).await.unwrap()["profile"].clone();
    let edit = json!({"call": "editProfile", "args": {
        "profile": profile, "name": "", "url": url, "colour": "#123456", "production": false, "safe": true,
    }});
    bench.call(edit).await.unwrap();
    let args = json!({"target": "all", "type": "info", "title": "t", "message": "m"});
    let ask = |call: &str| json!({"call": call, "args": {"profile": profile, "args": args}});
    assert_eq!(bench.call(ask("notify")).await.unwrap_err().code, FailureCode::Forbidden);
    assert_eq!(bench.call(ask("previewNotify")).await.unwrap_err().code, FailureCode::NotConnected);
    let message = json!({ "user": 7, "namespace": "/web", "message": "hello" });
    let room = json!({ "who": { "user": 7 }, "namespace": "/web", "room": "lobby" });
    for (call, args, code) in [
        ("bans", json!({}), FailureCode::NotConnected),
        ("alerts", json!({}), FailureCode::NotConnected),
        ("audit", json!({ "command": "ban" }), FailureCode::NotConnected),
        ("ban", json!({ "target": { "user": 7 }, "reason": "spam" }), FailureCode::Forbidden),
        ("ban", json!({ "target": { "users": [7, 8] }, "reason": "spam" }), FailureCode::Forbidden),
        ("undoBan", json!({ "target": { "users": [7, 8] }, "at": "2026-01-01T00:00:00.000Z" }), FailureCode::Forbidden),
        ("message", json!({ "users": [7, 8], "namespace": "/web", "message": "hello" }), FailureCode::Forbidden),
        (
            "joinRoom",
            json!({ "who": { "users": [7, 8] }, "namespace": "/web", "room": "lobby" }),
            FailureCode::Forbidden,
        ),
        ("unban", json!({ "target": { "user": 7 } }), FailureCode::Forbidden),
        ("previewMessage", message.clone(), FailureCode::NotConnected),
        ("message", message, FailureCode::Forbidden),
        ("previewJoinRoom", room.clone(), FailureCode::NotConnected),
        ("joinRoom", room.clone(), FailureCode::Forbidden),
        ("previewLeaveRoom", room.clone(), FailureCode::NotConnected),
        ("leaveRoom", room, FailureCode::Forbidden),
        ("acknowledgeAlert", json!({ "id": 1 }), FailureCode::Forbidden),
        ("silenceAlert", json!({ "id": 1, "until": "2026-01-01T00:00:00.000Z" }), FailureCode::Forbidden),
    ] {
        let asked = json!({ "call": call, "args": { "profile": profile, "args": args } });
        assert_eq!(bench.call(asked).await.unwrap_err().code, code, "{call}");
    }
}

#[tokio::test]
async fn a_start_at_login_that_cannot_be_arranged_is_not_kept() {
    let bench = Bench::new();
    let mut orders = bench.console.orders().unwrap();
    tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            if let Order::StartAtLogin { answer, .. } = order {
                answer.send(Err("read-only file system".to_owned())).unwrap();
            }
        }
    });
    let call = json!({"call": "savePreferences", "args": {"startAtLogin": true, "theme": "dark"}});
    let failure = bench.call(call).await.unwrap_err();
    assert_eq!(failure.reason, Reason::NoStartAtLogin { error: "read-only file system".into() });
    assert_eq!(bench.console.preferences(), Preferences::default());
}

#[tokio::test]
async fn a_start_at_login_is_shown_as_the_desktop_has_it() {
    let mut bench = Bench::new();
    let mut orders = bench.console.orders().unwrap();
    for found in [AtLogin::Starts, AtLogin::Waits, AtLogin::Waits] {
        bench.console.found_at_login(found);
        bench.until(|status| status.preferences.start_at_login == (found == AtLogin::Starts)).await;
    }
    assert!(orders.try_recv().is_err(), "nothing is asked of it");
    bench.console.found_at_login(AtLogin::Starts);
    assert!(bench.restart().await.console.preferences().start_at_login, "it is kept");
}

/// A door that lets everybody in, and says nothing after that.
fn open_door() -> axum::Router {
    let (layer, io) = socketioxide::SocketIo::new_layer();
    io.ns("/admin", async || {});
    gateway().route("/api/v1/stats", get(|| async { "{}" })).layer(layer)
}

/// With a token of a viewer.
fn sign_in_with_token(profile: &Value) -> Value {
    let claims = json!({"sub": "op:ann", "exp": 4_000_000_000_u64, "roles": ["viewer"]});
    let key = jsonwebtoken::EncodingKey::from_secret(b"k");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    json!({"call": "signInWithToken", "args": {"profile": profile, "token": token}})
}

#[tokio::test]
async fn a_token_that_is_refused_or_reaches_nobody_opens_no_link() {
    let mut bench = Bench::new();
    let refusing = gateway().route("/api/v1/stats", get(|| async { StatusCode::UNAUTHORIZED }));
    let knocked = Arc::new(AtomicBool::new(false));
    let door = Arc::clone(&knocked);
    let url = serve(refusing.fallback(async move || door.store(true, Ordering::Relaxed))).await;
    let profile = bench.add(&url).await.unwrap()["profile"].clone();
    bench.call(json!({"call": "open", "args": {"profile": profile}})).await.unwrap();
    let asks = |status: &Status| {
        status.gateways.first().is_some_and(|gateway| matches!(gateway.link, LinkState::SignedOut { reason: None, .. }))
    };
    bench.until(asks).await;

    let refused = bench.call(sign_in_with_token(&profile)).await.unwrap_err();
    assert_eq!((refused.code, refused.reason), (FailureCode::Refused, Reason::TokenRefused));
    assert!(!knocked.load(Ordering::Relaxed), "whoever signs in still looks at the form");
    bench.until(asks).await;
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_it_is_named_for_http_and_for_the_link() {
    let url = serve_securely(open_door()).await;
    let mut bench = Bench::new();
    let add = |authority: Option<&str>| json!({"call": "addGateway", "args": {"url": url, "name": "", "production": false, "authority": authority}});
    let untrusted = bench.call(add(None)).await.unwrap_err();
    assert_eq!(untrusted.code, FailureCode::Certificate);
    let profile = bench.call(add(Some(authority()))).await.unwrap()["profile"].clone();

    bench.call(sign_in_with_token(&profile)).await.expect("let in");
    let loads = |gateway: &signalbox_protocol::ipc::Gateway| matches!(gateway.link, LinkState::Loading { .. });
    bench.until(|status| status.gateways.iter().any(loads)).await;

    // It is trusted at the next start too, and no more once it is not named.
    let mut bench = bench.restart().await;
    let status = bench.until(|status| status.gateways.len() == 1).await;
    assert_eq!(status.gateways[0].authority.as_deref(), Some(authority()));
    let edit = json!({"call": "editProfile", "args": {
        "profile": profile, "name": "", "url": url, "colour": "#123456", "production": false, "safe": false,
    }});
    bench.call(edit).await.unwrap();
    assert_eq!(bench.call(add(None)).await.unwrap_err().code, FailureCode::Certificate);
}

#[tokio::test]
async fn a_file_that_holds_no_authority_is_refused_with_what_to_do() {
    let bench = Bench::new();
    let other = bench.folder.path().join("other.pem");
    std::fs::write(&other, "no certificate").unwrap();
    let missing = bench.folder.path().join("missing.pem");
    for (file, word) in [
        ("authority.pem", "whole path"),
        (missing.to_str().unwrap(), "cannot be read"),
        (other.to_str().unwrap(), "no certificate"),
    ] {
        let add = json!({"call": "addGateway", "args": {
            "url": "https://127.0.0.1:9", "name": "", "production": false, "authority": file,
        }});
        let failure = bench.call(add).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Certificate, "{file}");
        assert!(failure.reason.to_string().contains(word), "{file}: {failure:?}");
    }
}
