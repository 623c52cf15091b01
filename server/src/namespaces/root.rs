//! `/`, as far as Engine.IO 3 needs it: its clients join it before any other, unasked.

use socketioxide::extract::SocketRef;
use socketioxide::{ProtocolVersion, SocketIo};

use super::door::{self, Refusal};
use crate::gateway::Gateway;
use socketioxide::handler::ConnectHandler;

/// Lets clients of Engine.IO 3 pass through on their way to another namespace; to everybody else there is no such namespace.
pub(super) fn open(io: &SocketIo, gateway: &Gateway) {
    let gateway = gateway.clone();
    let pass = move |socket: SocketRef| {
        let gateway = gateway.clone();
        async move {
            if socket.protocol() == ProtocolVersion::V5 {
                return Err(Refusal::InvalidNamespace);
            }
            // The library's own timer does not know Engine.IO 3, and this is not a namespace that counts as joined.
            door::watch(&gateway, &socket);
            Ok(())
        }
    };
    io.ns("/", (|| std::future::ready(())).with(pass));
}
