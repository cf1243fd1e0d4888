/**
 * What the person has chosen to see: space, room, dialogs. It lives in the window only; the place is
 * told to the program, so that a window built anew stands where the last one stood.
 */
import { type InjectionKey, inject, reactive } from "vue";
import type { RoomId, ScrollAnchor, SpaceId, ViewState } from "@/generated/bridge";

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
/** Those about the program and all spaces. */
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

export interface View {
  space: SpaceId | null;
  room: RoomId | null;
  /** A row to bring into view once the room is open. */
  target: string | null;
  /** The row at the upper edge of the open room; null at its end. */
  anchor: ScrollAnchor | null;
  dialog: Dialog | null;
  /** The page at which the settings open. */
  page: SettingsPage;
  /** The name of a room that was looked for and is not there: what a new one may be called. */
  wanted: string;
  details: boolean;
  /** People are being chosen for the open room. */
  adding: boolean;
  /** The list of rooms over a narrow window. */
  drawer: boolean;
  /** A join link that was opened from outside. */
  link: string;
  /** The question whether to quit: so many others are connected to the space that runs here. */
  quitting: { space: string; people: number } | null;
  /** The server that a person is about to join: where a test of the network goes. */
  server: string;
  /** When the room, or what stands in the composer, last changed without the person having chosen it. */
  jumpedAt: number;
  /** Counts how often the person asked to write in the open room. */
  composed: number;
  /** The composer is asked to mention the person of this name at the caret; null once it has. */
  mention: string | null;
  /** The composer is asked to edit this queued message. The draft lies aside until it is null again. */
  editing: { cid: string; text: string } | null;
}

export interface Navigation {
  view: View;
  openSpace(space: SpaceId): void;
  openRoom(space: SpaceId, room: RoomId, target?: string | null): void;
  closeRoom(): void;
  standAt(anchor: ScrollAnchor | null): void;
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
 * `keep` is told every new place; the program holds the last one for the next window. `soon` does what
 * takes a field away from under the person's hands once that does no harm.
 */
export function createNavigation(
  standing: ViewState | null,
  keep: (standing: ViewState) => void,
  soon: (act: () => void) => void = (act) => act(),
): Navigation {
  const rooms: Record<SpaceId, RoomId> = { ...standing?.rooms };
  const view = reactive<View>({
    space: standing?.space ?? null,
    room: standing ? (rooms[standing.space] ?? null) : null,
    target: null,
    anchor: standing?.anchor ?? null,
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
  });

  function changed() {
    if (!view.space) return;
    if (view.room) rooms[view.space] = view.room;
    const anchor = view.anchor?.room === view.room ? view.anchor : null;
    keep({ space: view.space, rooms: { ...rooms }, anchor });
  }

  return {
    view,
    openSpace(space) {
      soon(() => {
        view.space = space;
        view.room = rooms[space] ?? null;
        view.target = null;
        view.editing = null;
        changed();
      });
    },
    openRoom(space, room, target = null) {
      soon(() => {
        if (view.room !== room) view.editing = null;
        view.space = space;
        view.room = room;
        view.target = target;
        view.drawer = false;
        changed();
      });
    },
    closeRoom() {
      // The next opening of the space chooses a room that is there.
      soon(() => (view.room = null));
    },
    standAt(anchor) {
      if (JSON.stringify(anchor) === JSON.stringify(view.anchor)) return;
      view.anchor = anchor;
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
