/** Jumps to the latest message of a room, and back to the position before the jump. */
import { type ComputedRef, type Ref, computed, nextTick, ref, watch } from "vue";
import type { RowPlace } from "@/components/useVirtualRows";
import type { RoomId, ScrollAnchor, SpaceId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { anchorOf } from "./anchor";
import type { Row } from "./rows";

interface Timeline {
  place: () => { space: SpaceId; room: RoomId };
  rows: Ref<readonly Row[]>;
  viewport: Ref<HTMLElement | null>;
  /** The end of the room is in view. */
  seesEnd: Ref<boolean>;
  inView(): RowPlace[];
  toRow(key: string, offset?: number): boolean;
  toEnd(): void;
  /** Loads, and shows a failure. */
  attempt(read: () => Promise<void>): Promise<void>;
}

export function useJumpToLatest(timeline: Timeline): {
  toNewest(): Promise<void>;
  back(): Promise<void>;
  /** The end was reached by a jump that can be undone. */
  canGoBack: ComputedRef<boolean>;
} {
  const homing = useHoming();
  /** The position before the jump. */
  const from = ref<ScrollAnchor | null>(null);

  async function open(at: Parameters<typeof homing.logs.open>[2]) {
    const { space, room } = timeline.place();
    await timeline.attempt(() => homing.logs.open(space, room, at));
    await nextTick();
  }

  async function toNewest() {
    const { room } = timeline.place();
    if (!timeline.seesEnd.value) from.value = anchorOf(room, timeline.inView(), timeline.rows.value);
    if (homing.state.logs.get(room)?.more_after) await open("latest");
    await nextTick();
    timeline.toEnd();
    timeline.viewport.value?.focus({ preventScroll: true });
  }

  async function back() {
    const to = from.value;
    if (!to) return;
    from.value = null;
    if (!timeline.toRow(to.key, to.offset)) {
      await open({ seq: to.seq });
      timeline.toRow(to.key, to.offset);
    }
    timeline.viewport.value?.focus({ preventScroll: true });
  }

  // Scrolling away from the end discards the way back.
  watch(timeline.seesEnd, (sees) => {
    if (!sees) from.value = null;
  });

  return { toNewest, back, canGoBack: computed(() => from.value !== null && timeline.seesEnd.value) };
}
