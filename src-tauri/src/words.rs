//! Reasons and anomalies in the languages of the shell: the page's own sentences for them, so that nobody reads two for
//! one thing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use signalbox_protocol::feed::{Anomaly, Cause};
use signalbox_protocol::ipc::Reason;

use crate::tongue::Tongue;

/// Sentences by key, with their parts in braces.
type Sentences = BTreeMap<String, String>;

static CHINESE: LazyLock<Sentences> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../ui/messages/zh-CN/reasons.json")).expect("a test has read it")
});

static ENGLISH_ALERTS: LazyLock<Sentences> = LazyLock::new(|| plain(include_str!("../../ui/messages/en/alerts.json")));
static CHINESE_ALERTS: LazyLock<Sentences> =
    LazyLock::new(|| plain(include_str!("../../ui/messages/zh-CN/alerts.json")));

/// The sentences that are the same for every number.
fn plain(messages: &str) -> Sentences {
    let all: BTreeMap<String, Value> = serde_json::from_str(messages).expect("a test has read it");
    all.into_iter().filter_map(|(key, sentence)| Some((key, sentence.as_str()?.to_owned()))).collect()
}

/// What an anomaly is, with its figures.
pub fn anomaly(anomaly: &Anomaly, tongue: Tongue) -> String {
    let sentences = match tongue {
        Tongue::English => &*ENGLISH_ALERTS,
        Tongue::Chinese => &*CHINESE_ALERTS,
    };
    let Anomaly { cause, figure, threshold } = *anomaly;
    let written = |figure| if cause == Cause::Memory { format!("{figure}%") } else { grouped(figure) };
    let template = sentences.get(cause_key(cause)).expect("a test has looked for each cause");
    let part = |name: &str| match name {
        "figure" => Some(written(figure)),
        "threshold" => Some(written(threshold)),
        _ => None,
    };
    fill(template, part).expect("a test has filled each sentence")
}

const fn cause_key(cause: Cause) -> &'static str {
    match cause {
        Cause::Connects => "alerts_cause_connects",
        Cause::Messages => "alerts_cause_messages",
        Cause::LimitEpisodes => "alerts_cause_limit_episodes",
        Cause::Errors => "alerts_cause_errors",
        Cause::Memory => "alerts_cause_memory",
        Cause::SlowConsumers => "alerts_cause_slow_consumers",
    }
}

/// `12,345`: both languages group by thousands.
fn grouped(figure: u32) -> String {
    let digits = figure.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// The reason in words.
pub fn say(reason: &Reason, tongue: Tongue) -> String {
    match tongue {
        Tongue::English => reason.to_string(),
        Tongue::Chinese => sentence(reason, &CHINESE).unwrap_or_else(|| reason.to_string()),
    }
}

/// A language's sentence for it; `None` for what somebody else has put into words.
fn sentence(reason: &Reason, sentences: &Sentences) -> Option<String> {
    let Ok(Value::Object(parts)) = serde_json::to_value(reason) else { return None };
    let template = sentences.get(&key(parts.get("is")?.as_str()?))?;
    fill(template, |name| parts.get(name).map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)))
}

/// The template with its parts; `None` where one is missing.
fn fill(template: &str, part: impl Fn(&str) -> Option<String>) -> Option<String> {
    // From the front, once: a part that looks like another's place is still only a text.
    let (mut said, mut rest) = (String::new(), template);
    while let Some((before, (name, behind))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        said += before;
        said += &part(name)?;
        rest = behind;
    }
    Some(said + rest)
}

/// `noAnswer` → `reason_no_answer`.
fn key(name: &str) -> String {
    name.chars().fold("reason_".to_owned(), |mut key, letter| {
        if letter.is_ascii_uppercase() {
            key.push('_');
        }
        key.push(letter.to_ascii_lowercase());
        key
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ENGLISH: &str = include_str!("../../ui/messages/en/reasons.json");

    /// The reason of that key, with something in each part that its sentence names.
    fn example(key: &str, template: &str) -> Reason {
        let mut words = key.trim_start_matches("reason_").split('_');
        let first = words.next().unwrap_or_default().to_owned();
        let name = words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..]);
        let parts = template.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let parts: Vec<&str> = parts.collect();
        // A part is a text or a number; which, the type says.
        let examples = (0..(1_u32 << parts.len())).filter_map(|numbers| {
            let mut reason = json!({ "is": name });
            for (place, part) in parts.iter().enumerate() {
                reason[*part] = if (numbers >> place) & 1 == 1 { json!(7) } else { json!("x") };
            }
            serde_json::from_value(reason).ok()
        });
        examples.into_iter().next().unwrap_or_else(|| panic!("{key}: no reason has these parts"))
    }

    #[test]
    fn every_reason_is_said_in_every_language_and_in_english_as_the_page_says_it() {
        let english: Sentences = serde_json::from_str(ENGLISH).unwrap();
        let keys = english.keys().filter(|key| !key.starts_with('$'));
        for key in keys {
            let reason = example(key, &english[key]);
            assert_eq!(sentence(&reason, &english), Some(say(&reason, Tongue::English)), "{key}");
            let chinese = say(&reason, Tongue::Chinese);
            assert!(chinese.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)), "{key}: {chinese}");
            assert!(!chinese.contains('{'), "{key}: {chinese}");
        }
    }

    #[test]
    fn a_part_is_a_text_even_where_it_looks_like_the_place_of_another() {
        let reason = Reason::FileUnreadable { path: "a.pem".into(), error: "no {path}, no {error}".into() };
        assert!(say(&reason, Tongue::Chinese).contains("no {path}, no {error}"));
    }

    #[test]
    fn every_cause_is_said_in_every_language_with_its_figures_as_the_page_writes_them() {
        let said = |cause, tongue| anomaly(&Anomaly { cause, figure: 12_345, threshold: 900 }, tongue);
        for cause in Cause::ALL {
            let [english, chinese] = [Tongue::English, Tongue::Chinese].map(|tongue| said(cause, tongue));
            let figures = if cause == Cause::Memory { ["12345%", "900%"] } else { ["12,345", "900"] };
            for sentence in [&english, &chinese] {
                assert!(figures.iter().all(|figure| sentence.contains(figure)), "{sentence}");
                assert!(!sentence.contains('{'), "{sentence}");
            }
            assert!(english.is_ascii() && !chinese.is_ascii(), "{english} {chinese}");
        }
        for (figure, written) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(figure), written);
        }
    }

    #[test]
    fn what_somebody_else_has_said_is_left_as_it_is() {
        let said = Reason::said("reason given");
        assert_eq!(say(&said, Tongue::Chinese), "reason given");
    }
}
