use proptest::prelude::*;
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Connection, Happening, User};
use signalbox_protocol::ipc::{CompleteFilter, Completions, Direction, MatchPeople, PeopleRows, PeopleSort, ProfileId};

use super::*;
use crate::fleet::tests::connection;

fn query() -> PeopleQuery {
    PeopleQuery {
        profile: ProfileId("p".into()),
        rows: PeopleRows::Users,
        filter: String::new(),
        sort: PeopleSort::Name,
        direction: Direction::Ascending,
        start: 0,
        count: 10,
        order: Order::Live,
    }
}

/// A fleet with one table and one view, and the page's copy of the window.
struct Bench {
    fleet: Fleet,
    table: Table,
    view: PeopleView,
    now: Timestamp,
    page: Page,
}

#[derive(Default)]
struct Page {
    total: u32,
    matching: u32,
    waiting: u32,
    reading: FilterReading,
    rows: Vec<PersonRow>,
}

impl Bench {
    fn new(query: PeopleQuery) -> Self {
        let mut fleet = Fleet::default();
        fleet.follow_changes();
        let table = Table::of(query.rows, &fleet);
        let view = PeopleView::new(query, &table, Timestamp(0));
        Self { fleet, table, view, now: Timestamp(0), page: Page::default() }
    }

    fn open(&mut self, id: &str, user: i64) {
        self.fleet.apply(&Happening::ConnectionOpened { connection: connection(id, user) }, Timestamp(0));
    }

    fn open_operator(&mut self, id: &str, user: i64) {
        let connection = Connection { operator: true, ..connection(id, user) };
        self.fleet.apply(&Happening::ConnectionOpened { connection }, Timestamp(0));
    }

    fn close(&mut self, id: &str) {
        let (connection, user) = (id.into(), User { id: 0.into(), username: "".into() });
        let what = Happening::ConnectionClosed { connection, user, reason: String::new(), bytes_in: 0, bytes_out: 0 };
        self.fleet.apply(&what, Timestamp(0));
    }

    fn show(&mut self) -> Option<PeopleUpdate> {
        let changes = self.fleet.take_changes();
        let touched = self.table.absorb(&changes, &self.fleet);
        self.view.absorb(&self.table, &touched, &changes);
        let update = self.view.render(&self.table, &self.fleet, self.now)?;
        self.page.apply(update.clone());
        Some(update)
    }

    fn change(&mut self, query: PeopleQuery) {
        if query.rows != self.table.kind() {
            self.table = Table::of(query.rows, &self.fleet);
        }
        self.view.change(query, &self.table, self.now);
    }

    fn names(&self) -> Vec<&str> {
        self.page.rows.iter().map(|row| row.user.username.as_ref()).collect()
    }

    /// The window, counted by hand.
    fn truth(&self) -> (u32, Vec<String>) {
        let query = self.view.query();
        let keys: Vec<RowKey> = match query.rows {
            PeopleRows::Users => self.fleet.users().cloned().map(RowKey::User).collect(),
            PeopleRows::Connections => self.fleet.connections().cloned().map(RowKey::Connection).collect(),
        };
        let rows = keys.iter().filter_map(|key| self.fleet.row(key));
        let mut rows: Vec<PersonRow> = rows.filter(|row| shown(row, &query.filter)).collect();
        rows.sort_by(|a, b| {
            let by_column = match query.sort {
                PeopleSort::Name => a.user.username.cmp(&b.user.username),
                PeopleSort::Id => a.user.id.cmp(&b.user.id),
                PeopleSort::Hits => a.hits.cmp(&b.hits),
                PeopleSort::Online => b.online_at.cmp(&a.online_at),
                PeopleSort::Address | PeopleSort::Idle => std::cmp::Ordering::Equal,
            };
            let by_column = if query.direction == Direction::Ascending { by_column } else { by_column.reverse() };
            by_column.then(a.user.id.cmp(&b.user.id)).then(a.key.cmp(&b.key))
        });
        let window = rows.iter().skip(query.start as usize).take(query.count as usize);
        (count(rows.len()), window.map(|row| format!("{row:?}")).collect())
    }
}

fn shown(row: &PersonRow, filter: &str) -> bool {
    let rooms: String = row.rooms.iter().map(|room| format!("{room}\n")).collect();
    let text = format!("{}\n{}\n{}\n{rooms}", row.user.username, row.user.id, row.address).to_lowercase();
    filter.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

impl Page {
    /// What the page does with an update.
    fn apply(&mut self, update: PeopleUpdate) {
        (self.total, self.matching, self.waiting) = (update.total, update.matching, update.waiting);
        self.reading = update.reading;
        if let Some(window) = update.window {
            self.rows = window;
        }
        for ChangedRow { index, row } in update.changed {
            self.rows[(index - update.start) as usize] = row;
        }
    }
}

#[test]
fn a_row_that_changes_is_sent_alone_and_nothing_is_sent_twice() {
    let mut bench = Bench::new(query());
    bench.open("a", 1);
    bench.open("b", 2);
    assert_eq!(bench.show().unwrap().window.unwrap().len(), 2);
    assert_eq!(bench.show(), None);
    bench.fleet.hit(&2.into(), 3, Timestamp(0));
    let update = bench.show().unwrap();
    assert_eq!((update.window, update.changed.len()), (None, 1));
    assert_eq!((update.changed[0].index, update.changed[0].row.hits), (1, 3));
}

#[test]
fn words_are_looked_for_in_everything_and_in_any_case() {
    let mut bench = Bench::new(query());
    for (id, user) in [("a", 1), ("b", 2), ("c", 30)] {
        bench.open(id, user);
    }
    let (connection, namespace) = ("b".into(), "/web".into());
    let user = User { id: 2.into(), username: "".into() };
    bench.fleet.apply(&Happening::RoomJoined { connection, user, namespace, room: "Lobby".into() }, Timestamp(0));
    for (filter, names) in [
        ("USER-1", vec!["user-1"]),
        ("lobby 10.0", vec!["user-2"]),
        ("10.0.0.30", vec!["user-30"]),
        ("socket.io-client", vec!["user-1", "user-2", "user-30"]),
        ("/web user-3", vec!["user-30"]),
        ("lobby user-1", vec![]),
    ] {
        bench.change(PeopleQuery { filter: filter.into(), ..query() });
        bench.show();
        assert_eq!(bench.names(), names, "{filter}");
        assert_eq!((bench.page.total, bench.page.matching as usize), (3, names.len()), "{filter}");
    }
}

#[test]
fn while_there_is_a_mistake_in_the_filter_the_last_one_without_stays() {
    let mut bench = Bench::new(query());
    for (id, user) in [("a", 1), ("b", 2)] {
        bench.open(id, user);
    }
    bench.change(PeopleQuery { filter: "user:user-1".into(), ..query() });
    bench.show();
    assert_eq!((bench.names(), bench.page.reading.problem.is_some()), (vec!["user-1"], false));

    bench.change(PeopleQuery { filter: "usr:user-2".into(), ..query() });
    bench.show();
    assert_eq!(bench.names(), ["user-1"]);
    assert_eq!(bench.page.reading.in_force, "user:user-1");
    let problem = bench.page.reading.problem.clone().unwrap();
    assert_eq!((problem.start, problem.end, problem.instead.as_deref()), (0, 3, Some("user")));

    bench.change(PeopleQuery { filter: "user:user-2".into(), ..query() });
    bench.show();
    assert_eq!((bench.names(), bench.page.reading.problem.is_some()), (vec!["user-2"], false));
}

#[test]
fn who_has_been_online_for_long_enough_appears_without_any_news() {
    let mut bench = Bench::new(PeopleQuery { filter: "online>=10s".into(), ..query() });
    bench.open("a", 1);
    for (now, names) in [(2_000, vec![]), (10_999, vec![]), (12_000, vec!["user-1"])] {
        bench.now = Timestamp(now);
        bench.show();
        assert_eq!(bench.names(), names, "{now}");
    }
}

#[test]
fn whoever_matches_is_named_and_nobody_where_there_are_too_many() {
    let mut bench = Bench::new(PeopleQuery { rows: PeopleRows::Connections, ..query() });
    for (id, user) in [("a", 1), ("b", 2), ("c", 2), ("d", 3)] {
        bench.open(id, user);
    }
    bench.show();
    let asked = |filter: &str| MatchPeople { rows: PeopleRows::Connections, filter: filter.into() };
    let found = matching(&asked("-user:user-1"), &bench.table, &bench.fleet, bench.now).unwrap();
    let users: Vec<_> = found.users.iter().map(|user| user.id.to_string()).collect();
    let connections: Vec<_> = found.connections.iter().map(|id| id.as_str()).collect();
    assert_eq!((users, connections), (vec!["2".to_owned(), "3".to_owned()], vec!["b", "c", "d"]));

    let wrong = matching(&asked("user:"), &bench.table, &bench.fleet, bench.now).unwrap_err();
    assert!(matches!(wrong, NotNamed::Misread(_)), "{wrong:?}");
    (0..10_000).for_each(|user| bench.open(&format!("c{user}"), user));
    bench.show();
    let many = matching(&asked(""), &bench.table, &bench.fleet, bench.now).unwrap_err();
    assert_eq!(many, NotNamed::TooMany { found: 10_004, most: 10_000 });
}

#[test]
fn what_is_there_is_offered_for_what_is_typed() {
    let mut bench = Bench::new(query());
    for (id, user) in [("a", 1), ("b", 2), ("c", 30)] {
        bench.open(id, user);
    }
    for (id, room) in [("a", "Lobby"), ("b", "Lobby"), ("b", "the lobby"), ("c", "games")] {
        let (connection, namespace) = (id.into(), "/web".into());
        let user = User { id: 0.into(), username: "".into() };
        bench.fleet.apply(&Happening::RoomJoined { connection, user, namespace, room: room.into() }, Timestamp(0));
    }
    bench.show();
    for (text, cursor, replaced, offered) in [
        ("room:lo", 7, (0, 7), &["room:Lobby", "room:\"the lobby\""][..]),
        ("-room:", 6, (1, 6), &["room:Lobby", "room:games", "room:\"the lobby\""]),
        ("é😀 is:", 7, (4, 7), &["is:operator", "is:idle", "is:active"]),
        ("idle>=", 6, (0, 6), &["idle>=1m", "idle>=5m", "idle>=30m", "idle>=1h"]),
        ("use hits>0", 3, (0, 3), &["user:", "user:user-1", "user:user-2", "user:user-30"]),
        ("user:user-30", 12, (0, 12), &[]),
        ("lobb", 4, (0, 4), &["room:Lobby", "room:\"the lobby\""]),
    ] {
        let asked = CompleteFilter { rows: PeopleRows::Users, text: text.into(), cursor };
        let Completions { start, end, items } = complete(&asked, &bench.table, &bench.fleet);
        let items: Vec<_> = items.iter().map(|item| item.text.as_str()).collect();
        assert_eq!(((start, end), &items[..]), (replaced, offered), "{text}");
    }
}

#[test]
fn while_the_order_is_frozen_rows_stay_and_who_comes_waits() {
    let mut bench = Bench::new(query());
    for (id, user) in [("a", 1), ("b", 2), ("c", 3)] {
        bench.open(id, user);
    }
    bench.show();
    bench.change(PeopleQuery { order: Order::Frozen, ..query() });
    bench.close("b");
    bench.open("d", 0);
    bench.show();
    assert_eq!(bench.names(), ["user-1", "user-2", "user-3"]);
    let gone: Vec<bool> = bench.page.rows.iter().map(|row| row.gone).collect();
    assert_eq!(gone, [false, true, false]);
    assert_eq!((bench.page.total, bench.page.matching, bench.page.waiting), (3, 3, 1));

    bench.change(PeopleQuery { order: Order::Frozen, start: 1, ..query() });
    bench.show();
    assert_eq!(bench.names(), ["user-2", "user-3"], "who has gone is still there after scrolling");

    bench.open("e", 2);
    bench.show();
    assert!(!bench.page.rows[0].gone, "and is back when they are");

    bench.change(query());
    bench.show();
    assert_eq!(bench.names(), ["user-0", "user-1", "user-2", "user-3"]);
    assert_eq!(bench.page.waiting, 0);
}

#[test]
fn another_filter_while_frozen_takes_the_rows_as_they_are_now() {
    let mut bench = Bench::new(PeopleQuery { order: Order::Frozen, ..query() });
    bench.show();
    bench.open("a", 1);
    bench.show();
    assert_eq!((bench.page.matching, bench.page.waiting), (0, 1));
    bench.change(PeopleQuery { order: Order::Frozen, filter: "user".into(), ..query() });
    bench.show();
    assert_eq!(bench.names(), ["user-1"]);
}

#[test]
fn many_rows_are_kept_in_order_by_mending() {
    let mut bench = Bench::new(PeopleQuery { sort: PeopleSort::Hits, direction: Direction::Descending, ..query() });
    for user in 0..20_000 {
        bench.open(&format!("c{user}"), user);
    }
    bench.show();
    bench.fleet.hit(&777.into(), 5, Timestamp(0));
    bench.fleet.hit(&19_999.into(), 9, Timestamp(0));
    bench.show();
    assert_eq!(bench.names()[..3], ["user-19999", "user-777", "user-0"]);
}

fn queries() -> impl Strategy<Value = PeopleQuery> {
    let rows = prop_oneof![Just(PeopleRows::Users), Just(PeopleRows::Connections)];
    let sort =
        prop_oneof![Just(PeopleSort::Name), Just(PeopleSort::Id), Just(PeopleSort::Hits), Just(PeopleSort::Online)];
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let filter = prop_oneof![Just(""), Just("user-1"), Just("lobby"), Just("10.0 USER")];
    (rows, sort, direction, filter, 0..6_u32, 1..8_u32).prop_map(|(rows, sort, direction, filter, start, count)| {
        PeopleQuery { rows, sort, direction, filter: filter.into(), start, count, ..query() }
    })
}

#[derive(Debug, Clone)]
enum Step {
    Open(u8),
    Close(u8),
    Join(u8),
    Hit(u8),
    Ask(PeopleQuery),
    Restart,
    Show,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..16_u8).prop_map(Step::Open),
        3 => (0..16_u8).prop_map(Step::Close),
        2 => (0..16_u8).prop_map(Step::Join),
        2 => (0..8_u8).prop_map(Step::Hit),
        1 => queries().prop_map(Step::Ask),
        1 => Just(Step::Restart),
        4 => Just(Step::Show),
    ];
    prop::collection::vec(step, 0..120)
}

proptest! {
    /// Whatever happens, the page's copy of the window, kept by patches, is the window that one would count by hand.
    #[test]
    fn patches_keep_the_window_true(first in queries(), steps in steps()) {
        let mut bench = Bench::new(first);
        let mut epoch = 0;
        for step in steps {
            match step {
                Step::Open(id) => bench.open(&format!("c{id}"), i64::from(id % 8)),
                Step::Close(id) => bench.close(&format!("c{id}")),
                Step::Join(id) => {
                    let user = User { id: 0.into(), username: "".into() };
                    let (connection, namespace) = (format!("c{id}").as_str().into(), "/web".into());
                    let what = Happening::RoomJoined { connection, user, namespace, room: "Lobby".into() };
                    bench.fleet.apply(&what, Timestamp(0));
                }
                Step::Hit(user) => bench.fleet.hit(&i64::from(user).into(), 1, Timestamp(0)),
                Step::Ask(query) => bench.change(query),
                Step::Restart => {
                    epoch += 1;
                    bench.fleet.begin_snapshot(&format!("e{epoch}").as_str().into());
                    bench.fleet.snapshot_page(vec![connection("c1", 1), connection("c2", 2)]);
                    bench.fleet.finish_snapshot(&[], Timestamp(0));
                }
                Step::Show => {
                    bench.show();
                    let (matching, window) = bench.truth();
                    let page: Vec<String> = bench.page.rows.iter().map(|row| format!("{row:?}")).collect();
                    prop_assert_eq!(page, window);
                    prop_assert_eq!(bench.page.matching, matching);
                    prop_assert_eq!(bench.page.total as usize, bench.table.len());
                }
            }
        }
    }
}

#[test]
fn an_operator_has_a_row_and_is_not_counted_as_online() {
    let mut bench = Bench::new(query());
    bench.open("a", 1);
    bench.open_operator("op", 9);
    let update = bench.show().unwrap();
    assert_eq!((update.total, update.online), (2, 1));
}
