//! `homing doctor`.
//!
//! It starts no engine, so nothing queued is sent meanwhile.

use std::sync::Arc;

use homing_engine::clock::SystemClock;
use homing_engine::doctor::{self, Account, Finding, Outcome, Target, Verdict};
use homing_engine::net::dialer::Dialer;
use homing_engine::session::{SecretError, with_keyring_timeout};
use homing_engine::timeouts::Timeouts;
use homing_protocol::AnyLink;
use homing_protocol::link::Address;
use serde_json::json;

use crate::args::{Common, Doctor};
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::{dialer, profile, space, text};

/// Examines the connection to a link's server, or this device's connection to a space.
pub(crate) async fn run(common: &Common, args: Doctor) -> Result<Code, Failure> {
    let link = args.what.as_deref().and_then(|what| what.parse::<AnyLink>().ok());
    if let Some(link) = link {
        let connector = dialer::build(common, Arc::new(dialer::NoSecrets))?;
        return examine(common, args.mask, &connector, link.address(), Account::None).await;
    }
    let wanted = args.what.as_deref().or(common.space.as_deref());
    let profile = profile::open(common).await?;
    let record = space::choose(&profile, wanted).await?;
    let secrets = profile::secrets(common, &profile);
    let name = record.secret_name();
    let found = with_keyring_timeout(secrets.get(&name)).await;
    let token = found.and_then(|token| token.ok_or(SecretError::Changed));
    let account = Account::Device { record: &record, token, live: None };
    let connector = dialer::build(common, secrets)?;
    examine(common, args.mask, &connector, &record.address, account).await
}

async fn examine(
    common: &Common,
    mask: bool,
    connector: &Dialer,
    address: &Address,
    account: Account<'_>,
) -> Result<Code, Failure> {
    let patient = Target {
        connector,
        address,
        account,
        clock: &SystemClock,
        app: space::APP,
        timeouts: Timeouts::default(),
        history: None,
    };
    let (out, mut code, mut told) = (Output { json: common.json }, Code::Done, Ok(()));
    doctor::examine(patient, |finding| {
        if code == Code::Done {
            code = code_of(&finding);
        }
        if told.is_ok() {
            told = print(out, &if mask { finding.masked(address) } else { finding });
        }
    })
    .await;
    told.map(|()| code)
}

fn print(out: Output, finding: &Finding) -> Result<(), Failure> {
    if out.json {
        let Finding { step, outcome, verdict, took_ms, facts } = finding;
        let (meaning, advice) = (outcome.meaning(), outcome.advice_on_command_line());
        return out.value(&json!({
            "step": step,
            "verdict": verdict,
            "outcome": outcome,
            "took_ms": took_ms,
            "facts": facts,
            "meaning": meaning,
            "advice": advice,
        }));
    }
    // Certificates and responses have foreign text.
    finding.paragraph_on_command_line().lines().try_for_each(|line| out.line(text::plain(line)))
}

/// The exit code of a finding.
fn code_of(finding: &Finding) -> Code {
    match (finding.verdict, finding.outcome) {
        (Verdict::Fine | Verdict::Doubtful | Verdict::Skipped, _) => Code::Done,
        (_, Outcome::NoToken) => Code::NoToken,
        (
            _,
            Outcome::TokenRefused
            | Outcome::VersionUnsupported
            | Outcome::OtherServer
            | Outcome::SignInClosed,
        ) => Code::Refused,
        _ => Code::Offline,
    }
}
