//! How much of a gateway's connections is kept, whatever a gateway says there is.
//!
//! Its messages are bounded in size, and not in number: one that lies would name connections and rooms until this machine
//! has no memory left. What has no place is left out and counted. It must never know who is where.

use signalbox_protocol::UserId;
use signalbox_protocol::feed::Connection;

/// What all of them may weigh, in bytes: a GiB. A connection with two rooms weighs some 1.3 KiB, so that it is enough for
/// 800 000 of them. The console promises a hundred thousand.
const MOST: usize = 1 << 30;
/// A connection with its user and its places in tables and orders, beside its texts.
const EACH: usize = 768;
/// A namespace or a room that it is in, beside the name.
const PLACE: usize = 128;

/// What is taken of it, and how much had no place.
#[derive(Debug)]
pub(super) struct Capacity {
    most: usize,
    taken: usize,
    beyond: u64,
}

impl Default for Capacity {
    fn default() -> Self {
        Self::new(MOST)
    }
}

impl Capacity {
    /// For so many bytes.
    pub(super) const fn new(most: usize) -> Self {
        Self { most, taken: 0, beyond: 0 }
    }

    /// All of it is free again.
    pub(super) const fn emptied(&self) -> Self {
        Self::new(self.most)
    }

    /// Takes a place. False where there is none, which is counted.
    pub(super) fn enter(&mut self, connection: &Connection) -> bool {
        let weight = weight(connection);
        let fits = self.taken.saturating_add(weight) <= self.most;
        if fits {
            self.taken += weight;
        } else {
            self.leave_out();
        }
        fits
    }

    /// Gives its place back.
    pub(super) fn leave(&mut self, connection: &Connection) {
        self.taken -= weight(connection);
    }

    /// One that weighed so much weighs something else now. False where that is too much: then it has to leave.
    pub(super) fn change(&mut self, before: usize, connection: &Connection) -> bool {
        self.taken = self.taken - before + weight(connection);
        self.taken <= self.most
    }

    /// One more has no place.
    pub(super) const fn leave_out(&mut self) {
        self.beyond = self.beyond.saturating_add(1);
    }

    /// One that is not kept has ended.
    pub(super) const fn ended_outside(&mut self) {
        self.beyond = self.beyond.saturating_sub(1);
    }

    /// What had no place is told anew.
    pub(super) const fn count_anew(&mut self) {
        self.beyond = 0;
    }

    /// How many had no place.
    pub(super) const fn beyond(&self) -> u64 {
        self.beyond
    }

    #[cfg(test)]
    pub(super) const fn taken(&self) -> (usize, usize) {
        (self.taken, self.most)
    }
}

/// What a connection costs. Names that it shares with others are counted as its own: who lies has no name twice.
pub(super) fn weight(connection: &Connection) -> usize {
    let Connection { id, user, address, user_agent, namespaces, .. } = connection;
    let user_id = if let UserId::Text(text) = &user.id { text.len() } else { 0 };
    let texts = id.as_str().len() + user_id + user.username.len() + address.len() + user_agent.len();
    let places = namespaces.iter().map(|joined| {
        let rooms = joined.rooms.iter().map(|room| PLACE + room.as_str().len()).sum::<usize>();
        PLACE + joined.namespace.as_str().len() + joined.socket.as_str().len() + rooms
    });
    EACH + texts + places.sum::<usize>()
}
