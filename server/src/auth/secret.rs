//! Text that must never be seen.

use std::fmt;

use serde::{Serialize, Serializer};

/// What stands where a secret would.
pub const HIDDEN: &str = "(secret)";

/// A secret: neither [`fmt::Debug`] nor a log nor anything that is written as JSON shows more than that there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// A new one: 256 random bits, as 64 hexadecimal digits.
    pub fn random() -> Self {
        Self(rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The text itself, for the one place that uses it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Some(Secret::from("hunter2".to_owned()));
        assert_eq!(format!("{secret:?}"), "Some(Secret(…))");
        assert_eq!(serde_json::to_string(&secret).expect("JSON"), r#""(secret)""#);
    }
}
