//! Episodes: what an administrator sees of those who go over a limit. One entry when it begins, at most one a second while
//! it lasts, one when it has ended.

use std::collections::{HashMap, VecDeque};

use signalbox_protocol::feed::{Hits, LimitEpisode, User};
use signalbox_protocol::{Namespace, RoomName, Timestamp, UserId};

/// An episode ends after so long without a drop.
const QUIET_MS: i64 = 60_000;
/// Updates of an episode are at least so far apart.
const UPDATE_MS: i64 = 1_000;
/// Hits are kept for so many minutes.
const MINUTES: i64 = 60;

/// An event that was dropped.
#[derive(Debug, Clone)]
pub struct Drop<'a> {
    /// Whose it was.
    pub user: &'a User,
    /// Where.
    pub namespace: &'a Namespace,
    /// Which.
    pub event: &'static str,
    /// The room that it named.
    pub room: Option<RoomName>,
    /// The sender's address.
    pub address: &'a str,
    /// How many the window admits.
    pub limit: u32,
    /// The window, in seconds.
    pub window: u32,
}

/// The open episodes, and everybody's hits of the last hour.
#[derive(Debug, Default)]
pub struct Episodes {
    last_id: u64,
    open: HashMap<(UserId, Namespace, &'static str), Open>,
    hits: HashMap<UserId, VecDeque<(i64, u64)>>,
}

#[derive(Debug)]
struct Open {
    episode: LimitEpisode,
    told_at: Timestamp,
    told: u64,
}

impl Episodes {
    /// Counts a drop. Gives the episode where an administrator is to be told of it now.
    pub fn count(&mut self, drop: Drop<'_>, now: Timestamp) -> Option<LimitEpisode> {
        self.hit(&drop.user.id, now);
        let key = (drop.user.id.clone(), drop.namespace.clone(), drop.event);
        if let Some(open) = self.open.get_mut(&key) {
            open.episode.dropped += 1;
            open.episode.last = now;
            open.episode.limit = drop.limit;
            if drop.room.is_some() {
                open.episode.room = drop.room;
            }
            if &*open.episode.address != drop.address {
                open.episode.address = drop.address.to_owned();
            }
            return open.update(now);
        }
        self.last_id += 1;
        let episode = LimitEpisode {
            id: self.last_id,
            user: drop.user.clone(),
            namespace: drop.namespace.clone(),
            event: drop.event.to_owned(),
            room: drop.room,
            address: drop.address.to_owned(),
            limit: drop.limit,
            window: drop.window,
            dropped: 1,
            since: now,
            last: now,
            ended: false,
        };
        self.open.insert(key, Open { episode: episode.clone(), told_at: now, told: 1 });
        Some(episode)
    }

    /// What has to be told by now: updates that were held back, and episodes that have ended. Forgets old hits.
    pub fn sweep(&mut self, now: Timestamp) -> Vec<LimitEpisode> {
        let oldest = minute(now) - MINUTES;
        self.hits.retain(|_, minutes| {
            minutes.retain(|(at, _)| *at > oldest);
            !minutes.is_empty()
        });
        let mut tell = Vec::new();
        self.open.retain(|_, open| {
            if open.episode.last.0 + QUIET_MS <= now.0 {
                open.episode.ended = true;
                tell.push(open.episode.clone());
                return false;
            }
            tell.extend(open.update(now));
            true
        });
        tell
    }

    /// The open episodes, oldest first.
    pub fn open(&self) -> Vec<LimitEpisode> {
        let mut open: Vec<_> = self.open.values().map(|open| open.episode.clone()).collect();
        open.sort_by_key(|episode| episode.id);
        open
    }

    /// How many episodes are open.
    pub fn count_open(&self) -> usize {
        self.open.len()
    }

    /// Everybody's drops of the last hour.
    pub fn hits(&self, now: Timestamp) -> Vec<Hits> {
        self.hits
            .iter()
            .map(|(user, minutes)| Hits { user: user.clone(), hits: last_hour(minutes, now) })
            .filter(|hits| hits.hits > 0)
            .collect()
    }

    /// The user's drops of the last hour.
    pub fn hits_of(&self, user: &UserId, now: Timestamp) -> u64 {
        self.hits.get(user).map_or(0, |minutes| last_hour(minutes, now))
    }

    fn hit(&mut self, user: &UserId, now: Timestamp) {
        let minutes = self.hits.entry(user.clone()).or_default();
        match minutes.back_mut() {
            Some((at, hits)) if *at == minute(now) => *hits += 1,
            _ => minutes.push_back((minute(now), 1)),
        }
        if minutes.len() > MINUTES as usize {
            minutes.pop_front();
        }
    }
}

impl Open {
    fn update(&mut self, now: Timestamp) -> Option<LimitEpisode> {
        let due = self.episode.dropped > self.told && self.told_at.0 + UPDATE_MS <= now.0;
        due.then(|| {
            self.told_at = now;
            self.told = self.episode.dropped;
            self.episode.clone()
        })
    }
}

fn last_hour(minutes: &VecDeque<(i64, u64)>, now: Timestamp) -> u64 {
    let oldest = minute(now) - MINUTES;
    minutes.iter().filter(|(at, _)| *at > oldest).map(|(_, hits)| hits).sum()
}

const fn minute(at: Timestamp) -> i64 {
    at.0.div_euclid(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drop_of<'a>(user: &'a User, namespace: &'a Namespace) -> Drop<'a> {
        Drop { user, namespace, event: "room:message", room: None, address: "192.0.2.1", limit: 10, window: 60 }
    }

    #[test]
    fn an_episode_begins_is_updated_once_a_second_and_ends_after_a_minute() {
        let (user, namespace) = (User { id: 7.into(), username: "ann".into() }, Namespace::from("/web"));
        let mut episodes = Episodes::default();
        let first = episodes.count(drop_of(&user, &namespace), Timestamp(0)).expect("an episode");
        assert_eq!((first.dropped, first.ended), (1, false));
        for at in 1..1_000 {
            assert_eq!(episodes.count(drop_of(&user, &namespace), Timestamp(at)), None, "too soon");
        }
        let second = episodes.count(drop_of(&user, &namespace), Timestamp(1_000)).expect("an update");
        assert_eq!((second.id, second.dropped), (first.id, 1_001));
        assert_eq!(episodes.count(drop_of(&user, &namespace), Timestamp(1_500)), None);
        assert_eq!(episodes.sweep(Timestamp(1_999)), []);
        assert_eq!(episodes.sweep(Timestamp(2_000)).len(), 1, "the drop that was held back");
        assert_eq!(episodes.sweep(Timestamp(61_499)), []);
        let last = episodes.sweep(Timestamp(61_500));
        assert_eq!((last[0].id, last[0].dropped, last[0].ended), (first.id, 1_002, true));
        assert_eq!(episodes.open(), []);
        let again = episodes.count(drop_of(&user, &namespace), Timestamp(61_501)).expect("a new episode");
        assert_ne!(again.id, first.id);
    }

    #[test]
    fn hits_are_those_of_the_last_hour() {
        let (user, namespace) = (User { id: 7.into(), username: "ann".into() }, Namespace::from("/web"));
        let mut episodes = Episodes::default();
        for minute in 0..90 {
            episodes.count(drop_of(&user, &namespace), Timestamp(minute * 60_000));
        }
        assert_eq!(episodes.hits(Timestamp(89 * 60_000)), [Hits { user: user.id.clone(), hits: 60 }]);
        episodes.sweep(Timestamp(200 * 60_000));
        assert_eq!(episodes.hits(Timestamp(200 * 60_000)), []);
    }
}
