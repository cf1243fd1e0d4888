//! `homing-server doctor`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use homing_server::doctor::{self, Finding, ProbeTarget, Trust, Verdict};
use homing_server::{PublicAddress, SystemClock};

use super::serve::ListenOptions;
use crate::exit::DOCTOR_FAILED;
use crate::output::print_line;

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    listen_options: ListenOptions,
    /// Where people reach the server, as for serve [default: the address in the join links of its
    /// last run].
    #[arg(long, env = "HOMING_PUBLIC", value_name = "ADDRESS")]
    public: Option<PublicAddress>,
    /// Trust the certificate authorities in this PEM file, in addition to the system's.
    #[arg(long, env = "HOMING_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Print JSON, one object per line.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let (listen, tls) = (self.listen_options.listen, self.listen_options.mode()?);
        let mut target = ProbeTarget::of(&data, listen, &tls, self.public);
        if let Some(file) = &self.ca_file {
            let authorities = homing_server::tls::read_chain(file).with_context(|| {
                format!("can't read a certificate authority from {}", file.display())
            })?;
            if let Some(ProbeTarget { trust: Trust::System { extra, .. }, .. }) = &mut target {
                *extra = authorities;
            }
        }
        let here = move || doctor::examine(&data, listen, &tls, &SystemClock);
        let mut findings = tokio::task::spawn_blocking(here).await?;
        findings.extend(doctor::check_public_address(target.as_ref(), &SystemClock).await);
        for finding in &findings {
            print_line(if self.json {
                serde_json::json!(finding).to_string()
            } else {
                as_text(finding)
            })?;
        }
        let unwell = findings.iter().any(|f| f.verdict == Verdict::Wrong);
        Ok(ExitCode::from(if unwell { DOCTOR_FAILED } else { 0 }))
    }
}

fn as_text(finding: &Finding) -> String {
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
