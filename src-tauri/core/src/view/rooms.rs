//! The rooms table as one view sees it, and the inspector of a room.
//!
//! Rooms are fewer than connections by far: the order is made anew when something changed, and not mended.

use std::cmp::Ordering;
use std::collections::HashSet;

use signalbox_protocol::UserId;
use signalbox_protocol::ipc::{
    Direction, Order, RoomLine, RoomMemberLine, RoomQuery, RoomUpdate, RoomsQuery, RoomsSort, RoomsUpdate,
};

use super::{count, words};
use crate::client_name::client_name;
use crate::fleet::{Fleet, RoomKey};
use crate::tail::Traffic;

/// No window is larger, whatever is asked for.
const LARGEST_WINDOW: u32 = 500;
/// The inspector lists no more members than somebody reads; a filter finds the others.
const LISTED: usize = 200;

/// An open rooms view.
#[derive(Debug)]
pub(crate) struct RoomsView {
    query: RoomsQuery,
    words: Vec<String>,
    /// The rooms that fit, in order, as of these versions of the fleet and the traffic.
    order: Vec<RoomKey>,
    made_of: Option<(u64, u64)>,
    frozen: Option<Frozen>,
    sent: Option<RoomsUpdate>,
}

/// The order as it was when rows were told to stay.
#[derive(Debug)]
struct Frozen {
    keys: Vec<RoomKey>,
    members: HashSet<RoomKey>,
}

/// What a comparison needs of a room.
struct Listed<'a> {
    key: &'a RoomKey,
    name: String,
    members: u32,
    per_minute: f64,
}

impl RoomsView {
    /// Opens a view.
    pub(crate) fn new(query: RoomsQuery) -> Self {
        let words = words(&query.filter);
        Self { query, words, order: Vec::new(), made_of: None, frozen: None, sent: None }
    }

    /// Shows something else.
    pub(crate) fn change(&mut self, query: RoomsQuery) {
        let same_rows =
            (&query.filter, query.sort, query.direction) == (&self.query.filter, self.query.sort, self.query.direction);
        if !same_rows {
            self.words = words(&query.filter);
            self.made_of = None;
        }
        if !same_rows || query.order != self.query.order {
            self.frozen = None;
        }
        self.query = query;
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, fleet: &Fleet, traffic: &Traffic) -> Option<RoomsUpdate> {
        let version = (fleet.rooms_version(), traffic.version());
        if self.made_of != Some(version) {
            self.order = self.sorted(fleet, traffic);
            self.made_of = Some(version);
        }
        if self.query.order == Order::Frozen && self.frozen.is_none() {
            let members = self.order.iter().cloned().collect();
            self.frozen = Some(Frozen { keys: self.order.clone(), members });
        }
        let (keys, waiting) = match &self.frozen {
            Some(frozen) => (&frozen.keys, self.order.iter().filter(|key| !frozen.members.contains(*key)).count()),
            None => (&self.order, 0),
        };
        let (start, most) = (self.query.start as usize, self.query.count.min(LARGEST_WINDOW) as usize);
        let window = keys.iter().skip(start).take(most).map(|key| line(key, fleet, traffic)).collect();
        let update = RoomsUpdate {
            total: fleet.counts().rooms,
            matching: count(keys.len()),
            waiting: count(waiting),
            start: self.query.start,
            window,
        };
        if self.sent.as_ref() == Some(&update) {
            return None;
        }
        self.sent = Some(update.clone());
        Some(update)
    }

    /// Every room that fits, in order, whatever the page has been sent.
    pub(crate) fn all(&self, fleet: &Fleet, traffic: &Traffic) -> Vec<RoomLine> {
        self.sorted(fleet, traffic).iter().map(|key| line(key, fleet, traffic)).collect()
    }

    fn sorted(&self, fleet: &Fleet, traffic: &Traffic) -> Vec<RoomKey> {
        let listed = fleet.rooms().filter_map(|(key, members)| {
            let (namespace, room) = key;
            let name = room.as_str().to_lowercase();
            let fits = |word: &String| name.contains(word.as_str()) || namespace.as_str().contains(word.as_str());
            let per_minute = traffic.per_minute(key).unwrap_or_default();
            self.words.iter().all(fits).then_some(Listed { key, name, members, per_minute })
        });
        let mut listed: Vec<Listed<'_>> = listed.collect();
        listed.sort_unstable_by(|a, b| self.compare(a, b));
        listed.into_iter().map(|room| room.key.clone()).collect()
    }

    fn compare(&self, a: &Listed<'_>, b: &Listed<'_>) -> Ordering {
        let by_column = match self.query.sort {
            RoomsSort::Name => a.name.cmp(&b.name),
            RoomsSort::Namespace => a.key.0.cmp(&b.key.0),
            RoomsSort::Members => a.members.cmp(&b.members),
            RoomsSort::Traffic => a.per_minute.total_cmp(&b.per_minute),
        };
        let directed = match self.query.direction {
            Direction::Ascending => by_column,
            Direction::Descending => by_column.reverse(),
        };
        directed.then_with(|| a.name.cmp(&b.name)).then_with(|| a.key.cmp(b.key))
    }
}

fn line(key: &RoomKey, fleet: &Fleet, traffic: &Traffic) -> RoomLine {
    let members = fleet.members(key);
    let (namespace, room) = key.clone();
    RoomLine {
        namespace,
        room,
        members,
        per_minute: traffic.per_minute(key),
        posts: traffic.posts(key),
        gone: members == 0,
    }
}

/// An open inspector of a room.
#[derive(Debug)]
pub(crate) struct RoomView {
    key: RoomKey,
    query: RoomQuery,
    words: Vec<String>,
    /// Who is in it, as of this version of the room.
    made_of: Option<Option<u64>>,
    sent: Option<RoomUpdate>,
}

impl RoomView {
    /// Opens an inspector.
    pub(crate) fn new(query: RoomQuery) -> Self {
        let key = (query.namespace.clone(), query.room.clone());
        Self { key, words: words(&query.filter), query, made_of: None, sent: None }
    }

    /// Inspects something else.
    pub(crate) fn change(&mut self, query: RoomQuery) {
        if query != self.query {
            *self = Self::new(query);
        }
    }

    /// What the page has to be told; `None` where it knows.
    pub(crate) fn render(&mut self, fleet: &Fleet, traffic: &Traffic) -> Option<RoomUpdate> {
        let version = fleet.room_version(&self.key);
        let mut update = match &self.sent {
            Some(sent) if self.made_of == Some(version) => sent.clone(),
            _ => self.look(fleet),
        };
        self.made_of = Some(version);
        (update.per_minute, update.posts) = (traffic.per_minute(&self.key), traffic.posts(&self.key));
        if self.sent.as_ref() == Some(&update) {
            return None;
        }
        self.sent = Some(update.clone());
        Some(update)
    }

    fn look(&self, fleet: &Fleet) -> RoomUpdate {
        let mut users: HashSet<&UserId> = HashSet::new();
        let mut fitting = Vec::new();
        for (connection, joined) in fleet.in_room(&self.key) {
            users.insert(&connection.user.id);
            let name = connection.user.username.to_lowercase();
            let text = format!("{name}\n{}\n{}", connection.user.id, connection.address).to_lowercase();
            if self.words.iter().all(|word| text.contains(word.as_str())) {
                fitting.push((name, connection, joined));
            }
        }
        fitting.sort_unstable_by(|(a, one, _), (b, other, _)| a.cmp(b).then_with(|| one.id.cmp(&other.id)));
        let listed = fitting.iter().take(LISTED).map(|(_, connection, joined)| RoomMemberLine {
            user: connection.user.clone(),
            connection: connection.id.clone(),
            socket: joined.socket.clone(),
            address: connection.address.clone(),
            client: client_name(&connection.user_agent),
            online_at: connection.online_at,
        });
        RoomUpdate {
            members: fleet.members(&self.key),
            users: count(users.len()),
            filter: self.query.filter.clone(),
            matching: count(fitting.len()),
            listed: listed.collect(),
            per_minute: None,
            posts: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::Timestamp;
    use signalbox_protocol::admin::RoomRow;
    use signalbox_protocol::feed::{Happening, User};
    use signalbox_protocol::ipc::ProfileId;

    use super::*;
    use crate::fleet::tests::connection;

    fn query() -> RoomsQuery {
        RoomsQuery {
            profile: ProfileId("p".into()),
            filter: String::new(),
            sort: RoomsSort::Members,
            direction: Direction::Descending,
            start: 0,
            count: 10,
            order: Order::Live,
        }
    }

    fn step(fleet: &mut Fleet, id: &str, room: &str, joins: bool) {
        let (connection, namespace, room) = (id.into(), "/web".into(), room.into());
        let user = User { id: 1.into(), username: "".into() };
        let what = if joins {
            Happening::RoomJoined { connection, user, namespace, room }
        } else {
            Happening::RoomLeft { connection, user, namespace, room }
        };
        fleet.apply(&what, Timestamp(0));
    }

    /// Three users; `lobby` has all of them, `Team` two, `attic` one.
    fn fleet() -> Fleet {
        let mut fleet = Fleet::default();
        for (id, user) in [("a", 1), ("b", 2), ("c", 3)] {
            fleet.apply(&Happening::ConnectionOpened { connection: connection(id, user) }, Timestamp(0));
            step(&mut fleet, id, "lobby", true);
        }
        step(&mut fleet, "a", "Team", true);
        step(&mut fleet, "b", "Team", true);
        step(&mut fleet, "c", "attic", true);
        fleet
    }

    fn names(update: &RoomsUpdate) -> Vec<(&str, u32)> {
        update.window.iter().map(|line| (line.room.as_str(), line.members)).collect()
    }

    #[test]
    fn rooms_are_sorted_filtered_and_sent_once() {
        let (mut fleet, mut traffic) = (fleet(), Traffic::default());
        let mut view = RoomsView::new(query());
        assert_eq!(names(&view.render(&fleet, &traffic).unwrap()), [("lobby", 3), ("Team", 2), ("attic", 1)]);
        assert_eq!(view.render(&fleet, &traffic), None);

        view.change(RoomsQuery { sort: RoomsSort::Name, direction: Direction::Ascending, ..query() });
        assert_eq!(names(&view.render(&fleet, &traffic).unwrap()), [("attic", 1), ("lobby", 3), ("Team", 2)]);
        view.change(RoomsQuery { filter: "/WEB tea".into(), ..query() });
        let found = view.render(&fleet, &traffic).unwrap();
        assert_eq!((names(&found), found.total, found.matching), (vec![("Team", 2)], 3, 1));

        view.change(RoomsQuery { sort: RoomsSort::Traffic, ..query() });
        let row = |posts| RoomRow { namespace: "/web".into(), room: "attic".into(), members: 1, posts };
        traffic.observe(vec![row(0)], Timestamp(0));
        traffic.observe(vec![row(9)], Timestamp(60_000));
        let busiest = view.render(&fleet, &traffic).unwrap();
        assert_eq!((busiest.window[0].room.as_str(), busiest.window[0].per_minute), ("attic", Some(9.0)));
        step(&mut fleet, "c", "attic", false);
        assert_eq!(view.render(&fleet, &traffic).unwrap().total, 2);
    }

    #[test]
    fn frozen_rows_stay_and_new_ones_wait() {
        let (mut fleet, traffic) = (fleet(), Traffic::default());
        let mut view = RoomsView::new(query());
        view.render(&fleet, &traffic);
        view.change(RoomsQuery { order: Order::Frozen, ..query() });
        view.render(&fleet, &traffic);
        step(&mut fleet, "a", "cellar", true);
        step(&mut fleet, "c", "attic", false);
        let frozen = view.render(&fleet, &traffic).unwrap();
        assert_eq!((names(&frozen), frozen.waiting), (vec![("lobby", 3), ("Team", 2), ("attic", 0)], 1));
        assert_eq!(frozen.window.iter().map(|line| line.gone).collect::<Vec<_>>(), [false, false, true]);
        view.change(query());
        let live = view.render(&fleet, &traffic).unwrap();
        assert_eq!((names(&live), live.waiting), (vec![("lobby", 3), ("Team", 2), ("cellar", 1)], 0));
    }

    #[test]
    fn an_inspector_lists_who_is_in_the_room_and_finds_them() {
        let (mut fleet, traffic) = (fleet(), Traffic::default());
        let room = |filter: &str| RoomQuery {
            profile: ProfileId("p".into()),
            namespace: "/web".into(),
            room: "Team".into(),
            filter: filter.into(),
        };
        let mut view = RoomView::new(room(""));
        let update = view.render(&fleet, &traffic).unwrap();
        let names = |update: &RoomUpdate| {
            update.listed.iter().map(|member| member.user.username.to_string()).collect::<Vec<_>>()
        };
        assert_eq!((names(&update), update.members, update.users), (vec!["user-1".into(), "user-2".into()], 2, 2));
        step(&mut fleet, "c", "attic", false);
        assert_eq!(view.render(&fleet, &traffic), None, "another room is none of its business");

        view.change(room("user-2"));
        let found = view.render(&fleet, &traffic).unwrap();
        assert_eq!((names(&found), found.matching, found.members), (vec!["user-2".into()], 1, 2));
        assert_eq!((update.filter.as_str(), found.filter.as_str()), ("", "user-2"));
        step(&mut fleet, "a", "Team", false);
        step(&mut fleet, "b", "Team", false);
        let empty = view.render(&fleet, &traffic).unwrap();
        assert_eq!((empty.members, empty.listed.len()), (0, 0));
    }
}
