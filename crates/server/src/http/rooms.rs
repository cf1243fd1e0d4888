//! Rooms: list, create, join, leave and manage members.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homing_protocol::http::{AddMembers, Members, NewRoom, Receipts, Revisions, RoomMade, Rooms};
use homing_protocol::limits::{ROOM_NAME_CHARS, TOPIC_CHARS};
use homing_protocol::{Cid, ErrorCode, MessageRef, RoomId, RoomKind, Seq, UserId};
use serde::Deserialize;

use super::caller::Caller;
use super::problem::{ApiError, Body, Path, QUEUE_FULL_RETRY};
use crate::app::App;
use crate::auth::name;
use crate::fair_queue::{QueueFull, Turn};
use crate::store;

/// The start of a page of the list.
#[derive(Deserialize)]
pub(super) struct ListQuery {
    /// Empty: the first page.
    #[serde(default)]
    after: String,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    from: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Rooms>, ApiError> {
    let after = from.ok().and_then(|Query(from)| URL_SAFE_NO_PAD.decode(from.after).ok());
    let after = after.and_then(|key| String::from_utf8(key).ok());
    let after = after.ok_or_else(|| {
        ApiError::new(ErrorCode::Invalid, "`after` is the `next` of the page before")
    })?;
    let page = app.store.public_rooms(me.person, after).await?;
    let next = page.next.map(|key| URL_SAFE_NO_PAD.encode(key));
    Ok(Json(Rooms { rooms: page.rooms, next }))
}

pub(super) async fn make(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Body(wanted): Body<NewRoom>,
) -> Result<Json<RoomMade>, ApiError> {
    let (name, topic) = if wanted.kind == RoomKind::Direct {
        (None, Some(String::new()))
    } else {
        let name = name::read(&wanted.name, ROOM_NAME_CHARS).ok_or_else(|| {
            ApiError::new(
                ErrorCode::NameInvalid,
                format!("a room's name needs 1 to {ROOM_NAME_CHARS} visible characters"),
            )
        })?;
        (Some(name), name::read_line(&wanted.topic, TOPIC_CHARS))
    };
    let topic = topic.ok_or_else(|| {
        ApiError::new(
            ErrorCode::NameInvalid,
            format!("a topic is one line of up to {TOPIC_CHARS} visible characters"),
        )
    })?;
    let people = wanted.members.len();
    let room =
        store::NewRoom { key: wanted.key, kind: wanted.kind, name, topic, people: wanted.members };
    let _turn = await_turn(&app, me.person).await?;
    app.may_create_room(me.person, people).map_err(ApiError::limited)?;
    let made = app.store.make_room(me.person, room).await;
    if !made.as_ref().is_ok_and(|made| made.is_new) {
        app.refund_room(me.person, people);
    }
    Ok(Json(RoomMade { room: made?.room }))
}

/// One large write per member at a time, so that others wait for at most one of each.
async fn await_turn(app: &App, person: UserId) -> Result<Turn, ApiError> {
    app.room_queue.take(person).await.map_err(|QueueFull| ApiError::limited(QUEUE_FULL_RETRY))
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, ApiError> {
    app.store.enter(me.person, room).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn leave(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, ApiError> {
    app.store.leave(me.person, room).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn members(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<Json<Members>, ApiError> {
    let users = app.store.members(me.person, room).await?;
    Ok(Json(Members { users }))
}

pub(super) async fn receipts(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
) -> Result<Json<Receipts>, ApiError> {
    let receipts = app.store.receipts(me.person, room).await?;
    Ok(Json(Receipts { receipts }))
}

/// The start of a page of texts.
#[derive(Deserialize)]
pub(super) struct RevisionsQuery {
    /// 0: all.
    #[serde(default)]
    after: Seq,
}

pub(super) async fn revisions(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path((room, user, cid)): Path<(RoomId, UserId, Cid)>,
    from: Result<Query<RevisionsQuery>, QueryRejection>,
) -> Result<Json<Revisions>, ApiError> {
    let Query(from) = from.map_err(|_| {
        ApiError::new(ErrorCode::Invalid, "`after` is the `next` of the page before")
    })?;
    let of = MessageRef { user, cid };
    Ok(Json(app.store.revisions(me.person, room, of, from.after).await?))
}

pub(super) async fn add(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path(room): Path<RoomId>,
    Body(wanted): Body<AddMembers>,
) -> Result<StatusCode, ApiError> {
    let _turn = await_turn(&app, me.person).await?;
    app.may_add_members(me.person, wanted.users.len()).map_err(ApiError::limited)?;
    app.store.add_members(me.person, room, wanted.users).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Caller(me): Caller,
    Path((room, user)): Path<(RoomId, UserId)>,
) -> Result<StatusCode, ApiError> {
    app.store.remove_member(me.person, room, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
