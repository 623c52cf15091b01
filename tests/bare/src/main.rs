//! socketioxide alone: the gateway's `/web` as far as the measurements use it, with nothing checked, counted or bounded.
//! What the gateway costs beyond this is its own doing.

use std::io::Write;

use anyhow::Result;
use axum::Router;
use axum::serve::ListenerExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio::net::TcpSocket;

/// As the gateway does, so that no message is lost where clients are slow to read.
const BUFFERED_PACKETS: usize = 4096;
const BACKLOG: u32 = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Join {
    room_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Post {
    room_id: String,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoomMessage {
    room_id: String,
    from_user_id: String,
    message: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let (layer, io) = SocketIo::builder().max_buffer_size(BUFFERED_PACKETS).build_layer();
    io.ns("/web", web);

    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(BACKLOG)?;
    let ready = json!({"event": "ready", "addr": listener.local_addr()?});
    writeln!(std::io::stdout(), "{ready}")?;
    let listener = listener.tap_io(|stream| {
        // Where it fails the connection has ended already.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().layer(layer)).await?;
    Ok(())
}

async fn web(socket: SocketRef) {
    socket.on("ping", async |ack: AckSender| {
        // An error means that the client has gone, here and below.
        let _ = ack.send("pong");
    });
    socket.on("room:join", async |socket: SocketRef, Data(Join { room_id }): Data<Join>, ack: AckSender| {
        socket.join(room_id.clone());
        let _ = socket.to(room_id.clone()).emit("room:user:joined", &json!({"userId": socket.id})).await;
        let _ = ack.send(&json!({"success": true, "roomId": room_id}));
    });
    socket.on("room:message", async |socket: SocketRef, Data(Post { room_id, message }): Data<Post>| {
        let payload = RoomMessage { room_id: room_id.clone(), from_user_id: socket.id.to_string(), message };
        let _ = socket.within(room_id).emit("room:message", &payload).await;
    });
    let _ = socket.emit("connected", &json!({"message": "Connected successfully"}));
}
