//! The rooms that a token opens.

/// Which rooms a user may join, from the claim `rooms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomGrant {
    /// No claim: every room.
    Every,
    /// Rooms that match one of the globs; `*` stands for any run of characters, `?` for one.
    Matching(Box<[Box<str>]>),
}

impl RoomGrant {
    /// Whether the room may be joined.
    pub fn allows(&self, room: &str) -> bool {
        match self {
            Self::Every => true,
            Self::Matching(globs) => globs.iter().any(|glob| matches(glob, room)),
        }
    }
}

/// Matches in time proportional to both lengths' product: a token's author cannot make it explode.
fn matches(glob: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // `reachable[i]`: the part of the glob read so far matches the first `i` characters.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for symbol in glob.chars() {
        if symbol == '*' {
            for i in 1..=text.len() {
                reachable[i] |= reachable[i - 1];
            }
        } else {
            for i in (1..=text.len()).rev() {
                reachable[i] = reachable[i - 1] && (symbol == '?' || symbol == text[i - 1]);
            }
            reachable[0] = false;
        }
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_opens_what_it_matches() {
        for (glob, room, opens) in [
            ("lobby", "lobby", true),
            ("lobby", "lobby2", false),
            ("team-*", "team-", true),
            ("team-*", "team-7", true),
            ("team-*", "my-team-7", false),
            ("*", "anything at all", true),
            ("*-?-*", "a-b-c", true),
            ("*-?-*", "a--c", false),
            ("大*", "大厅", true),
            ("", "lobby", false),
        ] {
            let grant = RoomGrant::Matching([glob.into()].into());
            assert_eq!(grant.allows(room), opens, "{glob} {room}");
        }
        assert!(RoomGrant::Every.allows("lobby"));
        assert!(!RoomGrant::Matching([].into()).allows("lobby"), "an empty list opens nothing");
    }
}
