//! Before anybody speaks: which pages may connect, how many connections there are, and who must join in time.

use std::net::Ipv4Addr;

use serde_json::json;
use signalbox_protocol::admin::Role;
use support::polling::Polling;
use support::{Client, DialError, Gateway, Token, within};

async fn status_for(gateway: &Gateway, origin: &str) -> u16 {
    match Client::open(gateway.dial().header("origin", origin)).await {
        Ok(_) => 101,
        Err(DialError::Status(status)) => status,
        Err(DialError::Broken(why)) => panic!("{origin}: {why}"),
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_before_the_upgrade() {
    let gateway = Gateway::start().await;
    for (origin, status) in [
        ("http://localhost:5173", 101),
        ("http://localhost:5188", 101),
        ("tauri://localhost", 101),
        ("http://tauri.localhost", 101),
        ("http://localhost:5174", 403),
        ("https://localhost:5173", 403),
        ("http://localhost", 403),
        ("http://evil.example", 403),
        ("http://localhost:5173.evil.example", 403),
        ("null", 403),
    ] {
        assert_eq!(status_for(&gateway, origin).await, status, "{origin}");
    }
    let port = gateway.address().port();
    for own in ["127.0.0.1", "localhost", "[::1]"] {
        let own = format!("http://{own}:{port}");
        assert_eq!(status_for(&gateway, &own).await, 403, "the gateway's own address is no listed one: {own}");
        let asked = gateway.request(reqwest::Method::GET, "/healthz").header("origin", &own).send().await;
        assert_eq!(asked.expect("an answer").status(), 403, "{own}");
    }
    let url = "/socket.io/?EIO=4&transport=polling";
    let refused = gateway.request(reqwest::Method::GET, url).header("origin", "http://evil.example").send().await;
    assert_eq!(refused.expect("an answer").status(), 403, "polling too");
    let listed = gateway.request(reqwest::Method::GET, url).header("origin", "http://localhost:5173").send().await;
    let listed = listed.expect("an answer");
    assert_eq!(listed.status(), 200);
    assert_eq!(listed.headers()["access-control-allow-origin"], "http://localhost:5173");
}

#[tokio::test]
async fn the_list_of_origins_is_exact_and_configured() {
    let gateway = Gateway::with("cors.origins = [\"https://app.example\"]").await;
    for (origin, status) in [("https://app.example", 101), ("http://localhost:5173", 403)] {
        assert_eq!(status_for(&gateway, origin).await, status, "{origin}");
    }
    assert!(Client::open(gateway.dial()).await.is_ok(), "a native client sends no origin");
}

#[tokio::test]
async fn every_page_may_come_where_that_is_configured_but_none_with_credentials() {
    let polling = "/socket.io/?EIO=4&transport=polling";
    let listed = Gateway::start().await;
    let any = Gateway::with("cors.origins = [\"*\"]").await;
    for (gateway, origin, allowed, credentials) in [
        (&listed, "http://localhost:5173", "http://localhost:5173", true),
        (&any, "https://anywhere.example", "*", false),
    ] {
        assert_eq!(status_for(gateway, origin).await, 101, "{origin}");
        for path in [polling, "/healthz"] {
            let asked = gateway.request(reqwest::Method::GET, path).header("origin", origin).send().await;
            let answer = asked.expect("an answer");
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()["access-control-allow-origin"], allowed, "{path}");
            // The HTTP interface bears its tokens in a header and takes no cookies from anybody.
            let may = answer.headers().get("access-control-allow-credentials").is_some_and(|may| may == "true");
            assert_eq!(may, credentials && path == polling, "{origin} at {path}");
        }
    }
}

#[tokio::test]
async fn a_sixth_connection_of_a_user_is_refused() {
    let gateway = Gateway::start().await;
    let mut devices = Vec::new();
    for _ in 0..5 {
        devices.push(gateway.web(7, "ann").await);
    }
    let credentials = json!({"token": Token::user(7).sign()});
    let refused = gateway.knock("/web", credentials.clone()).await;
    assert_eq!(refused, Err("connection limit exceeded".into()));
    let mut ben = gateway.web(8, "ben").await;
    assert!(ben.is_alive().await, "others have their own five");
    for device in &mut devices {
        assert!(device.is_alive().await, "the five go on");
    }
    let one = devices.pop().expect("five devices");
    one.close().await;
    support::eventually("room for another one", || async { gateway.knock("/web", credentials.clone()).await.ok() })
        .await;
}

#[tokio::test]
async fn a_connection_is_counted_once_however_many_namespaces_it_joins() {
    let gateway = Gateway::with("connections.per_user = 1").await;
    let token = Token::user(7).role(Role::Viewer);
    let mut ann = gateway.join("/web", &token).await;
    assert_eq!(ann.join("/admin", json!({"token": token.sign()})).await, Ok(()));
}

#[tokio::test]
async fn the_oldest_connection_can_make_way() {
    let gateway = Gateway::with("connections.per_user = 2\nconnections.policy = \"evict-oldest\"").await;
    let mut oldest = gateway.web(7, "ann").await;
    let mut second = gateway.web(7, "ann").await;
    let mut third = gateway.web(7, "ann").await;
    assert_eq!(oldest.expect("kicked").await["code"], "connection_limit");
    oldest.closed().await;
    assert!(second.is_alive().await && third.is_alive().await);
}

#[tokio::test]
async fn connections_are_limited_in_all_and_per_address_where_it_is_configured() {
    let gateway = Gateway::with("connections.per_address = 2\nconnections.total = 3").await;
    let join = |id: i64, last: u8| {
        let dial = gateway.dial().from(Ipv4Addr::new(127, 0, 0, last));
        async move {
            let mut client = Client::open(dial).await.map_err(|error| error.to_string())?;
            within("the door", client.join("/web", json!({"token": Token::user(id).sign()}))).await?;
            Ok::<_, String>(client)
        }
    };
    let _first = join(1, 2).await.expect("the first from that address");
    let _second = join(2, 2).await.expect("the second from that address");
    let third = join(3, 2).await.err();
    assert_eq!(third.as_deref(), Some("connection limit exceeded"), "the third from that address");
    let _third = join(4, 3).await.expect("another address");
    assert_eq!(join(5, 4).await.err().as_deref(), Some("server busy"), "the fourth in all");
}

#[tokio::test]
async fn an_address_that_a_proxy_reports_is_believed_only_of_a_trusted_one() {
    for (trusted, expected) in [("127.0.0.0/8", "203.0.113.7"), ("10.0.0.0/8", "127.0.0.1")] {
        let gateway = Gateway::with(&format!("proxy.trusted = [\"{trusted}\"]")).await;
        let dial = gateway.dial().header("x-forwarded-for", "203.0.113.7").header("user-agent", "okhttp/4.12.0");
        let mut client = Client::open(dial).await.expect("a connection");
        client.join("/web", json!({"token": Token::user(7).name("ann").sign()})).await.expect("let in");
        let mut olga = gateway.operator(Role::Viewer).await;
        let beginning = olga.subscribe(&[], None).await;
        let ann = beginning.connections.iter().find(|one| *one.user.username == *"ann").expect("ann");
        assert_eq!(ann.address, expected, "trusting {trusted}");
        assert_eq!(&*ann.user_agent, "okhttp/4.12.0");
    }
}

#[tokio::test]
async fn who_joins_nothing_in_time_is_closed() {
    let gateway = Gateway::with("transport.connect_timeout = 300").await;
    let mut silent = Client::open(gateway.dial()).await.expect("a connection");
    let mut refused = Client::open(gateway.dial()).await.expect("a connection");
    refused.join("/web", json!({"token": "garbage"})).await.expect_err("refused");
    let mut old = Client::open(gateway.dial().old().query("token=garbage")).await.expect("a connection");
    let polling = Polling::open(&gateway).await;
    let mut ann = gateway.web(7, "ann").await;
    silent.closed().await;
    refused.closed().await;
    old.closed().await;
    within("the polling session's end", async { while polling.poll().await.is_some() {} }).await;
    assert!(ann.is_alive().await, "who has joined stays");
}
