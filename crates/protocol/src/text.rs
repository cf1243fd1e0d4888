//! Rules for text: no U+0000, and something visible.

use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, NoncharacterCodePoint, WhiteSpace,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Whether a string of this JSON, keys included, contains U+0000.
///
/// Nobody types it, and software with C strings (D-Bus notifications, menus, terminals) cuts the
/// text there or fails. In JSON it is only possible as an escape: a raw NUL byte makes the JSON
/// invalid.
#[must_use]
pub fn contains_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        // The byte after a backslash belongs to the escape: `\\u0000` is a backslash and five
        // letters.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

/// Whether a text has a visible character. White space, ignorable and blank characters, and marks
/// without a base are not visible.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    text.chars().any(is_visible_char)
}

/// Whether a character is visible by itself.
#[must_use]
pub fn is_visible_char(c: char) -> bool {
    !is_blank(c)
        && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        && !CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
        && !matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::NonspacingMark
                | GeneralCategory::EnclosingMark
        )
}

/// White space, and blank characters that Unicode classifies as letters or symbols: the empty
/// Braille pattern, a musical null notehead, and two hieroglyphic blanks.
#[must_use]
pub fn is_blank(c: char) -> bool {
    CodePointSetData::new::<WhiteSpace>().contains(c)
        || matches!(c, '\u{2800}' | '\u{1d159}' | '\u{13441}' | '\u{13442}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen() {
        for text in ["a", " .", "鸽", "🕊", "👩\u{200d}🚀", "\u{e000}", "कि", "١", "e\u{301}"]
        {
            assert!(is_visible(text), "{text:?}");
        }
        for text in [
            "",
            " \n\t",
            "\u{a0}",
            "\u{200b}",
            "\u{200d}\u{200c}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{2800}",
            "\u{180e}",
            "\u{fe0f}",
            "\u{e0067}",
            "\u{202e}\u{202c}",
            "\u{301}",
            "\u{20dd}",
            "\u{0}",
            "\u{7f}",
            "\u{ffff}",
            "\u{1d159}",
            "\u{3000}",
            "\u{1680}",
            "\u{17b4}",
            "\u{61c}",
        ] {
            assert!(!is_visible(text), "{text:?}");
        }
    }
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn an_escape_is_one_only_after_an_even_number_of_backslashes() {
        for (json, holds) in [
            (r#""one\u0000two""#, true),
            (r#"{"a\u0000": 1}"#, true),
            (r#"["\\\u0000"]"#, true),
            (r#""\\u0000""#, false),
            (r#""\\\\u0000""#, false),
            (r#""\u0001 u0000 \n""#, false),
            (r#""\"#, false),
            ("", false),
        ] {
            assert_eq!(contains_nul(json.as_bytes()), holds, "{json}");
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_who_reads_the_strings(text in "[\\\\u0\u{0}\"a]{0,12}", key in "[\\\\u0\u{0}]{0,8}") {
            let holds = text.contains('\0') || key.contains('\0');
            let mut body = json!({});
            body[key] = Value::from(text);
            prop_assert_eq!(contains_nul(body.to_string().as_bytes()), holds);
        }
    }
}
