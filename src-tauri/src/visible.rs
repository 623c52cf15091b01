//! Texts from strangers, made safe to look at, as the page does it (`ui/src/words/visible.ts`): what nobody would see is
//! shown by name instead of doing what it does. It must never know what the texts are about.

/// Characters of the general category Cf, and fillers that look like nothing.
const UNSEEN: [(char, char); 24] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    // Line separators among them, and the marks of direction.
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
];

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// The text with every unseen character replaced.
pub fn visible(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut seen = String::with_capacity(text.len());
    for (index, &sign) in signs.iter().enumerate() {
        if is_unseen(sign) && !joins(&signs, index) {
            stand_in(sign, &mut seen);
        } else {
            seen.push(sign);
        }
    }
    seen
}

fn is_unseen(sign: char) -> bool {
    sign.is_control() || UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&sign))
}

/// Joiners belong to the writing of Persian, Hindi and emoji; between Latin letters they only hide.
fn joins(signs: &[char], index: usize) -> bool {
    let beyond_latin =
        |index: Option<usize>| index.and_then(|index| signs.get(index)).is_some_and(|it| *it > '\u{2ff}');
    matches!(signs[index], ZWNJ | ZWJ) && beyond_latin(index.checked_sub(1)) && beyond_latin(Some(index + 1))
}

fn stand_in(sign: char, seen: &mut String) {
    let code = u32::from(sign);
    let picture = match code {
        0..0x20 => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    };
    match picture {
        Some(picture) => seen.push(picture),
        None => *seen += &format!("‹U+{code:04X}›"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_would_see_is_shown_by_name() {
        for (text, seen) in [
            ("ann", "ann"),
            ("安娜 é", "安娜 é"),
            ("a\nb\tc\u{0}\u{7f}", "a␊b␉c␀␡"),
            ("admin\u{202e}gpj.exe", "admin‹U+202E›gpj.exe"),
            ("\u{2066}x\u{2069}", "‹U+2066›x‹U+2069›"),
            ("a\u{200b}b\u{feff}", "a‹U+200B›b‹U+FEFF›"),
            ("a\u{200d}b", "a‹U+200D›b"),
            ("👩\u{200d}🔬 می\u{200c}خواهم", "👩\u{200d}🔬 می\u{200c}خواهم"),
            ("\u{3164}\u{2028}\u{85}", "‹U+3164›‹U+2028›‹U+0085›"),
            ("\u{e0041}", "‹U+E0041›"),
        ] {
            assert_eq!(visible(text), seen, "{text:?}");
        }
    }
}
