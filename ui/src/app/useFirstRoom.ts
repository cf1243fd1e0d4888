/**
 * A space never opens onto nothing when there is a room in it, and a room that one leaves gives way to
 * another. A room that was just made or joined is waited for: its answer may come before the push that
 * brings it. So may a space's: until that push the one before stays on the screen, where nothing may
 * be chosen any more.
 */
import { onScopeDispose, watch } from "vue";
import type { RoomId } from "@/generated/bridge";
import type { SpaceState } from "@/stores/state";
import { useNavigation } from "@/stores/view";

/** A push follows its answer within milliseconds; this long, it never comes. */
const WAIT_MS = 5000;

export function useFirstRoom(space: () => SpaceState, first: () => RoomId | undefined) {
  const navigation = useNavigation();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isLookedAt = () => navigation.view.space === space().space.id;
  function choose() {
    if (!isLookedAt()) return;
    const room = first();
    if (room !== undefined) navigation.openRoom(space().space.id, room);
    else navigation.closeRoom();
  }

  const isThere = () => navigation.view.room !== null && space().rooms.has(navigation.view.room);
  if (!isThere()) choose();
  watch(
    () => [navigation.view.room, isThere(), space().rooms.size, isLookedAt()] as const,
    ([room, there], [before, wasThere]) => {
      clearTimeout(timer);
      if (there) return;
      if (room === null || (room === before && wasThere)) choose();
      else timer = setTimeout(choose, WAIT_MS);
    },
  );
  onScopeDispose(() => clearTimeout(timer));
}
