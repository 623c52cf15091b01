//! Every command that acts: a dry run changes nothing, and what cannot be written down is not done.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::{Command, Manner, Request, Role};
use signalbox_protocol::feed::{AlertKind, Level};
use signalbox_server::store::AuditFilter;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor};

use crate::running::{Running, until};
use crate::socket::Socket;

/// The commands that only look. Any other is to be in [`acts`].
const LOOKS: [&str; 14] = [
    "alerts",
    "audit",
    "bans",
    "configuration",
    "connection",
    "history",
    "nodes",
    "notification",
    "policy",
    "room",
    "rooms",
    "snapshot",
    "stats",
    "user",
];

/// A gateway with something to act upon: an admin with a subscription, a user in a room, an account that works and one that
/// does not, a key, three bans, an alert.
struct Scene {
    running: Running,
    ada: Socket,
    ann: Socket,
    key: String,
    /// When the users who are banned were.
    banned: Value,
}

impl Scene {
    async fn set() -> Self {
        let running = Running::start().await;
        let mut ada = Socket::join(running.address, "/admin", &running.token("op:ada", Some(Role::Admin))).await;
        let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
        ann.emit("/web", "room:join", &json!({"roomId": "cellar"})).await;
        ann.event("/web", "room:joined").await;
        ada.emit("/admin", "feed:subscribe", &json!({"kinds": ["warning"]})).await;
        ada.event("/admin", "feed:snapshot").await;
        let gateway = &running.gateway;
        let now = Timestamp::now();
        gateway.on_floor(|floor| floor.alert(AlertKind::Warning, Level::Low, "disk".into(), None, now));
        for name in ["zoe", "dora"] {
            gateway.store.add_account(name, Role::Admin, "a hash", now).await.expect("an account");
        }
        gateway.store.disable_account("dora", now).await.expect("a disabled account");
        let mut scene = Self { running, ada, ann, key: String::new(), banned: Value::Null };
        let create = json!({"action": "create", "name": "shop", "scopes": ["publish"]});
        let made = scene.ask("api-keys", &create, Run::Real).await;
        scene.key = made["result"]["id"].as_str().expect("a key's id").to_owned();
        for target in [json!({"address": "198.51.100.0/24"}), json!({"users": [9, 10]})] {
            let done = scene.ask("ban", &json!({"target": target, "reason": "r"}), Run::Real).await;
            assert_eq!(done["ok"], true, "{done}");
            scene.banned = done["result"]["at"].clone();
        }
        scene
    }

    /// What can be done here.
    fn acts(&self) -> Vec<(&'static str, Value)> {
        acts(&self.key, &self.banned)
    }

    /// Carries `args` out with a preview's fingerprint.
    async fn ask_as_shown(&mut self, command: &str, args: &Value, fingerprint: &Value) -> Value {
        let mut args = args.clone();
        args["fingerprint"] = fingerprint.clone();
        self.ask(command, &args, Run::Real).await
    }

    async fn ask(&mut self, command: &str, args: &Value, run: Run) -> Value {
        let request = json!({"id": command, "command": command, "args": args, "dryRun": run == Run::Dry});
        self.ada.emit("/admin", "admin:request", &request).await;
        let response = self.ada.event("/admin", "admin:response").await;
        assert_eq!(response["id"], command);
        response
    }

    /// All that a command could have changed.
    async fn state(&mut self) -> Vec<Value> {
        let mut state = Vec::new();
        for (command, args) in [
            ("accounts", json!({"action": "list"})),
            ("api-keys", json!({"action": "list"})),
            ("alerts", json!({})),
            ("bans", json!({})),
            ("policy", json!({})),
            ("rooms", json!({})),
            ("history", json!({"of": "notifications"})),
            ("history", json!({"of": {"user": 7}})),
        ] {
            state.push(self.ask(command, &args, Run::Real).await["result"].clone());
        }
        let gateway = &self.running.gateway;
        let zoe = gateway.store.account_with_password("zoe").await.expect("the store");
        let revocations = gateway.store.revocations(Timestamp(0)).await.expect("the store");
        let followers = gateway.store.followers_of(&[&7.into()]).await.expect("the store");
        state.push(json!(format!("{zoe:?} {revocations:?} {followers:?}")));
        state.push(json!([gateway.drained_since(), gateway.tracers.are_on(), self.running.connected()]));
        state
    }

    /// Had the user been told or sent anything, it would stand before the answer to her ping.
    async fn has_left_ann_alone(&mut self) {
        self.ann.send("42/web,1[\"ping\"]").await;
        assert_eq!(self.ann.next().await.as_deref(), Some("43/web,1[\"pong\"]"));
    }

    async fn audited(&self) -> usize {
        self.running.gateway.store.audit_log(&AuditFilter::default(), 100).await.expect("the log").len()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Dry,
    Real,
}

/// Every command that acts, in each of its manners.
fn acts(key: &str, banned: &Value) -> Vec<(&'static str, Value)> {
    let user = json!({"users": [7]});
    vec![
        ("message", json!({"user": 7, "namespace": "/web", "message": "hello"})),
        ("message", json!({"users": [7, 8], "namespace": "/web", "message": "hello"})),
        ("notify", json!({"target": user, "type": "info", "title": "t", "message": "m"})),
        ("join-room", json!({"who": {"user": 7}, "namespace": "/web", "room": "lobby"})),
        ("join-room", json!({"who": {"users": [7, 8]}, "namespace": "/web", "room": "lobby"})),
        ("leave-room", json!({"who": {"user": 7}, "namespace": "/web", "room": "cellar"})),
        ("leave-room", json!({"who": {"users": [7, 8]}, "namespace": "/web", "room": "cellar"})),
        ("close-room", json!({"namespace": "/web", "room": "cellar"})),
        ("disconnect", json!({"target": user, "reason": "r"})),
        ("disconnect", json!({"target": {"filter": {"namespace": "/web"}}, "reason": "r"})),
        ("ban", json!({"target": {"user": 7}, "reason": "r"})),
        ("ban", json!({"target": {"users": [7, 8]}, "reason": "r"})),
        ("ban", json!({"target": {"address": "203.0.113.0/24"}, "reason": "r"})),
        ("undo-ban", json!({"target": {"users": [9, 10]}, "at": banned})),
        ("unban", json!({"target": {"user": 9}})),
        ("unban", json!({"target": {"address": "198.51.100.0/24"}})),
        ("set-policy", json!({"namespace": "/web", "event": "room:join", "limit": 3})),
        ("revoke-tokens", json!({"target": {"user": 7}})),
        ("revoke-tokens", json!({"target": {"jti": "x"}})),
        ("accounts", json!({"action": "add", "name": "eve", "role": "viewer", "password": "correct horse"})),
        ("accounts", json!({"action": "role", "name": "zoe", "role": "viewer"})),
        ("accounts", json!({"action": "disable", "name": "zoe"})),
        ("accounts", json!({"action": "enable", "name": "dora"})),
        ("accounts", json!({"action": "password", "name": "zoe", "password": "correct horse"})),
        ("api-keys", json!({"action": "create", "name": "till", "scopes": ["publish"]})),
        ("api-keys", json!({"action": "revoke", "id": key})),
        ("acknowledge-alert", json!({"id": 1})),
        ("silence-alert", json!({"id": 1, "until": "2999-01-01T00:00:00Z"})),
        ("trace", json!({})),
        ("drain", json!({"over": 0})),
        ("resume", json!({})),
    ]
}

#[test]
fn every_command_either_looks_or_acts() {
    let acts = [acts("k", &json!("2026-01-01T00:00:00.000Z")), vec![("trace-stop", json!({}))]].concat();
    for (command, args) in &acts {
        let request = json!({"id": "1", "command": command, "args": args});
        let request: Request = serde_json::from_value(request).expect(command);
        assert_eq!(request.command.manner(), Manner::Acts, "{command}");
    }
    let named: BTreeSet<_> = acts.iter().map(|(command, _)| *command).chain(LOOKS).collect();
    assert_eq!(named, Command::NAMES.iter().copied().collect());
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let mut scene = Scene::set().await;
    let (before, audited) = (scene.state().await, scene.audited().await);
    for (command, args) in scene.acts() {
        let preview = scene.ask(command, &args, Run::Dry).await;
        let result = &preview["result"];
        assert!(result["users"].is_u64() && result["sample"].is_array(), "{command} {args}: {preview}");
        assert!(result["fingerprint"].is_string(), "{command} {args}: {preview}");
        assert_eq!(scene.state().await, before, "{command} {args}");
    }
    scene.has_left_ann_alone().await;
    // What ends something needs something to end. A drained node sends the only user away.
    for (begin, end, left) in [("trace", "trace-stop", (2, 1)), ("drain", "resume", (1, 0))] {
        assert_eq!(scene.ask(begin, &json!({}), Run::Real).await["ok"], true, "{begin}");
        let running = &scene.running;
        until("who is sent away to be gone", || (running.connected(), running.gateway.rooms.count()) == left).await;
        let begun = scene.state().await;
        let preview = scene.ask(end, &json!({}), Run::Dry).await;
        assert!(preview["result"]["fingerprint"].is_string(), "{end}: {preview}");
        assert_eq!(scene.state().await, begun, "{end}");
        assert_eq!(scene.ask(end, &json!({}), Run::Real).await["ok"], true, "{end}");
        assert_ne!(scene.state().await, begun, "{end}");
    }
    assert_eq!(scene.audited().await, audited + 4, "what was done was written down, and nothing else");
}

fn is_stale(response: &Value) -> bool {
    response["error"]["message"].as_str().is_some_and(|message| message.contains("look again"))
}

#[tokio::test]
async fn who_was_not_shown_is_not_touched() {
    let mut scene = Scene::set().await;
    let (before, audited) = (scene.state().await, scene.audited().await);
    let acts = [scene.acts(), vec![("trace-stop", json!({}))]].concat();
    for (command, args) in &acts {
        let response = scene.ask_as_shown(command, args, &json!("stale")).await;
        assert!(response["error"]["code"] == "conflict" && is_stale(&response), "{command} {args}: {response}");
    }
    assert_eq!((scene.state().await, scene.audited().await), (before, audited));
    scene.has_left_ann_alone().await;
    for (command, args) in &acts {
        let preview = scene.ask(command, args, Run::Dry).await;
        let response = scene.ask_as_shown(command, args, &preview["result"]["fingerprint"]).await;
        // An earlier one of them may have sent away who was there, or left a last admin.
        assert!(!is_stale(&response), "{command} {args}: {response}");
    }
    assert_ne!(scene.audited().await, audited, "what was shown can be done");
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_done() {
    let mut scene = Scene::set().await;
    let file = SqliteConnectOptions::new().filename(scene.running.gateway.config.data_dir.join("signalbox.db"));
    let mut store = file.connect().await.expect("the store's file");
    let before = scene.state().await;
    store.execute("ALTER TABLE audit RENAME TO audit_away").await.expect("no audit log any more");

    for (command, args) in scene.acts() {
        let response = scene.ask(command, &args, Run::Real).await;
        assert_eq!(response["error"]["code"], "internal", "{command} {args}: {response}");
        assert!(!response.to_string().contains("audit"), "the cause is in the log alone: {response}");
        assert_eq!(scene.state().await, before, "{command} {args}");
    }
    let bearer = scene.running.token("op:olga", Some(Role::Operator));
    let reason = json!({"reason": "r"});
    for (method, path, body) in [
        (Method::PUT, "/api/v1/bans/users/7", &reason),
        (Method::DELETE, "/api/v1/bans/users/9", &Value::Null),
        (Method::PUT, "/api/v1/bans/addresses/203.0.113.0%2F24", &reason),
        (Method::DELETE, "/api/v1/bans/addresses/198.51.100.0%2F24", &Value::Null),
        (Method::DELETE, "/api/v1/users/7/connections", &Value::Null),
        (Method::PUT, "/api/v1/users/7/followers", &json!({"followers": [8]})),
        (Method::POST, "/api/v1/publish", &json!({"messages": [{"namespace": "/web", "to": "all", "event": "tick"}]})),
        (Method::POST, "/api/v1/events", &json!({"type": "user.deleted", "payload": {"userId": 7}})),
    ] {
        let (status, problem) = scene.running.call(method.clone(), path, &bearer, body).await;
        assert_eq!(status, 500, "{method} {path}: {problem}");
        assert!(!problem.to_string().contains("audit"), "{method} {path}: {problem}");
        assert_eq!(scene.state().await, before, "{method} {path}");
    }

    store.execute("ALTER TABLE audit_away RENAME TO audit").await.expect("the audit log again");
    assert_eq!(scene.ask("trace", &json!({}), Run::Real).await["ok"], true);
    let tracing = scene.state().await;
    store.execute("ALTER TABLE audit RENAME TO audit_away").await.expect("no audit log any more");
    assert_eq!(scene.ask("trace-stop", &json!({}), Run::Real).await["error"]["code"], "internal");
    assert_eq!(scene.state().await, tracing, "trace-stop");
    scene.has_left_ann_alone().await;
}
