//! What people and rooms may be called, and when two names are the same.

use unicode_normalization::UnicodeNormalization as _;

/// A name that can be shown, and the key that makes it unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Normalised (NFC), trimmed, inner white space single.
    pub shown: String,
    /// Compatibility-normalised (NFKC) and in lower case: `Ａｄａ` and `ada` are one person.
    pub key: String,
}

/// Reads a name of at most `most` characters. `None`: empty, too long, or with characters that
/// hide or forge text (controls, direction overrides, zero-width ones).
#[must_use]
pub fn read(text: &str, most: usize) -> Option<Name> {
    if text.len() > most * 16 {
        return None;
    }
    let shown: String = text.nfc().collect();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.is_empty() || shown.chars().count() > most || !is_plain(&shown) {
        return None;
    }
    let key: String = shown.nfkc().collect::<String>().to_lowercase();
    let key: String = key.nfkc().collect();
    Some(Name { shown, key })
}

/// Reads a line that may be empty, such as a topic.
#[must_use]
pub fn read_line(text: &str, most: usize) -> Option<String> {
    if text.trim().is_empty() {
        return Some(String::new());
    }
    read(text, most).map(|name| name.shown)
}

/// The emoji joiner U+200D is the one invisible character that people write on purpose.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control()
            || matches!(c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_read() {
        for (text, shown) in [
            ("Ada", Some("Ada")),
            ("  Ada   Lovelace ", Some("Ada Lovelace")),
            ("鸽子", Some("鸽子")),
            ("e\u{301}mile", Some("émile")),
            ("👩\u{200d}🚀", Some("👩\u{200d}🚀")),
            ("", None),
            ("   ", None),
            ("a\u{7}b", None),
            ("a\u{202e}b", None),
            ("a\u{200b}b", None),
        ] {
            assert_eq!(read(text, 64).map(|n| n.shown).as_deref(), shown, "{text:?}");
        }
        assert!(read(&"x".repeat(65), 64).is_none());
        assert!(read(&"鸽".repeat(64), 64).is_some());
    }

    #[test]
    fn the_same_whatever_the_case() {
        for (a, b) in [("Ada", "aDA"), ("Ａｄａ", "ada"), ("ÉMILE", "e\u{301}mile")] {
            assert_eq!(read(a, 64).map(|n| n.key), read(b, 64).map(|n| n.key), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn reading_what_is_shown_changes_nothing(text in ".{0,40}") {
            if let Some(name) = read(&text, 64) {
                prop_assert_eq!(read(&name.shown, 64), Some(name));
            }
        }
    }
}
