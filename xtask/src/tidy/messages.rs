//! Rules for texts: every language has the same ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Finding, Source};

/// Where the texts are: a folder for each language, a file for each part of the page.
const FOLDER: &str = "ui/messages/";
/// The language that the others are compared with.
const FIRST: &str = "en";

/// Language → file → the keys of its texts.
type Languages<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<String>>>;

/// Compares every language with the first one.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut languages = Languages::new();
    for source in sources {
        let Some((language, file)) = source.path.strip_prefix(FOLDER).and_then(|path| path.split_once('/')) else {
            continue;
        };
        match texts(&source.text) {
            Ok(texts) => drop(languages.entry(language).or_default().insert(file, texts)),
            Err(error) => findings.push(Finding::file(&source.path, format!("no JSON object: {error}"))),
        }
    }
    let Some(first) = languages.get(FIRST) else { return findings };
    for (language, own) in &languages {
        let files: BTreeSet<&&str> = first.keys().chain(own.keys()).collect();
        for file in files {
            let nothing = BTreeSet::new();
            let (wanted, here) = (first.get(*file).unwrap_or(&nothing), own.get(*file).unwrap_or(&nothing));
            let missing = wanted.difference(here).map(|key| format!("`{key}` is missing"));
            let left_over = here.difference(wanted).map(|key| format!("`{key}` is not in {FOLDER}{FIRST}/{file}"));
            let path = format!("{FOLDER}{language}/{file}");
            findings.extend(missing.chain(left_over).map(|what| Finding::file(&path, what)));
        }
    }
    findings
}

/// The keys of all texts, those of nested objects joined by dots. Keys that begin with `$` are the format's own.
fn texts(text: &str) -> Result<BTreeSet<String>, serde_json::Error> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(text)?;
    let mut keys = BTreeSet::new();
    collect("", &object, &mut keys);
    Ok(keys)
}

fn collect(prefix: &str, object: &serde_json::Map<String, Value>, keys: &mut BTreeSet<String>) {
    for (key, value) in object.iter().filter(|(key, _)| !key.starts_with('$')) {
        match value {
            Value::Object(inner) => collect(&format!("{prefix}{key}."), inner, keys),
            _ => {
                keys.insert(format!("{prefix}{key}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_text_that_one_language_lacks_is_found() {
        let english = sample("ui/messages/en/people.json", r#"{"$schema": "x", "a": "A", "b": {"c": "C"}}"#);
        let chinese = sample("ui/messages/zh-CN/people.json", r#"{"a": "甲", "d": "丁"}"#);
        let whats: Vec<String> = check(&[english, chinese]).into_iter().map(|finding| finding.what).collect();
        assert_eq!(whats, ["`b.c` is missing", "`d` is not in ui/messages/en/people.json"]);
    }

    #[test]
    fn a_file_that_one_language_lacks_is_found() {
        let english = sample("ui/messages/en/people.json", r#"{"a": "A"}"#);
        let chinese = sample("ui/messages/zh-CN/limits.json", "{}");
        let findings = check(&[english, chinese]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].file, "ui/messages/zh-CN/people.json");
    }

    #[test]
    fn the_same_keys_are_fine() {
        let english = sample("ui/messages/en/people.json", r#"{"a": "A"}"#);
        let chinese = sample("ui/messages/zh-CN/people.json", r#"{"a": "甲"}"#);
        assert!(check(&[english, chinese]).is_empty());
    }

    #[test]
    fn a_file_that_is_no_json_is_found() {
        assert_eq!(check(&[sample("ui/messages/en/people.json", "{")]).len(), 1);
    }
}
