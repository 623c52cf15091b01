//! Where a client is: the peer's address, or what a trusted proxy says.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client's address as the gateway believes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Where the peer is a trusted proxy, the last address in `X-Forwarded-For` or `Forwarded` that is not one itself:
    /// what stands before it was written by whoever was not trusted.
    pub fn find(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = peer.ip().to_canonical();
        let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
        if trusted.is_empty() || !is_trusted(&peer) {
            return Self(peer);
        }
        let mut believed = peer;
        for address in hops(headers).into_iter().rev() {
            let Some(address) = address else { break };
            believed = address;
            if !is_trusted(&address) {
                break;
            }
        }
        Self(believed)
    }
}

/// The addresses that proxies have noted, the client's first; `None` for what is not an address.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let texts = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let forwarded_for: Vec<_> = texts("x-forwarded-for").flat_map(|text| text.split(',')).map(address).collect();
    if !forwarded_for.is_empty() {
        return forwarded_for;
    }
    texts("forwarded")
        .flat_map(|text| text.split(','))
        .map(|hop| {
            let (_, value) = hop.split(';').filter_map(|pair| pair.split_once('=')).find(is_for)?;
            address(value)
        })
        .collect()
}

fn is_for(pair: &(&str, &str)) -> bool {
    pair.0.trim().eq_ignore_ascii_case("for")
}

/// `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `"[2001:db8::1]"`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inside, _)| inside);
    bare.parse()
        .or_else(|_| bare.parse::<SocketAddr>().map(|address| address.ip()))
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        for (peer, name, value, believed) in [
            ("192.0.2.9:1", "x-forwarded-for", "1.1.1.1", "192.0.2.9"),
            ("10.0.0.1:1", "x-forwarded-for", "1.1.1.1", "1.1.1.1"),
            ("10.0.0.1:1", "x-forwarded-for", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
            ("10.0.0.1:1", "x-forwarded-for", "nonsense", "10.0.0.1"),
            ("10.0.0.1:1", "forwarded", "for=1.1.1.1;proto=https", "1.1.1.1"),
            ("10.0.0.1:1", "forwarded", "For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("[::ffff:10.0.0.1]:1", "x-forwarded-for", "1.1.1.1:5000", "1.1.1.1"),
        ] {
            let headers = HeaderMap::from_iter([(name.parse().expect("a name"), value.parse().expect("a value"))]);
            let found = ClientAddress::find(peer.parse().expect("a peer"), &headers, &trusted);
            assert_eq!(found.0.to_string(), believed, "{peer} {name}: {value}");
        }
    }
}
