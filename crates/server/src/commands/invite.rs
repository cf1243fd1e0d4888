//! `homing-server invite`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homing_protocol::{JoinLink, Role};
use homing_server::auth::secret::{Hash, new_code};
use homing_server::clock::{Clock as _, SystemClock, SystemRandom};
use homing_server::server;
use homing_server::store::{NewInvite, Store as _};

use super::Visit;
use crate::out::say;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Sees only the rooms they were added to.
    Guest,
    /// Joins public rooms, creates rooms, writes to anyone.
    Member,
    /// Invites and removes people.
    Admin,
    /// Admin, and can make admins.
    Owner,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Guest => Self::Guest,
            RoleName::Member => Self::Member,
            RoleName::Admin => Self::Admin,
            RoleName::Owner => Self::Owner,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// What the new members will be.
    #[arg(long, default_value = "member")]
    role: RoleName,
    /// How many may use it. Without: any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    uses: Option<u32>,
    /// For how many days. Without: for ever.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Invite {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let visit = Visit::open(&data, None).await?;
        let address = server::read_address(&data).context(
            "this space was never served, so nobody knows its address. \
             Run homing-server serve once; it prints the first link",
        )?;
        let code = new_code(&SystemRandom);
        let expires = self.days.map(|days| {
            let lifetime = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
            let millis = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
            SystemClock.now_ms().saturating_add(millis)
        });
        let invite = NewInvite {
            code: Hash::of_code(&code),
            role: self.role.into(),
            by: None,
            uses: self.uses,
            expires,
            founding: false,
        };
        visit.store.add_invite(invite).await?;
        visit.store.close().await;
        let link = JoinLink { address, code };
        if self.json {
            say(
                serde_json::json!({"link": link.to_string(), "code": link.code, "expires": expires}),
            )?;
        } else {
            say(link)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
