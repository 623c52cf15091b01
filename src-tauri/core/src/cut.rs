//! Texts of strangers, cut to what somebody can read.
//!
//! Nothing that a gateway sends is bounded by anybody but the gateway. What the console keeps is bounded here, where it
//! comes in, and a text that was cut says so by its last character.

/// A name that is only read, in characters: of a person, a client, a version; or a few words, such as a reason.
pub(crate) const LABEL: usize = 256;
/// A text of several sentences, in characters. The page shows no more of one either.
pub(crate) const PROSE: usize = 2_000;

/// What stands at the end of a text that was cut.
const CUT: char = '…';

/// The text, with at most so many characters; the last of a longer one says that it was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain([CUT]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        for (text, most, kept) in
            [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("你好世界", 3, "你好…"), ("", 3, ""), ("ab", 1, "…")]
        {
            assert_eq!(cut(text, most), kept);
        }
    }
}
