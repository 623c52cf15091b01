//! The link against a small Socket.IO server of its own: what it does when things go well, and when they do not.

mod garbage;
mod renewal;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use signalbox_protocol::admin::{NoArgs, Request, RoomsArgs, StatsArgs};
use signalbox_protocol::feed::{Connection, Happening, LimitEpisode, Position, Subscribe, User};
use signalbox_protocol::ipc::FailureCode;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::address::Address;
use crate::credentials::AccessToken;
use crate::fleet::tests::connection;
use crate::tail::episode;

/// Impatient, but not so much that a busy machine is taken for a silent gateway.
pub(crate) const QUICK: Pace = Pace {
    heartbeat: Duration::from_millis(50),
    watchdog: Duration::from_secs(3),
    answer: Duration::from_millis(500),
    steady: Duration::from_secs(2),
};

/// What the small server does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Kind,
    /// Says this at the door.
    Refuses(&'static str),
    /// Takes no token the first time, and is busy from then on.
    Wavers,
    /// Says that the token runs out soon.
    Expires,
    /// Lets in, and never says anything.
    Mute,
    /// Kicks whoever subscribes.
    Kicks(&'static str),
    /// Loses connections of the feed after the first entry.
    Gappy,
    /// Ends the connection soon after the first snapshot, whoever comes.
    Slams,
    /// Sends this as the second of three entries.
    Babbles(Babble),
    /// Sends a batch of which nothing can be made, to whoever has read on from somewhere.
    Drivels,
    /// Sends a snapshot of which nothing can be made.
    Raves,
    /// Answers everything that it is asked with rubbish.
    Mumbles,
    /// Says of everything too much, in the snapshot and in its answers.
    Drones,
    /// Has these alerts open, and lets nobody resume.
    Alarmed(&'static [u64]),
    /// Lives so many milliseconds ahead of everybody else: somebody idle for ten minutes, and a limit that was just hit.
    Ahead(i64),
}

/// An entry that is none, or one that is out of proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Babble {
    Nothing,
    WrongTypes,
    NewKind,
    TenMegabytes,
}

impl Babble {
    fn entry(self, epoch: &str, seq: u64) -> Value {
        let mut entry = online(epoch, seq);
        match self {
            Self::Nothing => return Value::Null,
            Self::WrongTypes => (entry["kind"], entry["alert"]) = ("warning".into(), "disk".into()),
            Self::NewKind => entry["kind"] = "moon.rose".into(),
            Self::TenMegabytes => entry["user"]["username"] = "x".repeat(10_000_000).into(),
        }
        entry
    }
}

/// A gateway as far as a link can tell.
pub(crate) struct Gateway {
    pub(crate) address: Address,
    subscriptions: Arc<parking_lot::Mutex<Vec<Subscribe>>>,
    attempts: Arc<AtomicU32>,
    /// The tokens that it was shown in place of those that run out.
    refreshed: watch::Sender<Vec<String>>,
    end: CancellationToken,
    task: JoinHandle<()>,
}

impl Gateway {
    pub(crate) async fn start(manner: Manner, epoch: &'static str, port: u16) -> Self {
        Self::with(manner, epoch, port, axum::Router::new()).await
    }

    /// One with an HTTP interface.
    async fn with(manner: Manner, epoch: &'static str, port: u16, router: axum::Router) -> Self {
        let (layer, io) = SocketIo::new_layer();
        let subscriptions: Arc<parking_lot::Mutex<Vec<Subscribe>>> = Arc::default();
        let attempts = Arc::new(AtomicU32::new(0));
        let refreshed = watch::Sender::default();
        let (seen, counted, shown) = (Arc::clone(&subscriptions), Arc::clone(&attempts), refreshed.clone());
        let door = move |socket: SocketRef| async move {
            match (manner, counted.fetch_add(1, Ordering::SeqCst)) {
                (Manner::Refuses(message), _) => return Err(Refusal(message)),
                (Manner::Wavers, 0) => return Err(Refusal("invalid credentials")),
                (Manner::Wavers, _) => return Err(Refusal("server busy")),
                _ => {}
            }
            socket.on("auth:refresh", async move |Data(token): Data<Value>| {
                shown.send_modify(|shown: &mut Vec<String>| shown.push(token["token"].as_str().unwrap().to_owned()));
            });
            let seen = Arc::clone(&seen);
            socket.on("feed:subscribe", async move |socket: SocketRef, Data(subscribe): Data<Subscribe>| {
                seen.lock().push(subscribe.clone());
                subscribed(&socket, &subscribe, manner, epoch).await;
            });
            let beats = Arc::new(AtomicU32::new(0));
            socket.on("admin:request", async move |socket: SocketRef, Data(request): Data<Request>| {
                let beat = beats.fetch_add(1, Ordering::SeqCst);
                match manner {
                    Manner::Slams | Manner::Drivels if beat == 3 => socket.disconnect().unwrap(),
                    Manner::Mute => {}
                    Manner::Mumbles => mumble(&socket, &request),
                    Manner::Drones => drone(&socket, &request),
                    Manner::Ahead(ms) => answer(&socket, &request, Some(there(ms))),
                    _ => answer(&socket, &request, None),
                }
            });
            Ok(())
        };
        io.ns("/admin", (|| async {}).with(door));
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let end = CancellationToken::new();
        let router = router.layer(layer);
        let cancelled = end.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                served = axum::serve(listener, router).into_future() => served.unwrap(),
                () = cancelled.cancelled() => io.close().await,
            }
        });
        Self { address, subscriptions, attempts, refreshed, end, task }
    }

    fn port(&self) -> u16 {
        self.address.as_str().rsplit(':').next().unwrap().parse().unwrap()
    }

    pub(crate) async fn stop(self) -> u16 {
        let port = self.port();
        self.end.cancel();
        self.task.await.unwrap();
        port
    }
}

#[derive(Debug)]
struct Refusal(&'static str);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refusal {}

async fn subscribed(socket: &SocketRef, subscribe: &Subscribe, manner: Manner, epoch: &str) {
    let send = |event: &'static str, payload: Value| socket.emit(event, &payload).unwrap();
    match manner {
        Manner::Mute | Manner::Refuses(_) | Manner::Wavers => {}
        Manner::Expires => send("auth:expiring", json!({"expiresAt": there(60_000)})),
        Manner::Kicks(code) => {
            send("kicked", json!({"code": code, "reason": "by ann"}));
            socket.clone().disconnect().unwrap();
        }
        Manner::Drones => {
            let rooms = json!([{"namespace": "/web", "socket": "s", "rooms": ["x".repeat(10_000_000)]}]);
            let mut connections = json!([connection("c1", 7), connection("c2", 8)]);
            connections[0]["user"]["username"] = "x".repeat(1_000_000).into();
            connections[1]["namespaces"] = rooms;
            let page = json!({"epoch": epoch, "seq": 10, "recovered": false, "page": 0, "last": true,
                              "connections": connections});
            send("feed:snapshot", page);
        }
        Manner::Alarmed(open) => {
            let alert = |id: &u64| {
                json!({"id": id, "kind": "warning", "level": "high", "message": "disk", "data": null,
                       "since": Timestamp(0), "node": "gw"})
            };
            let alerts: Vec<Value> = open.iter().map(alert).collect();
            let page =
                json!({"epoch": epoch, "seq": 10, "recovered": false, "page": 0, "last": true, "alerts": alerts});
            send("feed:snapshot", page);
        }
        Manner::Raves => send("feed:snapshot", json!({"epoch": epoch, "seq": "ten", "page": 0})),
        Manner::Drivels if subscribe.after.is_some() => send("feed:batch", json!({"epoch": epoch, "entries": 5})),
        Manner::Ahead(ms) => {
            let idle_since = there(ms - 600_000);
            let idle =
                Connection { idle: true, online_at: idle_since, last_activity: idle_since, ..connection("c1", 7) };
            let state =
                json!({"epoch": epoch, "seq": 10, "recovered": false, "page": 0, "last": true, "connections": [idle]});
            send("feed:snapshot", state);
            let hit = LimitEpisode { since: there(ms), last: there(ms), ..episode(1, 7, 3) };
            let hit = json!({"epoch": epoch, "seq": 11, "at": there(ms), "node": "gw", "kind": "limit.episode",
                             "episode": hit});
            send("feed:batch", json!({"epoch": epoch, "entries": [hit], "dropped": {}}));
        }
        Manner::Kind | Manner::Gappy | Manner::Slams | Manner::Babbles(_) | Manner::Drivels | Manner::Mumbles => {
            let recovered = subscribe.after.as_ref().is_some_and(|after| after.epoch.as_str() == epoch);
            let seq = 10;
            let snapshot = json!({"epoch": epoch, "seq": seq, "recovered": recovered, "page": 0, "last": true});
            send("feed:snapshot", snapshot);
            let after = subscribe.after.as_ref().filter(|_| recovered).map_or(seq, |after| after.seq);
            let entries = match manner {
                Manner::Gappy => vec![online(epoch, after + 5)],
                Manner::Babbles(babble) => {
                    vec![online(epoch, after + 1), babble.entry(epoch, after + 2), online(epoch, after + 3)]
                }
                _ => vec![online(epoch, after + 1)],
            };
            send("feed:batch", json!({"epoch": epoch, "entries": entries, "dropped": {}}));
        }
    }
}

fn online(epoch: &str, seq: u64) -> Value {
    json!({
        "epoch": epoch, "seq": seq, "at": "2026-03-01T12:00:00.000Z", "node": "gw",
        "kind": "user.online", "user": {"id": 7, "username": "ann"},
    })
}

fn there(ahead_ms: i64) -> Timestamp {
    Timestamp(Timestamp::now().as_millis() + ahead_ms)
}

fn answer(socket: &SocketRef, request: &Request, at: Option<Timestamp>) {
    let stats = Stats { at, ..Stats::default() };
    let response = match &request.command {
        Command::Stats(_) => json!({"id": request.id, "ok": true, "result": stats}),
        Command::Notify(_) => return,
        _ => json!({"id": request.id, "ok": false, "error": {"code": "forbidden", "message": "not you"}}),
    };
    socket.emit("admin:response", &response).unwrap();
}

fn mumble(socket: &SocketRef, request: &Request) {
    let response = match &request.command {
        Command::Stats(_) => json!({"id": request.id, "ok": true, "result": {"onlineUsers": "many"}}),
        Command::Policy(_) => json!({"id": request.id, "ok": true, "result": {"entries": "none"}}),
        _ => json!({"id": request.id, "ok": "perhaps"}),
    };
    socket.emit("admin:response", &response).unwrap();
}

fn drone(socket: &SocketRef, request: &Request) {
    // A gateway's own queue for a connection holds no more.
    let too_much = "x".repeat(200_000);
    let result = match &request.command {
        Command::Stats(_) => serde_json::to_value(Stats::default()).unwrap(),
        Command::Rooms(_) => {
            let row = |room: &str| json!({"namespace": "/web", "room": room, "members": 1});
            json!({"items": [row("lobby"), row(&too_much)], "nextCursor": null})
        }
        _ => json!({ "fingerprint": too_much }),
    };
    socket.emit("admin:response", &json!({"id": request.id, "ok": true, "result": result})).unwrap();
}

/// A token that any gateway of a test takes.
pub(crate) fn credentials() -> Credentials {
    let claims = json!({"sub": "op:ann", "username": "ann", "roles": ["operator"], "exp": 4_000_000_000_u64});
    let key = jsonwebtoken::EncodingKey::from_secret(b"k");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    Credentials::Given(AccessToken::read(&token).unwrap_or_else(|error| panic!("{error}")))
}

struct Listener {
    link: Link,
    signals: mpsc::Receiver<Signal>,
}

impl Listener {
    fn open(gateway: &Gateway) -> Self {
        Self::with(gateway.address.clone(), credentials())
    }

    fn with(address: Address, credentials: Credentials) -> Self {
        let (link, signals) = Link::open(address.into(), credentials, QUICK);
        Self { link, signals }
    }

    /// The first signal that this makes something of.
    async fn hear<T>(&mut self, mut pick: impl FnMut(Signal) -> Option<T>) -> T {
        let heard = async {
            while let Some(signal) = self.signals.recv().await {
                if let Some(found) = pick(signal) {
                    return found;
                }
            }
            panic!("the link ended without it");
        };
        timeout(Duration::from_secs(20), heard).await.expect("in time")
    }

    async fn waiting(&mut self) -> Waiting {
        self.hear(|signal| if let Signal::Waiting(waiting) = signal { Some(waiting) } else { None }).await
    }

    async fn signed_out(&mut self) -> Reason {
        self.hear(|signal| if let Signal::SignedOut(reason) = signal { Some(reason.unwrap()) } else { None }).await
    }

    async fn entries(&mut self) -> (Vec<u64>, u64) {
        self.hear(|signal| match signal {
            Signal::Entries { entries, missed, .. } => Some((entries.iter().map(|entry| entry.seq).collect(), missed)),
            _ => None,
        })
        .await
    }

    async fn ask(&mut self, command: Command) -> Failure {
        self.answer(command).await.unwrap_err()
    }

    async fn answer(&mut self, command: Command) -> Result<Value, Failure> {
        let (answer, answered) = oneshot::channel();
        self.link.order(Order::Ask(Ask { command, run: Run::Real, answer }));
        answered.await.unwrap()
    }

    async fn missed(&mut self) -> u64 {
        self.hear(|signal| if let Signal::Missed(missed) = signal { Some(missed) } else { None }).await
    }
}

#[tokio::test]
async fn the_feed_comes_in_order_and_heartbeats_are_answered() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    let operator =
        listener.hear(|signal| if let Signal::Joined(operator) = signal { Some(operator) } else { None }).await;
    assert_eq!(operator.name, "ann");
    let seq = listener.hear(|signal| if let Signal::Snapshot(page) = signal { Some(page.seq) } else { None }).await;
    assert_eq!(seq, 10);
    let first = listener
        .hear(|signal| if let Signal::Entries { entries, .. } = signal { entries.into_iter().next() } else { None });
    let ann = User { id: 7.into(), username: "ann".into() };
    assert_eq!(first.await.what, Happening::UserOnline { user: ann });
    listener.hear(|signal| matches!(signal, Signal::Stats { .. }).then_some(())).await;
    listener.link.close().await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_that_is_killed_is_waited_for_and_resumed_where_the_feed_was() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    assert_eq!(listener.entries().await, (vec![11], 0));
    let port = gateway.stop().await;
    let waiting = listener.waiting().await;
    assert_eq!(waiting.attempt, 1);
    assert!(waiting.retry_at > waiting.since);

    let gateway = Gateway::start(Manner::Kind, "e1", port).await;
    listener.link.order(Order::RetryNow);
    let recovered =
        listener.hear(|signal| if let Signal::Snapshot(page) = signal { Some(page.recovered) } else { None });
    assert!(recovered.await);
    assert_eq!(listener.entries().await, (vec![12], 0));
    let after = gateway.subscriptions.lock()[0].after.clone();
    assert_eq!(after, Some(Position { epoch: "e1".into(), seq: 11 }));

    let port = gateway.stop().await;
    listener.waiting().await;
    let gateway = Gateway::start(Manner::Kind, "e2", port).await;
    listener.link.order(Order::RetryNow);
    let page = listener.hear(|signal| if let Signal::Snapshot(page) = signal { Some(page) } else { None }).await;
    assert_eq!((page.recovered, page.epoch.as_str()), (false, "e2"), "another run begins with a snapshot");
    assert_eq!(listener.entries().await, (vec![11], 0));
    gateway.stop().await;
}

#[tokio::test]
async fn a_refused_token_ends_the_link_with_the_reason() {
    for (message, cause) in [
        ("invalid credentials", Reason::InvalidCredentials),
        ("insufficient permission", Reason::NotPermitted),
        ("account disabled", Reason::AccountDisabled),
        ("banned", Reason::Banned),
        ("Invalid namespace", Reason::said("Invalid namespace")),
    ] {
        let gateway = Gateway::start(Manner::Refuses(message), "e1", 0).await;
        let mut listener = Listener::open(&gateway);
        assert_eq!(listener.signed_out().await, cause);
        assert!(listener.signals.recv().await.is_none(), "it does not try again");
        assert_eq!(gateway.attempts.load(Ordering::SeqCst), 1, "{message}");
        gateway.stop().await;
    }
}

#[tokio::test]
async fn credentials_that_can_renew_are_tried_once_more() {
    let gateway = Gateway::start(Manner::Refuses("invalid credentials"), "e1", 0).await;
    let secret = crate::credentials::LocalSecret::new(&"s".repeat(64));
    let mut listener = Listener::with(gateway.address.clone(), Credentials::Local(secret));
    assert_eq!(listener.signed_out().await, Reason::InvalidCredentials);
    assert_eq!(gateway.attempts.load(Ordering::SeqCst), 2);
    gateway.stop().await;
}

#[tokio::test]
async fn a_busy_gateway_is_tried_again_later() {
    let gateway = Gateway::start(Manner::Refuses("server busy"), "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    assert_eq!(listener.waiting().await.reason, Reason::ServerBusy);
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_given_up() {
    let gateway = Gateway::start(Manner::Mute, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    assert_eq!(listener.waiting().await.reason, Reason::NoSignOfLife { seconds: QUICK.watchdog.as_secs() as u32 });
    gateway.stop().await;
}

#[tokio::test]
async fn who_is_kicked_by_an_operator_does_not_come_back_but_who_is_drained_does() {
    let gateway = Gateway::start(Manner::Kicks("kicked"), "e1", 0).await;
    assert_eq!(Listener::open(&gateway).signed_out().await, Reason::said("by ann"));
    gateway.stop().await;
    let gateway = Gateway::start(Manner::Kicks("drain"), "e1", 0).await;
    assert_eq!(Listener::open(&gateway).waiting().await.reason, Reason::said("by ann"));
    gateway.stop().await;
}

#[tokio::test]
async fn a_gap_in_the_feed_is_counted_and_read_anew() {
    let gateway = Gateway::start(Manner::Gappy, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    assert_eq!(listener.entries().await, (vec![15], 4));
    listener.hear(|signal| matches!(signal, Signal::Snapshot(_)).then_some(())).await;
    let after: Vec<_> = gateway.subscriptions.lock().iter().take(2).map(|it| it.after.clone()).collect();
    assert_eq!(after, [None, None]);
    listener.link.close().await;
    gateway.stop().await;
}

#[tokio::test]
async fn nobody_at_the_address_is_told_with_the_cause() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let address: Address = format!("127.0.0.1:{port}").parse().unwrap();
    let mut listener = Listener::with(address, credentials());
    let waiting = listener.waiting().await;
    assert!(waiting.reason.to_string().contains("refused"), "{}", waiting.reason);
    let failure = listener.ask(Command::Stats(StatsArgs::default())).await;
    assert_eq!(failure.code, FailureCode::NotConnected);
}

#[tokio::test]
async fn a_command_is_answered_refused_or_given_up() {
    let gateway = Gateway::start(Manner::Kind, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    listener.entries().await;
    let disconnect = json!({"command": "disconnect", "args": {"target": {"users": [7]}, "reason": "x"}});
    let failure = listener.ask(serde_json::from_value(disconnect).unwrap()).await;
    assert_eq!(
        (failure.code, failure.reason),
        (FailureCode::Forbidden, Reason::GatewaySaid { text: "not you".into() })
    );

    // The signals have to be taken while the answer does not come.
    let notify = json!({"command": "notify", "args": {"target": "all", "type": "info", "title": "t", "message": "m"}});
    let (answer, answered) = oneshot::channel();
    let command = serde_json::from_value(notify).unwrap();
    listener.link.order(Order::Ask(Ask { command, run: Run::Real, answer }));
    let silent = listener.hear(|_| None::<()>);
    tokio::select! {
        () = silent => {}
        failure = answered => assert_eq!(failure.unwrap().unwrap_err().code, FailureCode::NoAnswer),
    }
    gateway.stop().await;
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_costs_itself_and_not_the_link() {
    for (babble, read, missed, anew) in [
        (Babble::Nothing, vec![11, 13], 1, true),
        (Babble::WrongTypes, vec![11, 13], 1, false),
        (Babble::NewKind, vec![11, 12, 13], 0, false),
        (Babble::TenMegabytes, vec![11, 12, 13], 0, false),
    ] {
        let gateway = Gateway::start(Manner::Babbles(babble), "e1", 0).await;
        let mut listener = Listener::open(&gateway);
        assert_eq!(listener.entries().await, (read, missed), "{babble:?}");
        // The heartbeats go on, so the connection does; what may have told who is there is read anew, and not each time.
        for _ in 0..3 {
            listener.hear(|signal| matches!(signal, Signal::Stats { .. }).then_some(())).await;
        }
        assert_eq!(gateway.attempts.load(Ordering::SeqCst), 1, "{babble:?}");
        assert_eq!(gateway.subscriptions.lock().len(), 1 + usize::from(anew), "{babble:?}");
        listener.link.close().await;
        gateway.stop().await;
    }
}

#[tokio::test]
async fn a_frame_of_which_nothing_can_be_made_is_not_asked_for_again() {
    let gateway = Gateway::start(Manner::Drivels, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    for attempt in 1..=3 {
        let waiting = listener.waiting().await;
        assert_eq!(waiting.attempt, attempt, "to have been live for a moment is no success");
        assert_eq!(matches!(waiting.reason, Reason::UnreadableMessage { .. }), attempt == 2, "{}", waiting.reason);
        listener.link.order(Order::RetryNow);
    }
    let after: Vec<_> = gateway.subscriptions.lock().iter().take(3).map(|it| it.after.is_some()).collect();
    assert_eq!(after, [false, true, false]);
    gateway.stop().await;

    let gateway = Gateway::start(Manner::Raves, "e1", 0).await;
    let reason = Listener::open(&gateway).waiting().await.reason;
    assert!(matches!(&reason, Reason::UnreadableMessage { event, .. } if event == "feed:snapshot"), "{reason}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_that_breaks_wherever_it_is_resumed_is_read_anew() {
    let gateway = Gateway::start(Manner::Slams, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    for attempt in 1..=4 {
        assert_eq!(listener.waiting().await.attempt, attempt);
        listener.link.order(Order::RetryNow);
    }
    let after: Vec<_> = gateway.subscriptions.lock().iter().take(4).map(|it| it.after.is_some()).collect();
    assert_eq!(after, [false, true, true, false]);
    gateway.stop().await;
}

#[tokio::test]
async fn figures_and_answers_that_cannot_be_read_are_told_as_unknown() {
    let gateway = Gateway::start(Manner::Mumbles, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    listener.hear(|signal| matches!(signal, Signal::Stats { stats: None, .. }).then_some(())).await;
    let disconnect = json!({"command": "disconnect", "args": {"target": {"users": [7]}, "reason": "x"}});
    let failure = listener.ask(serde_json::from_value(disconnect).unwrap()).await;
    assert_eq!(failure.reason, Reason::UnreadableAnswer);
    assert_eq!(gateway.attempts.load(Ordering::SeqCst), 1);
    listener.link.close().await;
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_too_long_is_cut_or_left_out_and_the_link_goes_on() {
    let gateway = Gateway::start(Manner::Drones, "e1", 0).await;
    let mut listener = Listener::open(&gateway);
    assert_eq!(listener.missed().await, 1);
    let page = listener.hear(|signal| if let Signal::Snapshot(page) = signal { Some(page) } else { None }).await;
    let names: Vec<_> = page.connections.iter().map(|it| (it.id.as_str(), it.user.username.chars().count())).collect();
    assert_eq!(names, [("c1", crate::cut::LABEL)], "whose room has no end is left out");

    let rooms = listener.answer(Command::Rooms(RoomsArgs::default())).await.unwrap();
    assert_eq!(rooms.pointer("/items/0/room"), Some(&json!("lobby")));
    assert_eq!(rooms["items"].as_array().unwrap().len(), 1);
    let left_out = listener.hear(|signal| match signal {
        Signal::LeftOut(left_out) => Some(left_out),
        Signal::Missed(_) => panic!("the feed has no gap"),
        _ => None,
    });
    assert_eq!(left_out.await, 1);
    let preview = listener.ask(Command::Policy(NoArgs {})).await;
    assert_eq!(preview.reason, Reason::UnreadableAnswer, "a fingerprint is acted upon, and never cut");
    listener.hear(|signal| matches!(signal, Signal::Stats { stats: Some(_), .. }).then_some(())).await;
    assert_eq!(gateway.attempts.load(Ordering::SeqCst), 1);
    listener.link.close().await;
    gateway.stop().await;
}
