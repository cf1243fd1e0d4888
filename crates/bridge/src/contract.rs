//! The list of commands.
//!
//! Each line is one command: its handler, its arguments and its result. The macro makes of it the
//! dispatcher that every host calls, the list of names, and the TypeScript that the interface is
//! checked against. A line without a handler does not compile, and a handler without a line can't
//! be reached.

use serde_json::Value;

use crate::app::App;
use crate::dto::{
    AddAuthority, AddMembers, ChangePassphrase, CreateRoom, DeviceArgs, DeviceLink, DeviceList,
    EditMe, EnqueuedMessage, Examination, FrameArgs, FrameText, InspectLink, InstallUpdate,
    Invitation, InviteArgs, Join, JoinedSpace, LinkByCode, LinkDevice, LinkPreview, MarkRead,
    MarkUnread, MemberArgs, MessageArgs, MessageLinkText, MuteRoom, Nothing, NotifyDecision,
    NotifyRoom, OpenDirect, PassphraseArgs, PolicyVerdict, QueuedArgs, RenameDevice, RenameSpace,
    RenewLink, ReportArgs, ReportText, RoomArgs, RoomOpened, SaveDraft, SavedFile, ServerArgs,
    ServerTrust, SetNetwork, SetStatus, Settings, SignIn, SignInAddress, SpaceArgs, StartSpace,
    TestNetwork, TimelineArgs, ViewState, ViewerFocus, Write,
};
use crate::error::{Code, Failure};
use crate::handlers;
use homing_engine::ConnectionPolicy;
use homing_engine::net::certificate_authority::CertificateAuthority;
use homing_engine::trace::Traffic;
use homing_engine::view::{Queued, Timeline};
use homing_protocol::UserId;
use homing_protocol::fold::Revision;
use homing_protocol::http::{MemberReceipt, PublicRoom};

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $area:ident::$name:ident($args:ty) -> $returns:ty;)*) => {
        /// The name of every command.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        /// Runs a command.
        ///
        /// # Errors
        /// [`Code::BadCommand`] for an unknown name or wrong arguments, otherwise the handler's
        /// error.
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
                    written(name, &answer)
                })*
                _ => Err(Failure::new(Code::BadCommand, format!("no command is called {name}"))),
            }
        }

        /// Calls the visitor for each command.
        pub fn visit(visitor: &mut impl Visitor) {
            $(visitor.command::<$args, $returns>(stringify!($name), &[$($doc),+]);)*
        }
    };
}

/// Visits each command with its types.
pub trait Visitor {
    /// One command.
    fn command<Args: ts_rs::TS + 'static, Returns: ts_rs::TS + 'static>(
        &mut self,
        name: &str,
        doc: &[&str],
    );
}

commands! {
    /// Describes a link before it is used.
    session::inspect_link(InspectLink) -> LinkPreview;
    /// Joins a space by a join link.
    session::join(Join) -> JoinedSpace;
    /// Joins a space by a device link, which another device of the person shows.
    session::link_device(LinkDevice) -> JoinedSpace;
    /// Joins a space by the typed code of a device link.
    session::link_by_code(LinkByCode) -> JoinedSpace;
    /// Whether the person has to compare a server's certificate before they sign in there. Takes
    /// everything that one can sign in by. Opens a TLS connection and sends nothing over it.
    session::server_trust(ServerArgs) -> ServerTrust;
    /// Signs in to a space with name and password.
    session::sign_in(SignIn) -> JoinedSpace;
    /// Starts a server in this program and joins its space as the owner.
    session::start_space(StartSpace) -> JoinedSpace;
    /// Signs out of a space and removes it from this device.
    session::leave_space(SpaceArgs) -> ();

    /// Tries to connect now.
    connection::try_now(SpaceArgs) -> ();
    /// Goes offline until `go_online`.
    connection::stay_offline(SpaceArgs) -> ();
    /// Ends staying offline.
    connection::go_online(SpaceArgs) -> ();
    /// Goes on trying without asking again.
    connection::keep_trying(SpaceArgs) -> ();
    /// Opens the Connection Inspector: returns the stored entries and pushes new ones.
    connection::inspect(SpaceArgs) -> Traffic;
    /// Closes the Connection Inspector.
    connection::stop_inspecting(SpaceArgs) -> ();
    /// The full text of a frame.
    connection::frame_text(FrameArgs) -> FrameText;
    /// All stored entries as text, with private content masked.
    connection::export_frames(SpaceArgs) -> ReportText;
    /// Writes the same text to a file in the downloads folder.
    connection::save_frames(SpaceArgs) -> SavedFile;
    /// Starts the Doctor for the connection; its findings are pushed.
    connection::examine(SpaceArgs) -> ();
    /// Stops the Doctor.
    connection::stop_examining(SpaceArgs) -> Examination;
    /// The Doctor's last findings.
    connection::examination(SpaceArgs) -> Examination;
    /// The Doctor's last findings as text.
    connection::examination_report(ReportArgs) -> ReportText;

    /// Asks the keyring again.
    keeping::retry_keyring(Nothing) -> ();
    /// Has the system create a keyring with its own dialog.
    keeping::create_keyring(Nothing) -> ();
    /// Stores tokens in a file behind a passphrase from now on, and moves the readable ones there.
    /// An existing file is put aside.
    keeping::begin_passphrase(PassphraseArgs) -> ();
    /// Opens the file with its passphrase.
    keeping::enter_passphrase(PassphraseArgs) -> ();
    /// Changes the passphrase.
    keeping::change_passphrase(ChangePassphrase) -> ();
    /// Moves the tokens from the file into the keyring and stores new ones there.
    keeping::use_keyring(Nothing) -> ();

    /// Sets the network settings, for every space.
    network::set_network(SetNetwork) -> ();
    /// Tests the route to a server step by step, without saving it.
    network::test_network(TestNetwork) -> Examination;
    /// The certificate authorities trusted for single servers.
    network::authorities(Nothing) -> Vec<CertificateAuthority>;
    /// Adds an authority in place of those the server had.
    network::add_authority(AddAuthority) -> Vec<CertificateAuthority>;
    /// Removes the authorities of a server.
    network::remove_authority(ServerArgs) -> Vec<CertificateAuthority>;
    /// Connects to a space's server by a new join link: it has moved or has a new certificate.
    network::renew_link(RenewLink) -> ();

    /// Enqueues a message, or a change of one. It is on this device's disk when this returns.
    messages::write(Write) -> EnqueuedMessage;
    /// Sends a rejected message again under the new `cid` that this returns.
    messages::retry_message(QueuedArgs) -> EnqueuedMessage;
    /// Deletes a message that is not on the server.
    messages::discard_message(QueuedArgs) -> ();
    /// All messages that are not on the server yet.
    messages::outbox(SpaceArgs) -> Vec<Queued>;
    /// The texts that a message had, oldest first. Asks the server.
    messages::revisions(MessageArgs) -> Vec<Revision>;
    /// The link to a message. It names the message and lets nobody in.
    messages::message_link(MessageArgs) -> MessageLinkText;
    /// The message that a link names. It may not be on this device, nor its space.
    messages::read_message_link(InspectLink) -> MessageArgs;

    /// Rows of a room's timeline.
    timeline::timeline(TimelineArgs) -> Timeline;
    /// Moves a read marker forward.
    timeline::mark_read(MarkRead) -> ();
    /// Marks a room as unread from an event on, until it is read again.
    timeline::mark_unread(MarkUnread) -> ();

    /// Creates a public or private room.
    rooms::create_room(CreateRoom) -> RoomOpened;
    /// Finds or creates the direct room with these people.
    rooms::open_direct(OpenDirect) -> RoomOpened;
    /// The public rooms of the space.
    rooms::public_rooms(SpaceArgs) -> Vec<PublicRoom>;
    /// Joins a public room.
    rooms::join_room(RoomArgs) -> ();
    /// Leaves a room.
    rooms::leave_room(RoomArgs) -> ();
    /// Who is in a room.
    rooms::room_members(RoomArgs) -> Vec<UserId>;
    /// How far a room has reached each of its members, in order of joining.
    rooms::room_receipts(RoomArgs) -> Vec<MemberReceipt>;
    /// Adds people to a room.
    rooms::add_members(AddMembers) -> ();
    /// Removes somebody from a room.
    rooms::remove_member(MemberArgs) -> ();
    /// Mutes a room, for ever or for a time, or unmutes it.
    rooms::mute_room(MuteRoom) -> ();
    /// Sets the notification level of a room.
    rooms::notify_room(NotifyRoom) -> ();
    /// Saves a draft, here and on the person's other devices.
    rooms::save_draft(SaveDraft) -> ();
    /// Tells the others in a room that the person is typing.
    rooms::typing(RoomArgs) -> ();

    /// Creates a join link.
    people::invite(InviteArgs) -> Invitation;
    /// The person's devices.
    people::devices(SpaceArgs) -> DeviceList;
    /// Creates a device link, by which another device of the person joins.
    people::offer_link(SpaceArgs) -> DeviceLink;
    /// The address at which another device signs in with name and password.
    people::sign_in_address(SpaceArgs) -> SignInAddress;
    /// Revokes the device link.
    people::withdraw_link(SpaceArgs) -> ();
    /// Renames a device of the person.
    people::rename_device(RenameDevice) -> ();
    /// Signs out a device of the person.
    people::revoke_device(DeviceArgs) -> ();
    /// Renames the space.
    people::rename_space(RenameSpace) -> ();
    /// Changes the person's own name or password.
    people::edit_me(EditMe) -> ();

    /// Requests a new snapshot.
    app::resync(Nothing) -> ();
    /// Saves the settings.
    app::set_settings(Settings) -> ();
    /// Checks figures for the connection policy. Nothing is saved.
    app::judge_patience(ConnectionPolicy) -> PolicyVerdict;
    /// Sets the person's status in every space.
    app::set_status(SetStatus) -> ();
    /// Reports the window's focus and the visible room.
    app::look(ViewerFocus) -> ();
    /// Confirms that what was asked to be opened is open.
    app::opened(Nothing) -> ();
    /// Quits, even if others are connected to the hosted space.
    app::quit(Nothing) -> ();
    /// Dismisses the report about a damaged space.
    app::rescue_read(SpaceArgs) -> ();
    /// Looks for a new version; the result is pushed.
    updates::look_for_update(Nothing) -> ();
    /// Downloads the new version, or continues to.
    updates::fetch_update(Nothing) -> ();
    /// Stops the download.
    updates::cancel_update(Nothing) -> ();
    /// Installs the downloaded version.
    updates::install_update(InstallUpdate) -> ();
    /// Saves the window's view state for a window that is built anew.
    app::keep_standing(ViewState) -> ();
    /// The last decisions about notifications, newest first.
    app::notify_decisions(Nothing) -> Vec<NotifyDecision>;
    /// Shows a test notification.
    app::test_notification(Nothing) -> ();
}

fn read<T: serde::de::DeserializeOwned>(name: &str, args: Value) -> Result<T, Failure> {
    serde_json::from_value(args)
        .map_err(|error| Failure::new(Code::BadCommand, format!("arguments of {name}: {error}")))
}

fn written<T: serde::Serialize>(name: &str, answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(Code::BadCommand, format!("answer of {name}: {error}")))
}
