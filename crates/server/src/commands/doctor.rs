//! `homing-server doctor`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use homing_server::doctor::{self, Finding, Outside, Trust, Verdict};
use homing_server::{Public, SystemClock};

use super::serve::Listening;
use crate::exit::UNWELL;
use crate::out::say;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    listening: Listening,
    /// Where people reach the server, as for serve [default: the address in the join links of its
    /// last run].
    #[arg(long, env = "HOMING_PUBLIC", value_name = "ADDRESS")]
    public: Option<Public>,
    /// Trust the certificate authorities in this PEM file, in addition to the system's.
    #[arg(long, env = "HOMING_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Print JSON, one object per line.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let (listen, tls) = (self.listening.listen, self.listening.mode()?);
        let mut outside = Outside::of(&data, listen, &tls, self.public);
        if let Some(file) = &self.ca_file {
            let authorities = homing_server::tls::read_chain(file).with_context(|| {
                format!("can't read a certificate authority from {}", file.display())
            })?;
            if let Some(Outside { trust: Trust::System { extra, .. }, .. }) = &mut outside {
                *extra = authorities;
            }
        }
        let here = move || doctor::examine(&data, listen, &tls, &SystemClock);
        let mut findings = tokio::task::spawn_blocking(here).await?;
        findings.extend(doctor::reach(outside.as_ref(), &SystemClock).await);
        for finding in &findings {
            say(if self.json {
                serde_json::json!(finding).to_string()
            } else {
                in_words(finding)
            })?;
        }
        let unwell = findings.iter().any(|f| f.verdict == Verdict::Wrong);
        Ok(ExitCode::from(if unwell { UNWELL } else { 0 }))
    }
}

fn in_words(finding: &Finding) -> String {
    let mark = match finding.verdict {
        Verdict::Fine => "ok   ",
        Verdict::Doubtful => "warn ",
        Verdict::Wrong => "FAIL ",
        Verdict::Skipped => "-    ",
    };
    let mut text = format!("{mark} {:<14} {}", finding.step, finding.meaning);
    if let Some(advice) = &finding.advice {
        text.push_str("\n                     → ");
        text.push_str(advice);
    }
    text
}
