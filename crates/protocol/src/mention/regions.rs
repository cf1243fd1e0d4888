//! Where a token in a text is no mention: code, links and quotes.
//!
//! This is as much of the grammar in `docs/text.md` as it takes to know that, line by line, over a text
//! in which each token is letters. Where the grammar leaves a doubt, the token counts.

use std::collections::HashMap;
use std::ops::Range;

use crate::message_link::MessageLink;

/// How many lines are looked at for the ends of code, for each line of a text. Only a text made for it
/// needs more: many fences, each open to the end.
const LOOKS: usize = 16;
/// As many for a short text.
const LOOKS_LEAST: usize = 4096;
/// The longest address of a link.
const LONGEST_URL: usize = 2000;
const FENCE: usize = 3;

struct Line<'a> {
    from: usize,
    text: &'a str,
}

/// The ranges of bytes.
pub(super) fn covered(text: &str) -> Vec<Range<usize>> {
    let text = text.replace("\r\n", " \n").replace('\r', "\n");
    let mut lines = Vec::new();
    let mut from = 0;
    for line in text.split('\n') {
        lines.push(Line { from, text: line });
        from += line.len() + 1;
    }
    let (mut covered, mut paragraph, mut at) = (Vec::new(), None, 0);
    let mut in_list = false;
    let mut looks = lines.len().saturating_mul(LOOKS).max(LOOKS_LEAST);
    while let Some(line) = lines.get(at) {
        let (content, items) = unlisted(line.text);
        in_list = items > 0 || in_list && (line.text.trim().is_empty() || indent(line.text) >= 2);
        let content = if in_list { content.trim_start() } else { content };
        let begin = line.from + line.text.len() - content.len();
        let end = line.from + line.text.len();
        if let Some((before, next)) = fence(&lines, at, content, items > 0, &mut looks) {
            let last = lines.get(next - 1).map_or(end, |line| line.from + line.text.len());
            extend(&mut paragraph, begin..begin + before, &text, &mut covered, items > 0);
            flush(&mut paragraph, &text, &mut covered);
            covered.push(begin + before..last);
            at = next;
            continue;
        }
        if is_quote(content) {
            flush(&mut paragraph, &text, &mut covered);
            covered.push(begin..end);
        } else if content.trim().is_empty() {
            flush(&mut paragraph, &text, &mut covered);
        } else {
            let alone = is_heading(content);
            extend(&mut paragraph, begin..end, &text, &mut covered, items > 0 || alone);
            if alone {
                flush(&mut paragraph, &text, &mut covered);
            }
        }
        at += 1;
    }
    flush(&mut paragraph, &text, &mut covered);
    covered
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn is_quote(content: &str) -> bool {
    indent(content) <= FENCE && content.trim_start_matches(' ').starts_with('>')
}

fn is_heading(content: &str) -> bool {
    let content = content.trim_start_matches(' ');
    let words = content.trim_start_matches('#');
    (1..=6).contains(&(content.len() - words.len())) && words.starts_with([' ', '\t'])
}

/// What a line says after the signs of its list items, and how many these are.
fn unlisted(line: &str) -> (&str, usize) {
    let (mut content, mut items) = (line, 0);
    // As deep as lists go.
    while items < 8 {
        let marked = content.trim_start_matches([' ', '\t']);
        let digits = marked.len() - marked.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let after = match digits {
            0 => marked.strip_prefix(['-', '*', '•']),
            1..=6 => marked.get(digits..).and_then(|rest| rest.strip_prefix(['.', ')'])),
            _ => None,
        };
        let Some(after) = after.filter(|after| after.starts_with([' ', '\t'])) else { break };
        content = after.trim_start_matches([' ', '\t']);
        items += 1;
    }
    (content, items)
}

fn run(text: &str, sign: char) -> usize {
    text.len() - text.trim_start_matches(sign).len()
}

/// The code that is opened in line `at`: how much text there is before it in `content`, and the line
/// after it. None once `looks` are used up.
fn fence(
    lines: &[Line<'_>],
    at: usize,
    content: &str,
    item: bool,
    looks: &mut usize,
) -> Option<(usize, usize)> {
    if *looks == 0 {
        return None;
    }
    let opening = content.trim_start_matches([' ', '\t']);
    let sign = opening.chars().next()?;
    let length = run(opening, sign);
    let info = opening.get(length..)?;
    if matches!(sign, '`' | '~') && length >= FENCE && !(sign == '`' && info.contains('`')) {
        let close = closing(lines, at, sign, length, item, looks);
        let named = info.trim().chars().all(|c| c.is_ascii_alphanumeric() || "_+#.-".contains(c));
        let empty = named && at + 1 >= lines.len();
        return if empty { None } else { Some((0, close.unwrap_or(lines.len()))) };
    }
    // A fence at the end of a line of text.
    let line = content.trim_end();
    let until = line.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "_+#.-".contains(c));
    let before = until.trim_end_matches('`');
    let length = until.len() - before.len();
    let whole = before.split(|c| c != '`').filter(|run| run.len() == length).count();
    if length < FENCE || before.trim().is_empty() || whole % 2 == 1 {
        return None;
    }
    let next = closing(lines, at, '`', length, item, looks)?;
    (next > at + 2 || !lines.get(at + 1)?.text.trim().starts_with('`'))
        .then_some((before.len(), next))
}

/// The line after the one that closes a fence. One that is opened in an item ends with the item.
fn closing(
    lines: &[Line<'_>],
    at: usize,
    sign: char,
    length: usize,
    item: bool,
    looks: &mut usize,
) -> Option<usize> {
    let mut with_text = None;
    for (nth, line) in lines.iter().enumerate().skip(at + 1) {
        let Some(left) = looks.checked_sub(1) else { break };
        *looks = left;
        if item && !line.text.trim().is_empty() && indent(line.text) < 2 {
            return with_text.or(Some(nth));
        }
        let line = line.text.trim_end();
        let before = line.trim_end_matches(sign);
        if line.len() - before.len() >= length && (sign == '`' || before.trim().is_empty()) {
            return Some(nth + 1);
        }
        let begun = line.trim_start();
        let rest = begun.get(run(begun, sign)..).unwrap_or_default();
        if with_text.is_none()
            && begun.len() - rest.len() >= length
            && rest.starts_with([' ', '\t'])
            && !rest.contains(sign)
        {
            with_text = Some(nth + 1);
        }
    }
    with_text
}

/// Adds a line to a paragraph, or begins one with it.
fn extend(
    paragraph: &mut Option<Range<usize>>,
    line: Range<usize>,
    text: &str,
    covered: &mut Vec<Range<usize>>,
    begins: bool,
) {
    if begins {
        flush(paragraph, text, covered);
    }
    *paragraph = Some(paragraph.take().map_or(line.start, |before| before.start)..line.end);
}

/// Looks for code and links in what was collected.
fn flush(paragraph: &mut Option<Range<usize>>, text: &str, covered: &mut Vec<Range<usize>>) {
    let Some(range) = paragraph.take() else { return };
    let from = range.start;
    let Some(words) = text.get(range) else { return };
    let within = inline(words.as_bytes());
    covered.extend(within.into_iter().map(|found| from + found.start..from + found.end));
}

fn ticks_at(words: &[u8], at: usize) -> usize {
    words.iter().skip(at).take_while(|byte| **byte == b'`').count()
}

/// The code and the links of a paragraph. Each byte is looked at a fixed number of times.
fn inline(words: &[u8]) -> Vec<Range<usize>> {
    let (ticks, ends) = survey(words);
    let (mut found, mut brackets, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(byte) = words.get(at) {
        match byte {
            b'\\' if words.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 2,
            b'`' => {
                let size = ticks_at(words, at);
                if let Some(end) = ticks.get(&at) {
                    found.push(at..end + size);
                    at = *end;
                }
                at += size;
            }
            b'[' => {
                brackets.push(at);
                at += 1;
            }
            b']' => {
                let open = brackets.pop();
                let end = ends.get(&(at + 1)).filter(|end| *end - at <= LONGEST_URL);
                match (open, end) {
                    (Some(open), Some(end)) if is_link(words, open, at, *end) => {
                        found.push(open..end + 1);
                        brackets.clear();
                        at = end + 1;
                    }
                    _ => at += 1,
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// For each run of backticks, where the next one of its length begins; and for each `(` its end.
fn survey(words: &[u8]) -> (HashMap<usize, usize>, HashMap<usize, usize>) {
    let (mut ticks, mut ends) = (HashMap::new(), HashMap::new());
    let (mut last, mut open, mut at) = (HashMap::new(), Vec::new(), 0);
    while let Some(byte) = words.get(at) {
        let mut size = 1;
        match byte {
            b'`' => {
                size = ticks_at(words, at);
                if let Some(before) = last.insert(size, at) {
                    ticks.insert(before, at);
                }
            }
            b'(' => open.push(at),
            b')' => {
                if let Some(begin) = open.pop() {
                    ends.insert(begin, at);
                }
            }
            byte if byte.is_ascii_whitespace() => open.clear(),
            _ => {}
        }
        at += size;
    }
    (ticks, ends)
}

fn is_message_link(url: &[u8]) -> bool {
    str::from_utf8(url).is_ok_and(|url| url.parse::<MessageLink>().is_ok())
}

/// Whether it leads to a place, and its label names no other.
fn is_link(words: &[u8], open: usize, close: usize, end: usize) -> bool {
    let url = words.get(close + 2..end).unwrap_or_default().to_ascii_lowercase();
    let label = words.get(open + 1..close).unwrap_or_default();
    let rest = |scheme: &[u8]| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty());
    !label.trim_ascii().is_empty()
        && (rest(b"https://") || rest(b"http://") || rest(b"mailto:") || is_message_link(&url))
        && !label.windows(3).any(|signs| signs == b"://")
}
