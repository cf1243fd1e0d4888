/**
 * Opens the first room of a space when no room is open or the open one is gone.
 *
 * A room that was just created or joined is waited for: the command can be answered before the push
 * that contains the room arrives. The same holds for a space: until its push arrives the previous space
 * is still on the screen, and must not choose a room.
 */
import { onScopeDispose, watch } from "vue";
import type { RoomId } from "@/generated/bridge";
import type { SpaceState } from "@/stores/state";
import { useNavigation } from "@/stores/navigation";

/** A push follows its answer within milliseconds. After this time it is lost. */
const WAIT_MS = 5000;

export function useDefaultRoom(space: () => SpaceState, first: () => RoomId | undefined) {
  const navigation = useNavigation();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isCurrent = () => navigation.view.space === space().space.id;
  function choose() {
    if (!isCurrent()) return;
    const room = first();
    if (room !== undefined) navigation.openRoom(space().space.id, room);
    else navigation.closeRoom();
  }

  const isThere = () => navigation.view.room !== null && space().rooms.has(navigation.view.room);
  if (!isThere()) choose();
  watch(
    () => [navigation.view.room, isThere(), space().rooms.size, isCurrent()] as const,
    ([room, there], [before, wasThere]) => {
      clearTimeout(timer);
      if (there) return;
      if (room === null || (room === before && wasThere)) choose();
      else timer = setTimeout(choose, WAIT_MS);
    },
  );
  onScopeDispose(() => clearTimeout(timer));
}
