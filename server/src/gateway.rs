//! The gateway, assembled: what everything else is given, and the tasks that keep time.

mod rounds;

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use parking_lot::Mutex;
use signalbox_protocol::feed::{Happening, Node};
use signalbox_protocol::{ConnectionId, Epoch, Namespace, NodeId, Timestamp, UserId};
use socketioxide::{ParserConfig, SocketIo};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::auth::revocations::Proof;
use crate::auth::tokens::{Claims, TokenError, Tokens};
use crate::auth::{ApiKeys, Bans, Revocations};
use crate::config::Config;
use crate::drain::Doors;
use crate::feed::Tracers;
use crate::hub::{Counters, Floor, Load, Measured, Meter, Outcomes, Place, Reach, Rooms, Session, Tallies};
use crate::limits::{Allowances, Policy};
use crate::mailbox::Mailbox;
use crate::namespaces::{self, Followers, OnlineUsers, Roster};
use crate::pipeline::{Member, Words};
use crate::publish::{self, Publisher};
use crate::recall::Recalled;
use crate::store::{Message, Receipt, Store, StoreError};
use crate::transport::{self, Links, Strangers, Tickets};

pub use rounds::Rounds;

/// Places for what waits for a client: a packet takes one, and one more for each 128 bytes, so that it is half a MiB at most.
/// A full buffer drops what comes next; the write deadline ends who does not read.
const BUFFERED_PACKETS: usize = 4096;
/// Read at once from a WebSocket; larger messages take several turns.
const READ_BUFFER: usize = 4096;

/// A running gateway. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Inner>);

/// What there is once in a gateway.
#[derive(Debug)]
pub struct Inner {
    /// The configuration.
    pub config: Arc<Config>,
    /// What is durable.
    pub store: Store,
    /// Verifies tokens.
    pub tokens: Tokens,
    /// Who may not come in.
    pub bans: Bans,
    /// Tokens that are good no more.
    pub revocations: Revocations,
    /// Held by whoever changes what both the store and the memory hold: one after the other, so that the two agree.
    pub changes: tokio::sync::Mutex<()>,
    /// What backends bear.
    pub api_keys: ApiKeys,
    /// Who is waited for.
    pub mailbox: Mailbox,
    /// What backends have it send.
    pub publisher: Publisher,
    /// This process among several.
    pub node: NodeId,
    /// When it started.
    pub started_at: Timestamp,
    /// The way out.
    pub reach: Reach,
    /// The rooms with somebody in them.
    pub rooms: Rooms,
    /// Who has joined the chat.
    pub roster: Roster,
    /// The way to those who tell followers.
    pub followers: Followers,
    /// The figures.
    pub counters: Arc<Counters>,
    /// How events ended.
    pub outcomes: Outcomes,
    /// Events by name and by user.
    pub tallies: Tallies,
    /// The Engine.IO sessions.
    pub links: Arc<Links>,
    /// Who waits at the door.
    pub strangers: Strangers,
    /// What polling clients show in place of their session's id.
    pub tickets: Tickets,
    /// How many of which event.
    pub policy: Policy,
    /// How many there have been.
    pub allowances: Allowances,
    /// Words that are refused.
    pub words: Words,
    /// The host, measured.
    pub measured: Measured,
    /// The host over the last hour.
    pub load: Load,
    /// Who looks at single events.
    pub tracers: Tracers,
    /// Whether anybody is let in.
    pub(crate) doors: Doors,
    floor: Mutex<Floor>,
    /// Rung when the feed has grown and somebody listens.
    bell: Notify,
    listeners: AtomicU32,
    /// Rung when somebody came or went.
    people: Notify,
    clock: Instant,
    namespaces: [Namespace; Place::ALL.len()],
    /// When to look at whose token.
    expiries: Mutex<BTreeSet<(Timestamp, ConnectionId)>>,
    router: Mutex<Router>,
}

impl Deref for Gateway {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Gateway {
    /// Assembles a gateway with what its store remembers, and starts what keeps its time.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn open(config: impl Into<Arc<Config>>, store: Store, tokens: Tokens) -> Result<Self, StoreError> {
        let recalled = Recalled::load(&store, Timestamp::now()).await?;
        let gateway = Self::assemble(config.into(), store, tokens, recalled);
        publish::start(&gateway);
        Ok(gateway)
    }

    fn assemble(config: Arc<Config>, store: Store, tokens: Tokens, recalled: Recalled) -> Self {
        let Recalled { api_keys, bans, revocations, policy, mailbox, publisher } = recalled;
        let node = config.node.clone();
        let epoch = Epoch::from(format!("{:016x}", rand::random::<u64>()));
        let counters = Arc::new(Counters::default());
        let names = |place| namespaces::events(place).iter().map(|known| known.name).collect();
        let policy = Policy::new(&config.limits, policy, Place::ALL.map(|place| (place.as_str(), names(place))));
        let (followers, teller) = Followers::new();
        let gateway = Self(Arc::new(Inner {
            words: Words::new(&config.content.words),
            store,
            tokens,
            changes: tokio::sync::Mutex::default(),
            api_keys,
            bans,
            mailbox,
            publisher,
            revocations,
            started_at: Timestamp::now(),
            reach: Reach::new(counters.clone()),
            rooms: Rooms::default(),
            roster: Roster::default(),
            followers,
            counters,
            outcomes: Outcomes::new(|place| namespaces::events(place).len()),
            tallies: Tallies::default(),
            links: Arc::default(),
            strangers: Strangers::default(),
            tickets: Tickets::default(),
            policy,
            allowances: Allowances::default(),
            measured: Measured::default(),
            load: Load::default(),
            floor: Mutex::new(Floor::new(epoch, node.clone(), config.alerts.thresholds())),
            bell: Notify::new(),
            listeners: AtomicU32::new(0),
            people: Notify::new(),
            doors: Doors::default(),
            tracers: Tracers::default(),
            clock: Instant::now(),
            namespaces: Place::ALL.map(Place::namespace),
            expiries: Mutex::default(),
            router: Mutex::default(),
            node,
            config,
        }));
        let (engine, io) = library(&gateway.config);
        namespaces::open(&io, &gateway);
        gateway.reach.connect(io);
        let (links, strangers, tickets) = (gateway.links.clone(), gateway.strangers.clone(), gateway.tickets.clone());
        *gateway.router.lock() = transport::router(engine, links, strangers, tickets, &gateway.config);
        gateway.keep_time();
        tokio::spawn(teller.work(gateway.clone()));
        gateway
    }

    /// The routes of Socket.IO. They expect to be served by [`transport::serve`], which knows each request's stream.
    pub fn router(&self) -> Router {
        self.router.lock().clone()
    }

    /// Looks at or changes the floor. The lock is held for as long as that takes, so it must be short.
    pub fn on_floor<R>(&self, act: impl FnOnce(&mut Floor) -> R) -> R {
        let mut floor = self.floor.lock();
        let before = floor.feed.seq();
        let result = act(&mut floor);
        let grown = floor.feed.seq() != before;
        drop(floor);
        if grown && self.is_watched() {
            self.bell.notify_waiters();
        }
        result
    }

    /// Whether somebody has subscribed to the feed.
    pub fn is_watched(&self) -> bool {
        self.listeners.load(Ordering::Relaxed) > 0
    }

    /// Somebody has subscribed to the feed.
    pub fn watched(&self) {
        self.listeners.fetch_add(1, Ordering::Relaxed);
    }

    /// A subscription has ended, of the user's socket in that namespace.
    pub fn unsubscribed(&self, place: Place, user: &UserId) {
        self.listeners.fetch_sub(1, Ordering::Relaxed);
        self.reach.unsubscribe(place, user);
    }

    /// The operator looks at single events no more. False where that was so already.
    pub fn trace_no_more(&self, operator: &Member) -> bool {
        operator.look_at(None).inspect(|tracer| self.tracers.stop(tracer)).is_some()
    }

    /// Rung when the feed has grown.
    pub fn bell(&self) -> &Notify {
        &self.bell
    }

    /// Somebody came or went: `/admin` is told how many there are, soon.
    pub fn people_changed(&self) {
        self.people.notify_one();
    }

    /// Milliseconds of a clock that never goes back.
    pub fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What a token says, if it is good and was not revoked. Every door asks here.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn claims(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        let claims = self.tokens.verify(token, now)?;
        if self.revocations.take(&claims.user.id, &Proof::of(&claims)) {
            return Err(TokenError::Revoked);
        }
        Ok(claims)
    }

    /// The namespace's name.
    pub fn namespace(&self, place: Place) -> &Namespace {
        &self.namespaces[place as usize]
    }

    /// The session's tokens run out some time: they are looked after until [`Gateway::expires_no_more`].
    ///
    /// One look for each session: a later one takes the place of an earlier one.
    pub fn expires(&self, session: &Session) {
        let mut expiries = self.expiries.lock();
        expiries.remove(&(session.next_look(), session.id.clone()));
        if let Some(due) = session.due() {
            session.look_next(due);
            expiries.insert((due, session.id.clone()));
        }
    }

    /// The session has ended. A token may be good for years longer.
    pub fn expires_no_more(&self, session: &Session) {
        self.expiries.lock().remove(&(session.next_look(), session.id.clone()));
    }

    /// Sessions whose token is looked after.
    pub fn expiring(&self) -> usize {
        self.expiries.lock().len()
    }

    /// Puts a message into the history. It waits for a place in the store's queue and for no disk: what it gives is the
    /// receipt, which comes when the message is stored. Deliver first, and answer with [`Caller::tell_when`] or
    /// [`Caller::succeed_when`]: they take the acknowledgement along, so that the socket's next event is not held up.
    ///
    /// [`Caller::tell_when`]: crate::pipeline::Caller::tell_when
    /// [`Caller::succeed_when`]: crate::pipeline::Caller::succeed_when
    pub async fn keep(&self, message: Message) -> Receipt<()> {
        self.store.keep(message).await
    }

    /// This node, measured.
    pub fn status(&self) -> Node {
        Node {
            id: self.node.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            started_at: self.started_at,
            cpu: self.measured.cpu(),
            memory: self.measured.memory(),
            rss: self.measured.rss(),
            connections: self.on_floor(|floor| floor.presence.connected()),
            drained_since: self.drained_since(),
        }
    }

    fn keep_time(&self) {
        tokio::spawn(rounds::every_second(self.clone()));
        let gateway = self.clone();
        tokio::spawn(async move { gateway.measure().await });
        let gateway = self.clone();
        tokio::spawn(async move { gateway.tell_people().await });
    }

    /// Measures the host every 5 s. `node.status` is only made while somebody looks.
    async fn measure(&self) {
        let Some(mut meter) = tokio::task::spawn_blocking(Meter::new).await.ok().flatten() else { return };
        let mut turns = ticks(Duration::from_secs(5));
        loop {
            let gateway = self.clone();
            let measured = tokio::task::spawn_blocking(move || {
                meter.measure(&gateway.measured);
                meter
            });
            match measured.await {
                Ok(used) => {
                    meter = used;
                    self.load.add(self.measured.cpu(), self.measured.memory(), Timestamp::now());
                }
                Err(error) => {
                    tracing::error!(%error, "the host is not measured any more");
                    return;
                }
            }
            if self.is_watched() {
                let status = self.status();
                self.on_floor(|floor| floor.note(Timestamp::now(), Happening::NodeStatus { status }));
            }
            turns.tick().await;
        }
    }

    /// Tells `/admin` how many there are after somebody came or went, at most once a second.
    async fn tell_people(&self) {
        loop {
            self.people.notified().await;
            OnlineUsers::announce(self);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

type Engine = socketioxide::service::SocketIoService<engineioxide::service::NotFoundService>;

fn library(config: &Config) -> (Engine, SocketIo) {
    let transport = &config.transport;
    let max_message = transport.max_message as usize;
    let parser = ParserConfig::common()
        .max_incoming_binaries(transport.max_attachments as usize)
        .max_incoming_binary_buf_size(max_message);
    SocketIo::builder()
        .with_parser(parser)
        .ping_interval(transport.ping_interval)
        .ping_timeout(transport.ping_timeout)
        .upgrade_timeout(transport.upgrade_timeout)
        .connect_timeout(transport.connect_timeout)
        .max_payload(u64::from(transport.max_message))
        .ws_max_message_size(max_message)
        .ws_max_frame_size(max_message)
        .ws_read_buffer_size(READ_BUFFER)
        .max_buffer_size(BUFFERED_PACKETS)
        .build_svc()
}
