//! Texts to compare with: letters of any case, `*` for any of them, `?` for one.

use std::fmt;

/// A text with signs that stand for others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// These letters, folded.
    Text(String),
    /// One letter, whichever.
    One,
    /// Any letters, or none.
    Any,
}

/// A text as it is compared: in lower case, on one line. Letter by letter, so that a part of a folded text is the folded
/// part of the text.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|letter| if letter.is_control() { ' ' } else { letter }.to_lowercase())
}

impl Pattern {
    /// A letter more.
    pub(crate) fn push(&mut self, letter: char) {
        let mut buffer = [0; 4];
        let folded = folded(letter.encode_utf8(&mut buffer));
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.extend(folded),
            _ => self.pieces.push(Piece::Text(folded.collect())),
        }
    }

    /// One letter more, whichever.
    pub(crate) fn push_one(&mut self) {
        self.pieces.push(Piece::One);
    }

    /// Any letters more.
    pub(crate) fn push_any(&mut self) {
        if self.pieces.last() != Some(&Piece::Any) {
            self.pieces.push(Piece::Any);
        }
    }

    /// There is nothing in it.
    pub(crate) const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The text, where no sign stands for anything else.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match &self.pieces[..] {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Its letters as far as they are certain, and what comes behind them.
    pub(crate) fn split(&self) -> (&str, &[Piece]) {
        match &self.pieces[..] {
            [Piece::Text(text), rest @ ..] => (text, rest),
            rest => ("", rest),
        }
    }

    /// The same anywhere in a text, where no sign says where.
    pub(crate) fn anywhere(&self) -> Self {
        match self.as_literal() {
            Some(_) => Self { pieces: [&[Piece::Any][..], &self.pieces, &[Piece::Any]].concat() },
            None => self.clone(),
        }
    }

    /// Writes it; the first letters in quotes also where only their place demands it.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, quote_first: impl Fn(&str) -> bool) -> fmt::Result {
        for (index, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) if index == 0 && quote_first(text) => f.write_str(&quoted(text))?,
                Piece::Text(text) => f.write_str(&written(text))?,
                Piece::One => f.write_str("?")?,
                Piece::Any => f.write_str("*")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pattern {
    /// As it is written behind a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |_| false)
    }
}

/// It ends a term, or does not stand for itself in one.
fn is_sign(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '"' | '*' | '?')
}

/// The text as it is written behind a key.
pub(crate) fn written(text: &str) -> String {
    if text.contains(is_sign) { quoted(text) } else { text.to_owned() }
}

/// The text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

/// Whether the pieces are all of a folded text. Goes back to the last `*` only, so that it takes no longer than their
/// lengths multiplied.
pub(crate) fn fits(pieces: &[Piece], text: &str) -> bool {
    let (mut piece, mut at) = (0, 0);
    // The piece behind the last `*`, and where in the text it was tried.
    let mut again: Option<(usize, usize)> = None;
    loop {
        let rest = &text[at..];
        let step = match pieces.get(piece) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Piece::Any) => {
                again = Some((piece + 1, at));
                Some(0)
            }
            Some(Piece::Text(letters)) => rest.starts_with(letters.as_str()).then_some(letters.len()),
            Some(Piece::One) => rest.chars().next().map(char::len_utf8),
        };
        if let Some(step) = step {
            piece += 1;
            at += step;
            continue;
        }
        let Some((behind, from)) = again else { return false };
        let Some(letter) = text[from..].chars().next() else { return false };
        (piece, at) = (behind, from + letter.len_utf8());
        again = Some((piece, at));
    }
}
