//! The gateway of Signalbox: it carries the realtime service's clients, and tells administrators what happens.
//!
//! `auth`, `store` and `config` are what it knows before anybody connects; `transport`, `pipeline`, `namespaces` and
//! `hub` are an event's way through it; `mailbox` and `publish` are what waits for its way out; `feed` is what administrators see of it; `api` and `cli` are its other doors.

pub mod admin;
pub mod alerts;
pub mod api;
pub mod auth;
pub mod business;
pub mod cli;
pub mod config;
pub mod data_dir;
pub mod drain;
pub mod feed;
pub mod gateway;
pub mod hub;
pub mod limits;
pub mod log;
pub mod mailbox;
pub mod namespaces;
pub mod payload;
pub mod pipeline;
pub mod publish;
mod recall;
pub mod shutdown;
pub mod store;
pub mod sweep;
pub mod transport;
