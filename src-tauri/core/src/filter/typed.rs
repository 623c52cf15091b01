//! What is being typed at the cursor, so that it can be completed. A text that is half typed is rarely a filter yet.

use std::ops::Range;

use super::key::Key;

/// What is being typed.
pub(crate) struct Typed<'a> {
    /// What a completion takes the place of, in bytes: the term without its minus sign.
    pub(crate) at: Range<usize>,
    /// The key of the term, where it has one.
    pub(crate) key: Option<&'static Key>,
    /// The key with its sign, as they are typed.
    pub(crate) prefix: &'a str,
    /// What is typed of the word, or of the value behind the key; without quotes.
    pub(crate) word: &'a str,
}

/// What is typed where the cursor is, in bytes; a cursor within a letter is taken to be before it.
pub(crate) fn typed_at(text: &str, cursor: usize) -> Typed<'_> {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let begin = begin_of_term(&text[..cursor]);
    let end = cursor + text[cursor..].find(char::is_whitespace).unwrap_or(text.len() - cursor);
    let term = &text[begin..cursor];
    let minus = usize::from(term.starts_with('-'));
    let term = &term[minus..];
    let letters = term.bytes().take_while(u8::is_ascii_alphabetic).count();
    let behind = &term[letters..];
    let value = behind.trim_start_matches([':', '<', '>', '=']);
    let key = Key::named(&term[..letters]).filter(|_| value.len() < behind.len());
    let (prefix, word) = if key.is_some() { term.split_at(term.len() - value.len()) } else { ("", term) };
    Typed { at: begin + minus..end, key, prefix, word: word.trim_matches('"') }
}

/// Where the last term begins: behind the last space that is not in quotes.
fn begin_of_term(text: &str) -> usize {
    let (mut begin, mut quoted, mut escaped) = (0, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '\\' if quoted && !escaped => escaped = true,
            '"' if !escaped => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => begin = at + letter.len_utf8(),
            _ => escaped = false,
        }
    }
    begin
}
