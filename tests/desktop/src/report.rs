//! The report of a demonstration: its steps, what had to hold, and whether it did.

use std::fmt;

use anyhow::Result;

/// One thing that had to hold.
#[derive(Debug)]
struct Step {
    what: &'static str,
    /// What was seen, or why it did not hold.
    seen: Result<String>,
}

/// The results of the steps.
#[derive(Debug, Default)]
pub struct Report {
    steps: Vec<Step>,
}

impl Report {
    pub(crate) fn add(&mut self, what: &'static str, seen: Result<String>) {
        self.steps.push(Step { what, seen });
    }

    /// Whether every step was played and held.
    #[must_use]
    pub fn held(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.seen.is_ok())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.steps.iter().map(|step| step.what.chars().count()).max();
        let width = width.unwrap_or_default();
        for step in &self.steps {
            match &step.seen {
                Ok(seen) => writeln!(f, "  held    {:width$}  {seen}", step.what)?,
                Err(error) => writeln!(f, "  FAILED  {:width$}  {error:#}", step.what)?,
            }
        }
        let held = self.steps.iter().filter(|step| step.seen.is_ok()).count();
        let verdict = if self.held() { "The promise held" } else { "The promise did NOT hold" };
        write!(f, "{verdict}: {held} of {} steps.", self.steps.len())
    }
}
