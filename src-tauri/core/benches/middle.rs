//! What a hundred thousand users and ten thousand entries a second cost in `fleet`, `tail` and `view`: `cargo bench --package
//! signalbox-core`. Figures to compare, on one machine, before a change and after it.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use signalbox_core::measured::{Limits, People, Scene};
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Connection, Entry, Happening, LimitEpisode, Membership, Snapshot, Transport, User};
use signalbox_protocol::ipc::{
    CompleteFilter, Direction, Flow, LimitsQuery, Order, PeopleQuery, PeopleRows, PeopleSort, ProfileId, Scope,
};

/// Users online, each with one connection.
const USERS: i64 = 100_000;
/// A second's entries.
const ENTRIES: i64 = 10_000;
const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn user(number: i64) -> User {
    User { id: number.into(), username: format!("user-{number}").into() }
}

fn connection(number: i64) -> Connection {
    Connection {
        id: format!("c{number}").as_str().into(),
        user: user(number),
        operator: false,
        node: "gw-1".into(),
        transport: Transport::Websocket,
        address: format!("10.{}.{}.{}", number / 65_536, number / 256 % 256, number % 256),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
        namespaces: vec![Membership {
            namespace: "/web".into(),
            socket: format!("s{number}").as_str().into(),
            rooms: vec!["lobby".into(), format!("team-{}", number % 500).as_str().into()],
        }],
        online_at: Timestamp(NOW.0 - number * 100),
        last_activity: NOW,
        idle: number % 3 == 0,
    }
}

fn snapshot() -> Snapshot {
    Snapshot {
        epoch: "e".into(),
        seq: 1,
        recovered: false,
        page: 0,
        last: true,
        nodes: Vec::new(),
        episodes: Vec::new(),
        alerts: Vec::new(),
        hits: Vec::new(),
        connections: (0..USERS).map(connection).collect(),
    }
}

/// A second of a busy gateway: people fall idle and wake, come and go, and run into limits.
fn entries() -> Vec<Entry> {
    let what = |number: i64| {
        let who = number * 7919 % USERS;
        let connection_id = || format!("c{who}").as_str().into();
        match number % 10 {
            0 => Happening::ConnectionOpened { connection: connection(USERS + number) },
            1 => Happening::ConnectionClosed {
                connection: connection_id(),
                user: user(who),
                reason: "client left".into(),
                bytes_in: 100,
                bytes_out: 100,
            },
            2..5 => Happening::LimitEpisode { episode: episode(number % 50, number as u64) },
            5..8 => Happening::ConnectionIdle { connection: connection_id(), last_activity: NOW },
            _ => Happening::ConnectionActive { connection: connection_id() },
        }
    };
    (0..ENTRIES)
        .map(|number| Entry {
            epoch: "e".into(),
            seq: 2 + number as u64,
            at: NOW,
            node: "gw-1".into(),
            what: what(number),
        })
        .collect()
}

fn episode(id: i64, dropped: u64) -> LimitEpisode {
    LimitEpisode {
        id: id as u64,
        user: user(id),
        namespace: "/web".into(),
        event: "room:message".into(),
        room: Some("lobby".into()),
        address: "10.0.0.1".into(),
        limit: 10,
        window: 60,
        dropped,
        since: NOW,
        last: NOW,
        ended: false,
    }
}

fn full() -> Scene {
    let mut scene = Scene::default();
    scene.snapshot(snapshot(), NOW);
    scene
}

fn asked(filter: &str, sort: PeopleSort) -> PeopleQuery {
    PeopleQuery {
        profile: ProfileId("p".into()),
        rows: PeopleRows::Users,
        filter: filter.into(),
        sort,
        direction: Direction::Ascending,
        start: 0,
        count: 150,
        order: Order::Live,
    }
}

fn fleet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fleet");
    group.bench_function("a snapshot of 100 000", |bench| {
        bench.iter_batched(
            snapshot,
            |page| {
                let mut scene = Scene::default();
                scene.snapshot(page, NOW);
                scene
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("10 000 entries, nobody looks", |bench| {
        bench.iter_batched(
            || (full(), entries()),
            |(mut scene, entries)| {
                scene.entries(entries);
                scene
            },
            BatchSize::PerIteration,
        );
    });
}

fn tail(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tail");
    let mut scene = full();
    scene.entries(entries());
    let limits = |filter: &str| LimitsQuery {
        profile: ProfileId("p".into()),
        scope: Scope { words: filter.into(), ..Scope::default() },
        flow: Flow::Following,
    };
    group.bench_function("the whole tail of limit hits", |bench| {
        bench.iter(|| black_box(Limits::open(limits("")).update(&mut scene, NOW)));
    });
    group.bench_function("what a filter finds in it", |bench| {
        bench.iter(|| black_box(Limits::open(limits("user-17 lobby")).update(&mut scene, NOW)));
    });
}

fn view(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("view");
    let mut scene = full();
    group.bench_function("open people", |bench| {
        bench.iter(|| People::open(asked("", PeopleSort::Name), &mut scene, NOW).update(&mut scene, NOW));
    });
    let mut people = People::open(asked("", PeopleSort::Name), &mut scene, NOW);
    group.bench_function("filter people", |bench| {
        bench.iter(|| {
            people.change(asked("user-9 firefox", PeopleSort::Name), NOW);
            black_box(people.update(&mut scene, NOW));
            people.change(asked("", PeopleSort::Name), NOW);
        });
    });
    for (name, sort) in [
        ("sort people twice by name", PeopleSort::Name),
        ("sort people twice by address", PeopleSort::Address),
        ("sort people twice by what all have alike", PeopleSort::Hits),
    ] {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                people.change(asked("", sort), NOW);
                black_box(people.update(&mut scene, NOW));
                people.change(PeopleQuery { direction: Direction::Descending, ..asked("", sort) }, NOW);
            });
        });
    }
    for text in ["user-9", "room:", "ip:10.1"] {
        let typed = CompleteFilter { rows: PeopleRows::Users, text: text.into(), cursor: text.len() as u32 };
        group.bench_function(format!("complete `{text}`"), |bench| bench.iter(|| people.complete(&typed, &scene)));
    }
    group.bench_function("a tenth of a second of changes", |bench| {
        let ready = || {
            let mut scene = full();
            let people = People::open(asked("", PeopleSort::Idle), &mut scene, NOW);
            scene.entries(entries().into_iter().take(1_000).collect());
            (scene, people)
        };
        bench.iter_batched(
            ready,
            |(mut scene, mut people)| {
                black_box(people.update(&mut scene, NOW));
                (scene, people)
            },
            BatchSize::PerIteration,
        );
    });
}

criterion_group! {
    name = middle;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_secs(1));
    targets = fleet, tail, view
}
criterion_main!(middle);
