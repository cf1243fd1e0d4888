//! The findings as text, for a person who asks for help. It contains no secret, because findings
//! never do.

use std::fmt::Write as _;

use homing_protocol::CloseCode;
use homing_protocol::link::Address;

use super::finding::{Fact, FactKind, Finding};

/// Whether a report contains the server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressVisibility {
    /// It does.
    Shown,
    /// Names, addresses and fingerprints are masked.
    Masked,
}

const MASK: &str = "•••";

impl Finding {
    /// The finding without the server's address.
    #[must_use]
    pub fn masked(&self, address: &Address) -> Self {
        let mut masked = self.clone();
        for Fact { about, value } in &mut masked.facts {
            if about.is_place() {
                MASK.clone_into(value);
            } else {
                *value = value.replace(&address.host, MASK);
            }
        }
        masked
    }

    /// The finding as a paragraph, with advice for the app.
    #[must_use]
    pub fn paragraph(&self) -> String {
        self.advised(self.outcome.advice())
    }

    /// The finding as a paragraph, with advice for the command line.
    #[must_use]
    pub fn paragraph_on_command_line(&self) -> String {
        self.advised(self.outcome.advice_on_command_line())
    }

    fn advised(&self, advice: Option<&str>) -> String {
        let took = self.took_ms.map(|ms| format!(" ({ms} ms)")).unwrap_or_default();
        let (mark, title) = (self.verdict.mark(), self.step.title());
        let mut text = format!("{mark} {title}{took}: {}\n", self.outcome.meaning());
        for Fact { about, value } in &self.facts {
            let _ = match (about, value.parse()) {
                (FactKind::CloseCode, Ok(code)) => {
                    let words = CloseCode(code).words();
                    let (title, happened) = (about.title(), words.happened);
                    writeln!(text, "      {title}: {code}. {happened}. {}", words.advice)
                }
                _ => writeln!(text, "      {}: {value}", about.title()),
            };
        }
        if let Some(advice) = advice {
            let _ = writeln!(text, "      → {advice}");
        }
        text
    }
}

/// All findings as a text report.
#[must_use]
pub fn report(
    app: &str,
    address: &Address,
    findings: &[Finding],
    places: AddressVisibility,
) -> String {
    let mut text = format!("Connection Doctor of {app} on {}\n\n", std::env::consts::OS);
    for finding in findings {
        text.push_str(&match places {
            AddressVisibility::Shown => finding.paragraph(),
            AddressVisibility::Masked => finding.masked(address).paragraph(),
        });
    }
    text
}
