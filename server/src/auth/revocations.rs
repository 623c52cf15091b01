//! Tokens that are good no more although they have not expired: one by its `jti`, a user's, or everybody's, issued before
//! a moment. Pure: the time is passed in, and what is durable is kept elsewhere.
//!
//! Each is kept until its tokens have expired anyway: until the moment that was given with it, else for ten years, which
//! no token should live. There are at most a million. One for everybody takes the place of all that it covers.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use parking_lot::RwLock;
use signalbox_protocol::{Timestamp, UserId};

use super::tokens::Claims;

/// How long a revocation is kept where nobody says when its tokens expire.
pub const KEPT_MS: i64 = 10 * 365 * 24 * 60 * 60 * 1000;

/// Revocations at the same time.
const MOST: usize = 1_000_000;

/// Whose tokens, or which one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everybody's.
    Everybody,
    /// A user's.
    User(UserId),
    /// The one with that `jti`.
    Token(Box<str>),
}

/// Tokens that are good no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Whose, or which one.
    pub scope: Scope,
    /// Those issued before; of one with a `jti`, any.
    pub before: Timestamp,
    /// When they have expired anyway.
    pub expires_at: Timestamp,
}

/// What a session remembers of the token that it stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// `jti`.
    pub jti: Option<Box<str>>,
    /// `iat`; a token without it counts as issued before everything.
    pub issued_at: Option<Timestamp>,
}

/// As many revocations are kept as may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are 1000000 revocations; one for everybody takes their place")]
pub struct TooMany;

/// The revocations that hold. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Revocations(Arc<RwLock<Table>>);

#[derive(Debug, Default)]
struct Table {
    everybody: Option<Kept>,
    users: HashMap<UserId, Kept>,
    tokens: HashMap<Box<str>, Kept>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    before: Timestamp,
    expires_at: Timestamp,
}

impl Proof {
    /// What these claims prove.
    pub fn of(claims: &Claims) -> Self {
        Self { jti: claims.jti.as_deref().map(Into::into), issued_at: claims.issued_at }
    }

    fn is_before(&self, moment: Timestamp) -> bool {
        self.issued_at.is_none_or(|issued_at| issued_at < moment)
    }
}

impl Revocation {
    /// Whether it takes a user's token.
    pub fn takes(&self, user: &UserId, proof: &Proof) -> bool {
        match &self.scope {
            Scope::Everybody => proof.is_before(self.before),
            Scope::User(revoked) => revoked == user && proof.is_before(self.before),
            Scope::Token(jti) => proof.jti.as_ref() == Some(jti),
        }
    }
}

impl Revocations {
    /// Whether a user's token is good no more.
    pub fn take(&self, user: &UserId, proof: &Proof) -> bool {
        let table = self.0.read();
        let covers = |kept: &Kept| proof.is_before(kept.before);
        table.everybody.as_ref().is_some_and(covers)
            || table.users.get(user).is_some_and(covers)
            || proof.jti.as_ref().is_some_and(|jti| table.tokens.contains_key(jti))
    }

    /// Whether there is room for one of that scope.
    ///
    /// # Errors
    /// Where there are too many.
    pub fn check(&self, scope: &Scope) -> Result<(), TooMany> {
        self.0.read().check(scope)
    }

    /// Adds one. What is revoked already stays so.
    ///
    /// # Errors
    /// Where there are too many.
    pub fn add(&self, revocation: Revocation) -> Result<(), TooMany> {
        let Revocation { scope, before, expires_at } = revocation;
        let mut table = self.0.write();
        table.check(&scope)?;
        let kept = Kept { before, expires_at };
        match scope {
            Scope::Everybody => {
                let kept = table.everybody.map_or(kept, |earlier| earlier.or_later(kept));
                table.everybody = Some(kept);
                table.users.retain(|_, user| user.before > kept.before);
            }
            Scope::User(user) => match table.users.get_mut(&user) {
                Some(earlier) => *earlier = earlier.or_later(kept),
                None => drop(table.users.insert(user, kept)),
            },
            Scope::Token(jti) => match table.tokens.get_mut(&jti) {
                Some(earlier) => *earlier = earlier.or_later(kept),
                None => drop(table.tokens.insert(jti, kept)),
            },
        }
        Ok(())
    }

    /// Forgets those whose tokens have expired.
    pub fn sweep(&self, now: Timestamp) {
        let mut table = self.0.write();
        table.everybody = table.everybody.filter(|kept| kept.expires_at > now);
        table.users.retain(|_, kept| kept.expires_at > now);
        table.tokens.retain(|_, kept| kept.expires_at > now);
    }
}

impl Table {
    fn check(&self, scope: &Scope) -> Result<(), TooMany> {
        let known = match scope {
            Scope::Everybody => true,
            Scope::User(user) => self.users.contains_key(user),
            Scope::Token(jti) => self.tokens.contains_key(jti),
        };
        if known || self.users.len() + self.tokens.len() < MOST { Ok(()) } else { Err(TooMany) }
    }
}

impl Kept {
    fn or_later(self, other: Self) -> Self {
        Self { before: self.before.max(other.before), expires_at: self.expires_at.max(other.expires_at) }
    }
}

/// `everybody`, `user 7`, `token <jti>`: the key in the store, and what the audit log says.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everybody => f.write_str("everybody"),
            Self::User(user) => write!(f, "user {user}"),
            Self::Token(jti) => write!(f, "token {jti}"),
        }
    }
}

/// A text that names no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a user, a token or everybody")]
pub struct InvalidScope;

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        match text.split_once(' ') {
            None if text == "everybody" => Ok(Self::Everybody),
            Some(("user", user)) => user.parse().map(Self::User).map_err(|_| InvalidScope),
            Some(("token", jti)) => Ok(Self::Token(jti.into())),
            _ => Err(InvalidScope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocation(scope: &str, before: i64) -> Revocation {
        Revocation {
            scope: scope.parse().expect(scope),
            before: Timestamp(before),
            expires_at: Timestamp(before + 1_000),
        }
    }

    fn proof(jti: Option<&str>, issued_at: Option<i64>) -> Proof {
        Proof { jti: jti.map(Into::into), issued_at: issued_at.map(Timestamp) }
    }

    #[test]
    fn what_is_revoked_is_taken_and_nothing_else() {
        let revocations = Revocations::default();
        for one in [revocation("user 7", 100), revocation("token abc", 0), revocation("everybody", 50)] {
            revocations.add(one).expect("there is room");
        }
        for (user, proof, taken) in [
            (7, proof(None, Some(99)), true),
            (7, proof(None, Some(100)), false),
            (7, proof(None, None), true),
            (8, proof(None, Some(99)), false),
            (8, proof(None, Some(49)), true),
            (8, proof(None, None), true),
            (8, proof(Some("abc"), Some(500)), true),
            (8, proof(Some("abd"), Some(500)), false),
        ] {
            assert_eq!(revocations.take(&user.into(), &proof), taken, "{user} {proof:?}");
        }
    }

    #[test]
    fn what_is_revoked_stays_so_until_it_has_expired_anyway() {
        let revocations = Revocations::default();
        revocations.add(revocation("user 7", 100)).expect("there is room");
        revocations.add(revocation("user 7", 50)).expect("there is room");
        assert!(revocations.take(&7.into(), &proof(None, Some(99))), "an earlier one takes nothing back");
        revocations.sweep(Timestamp(1_099));
        assert!(revocations.take(&7.into(), &proof(None, Some(99))));
        revocations.sweep(Timestamp(1_100));
        assert!(!revocations.take(&7.into(), &proof(None, Some(99))));
    }

    #[test]
    fn one_for_everybody_takes_the_place_of_what_it_covers() {
        let revocations = Revocations::default();
        revocations.add(revocation("user 7", 100)).expect("there is room");
        revocations.add(revocation("user 8", 300)).expect("there is room");
        revocations.add(revocation("everybody", 200)).expect("there is room");
        assert_eq!(revocations.0.read().users.len(), 1);
        for (user, issued_at, taken) in [(7, 199, true), (7, 200, false), (8, 299, true), (8, 300, false)] {
            assert_eq!(revocations.take(&user.into(), &proof(None, Some(issued_at))), taken, "{user} {issued_at}");
        }
    }
}
