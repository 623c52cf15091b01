//! What a session stands on: in each of its namespaces, the token that opened it.
//!
//! Owns when these run out and which of their clients have been warned. A token that is good in one namespace says nothing
//! of another, so that the first one that runs out, or is revoked, ends the whole session.

use signalbox_protocol::Timestamp;

use super::Place;
use crate::auth::revocations::Proof;
use crate::auth::tokens::Claims;

/// Before a token runs out, its client is told so long ahead.
const NOTICE_MS: i64 = 30_000;

/// A token for each namespace.
#[derive(Debug, Default)]
pub(super) struct Footing(Vec<Token>);

#[derive(Debug)]
struct Token {
    place: Place,
    expires_at: Timestamp,
    proof: Proof,
    warned: bool,
}

impl Token {
    /// When something has to be done about it.
    fn due(&self) -> Timestamp {
        if self.warned { self.expires_at } else { Timestamp(self.expires_at.0 - NOTICE_MS) }
    }
}

impl Footing {
    /// From now on the namespace is held by that token, and by no other.
    pub(super) fn put(&mut self, place: Place, claims: &Claims) {
        let token = Token { place, expires_at: claims.expires_at, proof: Proof::of(claims), warned: false };
        match self.0.iter_mut().find(|token| token.place == place) {
            Some(former) => *former = token,
            None => {
                // Nearly every session is in one namespace only.
                self.0.reserve_exact(1);
                self.0.push(token);
            }
        }
    }

    /// The namespace was left.
    pub(super) fn take(&mut self, place: Place) {
        self.0.retain(|token| token.place != place);
    }

    /// When the namespace's token runs out.
    pub(super) fn expires_in(&self, place: Place) -> Option<Timestamp> {
        self.0.iter().find(|token| token.place == place).map(|token| token.expires_at)
    }

    /// When the first of them runs out.
    pub(super) fn expires_at(&self) -> Option<Timestamp> {
        self.0.iter().map(|token| token.expires_at).min()
    }

    /// When something has to be done about one of them.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.0.iter().map(Token::due).min()
    }

    /// The namespaces whose clients have to be warned by now, each once, and when their tokens run out.
    pub(super) fn warn(&mut self, now: Timestamp) -> Vec<(Place, Timestamp)> {
        let due = self.0.iter_mut().filter(|token| !token.warned && token.due() <= now);
        due.map(|token| {
            token.warned = true;
            (token.place, token.expires_at)
        })
        .collect()
    }

    /// Whether any of them is such a one.
    pub(super) fn any(&self, mut such: impl FnMut(&Proof) -> bool) -> bool {
        self.0.iter().any(|token| such(&token.proof))
    }
}

#[cfg(test)]
mod tests {
    use signalbox_protocol::feed::User;

    use super::*;
    use crate::auth::RoomGrant;

    fn claims(jti: &str, expires_at: i64) -> Claims {
        Claims {
            user: User { id: 7.into(), username: "ann".into() },
            status: Some(1),
            role: None,
            rooms: RoomGrant::Every,
            expires_at: Timestamp(expires_at),
            issued_at: None,
            jti: Some(jti.to_owned()),
        }
    }

    fn stands_on(footing: &Footing, jti: &str) -> bool {
        footing.any(|proof| proof.jti.as_deref() == Some(jti))
    }

    #[test]
    fn the_first_token_that_runs_out_counts() {
        let mut footing = Footing::default();
        assert_eq!(footing.expires_at(), None);
        footing.put(Place::Admin, &claims("short", 100_000));
        footing.put(Place::Events, &claims("long", 900_000));
        assert_eq!(footing.expires_at(), Some(Timestamp(100_000)));
        assert!(stands_on(&footing, "short") && stands_on(&footing, "long"));
        footing.take(Place::Admin);
        assert_eq!(footing.expires_at(), Some(Timestamp(900_000)));
        assert!(!stands_on(&footing, "short"), "what is left is stood on no more");
    }

    #[test]
    fn each_namespace_is_warned_once_for_each_token() {
        let mut footing = Footing::default();
        footing.put(Place::Admin, &claims("a", 100_000));
        footing.put(Place::Events, &claims("b", 900_000));
        assert_eq!(footing.due(), Some(Timestamp(70_000)));
        assert!(footing.warn(Timestamp(69_999)).is_empty());
        assert_eq!(footing.warn(Timestamp(70_000)), [(Place::Admin, Timestamp(100_000))]);
        assert!(footing.warn(Timestamp(70_001)).is_empty(), "once");
        assert_eq!(footing.due(), Some(Timestamp(100_000)), "the next that happens is its end");
        footing.put(Place::Admin, &claims("c", 200_000));
        assert_eq!(footing.due(), Some(Timestamp(170_000)), "a new token is warned of anew");
        assert!(!stands_on(&footing, "a"));
    }
}
