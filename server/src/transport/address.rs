//! Where a client is: the peer's address, or what a trusted proxy says.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

use crate::config::{Proxy, ProxyHeader};

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";

/// The client's address as the gateway believes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Where the peer is a trusted proxy, the last address in the header that it writes that is not a trusted one itself:
    /// what stands before it was written by whoever was not trusted. Any other header is the client's, and not looked at.
    pub fn find(peer: SocketAddr, headers: &HeaderMap, proxy: &Proxy) -> Self {
        let peer = peer.ip().to_canonical();
        let is_trusted = |address: &IpAddr| proxy.trusted.iter().any(|net| net.contains(address));
        if !is_trusted(&peer) {
            return Self(peer);
        }
        let mut believed = peer;
        for address in hops(headers, proxy.header) {
            // Behind what cannot be read, anybody may have written anything.
            let Some(address) = address else { break };
            believed = address;
            if !is_trusted(&address) {
                break;
            }
        }
        Self(believed)
    }
}

/// Who counts as one host: an address of IPv4, or the /64 of IPv6 that a host has all of to itself.
pub fn host(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

/// The addresses that proxies have noted, the latest first; `None` for what is not an address.
fn hops(headers: &HeaderMap, header: ProxyHeader) -> impl Iterator<Item = Option<IpAddr>> {
    let (name, read): (_, fn(&str) -> Option<IpAddr>) = match header {
        ProxyHeader::Either if !headers.contains_key(X_FORWARDED_FOR) => (FORWARDED, forwarded_for),
        ProxyHeader::Either | ProxyHeader::XForwardedFor => (X_FORWARDED_FOR, address),
        ProxyHeader::Forwarded => (FORWARDED, forwarded_for),
    };
    // Several lines are one list. A line that is no text is a hop that cannot be read.
    let lines: Vec<_> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    lines.into_iter().rev().flat_map(|line| from_the_end(line, b',')).map(read)
}

/// `for=192.0.2.1;proto=https;by=…`
fn forwarded_for(hop: &str) -> Option<IpAddr> {
    let pairs = from_the_end(hop, b';').into_iter().filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    // Named twice, it could be either.
    let (value, None) = (found.next()?, found.next()) else { return None };
    let value = value.trim();
    address(value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value))
}

/// The parts between separators that are not quoted, the last one first. Read from the end, because there stands what the
/// trusted proxy has written: a quote that its client left open must not swallow it.
fn from_the_end(text: &str, separator: u8) -> Vec<&str> {
    let bytes = text.as_bytes();
    let is_escaped = |at: usize| bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let (mut parts, mut end, mut quoted) = (Vec::new(), text.len(), false);
    for at in (0..text.len()).rev() {
        match bytes[at] {
            b'"' if !(quoted && is_escaped(at)) => quoted = !quoted,
            byte if byte == separator && !quoted => {
                parts.push(&text[at + 1..end]);
                end = at;
            }
            _ => {}
        }
    }
    parts.push(&text[..end]);
    parts
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let parsed = match bare {
        Some(inside) => inside.parse().map(IpAddr::V6).ok(),
        None => text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip())),
    };
    parsed.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A peer, the lines of its request, and the address that is believed.
    type Case<'a> = (&'a str, &'a [(&'static str, &'a str)], &'a str);

    fn check(header: ProxyHeader, cases: &[Case<'_>]) {
        let trusted = vec!["10.0.0.0/8".parse().expect("a network"), "fd00::/8".parse().expect("a network")];
        let proxy = Proxy { trusted, header };
        for (peer, lines, believed) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in *lines {
                headers.append(*name, value.parse().expect("a value"));
            }
            let found = ClientAddress::find(peer.parse().expect("a peer"), &headers, &proxy);
            assert_eq!(found.0.to_string(), *believed, "{peer}: {lines:?}");
        }
    }

    #[test]
    fn the_address_is_the_last_one_that_no_trusted_proxy_has() {
        let x = "x-forwarded-for";
        check(
            ProxyHeader::XForwardedFor,
            &[
                ("192.0.2.9:1", &[(x, "1.1.1.1")], "192.0.2.9"),
                ("10.0.0.1:1", &[], "10.0.0.1"),
                ("10.0.0.1:1", &[(x, "1.1.1.1")], "1.1.1.1"),
                ("10.0.0.1:1", &[(x, "6.6.6.6, 1.1.1.1, 10.0.0.2")], "1.1.1.1"),
                ("10.0.0.1:1", &[(x, "6.6.6.6"), (x, "1.1.1.1"), (x, "10.0.0.2")], "1.1.1.1"),
                ("10.0.0.1:1", &[(x, "10.0.0.3,10.0.0.2")], "10.0.0.3"),
                ("10.0.0.1:1", &[(x, "nonsense")], "10.0.0.1"),
                ("10.0.0.1:1", &[(x, "6.6.6.6, nonsense, 10.0.0.2")], "10.0.0.2"),
                ("10.0.0.1:1", &[(x, "6.6.6.6,")], "10.0.0.1"),
                ("10.0.0.1:1", &[(x, "1.1.1.1:5000")], "1.1.1.1"),
                ("10.0.0.1:1", &[(x, "1.1.1.1:99999")], "10.0.0.1"),
                ("10.0.0.1:1", &[(x, "[2001:db8::1]:80")], "2001:db8::1"),
                ("10.0.0.1:1", &[(x, "[2001:db8::1]")], "2001:db8::1"),
                ("10.0.0.1:1", &[(x, "2001:db8::1")], "2001:db8::1"),
                ("10.0.0.1:1", &[(x, "[2001:db8::1]x")], "10.0.0.1"),
                ("10.0.0.1:1", &[(x, "[1.1.1.1]")], "10.0.0.1"),
                ("10.0.0.1:1", &[(x, "::ffff:1.1.1.1")], "1.1.1.1"),
                ("[::ffff:10.0.0.1]:1", &[(x, "1.1.1.1")], "1.1.1.1"),
                ("[fd00::7]:1", &[(x, "1.1.1.1, fd00::8")], "1.1.1.1"),
                ("10.0.0.1:1", &[("forwarded", "for=6.6.6.6")], "10.0.0.1"),
                ("10.0.0.1:1", &[("forwarded", "for=6.6.6.6"), (x, "1.1.1.1")], "1.1.1.1"),
            ],
        );
    }

    #[test]
    fn either_header_is_believed_where_none_is_named_and_the_usual_one_first() {
        let (x, f) = ("x-forwarded-for", "forwarded");
        check(
            ProxyHeader::Either,
            &[
                ("192.0.2.9:1", &[(f, "for=1.1.1.1")], "192.0.2.9"),
                ("10.0.0.1:1", &[(f, "for=6.6.6.6, for=1.1.1.1")], "1.1.1.1"),
                ("10.0.0.1:1", &[(x, "6.6.6.6, 1.1.1.1")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=6.6.6.6"), (x, "1.1.1.1")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=6.6.6.6"), (x, "nonsense")], "10.0.0.1"),
            ],
        );
    }

    #[test]
    fn a_host_has_a_whole_network_of_the_newer_addresses() {
        for (address, counts_as) in
            [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
        {
            assert_eq!(host(address.parse().expect("an address")).to_string(), counts_as);
        }
    }

    #[test]
    fn the_standard_header_is_believed_where_the_proxy_writes_that_one() {
        let f = "forwarded";
        check(
            ProxyHeader::Forwarded,
            &[
                ("10.0.0.1:1", &[(f, "for=1.1.1.1;proto=https")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "For=\"[2001:db8::1]:4711\"")], "2001:db8::1"),
                ("10.0.0.1:1", &[(f, "for=6.6.6.6, proto=http ; for=\"1.1.1.1:80\", for=10.0.0.2")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=unknown")], "10.0.0.1"),
                ("10.0.0.1:1", &[(f, "for=6.6.6.6, for=_hidden")], "10.0.0.1"),
                ("10.0.0.1:1", &[(f, "by=10.0.0.1")], "10.0.0.1"),
                ("10.0.0.1:1", &[(f, "for=1.1.1.1;for=6.6.6.6")], "10.0.0.1"),
                ("10.0.0.1:1", &[(f, "for=\"open, for=1.1.1.1")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=\"open"), (f, "for=1.1.1.1")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=1.1.1.1;host=\"a, for=6.6.6.6\"")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=1.1.1.1;host=\"a\\\", for=6.6.6.6\"")], "1.1.1.1"),
                ("10.0.0.1:1", &[(f, "for=1.1.1.1;host=\"a;for=6.6.6.6\"")], "1.1.1.1"),
                ("10.0.0.1:1", &[("x-forwarded-for", "6.6.6.6")], "10.0.0.1"),
            ],
        );
    }
}
