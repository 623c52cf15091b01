//! The languages of the shell's own words: of notifications and of the tray. The page has its own.

use signalbox_protocol::ipc::Language;

/// A language that the shell speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Tongue {
    /// The one that was chosen, or this system's.
    pub fn chosen(language: Language) -> Self {
        Self::of(language, |name| std::env::var(name).ok())
    }

    /// The one that was chosen, or the system's, as its environment says.
    fn of(chosen: Language, variable: impl Fn(&str) -> Option<String>) -> Self {
        match chosen {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
            Language::System => {
                let system = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| {
                    let value = variable(name)?;
                    (!value.is_empty()).then_some(value)
                });
                if system.is_some_and(|locale| locale.starts_with("zh")) { Self::Chinese } else { Self::English }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_chosen_or_else_the_systems() {
        let chinese = |name: &str| (name == "LANG").then(|| "zh_CN.UTF-8".to_owned());
        let overruled = |name: &str| (name == "LC_ALL").then(|| "C".to_owned()).or_else(|| chinese(name));
        assert_eq!(Tongue::of(Language::System, chinese), Tongue::Chinese);
        assert_eq!(Tongue::of(Language::System, overruled), Tongue::English);
        assert_eq!(Tongue::of(Language::System, |_| None), Tongue::English);
        assert_eq!(Tongue::of(Language::English, chinese), Tongue::English);
    }
}
