//! The gateway's rounds, made by hand: what is due in which second, and what each minute held.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_server::config;
use signalbox_server::gateway::Rounds;

use crate::running::{Running, until};
use crate::socket::Socket;
use crate::upkeep::ghost;

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../../tests/support/keys/", $name))
    };
}

/// A ping, and the events that came before its answer.
async fn heard(socket: &mut Socket, namespace: &str) -> Vec<String> {
    socket.send(format!("42{namespace},1[\"ping\"]")).await;
    let mut before = Vec::new();
    loop {
        match socket.next().await.expect("an open connection") {
            text if text == format!("43{namespace},1[\"pong\"]") => return before,
            text => before.push(text),
        }
    }
}

fn tells(heard: &[String], event: &str) -> usize {
    heard.iter().filter(|text| text.contains(&format!("[\"{event}\""))).count()
}

#[tokio::test]
async fn a_client_is_warned_half_a_minute_before_its_token_runs_out() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let expires_at = gateway.on_floor(|floor| floor.presence.sessions_of(&7.into())[0].expires_at());
    let expires_at = expires_at.expect("ann is in a namespace");
    let mut rounds = Rounds::default();
    for (before_ms, warnings) in [(3_000_000, 0), (30_001, 0), (30_000, 1), (29_000, 0), (1, 0)] {
        rounds.turn(gateway, Timestamp(expires_at.0 - before_ms));
        assert_eq!(tells(&heard(&mut ann, "/web").await, "auth:expiring"), warnings, "{before_ms} ms before");
    }
    rounds.turn(gateway, expires_at);
    assert_eq!(ann.event("/web", "kicked").await["code"], "token_expired");
    ann.closed().await;
}

#[tokio::test]
async fn operators_are_told_the_figures_every_half_minute() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    let mut ada = Socket::join(running.address, "/admin", &running.token("op:ada", Some(Role::Viewer))).await;
    // That somebody came is told at once, and the second time that somebody did a second later.
    ada.event("/admin", "stats:online-users").await;
    let mut rounds = Rounds::default();
    for turn in 1..=60 {
        rounds.turn(gateway, Timestamp::now());
        let told = heard(&mut ada, "/admin").await;
        let due = usize::from(turn % 30 == 0);
        assert_eq!(tells(&told, "system:status"), due, "second {turn}: {told:?}");
        assert!(tells(&told, "stats:online-users") >= due, "second {turn}: {told:?}");
    }
}

#[tokio::test]
async fn the_sweep_is_made_every_five_minutes() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    ghost(&running, 7);
    let mut rounds = Rounds::default();
    for turn in 1..=600 {
        rounds.turn(gateway, Timestamp::now());
        // The first sweep suspects, the second removes.
        assert_eq!(running.connected(), u32::from(turn < 600), "second {turn}");
    }
}

#[tokio::test]
async fn an_issuers_new_keys_are_taken_while_the_gateway_runs() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let publish = |public: &str, kid: &str| {
        let key = DecodingKey::from_ed_pem(public.as_bytes()).expect("a public key");
        let mut jwk = json!(Jwk::from_decoding_key(&key, Some(Algorithm::EdDSA)).expect("a key"));
        jwk["kid"] = json!(kid);
        std::fs::write(file.path(), json!({"keys": [jwk]}).to_string()).expect("a writable file");
    };
    publish(key!("issuer.ed25519.pub.pem"), "old");
    let running = Running::with(|config| {
        config.auth.algorithm = config::Algorithm::EdDsa;
        config.auth.jwks = Some(file.path().into());
    })
    .await;
    let private = EncodingKey::from_ed_pem(key!("issuer.ed25519.pem").as_bytes()).expect("a private key");
    let signed = |kid: &str| {
        let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::EdDSA) };
        let claims = json!({"sub": "7", "exp": Timestamp::now().0 / 1000 + 3_600});
        jsonwebtoken::encode(&header, &claims, &private).expect("a token")
    };
    let good = |kid: &str| running.gateway.claims(&signed(kid), Timestamp::now()).is_ok();
    assert!(good("old") && !good("new-one"));

    publish(key!("issuer.ed25519.pub.pem"), "new-one");
    let mut rounds = Rounds::default();
    for _ in 0..10 {
        rounds.turn(&running.gateway, Timestamp::now());
    }
    until("the new key to be known", || good("new-one") && !good("old")).await;
}

fn sum(minutes: &Value, of: impl Fn(&Value) -> Option<u64>) -> u64 {
    minutes.as_array().expect("minutes").iter().map(|minute| of(minute).expect("a figure")).sum()
}

#[tokio::test]
async fn each_minute_holds_what_came_and_went_and_which_events_were_sent_by_whom() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    let mut ada = Socket::join(running.address, "/admin", &running.token("op:ada", Some(Role::Viewer))).await;
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let ben = Socket::join(running.address, "/web", &running.token("8", None)).await;
    for _ in 0..3 {
        heard(&mut ann, "/web").await;
    }
    ann.emit("/web", "no:such:event", &json!({})).await;
    heard(&mut ann, "/web").await;
    drop(ben);
    until("one connection less", || running.connected() == 2).await;
    Rounds::default().turn(gateway, Timestamp(Timestamp::now().0 + 60_000));

    let ask = async |ada: &mut Socket, command: &str, args: Value| {
        ada.emit("/admin", "admin:request", &json!({"id": command, "command": command, "args": args})).await;
        ada.event("/admin", "admin:response").await["result"].clone()
    };
    let stats = ask(&mut ada, "stats", json!({"history": true})).await;
    let viewer = running.token("op:vera", Some(Role::Viewer));
    let (status, figures) = running.call(Method::GET, "/api/v1/stats", &viewer, &Value::Null).await;
    assert_eq!(status, 200, "{figures}");
    for (asked, minutes, events) in
        [("/admin", &stats["history"], &stats["events"]), ("HTTP", &figures["minutes"], &figures["events"])]
    {
        for (name, count) in [("connects", 3), ("disconnects", 1), ("messagesIn", 5)] {
            assert_eq!(sum(minutes, |minute| minute[name].as_u64()), count, "{asked}: {name} in {minutes}");
        }
        // Twice where the clock has just begun another minute.
        assert!((1..=2).contains(&sum(minutes, |minute| minute["activeUsers"].as_u64())), "{asked}: {minutes}");
        let of = |event: &str| {
            let found = events.as_array().expect("events").iter().find(|row| row["event"] == event);
            let row = found.unwrap_or_else(|| panic!("{asked}: no {event} in {events}"));
            assert_eq!(row["namespace"], "/web", "{asked}");
            sum(&row["minutes"], Value::as_u64)
        };
        assert_eq!((of("ping"), of("*")), (4, 1), "{asked}: {events}");
    }
    let user = ask(&mut ada, "user", json!({"id": 7})).await;
    assert_eq!(sum(&user["minutes"], |minute| minute["events"].as_u64()), 5, "{user}");
    let users = figures["users"].as_array().expect("users");
    assert_eq!(users.iter().map(|user| &user["id"]).collect::<Vec<_>>(), ["7"], "who sent any, operators left out");
    assert_eq!(sum(&users[0]["minutes"], Value::as_u64), 5, "{figures}");
    assert_eq!(users[0]["minutes"].as_array().map(Vec::len), figures["minutes"].as_array().map(Vec::len));
    assert_eq!(figures["moreUsers"], 0);
}
