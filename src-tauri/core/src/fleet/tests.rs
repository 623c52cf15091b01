use std::collections::HashSet;

use proptest::prelude::*;
use signalbox_protocol::RoomName;
use signalbox_protocol::feed::{Happening, Membership, Transport};
use signalbox_protocol::ipc::PersonRow;

use super::*;

pub(crate) fn connection(id: &str, user: i64) -> Connection {
    Connection {
        id: id.into(),
        user: User { id: user.into(), username: format!("user-{user}").into() },
        operator: false,
        node: "gw-1".into(),
        transport: Transport::Websocket,
        address: format!("10.0.0.{user}"),
        user_agent: "socket.io-client/4.8".into(),
        namespaces: vec![membership("/web", &[])],
        online_at: Timestamp(1_000),
        last_activity: Timestamp(1_000),
        idle: false,
    }
}

fn membership(namespace: &str, rooms: &[&str]) -> Membership {
    Membership {
        namespace: namespace.into(),
        socket: format!("{namespace}-socket").as_str().into(),
        rooms: rooms.iter().map(|room| RoomName::from(*room)).collect(),
    }
}

fn opened(id: &str, user: i64) -> Happening {
    Happening::ConnectionOpened { connection: connection(id, user) }
}

fn closed(id: &str, user: i64) -> Happening {
    Happening::ConnectionClosed {
        connection: id.into(),
        user: User { id: user.into(), username: "".into() },
        reason: "client left".into(),
        bytes_in: 0,
        bytes_out: 0,
    }
}

fn room(id: &str, name: &str, joined: bool) -> Happening {
    let (connection, namespace, room) = (id.into(), "/web".into(), name.into());
    let user = User { id: 1.into(), username: "".into() };
    if joined {
        Happening::RoomJoined { connection, user, namespace, room }
    } else {
        Happening::RoomLeft { connection, user, namespace, room }
    }
}

fn fleet_after(entries: &[Happening]) -> Fleet {
    let mut fleet = Fleet::default();
    for what in entries {
        fleet.apply(what, Timestamp(2_000));
    }
    fleet
}

#[test]
fn a_user_is_there_once_however_many_connections_there_are() {
    let mut fleet = fleet_after(&[opened("a", 1), opened("b", 1), opened("c", 2)]);
    assert_eq!(fleet.counts(), Counts { online_users: 2, users: 2, connections: 3, rooms: 0 });
    fleet.apply(&closed("a", 1), Timestamp(3_000));
    assert_eq!(fleet.counts().users, 2);
    fleet.apply(&closed("b", 1), Timestamp(3_000));
    assert_eq!(fleet.counts(), Counts { online_users: 1, users: 1, connections: 1, rooms: 0 });
    assert!(fleet.person(&1.into()).is_none());
}

#[test]
fn an_operator_is_listed_but_not_counted_as_online() {
    let mut operator = connection("op", 9);
    operator.operator = true;
    let fleet = fleet_after(&[Happening::ConnectionOpened { connection: operator }, opened("a", 1)]);
    assert_eq!(fleet.counts(), Counts { online_users: 1, users: 2, connections: 2, rooms: 0 });
    assert!(fleet.row(&RowKey::User(9.into())).unwrap().operator);
}

#[test]
fn the_end_of_a_connection_ends_its_rooms() {
    let entries = [opened("a", 1), opened("b", 2), room("a", "lobby", true), room("b", "lobby", true)];
    let mut fleet = fleet_after(&entries);
    assert_eq!(fleet.counts().rooms, 1);
    fleet.apply(&room("a", "lobby", false), Timestamp(3_000));
    assert_eq!(fleet.counts().rooms, 1, "b is still in it");
    fleet.apply(&closed("b", 2), Timestamp(3_000));
    assert_eq!(fleet.counts().rooms, 0);
}

#[test]
fn a_user_is_idle_only_while_all_connections_are() {
    let mut fleet = fleet_after(&[opened("a", 1), opened("b", 1)]);
    let idle = |id: &str, at| Happening::ConnectionIdle { connection: id.into(), last_activity: Timestamp(at) };
    let key = RowKey::User(1.into());
    fleet.apply(&idle("a", 10), Timestamp(100));
    assert_eq!(fleet.row(&key).unwrap().idle_since, None);
    fleet.apply(&idle("b", 20), Timestamp(100));
    assert_eq!(fleet.row(&key).unwrap().idle_since, Some(Timestamp(20)));
    fleet.apply(&Happening::ConnectionActive { connection: "a".into() }, Timestamp(200));
    assert_eq!(fleet.row(&key).unwrap().idle_since, None);
}

#[test]
fn a_new_snapshot_of_the_same_run_keeps_who_stays_and_drops_who_left_meanwhile() {
    let mut fleet = Fleet::default();
    fleet.begin_snapshot(&"e1".into());
    fleet.snapshot_page(vec![connection("a", 1), connection("b", 2)]);
    fleet.finish_snapshot(&[], Timestamp(0));
    fleet.follow_changes();
    fleet.take_changes();

    fleet.begin_snapshot(&"e1".into());
    fleet.snapshot_page(vec![connection("b", 2), connection("c", 3)]);
    assert_eq!(fleet.counts().connections, 3, "nobody flickers while it loads");
    fleet.finish_snapshot(&[], Timestamp(0));
    let there: HashSet<_> = fleet.connections().map(ConnectionId::as_str).collect();
    assert_eq!(there, HashSet::from(["b", "c"]));
    let changes = fleet.take_changes();
    assert!(!changes.keys.contains(&RowKey::User(2.into())), "what is the same is no change");
    assert_eq!(changes.gone[&RowKey::User(1.into())].user.username.as_ref(), "user-1");
}

#[test]
fn a_new_run_of_the_gateway_replaces_everything_at_once() {
    let mut fleet = Fleet::default();
    fleet.begin_snapshot(&"e1".into());
    fleet.snapshot_page(vec![connection("a", 1)]);
    fleet.finish_snapshot(&[Hits { user: 1.into(), hits: 5 }], Timestamp(0));
    fleet.begin_snapshot(&"e2".into());
    assert_eq!(fleet.counts(), Counts::default());
    assert_eq!(fleet.hits(&1.into()), 0);
}

#[test]
fn hits_are_those_of_the_last_hour() {
    let minute = 60_000;
    let mut fleet = fleet_after(&[opened("a", 1)]);
    fleet.hit(&1.into(), 3, Timestamp(0));
    fleet.hit(&1.into(), 4, Timestamp(30 * minute));
    fleet.expire(Timestamp(59 * minute));
    assert_eq!(fleet.hits(&1.into()), 7);
    fleet.expire(Timestamp(61 * minute));
    assert_eq!(fleet.hits(&1.into()), 4);
    fleet.expire(Timestamp(120 * minute));
    assert_eq!(fleet.hits(&1.into()), 0);
}

/// A fleet with a place for about so many connections without rooms.
fn small(connections: usize) -> Fleet {
    let each = capacity::weight(&connection("c0", 0));
    Fleet { capacity: Capacity::new(connections * each + each / 2), ..Fleet::default() }
}

#[test]
fn connections_that_have_no_place_are_counted_until_they_end_or_are_told_anew() {
    let mut fleet = small(2);
    for (id, user) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        fleet.apply(&opened(id, user), Timestamp(0));
    }
    assert_eq!((fleet.counts().connections, fleet.beyond()), (2, 2));
    fleet.apply(&closed("d", 4), Timestamp(0));
    fleet.apply(&closed("a", 1), Timestamp(0));
    assert_eq!((fleet.counts().connections, fleet.beyond()), (1, 1));
    fleet.apply(&opened("e", 5), Timestamp(0));
    assert_eq!((fleet.counts().connections, fleet.beyond()), (2, 1), "there is a place again");
    fleet.begin_snapshot(&"e1".into());
    fleet.snapshot_page(vec![connection("x", 1), connection("y", 2), connection("z", 3)]);
    fleet.finish_snapshot(&[], Timestamp(0));
    assert_eq!((fleet.counts().connections, fleet.beyond()), (2, 1));
}

#[test]
fn a_row_names_twenty_rooms_and_says_how_many_more_there_are() {
    let rooms = |range: std::ops::Range<usize>| range.map(|id| RoomName::from(format!("r{id}").as_str())).collect();
    let (mut one, mut other) = (connection("a", 1), connection("b", 1));
    (one.namespaces[0].rooms, other.namespaces[0].rooms) = (rooms(0..19), rooms(10..25));
    let entries = [one, other].map(|connection| Happening::ConnectionOpened { connection });
    let fleet = fleet_after(&entries);
    let named = |row: Option<PersonRow>| row.map(|row| (row.rooms.len(), row.rooms_more));
    assert_eq!(named(fleet.row(&RowKey::User(1.into()))), Some((20, 5)), "each room counts once");
    assert_eq!(named(fleet.row(&RowKey::Connection("a".into()))), Some((19, 0)));
    assert_eq!(named(fleet.whole_row(&RowKey::User(1.into()))), Some((25, 0)));
}

#[test]
fn a_connection_that_is_in_rooms_without_end_is_left_out_and_leaves_nothing() {
    let mut fleet = small(3);
    fleet.apply(&opened("a", 1), Timestamp(0));
    for number in 0..1_000 {
        fleet.apply(&room("a", &format!("room-{number}"), true), Timestamp(0));
    }
    assert_eq!((fleet.counts(), fleet.beyond()), (Counts::default(), 1));
    assert_eq!(fleet.capacity.taken().0, 0);
}

proptest! {
    /// However connections come, change and go, what is kept fits, and what it weighs is known.
    #[test]
    fn what_is_kept_never_weighs_more_than_it_may(
        steps in prop::collection::vec((0..9_usize, 0..5_u8, 0..3_usize), 0..200)
    ) {
        let mut fleet = small(4);
        for (connection, step, name) in steps {
            let id = format!("c{connection}");
            let name = ["lobby", "music", "ops"][name];
            let what = match step {
                0 | 1 => opened(&id, connection as i64),
                2 => room(&id, name, true),
                3 => room(&id, name, false),
                _ => closed(&id, connection as i64),
            };
            fleet.apply(&what, Timestamp(0));
            let (taken, most) = fleet.capacity.taken();
            prop_assert!(taken <= most);
            prop_assert_eq!(taken, fleet.connections.values().map(|held| capacity::weight(&held.connection)).sum::<usize>());
        }
    }

    /// Whatever happens in whatever order, the counts are what one would count by hand: also where a connection is said to
    /// be another user's than before.
    #[test]
    fn counts_agree_with_the_connections(
        steps in prop::collection::vec((0..6_usize, 0..3_i64, 0..5_u8, 0..3_usize), 0..200),
    ) {
        let mut fleet = Fleet::default();
        for (connection, user, step, name) in steps {
            let id = format!("c{connection}");
            let name = ["lobby", "music", "ops"][name];
            let what = match step {
                0 | 1 => opened(&id, user),
                2 => room(&id, name, true),
                3 => room(&id, name, false),
                _ => closed(&id, user),
            };
            fleet.apply(&what, Timestamp(0));
        }
        let all: Vec<&Connection> = fleet.connections.values().map(|held| &held.connection).collect();
        let users: HashSet<_> = all.iter().map(|c| c.user.id.clone()).collect();
        let rooms: HashSet<_> = all.iter().flat_map(|c| &c.namespaces).flat_map(|m| m.rooms.clone()).collect();
        let counts = fleet.counts();
        prop_assert_eq!(counts.users as usize, users.len());
        prop_assert_eq!(counts.online_users as usize, users.len());
        prop_assert_eq!(counts.connections as usize, all.len());
        prop_assert_eq!(counts.rooms as usize, rooms.len());
        let held: usize = fleet.users.values().map(|person| person.connections.len()).sum();
        prop_assert_eq!(held, all.len());
    }
}
