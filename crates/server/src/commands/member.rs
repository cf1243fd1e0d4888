//! `homing-server member`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, Subcommand};
use homing_protocol::limits::NAME_CHARS;
use homing_server::auth::{name, password};
use homing_server::clock::{Random as _, SystemRandom};
use homing_server::store::{self, Changed, Store as _};

use super::Visit;
use super::invite::RoleName;
use crate::out::say;

#[derive(Debug, Args)]
pub(crate) struct Member {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Everybody, in order of joining.
    List {
        /// Print JSON, one object a line.
        #[arg(long)]
        json: bool,
    },
    /// Change what somebody may do.
    Role {
        /// Nickname.
        name: String,
        /// What they become.
        role: RoleName,
    },
    /// Lock somebody out. Their words and rooms stay, and they can be let in again.
    Disable {
        /// Nickname.
        name: String,
    },
    /// Let somebody in again.
    Enable {
        /// Nickname.
        name: String,
    },
    /// Take somebody out for good: signed out everywhere, out of every room. Their words stay.
    Remove {
        /// Nickname.
        name: String,
    },
    /// Give somebody a new password, and print it.
    ResetPassword {
        /// Nickname.
        name: String,
    },
}

impl Member {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let visit = Visit::open(&data, None).await?;
        self.act(&visit).await?;
        visit.store.close().await;
        Ok(ExitCode::SUCCESS)
    }

    async fn act(self, visit: &Visit) -> anyhow::Result<()> {
        let store = &visit.store;
        match self.action {
            Action::List { json } => {
                for member in store.people().await? {
                    say(describe(&member, json))?;
                }
            }
            Action::Role { name, role } => {
                let member = find(visit, &name).await?;
                let changed = Changed { role: Some(role.into()), ..Changed::default() };
                store.change_person(member.person.id, changed).await?;
                say(format_args!("{} is now {role:?}", member.person.name))?;
            }
            Action::Disable { name } => {
                let member = set_gone(visit, &name, true).await?;
                say(format_args!("{} is locked out", member.person.name))?;
            }
            Action::Enable { name } => {
                let member = set_gone(visit, &name, false).await?;
                say(format_args!("{} may come in again", member.person.name))?;
            }
            Action::Remove { name } => {
                let member = find(visit, &name).await?;
                store.remove_person(member.person.id).await?;
                say(format_args!("{} is no longer a member", member.person.name))?;
            }
            Action::ResetPassword { name } => {
                let member = find(visit, &name).await?;
                let mut bytes = [0; 12];
                SystemRandom.fill(&mut bytes);
                let fresh = URL_SAFE_NO_PAD.encode(bytes);
                let changed = Changed {
                    password: Some(password::hash(&fresh, &SystemRandom)),
                    ..Changed::default()
                };
                store.change_person(member.person.id, changed).await?;
                say(fresh)?;
            }
        }
        Ok(())
    }
}

async fn set_gone(visit: &Visit, name: &str, gone: bool) -> anyhow::Result<store::Member> {
    let member = find(visit, name).await?;
    let changed = Changed { gone: Some(gone), ..Changed::default() };
    visit.store.change_person(member.person.id, changed).await?;
    Ok(member)
}

async fn find(visit: &Visit, wanted: &str) -> anyhow::Result<store::Member> {
    let wanted = name::read(wanted, NAME_CHARS).context("this can't be anybody's name")?;
    for member in visit.store.people().await? {
        if name::read(&member.person.name, NAME_CHARS).is_some_and(|name| name.key == wanted.key) {
            return Ok(member);
        }
    }
    bail!("nobody here is called {}. homing-server member list shows everybody", wanted.shown)
}

fn describe(member: &store::Member, json: bool) -> String {
    let person = &member.person;
    if json {
        return serde_json::json!({
            "id": person.id,
            "name": person.name,
            "role": person.role,
            "gone": person.gone,
            "devices": member.devices,
            "last_seen": member.last_seen,
            "has_password": member.has_password,
        })
        .to_string();
    }
    let role = format!("{:?}", person.role).to_lowercase();
    let gone = if person.gone { "  disabled" } else { "" };
    format!("{:<24} {role:<7} {:>2} devices{gone}", person.name, member.devices)
}
