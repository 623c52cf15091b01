//! The HTTP interface as a caller meets it, over a real listener, by table.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use signalbox_protocol::Timestamp;
use signalbox_protocol::admin::Role;
use signalbox_protocol::feed::User;
use tempfile::TempDir;

use super::*;
use crate::auth::tokens::{Grant, Tokens};
use crate::auth::{Secret, password};
use crate::config::Config;
use crate::store::Store;
use crate::transport;

const PASSWORD: &str = "correct horse";

struct Running {
    _folder: TempDir,
    store: Store,
    tokens: Tokens,
    shutdown: Shutdown,
    http: reqwest::Client,
    base: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.ask();
    }
}

/// A gateway's HTTP interface with the account `ann`.
async fn start() -> Running {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("a store");
    let hash = password::hash(&Secret::from(PASSWORD.to_owned())).expect("a hash");
    store.add_account("ann", Role::Operator, &hash, Timestamp::now()).await.expect("an account");
    let mut config = Config { data_dir: folder.path().into(), ..Config::default() };
    config.proxy.trusted = vec!["127.0.0.1/32".parse().expect("a network")];
    let deadlines = transport::Deadlines::new(&config.transport);
    let tokens = Tokens::new(&config.auth, &Secret::random()).expect("tokens");
    let shutdown = Shutdown::default();
    let gateway = Gateway::open(config, store.clone(), tokens.clone()).await.expect("a gateway");
    let router = Api::new(gateway, shutdown.clone()).router();
    let listener = transport::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = shutdown.clone();
    tokio::spawn(transport::serve(listener, router, deadlines, async move { asked.asked().await }));
    Running { _folder: folder, store, tokens, shutdown, http: reqwest::Client::new(), base }
}

impl Running {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    async fn sign_in(&self, name: &str, password: &str) -> Response {
        self.post("/api/v1/auth/login", json!({"name": name, "password": password})).await
    }

    /// A token of the gateway's own.
    fn token(&self, id: &str, role: Option<Role>) -> String {
        let grant = Grant { user: User { id: id.parse().expect("an id"), username: id.into() }, role };
        self.tokens.issue(&grant, Timestamp::now(), Duration::from_secs(60)).expect("a token")
    }
}

async fn answer(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

async fn body(response: Response) -> Value {
    response.json().await.expect("an answer in JSON")
}

/// Whether the answer is a problem document of that status.
async fn is_problem(response: Response, status: u16, what: &str) -> HeaderMap {
    assert_eq!(response.status().as_u16(), status, "{what}");
    let headers = response.headers().clone();
    assert_eq!(headers["content-type"], "application/problem+json", "{what}");
    assert!(headers.contains_key("x-request-id"), "{what}");
    let problem = body(response).await;
    assert_eq!((&problem["type"], &problem["status"]), (&json!("about:blank"), &json!(status)), "{what}: {problem}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{what}: {problem}");
    headers
}

#[tokio::test]
async fn every_mistake_is_answered_with_a_problem() {
    let gateway = start().await;
    let json = "application/json";
    for (what, method, path, kind, body, status) in [
        ("an unknown path", Method::GET, "/api/v1/nothing", "", "", 404),
        ("a wrong method", Method::DELETE, "/healthz", "", "", 405),
        ("a wrong method", Method::GET, "/api/v1/auth/login", "", "", 405),
        ("no content type", Method::POST, "/api/v1/auth/login", "", "{}", 415),
        ("a form", Method::POST, "/api/v1/auth/login", "application/x-www-form-urlencoded", "name=ann", 415),
        ("broken JSON", Method::POST, "/api/v1/auth/login", json, "{\"name\":", 400),
        ("no body", Method::POST, "/api/v1/auth/login", json, "", 400),
        ("not UTF-8", Method::POST, "/api/v1/auth/login", json, "{\"name\":\"\u{0}", 400),
        ("a list", Method::POST, "/api/v1/auth/login", json, "[]", 422),
        ("a missing key", Method::POST, "/api/v1/auth/login", json, "{\"name\":\"ann\"}", 422),
        ("an unknown key", Method::POST, "/api/v1/auth/logout", json, "{\"refreshToken\":\"x\",\"all\":true}", 422),
        ("a wrong type", Method::POST, "/api/v1/auth/refresh", json, "{\"refreshToken\":7}", 422),
    ] {
        let mut request = gateway.request(method, path).body(body);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        is_problem(answer(request).await, status, what).await;
    }
    let large = gateway.post("/api/v1/auth/login", json!({"name": "ann", "password": "x".repeat(20_000)})).await;
    is_problem(large, 413, "a large body").await;
}

#[tokio::test]
async fn only_listed_pages_may_ask() {
    let gateway = start().await;
    for (origin, status) in [("http://localhost:5173", 200), ("tauri://localhost", 200), ("http://localhost:5174", 403)]
    {
        let response = answer(gateway.request(Method::GET, "/healthz").header("origin", origin)).await;
        assert_eq!(response.status().as_u16(), status, "{origin}");
        let allowed = response.headers().get("access-control-allow-origin").is_some_and(|allowed| allowed == origin);
        assert_eq!(allowed, status == 200, "{origin}");
    }
    let preflight = gateway
        .request(Method::OPTIONS, "/api/v1/auth/login")
        .header("origin", "http://localhost:5173")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,authorization");
    let preflight = answer(preflight).await;
    assert!(preflight.status().is_success());
    assert_eq!(preflight.headers()["access-control-allow-origin"], "http://localhost:5173");
}

#[tokio::test]
async fn a_watcher_learns_that_it_lives_and_whether_it_is_ready() {
    let gateway = start().await;
    let live = answer(gateway.request(Method::GET, "/healthz")).await;
    let live = body(live).await;
    assert_eq!((&live["status"], &live["service"]), (&json!("ok"), &json!("signalbox")));
    assert!(live["version"].is_string() && live["node"].is_string());
    assert_eq!(answer(gateway.request(Method::GET, "/readyz")).await.status().as_u16(), 200);
    gateway.store.close().await;
    is_problem(answer(gateway.request(Method::GET, "/readyz")).await, 503, "a store that does not answer").await;
    assert_eq!(answer(gateway.request(Method::GET, "/healthz")).await.status().as_u16(), 200);
}

#[tokio::test]
async fn a_request_keeps_the_id_that_it_came_with_if_it_is_one() {
    let gateway = start().await;
    for (given, kept) in [("abc-123", true), ("with spaces", false), (&*"x".repeat(65), false)] {
        let request = gateway.request(Method::GET, "/healthz").header("x-request-id", given);
        let response = answer(request).await;
        assert_eq!(
            response.headers()["x-request-id"] == HeaderValue::from_str(given).expect("a value"),
            kept,
            "{given}"
        );
    }
}

#[tokio::test]
async fn an_operator_signs_in_stays_signed_in_and_signs_out() {
    let gateway = start().await;
    let response = gateway.sign_in("ann", PASSWORD).await;
    assert_eq!(response.status().as_u16(), 200);
    let first = body(response).await;
    assert_eq!((&first["expiresIn"], &first["role"]), (&json!(900), &json!("operator")));
    let claims =
        gateway.tokens.verify(first["accessToken"].as_str().expect("a token"), Timestamp::now()).expect("good");
    assert_eq!((claims.user.id.to_string().as_str(), &*claims.user.username), ("op:ann", "ann"));
    assert_eq!((claims.role, claims.status), (Some(Role::Operator), Some(1)));

    let refresh = async |session: &Value| {
        gateway.post("/api/v1/auth/refresh", json!({"refreshToken": session["refreshToken"]})).await
    };
    let second = refresh(&first).await;
    assert_eq!(second.status().as_u16(), 200);
    let second = body(second).await;
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    is_problem(refresh(&first).await, 401, "a token shown twice").await;
    is_problem(refresh(&second).await, 401, "its family is ended").await;

    let third = body(gateway.sign_in("ann", PASSWORD).await).await;
    let out = gateway.post("/api/v1/auth/logout", json!({"refreshToken": third["refreshToken"]})).await;
    assert_eq!(out.status().as_u16(), 204);
    is_problem(refresh(&third).await, 401, "signed out").await;
    let again = gateway.post("/api/v1/auth/logout", json!({"refreshToken": "unknown"})).await;
    assert_eq!(again.status().as_u16(), 204, "a session that is not there is ended");
}

#[tokio::test]
async fn the_sixth_wrong_password_of_a_minute_has_to_wait_and_nobody_else_does() {
    let gateway = start().await;
    for (name, attempt) in [("ann", "a wrong password"), ("nobody", "an unknown account")] {
        for _ in 0..5 {
            let headers = is_problem(gateway.sign_in(name, "wrong").await, 401, attempt).await;
            assert!(headers.contains_key("www-authenticate"));
        }
        let headers = is_problem(gateway.sign_in(name, PASSWORD).await, 429, attempt).await;
        let wait: u64 = headers["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let elsewhere = gateway
        .request(Method::POST, "/api/v1/auth/login")
        .header("x-forwarded-for", "192.0.2.7")
        .json(&json!({"name": "ann", "password": PASSWORD}));
    assert_eq!(answer(elsewhere).await.status().as_u16(), 200, "the same account from another address");
}

#[tokio::test]
async fn a_disabled_account_neither_signs_in_nor_goes_on() {
    let gateway = start().await;
    let session = body(gateway.sign_in("ann", PASSWORD).await).await;
    gateway.store.disable_account("ann", Timestamp::now()).await.expect("disabled");
    is_problem(gateway.sign_in("ann", PASSWORD).await, 401, "signing in").await;
    let refresh = gateway.post("/api/v1/auth/refresh", json!({"refreshToken": session["refreshToken"]})).await;
    is_problem(refresh, 401, "going on").await;
}

fn warning() -> Value {
    json!({"type": "system.warning", "payload": {"message": "disk is nearly full", "level": "medium"}})
}

#[tokio::test]
async fn only_an_operator_reports() {
    let gateway = start().await;
    let user = gateway.token("7", None);
    let viewer = gateway.token("op:vera", Some(Role::Viewer));
    gateway.store.add_account("eve", Role::Viewer, "", Timestamp::now()).await.expect("an account");
    let lowered = gateway.token("op:eve", Some(Role::Operator));
    let operator = gateway.token("op:ann", Some(Role::Operator));
    let report = async |authorization: Option<String>| {
        let mut request = gateway.request(Method::POST, "/api/v1/events").json(&warning());
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        answer(request).await
    };
    for (who, authorization, status) in [
        ("nobody", None, 401),
        ("a basic login", Some("Basic YW5uOng=".to_owned()), 401),
        ("garbage", Some("Bearer garbage".into()), 401),
        ("a user", Some(format!("Bearer {user}")), 403),
        ("a viewer", Some(format!("Bearer {viewer}")), 403),
        ("an operator who is only a viewer by now", Some(format!("Bearer {lowered}")), 403),
    ] {
        is_problem(report(authorization).await, status, who).await;
    }
    assert_eq!(report(Some(format!("Bearer {operator}"))).await.status().as_u16(), 202);
    gateway.store.disable_account("ann", Timestamp::now()).await.expect("disabled");
    is_problem(report(Some(format!("bearer {operator}"))).await, 403, "a disabled account").await;
}

#[tokio::test]
async fn a_report_that_does_not_fit_is_refused() {
    let gateway = start().await;
    let token = gateway.token("op:ann", Some(Role::Operator));
    let report = async |body: &Value| {
        answer(gateway.request(Method::POST, "/api/v1/events").bearer_auth(&token).json(body)).await
    };
    let with = |key: &str, value: Value| {
        let mut report = warning();
        report[key] = value;
        report
    };
    let payload = |payload: Value| with("payload", payload);
    for (what, body, status) in [
        ("nothing", json!({}), 422),
        ("a list", json!([]), 422),
        ("an unknown type", with("type", json!("system.explosion")), 422),
        ("an unknown key", with("tpye", json!("x")), 422),
        ("no message", payload(json!({"level": "low"})), 422),
        ("an empty message", payload(json!({"level": "low", "message": ""})), 422),
        ("a long message", payload(json!({"level": "low", "message": "x".repeat(1001)})), 422),
        ("an unknown level", payload(json!({"level": "terrible", "message": "x"})), 422),
        ("a message of another type", payload(json!({"level": "low", "message": 7})), 422),
        ("an empty id", with("id", json!("")), 422),
        ("a megabyte", payload(json!({"level": "low", "message": "x".repeat(1_000_000)})), 413),
    ] {
        is_problem(report(&body).await, status, what).await;
    }
    let nobody = json!({"type": "data.updated", "payload": {"type": "songs", "data": {}, "targetUsers": []}});
    is_problem(report(&nobody).await, 422, "an empty list of users").await;
}

#[tokio::test]
async fn a_report_with_an_id_counts_once() {
    let gateway = start().await;
    let mut body = warning();
    body["id"] = json!("k1");
    for (backend, duplicate) in [("op:ann", false), ("op:ann", true), ("op:bob", false)] {
        let token = gateway.token(backend, Some(Role::Operator));
        let response = answer(gateway.request(Method::POST, "/api/v1/events").bearer_auth(token).json(&body)).await;
        assert_eq!(response.status().as_u16(), 202);
        assert_eq!(super::tests::body(response).await, json!({ "duplicate": duplicate }), "{backend}");
    }
}

#[tokio::test]
async fn the_document_in_the_repository_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let kept = std::fs::read_to_string(path).expect("a document");
    let served = answer(start().await.request(Method::GET, "/api/v1/openapi.json")).await;
    let served = served.text().await.expect("a document");
    let differs = kept.lines().zip(served.lines()).enumerate().find(|(_, (kept, served))| kept != served);
    assert!(kept == served, "docs/openapi.json is stale, see {differs:?}: run `cargo xtask codegen`");
}

#[tokio::test]
async fn the_document_describes_exactly_the_routes_of_the_table() {
    let gateway = start().await;
    let document = body(answer(gateway.request(Method::GET, "/api/v1/openapi.json")).await).await;
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    let methods = |(path, item): (&String, &Value)| {
        let methods: Vec<_> = item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()).collect();
        methods.into_iter().map(|method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    let mut described: Vec<_> = document["paths"].as_object().expect("paths").iter().flat_map(methods).collect();
    let row = |line: &str| {
        let cells: Vec<_> = line.strip_prefix("//! | ")?.split(" | ").collect();
        cells.get(1).filter(|path| path.starts_with('/')).map(|path| format!("{} {path}", cells[0]))
    };
    let mut table: Vec<_> = include_str!("mod.rs").lines().filter_map(row).collect();
    described.sort();
    table.sort();
    assert_eq!(described, table, "the table in the introduction of `api` lists every route");
}

#[tokio::test]
async fn everything_that_the_document_refers_to_is_in_it() {
    let gateway = start().await;
    let document = body(answer(gateway.request(Method::GET, "/api/v1/openapi.json")).await).await;
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_refusal_in_the_document_is_a_problem() {
    let gateway = start().await;
    let document = body(answer(gateway.request(Method::GET, "/api/v1/openapi.json")).await).await;
    let operations = document["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
        item.as_object().into_iter().flatten().map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    for (name, operation) in operations {
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let is_refusal = status.starts_with(['4', '5']);
            let kinds: Vec<_> = response["content"].as_object().into_iter().flatten().map(|(kind, _)| kind).collect();
            assert!(!is_refusal || kinds == ["application/problem+json"], "{name} {status}: {kinds:?}");
        }
        let needs_token = operation.get("security").is_some();
        assert_eq!(operation["responses"].get("401").is_some() && !name.contains("/auth/"), needs_token, "{name}");
    }
}

#[tokio::test]
async fn a_route_says_what_it_takes_and_answers_without_a_body_where_none_is_wanted() {
    let gateway = start().await;
    for (path, allowed) in [
        ("/api/v1/users/7/connections", &["DELETE", "GET", "HEAD"][..]),
        ("/api/v1/auth/login", &["POST"]),
        ("/healthz", &["GET", "HEAD"]),
    ] {
        let options = answer(gateway.request(Method::OPTIONS, path)).await;
        assert_eq!(options.status().as_u16(), 204, "{path}");
        let refused = answer(gateway.request(Method::PATCH, path)).await;
        for headers in [options.headers().clone(), is_problem(refused, 405, path).await] {
            let mut listed: Vec<_> = headers["allow"].to_str().expect("a list").split(',').map(str::trim).collect();
            listed.sort_unstable();
            assert_eq!(listed, allowed, "{path}");
        }
    }
    is_problem(answer(gateway.request(Method::OPTIONS, "/api/v1/nothing")).await, 404, "nothing is there").await;
    let head = answer(gateway.request(Method::HEAD, "/healthz")).await;
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-type"]),
        (200, &"application/json".parse().expect("a value"))
    );
    assert!(head.text().await.expect("no body").is_empty());
}

#[tokio::test]
async fn what_cannot_be_answered_as_wanted_is_not_begun() {
    let gateway = start().await;
    for (path, accept, status) in [
        ("/healthz", "text/html", 406),
        ("/healthz", "text/html, */*;q=0.1", 200),
        ("/metrics", "text/plain", 200),
        ("/metrics", "application/json", 406),
    ] {
        let response = answer(gateway.request(Method::GET, path).header("accept", accept)).await;
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        if status == 200 {
            assert_eq!(response.status().as_u16(), status, "{path} as {accept}");
        } else {
            is_problem(response, status, accept).await;
        }
    }
}
