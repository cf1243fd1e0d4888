/** Does what the keyboard shortcuts say. */
import { onScopeDispose } from "vue";
import type { Room } from "@/generated/bridge";
import { useNavigation } from "@/stores/view";
import type { SpaceState } from "@/stores/state";
import { type KeyAction, actionOf } from "./keys";

interface Places {
  composer(): void;
  timeline(): void;
  end(): void;
  /** The rooms as they stand on the screen. */
  rooms(): Room[];
}

export function useShortcuts(space: () => SpaceState, places: Places) {
  const navigation = useNavigation();

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

  const actions: Record<KeyAction, () => void> = {
    switcher: () => navigation.show("switcher"),
    settings: () => navigation.show("settings"),
    details: () => (navigation.view.details = !navigation.view.details),
    composer: () => places.composer(),
    timeline: () => places.timeline(),
    next: () => step(1),
    previous: () => step(-1),
    unread: () => step(1, (room) => room.unread > 0),
    end: () => places.end(),
    help: () => navigation.show("keys"),
  };

  function onKey(event: KeyboardEvent) {
    const action = actionOf(event);
    // An open dialog has the keys; the switcher may follow on any of them.
    if (!action || (navigation.view.dialog !== null && action !== "switcher")) return;
    event.preventDefault();
    actions[action]();
  }

  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}
