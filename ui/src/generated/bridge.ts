// Made by `cargo xtask codegen` from crates/bridge. Never edited by hand.

/**
 * Adds a certificate authority for a server.
 */
export type AddAuthority = {
/**
 * `host`, `host:port`, or a join link.
 */
server: string,
/**
 * The authority's certificate as PEM text.
 */
pem: string, };

/**
 * Adds members to a room.
 */
export type AddMembers = { space: SpaceId, room: RoomId, users: Array<UserId>, };

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
 * The person's full name as the operating system knows it, offered as a name.
 */
full_name: string | null,
/**
 * Each space this device is in, in order of joining.
 */
spaces: Array<Overview>,
/**
 * Spaces on this device that can't be opened.
 */
unreadable: Array<Unreadable>,
/**
 * Reports about damaged spaces that were rebuilt, until the person dismisses them.
 */
rescued: Array<Rescued>, settings: Settings,
/**
 * State of the keyring.
 */
keyring: Keyring,
/**
 * State of the file behind a passphrase.
 */
sealed: Sealed,
/**
 * The space whose server runs inside this program, if one does.
 */
hosting: Hosting | null,
/**
 * State of the updates.
 */
update: Update,
/**
 * What a click, a link or a second start of the program opens.
 */
open: Open | null, desktop: DesktopView,
/**
 * View state of the last window.
 */
standing: ViewState | null, };

/**
 * An authority as the interface shows it.
 */
export type CertificateAuthority = {
/**
 * The server for which it is trusted, as `host:port`.
 */
server: string,
/**
 * The name in its certificate.
 */
name: string,
/**
 * The SHA-256 of its certificate, as other tools print it.
 */
fingerprint: string,
/**
 * The last day of validity.
 */
until: string,
/**
 * It has expired and is no longer trusted.
 */
ended: boolean, };

/**
 * One change.
 */
export type Change = { "change": "in", space: SpaceId, diff: Diff, } | { "change": "space_entered", overview: Overview, } | { "change": "space_left", space: SpaceId, } | { "change": "rescued", rescued: Array<Rescued>, } | { "change": "unreadable", unreadable: Array<Unreadable>, } | { "change": "settings", settings: Settings, } | { "change": "keyring", keyring: Keyring, } | { "change": "sealed", sealed: Sealed, } | { "change": "desktop", desktop: DesktopView, } | { "change": "hosting", hosting: Hosting | null, } | { "change": "update", update: Update, } | { "change": "traffic", space: SpaceId, traffic: Traffic, } | { "change": "examination", space: SpaceId,
/**
 * All findings so far.
 */
examination: Examination, } | { "change": "open", open: Open, };

/**
 * Chooses another passphrase.
 */
export type ChangePassphrase = { old: Passphrase, new: Passphrase, };

/**
 * A client's id for an event (UUIDv7). The server keeps `UNIQUE(sender, cid)` for ever:
 * sending a cid again never creates a second event.
 */
export type Cid = string;

/**
 * The reason, as far as the interface acts on it.
 */
export type Code = "bad_command" | "no_such_message" | "not_a_link" | "damaged_link" | "plain_link" | "sign_in_link" | "invite_invalid" | "link_invalid" | "code_invalid" | "name_taken" | "name_invalid" | "bad_login" | "password_too_short" | "already_joined" | "another_member" | "too_many_devices" | "offline" | "certificate_changed" | "certificate_untrusted" | "token_missing" | "blocked" | "server_away" | "busy" | "redirected" | "hung_up" | "upgrade_spoilt" | "subprotocol_hidden" | "server_failed" | "not_homing" | "not_http" | "other_space" | "proxy_not_found" | "proxy_unreachable" | "proxy_needs_password" | "proxy_wrong_password" | "proxy_no_password" | "proxy_refuses" | "proxy_no_way" | "proxy_hung_up" | "not_a_proxy" | "proxy_unusable" | "proxy_host" | "proxy_port" | "proxy_user" | "authority_not_pem" | "authority_no_certificate" | "not_authority" | "authority_ended" | "authority_not_yet" | "authority_too_long" | "version_unsupported" | "keyring" | "sealed" | "wrong_passphrase" | "passphrase_too_short" | "signed_out" | "not_found" | "forbidden" | "empty" | "too_large" | "holds_nul" | "too_late" | "rate_limited" | "port_taken" | "bad_setting" | "storage" | "failed";

/**
 * As whom the link's user joins.
 */
export type ComesAs = { "kind": "member",
/**
 * The inviting member.
 */
invited_by: string | null,
/**
 * The new member's role.
 */
role: Role, } | { "kind": "oneself",
/**
 * The member's name.
 */
name: string,
/**
 * Name of the device that shows the link.
 */
linked_by: string, };

/**
 * Why there is no connection.
 */
export type ConnectionFailure = { "cause": "none" } | { "cause": "no_network" } | { "cause": "name_not_found" } | { "cause": "unreachable" } | { "cause": "timed_out" } | { "cause": "certificate_changed",
/**
 * The fingerprint in the join link.
 */
expected: string,
/**
 * The fingerprint of the server's certificate.
 */
found: string, } | { "cause": "certificate_untrusted" } | { "cause": "proxy",
/**
 * What is wrong with the proxy.
 */
trouble: ProxyError, } | { "cause": "obstacle",
/**
 * What the response means.
 */
obstacle: UnexpectedResponse,
/**
 * The HTTP status; 0 without a response.
 */
status: number, } | { "cause": "signed_out" } | { "cause": "version_unsupported" } | { "cause": "no_token" } | { "cause": "closed",
/**
 * The WebSocket close code; 1006 without a close frame.
 */
code: number, };

/**
 * What a person may choose about heartbeat and reconnecting.
 */
export type ConnectionPolicy = {
/**
 * Milliseconds without a byte after which the server is probed.
 */
probe_every_ms: number,
/**
 * Milliseconds in which a probe must be answered. After that the connection is replaced.
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
 * Failed attempts after which the person is asked how to go on.
 */
ask_after: number, };

/**
 * The state of the connection, as it is shown.
 */
export type ConnectionState = { "state": "waiting",
/**
 * When it starts, in milliseconds since 1970.
 */
until: number,
/**
 * Failed attempts so far.
 */
attempt: number,
/**
 * Why the last one failed.
 */
why: ConnectionFailure,
/**
 * Whether to ask the person how to go on.
 */
ask: RetryPrompt, } | { "state": "connecting",
/**
 * Failed attempts so far.
 */
attempt: number,
/**
 * Whether to ask the person how to go on.
 */
ask: RetryPrompt, } | { "state": "catching_up",
/**
 * The number of rooms that are behind.
 */
rooms: number,
/**
 * The number of messages needed for that. Older ones are a [hole](Timeline::holes) and are
 * fetched later.
 */
messages: number, } | { "state": "up_to_date",
/**
 * The last round trip, in milliseconds.
 */
rtt_ms: number | null, } | { "state": "stopped" } | { "state": "refused",
/**
 * The failure that no retry can mend.
 */
why: ConnectionFailure, };

/**
 * An event's `kind` and `body`, read.
 */
export type Content = { "kind": "message", "body": Message } | { "kind": "membership", "body": Membership } | { "kind": "created", "body": Created } | { "kind": "described", "body": Described } | { "kind": "edit", "body": Edit } | { "kind": "react", "body": React } | { "kind": "redact", "body": Redact } | { "kind": "pin", "body": Pin } | { "kind": "stub" } | { "kind": "unknown" };

/**
 * Creates a room.
 */
export type CreateRoom = { space: SpaceId,
/**
 * Public or private.
 */
kind: RoomKind,
/**
 * Its new name.
 */
name: string, topic: string,
/**
 * The other members at the start.
 */
members: Array<UserId>,
/**
 * Idempotency key: a retry uses the same one.
 */
attempt: Cid, };

/**
 * The body of a room's first event.
 */
export type Created = {
/**
 * Who can see and join it.
 */
kind: RoomKind,
/**
 * What it was called then.
 */
name: string, };

/**
 * How far one's own message got. These are all states; none is silent.
 */
export type Delivery = { "state": "queued" } | { "state": "sending" } | { "state": "sent" } | { "state": "wedged",
/**
 * Why it was refused.
 */
reason: WedgeReason, };

/**
 * Spacing of the interface.
 */
export type Density = "comfortable" | "compact";

/**
 * The body of a change of name or topic.
 */
export type Described = {
/**
 * The name from now on.
 */
name: string,
/**
 * The topic from now on.
 */
topic: string, };

/**
 * What a desktop supports.
 */
export type DesktopCapabilities = {
/**
 * Starting the program with the session.
 */
autostart: boolean,
/**
 * Rendering without the graphics card.
 */
safe_graphics: boolean,
/**
 * Zooming the window.
 */
zoom: boolean,
/**
 * Opening the window by a global shortcut.
 */
shortcut: boolean, };

/**
 * The desktop's state, as far as the settings concern it.
 */
export type DesktopView = {
/**
 * State of the shortcut that opens the window.
 */
shortcut: Shortcut,
/**
 * Why the program can't be started with the session, in the system's words.
 */
autostart_failed: string | null,
/**
 * Whether this window is rendered without the graphics card; a change applies from the next
 * start.
 */
safe_graphics: boolean, can: DesktopCapabilities, };

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
 * Arguments: a device of the person.
 */
export type DeviceArgs = { space: SpaceId, device: DeviceId, };

/**
 * One installed copy of a client, signed in as one member.
 */
export type DeviceId = string;

/**
 * A link by which another device of the person joins.
 */
export type DeviceLink = { link: string,
/**
 * Remaining lifetime in milliseconds.
 */
lifetime_ms: number,
/**
 * The server in the link, as one would type it: `host`, or `host:port`.
 */
server: string,
/**
 * The code in the link, in groups of four characters.
 */
code: string,
/**
 * The certificate's fingerprint in the link, to compare; none if the operating system
 * validates the certificate.
 */
fingerprint: string | null,
/**
 * The link as a QR code.
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
export type Diff = { "diff": "space", space: Space, } | { "diff": "status", status: Status, } | { "diff": "link", link: ConnectionState, } | { "diff": "room", room: Room, } | { "diff": "room_gone", room: RoomId, } | { "diff": "person", person: Person, } | { "diff": "presence", people: Array<[UserId, Presence]>,
/**
 * Anyone who is not listed is offline.
 */
all: boolean, } | { "diff": "typing", room: RoomId, user: UserId, } | { "diff": "items", room: RoomId, items: Array<Item>, } | { "diff": "items_gone", room: RoomId, keys: Array<string>, } | { "diff": "holes", room: RoomId,
/**
 * Oldest first; empty when nothing is missing any more.
 */
holes: Array<Hole>, } | { "diff": "timeline_reset", room: RoomId, } | { "diff": "devices",
/**
 * All devices, newest first.
 */
devices: Array<DeviceName>, } | { "diff": "outbox", outbox: OutboxCount, };

/**
 * The body of an edit: a new text for one's own message.
 */
export type Edit = {
/**
 * The message.
 */
of: MessageRef,
/**
 * Its text from now on.
 */
text: string,
/**
 * Whom the new text names.
 */
mentions?: Array<UserId>, };

/**
 * Changes the person's account.
 */
export type EditMe = { space: SpaceId,
/**
 * A new nickname.
 */
name: string | null,
/**
 * A new password.
 */
password: string | null,
/**
 * The current password, required for a new one if there is one.
 */
current_password: string | null,
/**
 * Together with a new password: signs out the person's other devices.
 */
sign_out_others: boolean, };

/**
 * The emoji that a person used last, and their skin tone.
 */
export type EmojiUse = {
/**
 * The newest first, at most [`RECENT_EMOJI`].
 */
recent: Array<string>,
/**
 * 0 is the neutral one of the picture, then 1 (light) to 5 (dark).
 */
tone: number, };

/**
 * What is in the outbox now.
 */
export type EnqueuedMessage = {
/**
 * Its id, which is the key of a message's row.
 */
cid: Cid, };

/**
 * One row of the table.
 */
export type Entry = {
/**
 * 1, 2, 3 … since the engine's start.
 */
number: number,
/**
 * The number of the connection; 0 before the first one.
 */
connection: number,
/**
 * Milliseconds since 1970.
 */
at: number,
/**
 * What was recorded.
 */
what: TraceEvent, };

/**
 * The Doctor's findings.
 */
export type Examination = { running: boolean,
/**
 * So far, in order.
 */
findings: Array<Finding>, };

/**
 * A fact that was observed.
 */
export type Fact = {
/**
 * What it is about.
 */
about: FactKind,
/**
 * What was observed.
 */
value: string, };

/**
 * What a fact is about.
 */
export type FactKind = "server" | "addresses" | "connected" | "missed" | "proxy" | "chosen_by" | "encryption" | "subject" | "issuer" | "valid_until" | "fingerprint" | "expected" | "status" | "subprotocol" | "program" | "wire" | "close_code" | "when" | "idle_for" | "round_trips" | "ahead" | "words";

/**
 * A command's failure.
 */
export type Failure = {
/**
 * The reason.
 */
code: Code,
/**
 * In English, for the log and for "details".
 */
text: string,
/**
 * Earliest retry, in milliseconds.
 */
retry_after_ms: number | null, };

/**
 * The result of one step.
 */
export type Finding = {
/**
 * The step.
 */
step: Step,
/**
 * What happened.
 */
outcome: Outcome,
/**
 * The verdict on it.
 */
verdict: Verdict,
/**
 * How long it took, in milliseconds; `None` if nothing was waited for.
 */
took_ms: number | null,
/**
 * What was observed.
 */
facts: Array<Fact>, };

/**
 * Arguments: a frame in the Inspector.
 */
export type FrameArgs = { space: SpaceId, number: number, };

/**
 * The full text of a frame.
 */
export type FrameText = {
/**
 * Formatted, with secrets masked. None if it was not stored, because the Inspector was closed
 * at that time, or is no longer stored.
 */
text: string | null, };

/**
 * How the window is rendered.
 */
export type Graphics = "usual" | "safe" | "safe_after_blank";

/**
 * A range of a room's log that this device does not have, both ends included.
 */
export type Hole = {
/**
 * The first missing event.
 */
from: Seq,
/**
 * The last missing event.
 */
to: Seq,
/**
 * The server no longer has it either.
 */
expired: boolean, };

/**
 * The server hosted by this program.
 */
export type Hosting = {
/**
 * The space it hosts.
 */
space: SpaceId,
/**
 * The address at which others reach it: `host:port`.
 */
address: string, };

/**
 * A link to describe.
 */
export type InspectLink = {
/**
 * As pasted by the person.
 */
link: string, };

/**
 * Installs the downloaded version.
 */
export type InstallUpdate = { when: UpdateWhen, };

/**
 * A join link.
 */
export type Invitation = { link: string, };

/**
 * Requests a join link.
 */
export type InviteArgs = { space: SpaceId,
/**
 * The new members' role.
 */
role: Role,
/**
 * How many may use it; none means any number.
 */
uses: number | null,
/**
 * Lifetime in seconds; none means unlimited.
 */
lifetime_s: number | null, };

/**
 * One row of a timeline: an event with what later events made of it, and with what is queued here
 * to change it.
 *
 * `key` stays the same from queueing to the server, so a row never jumps or appears twice.
 */
export type Item = {
/**
 * The `cid` if there is one, else the event's id.
 */
key: string,
/**
 * Its position in the timeline.
 */
place: TimelinePosition,
/**
 * The author of the message or change.
 */
sender: UserId,
/**
 * Milliseconds since 1970: the server's time, or the writer's while the message is queued.
 */
ts: number,
/**
 * What it says: the newest text of a message.
 */
content: Content,
/**
 * How far one's own message got. `None` for other people's.
 */
delivery: Delivery | null,
/**
 * Its text was changed.
 */
edited: boolean,
/**
 * The reactions, in order of the first of each emoji.
 */
reactions: Array<ReactionGroup>,
/**
 * It is pinned.
 */
pinned: boolean,
/**
 * Who took it back. Its text is empty then.
 */
gone: UserId | null,
/**
 * The newest change of it that is not on the server.
 */
change: PendingChange | null, };

/**
 * Joins a space.
 */
export type Join = { link: string,
/**
 * The requested nickname.
 */
name: string,
/**
 * For signing in on further devices.
 */
password: string | null,
/**
 * Idempotency key: a retry uses the same one, so that nobody joins twice.
 */
attempt: Cid,
/**
 * Keep the token in memory only, for a system without a keyring.
 */
session_only: boolean, };

/**
 * The space that was joined.
 */
export type JoinedSpace = { space: SpaceId, };

/**
 * State of the operating system's keyring.
 */
export type Keyring = { "state": "untried" } | { "state": "working" } | { "state": "locked" } | { "state": "absent" } | { "state": "not_set_up" } | { "state": "denied" } | { "state": "changed" } | { "state": "timed_out" } | { "state": "failed",
/**
 * The keyring's own message.
 */
text: string, };

/**
 * Language of the interface.
 */
export type Language = "system" | "en" | "zh-CN";

/**
 * Joins a space by the code of a device link, typed where the link can't be copied.
 */
export type LinkByCode = {
/**
 * `host`, `host:port`, or any link of the space.
 */
address: string,
/**
 * Fingerprint of the self-signed certificate that the person decided to trust, if the address
 * has none.
 */
fingerprint: string | null,
/**
 * As typed: case, blanks and hyphens do not matter.
 */
code: string,
/**
 * Idempotency key, as for joining.
 */
attempt: Cid, session_only: boolean, };

/**
 * Joins a space by a device link, which another device of the person shows.
 */
export type LinkDevice = { link: string,
/**
 * Idempotency key, as for joining.
 */
attempt: Cid, session_only: boolean, };

/**
 * What a link leads to.
 */
export type LinkPreview = { space_name: string, comes_as: ComesAs,
/**
 * `host:port` of the server.
 */
address: string,
/**
 * The certificate matches the link's fingerprint.
 */
pinned: boolean, };

/**
 * A proxy that a person configured.
 */
export type ManualProxy = {
/**
 * Its protocol.
 */
kind: ProxyKind,
/**
 * Its host name or address.
 */
host: string,
/**
 * Its TCP port; 0 until one is entered.
 */
port: number,
/**
 * The user name; empty if it needs none.
 */
user: string,
/**
 * Its password is stored under its [name](Self::secret_name), in the keyring or for this
 * session only.
 */
password_kept: boolean,
/**
 * Servers that bypass the proxy, separated by commas: domains with their subdomains,
 * addresses, networks such as `10.0.0.0/8`.
 */
bypass: string, };

/**
 * Moves the read marker.
 */
export type MarkRead = { space: SpaceId, room: RoomId,
/**
 * The new position.
 */
seq: Seq, };

/**
 * Marks a room as unread.
 */
export type MarkUnread = { space: SpaceId, room: RoomId,
/**
 * The first event that is unread.
 */
seq: Seq, };

/**
 * A member of a room.
 */
export type MemberArgs = { space: SpaceId, room: RoomId, user: UserId, };

/**
 * What one member's devices hold of a room.
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
 * The body of a membership event.
 */
export type Membership = {
/**
 * About whom.
 */
user: UserId,
/**
 * What happened.
 */
change: MembershipChange, };

/**
 * What happened to a person's membership of a room.
 */
export type MembershipChange = "joined" | "added" | "left" | "removed";

/**
 * The body of a message.
 */
export type Message = {
/**
 * What was written: text with a small subset of Markdown, rendered by the client.
 */
text: string,
/**
 * Whom the sender named with `@`.
 */
mentions?: Array<UserId>,
/**
 * The message that this one answers.
 */
reply?: Reply, };

/**
 * A message, by its names.
 */
export type MessageArgs = { space: SpaceId, room: RoomId, of: MessageRef, };

/**
 * A link to a message.
 */
export type MessageLinkText = { link: string, };

/**
 * The name of a message: who sent it, and the id that they gave it. It names a message that is
 * still queued as well.
 */
export type MessageRef = {
/**
 * Its sender.
 */
user: UserId,
/**
 * Its client id.
 */
cid: Cid, };

/**
 * Mutes or unmutes a room.
 */
export type MuteRoom = { space: SpaceId, room: RoomId, muted: boolean,
/**
 * End of the mute in milliseconds since 1970; none means until unmuted.
 */
until: number | null, };

/**
 * How servers are reached.
 */
export type NetworkSettings = {
/**
 * Where the proxy is configured.
 */
proxy: ProxyMode,
/**
 * The proxy of [`ProxyMode::Manual`]; it is kept while another mode is chosen.
 */
manual: ManualProxy, };

/**
 * No arguments.
 */
export type Nothing = Record<symbol, never>;

/**
 * One decision about a notification, for "why was I not notified?".
 */
export type NotifyDecision = { space: SpaceId,
/**
 * The message's room.
 */
room: RoomId,
/**
 * In milliseconds since 1970.
 */
ts: number,
/**
 * Whether a notification was shown.
 */
shown: boolean, why: Why, };

/**
 * Which messages notify.
 */
export type NotifyLevel = "all" | "mentions" | "nothing";

/**
 * Sets the notification level of a room.
 */
export type NotifyRoom = { space: SpaceId, room: RoomId,
/**
 * None means the general level.
 */
level: NotifyLevel | null, };

/**
 * What to open in the window.
 */
export type Open = { "what": "room", space: SpaceId, room: RoomId,
/**
 * The key of the row to show.
 */
key: string | null,
/**
 * Focus the composer.
 */
compose: boolean, } | { "what": "link", link: string, } | { "what": "message", message: MessageArgs, } | { "what": "settings" } | { "what": "quit",
/**
 * The hosted space's name.
 */
space_name: string,
/**
 * How many people are connected.
 */
people: number, };

/**
 * Opens a direct room.
 */
export type OpenDirect = { space: SpaceId,
/**
 * The other members.
 */
users: Array<UserId>, };

/**
 * A time without a connection.
 */
export type Outage = {
/**
 * Its beginning, in milliseconds since 1970.
 */
at: number,
/**
 * The close code of the connection before it; `None` if there was none.
 */
code: number | null,
/**
 * Which side closed that connection.
 */
by: Side,
/**
 * Failed attempts since.
 */
tries: number,
/**
 * The cause of the last failure.
 */
why: ConnectionFailure,
/**
 * Its duration in milliseconds; `None` while it lasts.
 */
lasted_ms: number | null, };

/**
 * How many messages are not on the server yet, over all rooms.
 */
export type OutboxCount = {
/**
 * Messages that will be sent.
 */
waiting: number,
/**
 * Messages that wait for the person.
 */
wedged: number, };

/**
 * The result of a step.
 */
export type Outcome = "history_unknown" | "never_ended" | "ended_before" | "ended_by_verdict" | "cut_when_idle" | "name_found" | "name_slow" | "name_is_address" | "name_at_proxy" | "name_not_found" | "name_timed_out" | "no_proxy" | "proxy_off" | "proxy_excepted" | "proxy_not_needed" | "proxy_used" | "proxy_not_found" | "proxy_unreachable" | "proxy_needs_password" | "proxy_wrong_password" | "proxy_no_password" | "proxy_refuses" | "proxy_hung_up" | "not_a_proxy" | "proxy_unusable" | "proxy_timed_out" | "tcp_connected" | "tcp_fell_back" | "tcp_by_proxy" | "tcp_not_by_proxy" | "tcp_refused" | "tcp_unreachable" | "tcp_timed_out" | "tls_pinned" | "tls_trusted" | "tls_ends_soon" | "tls_off_here" | "tls_off" | "certificate_changed" | "certificate_untrusted" | "tls_none" | "tls_cut" | "tls_timed_out" | "upgraded" | "asks_for_token" | "no_token" | "token_refused" | "token_missing" | "blocked" | "words_replaced" | "bad_gateway" | "busy" | "server_failed" | "redirected" | "upgrade_spoilt" | "subprotocol_hidden" | "not_homing" | "upgrade_cut" | "upgrade_timed_out" | "signed_in" | "signed_in_already" | "took_over" | "no_account" | "version_unsupported" | "other_server" | "sign_in_closed" | "sign_in_broken" | "sign_in_timed_out" | "answered" | "answered_slowly" | "no_answer" | "clocks_agree" | "clocks_differ" | "not_reached" | "not_seen";

/**
 * A snapshot of everything about a space except timelines.
 */
export type Overview = {
/**
 * The space.
 */
space: Space,
/**
 * The state of the connection.
 */
link: ConnectionState,
/**
 * The viewer's rooms, in no particular order.
 */
rooms: Array<Room>,
/**
 * All members of the space, in no particular order.
 */
people: Array<Person>,
/**
 * Everyone who is not offline.
 */
presence: Array<[UserId, Presence]>,
/**
 * The viewer's own status.
 */
status: Status,
/**
 * How many messages are not sent yet.
 */
outbox: OutboxCount, };

/**
 * A passphrase from the interface. It is never sent back.
 */
export type Passphrase = string;

/**
 * Enters a passphrase, or chooses the first one.
 */
export type PassphraseArgs = { passphrase: Passphrase, };

/**
 * A queued change of a message.
 */
export type PendingChange = {
/**
 * Its client id.
 */
cid: Cid,
/**
 * Its kind: `edit`, `react`, `redact` or `pin`.
 */
kind: string,
/**
 * How far it got. A refused one changes nothing and waits for the person.
 */
delivery: Delivery, };

/**
 * A member as everybody in the space sees them.
 */
export type Person = {
/**
 * Who.
 */
id: UserId,
/**
 * Their name, unique in the space regardless of case.
 */
name: string,
/**
 * What they may do.
 */
role: Role,
/**
 * Disabled or removed: shown as such and can't be messaged.
 */
gone: boolean, };

/**
 * The body of a pin, or of its removal.
 */
export type Pin = {
/**
 * The message.
 */
of: MessageRef,
/**
 * Whether it is pinned from now on.
 */
on: boolean, };

/**
 * The bounds and the default of one field.
 */
export type PolicyBounds = {
/**
 * The field.
 */
figure: PolicyField,
/**
 * The minimum.
 */
least: number,
/**
 * The maximum.
 */
most: number,
/**
 * The value if nothing is chosen.
 */
default: number, };

/**
 * A field that is out of its bounds.
 */
export type PolicyError = { "why": "too_little", figure: PolicyField, least: number, } | { "why": "too_much", figure: PolicyField, most: number, } | { "why": "below_first", figure: PolicyField, first: number, };

/**
 * Names a field of the policy.
 */
export type PolicyField = "probe_every" | "probe_answer" | "retry_first" | "retry_most" | "ask_after";

/**
 * The result of checking a connection policy.
 */
export type PolicyVerdict = {
/**
 * The invalid figures with their bounds. Empty if the policy is valid.
 */
misfits: Array<PolicyError>,
/**
 * The bounds and the default of each figure.
 */
rules: Array<PolicyBounds>, };

/**
 * Presence of a person.
 */
export type Presence = "online" | "away" | "offline";

/**
 * The preview of a room's last message.
 */
export type Preview = {
/**
 * Its sender.
 */
sender: UserId,
/**
 * The beginning of its text.
 */
text: string,
/**
 * Its time, in milliseconds since 1970.
 */
ts: number,
/**
 * It was taken back.
 */
gone: boolean, };

/**
 * What is wrong with the proxy. Each error needs another action of the person.
 */
export type ProxyError = "not_found" | "unreachable" | "needs_password" | "wrong_password" | "no_password" | "refuses" | "no_way" | "hung_up" | "not_a_proxy" | "unusable";

/**
 * The protocol of a proxy.
 */
export type ProxyKind = "http" | "socks5";

/**
 * Where the proxy is configured.
 */
export type ProxyMode = "system" | "manual" | "none";

/**
 * What to do with the proxy's password. It is stored in the keyring and never returned.
 */
export type ProxyPassword = { "password": "keep" } | { "password": "forget" } | { "password": "set", text: string, };

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
 * One push to the interface.
 *
 * A subscriber gets a `Snapshot` first. The number of each `Changes` follows the one before. A gap
 * means that a push was lost, and the subscriber requests a new snapshot (`resync`).
 */
export type Push = { "push": "snapshot",
/**
 * The next changes have this number plus one.
 */
number: number, view: AppView, } | { "push": "changes",
/**
 * The number of the push before plus one.
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
 * The dark modules as the `d` of an SVG path; a module is one unit wide.
 */
path: string, };

/**
 * One queued message in the list of the whole outbox.
 */
export type Queued = {
/**
 * Its room.
 */
room: RoomId,
/**
 * Its client id.
 */
cid: Cid,
/**
 * What it says or changes.
 */
content: Content,
/**
 * When it was written, in milliseconds since 1970.
 */
ts: number,
/**
 * How far it got.
 */
delivery: Delivery, };

/**
 * Arguments: an own message that is not on the server yet.
 */
export type QueuedArgs = { space: SpaceId, cid: Cid, };

/**
 * Daily hours without notifications, in local time.
 */
export type QuietHours = {
/**
 * They are enabled.
 */
on: boolean,
/**
 * Begin, in minutes after midnight.
 */
from: number,
/**
 * End, in minutes after midnight; on the next day unless after `from`.
 */
to: number,
/**
 * The weekdays on which they begin, from Monday on.
 */
days: [boolean, boolean, boolean, boolean, boolean, boolean, boolean], };

/**
 * The body of a reaction, or of its withdrawal. The last one of a person and emoji holds.
 */
export type React = {
/**
 * The message.
 */
to: MessageRef,
/**
 * The emoji. Two are the same if they differ in variation selectors only, see
 * [`emoji::key`](crate::emoji::key).
 */
emoji: string,
/**
 * Whether the reaction is there from now on.
 */
on: boolean, };

/**
 * All reactions to a message with one emoji.
 */
export type ReactionGroup = {
/**
 * The emoji, without variation selectors.
 */
emoji: string,
/**
 * How many people.
 */
count: number,
/**
 * The first of them, at most ten.
 */
people: Array<UserId>,
/**
 * The viewer is one of them.
 */
mine: boolean, };

/**
 * The body of a redaction: the sender of a message, or an admin, takes it back. The server erases
 * its text and the text of its edits.
 */
export type Redact = {
/**
 * The message.
 */
of: MessageRef, };

/**
 * Renames a device of the person.
 */
export type RenameDevice = { space: SpaceId, device: DeviceId,
/**
 * Its new name.
 */
name: string, };

/**
 * Renames a space.
 */
export type RenameSpace = { space: SpaceId,
/**
 * Its new name.
 */
name: string, };

/**
 * Connects to a space's server by a new join link.
 */
export type RenewLink = { space: SpaceId, link: string, };

/**
 * The message that another one answers.
 */
export type Reply = {
/**
 * The sender of that message.
 */
user: UserId,
/**
 * Its client id.
 */
cid: Cid,
/**
 * The beginning of its text, at most [`EXCERPT_CHARS`](crate::limits::EXCERPT_CHARS)
 * characters: shown where the message itself is not at hand.
 */
excerpt?: string, };

/**
 * Requests the Doctor's report.
 */
export type ReportArgs = { space: SpaceId,
/**
 * Leave out the server's address.
 */
masked: boolean, };

/**
 * A text to copy.
 */
export type ReportText = { text: string, };

/**
 * The report about a damaged space that was rebuilt, until the person dismisses it.
 */
export type Rescued = { space: SpaceId, name: string,
/**
 * Unsent messages that will still be sent.
 */
queued: number,
/**
 * Drafts, read markers and mutes that had not reached the server.
 */
unsaved: number,
/**
 * Unsent messages that can't be read.
 */
unreadable: number,
/**
 * There may have been more unsent messages than these.
 */
unsure: boolean,
/**
 * Where the damaged files are.
 */
aside: string, };

/**
 * Whether to ask the person how to go on after many failed attempts. The attempts continue in any
 * case; waiting never ends on its own.
 */
export type RetryPrompt = "not_yet" | "now" | "quieted";

/**
 * One text of a message.
 */
export type Revision = {
/**
 * The text.
 */
text: string,
/**
 * Whom it names.
 */
mentions?: Array<UserId>,
/**
 * When it was committed, in milliseconds since 1970.
 */
ts: number, };

/**
 * The role of a member. Ordered: each includes the ones before it.
 */
export type Role = "guest" | "member" | "admin" | "owner";

/**
 * A room in the list of rooms.
 */
export type Room = {
/**
 * Its id.
 */
id: RoomId,
/**
 * Who can see and join it.
 */
kind: RoomKind,
/**
 * Its name; empty for a direct room, which is shown under the names of `people`.
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
 * The newest known event.
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
 * Messages of other people after `read`.
 */
unread: number,
/**
 * How many of these mention the viewer.
 */
mentions: number,
/**
 * It does not notify now.
 */
muted: boolean,
/**
 * When the mute ends, in milliseconds since 1970.
 */
muted_until: number | null,
/**
 * What the room notifies of. `None`: the general setting.
 */
notify: NotifyLevel | null,
/**
 * Unsent text; empty if there is none.
 */
draft: string,
/**
 * Unsent text of another device that is offered to the person; empty if there is none.
 */
other_draft: string,
/**
 * The last message, for the order of rooms and the preview.
 */
last: Preview | null, };

/**
 * Arguments: a room.
 */
export type RoomArgs = { space: SpaceId, room: RoomId, };

/**
 * A room of a space.
 */
export type RoomId = string;

/**
 * Who can see and join a room.
 */
export type RoomKind = "public" | "private" | "direct";

/**
 * The room that was found or created.
 */
export type RoomOpened = { room: RoomId, };

/**
 * One measured round trip.
 */
export type RoundTrip = {
/**
 * Milliseconds since 1970.
 */
at: number,
/**
 * Its duration in milliseconds.
 */
ms: number, };

/**
 * Saves a draft.
 */
export type SaveDraft = { space: SpaceId, room: RoomId,
/**
 * The text; empty removes it.
 */
text: string,
/**
 * The draft that the window showed, or the other device's draft that the person took or
 * rejected; empty if none. A draft that can't have been seen is kept and offered.
 */
seen: string, };

/**
 * A file that was written.
 */
export type SavedFile = { path: string, };

/**
 * A row and its position on the screen.
 */
export type ScrollAnchor = { room: RoomId, key: string,
/**
 * Its position in the log, to load the rows around it.
 */
seq: Seq,
/**
 * Pixels from the upper edge down to the row; negative for a row that is cut off there.
 * Fractions occur.
 */
offset: number, };

/**
 * State of the file that stores tokens behind a passphrase.
 */
export type Sealed = "unused" | "closed" | "open" | "damaged" | "newer";

/**
 * The traffic of one second.
 */
export type Second = {
/**
 * Seconds since 1970.
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
 * Bytes sent.
 */
bytes_out: number,
/**
 * Bytes received.
 */
bytes_in: number, };

/**
 * The sequence number of an event in its room: 1, 2, 3 … without a gap. 0 is "before the
 * first".
 */
export type Seq = number;

/**
 * Arguments: a server.
 */
export type ServerArgs = {
/**
 * `host:port`; where the command says so, `host` or a link as well.
 */
server: string, };

/**
 * What the person has to confirm about a server's certificate before name and password are sent.
 */
export type ServerTrust = {
/**
 * `host:port`.
 */
server: string,
/**
 * Fingerprint of a self-signed certificate, to be compared by the person. None if there is
 * nothing to confirm.
 */
fingerprint: string | null, };

/**
 * Sets the network settings.
 */
export type SetNetwork = { network: NetworkSettings, password: ProxyPassword,
/**
 * Keep a new password in memory only.
 */
session_only: boolean, };

/**
 * Sets the person's status in every space.
 */
export type SetStatus = { status: Status, };

/**
 * The settings of this device.
 */
export type Settings = { theme: Theme, language: Language,
/**
 * Spacing of the interface.
 */
density: Density,
/**
 * Enter sends and Shift+Enter breaks the line; otherwise the other way round.
 */
enter_sends: boolean,
/**
 * Messages are shown in bubbles, the person's own at the far side.
 */
bubbles: boolean,
/**
 * The general notification level.
 */
notify: NotifyLevel,
/**
 * Notifications show the beginning of the message.
 */
notify_preview: boolean,
/**
 * Notifications are paused until then, in milliseconds since 1970.
 */
notify_paused_until: number, quiet_hours: QuietHours,
/**
 * Closing the window keeps the program in the tray.
 */
close_to_tray: boolean,
/**
 * In percent.
 */
zoom: number, spell_check: boolean,
/**
 * The global shortcut that opens the window, such as `Ctrl+Alt+KeyH`.
 */
shortcut: string | null,
/**
 * The program starts with the session, in the tray.
 */
autostart: boolean,
/**
 * How the window is rendered.
 */
graphics: Graphics,
/**
 * Spaces that neither notify nor count as unread.
 */
muted_spaces: Array<SpaceId>,
/**
 * The connection policy.
 */
patience: ConnectionPolicy,
/**
 * The network settings. Changed by `set_network` only.
 */
network: NetworkSettings, update_channel: UpdateChannel,
/**
 * Check for new versions once a day.
 */
update_check: boolean, };

/**
 * State of the shortcut that opens the window.
 */
export type Shortcut = { "state": "off" } | { "state": "works" } | { "state": "taken" } | { "state": "unsupported" } | { "state": "failed",
/**
 * The system's own message.
 */
text: string, };

/**
 * A side of the connection.
 */
export type Side = "here" | "there";

/**
 * Signs in to a space as an existing member.
 */
export type SignIn = {
/**
 * `host`, `host:port`, or any link of the space.
 */
address: string,
/**
 * Fingerprint of the self-signed certificate that the person decided to trust, if the address
 * has none.
 */
fingerprint: string | null, name: string, password: string, session_only: boolean, };

/**
 * The address at which a further device signs in with name and password.
 */
export type SignInAddress = {
/**
 * The sign-in link: server and fingerprint, without any credential.
 */
link: string,
/**
 * The fingerprint, to compare; none if the operating system validates the certificate.
 */
fingerprint: string | null, };

/**
 * The space, and who the viewer is in it.
 */
export type Space = {
/**
 * Its id.
 */
id: SpaceId,
/**
 * Its name.
 */
name: string,
/**
 * `host:port` of its server.
 */
address: string,
/**
 * The viewer's id.
 */
me: UserId, };

/**
 * Arguments: a space.
 */
export type SpaceArgs = { space: SpaceId, };

/**
 * A space. Survives restores and moves; see [`Epoch`] for what does not.
 */
export type SpaceId = string;

/**
 * Creates a space on this computer.
 */
export type StartSpace = {
/**
 * Its new name.
 */
space_name: string,
/**
 * The owner's nickname.
 */
name: string,
/**
 * Idempotency key, as for joining.
 */
attempt: Cid, session_only: boolean, };

/**
 * The status that the person sets for all their devices.
 */
export type Status = "available" | "away" | "quiet";

/**
 * The steps, in the order of connecting.
 */
export type Step = "history" | "name" | "proxy" | "tcp" | "tls" | "upgrade" | "sign_in" | "round_trip" | "clock";

/**
 * Tests the route to a server without saving the settings.
 */
export type TestNetwork = { network: NetworkSettings, password: ProxyPassword,
/**
 * `host`, `host:port`, or a join link.
 */
server: string, };

/**
 * Colours of the interface.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A part of a room's log, oldest first, with queued messages at its end.
 */
export type Timeline = {
/**
 * The rows.
 */
items: Array<Item>,
/**
 * The holes between the first row and the room's head.
 */
holes: Array<Hole>,
/**
 * There are older events.
 */
more_before: boolean,
/**
 * There are newer events: this part does not reach the head.
 */
more_after: boolean, };

/**
 * Requests rows of a timeline.
 */
export type TimelineArgs = { space: SpaceId, room: RoomId, part: TimelinePart,
/**
 * The largest number of rows.
 */
limit: number, };

/**
 * A part of a timeline.
 */
export type TimelinePart = { "from": "latest" } | { "from": "unread" } | { "from": "before", seq: Seq, } | { "from": "after", seq: Seq, } | { "from": "around", user: UserId, cid: Cid, };

/**
 * The position of a row in its timeline. Rows of the log come first, by `seq`; then queued
 * messages, in the order of writing.
 */
export type TimelinePosition = { "at": "log", "n": Seq } | { "at": "outbox", "n": number };

/**
 * An event of the connection.
 */
export type TraceEvent = { "what": "sent",
/**
 * The frame's kind, as in `"t"`.
 */
kind: string,
/**
 * Bytes of the frame.
 */
length: number,
/**
 * The text with everything private masked. `None` without a subscriber at that time.
 */
preview: string | null, } | { "what": "received",
/**
 * The frame's kind, as in `"t"`; `ws_ping` and `ws_pong` for WebSocket control frames, `?`
 * for an invalid frame.
 */
kind: string,
/**
 * Bytes of the frame.
 */
length: number,
/**
 * As in `Sent`.
 */
preview: string | null, } | { "what": "opened",
/**
 * Failed attempts before it.
 */
attempt: number, } | { "what": "closed",
/**
 * The WebSocket close code; 1006 without a close frame.
 */
code: number,
/**
 * Which side closed it.
 */
by: Side, } | { "what": "failed",
/**
 * The cause.
 */
why: ConnectionFailure, };

/**
 * Everything recorded, or what is new for a subscriber.
 */
export type Traffic = {
/**
 * Oldest first. A gap in the numbers means that entries were overwritten before they were
 * read.
 */
entries: Array<Entry>,
/**
 * Oldest first.
 */
round_trips: Array<RoundTrip>,
/**
 * Oldest first, without empty seconds. A second is repeated when its numbers have grown.
 */
seconds: Array<Second>,
/**
 * All outages, oldest first; `None` if nothing changed.
 */
outages: Array<Outage> | null,
/**
 * The time of the last `welcome`, in milliseconds since 1970; `None` without a connection.
 */
online_since: number | null, };

/**
 * What the response means. Each one needs another action of the person, or of the server's admin.
 */
export type UnexpectedResponse = "token_missing" | "blocked" | "server_away" | "busy" | "redirected" | "hung_up" | "upgrade_spoilt" | "subprotocol_hidden" | "server_failed" | "not_homing" | "not_http";

/**
 * A space whose database can't be opened. The database with its queued messages is left unchanged.
 */
export type Unreadable = { space: SpaceId, why: UnreadableWhy,
/**
 * The same in English, for "details".
 */
text: string, };

/**
 * Why a space can't be opened.
 */
export type UnreadableWhy = "newer" | "full" | "busy" | "damaged" | "failed";

/**
 * State of the updates.
 */
export type Update = { way: UpdateWay, stage: UpdateStage,
/**
 * The newer version, if one is known.
 */
news: UpdateNews | null,
/**
 * Downloaded bytes.
 */
received: number,
/**
 * Whether it will be installed when the program quits.
 */
on_quit: boolean,
/**
 * The reason, in stage `failed`.
 */
trouble: UpdateTrouble | null,
/**
 * The same in English, for "details".
 */
text: string,
/**
 * Time of the last successful check, in milliseconds since 1970.
 */
looked: number | null, };

/**
 * The release channel.
 */
export type UpdateChannel = "stable" | "beta";

/**
 * A newer version.
 */
export type UpdateNews = { version: string,
/**
 * Release notes in English.
 */
notes: string,
/**
 * Release notes in Chinese; empty if not translated.
 */
notes_zh: string,
/**
 * The web page for a manual download.
 */
page: string,
/**
 * Size of the download in bytes; none if there is no package for this kind of machine.
 */
size: number | null, };

export type UpdateStage = "idle" | "looking" | "current" | "available" | "fetching" | "ready" | "installing" | "failed";

/**
 * Why a step failed.
 */
export type UpdateTrouble = "offline" | "server" | "forged" | "broken" | "no_package" | "disk" | "place";

/**
 * Who installs a new version on this computer.
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
 * The window's view state, restored when the window is built anew.
 */
export type ViewState = {
/**
 * The visible space.
 */
space: SpaceId,
/**
 * The last room of each space.
 */
rooms: { [key in SpaceId]: RoomId },
/**
 * The scroll position of the visible room; none at its end.
 */
anchor: ScrollAnchor | null,
/**
 * How the person uses emoji. Absent in a file of an older version.
 */
emoji: EmojiUse, };

/**
 * What the person sees. A message counts as seen if it is in view in a focused window.
 */
export type ViewerFocus = {
/**
 * The window has the focus.
 */
focused: boolean,
/**
 * The person used the machine recently.
 */
active: boolean,
/**
 * The visible room.
 */
room: VisibleRoom | null, };

/**
 * The visible room.
 */
export type VisibleRoom = { space: SpaceId, room: RoomId,
/**
 * Its newest rows are visible.
 */
at_end: boolean, };

/**
 * Why the server refuses a message permanently.
 */
export type WedgeReason = "not_member" | "forbidden" | "too_large" | "holds_nul" | "cid_reused" | "no_such_message" | "refused";

/**
 * Why a notification was shown, or not.
 */
export type Why = "message" | "mention" | "direct" | "caught_up" | "seen" | "read_elsewhere" | "left" | "muted" | "room_not_mentioned" | "room_turned_off" | "not_mentioned" | "turned_off" | "do_not_disturb" | "paused" | "quiet_hours";

/**
 * Writes to a room.
 */
export type Write = { space: SpaceId, room: RoomId,
/**
 * A message, or a change of one.
 */
content: Content, };

/** Every command: what it takes and what it answers. */
export interface Commands {
  /** Describes a link before it is used. */
  inspect_link: { args: InspectLink; returns: LinkPreview };
  /** Joins a space by a join link. */
  join: { args: Join; returns: JoinedSpace };
  /** Joins a space by a device link, which another device of the person shows. */
  link_device: { args: LinkDevice; returns: JoinedSpace };
  /** Joins a space by the typed code of a device link. */
  link_by_code: { args: LinkByCode; returns: JoinedSpace };
  /** Whether the person has to compare a server's certificate before they sign in there. Takes everything that one can sign in by. Opens a TLS connection and sends nothing over it. */
  server_trust: { args: ServerArgs; returns: ServerTrust };
  /** Signs in to a space with name and password. */
  sign_in: { args: SignIn; returns: JoinedSpace };
  /** Starts a server in this program and joins its space as the owner. */
  start_space: { args: StartSpace; returns: JoinedSpace };
  /** Signs out of a space and removes it from this device. */
  leave_space: { args: SpaceArgs; returns: null };
  /** Tries to connect now. */
  try_now: { args: SpaceArgs; returns: null };
  /** Goes offline until `go_online`. */
  stay_offline: { args: SpaceArgs; returns: null };
  /** Ends staying offline. */
  go_online: { args: SpaceArgs; returns: null };
  /** Goes on trying without asking again. */
  keep_trying: { args: SpaceArgs; returns: null };
  /** Opens the Connection Inspector: returns the stored entries and pushes new ones. */
  inspect: { args: SpaceArgs; returns: Traffic };
  /** Closes the Connection Inspector. */
  stop_inspecting: { args: SpaceArgs; returns: null };
  /** The full text of a frame. */
  frame_text: { args: FrameArgs; returns: FrameText };
  /** All stored entries as text, with private content masked. */
  export_frames: { args: SpaceArgs; returns: ReportText };
  /** Writes the same text to a file in the downloads folder. */
  save_frames: { args: SpaceArgs; returns: SavedFile };
  /** Starts the Doctor for the connection; its findings are pushed. */
  examine: { args: SpaceArgs; returns: null };
  /** Stops the Doctor. */
  stop_examining: { args: SpaceArgs; returns: Examination };
  /** The Doctor's last findings. */
  examination: { args: SpaceArgs; returns: Examination };
  /** The Doctor's last findings as text. */
  examination_report: { args: ReportArgs; returns: ReportText };
  /** Asks the keyring again. */
  retry_keyring: { args: Nothing; returns: null };
  /** Has the system create a keyring with its own dialog. */
  create_keyring: { args: Nothing; returns: null };
  /** Stores tokens in a file behind a passphrase from now on, and moves the readable ones there. An existing file is put aside. */
  begin_passphrase: { args: PassphraseArgs; returns: null };
  /** Opens the file with its passphrase. */
  enter_passphrase: { args: PassphraseArgs; returns: null };
  /** Changes the passphrase. */
  change_passphrase: { args: ChangePassphrase; returns: null };
  /** Moves the tokens from the file into the keyring and stores new ones there. */
  use_keyring: { args: Nothing; returns: null };
  /** Sets the network settings, for every space. */
  set_network: { args: SetNetwork; returns: null };
  /** Tests the route to a server step by step, without saving it. */
  test_network: { args: TestNetwork; returns: Examination };
  /** The certificate authorities trusted for single servers. */
  authorities: { args: Nothing; returns: Array<CertificateAuthority> };
  /** Adds an authority in place of those the server had. */
  add_authority: { args: AddAuthority; returns: Array<CertificateAuthority> };
  /** Removes the authorities of a server. */
  remove_authority: { args: ServerArgs; returns: Array<CertificateAuthority> };
  /** Connects to a space's server by a new join link: it has moved or has a new certificate. */
  renew_link: { args: RenewLink; returns: null };
  /** Enqueues a message, or a change of one. It is on this device's disk when this returns. */
  write: { args: Write; returns: EnqueuedMessage };
  /** Sends a rejected message again under the new `cid` that this returns. */
  retry_message: { args: QueuedArgs; returns: EnqueuedMessage };
  /** Deletes a message that is not on the server. */
  discard_message: { args: QueuedArgs; returns: null };
  /** All messages that are not on the server yet. */
  outbox: { args: SpaceArgs; returns: Array<Queued> };
  /** The texts that a message had, oldest first. Asks the server. */
  revisions: { args: MessageArgs; returns: Array<Revision> };
  /** The link to a message. It names the message and lets nobody in. */
  message_link: { args: MessageArgs; returns: MessageLinkText };
  /** The message that a link names. It may not be on this device, nor its space. */
  read_message_link: { args: InspectLink; returns: MessageArgs };
  /** Rows of a room's timeline. */
  timeline: { args: TimelineArgs; returns: Timeline };
  /** Moves a read marker forward. */
  mark_read: { args: MarkRead; returns: null };
  /** Marks a room as unread from an event on, until it is read again. */
  mark_unread: { args: MarkUnread; returns: null };
  /** Creates a public or private room. */
  create_room: { args: CreateRoom; returns: RoomOpened };
  /** Finds or creates the direct room with these people. */
  open_direct: { args: OpenDirect; returns: RoomOpened };
  /** The public rooms of the space. */
  public_rooms: { args: SpaceArgs; returns: Array<PublicRoom> };
  /** Joins a public room. */
  join_room: { args: RoomArgs; returns: null };
  /** Leaves a room. */
  leave_room: { args: RoomArgs; returns: null };
  /** Who is in a room. */
  room_members: { args: RoomArgs; returns: Array<UserId> };
  /** How far a room has reached each of its members, in order of joining. */
  room_receipts: { args: RoomArgs; returns: Array<MemberReceipt> };
  /** Adds people to a room. */
  add_members: { args: AddMembers; returns: null };
  /** Removes somebody from a room. */
  remove_member: { args: MemberArgs; returns: null };
  /** Mutes a room, for ever or for a time, or unmutes it. */
  mute_room: { args: MuteRoom; returns: null };
  /** Sets the notification level of a room. */
  notify_room: { args: NotifyRoom; returns: null };
  /** Saves a draft, here and on the person's other devices. */
  save_draft: { args: SaveDraft; returns: null };
  /** Tells the others in a room that the person is typing. */
  typing: { args: RoomArgs; returns: null };
  /** Creates a join link. */
  invite: { args: InviteArgs; returns: Invitation };
  /** The person's devices. */
  devices: { args: SpaceArgs; returns: DeviceList };
  /** Creates a device link, by which another device of the person joins. */
  offer_link: { args: SpaceArgs; returns: DeviceLink };
  /** The address at which another device signs in with name and password. */
  sign_in_address: { args: SpaceArgs; returns: SignInAddress };
  /** Revokes the device link. */
  withdraw_link: { args: SpaceArgs; returns: null };
  /** Renames a device of the person. */
  rename_device: { args: RenameDevice; returns: null };
  /** Signs out a device of the person. */
  revoke_device: { args: DeviceArgs; returns: null };
  /** Renames the space. */
  rename_space: { args: RenameSpace; returns: null };
  /** Changes the person's own name or password. */
  edit_me: { args: EditMe; returns: null };
  /** Requests a new snapshot. */
  resync: { args: Nothing; returns: null };
  /** Saves the settings. */
  set_settings: { args: Settings; returns: null };
  /** Checks figures for the connection policy. Nothing is saved. */
  judge_patience: { args: ConnectionPolicy; returns: PolicyVerdict };
  /** Sets the person's status in every space. */
  set_status: { args: SetStatus; returns: null };
  /** Reports the window's focus and the visible room. */
  look: { args: ViewerFocus; returns: null };
  /** Confirms that what was asked to be opened is open. */
  opened: { args: Nothing; returns: null };
  /** Quits, even if others are connected to the hosted space. */
  quit: { args: Nothing; returns: null };
  /** Dismisses the report about a damaged space. */
  rescue_read: { args: SpaceArgs; returns: null };
  /** Looks for a new version; the result is pushed. */
  look_for_update: { args: Nothing; returns: null };
  /** Downloads the new version, or continues to. */
  fetch_update: { args: Nothing; returns: null };
  /** Stops the download. */
  cancel_update: { args: Nothing; returns: null };
  /** Installs the downloaded version. */
  install_update: { args: InstallUpdate; returns: null };
  /** Saves the window's view state for a window that is built anew. */
  keep_standing: { args: ViewState; returns: null };
  /** The last decisions about notifications, newest first. */
  notify_decisions: { args: Nothing; returns: Array<NotifyDecision> };
  /** Shows a test notification. */
  test_notification: { args: Nothing; returns: null };
}
