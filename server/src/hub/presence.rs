//! Presence: users, their connections, and the namespaces and rooms of these. A plain table with one writer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Bound;
use std::sync::Arc;

use signalbox_protocol::feed::{Connection, Membership, User};
use signalbox_protocol::{ConnectionId, Namespace, NodeId, RoomName, Timestamp, UserId};

use super::{Place, Session};
use crate::transport::host;

/// A session that was admitted and has not arrived by then has failed on the way.
const ARRIVAL_MS: i64 = 10_000;
/// A connection without an event for so long is idle.
const IDLE_MS: i64 = 60_000;

type Members = BTreeMap<(Place, RoomName), BTreeSet<ConnectionId>>;

/// Who is where.
#[derive(Debug)]
pub struct Presence {
    node: NodeId,
    /// Every session that was admitted, whether it has arrived or not.
    sessions: HashMap<ConnectionId, Arc<Session>>,
    /// Those that have not arrived yet: a few, for a moment.
    expected: HashSet<ConnectionId>,
    open: BTreeMap<ConnectionId, Open>,
    /// In order, for the pages of who is online.
    people: BTreeMap<UserId, Person>,
    /// In order, so that a page of rooms or of members begins where the one before it ended.
    rooms: Members,
    addresses: HashMap<IpAddr, u32>,
    sockets: [u32; Place::ALL.len()],
    online: u32,
    in_office: u32,
}

/// A connection in at least one namespace.
#[derive(Debug)]
struct Open {
    record: Arc<Connection>,
    session: Arc<Session>,
}

#[derive(Debug)]
struct Person {
    user: User,
    /// Oldest first.
    sessions: Vec<Arc<Session>>,
    sockets: [u32; Place::ALL.len()],
}

impl Person {
    fn is_online(&self) -> bool {
        self.sockets.iter().any(|sockets| *sockets > 0)
    }

    fn is_operator(&self) -> bool {
        self.sessions.first().is_some_and(|session| session.is_operator())
    }

    /// Whether the user has a socket on `/admin` or `/web`.
    fn is_in_office(&self) -> bool {
        Place::OFFICE.into_iter().any(|place| self.sockets[place as usize] > 0)
    }
}

/// A user with at least one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Online {
    /// Who.
    pub user: User,
    /// Open connections.
    pub connections: usize,
    /// Since when.
    pub online_at: Timestamp,
    /// When any of the connections last sent an event.
    pub last_activity: Timestamp,
}

/// What the door is told.
#[derive(Debug)]
pub enum Admission {
    /// The session may come in; it holds a place.
    Admitted(Arc<Session>),
    /// Its connection is another user's.
    AnotherUser,
    /// The user has as many connections as allowed; this is the oldest of them.
    Full(Arc<Session>),
    /// The address has.
    AddressFull,
    /// The gateway has.
    GatewayFull,
}

/// How many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Of one user.
    pub per_user: u32,
    /// From one address.
    pub per_address: Option<u32>,
    /// In all.
    pub total: Option<u32>,
}

/// What a socket's arrival changed.
#[derive(Debug)]
pub struct Arrival {
    /// The connection, where this is its first namespace.
    pub opened: Option<Connection>,
    /// What it joined.
    pub membership: Membership,
    /// The user, who is no operator, was not online at all.
    pub came_online: bool,
    /// The user was not in this namespace.
    pub first_here: bool,
    /// Sockets in this namespace now.
    pub sockets_here: u32,
}

/// What a socket's departure changed.
#[derive(Debug)]
pub struct Departure {
    /// The connection is in no namespace any more.
    pub closed: bool,
    /// The user, who is no operator, is not online any more.
    pub went_offline: bool,
    /// The user is not in this namespace any more.
    pub last_here: bool,
    /// Sockets in this namespace now.
    pub sockets_here: u32,
}

impl Presence {
    /// Nobody.
    pub fn new(node: NodeId) -> Self {
        Self {
            node,
            sessions: HashMap::new(),
            expected: HashSet::new(),
            open: BTreeMap::new(),
            people: BTreeMap::new(),
            rooms: Members::new(),
            addresses: HashMap::new(),
            sockets: [0; _],
            online: 0,
            in_office: 0,
        }
    }

    /// Asks for a place for that session; one that has a place keeps it.
    pub fn admit(&mut self, candidate: Session, bounds: Bounds) -> Admission {
        if let Some(session) = self.sessions.get(&candidate.id) {
            let same = session.user.id == candidate.user.id;
            return if same { Admission::Admitted(session.clone()) } else { Admission::AnotherUser };
        }
        if bounds.total.is_some_and(|total| self.sessions.len() >= total as usize) {
            return Admission::GatewayFull;
        }
        let from_there = self.addresses.get(&host(candidate.address)).copied().unwrap_or_default();
        if bounds.per_address.is_some_and(|bound| from_there >= bound) {
            return Admission::AddressFull;
        }
        if let Some(person) = self.people.get(&candidate.user.id) {
            let mut staying = person.sessions.iter().filter(|session| session.closing().is_none());
            if let Some(oldest) = staying.next()
                && staying.count() + 1 >= bounds.per_user as usize
            {
                return Admission::Full(oldest.clone());
            }
        }
        let session = Arc::new(candidate);
        let person = self.people.entry(session.user.id.clone()).or_insert_with(|| Person {
            user: session.user.clone(),
            sessions: Vec::new(),
            sockets: [0; _],
        });
        person.sessions.push(session.clone());
        *self.addresses.entry(host(session.address)).or_default() += 1;
        self.sessions.insert(session.id.clone(), session.clone());
        self.expected.insert(session.id.clone());
        Admission::Admitted(session)
    }

    /// A socket of an admitted session has joined a namespace. `None` where it is there already, its place was lost, or it
    /// is being closed: whoever closes it departs from the places that it has by then, and from none that come later.
    pub fn arrive(&mut self, session: &Arc<Session>, place: Place, now: Timestamp) -> Option<Arrival> {
        let expected = self.sessions.contains_key(&session.id) && session.closing().is_none();
        let person = self.people.get_mut(&session.user.id).filter(|_| expected)?;
        let namespace = place.namespace();
        let membership = Membership { namespace, socket: session.socket_id(), rooms: Vec::new() };
        let opened = match self.open.get_mut(&session.id) {
            Some(open) => {
                if membership_in(&open.record, &membership.namespace).is_some() {
                    return None;
                }
                Arc::make_mut(&mut open.record).namespaces.push(membership.clone());
                None
            }
            None => {
                let record = Connection {
                    id: session.id.clone(),
                    user: session.user.clone(),
                    operator: session.is_operator(),
                    node: self.node.clone(),
                    transport: session.transport(),
                    address: session.address.to_string(),
                    user_agent: session.user_agent.clone(),
                    namespaces: vec![membership.clone()],
                    online_at: now,
                    last_activity: session.last_activity(),
                    idle: false,
                };
                let open = Open { record: Arc::new(record.clone()), session: session.clone() };
                self.open.insert(session.id.clone(), open);
                self.expected.remove(&session.id);
                Some(record)
            }
        };
        let first_here = person.sockets[place as usize] == 0;
        let counts = !session.is_operator();
        let came_online = counts && !person.is_online();
        let came_to_office = counts && place.is_office() && !person.is_in_office();
        person.sockets[place as usize] += 1;
        self.sockets[place as usize] += 1;
        self.online += u32::from(came_online);
        self.in_office += u32::from(came_to_office);
        Some(Arrival { opened, membership, came_online, first_here, sockets_here: self.sockets[place as usize] })
    }

    /// A socket has left a namespace. `None` where it was not there: a departure may be reported twice.
    pub fn depart(&mut self, id: &ConnectionId, place: Place) -> Option<Departure> {
        let namespace = place.namespace();
        let open = self.open.get_mut(id)?;
        membership_in(&open.record, &namespace)?;
        let record = Arc::make_mut(&mut open.record);
        record.namespaces.retain(|membership| {
            if membership.namespace != namespace {
                return true;
            }
            for room in &membership.rooms {
                forget_room(&mut self.rooms, place, room, id);
            }
            false
        });
        let closed = record.namespaces.is_empty();
        let user = record.user.id.clone();
        let operator = record.operator;
        if closed {
            self.open.remove(id);
        }
        self.sockets[place as usize] -= 1;
        let (mut last_here, mut went_offline, mut left_office) = (false, false, false);
        if let Some(person) = self.people.get_mut(&user) {
            person.sockets[place as usize] -= 1;
            last_here = person.sockets[place as usize] == 0;
            went_offline = !operator && !person.is_online();
            left_office = !operator && place.is_office() && !person.is_in_office();
        }
        self.online -= u32::from(went_offline);
        self.in_office -= u32::from(left_office);
        if closed {
            self.forget(id);
        }
        Some(Departure { closed, went_offline, last_here, sockets_here: self.sockets[place as usize] })
    }

    /// The places in which the connection has a socket.
    pub fn places(&self, id: &ConnectionId) -> Vec<Place> {
        let record = self.open.get(id).map(|open| open.record.clone());
        record.iter().flat_map(|record| &record.namespaces).filter_map(|at| Place::find(&at.namespace)).collect()
    }

    /// A socket has entered a room. False where it was in it.
    pub fn enter_room(&mut self, id: &ConnectionId, place: Place, room: &RoomName) -> bool {
        let Some(rooms) = self.rooms_of(id, place) else { return false };
        if rooms.contains(room) {
            return false;
        }
        rooms.push(room.clone());
        self.rooms.entry((place, room.clone())).or_default().insert(id.clone());
        true
    }

    /// A socket has left a room. False where it was not in it.
    pub fn leave_room(&mut self, id: &ConnectionId, place: Place, room: &RoomName) -> bool {
        let Some(rooms) = self.rooms_of(id, place) else { return false };
        let Some(at) = rooms.iter().position(|joined| joined == room) else { return false };
        rooms.remove(at);
        forget_room(&mut self.rooms, place, room, id);
        true
    }

    /// Marks the connections that have become idle, and gives them with the time of their last event.
    pub fn find_idle(&mut self, now: Timestamp) -> Vec<(ConnectionId, Timestamp)> {
        let mut found = Vec::new();
        for (id, open) in &mut self.open {
            let last = open.session.last_activity();
            if !open.record.idle && last.0 + IDLE_MS <= now.0 {
                Arc::make_mut(&mut open.record).idle = true;
                open.session.set_idle();
                found.push((id.clone(), last));
            }
        }
        found
    }

    /// The connection has sent an event. True where it was idle.
    pub fn wake(&mut self, id: &ConnectionId) -> bool {
        match self.open.get_mut(id) {
            Some(open) if open.record.idle => {
                Arc::make_mut(&mut open.record).idle = false;
                true
            }
            _ => false,
        }
    }

    /// Takes its place from a session that is closed before it has arrived.
    pub fn forget_closed(&mut self, id: &ConnectionId) {
        if !self.open.contains_key(id) {
            self.forget(id);
        }
    }

    /// Takes their places from sessions that were admitted and do not arrive: their connection has ended, or it has been too
    /// long. Until then a user whose connection broke on the way in is one connection short.
    pub fn forget_lost(&mut self, now: Timestamp) {
        let expected = self.expected.iter().filter_map(|id| self.sessions.get(id));
        let lost = expected.filter(|session| session.link.is_cut() || session.since.0 + ARRIVAL_MS <= now.0);
        // Whoever closes a session forgets it then.
        let lost: Vec<_> =
            lost.filter(|session| session.closing().is_none()).map(|session| session.id.clone()).collect();
        lost.iter().for_each(|id| self.forget(id));
    }

    /// The session, admitted or arrived.
    pub fn session(&self, id: &ConnectionId) -> Option<Arc<Session>> {
        self.sessions.get(id).cloned()
    }

    /// The user's sessions, oldest first.
    pub fn sessions_of(&self, user: &UserId) -> Vec<Arc<Session>> {
        self.people.get(user).map(|person| person.sessions.clone()).unwrap_or_default()
    }

    /// The sessions with a socket in the room.
    pub fn sessions_in(&self, place: Place, room: &RoomName) -> Vec<Arc<Session>> {
        let members = self.rooms.get(&(place, room.clone()));
        members.into_iter().flatten().filter_map(|id| self.session(id)).collect()
    }

    /// The rooms with somebody in them behind `after`, by namespace and name, and how many are in each.
    pub fn rooms(&self, after: Option<&(Place, RoomName)>) -> impl Iterator<Item = (Place, &RoomName, usize)> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
        self.rooms.range((from, Bound::Unbounded)).map(|((place, room), members)| (*place, room, members.len()))
    }

    /// The sessions with a socket in the room, behind `after`, by connection. `None` where nobody is in it.
    pub fn members(
        &self,
        place: Place,
        room: &RoomName,
        after: Option<&ConnectionId>,
    ) -> Option<impl Iterator<Item = &Arc<Session>>> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
        let members = self.rooms.get(&(place, room.clone()))?;
        Some(members.range((from, Bound::Unbounded)).filter_map(|id| self.sessions.get(id)))
    }

    /// Whether somebody is in the room.
    pub fn has_room(&self, place: Place, room: &RoomName) -> bool {
        self.rooms.contains_key(&(place, room.clone()))
    }

    /// Whether the connection has a socket in the room.
    pub fn is_in(&self, id: &ConnectionId, place: Place, room: &RoomName) -> bool {
        self.rooms.get(&(place, room.clone())).is_some_and(|members| members.contains(id))
    }

    /// The open connection.
    pub fn connection(&self, id: &ConnectionId) -> Option<(Arc<Connection>, Arc<Session>)> {
        self.open.get(id).map(|open| (open.record.clone(), open.session.clone()))
    }

    /// All sessions that were admitted, whether they have arrived or not.
    pub fn admitted(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.sessions.values()
    }

    /// All sessions that have arrived.
    pub fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.open.values().map(|open| &open.session)
    }

    /// All sockets.
    pub fn sockets(&self) -> Vec<(Arc<Session>, Place)> {
        let of = |open: &Open| {
            let session = open.session.clone();
            let places: Vec<_> = open.record.namespaces.iter().filter_map(|at| Place::find(&at.namespace)).collect();
            places.into_iter().map(move |place| (session.clone(), place))
        };
        self.open.values().flat_map(of).collect()
    }

    /// The open connections behind `after`, by id.
    pub fn connections(&self, after: Option<&ConnectionId>) -> impl Iterator<Item = (Arc<Connection>, Arc<Session>)> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
        self.open.range((from, Bound::Unbounded)).map(|(_, open)| (open.record.clone(), open.session.clone()))
    }

    /// The users that are online behind `after`, by id, operators left out.
    pub fn online_users(&self, after: Option<&UserId>) -> impl Iterator<Item = Online> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
        let people = self.people.range((from, Bound::Unbounded));
        people.map(|(_, person)| person).filter(|person| !person.is_operator()).filter_map(|person| self.seen(person))
    }

    /// The user, if online. Operators are found too.
    pub fn online_user(&self, id: &UserId) -> Option<Online> {
        self.people.get(id).and_then(|person| self.seen(person))
    }

    /// The person as somebody online, with the connections that have arrived.
    fn seen(&self, person: &Person) -> Option<Online> {
        let open: Vec<_> = person.sessions.iter().filter_map(|session| self.open.get(&session.id)).collect();
        Some(Online {
            user: person.user.clone(),
            connections: open.len(),
            online_at: open.iter().map(|open| open.record.online_at).min()?,
            last_activity: open.iter().map(|open| open.session.last_activity()).max()?,
        })
    }

    /// At most so many of the users that are online on `/admin` and `/web`, operators left out.
    pub fn users_in_office(&self, limit: usize) -> Vec<UserId> {
        let there = |person: &&Person| person.is_in_office() && !person.is_operator();
        self.people.values().filter(there).map(|person| person.user.id.clone()).take(limit).collect()
    }

    /// How many users are online on `/admin` and `/web`, operators left out.
    pub fn in_office(&self) -> u32 {
        self.in_office
    }

    /// How many users are online anywhere, operators left out.
    pub fn online(&self) -> u32 {
        self.online
    }

    /// Whether the user has a socket anywhere.
    pub fn is_online(&self, user: &UserId) -> bool {
        self.people.get(user).is_some_and(Person::is_online)
    }

    /// How many of the user's sockets are in the namespace.
    pub fn sockets_of(&self, user: &UserId, place: Place) -> u32 {
        self.people.get(user).map_or(0, |person| person.sockets[place as usize])
    }

    /// How many sockets are in the namespace.
    pub fn sockets_in(&self, place: Place) -> u32 {
        self.sockets[place as usize]
    }

    /// How many connections are open.
    pub fn connected(&self) -> u32 {
        u32::try_from(self.open.len()).unwrap_or(u32::MAX)
    }

    fn rooms_of(&mut self, id: &ConnectionId, place: Place) -> Option<&mut Vec<RoomName>> {
        let namespace = place.namespace();
        let record = Arc::make_mut(&mut self.open.get_mut(id)?.record);
        record.namespaces.iter_mut().find(|at| at.namespace == namespace).map(|at| &mut at.rooms)
    }

    fn forget(&mut self, id: &ConnectionId) {
        let Some(session) = self.sessions.remove(id) else { return };
        self.expected.remove(id);
        if let Some(person) = self.people.get_mut(&session.user.id) {
            person.sessions.retain(|held| held.id != *id);
            if person.sessions.is_empty() {
                self.people.remove(&session.user.id);
            }
        }
        if let Some(count) = self.addresses.get_mut(&host(session.address)) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&host(session.address));
            }
        }
    }
}

fn membership_in<'a>(record: &'a Connection, namespace: &Namespace) -> Option<&'a Membership> {
    record.namespaces.iter().find(|membership| membership.namespace == *namespace)
}

fn forget_room(rooms: &mut Members, place: Place, room: &RoomName, id: &ConnectionId) {
    let key = (place, room.clone());
    if let Some(members) = rooms.get_mut(&key) {
        members.remove(id);
        if members.is_empty() {
            rooms.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests;
