//! How many tests passed and failed, read from what the runners print or write.

use std::iter::Sum;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Tests, or checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Count {
    /// One check that failed.
    pub(super) const FAILED: Self = Self { passed: 0, failed: 1 };
    /// One check that passed.
    pub(super) const PASSED: Self = Self { passed: 1, failed: 0 };

    /// A runner that failed without a failed test (it could not build, or broke) is one failure.
    pub(super) fn of_run(self, success: bool) -> Self {
        let failed = if success { self.failed } else { self.failed.max(1) };
        Self { failed, ..self }
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            passed: sum.passed + one.passed,
            failed: sum.failed + one.failed,
        })
    }
}

/// From nextest: `Summary [ 0.6s] 21 tests run: 20 passed (1 slow), 1 failed, 0 skipped`.
pub(super) fn nextest(printed: &str) -> Count {
    let summary = printed.lines().rev().find(|line| line.trim_start().starts_with("Summary ["));
    let words = summary.and_then(|line| line.split_once("run: ")).map_or("", |(_, rest)| rest);
    let failed =
        ["failed", "timed out", "exec failed"].iter().map(|word| before(words, word)).sum();
    Count { passed: before(words, "passed"), failed }
}

/// From `cargo test`: one `test result: ok. 5 passed; 0 failed; …` for each binary.
pub(super) fn cargo_test(printed: &str) -> Count {
    printed
        .lines()
        .filter_map(|line| line.strip_prefix("test result: "))
        .map(|line| Count { passed: before(line, "passed"), failed: before(line, "failed") })
        .sum()
}

/// The number before a word, as in `20 passed (1 slow), 1 failed; …`; 0 if the word is not there.
fn before(text: &str, word: &str) -> u64 {
    text.split([',', ';', '.'])
        .filter_map(|part| part.trim().split_once(' '))
        .find(|(_, rest)| *rest == word || rest.starts_with(&format!("{word} (")))
        .and_then(|(number, _)| number.parse().ok())
        .unwrap_or(0)
}

/// From vitest's JSON report.
pub(super) fn vitest(report: &str) -> Result<Count> {
    let report: Value = serde_json::from_str(report).context("vitest's report is no JSON")?;
    let number = |key: &str| report.get(key).and_then(Value::as_u64);
    let failed = number("numFailedTests").context("vitest's report has no numFailedTests")?;
    let suites = number("numFailedTestSuites").unwrap_or(0);
    Ok(Count {
        passed: number("numPassedTests").context("vitest's report has no numPassedTests")?,
        // A file that can't be loaded has no test that could fail.
        failed: failed.max(suites.min(1)),
    })
}

/// From Playwright's JSON report.
pub(super) fn playwright(report: &str) -> Result<Count> {
    let report: Value = serde_json::from_str(report).context("Playwright's report is no JSON")?;
    let stats = report.get("stats").context("Playwright's report has no stats")?;
    let number = |key: &str| stats.get(key).and_then(Value::as_u64).unwrap_or(0);
    // A test that passed only when it was repeated has failed.
    Ok(Count { passed: number("expected"), failed: number("unexpected") + number("flaky") })
}

/// From cargo's `--message-format=json`: each warning as the compiler draws it. A library is compiled
/// again for its own tests, and warned of again; one is enough.
pub(super) fn warnings(printed: &str) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    for line in printed.lines() {
        let line: Value = serde_json::from_str(line).context("cargo's message is no JSON")?;
        let text = |pointer: &str| line.pointer(pointer).and_then(Value::as_str);
        // Without a place it is the sum of the others: "2 warnings emitted".
        let placed = line
            .pointer("/message/spans")
            .and_then(Value::as_array)
            .is_some_and(|spans| !spans.is_empty());
        let warned = text("/reason") == Some("compiler-message")
            && matches!(text("/message/level"), Some("warning" | "error"));
        if let Some(drawn) = text("/message/rendered").filter(|_| warned && placed)
            && !warnings.iter().any(|known| known == drawn)
        {
            warnings.push(drawn.to_owned());
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn count(passed: u64, failed: u64) -> Count {
        Count { passed, failed }
    }

    #[test]
    fn nextest_is_read() {
        for (printed, expected) in [
            ("     Summary [   0.190s] 23 tests run: 23 passed, 0 skipped", count(23, 0)),
            ("     Summary [   1.1s] 1 test run: 1 passed (1 slow), 0 skipped", count(1, 0)),
            (
                "     Summary [   0.4s] 24/25 tests run: 22 passed, 2 failed, 0 skipped\nerror: x",
                count(22, 2),
            ),
            (
                "     Summary [   9s] 5 tests run: 2 passed (1 leaky), 1 failed, 2 timed out, 0 skipped",
                count(2, 3),
            ),
            ("error: could not compile", count(0, 0)),
        ] {
            assert_eq!(nextest(printed), expected, "{printed}");
        }
    }

    #[test]
    fn cargo_test_is_read() {
        let printed = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; \
                       0 filtered out; finished in 0.00s\n\
                       test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered \
                       out; finished in 0.00s\n";
        assert_eq!(cargo_test(printed), count(5, 1));
    }

    #[test]
    fn reports_are_read() {
        let report = r#"{"numTotalTests": 9, "numPassedTests": 8, "numFailedTests": 1}"#;
        assert_eq!(vitest(report).unwrap(), count(8, 1));
        let broken = r#"{"numPassedTests": 8, "numFailedTests": 0, "numFailedTestSuites": 2}"#;
        assert_eq!(vitest(broken).unwrap(), count(8, 1));
        assert!(vitest("{}").is_err());
        let report = r#"{"stats": {"expected": 7, "unexpected": 1, "flaky": 1, "skipped": 0}}"#;
        assert_eq!(playwright(report).unwrap(), count(7, 2));
        assert!(playwright("[]").is_err());
    }

    #[test]
    fn warnings_are_told_once() {
        let message = |level: &str, text: &str, spans: &str| {
            format!(
                r#"{{"reason": "compiler-message", "message":
                     {{"level": "{level}", "rendered": "{text}", "spans": [{spans}]}}}}"#
            )
            .replace('\n', " ")
        };
        let printed = [
            r#"{"reason": "compiler-artifact", "fresh": true}"#.to_owned(),
            message("warning", "unused variable", "{}"),
            message("warning", "unused variable", "{}"),
            message("warning", "1 warning emitted", ""),
            message("note", "by the way", "{}"),
            message("warning", "needless return", "{}"),
        ];
        assert_eq!(warnings(&printed.join("\n")).unwrap(), ["unused variable", "needless return"]);
        assert_eq!(warnings("").unwrap(), [""; 0]);
        assert!(warnings("Finished").is_err());
    }

    #[test]
    fn a_run_that_failed_is_never_all_green() {
        assert_eq!(count(5, 0).of_run(true), count(5, 0));
        assert_eq!(count(5, 0).of_run(false), count(5, 1));
        assert_eq!(count(5, 2).of_run(false), count(5, 2));
    }
}
