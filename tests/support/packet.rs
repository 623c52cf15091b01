//! Socket.IO packets (protocol 5, on Engine.IO 4), text only, as they stand on the wire.

use serde_json::Value;

/// One packet of a namespace.
#[derive(Debug, Clone, PartialEq)]
pub enum Packet {
    /// The namespace was joined, or asks to be.
    Connect {
        /// Which.
        namespace: String,
        /// From a client its credentials, from the gateway the socket's id.
        data: Value,
    },
    /// The namespace was left.
    Disconnect {
        /// Which.
        namespace: String,
    },
    /// An event.
    Event {
        /// In which namespace.
        namespace: String,
        /// The number under which an answer is expected.
        ack: Option<u64>,
        /// Its name.
        name: String,
        /// What came with it.
        args: Vec<Value>,
    },
    /// The answer to an event.
    Ack {
        /// In which namespace.
        namespace: String,
        /// The event's number.
        ack: u64,
        /// The answer.
        args: Vec<Value>,
    },
    /// The namespace was refused.
    Refused {
        /// Which.
        namespace: String,
        /// Why: `{"message": …}`.
        data: Value,
    },
}

impl Packet {
    /// The packet, from a message without the Engine.IO digit.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = text.as_bytes().first()?;
        let rest = &text[1..];
        let (namespace, rest) = match rest.strip_prefix('/') {
            Some(_) => match rest.split_once(',') {
                Some((namespace, rest)) => (namespace.to_owned(), rest),
                None => (rest.to_owned(), ""),
            },
            None => ("/".to_owned(), rest),
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let ack = rest[..digits].parse().ok();
        let data = match &rest[digits..] {
            "" => Value::Null,
            json => serde_json::from_str(json).ok()?,
        };
        Some(match (kind, data) {
            (b'0', data) => Self::Connect { namespace, data },
            (b'1', _) => Self::Disconnect { namespace },
            (b'2', Value::Array(mut args)) if !args.is_empty() => match args.remove(0) {
                Value::String(name) => Self::Event { namespace, ack, name, args },
                _ => return None,
            },
            (b'3', Value::Array(args)) => Self::Ack { namespace, ack: ack?, args },
            (b'4', data) => Self::Refused { namespace, data },
            _ => return None,
        })
    }

    /// The Engine.IO message that carries the packet.
    pub fn encode(&self) -> String {
        let (kind, namespace, ack, data) = match self {
            Self::Connect { namespace, data } => ('0', namespace, None, Some(data.to_string())),
            Self::Disconnect { namespace } => ('1', namespace, None, None),
            Self::Event { namespace, ack, name, args } => {
                let mut all = vec![Value::String(name.clone())];
                all.extend(args.iter().cloned());
                ('2', namespace, *ack, Some(Value::Array(all).to_string()))
            }
            Self::Ack { namespace, ack, args } => {
                ('3', namespace, Some(*ack), Some(Value::Array(args.clone()).to_string()))
            }
            Self::Refused { namespace, data } => ('4', namespace, None, Some(data.to_string())),
        };
        let namespace = if namespace == "/" { String::new() } else { format!("{namespace},") };
        let ack = ack.map(|ack| ack.to_string()).unwrap_or_default();
        format!("4{kind}{namespace}{ack}{}", data.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Packet;

    #[test]
    fn a_packet_reads_as_it_was_written() {
        let event =
            |ack| Packet::Event { namespace: "/web".into(), ack, name: "ping".into(), args: vec![json!({"n": 1})] };
        for packet in [
            Packet::Connect { namespace: "/web".into(), data: json!({"sid": "x"}) },
            Packet::Connect { namespace: "/".into(), data: json!(null) },
            Packet::Disconnect { namespace: "/web".into() },
            event(None),
            event(Some(12)),
            Packet::Ack { namespace: "/".into(), ack: 3, args: vec![json!("pong")] },
            Packet::Refused { namespace: "/admin".into(), data: json!({"message": "no"}) },
        ] {
            let text = packet.encode();
            assert_eq!(Packet::parse(&text[1..]), Some(packet), "{text}");
        }
    }
}
