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
use homing_server::store::{self, AccountUpdate, Store as _};

use super::OpenStore;
use super::invite::RoleName;
use crate::output::print_line;

#[derive(Debug, Args)]
pub(crate) struct Member {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List members, in the order they joined.
    List {
        /// Print JSON, one object per line.
        #[arg(long)]
        json: bool,
    },
    /// Change a member's role.
    Role {
        /// Name of the member.
        name: String,
        /// New role.
        role: RoleName,
    },
    /// Disable an account. Messages and rooms stay, and you can enable it again.
    Disable {
        /// Name of the member.
        name: String,
    },
    /// Enable a disabled account.
    Enable {
        /// Name of the member.
        name: String,
    },
    /// Remove a member for good: signed out everywhere, out of every room. Their messages stay.
    Remove {
        /// Name of the member.
        name: String,
    },
    /// Set a new password for a member, and print it.
    ResetPassword {
        /// Name of the member.
        name: String,
    },
}

impl Member {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let opened = OpenStore::open(&data, None).await?;
        self.act(&opened).await?;
        opened.store.close().await;
        Ok(ExitCode::SUCCESS)
    }

    async fn act(self, opened: &OpenStore) -> anyhow::Result<()> {
        let store = &opened.store;
        match self.action {
            Action::List { json } => {
                for member in store.people().await? {
                    print_line(describe(&member, json))?;
                }
            }
            Action::Role { name, role } => {
                let member = find(opened, &name).await?;
                let changed = AccountUpdate { role: Some(role.into()), ..AccountUpdate::default() };
                store.change_person(member.person.id, changed).await?;
                let role = match role {
                    RoleName::Guest => "a guest",
                    RoleName::Member => "a member",
                    RoleName::Admin => "an admin",
                    RoleName::Owner => "an owner",
                };
                print_line(format_args!("{} is now {role}", member.person.name))?;
            }
            Action::Disable { name } => {
                let member = set_gone(opened, &name, true).await?;
                print_line(format_args!("Disabled {}", member.person.name))?;
            }
            Action::Enable { name } => {
                let member = set_gone(opened, &name, false).await?;
                print_line(format_args!("Enabled {}", member.person.name))?;
            }
            Action::Remove { name } => {
                let member = find(opened, &name).await?;
                store.remove_person(member.person.id).await?;
                print_line(format_args!("Removed {}", member.person.name))?;
            }
            Action::ResetPassword { name } => {
                let member = find(opened, &name).await?;
                let mut bytes = [0; 12];
                SystemRandom.fill(&mut bytes);
                let fresh = URL_SAFE_NO_PAD.encode(bytes);
                let changed = AccountUpdate {
                    password: Some(password::hash(&fresh, &SystemRandom)),
                    ..AccountUpdate::default()
                };
                store.change_person(member.person.id, changed).await?;
                print_line(fresh)?;
            }
        }
        Ok(())
    }
}

async fn set_gone(
    opened: &OpenStore,
    name: &str,
    gone: bool,
) -> anyhow::Result<store::MemberSummary> {
    let member = find(opened, name).await?;
    let changed = AccountUpdate { gone: Some(gone), ..AccountUpdate::default() };
    opened.store.change_person(member.person.id, changed).await?;
    Ok(member)
}

async fn find(opened: &OpenStore, wanted: &str) -> anyhow::Result<store::MemberSummary> {
    let wanted = name::read(wanted, NAME_CHARS).context("that isn't a valid name")?;
    for member in opened.store.people().await? {
        if name::read(&member.person.name, NAME_CHARS).is_some_and(|name| name.key == wanted.key) {
            return Ok(member);
        }
    }
    bail!("there's no member called {}. `homing-server member list` shows everyone", wanted.shown)
}

fn describe(member: &store::MemberSummary, json: bool) -> String {
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
    let devices = if member.devices == 1 { "device " } else { "devices" };
    let line = format!("{:<24} {role:<7} {:>2} {devices}{gone}", person.name, member.devices);
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use homing_protocol::{Person, Role, UserId};

    use super::*;

    #[test]
    fn one_device_is_not_many() {
        for (devices, gone, end) in [
            (0, false, "member   0 devices"),
            (1, false, "member   1 device"),
            (12, false, "member  12 devices"),
            (1, true, "member   1 device   disabled"),
            (2, true, "member   2 devices  disabled"),
        ] {
            let id = UserId("01900000-0000-7002-8000-000000000001".parse().unwrap());
            let person = Person { id, name: "Ada".to_owned(), role: Role::Member, gone };
            let member =
                store::MemberSummary { person, devices, last_seen: None, has_password: false };
            let line = describe(&member, false);
            assert_eq!(line, format!("{:<24} {end}", "Ada"));
        }
    }
}
