//! The only list of commands.
//!
//! A line here is a command: its handler, what it takes, what it answers. From it come the
//! dispatcher that every host calls, the list of names, and the TypeScript that the interface is
//! checked against. A line without a handler does not compile; a handler without a line can't be
//! reached.

use serde_json::Value;

use crate::app::App;
use crate::dto::{
    AddAuthority, AddMembers, ChangePassphrase, CreateRoom, DeviceArgs, DeviceLink, DeviceList,
    EditMe, EditQueued, EnqueuedMessage, Examination, FrameArgs, FrameText, InspectLink,
    InstallUpdate, Invitation, InviteArgs, Join, JoinedSpace, LinkByCode, LinkDevice, LinkPreview,
    MarkRead, MemberArgs, MuteRoom, Nothing, NotifyDecision, NotifyRoom, OpenDirect,
    PassphraseArgs, PolicyVerdict, QueuedArgs, RenameDevice, RenameSpace, RenewLink, ReportArgs,
    ReportText, RoomArgs, RoomOpened, SaveDraft, SavedFile, SendMessage, ServerArgs, ServerTrust,
    SetNetwork, SetStatus, Settings, SignIn, SignInAddress, SpaceArgs, StartSpace, TestNetwork,
    TimelineArgs, ViewState, ViewerFocus,
};
use crate::error::{Code, Failure};
use crate::handlers;
use homing_engine::ConnectionPolicy;
use homing_engine::net::certificate_authority::CertificateAuthority;
use homing_engine::trace::Traffic;
use homing_engine::view::{Queued, Timeline};
use homing_protocol::UserId;
use homing_protocol::http::{MemberReceipt, PublicRoom};

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
    /// What a link leads to, before it is used.
    session::inspect_link(InspectLink) -> LinkPreview;
    /// Comes into a space by a join link.
    session::join(Join) -> JoinedSpace;
    /// Comes into a space by the link that another device of the person shows.
    session::link_device(LinkDevice) -> JoinedSpace;
    /// Comes into a space by the code of such a link, typed.
    session::link_by_code(LinkByCode) -> JoinedSpace;
    /// Whether a server's certificate is to be compared by the person before they sign in there.
    /// Takes whatever one can sign in by; sends nothing but a TLS greeting.
    session::server_trust(ServerArgs) -> ServerTrust;
    /// Comes into a space with name and password.
    session::sign_in(SignIn) -> JoinedSpace;
    /// Starts a server in this program and comes into its space as the owner.
    session::start_space(StartSpace) -> JoinedSpace;
    /// Signs out of a space and removes it from this device.
    session::leave_space(SpaceArgs) -> ();

    /// Tries to connect at once.
    connection::try_now(SpaceArgs) -> ();
    /// Stays offline until asked otherwise.
    connection::stay_offline(SpaceArgs) -> ();
    /// Ends staying offline.
    connection::go_online(SpaceArgs) -> ();
    /// Goes on trying without asking again.
    connection::keep_trying(SpaceArgs) -> ();
    /// Opens the Connection Inspector: answers all that is kept, and pushes what comes.
    connection::inspect(SpaceArgs) -> Traffic;
    /// Closes it.
    connection::stop_inspecting(SpaceArgs) -> ();
    /// The whole text of a frame.
    connection::frame_text(FrameArgs) -> FrameText;
    /// All that is kept as text, with everything private masked.
    connection::export_frames(SpaceArgs) -> ReportText;
    /// Writes the same to a file among the person's downloads.
    connection::save_frames(SpaceArgs) -> SavedFile;
    /// Has the Doctor look at the connection; what it finds is pushed.
    connection::examine(SpaceArgs) -> ();
    /// Ends that.
    connection::stop_examining(SpaceArgs) -> Examination;
    /// What the Doctor found last.
    connection::examination(SpaceArgs) -> Examination;
    /// The same as text.
    connection::examination_report(ReportArgs) -> ReportText;

    /// Asks the keyring again.
    keeping::retry_keyring(Nothing) -> ();
    /// Has the system create a keyring, by its own dialog, where it has none.
    keeping::create_keyring(Nothing) -> ();
    /// Keeps tokens in a file behind a passphrase from now on, and moves those there that can be.
    /// A file that is there is put aside.
    keeping::begin_passphrase(PassphraseArgs) -> ();
    /// Opens the file with its passphrase.
    keeping::enter_passphrase(PassphraseArgs) -> ();
    /// Takes another passphrase.
    keeping::change_passphrase(ChangePassphrase) -> ();
    /// Moves the tokens from the file into the keyring, and keeps new ones there.
    keeping::use_keyring(Nothing) -> ();

    /// Chooses how servers are reached, from now on and for every space.
    network::set_network(SetNetwork) -> ();
    /// Tries the way to a server out, step by step, without choosing it.
    network::test_network(TestNetwork) -> Examination;
    /// The certificate authorities that are trusted for one server each.
    network::authorities(Nothing) -> Vec<CertificateAuthority>;
    /// Trusts one more, instead of those that the server had.
    network::add_authority(AddAuthority) -> Vec<CertificateAuthority>;
    /// Trusts those of a server no longer.
    network::remove_authority(ServerArgs) -> Vec<CertificateAuthority>;
    /// Goes to a space's server by a new join link: it moved, or has a new certificate.
    network::renew_link(RenewLink) -> ();

    /// Writes a message to the outbox. It is on this device's disk when this answers.
    messages::send_message(SendMessage) -> EnqueuedMessage;
    /// Sends a refused message again, under the name that this answers.
    messages::retry_message(QueuedArgs) -> EnqueuedMessage;
    /// Throws a message away that is not on the server.
    messages::discard_message(QueuedArgs) -> ();
    /// Changes a message that was not sent yet, or was refused; it has the name that this answers.
    messages::edit_queued(EditQueued) -> EnqueuedMessage;
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
    /// How far a room has got to each of its members, in order of joining.
    rooms::room_receipts(RoomArgs) -> Vec<MemberReceipt>;
    /// Brings people into a room.
    rooms::add_members(AddMembers) -> ();
    /// Sends somebody out of a room.
    rooms::remove_member(MemberArgs) -> ();
    /// Mutes a room, for ever or for a time, or no longer.
    rooms::mute_room(MuteRoom) -> ();
    /// Says what a room notifies of.
    rooms::notify_room(NotifyRoom) -> ();
    /// Keeps unsent text, here and on the person's other devices.
    rooms::save_draft(SaveDraft) -> ();
    /// Tells the others in a room that the person writes.
    rooms::typing(RoomArgs) -> ();

    /// Makes a join link to pass on.
    people::invite(InviteArgs) -> Invitation;
    /// The person's devices.
    people::devices(SpaceArgs) -> DeviceList;
    /// Makes a link by which the person brings another device along.
    people::offer_link(SpaceArgs) -> DeviceLink;
    /// Where another device signs in with name and password.
    people::sign_in_address(SpaceArgs) -> SignInAddress;
    /// Ends that link.
    people::withdraw_link(SpaceArgs) -> ();
    /// Gives a device of the person another name.
    people::rename_device(RenameDevice) -> ();
    /// Signs a device of the person out.
    people::revoke_device(DeviceArgs) -> ();
    /// Gives the space another name.
    people::rename_space(RenameSpace) -> ();
    /// Changes the person's own name or password.
    people::edit_me(EditMe) -> ();

    /// Asks for the snapshot again.
    app::resync(Nothing) -> ();
    /// Keeps what the person chose.
    app::set_settings(Settings) -> ();
    /// What is to be said of figures for the connection. Nothing is kept.
    app::judge_patience(ConnectionPolicy) -> PolicyVerdict;
    /// Says something of oneself, in every space.
    app::set_status(SetStatus) -> ();
    /// Tells what the person has before their eyes.
    app::look(ViewerFocus) -> ();
    /// What was asked to be opened is open.
    app::opened(Nothing) -> ();
    /// Quits, though others may be connected to the space that this program hosts.
    app::quit(Nothing) -> ();
    /// The person has read what became of a damaged space.
    app::rescue_read(SpaceArgs) -> ();
    /// Looks for a new version of this program; what comes of it is pushed.
    updates::look_for_update(Nothing) -> ();
    /// Fetches it, or goes on with that.
    updates::fetch_update(Nothing) -> ();
    /// Stops fetching it.
    updates::cancel_update(Nothing) -> ();
    /// Installs what was fetched.
    updates::install_update(InstallUpdate) -> ();
    /// Keeps where the window stands, for one that is built anew.
    app::keep_standing(ViewState) -> ();
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
