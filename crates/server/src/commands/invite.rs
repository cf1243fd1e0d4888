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
use homing_server::store::{NewInvite, Store as _, StoredInvite};

use super::OpenStore;
use crate::output::print_line;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Sees only rooms they were added to.
    Guest,
    /// Joins public rooms, creates rooms, messages anyone.
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
    /// Role of the people who join.
    #[arg(long, default_value = "member")]
    role: RoleName,
    /// How many people can use it [default: no limit].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    uses: Option<u32>,
    /// Days until it expires [default: never].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List open invitations, newest first.
    List {
        /// Print JSON, one object per line.
        #[arg(long)]
        json: bool,
    },
    /// Revoke an invitation. People who joined with it stay.
    Revoke {
        /// ID from the list.
        id: InviteId,
    },
}

impl Invite {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let opened = OpenStore::open(&data, None).await?;
        if let Some(action) = self.action {
            action.run(&opened).await?;
            opened.store.close().await;
            return Ok(ExitCode::SUCCESS);
        }
        let address = server::read_address(&data).context(
            "the server has never run, so its address isn't known yet. Run `homing-server \
             serve`, which prints the first join link",
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
        opened.store.add_invite(invite).await?;
        opened.store.close().await;
        let link = JoinLink { address, code };
        if self.json {
            print_line(
                serde_json::json!({"link": link.to_string(), "code": link.code, "expires": expires}),
            )?;
        } else {
            print_line(link)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Action {
    async fn run(self, opened: &OpenStore) -> anyhow::Result<()> {
        match self {
            Self::List { json } => {
                let people = opened.store.people().await?;
                let names: BTreeMap<UserId, String> = people
                    .into_iter()
                    .map(|member| (member.person.id, member.person.name))
                    .collect();
                for invite in opened.store.invites(None).await? {
                    let by = invite.by.and_then(|by| names.get(&by)).map(String::as_str);
                    print_line(describe(&invite, by, json))?;
                }
            }
            Self::Revoke { id } => {
                opened.store.withdraw_invite(None, id).await?;
                print_line(format_args!("Revoked {id}"))?;
            }
        }
        Ok(())
    }
}

fn describe(invite: &StoredInvite, by: Option<&str>, json: bool) -> String {
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
    let uses = match invite.uses_left {
        None => "unlimited uses".to_owned(),
        Some(1) => "1 use left".to_owned(),
        Some(left) => format!("{left} uses left"),
    };
    let ends = match invite.expires.map(|at| (at - SystemClock.now_ms()).max(0) / DAY_MS) {
        None => "never expires".to_owned(),
        Some(0) => "expires within a day".to_owned(),
        Some(1) => "expires in 1 day".to_owned(),
        Some(days) => format!("expires in {days} days"),
    };
    let by = by.unwrap_or("the server");
    format!("{}  {role:<7} {uses:<14}  {ends:<20}  by {by}", invite.id)
}
