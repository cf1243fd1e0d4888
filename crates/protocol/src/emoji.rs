//! The emoji of reactions.

use crate::limits::EMOJI_BYTES;
use crate::text::{is_blank, is_visible};

/// The form by which emoji are compared: without variation selectors, which devices write or leave
/// out as they like. Skin tones make another emoji.
#[must_use]
pub fn key(emoji: &str) -> String {
    emoji.chars().filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}')).collect()
}

/// Whether a text can be a reaction: short, visible, without blanks and control characters. Which
/// emoji there are changes each year, so no list decides.
#[must_use]
pub fn is_reaction(emoji: &str) -> bool {
    emoji.len() <= EMOJI_BYTES
        && is_visible(emoji)
        && !emoji.chars().any(|c| is_blank(c) || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variation_selectors_make_no_other_emoji_and_skin_tones_do() {
        assert_eq!(key("❤\u{fe0f}"), key("❤"));
        assert_eq!(key("🏴\u{200d}☠\u{fe0f}"), "🏴\u{200d}☠");
        assert_ne!(key("👍🏽"), key("👍"));
    }

    #[test]
    fn what_can_be_a_reaction() {
        for text in ["👍", "❤\u{fe0f}", "👩🏽\u{200d}🚀", "🇵🇱", "1\u{fe0f}\u{20e3}", ":party:", "+1"]
        {
            assert!(is_reaction(text), "{text:?}");
        }
        for text in ["", " ", "a b", "👍\n", "\u{fe0f}", "\u{200d}", "\u{7}x", &"👍".repeat(17)]
        {
            assert!(!is_reaction(text), "{text:?}");
        }
    }
}
