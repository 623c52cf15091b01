//! How bytes come in and go out: the listener, the guard around each accepted stream, and which Engine.IO session is
//! carried by which stream.
//!
//! Owns everything below a namespace: accepting, TLS, backpressure, write deadlines, byte counts, origins, and the closing
//! of whole connections. It must never know users, rooms or events.

mod address;
mod descriptors;
mod edge;
mod gate;
mod guard;
mod head;
mod links;
mod listener;
pub mod origins;
mod payload;
mod places;
mod query;
mod strangers;
mod tickets;
mod tls;
mod wire;

pub use address::{ClientAddress, host};
pub use descriptors::raise_descriptors;
pub use edge::router;
pub use gate::Gate;
pub use guard::{Deadlines, Guard, GuardedStream};
pub use links::{Link, Links};
pub use listener::{Listener, Peer, Terms, bind, serve};
pub use places::{Place, Places};
pub use query::QueryToken;
pub use strangers::{MAX_GREETING, Stranger, Strangers};
pub use tickets::Tickets;
pub use tls::{Tls, TlsError};
