//! Where a gateway is: a URL that has been read once and cannot be wrong any more.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// `http` or `https`, host and port, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Url);

/// Why a text is not the address of a gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// Nothing was given.
    #[error("The address is empty.")]
    Empty,
    /// Not a URL at all.
    #[error("“{0}” is not an address.")]
    NotAUrl(String),
    /// Another scheme.
    #[error("A gateway is reached over http or https, not over “{0}”.")]
    Scheme(String),
    /// A name and a password in the URL.
    #[error("The address must not hold a name or a password.")]
    Credentials,
    /// A path, query or fragment.
    #[error("The address has “{0}” after the host, where a gateway has nothing.")]
    Trailing(String),
}

impl Address {
    /// The URL of a path on this gateway.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// The address as people write it: no slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The host, with its port where it is not the scheme's own.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidAddress::Empty);
        }
        // People type `localhost:3000`, which a URL parser takes for a scheme and a path.
        let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&full).map_err(|_| InvalidAddress::NotAUrl(text.to_owned()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidAddress::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Credentials);
        }
        let trailing = &url[url::Position::BeforePath..];
        if !matches!(trailing, "" | "/") {
            return Err(InvalidAddress::Trailing(trailing.to_owned()));
        }
        Ok(Self(url))
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.as_str().to_owned()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_one_address() {
        for (typed, address, host) in [
            ("localhost:3000", "http://localhost:3000", "localhost:3000"),
            (" 127.0.0.1:3000/ ", "http://127.0.0.1:3000", "127.0.0.1:3000"),
            ("rt.example.com", "http://rt.example.com", "rt.example.com"),
            ("HTTPS://RT.Example.com:443/", "https://rt.example.com", "rt.example.com"),
            ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080"),
        ] {
            let parsed: Address = typed.parse().unwrap();
            assert_eq!((parsed.as_str(), parsed.host().as_str()), (address, host), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_gateway_is_refused_with_the_part_that_is_wrong() {
        for (typed, word) in [
            ("", "empty"),
            ("http://", "not an address"),
            ("ftp://host", "ftp"),
            ("http://ann:secret@host", "password"),
            ("https://host/admin", "/admin"),
            ("https://host/?token=x", "after the host"),
            ("two words", "not an address"),
        ] {
            let error = typed.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(word), "{typed}: {error}");
        }
    }
}
