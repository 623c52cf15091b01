//! The rooms that somebody is in, and how many.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use parking_lot::Mutex;
use signalbox_protocol::RoomName;

use super::{Key, Place};

/// A room with somebody in it. Its members hold it, so that posting looks nothing up.
#[derive(Debug)]
pub struct Room {
    place: Place,
    name: RoomName,
    key: String,
    members: AtomicU32,
    posts: AtomicU64,
}

impl Room {
    /// Its name, as clients say it.
    pub fn name(&self) -> &RoomName {
        &self.name
    }

    /// Its key in socketioxide.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How many sockets are in it.
    pub fn members(&self) -> u32 {
        self.members.load(Ordering::Relaxed)
    }

    /// Somebody posts to it.
    pub fn count_post(&self) {
        self.posts.fetch_add(1, Ordering::Relaxed);
    }

    /// How many messages have been posted to it.
    pub fn posts(&self) -> u64 {
        self.posts.load(Ordering::Relaxed)
    }
}

/// All rooms of all namespaces.
#[derive(Debug, Default)]
pub struct Rooms {
    table: Mutex<HashMap<(Place, RoomName), Arc<Room>>>,
}

impl Rooms {
    /// A socket enters the room.
    pub fn enter(&self, place: Place, name: &RoomName) -> Arc<Room> {
        let mut table = self.table.lock();
        let room = table.entry((place, name.clone())).or_insert_with(|| {
            let key = Key::Room(name).name().into_owned();
            let (members, posts) = (AtomicU32::new(0), AtomicU64::new(0));
            Arc::new(Room { place, name: name.clone(), key, members, posts })
        });
        room.members.fetch_add(1, Ordering::Relaxed);
        room.clone()
    }

    /// A socket that had entered the room leaves it.
    pub fn leave(&self, room: &Room) {
        let mut table = self.table.lock();
        let key = (room.place, room.name.clone());
        // Another room may bear its name where this one was taken away before.
        let is_it = table.get(&key).is_some_and(|held| std::ptr::eq(&raw const **held, room));
        if room.members.fetch_sub(1, Ordering::Relaxed) == 1 && is_it {
            table.remove(&key);
        }
    }

    /// The room, if somebody is in it.
    pub fn get(&self, place: Place, name: &RoomName) -> Option<Arc<Room>> {
        self.table.lock().get(&(place, name.clone())).cloned()
    }

    /// All of them.
    pub fn names(&self) -> Vec<(Place, RoomName)> {
        self.table.lock().keys().cloned().collect()
    }

    /// Takes away a room in which nobody is, whatever its count says. False where there is none.
    pub fn forget(&self, place: Place, name: &RoomName) -> bool {
        self.table.lock().remove(&(place, name.clone())).is_some()
    }

    /// How many rooms have somebody in them.
    pub fn count(&self) -> usize {
        self.table.lock().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_lives_as_long_as_somebody_is_in_it() {
        let rooms = Rooms::default();
        let lobby = RoomName::from("lobby");
        let first = rooms.enter(Place::Web, &lobby);
        let second = rooms.enter(Place::Web, &lobby);
        assert_eq!((first.members(), rooms.count()), (2, 1));
        assert!(rooms.get(Place::Admin, &lobby).is_none(), "another namespace's room");
        rooms.leave(&second);
        rooms.leave(&first);
        assert_eq!(rooms.count(), 0);
    }
}
