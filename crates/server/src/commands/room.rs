//! `homing-server room`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use homing_protocol::RoomId;
use homing_server::store::{RoomSummary, Store as _};

use super::OpenStore;
use crate::output::print_line;

#[derive(Debug, Args)]
pub(crate) struct Room {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List all rooms, including private and direct ones, oldest first.
    List {
        /// Print JSON, one object per line.
        #[arg(long)]
        json: bool,
    },
    /// Delete a room for good, with all its messages. Only a backup can bring it back.
    Remove {
        /// ID from the list.
        id: RoomId,
    },
}

impl Room {
    pub(crate) async fn run(self, data: PathBuf) -> anyhow::Result<ExitCode> {
        let opened = OpenStore::open(&data, None).await?;
        match self.action {
            Action::List { json } => {
                for room in opened.store.rooms().await? {
                    print_line(describe(&room, json))?;
                }
            }
            Action::Remove { id } => {
                opened.store.remove_room(id).await?;
                print_line(format_args!("Removed {id}"))?;
            }
        }
        opened.store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn describe(room: &RoomSummary, json: bool) -> String {
    if json {
        return serde_json::json!({
            "id": room.id,
            "kind": room.kind,
            "name": room.name,
            "members": room.members,
            "messages": room.messages,
            "made_by": room.made_by,
        })
        .to_string();
    }
    let kind = format!("{:?}", room.kind).to_lowercase();
    let members = if room.members == 1 { "member " } else { "members" };
    let messages = if room.messages == 1 { "message " } else { "messages" };
    format!(
        "{}  {kind:<7} {:>5} {members} {:>7} {messages}  {}  by {}",
        room.id, room.members, room.messages, room.name, room.made_by
    )
}
