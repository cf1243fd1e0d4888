//! Finding, making, entering and leaving rooms.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use homing_protocol::http::{AddMembers, Members, NewRoom, RoomMade, Rooms};
use homing_protocol::limits::{ROOM_NAME_CHARS, TOPIC_CHARS};
use homing_protocol::{ErrorCode, RoomId, RoomKind, UserId};

use super::problem::{Body, Failed, Path};
use super::who::Caller;
use crate::app::App;
use crate::auth::name;
use crate::store;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
) -> Result<Json<Rooms>, Failed> {
    let rooms = app.store.public_rooms(me.person).await?;
    Ok(Json(Rooms { rooms }))
}

pub(super) async fn make(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Body(wanted): Body<NewRoom>,
) -> Result<Json<RoomMade>, Failed> {
    let (name, topic) = if wanted.kind == RoomKind::Direct {
        (None, Some(String::new()))
    } else {
        let name = name::read(&wanted.name, ROOM_NAME_CHARS).ok_or_else(|| {
            Failed::new(
                ErrorCode::NameInvalid,
                format!("a room's name has 1 to {ROOM_NAME_CHARS} visible characters"),
            )
        })?;
        (Some(name), name::read_line(&wanted.topic, TOPIC_CHARS))
    };
    let topic = topic.ok_or_else(|| {
        Failed::new(
            ErrorCode::NameInvalid,
            format!("a topic is one line of at most {TOPIC_CHARS} visible characters"),
        )
    })?;
    let room =
        store::NewRoom { key: wanted.key, kind: wanted.kind, name, topic, people: wanted.members };
    let room = app.store.make_room(me.person, room).await?;
    Ok(Json(RoomMade { room }))
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, Failed> {
    app.store.enter(me.person, room).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn leave(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, Failed> {
    app.store.leave(me.person, room).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn members(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<Json<Members>, Failed> {
    let users = app.store.members(me.person, room).await?;
    Ok(Json(Members { users }))
}

pub(super) async fn add(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
    Body(wanted): Body<AddMembers>,
) -> Result<StatusCode, Failed> {
    app.store.add_members(me.person, room, wanted.users).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path((room, user)): Path<(RoomId, UserId)>,
) -> Result<StatusCode, Failed> {
    app.store.remove_member(me.person, room, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
