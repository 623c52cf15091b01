use socketioxide::ProtocolVersion;
use socketioxide::socket::Sid;
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::config::Config;
use crate::hub::session::{Closing, Opening};
use crate::transport::{Deadlines, GuardedStream, Links};

const BOUNDS: Bounds = Bounds { per_user: 2, per_address: None, total: None };
const NOW: Timestamp = Timestamp(1_000);

fn candidate(user: &str, sid: Sid) -> Session {
    let opening = Opening {
        user: User { id: user.parse().expect("a user id"), username: user.into() },
        link: Links::default().of(sid),
        protocol: ProtocolVersion::V5,
        address: IpAddr::from([192, 0, 2, 1]),
        user_agent: "".into(),
    };
    Session::new(opening, NOW)
}

fn admitted(presence: &mut Presence, user: &str) -> Arc<Session> {
    match presence.admit(candidate(user, Sid::new()), BOUNDS) {
        Admission::Admitted(session) => session,
        refused => panic!("{user}: {refused:?}"),
    }
}

#[test]
fn a_user_is_online_from_the_first_socket_to_the_last() {
    let mut presence = Presence::new("n1".into());
    let (first, second) = (admitted(&mut presence, "7"), admitted(&mut presence, "7"));
    let arrival = presence.arrive(&first, Place::Web, NOW).expect("an arrival");
    assert!(arrival.opened.is_some() && arrival.came_online && arrival.first_here);
    let arrival = presence.arrive(&first, Place::Admin, NOW).expect("an arrival");
    assert!(arrival.opened.is_none() && !arrival.came_online && arrival.first_here);
    let arrival = presence.arrive(&second, Place::Web, NOW).expect("an arrival");
    assert!(arrival.opened.is_some() && !arrival.came_online && !arrival.first_here);
    assert!(presence.arrive(&second, Place::Web, NOW).is_none(), "once");
    assert_eq!((presence.online(), presence.connected()), (1, 2));

    let departure = presence.depart(&second.id, Place::Web).expect("a departure");
    assert!(departure.closed && !departure.last_here && !departure.went_offline);
    assert!(presence.depart(&second.id, Place::Web).is_none(), "once");
    let departure = presence.depart(&first.id, Place::Web).expect("a departure");
    assert!(!departure.closed && departure.last_here && !departure.went_offline);
    let departure = presence.depart(&first.id, Place::Admin).expect("a departure");
    assert!(departure.closed && departure.went_offline);
    assert_eq!((presence.online(), presence.connected()), (0, 0));
    assert!(presence.people.is_empty() && presence.sessions.is_empty() && presence.addresses.is_empty());
}

#[test]
fn an_operator_is_no_user() {
    let mut presence = Presence::new("n1".into());
    let operator = admitted(&mut presence, "op:ann");
    assert!(!presence.arrive(&operator, Place::Admin, NOW).expect("an arrival").came_online);
    assert_eq!((presence.online(), presence.connected()), (0, 1));
    assert!(presence.users_in_office(10).is_empty());
    assert!(!presence.depart(&operator.id, Place::Admin).expect("a departure").went_offline);
}

#[test]
fn one_connection_too_many_is_refused_and_the_oldest_named() {
    let mut presence = Presence::new("n1".into());
    let oldest = admitted(&mut presence, "7");
    admitted(&mut presence, "7");
    match presence.admit(candidate("7", Sid::new()), BOUNDS) {
        Admission::Full(named) => assert_eq!(named.id, oldest.id),
        other => panic!("{other:?}"),
    }
    admitted(&mut presence, "8");
    assert!(oldest.begin_closing(Closing::new("connection_limit", "")));
    admitted(&mut presence, "7");
}

#[test]
fn a_connection_has_one_user_and_is_counted_once() {
    let mut presence = Presence::new("n1".into());
    let sid = Sid::new();
    for _ in 0..3 {
        assert!(matches!(presence.admit(candidate("7", sid), BOUNDS), Admission::Admitted(_)));
    }
    assert!(matches!(presence.admit(candidate("8", sid), BOUNDS), Admission::AnotherUser));
    admitted(&mut presence, "7");
}

#[test]
fn the_bounds_of_an_address_and_of_the_gateway_hold() {
    let mut presence = Presence::new("n1".into());
    admitted(&mut presence, "7");
    let bounds = Bounds { per_address: Some(1), ..BOUNDS };
    assert!(matches!(presence.admit(candidate("8", Sid::new()), bounds), Admission::AddressFull));
    let bounds = Bounds { total: Some(1), ..BOUNDS };
    assert!(matches!(presence.admit(candidate("8", Sid::new()), bounds), Admission::GatewayFull));
}

#[test]
fn who_never_arrives_loses_the_place() {
    let mut presence = Presence::new("n1".into());
    let (lost, arrived) = (admitted(&mut presence, "7"), admitted(&mut presence, "7"));
    presence.arrive(&arrived, Place::Web, NOW);
    presence.forget_lost(Timestamp(NOW.0 + ARRIVAL_MS));
    assert!(presence.arrive(&lost, Place::Web, NOW).is_none());
    admitted(&mut presence, "7");
}

#[tokio::test]
async fn whose_connection_breaks_on_the_way_in_loses_the_place_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let tcp = TcpStream::connect(address).await.expect("a connection");
    let stream = GuardedStream::new(tcp, address, Deadlines::new(&Config::default().transport), None);
    let mut presence = Presence::new("n1".into());
    let lost = admitted(&mut presence, "7");
    lost.link.carried_by(stream.guard());
    presence.forget_lost(NOW);
    assert_eq!(presence.sessions_of(&7.into()).len(), 1);
    drop(stream);
    presence.forget_lost(NOW);
    assert!(presence.sessions_of(&7.into()).is_empty());
    assert!(presence.arrive(&lost, Place::Web, NOW).is_none());
}

#[test]
fn who_is_closed_on_the_way_in_does_not_arrive() {
    let mut presence = Presence::new("n1".into());
    let session = admitted(&mut presence, "7");
    session.begin_closing(Closing::new("kicked", "maintenance"));
    assert!(presence.arrive(&session, Place::Web, NOW).is_none());
    presence.forget_closed(&session.id);
    assert!(presence.sessions_of(&7.into()).is_empty());
}

#[test]
fn rooms_end_with_the_socket() {
    let mut presence = Presence::new("n1".into());
    let session = admitted(&mut presence, "7");
    let lobby = RoomName::from("lobby");
    assert!(!presence.enter_room(&session.id, Place::Web, &lobby), "not before it has arrived");
    presence.arrive(&session, Place::Web, NOW);
    assert!(presence.enter_room(&session.id, Place::Web, &lobby));
    assert!(!presence.enter_room(&session.id, Place::Web, &lobby), "once");
    assert!(!presence.leave_room(&session.id, Place::Admin, &lobby));
    assert_eq!(presence.sessions_in(Place::Web, &lobby).len(), 1);
    presence.depart(&session.id, Place::Web);
    assert!(presence.rooms.is_empty());
}

#[test]
fn a_connection_becomes_idle_once_and_wakes_once() {
    let mut presence = Presence::new("n1".into());
    let session = admitted(&mut presence, "7");
    presence.arrive(&session, Place::Web, NOW);
    assert!(presence.find_idle(Timestamp(NOW.0 + IDLE_MS - 1)).is_empty());
    assert_eq!(presence.find_idle(Timestamp(NOW.0 + IDLE_MS)), [(session.id.clone(), NOW)]);
    assert!(presence.find_idle(Timestamp(NOW.0 + 2 * IDLE_MS)).is_empty());
    assert!(session.touch(Timestamp(NOW.0 + 2 * IDLE_MS)));
    assert!(!session.touch(Timestamp(NOW.0 + 2 * IDLE_MS)));
    assert!(presence.wake(&session.id));
    assert!(!presence.wake(&session.id));
}
