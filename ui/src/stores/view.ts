/**
 * What the person has chosen to see: space, room, dialogs. It lives in the window only; the place is
 * remembered so that a window built anew stands where the last one stood.
 */
import { type InjectionKey, inject, reactive } from "vue";
import type { RoomId, SpaceId } from "@/generated/bridge";

export type Dialog =
  | "switcher"
  | "create_room"
  | "browse_rooms"
  | "direct"
  | "invite"
  | "settings"
  | "outbox"
  | "add_space"
  | "keys";

export interface View {
  space: SpaceId | null;
  room: RoomId | null;
  /** A row to bring into view once the room is open. */
  target: string | null;
  dialog: Dialog | null;
  details: boolean;
  /** The list of rooms over a narrow window. */
  drawer: boolean;
  /** A join link that was opened from outside. */
  link: string;
  /** When the room last changed without the person having chosen it. */
  jumpedAt: number;
  /** The composer is asked to edit this queued message. */
  editing: { cid: string; text: string } | null;
}

export interface Navigation {
  view: View;
  openSpace(space: SpaceId): void;
  openRoom(space: SpaceId, room: RoomId, target?: string | null): void;
  closeRoom(): void;
  show(dialog: Dialog | null): void;
}

/** Where the last place is kept. */
interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const PLACE = "homing.place";
export const navigationKey: InjectionKey<Navigation> = Symbol("navigation");

export function useNavigation(): Navigation {
  const navigation = inject(navigationKey);
  if (!navigation) throw new Error("no navigation was provided");
  return navigation;
}

interface Place {
  space: SpaceId;
  /** The last room of each space. */
  rooms: Record<SpaceId, RoomId>;
}

function readPlace(memory: Memory): Place | null {
  try {
    const place: unknown = JSON.parse(memory.getItem(PLACE) ?? "null");
    if (typeof place !== "object" || place === null || !("space" in place) || !("rooms" in place))
      return null;
    return typeof place.space === "string" && typeof place.rooms === "object" ? (place as Place) : null;
  } catch {
    return null;
  }
}

export function createNavigation(memory: Memory): Navigation {
  const place = readPlace(memory);
  const rooms: Record<SpaceId, RoomId> = place?.rooms ?? {};
  const view = reactive<View>({
    space: place?.space ?? null,
    room: place ? (rooms[place.space] ?? null) : null,
    target: null,
    dialog: null,
    details: false,
    drawer: false,
    link: "",
    jumpedAt: 0,
    editing: null,
  });

  function keep() {
    if (!view.space) return;
    if (view.room) rooms[view.space] = view.room;
    memory.setItem(PLACE, JSON.stringify({ space: view.space, rooms } satisfies Place));
  }

  return {
    view,
    openSpace(space) {
      view.space = space;
      view.room = rooms[space] ?? null;
      view.target = null;
      view.editing = null;
      keep();
    },
    openRoom(space, room, target = null) {
      if (view.room !== room) view.editing = null;
      view.space = space;
      view.room = room;
      view.target = target;
      view.drawer = false;
      keep();
    },
    closeRoom() {
      // The next opening of the space chooses a room that is there.
      view.room = null;
    },
    show(dialog) {
      view.dialog = dialog;
    },
  };
}
