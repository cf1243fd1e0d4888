//! Sanitizes texts for notification servers, trays and toasts. Every text outside the window passes
//! through here.
//!
//! The window shows any text, but D-Bus carries no U+0000 and disconnects a sender of it, toasts on
//! Windows are XML, and menus take an `&` as a mnemonic.

use std::borrow::Cow;

/// Text of several lines.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    replaced(text, |sign| if fits(sign) { sign } else { char::REPLACEMENT_CHARACTER })
}

/// Text of one line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    replaced(text, |sign| match sign {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        sign if fits(sign) => sign,
        _ => char::REPLACEMENT_CHARACTER,
    })
}

/// The text of a line in a menu.
pub(crate) fn menu(text: &str) -> String {
    line(text).replace('&', "&&")
}

/// Whether XML allows the character, which is the strictest rule of all.
fn fits(sign: char) -> bool {
    matches!(sign, '\n' | '\r' | '\t')
        || !(sign.is_control() || matches!(sign, '\u{FFFE}' | '\u{FFFF}'))
}

fn replaced(text: &str, by: impl Fn(char) -> char) -> Cow<'_, str> {
    if text.chars().all(|sign| by(sign) == sign) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(by).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_outside_can_carry_is_replaced() {
        for (given, shown, in_a_line) in [
            ("plain, 你好 👩‍🚀", "plain, 你好 👩‍🚀", "plain, 你好 👩‍🚀"),
            ("one\0two", "one\u{FFFD}two", "one\u{FFFD}two"),
            ("\0", "\u{FFFD}", "\u{FFFD}"),
            ("\u{1b}[31mred", "\u{FFFD}[31mred", "\u{FFFD}[31mred"),
            ("\u{7f}\u{85}\u{FFFE}", "\u{FFFD}\u{FFFD}\u{FFFD}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("two\nlines\tand\r\nmore", "two\nlines\tand\r\nmore", "two lines and  more"),
            ("a\u{2028}b\u{2029}c", "a\u{2028}b\u{2029}c", "a b c"),
            ("\u{2068}דנה\u{2069}", "\u{2068}דנה\u{2069}", "\u{2068}דנה\u{2069}"),
            ("", "", ""),
        ] {
            assert_eq!(text(given), shown, "{given:?}");
            assert_eq!(line(given), in_a_line, "{given:?}");
        }
    }

    #[test]
    fn a_name_in_a_menu_is_no_key() {
        assert_eq!(menu("R&D\0"), "R&&D\u{FFFD}");
    }
}
