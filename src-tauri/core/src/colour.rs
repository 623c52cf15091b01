//! The colour by which a gateway is told from others: a text that has been read once and can be put into a style.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(String);

/// A text that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no colour: one is written as #d9541e")]
pub struct NoColour(pub String);

impl Colour {
    /// Given in turn, and told apart also by people who see red and green alike.
    const EACH: [&str; 6] = ["#4f8ff7", "#d9541e", "#0f9d8a", "#9b5de5", "#c78a00", "#d6457b"];

    /// The first that is not taken; where all are, they are given in turn again.
    pub fn free<'a>(taken: impl Iterator<Item = &'a Self>) -> Self {
        let taken: Vec<&str> = taken.map(|colour| colour.0.as_str()).collect();
        let free = Self::EACH.iter().find(|colour| !taken.contains(colour));
        Self((*free.unwrap_or(&Self::EACH[taken.len() % Self::EACH.len()])).to_owned())
    }
}

impl TryFrom<String> for Colour {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let is_one = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_one { Ok(Self(text)) } else { Err(NoColour(text)) }
    }
}

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        text.to_owned().try_into()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.0
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_and_nothing_that_a_style_would_obey() {
        for (text, is_one) in [
            ("#4f8ff7", true),
            ("#ABCDEF", true),
            ("", false),
            ("#fff", false),
            ("4f8ff7", false),
            ("#4f8ff7;", false),
            ("url(x)", false),
            ("#4f8ffg", false),
            ("#éééa", false),
        ] {
            assert_eq!(text.parse::<Colour>().is_ok(), is_one, "{text}");
        }
    }
}
