//! The only list of commands.
//!
//! A line here is a command: its handler, what it takes, what it answers. From it come the
//! dispatcher that every host calls, the list of names, and the TypeScript that the interface is
//! checked against. A line without a handler does not compile; a handler without a line can't be
//! reached.

use serde_json::Value;

use crate::app::App;
use crate::dto::{
    AddMembers, CreateRoom, DeviceArgs, DeviceList, EditMe, EditQueued, Entered, InspectLink,
    Invitation, InviteArgs, Join, LinkPreview, Look, MarkRead, MemberArgs, MuteRoom, Nothing,
    NotifyDecision, OpenDirect, QueuedArgs, RoomArgs, RoomOpened, SaveDraft, SendMessage, Settings,
    SignIn, SpaceArgs, StartSpace, TimelineArgs, Written,
};
use crate::error::{Code, Failure};
use crate::handlers;
use homing_engine::view::{Queued, Timeline};
use homing_protocol::UserId;
use homing_protocol::http::PublicRoom;

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $area:ident::$name:ident($args:ty) -> $returns:ty;)*) => {
        /// The name of every command.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        /// Does what a command asks.
        ///
        /// # Errors
        /// [`Code::BadCommand`] for a name or arguments that are not in the list, otherwise what
        /// the handler says.
        pub async fn call(app: &App, name: &str, args: Value) -> Result<Value, Failure> {
            let answer = dispatch(app, name, args).await;
            if let Err(failure) = &answer {
                tracing::info!(name, code = ?failure.code, "a command failed: {failure}");
            }
            answer
        }

        async fn dispatch(app: &App, name: &str, args: Value) -> Result<Value, Failure> {
            match name {
                $(stringify!($name) => {
                    let args: $args = read(name, args)?;
                    let answer: $returns = handlers::$area::$name(app, args).await?;
                    write(name, &answer)
                })*
                _ => Err(Failure::new(Code::BadCommand, format!("no command is called {name}"))),
            }
        }

        /// Hands each command to the code generator.
        pub fn visit(visitor: &mut impl Visitor) {
            $(visitor.command::<$args, $returns>(stringify!($name), &[$($doc),+]);)*
        }
    };
}

/// Sees each command with its types.
pub trait Visitor {
    /// One command.
    fn command<Args: ts_rs::TS + 'static, Returns: ts_rs::TS + 'static>(
        &mut self,
        name: &str,
        doc: &[&str],
    );
}

commands! {
    /// What a join link leads to, before joining.
    session::inspect_link(InspectLink) -> LinkPreview;
    /// Comes into a space by a join link.
    session::join(Join) -> Entered;
    /// Comes into a space with name and password.
    session::sign_in(SignIn) -> Entered;
    /// Starts a server in this program and comes into its space as the owner.
    session::start_space(StartSpace) -> Entered;
    /// Signs out of a space and removes it from this device.
    session::leave_space(SpaceArgs) -> ();

    /// Tries to connect at once.
    connection::try_now(SpaceArgs) -> ();
    /// Stays offline until asked otherwise.
    connection::stay_offline(SpaceArgs) -> ();
    /// Ends staying offline.
    connection::go_online(SpaceArgs) -> ();
    /// Asks the keyring again.
    connection::retry_keyring(Nothing) -> ();

    /// Writes a message to the outbox. It is on this device's disk when this answers.
    messages::send_message(SendMessage) -> Written;
    /// Sends a refused message again, under the name that this answers.
    messages::retry_message(QueuedArgs) -> Written;
    /// Throws a message away that is not on the server.
    messages::discard_message(QueuedArgs) -> ();
    /// Changes a message that was not sent yet, or was refused; it has the name that this answers.
    messages::edit_queued(EditQueued) -> Written;
    /// All messages that are not on the server yet.
    messages::outbox(SpaceArgs) -> Vec<Queued>;

    /// Rows of a room's timeline.
    timeline::timeline(TimelineArgs) -> Timeline;
    /// Moves a read marker forward.
    timeline::mark_read(MarkRead) -> ();

    /// Makes a public or private room.
    rooms::create_room(CreateRoom) -> RoomOpened;
    /// Finds or makes the direct room with these people.
    rooms::open_direct(OpenDirect) -> RoomOpened;
    /// The public rooms of the space.
    rooms::public_rooms(SpaceArgs) -> Vec<PublicRoom>;
    /// Joins a public room.
    rooms::join_room(RoomArgs) -> ();
    /// Leaves a room.
    rooms::leave_room(RoomArgs) -> ();
    /// Who is in a room.
    rooms::room_members(RoomArgs) -> Vec<UserId>;
    /// Brings people into a room.
    rooms::add_members(AddMembers) -> ();
    /// Sends somebody out of a room.
    rooms::remove_member(MemberArgs) -> ();
    /// Mutes a room, or no longer.
    rooms::mute_room(MuteRoom) -> ();
    /// Keeps unsent text, here and on the person's other devices.
    rooms::save_draft(SaveDraft) -> ();
    /// Tells the others in a room that the person writes.
    rooms::typing(RoomArgs) -> ();

    /// Makes a join link to pass on.
    people::invite(InviteArgs) -> Invitation;
    /// The person's devices.
    people::devices(SpaceArgs) -> DeviceList;
    /// Signs a device of the person out.
    people::revoke_device(DeviceArgs) -> ();
    /// Changes the person's own name or password.
    people::edit_me(EditMe) -> ();

    /// Asks for the snapshot again.
    app::resync(Nothing) -> ();
    /// Keeps what the person chose.
    app::set_settings(Settings) -> ();
    /// Tells what the person has before their eyes.
    app::look(Look) -> ();
    /// What was asked to be opened is open.
    app::opened(Nothing) -> ();
    /// The last decisions about notifications, newest first.
    app::notify_decisions(Nothing) -> Vec<NotifyDecision>;
    /// Shows a notification, to see whether they work.
    app::test_notification(Nothing) -> ();
}

fn read<T: serde::de::DeserializeOwned>(name: &str, args: Value) -> Result<T, Failure> {
    serde_json::from_value(args)
        .map_err(|error| Failure::new(Code::BadCommand, format!("arguments of {name}: {error}")))
}

fn write<T: serde::Serialize>(name: &str, answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(Code::BadCommand, format!("answer of {name}: {error}")))
}
