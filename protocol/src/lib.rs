//! The words of Signalbox: every type that crosses a wire.
//!
//! Owns the shapes of what the gateway and the console say to each other ([`feed`], [`admin`], [`http`]) and of what
//! the console's core and its page say to each other ([`ipc`]). It must never know how any of it is carried: no I/O,
//! no runtime, no window.

pub mod admin;
pub mod error;
pub mod feed;
pub mod http;
pub mod ids;
pub mod ipc;

pub use error::ErrorCode;
pub use ids::{ConnectionId, Epoch, Namespace, NodeId, RoomName, Seq, SocketId, Timestamp, UserId};
