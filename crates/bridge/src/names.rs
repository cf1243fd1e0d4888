//! Names of others within our own lines: bounded in length and isolated in direction.

use unicode_segmentation::UnicodeSegmentation as _;

/// Begins an isolate with the direction of its first strong character (UAX #9, FSI).
const ISOLATE: char = '\u{2068}';
/// Ends an isolate (PDI).
const POP: char = '\u{2069}';
/// An invisible left-to-right character. Some renderers, such as Pango, take a line's direction
/// from a name at its beginning in spite of the isolate.
const LEFT_TO_RIGHT: char = '\u{200E}';

/// Characters of a title at most, as a person counts them. MATE's notifications are as wide as
/// their title and leave the screen with twice as many.
const TITLE: usize = 80;
/// No name is shortened below this.
const NAME: usize = 12;

/// Isolates a name or a text so that it does not change the direction of what surrounds it. A
/// left-to-right text stays as it is.
pub(crate) fn isolated(name: &str) -> String {
    if !name.chars().any(turns) {
        return name.to_owned();
    }
    let name = if is_balanced(name) { name.to_owned() } else { without_isolates(name) };
    format!("{LEFT_TO_RIGHT}{ISOLATE}{name}{POP}")
}

/// The line that `line` makes of these names; the longest names are shortened until it fits.
pub(crate) fn fitted<const N: usize>(
    names: [&str; N],
    line: impl Fn([&str; N]) -> String,
) -> String {
    let mut cut = names.map(str::to_owned);
    loop {
        let whole = line(cut.each_ref().map(String::as_str));
        let excess = length(&whole).saturating_sub(TITLE);
        let longest = cut.iter_mut().max_by_key(|name| length(name));
        let Some(longest) = longest.filter(|name| excess > 0 && length(name) > NAME) else {
            return whole;
        };
        *longest = beginning(longest, length(longest).saturating_sub(excess).max(NAME));
    }
}

/// Length in grapheme clusters: an emoji of several people counts as one.
fn length(text: &str) -> usize {
    without_isolates(text).graphemes(true).filter(|sign| *sign != "\u{200E}").count()
}

/// The beginning of a name, `signs` long including the ellipsis.
fn beginning(name: &str, signs: usize) -> String {
    let mut seen = 0;
    let mut kept = String::new();
    for sign in name.graphemes(true) {
        match sign.chars().next() {
            Some(ISOLATE | POP | LEFT_TO_RIGHT) => {}
            _ if seen + 1 >= signs => break,
            _ => seen += 1,
        }
        kept.push_str(sign);
    }
    kept.truncate(kept.trim_end_matches([' ', ',', ISOLATE, LEFT_TO_RIGHT]).len());
    kept.push('…');
    // Closes the isolates that were opened.
    let open = kept.matches(ISOLATE).count().saturating_sub(kept.matches(POP).count());
    kept.extend(std::iter::repeat_n(POP, open));
    kept
}

const fn is_isolate(sign: char) -> bool {
    matches!(sign, '\u{2066}'..='\u{2068}')
}

fn without_isolates(text: &str) -> String {
    text.chars().filter(|sign| !is_isolate(*sign) && *sign != POP).collect()
}

/// Whether every isolate that the text opens is closed in it.
fn is_balanced(text: &str) -> bool {
    let depth = text.chars().try_fold(0_usize, |depth, sign| match sign {
        sign if is_isolate(sign) => Some(depth + 1),
        POP => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

/// Whether a character is right-to-left or changes the direction: the blocks of right-to-left
/// scripts (DerivedBidiClass) and the explicit controls.
const fn turns(sign: char) -> bool {
    matches!(sign,
        '\u{0590}'..='\u{08FF}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFF}'
        | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_turns_nothing_around_it() {
        for (name, stands) in [
            ("Ana", "Ana"),
            ("王芳", "王芳"),
            ("Zoë 👩‍🚀", "Zoë 👩‍🚀"),
            ("דנה", "\u{200E}\u{2068}דנה\u{2069}"),
            ("#צוות623", "\u{200E}\u{2068}#צוות623\u{2069}"),
            ("سعيد Smith", "\u{200E}\u{2068}سعيد Smith\u{2069}"),
            // One that turns what follows, and one that would end the isolation.
            ("A\u{202E}na", "\u{200E}\u{2068}A\u{202E}na\u{2069}"),
            ("A\u{2069}na", "\u{200E}\u{2068}Ana\u{2069}"),
            ("A\u{2067}na", "\u{200E}\u{2068}Ana\u{2069}"),
            ("\u{2069}A\u{2068}", "\u{200E}\u{2068}A\u{2069}"),
            // A line of ours that holds such a name is whole.
            ("x \u{2068}דנה\u{2069}", "\u{200E}\u{2068}x \u{2068}דנה\u{2069}\u{2069}"),
        ] {
            assert_eq!(isolated(name), stands, "{name:?}");
        }
    }

    #[test]
    fn a_line_has_a_length_that_fits() {
        let line = |[sender, room]: [&str; 2]| format!("{sender} in {room}");
        let long = "x".repeat(200);
        let people =
            "Ana Ruiz, Ben Cooper, Carla Diaz, Dmitri Ivanov, Eli Fox, Fay Hu, Gus Ito, Hal";
        let family = "👩‍👩‍👧‍👦".repeat(100);
        for (names, fits) in [
            (["Ana", "#general"], "Ana in #general".to_owned()),
            (["Ana", &long[..73]], format!("Ana in {}", &long[..73])),
            (["Ana", &long[..74]], format!("Ana in {}…", &long[..72])),
            (["Ana", &long], format!("Ana in {}…", &long[..72])),
            ([&long, "#general"], format!("{}… in #general", &long[..67])),
            ([&long, &long], format!("{}… in {}…", &long[..63], &long[..11])),
            (
                ["Ana Ruiz", people],
                "Ana Ruiz in Ana Ruiz, Ben Cooper, Carla Diaz, Dmitri Ivanov, Eli Fox, Fay Hu, G…"
                    .to_owned(),
            ),
            (["Ana", &family], format!("Ana in {}…", "👩‍👩‍👧‍👦".repeat(72))),
        ] {
            let whole = fitted(names, line);
            assert_eq!(whole, fits);
            assert!(length(&whole) <= TITLE, "{whole}");
        }
    }

    #[test]
    fn what_is_cut_is_whole() {
        let names = vec![isolated("דנה כהן"); 20].join(", ");
        for signs in 12..80 {
            let cut = beginning(&names, signs);
            assert!(is_balanced(&cut), "{cut:?}");
            assert!(length(&cut) <= signs, "{signs}: {cut:?}");
        }
    }
}
