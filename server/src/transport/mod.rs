//! How bytes come in and go out: the listener, the guard around each accepted stream, and which Engine.IO session is
//! carried by which stream.
//!
//! Owns everything below a namespace: accepting, backpressure, write deadlines, byte counts, origins, and the closing
//! of whole connections. It must never know users, rooms or events.

mod address;
mod edge;
mod gate;
mod guard;
mod links;
mod listener;
mod query;
mod strangers;
mod tickets;

pub use address::ClientAddress;
pub use edge::router;
pub use gate::Gate;
pub use guard::{Deadlines, Guard, GuardedStream};
pub use links::{Link, Links};
pub use listener::{Listener, Peer, bind, serve};
pub use query::QueryToken;
pub use strangers::{Stranger, Strangers};
pub use tickets::Tickets;
