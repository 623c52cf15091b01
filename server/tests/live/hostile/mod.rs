//! Random and mutated packets, bodies and payloads, on every namespace and both transports. Whatever is sent, the process
//! lives, a bystander loses nothing, no answer tells a cause, and in the end nothing is left.
//!
//! `FUZZ_SECONDS` says how long (3 by default; the build machine says 60), `FUZZ_SEED` repeats a run. They do not begin like
//! the gateway's own variables, which are keys of its configuration. A visit that has once broken something goes into
//! `regressions.jsonl`, and is paid first every time.

mod generate;
mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use signalbox_protocol::admin::Role;
use signalbox_server::hub::Place;
use tokio::task::JoinSet;

use crate::running::{Running, until};
use crate::socket::Socket;
use visit::{Visit, pay};

const REGRESSIONS: &str = include_str!("regressions.jsonl");

/// Visits that are paid at once.
const AT_ONCE: usize = 16;
/// Few, so that they meet.
const USERS: u64 = 7;
/// Every visit has one by then: heartbeats and the time to join are far shorter.
const AN_END: Duration = Duration::from_secs(15);
/// The feed's ring and the library's own tables take their place at first; what grows beyond it grows without an end.
const MAY_GROW: u64 = 160 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_harms_nobody_and_leaves_nothing_behind() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("FUZZ_SEED").unwrap_or_else(rand::random);
    let until_then = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS").unwrap_or(3));
    println!("FUZZ_SEED={seed}");

    let panics = count_panics();
    let running = Arc::new(
        Running::with(|config| {
            config.connections.per_user = 10_000;
            config.transport.connect_timeout = Duration::from_secs(3);
            config.auth.query_token_namespaces = Place::ALL.map(|place| place.as_str().into()).into();
        })
        .await,
    );
    let mut bystander = Bystander::new(&running).await;
    for line in REGRESSIONS.lines() {
        let visit: Visit = serde_json::from_str(line).expect("a visit");
        bystander.check_beside(&running, std::iter::once(visit)).await;
    }
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = generate::visit();
    let mut next = || strategy.new_tree(&mut runner).expect("a visit").current();
    // The first ones are there to have everything taken its place.
    let mut visits = bystander.check_beside(&running, std::iter::repeat_with(&mut next).take(AT_ONCE)).await;
    let before = memory();
    let in_time = std::iter::repeat_with(next).take_while(|_| Instant::now() < until_then);
    visits += bystander.check_beside(&running, in_time).await;
    println!("{visits} visits");
    assert_eq!(panics.load(Ordering::SeqCst), 0, "something panicked");
    check_nothing_is_left(&running, 2).await;
    if let (Some(before), Some(after)) = (before, memory()) {
        assert!(after < before + MAY_GROW, "{before} bytes after the first visits, {after} in the end");
    }
}

/// Somebody who is there all the time, and somebody who writes to them.
struct Bystander {
    socket: Socket,
    friend: Socket,
    written: u64,
}

impl Bystander {
    /// Ids that no visit comes upon.
    const IDS: [i64; 2] = [700_000_001, 700_000_002];

    async fn new(running: &Running) -> Self {
        let [socket, friend] = Self::IDS.map(|id| {
            let token = running.token(&id.to_string(), None);
            let address = running.address;
            async move { Socket::join(address, "/web", &token).await }
        });
        Self { socket: socket.await, friend: friend.await, written: 0 }
    }

    /// Pays the visits, several at once, and meanwhile reads every message of the friend. Gives how many they were.
    async fn check_beside(&mut self, running: &Arc<Running>, visits: impl Iterator<Item = Visit>) -> u64 {
        let (mut visits, mut paid, mut begun) = (visits.fuse(), JoinSet::new(), 0);
        loop {
            while paid.len() < AT_ONCE
                && let Some(visit) = visits.next()
            {
                paid.spawn(see_through(running.clone(), visit, begun % USERS));
                begun += 1;
            }
            self.write_and_read().await;
            while let Some(result) = paid.try_join_next() {
                if let Err(why) = result.map_err(|panic| panic.to_string()).flatten() {
                    panic!("{why}");
                }
            }
            if paid.is_empty() {
                return begun;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn write_and_read(&mut self) {
        self.written += 1;
        let message = json!({"toUserId": Self::IDS[0], "message": self.written.to_string()});
        self.friend.emit("/web", "private:message", &message).await;
        self.friend.event("/web", "message:sent").await;
        let read = self.socket.event("/web", "private:message").await;
        assert_eq!(read["message"], self.written.to_string(), "a bystander loses nothing");
        self.socket.send("42/web,1[\"ping\"]").await;
        self.socket.expect("43/web,1").await;
    }
}

/// Pays a visit as one of the users, to its end.
async fn see_through(running: Arc<Running>, visit: Visit, user: u64) -> Result<(), String> {
    let token = running.token(&(user + 1).to_string(), Some(Role::Viewer));
    let paid = tokio::time::timeout(AN_END, pay(&running, &visit, &token)).await;
    let paid = paid.unwrap_or_else(|_| Err("it was neither answered nor ended".into()));
    paid.map_err(|why| format!("{why}: {}", serde_json::to_string(&visit).expect("JSON")))
}

async fn check_nothing_is_left(running: &Running, bystanders: u32) {
    let gateway = &running.gateway;
    until("the last departure", || running.connected() == bystanders).await;
    until("the end of the last stranger", || gateway.strangers.count() == 0).await;
    until("the end of the last ticket", || gateway.tickets.count() == 0).await;
    until("the end of every link", || {
        gateway.links.sweep();
        gateway.links.count() == bystanders as usize
    })
    .await;
    let sockets: u32 = Place::ALL.iter().map(|place| gateway.reach.sockets(*place)).sum();
    assert_eq!((sockets, gateway.rooms.count(), gateway.expiring()), (bystanders, 0, bystanders as usize));
    assert!(!gateway.is_watched(), "no subscription is left");
}

/// Counts panics of any task, besides letting them be told as ever.
fn count_panics() -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let (counted, tell) = (count.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.fetch_add(1, Ordering::SeqCst);
        tell(panic);
    }));
    count
}

/// Resident bytes of this process, where the system tells.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
