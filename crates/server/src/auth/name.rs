//! Valid names for people, rooms and devices, and when two names are equal.
//!
//! A name must have a visible character and none that hides or forges text. Joiners (U+200C,
//! U+200D) and variation selectors are invisible but needed in Persian, Indic scripts and emoji.
//! They are kept where those scripts give them a meaning (RFC 5892, appendix A; UTS #51) and
//! removed elsewhere, like redundant white space. The key that makes a name unique ignores all
//! invisible characters.

use homing_protocol::text::{is_blank, is_visible};
use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic,
    GeneralCategory, JoiningType, NoncharacterCodePoint, Script, VariationSelector,
};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::UnicodeNormalization as _;

/// Zero-width non-joiner.
const ZWNJ: char = '\u{200c}';
/// Zero-width joiner.
const ZWJ: char = '\u{200d}';
/// Combining grapheme joiner: invisible.
const GRAPHEME_JOINER: char = '\u{34f}';
/// Starts the flags of England, Scotland and Wales, which consist of invisible tag characters.
const BLACK_FLAG: char = '\u{1f3f4}';
/// Ends such a flag.
const END_OF_TAGS: char = '\u{e007f}';
/// Passes before cleaning must have reached a fixed point. Removing a character can bring together
/// characters that compose; a name that needs more passes is refused.
const PASSES: usize = 4;

/// A valid name, and the key that makes it unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// NFC, trimmed, single spaces, without meaningless joiners.
    pub shown: String,
    /// NFKC, case-folded, without invisible characters: `Ａｄａ`, `ada` and `Ad` + U+200D + `a` have
    /// the same key.
    pub key: String,
}

/// Reads a name of at most `most` characters. None: too long, nothing visible, or characters that
/// hide or forge text (controls, direction overrides, zero-width ones).
#[must_use]
pub fn read(text: &str, most: usize) -> Option<Name> {
    if text.len() > most * 16 {
        return None;
    }
    let shown = settled(text)?;
    if shown.chars().count() > most || !is_visible(&shown) {
        return None;
    }
    let key = key(&shown);
    Some(Name { shown, key })
}

/// Reads one line that may be empty, such as a topic.
#[must_use]
pub fn read_line(text: &str, most: usize) -> Option<String> {
    if text.chars().all(is_blank) {
        return Some(String::new());
    }
    read(text, most).map(|name| name.shown)
}

/// The key of a name. Upper-casing comes first because it expands what lower-casing keeps (`ß`,
/// ligatures), as full case folding does.
fn key(shown: &str) -> String {
    let plain: String = shown.nfkc().filter(|c| !is_ignorable(*c)).collect();
    let folded: String = plain.to_uppercase().to_lowercase().nfkc().collect();
    folded.chars().filter(|c| !is_ignorable(*c)).collect()
}

fn settled(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..PASSES {
        let cleaned = cleaned(&text)?;
        if cleaned == text {
            return Some(text);
        }
        text = cleaned;
    }
    None
}

fn cleaned(text: &str) -> Option<String> {
    let composed: String = text.nfc().collect();
    let words: Vec<&str> = composed.split(is_blank).filter(|word| !word.is_empty()).collect();
    let all: Vec<char> = words.join(" ").chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(all.len());
    let mut rest = all.as_slice();
    while let [c, after @ ..] = rest {
        rest = after;
        if *c == BLACK_FLAG
            && let Some(tags) = flag_tags(after)
        {
            let (tags, after) = after.split_at(tags);
            out.push(*c);
            out.extend(tags);
            rest = after;
            continue;
        }
        let keep = match *c {
            ZWNJ => after_virama(&out) || between_joining(&out, after),
            ZWJ => after_virama(&out) || between_emoji(&out, after),
            GRAPHEME_JOINER => false,
            c if is_variation(c) => out.last().is_some_and(|base| takes_variation(*base)),
            c if is_forbidden(c) => return None,
            _ => true,
        };
        if keep {
            out.push(*c);
        }
    }
    Some(out.into_iter().collect())
}

/// The number of tag characters of a flag: the region and the end tag.
fn flag_tags(after: &[char]) -> Option<usize> {
    let is_tag = |c: &&char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let region = after.iter().take_while(is_tag).count();
    // ISO 3166-2: a country of two letters and a subdivision of up to three characters.
    let ends = (3..=6).contains(&region) && after.get(region) == Some(&END_OF_TAGS);
    ends.then_some(region + 1)
}

pub(super) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn is_variation(c: char) -> bool {
    CodePointSetData::new::<VariationSelector>().contains(c)
}

fn is_emoji(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// Bases with variants: emoji, ideographs, Mongolian letters and keycap bases.
fn takes_variation(base: char) -> bool {
    is_emoji(base)
        || matches!(base, '0'..='9' | '#' | '*')
        || matches!(
            CodePointMapData::<Script>::new().get(base),
            Script::Han | Script::Mongolian | Script::PhagsPa | Script::Myanmar
        )
}

/// Characters that hide text. Format characters that enclose a number or text are visible, so they
/// are allowed.
fn is_forbidden(c: char) -> bool {
    let is_seen_format = matches!(
        c,
        '\u{600}'
            ..='\u{605}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8e2}'
                | '\u{110bd}'
                | '\u{110cd}'
    );
    is_ignorable(c)
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
        || matches!(CodePointMapData::<GeneralCategory>::new().get(c), GeneralCategory::Control)
        || (CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::Format
            && !is_seen_format)
}

/// RFC 5892, A.1 and A.2: after a virama, a joiner selects the form of an Indic conjunct.
fn after_virama(before: &[char]) -> bool {
    let class = CodePointMapData::<CanonicalCombiningClass>::new();
    before.last().is_some_and(|c| class.get(*c) == CanonicalCombiningClass::Virama)
}

/// RFC 5892, A.1: a non-joiner separates two letters that would join, as in Persian.
fn between_joining(before: &[char], after: &[char]) -> bool {
    let kinds = CodePointMapData::<JoiningType>::new();
    let next = |c: &char| Some(kinds.get(*c)).filter(|kind| *kind != JoiningType::Transparent);
    let left = before.iter().rev().find_map(next);
    let right = after.iter().find_map(next);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

/// UTS #51: a joiner combines two emoji.
fn between_emoji(before: &[char], after: &[char]) -> bool {
    let is_part =
        |c: &&char| is_variation(**c) || CodePointSetData::new::<EmojiModifier>().contains(**c);
    before.iter().rev().find(|c| !is_part(c)).is_some_and(|c| is_emoji(*c))
        && after.first().is_some_and(|c| is_emoji(*c))
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

    /// As their bearers write them, kept to the last character.
    #[test]
    fn honest_names_stay_as_they_are() {
        for text in [
            "علی\u{200c}رضا",
            "می\u{200c}خواهیم",
            "क\u{94d}\u{200c}ष",
            "क\u{94d}\u{200d}ष",
            "അനില\u{d4d}\u{200d}",
            "ශ\u{dca}\u{200d}රී",
            "אָדָם",
            "ไทย",
            "O’Brien-Núñez",
            "이순신",
            "葛\u{e0100}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} Edinburgh",
            "🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}🚀",
            "👨\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}\u{200d}🔥",
            "🏴\u{200d}☠\u{fe0f}",
            "5\u{fe0f}\u{20e3}",
            "🇩🇪",
            "\u{600}١٢",
        ] {
            assert_eq!(read(text, 64).map(|n| n.shown).as_deref(), Some(text), "{text:?}");
        }
    }

    #[test]
    fn what_joins_nothing_is_left_out() {
        for (text, shown) in [
            ("Ad\u{200d}a", "Ada"),
            ("Ada\u{200c}", "Ada"),
            ("\u{200d}Ada", "Ada"),
            ("എ\u{200d}", "എ"),
            ("A\u{fe0f}da", "Ada"),
            ("A\u{34f}da", "Ada"),
            ("علی\u{200c}", "علی"),
            ("👩\u{200d}", "👩"),
            ("👩\u{200d}\u{200d}🚀", "👩\u{200d}🚀"),
            ("Ada\u{2800}Byron", "Ada Byron"),
            // What it kept apart composes.
            ("e\u{34f}\u{301}", "é"),
        ] {
            assert_eq!(read(text, 64).map(|n| n.shown).as_deref(), Some(shown), "{text:?}");
        }
    }

    #[test]
    fn what_can_not_be_seen_or_hides_is_no_name() {
        for text in [
            "\u{200d}",
            "\u{3164}",
            "\u{2800}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{fe0f}",
            "\u{301}",
            "\u{a0}\u{2003}",
            "\u{180e}",
            "A\u{3164}da",
            "A\u{ad}da",
            "A\u{2060}da",
            "A\u{feff}da",
            "A\u{e0067}da",
            "🏴\u{e0067}",
            "🏴\u{e007f}",
            "A\u{0}da",
            "A\u{fff9}da",
            "A\u{ffff}da",
            "A\u{2066}da",
            "A\u{200f}da",
            "A\u{206a}da",
        ] {
            assert_eq!(read(text, 64), None, "{text:?}");
            assert_eq!(read_line(text, 64).filter(|line| !line.is_empty()), None, "{text:?}");
        }
        assert_eq!(read_line(" \u{2800}", 64).as_deref(), Some(""));
    }

    #[test]
    fn the_same_whatever_the_case_and_what_can_not_be_seen() {
        for (a, b) in [
            ("Ada", "aDA"),
            ("Ａｄａ", "ada"),
            ("ÉMILE", "e\u{301}mile"),
            ("Ad\u{200d}a", "Ada"),
            ("എ\u{200d}", "എ"),
            ("👩\u{200d}🚀", "👩🚀"),
            ("❤\u{fe0f}", "❤"),
            ("علی\u{200c}رضا", "علیرضا"),
            ("क\u{94d}\u{200c}ष", "क\u{94d}ष"),
            ("葛\u{e0100}", "葛"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁona", "FIONA"),
            ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "🏴"),
        ] {
            assert_eq!(read(a, 64).map(|n| n.key), read(b, 64).map(|n| n.key), "{a} {b}");
        }
        for (a, b) in [("Ada", "Ida"), ("Zoë", "Zoe"), ("李", "王"), ("A B", "AB")] {
            assert_ne!(read(a, 64).map(|n| n.key), read(b, 64).map(|n| n.key), "{a} {b}");
        }
    }

    fn odd() -> impl Strategy<Value = String> {
        let odd = "[a-cé👩🚀🏴عیرक\u{94d}\u{301}\u{34f}\u{200c}\u{200d}\u{fe0f}\u{e0067}\u{e0062}\u{e0065}\u{e007f} ]{0,12}";
        prop_oneof![".{0,40}", odd]
    }

    proptest! {
        #[test]
        fn reading_what_is_shown_changes_nothing(text in odd()) {
            if let Some(name) = read(&text, 64) {
                prop_assert!(is_visible(&name.shown));
                prop_assert_eq!(read(&name.shown, 64), Some(name));
            }
        }
    }
}
