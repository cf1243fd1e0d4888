//! `homing-server` and `homing`, as people run them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use homing_e2e::process;
use serde_json::Value;
use tokio::process::Command;

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
}

/// What a doctor said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What it found, step by step.
    pub findings: Vec<Value>,
}

impl Said {
    /// The first step that is wrong, and what it means. None: all is well.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        let wrong = self.findings.iter().find(|finding| text(finding, "verdict") == "wrong")?;
        Some(format!("{}: {}", text(wrong, "step"), text(wrong, "meaning")))
    }

    /// Steps that deserve a look, and what they mean.
    #[must_use]
    pub fn doubtful(&self) -> Vec<String> {
        let doubtful = self.findings.iter().filter(|found| text(found, "verdict") == "doubtful");
        doubtful
            .map(|found| format!("{}: {}", text(found, "step"), text(found, "meaning")))
            .collect()
    }
}

fn text<'a>(finding: &'a Value, field: &str) -> &'a str {
    finding.get(field).and_then(Value::as_str).unwrap_or_default()
}

impl Programs {
    /// Those of `HOMING_PROGRAMS`, else built next to this program.
    ///
    /// # Errors
    /// When they can't be built.
    pub async fn build() -> Result<Self> {
        Ok(Self { folder: process::folder(&["homing-server", "homing"]).await? })
    }

    /// `homing-server`.
    #[must_use]
    pub fn server(&self) -> PathBuf {
        self.folder.join("homing-server")
    }

    /// Runs a doctor to its end: `program` with these arguments, in an environment that says nothing
    /// of proxies and of no authority but `ca`, with its data in `data`.
    ///
    /// # Errors
    /// When it can't be started or says something else than JSON.
    pub async fn doctor(
        &self,
        program: &str,
        data: &Path,
        ca: &Path,
        args: &[&str],
    ) -> Result<Said> {
        let mut doctor = Command::new(self.folder.join(program));
        doctor
            .args(args)
            .arg("--json")
            .env_clear()
            .env("HOME", data)
            .env("HOMING_DATA", data)
            .env("HOMING_CA_FILE", ca)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = doctor.output().await.with_context(|| format!("starting {program}"))?;
        let out = String::from_utf8_lossy(&output.stdout);
        let findings: Result<Vec<Value>, _> = out.lines().map(serde_json::from_str).collect();
        let error = || {
            let error = String::from_utf8_lossy(&output.stderr);
            format!("{program} {} says no JSON: {out}{error}", args.join(" "))
        };
        let findings = findings.with_context(error)?;
        ensure!(!findings.is_empty(), error());
        Ok(Said { findings })
    }
}
