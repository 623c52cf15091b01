//! `user` and `connection`: one of them, looked at closely.

use signalbox_protocol::admin::{CommandError, ConnectionArgs, ConnectionReport, UserArgs, UserMinute, UserReport};
use signalbox_protocol::{ErrorCode, Timestamp};
use socketioxide::ProtocolVersion;

use super::page::{MAX_BYTES, size};
use super::targets::count;
use super::{internal, refused};
use crate::gateway::Gateway;
use crate::hub::current;

pub(super) async fn user(gateway: &Gateway, args: UserArgs, now: Timestamp) -> Result<UserReport, CommandError> {
    let seen = gateway.store.last_seen(&args.id).await.map_err(|error| internal(&error))?;
    let (held, hits) = gateway.on_floor(|floor| {
        let sessions = floor.presence.sessions_of(&args.id);
        let held: Vec<_> = sessions.iter().filter_map(|session| floor.presence.connection(&session.id)).collect();
        (held, floor.hits_of(&args.id, now))
    });
    let here = held.first().map(|(record, _)| record.user.username.to_string());
    let online = !held.is_empty();
    let all = held.len();
    let mut bytes = 0;
    let connections: Vec<_> = held
        .iter()
        .map(|(record, session)| current(record, session))
        .take_while(|connection| {
            bytes += size(connection);
            bytes <= MAX_BYTES
        })
        .collect();
    let more_connections = count(all - connections.len());
    let tally = gateway.tallies.minutes_of(&args.id);
    let known = online || tally.is_some() || seen.is_some();
    let (was_called, last_seen) = seen.unzip();
    let username = here.or(was_called);
    let minutes = tally.unwrap_or_default().into_iter();
    let minutes = minutes.map(|(minute, events)| UserMinute { start: minute * 60_000, events }).collect();
    let id = args.id;
    Ok(UserReport { id, username, online, known, last_seen, connections, more_connections, hits, minutes })
}

pub(super) fn connection(gateway: &Gateway, args: &ConnectionArgs) -> Result<ConnectionReport, CommandError> {
    let found = gateway.on_floor(|floor| floor.presence.connection(&args.id));
    let found = found.and_then(|(record, session)| Some((record, session.expires_at()?, session)));
    let (record, expires_at, session) =
        found.ok_or_else(|| refused(ErrorCode::NotFound, "there is no such connection"))?;
    let (bytes_in, bytes_out) = session.link.traffic();
    let engine = match session.protocol {
        ProtocolVersion::V4 => 3,
        ProtocolVersion::V5 => 4,
    };
    Ok(ConnectionReport { connection: current(&record, &session), engine, bytes_in, bytes_out, expires_at })
}
