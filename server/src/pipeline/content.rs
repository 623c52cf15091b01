//! What a text may say: its length, and the word list.

use signalbox_protocol::ErrorCode;

use super::Fault;

/// The longest text, in UTF-16 units: what a browser's `length` says.
const MAX_TEXT: usize = 1000;

/// The words that are refused.
#[derive(Debug, Default)]
pub struct Words(Box<[Box<str>]>);

impl Words {
    /// From `content.words`.
    pub fn new(words: &[String]) -> Self {
        let words = words.iter().map(|word| fold(word.trim())).filter(|word| !word.is_empty());
        Self(words.map(String::into_boxed_str).collect())
    }

    /// Whether the text may be passed on.
    ///
    /// # Errors
    /// `too_long` or `content_rejected`.
    pub fn check(&self, text: &str) -> Result<(), Fault> {
        // A text has at least as many bytes as UTF-16 units.
        if text.len() > MAX_TEXT && text.encode_utf16().count() > MAX_TEXT {
            return Err(Fault::new(ErrorCode::TooLong, "the text is longer than 1000 characters"));
        }
        if self.0.is_empty() {
            return Ok(());
        }
        let text = fold(text);
        if self.0.iter().any(|word| stands_in(&text, word)) {
            return Err(Fault::new(ErrorCode::ContentRejected, "the text holds a word that is not allowed here"));
        }
        Ok(())
    }
}

/// Case folded: `STRASSE` and `straße` are one word.
fn fold(text: &str) -> String {
    text.to_uppercase().to_lowercase()
}

/// Whether the word stands in the text as a whole word.
fn stands_in(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        parted(before, word.chars().next()) && parted(word.chars().next_back(), after)
    })
}

/// Whether a word ends between the two: at anything that is no letter or digit, and beside every ideograph or kana, whose
/// scripts put nothing between words.
fn parted(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return true };
    !is_of_word(left) || !is_of_word(right) || is_unspaced(left) || is_unspaced(right)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_refused_where_it_stands_alone_in_any_case() {
        let words = Words::new(&["damn".into(), "Straße".into(), "坏蛋".into(), "two words".into()]);
        for (text, refused) in [
            ("Damn!", true),
            ("oh, DAMN", true),
            ("goddamn", false),
            ("damned", false),
            ("die STRASSE hier", true),
            ("你是坏蛋啊", true),
            ("say Two Words now", true),
            ("two  words", false),
            ("", false),
        ] {
            assert_eq!(words.check(text).is_err(), refused, "{text}");
        }
        assert!(Words::default().check("damn").is_ok());
    }

    #[test]
    fn length_is_counted_in_utf16_units() {
        let words = Words::default();
        for (unit, fits) in [("a", 1000), ("ä", 1000), ("大", 1000), ("😀", 500)] {
            assert!(words.check(&unit.repeat(fits)).is_ok(), "{unit}");
            assert!(words.check(&unit.repeat(fits + 1)).is_err(), "{unit}");
        }
    }
}
