// Made by `cargo xtask codegen` from crates/bridge. Never edited by hand.

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
 * Each space this device is in, in order of joining.
 */
spaces: Array<Overview>,
/**
 * Spaces that are on this device and can't be opened.
 */
unreadable: Array<Unreadable>,
/**
 * What the person chose.
 */
settings: Settings,
/**
 * How it stands with the keyring.
 */
keyring: Keyring,
/**
 * The space whose server runs inside this program, if one does.
 */
hosting: Hosting | null,
/**
 * What a click, a link or a second start asks to be shown.
 */
open: Open | null, };

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
space: SpaceId, } | { "change": "settings",
/**
 * As they are now.
 */
settings: Settings, } | { "change": "keyring",
/**
 * As it is now.
 */
keyring: Keyring, } | { "change": "hosting",
/**
 * As it is now.
 */
hosting: Hosting | null, } | { "change": "open",
/**
 * What.
 */
open: Open, };

/**
 * The name a client gives to an event before it is sent (UUIDv7). `UNIQUE(sender, cid)` stands
 * in the server's log for ever: sending a cid again can never make a second event.
 */
export type Cid = string;

/**
 * Why, as far as the interface acts on it.
 */
export type Code = "bad_command" | "not_a_link" | "damaged_link" | "invite_invalid" | "name_taken" | "name_invalid" | "bad_login" | "password_too_short" | "already_joined" | "too_many_devices" | "offline" | "certificate_changed" | "certificate_untrusted" | "not_homing" | "version_unsupported" | "keyring" | "signed_out" | "not_found" | "forbidden" | "empty" | "too_large" | "too_late" | "rate_limited" | "port_taken" | "storage" | "failed";

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
 * The person's devices in a space.
 */
export type DeviceList = {
/**
 * Newest first.
 */
devices: Array<Device>, };

/**
 * One change of what a viewer sees.
 */
export type Diff = { "diff": "space",
/**
 * As it is now.
 */
space: Space, } | { "diff": "link",
/**
 * As it is now.
 */
link: Link, } | { "diff": "room",
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
room: RoomId, } | { "diff": "outbox",
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
password: string | null, };

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
export type Entered = {
/**
 * Which.
 */
space: SpaceId, };

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
 * A join link to look into.
 */
export type InspectLink = {
/**
 * As pasted.
 */
link: string, };

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
 * For how long, in seconds; none: until it is withdrawn.
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
place: Place,
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
export type Keyring = { "state": "untried" } | { "state": "working" } | { "state": "locked" } | { "state": "absent" } | { "state": "denied" } | { "state": "changed" } | { "state": "timed_out" } | { "state": "failed",
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
export type Link = { "state": "waiting",
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
why: LinkFailure, } | { "state": "connecting",
/**
 * Failed tries so far.
 */
attempt: number, } | { "state": "catching_up",
/**
 * In so many rooms.
 */
rooms: number, } | { "state": "up_to_date",
/**
 * The last round trip, in milliseconds.
 */
rtt_ms: number | null, } | { "state": "stopped" } | { "state": "refused",
/**
 * Why.
 */
why: LinkFailure, };

/**
 * Why there is no connection.
 */
export type LinkFailure = { "cause": "none" } | { "cause": "name_not_found" } | { "cause": "unreachable" } | { "cause": "timed_out" } | { "cause": "certificate_changed" } | { "cause": "certificate_untrusted" } | { "cause": "not_homing",
/**
 * The HTTP status it answered.
 */
status: number, } | { "cause": "signed_out" } | { "cause": "version_unsupported" } | { "cause": "no_token" } | { "cause": "closed",
/**
 * The WebSocket close code; 1006 when it was cut.
 */
code: number, };

/**
 * What a join link leads to.
 */
export type LinkPreview = {
/**
 * What the space is called.
 */
space_name: string,
/**
 * Who invites.
 */
invited_by: string | null,
/**
 * What the new member will be.
 */
role: Role,
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
export type Look = {
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
room: LookedAt | null, };

/**
 * The room on the screen.
 */
export type LookedAt = {
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
 * What happened to a person's membership of a room.
 */
export type MembershipChange = "joined" | "added" | "left" | "removed";

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
muted: boolean, };

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
 * About a message in which room.
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
key: string | null, } | { "what": "link",
/**
 * The link.
 */
link: string, } | { "what": "settings" };

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
link: Link,
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
 * What is not sent yet.
 */
outbox: OutboxCount, };

/**
 * Which part of a timeline.
 */
export type Part = { "from": "latest" } | { "from": "unread" } | { "from": "before",
/**
 * Its seq.
 */
seq: Seq, } | { "from": "after",
/**
 * Its seq.
 */
seq: Seq, };

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
export type Place = { "at": "log", "n": Seq } | { "at": "outbox", "n": number };

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
 * Asked not to notify.
 */
muted: boolean,
/**
 * Unsent text; empty if none.
 */
draft: string,
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
text: string, };

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
 * Closing the window leaves the program in the tray.
 */
close_to_tray: boolean, };

/**
 * Comes into a space as the member that one already is.
 */
export type SignIn = {
/**
 * `host`, `host:port`, or any join link of the space.
 */
address: string,
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
part: Part,
/**
 * At most so many rows.
 */
limit: number, };

/**
 * A space whose database can't be opened. It is left as it is, with everything queued in it.
 */
export type Unreadable = {
/**
 * Which.
 */
space: SpaceId,
/**
 * Why, in English.
 */
text: string, };

/**
 * A member of a space.
 */
export type UserId = string;

/**
 * Why a message can't be sent as it is.
 */
export type WedgeReason = "not_member" | "forbidden" | "too_large" | "cid_reused" | "refused";

/**
 * Why a notification was shown, or not.
 */
export type Why = "message" | "mention" | "direct" | "caught_up" | "seen" | "read_elsewhere" | "muted" | "not_mentioned" | "turned_off";

/**
 * A message written to the outbox.
 */
export type Written = {
/**
 * Its name, which is the key of its row.
 */
cid: Cid, };

/** Every command: what it takes and what it answers. */
export interface Commands {
  /** What a join link leads to, before joining. */
  inspect_link: { args: InspectLink; returns: LinkPreview };
  /** Comes into a space by a join link. */
  join: { args: Join; returns: Entered };
  /** Comes into a space with name and password. */
  sign_in: { args: SignIn; returns: Entered };
  /** Starts a server in this program and comes into its space as the owner. */
  start_space: { args: StartSpace; returns: Entered };
  /** Signs out of a space and removes it from this device. */
  leave_space: { args: SpaceArgs; returns: null };
  /** Tries to connect at once. */
  try_now: { args: SpaceArgs; returns: null };
  /** Stays offline until asked otherwise. */
  stay_offline: { args: SpaceArgs; returns: null };
  /** Ends staying offline. */
  go_online: { args: SpaceArgs; returns: null };
  /** Asks the keyring again. */
  retry_keyring: { args: Nothing; returns: null };
  /** Writes a message to the outbox. It is on this device's disk when this answers. */
  send_message: { args: SendMessage; returns: Written };
  /** Sends a refused message again, under the name that this answers. */
  retry_message: { args: QueuedArgs; returns: Written };
  /** Throws a message away that is not on the server. */
  discard_message: { args: QueuedArgs; returns: null };
  /** Changes a message that was not sent yet, or was refused; it has the name that this answers. */
  edit_queued: { args: EditQueued; returns: Written };
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
  /** Brings people into a room. */
  add_members: { args: AddMembers; returns: null };
  /** Sends somebody out of a room. */
  remove_member: { args: MemberArgs; returns: null };
  /** Mutes a room, or no longer. */
  mute_room: { args: MuteRoom; returns: null };
  /** Keeps unsent text, here and on the person's other devices. */
  save_draft: { args: SaveDraft; returns: null };
  /** Tells the others in a room that the person writes. */
  typing: { args: RoomArgs; returns: null };
  /** Makes a join link to pass on. */
  invite: { args: InviteArgs; returns: Invitation };
  /** The person's devices. */
  devices: { args: SpaceArgs; returns: DeviceList };
  /** Signs a device of the person out. */
  revoke_device: { args: DeviceArgs; returns: null };
  /** Changes the person's own name or password. */
  edit_me: { args: EditMe; returns: null };
  /** Asks for the snapshot again. */
  resync: { args: Nothing; returns: null };
  /** Keeps what the person chose. */
  set_settings: { args: Settings; returns: null };
  /** Tells what the person has before their eyes. */
  look: { args: Look; returns: null };
  /** What was asked to be opened is open. */
  opened: { args: Nothing; returns: null };
  /** The last decisions about notifications, newest first. */
  notify_decisions: { args: Nothing; returns: Array<NotifyDecision> };
  /** Shows a notification, to see whether they work. */
  test_notification: { args: Nothing; returns: null };
}
