//! Reasons in the languages of the shell: the page's own sentences for them, so that nobody reads two for one thing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use signalbox_protocol::ipc::Reason;

use crate::tongue::Tongue;

/// Sentences by key, with their parts in braces.
type Sentences = BTreeMap<String, String>;

static CHINESE: LazyLock<Sentences> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../ui/messages/zh-CN/reasons.json")).expect("a test has read it")
});

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
    let part = |name: &str| parts.get(name).map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned));
    // From the front, once: a part that looks like another's place is still only a text.
    let (mut said, mut rest) = (String::new(), template.as_str());
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
    fn what_somebody_else_has_said_is_left_as_it_is() {
        let said = Reason::said("reason given");
        assert_eq!(say(&said, Tongue::Chinese), "reason given");
    }
}
