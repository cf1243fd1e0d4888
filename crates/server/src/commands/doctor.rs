//! `homing-server doctor`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use homing_server::doctor::{self, Finding, Verdict};

use super::say;
use super::serve::Listening;
use crate::exit::UNWELL;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    listening: Listening,
    /// Print JSON, one object a line.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let (listen, tls) = (self.listening.listen, self.listening.mode()?);
        let work = move || doctor::examine(&data, listen, &tls, &homing_server::SystemClock);
        let findings = tokio::task::spawn_blocking(work).await?;
        for finding in &findings {
            say(if self.json { serde_json::json!(finding).to_string() } else { in_words(finding) });
        }
        let unwell = findings.iter().any(|f| f.verdict == Verdict::Wrong);
        Ok(ExitCode::from(if unwell { UNWELL } else { 0 }))
    }
}

fn in_words(finding: &Finding) -> String {
    let mark = match finding.verdict {
        Verdict::Fine => "ok   ",
        Verdict::Doubtful => "note ",
        Verdict::Wrong => "WRONG",
    };
    let mut text = format!("{mark} {:<12} {}", finding.step, finding.meaning);
    if let Some(advice) = &finding.advice {
        text.push_str("\n                   → ");
        text.push_str(advice);
    }
    text
}
