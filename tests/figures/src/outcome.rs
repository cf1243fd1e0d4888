//! How a run ends: one line of JSON on standard output, and an exit status.
//!
//! 0 when the bound was kept or nobody asked, 1 when it was missed, 2 when the run could not be
//! done at all, so that a script tells a bad figure from a broken machine.

use std::process::ExitCode;

use serde_json::Value;

/// The bound was missed.
const MISSED: u8 = 1;
/// There is no figure.
pub(crate) const NOT_RUN: u8 = 2;

/// What was measured, and whether the bound was kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// An object: what was run and what came out.
    pub(crate) figures: Value,
    /// Whether the bound was kept.
    pub(crate) pass: bool,
}

impl Outcome {
    /// The line, with the verdict in it.
    fn line(&self) -> String {
        let mut figures = self.figures.clone();
        if let Value::Object(fields) = &mut figures {
            fields.insert("pass".to_owned(), self.pass.into());
        }
        figures.to_string()
    }

    fn status(&self, check: bool) -> u8 {
        if self.pass || !check { 0 } else { MISSED }
    }

    /// Prints the line. Without `check` the bound decides nothing.
    pub(crate) fn report(&self, check: bool) -> ExitCode {
        println!("{}", self.line());
        ExitCode::from(self.status(check))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_status_follows_the_bound_unless_nobody_asks() {
        for (pass, check, status) in
            [(true, true, 0), (true, false, 0), (false, true, MISSED), (false, false, 0)]
        {
            let outcome = Outcome { figures: json!({"bench": "x"}), pass };
            assert_eq!(outcome.status(check), status);
            assert_eq!(outcome.line(), json!({"bench": "x", "pass": pass}).to_string());
        }
    }
}
