// Made by `cargo xtask codegen` from crates/bridge. Never edited by hand.

/**
 * What a fact is about.
 */
export type FactKind = "server" | "addresses" | "connected" | "missed" | "proxy" | "chosen_by" | "encryption" | "subject" | "issuer" | "valid_until" | "fingerprint" | "expected" | "status" | "subprotocol" | "program" | "wire" | "close_code" | "when" | "idle_for" | "round_trips" | "ahead" | "words";

/**
 * Trusts a certificate authority for a server.
 */
export type AddAuthority = {
/**
 * `host`, `host:port`, or a join link.
 */
server: string,
/**
 * Its certificate, as PEM text.
 */
pem: string, };

/**
 * People to bring into a room.
 */
export type AddMembers = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Into which room.
 */
room: RoomId,
/**
 * Whom.
 */
users: Array<UserId>, };

/**
 * A row, and where it stands.
 */
export type ScrollAnchor = {
/**
 * In which room.
 */
room: RoomId,
/**
 * The row's key.
 */
key: string,
/**
 * Where it is in the log, to read the rows around it.
 */
seq: Seq,
/**
 * Pixels from the upper edge down to the row; less than none for a row that is cut off there.
 * Rows have heights between whole pixels.
 */
offset: number, };

/**
 * Everything the interface shows apart from timelines.
 */
export type AppView = {
/**
 * The version of this program.
 */
version: string,
/**
 * The name of the profile, if it is not the default one.
 */
profile: string | null,
/**
 * What the operating system calls the person, to be offered as a name.
 */
full_name: string | null,
/**
 * Each space this device is in, in order of joining.
 */
spaces: Array<Overview>,
/**
 * Spaces that are on this device and can't be opened.
 */
unreadable: Array<Unreadable>,
/**
 * Spaces that were damaged and built anew, until the person has read of it.
 */
rescued: Array<Rescued>,
/**
 * What the person chose.
 */
settings: Settings,
/**
 * How it stands with the keyring.
 */
keyring: Keyring,
/**
 * How it stands with the file behind a passphrase.
 */
sealed: Sealed,
/**
 * The space whose server runs inside this program, if one does.
 */
hosting: Hosting | null,
/**
 * How it stands with new versions of this program.
 */
update: Update,
/**
 * What a click, a link or a second start asks to be shown.
 */
open: Open | null,
/**
 * What the desktop does for the program.
 */
desktop: DesktopView,
/**
 * Where the last window stood.
 */
standing: ViewState | null, };

/**
 * Whether a person is to be asked how to go on, after so many tries that failed. It is tried on
 * whatever they answer, and if they do not: waiting never ends by itself.
 */
export type RetryPrompt = "not_yet" | "now" | "quieted";

/**
 * An authority as a person sees it.
 */
export type CertificateAuthority = {
/**
 * For which server, as `host:port`.
 */
server: string,
/**
 * What it calls itself.
 */
name: string,
/**
 * SHA-256 of its certificate, as other tools print it.
 */
fingerprint: string,
/**
 * The last day on which it is good.
 */
until: string,
/**
 * It is past that day, and is not trusted any more.
 */
ended: boolean, };

/**
 * What a desktop can do.
 */
export type DesktopCapabilities = {
/**
 * Start the program with the session.
 */
autostart: boolean,
/**
 * Draw without the graphics card, where there is one.
 */
safe_graphics: boolean,
/**
 * Zoom the window.
 */
zoom: boolean,
/**
 * Bring the window by keys.
 */
shortcut: boolean, };

/**
 * One change.
 */
export type Change = { "change": "in",
/**
 * Which.
 */
space: SpaceId,
/**
 * What.
 */
diff: Diff, } | { "change": "space_entered",
/**
 * All of it.
 */
overview: Overview, } | { "change": "space_left",
/**
 * Which.
 */
space: SpaceId, } | { "change": "rescued",
/**
 * All that there are now.
 */
rescued: Array<Rescued>, } | { "change": "unreadable",
/**
 * All that there are now.
 */
unreadable: Array<Unreadable>, } | { "change": "settings",
/**
 * As they are now.
 */
settings: Settings, } | { "change": "keyring",
/**
 * As it is now.
 */
keyring: Keyring, } | { "change": "sealed",
/**
 * As it is now.
 */
sealed: Sealed, } | { "change": "desktop",
/**
 * As it is now.
 */
desktop: DesktopView, } | { "change": "hosting",
/**
 * As it is now.
 */
hosting: Hosting | null, } | { "change": "update",
/**
 * As it is now.
 */
update: Update, } | { "change": "traffic",
/**
 * In which space.
 */
space: SpaceId,
/**
 * What is new.
 */
traffic: Traffic, } | { "change": "examination",
/**
 * In which space.
 */
space: SpaceId,
/**
 * All that was found so far.
 */
examination: Examination, } | { "change": "open",
/**
 * What.
 */
open: Open, };

/**
 * Chooses another passphrase.
 */
export type ChangePassphrase = {
/**
 * The one so far.
 */
old: Passphrase,
/**
 * The one from now on.
 */
new: Passphrase, };

/**
 * The name a client gives to an event before it is sent (UUIDv7). `UNIQUE(sender, cid)` stands
 * in the server's log for ever: sending a cid again can never make a second event.
 */
export type Cid = string;

/**
 * Why, as far as the interface acts on it.
 */
export type Code = "bad_command" | "not_a_link" | "damaged_link" | "plain_link" | "sign_in_link" | "invite_invalid" | "link_invalid" | "code_invalid" | "name_taken" | "name_invalid" | "bad_login" | "password_too_short" | "already_joined" | "another_member" | "too_many_devices" | "offline" | "certificate_changed" | "certificate_untrusted" | "token_missing" | "blocked" | "server_away" | "busy" | "redirected" | "hung_up" | "upgrade_spoilt" | "subprotocol_hidden" | "server_failed" | "not_homing" | "not_http" | "other_space" | "proxy_not_found" | "proxy_unreachable" | "proxy_needs_password" | "proxy_wrong_password" | "proxy_no_password" | "proxy_refuses" | "proxy_no_way" | "proxy_hung_up" | "not_a_proxy" | "proxy_unusable" | "proxy_host" | "proxy_port" | "proxy_user" | "authority_not_pem" | "authority_no_certificate" | "not_authority" | "authority_ended" | "authority_not_yet" | "authority_too_long" | "version_unsupported" | "keyring" | "sealed" | "wrong_passphrase" | "passphrase_too_short" | "signed_out" | "not_found" | "forbidden" | "empty" | "too_large" | "holds_nul" | "too_late" | "rate_limited" | "port_taken" | "bad_setting" | "storage" | "failed";

/**
 * As whom a link lets one in.
 */
export type ComesAs = { "kind": "member",
/**
 * Who invites.
 */
invited_by: string | null,
/**
 * What the new member will be.
 */
role: Role, } | { "kind": "oneself",
/**
 * By which name.
 */
name: string,
/**
 * What the device that shows the link is called.
 */
linked_by: string, };

/**
 * Makes a room.
 */
export type CreateRoom = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Public or private.
 */
kind: RoomKind,
/**
 * What to call it.
 */
name: string,
/**
 * What it is for.
 */
topic: string,
/**
 * Who else is in it from the start.
 */
members: Array<UserId>,
/**
 * Names this attempt; the same one for a retry.
 */
attempt: Cid, };

/**
 * How far one's own message got. There is no fifth, silent state.
 */
export type Delivery = { "state": "queued" } | { "state": "sending" } | { "state": "sent" } | { "state": "wedged",
/**
 * Why.
 */
reason: WedgeReason, };

/**
 * Space between lines.
 */
export type Density = "comfortable" | "compact";

/**
 * What became of what the person chose for the desktop.
 */
export type DesktopView = {
/**
 * How it stands with the shortcut that brings the window.
 */
shortcut: Shortcut,
/**
 * Why the program can't be started with the session, in the system's words.
 */
autostart_failed: string | null,
/**
 * How the window of this run is drawn; another choice holds from the next start.
 */
safe_graphics: boolean,
/**
 * What this desktop can do at all.
 */
can: DesktopCapabilities, };

/**
 * One device of a member.
 */
export type Device = {
/**
 * Which.
 */
id: DeviceId,
/**
 * What it is called.
 */
name: string,
/**
 * When it signed in, in milliseconds since 1970.
 */
created: number,
/**
 * When it was last connected, in milliseconds since 1970.
 */
last_seen: number,
/**
 * It is the one that asks.
 */
current: boolean, };

/**
 * Names a device of the person.
 */
export type DeviceArgs = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
device: DeviceId, };

/**
 * One installed copy of a client, signed in as one member.
 */
export type DeviceId = string;

/**
 * A link by which another device comes in.
 */
export type DeviceLink = {
/**
 * The link.
 */
link: string,
/**
 * For how long it is good from now, in milliseconds.
 */
lifetime_ms: number,
/**
 * The server in it, as one would type it: `host`, or `host:port`.
 */
server: string,
/**
 * The code in it, in groups of four characters.
 */
code: string,
/**
 * The certificate's fingerprint in it, to compare; none where the operating system judges it.
 */
fingerprint: string | null,
/**
 * The same to be read by a camera.
 */
qr: Qr | null, };

/**
 * The person's devices in a space.
 */
export type DeviceList = {
/**
 * Newest first.
 */
devices: Array<Device>, };

/**
 * A device in the member's own stream.
 */
export type DeviceName = {
/**
 * Which.
 */
id: DeviceId,
/**
 * What it is called.
 */
name: string, };

/**
 * One change of what a viewer sees.
 */
export type Diff = { "diff": "space",
/**
 * As it is now.
 */
space: Space, } | { "diff": "status",
/**
 * As it is now.
 */
status: Status, } | { "diff": "link",
/**
 * As it is now.
 */
link: ConnectionState, } | { "diff": "room",
/**
 * As it is now.
 */
room: Room, } | { "diff": "room_gone",
/**
 * Which.
 */
room: RoomId, } | { "diff": "person",
/**
 * As they are now.
 */
person: Person, } | { "diff": "presence",
/**
 * By person.
 */
people: Array<[UserId, Presence]>,
/**
 * This is everybody.
 */
all: boolean, } | { "diff": "typing",
/**
 * Where.
 */
room: RoomId,
/**
 * Who.
 */
user: UserId, } | { "diff": "items",
/**
 * In which room.
 */
room: RoomId,
/**
 * The rows.
 */
items: Array<Item>, } | { "diff": "items_gone",
/**
 * In which room.
 */
room: RoomId,
/**
 * By key.
 */
keys: Array<string>, } | { "diff": "holes",
/**
 * In which room.
 */
room: RoomId,
/**
 * Oldest first; empty when nothing is missing any more.
 */
holes: Array<Hole>, } | { "diff": "timeline_reset",
/**
 * Which.
 */
room: RoomId, } | { "diff": "devices",
/**
 * All that there are now, newest first.
 */
devices: Array<DeviceName>, } | { "diff": "outbox",
/**
 * As it is now.
 */
outbox: OutboxCount, };

/**
 * Changes the person's own account.
 */
export type EditMe = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * A new nickname.
 */
name: string | null,
/**
 * A new password.
 */
password: string | null,
/**
 * The password until now, which a new one needs if there is one.
 */
current_password: string | null,
/**
 * With a new password, signs out the person's other devices.
 */
sign_out_others: boolean, };

/**
 * Writes a queued message anew.
 */
export type EditQueued = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
cid: Cid,
/**
 * What it says from now on.
 */
text: string,
/**
 * Whom it names from now on.
 */
mentions: Array<UserId>, };

/**
 * The space that was come into.
 */
export type JoinedSpace = {
/**
 * Which.
 */
space: SpaceId, };

/**
 * One line of the table.
 */
export type Entry = {
/**
 * 1, 2, 3 … since the engine's start.
 */
number: number,
/**
 * Which connection of this engine; 0 before the first.
 */
connection: number,
/**
 * When, in milliseconds since 1970.
 */
at: number,
/**
 * What happened.
 */
what: TraceEvent, };

/**
 * What the Doctor found.
 */
export type Examination = {
/**
 * It still looks.
 */
running: boolean,
/**
 * So far, in order.
 */
findings: Array<Finding>, };

/**
 * Something that was seen.
 */
export type Fact = {
/**
 * What it is about.
 */
about: FactKind,
/**
 * What was seen.
 */
value: string, };

/**
 * A command's failure.
 */
export type Failure = {
/**
 * Why.
 */
code: Code,
/**
 * In English, for the log and for "details".
 */
text: string,
/**
 * Not before so many milliseconds.
 */
retry_after_ms: number | null, };

/**
 * One of the figures.
 */
export type PolicyField = "probe_every" | "probe_answer" | "retry_first" | "retry_most" | "ask_after";

/**
 * One step, looked at.
 */
export type Finding = {
/**
 * Which.
 */
step: Step,
/**
 * What came of it.
 */
outcome: Outcome,
/**
 * What that amounts to.
 */
verdict: Verdict,
/**
 * How long it took, in milliseconds; none where nothing was waited for.
 */
took_ms: number | null,
/**
 * What was seen.
 */
facts: Array<Fact>, };

/**
 * Names a frame in the Inspector.
 */
export type FrameArgs = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Its number.
 */
number: number, };

/**
 * The whole of a frame.
 */
export type FrameText = {
/**
 * Laid out for reading, with secrets masked. None: it was not kept, because the Inspector was
 * not open when it passed, or it is long gone.
 */
text: string | null, };

/**
 * How the window is drawn.
 */
export type Graphics = "usual" | "safe" | "safe_after_blank";

/**
 * What happened on the line.
 */
export type TraceEvent = { "what": "sent",
/**
 * As in `"t"`.
 */
kind: string,
/**
 * Bytes of its text.
 */
length: number,
/**
 * Its text with everything private masked; only of frames from when the Inspector was
 * open.
 */
preview: string | null, } | { "what": "received",
/**
 * As in `"t"`; `ws_ping` and `ws_pong` for the WebSocket's own, `?` for what is none.
 */
kind: string,
/**
 * Bytes of its text.
 */
length: number,
/**
 * As for `Sent`.
 */
preview: string | null, } | { "what": "opened",
/**
 * Failed tries before it.
 */
attempt: number, } | { "what": "closed",
/**
 * The WebSocket close code; 1006 when it was cut.
 */
code: number,
/**
 * Who ended it.
 */
by: Side, } | { "what": "failed",
/**
 * Why.
 */
why: ConnectionFailure, };

/**
 * A part of a room's log that this device does not hold yet: `from` to `to`, both missing.
 */
export type Hole = {
/**
 * The first missing.
 */
from: Seq,
/**
 * The last missing.
 */
to: Seq,
/**
 * The server no longer has it.
 */
expired: boolean, };

/**
 * The server inside this program.
 */
export type Hosting = {
/**
 * The space it hosts.
 */
space: SpaceId,
/**
 * Where others reach it: `host:port`.
 */
address: string, };

/**
 * A link to look into.
 */
export type InspectLink = {
/**
 * As pasted.
 */
link: string, };

/**
 * Installs what is ready.
 */
export type InstallUpdate = {
/**
 * When.
 */
when: UpdateWhen, };

/**
 * A join link to pass on.
 */
export type Invitation = {
/**
 * The link.
 */
link: string, };

/**
 * Asks for a join link.
 */
export type InviteArgs = {
/**
 * Into which space.
 */
space: SpaceId,
/**
 * What the new members will be.
 */
role: Role,
/**
 * How many may use it; none: any number.
 */
uses: number | null,
/**
 * For how long, in seconds; none: for ever.
 */
lifetime_s: number | null, };

/**
 * One row of a timeline.
 *
 * `key` stays the same from being queued to being on the server, so a row never jumps or doubles.
 */
export type Item = {
/**
 * The cid where there is one, else the event's id.
 */
key: string,
/**
 * Where it stands.
 */
place: TimelinePosition,
/**
 * Who caused it.
 */
sender: UserId,
/**
 * When, in milliseconds since 1970: the server's time, or the writer's while it is queued.
 */
ts: number,
/**
 * What it says.
 */
content: ItemContent,
/**
 * How far it got. `None` for what others did.
 */
delivery: Delivery | null, };

/**
 * What a row says.
 */
export type ItemContent = { "kind": "message",
/**
 * Text with a small subset of Markdown.
 */
text: string,
/**
 * Whom it names.
 */
mentions: Array<UserId>, } | { "kind": "membership",
/**
 * Who.
 */
user: UserId,
/**
 * How.
 */
change: MembershipChange, } | { "kind": "created",
/**
 * What it was called then.
 */
name: string, } | { "kind": "described",
/**
 * The name from then on.
 */
name: string,
/**
 * The topic from then on.
 */
topic: string, } | { "kind": "hidden" } | { "kind": "unknown" };

/**
 * Comes into a space.
 */
export type Join = {
/**
 * The join link.
 */
link: string,
/**
 * The nickname wanted.
 */
name: string,
/**
 * To sign in with on further devices.
 */
password: string | null,
/**
 * Names this attempt; the same one for a retry, so that nobody joins twice.
 */
attempt: Cid,
/**
 * Keep the token in memory only: for a system without a keyring.
 */
session_only: boolean, };

/**
 * How it stands with the operating system's keyring.
 */
export type Keyring = { "state": "untried" } | { "state": "working" } | { "state": "locked" } | { "state": "absent" } | { "state": "not_set_up" } | { "state": "denied" } | { "state": "changed" } | { "state": "timed_out" } | { "state": "failed",
/**
 * In the keyring's own words.
 */
text: string, };

/**
 * Language of the interface.
 */
export type Language = "system" | "en" | "zh-CN";

/**
 * The one line of truth about the connection.
 */
export type ConnectionState = { "state": "waiting",
/**
 * When that is, in milliseconds since 1970.
 */
until: number,
/**
 * Failed tries so far.
 */
attempt: number,
/**
 * Why the last one failed.
 */
why: ConnectionFailure,
/**
 * Whether the person is to be asked how to go on.
 */
ask: RetryPrompt, } | { "state": "connecting",
/**
 * Failed tries so far.
 */
attempt: number,
/**
 * Whether the person is to be asked how to go on.
 */
ask: RetryPrompt, } | { "state": "catching_up",
/**
 * In so many rooms.
 */
rooms: number,
/**
 * So many messages that are needed for it. What lies further back is a
 * [hole](Timeline::holes), and is fetched afterwards.
 */
messages: number, } | { "state": "up_to_date",
/**
 * The last round trip, in milliseconds.
 */
rtt_ms: number | null, } | { "state": "stopped" } | { "state": "refused",
/**
 * Why.
 */
why: ConnectionFailure, };

/**
 * Comes into a space by the code of a device link, typed where the link can't be had.
 */
export type LinkByCode = {
/**
 * `host`, `host:port`, or any link of the space.
 */
address: string,
/**
 * The self-made certificate that the person decided to trust, where the address names none.
 */
fingerprint: string | null,
/**
 * As typed: case, blanks and hyphens do not matter.
 */
code: string,
/**
 * Names this attempt, as for joining.
 */
attempt: Cid,
/**
 * Keep the token in memory only.
 */
session_only: boolean, };

/**
 * Comes into a space by the link that another device of one's own shows.
 */
export type LinkDevice = {
/**
 * The device link.
 */
link: string,
/**
 * Names this attempt, as for joining.
 */
attempt: Cid,
/**
 * Keep the token in memory only.
 */
session_only: boolean, };

/**
 * Why there is no connection.
 */
export type ConnectionFailure = { "cause": "none" } | { "cause": "no_network" } | { "cause": "name_not_found" } | { "cause": "unreachable" } | { "cause": "timed_out" } | { "cause": "certificate_changed",
/**
 * The fingerprint that the link names, as it stands there.
 */
expected: string,
/**
 * The one of the certificate that is there.
 */
found: string, } | { "cause": "certificate_untrusted" } | { "cause": "proxy",
/**
 * What is wrong with it.
 */
trouble: ProxyError, } | { "cause": "obstacle",
/**
 * What.
 */
obstacle: UnexpectedResponse,
/**
 * The HTTP status it answered; 0 without an answer.
 */
status: number, } | { "cause": "signed_out" } | { "cause": "version_unsupported" } | { "cause": "no_token" } | { "cause": "closed",
/**
 * The WebSocket close code; 1006 when it was cut.
 */
code: number, };

/**
 * What a link leads to.
 */
export type LinkPreview = {
/**
 * What the space is called.
 */
space_name: string,
/**
 * As whom one comes in.
 */
comes_as: ComesAs,
/**
 * `host:port` of the server.
 */
address: string,
/**
 * The certificate is the one that the link names.
 */
pinned: boolean, };

/**
 * What the person has before their eyes. "Seen" is a focused window with the message in view.
 */
export type ViewerFocus = {
/**
 * The window has the focus.
 */
focused: boolean,
/**
 * The person touched the machine lately.
 */
active: boolean,
/**
 * The room on the screen.
 */
room: VisibleRoom | null, };

/**
 * The room on the screen.
 */
export type VisibleRoom = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
room: RoomId,
/**
 * Its newest rows are in view.
 */
at_end: boolean, };

/**
 * A proxy that a person named.
 */
export type ManualProxy = {
/**
 * How it is spoken to.
 */
kind: ProxyKind,
/**
 * Its name or address.
 */
host: string,
/**
 * Its port.
 */
port: number,
/**
 * Who one is to it; empty: nobody.
 */
user: string,
/**
 * A password for it is at hand, in the keyring or for this session only, under its
 * [name](Self::secret_name).
 */
password_kept: boolean,
/**
 * Servers that are reached directly, separated by commas: names with all below them,
 * addresses, networks such as `10.0.0.0/8`.
 */
bypass: string, };

/**
 * Moves the read marker.
 */
export type MarkRead = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Of which room.
 */
room: RoomId,
/**
 * Up to here.
 */
seq: Seq, };

/**
 * A member of a room.
 */
export type MemberArgs = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * In which room.
 */
room: RoomId,
/**
 * Who.
 */
user: UserId, };

/**
 * How far the log of a room has got to one member.
 */
export type MemberReceipt = {
/**
 * Whom.
 */
user: UserId,
/**
 * A device of theirs holds all events up to this one.
 */
delivered: Seq, };

/**
 * What happened to a person's membership of a room.
 */
export type MembershipChange = "joined" | "added" | "left" | "removed";

/**
 * A figure that can't be.
 */
export type PolicyError = { "why": "too_little",
/**
 * Which.
 */
figure: PolicyField,
/**
 * What is allowed.
 */
least: number, } | { "why": "too_much",
/**
 * Which.
 */
figure: PolicyField,
/**
 * What is allowed.
 */
most: number, } | { "why": "below_first",
/**
 * Which.
 */
figure: PolicyField,
/**
 * The first wait, in milliseconds.
 */
first: number, };

/**
 * Mutes a room, or no longer.
 */
export type MuteRoom = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
room: RoomId,
/**
 * From now on.
 */
muted: boolean,
/**
 * Until then, in milliseconds since 1970; none: until it is taken back.
 */
until: number | null, };

/**
 * How servers are reached.
 */
export type NetworkSettings = {
/**
 * Whose word counts.
 */
proxy: ProxyMode,
/**
 * What holds with [`ProxyMode::Manual`]; kept while another is chosen.
 */
manual: ManualProxy, };

/**
 * No arguments.
 */
export type Nothing = Record<symbol, never>;

/**
 * One decision about a notification, for "why was I not notified?".
 */
export type NotifyDecision = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * FactKind a message in which room.
 */
room: RoomId,
/**
 * When, in milliseconds since 1970.
 */
ts: number,
/**
 * A notification was shown.
 */
shown: boolean,
/**
 * Why.
 */
why: Why, };

/**
 * What raises a notification.
 */
export type NotifyLevel = "all" | "mentions" | "nothing";

/**
 * Says what a room notifies of.
 */
export type NotifyRoom = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
room: RoomId,
/**
 * From now on; none: as everywhere.
 */
level: NotifyLevel | null, };

/**
 * What stood in the way. Each asks something else of the person, or of whoever runs the server.
 */
export type UnexpectedResponse = "token_missing" | "blocked" | "server_away" | "busy" | "redirected" | "hung_up" | "upgrade_spoilt" | "subprotocol_hidden" | "server_failed" | "not_homing" | "not_http";

/**
 * What to bring before the person's eyes.
 */
export type Open = { "what": "room",
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
room: RoomId,
/**
 * The row to show, by key.
 */
key: string | null,
/**
 * And the person wants to write there.
 */
compose: boolean, } | { "what": "link",
/**
 * The link.
 */
link: string, } | { "what": "settings" } | { "what": "quit",
/**
 * What that space is called.
 */
space_name: string,
/**
 * So many people are.
 */
people: number, };

/**
 * Some people in a space.
 */
export type OpenDirect = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * With whom.
 */
users: Array<UserId>, };

/**
 * A time without a connection.
 */
export type Outage = {
/**
 * Since when, in milliseconds since 1970.
 */
at: number,
/**
 * How the connection before it ended; none if there had been none.
 */
code: number | null,
/**
 * Who ended it.
 */
by: Side,
/**
 * Tries that failed since.
 */
tries: number,
/**
 * Why the last of them failed.
 */
why: ConnectionFailure,
/**
 * It lasted so many milliseconds; none: it lasts.
 */
lasted_ms: number | null, };

/**
 * The messages that are not on the server yet, over all rooms.
 */
export type OutboxCount = {
/**
 * Going out by themselves.
 */
waiting: number,
/**
 * Waiting for the person.
 */
wedged: number, };

/**
 * What came of a step.
 */
export type Outcome = "history_unknown" | "never_ended" | "ended_before" | "ended_by_verdict" | "cut_when_idle" | "name_found" | "name_slow" | "name_is_address" | "name_at_proxy" | "name_not_found" | "name_timed_out" | "no_proxy" | "proxy_off" | "proxy_excepted" | "proxy_not_needed" | "proxy_used" | "proxy_not_found" | "proxy_unreachable" | "proxy_needs_password" | "proxy_wrong_password" | "proxy_no_password" | "proxy_refuses" | "proxy_hung_up" | "not_a_proxy" | "proxy_unusable" | "proxy_timed_out" | "tcp_connected" | "tcp_fell_back" | "tcp_by_proxy" | "tcp_not_by_proxy" | "tcp_refused" | "tcp_unreachable" | "tcp_timed_out" | "tls_pinned" | "tls_trusted" | "tls_ends_soon" | "tls_off_here" | "tls_off" | "certificate_changed" | "certificate_untrusted" | "tls_none" | "tls_cut" | "tls_timed_out" | "upgraded" | "asks_for_token" | "no_token" | "token_refused" | "token_missing" | "blocked" | "words_replaced" | "bad_gateway" | "busy" | "server_failed" | "redirected" | "upgrade_spoilt" | "subprotocol_hidden" | "not_homing" | "upgrade_cut" | "upgrade_timed_out" | "signed_in" | "signed_in_already" | "took_over" | "no_account" | "version_unsupported" | "other_server" | "sign_in_closed" | "sign_in_broken" | "sign_in_timed_out" | "answered" | "answered_slowly" | "no_answer" | "clocks_agree" | "clocks_differ" | "not_reached" | "not_seen";

/**
 * Everything about a space that is not a timeline.
 */
export type Overview = {
/**
 * The space.
 */
space: Space,
/**
 * The connection.
 */
link: ConnectionState,
/**
 * The viewer's rooms, in no order.
 */
rooms: Array<Room>,
/**
 * Everybody in the space, in no order.
 */
people: Array<Person>,
/**
 * Who is not offline.
 */
presence: Array<[UserId, Presence]>,
/**
 * What the viewer says of themselves.
 */
status: Status,
/**
 * What is not sent yet.
 */
outbox: OutboxCount, };

/**
 * Which part of a timeline.
 */
export type TimelinePart = { "from": "latest" } | { "from": "unread" } | { "from": "before",
/**
 * Its seq.
 */
seq: Seq, } | { "from": "after",
/**
 * Its seq.
 */
seq: Seq, };

/**
 * A passphrase on its way in. There is none on the way out.
 */
export type Passphrase = string;

/**
 * Enters a passphrase, or chooses the first one.
 */
export type PassphraseArgs = {
/**
 * As typed.
 */
passphrase: Passphrase, };

/**
 * What a person may choose about heartbeat and reconnecting.
 */
export type ConnectionPolicy = {
/**
 * After so many milliseconds without a byte the server is asked whether it is there.
 */
probe_every_ms: number,
/**
 * So many milliseconds it has for the answer; then the connection is made anew.
 */
probe_answer_ms: number,
/**
 * The longest wait before the first retry, in milliseconds. It doubles with each failure.
 */
retry_first_ms: number,
/**
 * The longest wait before any retry, in milliseconds.
 */
retry_most_ms: number,
/**
 * After so many failed tries the person is asked how to go on.
 */
ask_after: number, };

/**
 * What is to be said of figures for the connection.
 */
export type PolicyVerdict = {
/**
 * Those that can't be, with what is allowed. None: they can be kept.
 */
misfits: Array<PolicyError>,
/**
 * What each may be, and what it is if nothing is chosen.
 */
rules: Array<PolicyBounds>, };

/**
 * A member as everybody in the space sees them.
 */
export type Person = {
/**
 * Who.
 */
id: UserId,
/**
 * The name they chose, unique in the space whatever its case.
 */
name: string,
/**
 * What they may do.
 */
role: Role,
/**
 * Disabled or gone: shown greyed out, never written to.
 */
gone: boolean, };

/**
 * Where a row stands in its timeline. Rows in the log come first, by seq; then what is queued, in
 * the order of writing.
 */
export type TimelinePosition = { "at": "log", "n": Seq } | { "at": "outbox", "n": number };

/**
 * Whether a person is there.
 */
export type Presence = "online" | "away" | "offline";

/**
 * One line about a room's last message.
 */
export type Preview = {
/**
 * Whose.
 */
sender: UserId,
/**
 * Its beginning.
 */
text: string,
/**
 * When, in milliseconds since 1970.
 */
ts: number, };

/**
 * How a proxy is spoken to.
 */
export type ProxyKind = "http" | "socks5";

/**
 * Whose word counts.
 */
export type ProxyMode = "system" | "manual" | "none";

/**
 * What becomes of the proxy's password. It goes into the keyring and never comes back.
 */
export type ProxyPassword = { "password": "keep" } | { "password": "forget" } | { "password": "set",
/**
 * The password.
 */
text: string, };

/**
 * What is wrong with the proxy. Each asks something else of the person.
 */
export type ProxyError = "not_found" | "unreachable" | "needs_password" | "wrong_password" | "no_password" | "refuses" | "no_way" | "hung_up" | "not_a_proxy" | "unusable";

/**
 * A public room in the list to choose from.
 */
export type PublicRoom = {
/**
 * Which.
 */
room: RoomId,
/**
 * What it is called.
 */
name: string,
/**
 * What it is for.
 */
topic: string,
/**
 * How many are in it.
 */
members: number,
/**
 * The asker is one of them.
 */
joined: boolean, };

/**
 * One message to the interface.
 *
 * A listener gets a `Snapshot` first. Each `Changes` has the number that follows the one before;
 * if it has not, something was lost and the listener asks for the snapshot again (`resync`).
 */
export type Push = { "push": "snapshot",
/**
 * The number that the next changes follow.
 */
number: number,
/**
 * All of it.
 */
view: AppView, } | { "push": "changes",
/**
 * One more than the push before.
 */
number: number,
/**
 * In order.
 */
changes: Array<Change>, };

/**
 * A QR code, to be drawn as one path.
 */
export type Qr = {
/**
 * Modules along one side, without the quiet zone around them.
 */
width: number,
/**
 * The dark ones, as the `d` of an SVG path in which a module is one unit wide.
 */
path: string, };

/**
 * One queued message in the view of the whole outbox.
 */
export type Queued = {
/**
 * For which room.
 */
room: RoomId,
/**
 * Its name.
 */
cid: Cid,
/**
 * What it says.
 */
text: string,
/**
 * When it was written, in milliseconds since 1970.
 */
ts: number,
/**
 * How far it got.
 */
delivery: Delivery, };

/**
 * Names a message of one's own that is not on the server yet.
 */
export type QueuedArgs = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
cid: Cid, };

/**
 * Hours in which the person is not to be disturbed, by the clock where they are.
 */
export type QuietHours = {
/**
 * They are kept.
 */
on: boolean,
/**
 * They begin, in minutes after midnight.
 */
from: number,
/**
 * They end, in minutes after midnight: on the next day if that is not after `from`.
 */
to: number,
/**
 * The days on which they begin, from Monday on.
 */
days: [boolean, boolean, boolean, boolean, boolean, boolean, boolean], };

/**
 * Gives a device of the person another name.
 */
export type RenameDevice = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
device: DeviceId,
/**
 * What to call it.
 */
name: string, };

/**
 * Gives a space another name.
 */
export type RenameSpace = {
/**
 * Which.
 */
space: SpaceId,
/**
 * What to call it.
 */
name: string, };

/**
 * Goes to a space's server by a new join link from now on.
 */
export type RenewLink = {
/**
 * Which space.
 */
space: SpaceId,
/**
 * The new link.
 */
link: string, };

/**
 * Asks for the Doctor's report.
 */
export type ReportArgs = {
/**
 * FactKind which space.
 */
space: SpaceId,
/**
 * Leave out where the server is.
 */
masked: boolean, };

/**
 * A text to be copied.
 */
export type ReportText = {
/**
 * The text.
 */
text: string, };

/**
 * What became of a damaged space, until the person has read it.
 */
export type Rescued = {
/**
 * Which.
 */
space: SpaceId,
/**
 * What it is called.
 */
name: string,
/**
 * Messages that were not sent yet and still will be.
 */
queued: number,
/**
 * Drafts, read markers and mutes that were not at the server yet.
 */
unsaved: number,
/**
 * Messages that were not sent yet and can't be read.
 */
unreadable: number,
/**
 * There may have been more than is known of.
 */
unsure: boolean,
/**
 * Where the damaged files are.
 */
aside: string, };

/**
 * What a member may do in a space. Ordered: each may do all that the ones before it may.
 */
export type Role = "guest" | "member" | "admin" | "owner";

/**
 * A room in the list of rooms.
 */
export type Room = {
/**
 * Which.
 */
id: RoomId,
/**
 * Who can see and join it.
 */
kind: RoomKind,
/**
 * What it is called; empty for a direct room, which is called after `people`.
 */
name: string,
/**
 * What it is for; may be empty.
 */
topic: string,
/**
 * How many members it has.
 */
members: number,
/**
 * The other members of a direct room.
 */
people: Array<UserId>,
/**
 * The newest event known of.
 */
head: Seq,
/**
 * How far the viewer has read, on any of their devices.
 */
read: Seq,
/**
 * Every member's device holds the room up to here.
 */
delivered: Seq,
/**
 * Messages of others past `read`.
 */
unread: number,
/**
 * Those of them that mention the viewer.
 */
mentions: number,
/**
 * Asked not to notify, now.
 */
muted: boolean,
/**
 * When that ends by itself, in milliseconds since 1970.
 */
muted_until: number | null,
/**
 * What the room notifies of; none: as everywhere.
 */
notify: NotifyLevel | null,
/**
 * Unsent text; empty if none.
 */
draft: string,
/**
 * What the person wrote here on another device meanwhile, to be offered; empty if nothing.
 */
other_draft: string,
/**
 * The last message, for the order of rooms and a line of preview.
 */
last: Preview | null, };

/**
 * Names a room.
 */
export type RoomArgs = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Which.
 */
room: RoomId, };

/**
 * A room of a space.
 */
export type RoomId = string;

/**
 * Who can see and join a room.
 */
export type RoomKind = "public" | "private" | "direct";

/**
 * A room that is now there.
 */
export type RoomOpened = {
/**
 * Which.
 */
room: RoomId, };

/**
 * How long one round trip took.
 */
export type RoundTrip = {
/**
 * When, in milliseconds since 1970.
 */
at: number,
/**
 * Milliseconds.
 */
ms: number, };

/**
 * What a figure may be.
 */
export type PolicyBounds = {
/**
 * Which.
 */
figure: PolicyField,
/**
 * At least this.
 */
least: number,
/**
 * At most this.
 */
most: number,
/**
 * If nothing is chosen.
 */
default: number, };

/**
 * Keeps unsent text.
 */
export type SaveDraft = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Of which room.
 */
room: RoomId,
/**
 * The text; empty removes it.
 */
text: string,
/**
 * What stood before the person's eyes as the draft, or as the other one that was offered and
 * that they took or left; empty if nothing. What can't have been seen is kept and offered.
 */
seen: string, };

/**
 * A file that was written.
 */
export type SavedFile = {
/**
 * Where.
 */
path: string, };

/**
 * How it stands with the file that keeps tokens behind a passphrase.
 */
export type Sealed = "unused" | "closed" | "open" | "damaged" | "newer";

/**
 * What passed within one second.
 */
export type Second = {
/**
 * Which: seconds since 1970.
 */
at: number,
/**
 * Frames sent.
 */
frames_out: number,
/**
 * Frames received.
 */
frames_in: number,
/**
 * Bytes of them.
 */
bytes_out: number,
/**
 * Bytes of them.
 */
bytes_in: number, };

/**
 * Writes a message.
 */
export type SendMessage = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * In which room.
 */
room: RoomId,
/**
 * What it says.
 */
text: string,
/**
 * Whom it names.
 */
mentions: Array<UserId>, };

/**
 * The place of an event in its room: 1, 2, 3 … without a gap. 0 is "before the first".
 */
export type Seq = number;

/**
 * Names a server.
 */
export type ServerArgs = {
/**
 * `host:port`; where it says so, `host` or a link as well.
 */
server: string, };

/**
 * What a server's certificate asks of the person before name and password are sent.
 */
export type ServerTrust = {
/**
 * `host:port`.
 */
server: string,
/**
 * To be compared by the person: the certificate is of the server's own making. None: there is
 * nothing to ask.
 */
fingerprint: string | null, };

/**
 * Chooses how servers are reached.
 */
export type SetNetwork = {
/**
 * The way.
 */
network: NetworkSettings,
/**
 * What becomes of the password.
 */
password: ProxyPassword,
/**
 * Keep a new password in memory only.
 */
session_only: boolean, };

/**
 * Says something of oneself, in every space.
 */
export type SetStatus = {
/**
 * What.
 */
status: Status, };

/**
 * What the person chose for this device.
 */
export type Settings = {
/**
 * Colours.
 */
theme: Theme,
/**
 * Words.
 */
language: Language,
/**
 * Space between lines.
 */
density: Density,
/**
 * Enter sends and Shift+Enter breaks the line; the other way round if false.
 */
enter_sends: boolean,
/**
 * Own messages stand at the far side, in bubbles.
 */
bubbles: boolean,
/**
 * What raises a notification.
 */
notify: NotifyLevel,
/**
 * A notification shows the beginning of the message.
 */
notify_preview: boolean,
/**
 * No notifications until then, in milliseconds since 1970.
 */
notify_paused_until: number,
/**
 * No notifications at these times.
 */
quiet_hours: QuietHours,
/**
 * Closing the window leaves the program in the tray.
 */
close_to_tray: boolean,
/**
 * How large everything is, in percent.
 */
zoom: number,
/**
 * Words are checked for their spelling while they are written.
 */
spell_check: boolean,
/**
 * The keys that bring the window from anywhere, such as `Ctrl+Alt+KeyH`.
 */
shortcut: string | null,
/**
 * The program starts with the session, in the tray.
 */
autostart: boolean,
/**
 * How the window is drawn.
 */
graphics: Graphics,
/**
 * Spaces that neither notify nor count.
 */
muted_spaces: Array<SpaceId>,
/**
 * How patient connections are.
 */
patience: ConnectionPolicy,
/**
 * How servers are reached. Changed by `set_network` only.
 */
network: NetworkSettings,
/**
 * Which new versions are announced.
 */
update_channel: UpdateChannel,
/**
 * ViewerFocus for new versions once a day.
 */
update_check: boolean, };

/**
 * How it stands with the shortcut that brings the window.
 */
export type Shortcut = { "state": "off" } | { "state": "works" } | { "state": "taken" } | { "state": "unsupported" } | { "state": "failed",
/**
 * In the system's words.
 */
text: string, };

/**
 * One of the two sides of a connection.
 */
export type Side = "here" | "there";

/**
 * Comes into a space as the member that one already is.
 */
export type SignIn = {
/**
 * `host`, `host:port`, or any link of the space.
 */
address: string,
/**
 * The self-made certificate that the person decided to trust, where the address names none.
 */
fingerprint: string | null,
/**
 * Nickname.
 */
name: string,
/**
 * Password.
 */
password: string,
/**
 * Keep the token in memory only.
 */
session_only: boolean, };

/**
 * Where a further device signs in with name and password.
 */
export type SignInAddress = {
/**
 * The sign-in link: server and fingerprint, and nothing that lets anybody in.
 */
link: string,
/**
 * The fingerprint alone, to compare; none where the operating system judges the certificate.
 */
fingerprint: string | null, };

/**
 * The space and who the viewer is in it.
 */
export type Space = {
/**
 * Which.
 */
id: SpaceId,
/**
 * What it is called.
 */
name: string,
/**
 * `host:port` of its server.
 */
address: string,
/**
 * The viewer.
 */
me: UserId, };

/**
 * Names a space.
 */
export type SpaceArgs = {
/**
 * Which.
 */
space: SpaceId, };

/**
 * A space. Survives restores and moves; see [`Epoch`] for what does not.
 */
export type SpaceId = string;

/**
 * Where the window stands, so that one built anew stands there too.
 */
export type ViewState = {
/**
 * The space before the person's eyes.
 */
space: SpaceId,
/**
 * The last room of each space.
 */
rooms: { [key in SpaceId]: RoomId },
/**
 * What is at the upper edge of the room; none at its end.
 */
anchor: ScrollAnchor | null, };

/**
 * Starts a space on this computer.
 */
export type StartSpace = {
/**
 * What to call it.
 */
space_name: string,
/**
 * The nickname of its owner.
 */
name: string,
/**
 * Names this attempt, as for joining.
 */
attempt: Cid,
/**
 * Keep the token in memory only.
 */
session_only: boolean, };

/**
 * What the person says of themselves, on all their devices.
 */
export type Status = "available" | "away" | "quiet";

/**
 * What is looked at, in the order in which a connection meets it.
 */
export type Step = "history" | "name" | "proxy" | "tcp" | "tls" | "upgrade" | "sign_in" | "round_trip" | "clock";

/**
 * Tries the way to a server out, without choosing it.
 */
export type TestNetwork = {
/**
 * The way.
 */
network: NetworkSettings,
/**
 * By which password.
 */
password: ProxyPassword,
/**
 * `host`, `host:port`, or a join link.
 */
server: string, };

/**
 * Colours of the interface.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A window into a room's log, oldest first, with what is queued at its end.
 */
export type Timeline = {
/**
 * The rows.
 */
items: Array<Item>,
/**
 * What is missing between the first of them and the room's head.
 */
holes: Array<Hole>,
/**
 * There is more before the first.
 */
more_before: boolean,
/**
 * There is more after the last: the window does not reach the head.
 */
more_after: boolean, };

/**
 * Asks for rows of a timeline.
 */
export type TimelineArgs = {
/**
 * In which space.
 */
space: SpaceId,
/**
 * Of which room.
 */
room: RoomId,
/**
 * Which part.
 */
part: TimelinePart,
/**
 * At most so many rows.
 */
limit: number, };

/**
 * What is known of a connection, or what came since it was last asked for.
 */
export type Traffic = {
/**
 * Oldest first. A number left out was overwritten before it was read.
 */
entries: Array<Entry>,
/**
 * Oldest first.
 */
round_trips: Array<RoundTrip>,
/**
 * Oldest first, seconds without a frame left out. One that is known already is told anew when
 * it has grown.
 */
seconds: Array<Second>,
/**
 * All that are kept, oldest first; none when they are as they were.
 */
outages: Array<Outage> | null,
/**
 * When the server last said welcome, in milliseconds since 1970; none while there is no
 * connection.
 */
online_since: number | null, };

/**
 * A space whose database can't be opened. It is left as it is, with everything queued in it.
 */
export type Unreadable = {
/**
 * Which.
 */
space: SpaceId,
/**
 * Why.
 */
why: UnreadableWhy,
/**
 * The same in English, for "details".
 */
text: string, };

/**
 * Why a space can't be opened.
 */
export type UnreadableWhy = "newer" | "full" | "busy" | "damaged" | "failed";

/**
 * How it stands with new versions.
 */
export type Update = {
/**
 * Who installs it.
 */
way: UpdateWay,
/**
 * How far it is.
 */
stage: UpdateStage,
/**
 * The newer version, once one is known.
 */
news: UpdateNews | null,
/**
 * Bytes of it that are here.
 */
received: number,
/**
 * It will be installed when the program quits.
 */
on_quit: boolean,
/**
 * What went wrong, in stage `failed`.
 */
trouble: UpdateTrouble | null,
/**
 * The same in English, for "details".
 */
text: string,
/**
 * When it was last known whether there is something newer, in milliseconds since 1970.
 */
looked: number | null, };

/**
 * Which versions the person wants.
 */
export type UpdateChannel = "stable" | "beta";

/**
 * A version that is newer than this one.
 */
export type UpdateNews = {
/**
 * Which.
 */
version: string,
/**
 * What changed, in English.
 */
notes: string,
/**
 * The same in Chinese; empty if nobody has translated it.
 */
notes_zh: string,
/**
 * Where to read and fetch everything by hand.
 */
page: string,
/**
 * Bytes to fetch; none if there is nothing for this kind of machine.
 */
size: number | null, };

/**
 * How far it is.
 */
export type UpdateStage = "idle" | "looking" | "current" | "available" | "fetching" | "ready" | "installing" | "failed";

/**
 * Why a step did not work.
 */
export type UpdateTrouble = "offline" | "server" | "forged" | "broken" | "no_package" | "disk" | "place";

/**
 * Who brings a new version onto this computer.
 */
export type UpdateWay = "in_place" | "deb" | "rpm" | "flatpak" | "by_hand";

/**
 * When to install.
 */
export type UpdateWhen = "now" | "on_quit" | "later";

/**
 * A member of a space.
 */
export type UserId = string;

/**
 * How a step went.
 */
export type Verdict = "fine" | "doubtful" | "wrong" | "skipped";

/**
 * Why a message can't be sent as it is.
 */
export type WedgeReason = "not_member" | "forbidden" | "too_large" | "holds_nul" | "cid_reused" | "refused";

/**
 * Why a notification was shown, or not.
 */
export type Why = "message" | "mention" | "direct" | "caught_up" | "seen" | "read_elsewhere" | "left" | "muted" | "room_not_mentioned" | "room_turned_off" | "not_mentioned" | "turned_off" | "do_not_disturb" | "paused" | "quiet_hours";

/**
 * A message written to the outbox.
 */
export type EnqueuedMessage = {
/**
 * Its name, which is the key of its row.
 */
cid: Cid, };

/** Every command: what it takes and what it answers. */
export interface Commands {
  /** What a link leads to, before it is used. */
  inspect_link: { args: InspectLink; returns: LinkPreview };
  /** Comes into a space by a join link. */
  join: { args: Join; returns: JoinedSpace };
  /** Comes into a space by the link that another device of the person shows. */
  link_device: { args: LinkDevice; returns: JoinedSpace };
  /** Comes into a space by the code of such a link, typed. */
  link_by_code: { args: LinkByCode; returns: JoinedSpace };
  /** Whether a server's certificate is to be compared by the person before they sign in there. Takes whatever one can sign in by; sends nothing but a TLS greeting. */
  server_trust: { args: ServerArgs; returns: ServerTrust };
  /** Comes into a space with name and password. */
  sign_in: { args: SignIn; returns: JoinedSpace };
  /** Starts a server in this program and comes into its space as the owner. */
  start_space: { args: StartSpace; returns: JoinedSpace };
  /** Signs out of a space and removes it from this device. */
  leave_space: { args: SpaceArgs; returns: null };
  /** Tries to connect at once. */
  try_now: { args: SpaceArgs; returns: null };
  /** Stays offline until asked otherwise. */
  stay_offline: { args: SpaceArgs; returns: null };
  /** Ends staying offline. */
  go_online: { args: SpaceArgs; returns: null };
  /** Goes on trying without asking again. */
  keep_trying: { args: SpaceArgs; returns: null };
  /** Opens the Connection Inspector: answers all that is kept, and pushes what comes. */
  inspect: { args: SpaceArgs; returns: Traffic };
  /** Closes it. */
  stop_inspecting: { args: SpaceArgs; returns: null };
  /** The whole text of a frame. */
  frame_text: { args: FrameArgs; returns: FrameText };
  /** All that is kept as text, with everything private masked. */
  export_frames: { args: SpaceArgs; returns: ReportText };
  /** Writes the same to a file among the person's downloads. */
  save_frames: { args: SpaceArgs; returns: SavedFile };
  /** Has the Doctor look at the connection; what it finds is pushed. */
  examine: { args: SpaceArgs; returns: null };
  /** Ends that. */
  stop_examining: { args: SpaceArgs; returns: Examination };
  /** What the Doctor found last. */
  examination: { args: SpaceArgs; returns: Examination };
  /** The same as text. */
  examination_report: { args: ReportArgs; returns: ReportText };
  /** Asks the keyring again. */
  retry_keyring: { args: Nothing; returns: null };
  /** Has the system create a keyring, by its own dialog, where it has none. */
  create_keyring: { args: Nothing; returns: null };
  /** Keeps tokens in a file behind a passphrase from now on, and moves those there that can be. A file that is there is put aside. */
  begin_passphrase: { args: PassphraseArgs; returns: null };
  /** Opens the file with its passphrase. */
  enter_passphrase: { args: PassphraseArgs; returns: null };
  /** Takes another passphrase. */
  change_passphrase: { args: ChangePassphrase; returns: null };
  /** Moves the tokens from the file into the keyring, and keeps new ones there. */
  use_keyring: { args: Nothing; returns: null };
  /** Chooses how servers are reached, from now on and for every space. */
  set_network: { args: SetNetwork; returns: null };
  /** Tries the way to a server out, step by step, without choosing it. */
  test_network: { args: TestNetwork; returns: Examination };
  /** The certificate authorities that are trusted for one server each. */
  authorities: { args: Nothing; returns: Array<CertificateAuthority> };
  /** Trusts one more, instead of those that the server had. */
  add_authority: { args: AddAuthority; returns: Array<CertificateAuthority> };
  /** Trusts those of a server no longer. */
  remove_authority: { args: ServerArgs; returns: Array<CertificateAuthority> };
  /** Goes to a space's server by a new join link: it moved, or has a new certificate. */
  renew_link: { args: RenewLink; returns: null };
  /** Writes a message to the outbox. It is on this device's disk when this answers. */
  send_message: { args: SendMessage; returns: EnqueuedMessage };
  /** Sends a refused message again, under the name that this answers. */
  retry_message: { args: QueuedArgs; returns: EnqueuedMessage };
  /** Throws a message away that is not on the server. */
  discard_message: { args: QueuedArgs; returns: null };
  /** Changes a message that was not sent yet, or was refused; it has the name that this answers. */
  edit_queued: { args: EditQueued; returns: EnqueuedMessage };
  /** All messages that are not on the server yet. */
  outbox: { args: SpaceArgs; returns: Array<Queued> };
  /** Rows of a room's timeline. */
  timeline: { args: TimelineArgs; returns: Timeline };
  /** Moves a read marker forward. */
  mark_read: { args: MarkRead; returns: null };
  /** Makes a public or private room. */
  create_room: { args: CreateRoom; returns: RoomOpened };
  /** Finds or makes the direct room with these people. */
  open_direct: { args: OpenDirect; returns: RoomOpened };
  /** The public rooms of the space. */
  public_rooms: { args: SpaceArgs; returns: Array<PublicRoom> };
  /** Joins a public room. */
  join_room: { args: RoomArgs; returns: null };
  /** Leaves a room. */
  leave_room: { args: RoomArgs; returns: null };
  /** Who is in a room. */
  room_members: { args: RoomArgs; returns: Array<UserId> };
  /** How far a room has got to each of its members, in order of joining. */
  room_receipts: { args: RoomArgs; returns: Array<MemberReceipt> };
  /** Brings people into a room. */
  add_members: { args: AddMembers; returns: null };
  /** Sends somebody out of a room. */
  remove_member: { args: MemberArgs; returns: null };
  /** Mutes a room, for ever or for a time, or no longer. */
  mute_room: { args: MuteRoom; returns: null };
  /** Says what a room notifies of. */
  notify_room: { args: NotifyRoom; returns: null };
  /** Keeps unsent text, here and on the person's other devices. */
  save_draft: { args: SaveDraft; returns: null };
  /** Tells the others in a room that the person writes. */
  typing: { args: RoomArgs; returns: null };
  /** Makes a join link to pass on. */
  invite: { args: InviteArgs; returns: Invitation };
  /** The person's devices. */
  devices: { args: SpaceArgs; returns: DeviceList };
  /** Makes a link by which the person brings another device along. */
  offer_link: { args: SpaceArgs; returns: DeviceLink };
  /** Where another device signs in with name and password. */
  sign_in_address: { args: SpaceArgs; returns: SignInAddress };
  /** Ends that link. */
  withdraw_link: { args: SpaceArgs; returns: null };
  /** Gives a device of the person another name. */
  rename_device: { args: RenameDevice; returns: null };
  /** Signs a device of the person out. */
  revoke_device: { args: DeviceArgs; returns: null };
  /** Gives the space another name. */
  rename_space: { args: RenameSpace; returns: null };
  /** Changes the person's own name or password. */
  edit_me: { args: EditMe; returns: null };
  /** Asks for the snapshot again. */
  resync: { args: Nothing; returns: null };
  /** Keeps what the person chose. */
  set_settings: { args: Settings; returns: null };
  /** What is to be said of figures for the connection. Nothing is kept. */
  judge_patience: { args: ConnectionPolicy; returns: PolicyVerdict };
  /** Says something of oneself, in every space. */
  set_status: { args: SetStatus; returns: null };
  /** Tells what the person has before their eyes. */
  look: { args: ViewerFocus; returns: null };
  /** What was asked to be opened is open. */
  opened: { args: Nothing; returns: null };
  /** Quits, though others may be connected to the space that this program hosts. */
  quit: { args: Nothing; returns: null };
  /** The person has read what became of a damaged space. */
  rescue_read: { args: SpaceArgs; returns: null };
  /** Looks for a new version of this program; what comes of it is pushed. */
  look_for_update: { args: Nothing; returns: null };
  /** Fetches it, or goes on with that. */
  fetch_update: { args: Nothing; returns: null };
  /** Stops fetching it. */
  cancel_update: { args: Nothing; returns: null };
  /** Installs what was fetched. */
  install_update: { args: InstallUpdate; returns: null };
  /** Keeps where the window stands, for one that is built anew. */
  keep_standing: { args: ViewState; returns: null };
  /** The last decisions about notifications, newest first. */
  notify_decisions: { args: Nothing; returns: Array<NotifyDecision> };
  /** Shows a notification, to see whether they work. */
  test_notification: { args: Nothing; returns: null };
}

/** Every close code with words of its own. */
export const closeCodes = [
  1000,
  1001,
  1002,
  1003,
  1005,
  1006,
  1007,
  1008,
  1009,
  1010,
  1011,
  1012,
  1013,
  1014,
  1015,
  4000,
  4001,
  4002,
  4003,
  4004,
  4005,
  4006,
  4007,
  4500,
  4501,
  4502,
  4503,
  4504,
  4505,
  4506,
] as const;
