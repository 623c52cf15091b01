//! What the local gateway has said: a bounded ring of lines, with secrets taken out before they get in.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use signalbox_protocol::ipc::{LocalLogUpdate, LogLine, Severity};
use tokio::sync::watch;

use crate::cut::{PROSE, cut};

/// Lines that are kept.
const KEPT: usize = 2_000;
/// What stands in the place of a secret.
const HIDDEN: &str = "[secret]";

/// The log. Clones share it.
#[derive(Clone)]
pub(crate) struct Log(Arc<Shared>);

struct Shared {
    ring: Mutex<Ring>,
    /// How many lines there were: who follows waits for it to change.
    count: watch::Sender<u64>,
}

#[derive(Default)]
struct Ring {
    lines: VecDeque<LogLine>,
    next: u64,
    /// The first line of the run that goes on.
    run: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self(Arc::new(Shared { ring: Mutex::default(), count: watch::Sender::new(0) }))
    }
}

impl Log {
    /// Another run begins; the lines of those before stay.
    pub(super) fn begin(&self) {
        let mut ring = self.0.ring.lock();
        ring.run = ring.next;
    }

    /// Takes a line.
    pub(super) fn take(&self, line: &str, secret: &str) {
        // A secret that a cut goes through would no longer be found.
        let text = cut(&hide(&plain(line), secret), PROSE);
        let severity = severity(&text);
        let count = {
            let mut ring = self.0.ring.lock();
            if ring.lines.len() == KEPT {
                ring.lines.pop_front();
            }
            let key = ring.next;
            ring.next += 1;
            ring.lines.push_back(LogLine { key, severity, text });
            ring.next
        };
        self.0.count.send_replace(count);
    }

    /// The last thing that this run said, which before an end is by the gateway's promise one plain sentence.
    pub(super) fn last(&self) -> Option<String> {
        let ring = self.0.ring.lock();
        let run = ring.lines.iter().rev().take_while(|line| line.key >= ring.run);
        let line = run.map(|line| line.text.trim()).find(|line| !line.is_empty())?;
        Some(line.strip_prefix("error: ").unwrap_or(line).to_owned())
    }

    /// The lines from a key on.
    pub(crate) fn from(&self, key: u64) -> LocalLogUpdate {
        let ring = self.0.ring.lock();
        let lines = ring.lines.iter().filter(|line| line.key >= key).cloned().collect();
        let dropped = ring.lines.front().map_or(0, |first| first.key);
        LocalLogUpdate { reset: key == 0, lines, dropped }
    }

    /// Changes with each line.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.0.count.subscribe()
    }
}

/// A line without the colours that a terminal would show, and without other control characters.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(next) = rest.next() {
        match next {
            '\u{1b}' => _ = rest.by_ref().find(char::is_ascii_alphabetic),
            '\t' => text.push(' '),
            other if other.is_control() => {}
            other => text.push(other),
        }
    }
    text
}

/// A line without the gateway's secret, tokens and API keys. The gateway does not log them; this is the second lock.
fn hide(line: &str, secret: &str) -> String {
    let known = if secret.is_empty() { line.to_owned() } else { line.replace(secret, HIDDEN) };
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut text = String::with_capacity(known.len());
    let mut rest = known.as_str();
    while !rest.is_empty() {
        let word = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        let (token, tail) = rest.split_at(word);
        text.push_str(if is_secret(token) { HIDDEN } else { token });
        let gap = tail.find(in_token).unwrap_or(tail.len());
        text.push_str(&tail[..gap]);
        rest = &tail[gap..];
    }
    text
}

fn is_secret(word: &str) -> bool {
    (word.starts_with("eyJ") && word.matches('.').count() >= 2) || word.starts_with("sbk_")
}

/// What the line says of itself: the gateway writes its level in front.
fn severity(line: &str) -> Severity {
    let mut words = line.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).take(6);
    let found = words.find_map(|word| match word {
        "ERROR" | "error" | "panicked" => Some(Severity::Error),
        "WARN" | "warning" => Some(Severity::Warn),
        "INFO" | "DEBUG" | "TRACE" => Some(Severity::Info),
        _ => None,
    });
    found.unwrap_or(Severity::Info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_before_a_line_is_kept() {
        let log = Log::default();
        log.take("token=eyJhbGciOi.eyJzdWIi.c2ln key \"sbk_a1-b2\" secret hush! 1.2.3", "hush");
        assert_eq!(log.from(0).lines[0].text, "token=[secret] key \"[secret]\" secret [secret]! 1.2.3");
    }

    #[test]
    fn the_ring_is_bounded_and_says_how_much_is_gone() {
        let log = Log::default();
        (0..KEPT + 5).for_each(|i| log.take(&format!("line {i}"), ""));
        let all = log.from(0);
        assert_eq!((all.lines.len(), all.dropped, all.reset), (KEPT, 5, true));
        let new = log.from(KEPT as u64 + 3);
        assert_eq!((new.lines.len(), new.reset, new.lines[0].text.as_str()), (2, false, "line 2003"));
        log.take(&"x".repeat(100_000), "");
        let long = &log.from(KEPT as u64 + 5).lines[0].text;
        assert_eq!((long.chars().count(), long.ends_with('…')), (PROSE, true));
    }

    #[test]
    fn a_line_is_plain_and_says_how_much_it_matters() {
        for (line, text, severity) in [
            (
                "\u{1b}[2m2026-11-21T11:00:00Z\u{1b}[0m \u{1b}[33m WARN\u{1b}[0m slow",
                "2026-11-21T11:00:00Z  WARN slow",
                Severity::Warn,
            ),
            (
                "2026-11-21T11:00:00Z  INFO accepting error reports",
                "2026-11-21T11:00:00Z  INFO accepting error reports",
                Severity::Info,
            ),
            ("error: port 3000 is in use", "error: port 3000 is in use", Severity::Error),
            ("a\tb\u{7}", "a b", Severity::Info),
        ] {
            let log = Log::default();
            log.take(line, "");
            let kept = &log.from(0).lines[0];
            assert_eq!((kept.text.as_str(), kept.severity), (text, severity));
        }
    }

    #[test]
    fn the_last_words_are_those_of_this_run() {
        let log = Log::default();
        log.take("error: of the run before", "");
        log.begin();
        assert_eq!(log.last(), None);
        log.take("error: of this run", "");
        log.take("  ", "");
        assert_eq!(log.last().as_deref(), Some("of this run"));
    }
}
