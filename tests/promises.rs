//! What Signalbox promises: one file for each promise. They see the gateway from outside only.

mod alerts;
mod answers;
mod api_keys;
mod bad_input;
mod business_events;
mod chat;
mod doors;
mod draining;
mod events;
mod expiring_tokens;
mod feed;
mod http_looking;
mod kicks;
mod lively_demo;
mod looking;
mod notifications;
mod official_clients;
mod operators;
mod order;
mod presence;
mod rate_limits;
mod realtime;
mod refused_tokens;
mod rooms;
mod starting;
mod traces;
