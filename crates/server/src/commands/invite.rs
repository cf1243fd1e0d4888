//! `homing-server invite`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use homing_protocol::{InviteId, JoinLink, Role, UserId};
use homing_server::auth::secret::{Hash, new_code};
use homing_server::clock::{Clock as _, SystemClock, SystemRandom};
use homing_server::server;
use homing_server::store::{InviteKept, NewInvite, Store as _};

use super::Visit;
use crate::out::say;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

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
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Invite {
    #[command(subcommand)]
    action: Option<Action>,
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

#[derive(Debug, Subcommand)]
enum Action {
    /// The invitations that can still be used, newest first.
    List {
        /// Print JSON, one object a line.
        #[arg(long)]
        json: bool,
    },
    /// End an invitation. Who came in by it stays.
    Revoke {
        /// As the list names it.
        id: InviteId,
    },
}

impl Invite {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let visit = Visit::open(&data, None).await?;
        if let Some(action) = self.action {
            action.run(&visit).await?;
            visit.store.close().await;
            return Ok(ExitCode::SUCCESS);
        }
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

impl Action {
    async fn run(self, visit: &Visit) -> anyhow::Result<()> {
        match self {
            Self::List { json } => {
                let people = visit.store.people().await?;
                let names: BTreeMap<UserId, String> = people
                    .into_iter()
                    .map(|member| (member.person.id, member.person.name))
                    .collect();
                for invite in visit.store.invites(None).await? {
                    let by = invite.by.and_then(|by| names.get(&by)).map(String::as_str);
                    say(describe(&invite, by, json))?;
                }
            }
            Self::Revoke { id } => {
                visit.store.withdraw_invite(None, id).await?;
                say(format_args!("{id} leads nowhere any more"))?;
            }
        }
        Ok(())
    }
}

fn describe(invite: &InviteKept, by: Option<&str>, json: bool) -> String {
    if json {
        return serde_json::json!({
            "id": invite.id,
            "role": invite.role,
            "by": by,
            "uses_left": invite.uses_left,
            "expires": invite.expires,
            "created": invite.created,
        })
        .to_string();
    }
    let role = format!("{:?}", invite.role).to_lowercase();
    let uses = invite.uses_left.map_or_else(|| "any number".to_owned(), |left| left.to_string());
    let left = invite.expires.map(|at| (at - SystemClock.now_ms()).max(0) / DAY_MS);
    let ends = left.map_or_else(|| "never ends".to_owned(), |days| format!("ends in {days} days"));
    let by = by.unwrap_or("the server");
    format!("{}  {role:<7} {uses:>10} uses  {ends:<17}  by {by}", invite.id)
}
