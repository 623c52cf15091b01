//! Lists of users that a command names: how they are read, and with whom of them it failed.
//!
//! What is done to many users is one act, with one preview and one entry in the audit log. It must never know what that is.

use std::collections::BTreeSet;

use signalbox_protocol::admin::{CommandError, MOST_USERS, Refused};
use signalbox_protocol::{ErrorCode, UserId};

use super::refused;

/// The users of a list, each once.
pub(super) fn each(users: &[UserId]) -> Result<BTreeSet<&UserId>, CommandError> {
    if users.is_empty() {
        return Err(refused(ErrorCode::InvalidPayload, "no users are named"));
    }
    if users.len() > MOST_USERS {
        return Err(refused(ErrorCode::TooLong, format!("more than {MOST_USERS} users are named")));
    }
    Ok(users.iter().collect())
}

/// A list as the audit log calls it.
pub(super) fn called(users: &[UserId]) -> String {
    match users {
        [one] => format!("user {one}"),
        many => format!("{} users", many.len()),
    }
}

/// With whom a command failed, by reason.
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<Refused>);

impl Refusals {
    pub(super) fn add(&mut self, user: UserId, why: CommandError) {
        let CommandError { code, message } = why;
        match self.0.iter_mut().find(|refused| refused.code == code && refused.message == message) {
            Some(refused) => refused.users.push(user),
            None => self.0.push(Refused { code, message, users: vec![user] }),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Refused> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(many: usize) -> Vec<UserId> {
        (0..many).map(|id| UserId::from(i64::try_from(id).expect("a small number"))).collect()
    }

    #[test]
    fn a_list_has_somebody_in_it_and_no_more_than_ten_thousand() {
        for (many, read) in [
            (0, Err(ErrorCode::InvalidPayload)),
            (1, Ok(1)),
            (MOST_USERS, Ok(MOST_USERS)),
            (MOST_USERS + 1, Err(ErrorCode::TooLong)),
        ] {
            assert_eq!(each(&users(many)).map(|users| users.len()).map_err(|error| error.code), read, "{many}");
        }
        let twice = [users(3), users(2)].concat();
        assert_eq!(each(&twice).map(|users| users.len()).ok(), Some(3), "whoever is named twice is meant once");
    }

    #[test]
    fn users_are_refused_together_for_one_reason() {
        let mut refusals = Refusals::default();
        for (id, message) in [(1, "away"), (2, "full"), (3, "away")] {
            refusals.add(id.into(), refused(ErrorCode::Conflict, message));
        }
        let told: Vec<_> = refusals.into_vec().into_iter().map(|refused| (refused.message, refused.users)).collect();
        assert_eq!(told, [("away".to_owned(), vec![1.into(), 3.into()]), ("full".to_owned(), vec![2.into()])]);
    }
}
