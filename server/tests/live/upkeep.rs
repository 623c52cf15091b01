//! What keeps the gateway honest: what should not be there is found, and nothing is made that nobody reads.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::{Kind, Position, User};
use signalbox_server::auth::tokens::Grant;
use signalbox_server::feed::Kinds;
use signalbox_server::hub::{Admission, Bounds, Opening, Place, Session};
use signalbox_server::namespaces::OnlineUsers;
use signalbox_server::publish;
use signalbox_server::store::{Lane, Outgoing};
use signalbox_server::sweep::{Sweep, Swept};
use socketioxide::ProtocolVersion;
use socketioxide::socket::Sid;

use crate::running::{Running, until};
use crate::socket::Socket;

/// A session on no stream at all.
pub fn ghost(running: &Running, id: i64) -> Arc<Session> {
    let opening = Opening {
        user: User { id: id.into(), username: "ghost".into() },
        link: running.gateway.links.of(Sid::new()),
        protocol: ProtocolVersion::V5,
        address: IpAddr::from([192, 0, 2, 1]),
        user_agent: "".into(),
    };
    let now = Timestamp::now();
    let bounds = Bounds { per_user: 5, per_address: None, total: None };
    running.gateway.on_floor(|floor| {
        let Admission::Admitted(session) = floor.presence.admit(Session::new(opening, now), bounds) else {
            panic!("there is room")
        };
        floor.arrive(&session, Place::Web, now).expect("an arrival");
        session
    })
}

#[tokio::test]
async fn a_deletion_that_is_carried_out_late_takes_no_later_token() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    let now = Timestamp::now();
    let ago = |seconds: i64| Timestamp(now.0 - seconds * 1000);
    let item = |body: &str| Outgoing { producer: "backend".into(), id: None, body: body.into() };
    // As an earlier run has left it.
    let deleted = item(r#"{"type": "user.deleted", "payload": {"userId": 7}}"#);
    gateway.store.accept(Lane::Reports, vec![deleted], ago(60)).await.await.expect("stored");
    let next = item(r#"{"type": "data.updated", "payload": {"type": "songs"}}"#);
    publish::accept(gateway, Lane::Reports, vec![next]).await.expect("accepted");
    let issued = |at: Timestamp| {
        let grant = Grant { user: User { id: 7.into(), username: "ann".into() }, role: None };
        gateway.tokens.issue(&grant, at, Duration::from_secs(3600)).expect("a token")
    };
    until("the earlier one to be revoked", || gateway.claims(&issued(ago(90)), now).is_err()).await;
    assert!(gateway.claims(&issued(ago(30)), now).is_ok(), "that one is of who has come back");
}

#[tokio::test]
async fn the_sweep_finds_nothing_in_normal_running() {
    let running = Running::start().await;
    let mut sweep = Sweep::default();
    let mut ann = Socket::join(running.address, "/web", &running.token("7", None)).await;
    let ben = Socket::join(running.address, "/events", &running.token("8", None)).await;
    ann.emit("/web", "room:join", &json!({"roomId": "lobby"})).await;
    ann.event("/web", "room:joined").await;
    for _ in 0..3 {
        assert_eq!(sweep.turn(&running.gateway), Swept::default());
    }
    drop(ben);
    until("one connection less", || running.connected() == 1).await;
    for _ in 0..3 {
        assert_eq!(sweep.turn(&running.gateway), Swept::default());
    }
    ann.send("42/web,1[\"ping\"]").await;
    ann.expect("43/web,1").await;
}

#[tokio::test]
async fn what_should_not_be_there_is_removed_when_it_is_found_twice() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    let session = ghost(&running, 7);
    gateway.rooms.enter(Place::Web, &"haunted".into());
    let mut sweep = Sweep::default();
    assert_eq!(sweep.turn(gateway), Swept::default(), "it may be just ending");
    assert_eq!((running.connected(), gateway.rooms.count()), (1, 1));
    assert_eq!(sweep.turn(gateway), Swept { sessions: 1, rooms: 1, links: 0 });
    assert_eq!((running.connected(), gateway.rooms.count()), (0, 0));
    assert!(gateway.on_floor(|floor| floor.presence.session(&session.id)).is_none());
    assert_eq!(gateway.counters.stale.load(std::sync::atomic::Ordering::Relaxed), 2);
    assert_eq!(sweep.turn(gateway), Swept::default());
}

#[tokio::test]
async fn online_users_are_named_up_to_a_thousand() {
    let running = Running::start().await;
    let mut ada = Socket::join(running.address, "/admin", &running.token("op:ada", Some(Role::Viewer))).await;
    let ghosts: Vec<_> = (0..1_001).map(|id| ghost(&running, id)).collect();
    OnlineUsers::announce(&running.gateway);
    loop {
        let told = ada.event("/admin", "stats:online-users").await;
        if told["total"] == ghosts.len() {
            assert_eq!(told["users"].as_array().map(Vec::len), Some(1_000));
            assert_eq!(told["truncated"], true);
            return;
        }
        assert_eq!(told.get("truncated"), None, "{}", told["total"]);
    }
}

#[tokio::test]
async fn a_newcomer_to_the_chat_is_told_the_latest_thousand() {
    let running = Running::start().await;
    for n in 0..1_001 {
        let joined = running.gateway.roster.join(&format!("c{n}").as_str().into(), &n.into(), &format!("user {n}"));
        joined.expect("a free name");
    }
    let mut ann = Socket::join(running.address, "/chat", &running.token("7", None)).await;
    let online = ann.event("/chat", "onlineUsers").await;
    let online = online.as_array().expect("who is there");
    assert_eq!((online.len(), &online[0]), (1_000, &json!(["c1", "user 1"])), "without the first who came");
    assert_eq!(online[999], json!(["c1000", "user 1000"]));
}

#[tokio::test]
async fn a_nodes_measurements_are_no_entries_while_nobody_looks() {
    let running = Running::start().await;
    let gateway = &running.gateway;
    until("a measurement", || gateway.measured.rss() > 0).await;
    let noted = gateway.on_floor(|floor| {
        let beginning = Position { epoch: floor.feed.epoch().clone(), seq: 0 };
        let mut cursor = floor.feed.resume(&beginning).expect("nothing has left the ring");
        floor.feed.take(&mut cursor, Kinds::new(&[Kind::NodeStatus]), usize::MAX)
    });
    assert!(noted.is_none(), "{noted:?}");
}
