//! What the promises are written with: a gateway in a fresh folder, tokens good and bad, and clients that speak
//! Socket.IO by hand, so that they can also misbehave.
//!
//! It knows the gateway only from outside: its program, its wire and its HTTP interface.

pub mod client;
pub mod gateway;
pub mod operator;
pub mod packet;
pub mod payload;
pub mod polling;
pub mod power_cut;
pub mod token;
pub mod wait;

pub use client::{Client, Dial, DialError};
pub use gateway::{Gateway, Start};
pub use operator::Operator;
pub use packet::Packet;
pub use payload::timeless;
pub use token::Token;
pub use wait::{eventually, within};
