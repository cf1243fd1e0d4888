//! Whose name a name could be taken for, by UTS #39.
//!
//! Two names are alike when their skeletons are the same, as they are written or without case. The
//! table is made for identifiers and knows letters of one script that are much alike to strangers and
//! not to those who read it (Hebrew vav and final nun). So two names wholly in one and the same script
//! other than Latin are never alike; nor are `rn` and `m`, which people's names are full of.

use std::collections::BTreeSet;

use icu_properties::CodePointMapData;
use icu_properties::props::Script;
use unicode_normalization::UnicodeNormalization as _;

use super::name::Name;

/// By which those are found that a name could be taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skeletons {
    /// As it is written: `PauI` is like `Paul`, and `Ian` not like `Lan`.
    pub written: String,
    /// Without case.
    pub folded: String,
}

/// How a name looks.
#[must_use]
pub fn skeletons(name: &Name) -> Skeletons {
    let seen: String = name.shown.nfkc().filter(|c| !super::name::is_ignorable(*c)).collect();
    Skeletons { written: skeleton(&seen), folded: skeleton(&name.key) }
}

/// Whether two names with a look in common could be taken for each other.
#[must_use]
pub fn are_confusable(one: &str, other: &str) -> bool {
    let scripts = scripts(one);
    scripts.len() != 1 || scripts.contains(&Script::Latin) || scripts != self::scripts(other)
}

/// The table makes `rn` of an `m`: its `m` is taken past it.
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
