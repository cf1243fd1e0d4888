//! `homing rooms`.

use homing_engine::view::{Overview, Room};
use homing_protocol::RoomKind;
use serde_json::json;

use super::list;
use crate::args::Common;
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::{room, text};

/// Lists the member's rooms, by name, with what is unread.
pub(crate) async fn run(common: &Common) -> Result<Code, Failure> {
    list(common, print).await
}

fn print(out: Output, overview: &Overview) -> Result<(), Failure> {
    let mut rooms: Vec<_> =
        overview.rooms.iter().map(|found| (room::title(overview, found), found)).collect();
    rooms.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (_, found) in rooms {
        print_room(out, overview, found)?;
    }
    Ok(())
}

/// One room, as a line or a value.
pub(super) fn print_room(out: Output, overview: &Overview, found: &Room) -> Result<(), Failure> {
    let title = room::title(overview, found);
    if out.json {
        return out.value(&json!({
            "room": found.id,
            "title": title,
            "name": found.name,
            "kind": found.kind,
            "topic": found.topic,
            "members": found.members,
            "head": found.head,
            "read": found.read,
            "unread": found.unread,
            "mentions": found.mentions,
            "muted": found.muted,
            "muted_until": found.muted_until,
            "notify": found.notify,
        }));
    }
    let unread = match found.unread {
        0 => String::new(),
        n => format!("{n} unread"),
    };
    let about = match found.kind {
        RoomKind::Direct => String::new(),
        _ => text::plain(&found.topic),
    };
    out.line(format_args!("{}  {title:<24} {unread:>12}  {about}", found.id))
}
