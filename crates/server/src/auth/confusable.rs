//! Names that look alike, by the confusables of UTS #39.
//!
//! Two names are confusable when their skeletons are equal, either as written or case-folded. The
//! table is made for identifiers. It also pairs letters that only look alike to people who don't
//! read the script (Hebrew vav and final nun), so two names entirely in the same script are not
//! confusable unless it is Latin. `rn` and `m` are not treated as alike, because they are too
//! common in names.

use std::collections::BTreeSet;

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use unicode_normalization::UnicodeNormalization as _;

use super::name::Name;

/// The skeletons of a name: equal ones mean that two names may be confused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skeletons {
    /// Of the name as written: `PauI` is like `Paul`, and `Ian` is not like `Lan`.
    pub written: String,
    /// Of the case-folded name.
    pub folded: String,
}

/// The skeletons of a name.
#[must_use]
pub fn skeletons(name: &Name) -> Skeletons {
    let seen: String = name.shown.nfkc().filter(|c| !super::name::is_ignorable(*c)).collect();
    Skeletons { written: skeleton(&seen), folded: skeleton(&name.key) }
}

/// Whether two names with an equal skeleton count as confusable.
#[must_use]
pub fn are_confusable(one: &str, other: &str) -> bool {
    let scripts = scripts(one);
    scripts.len() != 1 || scripts.contains(&Script::Latin) || scripts != self::scripts(other)
}

/// The skeleton of a text. The table maps `m` to `rn`, so each `m` is kept out of the mapping.
fn skeleton(text: &str) -> String {
    let text: String = text.nfd().collect();
    let parts: Vec<String> =
        text.split('m').map(|part| unicode_security::skeleton(part).collect()).collect();
    parts.join("m")
}

fn scripts(text: &str) -> BTreeSet<Script> {
    let of = CodePointMapData::<Script>::new();
    let shared = [Script::Common, Script::Inherited];
    text.chars().map(|c| of.get(c)).filter(|script| !shared.contains(script)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::name;
    use super::*;

    fn alike(one: &str, other: &str) -> bool {
        let [a, b] = [one, other].map(|text| skeletons(&name::read(text, 64).unwrap()));
        (a.written == b.written || a.folded == b.folded) && are_confusable(one, other)
    }

    #[test]
    fn who_could_be_taken_for_whom() {
        for (one, other) in [
            ("Ada", "\u{410}da"),
            ("Ada", "\u{410}d\u{430}"),
            ("ada", "\u{410}DA"),
            ("Paul", "PauI"),
            ("Paul", "Pau1"),
            ("BOB", "B0B"),
            ("paypal", "p\u{430}yp\u{430}l"),
            ("Ana", "\u{251}na"),
            ("Omar", "\u{39f}mar"),
            ("口", "ロ"),
            ("Ada", "Ad\u{200d}\u{430}"),
        ] {
            assert!(alike(one, other) && alike(other, one), "{one} {other}");
        }
    }

    #[test]
    fn honest_neighbours_are_not() {
        for (one, other) in [
            ("Ian", "Lan"),
            ("Arne", "Ame"),
            ("Bernie", "Bemie"),
            ("Zoe", "Zoë"),
            ("Łukasz", "Lukasz"),
            ("Jose", "José"),
            ("דן", "דו"),
            ("Анна", "Инна"),
            ("علی", "علي"),
            ("王芳", "王方"),
            ("👩🚀", "👨🚀"),
            ("room 1", "room 2"),
        ] {
            assert!(!alike(one, other) && !alike(other, one), "{one} {other}");
        }
    }
}
