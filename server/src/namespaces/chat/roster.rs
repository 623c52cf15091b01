//! Who has joined the chat, under which name. A plain table with one writer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use signalbox_protocol::{ConnectionId, UserId};

/// The sockets that have joined, by connection.
#[derive(Debug, Default)]
pub struct Roster(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    seats: HashMap<ConnectionId, Seat>,
    /// In the order in which they came.
    order: BTreeMap<u64, ConnectionId>,
    /// Whose a name is, and on how many sockets.
    names: HashMap<Arc<str>, (UserId, u32)>,
    turns: u64,
}

#[derive(Debug)]
struct Seat {
    name: Arc<str>,
    turn: u64,
}

/// What joining changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Joined {
    /// The socket has come.
    New,
    /// It bears that name already.
    Again,
    /// It bore this name before.
    Renamed(Arc<str>),
}

/// Another user bears that name.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken;

impl Roster {
    /// The user's socket bears that name from now on.
    ///
    /// # Errors
    /// [`Taken`]: nothing has changed.
    pub fn join(&self, id: &ConnectionId, user: &UserId, name: &str) -> Result<Joined, Taken> {
        let mut table = self.0.lock();
        if table.seats.get(id).is_some_and(|seat| &*seat.name == name) {
            return Ok(Joined::Again);
        }
        if table.names.get(name).is_some_and(|(owner, _)| owner != user) {
            return Err(Taken);
        }
        let before = table.leave(id);
        let name: Arc<str> = name.into();
        table.names.entry(name.clone()).or_insert_with(|| (user.clone(), 0)).1 += 1;
        table.turns += 1;
        let turn = table.turns;
        table.order.insert(turn, id.clone());
        table.seats.insert(id.clone(), Seat { name, turn });
        Ok(before.map_or(Joined::New, Joined::Renamed))
    }

    /// The socket has gone. Gives the name that it bore, once.
    pub fn leave(&self, id: &ConnectionId) -> Option<Arc<str>> {
        self.0.lock().leave(id)
    }

    /// The name that the socket bears.
    pub fn name_of(&self, id: &ConnectionId) -> Option<Arc<str>> {
        self.0.lock().seats.get(id).map(|seat| seat.name.clone())
    }

    /// The latest of those who have joined, in the order in which they came.
    pub fn latest(&self, limit: usize) -> Vec<(ConnectionId, Arc<str>)> {
        let table = self.0.lock();
        let latest = table.order.values().rev().take(limit);
        let mut latest: Vec<_> =
            latest.filter_map(|id| Some((id.clone(), table.seats.get(id)?.name.clone()))).collect();
        latest.reverse();
        latest
    }
}

impl Table {
    fn leave(&mut self, id: &ConnectionId) -> Option<Arc<str>> {
        let Seat { name, turn } = self.seats.remove(id)?;
        self.order.remove(&turn);
        if let Some((_, sockets)) = self.names.get_mut(&name) {
            *sockets -= 1;
            if *sockets == 0 {
                self.names.remove(&name);
            }
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(latest: Vec<(ConnectionId, Arc<str>)>) -> Vec<String> {
        latest.into_iter().map(|(id, name)| format!("{id} {name}")).collect()
    }

    #[test]
    fn a_name_is_one_users_until_the_last_socket_that_bears_it_has_gone() {
        let roster = Roster::default();
        let (ann, ben) = (UserId::from(7), UserId::from(8));
        let [phone, desk, other] = ["phone", "desk", "other"].map(ConnectionId::from);
        assert_eq!(roster.join(&phone, &ann, "ann"), Ok(Joined::New));
        assert_eq!(roster.join(&phone, &ann, "ann"), Ok(Joined::Again));
        assert_eq!(roster.join(&desk, &ann, "ann"), Ok(Joined::New), "the same user's other socket");
        assert_eq!(roster.join(&other, &ben, "ann"), Err(Taken));
        assert_eq!(roster.name_of(&other), None);
        assert_eq!(roster.leave(&phone).as_deref(), Some("ann"));
        assert_eq!(roster.join(&other, &ben, "ann"), Err(Taken));
        assert_eq!(roster.join(&desk, &ann, "anna"), Ok(Joined::Renamed("ann".into())));
        assert_eq!(roster.join(&other, &ben, "ann"), Ok(Joined::New));
        assert_eq!(names(roster.latest(10)), ["desk anna", "other ann"]);
        assert_eq!(names(roster.latest(1)), ["other ann"]);
    }

    #[test]
    fn who_leaves_is_forgotten_once() {
        let roster = Roster::default();
        let id = ConnectionId::from("a");
        assert_eq!(roster.leave(&id), None);
        roster.join(&id, &7.into(), "ann").expect("a free name");
        assert_eq!(roster.leave(&id).as_deref(), Some("ann"));
        assert_eq!(roster.leave(&id), None);
        let table = roster.0.lock();
        assert!(table.seats.is_empty() && table.order.is_empty() && table.names.is_empty());
    }
}
