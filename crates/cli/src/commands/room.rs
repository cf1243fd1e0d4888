//! `homing room`: what only the server can do about rooms, so nothing of it works offline.

use homing_engine::error::CallError;
use homing_engine::view::Room as Known;
use homing_engine::{Error, NewRoomSpec};
use homing_protocol::http::PublicRoom;
use homing_protocol::{ErrorCode, RoomId, RoomKind};
use serde_json::json;

use super::people::print_person;
use super::rooms::print_room;
use crate::args::{Common, CreateRoom, Room};
use crate::failure::{Code, Failure};
use crate::output::Output;
use crate::space::RunningSpace;
use crate::{room, space, text};

/// A change without an answer may have been made.
const CHECK: &str = ", so the change may or may not have been made. Check with `homing rooms`";

/// Does it, and gives what was queued before the rest of the time to go.
pub(crate) async fn run(common: &Common, command: Room) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    let out = Output { json: common.json };
    let mut done = act(&mut open, out, command).await;
    if done.is_ok()
        && let Err(failure) = open.settle().await
    {
        done = Err(failure);
    }
    open.close().await;
    done.map(|()| Code::Done)
}

async fn act(open: &mut RunningSpace, out: Output, command: Room) -> Result<(), Failure> {
    open.online().await?;
    match command {
        Room::Create(new) => create(open, out, new).await,
        Room::Browse => browse(open, out).await,
        Room::Join { room } => join(open, out, &room).await,
        Room::Leave { room } => leave(open, out, &room).await,
        Room::Members { room } => members(open, out, &room).await,
        Room::Add { room, people } => add(open, out, &room, &people).await,
    }
}

async fn create(open: &mut RunningSpace, out: Output, new: CreateRoom) -> Result<(), Failure> {
    let name = new.name.strip_prefix('#').unwrap_or(&new.name).to_owned();
    let kind = if new.private { RoomKind::Private } else { RoomKind::Public };
    let spec = NewRoomSpec {
        attempt: None,
        kind,
        name: name.clone(),
        topic: new.topic,
        members: Vec::new(),
    };
    let made = open.answer(async { Ok(open.engine.create_room(spec).await) }, CHECK).await?;
    let made = made.map_err(|error| match error {
        Error::Call(CallError::Refused { code: ErrorCode::NameTaken, .. }) => {
            let text = format!(
                "there's already a room called {name}. Run `homing room join` to join it, or \
                 choose another name"
            );
            Failure::new(Code::Refused, text)
        }
        error => error.into(),
    })?;
    show(open, out, made).await
}

async fn browse(open: &RunningSpace, out: Output) -> Result<(), Failure> {
    for room in public(open).await?.iter().filter(|room| !room.joined) {
        let title = format!("#{}", text::plain(&room.name));
        if out.json {
            out.value(&json!({
                "room": room.room,
                "title": title,
                "name": room.name,
                "kind": RoomKind::Public,
                "topic": room.topic,
                "members": room.members,
            }))?;
        } else {
            let members = match room.members {
                1 => "1 member".to_owned(),
                n => format!("{n} members"),
            };
            let topic = text::plain(&room.topic);
            out.line(format_args!("{}  {title:<24} {members:>12}  {topic}", room.room))?;
        }
    }
    Ok(())
}

async fn join(open: &mut RunningSpace, out: Output, words: &str) -> Result<(), Failure> {
    let rooms = public(open).await?;
    let id = match room::find_public(&rooms, words) {
        Ok(found) if !found.joined => {
            open.answer(open.engine.join_room(found.room), CHECK).await?;
            found.room
        }
        // One may be in a private room, too.
        found => {
            let known = match found {
                Ok(found) => found.room,
                Err(failure) => {
                    room::find(open.overview(), words).map_err(|_| failure).map(|room| room.id)?
                }
            };
            out.note(format_args!("you're already in {words}"));
            known
        }
    };
    show(open, out, id).await
}

async fn leave(open: &mut RunningSpace, out: Output, words: &str) -> Result<(), Failure> {
    let found = room::find(open.overview(), words)?;
    let (id, title) = (found.id, room::title(open.overview(), found));
    open.answer(open.engine.leave_room(id), CHECK).await?;
    // It leaves this device when the server says so on the connection; if that is cut, later.
    open.wait(|open, _| known(open, id).is_none()).await?;
    if out.json {
        out.value(&json!({ "room": id, "title": title }))
    } else {
        out.line(format_args!("left {title}"))
    }
}

async fn members(open: &RunningSpace, out: Output, words: &str) -> Result<(), Failure> {
    let overview = open.overview();
    let id = room::find(overview, words)?.id;
    for user in open.answer(open.engine.room_members(id), "").await? {
        if let Some(person) = overview.people.iter().find(|person| person.id == user) {
            print_person(out, overview, person)?;
        } else if out.json {
            out.value(&json!({ "user": user }))?;
        } else {
            out.line(text::name(overview, user))?;
        }
    }
    Ok(())
}

async fn add(
    open: &RunningSpace,
    out: Output,
    words: &str,
    people: &[String],
) -> Result<(), Failure> {
    let overview = open.overview();
    let found = room::find(overview, words)?;
    let names = people.iter().map(|name| name.strip_prefix('@').unwrap_or(name));
    let mut wanted = room::people(overview, names, "add")?;
    wanted.sort();
    wanted.dedup();
    let present = open.answer(open.engine.room_members(found.id), "").await?;
    let new: Vec<_> = wanted.iter().copied().filter(|user| !present.contains(user)).collect();
    if !new.is_empty() {
        open.answer(open.engine.add_members(found.id, new.clone()), CHECK).await?;
    }
    let title = room::title(overview, found);
    for user in wanted {
        let (name, added) = (text::name(overview, user), new.contains(&user));
        if out.json {
            let value = json!({ "room": found.id, "user": user, "name": name, "added": added });
            out.value(&value)?;
        } else if added {
            out.line(format_args!("added {name} to {title}"))?;
        } else {
            out.note(format_args!("{name} is already in {title}"));
        }
    }
    Ok(())
}

/// All pages of the rooms that anyone in the space can join.
async fn public(open: &RunningSpace) -> Result<Vec<PublicRoom>, Failure> {
    open.answer(open.engine.public_rooms(), "").await
}

fn known(open: &RunningSpace, id: RoomId) -> Option<&Known> {
    open.overview().rooms.iter().find(|room| room.id == id)
}

/// Prints a room that one is in now, once this device knows of it.
async fn show(open: &mut RunningSpace, out: Output, id: RoomId) -> Result<(), Failure> {
    open.wait(|open, _| known(open, id).is_some()).await?;
    match known(open, id) {
        Some(room) => print_room(out, open.overview(), room),
        None => Err(Failure::new(
            Code::Offline,
            "done, but the connection was lost before the room arrived. `homing rooms` shows it",
        )),
    }
}
