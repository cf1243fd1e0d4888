//! The English words that are written in Rust, as a part of the interface's catalogue.
//!
//! The texts of the Connection Doctor and of close codes are printed by `homing` as well, so they
//! stand beside what they explain. The other languages of the interface are written by hand and
//! type-checked against the keys of this file.

use std::fmt::Write as _;

use homing_engine::doctor::{FactKind, Outcome, Step};
use homing_protocol::CloseCode;
use homing_protocol::close::{CloseText, CodeRange};
use serde::Serialize;

/// The text of `ui/src/generated/english.ts`.
#[must_use]
pub fn english() -> String {
    let mut text = String::from(
        "// Made by `cargo xtask codegen` from doctor/words.rs of the engine and close/words.rs of the protocol.
// Never edited by hand.
import type { FactKind, Outcome, Step } from \"./bridge\";
",
    );
    record(
        &mut text,
        "The steps of the Connection Doctor.",
        "doctorSteps",
        Step::ALL.iter().map(|step| (key(step), quoted(step.title()))),
        "Record<Step, string>",
    );
    record(
        &mut text,
        "What the Connection Doctor observes.",
        "doctorFacts",
        FactKind::ALL.iter().map(|kind| (key(kind), quoted(kind.title()))),
        "Record<FactKind, string>",
    );
    record(
        &mut text,
        "What an outcome of the Connection Doctor means, and what to do about it.",
        "doctorOutcomes",
        Outcome::ALL.iter().map(|outcome| (key(outcome), explained(*outcome))),
        "Record<Outcome, { means: string; advice?: string }>",
    );
    let codes = CloseCode::known().map(|code| (code.0.to_string(), close(code.words())));
    let ranges = CodeRange::ALL.iter().map(|range| (range.key().to_owned(), close(range.words())));
    record(
        &mut text,
        "What a close code means and what to do, by code, and by range for an unknown one.",
        "closeCodes",
        codes.chain(ranges),
        "Record<string, { happened: string; means: string; advice: string }>",
    );
    text
}

fn record(
    text: &mut String,
    doc: &str,
    name: &str,
    entries: impl Iterator<Item = (String, String)>,
    of: &str,
) {
    let _ = write!(text, "\n/** {doc} */\nexport const {name} = {{\n");
    for (key, value) in entries {
        let _ = writeln!(text, "  {key}: {value},");
    }
    let _ = writeln!(text, "}} satisfies {of};");
}

fn explained(outcome: Outcome) -> String {
    let means = quoted(outcome.meaning());
    match outcome.advice() {
        Some(advice) => format!("{{\n    means: {means},\n    advice: {},\n  }}", quoted(advice)),
        None => format!("{{ means: {means} }}"),
    }
}

fn close(words: CloseText) -> String {
    let [happened, means, advice] = [words.happened, words.means, words.advice].map(quoted);
    format!("{{\n    happened: {happened},\n    means: {means},\n    advice: {advice},\n  }}")
}

/// The name that the enum has on the wire.
fn key(name: &impl Serialize) -> String {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(name)) => name,
        other => unreachable!("a name is a string: {other:?}"),
    }
}

/// A string literal, with typographic apostrophes as on the screen.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text.replace('\'', "\u{2019}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_and_code_has_its_words() {
        let text = english();
        for outcome in Outcome::ALL {
            assert!(text.contains(&format!("\n  {}: {{", key(outcome))), "{outcome:?}");
        }
        for code in CloseCode::known() {
            assert!(text.contains(&format!("\n  {}: {{", code.0)), "{code}");
        }
        assert!(text.contains("isn\u{2019}t") && !text.contains('\''), "{text}");
    }

    /// These have a meaning in a message of vue-i18n: a value, a link, a choice of plurals.
    #[test]
    fn no_text_holds_a_sign_of_the_message_syntax() {
        let outcomes = Outcome::ALL
            .iter()
            .flat_map(|outcome| [Some(outcome.meaning()), outcome.advice()].into_iter().flatten());
        let words = CloseCode::known().map(CloseCode::words);
        let words = words.chain(CodeRange::ALL.map(CodeRange::words));
        let codes = words.flat_map(|words| [words.happened, words.means, words.advice]);
        for text in outcomes.chain(codes) {
            assert!(!text.contains(['{', '}', '@', '|', '$', '%']), "{text}");
        }
    }
}
