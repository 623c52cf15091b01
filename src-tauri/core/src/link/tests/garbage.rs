//! The link against a gateway that speaks WebSocket, and on it what no Socket.IO server can be brought to say.

use std::sync::atomic::AtomicBool;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data as Kind, OpCode};

use super::*;

/// What opens a connection.
const OPEN: &str = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// One frame of the garbage.
#[derive(Debug, Clone, Copy)]
enum Piece {
    Text(&'static str),
    Binary(&'static [u8]),
    /// A text that is none: these bytes are not UTF-8.
    Bytes(&'static [u8]),
    /// A farewell in the words of WebSocket.
    Close,
    /// The end of the stream, without a word.
    End,
}

impl Piece {
    fn message(self) -> Option<Message> {
        match self {
            Self::Text(text) => Some(Message::text(text)),
            Self::Binary(bytes) => Some(Message::binary(bytes)),
            Self::Bytes(bytes) => Some(Message::Frame(Frame::message(bytes, OpCode::Data(Kind::Text), true))),
            Self::Close => Some(Message::Close(None)),
            Self::End => None,
        }
    }
}

/// Where in a connection the garbage comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Instead of the packet that opens it.
    Opening,
    /// Instead of the door's answer.
    Door,
    /// After the first entries of the feed.
    Feed,
}

/// A gateway that says this garbage to the first who comes, and to nobody else.
async fn babbling(place: Place, garbage: &'static [Piece]) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let said = AtomicBool::new(false);
        while let Ok((stream, _)) = listener.accept().await {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let garbage = if said.swap(true, Ordering::SeqCst) { &[] } else { garbage };
            // Whoever does not like what it hears goes.
            tokio::spawn(async move { _ = converse(&mut socket, place, garbage).await });
        }
    });
    address
}

/// Says each piece; `None` where that ends the conversation.
async fn utter(socket: &mut WebSocketStream<TcpStream>, garbage: &[Piece]) -> Option<()> {
    for piece in garbage {
        socket.send(piece.message()?).await.ok()?;
    }
    Some(())
}

/// What a gateway says to a console, as far as a link needs it.
async fn converse(socket: &mut WebSocketStream<TcpStream>, place: Place, garbage: &[Piece]) -> Option<()> {
    let at = |here: Place| if place == here { garbage } else { &[] };
    if at(Place::Opening).is_empty() {
        socket.send(Message::text(OPEN)).await.ok()?;
    }
    utter(socket, at(Place::Opening)).await?;
    while let Some(Ok(message)) = socket.next().await {
        let Ok(text) = message.to_text() else { continue };
        let event = |event: &str, payload: Value| Message::text(format!("42/admin,{}", json!([event, payload])));
        if text.starts_with("40/admin,") {
            utter(socket, at(Place::Door)).await?;
            if at(Place::Door).is_empty() {
                socket.send(Message::text(r#"40/admin,{"sid":"a"}"#)).await.ok()?;
            }
        } else if let Some(said) = text.strip_prefix("42/admin,") {
            let said: Value = serde_json::from_str(said).unwrap();
            if said[0] == "feed:subscribe" {
                let page = json!({"epoch": "e1", "seq": 10, "recovered": false, "page": 0, "last": true});
                socket.send(event("feed:snapshot", page)).await.ok()?;
                utter(socket, at(Place::Feed)).await?;
                let batch = json!({"epoch": "e1", "entries": [online("e1", 11)], "dropped": {}});
                socket.send(event("feed:batch", batch)).await.ok()?;
            } else {
                let answer = json!({"id": said[1]["id"], "ok": true, "result": Stats::default()});
                socket.send(event("admin:response", answer)).await.ok()?;
            }
        }
    }
    None
}

#[tokio::test]
async fn garbage_costs_at_most_the_connection_and_the_next_one_is_as_good_as_any() {
    let panicked = Arc::new(AtomicBool::new(false));
    let (seen, hook) = (Arc::clone(&panicked), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some("signalbox-link") {
            seen.store(true, Ordering::SeqCst);
        }
        hook(panic);
    }));
    let cases: &[(Place, &[Piece])] = &[
        (Place::Opening, &[Piece::Text(r#"0{"sid":"s","upgr"#), Piece::Text(r#"ades":[]}"#)]),
        (Place::Opening, &[Piece::Text("0")]),
        (Place::Opening, &[Piece::Text("")]),
        (Place::Opening, &[Piece::Bytes(b"0{\"sid\":\"\xff\"}")]),
        (Place::Opening, &[Piece::End]),
        (Place::Door, &[Piece::Text("44/admin,{")]),
        (Place::Door, &[Piece::Text("44/admin,\u{e9}")]),
        (Place::Door, &[Piece::Text("40/admin")]),
        (Place::Door, &[Piece::End]),
        (Place::Feed, &[Piece::Text("9")]),
        (Place::Feed, &[Piece::Text("\u{1f980}")]),
        (Place::Feed, &[Piece::Text("")]),
        (Place::Feed, &[Piece::Text("4")]),
        (Place::Feed, &[Piece::Text("49/admin,[]")]),
        (Place::Feed, &[Piece::Text("4\u{e9}")]),
        (Place::Feed, &[Piece::Text("42/admin,[\"feed:batch\",{")]),
        (Place::Feed, &[Piece::Text("42/admin,{\"feed\":\"batch\"}")]),
        (Place::Feed, &[Piece::Text("42/admin,[]")]),
        (Place::Feed, &[Piece::Text("42/admin,[7]")]),
        (Place::Feed, &[Piece::Text("42/admin")]),
        (Place::Feed, &[Piece::Text("42/other,[\"feed:batch\",{}]")]),
        (Place::Feed, &[Piece::Text("43/admin,99999999999[]")]),
        (Place::Feed, &[Piece::Text("b4$$$")]),
        (Place::Feed, &[Piece::Bytes(b"42/admin,[\"\xff\xfe\"]")]),
        (Place::Feed, &[Piece::Binary(b"")]),
        (Place::Feed, &[Piece::Binary(b"\x04\xff\xfe")]),
        (
            Place::Feed,
            &[Piece::Text("451-/admin,[\"feed:batch\",{\"_placeholder\":true,\"num\":0}]"), Piece::Binary(b"\xff")],
        ),
        (
            Place::Feed,
            &[Piece::Text("451-/admin,[\"feed:batch\",{\"_placeholder\":true,\"num\":7}]"), Piece::Text("3")],
        ),
        (Place::Feed, &[Piece::Text("451-/admin,[\"feed:batch\"]"), Piece::End]),
        (Place::Feed, &[Piece::Close]),
        (Place::Feed, &[Piece::Text("45999999999999-/admin,[\"feed:batch\"]")]),
        (Place::Feed, &[Piece::Text("450-/admin,[]")]),
    ];
    for (place, garbage) in cases {
        outlast(*place, garbage).await;
        assert!(!panicked.load(Ordering::SeqCst), "{place:?} {garbage:?}");
    }
    // The library waits for the attachment of a gateway that says farewell, and its reader panics. Its runtime is thrown away
    // with the connection, once the heartbeat is not answered.
    outlast(Place::Feed, &[Piece::Text("451-/admin,[\"feed:batch\"]"), Piece::Close]).await;
}

/// Waits until the feed goes on, over this connection or the next.
async fn outlast(place: Place, garbage: &'static [Piece]) {
    let mut listener = Listener::with(babbling(place, garbage).await, credentials());
    let goes_on = async {
        loop {
            let comes = listener.hear(|signal| match signal {
                Signal::Entries { .. } => Some(true),
                Signal::Waiting(_) => Some(false),
                _ => None,
            });
            if comes.await {
                break;
            }
            listener.link.order(Order::RetryNow);
        }
    };
    timeout(Duration::from_secs(60), goes_on).await.unwrap_or_else(|_| panic!("{place:?} {garbage:?}"));
    listener.link.close().await;
}
