//! Rooms: making, finding, joining, leaving, and what the person keeps about them.

use homing_engine::NewRoomSpec;
use homing_engine::view::Mute;
use homing_protocol::UserId;
use homing_protocol::http::{MemberReceipt, PublicRoom};

use crate::app::App;
use crate::dto::{
    AddMembers, CreateRoom, MemberArgs, MuteRoom, NotifyRoom, OpenDirect, RoomArgs, RoomOpened,
    SaveDraft, SpaceArgs,
};
use crate::error::Failure;

pub(crate) async fn create_room(app: &App, args: CreateRoom) -> Result<RoomOpened, Failure> {
    let CreateRoom { space, kind, name, topic, members, attempt } = args;
    let spec = NewRoomSpec { attempt: Some(attempt), kind, name, topic, members };
    let room = app.engine(space)?.create_room(spec).await?;
    Ok(RoomOpened { room })
}

pub(crate) async fn open_direct(app: &App, args: OpenDirect) -> Result<RoomOpened, Failure> {
    let room = app.engine(args.space)?.open_direct(args.users).await?;
    Ok(RoomOpened { room })
}

pub(crate) async fn public_rooms(app: &App, args: SpaceArgs) -> Result<Vec<PublicRoom>, Failure> {
    Ok(app.engine(args.space)?.public_rooms().await?)
}

pub(crate) async fn join_room(app: &App, args: RoomArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.join_room(args.room).await?)
}

pub(crate) async fn leave_room(app: &App, args: RoomArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.leave_room(args.room).await?)
}

pub(crate) async fn room_members(app: &App, args: RoomArgs) -> Result<Vec<UserId>, Failure> {
    Ok(app.engine(args.space)?.room_members(args.room).await?)
}

pub(crate) async fn room_receipts(
    app: &App,
    args: RoomArgs,
) -> Result<Vec<MemberReceipt>, Failure> {
    Ok(app.engine(args.space)?.room_receipts(args.room).await?)
}

pub(crate) async fn add_members(app: &App, args: AddMembers) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.add_members(args.room, args.users).await?)
}

pub(crate) async fn remove_member(app: &App, args: MemberArgs) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.remove_member(args.room, args.user).await?)
}

pub(crate) async fn mute_room(app: &App, args: MuteRoom) -> Result<(), Failure> {
    let mute = match (args.muted, args.until) {
        (false, _) => Mute::No,
        (true, Some(time)) => Mute::Until(time),
        (true, None) => Mute::ForEver,
    };
    Ok(app.engine(args.space)?.mute(args.room, mute).await?)
}

pub(crate) async fn notify_room(app: &App, args: NotifyRoom) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.notify(args.room, args.level).await?)
}

pub(crate) async fn save_draft(app: &App, args: SaveDraft) -> Result<(), Failure> {
    Ok(app.engine(args.space)?.draft(args.room, args.text, args.seen).await?)
}

pub(crate) async fn typing(app: &App, args: RoomArgs) -> Result<(), Failure> {
    app.engine(args.space)?.typing(args.room).await;
    Ok(())
}
