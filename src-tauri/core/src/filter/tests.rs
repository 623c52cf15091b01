use proptest::prelude::*;
use signalbox_protocol::Timestamp;
use signalbox_protocol::feed::{Connection, Membership};
use signalbox_protocol::ipc::FilterFault;

use super::misread::Misread;
use super::pattern::{Piece, fits};
use super::*;
use crate::fleet::tests::connection;

const NOW: Timestamp = Timestamp(10_000_000);

/// Alice: two connections, one of them idle in no room; six hits.
fn alice() -> Subject {
    let membership = |namespace: &str, rooms: &[&str]| Membership {
        namespace: namespace.into(),
        socket: "s".into(),
        rooms: rooms.iter().map(|room| (*room).into()).collect(),
    };
    let mut first = connection("c1", 7);
    first.user.username = "Alice Ωmega".into();
    first.address = "10.1.2.3".into();
    first.namespaces = vec![membership("/web", &["Lobby", "a*b"])];
    first.online_at = Timestamp(NOW.0 - 3_600_000);
    first.last_activity = Timestamp(NOW.0 - 400_000);
    first.idle = true;
    let second = Connection {
        id: "c2".into(),
        address: "2001:db8::7".into(),
        node: "gw-2".into(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
        namespaces: vec![membership("/chat", &[])],
        online_at: Timestamp(NOW.0 - 600_000),
        ..first.clone()
    };
    Subject::of(&[&first, &second], 6).unwrap()
}

fn passes(text: &str) -> bool {
    Sieve::of(&read(text).unwrap_or_else(|misread| panic!("{text}: {misread:?}"))).passes(&alice(), NOW)
}

#[test]
fn every_term_says_what_it_means() {
    for (text, expected) in [
        ("", true),
        ("  ", true),
        // Words are looked for anywhere.
        ("alice", true),
        ("ALI", true),
        ("ice ωme", true),
        ("\"ice ωm\"", true),
        ("bob", false),
        ("firefox lobby 10.1", true),
        ("-bob", true),
        ("-alice", false),
        ("gw-2", false),
        ("ali*", true),
        ("lob?y", true),
        ("lob*x", false),
        ("*mega", true),
        ("2001:db8::7", true),
        ("fe80::1", false),
        // Texts are compared as a whole, in any case.
        ("user:alice", false),
        ("user:ali*", true),
        ("USER:\"alice ωMEGA\"", true),
        ("user:alice?\"ωmega\"", true),
        ("user:7", true),
        ("id:7", true),
        ("id:alice*", false),
        ("room:lobby", true),
        ("room:lob", false),
        ("room:*", true),
        ("-room:*", false),
        ("room:\"a*b\"", true),
        ("room:\"a*\"", false),
        ("-room:lobby", false),
        ("ns:/web ns:/chat", true),
        ("ns:/events", false),
        ("client:firefox", true),
        ("client:fire*", true),
        ("client:chrome", false),
        ("node:gw-2", true),
        ("node:gw-3", false),
        // Any of the addresses.
        ("ip:10.0.0.0/8", true),
        ("ip:10.1.2.3", true),
        ("ip:::ffff:10.1.2.3", true),
        ("ip:10.1.*", true),
        ("ip:2001:db8::/32", true),
        ("ip:192.168.0.0/16", false),
        ("-ip:10.0.0.0/8", false),
        // Numbers and times.
        ("hits>0", true),
        ("hits>6", false),
        ("hits>=6 hits<=6 hits=6 hits:6", true),
        ("hits<6", false),
        ("connections=2", true),
        ("idle>5m", true),
        ("idle>6m40s", false),
        ("idle>=6m40s", true),
        ("online>59m", true),
        ("online<1H", false),
        ("online<=1h", true),
        ("online>1d", false),
        ("is:idle -is:active", true),
        ("is:Operator", false),
    ] {
        assert_eq!(passes(text), expected, "{text}");
    }
}

#[test]
fn a_mistake_is_marked_named_and_if_it_can_be_guessed_put_right() {
    use FilterFault::*;
    for (text, marked, fault, right) in [
        ("usr:ali*", "usr", UnknownKey, Some("user:ali*")),
        ("a address:10.0.0.1", "address", UnknownKey, Some("a ip:10.0.0.1")),
        ("-namespace:/web", "namespace", UnknownKey, Some("-ns:/web")),
        ("http://x/?\"a b\" c", "http://x/?\"a b\"", UnknownKey, Some("\"http://x/?\\\"a b\\\"\" c")),
        ("room:", "room:", NoValue, None),
        ("hits> idle>5m", "hits>", NoValue, None),
        ("user:\"\"", "\"\"", NoValue, None),
        ("\"\" b", "\"\"", NoValue, None),
        ("room>lobby", ">", WrongOperator, Some("room:lobby")),
        ("ip=10.0.0.1", "=", WrongOperator, Some("ip:10.0.0.1")),
        ("idle:5m", ":", WrongOperator, Some("idle>5m")),
        ("idle=>5m", "=>", WrongOperator, Some("idle>=5m")),
        ("hits:>5", ":>", WrongOperator, Some("hits>5")),
        ("hits==5", "==", WrongOperator, Some("hits=5")),
        ("hits>many", "many", NotANumber, None),
        ("hits>-1", "-1", NotANumber, None),
        ("hits>99999999999999999999", "99999999999999999999", NotANumber, None),
        ("idle>5", "5", NotADuration, Some("idle>5m")),
        ("idle>5x", "5x", NotADuration, None),
        ("idle>9999999d", "9999999d", NotADuration, None),
        ("ip:10.0", "10.0", NotANetwork, Some("ip:10.0.0.0/16")),
        ("ip:10.0.0.7/40", "10.0.0.7/40", NotANetwork, Some("ip:10.0.0.7/32")),
        ("ip:home", "home", NotANetwork, None),
        ("is:oprator", "oprator", NoSuchState, Some("is:operator")),
        ("is:tall", "tall", NoSuchState, None),
        ("ünï room:\"my lob", "\"my lob", OpenQuote, Some("ünï room:\"my lob\"")),
        ("room:\"", "\"", OpenQuote, None),
        ("alice - bob", "-", NothingNegated, None),
        ("-", "-", NothingNegated, None),
    ] {
        let Misread { at, fault: found, instead, .. } = read(text).expect_err(text);
        let mended = instead.map(|instead| format!("{}{instead}{}", &text[..at.start], &text[at.end..]));
        assert_eq!((&text[at], found, mended.as_deref()), (marked, fault, right), "{text}");
        if let Some(mended) = mended {
            read(&mended).unwrap_or_else(|misread| panic!("{text} → {mended}: {misread:?}"));
        }
    }
}

#[test]
fn a_filter_is_written_as_people_would() {
    for (text, written) in [
        ("  USER:Ali*   -room:\"my lobby\" ", "user:ali* -room:\"my lobby\""),
        ("ip:10.0.0.7/32 ip:10.0.0.0/8", "ip:10.0.0.7 ip:10.0.0.0/8"),
        ("idle>90s online<=86400s hits:3", "idle>1m30s online<=1d hits=3"),
        ("\"-a\" \"user:b\" --c \"d\"", "\"-a\" \"user:b\" -\"-c\" d"),
        ("is:idle idle<0s", "is:idle idle<0s"),
    ] {
        assert_eq!(read(text).unwrap().to_string(), written);
    }
}

#[test]
fn what_is_typed_is_found_at_the_cursor() {
    for (text, at, key, word) in [
        ("", 0..0, None, ""),
        ("us|", 0..2, None, "us"),
        ("a -room:lo|bby b", 3..13, Some("room"), "lo"),
        ("room:\"my lo|", 0..11, Some("room"), "my lo"),
        ("room:a |", 7..7, None, ""),
        ("hits>=|", 0..6, Some("hits"), ""),
        ("foo:b|", 0..5, None, "foo:b"),
    ] {
        let cursor = text.find('|').unwrap_or(0);
        let typed = text.replace('|', "");
        let found = typed_at(&typed, cursor);
        assert_eq!((found.at, found.key.map(|key| key.name), found.word), (at, key, word), "{text}");
    }
}

/// Texts that are often nearly filters.
fn scribbles() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(KEYS.iter().map(|key| key.name.to_owned()).collect::<Vec<_>>()),
        "[:<>=]{1,2}",
        "[-\"*? \\\\]{1,3}",
        "[a-z0-9./]{1,6}",
        "(10\\.0\\.0\\.0/8|::1|5m|1h30m|operator|99)",
        "\\PC{1,3}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

/// The slow way that is plainly right.
fn fits_plainly(pieces: &[Piece], text: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    match first {
        Piece::Text(letters) => text.strip_prefix(letters.as_str()).is_some_and(|text| fits_plainly(rest, text)),
        Piece::One => text.chars().next().is_some_and(|letter| fits_plainly(rest, &text[letter.len_utf8()..])),
        Piece::Any => {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| fits_plainly(rest, &text[at..]))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever is typed is read or marked, and what is marked can be marked.
    #[test]
    fn any_text_is_a_filter_or_has_a_mistake_in_it(text in scribbles()) {
        match read(&text) {
            Ok(filter) => {
                let written = filter.to_string();
                prop_assert_eq!(read(&written), Ok(filter), "{}", written);
            }
            Err(misread) => {
                let Misread { at, .. } = misread.clone();
                prop_assert!(at.start < at.end && at.end <= text.len(), "{:?}", at);
                prop_assert!(text.is_char_boundary(at.start) && text.is_char_boundary(at.end), "{:?}", at);
                let problem = misread.of(&text);
                let units: Vec<u16> = text.encode_utf16().collect();
                let marked = &units[problem.start as usize..problem.end as usize];
                prop_assert_eq!(String::from_utf16(marked).unwrap(), &text[at]);
            }
        }
    }

    /// Wherever the cursor is, what is typed there is a part of the text.
    #[test]
    fn any_cursor_is_at_something(text in scribbles(), cursor in 0..80_usize) {
        let typed = typed_at(&text, cursor);
        prop_assert!(text.get(typed.at).is_some());
    }

    /// The quick way of comparing says what the slow one says.
    #[test]
    fn patterns_fit_as_they_should(typed in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        let mut pattern = Pattern::default();
        for letter in typed.chars() {
            match letter {
                '*' => pattern.push_any(),
                '?' => pattern.push_one(),
                letter => pattern.push(letter),
            }
        }
        let (head, tail) = pattern.split();
        let quick = text.strip_prefix(head).is_some_and(|rest| fits(tail, rest));
        let pieces = [&[Piece::Text(head.to_owned())][..], tail].concat();
        prop_assert_eq!(quick, fits_plainly(&pieces, &text));
    }
}
