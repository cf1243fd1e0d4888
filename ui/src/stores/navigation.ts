/**
 * What is open: space, room, dialogs. The state belongs to the window. Space, room, scroll position and
 * the use of emoji are also saved in the program, so that a new window restores them.
 */
import { type InjectionKey, inject, reactive } from "vue";
import type {
  EmojiUse,
  MessageRef,
  Reply,
  RoomId,
  ScrollAnchor,
  SpaceId,
  UserId,
  ViewState,
} from "@/generated/bridge";

export type Dialog =
  | "switcher"
  | "create_room"
  | "browse_rooms"
  | "direct"
  | "invite"
  | "settings"
  | "outbox"
  | "inspector"
  | "doctor"
  | "network"
  | "certificate"
  | "add_space"
  | "leave_space"
  | "name_space"
  | "keys";

/** The pages of the settings that are about the open space, in their order. */
export const SPACE_PAGES = ["profile", "devices", "space"] as const;
/** The pages about the program and all spaces. */
export const APP_PAGES = [
  "appearance",
  "language",
  "notifications",
  "desktop",
  "security",
  "network",
  "advanced",
  "about",
] as const;
export const SETTINGS_PAGES = [...SPACE_PAGES, ...APP_PAGES] as const;
export type SettingsPage = (typeof SETTINGS_PAGES)[number];

export interface NavigationState {
  space: SpaceId | null;
  room: RoomId | null;
  /** A row to scroll to once the room is open. */
  target: string | null;
  /** A message to go to once the room is open, wherever it is in the log. */
  sought: MessageRef | null;
  /** The row at the upper edge of the open room; null at its end. */
  anchor: ScrollAnchor | null;
  dialog: Dialog | null;
  /** The page at which the settings open. */
  page: SettingsPage;
  /** A search without a result: the suggested name of a new room. */
  wanted: string;
  details: boolean;
  /** The picker that adds members to the open room is shown. */
  adding: boolean;
  /** The list of rooms over a narrow window. */
  drawer: boolean;
  /** A join link that was opened from outside. */
  link: string;
  /** The confirmation to quit, with the number of others connected to the space that this device hosts. */
  quitting: { space: string; people: number } | null;
  /** The server that a person is about to join: the target of a network test. */
  server: string;
  /** When the room or the composer's text last changed without an action of the person. */
  jumpedAt: number;
  /** Counts how often the person asked to write in the open room. */
  composed: number;
  /** The composer is asked to mention this person at the caret; null once it has. */
  mention: UserId | null;
  /** The composer edits this message of the person. The draft is set aside until this is null again. */
  editing: { cid: string; text: string } | null;
  /** By room: the message that the next one answers. */
  replying: Record<RoomId, Reply>;
  /** The emoji used last, and the skin tone. */
  emoji: EmojiUse;
}

export interface Navigation {
  view: NavigationState;
  openSpace(space: SpaceId): void;
  openRoom(space: SpaceId, room: RoomId, target?: string | null): void;
  /** Opens a room at a message that may be anywhere in its log. */
  openMessage(space: SpaceId, room: RoomId, message: MessageRef): void;
  closeRoom(): void;
  setScrollAnchor(anchor: ScrollAnchor | null): void;
  setEmojiUse(use: EmojiUse): void;
  show(dialog: Dialog | null): void;
  showSettings(page: SettingsPage): void;
}

export const navigationKey: InjectionKey<Navigation> = Symbol("navigation");

export function useNavigation(): Navigation {
  const navigation = inject(navigationKey);
  if (!navigation) throw new Error("no navigation was provided");
  return navigation;
}

/**
 * `save` receives every new position; the program keeps the last one for the next window. `soon` delays
 * a change that removes the focused field until no input method is composing in it.
 */
export function createNavigation(
  saved: ViewState | null,
  save: (state: ViewState) => void,
  soon: (act: () => void) => void = (act) => act(),
): Navigation {
  const rooms: Record<SpaceId, RoomId> = { ...saved?.rooms };
  const view = reactive<NavigationState>({
    space: saved?.space ?? null,
    room: saved ? (rooms[saved.space] ?? null) : null,
    target: null,
    sought: null,
    anchor: saved?.anchor ?? null,
    dialog: null,
    page: "profile",
    wanted: "",
    details: false,
    adding: false,
    drawer: false,
    link: "",
    quitting: null,
    server: "",
    jumpedAt: 0,
    composed: 0,
    mention: null,
    editing: null,
    replying: {},
    emoji: saved?.emoji ?? { recent: [], tone: 0 },
  });

  function changed() {
    if (!view.space) return;
    if (view.room) rooms[view.space] = view.room;
    const anchor = view.anchor?.room === view.room ? view.anchor : null;
    save({ space: view.space, rooms: { ...rooms }, anchor, emoji: view.emoji });
  }

  function open(space: SpaceId, room: RoomId, target: string | null, sought: MessageRef | null) {
    if (view.room !== room) view.editing = null;
    view.space = space;
    view.room = room;
    view.target = target;
    view.sought = sought;
    view.drawer = false;
    changed();
  }

  return {
    view,
    openSpace(space) {
      soon(() => {
        view.space = space;
        view.room = rooms[space] ?? null;
        view.target = null;
        view.sought = null;
        view.editing = null;
        changed();
      });
    },
    openRoom(space, room, target = null) {
      soon(() => open(space, room, target, null));
    },
    openMessage(space, room, message) {
      soon(() => open(space, room, null, message));
    },
    closeRoom() {
      // The next opening of the space chooses an existing room.
      soon(() => (view.room = null));
    },
    setScrollAnchor(anchor) {
      if (JSON.stringify(anchor) === JSON.stringify(view.anchor)) return;
      view.anchor = anchor;
      changed();
    },
    setEmojiUse(use) {
      view.emoji = use;
      changed();
    },
    show(dialog) {
      soon(() => (view.dialog = dialog));
    },
    showSettings(page) {
      view.page = page;
      this.show("settings");
    },
  };
}
