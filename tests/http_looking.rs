//! What operators and backends see over HTTP: who is there, where, and how many; page by page, while people come and go.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use signalbox_protocol::admin::{ApiKeysArgs, AuditArgs, Command, Role, Scope};
use support::{Client, Gateway, Token};

const QUIET: &str = "limits.enabled = false\nconnections.per_user = 50";

fn viewer() -> String {
    Token::operator("vera", Role::Viewer).sign()
}

async fn get(gateway: &Gateway, path: &str) -> Value {
    let (status, answer) = gateway.call(Method::GET, path, &viewer()).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

async fn key(gateway: &Gateway, scopes: &[Scope]) -> String {
    let mut ada = gateway.operator(Role::Admin).await;
    let create = ApiKeysArgs::Create { name: "shop".into(), scopes: scopes.to_vec(), expires_at: None };
    let made = ada.ask(Command::ApiKeys(create.into())).await.expect("a key");
    made["key"].as_str().expect("a key").to_owned()
}

/// Every item of all pages; `between` happens between two of them.
async fn all(gateway: &Gateway, path: &str, limit: usize, mut between: impl AsyncFnMut(usize)) -> Vec<Value> {
    let glue = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = get(gateway, &format!("{path}{glue}limit={limit}{cursor}")).await;
        let on_it = page["items"].as_array().expect("items").clone();
        assert!(on_it.len() <= limit, "{page}");
        items.extend(on_it);
        pages += 1;
        match &page["nextCursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            end => {
                assert_eq!(end, &Value::Null, "the key is there on the last page too");
                return items;
            }
        }
        between(pages).await;
    }
}

fn texts(items: &[Value], name: &str) -> Vec<String> {
    items.iter().map(|item| item[name].as_str().expect("ids are texts").to_owned()).collect()
}

#[tokio::test]
async fn a_user_is_online_with_so_many_connections_since_then() {
    let gateway = Gateway::with(QUIET).await;
    let (_ann, _phone) = (gateway.web(7, "ann").await, gateway.web("7", "ann").await);
    let user = get(&gateway, "/api/v1/users/7").await;
    assert_eq!((&user["id"], &user["username"]), (&json!("7"), &json!("ann")));
    assert_eq!((&user["online"], &user["connections"]), (&json!(true), &json!(2)));
    assert!(user["onlineAt"].is_string() && user["lastActivity"].is_string(), "{user}");
    let nobody = get(&gateway, "/api/v1/users/somebody%20else").await;
    let expected = json!({"id": "somebody else", "username": null, "online": false, "connections": 0,
        "onlineAt": null, "lastActivity": null});
    assert_eq!(nobody, expected);
}

#[tokio::test]
async fn a_connection_is_shown_with_its_namespaces_and_rooms() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let page = get(&gateway, "/api/v1/users/7/connections").await;
    let connection = &page["items"][0];
    assert_eq!((&connection["address"], &connection["transport"]), (&json!("127.0.0.1"), &json!("websocket")));
    let seat = &connection["namespaces"][0];
    assert_eq!((&seat["namespace"], &seat["rooms"]), (&json!("/web"), &json!(["lobby"])));
    assert_eq!(seat["socketId"], connection["id"]);
    assert_eq!(get(&gateway, "/api/v1/users/8/connections").await, json!({"items": [], "nextCursor": null}));

    let mut more = Vec::new();
    for _ in 0..6 {
        more.push(gateway.web(7, "ann").await);
    }
    let ids = texts(&all(&gateway, "/api/v1/users/7/connections", 3, async |_| ()).await, "id");
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (7, 7), "{ids:?}");
}

#[tokio::test]
async fn whoever_stays_is_on_exactly_one_page_while_others_come_and_go() {
    let gateway = Gateway::with(QUIET).await;
    let _operator = gateway.operator(Role::Viewer).await;
    let mut staying: Vec<Client> = Vec::new();
    let mut leaving: Vec<Client> = Vec::new();
    for id in 0..12 {
        staying.push(gateway.web(id * 10, "stays").await);
        leaving.push(gateway.web(id * 10 + 5, "leaves").await);
    }
    staying.push(gateway.web("text", "stays").await);
    let mut coming = Vec::new();
    let items = all(&gateway, "/api/v1/users/online", 4, async |page| {
        // One goes and one comes, before and behind the place where the next page begins.
        if let Some(client) = leaving.pop() {
            client.close().await;
        }
        if !leaving.is_empty() {
            leaving.remove(0).close().await;
        }
        coming.push(gateway.web(format!("new {page}"), "comes").await);
        coming.push(gateway.web(page as i64 * 10 + 3, "comes").await);
    })
    .await;
    let ids = texts(&items, "id");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "nobody is on two pages: {ids:?}");
    let stayed: Vec<_> = items.iter().filter(|item| item["username"] == "stays").cloned().collect();
    let mut expected: Vec<_> = (0..12).map(|id| (id * 10).to_string()).collect();
    expected.push("text".into());
    assert_eq!(texts(&stayed, "id"), expected, "in order, numbers first, operators left out");
}

#[tokio::test]
async fn a_namespace_has_rooms_of_its_own_and_rooms_have_members() {
    let gateway = Gateway::with(QUIET).await;
    let mut members = Vec::new();
    for id in 0..7 {
        let mut client = gateway.web(id, "member").await;
        for room in ["lobby", &format!("room {id}/ü")] {
            client.ask("room:join", json!({"roomId": room})).await;
        }
        members.push(client);
    }
    let rooms = all(&gateway, "/api/v1/rooms", 3, async |_| ()).await;
    let mut expected = vec!["lobby".to_owned()];
    expected.extend((0..7).map(|id| format!("room {id}/ü")));
    assert_eq!(texts(&rooms, "room"), expected);
    assert_eq!((&rooms[0]["namespace"], &rooms[0]["members"]), (&json!("/web"), &json!(7)));
    let elsewhere = get(&gateway, "/api/v1/rooms?namespace=/admin").await;
    assert_eq!(elsewhere, json!({"items": [], "nextCursor": null}));

    let lobby = all(&gateway, "/api/v1/rooms/lobby/members?namespace=%2Fweb", 2, async |_| ()).await;
    let ids: BTreeSet<_> = texts(&lobby, "id").into_iter().collect();
    assert_eq!((lobby.len(), ids), (7, (0..7).map(|id| id.to_string()).collect()));
    let one = get(&gateway, "/api/v1/rooms/room%203%2F%C3%BC/members").await;
    assert_eq!((&one["items"][0]["id"], &one["items"][0]["username"]), (&json!("3"), &json!("member")));
    assert_eq!(get(&gateway, "/api/v1/rooms/nowhere/members").await["items"], json!([]));
}

#[tokio::test]
async fn what_was_said_in_a_room_is_read_latest_first() {
    let gateway = Gateway::with(QUIET).await;
    let mut ann = gateway.web(7, "ann").await;
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let say = async |ann: &mut Client, n: usize| {
        let said = ann.ask("room:message", json!({"roomId": "lobby", "message": format!("message {n}")})).await;
        assert_eq!(said["success"], true, "{said}");
    };
    for n in 0..10 {
        say(&mut ann, n).await;
    }
    let messages = all(&gateway, "/api/v1/rooms/lobby/messages", 3, async |page| say(&mut ann, 10 + page).await).await;
    let expected: Vec<_> = (0..10).rev().map(|n| format!("message {n}")).collect();
    assert_eq!(texts(&messages, "message"), expected, "what is said in the meantime moves no page");
    assert_eq!(messages[0]["from"], json!({"id": "7", "username": "ann"}));
    assert!(messages[0]["id"].is_string() && messages[0]["timestamp"].is_string(), "{}", messages[0]);
    let none = json!({"items": [], "nextCursor": null});
    assert_eq!(get(&gateway, "/api/v1/rooms/lobby/messages?namespace=/admin").await, none, "another room of that name");
    assert_eq!(get(&gateway, "/api/v1/rooms/nowhere/messages").await, none);
}

#[tokio::test]
async fn the_figures_say_how_many_there_are() {
    let gateway = Gateway::with(QUIET).await;
    let _olga = gateway.operator(Role::Viewer).await;
    let (mut ann, _phone) = (gateway.web(7, "ann").await, gateway.web(7, "ann").await);
    ann.ask("room:join", json!({"roomId": "lobby"})).await;
    let stats = get(&gateway, "/api/v1/stats").await;
    assert_eq!((&stats["connectedClients"], &stats["onlineUsers"]), (&json!(3), &json!(1)), "{stats}");
    assert_eq!(stats["rooms"], 1);
    assert!(stats["minutes"].is_array() && stats["at"].is_string(), "{stats}");
}

#[tokio::test]
async fn a_disconnected_user_is_told_and_the_audit_log_knows_who_asked() {
    let gateway = Gateway::with(QUIET).await;
    let key = key(&gateway, &[Scope::ConnectionsWrite]).await;
    let operator = Token::operator("olga", Role::Operator).sign();
    let mut asked_by = Vec::new();
    for (bearer, by) in [(&operator, "olga"), (&key, "key:shop")] {
        let (mut ann, mut phone) = (gateway.web(7, "ann").await, gateway.web(7, "ann").await);
        let mut ben = gateway.web(8, "ben").await;
        let answer = gateway.call(Method::DELETE, "/api/v1/users/7/connections", bearer).await;
        assert_eq!(answer, (200, json!({"disconnected": 2})));
        for client in [&mut ann, &mut phone] {
            assert_eq!(client.expect("kicked").await["code"], "kicked");
            client.closed().await;
        }
        assert_eq!(ben.ask("ping", Value::Null).await, "pong", "nobody else is touched");
        assert_eq!(get(&gateway, "/api/v1/users/7").await["online"], false);
        let again = gateway.call(Method::DELETE, "/api/v1/users/7/connections", bearer).await;
        assert_eq!(again, (200, json!({"disconnected": 0})));
        asked_by.insert(0, by);
    }
    let mut ada = gateway.operator(Role::Admin).await;
    let log = ada.ask(Command::Audit(AuditArgs::default())).await.expect("the log");
    let entries = log["items"].as_array().expect("entries").iter().filter(|entry| entry["command"] == "disconnect");
    let entries: Vec<_> = entries.collect();
    assert_eq!(
        entries.iter().map(|entry| entry["actor"].as_str()).collect::<Vec<_>>(),
        [Some("key:shop"), Some("olga")]
    );
    assert!(entries.iter().all(|entry| entry["outcome"] == "done" && entry["address"] == "127.0.0.1"), "{log}");
    let (status, problem) = gateway.call(Method::DELETE, "/api/v1/users/op%3Aolga/connections", &key).await;
    assert_eq!(status, 403, "{problem}");
}

#[tokio::test]
async fn every_route_asks_for_its_role_or_its_scope() {
    let gateway = Gateway::start().await;
    let all = [Scope::UsersRead, Scope::RoomsRead, Scope::StatsRead, Scope::ConnectionsWrite];
    let user = Token::user(7).sign();
    for (method, path, scope, role) in [
        (Method::GET, "/api/v1/users/online", Scope::UsersRead, Role::Viewer),
        (Method::GET, "/api/v1/users/7", Scope::UsersRead, Role::Viewer),
        (Method::GET, "/api/v1/users/7/connections", Scope::UsersRead, Role::Viewer),
        (Method::DELETE, "/api/v1/users/7/connections", Scope::ConnectionsWrite, Role::Operator),
        (Method::GET, "/api/v1/rooms", Scope::RoomsRead, Role::Viewer),
        (Method::GET, "/api/v1/rooms/lobby/members", Scope::RoomsRead, Role::Viewer),
        (Method::GET, "/api/v1/rooms/lobby/messages", Scope::RoomsRead, Role::Viewer),
        (Method::GET, "/api/v1/stats", Scope::StatsRead, Role::Viewer),
    ] {
        let others: Vec<_> = all.into_iter().filter(|other| *other != scope).collect();
        let (fitting, lacking) = (key(&gateway, &[scope]).await, key(&gateway, &others).await);
        let viewer_may = if role == Role::Viewer { 200 } else { 403 };
        for (who, bearer, status) in [
            ("a key with the scope", fitting.as_str(), 200),
            ("a key with the others", lacking.as_str(), 403),
            ("a viewer", &viewer(), viewer_may),
            ("an operator", &Token::operator("olga", Role::Operator).sign(), 200),
            ("a user", &user, 403),
        ] {
            let (got, answer) = gateway.call(method.clone(), path, bearer).await;
            assert_eq!(got, status, "{who} at {method} {path}: {answer}");
        }
        let none = gateway.request(method.clone(), path).send().await.expect("an answer");
        assert_eq!(none.status().as_u16(), 401, "nobody at {path}");
        assert!(none.headers().contains_key("www-authenticate"), "{path}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_words() {
    let gateway = Gateway::start().await;
    let long = "x".repeat(257);
    for (path, status, word) in [
        (format!("/api/v1/users/{long}"), 422, "256 bytes"),
        ("/api/v1/users/%FF".into(), 400, "UTF-8"),
        (format!("/api/v1/rooms/{}/members", &long[..129]), 422, "128"),
        ("/api/v1/rooms/a%0Ab/members".into(), 422, "control"),
        ("/api/v1/rooms?namespace=/nowhere".into(), 422, "/web"),
        ("/api/v1/rooms?namespace=".into(), 422, "/web"),
        ("/api/v1/rooms?limit=0".into(), 422, "1 to 500"),
        ("/api/v1/rooms?limit=501".into(), 422, "1 to 500"),
        ("/api/v1/users/online?limit=ten".into(), 422, "1 to 500"),
        ("/api/v1/users/online?limit=".into(), 422, "1 to 500"),
        ("/api/v1/users/online?limit=1&limit=2".into(), 422, "duplicate"),
        ("/api/v1/users/online?cursor=".into(), 422, "nextCursor"),
        ("/api/v1/users/online?cursor=7".into(), 422, "nextCursor"),
        ("/api/v1/users/online?cursor=7G".into(), 422, "nextCursor"),
        ("/api/v1/rooms/lobby/messages?cursor=-1".into(), 422, "nextCursor"),
        ("/api/v1/users/online?cursur=37".into(), 422, "cursur"),
    ] {
        let (got, problem) = gateway.call(Method::GET, &path, &viewer()).await;
        assert_eq!((got, &problem["status"]), (status, &json!(status)), "{path}: {problem}");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(word), "{path}: {detail}");
    }
}
