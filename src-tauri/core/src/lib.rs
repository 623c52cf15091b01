//! The console without its window.
//!
//! [`Console`] is the whole of it: the shell gives it calls and view requests of the page and carries out its
//! [`desktop::Order`]s. This crate must never know tauri, a window, or how anything looks.

mod address;
mod api;
mod client_name;
mod colour;
mod console;
mod credentials;
mod cut;
pub mod desktop;
mod document;
mod draft;
mod endpoint;
mod export;
mod failure;
mod filter;
mod fleet;
mod link;
mod local;
#[doc(hidden)]
pub mod measured;
pub mod notices;
mod paths;
mod preferences;
mod profiles;
mod secrets;
mod tail;
mod view;
mod watch;

pub use console::{Console, ConsoleOptions, StartError};
pub use document::{DocumentError, Mistake};
pub use paths::{OVERRIDE, Paths};
pub use secrets::{Kept, SecretError, Secrets};
