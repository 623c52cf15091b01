//! Exports from a small gateway of their own, through a real link and a real watch, into a real folder.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};
use signalbox_protocol::RoomName;
use signalbox_protocol::admin::{AlertsArgs, AuditArgs, BansArgs, Command, HistoryArgs, HistoryOf, Request};
use signalbox_protocol::feed::{Connection, Subscribe};
use signalbox_protocol::ipc::{
    AlertsColumn, AuditColumn, BansColumn, Direction, LimitRow, LimitsColumn, LinkState, PeopleColumn, PeopleRows,
    PeopleSort, ProfileId, RoomsColumn, RoomsSort, TraceColumn, TraceRow, WhichAlerts,
};
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;
use crate::address::Address;
use crate::fleet::tests::connection;
use crate::link::{Pace, tests::credentials};
use crate::tail::episode;
use crate::watch::Surroundings;

/// A gateway with so many users in a lobby and one in the attic, three bans on two pages, two alerts, two limits, one
/// notification and one act of an operator.
async fn gateway(users: i64) -> String {
    let (layer, io) = SocketIo::new_layer();
    let door = move |socket: SocketRef| async move {
        socket.on("feed:subscribe", async move |socket: SocketRef, Data(_): Data<Subscribe>| {
            let connections: Vec<_> = (0..users).map(in_rooms).collect();
            let state = json!({"epoch": "e", "seq": 1, "recovered": false, "page": 0, "last": true});
            let mut page = state;
            page["connections"] = json!(connections);
            socket.emit("feed:snapshot", &page).unwrap();
        });
        socket.on("admin:request", async |socket: SocketRef, Data(request): Data<Request>| {
            let response = match answer(&request.command) {
                Some(result) => json!({"id": request.id, "ok": true, "result": result}),
                None => json!({"id": request.id, "ok": false, "error": {"code": "forbidden", "message": "not you"}}),
            };
            socket.emit("admin:response", &response).unwrap();
        });
        Ok::<(), std::convert::Infallible>(())
    };
    io.ns("/admin", (|| async {}).with(door));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().layer(layer)).await });
    url
}

fn in_rooms(user: i64) -> Connection {
    let mut connection = connection(&format!("c{user}"), user);
    let rooms: &mut dyn Iterator<Item = String> = match user {
        0 => &mut ["lobby".to_owned(), "attic".to_owned()].into_iter(),
        40 => &mut (0..25).map(|room| format!("room-{room}")),
        _ => &mut std::iter::once("lobby".to_owned()),
    };
    connection.namespaces[0].rooms = rooms.map(|room| RoomName::from(room.as_str())).collect();
    connection
}

fn answer(command: &Command) -> Option<Value> {
    let at = "2026-03-01T12:00:00.000Z";
    let ban =
        |target: Value, reason: &str| json!({"target": target, "reason": reason, "until": null, "by": "ann", "at": at});
    let page = |items: Value, cursor: Value| json!({"items": items, "nextCursor": cursor});
    match command {
        Command::Bans(BansArgs { cursor: None, .. }) => {
            let first = [ban(json!({"address": "203.0.113.7/32"}), "=spam"), ban(json!({"user": 7}), "noise")];
            Some(page(json!(first), json!("next")))
        }
        Command::Bans(BansArgs { cursor: Some(_), .. }) => {
            Some(page(json!([ban(json!({"address": "10.0.0.0/8"}), "spam, again")]), Value::Null))
        }
        Command::Alerts(AlertsArgs { .. }) => {
            let alert = |id: u64| json!({"id": id, "kind": "warning", "level": "low", "message": "disk", "since": at, "node": "gw", "data": null});
            let mut over = alert(1);
            over["clearedAt"] = json!(at);
            let mut error = alert(3);
            (error["kind"], error["clearedAt"]) = (json!("error"), json!(at));
            Some(page(json!([alert(2), over, error]), Value::Null))
        }
        Command::Policy(_) => {
            let entry = |namespace: &str| json!({"namespace": namespace, "event": "room:message", "limit": 10, "source": "builtIn"});
            Some(json!({"enabled": true, "window": 60, "entries": [entry("/web"), entry("/chat")]}))
        }
        Command::History(HistoryArgs { of: HistoryOf::Notifications, .. }) => {
            let sent = json!({
                "id": 1, "at": at, "target": {"users": [7]}, "type": "info", "title": "Hello", "message": "all",
                "by": "ann", "targets": 2, "delivered": 1, "queued": 0,
            });
            Some(page(json!([sent]), Value::Null))
        }
        // The log asks for what was asked: the question goes through.
        Command::Audit(AuditArgs { actor: Some(actor), .. }) => {
            let act = json!({
                "id": 1, "at": at, "actor": actor, "address": "", "command": "ban", "subject": "user 7",
                "detail": {"reason": "spam"}, "outcome": "done", "explanation": null, "touched": {"users": 1, "sockets": 2, "sample": []},
            });
            Some(page(json!([act]), Value::Null))
        }
        _ => None,
    }
}

struct Office {
    watch: Watch,
    folder: tempfile::TempDir,
}

impl Office {
    async fn open(users: i64) -> Self {
        let (notices, _) = mpsc::channel(8);
        let surroundings = Surroundings {
            profile: ProfileId("p".into()),
            name: "gw".into(),
            changed: Arc::new(Notify::new()),
            notices,
            pace: Pace::default(),
        };
        let watch = Watch::begin(surroundings);
        watch
            .open(gateway(users).await.parse::<Address>().unwrap().into(), credentials(), crate::watch::Occasion::Asked)
            .await;
        let mut seen = watch.follow();
        let live = seen.wait_for(|seen| matches!(seen.link, LinkState::Live { .. }));
        tokio::time::timeout(Duration::from_secs(20), live).await.expect("in time").unwrap();
        Self { watch, folder: tempfile::tempdir().unwrap() }
    }

    /// Begins an export, and answers the question where it is to be.
    fn begin(&self, table: ExportTable, format: ExportFormat, place: Option<PathBuf>) -> Export {
        let (orders, mut desktop) = mpsc::channel(8);
        let names = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&names);
        tokio::spawn(async move {
            while let Some(order) = desktop.recv().await {
                if let Order::ChooseFile { name, answer, .. } = order {
                    asked.lock().push(name);
                    answer.send(place.clone()).unwrap();
                }
            }
        });
        let query = ExportQuery { profile: ProfileId("p".into()), table, format };
        let updates = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&updates);
        let tell = move |update| told.lock().push(update);
        let task = tokio::spawn(run(query, "eu/prod".into(), self.watch.clone(), orders, tell));
        Export { task, updates, names }
    }

    /// An export into a file, and what is in it.
    async fn file(&self, table: ExportTable, format: ExportFormat) -> (String, u32) {
        let path = self.folder.path().join("file");
        let ExportUpdate::Written { path: told, rows } = self.begin(table, format, Some(path.clone())).end().await
        else {
            panic!("it is written")
        };
        assert_eq!(told, path.display().to_string());
        (std::fs::read_to_string(&path).unwrap(), rows)
    }
}

struct Export {
    task: JoinHandle<()>,
    updates: Arc<Mutex<Vec<ExportUpdate>>>,
    names: Arc<Mutex<Vec<String>>>,
}

impl Export {
    /// Its last word.
    async fn end(self) -> ExportUpdate {
        tokio::time::timeout(Duration::from_secs(20), self.task).await.expect("in time").unwrap();
        let updates = self.updates.lock();
        assert_eq!(updates.first(), Some(&ExportUpdate::Choosing));
        let name = self.names.lock().first().cloned().unwrap_or_default();
        assert!(name.starts_with("eu-prod "), "{name}");
        updates.last().cloned().unwrap()
    }
}

fn people(filter: &str, columns: &[PeopleColumn]) -> ExportTable {
    ExportTable::People {
        rows: PeopleRows::Users,
        filter: filter.into(),
        sort: PeopleSort::Id,
        direction: Direction::Descending,
        columns: columns.to_vec(),
    }
}

#[tokio::test]
async fn everybody_who_fits_is_written_in_the_order_and_the_columns_shown() {
    let office = Office::open(12).await;
    let columns = [PeopleColumn::Address, PeopleColumn::Name, PeopleColumn::Online, PeopleColumn::Idle];
    let (text, rows) = office.file(people("user-1", &columns), ExportFormat::Csv).await;
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "address,name,onlineAt,idleSince");
    assert_eq!(lines[1], "10.0.0.11,user-11,1970-01-01T00:00:01.000Z,");
    assert_eq!((lines.len(), rows, lines[3].split(',').nth(1)), (4, 3, Some("user-1")));
}

#[tokio::test]
async fn more_than_a_batch_is_written_to_the_last_row() {
    let office = Office::open(2_345).await;
    let (text, rows) = office.file(people("", &[PeopleColumn::Id]), ExportFormat::Ndjson).await;
    assert_eq!((text.lines().count(), rows), (2_345, 2_345));
    assert_eq!((text.lines().next(), text.lines().last()), (Some("{\"id\":2344}"), Some("{\"id\":0}")));
}

#[tokio::test]
async fn all_rooms_of_somebody_are_written_however_many_the_page_names() {
    let office = Office::open(41).await;
    let (text, rows) = office.file(people("user-40", &[PeopleColumn::Rooms]), ExportFormat::Ndjson).await;
    let row: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((row["rooms"].as_array().map(Vec::len), rows), (Some(25), 1), "{row}");
}

#[tokio::test]
async fn a_list_of_the_gateway_is_read_to_its_last_page() {
    let office = Office::open(1).await;
    let bans =
        |filter: &str, columns: &[BansColumn]| ExportTable::Bans { filter: filter.into(), columns: columns.to_vec() };
    let columns = [BansColumn::Whom, BansColumn::Reason];
    let (text, rows) = office.file(bans("SPAM ann", &columns), ExportFormat::Csv).await;
    let expected = "kind,whom,reason\r\naddress,203.0.113.7,'=spam\r\naddress,10.0.0.0/8,\"spam, again\"\r\n";
    assert_eq!((text.trim_start_matches('\u{feff}'), rows), (expected, 2));

    for (which, expected) in [
        (WhichAlerts::Open, "{\"times\":2,\"state\":\"open\"}\n"),
        (WhichAlerts::Errors, "{\"times\":1,\"state\":\"over\"}\n"),
    ] {
        let table = ExportTable::Alerts { which, columns: vec![AlertsColumn::Times, AlertsColumn::State] };
        let (text, _) = office.file(table, ExportFormat::Ndjson).await;
        assert_eq!(text, expected, "{which:?}: one that is over counts");
    }

    let question = AuditArgs { actor: Some("ann".into()), ..AuditArgs::default() };
    let table = ExportTable::Audit {
        question,
        columns: vec![AuditColumn::Command, AuditColumn::Subject, AuditColumn::Outcome],
    };
    let (text, _) = office.file(table, ExportFormat::Json).await;
    assert_eq!(
        text,
        "[\n{\"command\":\"ban\",\"detail\":{\"reason\":\"spam\"},\"subject\":\"user 7\",\"touched\":{\"sample\":[],\"sockets\":2,\"users\":1},\"outcome\":\"done\",\"explanation\":null}\n]\n"
    );
}

#[tokio::test]
async fn rooms_are_written_in_the_order_and_the_columns_shown() {
    let office = Office::open(3).await;
    let rooms = |filter: &str, columns: &[RoomsColumn]| ExportTable::Rooms {
        filter: filter.into(),
        sort: RoomsSort::Members,
        direction: Direction::Descending,
        columns: columns.to_vec(),
    };
    let (text, _) = office.file(rooms("", &[RoomsColumn::Members, RoomsColumn::Name]), ExportFormat::Csv).await;
    assert_eq!(text.trim_start_matches('\u{feff}'), "members,room\r\n3,lobby\r\n1,attic\r\n");
    let columns = [RoomsColumn::Name, RoomsColumn::Namespace, RoomsColumn::Traffic, RoomsColumn::Posts];
    let (text, rows) = office.file(rooms("ATT", &columns), ExportFormat::Ndjson).await;
    let expected = "{\"room\":\"attic\",\"namespace\":\"/web\",\"perMinute\":null,\"posts\":null}\n";
    assert_eq!((text.as_str(), rows), (expected, 1));
}

#[tokio::test]
async fn a_tail_is_written_as_the_page_shows_it() {
    let office = Office::open(1).await;
    let row = |key| LimitRow { key, at: Timestamp(0), node: "gw".into(), episode: episode(key, 7, 3), fresh: 1 };
    let table =
        ExportTable::Limits { rows: vec![row(2), row(1)], columns: vec![LimitsColumn::User, LimitsColumn::Dropped] };
    let (text, rows) = office.file(table, ExportFormat::Csv).await;
    let expected = "user,userId,dropped,fresh\r\nuser-7,7,3,1\r\nuser-7,7,3,1\r\n";
    assert_eq!((text.trim_start_matches('\u{feff}'), rows), (expected, 2));

    let table = |rows| ExportTable::Trace {
        rows,
        columns: vec![TraceColumn::User, TraceColumn::Payload, TraceColumn::Duration, TraceColumn::Outcome],
    };
    let said = |payload: &str| TraceRow {
        key: 1,
        at: Timestamp(0),
        node: "gw".into(),
        user: episode(1, 7, 0).user,
        socket: "s".into(),
        namespace: "/web".into(),
        event: "room:message".into(),
        room: None,
        payload: Some(payload.into()),
        duration_us: 120,
        code: None,
    };
    for (payload, written, cell) in [
        (r#"{"a":1}"#, r#"{"a":1}"#, r#""{""a"":1}""#),
        ("[1,[2]]", "[1,[2]]", r#""[1,[2]]""#),
        (r#"{"cut":"he"#, r#""{\"cut\":\"he""#, r#""{""cut"":""he""#),
        ("=1+1", "\"=1+1\"", "'=1+1"),
    ] {
        let (text, _) = office.file(table(vec![said(payload)]), ExportFormat::Ndjson).await;
        let who = r#""user":"user-7","userId":7,"socket":"s""#;
        assert_eq!(text, format!("{{{who},\"payload\":{written},\"durationUs\":120,\"outcome\":\"ok\"}}\n"));
        let (text, _) = office.file(table(vec![said(payload)]), ExportFormat::Csv).await;
        assert!(text.ends_with(&format!("\r\nuser-7,7,s,{cell},120,ok\r\n")), "{text}");
    }
}

#[tokio::test]
async fn what_a_gateway_is_and_how_it_is_set_up_are_written_as_the_page_shows_them() {
    let office = Office::open(1).await;
    let node = json!({
        "id": "gw", "version": "0.1.0", "startedAt": Timestamp(0), "cpu": 12.5, "memory": 40.0, "rss": 1024, "connections": 3,
    });
    let nodes = ExportTable::Nodes { rows: vec![serde_json::from_value(node).unwrap()] };
    let (text, _) = office.file(nodes, ExportFormat::Csv).await;
    let expected = "node,version,startedAt,connections,cpuPercent,memoryPercent,residentBytes,drainedSince\r\n\
                    gw,0.1.0,1970-01-01T00:00:00.000Z,3,12.5,40.0,1024,\r\n";
    assert_eq!(text.trim_start_matches('\u{feff}'), expected);

    let setting = json!({"key": "proxy.trusted", "value": ["127.0.0.1/32"], "default": [], "origin": "file"});
    let settings = ExportTable::Configuration { rows: vec![serde_json::from_value(setting).unwrap()] };
    let (text, rows) = office.file(settings, ExportFormat::Ndjson).await;
    let expected = "{\"key\":\"proxy.trusted\",\"value\":[\"127.0.0.1/32\"],\"default\":[],\"origin\":\"file\"}\n";
    assert_eq!((text.as_str(), rows), (expected, 1));
}

#[tokio::test]
async fn limits_and_what_was_sent_are_asked_of_the_gateway() {
    let office = Office::open(1).await;
    let table = ExportTable::Policy { filter: "WEB message".into() };
    let (text, _) = office.file(table, ExportFormat::Csv).await;
    let expected = "namespace,event,limit,windowSeconds,source\r\n/web,room:message,10,60,builtIn\r\n";
    assert_eq!(text.trim_start_matches('\u{feff}'), expected);

    let (text, rows) = office.file(ExportTable::Notifications, ExportFormat::Ndjson).await;
    let sent: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (rows, &sent["title"], &sent["target"], &sent["delivered"]),
        (1, &json!("Hello"), &json!({"users": [7]}), &json!(1))
    );
}

#[tokio::test]
async fn what_cannot_be_written_says_why_and_leaves_what_was_there() {
    let office = Office::open(1).await;
    let path = office.folder.path().join("file");
    std::fs::write(&path, "before").unwrap();
    let refused = ExportTable::Audit { question: AuditArgs::default(), columns: vec![AuditColumn::At] };
    let nowhere = office.folder.path().join("no/such/folder/file");
    for (table, place, code) in [
        (refused, path.clone(), FailureCode::Forbidden),
        (people("", &[PeopleColumn::Id]), nowhere, FailureCode::NotWritable),
        (people("idle>", &[PeopleColumn::Id]), path.clone(), FailureCode::InvalidArgument),
    ] {
        let end = office.begin(table, ExportFormat::Csv, Some(place)).end().await;
        let ExportUpdate::Failed { failure } = end else { panic!("{end:?}") };
        assert_eq!(failure.code, code, "{failure:?}");
    }
    let table = people("", &[PeopleColumn::Id]);
    assert_eq!(office.begin(table, ExportFormat::Csv, None).end().await, ExportUpdate::Dismissed);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(std::fs::read_dir(office.folder.path()).unwrap().count(), 1, "no draft is left");
}
