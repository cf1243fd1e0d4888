/** Runs the keyboard shortcuts. */
import { onScopeDispose } from "vue";
import { useI18n } from "vue-i18n";
import type { Room } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useMarkRead } from "@/stores/markRead";
import { useNavigation } from "@/stores/navigation";
import type { SpaceState } from "@/stores/state";
import { useZoom } from "@/stores/zoom";
import { type KeyAction, actionOf, spaceOf } from "./keys";
import { focusRegion } from "./regions";

const GLOBAL = new Set<KeyAction>(["switcher", "zoom_in", "zoom_out", "zoom_usual"]);

interface Places {
  composer(): void;
  timeline(): void;
  end(): void;
  /** The rooms in the order of the list on the screen. */
  rooms(): Room[];
}

export function useShortcuts(space: () => SpaceState, places: Places) {
  const navigation = useNavigation();
  const homing = useHoming();
  const zoom = useZoom();
  const markRead = useMarkRead();
  const { t, n } = useI18n();

  /** Marks every room of the space as read and shows how many. */
  function readAll() {
    const unread = [...space().rooms.values()].filter((room) => room.unread > 0);
    const words = t("timeline.all_read", { n: n(unread.length) }, unread.length);
    return markRead(space().space.id, unread, words);
  }

  function step(by: number, only: (room: Room) => boolean = () => true) {
    const rooms = places.rooms();
    const at = rooms.findIndex((room) => room.id === navigation.view.room);
    for (let n = 1; n <= rooms.length; n++) {
      const room = rooms[(at + by * n + rooms.length * (n + 1)) % rooms.length];
      if (room && only(room)) {
        navigation.openRoom(space().space.id, room.id);
        return;
      }
    }
  }

  const actions: Record<KeyAction, (event: KeyboardEvent) => void> = {
    switcher: () => navigation.show("switcher"),
    settings: () => navigation.show("settings"),
    details: () => (navigation.view.details = !navigation.view.details),
    composer: () => places.composer(),
    timeline: () => places.timeline(),
    region: (event) => focusRegion(document, event.shiftKey ? -1 : 1),
    next: () => step(1),
    previous: () => step(-1),
    unread: () => step(1, (room) => room.unread > 0),
    end: () => places.end(),
    all_read: () => void readAll(),
    space: (event) => {
      const wanted = [...homing.state.spaces.keys()][spaceOf(event) ?? -1];
      if (wanted !== undefined && wanted !== space().space.id) navigation.openSpace(wanted);
    },
    zoom_in: () => zoom.step(1),
    zoom_out: () => zoom.step(-1),
    zoom_usual: () => zoom.reset(),
    help: () => navigation.show("keys"),
  };

  function onKey(event: KeyboardEvent) {
    const action = actionOf(event);
    // An open dialog handles keys itself, apart from the global shortcuts.
    if (!action || (navigation.view.dialog !== null && !GLOBAL.has(action))) return;
    event.preventDefault();
    actions[action](event);
  }

  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}
